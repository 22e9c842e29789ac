"""On which scale an effect is analysed, from its measure or from where its interval is centred."""

from __future__ import annotations

import math
from collections.abc import Callable

from synthesist.checks.fields import (
    CORRELATIONS,
    DIFFERENCES,
    PROPORTIONS,
    RATIOS,
)
from synthesist.checks.kind import Given, Impossible
from synthesist.checks.ranges import Span, exp, log

Scale = tuple[Callable[[float], float], Callable[[float], float]]


def _logit(x: float) -> float:
    return log(x) - log(1 - x) if 0 < x < 1 else math.copysign(math.inf, x - 0.5)


def _expit(x: float) -> float:
    return 1 / (1 + exp(-x))


def _log_log(x: float) -> float:
    """Return a rising log-log: -log(-log x)."""
    return math.inf if x >= 1 else -log(-log(x)) if x > 0 else -math.inf


def _from_log_log(x: float) -> float:
    return math.exp(-exp(-x))


def _fisher(x: float) -> float:
    return math.atanh(x) if -1 < x < 1 else math.copysign(math.inf, x)


def _complement(x: float) -> float:
    """Return a rising logarithm of the rest: -log(1 - x)."""
    return -log(1 - x)


#: Code of a scale: to it and back.
SCALES: dict[str, Scale] = {
    "linear": (float, float),
    "log": (log, exp),
    "logit": (_logit, _expit),
    "log_log": (_log_log, _from_log_log),
    "complement": (_complement, lambda x: 1 - exp(-x)),
    "fisher_z": (_fisher, math.tanh),
}


def is_log(given: Given, default: bool) -> bool:
    """Whether the effect is a ratio, by its measure."""
    if given.measure in RATIOS:
        return True
    if given.measure in (*DIFFERENCES, *PROPORTIONS, *CORRELATIONS):
        return False
    return default


def scale_names(given: Given) -> tuple[str, ...]:
    """Return the scales on which an interval may be symmetric, the likeliest first."""
    if given.measure in RATIOS:
        return ("log",)
    if given.measure in CORRELATIONS:
        return ("fisher_z", "linear")
    if given.measure in DIFFERENCES:
        return ("linear",)
    if given.measure in ("logit", "log_log", "fisher_z"):
        return (given.measure,)
    low = given.span("ci_low").low
    return ("linear", "log") if low > 0 else ("linear",)


def centre(name: str, low: Span, high: Span, factor: float = 1.0) -> Span:
    """Return where an interval is centred on a scale, on the reading scale.

    `factor` brings the printed numbers to the scale's own unit.
    """
    to, back = SCALES[name]

    def middle(a: float, b: float) -> float:
        # Two infinite ends leave the centre open.
        x, y = to(a * factor), to(b * factor)
        if math.isinf(x) or math.isinf(y):
            return math.nan
        return back((x + y) / 2) / factor

    found = Span(middle(low.low, high.low), middle(low.high, high.high))
    if math.isnan(found.low) or math.isnan(found.high):
        return Span(low.low, high.high)
    return found


def ordered(given: Given) -> tuple[Span, Span]:
    """Return the limits of an interval.

    Raises
    ------
    Impossible
        If the upper one lies below the lower one, or the estimate outside.
    """
    low, high = given.span("ci_low"), given.span("ci_high")
    if high.high < low.low:
        raise Impossible("The upper limit lies below the lower one.")
    if given.measure in RATIOS and low.high < 0:
        raise Impossible("A ratio has no limit below zero.")
    if "estimate" in given:
        estimate = given.span("estimate")
        if estimate.high < low.low or estimate.low > high.high:
            raise Impossible("The estimate lies outside its own interval.")
    return low, high
