"""The flow of individual data: asked for, obtained, analysed (PRISMA-IPD)."""

from __future__ import annotations

from dataclasses import dataclass

from synthesist.figures.flow_boxes import Boxes, Line
from synthesist.figures.flow_model import FlowCount
from synthesist.figures.numbers import count


@dataclass(frozen=True, slots=True, kw_only=True)
class IndividualAnalysed:
    """What entered one analysis: with individual data, and known by a summary."""

    label: str
    studies: int
    participants: int
    left_out: int
    summary_studies: int = 0
    summary_participants: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndividualCounts:
    """The counts of individual data, box by box; None is printed as not reported.

    `participants` are in the files, `lacking` those published of whom no data
    came though their study's did.
    """

    studies: int
    sought: int | None
    not_sought: tuple[FlowCount, ...]
    provided: int
    participants: int
    lacking: int | None
    not_provided: tuple[FlowCount, ...]
    analysed: tuple[IndividualAnalysed, ...]
    label: str = ""

    title: str = ""


def individual_boxes(counts: IndividualCounts) -> Boxes:
    """Give the text of every box."""
    not_sought = sum(entry.n or 0 for entry in counts.not_sought)
    not_provided = sum(entry.n or 0 for entry in counts.not_provided)
    return {
        ("main", "identification"): (
            Line(f"Studies included in review {_n(counts.studies)}"),
        ),
        ("main", "sought"): (
            Line(f"Studies for which individual data were sought {_n(counts.sought)}"),
        ),
        ("side", "sought"): (
            Line(f"Studies for which they were not sought {_n(not_sought)}"),
            *_reasons(counts.not_sought),
        ),
        ("main", "assessed"): (
            Line(f"Studies for which individual data were provided {_n(counts.provided)}"),
            Line(f"Participants for whom data were provided {_n(counts.participants)}", 1),
            Line(f"Participants for whom none were {_n(counts.lacking)}", 1),
        ),
        ("side", "assessed"): (
            Line(f"Studies for which they were not provided {_n(not_provided)}"),
            *_reasons(counts.not_provided),
        ),
        ("main", "included"): tuple(
            line for entry in counts.analysed for line in _analysed(entry)
        ),
        ("side", "included"): tuple(
            line for entry in counts.analysed for line in _summaries(entry)
        ),
    }  # fmt: skip


def _analysed(entry: IndividualAnalysed) -> tuple[Line, ...]:
    return (
        Line(f"{entry.label}, individual data:"),
        Line(f"Studies {_n(entry.studies)}", 1),
        Line(f"Participants {_n(entry.participants)}", 1),
        Line(f"Participants left out {_n(entry.left_out)}", 1),
    )


def _summaries(entry: IndividualAnalysed) -> tuple[Line, ...]:
    lines = [
        Line(f"{entry.label}, summaries:"),
        Line(f"Studies {_n(entry.summary_studies)}", 1),
    ]
    if entry.summary_studies:
        lines.append(Line(f"Participants {_n(entry.summary_participants)}", 1))
    return tuple(lines)


def _reasons(entries: tuple[FlowCount, ...]) -> tuple[Line, ...]:
    return tuple(
        Line(f"{entry.label} {_n(entry.n)}", 1) for entry in entries if entry.label
    )


def _n(n: int | None) -> str:
    return f"(n\u00a0=\u00a0{count(n)})" if n is not None else "(not\u00a0reported)"
