"""Hedges' factor, by which a standardised mean difference is too large."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synthesist.tables import Vector

#: Steps of the recurrence before the series; with 30, its first term left out is
#: below 1e-14 for every m.
STEPS = 30

#: Gamma(x + 1/2) / Gamma(x) = sqrt(x) * sum of these over x to the power 0, 1, ...
SERIES = (
    1.0,
    -1 / 8,
    1 / 128,
    5 / 1024,
    -21 / 32768,
    -399 / 262144,
    869 / 4194304,
    39325 / 33554432,
)


def hedges_factor(m: Vector) -> Vector:
    """Return J(m) = Gamma(m/2) / (sqrt(m/2) Gamma((m-1)/2)), exact; NaN for m < 2.

    Neither a difference of log gammas, which loses all digits for large m, nor an
    import that costs half a second: the ratio is carried to a large argument by
    its recurrence and read off its asymptotic series there.

    References
    ----------
    Hedges LV. J Educ Stat 1981;6:107. doi:10.3102/10769986006002107
    """
    x = (np.asarray(m, dtype=np.float64) - 1) / 2
    product = np.ones_like(x)
    for step in range(STEPS):
        product *= (x + step) / (x + step + 0.5)
    far = x + STEPS
    ratio = np.sqrt(far) * np.polynomial.polynomial.polyval(1 / far, SERIES)
    with np.errstate(invalid="ignore"):
        factor = product * ratio / np.sqrt(x + 0.5)
    return np.where(x >= 0.5, factor, np.nan)


def approximate_hedges_factor(m: Vector) -> Vector:
    """Return ``1 - 3/(4 m - 1)``, as RevMan and Stata take it; NaN for m < 2."""
    m = np.asarray(m, dtype=np.float64)
    return np.where(m >= 2, 1 - 3 / (4 * m - 1), np.nan)


def no_factor(m: Vector) -> Vector:
    """Return 1, which leaves Cohen's d; NaN for m < 2."""
    return np.where(np.asarray(m) >= 2, 1.0, np.nan)


SMALL_SAMPLE: dict[str, Callable[[Vector], Vector]] = {
    "exact": hedges_factor,
    "approximate": approximate_hedges_factor,
    "none": no_factor,
}
