"""Read RIS as databases and programs write it, not only as it is specified."""

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
from synthesist.formats.readers.passages import keep_passages, kind_of
from synthesist.formats.readers.ris_tags import tag_roles
from synthesist.formats.reference import Field
from synthesist.formats.split import Marker, Piece, split_at, with_last
from synthesist.formats.text import Wording

#: A hyphen, or what a word processor makes of it, also as a byte that is no text.
_DASH = r"(?:-|[–—\udc96\udc97](?=[ \t\r\n]|\Z))"

MARKER = Marker("TY", re.compile(rf"[ \t]*TY[ \t]{{0,4}}{_DASH}"))

#: In GB 18030 the bytes of long dashes cannot be told from others.
_CHINESE_MARKER = Marker("TY", re.compile(r"[ \t]*TY[ \t]{0,4}-"))

#: Any spacing that exports use: `AU  - x`, `AU - x`, `AU  -  x`, `A1<tab>- x`, `AU  -x`.
_TAG = re.compile(
    r"[ \t]{0,8}([A-Z][A-Z0-9][A-Z]{0,3})([ \t\xa0\u3000]{0,4})[-–—](?:[ \t\xa0\u3000]|$|(?<=  -)(?=\w))(.*)"
)

#: A line as RIS is specified.
_PLAIN = re.compile(r"^([A-Z][A-Z0-9])  -(?: (.*)|$)", re.MULTILINE)

#: Rayyan puts two fields into one line where the first had a line end in it.
_GLUED = re.compile(r"(?<!\s)\s{4,}([A-Z][A-Z0-9])  - ")

_TITLE = re.compile(r"(?:TI|T1)  ?-[ \t]*\S", re.ASCII)

#: The end of a record; other blanks than these make it a line like any other.
_END = re.compile(rf"[ \t]*ER[ \t]{{0,4}}{_DASH}[ \t\r\f\v]*\Z", re.ASCII)


def read_ris(context: Context) -> Records:
    """Give the records of a RIS file.

    A record is what follows a TY line, to its ER line or to the next TY where ER
    is missing. Tags before TY belong to it when no blank line stands between;
    tags directly after ER belong to the record that ended. A title between two
    ER lines without a TY is a record too.
    """
    return _RisReader(context).read()


class _RisReader:
    """Reads pieces in turn; the lines that lead to a TY wait for it."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.roles = tag_roles(context.dialect)
        self.known = frozenset(self.roles)
        context.meaning = self.meaning
        context.stripped = True
        self.lead = Piece(1, "")

    def read(self) -> Records:
        """Give the records of the file."""
        chinese = self.context.encoding.name == "gb18030"
        marker = _CHINESE_MARKER if chinese else MARKER
        pieces = with_last(split_at(self.context.blocks(), marker))
        first, last = next(pieces)
        yield from self._outside(first, last=last)
        for piece, last in pieces:
            text = self.context.mended(piece.text)
            entry = None if self.lead.text else self._plain(piece, text)
            if entry is not None:
                yield entry
            else:
                yield from self._weighed(piece, text.split("\n"), last=last)

    def _plain(self, piece: Piece, text: str) -> Entry | None:
        """Read a record if each of its lines has a tag and the last, and no other, is ER."""
        body = text.rstrip()
        fields = _PLAIN.findall(body)
        if not fields or fields.pop() != ("ER", ""):
            return None
        tags = [tag for tag, _ in fields]
        if "ER" in tags or len(tags) != body.count("\n"):
            return None
        self._count_unknown(tags)
        return self.context.entry(fields, piece.line, piece.text)

    def _weighed(
        self, piece: Piece, lines: list[str], *, last: bool
    ) -> Iterator[Entry]:
        """Read a record line by line, for it is not as RIS is specified."""
        lead, self.lead = self.lead, Piece(1, "")
        before = self.context.mended(lead.text).split("\n")[:-1] if lead.text else []
        fields, used = self._fields([*before, *lines])
        end = used - len(before)
        rest = lines[end:]
        after = end
        if any(map(str.strip, rest)):
            after += self._trailing(rest, last=last)
            fields += self._fields(lines[end:after])[0]
        self._count_unknown([tag for tag, _ in fields])
        cut = (
            _offset(piece.text, after)
            if any(map(str.strip, lines[after:]))
            else len(piece.text)
        )
        line = lead.line if lead.text else piece.line
        yield self.context.entry(fields, line, lead.text + piece.text[:cut])
        if cut < len(piece.text):
            yield from self._outside(
                Piece(piece.line + after, piece.text[cut:]), last=last
            )

    def _count_unknown(self, tags: Sequence[str]) -> None:
        """Count the tags that have no meaning here."""
        if not self.known.issuperset(tags):
            self.context.tally.unknown_tags.update(
                tag for tag in tags if tag not in self.known
            )

    def _fields(self, lines: Sequence[str]) -> tuple[list[Field], int]:
        """Read lines up to an ER line; return the fields and how many lines were used."""
        fields: list[Field] = []
        tag = value = ""
        more: list[str] = []
        used = len(lines)
        for place, line in enumerate(lines):
            if _END.match(line):
                used = place + 1
                break
            found = _TAG.match(line)
            if found is None or not self._means_tag(found):
                if tag:
                    more.append(line)
                elif begins := MARKER.pattern.match(line):
                    tag, value = "TY", line[begins.end() :]
                elif line.strip():
                    fields.append((UNTAGGED, line))
                continue
            if tag:
                fields.append((tag, _joined(value, more)))
                more = []
            tag, value = found[1], found[3]
        if tag:
            fields.append((tag, _joined(value, more)))
        return fields, used

    def _means_tag(self, found: re.Match[str]) -> bool:
        """Say whether what looks like a tag is one: `OR - 3.2` in an abstract is not."""
        tag = found[1]
        if self.roles.get(tag):
            return True
        spaced = found.start(3) > found.end(2) + 1 or not found[3]
        return spaced and len(found[2]) == 2 and len(tag) == 2

    def meaning(self, fields: Sequence[Field], said: Wording) -> dict[str, list[str]]:
        """Sort values by what they mean."""
        roles: dict[str, list[str]] = {}
        known = self.roles
        for tag, value in fields:
            role = known.get(tag)
            if said.spaced and "  - " in value and (glued := _GLUED.split(value))[1:]:
                self.context.tally.changes["fields told apart in one line"] += 1
                value = glued[0]
                for other, text in zip(glued[1::2], glued[2::2], strict=True):
                    if text := text.strip():
                        add(roles, known.get(other, ""), text)
            if not role or not (value := value.strip()):
                continue
            if "\n" in value and role in _LISTS:
                for part in filter(None, map(str.strip, value.split("\n"))):
                    add(roles, role, part)
            elif role in roles:
                roles[role].append(value)
            else:
                roles[role] = [value]
        return roles

    def _trailing(self, lines: Sequence[str], *, last: bool) -> int:
        """Count the tag lines directly after ER that belong to the record before it."""
        count = 0
        for line in lines:
            if _END.match(line) or _TITLE.match(line):
                return 0
            found = _TAG.match(line)
            if found is None or not self._means_tag(found):
                break
            count += 1
        led = all(not line.strip() for line in lines[count:])
        return (
            0 if led and not last and count and lines[count:] in ([], [""]) else count
        )

    def _outside(self, piece: Piece, *, last: bool) -> Iterator[Entry]:
        """Take apart what stands between records; keep what leads to the next TY."""
        if not piece.text or piece.text.isspace():
            return
        raw = piece.text.split("\n")
        lines = self.context.mended(piece.text).split("\n")
        begin = 0
        for place, line in enumerate(lines):
            if _END.match(line):
                yield from self._segment(piece.line, raw, lines, begin, place + 1, True)
                begin = place + 1
        end = len(lines) - (not lines[-1])
        if last:
            yield from self._segment(piece.line, raw, lines, begin, end, True)
            return
        lead = end
        while lead > begin and self._leads(lines[lead - 1]):
            lead -= 1
        while lead < end and _TAG.match(lines[lead]) is None:
            lead += 1
        yield from self._segment(piece.line, raw, lines, begin, lead, False)
        if lead < end:
            self.lead = Piece(piece.line + lead, "\n".join(raw[lead:end]) + "\n")

    def _leads(self, line: str) -> bool:
        """Say whether a line before a TY line can belong to its record."""
        return bool(line.strip()) and kind_of(line) is None

    def _segment(
        self,
        line: int,
        raw: list[str],
        lines: list[str],
        begin: int,
        end: int,
        closed: bool,
    ) -> Iterator[Entry]:
        """Read lines without a TY: a record if they have a title, else a passage."""
        if closed and any(map(_TITLE.match, lines[begin:end])):
            first = begin
            while not lines[begin].strip() or kind_of(lines[begin]):
                begin += 1
            keep_passages(self.context.tally, line + first, lines[first:begin])
            self.context.tally.unmarked += 1
            fields, _ = self._fields(lines[begin:end])
            self._count_unknown([tag for tag, _ in fields])
            # The last line of a file may not end.
            text = "\n".join(raw[begin:end]) + "\n" * (end < len(raw))
            yield self.context.entry(fields, line + begin, text)
            return
        keep_passages(self.context.tally, line + begin, lines[begin:end])


#: Roles of which one value can fill several lines, as EndNote writes them.
_LISTS = frozenset({"keyword", "author", "editor", "address", "url"})


def _joined(value: str, more: list[str]) -> str:
    """Add continuation lines to a value, without the empty ones at its end."""
    if not more:
        return value
    while more and not more[-1].strip():
        more.pop()
    return "\n".join([value, *more])


def _offset(text: str, lines: int) -> int:
    """Return where a number of lines ends in text."""
    place = 0
    for _ in range(lines):
        place = text.find("\n", place) + 1
        if not place:
            return len(text)
    return place
