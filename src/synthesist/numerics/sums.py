"""Sums down the columns of (k, g) arrays, where all the time is spent."""

from __future__ import annotations

import numpy as np

from synthesist.numerics.arrays import Matrix, Vector

#: Up to this length a matrix product costs less to call than einsum. Above it the
#: linear algebra library starts threads, which wait for each other on a busy machine.
SHORT = 1_000


def column_sum(a: Matrix) -> Vector:
    """Return the sums down the columns (g,)."""
    return np.add.reduce(a, axis=0)


def column_dot(a: Matrix, b: Matrix) -> Vector:
    """Return the sums down the columns of the product (g,).

    One of the arrays may have a single column, which then meets every column of
    the other.
    """
    if a.shape[0] <= SHORT:
        if a.shape[1] == 1:
            return a[:, 0] @ b
        if b.shape[1] == 1:
            return b[:, 0] @ a
    return np.einsum("kg,kg->g", a, b)
