"""Write CSV and workbooks that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from synthesist.errors import InvalidInput
from synthesist.formats.own_table import COLUMNS, cells, safe
from synthesist.formats.reference import Reference

#: Characters an Excel cell can hold.
CELL = 32_767


def write_csv(references: Iterable[Reference]) -> Iterator[str]:
    """Give CSV text, a row at a time."""
    yield _row([name for name, _ in COLUMNS])
    for reference in references:
        yield _row([safe(cell) for cell in cells(reference)])


def _row(values: list[str]) -> str:
    """Write one row."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(values)
    return buffer.getvalue()


def write_xlsx(references: Iterable[Reference], path: Path) -> None:
    """Write a workbook: every cell text, nothing computed, the same bytes each time.

    A text that is too long for a cell goes on in a column at the right.

    Raises
    ------
    InvalidInput
        If the library that writes workbooks is missing.
    """
    book: Any = _library()(
        str(path),
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "constant_memory": False,
        },
    )
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - Excel has no zones
    sheet = book.add_worksheet("references")
    names = [name for name, _ in COLUMNS]
    further: dict[str, int] = {}
    for row, reference in enumerate(references, start=1):
        for column, text in enumerate(cells(reference)):
            if text:
                sheet.write_string(row, column, text[:CELL])
            for part, start in enumerate(range(CELL, len(text), CELL), start=2):
                name = f"{names[column]} ({part})"
                place = further.setdefault(name, len(names) + len(further))
                sheet.write_string(row, place, text[start : start + CELL])
    bold = book.add_format({"bold": True})
    for column, name in enumerate([*names, *further]):
        sheet.write_string(0, column, name, bold)
    sheet.freeze_panes(1, 0)
    book.close()


def _library() -> Any:
    """Load the library that writes workbooks."""
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise InvalidInput(
            "Writing .xlsx needs XlsxWriter.", remedy="install synthesist[review]"
        ) from None
    return Workbook
