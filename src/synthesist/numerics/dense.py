"""Products of a few long rows, computed so that no library starts threads for them.

BLAS splits long products over threads that wait for each other by spinning: alone
on a machine that gains nothing here, beside another program one product of 20,000
numbers took 3 ms instead of 5 µs. The answer is also the same for any number of
threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from synthesist.numerics.arrays import Indices, Matrix, Vector

#: Multiplications in one product: OpenBLAS stays in one thread below 262,144.
PRODUCT = 200_000


def dot(a: Vector, b: Vector) -> float:
    """Return the sum of products of two arrays (n,)."""
    return float(np.einsum("n,n->", a, b))


def combine(factors: Vector, rows: Matrix) -> Vector:
    """Return the sum of rows (q, n) times factors (q,), an array (n,)."""
    return np.einsum("q,qn->n", factors, rows)


def weigh(rows: Matrix, weights: Vector) -> Vector:
    """Return the weighted sum along each row (q, n), an array (q,)."""
    return np.einsum("qn,n->q", rows, weights)


def cross(a: Matrix, b: Matrix) -> Matrix:
    """Return the products of the rows of (p, n) and (q, n) arrays, (p, q)."""
    p, n = a.shape
    q = b.shape[0]
    length = max(PRODUCT // max(p * q, 1), 1)
    if n <= length:
        return a @ b.T
    parts = n // length
    whole = parts * length
    pieces = np.matmul(
        a[:, :whole].reshape(p, parts, length).transpose(1, 0, 2),
        b[:, :whole].reshape(q, parts, length).transpose(1, 2, 0),
    )
    return pieces.sum(axis=0) + a[:, whole:] @ b[:, whole:].T


def solve(a: Matrix, b: Any) -> Any:
    """Return the solution of a linear system, by least squares if it is singular."""
    linalg: Any = np.linalg
    try:
        return linalg.solve(a, b)
    except np.linalg.LinAlgError:
        return linalg.lstsq(a, b, rcond=None)[0]


def part(a: Matrix, index: Indices) -> Matrix:
    """Return the rows and columns of a square matrix at some places."""
    return a[index[:, None], index]
