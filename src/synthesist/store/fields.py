"""One field of a review folder: what it may hold, and how its text is read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

#: The form in which P values are printed: 0.04, .04, <0.001, =0.03, 1e-4.
P_FORM = re.compile(
    r"(?:[<>=]|<=|>=|≤|≥)?\s*(?:0|1|0?\.\d+|0\.\d+|1\.0+|\d(?:\.\d+)?[eE]-\d+)"
)

#: What is printed where no exact P value is.
P_WORDS = frozenset({"NS", "ns", "n.s."})

#: Larger counts are slips of the finger, and would not be exact as floats.
LARGEST_COUNT = 10**15


class Unreadable(ValueError):
    """A cell that cannot be read: what is wrong, and what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type of cell: its name in the documentation, its reader, its empty value."""

    code: str
    label: str
    read: Callable[[str], Any]
    empty: Any = None


@dataclass(frozen=True, slots=True)
class Field:
    """A column or key: its meaning, what it may hold, and what its text refers to."""

    name: str
    meaning: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    to: str = ""
    low: float | None = None
    high: float | None = None
    #: The lower bound itself is refused, as for a standard deviation of zero.
    above: bool = False
    many: bool = False


def shown(text: object) -> str:
    """Return text for an error message, cut where it is long."""
    plain = str(text).replace("\n", " ")
    return plain if len(plain) <= 40 else plain[:37] + "..."


def read_number(text: str) -> float:
    """Read one finite number."""
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    try:
        # float() also reads 1_000, inf and nan, which nobody means in a table.
        number = math.nan if "_" in plain else float(plain)
    except ValueError:
        number = math.nan
    if math.isfinite(number):
        return number
    remedy = "write a plain number such as 12.5, or leave the cell empty"
    if re.fullmatch(r"[-+]?\d+,\d+", plain):
        remedy = f"write the decimal point as a point: {plain.replace(',', '.')}"
    raise Unreadable(f"'{shown(text)}' is not a number", remedy)


def read_count(text: str) -> int:
    """Read a whole number, zero or more."""
    number = read_number(text)
    if number != int(number) or not 0 <= number <= LARGEST_COUNT:
        raise Unreadable(
            f"'{shown(text)}' is not a count",
            "write a whole number, zero or more, or leave the cell empty",
        )
    return int(number)


def read_p(text: str) -> str:
    """Check the form of a P value and keep its text."""
    plain = text.strip()
    if plain in P_WORDS or P_FORM.fullmatch(plain):
        return plain
    raise Unreadable(
        f"'{shown(text)}' is not a P value",
        "write it as printed, such as 0.04, <0.001 or NS",
    )


def read_date(text: str) -> date:
    """Read a date, year first."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Unreadable(
            f"'{shown(text)}' is not a date", "write it as 2026-01-31"
        ) from None


def read_time(text: str) -> str:
    """Check a time in UTC and keep its text."""
    plain = text.strip()
    remedy = "write it in UTC as 2026-01-31T14:05:00Z"
    try:
        time = datetime.fromisoformat(plain)
    except ValueError:
        raise Unreadable(f"'{shown(text)}' is not a time", remedy) from None
    if time.tzinfo is None or time.utcoffset() != UTC.utcoffset(None):
        raise Unreadable(f"'{shown(text)}' is not a time in UTC", remedy)
    return plain


def read_list(text: str) -> tuple[str, ...]:
    """Read entries separated by semicolons."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


RECORD_FORM = re.compile(r"r[0-9a-f]{12}")


def read_record(text: str) -> str:
    """Check the form of a record's id."""
    if RECORD_FORM.fullmatch(text):
        return text
    raise Unreadable(
        f"'{shown(text)}' is not a record's id",
        "write r and twelve of the digits 0-9 and a-f, as in records.csv",
    )


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(code="text", label="text", read=str.strip, empty=""),
        Kind(code="record", label="record id", read=read_record, empty=""),
        Kind(code="number", label="number", read=read_number),
        Kind(code="count", label="whole number", read=read_count),
        Kind(code="p", label="P value as printed", read=read_p, empty=""),
        Kind(code="date", label="date", read=read_date),
        Kind(code="time", label="time in UTC", read=read_time, empty=""),
        Kind(code="list", label="list, separated by ;", read=read_list, empty=()),
    )
}
