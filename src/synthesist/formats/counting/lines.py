"""Count the start markers of tagged text, line by line."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

_MARK = b"\xef\xbb\xbf"

#: The same in GB 18030.
_CHINESE_MARK = b"\x84\x31\x95\x33"

#: A hyphen, or a longer dash with a blank after it, its byte possibly unconverted.
_DASH = rb"(?:-|(?:\xe2\x80[\x93\x94]|[\x96\x97])(?=[ \t\n]|\Z))"
_SIZE = 1 << 20

#: Bytes that are no text count for what they are one by one.
AS_BYTES = "synthesist-as-bytes"


def _as_bytes(error: UnicodeError) -> tuple[str, int]:
    """Take wrong bytes one by one for characters."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    end = error.start + 1 if error.encoding == "gb18030" else error.end
    return error.object[error.start : end].decode("latin-1"), end


codecs.register_error(AS_BYTES, _as_bytes)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Give bytes of an encoding that extends ASCII, lines ending in one line feed."""
    head = stream.read(2048)
    stream.seek(0)
    wide = wide_name(head)
    decoder = codecs.getincrementaldecoder(wide)(AS_BYTES) if wide else None
    held = b""
    while block := stream.read(_SIZE):
        if decoder:
            block = decoder.decode(block).encode("utf-8", "replace")
        block = held + block
        held = b"\r" if block.endswith(b"\r") else b""
        if held:
            block = block[:-1]
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        yield block
    if held:
        yield b"\n"


def _stretches(stream: BinaryIO) -> Iterator[bytes]:
    """Give stretches of whole lines, each line after a line feed."""
    held = [b"\n"]
    for number, block in enumerate(_chunks(stream)):
        if not number:
            block = block.removeprefix(_CHINESE_MARK)
        cut = block.rfind(b"\n")
        if cut < 0:
            held.append(block)
            continue
        yield _unmarked(b"".join(held) + block[:cut])
        held = [block[cut:]]
    yield _unmarked(b"".join(held))


def _unmarked(text: bytes) -> bytes:
    """Drop the marks that files begin with, also where they were joined."""
    return _MARKED.sub(b"\n", text) if b"\n" + _MARK in text else text


_MARKED = re.compile(rb"\n(?:" + _MARK + rb")+")


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """Give every line without its end."""
    for text in _stretches(stream):
        lines = text.split(b"\n")
        del lines[0]
        yield from lines


def wide_name(head: bytes) -> str:
    """Name the encoding of two bytes a character, if it is one."""
    if head.startswith(_MARK):
        return ""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    pairs = [head[place : place + 2] for place in range(0, len(head) - 1, 2)]
    second = sum(pair[1] == 0 != pair[0] for pair in pairs)
    first = sum(pair[0] == 0 != pair[1] for pair in pairs)
    if 10 * max(first, second) > len(pairs) and max(first, second) > 10 * min(
        first, second
    ):
        return "utf-16-le" if second > first else "utf-16-be"
    return ""


def _matches(stream: BinaryIO, pattern: re.Pattern[bytes]) -> int:
    """Count a pattern that begins with a line feed."""
    return sum(len(pattern.findall(text)) for text in _stretches(stream))


_RIS = re.compile(
    rb"\n[ \t]*(?:(TY)[ \t]{0,4}"
    + _DASH
    + rb"|(ER)[ \t]{0,4}"
    + _DASH
    + rb"[ \t\r\f\v]*(?=\n|\Z)|(?<=\n)(T[I1])  ?-[ \t]*[^\s])"
)


def count_ris(stream: BinaryIO) -> int:
    """Count TY lines, and ends of records that had a title but no TY."""
    count, typed, titled = 0, False, False
    for text in _stretches(stream):
        for typ, end, title in _RIS.findall(text):
            if typ:
                count, typed = count + 1, True
            elif end:
                count += titled and not typed
                typed = titled = False
            elif title:
                titled = True
    return count + (titled and not typed)


def count_nbib(stream: BinaryIO) -> int:
    """Count PMID lines."""
    return _matches(stream, re.compile(rb"\nPMID ?-"))


def count_eric(stream: BinaryIO) -> int:
    """Count the OWN lines of ERIC, which has no PMID."""
    return _matches(stream, re.compile(rb"\nOWN ?- ERIC\b"))


_NUMBER = re.compile(rb"<\d{1,7}\.? ?>[ \t]*")
_OVID = re.compile(rb"VN {1,2}- Ovid")


def count_ovid(stream: BinaryIO) -> int:
    """Count numbers in brackets; without any, the lines in which Ovid names itself."""
    numbered = named = 0
    for line in lines_of(stream):
        numbered += _NUMBER.fullmatch(line) is not None
        named += _OVID.match(line) is not None
    return numbered or named


def count_ovid_text(stream: BinaryIO) -> int:
    """Count numbers in brackets; without any, the lines that are like the first."""
    numbered = alike = 0
    first = b""
    for line in lines_of(stream):
        numbered += _NUMBER.fullmatch(line) is not None
        first = first or line.strip()
        alike += bool(first) and line.rstrip(b" \t") == first
    return numbered or alike


def count_wos(stream: BinaryIO) -> int:
    """Count PT lines."""
    return _matches(stream, re.compile(rb"\nPT "))


def count_refworks(stream: BinaryIO) -> int:
    """Count RT lines."""
    return _matches(stream, re.compile(rb"\nRT[ \t]"))


_REFERENCE_TYPE = re.compile(rb"\{Reference Type\} ?(?::|\xef\xbc\x9a)")


def count_noteexpress(stream: BinaryIO) -> int:
    """Count lines that hold {Reference Type}:, which may be glued to what is before it."""
    return sum(1 for line in lines_of(stream) if _REFERENCE_TYPE.search(line))


def count_central(stream: BinaryIO) -> int:
    """Count the numbered heads of records in CENTRAL's plain text."""
    return _matches(stream, re.compile(rb"\nRecord #\d+ of \d+"))


#: A tag's second half is counted in characters, so that lines become text first.
_CNKI = re.compile(
    r"(DataType)[:：]|([A-Z][A-Za-z]{1,20}-)[^ \t\r\n\f\v:：]{1,16}[:：]"
)


def count_cnki(stream: BinaryIO) -> int:
    """Count the lines that begin with the tag that begins the file."""
    count, tag = 0, ""
    for line in lines_of(stream):
        found = _CNKI.match(line.decode("utf-8", "surrogateescape"))
        if found is None:
            continue
        begins = found[1] or found[2]
        tag = tag or begins
        count += begins == tag
    return count


def count_refer(stream: BinaryIO) -> int:
    """Count %0 lines, and paragraphs that have a title of their own but no %0."""
    count, titled = 0, False
    paragraph: list[bytes] = []
    for line in lines_of(stream):
        if line.strip():
            if line[:1] == b"%":
                paragraph.append(line[:2])
            continue
        if paragraph:
            count, titled = _refer_paragraph(paragraph, count, titled)
            paragraph = []
    return _refer_paragraph(paragraph, count, titled)[0]


def _refer_paragraph(tags: list[bytes], count: int, titled: bool) -> tuple[int, bool]:
    """Count one paragraph; `titled` says whether the record before has its title."""
    marked = tags.count(b"%0")
    if marked:
        last = len(tags) - 1 - tags[::-1].index(b"%0")
        after = tags[last:] if marked > 1 else tags
        return count + marked, b"%T" in after
    if b"%T" in tags:
        if titled or not count:
            return count + 1, True
        return count, True
    return count, titled


_ENTRY = re.compile(rb"(?:^[ \t]{0,64}|[})][ \t]{0,63})@[ \t]*([A-Za-z]+)\s*(?:[{(]|$)")
_NO_ENTRY = (b"comment", b"string", b"preamble")


def count_bibtex(stream: BinaryIO) -> int:
    """Count entries: an @ and a word where a line begins or another entry ends."""
    count, waiting = 0, False
    for line in lines_of(stream):
        if waiting and line.strip():
            count += line.lstrip()[:1] in (b"{", b"(")
            waiting = False
        if b"@" not in line:
            continue
        for found in _ENTRY.finditer(line):
            if found[1].lower() in _NO_ENTRY:
                continue
            if found[0][-1:] in b"{(":
                count += 1
            else:
                waiting = True
    return count
