"""A file that says which column of a table holds which field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from synthesist.errors import InvalidInput


def read_columns_file(file: Path | None) -> dict[str, str]:
    """Read lines such as `title = My title`, or the same as a JSON object.

    Raises
    ------
    InvalidInput
        If a line is none, or a field is not known.
    """
    from synthesist.actions.duplicates.reading import CSV_NAMES, FIELD_NAMES

    if file is None:
        return {}
    found: dict[str, str] = {}
    for place, role, name in _column_lines(file):
        # Whichever way round: one side names a field, the other a column.
        for field, column in ((role, name), (name, role)):
            if column and field.lower() in {*CSV_NAMES, *FIELD_NAMES}:
                found[field.lower()] = column
                break
        else:
            raise InvalidInput(
                f"'{role}' names no column",
                where=f"{file.name}, {place}",
                remedy=f"write one of {', '.join(FIELD_NAMES)} = name of the column",
            )
    return found


def _column_lines(file: Path) -> Iterator[tuple[str, str, str]]:
    """Give the places of a file of columns, and what is written on both sides there."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise InvalidInput(
            f"The file of columns cannot be read: {reason}.",
            where=str(file),
            remedy="write lines such as title = My title",
        ) from None
    if text.lstrip().startswith("{"):
        yield from _column_keys(file, text)
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        sign = next((sign for sign in "=,;:\t" if sign in line), "\t")
        role, _, name = line.partition(sign)
        sides = role.strip().strip("\"'"), name.strip().strip("\"'")
        if tuple(side.lower() for side in sides) != ("field", "column"):
            yield f"line {number}", *sides


def _column_keys(file: Path, text: str) -> Iterator[tuple[str, str, str]]:
    """Give the keys and values of a file of columns that is written as JSON."""
    import json

    try:
        given = json.loads(text)
    except ValueError as error:
        raise InvalidInput(
            f"The file of columns is no JSON: {error}.", where=str(file)
        ) from None
    for key, value in given.items():
        yield f"key {key}", key, value if isinstance(value, str) else ""
