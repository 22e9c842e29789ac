"""Linear algebra on one small matrix or a stack of them, with types that are known."""

from __future__ import annotations

from typing import Any

import numpy as np

from synthesist.numerics.arrays import Matrix, Vector

#: The stubs of numpy.linalg leave open what a stack of matrices gives.
_LINALG: Any = np.linalg


def solve(a: Matrix, b: Matrix) -> Matrix:
    """Return the solution of linear systems (..., p, p) and (..., p, q) or (p,)."""
    return _LINALG.solve(a, b)


def inverse(a: Matrix) -> Matrix:
    """Return inverses (..., p, p)."""
    return _LINALG.inv(a)


def cholesky(a: Matrix) -> Matrix:
    """Return lower triangular roots (..., p, p)."""
    return _LINALG.cholesky(a)


def log_determinant(a: Matrix) -> Vector:
    """Return logarithms of determinants that are above zero (...,)."""
    return np.asarray(_LINALG.slogdet(a)[1], dtype=np.float64)


def eigen(a: Matrix) -> tuple[Vector, Matrix]:
    """Return eigenvalues (..., p), ascending, and eigenvectors of symmetric matrices."""
    values, vectors = _LINALG.eigh(a)
    return values, vectors


def pseudo_inverse(a: Matrix) -> Matrix:
    """Return pseudo-inverses (..., p, p) of symmetric matrices."""
    return _LINALG.pinv(a, hermitian=True)
