"""Units of dose: a small grammar of our own, because activity is bound to a substance.

Libraries of physical units have no notion that an international unit of one
substance is none of another, nor that a company's unit needs its own conversion.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from synthesist.errors import InvalidInput

#: What a unit counts, with the factor to the first unit of its kind.
UNITS: dict[str, tuple[str, float]] = {
    "IU": ("IU", 1.0),
    "kIU": ("IU", 1e3),
    "WIU": ("IU", 1e4),
    "MIU": ("IU", 1e6),
    "U": ("U", 1.0),
    "kU": ("U", 1e3),
    "WU": ("U", 1e4),
    "MU": ("U", 1e6),
    "µg": ("mg", 1e-3),
    "mg": ("mg", 1.0),
    "g": ("mg", 1e3),
    "cells": ("cells", 1.0),
}

#: Other ways in which the same units are written.
SPELLINGS = {
    "million IU": "MIU",
    "mio IU": "MIU",
    "mln IU": "MIU",
    "million U": "MU",
    "万IU": "WIU",
    "万U": "WU",
    "万 IU": "WIU",
    "万 U": "WU",
    "I.U.": "IU",
    "units": "U",
    "unit": "U",
    "μg": "µg",
    "ug": "µg",
    "mcg": "µg",
    "cell": "cells",
}

#: What a dose is given by, besides the whole person.
SIZES = ("m2", "kg")

#: Small m is a thousandth, and no regimen means that; it is a slip for a million.
THOUSANDTHS = re.compile(r"m(IU|U)\b")

_SPELLED = {
    **{text.casefold(): name for text, name in SPELLINGS.items()},
    **{name.casefold(): name for name in UNITS if name not in ("MU", "MIU")},
}

UNIT_FORM = (
    r"(?:million|mio|mln|万)\s?I?U\b|I\.U\.|[kKMmWw]?I?U\b|units?\b|iu\b|u\b"
    r"|[µμu]g\b|mcg\b|mg\b|g\b|cells?\b"
)
SIZE_FORM = r"(?:\s*/\s*|\s+per\s+)(m²|m\^?2|kg)(?![a-zA-Z0-9])"


@dataclass(frozen=True, slots=True)
class DoseUnit:
    """A unit of dose, of the whole person (`per` empty), per m2 or per kg."""

    name: str
    per: str = ""

    @property
    def kind(self) -> str:
        """What is counted: IU, U, mg or cells."""
        return UNITS[self.name][0]

    @property
    def factor(self) -> float:
        """How many of the first unit of its kind it holds."""
        return UNITS[self.name][1]

    def __str__(self) -> str:
        """Write it as a regimen line does: ``MIU/m2``."""
        return f"{self.name}/{self.per}" if self.per else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What one unit of a product is in another: ``1 mg = 16.4 MIU``.

    It holds for one product, never for a substance, so it is always given.
    """

    amount: float
    unit: DoseUnit
    equals: float
    other: DoseUnit
    text: str

    def ratio(self, kind: str, other: str) -> float | None:
        """Return how much of `other` one of `kind` is, in first units, or None."""
        one = self.amount * self.unit.factor, self.equals * self.other.factor
        if (kind, other) == (self.unit.kind, self.other.kind):
            return one[1] / one[0]
        if (other, kind) == (self.unit.kind, self.other.kind):
            return one[0] / one[1]
        return None


def unit_named(text: str) -> str:
    """Return the unit's own name for a way of writing it.

    Raises
    ------
    InvalidInput
        If there is no such unit, or it is a thousandth that must be a slip.
    """
    plain = " ".join(text.split())
    if plain in UNITS:
        return plain
    if THOUSANDTHS.fullmatch(plain):
        raise InvalidInput(
            f"{plain} is a thousandth of {plain[1:]}.",
            remedy=f"write M{plain[1:]} for a million, k{plain[1:]} for a thousand",
        )
    found = _SPELLED.get(plain.casefold())
    if found is None:
        raise InvalidInput(
            f"There is no unit '{plain}'.", remedy=f"known are {', '.join(UNITS)}"
        )
    return found


def read_unit(text: str) -> DoseUnit:
    """Read a unit such as ``MIU/m2``, ``kIU per kg`` or ``mg``.

    Raises
    ------
    InvalidInput
        If there is no such unit.
    """
    found = re.fullmatch(rf"\s*(.+?)(?:{SIZE_FORM})?\s*", text)
    if found is None:
        raise InvalidInput(
            "A unit is empty.", remedy=f"known are {', '.join(UNITS)}, each /m2 or /kg"
        )
    return DoseUnit(unit_named(found[1]), size_named(found[2] or ""))


def size_named(text: str) -> str:
    """Return ``m2`` or ``kg`` for a way of writing it."""
    return "m2" if text.startswith("m") else text


def read_conversion(text: str) -> Conversion:
    """Read what a product's unit is: ``1 mg = 16.4 MIU``.

    Raises
    ------
    InvalidInput
        If the text is not of that form, or both sides count the same thing.
    """
    number = r"(\d+(?:\.\d+)?(?:e\d+)?)"
    found = re.fullmatch(rf"\s*{number}\s*(\S+)\s*=\s*{number}\s*(\S+)\s*", text)
    if found is None:
        raise InvalidInput(
            f"'{text}' is no conversion.", remedy="write it as: 1 mg = 16.4 MIU"
        )
    one, other = DoseUnit(unit_named(found[2])), DoseUnit(unit_named(found[4]))
    first, second = float(found[1]), float(found[3])
    if one.kind == other.kind or first <= 0 or second <= 0:
        raise InvalidInput(
            f"'{text}' does not lead from one kind of unit to another.",
            remedy="write it as: 1 mg = 16.4 MIU",
        )
    return Conversion(
        amount=first, unit=one, equals=second, other=other, text=text.strip()
    )
