"""Read Refer, the percent-tagged text of EndNote (.enw), .enl exports and CNKI."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from synthesist.formats.readers.context import (
    UNTAGGED,
    Context,
    Entry,
    Records,
    add,
)
from synthesist.formats.readers.passages import keep_passages
from synthesist.formats.reference import Field
from synthesist.formats.split import Piece, whole_lines

#: CNKI leaves out the blank before Chinese text.
_TAG = re.compile(r"%(\S)(?:[ \t]|$|(?=[\u4e00-\u9fff]))(.*)")

#: A line of CNKI's own text in its Refer: `PageCount-页码 0`.
_STRAY = re.compile(r"([A-Z][A-Za-z]{2,20}-[\u4e00-\u9fff]{1,8})[ \t:：](.*)")

ROLES = {
    "%0": "type",
    "%T": "title",
    "%A": "author",
    "%E": "editor",
    "%?": "",
    "%Y": "",
    "%H": "author_translated",
    "%Q": "title_translated",
    "%!": "title_short",
    "%J": "journal",
    "%B": "container",
    "%S": "",
    "%O": "journal_abbreviation",
    "%D": "year",
    "%8": "date",
    "%7": "edition",
    "%V": "volume",
    "%N": "issue",
    "%P": "pages",
    "%&": "start",
    "%]": "article_number",
    "%K": "keyword",
    "%X": "abstract",
    "%Z": "note",
    "%<": "note",
    "%1": "",
    "%2": "pmcid",
    "%3": "",
    "%4": "",
    "%6": "",
    "%9": "pubtype",
    "%@": "serial_number",
    "%U": "url",
    "%R": "doi",
    "%W": "platform",
    "%~": "database",
    "%M": "accession",
    "%L": "",
    "%F": "",
    "%G": "language",
    "%I": "publisher",
    "%C": "place",
    "%+": "address",
    "%(": "",
    "%)": "",
    "%*": "",
    "%^": "",
    "%[": "",
    "%=": "",
    "%>": "url",
    "%$": "",
    "%#": "",
    "%f": "",
}

_LISTS = frozenset({"keyword", "author", "editor", "address", "url"})


def read_refer(context: Context) -> Records:
    """Give the records of a Refer file.

    A record is the paragraph around its %0, which need not come first, and the
    paragraphs after it that have neither %0 nor a title where there is one
    already. A paragraph with a title of its own and no %0 is a record too.
    """
    said = cnki_meaning if context.dialect == "refer/cnki" else meaning
    context.meaning = lambda fields, _: said(fields)
    return _ReferReader(context).read()


class _ReferReader:
    """Collects paragraphs into records."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.current: Piece | None = None
        self.titled = False

    def read(self) -> Records:
        """Give the records of the file."""
        for paragraph in _paragraphs(self.context):
            lines = paragraph.text.split("\n")
            marks = [place for place, line in enumerate(lines) if line.startswith("%0")]
            if marks:
                yield from self._marked(paragraph, lines, marks)
                continue
            titled = any(line.startswith("%T") for line in lines)
            if titled and (self.titled or self.current is None):
                yield from self._begin(paragraph)
                self.context.tally.unmarked += 1
            else:
                self._append(paragraph)
            self.titled = self.titled or titled
        yield from self._finish()

    def _marked(
        self, paragraph: Piece, lines: list[str], marks: list[int]
    ) -> Iterator[Entry]:
        """Begin a record at every mark; what stands before the first may belong to it."""
        lead = lines[: marks[0]]
        begin = 0
        if lead and not any(line.startswith(("%T", "%A")) for line in lead):
            self._append(Piece(paragraph.line, "\n".join(lead) + "\n"))
            begin = marks[0]
        ends = [*marks[1:], len(lines)]
        for end in ends:
            text = "\n".join(lines[begin:end])
            if end < len(lines):
                text += "\n"
            yield from self._begin(Piece(paragraph.line + begin, text))
            self.titled = any(line.startswith("%T") for line in lines[begin:end])
            begin = end

    def _begin(self, piece: Piece) -> Iterator[Entry]:
        """End the record before and begin another."""
        yield from self._finish()
        self.current = piece

    def _append(self, piece: Piece) -> None:
        """Add a paragraph to the current record; before the first it stands outside."""
        if self.current is None:
            if piece.text.strip():
                keep_passages(
                    self.context.tally,
                    piece.line,
                    self.context.mended(piece.text).split("\n"),
                )
        else:
            self.current = Piece(self.current.line, self.current.text + piece.text)

    def _finish(self) -> Iterator[Entry]:
        """Give the current record."""
        if self.current is None:
            return
        fields = _fields(self.context.mended(self.current.text))
        for tag, _ in fields:
            if tag not in ROLES:
                self.context.tally.unknown_tags[tag] += 1
        yield self.context.entry(fields, self.current.line, self.current.text)
        self.current = None


#: An ideographic space indents; only these make a line empty.
_BLANKS = " \t\r\f\v"


def _paragraphs(context: Context) -> Iterator[Piece]:
    """Cut the text behind every run of blank lines."""
    held: list[str] = []
    blank = False
    line = start = 1
    for text in whole_lines(context.blocks()):
        lines = text.split("\n")
        last = lines.pop()
        for each in lines:
            if blank and each.strip(_BLANKS):
                yield Piece(start, "".join(held))
                held, start = [], line
            blank = not each.strip(_BLANKS)
            held.append(each + "\n")
            line += 1
        if last:
            if blank and last.strip(_BLANKS):
                yield Piece(start, "".join(held))
                held, start = [], line
            held.append(last)
    if held:
        yield Piece(start, "".join(held))


def _fields(text: str) -> list[Field]:
    """Read the fields of one record."""
    fields: list[Field] = []
    tag, value = UNTAGGED, list[str]()
    for line in text.split("\n"):
        found = _TAG.match(line) or _STRAY.match(line)
        if found is None:
            value.append(line)
            continue
        if tag != UNTAGGED or any(map(str.strip, value)):
            fields.append((tag, "\n".join(value).rstrip()))
        tag = f"%{found[1]}" if len(found[1]) == 1 else found[1]
        value = [found[2]]
    if tag != UNTAGGED or any(map(str.strip, value)):
        fields.append((tag, "\n".join(value).rstrip()))
    return fields


def meaning(fields: Sequence[Field]) -> dict[str, list[str]]:
    """Sort values by what they mean; CNKI puts all authors into one line."""
    roles: dict[str, list[str]] = {}
    for tag, value in fields:
        role = ROLES.get(tag)
        if not role:
            continue
        if role == "author" and "%A" in value:
            parts = value.split("%A")
        elif role in _LISTS and "\n" in value:
            parts = value.split("\n")
        else:
            parts = [value]
        for part in parts:
            add(roles, role, part)
    return roles


def cnki_meaning(fields: Sequence[Field]) -> dict[str, list[str]]:
    """Sort values of CNKI, which names the part of it that a record is from."""
    roles = meaning(fields)
    roles.pop("database", None)
    pages = roles.get("pages", [])
    if len(pages) > 1:
        # How many pages there are is given like the pages.
        roles["pages"] = [page for page in pages if "-" in page] or pages[-1:]
    return roles
