"""What a PRISMA 2020 flow diagram shows, as plain counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowCount:
    """A named count: a source with its records, or a reason with its reports.

    `n` is None when the count is not known; it is printed as not reported.
    """

    label: str
    n: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPrevious:
    """Studies carried over from an earlier version of the review."""

    studies: int | None = None
    reports: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowOther:
    """Reports found by other methods: websites, organisations, citations.

    What awaits a decision, and what was excluded before its report was sought,
    has a line only where there is some.
    """

    identified: tuple[FlowCount, ...] = ()
    excluded_at_screening: int = 0
    awaiting_screening: int = 0
    sought: int | None = None
    awaiting_retrieval: int = 0
    awaiting_assessment: int = 0
    not_retrieved: int | None = None
    assessed: int | None = None
    excluded: int | None = None
    reasons: tuple[FlowCount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowCounts:
    """The counts of a systematic review, box by box.

    A count of None is not known and is printed as "not reported", never as zero.
    `automation` and `removed_other` are the exception: these two lines of the
    template are left out when None, because most reviews remove nothing in these
    ways; and so is the line of the registers when there is neither an entry nor a
    total, because most of those reviews searched none. The columns for an earlier version and for other methods are drawn only
    when `previous` and `other` are given.

    Parameters
    ----------
    databases, registers : tuple of FlowCount
        Records identified, one entry a source, or one entry without a label for
        a total.
    databases_total, registers_total : int, optional
        Printed totals; the sum of the entries when None and all are known.
    full_text_excluded : int, optional
        Reports excluded at full text in all; the sum of `reasons` when None and
        all are known.
    studies, reports : int, optional
        New studies included in this review, and the reports of them.
    total_studies, total_reports : int, optional
        With those of the earlier version; drawn only when `previous` is given.
    awaiting_screening, awaiting_retrieval, awaiting_assessment : int
        What nobody has decided yet; a line each where there is any.
    label : str
        Shown plainly at the top right: ``"synthetic records"``.
    """

    databases: tuple[FlowCount, ...] = ()
    registers: tuple[FlowCount, ...] = ()
    databases_total: int | None = None
    registers_total: int | None = None
    duplicates: int | None = None
    automation: int | None = None
    removed_other: int | None = None
    screened: int | None = None
    awaiting_screening: int = 0
    excluded: int | None = None
    sought: int | None = None
    awaiting_retrieval: int = 0
    not_retrieved: int | None = None
    assessed: int | None = None
    awaiting_assessment: int = 0
    full_text_excluded: int | None = None
    reasons: tuple[FlowCount, ...] = ()
    studies: int | None = None
    reports: int | None = None
    other: FlowOther | None = None
    previous: FlowPrevious | None = None
    total_studies: int | None = None
    total_reports: int | None = None
    title: str = ""
    label: str = ""
