"""A sheet of pairs for a person to judge, and what follows from the answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from synthesist.actions.duplicates.written import fields_of, write_csv
from synthesist.documents.judging_page import PairToJudge, judging_page
from synthesist.documents.side_by_side import SHOWN, Fields, side_by_side
from synthesist.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from synthesist.actions.duplicates.find import Deduplicated
    from synthesist.dedup.audit import ErrorEstimate, Sampled

#: The columns of a sheet to be filled in, before the fields of both records.
SHEET = ("answer", "kind", "stratum", "population", "left", "right", "score", "reason")


def write_audit(
    file: Path,
    found: Deduplicated,
    paths: Sequence[Path],
    columns: Mapping[str, str],
    *,
    size: int,
    seed: int = 1,
    page: Path | None = None,
) -> None:
    """Draw merges and near misses and write them as a sheet to be judged.

    `page` is where the same pairs are written for a browser.

    Raises
    ------
    InvalidInput
        If a file cannot be written.
    NotEstimable
        If there is no pair to judge.
    """
    from synthesist.dedup.audit import draw, strata
    from synthesist.errors import NotEstimable

    sampled = draw(strata(found.duplicates), size, seed=seed)
    if not sampled:
        raise NotEstimable(
            "No pair was merged or nearly merged, so there is nothing to judge."
        )
    wanted = {found.ids[place] for item in sampled for place in item.pair[:2]}
    fields = fields_of(paths, wanted, columns)
    rows = list(sheet_rows(sampled, found.ids, fields))
    write_csv(file, sheet_header(), rows)
    if page is not None:
        pairs = [_pair(dict(zip(SHEET, row, strict=False)), fields) for row in rows]
        # Whoever knows what the rules answered judges otherwise.
        pairs = [replace(pair, reason="") for pair in pairs]
        then = "synthesist dedup ... --judged answers.csv"
        title = f"Audit: {len(pairs)} pairs to judge"
        _write_page(page, pairs, title, then, SHEET)


def write_asked(
    page: Path,
    found: Deduplicated,
    paths: Sequence[Path],
    columns: Mapping[str, str],
) -> None:
    """Write the pairs to ask about as a page for a browser.

    Raises
    ------
    InvalidInput
        If the file cannot be written.
    """
    asked = found.duplicates.ask
    wanted = {found.ids[place] for pair in asked for place in pair[:2]}
    fields = fields_of(paths, wanted, columns)
    pairs = [
        _pair(
            {
                "left": found.ids[pair.left],
                "right": found.ids[pair.right],
                "reason": pair.reason,
            },
            fields,
        )
        for pair in asked
    ]
    then = f"synthesist dedup {paths[0]} --answers answers.csv --by NAME"
    title = f"Duplicates: {len(pairs)} pair{'' if len(pairs) == 1 else 's'} to judge"
    _write_page(page, pairs, title, then, ("left", "right", "answer", "reason"))


def _pair(row: Mapping[str, str], fields: Mapping[str, Fields]) -> PairToJudge:
    """Return a pair to be judged of what is said of it and both its records."""
    left, right = row["left"], row["right"]
    return PairToJudge(
        left=left,
        right=right,
        reason=row["reason"],
        lines=side_by_side(fields[left], fields[right]),
        row=row,
    )


def _write_page(
    file: Path,
    pairs: Sequence[PairToJudge],
    title: str,
    then: str,
    columns: Sequence[str],
) -> None:
    """Write a page for a browser."""
    text = judging_page(pairs, title=title, then=then, columns=columns)
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InvalidInput(
            f"The file cannot be written: {error.strerror}.", where=str(file)
        ) from None


def sheet_rows(
    sampled: Iterable[Sampled], ids: Sequence[str], fields: Mapping[str, Fields]
) -> Iterable[tuple[str, ...]]:
    """Give the rows of a sheet: first whose answer is empty, then both records."""
    from synthesist.formats.own_table import safe

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
            *(
                safe(fields[name].get(field, ""))
                for field in SHOWN
                for name in (left, right)
            ),
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
