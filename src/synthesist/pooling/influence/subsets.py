"""The engine on many subsets of the same studies, a panel of subsets at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from synthesist.numerics.arrays import Indices, Vector
from synthesist.pooling.engine import Answers, Method, answer
from synthesist.pooling.panel import PANEL_SIZE, Panel, panel_of, ragged_panels

#: Whether each of k studies belongs to each of m subsets, (m, k).
Members = NDArray[np.bool_]


def without_each(y: Vector, v: Vector, method: Method) -> Answers:
    """Pool all studies but one, for each of them; k is at least 2."""
    k = len(y)
    rows = np.arange(k - 1)[:, None]
    step = max(1, PANEL_SIZE // (k - 1))

    def panels() -> Iterator[tuple[Indices, Panel]]:
        for begin in range(0, k, step):
            left_out = np.arange(begin, min(begin + step, k))
            yield left_out, _same_size(y, v, rows + (rows >= left_out))

    return _gathered(panels(), k, method)


def first_studies(y: Vector, v: Vector, method: Method) -> Answers:
    """Pool the first study, the first two, and so on to all."""
    counts = np.arange(1, len(y) + 1)
    starts = np.zeros(len(y), dtype=np.intp)
    return _gathered(ragged_panels(y, v, starts, counts), len(y), method)


def each_subset(y: Vector, v: Vector, members: Members, method: Method) -> Answers:
    """Pool each subset of studies; none is empty."""
    sizes = members.sum(axis=1)

    def panels() -> Iterator[tuple[Indices, Panel]]:
        for size in np.unique(sizes).tolist():
            chosen = np.flatnonzero(sizes == size)
            step = max(1, PANEL_SIZE // size)
            for begin in range(0, len(chosen), step):
                part = chosen[begin : begin + step]
                studies = np.nonzero(members[part])[1].reshape(len(part), size)
                yield part, _same_size(y, v, studies.T)

    return _gathered(panels(), len(members), method)


def _same_size(y: Vector, v: Vector, place: Indices) -> Panel:
    """Return the panel whose columns are the studies at `place` (k, g)."""
    k = np.full(place.shape[1], place.shape[0], dtype=np.float64)
    return panel_of(y[place], v[place], k)


def _gathered(
    panels: Iterator[tuple[Indices, Panel]], number: int, method: Method
) -> Answers:
    """Return the answers of all panels, each in its place."""
    found = Answers._make(np.empty(number) for _ in Answers._fields)
    for index, panel in panels:
        for whole, part in zip(found, answer(panel, method), strict=True):
            whole[index] = part
    return found
