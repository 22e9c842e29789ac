"""Tell how the bytes of a file became text."""

from __future__ import annotations

import codecs
import re

from synthesist.formats.report import Encoding
from synthesist.formats.source import Source

#: Byte-order marks.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)

_DECLARED = re.compile(
    rb"""(?:encoding\s*=\s*["']|charset\s*=\s*["']?)([A-Za-z][\w.:-]{1,30})""",
    re.IGNORECASE,
)


def find_encoding(source: Source) -> Encoding:
    """Tell a file's encoding from its bytes; what it declares is only reported.

    A byte-order mark decides; without one UTF-16 is known by its zero bytes,
    UTF-8 by being valid. Among the rest GB 18030 is told from Windows-1252 by
    how its bytes pair up, and a UTF-8 file with a few broken places stays UTF-8.
    """
    head = source.head()
    found = _DECLARED.search(head[:4096])
    declared = found[1].decode("ascii") if found else ""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name, mark=True, declared=declared)
    if wide := _wide(head):
        return Encoding(wide, declared=declared)
    sample = _first_beyond_ascii(source)
    if not sample:
        return Encoding("utf-8", declared=declared, exact=True)
    return Encoding(_narrow(sample), declared=declared)


def _wide(head: bytes) -> str:
    """Recognise UTF-16 without a mark: tags and blanks leave zeros on one side only."""
    head = head[: len(head[:2048]) // 2 * 2]
    even, odd = head[::2], head[1::2]
    both = sum(not (one or other) for one, other in zip(even, odd, strict=True))
    high, low = even.count(0) - both, odd.count(0) - both
    enough = 10 * max(high, low) > len(even) and max(high, low) > 10 * min(high, low)
    if not enough:
        return ""
    return "utf-16-le" if low > high else "utf-16-be"


def _first_beyond_ascii(source: Source, wanted: int = 1 << 18) -> bytes:
    """Return bytes around those that are not ASCII, none if the file is valid UTF-8.

    The whole file is read, but only what is in doubt is kept.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    valid, kept = True, bytearray()
    for block in source.blocks():
        if valid:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                valid = False
        if len(kept) < wanted and not block.isascii():
            for line in block.splitlines():
                if not line.isascii():
                    kept += line[:20000] + b"\n"
                    if len(kept) >= wanted:
                        break
        elif not valid:
            break
    if valid:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            valid = False
    return b"" if valid else bytes(kept)


_UTF8 = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH = re.compile(rb"[\x80-\xff]+")

#: The common characters of GB 2312: its first level, and its punctuation.
_COMMON = re.compile(rb"(?:[\xb0-\xd7][\xa1-\xfe]|[\xa1\xa3][\xa1-\xfe])")


def _narrow(sample: bytes) -> str:
    """Tell UTF-8 with damage, GB 18030 and Windows-1252 apart by their high bytes."""
    high = sum(len(run) for run in _HIGH.findall(sample))
    as_utf8 = sum(len(found) for found in _UTF8.findall(sample))
    if as_utf8 >= 0.75 * high:
        return "utf-8"
    as_chinese = sum(
        2 * len(_COMMON.findall(run)) for run in _HIGH.findall(sample) if len(run) >= 2
    )
    return "gb18030" if as_chinese >= 0.6 * high else "cp1252"
