"""Cut text that arrives in blocks into pieces, each beginning at a start marker."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Piece(NamedTuple):
    """A stretch of a file and the number of its first line.

    The first piece is what stands before the first marker and may be empty.
    """

    line: int
    text: str


class Marker(NamedTuple):
    """What a record begins with: a fixed text, and the pattern of the line around it.

    Looking for the fixed text is what makes it fast; the pattern is matched at
    the start of its line.
    """

    fixed: str
    pattern: re.Pattern[str]


def whole_lines(blocks: Iterable[str]) -> Iterator[str]:
    """Cut blocks at line ends; only the last may end without one."""
    held: list[str] = []
    for block in blocks:
        cut = block.rfind("\n") + 1
        if not cut:
            held.append(block)
            continue
        yield "".join(held) + block[:cut]
        held = [block[cut:]]
    if rest := "".join(held):
        yield rest


def split_at(blocks: Iterable[str], marker: Marker) -> Iterator[Piece]:
    """Cut text before every line that the marker begins."""
    held: list[str] = []
    line = 1
    for text in whole_lines(blocks):
        begin = 0
        for start in _starts(text, marker):
            piece = text[begin:start]
            if held:
                piece = "".join(held) + piece
                held = []
            yield Piece(line, piece)
            line += piece.count("\n")
            begin = start
        held.append(text[begin:])
    yield Piece(line, "".join(held))


def _starts(text: str, marker: Marker) -> Iterator[int]:
    """Give the places where marked lines begin; a line is looked at once."""
    fixed, match = marker.fixed, marker.pattern.match
    place = text.find(fixed)
    while place >= 0:
        start = text.rfind("\n", 0, place) + 1
        if match(text, start):
            yield start
        following = text.find("\n", place)
        if following < 0:
            return
        place = text.find(fixed, following)


def with_last(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, bool]]:
    """Say of every piece whether it is the last."""
    held: Piece | None = None
    for piece in pieces:
        if held is not None:
            yield held, False
        held = piece
    if held is not None:
        yield held, True
