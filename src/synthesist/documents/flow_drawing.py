"""The flow of a review as the boxes of the PRISMA 2020 diagram."""

from __future__ import annotations

from synthesist.figures import FlowCount, FlowCounts, FlowOther, FlowPrevious
from synthesist.numerics.printing import plural
from synthesist.review import Review
from synthesist.review.flow import Flow, SourceCount, Stream

#: Parts of a review that the flow rests on.
FLOWING = ("records", "duplicates", "screening")


def synthetic_label(review: Review) -> str:
    """Say which of the parts that the flow rests on are invented, empty where none."""
    if review.is_synthetic("records"):
        return "synthetic records"
    return "synthetic decisions" if any(map(review.is_synthetic, FLOWING)) else ""


def flow_counts(flow: Flow, *, label: str) -> FlowCounts:
    """Return the counts of a flow box by box; boxes for what did not happen are left out."""
    searched = flow.searched
    databases = _identified(searched, "database")
    has_previous = bool(flow.previous_reports)
    return FlowCounts(
        databases=databases,
        registers=_identified(searched, "register"),
        databases_total=sum(entry.n or 0 for entry in databases),
        duplicates=searched.duplicates,
        screened=searched.screened,
        awaiting_screening=searched.open_screening,
        excluded=searched.excluded,
        sought=searched.sought,
        awaiting_retrieval=searched.open_retrieval,
        not_retrieved=searched.not_retrieved,
        assessed=searched.assessed,
        awaiting_assessment=searched.open_full_text,
        full_text_excluded=searched.excluded_at_full_text,
        reasons=_reasons(searched),
        studies=flow.studies,
        reports=flow.reports,
        other=_other(flow.other) if flow.other.sources else None,
        previous=FlowPrevious(
            studies=flow.previous_studies, reports=flow.previous_reports
        )
        if has_previous
        else None,
        total_studies=flow.total_studies if has_previous else None,
        total_reports=flow.total_reports if has_previous else None,
        label=label,
    )


def flow_notes(flow: Flow) -> tuple[str, ...]:
    """Return what the boxes of the template have no place for."""
    again = flow.other.duplicates
    repeated = (
        f"{plural(again, 'record')} found by other methods had been found before and {'is' if again == 1 else 'are'} not sought again.",
    )
    return (*flow.notes, *(repeated if again else ()))


def _identified(stream: Stream, kind: str) -> tuple[FlowCount, ...]:
    return tuple(_count(source) for source in stream.sources if source.kind == kind)


def _count(source: SourceCount) -> FlowCount:
    return FlowCount(label=source.name, n=source.records)


def _reasons(stream: Stream) -> tuple[FlowCount, ...]:
    return tuple(FlowCount(label=reason, n=n) for reason, n in stream.reasons)


def _other(stream: Stream) -> FlowOther:
    return FlowOther(
        identified=tuple(_count(source) for source in stream.sources),
        excluded_at_screening=stream.excluded,
        awaiting_screening=stream.open_screening,
        sought=stream.sought,
        awaiting_retrieval=stream.open_retrieval,
        not_retrieved=stream.not_retrieved,
        assessed=stream.assessed,
        awaiting_assessment=stream.open_full_text,
        excluded=stream.excluded_at_full_text,
        reasons=_reasons(stream),
    )
