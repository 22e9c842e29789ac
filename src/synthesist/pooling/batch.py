"""Many meta-analyses in one call: groups of any length, one answer each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from synthesist.numerics.arrays import Indices, Vector
from synthesist.pooling.engine import Answers, Method, answer
from synthesist.pooling.panel import ragged_panels


def answer_groups(
    y: Vector,
    v: Vector,
    starts: Indices,
    counts: Indices,
    method: Method,
    q: Vector | None = None,
) -> Answers:
    """Pool groups that stand one after the other in the same arrays.

    Parameters
    ----------
    y, v : (n,) arrays
        Effects and variances of all groups; every variance above zero.
    starts, counts : (g,) arrays
        Where each group begins, and how many studies it has; 0 gives NaN.
    method : Method
        How each group is pooled.
    q : (g,) array, optional
        Cochran's Q where it was measured from another estimate, NaN elsewhere; tau²
        is then DerSimonian and Laird's.

    Returns
    -------
    Answers
        In the order of `starts`.
    """
    answers = Answers._make(
        np.full(starts.shape, np.nan) for _ in range(len(Answers._fields))
    )
    answers.k[:] = counts
    filled = np.flatnonzero(counts)
    for index, panel in ragged_panels(y, v, starts[filled], counts[filled]):
        place = filled[index]
        theirs = None if q is None else q[place]
        if theirs is not None and panel.y.shape[0] > 1:
            theirs = np.where(np.isnan(theirs), panel.common.q, theirs)
        for whole, part in zip(answers, answer(panel, method, theirs), strict=True):
            whole[place] = part
    return answers


def answer_parts(
    y: Vector,
    v: Vector,
    starts: Indices,
    counts: Indices,
    method: Method,
    *,
    client: Any,
    parts: int,
    q: Vector | None = None,
) -> Answers:
    """Do the same on a Dask client, in so many parts, with the same numbers but for rounding."""
    bounds = np.linspace(0, len(starts), min(parts, len(starts)) + 1).astype(np.intp)
    ends = np.append(starts, len(y))
    futures: list[Any] = []
    for begin, end in pairwise(bounds.tolist()):
        rows = slice(ends[begin], ends[end])
        futures.append(
            client.submit(
                answer_groups,
                y[rows],
                v[rows],
                starts[begin:end] - starts[begin],
                counts[begin:end],
                method,
                None if q is None else q[begin:end],
                pure=False,
            )
        )
    found: Sequence[Answers] = client.gather(futures)
    return Answers._make(map(np.concatenate, zip(*found, strict=True)))
