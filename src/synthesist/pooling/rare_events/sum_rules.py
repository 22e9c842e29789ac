"""Sums over the first whole numbers, as short for a million as for a hundred.

``sum(f(j) for j in range(n))`` with a smooth f becomes a weighted sum over a few
points: each of the first numbers, then Gauss's quadrature for sums over blocks that
double in length. The rule for equally spaced points comes from the recurrence of
Chebyshev's discrete polynomials.

References
----------
Gautschi W. Orthogonal Polynomials: Computation and Approximation. Oxford 2004.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from synthesist.numerics.arrays import Vector

#: Numbers that are summed one by one, and points for each block after them. With
#: the nearest singularity of f at -1, a block [m, 2m) is exact to 1e-17.
SINGLE, POINTS = 32, 12


@lru_cache(maxsize=4096)
def sum_rule(n: int) -> tuple[Vector, Vector]:
    """Return points and weights whose sum is that over 0, 1, ..., n - 1."""
    points = [np.arange(min(n, SINGLE), dtype=np.float64)]
    weights = [np.ones_like(points[0])]
    start = SINGLE
    while start < n:
        length = min(start, n - start)
        at, weight = _block(length)
        points.append(start + at)
        weights.append(weight)
        start += length
    return np.concatenate(points), np.concatenate(weights)


@lru_cache(maxsize=4096)
def _block(length: int) -> tuple[Vector, Vector]:
    """Return the rule for 0, 1, ..., length - 1."""
    if length <= POINTS:
        return np.arange(length, dtype=np.float64), np.ones(length)
    i = np.arange(1.0, POINTS)
    beside = 0.5 * i * np.sqrt((length**2 - i * i) / (4 * i * i - 1))
    jacobi = np.diag(np.full(POINTS, 0.5 * (length - 1)))
    jacobi += np.diag(beside, 1) + np.diag(beside, -1)
    at, vectors = np.linalg.eigh(jacobi)
    return at, length * vectors[0] ** 2
