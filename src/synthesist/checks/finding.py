"""What a check found: the verdict, what the numbers imply, and what to ask the authors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from synthesist.checks.ranges import Span
from synthesist.numerics.printing import decimal, significant


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One printed result and what its digits say.

    Attributes
    ----------
    id, kind : str
        Of the reported result, and of the check.
    verdict : {"consistent", "inconsistent", "undecidable"}
        None where the line could not be read.
    implied : mapping
        What follows from the given numbers, with all values that rounding allows.
    rule : str
        The test, its inputs, its result and its source in words.
    ask : str
        What to ask the authors; empty where nothing needs an answer.
    reason : str
        Why nothing can be decided, or what contradicts what.
    label : str
        The check in words.
    given, printed : mapping
        The texts as they were printed.
    error : str
        Why the line could not be read.
    """

    id: str | None
    kind: str | None
    verdict: str | None
    implied: Mapping[str, Span] = field(default_factory=dict[str, Span])
    rule: str = ""
    ask: str = ""
    reason: str = ""
    label: str = ""
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    printed: Mapping[str, str] = field(default_factory=dict[str, str])
    error: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON values; an end without bound is null."""
        answer: dict[str, Any] = {
            "id": self.id,
            "verdict": self.verdict,
            "implied": {
                name: {"low": _finite(span.low), "high": _finite(span.high)}
                for name, span in self.implied.items()
            },
            "rule": self.rule or None,
            "ask": self.ask or None,
        }
        if self.error:
            answer["error"] = self.error
        return answer

    def sentence(self) -> str:
        """Return the finding in a line, without its source."""
        return self.rule.partition(" Source: ")[0] if self.rule else self.error


def shown(name: str, span: Span) -> str:
    """Write what is implied: one number where rounding leaves none open."""
    label = name.replace("_", " ")
    low, high = _digits(name, span.low), _digits(name, span.high)
    if not math.isfinite(span.high) and not math.isfinite(span.low):
        return f"{label} open"
    if not math.isfinite(span.high):
        return f"{label} at least {low}"
    if not math.isfinite(span.low):
        return f"{label} at most {high}"
    return f"{label} {low}" if low == high else f"{label} {low} to {high}"


def _digits(name: str, value: float) -> str:
    if not math.isfinite(value):
        return ""
    if name == "p" or name.startswith("p_"):
        return "below 0.0001" if 0 < value < 1e-4 else decimal(value, 4)
    if value == round(value) and abs(value) < 1e9:
        return decimal(value, 0)
    return significant(value, 4)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
