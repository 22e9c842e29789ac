"""Count the records of a JSON file by its brackets."""

from __future__ import annotations

import re
from typing import BinaryIO

from synthesist.formats.counting.lines import AS_BYTES, wide_name

_MARK = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}:]', re.DOTALL)

#: Keys under which services put the list of records.
_LISTS = (
    *(b'"studies"', b'"results"', b'"items"', b'"result"', b'"references"'),
    *(b'"records"', b'"data"'),
)


def count_objects(stream: BinaryIO) -> int:
    """Count the objects of the first list; without one, each object that stands alone.

    The list is the whole file, or stands under one of the keys that services
    use for it, at most two objects deep.
    """
    text = stream.read()
    if name := wide_name(text[:2048]):
        text = text.decode(name, AS_BYTES).encode("utf-8", "replace")
    depth = alone = count = 0
    listed = -1
    key = before = outer = b""
    for found in _MARK.finditer(text):
        mark = found[0]
        if mark == b":":
            key = before
        elif mark == b"[" or mark == b"{":
            if listed >= 0:
                count += mark == b"{" and depth == listed + 1
            elif mark == b"[" and (
                (depth == 0 and not alone)
                or (0 < depth <= 2 and outer == b"{" and alone == 1 and key in _LISTS)
            ):
                listed = depth
            elif mark == b"{" and depth == 0:
                alone += 1
            outer = outer if depth else mark
            depth, key = depth + 1, b""
        elif mark == b"]" or mark == b"}":
            depth = max(0, depth - 1)
            if depth == listed:
                return count
        else:
            before = mark
    return count if listed >= 0 else alone
