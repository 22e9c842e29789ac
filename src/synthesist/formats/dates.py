"""Dates in one form, as much of them as is known."""

from __future__ import annotations

import re
from functools import lru_cache

from synthesist.language import MONTHS

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_NUMERIC = re.compile(r"^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?(?!\d)")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?!\d)")
_MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\b", re.IGNORECASE
)
_DAY = re.compile(r"(?<![\d-])([1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d-])")
_AMERICAN = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$")


def find_year(text: str) -> str:
    """Return the first year from 1500 to 2099 in text, or nothing."""
    head = text[:4]
    if (
        len(head) == 4
        and head.isdigit()
        and not text[4:5].isdigit()
        and "1500" <= head < "2100"
        and head.isascii()
    ):
        return head
    found = _YEAR.search(text)
    return found[1] if found else ""


@lru_cache(maxsize=1 << 12)
def parse_date(text: str) -> str:
    """Return a date as `2014`, `2014-05` or `2014-05-06`, or nothing.

    `2014/05/06/`, `20140506`, `2014 May 6`, `6 May 2014` and `May 6, 2014` are
    read; seasons and ranges give their year, or year and first month.
    """
    text = text.strip()
    if len(text) == 4:
        return find_year(text)
    year = find_year(text) or find_year(text[:4])
    if not year:
        return ""
    if found := _NUMERIC.match(text) or _COMPACT.match(text):
        return _assembled(found[1], found[2], found[3] or "")
    if found := _AMERICAN.match(text):
        return _assembled(found[3], found[1], found[2])
    month = _MONTH.search(text)
    if month is None:
        return year
    rest = text.replace(year, " ", 1)
    after = rest.partition(month[0])[2]
    several = after.lstrip().startswith(("-", "/", "–"))
    day = None if several else _DAY.search(rest)
    number = str(MONTHS.index(month[1].lower()) + 1)
    return _assembled(year, number, day[1] if day else "")


def _assembled(year: str, month: str, day: str) -> str:
    """Put the parts together as far as they are a date."""
    if not 1 <= int(month) <= 12:
        return year
    if not day or not 1 <= int(day) <= 31:
        return f"{year}-{int(month):02d}"
    return f"{year}-{int(month):02d}-{int(day):02d}"
