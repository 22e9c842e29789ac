"""Groups within groups: everything in one pass up the tree and one down.

Effects whose errors are independent and that share effects of nested groups are
pools of pools. The mean of a group, weighted by precision, has the variance
``1 / sum(w) + sigma2``, and so enters the group above with the weight
``f sum(w)``, ``f = 1 / (1 + sigma2 sum(w))``. All sums run over deviations from such
means, so nothing cancels, and no matrix is larger than the design: time and memory
are linear in the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synthesist.numerics import dense
from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.pooling.dependent.terms import Term, is_nested


@dataclass(frozen=True)
class Level:
    """One level of groups.

    Parameters
    ----------
    term : int
        The term whose groups these are.
    starts : (g,) array
        Where each group begins among the units of the level below.
    row_starts : (g,) array
        Where it begins among the rows.
    parent : (u,) array
        The group of every unit of the level below.
    row_parent : (n,) array
        The group of every row.
    codes : (g,) array
        The number of each group in its term.
    """

    term: int
    starts: Indices
    row_starts: Indices
    parent: Indices
    row_parent: Indices
    codes: Indices


@dataclass(frozen=True)
class Tree:
    """Nested terms in order, the innermost first, and terms of single rows."""

    terms: tuple[Term, ...]
    order: Indices
    v: Vector
    levels: tuple[Level, ...]
    single: tuple[int, ...]

    def at(self, theta: Sequence[Vector]) -> Climbed:
        """Return the marginal covariance at the parameters of each term."""
        return Climbed(self, tuple(theta))


def grow(terms: tuple[Term, ...], v: Vector) -> Tree | None:
    """Return the tree of nested terms, None where they are not nested.

    Groups must share one effect each, or be single rows.
    """
    single = tuple(i for i, term in enumerate(terms) if term.single)
    shared = [i for i, term in enumerate(terms) if not term.single]
    if not all(terms[i].plain for i in shared):
        return None
    shared.sort(key=lambda i: -len(terms[i].groups))
    for below, above in pairwise(shared):
        if not is_nested(terms[below].outer, terms[above].outer):
            return None
    n = len(v)
    keys = [terms[i].outer for i in shared]
    order = np.lexsort(keys) if keys else np.arange(n)
    levels: list[Level] = []
    unit_starts = np.arange(n)
    for i in shared:
        outer = terms[i].outer[order]
        new = np.concatenate([[True], outer[1:] != outer[:-1]])
        row_starts = np.flatnonzero(new)
        starts = np.searchsorted(unit_starts, row_starts)
        row_parent = np.cumsum(new) - 1
        levels.append(
            Level(
                term=i,
                starts=starts,
                row_starts=row_starts,
                parent=row_parent[unit_starts],
                row_parent=row_parent,
                codes=outer[row_starts],
            )
        )
        unit_starts = row_starts
    return Tree(terms, order, v[order], tuple(levels), single)


class Climbed:
    """A tree at given parameters."""

    def __init__(self, tree: Tree, theta: tuple[Vector, ...]) -> None:
        self.tree, self.theta = tree, theta
        added = np.zeros(len(tree.v))
        self.diagonals: dict[int, Matrix] = {}
        for i in tree.single:
            term = tree.terms[i]
            shaped = term.shape.matrix(theta[i])
            place = term.inner[tree.order]
            added = added + np.diagonal(shaped.matrix)[place]
            slopes = np.diagonal(shaped.derivatives, axis1=1, axis2=2)
            self.diagonals[i] = slopes[:, place]
        self.total = tree.v + added
        self.w = 1 / self.total
        self.alpha: list[Vector] = []
        self.f: list[Vector] = []
        self.weight: list[Vector] = []
        below = self.w
        for level in tree.levels:
            alpha = np.add.reduceat(below, level.starts)
            f = 1 / (1 + float(theta[level.term][0]) * alpha)
            below = alpha * f
            self.alpha.append(alpha)
            self.f.append(f)
            self.weight.append(below)

    def log_determinant(self) -> float:
        """Return the logarithm of the determinant of M."""
        above = sum(float(np.log(f).sum()) for f in self.f)
        return float(np.log(self.total).sum()) - above

    def solve(self, Z: Matrix) -> Matrix:
        """Return ``M^-1 Z`` (c, n)."""
        levels = self.tree.levels
        if not levels:
            return Z * self.w
        means: list[Matrix] = []
        below, w = Z, self.w
        for level, alpha, weight in zip(levels, self.alpha, self.weight, strict=True):
            below = np.add.reduceat(below * w, level.starts, axis=1) / alpha
            means.append(below)
            w = weight
        pulled = self.weight[-1] * means[-1]
        for i in range(len(levels) - 1, -1, -1):
            level = levels[i]
            units = means[i - 1] if i else Z
            w = self.weight[i - 1] if i else self.w
            apart = units - means[i][:, level.parent]
            pulled = w * (apart + (pulled / self.alpha[i])[:, level.parent])
        return pulled

    @cached_property
    def kappa(self) -> list[Vector]:
        """What lies above each group: M^-1 within it is N - kappa N 1 1' N.

        N is the inverse without the effects of the group and those above it.
        """
        found: list[Vector] = []
        above = np.zeros(0)
        for i in range(len(self.tree.levels) - 1, -1, -1):
            f = self.f[i]
            own = float(self.theta[self.tree.levels[i].term][0]) * f
            if found:
                own = own + above[self.tree.levels[i + 1].parent] * f * f
            found.append(own)
            above = own
        return found[::-1]

    def _inner(self, i: int) -> Vector:
        """Return ``1' M^-1 1`` (g,) of the groups of a level."""
        weight = self.weight[i]
        if i == len(self.tree.levels) - 1:
            return weight
        above = self.kappa[i + 1][self.tree.levels[i + 1].parent]
        return weight - above * weight * weight

    @cached_property
    def _diagonal(self) -> Vector:
        """The diagonal of M^-1 (n,)."""
        if not self.tree.levels:
            return self.w
        above = self.kappa[0][self.tree.levels[0].parent]
        return self.w - above * self.w * self.w

    def traces(self) -> Vector:
        """Return the traces of ``M^-1 M_i`` (r,)."""
        found: list[Vector] = [np.zeros(0)] * len(self.tree.terms)
        for i, level in enumerate(self.tree.levels):
            found[level.term] = np.array([self._inner(i).sum()])
        for i, slopes in self.diagonals.items():
            found[i] = slopes @ self._diagonal
        return np.concatenate(found)

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        """The term and its own parameter of every parameter."""
        return [
            (t, i)
            for t, term in enumerate(self.tree.terms)
            for i in range(len(term.shape.parameters))
        ]

    def moved(self, i: int, Z: Matrix) -> Matrix:
        """Return ``M_i Z`` (c, n)."""
        t, own = self._places[i]
        if t in self.diagonals:
            return Z * self.diagonals[t][own]
        level = self._level(t)
        return np.add.reduceat(Z, level.row_starts, axis=1)[:, level.row_parent]

    def forms(self, i: int, Z: Matrix) -> Matrix:
        """Return ``Z M_i Z'`` (c, c)."""
        t, own = self._places[i]
        if t in self.diagonals:
            return dense.cross(Z * self.diagonals[t][own], Z)
        sums = np.add.reduceat(Z, self._level(t).row_starts, axis=1)
        return dense.cross(sums, sums)

    def _level(self, t: int) -> Level:
        """Return the level of a term."""
        return next(level for level in self.tree.levels if level.term == t)

    def trace_inverse(self, rows: Indices | None = None) -> float:
        """Return the trace of ``M^-1``, or the part of some rows of it."""
        diagonal = self._diagonal
        return float(diagonal.sum() if rows is None else diagonal[rows].sum())

    def gains(self, t: int) -> NDArray[np.float64]:
        """Return ``1' M^-1 1`` (g, 1, 1) of every group of a term."""
        term = self.tree.terms[t]
        found = np.zeros((len(term.groups), term.shape.size, term.shape.size))
        if t in self.diagonals:
            order = self.tree.order
            found[term.outer[order], term.inner[order], term.inner[order]] = (
                self._diagonal
            )
            return found
        for i, level in enumerate(self.tree.levels):
            if level.term == t:
                found[level.codes, 0, 0] = self._inner(i)
        return found

    def blocks(self, rows: Indices) -> NDArray[np.float64]:
        """Return the parts of M (b, s, s) that belong to sets of rows (b, s)."""
        size = rows.shape[1]
        found = np.zeros((len(rows), size, size))
        found[:, np.arange(size), np.arange(size)] = self.total[rows]
        for level in self.tree.levels:
            own = level.row_parent[rows]
            shared = own[:, :, None] == own[:, None, :]
            found += float(self.theta[level.term][0]) * shared
        return found
