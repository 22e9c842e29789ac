"""The random parts of a model: who shares what with whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthesist.numerics.arrays import Indices, Mask, Matrix, Vector
from synthesist.pooling.dependent.structures import Shape


@dataclass(frozen=True)
class Term:
    """Effects that rows of a group share.

    Two rows of one group of `outer` have the covariance that the shape gives their
    `inner` levels, rows of different groups have none.

    Parameters
    ----------
    name : str
        The factor: ``district/school``, or ``outcome | trial``.
    outer, inner : (n,) arrays
        Group and inner level of every row, as whole numbers from 0.
    shape : Shape
        The covariance between inner levels.
    groups, levels : tuple of str
        Their names.
    dense : bool
        Whether the shape ties all inner levels by a known correlation matrix.
    """

    name: str
    outer: Indices
    inner: Indices
    shape: Shape
    groups: tuple[str, ...]
    levels: tuple[str, ...] = ("",)
    dense: bool = False

    @property
    def plain(self) -> bool:
        """Say whether groups share one effect each."""
        return self.shape.size == 1

    @property
    def single(self) -> bool:
        """Say whether every row is a group of its own."""
        return len(self.groups) == len(self.outer)

    def take(self, rows: Indices | Mask) -> Term:
        """Return the term for some rows, groups that are left empty dropped."""
        present = np.bincount(self.outer[rows], minlength=len(self.groups)) > 0
        kept = np.flatnonzero(present)
        return Term(
            name=self.name,
            outer=(np.cumsum(present) - 1)[self.outer[rows]],
            inner=self.inner[rows],
            shape=self.shape,
            groups=tuple(self.groups[i] for i in kept.tolist()),
            levels=self.levels,
            dense=self.dense,
        )


def codes_of(labels: Sequence[str]) -> tuple[Indices, tuple[str, ...]]:
    """Return whole numbers for labels, in order of first appearance, and the labels."""
    place: dict[str, int] = {}
    codes = [place.setdefault(label, len(place)) for label in labels]
    return np.array(codes, dtype=np.intp), tuple(place)


def is_nested(inner: Indices, outer: Indices) -> bool:
    """Say whether every group of `inner` lies in one group of `outer`."""
    size = int(inner.max()) + 1
    first = np.full(size, -1, dtype=np.intp)
    first[inner[::-1]] = outer[::-1]
    return bool((first[inner] == outer).all())


def components(codes: Sequence[Indices], size: int) -> Indices:
    """Return the number (n,) of the block of each row.

    Rows are in one block when a chain of shared groups leads from one to the other.
    """
    block = np.arange(size, dtype=np.intp)
    while True:
        before = block
        for code in codes:
            least = np.full(int(code.max()) + 1, size, dtype=np.intp)
            np.minimum.at(least, code, block)
            block = least[code]
        if (block == before).all():
            return np.unique(block, return_inverse=True)[1].reshape(-1)


def positions(values: Sequence[str] | Vector) -> Vector:
    """Return the times of inner levels: numbers as they are, words by rank."""
    try:
        return np.array([float(value) for value in values], dtype=np.float64)
    except ValueError:
        return np.arange(len(values), dtype=np.float64)


def known_shape(correlation: Matrix) -> Shape:
    """Return one variance times a known correlation matrix."""
    from synthesist.pooling.dependent.structures import Shaped, variance

    size = len(correlation)

    def matrix(theta: Vector) -> Shaped:
        return Shaped(theta[0] * correlation, correlation[None])

    return Shape(size, (variance(),), matrix)
