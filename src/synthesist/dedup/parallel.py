"""Compare many pairs, in several processes where there are many."""

from __future__ import annotations

import multiprocessing
import sys
from typing import TYPE_CHECKING

import numpy as np

from synthesist.dedup.bibliography import Normalised
from synthesist.dedup.compare import compare, worth_comparing
from synthesist.dedup.decide import Decisions, decide, join_decisions

if TYPE_CHECKING:
    from synthesist.dedup.block import Pairs

#: Fewer pairs than this are compared sooner than a process starts.
MANY = 30_000

#: Among more records than this one process compares: others would in time hold a
#: copy of what they share.
TOO_MANY = 300_000

#: Pairs that one task compares.
TASK = 20_000

#: What forked processes read; nothing is sent to them.
_shared: list[Normalised] = []


def can_fork() -> bool:
    """Tell whether processes can share what is in memory."""
    return sys.platform == "linux" and "fork" in multiprocessing.get_all_start_methods()


def compare_all(
    given: Normalised, pairs: Pairs, workers: int, *, everything: bool = False
) -> tuple[Pairs, Decisions]:
    """Return the pairs worth comparing, and what the rules say of them.

    With `everything` all pairs are compared, however unlike their titles are.
    """
    if workers < 2 or len(pairs) < MANY or len(given) > TOO_MANY or not can_fork():
        return _compare(given, pairs, everything=everything)
    parts = np.array_split(pairs, max(2, len(pairs) // TASK))
    _shared.append(given)
    try:
        with multiprocessing.get_context("fork").Pool(workers) as pool:
            done = pool.map(_task, parts, chunksize=1)
    finally:
        _shared.clear()
    kept = np.concatenate([pairs for pairs, _ in done])
    return kept, join_decisions([decisions for _, decisions in done])


def _task(pairs: Pairs) -> tuple[Pairs, Decisions]:
    """Compare one part, in a process of its own."""
    return _compare(_shared[0], pairs)


def _compare(
    given: Normalised, pairs: Pairs, *, everything: bool = False
) -> tuple[Pairs, Decisions]:
    """Compare pairs, in this process."""
    kept = pairs if everything else worth_comparing(given, pairs)
    return kept, decide(compare(given, kept))
