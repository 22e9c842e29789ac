"""What a cell must fulfil before anything is computed from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesist.effects.arms import Cells
from synthesist.effects.work import Mask
from synthesist.tables import Vector


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that may be wrong with a cell, and what to do about it.

    `fails` answers for every row at once, False where a cell is empty; `message`
    is filled with the row's cells, by role. A check that compares says nothing
    where one of `others` was already found wrong.
    """

    role: str
    fails: Callable[[Cells], Mask]
    message: str
    remedy: str
    others: tuple[str, ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """Every cell that is looked at."""
        return (self.role, *self.others)


def events_among(events: str, n: str) -> tuple[Check, ...]:
    """Check counts of patients with an event among all patients of a group."""
    return (
        *size(n),
        not_negative(events, "The number of events"),
        whole(events, "The number of events"),
        Check(
            events,
            lambda cells: cells[events] > cells[n],
            f"{{{events}}} events among {{{n}}} patients",
            f"correct {events} or {n}; events are patients with the event, not episodes",
            (n,),
        ),
    )


def events_in(events: str, time: str) -> tuple[Check, ...]:
    """Check counts of events in a time at risk."""
    return (
        not_negative(events, "The number of events"),
        whole(events, "The number of events"),
        positive(time, "The time at risk"),
    )


def spread(sd: str, n: str) -> tuple[Check, ...]:
    """Check the standard deviation and size of a group."""
    return (
        *size(n, least=2),
        Check(
            sd,
            lambda cells: cells[sd] <= 0,
            f"The standard deviation is {{{sd}}}; it must be above 0",
            "correct it; a 0 often stands for 'not reported', then empty the whole row",
        ),
    )


def for_logarithm(mean: str) -> Check:
    """Check that a mean has a logarithm."""
    return Check(
        mean,
        lambda cells: cells[mean] <= 0,
        f"The mean is {{{mean}}}; a ratio of means needs means above 0",
        "correct it, or choose a measure of differences such as MD or SMD",
    )


def fraction(role: str, what: str) -> Check:
    """Check that a cell lies strictly between 0 and 1."""
    return within(role, what, 0, 1, "give a fraction such as 0.25, or correct it")


def correlation(role: str, what: str = "The correlation") -> Check:
    """Check that a cell lies strictly between -1 and 1."""
    return within(role, what, -1, 1, "correct it; a correlation of 1 has no variance")


def per_cent(role: str) -> Check:
    """Check per cent event-free, 0 and 100 excluded."""
    return within(
        role,
        "The per cent event-free",
        0,
        100,
        "give per cent above 0 and below 100; at 0 or 100 no hazard can be computed",
    )


def not_fractions(first: str, *others: str) -> Check:
    """Refuse per cent that are all 1 or less: they were typed as fractions."""
    roles = (first, *others)
    return Check(
        first,
        lambda cells: np.logical_and.reduce([cells[role] <= 1 for role in roles]),
        f"{{{first}}} per cent event-free looks like a fraction",
        "give per cent, 30 and not 0.30",
        others,
    )


def size(n: str, least: int = 1) -> tuple[Check, ...]:
    """Check the number of patients in a group."""
    return (
        Check(
            n,
            lambda cells: cells[n] < least,
            f"The group size is {{{n}}}",
            f"give the number of patients, at least {least}, or empty the whole row if the study did not report it",
        ),
        whole(n, "The group size"),
    )


def whole(role: str, what: str) -> Check:
    """Check that a count is a whole number."""
    return Check(
        role,
        lambda cells: np.abs(cells[role] - np.rint(cells[role])) > 0,
        f"{what} is {{{role}}}, which is not whole",
        "give the count; if it stands as a per cent, compute the count from it",
    )


def not_negative(role: str, what: str) -> Check:
    """Check that a cell is at least 0."""
    return Check(
        role,
        lambda cells: cells[role] < 0,
        f"{what} is {{{role}}}, below 0",
        "correct it, or empty the whole row if the study did not report it",
    )


def positive(role: str, what: str) -> Check:
    """Check that a cell is above 0."""
    return Check(
        role,
        lambda cells: cells[role] <= 0,
        f"{what} is {{{role}}}; it must be above 0",
        "correct it, or empty the whole row if the study did not report it",
    )


def within(role: str, what: str, low: float, high: float, remedy: str) -> Check:
    """Check that a cell lies between two ends, the ends excluded."""
    return Check(
        role,
        lambda cells: (cells[role] <= low) | (cells[role] >= high),
        f"{what} is {{{role}}}; it must lie between {low:g} and {high:g}",
        remedy,
    )


def ordered(low: str, high: str, what: str) -> Check:
    """Check that the lower of two cells is below the upper."""
    return Check(
        high,
        lambda cells: cells[low] >= cells[high],
        f"The lower limit of {what}, {{{low}}}, is not below the upper, {{{high}}}",
        f"exchange or correct {low} and {high}",
        (low,),
    )


def not_falling(low: str, high: str) -> Check:
    """Check that one of two quantiles is not above the other."""
    return Check(
        high,
        lambda cells: cells[low] > cells[high],
        f"{{{high}}} stands as {high.partition('_')[0]} above {{{low}}} as {low.partition('_')[0]}",
        f"correct {low} or {high}",
        (low,),
    )


def counts_are_sound(*groups: tuple[Vector, Vector]) -> bool:
    """Return whether groups of (events, n) are whole, possible and not empty anywhere.

    Says at once what the checks of `events_among` say cell by cell; a minimum is
    NaN as soon as one cell is.
    """
    return all(
        events.min(initial=0) >= 0
        and n.min(initial=1) >= 1
        and not np.greater(events, n).any()
        and np.array_equal(np.rint(events), events)
        and np.array_equal(np.rint(n), n)
        for events, n in groups
    )


def enough(n: str, m: str, least: int) -> Check:
    """Check that there are at least `least` more patients than predictors."""
    return Check(
        m,
        lambda cells: cells[n] - cells[m] < least,
        f"{{{n}}} patients are too few for {{{m}}} predictors",
        f"correct {n} or {m}",
        (n,),
    )


def failing(checks: tuple[Check, ...], cells: Cells) -> bool:
    """Return whether any cell fails any check."""
    return any(bool(check.fails(cells).any()) for check in checks)


def shown(value: Vector | float) -> str:
    """Write a number of the table as a person would."""
    number = float(value)
    return (
        str(int(number))
        if number.is_integer() and abs(number) < 1e15
        else f"{number:g}"
    )
