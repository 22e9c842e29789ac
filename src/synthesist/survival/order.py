"""Patients in the order in which every method walks through them.

Sorted by trial and, within a trial, by time, with the events of a tied time
before those censored then. Sorted once, when the data are read: every curve and
model after that is a pass over sorted arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthesist.numerics.arrays import Indices, Mask, Vector
from synthesist.survival.cells import Codes

#: Times closer than this share of the mean time are tied: two computations of
#: one date differ by 1e-15, two days in a century by 3e-5.
TIE_TOLERANCE = 1e-9


def sorted_order(time: Vector, event: Mask, group: Codes | None = None) -> Indices:
    """Return the order by group, time, and events before censored at a tied time.

    Parameters
    ----------
    time : (n,) array
        Above zero.
    event : (n,) array
    group : (n,) array of unsigned integers, optional
        Groups in the order wanted.
    """
    # Positive floats are ordered as their bits are; the last bit makes room for
    # the event, so that one sort of integers serves both.
    key = time.view(np.int64) & ~np.int64(1) if len(time) else np.empty(0, np.int64)
    key = np.where(event, key, key | 1)
    order = np.argsort(key)
    if group is not None:
        order = order[np.argsort(group[order], kind="stable")]
    return order


def tie(time: Vector, event: Mask, starts: Indices) -> tuple[Vector, Indices] | None:
    """Return sorted times with near ties made equal, None when there are none.

    Parameters
    ----------
    time, event : (n,) arrays
        Sorted within each group.
    starts : (g + 1,) array
        Where the groups begin, and their end.

    Returns
    -------
    time, place : (n,) arrays
        The times, and the order that puts events first again at a tied time.
    """
    gap = np.diff(time)
    near = gap <= TIE_TOLERANCE * float(time.mean())
    near[starts[1:-1] - 1] = False
    if not (near & (gap != 0)).any():
        return None
    group = np.concatenate([[0], np.cumsum(~near)])
    first = np.flatnonzero(np.concatenate([[True], ~near]))
    mixed = np.zeros(len(first), dtype=np.bool_)
    mixed[group[1:][near & (gap != 0)]] = True
    rows = np.flatnonzero(mixed[group])
    place = np.arange(len(time))
    place[rows] = rows[np.lexsort((~event[rows], group[rows]))]
    tied = time.copy()
    tied[rows] = time[first[group[rows]]]
    return tied, place


def boundaries(sorted_codes: Codes, count: int) -> Indices:
    """Return where each of `count` groups begins in sorted codes, and the end."""
    return np.searchsorted(sorted_codes, np.arange(count + 1)).astype(np.intp)


def sum_groups(values: NDArray[Any], starts: Indices) -> Vector:
    """Return sums (..., g) of values (..., n) over groups, 0 for an empty one.

    Parameters
    ----------
    starts : (g + 1,) array
        Where the groups begin, and the end.
    """
    filled = np.flatnonzero(np.diff(starts))
    sums = np.zeros((*values.shape[:-1], len(starts) - 1))
    if len(filled):
        sums[..., filled] = np.add.reduceat(values, starts[filled], axis=-1)
    return sums
