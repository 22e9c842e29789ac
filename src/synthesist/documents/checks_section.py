"""What the printed numbers say of each other, beside them and in one place."""

from __future__ import annotations

from dataclasses import dataclass

from synthesist.checks import CheckedReview, RowFinding
from synthesist.documents.anchors import Anchors
from synthesist.documents.grid import Content, Grid, Header, Part, grid, row
from synthesist.review import Review

CAUTION = (
    "Each is a question to the authors: a misprint, a misreading, or another test than "
    "the one assumed explains most of them."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksView:
    """The section of the report: what contradicts itself, and what stays open."""

    summary: str
    caution: str
    contradictions: Grid | None
    open: Grid | None


def view_of_checks(
    checked: CheckedReview, review: Review, anchors: Anchors
) -> ChecksView | None:
    """Return the section, None where nothing could be checked."""
    if not checked.checked:
        return None
    wrong = [f for f in checked.findings if f.finding.verdict == "inconsistent"]
    rest = [f for f in checked.findings if f.finding.verdict != "inconsistent"]
    summary = checked.lines()[0]
    return ChecksView(
        summary=summary,
        caution=CAUTION if wrong else "",
        contradictions=_table(wrong, review, anchors),
        open=_table(rest, review, anchors),
    )


def beside(checked: CheckedReview, file: str, line: int) -> tuple[Part, ...]:
    """Return links to what was found of a row, for the cell that it is about."""
    return tuple(
        part
        for found in checked.findings
        if (found.file, found.row) == (file, line)
        for part in (Part(" "), Part(_flag(found), _anchor(found)))
    )


def _flag(found: RowFinding) -> str:
    """Say in few words what was found."""
    verdict, label = found.finding.verdict or "", found.finding.label
    return f"{verdict.capitalize()}: {label[:1].lower()}{label[1:]}"


def _anchor(found: RowFinding) -> str:
    """Return where a finding stands."""
    return f"check-{found.file.partition('.')[0]}-{found.row}-{found.finding.kind}"


def _table(findings: list[RowFinding], review: Review, anchors: Anchors) -> Grid | None:
    if not findings:
        return None
    headers = (
        "Row", Header("Printed number", long=True), Header("Check and result", long=True), Header("To ask the authors", long=True),
    )  # fmt: skip
    rows = [
        row(
            _place(found, anchors, review),
            _about(found, review),
            found.finding.sentence(),
            found.finding.ask.removeprefix(f"Undecidable: {found.finding.reason} "),
            anchor=_anchor(found),
        )
        for found in findings
    ]
    return grid(headers, rows)


def _place(found: RowFinding, anchors: Anchors, review: Review) -> Content:
    """Lead to the row where it stands in the report."""
    text = f"{found.file} row {found.row}"
    if found.file != "results.csv":
        return text
    result = next(r for r in review.results if r.row == found.row)
    return Part(text, anchors.result(result))


def _about(found: RowFinding, review: Review) -> str:
    """Say in words what a row is about."""
    if found.file == "results.csv":
        result = next(r for r in review.results if r.row == found.row)
        arms = [review.arm(result.study, name).name for name in (result.arm, result.comparator) if name]  # fmt: skip
        words = (review.study(result.study).name, " against ".join(arms), review.outcome(result.outcome).label, result.timepoint)  # fmt: skip
        return ", ".join(word for word in words if word)
    if found.file == "reported.csv":
        reported = next(r for r in review.reported if r.row == found.row)
        return f"{reported.analysis}, {reported.quantity}"
    return found.finding.id or ""
