"""Any structure within blocks of moderate size, many blocks at once.

Blocks of similar size are filled up to one size and handled as a stack: a row that
fills up has variance 1 and nothing in common with others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from synthesist.numerics import dense, linear
from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.pooling.dependent.sampling import SamplingCovariance, blocks_by_rows
from synthesist.pooling.dependent.structures import Shaped
from synthesist.pooling.dependent.terms import Term

#: Blocks are filled up to the next of these sizes; larger ones are taken as they are.
SIZES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128)

#: Numbers in one stack of matrices.
STACK = 2_000_000


@dataclass(frozen=True)
class Stack:
    """Blocks of one size.

    Parameters
    ----------
    rows : (b, s) array
        The rows of each block, n where a block is filled up.
    V : (b, s, s) array
        Sampling covariances.
    places : tuple of (b, s, s) arrays
        For each term, where in the flattened T the covariance of two rows stands;
        one beyond its end where they have none.
    """

    rows: Indices
    V: NDArray[np.float64]
    places: tuple[Indices, ...]


@dataclass(frozen=True)
class Blocks:
    """All blocks of a model."""

    terms: tuple[Term, ...]
    order: Indices
    stacks: tuple[Stack, ...]
    size: int

    def at(self, theta: Sequence[Vector]) -> Stacked:
        """Return the marginal covariance at the parameters of each term."""
        return Stacked(self, tuple(theta))


def stack_blocks(
    terms: tuple[Term, ...], V: SamplingCovariance, block: Indices
) -> Blocks:
    """Return the blocks, given the number (n,) of each row's block."""
    n = len(block)
    order = np.argsort(block, kind="stable")
    edges = np.flatnonzero(np.diff(block[order])) + 1
    groups: dict[int, list[Indices]] = {}
    for rows in np.split(order, edges):
        size = next((s for s in SIZES if s >= len(rows)), len(rows))
        groups.setdefault(size, []).append(rows)
    known = _Known(V)
    stacks: list[Stack] = []
    for size, members in sorted(groups.items()):
        step = max(1, STACK // size**2)
        stacks += [
            _stack(terms, known, members[i : i + step], size, n)
            for i in range(0, len(members), step)
        ]
    return Blocks(terms, np.arange(n), tuple(stacks), n)


class _Known:
    """Sampling covariances by row."""

    def __init__(self, V: SamplingCovariance) -> None:
        self.v, self.cluster = V.v, V.cluster
        self.place = np.zeros(len(V.v), dtype=np.intp)
        self.blocks = V.blocks
        for rows, _ in blocks_by_rows(V):
            self.place[rows] = np.arange(len(rows))

    def matrix(self, rows: Indices) -> Matrix:
        """Return the sampling covariance of some rows."""
        found = np.diag(self.v[rows])
        if not self.blocks:
            return found
        own = self.cluster[rows]
        for number in np.unique(own).tolist():
            if number in self.blocks:
                inside = np.flatnonzero(own == number)
                place = self.place[rows[inside]]
                found[np.ix_(inside, inside)] = self.blocks[number][
                    np.ix_(place, place)
                ]
        return found


def _stack(
    terms: tuple[Term, ...], known: _Known, members: list[Indices], size: int, n: int
) -> Stack:
    """Return one stack of blocks, filled up to a size."""
    rows = np.full((len(members), size), n, dtype=np.intp)
    V = np.zeros((len(members), size, size))
    V[:, np.arange(size), np.arange(size)] = 1.0
    for i, own in enumerate(members):
        rows[i, : len(own)] = own
        V[i, : len(own), : len(own)] = known.matrix(own)
    real = rows < n
    safe = np.where(real, rows, 0)
    both = real[:, :, None] & real[:, None, :]
    places: list[Indices] = []
    for term in terms:
        outer, inner = term.outer[safe], term.inner[safe]
        shared = both & (outer[:, :, None] == outer[:, None, :])
        m = term.shape.size
        at = inner[:, :, None] * m + inner[:, None, :]
        places.append(np.where(shared, at, m * m))
    return Stack(rows, V, tuple(places))


class Stacked:
    """Blocks at given parameters."""

    def __init__(self, blocks: Blocks, theta: tuple[Vector, ...]) -> None:
        self.layout = blocks
        self.shaped: list[Shaped] = [
            term.shape.matrix(own)
            for term, own in zip(blocks.terms, theta, strict=True)
        ]
        self.matrices = [self._marginal(stack) for stack in blocks.stacks]

    def _marginal(self, stack: Stack) -> NDArray[np.float64]:
        """Return M (b, s, s) of a stack."""
        found = stack.V
        for shaped, place in zip(self.shaped, stack.places, strict=True):
            found = found + _spread(shaped.matrix)[place]
        return found

    @cached_property
    def roots(self) -> list[NDArray[np.float64]]:
        """Lower triangular roots of M."""
        return [linear.cholesky(matrix) for matrix in self.matrices]

    @cached_property
    def inverses(self) -> list[NDArray[np.float64]]:
        """The inverses of M."""
        return [linear.inverse(matrix) for matrix in self.matrices]

    def log_determinant(self) -> float:
        """Return the logarithm of the determinant of M."""
        diagonals = (np.diagonal(root, axis1=1, axis2=2) for root in self.roots)
        return sum(2 * float(np.log(diagonal).sum()) for diagonal in diagonals)

    def _through(self, parts: Sequence[NDArray[np.float64]], Z: Matrix) -> Matrix:
        """Return the products of block matrices with rows of Z (c, n)."""
        n = self.layout.size
        padded = np.zeros((len(Z), n + 1))
        padded[:, :n] = Z
        found = np.zeros((len(Z), n + 1))
        for stack, part in zip(self.layout.stacks, parts, strict=True):
            own = padded[:, stack.rows]
            found[:, stack.rows] = np.einsum("bst,cbt->cbs", part, own)
        return found[:, :n]

    def solve(self, Z: Matrix) -> Matrix:
        """Return ``M^-1 Z`` (c, n)."""
        return self._through(self.inverses, Z)

    @cached_property
    def slopes(self) -> list[list[NDArray[np.float64]]]:
        """The derivatives of M by each parameter, one list of stacks each."""
        return [
            [_spread(slope)[stack.places[t]] for stack in self.layout.stacks]
            for t, shaped in enumerate(self.shaped)
            for slope in shaped.derivatives
        ]

    def traces(self) -> Vector:
        """Return the traces of ``M^-1 M_i`` (r,)."""
        return np.array(
            [
                sum(
                    float(np.einsum("bst,bst->", inverse, slope))
                    for inverse, slope in zip(self.inverses, slopes, strict=True)
                )
                for slopes in self.slopes
            ]
        )

    def moved(self, i: int, Z: Matrix) -> Matrix:
        """Return ``M_i Z`` (c, n)."""
        return self._through(self.slopes[i], Z)

    def forms(self, i: int, Z: Matrix) -> Matrix:
        """Return ``Z M_i Z'`` (c, c)."""
        return dense.cross(self.moved(i, Z), Z)

    @cached_property
    def _diagonal(self) -> Vector:
        """The diagonal of M^-1 (n,)."""
        found = np.zeros(self.layout.size + 1)
        for stack, inverse in zip(self.layout.stacks, self.inverses, strict=True):
            found[stack.rows] = np.diagonal(inverse, axis1=1, axis2=2)
        return found[:-1]

    def trace_inverse(self, rows: Indices | None = None) -> float:
        """Return the trace of ``M^-1``, or the part of some rows of it."""
        diagonal = self._diagonal
        return float(diagonal.sum() if rows is None else diagonal[rows].sum())

    def gains(self, t: int) -> NDArray[np.float64]:
        """Return ``Z_g' M^-1 Z_g`` (g, m, m) of every group of a term."""
        term = self.layout.terms[t]
        m = term.shape.size
        found = np.zeros(len(term.groups) * m * m + 1)
        outer = np.append(term.outer, 0)
        for stack, inverse in zip(self.layout.stacks, self.inverses, strict=True):
            place = outer[stack.rows][:, :, None] * (m * m) + stack.places[t]
            shared = stack.places[t] < m * m
            np.add.at(found, np.where(shared, place, len(found) - 1), inverse)
        return found[:-1].reshape(len(term.groups), m, m)

    @cached_property
    def _where(self) -> tuple[Indices, Indices, Indices]:
        """The stack of each row, its block in there, and its place in the block."""
        n = self.layout.size
        stack_of, block_of, place = (np.zeros(n + 1, dtype=np.intp) for _ in range(3))
        for i, stack in enumerate(self.layout.stacks):
            stack_of[stack.rows] = i
            block_of[stack.rows] = np.arange(len(stack.rows))[:, None]
            place[stack.rows] = np.arange(stack.rows.shape[1])
        return stack_of[:-1], block_of[:-1], place[:-1]

    def blocks(self, rows: Indices) -> NDArray[np.float64]:
        """Return the parts of M (b, s, s) that belong to sets of rows (b, s)."""
        stack_of, block_of, place = (part[rows] for part in self._where)
        found = np.zeros((*rows.shape, rows.shape[1]))
        same = (stack_of[:, :, None] == stack_of[:, None, :]) & (
            block_of[:, :, None] == block_of[:, None, :]
        )
        for i, matrix in enumerate(self.matrices):
            at = np.nonzero(same & (stack_of[:, :, None] == i))
            cluster, first, second = at
            found[at] = matrix[
                block_of[cluster, first], place[cluster, first], place[cluster, second]
            ]
        return found


def _spread(matrix: Matrix) -> Vector:
    """Return a matrix in one row, with a zero after it."""
    return np.append(matrix.reshape(-1), 0.0)
