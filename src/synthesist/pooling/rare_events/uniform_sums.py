"""The distribution of weighted sums of uniform numbers."""

from __future__ import annotations

import numpy as np

from synthesist.numerics.arrays import Vector

#: Points on which the distribution function is kept; its error falls with the square.
POINTS = 1 << 14


class UniformSum:
    """The sum of independent numbers uniform on 0 to 1, times weights (k,).

    Weights are scaled to a sum of 1. The distribution function with one more term is
    the mean of the one before over a window as long as its weight.

    References
    ----------
    Edgington ES. J Psychol 1972;80:351.
    """

    def __init__(self, weights: Vector) -> None:
        ordered = np.sort(weights[weights > 0])[::-1] / weights.sum()
        step = 1 / POINTS
        grid = np.arange(POINTS + 1, dtype=np.float64) * step
        found: Vector = np.minimum(grid / ordered[0], 1.0)
        for weight in ordered.tolist()[1:]:
            # Beyond its upper end the distribution function is 1.
            area: Vector = np.zeros(POINTS + 1)
            np.cumsum((found[1:] + found[:-1]) * (step / 2), out=area[1:])
            found = (area - _at(grid - weight, area, found, step)) / weight
            found = np.clip(found, 0.0, 1.0)
        self.grid, self.values = grid, found

    def below(self, total: float) -> float:
        """Return the probability of a sum that is not larger."""
        return float(np.interp(total, self.grid, self.values))

    def quantile(self, share: float) -> float:
        """Return the sum that is exceeded with the probability ``1 - share``."""
        return float(np.interp(share, self.values, self.grid))


def _at(x: Vector, area: Vector, slope: Vector, step: float) -> Vector:
    """Return an integral between the points of its grid, cubic in between."""
    place = np.clip(np.floor(x / step).astype(np.intp), 0, len(area) - 2)
    t = np.clip(x / step - place, 0.0, 1.0)
    left, right = area[place], area[place + 1]
    rise, fall = step * slope[place], step * slope[place + 1]
    return (
        left
        + t * rise
        + t * t * (3 * (right - left) - 2 * rise - fall)
        + t**3 * (2 * (left - right) + rise + fall)
    )
