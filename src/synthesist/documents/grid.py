"""A table as a document shows it: headers, rows, and cells that may lead elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text; `href` is the anchor it leads to, empty for none."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a column; numbers stand right, long text gets room."""

    text: str
    number: bool = False
    long: bool = False


@dataclass(frozen=True, slots=True)
class GridCell:
    """The content of one cell."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One row; `aside` greys it, `anchor` is where links lead."""

    cells: tuple[GridCell, ...]
    anchor: str = ""
    aside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of a document."""

    headers: tuple[Header, ...]
    rows: tuple[GridRow, ...]
    caption: str = ""


Content = str | Part | Iterable[Part]


def row(*contents: Content, anchor: str = "", aside: bool = False) -> GridRow:
    """Return a row of texts, links, or several of them in one cell."""
    return GridRow(cells=tuple(_cell(c) for c in contents), anchor=anchor, aside=aside)


def grid(
    headers: Iterable[str | Header], rows: Iterable[GridRow], caption: str = ""
) -> Grid:
    """Return a table; columns without a header object hold text."""
    return Grid(
        headers=tuple(h if isinstance(h, Header) else Header(h) for h in headers),
        rows=tuple(rows),
        caption=caption,
    )


def without_empty_columns(table: Grid) -> Grid:
    """Leave out the columns in which no row says anything."""
    kept = [
        index
        for index in range(len(table.headers))
        if any(part.text for r in table.rows for part in r.cells[index].parts)
    ]
    return Grid(
        headers=tuple(table.headers[i] for i in kept),
        rows=tuple(
            GridRow(
                cells=tuple(r.cells[i] for i in kept), anchor=r.anchor, aside=r.aside
            )
            for r in table.rows
        ),
        caption=table.caption,
    )


def separated(parts: Iterable[Part], separator: str = ", ") -> tuple[Part, ...]:
    """Put a separator between links."""
    found: list[Part] = []
    for part in parts:
        if found:
            found.append(Part(separator))
        found.append(part)
    return tuple(found)


def _cell(content: Content) -> GridCell:
    if isinstance(content, str):
        return GridCell((Part(content),))
    if isinstance(content, Part):
        return GridCell((content,))
    return GridCell(tuple(content))
