"""Doses and times of a regimen on one scale, each as the range that the words allow."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.trials.body import Body
from synthesist.trials.regimen_days import EVER, Reading, Span, cycle_start, readings
from synthesist.trials.regimen_words import number
from synthesist.trials.schedule import LENGTHS, MONTH, Regimen
from synthesist.trials.units import DoseUnit, read_conversion, read_unit

#: What kind of molecule a product is; of the last three, mass is no activity.
PRODUCTS = ("native", "pegylated", "fusion", "cells")


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseRange:
    """A quantity of a regimen, the range over all readings of its words.

    Both ends are None where it cannot be told; `why` then says what is missing.
    """

    low: float | None
    high: float | None
    unit: str
    why: str = ""

    @property
    def middle(self) -> float | None:
        """The middle of the range: one number for a moderator."""
        if self.low is None or self.high is None:
            return None
        return (self.low + self.high) / 2

    def __str__(self) -> str:
        """Write it with its unit: ``104.4 to 108 MIU/m2``."""
        if self.low is None or self.high is None:
            return f"not stated: {self.why}"
        ends = [number(float(f"{value:.4g}")) for value in (self.low, self.high)]
        return f"{ends[0] if ends[0] == ends[1] else ' to '.join(ends)} {self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimenQuantities:
    """All quantities of a regimen by name, with what was assumed.

    Attributes
    ----------
    values : mapping of str to DoseRange
        By the names of `QUANTITIES`.
    unit : str
        The unit of dose.
    notes : tuple of str
        Assumptions and readings.
    """

    line: str
    values: Mapping[str, DoseRange]
    unit: str
    notes: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> DoseRange:
        """Return a quantity by its name."""
        return self.values[name]

    def summary(self) -> str:
        """Return the quantities as lines of text."""
        wide = max(len(q.label) for q in QUANTITIES.values())
        lines = [self.line]
        lines += [
            f"  {QUANTITIES[name].label:<{wide}}  {value}"
            for name, value in self.values.items()
        ]
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_frame(self) -> dict[str, list[Any]]:
        """Return columns: quantity, low, high, unit, why."""
        return {
            "quantity": list(self.values),
            "low": [value.low for value in self.values.values()],
            "high": [value.high for value in self.values.values()],
            "unit": [value.unit for value in self.values.values()],
            "why": [value.why for value in self.values.values()],
        }

    def to_dict(self) -> dict[str, Any]:
        """Return line, quantities and notes as JSON values."""
        return {
            "line": self.line,
            "unit": self.unit,
            "quantities": {
                name: {"low": v.low, "high": v.high, "unit": v.unit, "why": v.why or None}
                for name, v in self.values.items()
            },
            "notes": list(self.notes),
        }  # fmt: skip


class _Unsaid(Exception):
    """What the schedule does not say."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """How much of the answer's unit one dose of each part is."""

    unit: str
    factors: tuple[float, ...]
    notes: tuple[str, ...]

    def total(self, spans: Iterable[Span], a: int, b: int) -> tuple[float, float]:
        """Return the dose between two days of one cycle."""
        ends: list[tuple[float, float]] = []
        for span, factor in zip(spans, self.factors, strict=True):
            fewest, most = span.doses_between(a, b)
            ends.append(
                (fewest * span.part.low * factor, most * span.part.high * factor)
            )
        return math.fsum(low for low, _ in ends), math.fsum(high for _, high in ends)


def conversion_factor(
    of: DoseUnit, to: DoseUnit, *, body: Body | None, product: str, conversion: str
) -> tuple[float, tuple[str, ...]]:
    """Return how much of `to` one of `of` is, and what was assumed for it.

    Raises
    ------
    NotEstimable
        If body, conversion or the molecule do not allow it; what is missing is said.
    """
    notes: list[str] = []
    factor = of.factor / to.factor
    if of.kind != to.kind:
        factor *= _kind_ratio(of, to, product, conversion)
        notes.append(f"Converted by {conversion}, which holds for this product only.")
    if of.per != to.per:
        for size, power in ((of.per, 1), (to.per, -1)):
            if not size:
                continue
            amount = None if body is None else _size(body, size)
            if body is None or amount is None:
                what = "body surface" if size == "m2" else "weight"
                raise NotEstimable(
                    f"{of} is not {to} without a {what}.",
                    remedy=f"give the {what} that is assumed, with its source",
                )
            factor *= amount**power
            notes.append(f"Rests on {body.words(size)}.")
    return factor, tuple(notes)


def _size(body: Body, size: str) -> float | None:
    return body.area() if size == "m2" else body.weight


def _kind_ratio(of: DoseUnit, to: DoseUnit, product: str, conversion: str) -> float:
    """Return the ratio of two kinds of unit, or say why there is none."""
    if "cells" in (of.kind, to.kind):
        raise NotEstimable(
            f"{of} counts cells, which are no {to}.",
            remedy="compare doses of cells with each other only",
        )
    if product != "native" and "mg" in (of.kind, to.kind):
        raise NotEstimable(
            f"The mass of a {product} product is not {to}: much of it is not the native molecule, and what is has another activity.",
            remedy="keep such regimens on an axis of their own",
        )
    if not conversion:
        raise NotEstimable(
            f"{of} is not {to} without the product's own conversion.",
            remedy=f"give it, such as 1 {of.name} = ... {to.name}, with its source",
        )
    ratio = read_conversion(conversion).ratio(of.kind, to.kind)
    if ratio is None:
        raise NotEstimable(
            f"'{conversion}' does not lead from {of} to {to}.",
            remedy="give the conversion between these two units",
        )
    return ratio


def _scale(
    found: Regimen,
    unit: str | None,
    body: Body | None,
    product: str,
    conversion: str,
) -> _Scale:
    """Return the factors of all parts."""
    if product not in PRODUCTS:
        raise InvalidInput(
            f"There is no kind of product '{product}'.",
            remedy=f"choose among {', '.join(PRODUCTS)}",
        )
    to = found.parts[0].unit if unit is None else read_unit(unit)
    pairs = [
        conversion_factor(part.unit, to, body=body, product=product, conversion=conversion)
        for part in found.parts
    ]  # fmt: skip
    notes = dict.fromkeys(note for _, found_notes in pairs for note in found_notes)
    return _Scale(str(to), tuple(factor for factor, _ in pairs), tuple(notes))


def dose_between(
    found: Regimen,
    first: int,
    last: int,
    *,
    unit: str | None = None,
    body: Body | None = None,
    product: str = "native",
    conversion: str = "",
) -> DoseRange:
    """Return the dose planned from day `first` to day `last` of the course."""
    if not 1 <= first <= last <= EVER:
        raise InvalidInput(
            f"There are no days {first} to {last} of a course.",
            remedy="count from day 1, the first day first",
        )
    scale = _scale(found, unit, body, product, conversion)
    return _answer(found, scale.unit, lambda r: _window(found, r, scale, first, last))


def quantities_of(
    found: Regimen,
    *,
    unit: str | None = None,
    body: Body | None = None,
    product: str = "native",
    conversion: str = "",
) -> RegimenQuantities:
    """Return all quantities of a regimen; see `Regimen.quantities`."""
    scale = _scale(found, unit, body, product, conversion)
    values = {
        name: _answer(
            found,
            q.unit.format(scale.unit),
            lambda reading, q=q: q.compute(found, reading, scale),
        )
        for name, q in QUANTITIES.items()
    }
    return RegimenQuantities(
        line=found.line(),
        values=values,
        unit=scale.unit,
        notes=(*_reading_notes(found), *scale.notes, *found.notes),
    )


def _answer(
    found: Regimen, unit: str, compute: Callable[[Reading], tuple[float, float]]
) -> DoseRange:
    """Return the range over all readings, or what is missing."""
    try:
        ends = [compute(reading) for reading in readings(found)]
    except _Unsaid as unsaid:
        return DoseRange(low=None, high=None, unit=unit, why=str(unsaid))
    return DoseRange(
        low=min(low for low, _ in ends), high=max(high for _, high in ends), unit=unit
    )


def _window(
    found: Regimen, reading: Reading, scale: _Scale, first: int, last: int
) -> tuple[float, float]:
    """Return the dose between two days of the course, cycle by cycle."""
    cycle = found.cycle
    if cycle is None:
        return scale.total(reading.spans, first, last)
    if cycle.length is None:
        if reading.last is None or last > reading.last:
            raise _Unsaid("the length of a cycle")
        return scale.total(reading.spans, first, last)
    low = high = 0.0
    index = max(0, int((first - 1) // (cycle.days or 1)) - 1)
    while (before := cycle_start(cycle, index)) < last:
        length = cycle_start(cycle, index + 1) - before
        a, b = max(first - before, 1), min(last - before, length)
        if a <= b and (cycle.count is None or index < cycle.count.high):
            some, most = scale.total(reading.spans, a, b)
            high += most
            if cycle.count is None or index < cycle.count.low:
                low += some
        index += 1
    return low, high


def _cycle_days(found: Regimen, reading: Reading) -> float:
    """Return the length over which a cycle's dose is spread, the course without cycles."""
    if found.cycle is not None:
        if found.cycle.days is None:
            raise _Unsaid("the length of a cycle")
        return found.cycle.days
    if found.over is not None:
        return found.over[0] * LENGTHS[found.over[1]]
    if reading.last is None:
        raise _Unsaid("the length of a cycle or of the course")
    return float(reading.last)


def _cycle_dose(found: Regimen, reading: Reading, scale: _Scale) -> tuple[float, float]:
    if found.cycle is not None and found.cycle.length is not None:
        last = cycle_start(found.cycle, 1)
        # A block that is repeated at unstated intervals lies within the cycle.
        return scale.total(reading.spans, 1, EVER if reading.last is None and _repeats(found) else last)  # fmt: skip
    if any(_is_endless(span) for span in reading.spans):
        raise _Unsaid("when treatment ends")
    return scale.total(reading.spans, 1, EVER)


def _repeats(found: Regimen) -> bool:
    return any(part.repeats > 1 for part in found.parts)


def _is_endless(span: Span) -> bool:
    return span.last is None


def _steady(found: Regimen, scale: _Scale) -> tuple[float, float] | None:
    """Return the dose a day of parts that go on without an end, None for others."""
    if found.cycle is not None or len(found.parts) != 1:
        return None
    part, factor = found.parts[0], scale.factors[0]
    if part.days is not None or part.doses is not None or part.listed:
        return None
    rhythm = part.rhythm
    share = 1 / rhythm.every if rhythm.of_week is None else rhythm.of_week / 7
    daily = rhythm.times * share * factor
    return part.low * daily, part.high * daily


def _mean_over(days: float) -> Callable[[Regimen, Reading, _Scale], tuple[float, float]]:  # fmt: skip
    """Return the mean dose in so many days; of a shorter course its whole dose."""

    def mean(found: Regimen, reading: Reading, scale: _Scale) -> tuple[float, float]:
        steady = _steady(found, scale)
        if steady is not None:
            return steady[0] * days, steady[1] * days
        length = _cycle_days(found, reading)
        low, high = _cycle_dose(found, reading, scale)
        once = found.cycle is None or (
            found.cycle.count and found.cycle.count.high == 1
        )
        if once and length < days:
            return low, high
        return low * days / length, high * days / length

    return mean


def _day(found: Regimen, reading: Reading, scale: _Scale) -> tuple[float, float]:
    """Return the smallest and the largest dose of a day of treatment."""
    spans = tuple(zip(reading.spans, scale.factors, strict=True))
    daily = [
        (s.part.rhythm.times * s.part.low * f, s.part.rhythm.times * s.part.high * f)
        for s, f in spans
    ]
    starts = {span.first for span in reading.spans}
    high = max(scale.total(reading.spans, day, day)[1] for day in starts)
    return min(low for low, _ in daily), max(high, *(most for _, most in daily))


def _first_week(found: Regimen, reading: Reading, scale: _Scale) -> tuple[float, float]:
    return _window(found, reading, scale, 1, 7)


def _course(found: Regimen, reading: Reading, scale: _Scale) -> tuple[float, float]:
    cycle = found.cycle
    low, high = _cycle_dose(found, reading, scale)
    if cycle is None:
        return low, high
    if cycle.count is None:
        raise _Unsaid("the number of cycles")
    return low * cycle.count.low, high * cycle.count.high


def _days_on(found: Regimen, reading: Reading, _scale: _Scale) -> tuple[float, float]:
    """Return the days of treatment in a cycle."""
    last = EVER
    if found.cycle is not None and found.cycle.length is not None and not _repeats(found):  # fmt: skip
        last = cycle_start(found.cycle, 1)
    elif any(_is_endless(span) for span in reading.spans):
        raise _Unsaid("when treatment ends")
    ends = [span.days_between(1, last) for span in reading.spans]
    if _overlap(reading) and not _repeats(found):
        longest = max((s.last or last) for s in reading.spans)
        total = float(sum(high for _, high in ends))
        return float(max(low for low, _ in ends)), min(total, float(longest))
    return float(sum(low for low, _ in ends)), float(sum(high for _, high in ends))


def _overlap(reading: Reading) -> bool:
    """Tell whether two parts may fall on one day."""
    spans = sorted(reading.spans, key=lambda span: span.first)
    return any(a.last is None or b.first <= a.last for a, b in pairwise(spans))


def _days_on_course(
    found: Regimen, reading: Reading, scale: _Scale
) -> tuple[float, float]:
    low, high = _days_on(found, reading, scale)
    if found.cycle is None:
        return low, high
    if found.cycle.count is None:
        raise _Unsaid("the number of cycles")
    return low * found.cycle.count.low, high * found.cycle.count.high


def _length(found: Regimen, reading: Reading, _scale: _Scale) -> tuple[float, float]:
    """Return the length of the course in weeks."""
    if found.over is not None:
        weeks = found.over[0] * LENGTHS[found.over[1]] / 7
        return weeks, weeks
    days = _cycle_days(found, reading)
    if found.cycle is None:
        return days / 7, days / 7
    if found.cycle.count is None:
        raise _Unsaid("the number of cycles")
    return days * found.cycle.count.low / 7, days * found.cycle.count.high / 7


def _reading_notes(found: Regimen) -> tuple[str, ...]:
    """Say how the words were read where they can be read in several ways."""
    notes: list[str] = []
    if any(part.rhythm.of_week not in (None, 7) for part in found.parts):
        notes.append(
            "Which days of the week are meant is not said; weeks are counted from the part's first day and from day 1, and the range holds both."
        )
    if any(part.rhythm.every > 1 for part in found.parts):
        notes.append("Days of treatment are counted from the first day of their part.")
    if any(part.most for part in found.parts):
        notes.append("The number of doses is the most that was planned.")
    if _repeats(found):
        notes.append("When the repeated blocks are given is not said.")
    if found.cycle is not None and found.cycle.unit != "month":
        notes.append(f"A month is {MONTH:.2f} days.")
    return tuple(notes)


@dataclass(frozen=True, slots=True)
class QuantityDefinition:
    """A quantity: its name as a moderator, its label, its unit, how it is computed."""

    code: str
    label: str
    unit: str
    compute: Callable[[Regimen, Reading, _Scale], tuple[float, float]]


QUANTITIES = {
    q.code: q
    for q in (
        QuantityDefinition("dose_day", "Dose on a day of treatment", "{}", _day),
        QuantityDefinition("dose_first_week", "Dose of the first week", "{}", _first_week),
        QuantityDefinition("dose_week", "Mean dose a week (dose intensity)", "{} per week", _mean_over(7.0)),
        QuantityDefinition("dose_month", "Mean dose a month", "{} per month", _mean_over(MONTH)),
        QuantityDefinition("dose_cycle", "Dose of a cycle", "{}", _cycle_dose),
        QuantityDefinition("dose_course", "Dose of the whole course", "{}", _course),
        QuantityDefinition("days_on", "Days of treatment in a cycle", "days", _days_on),
        QuantityDefinition("days_on_course", "Days of treatment in the course", "days", _days_on_course),
        QuantityDefinition("course_weeks", "Length of the course", "weeks", _length),
    )
}  # fmt: skip
