"""Roots of many falling functions at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synthesist.errors import NotConverged
from synthesist.numerics.arrays import Vector

#: A bracket that is halved so often is narrower than the rounding of its ends.
MAX_STEPS = 200


def falling_root(
    function: Callable[[Vector], tuple[Vector, Vector]],
    low: Vector,
    high: Vector,
    *,
    rtol: float = 1e-14,
) -> Vector:
    """Return where falling functions cross zero, by Newton's method in a bracket.

    Parameters
    ----------
    function : callable
        Returns values and derivatives (n,) at points (n,).
    low, high : (n,) arrays
        The function is not below zero at `low` and not above zero at `high`.
    rtol : float
        Size of the last step relative to the root; the default is the rounding of a
        few operations.
    """
    low, high = low.copy(), high.copy()
    # A root at zero has no relative size: there the bracket's rounding decides.
    least = 1e-16 * np.maximum(np.abs(low), np.abs(high))
    now = 0.5 * (low + high)
    for _ in range(MAX_STEPS):
        value, slope = function(now)
        above = value > 0
        low, high = np.where(above, now, low), np.where(above, high, now)
        new = now - value / np.where(slope < 0, slope, np.nan)
        inside = (new > low) & (new < high)
        new = np.where(inside, new, 0.5 * (low + high))
        done = (np.abs(new - now) <= rtol * np.abs(new) + least) | (value == 0)
        now = np.where(value == 0, now, new)
        if done.all():
            return now
    raise NotConverged(  # pragma: no cover
        "A root could not be found.", remedy="report the data: this should not happen"
    )
