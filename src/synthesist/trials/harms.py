"""Harms of one trial: by grade, any and serious, and for the time under treatment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthesist.errors import InvalidInput
from synthesist.numerics.printing import percent
from synthesist.numerics.results import Interval
from synthesist.trials.proportions import check_counts, checked_level
from synthesist.trials.responses import Response, response

GRADES = (1, 2, 3, 4, 5)

#: From this grade on an event is called severe.
SEVERE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Events over person-time with the exact interval of a Poisson count.

    `per` people-times are what the rate is given for, such as 100 person-years.
    """

    label: str
    events: int
    person_time: float
    estimate: float
    interval: Interval
    unit: str
    per: float
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """Write it as a report does."""
        low, high = self.interval.lower, self.interval.upper
        return f"{self.events} in {self.person_time:g} {self.unit}: {self.estimate:.3g} per {self.per:g} {self.unit} ({percent(self.interval.level)} CI {low:.3g} to {high:.3g})"


def event_rate(
    events: int,
    person_time: float,
    *,
    label: str = "Events",
    unit: str = "person-years",
    per: float = 100.0,
    level: float = 0.95,
) -> Rate:
    """Return events over time at risk, with the exact Poisson interval.

    Parameters
    ----------
    events : int
        Events, counted as often as they happened.
    person_time : float
        Time at risk of all people, above zero.
    per : float
        So much time the rate is given for.

    Raises
    ------
    InvalidInput
        If there is no time, or the count cannot be.

    References
    ----------
    Garwood F. Biometrika 1936;28:437. doi:10.1093/biomet/28.3-4.437
    """
    if not person_time > 0 or events < 0 or events != int(events):
        raise InvalidInput(
            f"{events} events in {person_time:g} {unit} are no rate.",
            remedy="give a whole number of events and a time above zero",
        )
    from scipy.special import gammaincinv

    tail = (1 - checked_level(level)) / 2
    low = float(gammaincinv(events, tail)) if events else 0.0
    high = float(gammaincinv(events + 1, 1 - tail))
    scale = per / person_time
    return Rate(
        label=label,
        events=events,
        person_time=person_time,
        estimate=events * scale,
        interval=Interval(lower=low * scale, upper=high * scale, level=level),
        unit=unit,
        per=per,
        notes=(
            "The rate takes events to come evenly over time; people who stop early are at risk for less of it.",
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmTable:
    """People by the worst grade of each harm, and the shares that follow.

    Attributes
    ----------
    any_grade, severe : tuple of Response
        One a harm: any grade, and grade 3 or more.
    serious : tuple of Response
        Harms that were called serious, where any were counted: death, danger to
        life, hospital, lasting damage. Serious is no grade.
    """

    harms: tuple[str, ...]
    counts: tuple[Mapping[int, int], ...]
    any_grade: tuple[Response, ...]
    severe: tuple[Response, ...]
    n: int
    notes: tuple[str, ...]
    serious: tuple[Response, ...] = ()

    def summary(self) -> str:
        """Return one line a harm."""
        lines = [f"Harms among {self.n} people"]
        for row, worst in zip(self.any_grade, self.severe, strict=True):
            lines.append(
                f"  {row.label}: any {row.text()}; grade {SEVERE} or more {worst.text()}"
            )
        lines += [f"  serious, {row.label}: {row.text()}" for row in self.serious]
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "n": self.n,
            "serious": [row.to_dict() for row in self.serious],
            "harms": [
                {
                    "label": label,
                    "grades": {str(grade): count for grade, count in counts.items()},
                    "any": any_grade.to_dict(),
                    "severe": severe.to_dict(),
                }
                for label, counts, any_grade, severe in zip(
                    self.harms, self.counts, self.any_grade, self.severe, strict=True
                )
            ],
            "notes": list(self.notes),
        }


def harm_table(
    grades: Mapping[str, Mapping[int, int]],
    n: int,
    *,
    serious: Mapping[str, int] | None = None,
    level: float = 0.95,
    method: str = "clopper-pearson",
) -> HarmTable:
    """Count harms by grade, each person once at the worst grade.

    Parameters
    ----------
    grades : mapping of str to mapping of int to int
        For each harm, people by their worst grade (1 to 5).
    n : int
        People treated.
    serious : mapping of str to int, optional
        For harms called serious, people with them.

    Raises
    ------
    InvalidInput
        If a grade is none, or a harm has more people than were treated.
    """
    check_counts(0, n)
    for label, counts in grades.items():
        unknown = [grade for grade in counts if grade not in GRADES]
        if unknown:
            raise InvalidInput(
                f"There is no grade {unknown[0]}.",
                where=label,
                remedy="grades are 1 to 5",
            )
        if sum(counts.values()) > n or min(counts.values(), default=0) < 0:
            raise InvalidInput(
                f"{sum(counts.values())} people with it are more than the {n} treated.",
                where=label,
                remedy="count people at their worst grade, not episodes",
            )

    def shares(least: int) -> tuple[Response, ...]:
        return tuple(
            response(
                sum(c for grade, c in counts.items() if grade >= least),
                n,
                label=label,
                level=level,
                method=method,
            )
            for label, counts in grades.items()
        )

    return HarmTable(
        harms=tuple(grades),
        counts=tuple({g: counts.get(g, 0) for g in GRADES} for counts in grades.values()),
        any_grade=shares(1),
        severe=shares(SEVERE),
        n=n,
        notes=("Harms are not added up: one person may have several.",),
        serious=tuple(
            response(count, n, label=label, level=level, method=method)
            for label, count in (serious or {}).items()
        ),
    )  # fmt: skip


def worst_grades(
    person: Sequence[Any], harm: Sequence[str], grade: Sequence[int]
) -> dict[str, dict[int, int]]:
    """Count people by their worst grade of each harm, from a list of episodes.

    Raises
    ------
    InvalidInput
        If the lengths differ.
    """
    if not len(person) == len(harm) == len(grade):
        raise InvalidInput(
            "People, harms and grades differ in number.",
            remedy="give one row an episode",
        )
    worst: dict[tuple[str, str], int] = {}
    for who, what, how in zip(person, harm, grade, strict=True):
        key = (what, str(who))
        worst[key] = max(worst.get(key, 0), int(how))
    found: dict[str, dict[int, int]] = {}
    for (what, _), how in worst.items():
        counts = found.setdefault(what, {})
        counts[how] = counts.get(how, 0) + 1
    return found
