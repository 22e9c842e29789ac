"""Read formats in which a tag begins a line and a certain tag begins a record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from synthesist.formats.readers.context import UNTAGGED, Context, Records, add
from synthesist.formats.readers.passages import keep_passages
from synthesist.formats.reference import Field
from synthesist.formats.split import Marker, Piece, split_at

#: Turns one value into what it says, as (role, value) pairs.
Reading = Callable[[str], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagStyle:
    """How a tagged format looks.

    `tag` is the pattern of a tag with the line feed before it; its one group is
    the tag. Everything up to the next is its value, so nothing can be lost. An
    `end` tag ends a record. Only tags in `roles` are taken for one inside the
    values of `texts`, whose lines may begin with anything. Each line of a tag in
    `lines` is a value of its own. `finish` puts in order what was said.
    """

    marker: Marker
    tag: re.Pattern[str]
    roles: Mapping[str, str]
    end: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    readings: Mapping[str, Reading] | None = None
    fold: bool = False
    finish: Callable[[dict[str, list[str]]], None] | None = None


def read_tagged(context: Context, style: TagStyle) -> Records:
    """Give the records of a tagged file."""
    context.meaning = lambda fields, _: meaning_of(fields, style)
    known = frozenset(style.roles) | style.end
    pieces = split_at(context.blocks(), style.marker)
    if style.fold:
        pieces = _unfolded(pieces, style.marker)
    first = next(pieces)
    keep_passages(context.tally, first.line, context.mended(first.text).split("\n"))
    for piece in pieces:
        text = context.mended(piece.text)
        fields, used = cut_fields(text, style)
        for tag, _ in fields:
            if tag not in known:
                context.tally.unknown_tags[tag] += 1
        rest = text.split("\n")[used:] if used else []
        if not any(map(str.strip, rest)):
            yield context.entry(fields, piece.line, piece.text)
            continue
        kept = "".join(line + "\n" for line in piece.text.split("\n")[:used])
        yield context.entry(fields, piece.line, kept)
        keep_passages(context.tally, piece.line + used, rest)


def _unfolded(pieces: Iterator[Piece], marker: Marker) -> Iterator[Piece]:
    """Give what stands before a marker in its line to the piece before."""
    held = next(pieces)
    for piece in pieces:
        start = piece.text.find(marker.fixed)
        yield Piece(held.line, held.text + piece.text[:start])
        held = Piece(piece.line, piece.text[start:])
    yield held


def cut_fields(text: str, style: TagStyle) -> tuple[list[Field], int]:
    """Cut a record into fields; return them and the lines up to its end tag, 0 without.

    What stands before the first tag has none, and is kept as `UNTAGGED`.
    """
    parts = style.tag.split("\n" + text)
    fields: list[Field] = []
    lead = parts[0][1:]
    if found := style.marker.pattern.match(lead):
        lead = lead[found.end() :]
    if lead.strip():
        fields.append((UNTAGGED, lead.strip("\n")))
    line = parts[0].count("\n")
    for place in range(1, len(parts) - 1, 2):
        tag, value = parts[place], parts[place + 1]
        line += 1
        if tag in style.end:
            said = value.partition("\n")[0]
            if said.strip(" \t-"):
                fields.append((tag, said))
            return fields, line
        line += value.count("\n")
        if fields and tag not in style.roles and fields[-1][0] in style.texts:
            before, said = fields.pop()
            fields.append((before, f"{said}\n{tag} {value}"))
        else:
            fields.append((tag, value))
    return [(tag, value.rstrip("\n")) for tag, value in fields], 0


def meaning_of(fields: Sequence[Field], style: TagStyle) -> dict[str, list[str]]:
    """Sort values by what they mean."""
    roles: dict[str, list[str]] = {}
    readings = style.readings or {}
    for tag, value in fields:
        if tag in readings:
            for role, said in readings[tag](value):
                add(roles, role, said)
            continue
        role = style.roles.get(tag)
        if not role:
            continue
        if "\n" in value and tag in style.lines:
            for line in value.split("\n"):
                add(roles, role, line)
        else:
            add(roles, role, value)
    if style.finish:
        style.finish(roles)
    return roles
