"""Which days are days of treatment, and how many doses fall between two days.

A printed schedule can often be read in several ways: 10 to 14 days, 5 days of each
week without saying which. Every reading is counted, and the answer is the range over
all of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from synthesist.errors import InvalidInput
from synthesist.trials.schedule import LENGTHS, Count, Cycle, Part, Regimen

#: Readings beyond this are narrowed to the ends of their ranges.
MANY = 2000

#: Days that no treatment outlives.
EVER = 50_000

Ends = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Span:
    """A part with its days fixed.

    `weeks` is the day on which its weeks begin, `horizon` the last day of the course.
    """

    part: Part
    first: int
    last: int | None
    doses: int | None
    weeks: int
    horizon: int = EVER

    def doses_between(self, a: int, b: int) -> Ends:
        """Return how many doses fall on days `a` to `b`, at least and at most."""
        if self.part.rhythm.of_week is not None:
            low, high = self._of_week(a, b)
            times = self.part.rhythm.times
            return low * times, high * times
        own = self._given_until(b) - self._given_until(a - 1)
        if self.part.repeats == 1:
            return own, own
        return self._unplaced(a, b, own)

    def _unplaced(self, a: int, b: int, own: int) -> Ends:
        """Count doses of blocks of which at most the first has its place."""
        block, times = self._given_until(EVER), self.part.rhythm.times
        total, last = self.part.repeats * block, min(b, self.horizon)
        # Nothing says how long after the part before a following block begins.
        placed = self.part.start != 0
        begin = self._end() + 1 if placed else self.first
        sure = block if placed else 0
        if a <= self.first and b >= self.horizon:
            return total, total
        free = max(0, last - max(a, begin) + 1)
        if not placed:
            own = 0
        return own, own + min(total - sure, free * times)

    def days_between(self, a: int, b: int) -> Ends:
        """Return how many days of treatment fall between, at least and at most."""
        times = self.part.rhythm.times
        if self.part.rhythm.of_week is not None:
            return self._of_week(a, b)
        low, high = self.doses_between(a, b)
        return math.ceil(low / times), math.ceil(high / times)

    def _end(self) -> int:
        return EVER if self.last is None else self.last

    def _given_until(self, day: int) -> int:
        """Return the doses given up to the end of a day, in the first block."""
        rhythm = self.part.rhythm
        day = min(day, self._end())
        if self.part.listed:
            days = sum(listed <= day for listed in self.part.listed)
        else:
            days = 0 if day < self.first else (day - self.first) // rhythm.every + 1
        given = days * rhythm.times
        return given if self.doses is None else min(given, self.doses)

    def _of_week(self, a: int, b: int) -> Ends:
        """Count days of weeks that begin on `weeks`, which days not being known."""
        wanted = self.part.rhythm.of_week or 0
        left, right = max(a, self.first), min(b, self._end())
        low = high = 0
        if left > right:
            return 0, 0
        begin = self.weeks + 7 * ((left - self.weeks) // 7)
        for start in range(begin, right + 1, 7):
            inside = min(start + 6, self._end()) - max(start, self.first) + 1
            fewest, most = max(0, wanted - (7 - inside)), min(wanted, inside)
            seen = min(start + 6, right) - max(start, left) + 1
            low += max(0, fewest - (inside - seen))
            high += min(most, seen)
        return low, high


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a schedule: its parts placed, within one cycle."""

    spans: tuple[Span, ...]
    last: int | None


def readings(found: Regimen) -> Iterator[Reading]:
    """Yield every way to read the schedule of one cycle."""
    choices = [_choices(part, ends_only=False) for part in found.parts]
    if math.prod(len(c) for c in choices) > MANY:
        choices = [_choices(part, ends_only=True) for part in found.parts]
    seen: set[tuple[Span, ...]] = set()
    for picked in product(*choices):
        spans = _placed(found, picked)
        for anchored in _anchored(spans):
            if anchored not in seen:
                seen.add(anchored)
                yield Reading(anchored, _last(anchored))


Choice = tuple[int | None, int | None]


def _choices(part: Part, *, ends_only: bool) -> list[Choice]:
    """Return the lengths and numbers of doses that may be meant."""
    return [
        (days, doses)
        for days in _values(part.days, ends_only=ends_only)
        for doses in _values(part.doses, ends_only=ends_only)
    ]


def _values(count: Count | None, *, ends_only: bool) -> list[int | None]:
    if count is None:
        return [None]
    if ends_only or count.high - count.low > 40:
        return [*sorted({count.low, count.high})]
    return [*range(count.low, count.high + 1)]


def _placed(found: Regimen, picked: tuple[Choice, ...]) -> tuple[Span, ...]:
    """Put the parts one after the other where a later one follows."""
    spans: list[Span] = []
    horizon = EVER
    if found.over is not None and found.cycle is None:
        horizon = math.ceil(found.over[0] * LENGTHS[found.over[1]])
    for part, (days, doses) in zip(found.parts, picked, strict=True):
        first = part.start
        if first == 0:
            before = spans[-1].last if spans else 0
            first = 1 if before is None else before + 1
        last = None if days is None else first + days - 1
        if part.listed:
            last = part.listed[-1]
        if doses is not None and part.rhythm.of_week is None and not part.listed:
            through = first + part.rhythm.every * (
                math.ceil(doses / part.rhythm.times) - 1
            )
            last = through if last is None else min(last, through)
        spans.append(Span(part, first, last, doses, first, horizon))
    return tuple(spans)


def _anchored(spans: tuple[Span, ...]) -> Iterator[tuple[Span, ...]]:
    """Let the weeks of a part begin with the part, or with the cycle."""
    options = [
        {s.first, 1} if s.part.rhythm.of_week is not None else {s.first} for s in spans
    ]
    for weeks in product(*map(sorted, options)):
        yield tuple(
            replace(s, weeks=week) for s, week in zip(spans, weeks, strict=True)
        )


def _last(spans: tuple[Span, ...]) -> int | None:
    """Return the last day of treatment in a cycle, None where it is open."""
    ends = [None if span.part.repeats > 1 else span.last for span in spans]
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def cycle_start(cycle: Cycle, index: int) -> int:
    """Return the days that lie before a cycle, counted from 0; months are rounded."""
    return round(index * (cycle.days or 0))


def check(found: Regimen) -> None:
    """Refuse what cannot be carried out.

    Raises
    ------
    InvalidInput
        If a part follows one without an end, or does not fit into its cycle.
    """
    for index, part in enumerate(found.parts):
        before = found.parts[index - 1] if index else None
        if part.start == 0 and before is not None and _is_open(before):
            raise _cannot(
                "A part follows one whose end is not stated.",
                "say for how many days the first is given",
            )
        if part.rhythm.of_week is not None and part.doses is not None:
            raise _cannot(
                "A number of doses does not say on which days of the week they are.",
                "give the days of the part instead",
            )
        if part.repeats > 1 and (_is_open(part, but_repeated=True) or part.listed):
            raise _cannot(
                "A block without an end cannot be repeated.",
                "say for how many days each block is given",
            )
    days = None if found.cycle is None else found.cycle.days
    if days is None:
        return
    latest = max((r.last or 0) for r in readings(found))
    starts = max(span.first for r in readings(found) for span in r.spans)
    if max(latest, starts) > math.ceil(days):
        raise _cannot(
            f"Day {max(latest, starts)} lies behind the cycle of {days:g} days.",
            "lengthen the cycle or shorten the part",
        )


def _is_open(part: Part, *, but_repeated: bool = False) -> bool:
    """Tell whether the last day of a part cannot be told."""
    unplaced = part.repeats > 1 and not but_repeated
    return unplaced or (part.days is None and part.doses is None and not part.listed)


def _cannot(message: str, remedy: str) -> InvalidInput:
    return InvalidInput(message, where="regimen", remedy=remedy)
