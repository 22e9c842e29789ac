"""Read workbooks (.xlsx): one row a record, as in a table in text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice

from synthesist.errors import InvalidInput
from synthesist.formats.columns import known_names
from synthesist.formats.readers.cells import Columns
from synthesist.formats.readers.context import Context, Records
from synthesist.formats.workbook import Row, Workbook
from synthesist.formats.zips import open_archive

#: Rows that may stand before the header.
PREAMBLE = 30


def read_sheet(context: Context, mapping: Mapping[str, str] | None = None) -> Records:
    """Give the rows of a workbook's sheet as records.

    The sheet is the one whose header names the most columns; what other sheets
    hold is noted.

    Raises
    ------
    InvalidInput
        If the file is no workbook, or no sheet has a header.
    """
    with (
        context.source.open() as stream,
        open_archive(stream, context.source.name) as archive,
    ):
        yield from _read(context, Workbook(archive, context.source.name), mapping)


def _read(
    context: Context, book: Workbook, mapping: Mapping[str, str] | None
) -> Records:
    """Read the sheet that is a table of references."""
    best, most, place = None, 0, 0
    for sheet in book.sheets:
        number, known = _header(book.rows(sheet), mapping)
        if known > most:
            best, most, place = sheet, known, number
    if best is None:
        raise InvalidInput(
            "No sheet of the workbook names columns that are known.",
            where=context.source.name,
            remedy="name the columns of title and authors, as in --column title='My title'",
        )
    context.tally.part = best.part
    for other in book.sheets:
        if other is not best:
            context.tally.notes.append(f"The sheet {other.title} was not read.")
    columns: Columns | None = None
    for order, row in enumerate(book.rows(best)):
        if order < place:
            context.tally.passage(row.number, " | ".join(text for _, text in row.cells))
        elif columns is None:
            columns = Columns(context, _spread(row, 0)[0], mapping)
        else:
            cells, others = _spread(row, len(columns.header))
            fields = columns.fields(cells)
            for name, text in others:
                context.tally.unknown_tags[name] += 1
                fields.append((name, text))
            shown = json.dumps(
                [*cells, *(text for _, text in others)], ensure_ascii=False
            )
            yield context.entry(fields, row.number, shown)


def _spread(row: Row, width: int) -> tuple[list[str], list[tuple[str, str]]]:
    """Put a row's cells in their places; return the list and what has no place there.

    That is what stands right of the header, and what stands where a cell is
    already. Without a width the row is as wide as its last cell.
    """
    last = max(column for column, _ in row.cells)
    cells = [""] * (min(last, width) if width else last)
    others: list[tuple[str, str]] = []
    for column, text in row.cells:
        if column <= len(cells) and not cells[column - 1]:
            cells[column - 1] = text
        else:
            others.append((f"column {column}", text))
    return cells, others


def _header(rows: Iterable[Row], mapping: Mapping[str, str] | None) -> tuple[int, int]:
    """Return the place of the header row and how many known columns it names.

    It is the first row with more than half as many filled cells as the fullest.
    """
    first = [
        (row, sum(bool(text.strip()) for _, text in row.cells))
        for row in islice(rows, PREAMBLE)
    ]
    fullest = max((filled for _, filled in first), default=0)
    for place, (row, filled) in enumerate(first):
        if 2 * filled > fullest:
            names = [text for _, text in row.cells]
            known = (
                len(set(mapping.values()) & set(names))
                if mapping
                else known_names(names)
            )
            return place, known
    return 0, 0
