"""Kendall's rank correlation with its exact test."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.numerics.tails import t_two_tails

#: Up to so many untied pairs of ranks the exact distribution is computed: it takes
#: k² steps, and beyond it is normal to three digits.
EXACT_UP_TO = 200


def kendall(x: Vector, y: Vector) -> tuple[float, float, bool]:
    """Return Kendall's tau-b, its two-sided P value, and whether that is exact.

    With ties, or many points, the P value is that of the normal distribution with
    the variance that ties leave.

    Parameters
    ----------
    x, y : (k,) arrays
        k at least 2, neither all equal.

    References
    ----------
    Kendall MG. Biometrika 1938;30:81. doi:10.1093/biomet/30.1-2.81
    """
    k = len(x)
    score = sum(
        float(np.sign(x[i + 1 :] - x[i]) @ np.sign(y[i + 1 :] - y[i]))
        for i in range(k - 1)
    )
    pairs = k * (k - 1) / 2
    tied_x, tied_y = _ties(x), _ties(y)
    free_x, free_y = (
        pairs - sum(t * (t - 1) / 2 for t in t_) for t_ in (tied_x, tied_y)
    )
    tau = score / sqrt(free_x * free_y)
    if not tied_x and not tied_y and k <= EXACT_UP_TO:
        return tau, _exact(k, round((score + pairs) / 2)), True
    z = score / sqrt(_variance(k, tied_x, tied_y))
    return tau, t_two_tails(z, np.inf), False


def _ties(values: Vector) -> list[int]:
    """Return how many values share each value that occurs more than once."""
    counts: list[int] = np.unique(values, return_counts=True)[1].tolist()
    return [count for count in counts if count > 1]


def _exact(k: int, concordant: int) -> float:
    """Return the two-sided P value of so many concordant pairs among `k` points."""
    # The number of discordant pairs is a sum of independent uniform counts.
    shares = np.ones(1)
    for i in range(2, k + 1):
        shares = np.convolve(shares, np.full(i, 1 / i))
    below = float(shares[: concordant + 1].sum())
    above = float(shares[concordant:].sum())
    return min(1.0, 2 * min(below, above))


def _variance(k: int, x: Sequence[int], y: Sequence[int]) -> float:
    """Return the variance of the score of `k` points with ties."""

    def powers(ties: Sequence[int]) -> tuple[float, float, float]:
        return (
            float(sum(t * (t - 1) * (2 * t + 5) for t in ties)),
            float(sum(t * (t - 1) for t in ties)),
            float(sum(t * (t - 1) * (t - 2) for t in ties)),
        )

    (x1, x2, x3), (y1, y2, y3) = powers(x), powers(y)
    found = (k * (k - 1) * (2 * k + 5) - x1 - y1) / 18 + x2 * y2 / (2 * k * (k - 1))
    if k > 2:
        found += x3 * y3 / (9 * k * (k - 1) * (k - 2))
    return found
