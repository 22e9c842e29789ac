"""Count XML elements by looking for their start tags."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from synthesist.formats.counting.lines import AS_BYTES, wide_name

_SIZE = 1 << 20

#: Longer than any piece of markup that is looked for.
_OVERLAP = 64


def count_elements(stream: BinaryIO, *choices: tuple[str, ...]) -> int:
    """Count start tags outside comments and CDATA; the first choice that occurs counts."""
    counts = _count(stream, {name for names in choices for name in names})
    for names in choices:
        if total := sum(counts[name] for name in names):
            return total
    return 0


def _count(stream: BinaryIO, names: set[str]) -> dict[str, int]:
    """Count the start tags of each name."""
    counts = dict.fromkeys(names, 0)
    alternatives = "|".join(sorted(names, key=len, reverse=True)).encode()
    token = re.compile(
        rb"<!--|<!\[CDATA\[|<(?:[A-Za-z][\w.-]*:)?(" + alternatives + rb")(?=[\s/>])"
    )
    closing: bytes | None = None
    rest = b""
    for block, last in _blocks(stream):
        text = rest + block
        place = 0
        while True:
            if closing:
                end = text.find(closing, place)
                if end < 0:
                    place = max(place, len(text) - len(closing))
                    break
                place, closing = end + len(closing), None
            found = token.search(text, place)
            if found is None or (not last and found.start() > len(text) - _OVERLAP):
                place = (
                    max(place, len(text) - _OVERLAP) if found is None else found.start()
                )
                break
            place = found.end()
            if found[1]:
                counts[found[1].decode()] += 1
            else:
                closing = b"-->" if found[0] == b"<!--" else b"]]>"
        rest = text[place:]
    return counts


def _blocks(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Give blocks of bytes that extend ASCII, and whether each is the last."""
    head = stream.read(2048)
    stream.seek(0)
    name = wide_name(head)
    decoder = codecs.getincrementaldecoder(name)(AS_BYTES) if name else None
    block = stream.read(_SIZE)
    while True:
        following = stream.read(_SIZE)
        yield (
            decoder.decode(block).encode("utf-8", "replace") if decoder else block,
            not following,
        )
        if not following:
            return
        block = following
