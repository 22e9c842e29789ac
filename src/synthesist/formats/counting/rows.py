"""Count the data rows of a table in text: by quotation marks and line ends alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO, NamedTuple

from synthesist.formats.counting.lines import lines_of

#: Rows that are looked at to find the header.
_LOOKED_AT = 30

#: Lines a quoted cell may fill.
_PATIENCE = 2000

_SEPARATORS = (b"\t", b",", b";", b"|")


class _Row(NamedTuple):
    """What is known of a row without reading its cells."""

    cells: int
    first: bytes
    empty: bool


def count_rows(stream: BinaryIO) -> int:
    """Count rows after the header that hold anything.

    The header is the first row with more than half as many cells as the widest
    of the first rows. Where the first cells repeat the names of fields, as in
    Embase's table with a field a row, titles are counted. A row whose quotation
    mark is not closed, whose cells become too many by it, or which would end in the
    middle of a whole row, ends with its line.
    """
    separator = _separator(stream)
    stream.seek(0)
    scan = _Scan(lines_of(stream), separator)
    start = list(islice(scan.rows(), _LOOKED_AT))
    names = {row.first for row in start}
    if (
        sum(
            name in names
            for name in (b"title", b"author names", b"source", b"abstract")
        )
        > 2
    ):
        return sum(row.first == b"title" for row in chain(start, scan.rows()))
    widest = max((row.cells for row in start if not row.empty), default=0)
    header = next(
        (
            place
            for place, row in enumerate(start)
            if not row.empty and 2 * row.cells > widest
        ),
        None,
    )
    if header is None:
        return 0
    # Rows below the header may end elsewhere once its width is known.
    stream.seek(0)
    scan = _Scan(lines_of(stream), separator)
    rows = scan.rows()
    above = list(islice(rows, header + 1))
    scan.width = above[-1].cells
    return sum(not row.empty for row in rows)


def _separator(stream: BinaryIO) -> bytes:
    """Return the separator that the fullest of the first lines holds most often."""
    best, most = b",", 0
    for line in islice(lines_of(stream), _LOOKED_AT):
        bare = b"".join(line.split(b'"')[::2])
        for separator in _SEPARATORS:
            if bare.count(separator) > most:
                best, most = separator, bare.count(separator)
        if most > 1:
            break
    return best


class _Scan:
    """Joins lines to rows; lines taken in vain are looked at again."""

    def __init__(self, lines: Iterator[bytes], separator: bytes) -> None:
        self.lines = lines
        self.separator = separator
        self.again: list[bytes] = []
        self.width = 0

    def _line(self) -> bytes | None:
        """Return the next line."""
        return self.again.pop() if self.again else next(self.lines, None)

    def rows(self) -> Iterator[_Row]:
        """Give every row."""
        while (line := self._line()) is not None:
            inside, cells = self._scan(line, False)
            taken: list[bytes] = []
            while inside and len(taken) + 1 < _PATIENCE:
                following = self._line()
                if following is None:
                    break
                taken.append(following)
                inside, more = self._scan(following, True)
                cells += more
            if inside or (
                taken
                and self.width
                and (cells + 1 > self.width or self._stands_alone(taken[-1]))
            ):
                self.again.extend(reversed(taken))
                taken, cells = [], line.count(self.separator)
            yield self._row(line, taken, cells + 1)

    def _stands_alone(self, line: bytes) -> bool:
        """Say whether a line has all cells, and text behind its first single mark."""
        _, mark, behind = line.replace(b'""', b"").partition(b'"')
        if not mark or behind[:1] in (b"", b"\r", b"\n", b" ", self.separator):
            return False
        inside, more = self._scan(line, False)
        return not inside and more + 1 == self.width

    def _row(self, line: bytes, more: list[bytes], cells: int) -> _Row:
        """Describe a row."""
        text = b"".join([line, *more])
        held = text.replace(self.separator, b"").replace(b'"', b"").strip(_BLANKS)
        first = line.split(self.separator, 1)[0].strip(b'" \t').lower()
        empty = (not held or _is_blank(held)) and (
            b'"' not in text or not _quotes_hold(text, self.separator)
        )
        return _Row(cells, first, empty)

    def _scan(self, line: bytes, inside: bool) -> tuple[bool, int]:
        """Say whether a quoted cell goes on after a line, and count its separators."""
        if b'"' not in line:
            return inside, 0 if inside else line.count(self.separator)
        count, place, end = 0, 0, len(line)
        begins = not inside
        while place < end:
            if inside:
                place = line.find(b'"', place)
                if place < 0:
                    return True, count
                if line[place + 1 : place + 2] == b'"':
                    place += 2
                else:
                    inside, place = False, place + 1
            elif begins and line[place : place + 1] == b'"':
                inside, begins, place = True, False, place + 1
            else:
                place = line.find(self.separator, place)
                if place < 0:
                    break
                count, begins, place = count + 1, True, place + 1
        return inside, count


def _quotes_hold(text: bytes, separator: bytes) -> bool:
    """Say whether a separator stands inside closed quotation marks, and so is text."""
    inside, begins, place, held = False, True, 0, False
    while place < len(text):
        sign = text[place : place + 1]
        place += 1
        if inside and sign == b'"':
            if text[place : place + 1] == b'"':
                place += 1
            else:
                inside = False
        elif inside:
            held |= sign == separator
        elif sign == separator:
            begins = True
        else:
            inside, begins = begins and sign == b'"', False
    return held and not inside


#: Blanks of ASCII, its separators of files and records, and the no-break space.
_BLANKS = b" \t\r\v\f\x1c\x1d\x1e\x1f\xc2\xa0"


def _is_blank(text: bytes) -> bool:
    """Say whether a few bytes are blanks of another alphabet."""
    if len(text) > 64 or text.isascii():
        return False
    try:
        return not text.decode("utf-8").strip()
    except UnicodeDecodeError:
        return not text.replace(b"\xa1\xa1", b"").strip()
