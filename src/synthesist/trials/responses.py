"""Who responded in one trial: exact intervals, and everyone who was enrolled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synthesist.errors import InvalidInput
from synthesist.numerics.printing import per_cent, percent
from synthesist.numerics.results import Interval
from synthesist.trials.proportions import (
    PROPORTION_INTERVALS,
    check_counts,
    proportion_interval,
    upper_bound_without_events,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One proportion of a trial, among those evaluable and among all enrolled.

    Attributes
    ----------
    label : str
        What happened, in words.
    events, n : int
        People with the event among those evaluable.
    estimate : float
        Their share.
    interval : Interval
        For the share among those evaluable.
    enrolled : int, optional
        Everyone enrolled; whoever is not evaluable counts as without the event.
    of_enrolled : Interval, optional
        The interval among all enrolled.
    method : str
        Code of `PROPORTION_INTERVALS`.
    notes : tuple of str
        What a reader must know.
    """

    label: str
    events: int
    n: int
    estimate: float
    interval: Interval
    enrolled: int | None = None
    of_enrolled: Interval | None = None
    method: str = "clopper-pearson"
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """Write it as a report does: ``6/17, 35% (95% CI 14 to 62%)``."""
        return f"{self.events}/{self.n}, {share(self.estimate, self.interval)}"

    def enrolled_text(self) -> str:
        """Write the share of all enrolled, empty where they are not known."""
        if self.enrolled is None or self.of_enrolled is None:
            return ""
        found = share(self.events / self.enrolled, self.of_enrolled)
        return f"{self.events}/{self.enrolled}, {found}"

    def summary(self) -> str:
        """Return the shares with their intervals as lines of text."""
        method = PROPORTION_INTERVALS[self.method].label
        lines = [f"{self.label}: {self.text()}, {method}"]
        if text := self.enrolled_text():
            lines.append(f"  of all enrolled: {text}")
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        enrolled = self.of_enrolled
        return {
            "label": self.label,
            "events": self.events,
            "n": self.n,
            "estimate": self.estimate,
            "low": self.interval.lower,
            "high": self.interval.upper,
            "level": self.interval.level,
            "method": self.method,
            "enrolled": self.enrolled,
            "enrolled_low": enrolled.lower if enrolled else None,
            "enrolled_high": enrolled.upper if enrolled else None,
            "notes": list(self.notes),
        }


def share(estimate: float, interval: Interval) -> str:
    """Write a share with its interval in per cent."""
    low, high = (per_cent(100 * end, 1) for end in (interval.lower, interval.upper))
    return f"{per_cent(100 * estimate, 1)} ({percent(interval.level)} CI {low.removesuffix('%')} to {high})"


def response(
    events: int,
    n: int,
    *,
    enrolled: int | None = None,
    label: str = "Response",
    method: str = "clopper-pearson",
    level: float = 0.95,
) -> Response:
    """Return a response rate with its interval, also among all who were enrolled.

    Parameters
    ----------
    events, n : int
        People who responded, and people evaluable.
    enrolled : int, optional
        People enrolled; the others are taken as not having responded.
    method : str
        Code of `PROPORTION_INTERVALS`.

    Raises
    ------
    InvalidInput
        If the counts are impossible.
    """
    interval = proportion_interval(events, n, method=method, level=level)
    notes: list[str] = []
    of_enrolled = None
    if enrolled is not None:
        check_counts(n, enrolled)
        of_enrolled = proportion_interval(events, enrolled, method=method, level=level)
        if enrolled > n:
            many = enrolled - n
            notes.append(
                f"{many} of {enrolled} enrolled {'was' if many == 1 else 'were'} not evaluable; among all enrolled they count as without the event."
            )
    if events == 0:
        bound = upper_bound_without_events(n, level=level)
        notes.append(
            f"None of {n}: with {percent(level)} confidence (one-sided) at most {per_cent(100 * bound, 1)}."
        )
    return Response(
        label=label,
        events=events,
        n=n,
        estimate=events / n,
        interval=interval,
        enrolled=enrolled,
        of_enrolled=of_enrolled,
        method=method,
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseHierarchy:
    """Categories of best response, from best to worst, and what they add up to.

    Attributes
    ----------
    categories : tuple of Response
        Each category by itself.
    objective, control : Response
        The categories that are objective response, and those that are disease
        control.
    """

    categories: tuple[Response, ...]
    objective: Response
    control: Response

    def rows(self) -> tuple[Response, ...]:
        """Return the sums first, then the categories."""
        return (self.objective, self.control, *self.categories)

    def summary(self) -> str:
        """Return one line a category."""
        return "\n".join(row.summary() for row in self.rows())

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"rows": [row.to_dict() for row in self.rows()]}

    def plot(self, **options: Any) -> Figure:
        """Draw bars with their exact intervals."""
        return draw_responses(self.rows(), **options)


def response_hierarchy(
    counts: Mapping[str, int],
    n: int,
    *,
    objective: Sequence[str] = ("CR", "PR"),
    control: Sequence[str] = ("CR", "PR", "SD"),
    enrolled: int | None = None,
    method: str = "clopper-pearson",
    level: float = 0.95,
) -> ResponseHierarchy:
    """Return objective response and disease control from categories of best response.

    Parameters
    ----------
    counts : mapping of str to int
        People by category; each counts once.
    n : int
        People evaluable; those in no category counted are without response.
    objective, control : sequence of str
        The categories that make them up; what is objective response is control too.

    Raises
    ------
    InvalidInput
        If more people have a category than were evaluable, or a category is not
        among the counts.
    """
    total = sum(counts.values())
    if total > n:
        raise InvalidInput(
            f"The categories hold {total} people, of {n} evaluable.",
            remedy="count each person once, by best response",
        )
    unknown = [name for name in (*objective, *control) if name not in counts]
    loose = [name for name in objective if name not in control]
    if unknown or loose:
        raise InvalidInput(
            f"'{(unknown or loose)[0]}' is no category that is counted."
            if unknown
            else f"'{loose[0]}' is objective response and no disease control.",
            remedy=f"name categories among {', '.join(counts)}, all of `objective` in `control`",
        )

    def of(label: str, names: Sequence[str]) -> Response:
        return response(
            sum(counts[name] for name in names),
            n,
            enrolled=enrolled,
            label=label,
            method=method,
            level=level,
        )

    return ResponseHierarchy(
        categories=tuple(of(name, [name]) for name in counts),
        objective=of("Objective response", objective),
        control=of("Disease control", control),
    )


def draw_responses(rows: Sequence[Response], **options: Any) -> Figure:
    """Draw bars of responses with their intervals; see `figures.response_bars`."""
    from synthesist.figures import ResponseBar, response_bars

    bars = [
        ResponseBar(
            label=row.label,
            events=row.events,
            n=row.n,
            low=row.interval.lower,
            high=row.interval.upper,
        )
        for row in rows
    ]
    options.setdefault(
        "footer",
        [f"Lines: {percent(rows[0].interval.level)} intervals, {PROPORTION_INTERVALS[rows[0].method].label}."],
    )  # fmt: skip
    return response_bars(bars, **options)
