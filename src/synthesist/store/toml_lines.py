"""Find the lines of review.toml, which the standard parser does not tell."""

from __future__ import annotations

import re

HEADER = re.compile(r"\s*(\[\[?)\s*([\w-]+)\s*\]\]?\s*(?:#.*)?$", re.ASCII)
KEY = re.compile(r"\s*(?:([\w-]+)|\"([^\"]*)\"|'([^']*)')\s*=\s*(.*)", re.ASCII)
FENCES = ('"""', "'''")


def find_lines(text: str) -> dict[tuple[str, int, str], int]:
    """Return the line of each key, and of each table under the key ``""``.

    Keys are (table, its place among tables of that name, key). What is written in
    another way than one key a line (inline tables, dotted keys) is not found.
    """
    lines: dict[tuple[str, int, str], int] = {}
    counts: dict[str, int] = {}
    section, index, fence = "", 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if fence:
            if fence in line:
                fence = ""
            continue
        header = HEADER.match(line)
        if header:
            section = header[2]
            index = counts.get(section, 0)
            counts[section] = index + 1
            lines[section, index, ""] = number
            continue
        key = KEY.match(line)
        if key:
            name = key[1] or key[2] or key[3] or ""
            lines.setdefault((section, index, name), number)
            fence = next((f for f in FENCES if key[4].count(f) == 1), "")
    return lines
