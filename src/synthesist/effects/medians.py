"""Mean and standard deviation of a group that printed its median, quartiles or range."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthesist.tables import Vector


@dataclass(frozen=True)
class Quantiles:
    """What a group printed of its distribution, (k,) each, None where it did not.

    Either the range, or the quartiles, or both.
    """

    n: Vector
    median: Vector | None = None
    q1: Vector | None = None
    q3: Vector | None = None
    minimum: Vector | None = None
    maximum: Vector | None = None

    def values(self) -> list[Vector]:
        """Return the printed values in ascending order."""
        given = (self.minimum, self.q1, self.median, self.q3, self.maximum)
        return [value for value in given if value is not None]


def luo_mean(group: Quantiles) -> Vector:
    """Return means (k,) of normal data, optimally weighted.

    References
    ----------
    Luo D, Wan X, Liu J, Tong T. Stat Methods Med Res 2018;27:1785.
    doi:10.1177/0962280216669183
    """
    n, median = group.n, _given(group.median)
    if group.minimum is None or group.maximum is None:
        middle = (_given(group.q1) + _given(group.q3)) / 2
        weight = 0.7 + 0.39 / n
        return weight * middle + (1 - weight) * median
    range_middle = (group.minimum + group.maximum) / 2
    if group.q1 is None or group.q3 is None:
        weight = 4 / (4 + n**0.75)
        return weight * range_middle + (1 - weight) * median
    outer = 2.2 / (2.2 + n**0.75)
    inner = 0.7 - 0.72 / n**0.55
    middle = (group.q1 + group.q3) / 2
    return outer * range_middle + inner * middle + (1 - outer - inner) * median


def wan_shi_sd(group: Quantiles) -> Vector:
    """Return standard deviations (k,) of normal data; the median is not needed.

    From range or quartiles by Wan, from both by Shi.

    References
    ----------
    Wan X, Wang W, Liu J, Tong T. BMC Med Res Methodol 2014;14:135.
    doi:10.1186/1471-2288-14-135
    Shi J et al. Res Synth Methods 2020;11:641. doi:10.1002/jrsm.1429
    """
    outer, inner = _expected_widths(group.n)
    ranged = group.minimum is not None and group.maximum is not None
    if not ranged:
        return (_given(group.q3) - _given(group.q1)) / (2 * inner)
    spread = _given(group.maximum) - _given(group.minimum)
    if group.q1 is None or group.q3 is None:
        return spread / (2 * outer)
    power = group.n**0.6
    first = (2 + 0.14 * power) * outer
    second = (2 + 2 / (0.07 * power)) * inner
    return spread / first + (group.q3 - group.q1) / second


def wan_sd(group: Quantiles) -> Vector:
    """Return standard deviations (k,) by Wan, the mean of both forms where both apply."""
    if len(group.values()) < 4:
        return wan_shi_sd(group)
    outer, inner = _expected_widths(group.n)
    spread = _given(group.maximum) - _given(group.minimum)
    return (spread / outer + (_given(group.q3) - _given(group.q1)) / inner) / 4


def is_skewed(group: Quantiles) -> NDArray[np.bool_]:
    """Return where (k,) the data are skewed at the five per cent level.

    References
    ----------
    Shi J et al. Stat Methods Med Res 2023;32:1338. doi:10.1177/09622802231172043
    """
    n, median = group.n, _given(group.median)

    def lopsided(low: Vector | None, high: Vector | None) -> Vector:
        first, last = _given(low), _given(high)
        return np.abs(first + last - 2 * median) / (last - first)

    if group.minimum is None or group.maximum is None:
        return lopsided(group.q1, group.q3) > 2.66 / np.sqrt(n) - 5.92 / n**2
    outer = lopsided(group.minimum, group.maximum)
    if group.q1 is None or group.q3 is None:
        return outer > 1.01 / np.log(n + 9) + 2.43 / (n + 1)
    scaled = 2.65 * np.log(0.6 * n) / np.sqrt(n) * outer
    both = np.maximum(scaled, lopsided(group.q1, group.q3))
    return both > 2.97 / np.sqrt(n) - 39.1 / n**3


def normal_moments(group: Quantiles) -> tuple[Vector, Vector]:
    """Return means and standard deviations (k,) as of normal data."""
    return luo_mean(group), wan_shi_sd(group)


def _expected_widths(n: Vector) -> tuple[Vector, Vector]:
    """Return half the expected range, and half that of the quartiles, in deviations."""
    from scipy.special import ndtri

    return ndtri((n - 0.375) / (n + 0.25)), ndtri((0.75 * n - 0.125) / (n + 0.25))


def _given(value: Vector | None) -> Vector:
    """Return a printed value that the caller made sure of."""
    if value is None:
        raise ValueError("neither range nor quartiles are whole")
    return value


Moments = Callable[[Quantiles], tuple[Vector, Vector]]
