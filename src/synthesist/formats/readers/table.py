"""Read tables in text: CSV, TSV, and Embase's table with a field a row."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from synthesist.errors import InvalidInput
from synthesist.formats.columns import known_names
from synthesist.formats.readers.cells import Columns
from synthesist.formats.readers.context import UNTAGGED, Context, Entry, Records
from synthesist.formats.readers.passages import keep_passages
from synthesist.formats.reference import SetAside
from synthesist.formats.split import whole_lines

#: The csv module refuses longer cells unless told.
FIELD_LIMIT = 1 << 30

#: Lines after which a quotation mark that was not closed is taken for a slip.
PATIENCE = 2000

#: Rows that may stand before the header.
PREAMBLE = 30

_DELIMITERS = "\t,;|"


@dataclass(slots=True)
class Row:
    """The cells of a row, the lines they fill, and whether it had to be broken off."""

    line: int
    text: str
    cells: list[str]
    broken: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no cell holds anything but blanks and quotation marks."""
        return not any(cell.replace('"', "").strip() for cell in self.cells)


def read_table(context: Context, mapping: Mapping[str, str] | None = None) -> Records:
    """Give the rows of a table as records.

    Parameters
    ----------
    context : Context
        The reading.
    mapping : mapping of str to str, optional
        Column of a role, for tables whose columns have names of their own.

    Raises
    ------
    InvalidInput
        If no row can be the header.
    """
    csv.field_size_limit(FIELD_LIMIT)
    rows = _Rows(context)
    start = rows.take(PREAMBLE)
    if _is_upright(start, rows.delimiter):
        yield from _upright(context, start, rows)
        return
    place = _header(start, mapping)
    if place is None:
        raise InvalidInput(
            "No row of the table names columns that are known.",
            where=context.source.name,
            remedy="name the columns of title and authors, as in --column title='My title'",
        )
    for row in start[:place]:
        if not row.is_empty:
            keep_passages(context.tally, row.line, row.text.split("\n"))
    columns = Columns(context, start[place].cells, mapping)
    context.header = start[place].text
    width = len(columns.header)
    rows.width = width
    rows.back(start[place + 1 :])
    for row in rows:
        if not row.is_empty:
            yield _record(context, columns, row, width)


def _record(
    context: Context, columns: Columns, row: Row, width: int
) -> Entry | SetAside:
    """Make a record of a row, or set it aside when its cells do not fit the header."""
    extra = row.cells[width:]
    if row.broken:
        return context.aside(
            row.line,
            row.text,
            "a quotation mark is not closed",
            "close it, or double it",
        )
    if any(map(str.strip, extra)):
        return context.aside(
            row.line,
            row.text,
            f"the row has {len(row.cells)} cells, the header {width}",
            "quote the cell that holds a separator",
        )
    return context.entry(columns.fields(row.cells), row.line, row.text)


class _Rows:
    """Rows of cells, a quoted cell over as many lines as it takes."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.lines = _Lines(context)
        self.delimiter = _delimiter(self.lines.peek(PREAMBLE))
        self.width = 0

    def take(self, count: int) -> list[Row]:
        """Return the first rows."""
        return list(islice(self, count))

    def back(self, rows: Sequence[Row]) -> None:
        """Put rows back that were taken; with a width they may be read otherwise."""
        self.lines.back([line for row in rows for line in _lines_of(row.text)])

    def __iter__(self) -> Iterator[Row]:
        while row := self._next():
            yield row

    def _next(self) -> Row | None:
        """Read one row."""
        first = self.lines.next()
        if first is None:
            return None
        number = self.lines.number
        line = self.context.mended(first)
        if '"' not in line:
            return Row(number, first, self._plain(line))
        text, raw = [line], [first]
        inside = _is_open(line, self.delimiter, inside=False)
        while inside:
            following = self.lines.next() if len(text) < PATIENCE else None
            if following is None:
                self.lines.back(raw[1:])
                return Row(number, first, self._plain(line), broken=True)
            raw.append(following)
            text.append(self.context.mended(following))
            inside = _is_open(text[-1], self.delimiter, inside=True)
        reader = csv.reader(
            io.StringIO("".join(text), newline=""), delimiter=self.delimiter
        )
        cells = next(reader, [""])
        if (
            len(raw) > 1
            and self.width
            and (len(cells) > self.width or self._is_row(text[-1]))
        ):
            # Two rows ran together at a stray quotation mark.
            self.lines.back(raw[1:])
            return Row(number, first, self._plain(line), broken=True)
        return Row(number, "".join(raw), cells)

    def _is_row(self, line: str) -> bool:
        """Say whether a line that closes a cell is a whole row by itself.

        Then the mark that seems to close the cell opens another: text follows it.
        """
        mark = line.replace('""', "  ").find('"')
        if line[mark + 1 : mark + 2].strip() in {"", self.delimiter}:
            return False
        if _is_open(line, self.delimiter, inside=False):
            return False
        cells = next(csv.reader([line], delimiter=self.delimiter), list[str]())
        return len(cells) == self.width

    def _plain(self, line: str) -> list[str]:
        """Split a line at every delimiter."""
        return line.rstrip("\n").split(self.delimiter)


def _is_open(line: str, delimiter: str, *, inside: bool) -> bool:
    """Say whether a quoted cell goes on after this line.

    A quotation mark opens a cell only where the cell begins; inside, two of them
    stand for one.
    """
    place, end = 0, len(line)
    while place < end:
        if inside:
            mark = line.find('"', place)
            if mark < 0:
                return True
            if line.startswith('"', mark + 1):
                place = mark + 2
                continue
            inside, place = False, mark + 1
        elif line[place] == '"':
            inside, place = True, place + 1
            continue
        mark = line.find(delimiter, place)
        if mark < 0:
            return False
        place = mark + 1
    return inside


class _Lines:
    """Lines of a file with their numbers, some of which can be put back."""

    def __init__(self, context: Context) -> None:
        self.source = _each_line(context)
        self.held: deque[str] = deque()
        self.number = 0

    def next(self) -> str | None:
        """Return the next line, None at the end."""
        line = self.held.popleft() if self.held else next(self.source, None)
        if line is not None:
            self.number += 1
        return line

    def back(self, lines: Sequence[str]) -> None:
        """Put lines back in front."""
        self.held.extendleft(reversed(lines))
        self.number -= len(lines)

    def peek(self, count: int) -> list[str]:
        """Return lines without taking them."""
        lines = [line for _ in range(count) if (line := self.next()) is not None]
        self.back(lines)
        return lines


def _each_line(context: Context) -> Iterator[str]:
    """Give every line with its end."""
    for text in whole_lines(context.blocks()):
        yield from _lines_of(text)


def _lines_of(text: str) -> Iterator[str]:
    """Give the lines of a text with their ends."""
    start = 0
    while (end := text.find("\n", start) + 1) > 0:
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


def _delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter that one of the first lines holds most often, quoted text apart."""
    best, most = ",", 0
    for line in lines:
        bare = "".join(line.split('"')[::2])
        for delimiter in _DELIMITERS:
            if bare.count(delimiter) > most:
                best, most = delimiter, bare.count(delimiter)
        if most > 1:
            break
    return best


def _header(rows: Sequence[Row], mapping: Mapping[str, str] | None) -> int | None:
    """Return the place of the header, None if it names nothing that is known.

    It is the first row with more than half as many cells as the widest.
    """
    filled = [(place, row) for place, row in enumerate(rows) if not row.is_empty]
    widest = max((len(row.cells) for _, row in filled), default=0)
    for place, row in filled:
        if 2 * len(row.cells) > widest:
            names = {cell.strip() for cell in row.cells}
            fits = (
                set(mapping.values()) <= names
                if mapping
                else known_names(row.cells) > 0
            )
            return place if fits else None
    return None


_FIELDS = frozenset({"title", "author names", "source", "abstract"})


def _name_of(row: Row, delimiter: str) -> str:
    """Return what stands before the first delimiter of a row, without its quotes."""
    return row.text.partition("\n")[0].split(delimiter, 1)[0].strip('" \t\r')


def _is_upright(rows: Sequence[Row], delimiter: str) -> bool:
    """Say whether the table has a field a row, its name in the first cell."""
    firsts = {_name_of(row, delimiter).lower() for row in rows}
    return len(firsts & _FIELDS) >= 3


def _upright(context: Context, start: Sequence[Row], rows: _Rows) -> Records:
    """Read a table that has a field a row; a title begins a record."""
    rows.back(start)
    names: dict[str, None] = {}
    records: list[list[Row]] = []
    gap: list[Row] = []
    for row in rows:
        if row.is_empty:
            gap.append(row)
            continue
        between, gap = gap, []
        name = _name_of(row, rows.delimiter)
        if name.lower() == "title":
            records.append([])
        if not records:
            keep_passages(context.tally, row.line, row.text.split("\n"))
            continue
        names[name] = None
        records[-1] += [*between, row] if records[-1] else [row]
    Columns(context, list(names), None)
    for record in records:
        fields = [
            (
                row.cells[0].strip() or UNTAGGED,
                "; ".join(filter(None, map(str.strip, row.cells[1:]))),
            )
            for row in record
            if not row.is_empty
        ]
        yield context.entry(fields, record[0].line, "".join(row.text for row in record))
