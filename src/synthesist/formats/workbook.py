"""Read the cells of a workbook (.xlsx) from its parts, row by row.

Libraries for this drop rows whose number repeats, fill every gap in the numbering
with an empty row, and cells behind one that is out of order disappear. Here a row
is what the sheet holds, and every cell with anything in it is given.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from typing import NamedTuple
from xml.parsers import expat

from synthesist.errors import InvalidInput
from synthesist.formats.xml import DEPTH, BrokenXml

#: What a spreadsheet program can hold.
ROWS = 1 << 20
COLUMNS = 1 << 14
SHEETS = 1000

_BLOCK = 1 << 16


class Sheet(NamedTuple):
    """A sheet: the name that users see, and the part of the archive it is in."""

    title: str
    part: str


class Row(NamedTuple):
    """A row's number, and its cells that hold anything as (column, text), from 1."""

    number: int
    cells: list[tuple[int, str]]


class Workbook:
    """A workbook that is open for reading.

    Parameters
    ----------
    archive : zipfile.ZipFile
        Its archive, already found to be of a sane size.
    name : str
        The file's name, for messages.

    Raises
    ------
    InvalidInput
        If it is no workbook.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.archive = archive
        self.name = name
        self.parts = {
            member.replace("\\", "/").lstrip("/").lower(): member
            for member in archive.namelist()
        }
        targets = self._related("")
        book = next(
            (part for kind, part in targets.values() if kind == "officeDocument"),
            "xl/workbook.xml",
        )
        related = self._related(book)
        found = _Book()
        self._parse(book, found.start, found.end, found.text)
        self.base = date(1904, 1, 1) if found.from_1904 else date(1899, 12, 30)
        self.sheets = tuple(
            {
                part: Sheet(title, part)
                for title, key in found.sheets[:SHEETS]
                for kind, part in [related.get(key, ("", ""))]
                if kind == "worksheet" and part.lower() in self.parts
            }.values()
        )
        parts = dict(related.values())
        styles = _Styles()
        if part := self._known(parts.get("styles", "")):
            self._parse(part, styles.start, styles.end, styles.text)
        self.dates = styles.dates()
        strings = _Strings()
        if part := self._known(parts.get("sharedStrings", "")):
            self._parse(part, strings.start, strings.end, strings.text)
        self.strings: Sequence[str] = strings.found

    def _known(self, part: str) -> str:
        """Return a part's name if the archive has it."""
        return part if part.lower() in self.parts else ""

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the kind and name of each part that a part refers to, by its key."""
        folder, _, stem = part.rpartition("/")
        path = posixpath.join(folder, "_rels", f"{stem}.rels")
        found: dict[str, tuple[str, str]] = {}

        def start(name: str, given: Mapping[str, str]) -> None:
            if name == "Relationship":
                target = posixpath.join("/", folder, given.get("Target", ""))
                kind = given.get("Type", "").rpartition("/")[2]
                found[given.get("Id", "")] = kind, posixpath.normpath(target)[1:]

        if self._known(path):
            self._parse(path, start, _ignore, _ignore)
        return found

    def _parse(
        self,
        part: str,
        start: Callable[[str, Mapping[str, str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None],
    ) -> None:
        """Read a part to its end."""
        for _ in self._steps(part, start, end, text):
            pass

    def _steps(
        self,
        part: str,
        start: Callable[[str, Mapping[str, str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None],
    ) -> Iterator[None]:
        """Read a part block by block."""
        parser = _parser(start, end, text)
        try:
            with self.archive.open(self.parts[part.lower()]) as stream:
                while block := stream.read(_BLOCK):
                    parser.Parse(block, False)
                    yield
                parser.Parse(b"", True)
                yield
        except expat.ExpatError as error:
            raise self._damaged(part, expat.ErrorString(error.code)) from None
        except (
            BrokenXml,
            KeyError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            ValueError,
        ) as error:
            raise self._damaged(part, str(error)[:120].strip("'\"")) from None

    def _damaged(self, part: str, why: str) -> InvalidInput:
        """Say that a part cannot be read."""
        return InvalidInput(
            f"The workbook cannot be read: {part}: {why}",
            where=self.name,
            remedy="save it again as .xlsx, or export CSV",
        )

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        """Give the rows of a sheet that hold anything.

        Raises
        ------
        InvalidInput
            If it cannot be read to its end.
        """
        cells = _Cells(self)
        for _ in self._steps(sheet.part, cells.start, cells.end, cells.text):
            yield from cells.rows
            cells.rows.clear()


def _ignore(_given: str) -> None:
    """Do nothing."""


def _parser(
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> expat.XMLParserType:
    """Return a parser that hands on names without namespace, and knows no entities."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise BrokenXml(f"elements are nested more than {DEPTH} deep")
        start(name.rpartition("}")[2], attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name.rpartition("}")[2])

    def declared(*_given: object) -> None:
        raise BrokenXml("it declares a document type, which no workbook does")

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = declared
    return parser


class _Part:
    """Collects what a part says, element by element."""

    def start(self, name: str, given: Mapping[str, str]) -> None:
        """Take the begin of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, text: str) -> None:
        """Take text."""


class _Book(_Part):
    """Collects the sheets of a workbook, and how it counts days."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.from_1904 = False

    def start(self, name: str, given: Mapping[str, str]) -> None:
        """Take a sheet, or the workbook's properties."""
        if name == "sheet":
            keys = [value for key, value in given.items() if key.endswith("}id")]
            self.sheets.append((given.get("name", ""), keys[0] if keys else ""))
        elif name == "workbookPr":
            self.from_1904 = given.get("date1904", "") in {"1", "true", "on"}


#: Formats of dates, and of times of a day, that every workbook has.
_DATES = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))

#: What in a format is text, a colour or a condition.
_NO_FORMAT = re.compile(r'"[^"]*"|\\.|[_*].|\[[^\]]*\]')


#: A time that has passed, which is no time of a day.
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)


class _Styles(_Part):
    """Collects which styles of cells show dates."""

    def __init__(self) -> None:
        self.formats: dict[str, str] = {}
        self.styles: list[str] = []
        self.inside = False

    def start(self, name: str, given: Mapping[str, str]) -> None:
        """Take a format, or the format of a style."""
        if name == "numFmt":
            self.formats[given.get("numFmtId", "")] = given.get("formatCode", "")
        elif name == "cellXfs":
            self.inside = True
        elif name == "xf" and self.inside:
            self.styles.append(given.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        """Leave the styles of cells."""
        if name == "cellXfs":
            self.inside = False

    def dates(self) -> frozenset[str]:
        """Return the numbers of the styles that show dates."""
        shown = {str(number) for number in _DATES} | {
            number for number, code in self.formats.items() if _shows_date(code)
        }
        return frozenset(
            str(place) for place, number in enumerate(self.styles) if number in shown
        )


def _shows_date(code: str) -> bool:
    """Say whether a format shows days, months or times."""
    if _ELAPSED.search(code):
        return False
    bare = _NO_FORMAT.sub("", code.partition(";")[0]).lower()
    return bare != "general" and re.search("[dmyhs]", bare) is not None


class _Strings(_Part):
    """Collects the texts that cells refer to by number, without their readings."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.parts: list[str] = []
        self.open = self.taking = False
        self.reading = 0

    def start(self, name: str, given: Mapping[str, str]) -> None:
        """Begin a text."""
        if name == "si":
            if self.open:
                raise BrokenXml("a text stands inside a text")
            self.open, self.parts = True, []
        elif name == "rPh":
            self.reading += 1
        self.taking = name == "t" and not self.reading

    def end(self, name: str) -> None:
        """End a text."""
        self.taking = False
        if name == "rPh":
            self.reading -= 1
        elif name == "si":
            self.open = False
            self.found.append(_unescaped("".join(self.parts)))

    def text(self, text: str) -> None:
        """Take text."""
        if self.taking:
            self.parts.append(text)


#: How control characters are written that XML cannot hold, and the sign for it itself.
_ESCAPE = re.compile("_x(0009|000[aAdD]|005[fF])_")


def _unescaped(text: str) -> str:
    """Return text with its line ends as such."""
    if "_x00" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


class _Cells(_Part):
    """Collects rows."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.rows: list[Row] = []
        self.number = self.count = self.column = self.reading = 0
        self.row: list[tuple[int, str]] = []
        self.open = False
        self.cell: Mapping[str, str] | None = None
        self.inside = ""
        self.value: list[str] = []
        self.formula: list[str] = []

    def start(self, name: str, given: Mapping[str, str]) -> None:
        """Begin a row, a cell, or what a cell holds."""
        self.inside = ""
        if (name == "row" and self.open) or (name == "c" and self.cell is not None):
            raise BrokenXml("a row or cell stands inside another")
        if self.cell is not None:
            if name == "rPh":
                self.reading += 1
            elif name in _HOLDS and not self.reading:
                self.inside = name
        elif name == "c" and self.open:
            self.cell, self.value, self.formula = given, [], []
            self.reading = 0
            self.column = _column(given.get("r", "")) or self.column + 1
            if self.column > COLUMNS:
                raise BrokenXml(f"a row has more than {COLUMNS} cells")
        elif name == "row":
            self.open = True
            self.count += 1
            if self.count > ROWS:
                raise BrokenXml(f"a sheet has more than {ROWS} rows")
            number = given.get("r", "")
            known = number.isascii() and number.isdigit() and len(number) < 10
            self.number = int(number) if known else self.number + 1
            self.row, self.column = [], 0

    def end(self, name: str) -> None:
        """End a row, a cell, or what a cell holds."""
        self.inside = ""
        if name == "c" and self.cell is not None:
            if text := self._shown():
                self.row.append((self.column, text))
            self.cell = None
        elif name == "row":
            self.open = False
            if any(text.strip() for _, text in self.row):
                self.rows.append(Row(self.number, self.row))
        elif name == "rPh":
            self.reading -= 1

    def text(self, text: str) -> None:
        """Take text."""
        if self.inside == "f":
            self.formula.append(text)
        elif self.inside:
            self.value.append(text)

    def _shown(self) -> str:
        """Return a cell's text as it would be shown; a formula without a value itself."""
        value = "".join(self.value)
        given = self.cell or {}
        if not value.strip():
            formula = "".join(self.formula).strip()
            return f"={formula}" if formula else value
        kind = given.get("t", "n")
        if kind == "s":
            number = int(value) if value.strip().isdecimal() else -1
            if not 0 <= number < len(self.book.strings):
                raise BrokenXml(f"row {self.number} refers to a text that is not there")
            return self.book.strings[number]
        if kind == "b":
            return {"1": "true", "0": "false"}.get(value.strip(), value)
        if kind == "d":
            return _MIDNIGHT.sub("", value)
        if kind != "n":
            return _unescaped(value)
        if given.get("s", "") in self.book.dates:
            return _day(value, self.book.base) or _number(value)
        return _number(value)


#: Elements of a cell whose text is shown, or computed with.
_HOLDS = frozenset("vtf")

_MIDNIGHT = re.compile(r"T00:00(?::00(?:\.0+)?)?Z?\s*\Z")
_COLUMN = re.compile(r"\$?([A-Za-z]{1,3})\$?\d")


def _column(place: str) -> int:
    """Return the number of a cell's column, 0 where its place does not say."""
    found = _COLUMN.match(place)
    number = 0
    for letter in found[1].upper() if found else "":
        number = 26 * number + ord(letter) - 64
    return number


_DECIMAL = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\s*", re.ASCII)


def _number(value: str) -> str:
    """Return a number as it is usually shown; what is none stays."""
    if value.isdecimal() or not _DECIMAL.fullmatch(value):
        return value
    number = float(value)
    if abs(number) > 1e300:
        return value
    whole = number.is_integer() and abs(number) < 1e15
    return str(int(number)) if whole else str(number)


def _day(value: str, base: date) -> str:
    """Return a number of days as a date, with its time unless that is midnight."""
    if not _DECIMAL.fullmatch(value):
        return ""
    days = float(value)
    if 1 <= days < 60 and base.year == 1899:
        # The calendar of spreadsheets has a 29 February 1900.
        days += 1
    try:
        whole, rest = divmod(round(days * _DAY), _DAY)
        day = (base + timedelta(days=whole)).isoformat()
    except OverflowError:
        return ""
    seconds, thousandths = divmod(rest, 1000)
    minutes, seconds = divmod(seconds, 60)
    clock = time(*divmod(minutes, 60), seconds, 1000 * thousandths).isoformat()
    if 0 <= days < 1:
        return clock
    return f"{day}T{clock}" if rest else day


#: Milliseconds.
_DAY = 86_400_000
