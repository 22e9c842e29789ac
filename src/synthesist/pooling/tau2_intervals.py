"""Confidence intervals of tau², by their codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import chi2_quantile, chi2_upper_quantile
from synthesist.numerics.panel import Panel
from synthesist.pooling.intervals import Pooled
from synthesist.pooling.moments import tau2_at_q
from synthesist.pooling.weights import generalised_q, weigh


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
    upper = tau2_at_q(panel, least, _guess(panel, pooled.tau2, least))
    lower = tau2_at_q(panel, most, pooled.tau2)
    null = generalised_q(weigh(panel, 0.0)) < least
    return np.where(null, np.nan, lower), np.where(null, np.nan, upper)


def _guess(panel: Panel, tau2: Vector, target: Vector) -> Vector:
    """Return where Q would fall to `target` if every variance were the typical one."""
    weighed = weigh(panel, tau2)
    typical = (panel.k - 1) / weighed.total
    return np.maximum(0.0, typical * generalised_q(weighed) / target - typical + tau2)


TAU2_INTERVALS: dict[str, Tau2Interval] = {
    interval.code: interval
    for interval in (Tau2Interval("Q-profile", "Q-profile", q_profile),)
}
