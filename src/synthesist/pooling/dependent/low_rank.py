"""Crossed groups: blocks that share few effects, through the effects themselves.

``M = A + U U'`` with A in small blocks and one column of U for every effect that
rows share; then only a matrix of the size of their number is factored (Woodbury).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthesist.numerics import dense, linear
from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.pooling.dependent.blocks import Blocks, Stacked
from synthesist.pooling.dependent.terms import Term


@dataclass(frozen=True)
class LowRank:
    """A model whose shared effects are fewer than its rows.

    Parameters
    ----------
    terms : tuple of Term
        All of them, in the order of the model.
    base : Blocks
        The sampling errors with the terms of single rows.
    own, shared : tuple of int
        Which terms are in the base, and which are not.
    columns : tuple of (n,) arrays
        For each shared term, the column of every row: group and inner level.
    """

    terms: tuple[Term, ...]
    order: Indices
    base: Blocks
    own: tuple[int, ...]
    shared: tuple[int, ...]
    columns: tuple[Indices, ...]

    def at(self, theta: Sequence[Vector]) -> Reduced:
        """Return the marginal covariance at the parameters of each term."""
        return Reduced(self, tuple(theta))


def low_rank(
    terms: tuple[Term, ...],
    base: Blocks,
    own: tuple[int, ...],
    shared: tuple[int, ...],
) -> LowRank:
    """Return the layout of crossed terms over a base of small blocks."""
    columns = tuple(
        terms[t].outer * terms[t].shape.size + terms[t].inner for t in shared
    )
    return LowRank(terms, base.order, base, own, shared, columns)


class Reduced:
    """Crossed terms at given parameters."""

    def __init__(self, layout: LowRank, theta: tuple[Vector, ...]) -> None:
        from scipy.sparse import csr_matrix

        self.layout, self.theta = layout, theta
        self.base: Stacked = layout.base.at([theta[t] for t in layout.own])
        self.shaped = {t: layout.terms[t].shape.matrix(theta[t]) for t in layout.shared}
        n = layout.base.size
        sparse: Any = csr_matrix
        self.Z: dict[int, Any] = {}
        for t, column in zip(layout.shared, layout.columns, strict=True):
            term = layout.terms[t]
            width = len(term.groups) * term.shape.size
            self.Z[t] = sparse((np.ones(n), (np.arange(n), column)), shape=(n, width))

    @cached_property
    def _columns(self) -> Any:
        """All shared effects, scaled by their covariance (n, q), sparse."""
        from scipy.sparse import hstack, identity, kron

        product: Any = kron
        eye: Any = identity
        parts: list[Any] = []
        for t in self.layout.shared:
            root = root_of(self.shaped[t].matrix)
            groups = len(self.layout.terms[t].groups)
            parts.append(self.Z[t] @ product(eye(groups), root, format="csr"))
        join: Any = hstack
        return join(parts, format="csr")

    @cached_property
    def _solved(self) -> Matrix:
        """``A^-1 U`` as rows (q, n)."""
        return self.base.solve(self._columns.T.toarray())

    @cached_property
    def _core(self) -> Matrix:
        """``I + U' A^-1 U`` (q, q)."""
        inner = np.asarray(self._columns.T @ self._solved.T)
        return np.eye(len(inner)) + (inner + inner.T) / 2

    @cached_property
    def _core_inverse(self) -> Matrix:
        return linear.inverse(self._core)

    def log_determinant(self) -> float:
        """Return the logarithm of the determinant of M."""
        return self.base.log_determinant() + float(linear.log_determinant(self._core))

    def solve(self, Z: Matrix) -> Matrix:
        """Return ``M^-1 Z`` (c, n)."""
        first = self.base.solve(Z)
        pulled = (self._columns.T @ first.T).T
        return first - (pulled @ self._core_inverse) @ self._solved

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        return [
            (t, i)
            for t, term in enumerate(self.layout.terms)
            for i in range(len(term.shape.parameters))
        ]

    def _inside(self, t: int) -> Matrix:
        """Return ``Z' M^-1 Z`` of a shared term."""
        return np.asarray(self.Z[t].T @ self.solve(self.Z[t].T.toarray()).T)

    def traces(self) -> Vector:
        """Return the traces of ``M^-1 M_i`` (r,)."""
        found: list[Vector] = [np.zeros(0)] * len(self.layout.terms)
        own = self._own_traces()
        for t in self.layout.own:
            count = len(self.layout.terms[t].shape.parameters)
            found[t], own = own[:count], own[count:]
        for t in self.layout.shared:
            gains = self.gains(t)
            slopes = self.shaped[t].derivatives
            found[t] = np.einsum("gab,iab->i", gains, slopes)
        return np.concatenate(found)

    def _own_traces(self) -> Vector:
        """Return the traces for the terms of the base."""
        whole = self.base.traces()
        half = self._core_inverse @ self._solved
        for i in range(len(whole)):
            whole[i] -= np.einsum("qn,qn->", half, self.base.moved(i, self._solved))
        return whole

    def moved(self, i: int, Z: Matrix) -> Matrix:
        """Return ``M_i Z`` (c, n)."""
        t, own = self._places[i]
        if t in self.shaped:
            term = self.layout.terms[t]
            slope = self.shaped[t].derivatives[own]
            inner = (self.Z[t].T @ Z.T).T.reshape(
                len(Z), len(term.groups), term.shape.size
            )
            return (self.Z[t] @ (inner @ slope).reshape(len(Z), -1).T).T
        before = [s for s in self.layout.own if s < t]
        place = sum(len(self.layout.terms[s].shape.parameters) for s in before) + own
        return self.base.moved(place, Z)

    def forms(self, i: int, Z: Matrix) -> Matrix:
        """Return ``Z M_i Z'`` (c, c)."""
        return dense.cross(self.moved(i, Z), Z)

    def trace_inverse(self, rows: Indices | None = None) -> float:
        """Return the trace of ``M^-1``, or the part of some rows of it."""
        less = np.einsum("qn,qn->n", self._core_inverse @ self._solved, self._solved)
        if rows is not None:
            less = less[rows]
        return self.base.trace_inverse(rows) - float(less.sum())

    def gains(self, t: int) -> NDArray[np.float64]:
        """Return ``Z_g' M^-1 Z_g`` (g, m, m) of every group of a term."""
        term = self.layout.terms[t]
        size, groups = term.shape.size, len(term.groups)
        if t not in self.shaped:
            own = self.layout.own.index(t)
            found = self.base.gains(own)
            less = np.einsum(
                "qn,qn->n", self._core_inverse @ self._solved, self._solved
            )
            # Terms of the base are single rows.
            found[term.outer, term.inner, term.inner] -= less
            return found
        inside = self._inside(t).reshape(groups, size, groups, size)
        return inside[np.arange(groups), :, np.arange(groups), :]

    def blocks(self, rows: Indices) -> NDArray[np.float64]:
        """Return the parts of M (b, s, s) that belong to sets of rows (b, s)."""
        found = self.base.blocks(rows)
        for i, own in enumerate(rows):
            part = self._columns[own]
            found[i] += np.asarray((part @ part.T).toarray())
        return found


def root_of(matrix: Matrix) -> Matrix:
    """Return R with ``R R'`` the matrix, which may be singular."""
    values, vectors = linear.eigen(matrix)
    return vectors * np.sqrt(np.maximum(values, 0.0))
