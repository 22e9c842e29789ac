"""Trials on their own: who responded, how long, which markers moved, what harmed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from synthesist.documents.anchors import Anchors
from synthesist.documents.grid import (
    Grid,
    GridRow,
    Header,
    Part,
    grid,
    row,
    without_empty_columns,
)
from synthesist.documents.study_section import printed_numbers
from synthesist.numerics.printing import significant
from synthesist.review import Outcome, Result, Review
from synthesist.trials.harms import event_rate
from synthesist.trials.markers import multiplicity
from synthesist.trials.responses import Response, response

#: The name of the picture among the drawings.
RESPONSES = "responses"

ANCHOR = "trials"
TITLE = "Trials on their own"
INTRO = (
    "Each group by itself, nothing compared and nothing pooled. "
    "Intervals are exact (Clopper-Pearson); whoever was enrolled and not evaluable counts as without the event in the column of all enrolled."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleResult:
    """A count of one arm, and its exact share."""

    result: Result
    outcome: Outcome
    response: Response


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialView:
    """What the page shows of trials on their own."""

    anchor: str
    title: str
    intro: str
    responses: Grid | None
    picture: Any
    response_notes: tuple[str, ...]
    durations: Grid | None
    markers: Grid | None
    marker_notes: tuple[str, ...]
    harms: Grid | None
    harm_notes: tuple[str, ...]


def single_results(review: Review, role: str) -> tuple[SingleResult, ...]:
    """Return the counts of treated and single arms for outcomes of a role."""
    outcomes = {o.id: o for o in review.protocol.outcomes if o.role == role}
    found: list[SingleResult] = []
    for result in review.results:
        outcome = outcomes.get(result.outcome)
        if outcome is None or result.events is None or not result.n:
            continue
        arm = review.arm(result.study, result.arm)
        if arm.role == "control" or result.comparator:
            continue
        enrolled = arm.n if arm.n is not None and arm.n >= result.n else None
        single = response(
            result.events, result.n, enrolled=enrolled, label=outcome.label
        )
        found.append(SingleResult(result=result, outcome=outcome, response=single))
    return tuple(found)


def trial_view(review: Review, drawings: Mapping[str, Any]) -> TrialView | None:
    """Return the section, None where no outcome has a role in a single trial."""
    if not any(outcome.role for outcome in review.protocol.outcomes):
        return None
    anchors = Anchors(review)
    responses = single_results(review, "response")
    harms = single_results(review, "harm")
    markers = _rows_of(review, "marker")
    return TrialView(
        anchor=ANCHOR,
        title=TITLE,
        intro=INTRO,
        responses=_share_table(review, responses, anchors, "Response"),
        picture=drawings.get(RESPONSES),
        response_notes=(*_notes(responses), *_sums(responses)),
        durations=_duration_table(review, anchors),
        markers=_marker_table(review, markers, anchors),
        marker_notes=_marker_notes(review, markers),
        harms=_share_table(review, harms, anchors, "Harm"),
        harm_notes=(*_notes(harms), "Harms are not added up: one person may have several.") if harms else (),
    )  # fmt: skip


def trials_to_dict(review: Review) -> dict[str, Any]:
    """Return responses and harms of single arms in full precision."""
    return {
        role: [
            {
                "study": s.result.study,
                "arm": s.result.arm,
                "outcome": s.result.outcome,
                "timepoint": s.result.timepoint,
                "row": s.result.row,
                **s.response.to_dict(),
            }
            for s in single_results(review, role)
        ]
        for role in ("response", "harm")
    }


def _share_table(
    review: Review, found: tuple[SingleResult, ...], anchors: Anchors, head: str
) -> Grid | None:
    """Return one row a count: among those evaluable, and among all enrolled."""
    if not found:
        return None
    rows = [
        row(
            Part(review.study(s.result.study).name, anchors.study(s.result.study)),
            review.arm(s.result.study, s.result.arm).name,
            ("within: " if s.outcome.within else "") + s.response.label,
            ", ".join(filter(None, (s.result.timepoint, s.result.population))),
            s.response.text(),
            s.response.enrolled_text(),
            _rate(s.result),
            Part(f"row {s.result.row}", anchors.result(s.result)),
        )
        for s in found
    ]
    headers = (
        "Study", "Arm", Header(head, long=True), "When, who",
        Header("Of those counted, exact interval", long=True), Header("Of all enrolled", long=True), Header("For time at risk", long=True), "From",
    )  # fmt: skip
    return without_empty_columns(grid(headers, rows))


def _rate(result: Result) -> str:
    """Give events for time at risk where the time was reported."""
    if result.events is None or not result.person_time:
        return ""
    rate = event_rate(result.events, result.person_time, unit="units of time", per=1)
    low, high = significant(rate.interval.lower), significant(rate.interval.upper)
    return f"{significant(rate.estimate)} ({low} to {high}) a unit of time"


def _notes(found: tuple[SingleResult, ...]) -> tuple[str, ...]:
    """Gather what the readers of the shares must know, each said once."""
    return tuple(
        dict.fromkeys(
            f"{s.response.label}: {note}" if note.startswith("None of") else note
            for s in found
            for note in s.response.notes
        )
    )


def _sums(found: tuple[SingleResult, ...]) -> Iterator[str]:
    """Say where narrower outcomes add up to the wider one."""
    for whole in found:
        parts = [
            s
            for s in found
            if s.outcome.within == whole.outcome.id
            and (s.result.study, s.result.arm) == (whole.result.study, whole.result.arm)
        ]
        if len(parts) < 2:
            continue
        counts = [s.response.events for s in parts]
        verb = "make up" if sum(counts) == whole.response.events else "do not add up to"
        listed = " and ".join(
            f"{s.response.events} with {s.response.label[:1].lower()}{s.response.label[1:]}"
            for s in parts
        )
        yield f"{listed} {verb} the {whole.response.events} with {whole.response.label[:1].lower()}{whole.response.label[1:]}."


def _rows_of(review: Review, role: str) -> tuple[Result, ...]:
    known = {o.id for o in review.protocol.outcomes if o.role == role}
    return tuple(result for result in review.results if result.outcome in known)


def _marker_table(
    review: Review, results: tuple[Result, ...], anchors: Anchors
) -> Grid | None:
    """Return the markers with the directions that were printed."""
    if not results:
        return None
    rows = [_marker_row(review, result, anchors) for result in results]
    headers = (
        "Study", Header("Marker", long=True), "When", "Direction", Header("Fold", number=True),
        Header("As printed", long=True), Header("Note", long=True), "From",
    )  # fmt: skip
    return without_empty_columns(grid(headers, rows))


def _marker_row(review: Review, result: Result, anchors: Anchors) -> GridRow:
    words = {"direction", "fold"}
    numbers = [
        part
        for part in printed_numbers(result).split(", ")
        if part.split("\N{NO-BREAK SPACE}")[0] not in words
    ]
    return row(
        Part(review.study(result.study).name, anchors.study(result.study)),
        review.outcome(result.outcome).label,
        result.timepoint,
        result.direction or "not printed",
        "" if result.fold is None else f"{result.fold:g}",
        ", ".join(numbers),
        result.note,
        Part(f"row {result.row}", anchors.result(result)),
        aside=not result.direction,
    )


def _marker_notes(review: Review, results: tuple[Result, ...]) -> tuple[str, ...]:
    """Say of each study how many markers it reports, and what chance would give."""
    studies = dict.fromkeys(result.study for result in results)
    notes: list[str] = []
    for study in studies:
        markers = {r.outcome for r in results if r.study == study}
        name = review.study(study).name
        notes.append(f"{name}: {multiplicity(len(markers))}")
    if results and all(r.mean is None and r.median is None for r in results):
        notes.append(
            "Only directions were printed; no size and no test of ours can be given."
        )
    return tuple(notes)


def _duration_table(review: Review, anchors: Anchors) -> Grid | None:
    """Return times on treatment as printed, those still running with a plus."""
    results = _rows_of(review, "duration")
    if not results:
        return None
    rows = [
        row(
            Part(review.study(r.study).name, anchors.study(r.study)),
            review.outcome(r.outcome).label,
            _ends(r),
            _time(r, "median"),
            _mean(r),
            review.outcome(r.outcome).unit,
            r.note,
            Part(f"row {r.row}", anchors.result(r)),
        )
        for r in results
    ]
    headers = ("Study", Header("Time", long=True), "Range", "Median", Header("Mean", long=True), "Unit", Header("Note", long=True), "From")  # fmt: skip
    return without_empty_columns(grid(headers, rows))


def _time(result: Result, name: str) -> str:
    """Write a time as printed, with its plus where it was still running."""
    text = result.printed.get(name, "")
    return f"{text}+" if text and name in result.censored else text


def _ends(result: Result) -> str:
    ends = [_time(result, name) for name in ("min", "max")]
    return " to ".join(end for end in ends if end)


def _mean(result: Result) -> str:
    """Write a mean, as a lower bound where times were still running."""
    text = result.printed.get("mean", "")
    if not text or not result.censored:
        return text
    return f"at least {text}: a lower bound, because times were still running"
