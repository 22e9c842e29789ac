"""Read what is printed in reports: numbers, P values, levels, lists and tables of counts."""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

from synthesist.checks.printed import PrintedNumber, read_printed
from synthesist.checks.ranges import Span
from synthesist.errors import InvalidInput
from synthesist.numerics.printed import PLAIN

MINUS_SIGNS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{HYPHEN}": "-",
                             "\N{MIDDLE DOT}": ".", "\N{FULLWIDTH FULL STOP}": ".",
                             "\N{NO-BREAK SPACE}": " ", "\N{THIN SPACE}": " "})  # fmt: skip
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")
POWER = re.compile(r"([+-]?[\d.]+) ?(?:[eE]|[x×*] ?10 ?\^? ?)([+-]?\d+)", re.IGNORECASE)
NUMBERS = re.compile(r"(?<![\d.])[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?%?", re.I)
BOUND = re.compile(r"(<=|>=|≤|≥|<|>|=|⩽|⩾)? ?(.+)")
#: More digits than any report prints.
MOST_DIGITS = 300

#: More people than there are.
MOST_PEOPLE = 1e10

NOT_SIGNIFICANT = ("ns", "n.s.", "n.s", "not significant", "nonsignificant")
COUNT = re.compile(r"\+?\d+(\.0+)?")
PAIRS = re.compile(r"(\d+) ?(?:/|of|out of) ?(\d+)")


def plain(text: Any) -> str:
    """Return a number's text in plain ASCII digits, the per cent sign left out."""
    if isinstance(text, str) and PLAIN.fullmatch(text):
        return text
    if isinstance(text, bool) or text is None:
        raise InvalidInput(
            f"{json.dumps(text)} is no printed number.", remedy="give its digits"
        )
    bare = str(text).translate(MINUS_SIGNS).strip().removesuffix("%").rstrip()
    if THOUSANDS.fullmatch(bare):
        return bare.replace(",", "")
    if DECIMAL_COMMA.fullmatch(bare):
        return bare.replace(",", ".")
    return bare


def number(text: Any) -> PrintedNumber:
    """Read a number with half a unit of its last printed digit on either side.

    Raises
    ------
    InvalidInput
        If the text is no number.
    """
    return _number(plain(text))


@lru_cache(maxsize=1 << 16)
def _number(bare: str) -> PrintedNumber:
    """Read a number in plain digits; reports repeat them."""
    if power := POWER.fullmatch(bare):
        digits = read_printed(power[1])
        shift = 10.0 ** int(power[2]) if abs(int(power[2])) <= MOST_DIGITS else math.inf
        values = (digits.value * shift, digits.low * shift, digits.high * shift)
        found = PrintedNumber(bare, *values)
    else:
        found = read_printed(bare)
    if not (math.isfinite(found.low) and math.isfinite(found.high)):
        raise InvalidInput(f"'{bare}' is too large.", remedy="give it as printed")
    return found


def count(text: Any) -> PrintedNumber:
    """Read a number of people or events, which is not rounded.

    Raises
    ------
    InvalidInput
        If it is no whole number, zero or above.
    """
    bare = plain(text)
    if not COUNT.fullmatch(bare) or len(bare) > MOST_DIGITS:
        raise InvalidInput(
            f"'{text}' is no count.", remedy="give a whole number, such as 29"
        )
    return _count(bare)


@lru_cache(maxsize=1 << 16)
def _count(bare: str) -> PrintedNumber:
    """Read a count in plain digits."""
    value = float(bare)
    if value > MOST_PEOPLE:
        raise InvalidInput(f"{bare} is too large for a count.", remedy="give a whole number, such as 29")  # fmt: skip
    return PrintedNumber(str(int(value)), value, value, value)


def amount(text: Any) -> PrintedNumber:
    """Read a whole number as exact and any other with its rounding."""
    bare = plain(text)
    return count(bare) if bare.isdecimal() else number(bare)


def is_number(text: str) -> bool:
    """Whether a text is one number and nothing else."""
    bare = plain(text)
    return bool(PLAIN.fullmatch(bare) or POWER.fullmatch(bare))


def nominal(text: Any) -> PrintedNumber:
    """Read a number that is meant exactly as it stands, such as a dose."""
    value = number(text)
    return PrintedNumber(value.text, value.value, value.value, value.value)


def p_value(text: Any) -> PrintedNumber:
    """Read a P value, also as a bound (``<0.001``) or in words (``NS``).

    Raises
    ------
    InvalidInput
        If it is no number between 0 and 1.
    """
    return _p_value(plain(text).lower().removeprefix("p").strip())


@lru_cache(maxsize=1 << 16)
def _p_value(bare: str) -> PrintedNumber:
    """Read a P value in small letters."""
    if bare in NOT_SIGNIFICANT:
        return PrintedNumber("not significant", 0.05, 0.05, 1.0)
    parts = BOUND.fullmatch(bare)
    sign, digits = parts.groups() if parts else ("", bare)
    found = number(digits)
    if not 0 <= found.value <= 1:
        raise InvalidInput(
            f"A P value lies between 0 and 1, not at {bare}.",
            remedy="give it as printed, such as 0.04 or <0.001",
        )
    if sign in ("<", "<=", "≤", "⩽"):
        return PrintedNumber(f"<{digits}", found.value, 0.0, found.value)
    if sign in (">", ">=", "≥", "⩾"):
        return PrintedNumber(f">{digits}", found.value, found.value, 1.0)
    return PrintedNumber(
        found.text, found.value, max(found.low, 0.0), min(found.high, 1.0)
    )


def level(text: Any) -> PrintedNumber:
    """Read the level of an interval, 95 and 0.95 alike, as a fraction.

    Raises
    ------
    InvalidInput
        If it does not lie between 0 and 100 per cent.
    """
    value = number(text).value
    share = value / 100 if value > 1 else value
    if not 0 < share < 1:
        raise InvalidInput(
            f"{text} is no level of an interval.", remedy="give 95 or 99"
        )
    return PrintedNumber(f"{100 * share:g}%", share, share, share)


def items_of(given: Any) -> list[Any] | None:
    """Return the items of a list, None for anything else."""
    return list(cast("list[Any]", given)) if isinstance(given, list) else None


def texts(given: Any) -> tuple[str, ...]:
    """Split a list: of JSON, or in one text by semicolons, bars, commas or spaces."""
    if (listed := items_of(given)) is not None:
        return tuple(str(item) for item in listed)
    whole = str(given).strip()
    for separator in (";", "|", ", ", " and ", ","):
        if separator in whole:
            return tuple(
                part.strip() for part in whole.split(separator) if part.strip()
            )
    return tuple(whole.split())


def tables(given: Any) -> tuple[tuple[int, int, int, int], ...]:
    """Read pairs of ``events/n``: ``16/29 v 9/30; 34/50 v 29/50``.

    A list of two rows, ``[[16, 13], [9, 21]]``, holds the cells: with and without
    the event.

    Raises
    ------
    InvalidInput
        If there are not two pairs for every table.
    """
    rows = [items_of(row) or [] for row in items_of(given) or []]
    if len(rows) == 2 and all(len(row) == 2 for row in rows):
        (a, b), (c, d) = ([int(count(cell).value) for cell in row] for row in rows)
        return ((a, a + b, c, c + d),)
    pairs = [(int(a), int(n)) for a, n in PAIRS.findall(str(given))]
    if not pairs or len(pairs) % 2:
        raise InvalidInput(
            f"'{given}' holds no pairs of events and participants.",
            remedy="write it as 16/29 v 9/30",
        )
    return tuple(
        (*pairs[i], *pairs[i + 1]) for i in range(0, len(pairs), 2)
    )  # fmt: skip


def terms(given: Any) -> tuple[tuple[int, str], ...]:
    """Read numbers to be added and taken away: ``78+161`` or ``248-24``."""
    if (listed := items_of(given)) is not None:
        return tuple((1, str(item)) for item in listed)
    bare = str(given).translate(MINUS_SIGNS).replace(" ", "")
    if not re.search(r"\d[+-]", bare):
        return tuple((1, part) for part in texts(given))
    return tuple(
        (-1 if part.startswith("-") else 1, part.lstrip("+-"))
        for part in re.findall(r"[+-]?[^+-]+", bare)
    )


def numbers_in(text: str) -> tuple[str, ...]:
    """Return the numbers that stand in a text such as ``4.00 (-8.47 to 16.47)``."""
    bare = text.translate(MINUS_SIGNS)
    # Between two numbers a bar is a dash and two dots are no decimal points.
    bare = re.sub(r"(?<=[\d%])\s*(?:-|\.\.)\s*(?=[+-]?[\d.])", " ", bare)
    return tuple(NUMBERS.findall(bare))


def fractions_of(value: PrintedNumber) -> tuple[Fraction, Fraction]:
    """Return the ends of a plain printed number without the error of floats."""
    if not PLAIN.fullmatch(value.text):
        return Fraction(value.low), Fraction(value.high)
    decimals = len(value.text.partition(".")[2])
    half = Fraction(1, 2 * 10**decimals)
    middle = Fraction(value.text)
    return middle - half, middle + half


def span(value: PrintedNumber) -> Span:
    """Return the numbers that a printed one stands for."""
    return Span(value.low, value.high)
