"""Add rows to records.csv: the rows that are there stay as they are, byte for byte."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from synthesist.errors import InvalidInput
from synthesist.review import Record
from synthesist.tables import read_csv

#: The columns in their order.
COLUMNS = tuple(field.name for field in fields(Record) if field.name != "row")


def write_with_records(old: Path, new: Path, records: Iterable[Record]) -> int:
    """Write `new` as `old` with rows added; return how many.

    A file with columns missing or in another order keeps its own columns as far
    as they go, and gets those that it lacks.

    Raises
    ------
    InvalidInput
        If `old` cannot be read.
    """
    header, delimiter, body = _held(old)
    missing = [name for name in COLUMNS if name not in header]
    with new.open("w", encoding="utf-8", newline="") as stream:
        if not header:
            header = list(COLUMNS)
            stream.write(_row(header, delimiter))
        elif missing:
            header = _rewrite(old, stream, header, missing, delimiter)
        else:
            stream.write(body)
            if not body.endswith(("\n", "\r")):
                stream.write("\n")
        count = 0
        for record in records:
            stream.write(_row([_cell(record, name) for name in header], delimiter))
            count += 1
    return count


def _cell(record: Record, name: str) -> str:
    """Return what stands in a column."""
    return str(getattr(record, name)) if name in COLUMNS else ""


def _row(cells: list[str], delimiter: str) -> str:
    """Write one row."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return buffer.getvalue()


def _held(old: Path) -> tuple[list[str], str, str]:
    """Return header, delimiter and text of the file; nothing where there is none."""
    if not old.exists():
        return [], ",", ""
    table = read_csv(old, name="records.csv")
    raw = old.read_bytes()
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = raw.decode("utf-16" if wide else "utf-8-sig")
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return list(table.columns), delimiter, text


def _rewrite(
    old: Path,
    stream: io.TextIOBase,
    header: list[str],
    missing: list[str],
    delimiter: str,
) -> list[str]:
    """Write the rows that are there with the columns they lack, empty."""
    table = read_csv(old, name="records.csv")
    full = [*header, *missing]
    stream.write(_row(full, delimiter))
    columns = [table.texts(name) for name in header]
    for cells in zip(*columns, strict=True):
        stream.write(_row([*cells, *("" for _ in missing)], delimiter))
    return full


def records_of(old: Path, file: str) -> int:
    """Count the rows that came from an export.

    Raises
    ------
    InvalidInput
        If the file cannot be read.
    """
    if not old.exists():
        return 0
    table = read_csv(old, name="records.csv")
    if "file" not in table:
        raise InvalidInput(
            "The column file is missing.", where="records.csv", remedy="add it"
        )
    return table.texts("file").count(file)
