"""Read review.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from synthesist.errors import InvalidInput, Problem
from synthesist.review import Protocol
from synthesist.store.fields import KINDS, Field, Unreadable, shown
from synthesist.store.rows import check_value, nearest
from synthesist.store.schema import SECTIONS, TOP
from synthesist.tables.read import decode

NAME = "review.toml"


def read_protocol(path: Path, problems: list[Problem]) -> Protocol | None:
    """Read the protocol; None when the file itself cannot be read."""
    if not path.is_file():
        problems.append(
            Problem(
                message="The folder has no review.toml",
                remedy="`synthesist new FOLDER` writes one",
                file=NAME,
            )
        )
        return None
    try:
        document = tomllib.loads(decode(path.read_bytes(), NAME))
    except InvalidInput as error:
        problems.extend(error.problems)
        return None
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        problems.append(
            Problem(message=str(error), remedy="correct the line", file=NAME)
        )
        return None
    known = {section.name: section for section in SECTIONS}
    top = {key: value for key, value in document.items() if key not in known}
    values = _read_table(TOP, top, "", problems, list(known))
    for name, section in known.items():
        given = document.get(name)
        if given is None:
            continue
        wanted = list if section.many else dict
        if not isinstance(given, wanted):
            head = f"[[{name}]]" if section.many else f"[{name}]"
            problems.append(
                Problem(
                    message=f"{name} is not a table",
                    remedy=f"write it as {head}",
                    file=NAME,
                )
            )
            continue
        entries = cast("list[Any]", given if section.many else [given])
        rows: list[Any] = []
        for i, entry in enumerate(entries):
            place = f"[[{name}]] {i + 1}" if section.many else f"[{name}]"
            if not isinstance(entry, dict):
                continue
            before = len(problems)
            row = _read_table(
                section.fields, cast("dict[str, Any]", entry), place, problems
            )
            if len(problems) == before:
                rows.append(section.row_type(**row))
        values[name] = (
            tuple(rows) if section.many else rows[0] if rows else section.row_type()
        )
    if problems:
        return None
    return Protocol(**values)


def _read_table(
    fields: tuple[Field, ...],
    given: Mapping[str, Any],
    place: str,
    problems: list[Problem],
    others: list[str] | None = None,
) -> dict[str, Any]:
    """Read the keys of one table."""
    known = {field.name: field for field in fields}

    def report(key: str, message: str, remedy: str) -> None:
        where = f"{NAME}, {place + ', ' if place else ''}{key}"
        problems.append(
            Problem(message=message, remedy=remedy, file=NAME, field=key, place=where)
        )

    for key in given:
        if key not in known:
            report(
                key,
                f"There is no key {shown(key)}",
                nearest(key, [*known, *(others or [])]),
            )
    values: dict[str, Any] = {}
    for name, field in known.items():
        if name not in given:
            if field.required:
                report(name, f"The key {name} is missing", "add it")
            continue
        try:
            value = _read_value(field, given[name])
            wrong = check_value(field, value)
            if wrong:
                raise wrong
        except Unreadable as error:
            report(name, error.message, error.remedy)
            continue
        values[name] = value
    return values


def _read_value(field: Field, value: Any) -> Any:
    """Return a TOML value in the kind the field asks for."""
    if field.kind == "list":
        entries = cast("list[Any]", value) if isinstance(value, list) else [value]
        if all(isinstance(entry, str) for entry in entries):
            return tuple(entries)
        raise Unreadable(
            f"{field.name} is not a list of texts", 'write it as ["one", "two"]'
        )
    if (
        field.kind in ("number", "count")
        and isinstance(value, int | float)
        and not isinstance(value, bool)
    ):
        return KINDS[field.kind].read(repr(value))
    if (
        field.kind == "date"
        and isinstance(value, date)
        and not isinstance(value, datetime)
    ):
        return value
    if isinstance(value, str) and field.kind not in ("number", "count"):
        return KINDS[field.kind].read(value)
    raise Unreadable(
        f"'{shown(value)}' is not a {KINDS[field.kind].label}",
        f"write {field.name} as {KINDS[field.kind].label}",
    )
