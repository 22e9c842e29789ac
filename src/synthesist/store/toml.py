"""Read review.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from synthesist.errors import InvalidInput, Problem
from synthesist.review import Protocol
from synthesist.store.faults import TOML, Faults
from synthesist.store.fields import (
    KINDS,
    SLIP,
    Field,
    Unreadable,
    nearest,
    nearest_known,
    read_name,
    shown,
)
from synthesist.store.keys import SECTIONS, TOP
from synthesist.store.schema import Section
from synthesist.store.toml_lines import find_lines
from synthesist.tables.read import decode

#: The version of the folder's format that this program reads and writes.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Place:
    """A table of review.toml, for its problems."""

    faults: Faults
    section: str = ""
    index: int = 0

    def report(self, key: str, message: str, remedy: str) -> None:
        """Note a problem of one key."""
        self.faults.key(self.section, self.index, key, message, remedy)


def read_protocol(folder: Path, faults: Faults) -> Protocol | None:
    """Read the protocol, None when review.toml itself cannot be read.

    Keys that cannot be read are left empty and noted, so that the rest serves to
    look for further faults.

    Raises
    ------
    InvalidInput
        If the folder is of a later format than this program knows.
    """
    document = _parse(folder / TOML, faults)
    if document is None:
        return None
    version = document.get("format")
    if type(version) is int and version > FORMAT:
        raise InvalidInput(
            f"The folder has format {shown(version)}; this program reads format {FORMAT}.",
            where=TOML,
            remedy="install a newer version of the program",
        )
    sections = {section.name: section for section in SECTIONS}
    top = {key: value for key, value in document.items() if key not in sections}
    values = _read_table(TOP, top, Place(faults), tuple(sections))
    for section in sections.values():
        given = document.get(section.name)
        if given is not None:
            values[section.name] = _read_section(section, given, faults)
    protocol = Protocol(**values)
    if version is not None and protocol.format not in (None, FORMAT):
        faults.key("", 0, "format", f"There is no format {protocol.format}", "write 1")
        protocol = replace(protocol, format=FORMAT)
    return protocol


def _parse(path: Path, faults: Faults) -> Mapping[str, Any] | None:
    """Parse the file; a problem when it is not there or not TOML."""

    def report(message: str, remedy: str, line: int | None = None) -> None:
        place = f"{TOML}, line {line}" if line else TOML
        faults.broken.add(TOML)
        faults.problems.append(
            Problem(message=message, remedy=remedy, file=TOML, row=line, place=place)
        )

    try:
        text = decode(path.read_bytes(), TOML)
    except FileNotFoundError:
        report("The folder has no review.toml", "`synthesist new` writes a template")
        return None
    except OSError as error:
        report(f"The file cannot be read: {error.strerror}", "check what it is")
        return None
    except InvalidInput as error:
        for problem in error.problems:
            report(problem.message, problem.remedy, problem.row)
        return None
    try:
        document = tomllib.loads(text)
    except RecursionError:
        report("The file is nested too deeply", "a review needs two levels")
        return None
    except ValueError as error:  # TOMLDecodeError, or an integer of 5,000 digits
        message, line = _placed(str(error), text)
        report(message, "correct it; https://toml.io shows how TOML is written", line)
        return None
    faults.lines = find_lines(text)
    return document


def _placed(message: str, text: str) -> tuple[str, int | None]:
    """Split tomllib's message into what is wrong and the line."""
    found = re.fullmatch(
        r"(.*?) \(at (?:line (\d+), column \d+|end of document)\)", message, re.S
    )
    if found is None:
        return "A number is too long" if "digits" in message else message, None
    line = int(found[2]) if found[2] else text.rstrip().count("\n") + 1
    return f"This is not TOML: {found[1]}", line


def _read_section(section: Section, given: Any, faults: Faults) -> Any:
    """Read one table, or all tables of an array."""
    head = f"[[{section.name}]]" if section.many else f"[{section.name}]"
    entries = cast("list[Any]", given) if isinstance(given, list) else [given]
    fits = isinstance(given, list) == section.many and all(
        isinstance(entry, dict) for entry in entries
    )
    if not fits:
        faults.labels[section.name, 0] = section.name
        faults.key(
            section.name,
            0,
            "",
            f"{section.name} is written in another way than {head}",
            f"begin {'each entry' if section.many else 'it'} with the line {head}",
        )
        return () if section.many else section.row_type()
    rows: list[Any] = []
    for index, entry in enumerate(cast("list[dict[str, Any]]", entries)):
        name = entry.get("id")
        label = f"{head} '{shown(name)}'" if name else f"{head} number {index + 1}"
        faults.labels[section.name, index] = label if section.many else head
        place = Place(faults, section.name, index)
        rows.append(section.row_type(**_read_table(section.fields, entry, place)))
    return tuple(rows) if section.many else rows[0]


def _read_table(
    fields: tuple[Field, ...],
    given: Mapping[str, Any],
    place: Place,
    sections: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Read the keys of one table.

    A key that is not known is read as the missing one that was probably meant,
    so that one slip in a name is one problem.
    """
    known = {field.name: field for field in fields}
    missing = [name for name in known if name not in given]
    filled = {name: given[name] for name in known if name in given}
    for key, value in given.items():
        if key in known:
            continue
        open_names = [*missing, *(s for s in sections if s not in given)]
        meant = nearest(key, open_names, SLIP)
        if meant is not None:
            remedy = f"did you mean '{meant}'?"
        elif place.section and any(key == field.name for field in TOP):
            remedy = "move it to the top of the file, above the first table"
        else:
            remedy = nearest_known(key, [*known, *sections])
        place.report(key, f"There is no key '{shown(key)}'", remedy)
        if meant in missing:
            missing.remove(meant)
            filled[meant] = value
    values: dict[str, Any] = {}
    for name, field in known.items():
        if name in filled:
            try:
                values[name] = _read_value(field, filled[name])
                continue
            except Unreadable as error:
                place.report(name, error.message, error.remedy)
                if field.choices and isinstance(filled[name], str):
                    meant = nearest(filled[name], field.choices)
                    values |= {} if meant is None else {name: meant}
                    continue
        elif field.required:
            place.report(name, f"The key {name} is missing", f"add it: {field.meaning}")
        if field.required:
            values[name] = field.empty
    return values


def _read_value(field: Field, value: Any) -> Any:
    """Return a TOML value in the kind that the field asks for."""
    wanted = KINDS[field.kind].label
    if field.kind == "list":
        wanted = 'list of texts such as ["one", "two"]'
        entries = cast("list[Any]", value) if isinstance(value, list) else [value]
        if all(isinstance(entry, str) for entry in entries):
            names = tuple(name for entry in entries if (name := read_name(entry)))
            field.check(names)
            return names
    elif field.kind == "numbers":
        wanted = "number, or a list of numbers such as [1, 2.5]"
        entries = cast("list[Any]", value) if isinstance(value, list) else [value]
        if all(type(entry) in (int, float) for entry in entries):
            return field.read("; ".join(repr(entry) for entry in entries))
    elif field.kind in ("number", "count"):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return field.read(shown(value) if isinstance(value, int) else repr(value))
    elif isinstance(value, date):
        if field.kind == "date" and not isinstance(value, datetime):
            return value
    elif isinstance(value, str):
        if value.strip():
            return field.read(value)
        if not field.required:
            return field.empty
        raise Unreadable(f"{field.name} is empty", "fill it in")
    raise Unreadable(
        f"'{shown(cast('object', value))}' is not what {field.name} holds",
        f"write a {wanted}",
    )
