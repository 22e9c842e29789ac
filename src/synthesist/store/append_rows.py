"""Add rows to a CSV of the folder: what is there stays as it is, byte for byte."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from synthesist.tables import read_csv


def write_with_rows(
    old: Path, new: Path, rows: Iterable[Any], columns: Sequence[str]
) -> int:
    """Write `new` as `old` with rows added; return how many.

    A file with columns missing or in another order keeps its own columns as far
    as they go, and gets those that it lacks.

    Parameters
    ----------
    old, new : Path
        The file as it is, which need not exist, and where to write it.
    rows : iterable of object
        What to add; each has an attribute of the name of every column.
    columns : sequence of str
        The columns in their order.

    Raises
    ------
    InvalidInput
        If `old` cannot be read.
    """
    header, delimiter, body = _held(old)
    missing = [name for name in columns if name not in header]
    with new.open("w", encoding="utf-8", newline="") as stream:
        if not header:
            header = list(columns)
            stream.write(_row(header, delimiter))
        elif missing:
            header = _rewrite(old, stream, header, missing, delimiter)
        else:
            stream.write(body)
            if not body.endswith(("\n", "\r")):
                stream.write("\n")
        count = 0
        for row in rows:
            cells = [
                str(getattr(row, name)) if name in columns else "" for name in header
            ]
            stream.write(_row(cells, delimiter))
            count += 1
    return count


def _row(cells: list[str], delimiter: str) -> str:
    """Write one row."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return buffer.getvalue()


def _held(old: Path) -> tuple[list[str], str, str]:
    """Return header, delimiter and text of the file; nothing where there is none."""
    if not old.exists():
        return [], ",", ""
    table = read_csv(old, name=old.name)
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
    table = read_csv(old, name=old.name)
    full = [*header, *missing]
    stream.write(_row(full, delimiter))
    columns = [table.texts(name) for name in header]
    for cells in zip(*columns, strict=True):
        stream.write(_row([*cells, *("" for _ in missing)], delimiter))
    return full
