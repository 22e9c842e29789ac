"""The distribution of a weighted sum of squares around its own weighted mean.

For independent normal variables with variances S and weights a, the statistic
``Q = sum(a (y - mean_a)**2)`` is a sum of chi-squared variables weighted by
eigenvalues. They are never computed: the Laplace transform of Q is a product over
the studies,

    M(s) = (prod(f) * sum(a / f) / sum(a)) ** -1/2,    f = 1 + 2 s a S,

in which the study with the largest weight, the first, is taken together with the
sum, ``f1 sum(a / f) = a1 + f1 sum of the other a / f``, because nothing cancels there
however much it weighs. The inverse is an integral along a line through the saddle point, bent as the
path of steepest descent is there. Along it the integrand falls like a normal
density, and the trapezoidal rule is exact to rounding with some fifty points. Time
and memory are linear in the number of studies.

References
----------
Rice SO. SIAM J Sci Stat Comput 1980;1:438. doi:10.1137/0901032
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from synthesist.errors import NotConverged
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.roots import falling_root
from synthesist.numerics.sums import column_sum

#: Distance of the points in units of the integrand's width. The pole at zero is at
#: least one width away, so the error is below exp(-2 pi / DISTANCE).
DISTANCE = 0.17

#: The integral is cut off where the integrand is this share of its height.
NEGLIGIBLE = 1e-17

#: So many standard deviations above its mean no Q lies with a probability that a
#: float could tell from zero: the tail falls at least like exp(-x / sqrt(2)).
CERTAIN = 100.0

#: A Q smaller than this share of its standard deviation has a probability below
#: 1e-20, whatever the number of studies.
IMPOSSIBLE = 1e-40

#: Points computed at once, and at most.
CHUNK, MOST = 16, 4_000

Complex = NDArray[np.complexfloating[Any, Any]]


class _Derivatives(NamedTuple):
    """First three derivatives of ``log M(s)`` where it is real."""

    first: Vector
    second: Vector
    third: Vector


def q_distribution(q: Vector, a: Matrix, variance: Matrix) -> tuple[Vector, Vector]:
    """Return the probability of a smaller Q, and its slope as all variances grow.

    Parameters
    ----------
    q : (g,) array
        Values of the statistic, above zero.
    a, variance : (k, g) arrays
        Weights and variances of each group's studies, the largest weight in the
        first row; weight zero and any finite variance for filling.

    Returns
    -------
    probability, slope : (g,) arrays
        The slope is the derivative in a number added to every variance.
    """
    products = a * variance
    start = _derivatives(a, products, np.zeros(q.shape))
    deviation = np.sqrt(start.second)
    beyond = (q + start.first) / deviation
    possible = q > IMPOSSIBLE * deviation
    inside = np.flatnonzero((beyond < CERTAIN) & possible)
    probability, slope = np.where(possible, 1.0, 0.0), np.zeros(q.shape)
    if inside.size:
        # Far in the upper tail the saddle point lies so near the pole at zero that
        # the width of M could not be crossed in reasonable steps; and a point too
        # far from it would make terms large that add up to less than 1.
        least = np.minimum(0.5, 8 / np.maximum(1.0, beyond)) / deviation
        probability[inside], slope[inside] = _integral(
            q[inside], a[:, inside], products[:, inside], least[inside]
        )
    return probability, slope


def _integral(
    q: Vector, a: Matrix, products: Matrix, least: Vector
) -> tuple[Vector, Vector]:
    """Return probability and slope by the path through the saddle point."""
    studies = (a > 0).sum(axis=0)

    def descent(s: Vector) -> tuple[Vector, Vector]:
        found = _derivatives(a, products, s)
        return 1 / s - q - found.first, -(s**-2.0) - found.second

    # The derivative of log M lies between -(studies - 1) / (2 s) and 0.
    saddle = falling_root(descent, 1 / q, (studies + 1) / (2 * q), rtol=1e-6)
    centre = np.maximum(saddle, least)
    found = _derivatives(a, products, centre)
    width = (found.second + centre**-2.0) ** -0.5
    bend = found.third / (6 * found.second)
    probability, slope = np.zeros(q.shape), np.zeros(q.shape)
    for start in range(0, MOST, CHUNK):
        step = DISTANCE * width
        t = (np.arange(start, start + CHUNK) + 0.5)[:, None] * step
        s = centre + 1j * t + bend * t * t
        path = 1j + 2 * bend * t
        density, rate = _inverse(q, a, products, s)
        density = density * path / 1j
        parts = density.real * (step / np.pi)
        probability += parts.sum(axis=0)
        slope += (density * rate).real.sum(axis=0) * (step / np.pi)
        if (np.abs(parts[-1]) <= NEGLIGIBLE).all():
            return probability, slope
    raise NotConverged(  # pragma: no cover
        "The distribution of Q could not be computed.",
        remedy="report the data: this should not happen",
    )


def _inverse(
    q: Vector, a: Matrix, products: Matrix, s: Complex
) -> tuple[Complex, Complex]:
    """Return ``exp(s q) M(s) / s`` at (n, g) points, and the slope of log M."""
    factor = 1 + 2 * s * products[:, None]
    leading = factor[0]
    factor, weights = factor[1:], a[1:, None]
    share = weights / factor
    others = share.sum(axis=0)
    together = a[0] + leading * others
    logs = np.log(factor).sum(axis=0) + np.log(together / column_sum(a))
    moved = a[0] * others - leading * (share * share).sum(axis=0)
    rate = -s * (others + moved / together)
    return np.exp(s * q - 0.5 * logs) / s, rate


def _derivatives(a: Matrix, products: Matrix, s: Vector) -> _Derivatives:
    """Return the derivatives of log M at (g,) points."""
    leading = 1 + 2 * s * products[0]
    share = a[1:] / (1 + 2 * s * products[1:])
    e = products[1:] / (1 + 2 * s * products[1:])
    r0, r1, r2, r3 = (
        column_sum(share * power) for power in (1.0, -2 * e, 8 * e**2, -48 * e**3)
    )
    slope = 2 * products[0]
    together = a[0] + leading * r0
    g1 = (slope * r0 + leading * r1) / together
    g2 = (2 * slope * r1 + leading * r2) / together
    g3 = (3 * slope * r2 + leading * r3) / together
    return _Derivatives(
        first=-column_sum(e) - 0.5 * g1,
        second=2 * column_sum(e**2) - 0.5 * (g2 - g1**2),
        third=-8 * column_sum(e**3) - 0.5 * (g3 - 3 * g2 * g1 + 2 * g1**3),
    )
