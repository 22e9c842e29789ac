"""Numbers as a clinical journal prints them."""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"

#: Nonbreaking, so that a number and its unit stay on one line.
SPACE = "\N{NO-BREAK SPACE}"


def count(value: int | float) -> str:
    """Write a whole number with commas between thousands."""
    return f"{round(value):,}".replace("-", MINUS)


def decimal(value: float | None, digits: int = 2) -> str:
    """Write a number with fixed decimals, empty when it is absent."""
    if value is None or not math.isfinite(value):
        return ""
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("-", MINUS)


def significant(value: float | None, digits: int = 3) -> str:
    """Write a number with as many significant digits, never in powers of ten.

    Values too small to show are given as a bound.
    """
    if value is None or not math.isfinite(value):
        return ""
    if value == 0:
        return "0"
    if abs(value) < 1e-4:
        return "less than 0.0001" if value > 0 else f"between {MINUS}0.0001 and 0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return decimal(value, places)


def per_cent(value: float | None, digits: int = 0) -> str:
    """Write a number that is already in per cent."""
    return "" if value is None else f"{decimal(value, digits)}%"


def p_value(p: float | None) -> str:
    """Write a P value as ``P = 0.034`` or ``P < 0.001``."""
    if p is None or not math.isfinite(p):
        return ""
    if p < 0.001:
        return "P < 0.001"
    if p >= 0.995:
        return "P > 0.99"
    return f"P = {decimal(p, 3 if p < 0.1 else 2)}"


def plain(value: float) -> str:
    """Write a number with three significant digits, in powers of ten where it must be.

    For text at a terminal; `significant` is for readers of a report.
    """
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < 1e6:
        return f"{value:.2e}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.1f}"


def percent(level: float) -> str:
    """Write a confidence level: ``95%``."""
    return f"{100 * level:g}%"


def plural(number: int, one: str, many: str = "") -> str:
    """Write a count with its noun: ``1 study``, ``3 studies``."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def listed(items: list[str] | tuple[str, ...]) -> str:
    """Join words as a sentence does: ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
