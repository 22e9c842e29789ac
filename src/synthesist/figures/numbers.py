"""Numbers as a figure prints them: decimals, per cent, a true minus sign."""

from __future__ import annotations

import math

FIGURE_SPACE = "\u2007"


def minus(text: str) -> str:
    """Write the minus sign as such, and no sign before a zero."""
    if text.startswith("-"):
        digits = text[1:]
        return f"−{digits}" if any(c in "123456789∞" for c in digits) else digits
    return text


def number(
    value: float, digits: int, *, percent: bool = False, log: bool = False
) -> str:
    """Print a number of the reading scale.

    A ratio that rounds to zero is printed as smaller than the last decimal, and
    one from 100 on with fewer decimals, so that a column keeps its width.
    """
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    shown = 100 * value if percent else value
    if log:
        smallest = 10.0**-digits
        if 0 < shown < smallest / 2:
            return f"<{smallest:.{digits}f}"
        if shown >= 100:
            digits = max(digits - (2 if shown >= 1000 else 1), 0)
    return minus(f"{shown:.{digits}f}")


def interval_text(
    estimate: float | None,
    low: float,
    high: float,
    digits: int,
    *,
    percent: bool = False,
    log: bool = False,
) -> tuple[str, str, str]:
    """Give estimate, lower and upper limit in print, the estimate empty if None."""
    return (
        "" if estimate is None else number(estimate, digits, percent=percent, log=log),
        number(low, digits, percent=percent, log=log),
        number(high, digits, percent=percent, log=log),
    )


def aligned(triples: list[tuple[str, str, str] | None]) -> list[str]:
    """Join estimates and limits so that a right-aligned column has its digits in line.

    The padding is figure spaces, as wide as a digit or a minus sign, and stands
    before the bracket and after the comma; None stays an empty text.
    """
    present = [triple for triple in triples if triple]
    low = 1 + max((len(triple[1]) for triple in present), default=0)
    high = max((len(triple[2]) for triple in present), default=0)
    texts: list[str] = []
    for triple in triples:
        if triple is None:
            texts.append("")
            continue
        estimate, lower, upper = triple
        if estimate:
            lower = f"[{lower}".rjust(low, FIGURE_SPACE)
        texts.append(
            f"{estimate} {lower}, {upper.rjust(high, FIGURE_SPACE)}]"
            if estimate
            else f"[{lower}, {upper.rjust(high, FIGURE_SPACE)}]"
        )
    return texts


def count(n: int | None, unknown: str = "not reported") -> str:
    """Print a count with thousands set apart; None is `unknown`, never zero."""
    return unknown if n is None else f"{n:,}"
