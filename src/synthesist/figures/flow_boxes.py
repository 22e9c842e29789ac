"""The words in the boxes of a PRISMA 2020 flow diagram."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synthesist.errors import InvalidInput, Problem
from synthesist.figures.flow_model import FlowCount, FlowCounts
from synthesist.figures.numbers import count
from synthesist.figures.typeface import clean, require_glyphs


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a box; `level` 1 and 2 are set in."""

    text: str
    level: int = 0


#: Boxes by column and row; the columns are previous, main, side, other, other side.
Boxes = dict[tuple[str, str], tuple[Line, ...]]


def flow_boxes(counts: FlowCounts) -> Boxes:
    """Give the text of every box that is drawn.

    Raises
    ------
    InvalidInput
        If a count is negative or a character has no glyph.
    """
    _check(counts)
    boxes = _main_boxes(counts)
    if counts.other:
        boxes |= _other_boxes(counts)
    if previous := counts.previous:
        boxes["previous", "identification"] = (
            Line(f"Studies included in previous version of review "
                 f"{_n(previous.studies)}"),
            Line(f"Reports of studies included in previous version of review "
                 f"{_n(previous.reports)}"),
        )  # fmt: skip
        boxes["main", "total"] = (
            Line(f"Total studies included in review {_n(counts.total_studies)}"),
            Line(f"Reports of total included studies {_n(counts.total_reports)}"),
        )
    return boxes


def headings(counts: FlowCounts) -> dict[str, str]:
    """Give the headings over the columns."""
    new = "new " if counts.previous else ""
    found = {"main": f"Identification of {new}studies via databases and registers"}
    if counts.previous:
        found["previous"] = "Previous studies"
    if counts.other:
        found["other"] = f"Identification of {new}studies via other methods"
    return found


def _main_boxes(counts: FlowCounts) -> Boxes:
    """Give the boxes of records from databases and registers."""
    new = "New studies" if counts.previous else "Studies"
    reports = "new included" if counts.previous else "included"
    return {
        ("main", "identification"): (
            Line("Records identified from:"),
            *_sources("Databases", counts.databases, counts.databases_total),
            *(
                _sources("Registers", counts.registers, counts.registers_total)
                if counts.registers or counts.registers_total is not None
                else ()
            ),
        ),
        ("side", "identification"): (
            Line("Records removed before screening:"),
            Line(f"Duplicate records removed {_n(counts.duplicates)}", 1),
            *_known("Records marked as ineligible by automation tools",
                    counts.automation),
            *_known("Records removed for other reasons", counts.removed_other),
        ),
        ("main", "screened"): (
            Line(f"Records screened {_n(counts.screened)}"),
            *_some("Records that await screening", counts.awaiting_screening),
        ),
        ("side", "screened"): (Line(f"Records excluded {_n(counts.excluded)}"),),
        ("main", "sought"): (
            Line(f"Reports sought for retrieval {_n(counts.sought)}"),
            *_some("of which await retrieval", counts.awaiting_retrieval),
        ),
        ("side", "sought"): (
            Line(f"Reports not retrieved {_n(counts.not_retrieved)}"),
        ),
        ("main", "assessed"): (
            Line(f"Reports assessed for eligibility {_n(counts.assessed)}"),
            *_some("Reports that await assessment", counts.awaiting_assessment),
        ),
        ("side", "assessed"): tuple(
            _excluded(counts.full_text_excluded, counts.reasons)
        ),
        ("main", "included"): (
            Line(f"{new} included in review {_n(counts.studies)}"),
            Line(f"Reports of {reports} studies {_n(counts.reports)}"),
        ),
    }  # fmt: skip


def _other_boxes(counts: FlowCounts) -> Boxes:
    """Give the boxes of reports from other methods."""
    other = counts.other
    if other is None:
        return {}
    return {
        ("other", "identification"): (
            Line("Records identified from:"),
            *(Line(f"{entry.label} {_n(entry.n)}", 1) for entry in other.identified),
            *_some("Records that await screening", other.awaiting_screening),
            *_some("Records excluded before retrieval", other.excluded_at_screening),
        ),
        ("other", "sought"): (
            Line(f"Reports sought for retrieval {_n(other.sought)}"),
            *_some("of which await retrieval", other.awaiting_retrieval),
        ),
        ("other side", "sought"): (
            Line(f"Reports not retrieved {_n(other.not_retrieved)}"),
        ),
        ("other", "assessed"): (
            Line(f"Reports assessed for eligibility {_n(other.assessed)}"),
            *_some("Reports that await assessment", other.awaiting_assessment),
        ),
        ("other side", "assessed"): tuple(_excluded(other.excluded, other.reasons)),
    }


def _n(n: int | None) -> str:
    """Print a count in brackets that no line break divides."""
    return f"(n\u00a0=\u00a0{count(n)})" if n is not None else "(not\u00a0reported)"


def _known(text: str, n: int | None) -> Iterator[Line]:
    """Give a line only when its count is known."""
    if n is not None:
        yield Line(f"{text} {_n(n)}", 1)


def _some(text: str, n: int) -> Iterator[Line]:
    """Give a line only when there is something to count."""
    if n:
        yield Line(f"{text} {_n(n)}")


def _total(entries: Sequence[FlowCount], total: int | None) -> int | None:
    """Give the stated total, or the sum of entries that are all known."""
    known = [entry.n for entry in entries if entry.n is not None]
    if total is None and entries and len(known) == len(entries):
        return sum(known)
    return total


def _sources(
    name: str, entries: Sequence[FlowCount], total: int | None
) -> Iterator[Line]:
    """Give the total of a kind of source, and each source under it."""
    yield Line(f"{name} {_n(_total(entries, total))}", 1)
    for entry in entries:
        if entry.label:
            yield Line(f"{entry.label} {_n(entry.n)}", 2)


def _excluded(total: int | None, reasons: Sequence[FlowCount]) -> Iterator[Line]:
    """Give the reports excluded at full text, with each reason."""
    colon = ":" if reasons else ""
    yield Line(f"Reports excluded {_n(_total(reasons, total))}{colon}")
    for reason in reasons:
        yield Line(f"{reason.label} {_n(reason.n)}", 1)


def _entries(counts: FlowCounts) -> Iterator[tuple[str, FlowCount]]:
    """Give every named count with the list it stands in."""
    other = counts.other
    for name, entries in (
        ("databases", counts.databases),
        ("registers", counts.registers),
        ("reasons", counts.reasons),
        ("other methods", other.identified if other else ()),
        ("reasons of other methods", other.reasons if other else ()),
    ):
        for entry in entries:
            yield name, entry


def _check(counts: FlowCounts) -> None:
    """Refuse negative counts and characters without a glyph."""
    numbers: list[tuple[str, object]] = [
        (f"{name} {entry.label!r}", entry.n) for name, entry in _entries(counts)
    ]
    parts = (("", counts), ("other methods, ", counts.other))
    for prefix, part in (*parts, ("previous version, ", counts.previous)):
        for name in getattr(part, "__slots__", ()):
            value = getattr(part, name)
            if isinstance(value, int | float):
                numbers.append((prefix + name, value))
    problems = [
        Problem(
            message=f"the count is {n}",
            place=f"flow diagram, {place}",
            remedy="counts are whole numbers from zero on, None where not known",
        )
        for place, n in numbers
        if n is not None and (not isinstance(n, int) or n < 0)
    ]
    if problems:
        raise InvalidInput(problems=problems)
    texts = [(entry.label, f"flow diagram, {name}") for name, entry in _entries(counts)]
    texts += [(counts.title, "flow diagram, title")]
    texts += [(counts.label, "flow diagram, label")]
    require_glyphs((clean(text), place) for text, place in texts)
