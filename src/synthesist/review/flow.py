"""The counts of a PRISMA 2020 flow diagram, from records and decisions themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from synthesist.review.protocol import Protocol
from synthesist.review.records import Record
from synthesist.review.reports import Report, group_reports
from synthesist.review.review import Review
from synthesist.review.verdicts import Screened, screen

#: The left column of the diagram; every other kind but `previous` is the right one.
SEARCHED = ("database", "register")

#: Where a report has got to; each report is in exactly one of these.
State = Literal[
    "screening",
    "excluded",
    "retrieval",
    "not-retrieved",
    "full-text",
    "excluded-at-full-text",
    "included",
]

Column = Literal["previous", "searched", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCount:
    """How many records one source brought, and how many it said it had found."""

    source: str
    name: str
    kind: str
    records: int
    hits: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One column of the diagram; every box is the sum of those it leads to.

    ``identified = duplicates + open_screening + screened``; ``screened = excluded +
    sought``; ``sought = not_retrieved + open_retrieval + open_full_text + assessed``;
    ``assessed = excluded_at_full_text + included``. The open ones await a decision.
    """

    sources: tuple[SourceCount, ...] = ()
    identified: int = 0
    duplicates: int = 0
    screened: int = 0
    excluded: int = 0
    open_screening: int = 0
    sought: int = 0
    not_retrieved: int = 0
    open_retrieval: int = 0
    assessed: int = 0
    excluded_at_full_text: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    open_full_text: int = 0
    included: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The flow of a review: databases and registers, other methods, earlier version.

    `reports` and `studies` are new ones; `previous_reports` and `previous_studies`
    were carried over from the earlier version.
    """

    searched: Stream
    other: Stream
    previous_reports: int = 0
    previous_studies: int = 0
    reports: int = 0
    studies: int = 0
    notes: tuple[str, ...] = ()

    @property
    def total_reports(self) -> int:
        """New reports and those of the earlier version."""
        return self.reports + self.previous_reports

    @property
    def total_studies(self) -> int:
        """New studies and those of the earlier version."""
        return self.studies + self.previous_studies


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A report, the column it counts in, and where it has got to.

    `state` is None for a report that was carried over from an earlier version.
    """

    screened: Screened
    column: Column
    state: State | None

    @property
    def report(self) -> Report:
        """The report itself."""
        return self.screened.report


def follow(review: Review) -> tuple[Followed, ...]:
    """Return every report of a review with where it has got to.

    A report found in several ways counts in the first of these: the earlier
    version, databases and registers, other methods. Its other records are
    duplicates.
    """
    protocol = review.protocol
    reports = group_reports(review.records, review.duplicates)
    followed: list[Followed] = []
    for screened in screen(reports, review.decisions, protocol):
        column = _home(screened.report, protocol)
        state = None if column == "previous" else _state(screened, column)
        followed.append(Followed(screened=screened, column=column, state=state))
    return tuple(followed)


def flow_of(review: Review) -> Flow | None:
    """Count the flow of a review, None where it holds no records."""
    if not review.records:
        return None
    followed = follow(review)
    included = [f for f in followed if f.state == "included"]
    carried = [f for f in followed if f.column == "previous"]
    old = _studies_of(carried, review)
    return Flow(
        searched=_stream(review, "searched", followed),
        other=_stream(review, "other", followed),
        previous_reports=len(carried),
        previous_studies=len(old),
        reports=len(included),
        studies=len(_studies_of(included, review) - old),
        notes=_notes(review, followed),
    )


def passed_screening(screened: Screened, column: Column) -> bool:
    """Tell whether a report goes on to retrieval.

    What other methods found needs no verdict on title and abstract.
    """
    verdict = screened.at("title-abstract")
    if column == "other" and not verdict.decisions:
        return True
    return verdict.standing == "include"


def _state(screened: Screened, column: Column) -> State:
    """Return where a report has got to."""
    if not passed_screening(screened, column):
        out = screened.at("title-abstract").standing == "exclude"
        return "excluded" if out else "screening"
    retrieval, full_text = screened.at("retrieval"), screened.at("full-text")
    if retrieval.standing == "not-retrieved":
        return "not-retrieved"
    if not retrieval.decisions and not full_text.decisions:
        return "retrieval"
    if full_text.standing == "include":
        return "included"
    out = full_text.standing == "exclude"
    return "excluded-at-full-text" if out else "full-text"


def _column(kind: str) -> Column:
    """Return the column of a kind of source."""
    if kind in SEARCHED:
        return "searched"
    return "previous" if kind == "previous" else "other"


def _column_of(record: Record, protocol: Protocol) -> Column:
    """Return the column of a record; a file of no source counts as a database's."""
    source = protocol.source_of(record.file)
    return _column(source.kind if source else "database")


def _home(report: Report, protocol: Protocol) -> Column:
    """Return the column in which a report counts."""
    columns = {_column_of(record, protocol) for record in report.records}
    if "previous" in columns:
        return "previous"
    return "searched" if "searched" in columns else "other"


def _stream(review: Review, column: Column, followed: Sequence[Followed]) -> Stream:
    """Count one column of the diagram."""
    protocol = review.protocol
    records = [r for r in review.records if _column_of(r, protocol) == column]
    entered = [f for f in followed if f.column == column]
    at: Counter[State | None] = Counter(f.state for f in entered)
    refused = [f for f in entered if f.state == "excluded-at-full-text"]
    assessed = at["excluded-at-full-text"] + at["included"]
    sought = assessed + at["full-text"] + at["retrieval"] + at["not-retrieved"]
    return Stream(
        sources=_sources(records, column, protocol),
        identified=len(records),
        duplicates=len(records) - len(entered),
        screened=len(entered) - at["screening"],
        excluded=at["excluded"],
        open_screening=at["screening"],
        sought=sought,
        not_retrieved=at["not-retrieved"],
        open_retrieval=at["retrieval"],
        assessed=assessed,
        excluded_at_full_text=len(refused),
        reasons=_reasons(refused, protocol),
        open_full_text=at["full-text"],
        included=at["included"],
    )


def _sources(
    records: Iterable[Record], column: Column, protocol: Protocol
) -> tuple[SourceCount, ...]:
    """Count the records of each source of a column, those of no source at the end."""
    files = Counter(record.file for record in records)
    counts = [
        SourceCount(
            source=source.id,
            name=source.name,
            kind=source.kind,
            records=sum(files.pop(file, 0) for file in source.files),
            hits=source.hits,
        )
        for source in protocol.sources
        if _column(source.kind) == column
    ]
    counts += [
        SourceCount(source="", name=file, kind="database", records=count)
        for file, count in files.items()
    ]
    return tuple(counts)


def _reasons(
    refused: Iterable[Followed], protocol: Protocol
) -> tuple[tuple[str, int], ...]:
    """Count the reasons in the order of the protocol; those never given are left out."""
    counts = Counter(f.screened.at("full-text").reason for f in refused)
    order = [*protocol.eligibility.exclusion_reasons]
    order += sorted(reason for reason in counts if reason not in order)
    return tuple((reason, counts[reason]) for reason in order if counts[reason])


def _studies_of(followed: Iterable[Followed], review: Review) -> frozenset[str]:
    """Return the studies that rest on any of the reports."""
    names = {name for f in followed for name in f.report.names}
    return frozenset(s.study for s in review.studies if names.intersection(s.reports))


def _notes(review: Review, followed: Sequence[Followed]) -> tuple[str, ...]:
    """Say what the boxes do not show."""
    notes: list[str] = []

    def note(count: int, one: str, many: str) -> None:
        if count:
            notes.append(
                f"1 report {one}." if count == 1 else f"{count} reports {many}."
            )

    states = Counter(f.state for f in followed)
    note(states["screening"], "awaits screening", "await screening")
    note(states["retrieval"], "awaits retrieval", "await retrieval")
    note(
        states["full-text"],
        "awaits assessment at full text",
        "await assessment at full text",
    )
    conflicts = sum(
        any(v.standing == "conflict" for v in f.screened.verdicts.values())
        for f in followed
        if f.state in ("screening", "full-text")
    )
    unsettled = "which the reviewers judge differently and nobody has settled"
    note(conflicts, f"is among them {unsettled}", f"are among them {unsettled}")
    files = Counter(record.file for record in review.records)
    for source in review.protocol.sources:
        held = sum(files[file] for file in source.files)
        if source.files and source.hits is not None and source.hits != held:
            than = "of which" if held < source.hits else "fewer than the"
            notes.append(
                f"{source.name} reported {source.hits} hits, {than} {held}"
                f"{'' if held < source.hits else ' that'} are in records.csv."
            )
    notes += _undecided(review, followed)
    named = {name for study in review.studies for name in study.reports}
    unused = sum(f.state == "included" and not named & f.report.names for f in followed)
    if review.studies:
        note(
            unused,
            "is included but named by no study",
            "are included but named by no study",
        )
    return tuple(notes)


def _undecided(review: Review, followed: Sequence[Followed]) -> list[str]:
    """Name the studies with results of which no report has been included."""
    with_results = {result.study for result in review.results}
    notes: list[str] = []
    for study in review.studies:
        own = [f for f in followed if f.report.names.intersection(study.reports)]
        states = {f.state for f in own}
        if study.study in with_results and own and not states & {"included", None}:
            steps = ", ".join(sorted(str(state).replace("-", " ") for state in states))
            notes.append(
                f"{study.name} has results, but none of its reports is included: {steps}."
            )
    return notes
