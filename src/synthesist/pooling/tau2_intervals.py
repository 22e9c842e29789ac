"""Confidence intervals of tau², by their codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import chi2_quantile, chi2_upper_quantile
from synthesist.pooling.intervals import Pooled
from synthesist.pooling.moments import tau2_at_q


@dataclass(frozen=True, slots=True)
class Tau2Interval:
    """A way to make a confidence interval of tau².

    `limits` returns lower and upper limits (g,); both are NaN where the data
    are less scattered than any tau² would make likely, and the interval is null.
    """

    code: str
    label: str
    limits: Callable[[Pooled, float], tuple[Vector, Vector]]


def q_profile(pooled: Pooled, level: float) -> tuple[Vector, Vector]:
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


TAU2_INTERVALS: dict[str, Tau2Interval] = {
    interval.code: interval
    for interval in (Tau2Interval("Q-profile", "Q-profile", q_profile),)
}
