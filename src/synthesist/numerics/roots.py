"""Roots of falling functions, by Newton's method kept in a bracket.

Newton's steps are taken while they stay inside the bracket and each is at most half
as long as the one before; otherwise the bracket is halved. So the steps are as good
as Newton's near the root, and never worse than halving far from it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synthesist.errors import NotConverged
from synthesist.numerics.arrays import Vector

#: A bracket that is halved so often is narrower than the rounding of its ends.
MAX_STEPS = 400


def falling_root(
    function: Callable[[Vector], tuple[Vector, Vector]],
    low: Vector,
    high: Vector,
    *,
    rtol: float = 1e-14,
    atol: float = 0.0,
) -> Vector:
    """Return where falling functions cross zero, many at once.

    Parameters
    ----------
    function : callable
        Returns values and derivatives (n,) at points (n,).
    low, high : (n,) arrays
        The function is not below zero at `low` and not above zero at `high`.
    rtol, atol : float
        Size of the last step, relative to the root and absolute; the default is the
        rounding of a few operations.
    """
    low, high = low.copy(), high.copy()
    # A root at zero has no relative size: there the bracket's rounding decides.
    least = atol + 1e-16 * np.maximum(np.abs(low), np.abs(high))
    now, before = 0.5 * (low + high), high - low
    for _ in range(MAX_STEPS):
        value, slope = function(now)
        above = value > 0
        low, high = np.where(above, now, low), np.where(above, high, now)
        newton = -value / np.where(slope < 0, slope, np.nan)
        new = now + newton
        good = (new > low) & (new < high) & (np.abs(newton) <= 0.5 * before)
        new = np.where(good, new, 0.5 * (low + high))
        new = np.where(value == 0, now, new)
        before = np.abs(new - now)
        now = new
        if (before <= rtol * np.abs(now) + least).all():
            return now
    raise _never()


def falling_root_near(
    function: Callable[[float], tuple[float, float]],
    start: float,
    *,
    tolerance: Callable[[float, float], float],
    low: float = -np.inf,
    high: float = np.inf,
    longest: float = np.inf,
) -> float:
    """Return where one falling function crosses zero, given a first guess.

    Parameters
    ----------
    function : callable
        Returns value and derivative.
    start : float
        First guess, between `low` and `high`.
    tolerance : callable
        Returns how short the last step must be, given the point and the derivative.
    low, high : float
        The root lies between; either may be infinite.
    longest : float
        No step is longer while the bracket is infinite.
    """
    now, before = start, np.inf
    for _ in range(MAX_STEPS):
        value, slope = function(now)
        low, high = (now, high) if value > 0 else (low, now)
        newton = -value / slope if slope < 0 else np.copysign(np.inf, value)
        if abs(newton) <= tolerance(now, slope) or value == 0:
            return now + (newton if value else 0.0)
        new = now + newton
        if not low < new < high or abs(newton) > 0.5 * before:
            new = 0.5 * (low + high)
        if not abs(new - now) <= longest:
            new = now + np.copysign(longest, value)
        before = abs(new - now)
        if before == 0:
            return now
        now = new
    raise _never()


def _never() -> NotConverged:
    return NotConverged(
        "A root could not be found.", remedy="report the data: this should not happen"
    )
