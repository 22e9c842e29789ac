"""Standard errors and intervals that a printed estimate and its P value imply."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import NormalDist

from synthesist.checks.printed import PrintedNumber
from synthesist.errors import NotEstimable

NORMAL = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpliedEstimate:
    """An estimate with its standard error on the analysis scale, not printed but implied.

    `se_range` and `estimate_range` hold everything that the rounding of the
    printed digits allows; an end is infinite where the digits do not bound it.
    """

    estimate: float
    se: float
    estimate_range: tuple[float, float]
    se_range: tuple[float, float]
    log: bool

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval on the reading scale."""
        half = NORMAL.inv_cdf(0.5 + level / 2) * self.se
        return self.reading(self.estimate - half), self.reading(self.estimate + half)

    def reading(self, value: float) -> float:
        """Bring a number from the analysis scale to the one that is printed."""
        return math.exp(value) if self.log else value


def estimate_from_p(
    estimate: PrintedNumber, p: PrintedNumber, *, log: bool
) -> ImpliedEstimate:
    """Return the standard error at which a normal test gives the printed P value.

    ``se = |estimate| / z(p / 2)``, on the log scale for ratios.

    Raises
    ------
    NotEstimable
        If the estimate is printed as no effect, or P as 0 or 1, from which no
        standard error follows.

    References
    ----------
    Altman DG, Bland JM. BMJ 2011;343:d2090. doi:10.1136/bmj.d2090
    """
    central = _scaled(estimate.value, log)
    if central == 0 or not 0 < p.value < 1:
        raise NotEstimable(
            f"No standard error follows from the estimate {estimate.text} with P = {p.text}.",
            remedy="look for the interval or the standard error",
        )
    ends = [_scaled(max(end, 0.0), log) for end in (estimate.low, estimate.high)]
    spans_no_effect = ends[0] <= 0 <= ends[1]
    errors = [
        _standard_error(end, chance)
        for end in ends
        for chance in (max(p.low, 0.0), min(p.high, 1.0))
    ]
    return ImpliedEstimate(
        estimate=central,
        se=_standard_error(central, p.value),
        estimate_range=(ends[0], ends[1]),
        se_range=(0.0 if spans_no_effect else min(errors), max(errors)),
        log=log,
    )


def remove_part(whole: ImpliedEstimate, part: ImpliedEstimate) -> ImpliedEstimate:
    """Return what is left of an inverse-variance pool when a part is taken out of it.

    With ``w = 1 / se**2``: weight ``w_whole - w_part``, estimate
    ``(w_whole y_whole - w_part y_part) / (w_whole - w_part)``. Holds where both
    pools are common-effect analyses of the same quantity.

    Raises
    ------
    NotEstimable
        If the part carries as much weight as the whole, or more.
    """
    if not part.se > whole.se:
        raise NotEstimable(
            "The part is as precise as the whole, so nothing is left to estimate.",
            remedy="check that both printed results are of the same quantity",
        )
    estimate, se = _left_over((whole.estimate, whole.se), (part.estimate, part.se))
    corners = [
        _left_over(*pair)
        for pair in itertools.product(_corners(whole), _corners(part))
        if pair[1][1] > pair[0][1] > 0
    ]
    unbounded = part.se_range[0] <= whole.se_range[1]
    return ImpliedEstimate(
        estimate=estimate,
        se=se,
        estimate_range=(-math.inf, math.inf)
        if unbounded
        else _range(corner[0] for corner in corners),
        se_range=(_pick(min, (corner[1] for corner in corners)), math.inf)
        if unbounded
        else _range(corner[1] for corner in corners),
        log=whole.log,
    )


def _left_over(
    whole: tuple[float, float], part: tuple[float, float]
) -> tuple[float, float]:
    """Subtract weights and weighted estimates."""
    w_whole, w_part = whole[1] ** -2, part[1] ** -2
    w = w_whole - w_part
    return (w_whole * whole[0] - w_part * part[0]) / w, w**-0.5


def _corners(given: ImpliedEstimate) -> Iterable[tuple[float, float]]:
    """Return the extremes that rounding allows."""
    return itertools.product(given.estimate_range, given.se_range)


def _range(values: Iterable[float]) -> tuple[float, float]:
    found = list(values)
    return min(found), max(found)


def _pick(choose: Callable[[Iterable[float]], float], values: Iterable[float]) -> float:
    return choose(list(values))


def _scaled(value: float, log: bool) -> float:
    if not log:
        return value
    return math.log(value) if value > 0 else -math.inf


def _standard_error(estimate: float, p: float) -> float:
    """Invert a two-sided normal test."""
    if p <= 0:
        return 0.0
    z = NORMAL.inv_cdf(1 - p / 2)
    return abs(estimate) / z if z > 0 else math.inf
