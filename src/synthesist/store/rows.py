"""Read one CSV file of a review folder into rows."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from synthesist.errors import InvalidInput, Problem
from synthesist.store.fields import KINDS, Field, Unreadable, shown
from synthesist.store.schema import CsvFile
from synthesist.tables import read_csv


def read_rows(path: Path, file: CsvFile, problems: list[Problem]) -> tuple[Any, ...]:
    """Read a CSV file; none of it is required to exist."""
    if not path.exists():
        return ()
    try:
        table = read_csv(path, name=file.name)
    except InvalidInput as error:
        problems.extend(error.problems)
        return ()
    known = [field.name for field in file.fields]
    problems.extend(
        Problem(
            message=f"There is no column {shown(name)}",
            remedy=nearest(name, known),
            file=file.name,
            row=1,
            field=name,
        )
        for name in table.columns
        if name not in known and not file.extra
    )
    problems.extend(
        Problem(
            message=f"The column {field.name} is missing",
            remedy="add it",
            file=file.name,
        )
        for field in file.fields
        if field.required and field.name not in table
    )
    texts = {name: table.texts(name) for name in table.columns}
    rows: list[Any] = []
    for index, row in enumerate(table.rows):
        cells = {name: column[index] for name, column in texts.items()}
        values: dict[str, Any] = {"row": row}
        whole = True
        for field in file.fields:
            if field.name not in cells:
                whole = whole and not field.required
                continue
            value, found = read_cell(field, cells[field.name])
            values[field.name] = value
            if found:
                whole = False
                problems.append(
                    Problem(
                        message=found.message,
                        remedy=found.remedy,
                        file=file.name,
                        row=row,
                        field=field.name,
                    )
                )
        if file.extra:
            values["extra"] = {n: t for n, t in cells.items() if n not in known}
        if file.printed:
            values["printed"] = {n: t for n, t in cells.items() if t}
        if whole:
            rows.append(file.row_type(**values))
    return tuple(rows)


def read_cell(field: Field, text: str) -> tuple[Any, Unreadable | None]:
    """Return the value of a cell, and what is wrong with it."""
    kind = KINDS[field.kind]
    if not text:
        missing = Unreadable(f"{field.name} is empty", "fill it in")
        return kind.empty, missing if field.required else None
    try:
        value = kind.read(text)
    except Unreadable as error:
        return kind.empty, error
    return value, check_value(field, value)


def check_value(field: Field, value: Any) -> Unreadable | None:
    """Return what is wrong with a value of the right kind, None if nothing is."""
    if field.choices:
        for entry in value if isinstance(value, tuple) else (value,):
            if entry not in field.choices:
                return Unreadable(
                    f"'{shown(entry)}' is not a known {field.name}",
                    nearest(str(entry), field.choices),
                )
    if isinstance(value, int | float):
        too_low = field.low is not None and (
            value < field.low or (field.above and value == field.low)
        )
        too_high = field.high is not None and value > field.high
        if too_low or too_high:
            return Unreadable(f"{value:g} is not possible here", bounds(field))
    return None


def bounds(field: Field) -> str:
    """Say in words which numbers a field takes."""
    low = (
        ""
        if field.low is None
        else f"{'above' if field.above else 'at least'} {field.low:g}"
    )
    high = "" if field.high is None else f"at most {field.high:g}"
    return f"{field.name} must be {' and '.join(part for part in (low, high) if part)}"


def nearest(name: str, known: Any) -> str:
    """Name what was probably meant, else everything that is known."""
    known = list(known)
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"known are {', '.join(known)}" if known else "nothing is known"
