"""Confidence intervals of tau², by their codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from synthesist.numerics.arrays import Mask, Matrix, Vector
from synthesist.numerics.distributions import (
    chi2_quantile,
    chi2_upper_quantile,
    normal_quantile,
)
from synthesist.numerics.quadratic_forms import q_distribution
from synthesist.numerics.roots import MAX_STEPS, falling_root
from synthesist.numerics.sums import column_sum
from synthesist.pooling.likelihood import FULL, RESTRICTED, profile_limits
from synthesist.pooling.moments import tau2_at_q
from synthesist.pooling.panel import Panel, weigh_by
from synthesist.pooling.pooled import Pooled

#: Lower and upper limits (g,).
Limits = tuple[Vector, Vector]


@dataclass(frozen=True, slots=True)
class Tau2Interval:
    """A way to make a confidence interval of tau².

    `limits` returns lower and upper limits (g,); both are NaN where the data are
    less scattered than any tau² would make likely, and the interval is null.
    """

    code: str
    label: str
    limits: Callable[[Pooled, float], Limits]


def q_profile(pooled: Pooled, level: float) -> Limits:
    """Return the tau² at which generalised Q equals the chi-squared quantiles.

    References
    ----------
    Viechtbauer W. Stat Med 2007;26:37. doi:10.1002/sim.2514
    """
    panel, df, tail = pooled.panel, pooled.panel.k - 1, (1 - level) / 2
    least = chi2_quantile(tail, df)
    most = chi2_upper_quantile(tail, df)
    weighed, tau2 = pooled.weighed, pooled.tau2
    # Where Q would fall to the target if every variance were the typical one.
    typical = df / weighed.total
    guess = np.maximum(0.0, typical * (weighed.q / least - 1) + tau2)
    if panel.groups == 1:
        targets, starts = np.concatenate((most, least)), np.concatenate((tau2, guess))
        both = tau2_at_q(panel, targets, starts)
        lower, upper = both[:1], both[1:]
    else:
        lower = tau2_at_q(panel, most, tau2)
        upper = tau2_at_q(panel, least, guess)
    null = panel.common.q < least
    if null.any():
        lower, upper = np.where(null, np.nan, lower), np.where(null, np.nan, upper)
    return lower, upper


def generalised_q(
    pooled: Pooled, level: float, *, weights: Callable[[Panel], Matrix]
) -> Limits:
    """Return the tau² at which Q with fixed weights has the wanted probabilities.

    References
    ----------
    Jackson D. Res Synth Methods 2013;4:220. doi:10.1002/jrsm.1081
    """
    panel, tail = pooled.panel, (1 - level) / 2
    a = weights(panel)
    q, v = weigh_by(panel, a).q, panel.finite_v
    lower, upper = np.zeros(q.shape), np.zeros(q.shape)
    # Equal effects have Q at zero, below which nothing lies.
    some = np.flatnonzero(q > 0)
    if not some.size:
        return lower * np.nan, upper * np.nan
    at_zero = np.zeros(q.shape)
    at_zero[some] = q_distribution(q[some], a[:, some], v[:, some])[0]
    for limit, probability in ((lower, 1 - tail), (upper, tail)):
        above = np.flatnonzero(at_zero > probability)
        if above.size:
            limit[above] = _tau2_at_probability(
                q[above], a[:, above], v[:, above], probability
            )
    null = at_zero < tail
    return np.where(null, np.nan, lower), np.where(null, np.nan, upper)


def _tau2_at_probability(q: Vector, a: Matrix, v: Matrix, probability: float) -> Vector:
    """Return the tau² (g,) at which a smaller Q has a probability."""

    def excess(tau2: Vector) -> tuple[Vector, Vector]:
        # Weights are zero for filling, so its variance may be anything.
        found, slope = q_distribution(q, a, v + tau2)
        return found - probability, slope

    high = q / column_sum(a)
    for _ in range(MAX_STEPS):
        short: Mask = excess(high)[0] > 0
        if not short.any():
            break
        high = np.where(short, 4 * high, high)
    return falling_root(excess, np.zeros(q.shape), high, rtol=1e-12)


def by_precision(panel: Panel) -> Matrix:
    """Weight by the inverse of the variances."""
    return panel.common.w


def by_standard_error(panel: Panel) -> Matrix:
    """Weight by the inverse of the standard errors."""
    return np.sqrt(panel.common.w)


def profile_likelihood(pooled: Pooled, level: float) -> Limits:
    """Return the tau² whose likelihood is not far below the maximum.

    The restricted likelihood, unless tau² was estimated by the full one. With
    several maxima the limits hold all that is likely enough.

    References
    ----------
    Hardy RJ, Thompson SG. Stat Med 1996;15:619.
    doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A
    """
    depth = 0.5 * normal_quantile(0.5 + level / 2) ** 2
    return profile_limits(
        pooled.panel, depth, FULL if pooled.code == "ML" else RESTRICTED
    )


def wald(pooled: Pooled, level: float) -> Limits:
    """Return ``tau2 ± z se`` by the expected information, cut at zero.

    The information of the restricted likelihood, unless tau² was estimated by
    the full one.

    References
    ----------
    Biggerstaff BJ, Tweedie RL. Stat Med 1997;16:753.
    doi:10.1002/(SICI)1097-0258(19970415)16:7<753::AID-SIM494>3.0.CO;2-G
    """
    half = normal_quantile(0.5 + level / 2) * np.sqrt(pooled.variance_of_tau2)
    return np.maximum(0.0, pooled.tau2 - half), pooled.tau2 + half


def nothing(pooled: Pooled, _: float) -> Limits:
    """Leave the interval out, which saves most of the time."""
    missing = np.full(pooled.tau2.shape, np.nan)
    return missing, missing


TAU2_INTERVALS: dict[str, Tau2Interval] = {
    interval.code: interval
    for interval in (
        Tau2Interval("Q-profile", "Q-profile", q_profile),
        Tau2Interval(
            "J",
            "generalised Q (Jackson)",
            partial(generalised_q, weights=by_standard_error),
        ),
        Tau2Interval(
            "BJ",
            "generalised Q (Biggerstaff-Jackson)",
            partial(generalised_q, weights=by_precision),
        ),
        Tau2Interval("PL", "profile likelihood", profile_likelihood),
        Tau2Interval("Wald", "Wald", wald),
        Tau2Interval("none", "none", nothing),
    )
}
