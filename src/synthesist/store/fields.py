"""One field of a review folder: what it may hold, and how its text is read."""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

#: The forms in which P values are printed: 0.04, .04, <0.001, =0.03, 1e-4.
P_FORM = re.compile(
    r"(?:<=|>=|[<>=≤≥])?\s*(?:0|1|0?\.\d+|1\.0+|\d(?:\.\d+)?[eE]-\d+)", re.ASCII
)

#: What is printed where no exact P value is.
P_WORDS = frozenset({"NS", "ns", "n.s."})

DATE_FORM = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
TIME_FORM = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|\+00:00)", re.ASCII
)
RECORD_FORM = re.compile(r"r[0-9a-f]{12}")
SLUG_FORM = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*", re.ASCII)

#: Above this, whole numbers are no longer exact as floats.
LARGEST_COUNT = 2**53

#: A name at least this similar to a known one was probably meant to be it.
SIMILAR = 0.6

#: The same for keys, columns and files, which a user may also have made up.
SLIP = 0.75


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
    """A column or key: its meaning, what it may hold, and what its text refers to.

    With `above`, the bound `low` itself is refused; with `below`, `high` is.
    """

    name: str
    meaning: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    to: str = ""
    low: float | None = None
    high: float | None = None
    above: bool = False
    below: bool = False

    @property
    def empty(self) -> Any:
        """What stands for an empty cell."""
        return KINDS[self.kind].empty

    def read(self, text: str) -> Any:
        """Return the value of a filled cell, or raise `Unreadable`."""
        value = KINDS[self.kind].read(text)
        self.check(value)
        return value

    def check(self, value: Any) -> None:
        """Raise `Unreadable` when a value of the right kind is not possible here."""
        if self.choices:
            entries = cast(
                "tuple[str, ...]", value if isinstance(value, tuple) else (value,)
            )
            for entry in entries:
                if entry not in self.choices:
                    raise Unreadable(
                        f"'{shown(entry)}' is not possible here",
                        nearest_known(entry, self.choices),
                    )
        numbers = cast(
            "tuple[object, ...]", value if isinstance(value, tuple) else (value,)
        )
        for number in numbers:
            if isinstance(number, int | float) and not self._allows(number):
                raise Unreadable(f"{number:g} is not possible here", self._bounds())

    def _allows(self, value: float) -> bool:
        too_low = self.low is not None and (
            value < self.low or (self.above and value == self.low)
        )
        too_high = self.high is not None and (
            value > self.high or (self.below and value == self.high)
        )
        return not (too_low or too_high)

    def _bounds(self) -> str:
        """Say in words which numbers the field takes."""
        parts: list[str] = []
        if self.low is not None:
            parts.append(f"{'above' if self.above else 'at least'} {self.low:g}")
        if self.high is not None:
            parts.append(f"{'below' if self.below else 'at most'} {self.high:g}")
        return f"{self.name} is {' and '.join(parts)}"


def shown(value: object) -> str:
    """Return a value for an error message, cut where it is long."""
    try:
        plain = " ".join(str(value).split())
    except ValueError:  # Python refuses to print integers of over 4,300 digits.
        return "a very long number"
    return plain if len(plain) <= 40 else plain[:37] + "..."


def nearest(name: str, known: Iterable[str], cutoff: float = SIMILAR) -> str | None:
    """Return the known name that was probably meant, None if none is near."""
    by_case = {entry.casefold(): entry for entry in known}
    close = difflib.get_close_matches(
        name[:200].casefold(), by_case, n=1, cutoff=cutoff
    )
    return by_case[close[0]] if close else None


def nearest_known(name: str, known: Iterable[str]) -> str:
    """Ask for the known name that was probably meant, else list what is known."""
    known = list(known)
    meant = nearest(name, known)
    if meant is not None:
        return f"did you mean '{meant}'?"
    listed = ", ".join(shown(entry) for entry in known[:12])
    more = f" and {len(known) - 12} more" if len(known) > 12 else ""
    return f"known are: {listed}{more}" if known else "none is listed there yet"


def read_text(text: str) -> str:
    """Read text as it stands, without the space around it."""
    return text.strip()


def read_name(text: str) -> str:
    """Read a name; how its letters are composed and spaced does not matter."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def read_slug(text: str) -> str:
    """Read a short name that also names files."""
    if SLUG_FORM.fullmatch(text) and len(text) <= 60:
        return text
    raise Unreadable(
        f"'{shown(text)}' cannot name a file",
        "use letters a to z, digits and single hyphens",
    )


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
    if re.fullmatch(r"[-+]?\d+,\d+", plain, re.ASCII):
        point = plain.replace(",", ".")
        remedy = f"write the decimal point as a point: {point}"
        if len(plain.partition(",")[2]) == 3:
            remedy = f"write {plain.replace(',', '')} or {point}, whichever is meant"
    raise Unreadable(f"'{shown(text)}' is not a number", remedy)


def read_count(text: str) -> int:
    """Read a whole number, zero or more."""
    number = read_number(text)
    if number == int(number) and 0 <= number <= LARGEST_COUNT:
        return int(number)
    raise Unreadable(
        f"'{shown(text)}' is not a count",
        "write a whole number, zero or more, or leave the cell empty",
    )


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
    plain = text.strip()
    try:
        if DATE_FORM.fullmatch(plain):
            return date.fromisoformat(plain)
    except ValueError:  # the 31st of February
        pass
    raise Unreadable(f"'{shown(text)}' is not a date", "write it as 2026-01-31")


def read_time(text: str) -> str:
    """Check a time in UTC and keep its text."""
    plain = text.strip()
    try:
        if TIME_FORM.fullmatch(plain) and datetime.fromisoformat(plain):
            return plain
    except ValueError:
        pass
    raise Unreadable(
        f"'{shown(text)}' is not a time in UTC", "write it as 2026-01-31T14:05:00Z"
    )


def read_list(text: str) -> tuple[str, ...]:
    """Read entries separated by semicolons."""
    return tuple(name for part in text.split(";") if (name := read_name(part)))


def read_numbers(text: str) -> tuple[float, ...]:
    """Read numbers separated by semicolons."""
    return tuple(read_number(part) for part in text.split(";") if part.strip())


def read_record(text: str) -> str:
    """Check the form of a record's id."""
    if RECORD_FORM.fullmatch(text):
        return text
    raise Unreadable(
        f"'{shown(text)}' is not the id of a record",
        "it is r and twelve of the digits 0 to 9 and a to f",
    )


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(code="text", label="text", read=read_text, empty=""),
        Kind(code="name", label="name", read=read_name, empty=""),
        Kind(code="slug", label="letters, digits, hyphens", read=read_slug, empty=""),
        Kind(code="record", label="record id", read=read_record, empty=""),
        Kind(code="number", label="number", read=read_number),
        Kind(code="count", label="whole number", read=read_count),
        Kind(code="p", label="P value as printed", read=read_p, empty=""),
        Kind(code="date", label="date", read=read_date),
        Kind(code="time", label="time in UTC", read=read_time, empty=""),
        Kind(
            code="numbers",
            label="numbers, separated by `;`",
            read=read_numbers,
            empty=(),
        ),
        Kind(code="list", label="list, separated by `;`", read=read_list, empty=()),
    )
}
