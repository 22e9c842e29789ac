"""Where was searched, and what became of the records."""

from __future__ import annotations

from synthesist.documents.anchors import Anchors
from synthesist.documents.grid import (
    Grid,
    Header,
    Part,
    grid,
    row,
    separated,
    without_empty_columns,
)
from synthesist.numerics.printing import count
from synthesist.review import Decision, Record, Review


def search_table(review: Review, anchors: Anchors) -> Grid | None:
    """Return the sources searched, one row each, or None where none is recorded."""
    sources = review.protocol.sources
    if not sources:
        return None
    rows = [
        row(
            source.name,
            source.platform,
            source.date.isoformat() if source.date else "",
            ", ".join(source.languages),
            source.strategy,
            "not reported" if source.hits is None else count(source.hits),
            source.note,
            anchor=anchors.source(source.id),
        )
        for source in sources
    ]
    headers = (
        "Source", "Platform", "Searched", "Language",
        Header("Strategy", long=True), Header("Hits", number=True), Header("Note", long=True),
    )  # fmt: skip
    return without_empty_columns(grid(headers, rows))


def record_table(review: Review, anchors: Anchors) -> Grid | None:
    """Return every record with its source and the decisions made on it."""
    if not review.records:
        return None
    rows = [
        row(
            record.record,
            record.title,
            record.year,
            anchors.source_of(record.file),
            "; ".join(decision_text(d) for d in review.decisions_on(record.record)),
            anchor=anchors.record(record),
        )
        for record in review.records
    ]
    headers = ("Record", Header("Title", long=True), "Year", "Source", Header("Decisions", long=True))  # fmt: skip
    return grid(headers, rows)


def decision_text(decision: Decision) -> str:
    """Say who decided what, when and why."""
    reason = f" ({decision.reason})" if decision.reason else ""
    return f"{decision.stage}: {decision.verdict}{reason}, {decision.reviewer}, {decision.time[:10]}"


def report_table(
    review: Review, reports: tuple[str, ...], anchors: Anchors
) -> Grid | None:
    """Return the reports of a study, each with its records and their decisions."""
    if not reports:
        return None
    rows = [
        row(
            report,
            separated(_record_links(review.records_of(report), anchors)),
            separated(
                anchors.source_of(record.file) for record in review.records_of(report)
            ),
            "; ".join(
                decision_text(decision)
                for record in review.records_of(report)
                for decision in review.decisions_on(record.record)
            ),
        )
        for report in reports
    ]
    headers = ("Report", "Records", "Found in", Header("Decisions", long=True))
    return without_empty_columns(grid(headers, rows))


def _record_links(records: tuple[Record, ...], anchors: Anchors) -> tuple[Part, ...]:
    return tuple(Part(record.record, anchors.record(record)) for record in records)
