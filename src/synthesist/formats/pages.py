"""Pages in one form: `118-120`, whichever way they were printed."""

from __future__ import annotations

import re

_RANGE = re.compile(
    r"^([A-Za-z]{0,4})(\d+)([A-Za-z]?)[-–—‐‑−~～]{1,3}([A-Za-z]{0,4})(\d+)([A-Za-z]?)$"
)
_DASH = re.compile(r"\s*[-–—‐‑−~～]+(?:\s*[-–—‐‑−~～]+)*\s*")
_PREFIX = re.compile(
    r"^(?:pp?\.?|pages?|页码?)\s*[:：]?\s*(?=[\dA-Za-z])", re.IGNORECASE
)
_PARTS = re.compile(r"\s*[,，;；+、]\s*")

#: What databases write where there is no page.
_NONE = frozenset(
    {
        "",
        "-",
        "no-specified",
        "no specified",
        "not specified",
        "n/a",
        "na",
        "n.pag",
        "n.pag-n.pag",
        "no pagination",
        "no page",
        "unpaginated",
    }
)


def normalise_pages(text: str) -> str:
    """Write pages in full: `118-20+123` becomes `118-120, 123`.

    What is no range of numbers, such as `e0815` or `i-ii`, is kept.
    """
    text = _PREFIX.sub("", text.strip())
    if text.isdigit():
        return text
    if text.lower() in _NONE:
        return ""
    parts = [_range(part) for part in _PARTS.split(text) if part]
    pages = ", ".join(parts)
    return "" if pages.lower() in _NONE else pages


def join_pages(start: str, end: str) -> str:
    """Make pages of a first and a last page, either of which may hold both."""
    start, end = start.strip(), end.strip()
    if not end or end == start or _DASH.search(start):
        return normalise_pages(start)
    if not start:
        return normalise_pages(end)
    return normalise_pages(f"{start}-{end}")


def _range(part: str) -> str:
    """Write one range in full."""
    part = _DASH.sub("-", part.strip())
    found = _RANGE.match(part)
    if found is None:
        return part
    before, first, after, again, last, end = found.groups()
    if again and again.lower() != before.lower():
        return part
    if after and not end:
        return part
    if len(last) < len(first):
        full = first[: len(first) - len(last)] + last
        if int(full) >= int(first):
            last = full
    if first == last and after == end:
        return f"{before}{first}{after}"
    return f"{before}{first}{after}-{before}{last}{end}"
