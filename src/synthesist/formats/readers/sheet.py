"""Read workbooks (.xlsx): one row a record, as in a table in text."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

from synthesist.errors import InvalidInput
from synthesist.formats.columns import known_names
from synthesist.formats.readers.cells import Columns
from synthesist.formats.readers.context import Context, Records
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
    load = _library()
    with context.source.open() as stream:
        with open_archive(stream, context.source.name):
            pass
        stream.seek(0)
        try:
            book: Any = load(stream, read_only=True, data_only=True, keep_links=False)
            yield from _read(context, book, mapping)
        except InvalidInput:
            raise
        except (
            zipfile.BadZipFile,
            zlib.error,
            ParseError,
            KeyError,
            ValueError,
            TypeError,
            AttributeError,
            IndexError,
            OSError,
            RuntimeError,
        ) as error:
            raise InvalidInput(
                f"The workbook cannot be read: {str(error)[:120] or type(error).__name__}",
                where=context.source.name,
                remedy="save it again as .xlsx, or export CSV",
            ) from None


def _library() -> Any:
    """Load the library that opens workbooks."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise InvalidInput(
            "Reading .xlsx needs openpyxl.", remedy="install synthesist[review]"
        ) from None
    return load_workbook


def _read(context: Context, book: Any, mapping: Mapping[str, str] | None) -> Records:
    """Read the sheet that is a table of references."""
    best, most = None, 0
    for sheet in book.worksheets:
        # The sheet's own word on its size can be wrong and would hide rows.
        sheet.reset_dimensions()
        place, known = _header(_rows(sheet), mapping)
        if known > most:
            best, most = (sheet, place), known
    if best is None:
        raise InvalidInput(
            "No sheet of the workbook names columns that are known.",
            where=context.source.name,
            remedy="name the columns of title and authors, as in --column title='My title'",
        )
    sheet, place = best
    for other in book.worksheets:
        if other is not sheet:
            context.tally.notes.append(f"The sheet {other.title} was not read.")
    columns: Columns | None = None
    for number, cells in _rows(sheet):
        if number < place:
            if any(map(str.strip, cells)):
                context.tally.passage(number, " | ".join(filter(None, cells)))
        elif columns is None:
            columns = Columns(context, cells, mapping)
        elif any(map(str.strip, cells)):
            text = json.dumps(cells, ensure_ascii=False)
            yield context.entry(columns.fields(cells), number, text)


def _header(
    rows: Iterable[tuple[int, list[str]]], mapping: Mapping[str, str] | None
) -> tuple[int, int]:
    """Return the number of the header row and how many known columns it names.

    It is the first row with more than half as many filled cells as the fullest.
    """
    first = [
        (number, cells, sum(bool(cell.strip()) for cell in cells))
        for number, cells in islice(rows, PREAMBLE)
    ]
    fullest = max((filled for _, _, filled in first), default=0)
    for number, cells, filled in first:
        if 2 * filled > fullest:
            known = (
                len(set(mapping.values()) & set(cells))
                if mapping
                else known_names(cells)
            )
            return number, known
    return 0, 0


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Give rows with their numbers, cells as text."""
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        yield number, _texts(row)


def _texts(row: Sequence[Any]) -> list[str]:
    """Return cells as text, as they would be shown."""
    return [_text(value) for value in row]


def _text(value: Any) -> str:
    """Return one cell as text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
