"""The regimens of a review beside each other: a table, a picture, and what they assume."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synthesist.documents.grid import Grid, Header, grid, row, without_empty_columns
from synthesist.review import Review
from synthesist.trials.quantities import DoseRange
from synthesist.trials.reviewed import ReviewedRegimen, common_unit, reviewed_regimens

#: The name of the picture among the drawings.
REGIMENS = "regimens"

#: Quantities that the table shows, in its order, with the heads of their columns.
SHOWN = {
    "dose_day": "A day of treatment",
    "dose_first_week": "First week",
    "dose_week": "A week, mean",
    "dose_month": "A month, mean",
    "dose_cycle": "A cycle",
    "dose_course": "The course",
    "days_on": "Days treated",
}

DESCRIBED = (
    "Doses follow from the schedules as printed, a range where the words leave one open. "
    "They are described side by side and enter no pool: regimens differ in patients, disease and time, not in dose alone."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimenView:
    """What the page shows of the regimens."""

    described: Grid
    intro: str
    doses: Grid | None
    picture: Any
    notes: tuple[str, ...]


def regimen_view(review: Review, drawings: Mapping[str, Any]) -> RegimenView | None:
    """Return the part on regimens, None where the review has none."""
    if not review.protocol.regimens:
        return None
    found = reviewed_regimens(review.protocol)
    doses = _dose_table(found, common_unit(review.protocol))
    return RegimenView(
        described=_described(found),
        intro=DESCRIBED if doses else "",
        doses=doses,
        picture=drawings.get(REGIMENS),
        notes=tuple(_notes(found)) if doses else (),
    )


def regimens_to_dict(review: Review) -> list[dict[str, Any]]:
    """Return the quantities of all regimens in full precision."""
    return [
        {
            "id": r.described.id,
            "label": r.described.label,
            "line": r.regimen.line() if r.regimen else None,
            "quantities": r.common.to_dict() if r.common else None,
            "why_not": r.why_not or None,
            "printed": r.printed.to_dict() if r.printed else None,
            "received_per_cent": [r.received.low, r.received.high]
            if r.received
            else None,
        }
        for r in reviewed_regimens(review.protocol)
    ]


def _described(found: tuple[ReviewedRegimen, ...]) -> Grid:
    """Return the regimens as printed, each with its line."""
    rows = [
        row(
            r.described.label,
            r.described.drug,
            r.regimen.line() if r.regimen else "",
            ""
            if r.described.dose is None
            else f"{r.described.dose:g} {r.described.dose_unit}".strip(),
            r.described.route,
            r.described.schedule,
            r.described.duration,
            r.described.source,
            r.described.note,
        )
        for r in found
    ]
    headers = (
        Header("Regimen", long=True), "Drug", Header("As one line", long=True), "Dose", "Route",
        Header("Schedule", long=True), "Duration", Header("Source", long=True), Header("Note", long=True),
    )  # fmt: skip
    return without_empty_columns(grid(headers, rows, "Regimens as printed"))


def _dose_table(found: tuple[ReviewedRegimen, ...], unit: str) -> Grid | None:
    """Return the doses in one unit; who has no place there keeps a row with the reason."""
    if not any(r.regimen for r in found):
        return None
    rows = [
        row(
            r.described.label,
            *(_cell(r.common[name]) if r.common else "" for name in SHOWN),
            r.printed.sentence() if r.printed else "",
            _received(r),
            _reason(r),
            aside=r.common is None,
        )
        for r in found
        if r.described.drug or r.regimen
    ]
    headers = (
        Header("Regimen", long=True),
        *(Header(head, number=True) for head in SHOWN.values()),
        Header("Printed dose against schedule", long=True),
        Header("Received", long=True),
        Header("Rests on", long=True),
    )
    caption = f"Doses in {unit.replace('m2', 'm²')} by schedule"
    return without_empty_columns(grid(headers, rows, caption))


def _cell(value: DoseRange) -> str:
    """Write a quantity without its unit, which the caption names."""
    if value.low is None or value.high is None:
        return "not stated"
    ends = [f"{end:.4g}" for end in (value.low, value.high)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _received(found: ReviewedRegimen) -> str:
    """Say what was received, and how much of the planned dose that is."""
    if found.received is None:
        return ""
    low, high = found.received.low, found.received.high
    if low is None or high is None:
        return f"{found.described.received_dose}; {found.received.why}"
    return (
        f"{found.described.received_dose}: {low:.0f} to {high:.0f}% of the planned dose"
    )


def _reason(found: ReviewedRegimen) -> str:
    """Say what a row assumes, or why it has no doses."""
    if found.common is None:
        return f"No place on this axis: {found.why_not}"
    missing = {value.why for value in found.common.values.values() if value.low is None}
    words = [note for note in found.common.notes if note.startswith(("Rests on", "Converted"))]  # fmt: skip
    words += [f"Not stated: {why}." for why in sorted(missing)]
    return " ".join(words)


def _notes(found: tuple[ReviewedRegimen, ...]) -> list[str]:
    """Gather how schedules were read, each said once."""
    notes: dict[str, None] = {}
    for r in found:
        for note in r.common.notes if r.common else ():
            if not note.startswith(("Rests on", "Converted")):
                notes.setdefault(note)
    notes.setdefault(
        "The mean a week or a month is the dose of the cycle spread over its length; of a course that is shorter, its whole dose."
    )
    return list(notes)
