"""Pairs of records side by side, for a person to judge: as data and as a CSV."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from synthesist.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from synthesist.dedup.audit import ErrorEstimate, Sampled

Fields = Mapping[str, str]

#: What is shown of a record, in this order.
SHOWN = (
    "title",
    "authors",
    "year",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "source",
    "abstract",
)

#: Characters of an abstract that are shown around what differs.
LONG = 600

_WORDS = re.compile(r"\s+|[^\s\w]|\w+")


class Run(NamedTuple):
    """A stretch of text, and whether the other record has it too."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field of two records: `level` is same, differs, left, right (given only there)."""

    field: str
    level: str
    left: tuple[Run, ...]
    right: tuple[Run, ...]


def side_by_side(left: Fields, right: Fields) -> tuple[Line, ...]:
    """Return the fields of two records with what differs marked; empty ones are left out."""
    lines: list[Line] = []
    for name in SHOWN:
        one, two = left.get(name, "").strip(), right.get(name, "").strip()
        if one or two:
            runs = _marked(one[:LONG], two[:LONG])
            lines.append(
                Line(field=name, level=_level(one, two), left=runs[0], right=runs[1])
            )
    return tuple(lines)


def _level(one: str, two: str) -> str:
    """Say in one word how two texts compare."""
    if one == two:
        return "same"
    if one and two:
        return "differs"
    return "left" if one else "right"


def _marked(one: str, two: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Cut two texts into stretches that both have and stretches that one has."""
    a, b = _WORDS.findall(one), _WORDS.findall(two)
    left: list[Run] = []
    right: list[Run] = []
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    for tag, start, end, begin, stop in matcher.get_opcodes():
        differs = tag != "equal"
        if end > start:
            left.append(Run("".join(a[start:end]), differs))
        if stop > begin:
            right.append(Run("".join(b[begin:stop]), differs))
    return tuple(left), tuple(right)


#: The columns of a sheet to be filled in, before the fields of both records.
SHEET = ("answer", "kind", "stratum", "population", "left", "right", "score", "reason")


def sheet_rows(
    sampled: Iterable[Sampled], ids: Sequence[str], fields: Mapping[str, Fields]
) -> Iterable[tuple[str, ...]]:
    """Give the rows of a sheet: first whose answer is empty, then both records."""
    for item in sampled:
        left, right = ids[item.pair.left], ids[item.pair.right]
        yield (
            "",
            item.kind,
            item.stratum,
            str(item.population),
            left,
            right,
            f"{item.pair.score:.3f}",
            item.pair.reason,
            *(fields[name].get(field, "") for field in SHOWN for name in (left, right)),
        )


def sheet_header() -> tuple[str, ...]:
    """Return the header of a sheet."""
    return (
        *SHEET,
        *(f"{field} ({side})" for field in SHOWN for side in ("left", "right")),
    )


def read_sheet(file: Path) -> tuple[dict[str, str], ...]:
    """Read a sheet of pairs that a person has filled in.

    Returns
    -------
    tuple of dict
        The rows with an answer: left, right, answer (same or different), and kind,
        stratum and population where it is the sheet of an audit.

    Raises
    ------
    InvalidInput
        If it cannot be read or an answer is none.
    NotFound
        If there is no such file.
    """
    from synthesist.tables import read_csv

    table = read_csv(file)
    table.require(("left", "right", "answer"))
    names = [name for name in SHEET if name in table]
    problems: list[Problem] = []
    found: list[dict[str, str]] = []
    for row, cells in enumerate(
        zip(*(table.texts(name) for name in names), strict=True), start=2
    ):
        entry = dict(zip(names, cells, strict=True))
        answer = entry["answer"].strip().lower()
        if answer and answer not in ("same", "different"):
            problems.append(
                Problem(
                    message=f"'{answer}' is no answer",
                    remedy="write same or different, or leave it empty",
                    file=file.name,
                    row=row,
                    field="answer",
                )
            )
        elif answer:
            found.append(entry | {"answer": answer})
    if problems:
        raise InvalidInput(problems=problems)
    return tuple(found)


class Audit(NamedTuple):
    """The estimated numbers of wrong merges and of missed pairs."""

    wrong_merges: ErrorEstimate
    missed: ErrorEstimate


def read_audit(file: Path, level: float = 0.95) -> Audit:
    """Estimate from a sheet that was filled in how often the answers are wrong.

    A merge is wrong where the person says different, a near miss where same.

    Raises
    ------
    InvalidInput
        If it is no sheet of an audit.
    NotFound
        If there is no such file.
    NotEstimable
        If nothing was judged.
    """
    from synthesist.dedup.audit import estimate_errors, judge
    from synthesist.errors import NotEstimable
    from synthesist.tables import read_csv

    table = read_csv(file)
    table.require(("kind", "stratum", "population", "left", "right", "answer"))
    sizes: dict[tuple[str, str], int] = {}
    for kind, name, size in zip(
        table.texts("kind"),
        table.texts("stratum"),
        table.texts("population"),
        strict=True,
    ):
        if not size.isdigit():
            raise InvalidInput(
                f"'{size}' is no number of pairs.",
                where=f"{file.name}, column population",
                remedy="leave the columns but answer as they were written",
            )
        sizes[kind, name] = int(size)
    rows = read_sheet(file)
    if not rows:
        raise NotEstimable(
            "Nothing was judged.",
            where=file.name,
            remedy="write same or different into the column answer",
        )
    judged = judge(
        [
            (
                row["kind"],
                row["stratum"],
                int(row["population"]),
                row["answer"] == ("different" if row["kind"] == "merge" else "same"),
            )
            for row in rows
        ],
        sizes,
    )
    return Audit(
        wrong_merges=estimate_errors([j for j in judged if j.kind == "merge"], level),
        missed=estimate_errors([j for j in judged if j.kind != "merge"], level),
    )
