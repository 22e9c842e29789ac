"""Add rows to records.csv: the rows that are there stay as they are, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from synthesist.errors import InvalidInput
from synthesist.review import Record
from synthesist.store.append_rows import write_with_rows
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
    return write_with_rows(old, new, records, COLUMNS)


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
