"""Peto's one-step odds ratio: observed minus expected events."""

from __future__ import annotations

from typing import Any

import numpy as np

from synthesist.effects import EffectTable, effect_table
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.pooling.common import CommonEffect, describe
from synthesist.pooling.engine import Method
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.mantel_haenszel import SILENT
from synthesist.pooling.tables_of_events import Groups, counts_of

#: Measures whose effects are odds ratios.
ODDS_RATIOS = ("OR", "PETO")

#: Beyond these the method is known to be biased.
UNBALANCED, LARGE = 2.0, np.log(2.0)


def peto(effects: Any, *, level: float = 0.95, profile: str | None = None) -> PooledFit:
    """Pool tables of two groups by Peto's method.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        With ``events_t n_t events_c n_c``.
    level : float
        Confidence level.
    profile : str, optional
        A name of `PROFILES`.

    Raises
    ------
    InvalidInput
        If the effects are no odds ratios or the counts are missing.
    NotEstimable
        If no study has both events and people without.

    References
    ----------
    Yusuf S, Peto R, Lewis J, et al. Prog Cardiovasc Dis 1985;27:335.
    doi:10.1016/S0033-0620(85)80003-7
    """
    from synthesist.pooling.pool import pool

    table = (
        effects
        if isinstance(effects, EffectTable)
        else effect_table(effects, "PETO", profile=profile)
    )
    return pool(table, model="peto", level=level, profile=profile)


def pool_peto(effects: EffectTable, method: Method) -> PooledFit:
    """Pool an effect table of odds ratios by Peto's method."""
    if effects.measure.code not in ODDS_RATIOS:
        raise InvalidInput(
            "Peto's method gives odds ratios.",
            remedy=f"choose a measure among {', '.join(ODDS_RATIOS)}, or another model",
        )
    groups = counts_of(effects, "Peto's method")
    if effects.choices.zero_cells == "drop-double-zero":
        groups = groups.only(effects.included)
    m, total = groups.events, groups.total
    difference = groups.a - groups.n1 * m / total
    # With one person in each group n1 n2 / N^2 (N - 1) is 1/4: N is at least 2.
    v = groups.n1 * groups.n2 * m * (total - m) / (total**2 * (total - 1))
    telling = v > 0
    if not telling.any():
        raise NotEstimable(
            "No study has both people with the event and people without.",
            remedy="report the counts",
        )
    information = float(v.sum())
    estimate = float(difference.sum()) / information
    q = float(np.sum((difference[telling] - v[telling] * estimate) ** 2 / v[telling]))
    found = CommonEffect(
        estimate=estimate,
        se=information**-0.5,
        used=groups.used,
        weights=v,
        q=q,
        q_df=int(telling.sum()) - 1,
    )
    return describe(
        effects.as_measure("PETO"),
        found,
        model="peto",
        level=method.level,
        rules={"correction": "none", "variance": "hypergeometric"},
        notes=_doubts(groups, estimate),
    )


def _doubts(groups: Groups, estimate: float) -> tuple[str, ...]:
    """Say when the method is biased.

    References
    ----------
    Greenland S, Salvan A. Stat Med 1990;9:247. doi:10.1002/sim.4780090307
    """
    notes: list[str] = []
    ratio = np.maximum(groups.n1, groups.n2) / np.minimum(groups.n1, groups.n2)
    if (ratio > UNBALANCED).any():
        notes.append(
            "Peto's method is biased where one group is much larger than the other, "
            f"as in {int((ratio > UNBALANCED).sum())} of these studies."
        )
    if abs(estimate) > LARGE:
        notes.append(
            "Peto's method is biased for odds ratios far from 1; compare the "
            "Mantel-Haenszel estimate."
        )
    silent = int((groups.events * (groups.total - groups.events) == 0).sum())
    if silent:
        notes.append(SILENT.format(silent=silent))
    return tuple(notes)
