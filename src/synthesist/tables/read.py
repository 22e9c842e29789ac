"""Read a CSV file into a table, and whatever else a user hands over."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthesist.errors import InvalidInput, NotFound, Problem
from synthesist.tables.frames import COLUMNAR, read_columnar, read_frame
from synthesist.tables.table import Cell, Table

#: Python refuses fields over 131,072 characters unless told otherwise; abstracts
#: of supplements are longer.
FIELD_LIMIT = 50_000_000

#: Byte-order marks, longest first.
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


#: How XLSX, ODS and other archives begin.
ZIP = b"PK\x03\x04"


def read_table(data: Any, *, name: str = "") -> Table:
    """Read what a user hands over: a path, a frame, or a mapping of columns.

    A path names a CSV file, or a Parquet or Arrow file where the user's polars or
    pyarrow can read it.

    Raises
    ------
    InvalidInput
        If `data` is of another kind, or its cells cannot be read.
    NotFound
        If the file does not exist.
    """
    if isinstance(data, Table):
        return data
    if isinstance(data, str | Path):
        path = Path(data)
        if path.suffix.lower() in COLUMNAR:
            return read_columnar(path, name=name)
        return read_csv(path, name=name)
    return read_frame(data, name=name)


def read_csv(
    path: Path, *, name: str = "", problems: list[Problem] | None = None
) -> Table:
    """Read a CSV, its delimiter a comma, semicolon or tab as the header says.

    UTF-8 with or without a byte-order mark, UTF-16 with one; lines may end in
    any way. Empty lines are skipped, but counted in the row numbers.

    With a list of `problems`, those of single rows and columns are added to it
    and reading goes on, so that one of them does not hide what else is wrong: a
    row is filled up or cut to the length of the header.

    Raises
    ------
    InvalidInput
        With one problem for each undecodable byte sequence, repeated column
        name, or row that has more or fewer cells than the header.
    NotFound
        If the file does not exist.
    """
    label = name or path.name
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}.", remedy="check the path") from None
    except OSError as error:
        raise InvalidInput(
            f"The file cannot be read: {error.strerror}", where=label
        ) from None
    return parse_csv(decode(raw, label), name=label, problems=problems)


def decode(raw: bytes, name: str) -> str:
    """Decode a text file by its byte-order mark, else as UTF-8."""
    if raw.startswith(ZIP):
        raise InvalidInput(
            "The file is a spreadsheet or an archive, not text.",
            where=name,
            remedy="save the sheet as 'CSV UTF-8'",
        )
    encoding = next((e for mark, e in MARKS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        raise InvalidInput(
            problems=[
                Problem(
                    message="The file is not UTF-8 text",
                    file=name,
                    row=row,
                    remedy="save it as 'CSV UTF-8'",
                )
            ]
        ) from None
    if "\0" in text:
        raise InvalidInput(
            "The file holds zero bytes, so it is not a text file.",
            where=name,
            remedy="export it as CSV",
        )
    return text


def parse_csv(text: str, *, name: str, problems: list[Problem] | None = None) -> Table:
    """Parse the text of a CSV file; see `read_csv`."""
    csv.field_size_limit(FIELD_LIMIT)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True
    )
    header: list[str] | None = None
    lines: list[list[str]] = []
    rows: list[int] = []
    found: list[Problem] = []
    start = 1
    try:
        for cells in reader:
            row, start = start, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                found.extend(_header_problems(header, name))
                continue
            if len(cells) != len(header):
                found.append(
                    Problem(
                        message=f"The row has {len(cells)} cells, the header {len(header)}",
                        remedy="quote a cell that holds a comma, or add what is missing",
                        file=name,
                        row=row,
                    )
                )
                cells += [""] * (len(header) - len(cells))
            lines.append(cells)
            rows.append(row)
    except csv.Error as error:
        found.append(
            Problem(
                message=f"The row cannot be read as CSV ({error})",
                remedy="close the quotation marks",
                file=name,
                row=start,
            )
        )
    if header is None and not found:
        found.append(
            Problem(message="The file is empty", remedy="add a header row", file=name)
        )
    if found and (problems is None or header is None):
        raise InvalidInput(problems=found)
    if problems is not None:
        problems.extend(found)
    header = header or []
    columns: dict[str, Sequence[Cell]] = {
        column: [line[i].strip() or None for line in lines]
        for i, column in enumerate(header)
    }
    return Table(name=name, columns=columns, rows=rows)


def _delimiter(text: str) -> str:
    """Return the delimiter that the header row uses most."""
    header = text.split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _header_problems(header: Sequence[str], name: str) -> list[Problem]:
    """Report columns without a name and names used twice."""
    problems: list[Problem] = []
    for i, column in enumerate(header):
        if not column:
            problems.append(
                Problem(
                    message=f"Column {i + 1} has no name",
                    remedy="name it or remove it",
                    file=name,
                    row=1,
                )
            )
        elif column in header[:i]:
            problems.append(
                Problem(
                    message=f"The column {column} stands there twice",
                    remedy="rename one of them",
                    file=name,
                    row=1,
                    field=column,
                )
            )
    return problems
