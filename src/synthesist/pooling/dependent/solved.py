"""What every way to handle the marginal covariance can do at given parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.pooling.dependent.terms import Term


class Solved(Protocol):
    """The marginal covariance M (n, n) of the effects, as far as it is needed.

    Rows of arrays are right-hand sides: (c, n).
    """

    def log_determinant(self) -> float:
        """Return the logarithm of the determinant of M."""
        ...

    def solve(self, Z: Matrix) -> Matrix:
        """Return ``M^-1 Z`` (c, n)."""
        ...

    def traces(self) -> Vector:
        """Return the traces of ``M^-1 M_i`` (r,), M_i the derivatives of M."""
        ...

    def moved(self, i: int, Z: Matrix) -> Matrix:
        """Return ``M_i Z`` (c, n)."""
        ...

    def forms(self, i: int, Z: Matrix) -> Matrix:
        """Return ``Z M_i Z'`` (c, c)."""
        ...

    def trace_inverse(self, rows: Indices | None = None) -> float:
        """Return the trace of ``M^-1``, or the part of some rows of it."""
        ...

    def gains(self, t: int) -> NDArray[np.float64]:
        """Return ``Z_g' M^-1 Z_g`` (g, m, m) of every group of a term."""
        ...

    def blocks(self, rows: Indices) -> NDArray[np.float64]:
        """Return the parts of M (b, s, s) that belong to sets of rows (b, s)."""
        ...


class Layout(Protocol):
    """A model's random part, prepared for any parameters."""

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms of the model."""
        ...

    @property
    def order(self) -> Indices:
        """The order of the rows that `at` works with."""
        ...

    def at(self, theta: Sequence[Vector]) -> Solved:
        """Return the marginal covariance at the parameters of each term."""
        ...
