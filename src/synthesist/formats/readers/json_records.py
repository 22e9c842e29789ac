"""Read JSON: trial registrations, CSL, Publish or Perish, and what connectors bring."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from synthesist.errors import InvalidInput
from synthesist.formats.encodings import is_damaged, mend
from synthesist.formats.readers.context import Context, Records
from synthesist.formats.readers.json_roles import SHAPES
from synthesist.formats.reference import Field

#: Keys under which services put their records.
_LISTS = frozenset(
    ("studies", "results", "items", "result", "references", "records", "data")
)

#: Values inside values; no export comes near.
DEPTH = 100

#: Nothing in it is tried twice: a string can be as long as the file.
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}:,]', re.DOTALL)


class _Piece(NamedTuple):
    """One object of the list, and whether it ends."""

    start: int
    end: int
    depth: int


def read_json(context: Context) -> Records:
    """Give the objects of a JSON file's list as records; a lone object is one.

    Raises
    ------
    InvalidInput
        If nothing in it is a reference.
    """
    read = "".join(context.blocks())
    # Mending keeps every character in its place.
    text, places = mend(read) if is_damaged(read) else (read, 0)
    context.tally.damaged += places
    line, seen = 1, 0
    understood = 0
    for piece in _objects(text):
        line = _keep_around(context, text[seen : piece.start], line)
        seen = piece.end
        part = text[piece.start : piece.end].replace("\r\n", "\n")
        value = _value(part, piece.depth)
        if value is None:
            yield context.aside(
                line,
                read[piece.start : piece.end],
                "the object is no JSON",
                "mend it, or download the file again",
            )
        else:
            roles = _roles(value)
            understood += roles is not None
            yield context.entry(
                list(_leaves(value)), line, read[piece.start : piece.end], roles or {}
            )
        line += part.count("\n")
    _keep_around(context, text[seen:], line)
    if context.tally.records and not understood:
        raise InvalidInput(
            "The objects of this JSON file are no references that are known.",
            where=context.source.name,
            remedy="export RIS or CSV instead",
        )


#: What stands around the records of a list: brackets, and the key of the list.
_FRAME = re.compile(rf'[\[\]{{}}:,\s]|"(?:{"|".join(sorted(_LISTS))})"\s*:')


def _keep_around(context: Context, text: str, line: int) -> int:
    """Keep what stands before a record in the report; return the record's line."""
    if _FRAME.sub("", text):
        lead = len(text) - len(text.lstrip())
        start = line + text.count("\n", 0, lead)
        context.tally.passage(start, text.strip().replace("\r\n", "\n"))
    return line + text.count("\n")


def _objects(text: str) -> Iterator[_Piece]:
    """Give the objects of the outermost list, or each object that stands alone.

    The list is the whole file, or is under one of the keys that services use,
    at most two objects deep.
    """
    opened: list[str] = []
    level = alone = 0
    key = last = ""
    start, deepest = -1, 0
    for found in _TOKEN.finditer(text):
        mark = found[0]
        if mark in "[{":
            if mark == "[" and level == 0 and _begins_list(opened, alone, key):
                level, start = len(opened) + 1, -1
            elif mark == "{" and start < 0 and len(opened) == level:
                start, deepest = found.start(), 0
                alone += 1
            opened.append(mark)
            deepest = max(deepest, len(opened) - level)
            key = ""
        elif mark in "]}":
            if opened:
                opened.pop()
            if start >= 0 and len(opened) == level:
                yield _Piece(start, found.end(), deepest)
                start = -1
            elif len(opened) < level:
                return
        elif mark == ":":
            key = last
        elif mark != ",":
            last = mark.strip('"')
    if start >= 0:
        yield _Piece(start, len(text.rstrip()), deepest)


def _begins_list(opened: list[str], alone: int, key: str) -> bool:
    """Say whether a bracket opens the list of records: alone, or in the first object."""
    if not opened:
        return alone == 0
    return len(opened) <= 2 and opened[0] == "{" and alone == 1 and key in _LISTS


def _value(part: str, depth: int) -> Mapping[str, Any] | None:
    """Read one object, or nothing when it cannot be."""
    if depth > DEPTH:
        return None
    try:
        value = json.loads(
            part, parse_int=_number, object_pairs_hook=_pairs, strict=False
        )
    except (ValueError, RecursionError):
        return None
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else None


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs; of a key that occurs twice every value is kept."""
    value: dict[str, Any] = dict(pairs)
    if len(value) == len(pairs):
        return value
    value = {}
    seen: Counter[str] = Counter()
    for key, inner in pairs:
        name = key
        while name in value:
            seen[key] += 1
            name = f"{key} ({seen[key] + 1})"
        value[name] = inner
    return value


def _number(digits: str) -> int | str:
    """Keep a number that Python refuses to read as text."""
    return int(digits) if len(digits) < 1000 else digits


def _roles(value: Mapping[str, Any]) -> dict[str, list[str]] | None:
    """Sort an object's values by what they mean, None if its shape is unknown."""
    for shape in SHAPES:
        if shape.fits(value):
            roles: dict[str, list[str]] = {}
            shape.read(value, roles)
            return {role: texts for role, texts in roles.items() if texts}
    return None


def _leaves(value: object, path: str = "") -> Iterator[Field]:
    """Give every text and number with the keys that lead to it."""
    if isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from _leaves(inner, path)
    elif value is not None and value != "":
        yield path, str(value)
