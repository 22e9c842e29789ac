"""Patients in strata, with their event times: what every pass of a likelihood needs.

Nothing here lists who is at risk. Patients are sorted by stratum and time, so the
risk set of an event time is everybody from its first event to the stratum's end,
and a sum over it is a running sum read at one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from synthesist.numerics.arrays import Indices, Mask, Vector
from synthesist.survival.cells import Codes
from synthesist.survival.data import SurvivalData

#: Patients summed at once, where strata allow: the arrays stay in the cache.
BLOCK = 16_384

#: Strata are summed side by side, filled up to the longest, while that takes no
#: more than this many times the room.
FILLING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Whole strata that are summed together; all places count from its first patient.

    Attributes
    ----------
    rows, times : slice
        Its patients, and its event times, among all.
    strata : (s + 1,) array
        Where its strata begin, and the end.
    first : (t,) array
        The first event of each event time.
    tied : (u,) array
        Which event times have several events.
    dead, dead_time, dead_start : (e,), (e,), (u,) arrays
        The events of tied times, the position of their time among `tied`, and
        where each time's events begin.
    dead_rank : (e,) array
        0, 1/d, 2/d ... within the d events of a time.
    lengths : (t + s,) array
        Patients before a stratum's first event time, then from each event time
        to the next.
    places : (t,) array
        The position of each event time in `lengths`.
    base : (t,) array
        The event time with which each one's stratum begins.
    side : (n,) array or None
        The place of each patient when the strata lie side by side.
    width : int
        Length of the longest stratum when they do.
    late, late_first, late_places : arrays or None
        Patients by entry time, the first of them who enters too late for each
        event time, and the position in `lengths` that holds at entry.
    """

    rows: slice
    times: slice
    strata: Indices
    first: Indices
    tied: Indices
    dead: Indices
    dead_time: Indices
    dead_start: Indices
    dead_rank: Vector
    lengths: Indices
    places: Indices
    base: Indices
    side: Indices | None
    width: int
    late: Indices | None
    late_first: Indices | None
    late_places: Indices | None

    @property
    def size(self) -> int:
        """Return the number of patients."""
        return self.rows.stop - self.rows.start


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskSets:
    """Sorted patients of strata.

    Attributes
    ----------
    exit, event : (n,) arrays
        Sorted by stratum, time, and events first.
    weights : (n,) array or None
    starts : (strata + 1,) array
        Where the strata begin, and the end.
    first : (t,) array
        The first event of each event time of each stratum.
    deaths : (t,) array
        How many events it has.
    death_weight : (t,) array
        Their weights summed.
    stratum : (t,) array
        The stratum of each event time.
    order : (n,) array or None
        The place of each patient in the data; None when it is the same.
    blocks : tuple of Block
    """

    exit: Vector
    event: Mask
    entry: Vector | None
    weights: Vector | None
    starts: Indices
    first: Indices
    deaths: Indices
    death_weight: Vector
    stratum: Indices
    order: Indices | None
    blocks: tuple[Block, ...]

    def __len__(self) -> int:
        return len(self.exit)

    @property
    def strata(self) -> int:
        """Return the number of strata."""
        return len(self.starts) - 1

    @property
    def times(self) -> Vector:
        """Return the event times (t,)."""
        return self.exit[self.first]

    def to_data(self, values: Vector) -> Vector:
        """Return values (n,) or (n, p) in the order of the data."""
        if self.order is None:
            return values
        back = np.empty_like(values)
        back[self.order] = values
        return back

    def by_event(self, values: Vector) -> Vector:
        """Return values of event times (t,) for each event, in sorted order."""
        return np.repeat(values, self.deaths)


def risk_sets(
    data: SurvivalData, strata: Codes | None = None, *, apart: bool = False
) -> RiskSets:
    """Prepare patients for any number of passes.

    Parameters
    ----------
    data : SurvivalData
    strata : (n,) array of unsigned integers, optional
        Codes 0, 1, ... none of them empty; by default the trials.
    apart : bool
        Whether every stratum is a block of its own.
    """
    order = None
    starts = data.starts
    if strata is not None:
        order = np.argsort(strata, kind="stable")
        counts = np.bincount(strata)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.intp)
        if len(data.trials) > 1:
            # Trials are sorted within themselves: strata that mix them are not.
            order = order[
                np.lexsort((~data.event[order], data.exit[order], strata[order]))
            ]

    def take(values: Vector | None) -> Vector | None:
        return values if values is None or order is None else values[order]

    exits, event = data.exit, data.event
    if order is not None:
        exits, event = exits[order], event[order]
    weights, entry = take(data.weights), take(data.entry)
    sizes = np.diff(starts)
    dead = np.flatnonzero(event)
    stratum_of_dead = np.repeat(
        np.arange(len(sizes)),
        np.diff(np.searchsorted(dead, starts)),
    )
    time_of_dead = exits[dead]
    begins = np.ones(len(dead), dtype=np.bool_)
    begins[1:] = (time_of_dead[1:] != time_of_dead[:-1]) | (
        stratum_of_dead[1:] != stratum_of_dead[:-1]
    )
    at = np.flatnonzero(begins)
    deaths = np.diff(at, append=len(dead))
    death_weight = (
        deaths.astype(np.float64)
        if weights is None
        else np.add.reduceat(weights[dead], at)
        if len(at)
        else np.empty(0)
    )
    first, stratum = dead[at], stratum_of_dead[at]
    cuts = _cuts(starts, apart=apart)
    time_starts = np.searchsorted(first, starts)
    blocks = tuple(
        _block(low, high, starts, time_starts, first, deaths, exits, entry)
        for low, high in pairwise(cuts)
        if time_starts[high] > time_starts[low]
    )
    return RiskSets(
        exit=exits,
        event=event,
        entry=entry,
        weights=weights,
        starts=starts,
        first=first,
        deaths=deaths,
        death_weight=death_weight,
        stratum=stratum,
        order=order,
        blocks=blocks,
    )


def _cuts(starts: Indices, *, apart: bool) -> list[int]:
    """Return the strata at which blocks begin, and the number of strata."""
    if apart:
        return [*range(len(starts))]
    cuts = [0]
    while cuts[-1] < len(starts) - 1:
        goal = int(starts[cuts[-1]]) + BLOCK
        reach = int(np.searchsorted(starts, goal, side="right")) - 1
        cuts.append(max(reach, cuts[-1] + 1))
    return cuts


def _block(
    low: int,
    high: int,
    starts: Indices,
    time_starts: Indices,
    all_first: Indices,
    all_deaths: Indices,
    exits: Vector,
    entry: Vector | None,
) -> Block:
    """Return the block of strata `low` to `high`."""
    begin, end = int(starts[low]), int(starts[high])
    times = slice(int(time_starts[low]), int(time_starts[high]))
    strata = starts[low : high + 1] - begin
    first, deaths = all_first[times] - begin, all_deaths[times]
    per_stratum = np.diff(time_starts[low : high + 1])
    stratum = np.repeat(np.arange(high - low), per_stratum)
    tied = np.flatnonzero(deaths > 1)
    d = deaths[tied]
    dead_start = np.cumsum(d) - d
    dead_time = np.repeat(np.arange(len(tied)), d)
    rank = np.arange(len(dead_time)) - dead_start[dead_time]
    places = np.arange(len(first)) + stratum + 1
    edges = np.empty(len(first) + high - low + 1, dtype=np.intp)
    edges[places] = first
    edges[(time_starts[low:high] - times.start) + np.arange(high - low)] = strata[:-1]
    edges[-1] = strata[-1]
    late = late_first = late_places = None
    if entry is not None:
        late, late_first, late_places = _late_entry(
            exits[begin:end], entry[begin:end], strata, first, stratum, places
        )
    sizes = np.diff(strata)
    width = int(sizes.max())
    side = None
    if len(sizes) > 1 and width * len(sizes) <= FILLING * (end - begin):
        side = np.arange(end - begin) - np.repeat(
            strata[:-1] - width * np.arange(len(sizes)), sizes
        )
    return Block(
        rows=slice(begin, end),
        times=times,
        strata=strata,
        first=first,
        tied=tied,
        dead=first[tied][dead_time] + rank,
        dead_time=dead_time,
        dead_start=dead_start,
        dead_rank=rank / d[dead_time],
        lengths=np.diff(edges),
        places=places,
        base=(time_starts[low:high] - times.start)[stratum],
        side=side,
        width=width,
        late=late,
        late_first=late_first,
        late_places=late_places,
    )


def _late_entry(
    exits: Vector,
    entry: Vector,
    strata: Indices,
    first: Indices,
    stratum: Indices,
    places: Indices,
) -> tuple[Indices, Indices, Indices]:
    """Return how delayed entry is accounted for; see `Block`."""
    sizes = np.diff(strata)
    of_row = np.repeat(np.arange(len(sizes)), sizes)
    late = np.lexsort((entry, of_row))
    times = exits[first]
    late_first = np.empty(len(first), dtype=np.intp)
    late_places = np.empty(len(entry), dtype=np.intp)
    for s in range(len(sizes)):
        rows = slice(strata[s], strata[s + 1])
        mine = stratum == s
        late_first[mine] = strata[s] + np.searchsorted(
            entry[late[rows]], times[mine], side="left"
        )
        # The hazard up to entry counts event times at or before it.
        before = np.searchsorted(times[mine], entry[rows], side="right")
        start = places[mine][0] - 1 if mine.any() else 0
        late_places[rows] = start + before
    return late, late_first, late_places
