"""Wrap what the methods of a common effect compute from counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthesist.effects import EffectTable
from synthesist.numerics.arrays import Mask, Vector
from synthesist.numerics.distributions import chi2_tail
from synthesist.numerics.results import Interval, number
from synthesist.pooling.engine import test_based_limits
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.intervals import symmetric
from synthesist.pooling.notes import from_counts

UNTOUCHED = (
    "The pooled estimate is computed from the counts as they are; the correction enters "
    "the studies' own intervals and Q."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonEffect:
    """An estimate from counts.

    `weights` (k,) are shares of any size over `used` rows; `q` has `q_df` degrees
    of freedom, 0 when only one study says anything of heterogeneity.
    """

    estimate: float
    se: float
    used: Mask
    weights: Vector
    q: float
    q_df: int


def describe(
    effects: EffectTable,
    found: CommonEffect,
    *,
    model: str,
    level: float,
    rules: Mapping[str, str],
    notes: tuple[str, ...] = (),
    corrected: bool = False,
) -> PooledFit:
    """Return the answer with its normal interval and its heterogeneity.

    `corrected` says that corrections of zero cells entered the estimate too.
    """
    infinite = np.array([np.inf])
    inference = symmetric(
        np.array([found.estimate]), np.array([found.se]), infinite, level
    )
    several = found.q_df > 0
    q, df = np.array([found.q]), np.array([float(max(found.q_df, 1))])
    h2 = found.q / found.q_df if several else None
    i2 = 100 * max(0.0, 1 - 1 / h2) if h2 else (0.0 if several else None)
    limits = test_based_limits(q, df + 1, level)
    low, high = (float(limit[0]) for limit in limits)
    between = (
        Interval(lower=low, upper=high, level=level)
        if several and not np.isnan(low)
        else None
    )
    weights = np.zeros(len(effects))
    weights[found.used] = 100 * found.weights / found.weights.sum()
    return PooledFit(
        effects=effects,
        k=int(found.used.sum()),
        model=model,
        estimate=found.estimate,
        se=found.se,
        interval=Interval(
            lower=float(inference.lower[0]),
            upper=float(inference.upper[0]),
            level=level,
        ),
        statistic=number(inference.statistic[0]),
        df=None,
        p=number(inference.p[0]),
        tau2=0.0,
        tau2_interval=None,
        tau2_method="CE",
        h2=h2,
        i2=i2,
        i2_interval=None,
        i2_q=i2,
        i2_q_interval=between,
        q=found.q,
        q_df=found.q_df,
        q_p=number(chi2_tail(q, df)[0]) if several else None,
        prediction=None,
        weights=weights,
        rules={
            **effects.rules,
            "model": model,
            **rules,
            "interval": "normal",
            "level": f"{level:g}",
        },
        notes=(*_notes_of(effects, corrected=corrected), *notes),
    )


def _notes_of(effects: EffectTable, *, corrected: bool) -> tuple[str, ...]:
    """Return the notes of the effects, and what a correction of theirs does not touch."""
    if corrected:
        return effects.notes
    corrections = any(remark.correction for remark in effects.remarks)
    return (*from_counts(effects), *((UNTOUCHED,) if corrections else ()))
