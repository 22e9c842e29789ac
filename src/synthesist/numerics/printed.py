"""A printed number is every number that rounds to its digits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from synthesist.errors import InvalidInput

PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A number as printed, and the ends of what rounds to it."""

    text: str
    value: float
    low: float
    high: float


def read_printed(text: str) -> PrintedNumber:
    """Read a printed number with half a unit of its last digit on either side.

    Raises
    ------
    InvalidInput
        If the text is no plain decimal number; a bound such as ``<0.001`` names
        a range and no number.
    """
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    if not PLAIN.fullmatch(plain):
        raise InvalidInput(
            f"'{text}' is not a plain printed number.",
            remedy="give the digits as printed, such as 0.74",
        )
    decimals = len(plain.partition(".")[2])
    value, half = float(plain), 0.5 * 10.0**-decimals
    return PrintedNumber(plain, value, value - half, value + half)
