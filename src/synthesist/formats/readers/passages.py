"""What stands outside the records of a file: usual lines are counted, others kept."""

from __future__ import annotations

import re
from collections.abc import Sequence

from synthesist.formats.report import Tally

#: Lines that exports put around records, none of which is part of one.
_BOILERPLATE = (
    ("number", re.compile(r"<?\d{1,7}\.? ?>?\s*$")),
    ("record number", re.compile(r"Record #\d+ of \d+\s*$")),
    ("provider", re.compile(r"(?:Provider|Content|Database)\s?:")),
    ("link to full text", re.compile(r"Link to the ")),
    ("rule", re.compile(r"[-=_*]{3,}\s*$")),
    ("comment", re.compile(r"%")),
    ("file header", re.compile(r"(?:FN|VR) \S")),
    ("end of file", re.compile(r"EF\s*$")),
)


def kind_of(line: str) -> str | None:
    """Name the kind of a line that exports put around records."""
    return next((kind for kind, pattern in _BOILERPLATE if pattern.match(line)), None)


def keep_passages(tally: Tally, line: int, lines: Sequence[str]) -> None:
    """Count the usual lines around records, and keep all others with their place."""
    held: list[str] = []
    start = line
    for number, text in enumerate([*lines, ""], start=line):
        kind = kind_of(text) if text.strip() else None
        if kind:
            tally.boilerplate[kind] += 1
        if text.strip() and not kind:
            if not held:
                start = number
            held.append(text)
        elif held:
            tally.passage(start, "\n".join(held))
            held = []
