"""Every value that the rounding of printed digits leaves open, and what follows from it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from typing import NamedTuple, overload

from synthesist.numerics.tails import t_point, t_two_tails

#: Beyond the rounding of a few operations: ends of ranges are closed.
RTOL = 1e-9
ATOL = 1e-12


class Span(NamedTuple):
    """All numbers from `low` to `high`, ends included."""

    low: float
    high: float

    def meets(self, other: Span) -> bool:
        """Whether some number lies in both, a touch of the ends included."""
        return _reaches(self.low, other.high) and _reaches(other.low, self.high)

    def log(self) -> Span:
        """Return the logarithms; what is not above zero becomes minus infinity."""
        return Span(log(self.low), log(self.high))

    def exp(self) -> Span:
        """Return the exponentials."""
        return Span(exp(self.low), exp(self.high))

    def size(self) -> Span:
        """Return the absolute values."""
        if self.low >= 0:
            return self
        if self.high <= 0:
            return Span(-self.high, -self.low)
        return Span(0.0, max(-self.low, self.high))

    def clipped(self, low: float, high: float = math.inf) -> Span:
        """Return the part that lies between two bounds."""
        return Span(min(max(self.low, low), high), min(max(self.high, low), high))

    @property
    def bounded(self) -> bool:
        """Whether both ends are finite."""
        return math.isfinite(self.low) and math.isfinite(self.high)


def exact(value: float) -> Span:
    """Return the span of one number."""
    return Span(value, value)


@overload
def corners(function: Callable[[float], float], a: Span, /) -> Span: ...
@overload
def corners(function: Callable[[float, float], float], a: Span, b: Span, /) -> Span: ...
@overload
def corners(
    function: Callable[[float, float, float], float], a: Span, b: Span, c: Span, /
) -> Span: ...
def corners(function: Callable[..., float], *spans: Span) -> Span:
    """Return the range of a function that is monotone in each argument by itself."""
    ends = [(s.low, s.high) if s.low < s.high else (s.low,) for s in spans]
    return hull(function(*point) for point in itertools.product(*ends))


def hull(values: Iterable[float]) -> Span:
    """Return the smallest span that holds all values."""
    found = list(values)
    return Span(min(found), max(found))


def join(spans: Iterable[Span]) -> Span:
    """Return the smallest span that holds all spans."""
    return hull(itertools.chain.from_iterable(spans))


def plus(*spans: Span) -> Span:
    """Add spans."""
    return Span(math.fsum(s.low for s in spans), math.fsum(s.high for s in spans))


def minus(a: Span, b: Span) -> Span:
    """Subtract a span."""
    return Span(a.low - b.high, a.high - b.low)


def times(span: Span, factor: float) -> Span:
    """Multiply by a number."""
    return hull((span.low * factor, span.high * factor))


def ratio(a: Span, b: Span) -> Span:
    """Divide what is not negative by what is not negative; 0/0 leaves all open."""
    if b.high == 0:
        return Span(0.0 if a.low == 0 else math.inf, math.inf)
    return Span(a.low / b.high, a.high / b.low if b.low > 0 else math.inf)


def log(value: float) -> float:
    """Return the logarithm, minus infinity at zero and below."""
    return math.log(value) if value > 0 else -math.inf


def exp(value: float) -> float:
    """Return the exponential, infinity where it has no number."""
    return math.exp(value) if value < 700 else math.inf


def two_tails(statistic: float, df: float = math.inf) -> float:
    """Return a two-sided P value; the statistic may be infinite."""
    if math.isinf(df):
        return math.erfc(abs(statistic) / math.sqrt(2))
    return 0.0 if math.isinf(statistic) else t_two_tails(statistic, df)


def p_span(statistic: Span, df: Span | float = math.inf) -> Span:
    """Return two-sided P values; they fall with the statistic's size and with `df`."""
    size = statistic.size()
    freedom = df if isinstance(df, Span) else Span(df, df)
    return Span(
        two_tails(size.high, freedom.high),
        two_tails(size.low, freedom.low),
    )


def statistic_of(p: Span, df: float = math.inf) -> Span:
    """Return the sizes of the statistic that a two-sided P value stands for."""
    return Span(_size(p.high, df), _size(p.low, df))


def critical(level: float, df: float = math.inf) -> float:
    """Return how many standard errors an interval reaches to each side."""
    return t_point(0.5 + level / 2, df)


def reach(level: float, df: float = math.inf) -> Span:
    """Return the same, as exact and as rounded by hand: 1.96 for 1.959964."""
    exactly = critical(level, df)
    if math.isfinite(df):
        return exact(exactly)
    return hull((exactly, round(exactly, 2 if level == 0.95 else 3)))


def error_behind(low: Span, high: Span, by: Span) -> Span:
    """Return the standard error behind limits, none below zero."""
    width = minus(high, low).clipped(0)
    return Span(width.low / (2 * by.high), width.high / (2 * by.low))


def around(middle: Span, se: Span, by: Span) -> tuple[Span, Span]:
    """Return both limits of an interval."""
    near, far = se.low * by.low, se.high * by.high
    return (
        Span(middle.low - far, middle.high - near),
        Span(middle.low + near, middle.high + far),
    )


def _size(p: float, df: float) -> float:
    if p <= 0:
        return math.inf
    return 0.0 if p >= 1 else -t_point(p / 2, df)


def _reaches(low: float, high: float) -> bool:
    if low <= high:
        return True
    slack = ATOL + RTOL * max(abs(low), abs(high))
    return low - high <= slack
