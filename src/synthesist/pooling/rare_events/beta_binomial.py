"""Pool events by the beta-binomial model, in which studies without events speak too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.effects import EffectTable, effect_table
from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Mask, Vector
from synthesist.numerics.results import Interval, number
from synthesist.pooling.engine import Method
from synthesist.pooling.intervals import symmetric
from synthesist.pooling.notes import beyond_possible, from_counts
from synthesist.pooling.rare_events.beta_binomial_likelihood import (
    BetaBinomial,
    group_of,
    maximise,
)
from synthesist.pooling.rare_events.fit import LikelihoodFit, Mode
from synthesist.pooling.rare_events.notes import uncorrected
from synthesist.pooling.tables_of_events import counts_of

INDEPENDENT = (
    "The beta-binomial model compares the groups over all studies, not within each: "
    "it takes the two groups of a study to be independent."
)
BINOMIAL = (
    "The overdispersion is zero: the risks scatter no more than chance would have it."
)


@dataclass(frozen=True, slots=True)
class Contrast:
    """A measure of two risks, treated first, with its derivatives in each (2,)."""

    measure: str
    value: Callable[[float, float], float]
    slopes: Callable[[float, float], tuple[float, float]]


def beta_binomial(
    data: Any, measure: str = "OR", *, level: float = 0.95
) -> LikelihoodFit:
    """Pool tables of two groups by the beta-binomial model.

    In each group the risks of the studies follow a beta distribution with a mean of
    the group's own and one intraclass correlation for both; all studies count, those
    without any event too. Maximum likelihood, searched over the whole range of the
    correlation.

    Parameters
    ----------
    data : EffectTable, path, frame or mapping of columns
        With ``events_t n_t events_c n_c``.
    measure : {"OR", "RR", "RD"}
        Not used when `data` is an `EffectTable`, which has its own.
    level : float
        Confidence level.

    Returns
    -------
    LikelihoodFit
        Its `parameters` are both mean risks and the correlation ``rho``; there is no
        tau².

    Raises
    ------
    InvalidInput
        If the measure is another, or the counts are missing.
    NotEstimable
        If no one, or everyone, in one of the groups had the event.

    References
    ----------
    Kuss O. Stat Med 2015;34:1097. doi:10.1002/sim.6383
    """
    table = data if isinstance(data, EffectTable) else effect_table(data, measure)
    return pool_beta_binomial(table, Method(level=level))


def pool_beta_binomial(effects: EffectTable, method: Method) -> LikelihoodFit:
    """Pool an effect table of two groups by the beta-binomial model."""
    contrast = CONTRASTS.get(effects.measure.code)
    if contrast is None:
        raise InvalidInput(
            f"{effects.measure.label} is no contrast of the beta-binomial model.",
            remedy=f"choose a measure among {', '.join(CONTRASTS)}",
        )
    groups = counts_of(effects, "The beta-binomial model")
    best = maximise([group_of(groups.a, groups.n1), group_of(groups.c, groups.n2)])
    treated, control = best.pi.tolist()
    estimate = contrast.value(treated, control)
    slopes = np.array([*contrast.slopes(treated, control), 0.0])
    se = float(np.sqrt(slopes @ _covariance(best) @ slopes))
    found = symmetric(
        np.array([estimate]), np.array([se]), np.array([np.inf]), method.level
    )
    low, high = float(found.lower[0]), float(found.upper[0])
    k = int(groups.used.sum())
    rho = best.phi / (1 + best.phi)
    return LikelihoodFit(
        effects=effects,
        k=k,
        model="beta-binomial",
        estimate=estimate,
        se=se,
        interval=Interval(lower=low, upper=high, level=method.level),
        statistic=number(found.statistic[0]),
        df=None,
        p=number(found.p[0]),
        tau2=None,
        tau2_interval=None,
        tau2_method="ML",
        h2=None,
        i2=None,
        i2_interval=None,
        i2_q=None,
        i2_q_interval=None,
        q=None,
        q_df=k - 1,
        q_p=None,
        prediction=None,
        weights=_weights(groups.used, groups.n1, groups.n2, rho),
        rules={
            "model": "beta-binomial",
            "correlation": "common to both groups",
            "interval": "normal",
            "weights": "effective number of people",
            "level": f"{method.level:g}",
        },
        notes=(
            *from_counts(effects),
            *uncorrected(effects, effects.measure.label.lower()),
            INDEPENDENT,
            *(() if best.free else (BINOMIAL,)),
            *beyond_possible(effects.measure.code, low, high),
        ),
        loglik=best.loglik,
        parameters={"risk_t": treated, "risk_c": control, "rho": rho},
        lower_modes=tuple(
            Mode(np.nan, phi / (1 + phi), loglik) for phi, loglik in best.others
        ),
    )


def _covariance(best: BetaBinomial) -> Vector:
    """Return the covariance of both risks and phi, whose part is 0 at its boundary."""
    information = best.information.copy()
    if not best.free:
        information[2, :] = information[:, 2] = 0.0
        information[2, 2] = 1.0
    linalg: Any = np.linalg
    return linalg.inv(information)


def _weights(used: Mask, n1: Vector, n2: Vector, rho: float) -> Vector:
    """Return the share of each study in the effective number of people, in per cent."""
    effective = n1 / (1 + (n1 - 1) * rho) + n2 / (1 + (n2 - 1) * rho)
    weights = np.zeros(len(used))
    weights[used] = 100 * effective / effective.sum()
    return weights


CONTRASTS: dict[str, Contrast] = {
    contrast.measure: contrast
    for contrast in (
        Contrast(
            "OR",
            lambda p, q: float(np.log(p * (1 - q) / (q * (1 - p)))),
            lambda p, q: (1 / (p * (1 - p)), -1 / (q * (1 - q))),
        ),
        Contrast(
            "RR",
            lambda p, q: float(np.log(p / q)),
            lambda p, q: (1 / p, -1 / q),
        ),
        Contrast("RD", lambda p, q: p - q, lambda _p, _q: (1.0, -1.0)),
    )
}
