"""Two records side by side, with what differs marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

Fields = Mapping[str, str]


#: What is shown of a record, in this order.
SHOWN = (
    "title",
    "authors",
    "year",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "source",
    "file",
    "abstract",
)


#: Characters of an abstract that are shown around what differs.
LONG = 600


_WORDS = re.compile(r"\s+|[^\s\w]|\w+")


class Run(NamedTuple):
    """A stretch of text, and whether the other record has it too."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field of two records: `level` is same, differs, left, right (given only there)."""

    field: str
    level: str
    left: tuple[Run, ...]
    right: tuple[Run, ...]


def side_by_side(left: Fields, right: Fields) -> tuple[Line, ...]:
    """Return the fields of two records with what differs marked; empty ones are left out."""
    lines: list[Line] = []
    for name in SHOWN:
        one, two = left.get(name, "").strip(), right.get(name, "").strip()
        if one or two:
            runs = _marked(one[:LONG], two[:LONG])
            lines.append(
                Line(field=name, level=_level(one, two), left=runs[0], right=runs[1])
            )
    return tuple(lines)


def _level(one: str, two: str) -> str:
    """Say in one word how two texts compare."""
    if one == two:
        return "same"
    if one and two:
        return "differs"
    return "left" if one else "right"


def _marked(one: str, two: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Cut two texts into stretches that both have and stretches that one has."""
    a, b = _WORDS.findall(one), _WORDS.findall(two)
    left: list[Run] = []
    right: list[Run] = []
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    for tag, start, end, begin, stop in matcher.get_opcodes():
        differs = tag != "equal"
        if end > start:
            left.append(Run("".join(a[start:end]), differs))
        if stop > begin:
            right.append(Run("".join(b[begin:stop]), differs))
    return tuple(left), tuple(right)
