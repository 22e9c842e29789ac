"""Profile likelihood of the pooled effect.

At a given tau² the log-likelihood is a parabola in the mean, with its top at the
weighted mean and curvature ``sum(w)``. So the means that are likely enough at that
tau² lie within ``sqrt(2 (top - floor) / sum(w))`` of it, and a limit of all that are
likely enough at any tau² is the maximum of one function of tau². Its error is of
second order in that of tau².
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synthesist.numerics.arrays import Indices, Mask, Matrix, Vector
from synthesist.pooling.likelihood import FULL, log_likelihood, profile_limits
from synthesist.pooling.panel import PANEL_SIZE, Panel, weigh

#: Points of the scan before it is refined.
POINTS = 65

#: Each narrows the bracket to 0.62 of its width.
STEPS = 42

#: The golden section.
SHARE = (5**0.5 - 1) / 2

#: Numbers in one block of the scan.
BLOCK = 50 * PANEL_SIZE

#: A function of tau² on a panel, (g,) from (g,).
Curve = Callable[[Panel, Vector], Vector]


def mean_limits(panel: Panel, tau2: Vector, depth: float) -> tuple[Vector, Vector]:
    """Return the ends of the means whose log-likelihood is within `depth` of the top.

    Parameters
    ----------
    panel : Panel
        Groups of two and more studies.
    tau2 : (g,) array
        Their maximum-likelihood tau².
    depth : float
        Half a quantile of chi-squared on one degree of freedom.

    Returns
    -------
    lower, upper : (g,) arrays
        Measured from the panel's centre.
    """
    floor = log_likelihood(panel, tau2, restricted=False) - depth
    low, high = profile_limits(panel, depth, FULL)

    def reach(sign: float) -> Vector:
        def curve(part: Panel, at: Vector) -> Vector:
            weighed = weigh(part, at)
            above = log_likelihood(part, at, restricted=False) - _of(floor, at)
            return sign * weighed.mean + np.sqrt(
                2 * np.maximum(0.0, above) / weighed.total
            )

        return np.maximum(highest(panel, curve, low, high), curve(panel, tau2))

    return -reach(-1.0), reach(1.0)


def likelihood_at(panel: Panel, mean: Vector) -> Vector:
    """Return the highest log-likelihood (g,) of given means, whatever tau² is.

    The means are measured from the panel's centre. Beyond the largest squared
    distance from the mean the likelihood falls as tau² grows.
    """
    apart = np.where(np.isinf(panel.v), 0.0, panel.y - mean)
    far = np.square(np.abs(apart).max(axis=0))

    def curve(part: Panel, at: Vector) -> Vector:
        weighed = weigh(part, at)
        off = weighed.mean - _of(mean, at)
        fall = 0.5 * weighed.total * off * off
        return log_likelihood(part, at, restricted=False) - fall

    return highest(panel, curve, np.zeros(panel.groups), far)


def highest(panel: Panel, curve: Curve, low: Vector, high: Vector) -> Vector:
    """Return the greatest value (g,) of a curve between two tau².

    Points stand at equal ratios of ``v + tau2`` of the most precise study.
    """
    least = panel.v[0]
    span = np.log1p((high - low) / (least + low))
    steps = np.linspace(0.0, 1.0, POINTS)[:, None]
    at = low + (least + low) * np.expm1(steps * span)
    values = _everywhere(panel, curve, at)
    best: Indices = values.argmax(axis=0)
    column = np.arange(panel.groups)
    a: Vector = at[np.maximum(best - 1, 0), column]
    b: Vector = at[np.minimum(best + 1, POINTS - 1), column]
    top: Vector = values[best, column]
    c, d = b - SHARE * (b - a), a + SHARE * (b - a)
    at_c, at_d = curve(panel, c), curve(panel, d)
    for _ in range(STEPS):
        left: Mask = at_c > at_d
        a, b = np.where(left, a, c), np.where(left, d, b)
        new = np.where(left, b - SHARE * (b - a), a + SHARE * (b - a))
        found = curve(panel, new)
        c, d = np.where(left, new, d), np.where(left, c, new)
        at_c, at_d = np.where(left, found, at_d), np.where(left, at_c, found)
        top = np.maximum(top, found)
    return top


def _everywhere(panel: Panel, curve: Curve, at: Matrix) -> Matrix:
    """Return the curve at n tau² of every group, (n, g)."""
    rows = max(1, BLOCK // panel.y.size)
    found: list[Matrix] = []
    for begin in range(0, len(at), rows):
        part = at[begin : begin + rows]
        # One group meets every tau² by itself.
        many = panel if panel.groups == 1 else panel.repeat(len(part))
        found.append(curve(many, part.ravel()).reshape(part.shape))
    return np.concatenate(found)


def _of(values: Vector, at: Vector) -> Vector:
    """Return the values of the groups as often as the groups were repeated."""
    return (
        values
        if values.size in {1, at.size}
        else np.tile(values, at.size // values.size)
    )
