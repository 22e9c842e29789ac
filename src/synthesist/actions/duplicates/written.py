"""What is written about duplicates: pairs, merged reports, suggested studies."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from synthesist.documents.side_by_side import Fields

if TYPE_CHECKING:
    from synthesist.actions.duplicates.find import Deduplicated
    from synthesist.actions.duplicates.reading import Columns

PAIR_COLUMNS = ("left", "right", "answer", "score", "reason")


def write_pairs(file: Path, found: Deduplicated) -> None:
    """Write every pair inside each group, then those to ask about.

    Raises
    ------
    InvalidInput
        If the file cannot be written.
    """
    rows = (
        (left, right, answer, f"{score:.6f}", reason)
        for left, right, answer, score, reason in found.pairs()
    )
    write_csv(file, PAIR_COLUMNS, rows)


def write_merged(
    file: Path,
    found: Deduplicated,
    paths: Sequence[Path],
    columns: Mapping[str, str],
) -> None:
    """Write one row for each report: its records, its fields, and where each is from.

    Raises
    ------
    InvalidInput
        If the file cannot be written.
    """
    from synthesist.dedup.merge import PREFERENCES, merge_records
    from synthesist.formats.own_table import safe

    names = [preference.field for preference in PREFERENCES]
    head: dict[int, tuple[int, ...]] = {g[0]: g for g in found.duplicates.groups}
    beyond = {place for group in found.duplicates.groups for place in group[1:]}
    grouped = {found.ids[p] for group in found.duplicates.groups for p in group}
    members = fields_of(paths, grouped, columns)

    def rows() -> Iterator[Sequence[str]]:
        place = 0
        for chunk in _all_rows(paths, columns):
            for row, name in enumerate(chunk["ids"]):
                here, place = place, place + 1
                if here in beyond:
                    continue
                group = [found.ids[p] for p in head.get(here, (here,))]
                records = (
                    [(id_, members[id_]) for id_ in group]
                    if len(group) > 1
                    else [(name, {field: texts[row] for field, texts in chunk.items()})]
                )
                merged = merge_records(records)
                yield (
                    group[0],
                    "; ".join(group),
                    *(
                        safe(merged[field].text) if field in merged else ""
                        for field in names
                    ),
                    "; ".join(
                        f"{field}: {chosen.record}"
                        for field, chosen in merged.items()
                        if len(group) > 1
                    ),
                )

    write_csv(file, ("report", "records", *names, "from"), rows())


def write_studies(
    file: Path,
    found: Deduplicated,
    paths: Sequence[Path],
    columns: Mapping[str, str],
) -> None:
    """Write which reports may be of one study.

    Raises
    ------
    InvalidInput
        If the file cannot be written.
    """
    from synthesist.dedup.facts import read_facts
    from synthesist.dedup.studies import suggest_studies

    facts = [
        read_facts(abstract, addresses)
        for chunk in _all_rows(paths, columns)
        for abstract, addresses in zip(
            _column(chunk, "abstract"), _column(chunk, "addresses"), strict=True
        )
    ]
    rows = (
        (found.ids[item.left], found.ids[item.right], item.reason)
        for item in suggest_studies(found.loaded.records, found.duplicates, facts=facts)
    )
    write_csv(file, ("left", "right", "reason"), rows)


def _column(chunk: Columns, name: str) -> list[str]:
    """Return a column of some rows, empty where there is none."""
    return chunk.get(name) or [""] * len(chunk["ids"])


def fields_of(
    paths: Sequence[Path], wanted: Collection[str], columns: Mapping[str, str]
) -> dict[str, Fields]:
    """Return the fields of some records by their ids.

    Parameters
    ----------
    paths : sequence of Path
        A review, or files.
    wanted : collection of str
        Ids of records.
    columns : mapping of str to str
        The column of a table for each field, where names do not tell.
    """
    found: dict[str, Fields] = {}
    for chunk in _all_rows(paths, columns):
        for place, name in enumerate(chunk["ids"]):
            if name in wanted:
                found[name] = {field: texts[place] for field, texts in chunk.items()}
    return found


def _all_rows(paths: Sequence[Path], columns: Mapping[str, str]) -> Iterator[Columns]:
    """Give the rows of a review or of files, as they stand there."""
    from synthesist.actions.duplicates.reading import file_chunks, read_rows

    if len(paths) == 1 and paths[0].is_dir():
        yield from read_rows(paths[0] / "records.csv", review=True)
    else:
        yield from file_chunks(paths, columns)


def write_csv(
    file: Path, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write a CSV as a whole or not at all.

    Raises
    ------
    InvalidInput
        If the file cannot be written.
    """
    from synthesist.errors import InvalidInput

    draft = file.with_name(f".{file.name}.draft")
    try:
        with draft.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise InvalidInput(
            f"The file cannot be written: {error.strerror}.", where=str(file)
        ) from None
