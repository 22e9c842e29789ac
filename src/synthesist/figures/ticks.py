"""Where an axis ends and which numbers stand under it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from synthesist.figures.numbers import minus

#: How many ticks look right; more than the upper bound crowd the axis.
WANTED, MOST = 6, 9

#: Intervals are cut when all of them take so many times the room of the middling ones.
SQUEEZED = 2.0

#: Measures the printed width of a tick label, in millimetres.
Measure = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Axis:
    """The ends of an axis, and its ticks with their labels."""

    low: float
    high: float
    log: bool
    positions: tuple[float, ...]
    labels: tuple[str, ...]

    def fraction(self, value: float) -> float:
        """Give the place of `value` from 0 at the left end to 1 at the right."""
        low, high = scale(self.low, log=self.log), scale(self.high, log=self.log)
        return (scale(value, log=self.log) - low) / (high - low)

    def value(self, fraction: float) -> float:
        """Give the value at a place, 0 at the left end and 1 at the right."""
        low, high = scale(self.low, log=self.log), scale(self.high, log=self.log)
        return unscale(low + fraction * (high - low), log=self.log)


def scale(value: float, *, log: bool) -> float:
    """Give the value on the scale of the axis; zero is infinitely low on a log one."""
    if not log:
        return value
    return math.log(value) if value > 0 else -math.inf


def unscale(value: float, *, log: bool) -> float:
    """Undo `scale`."""
    return math.exp(value) if log else value


#: Share of the axis that each side of no effect has at least, when it is named.
LEAST_SIDE = 0.25


def data_limits(
    intervals: Sequence[tuple[float, float]],
    pooled: Sequence[tuple[float, float]],
    points: Sequence[float],
    *,
    log: bool,
    proportion: bool,
) -> tuple[float, float]:
    """Choose the ends of an axis for estimates with their intervals.

    All `points` are inside: the estimates and no effect. The studies' `intervals`
    and the `pooled` and prediction intervals are, too, unless the widest of them
    would squeeze the others: then they end in an arrow, three median half-widths
    beyond the outermost point. An axis of proportions stays between 0 and 1 and
    begins or ends there when the data come near.
    """
    at = [scale(point, log=log) for point in points] or [0.0]
    ends = [scale(end, log=log) for pair in (*intervals, *pooled) for end in pair]
    finite = [end for end in ends if math.isfinite(end)]
    widths = [scale(b, log=log) - scale(a, log=log) for a, b in intervals or pooled]
    halves = sorted(width / 2 for width in widths if math.isfinite(width))
    half = halves[len(halves) // 2] if halves else 0.0
    left, right = min([*at, *finite]), max([*at, *finite])
    core = max(at) - min(at) + 3 * half
    if core > 0 and right - left > SQUEEZED * core:
        left = max(left, min(at) - 3 * half)
        right = min(right, max(at) + 3 * half)
        # An arrow for what lies just beyond would be pedantry.
        near = 0.12 * (right - left)
        left = min([left, *(end for end in finite if end >= left - near)])
        right = max([right, *(end for end in finite if end <= right + near)])
    if right - left < 1e-9 * max(abs(left), abs(right), 1.0):
        spread = math.log(2) if log else max(abs(left) / 2, 0.1 if proportion else 1.0)
        left, right = left - spread, right + spread
    low, high = unscale(left, log=log), unscale(right, log=log)
    if proportion:
        low = 0.0 if low < 0.35 else low
        high = 1.0 if high > 0.85 else high
    return low, high


def both_sides(
    low: float, high: float, no_effect: float, *, log: bool
) -> tuple[float, float]:
    """Widen an axis so that either side of no effect has room for its words."""
    left, middle, right = (scale(end, log=log) for end in (low, no_effect, high))
    ratio = LEAST_SIDE / (1 - LEAST_SIDE)
    left = min(left, middle - ratio * (right - middle))
    right = max(right, middle + ratio * (middle - left))
    return unscale(left, log=log), unscale(right, log=log)


def choose_axis(
    low: float,
    high: float,
    width: float,
    measure: Measure,
    *,
    log: bool,
    percent: bool = False,
    within: tuple[float, float] = (-math.inf, math.inf),
    fixed: bool = False,
) -> Axis:
    """Choose ticks whose labels stand apart; ends move out to a tick that is near.

    Parameters
    ----------
    low, high : float
        Ends on the reading scale, above zero when `log`.
    width : float
        Length of the axis in millimetres.
    measure : callable
        Gives the printed width of a label in millimetres.
    within : (float, float)
        The ends never move beyond these.
    fixed : bool
        The ends stay as they are.
    """
    left, right = scale(low, log=log), scale(high, log=log)
    slack = 0.0 if fixed else 0.08 * (right - left)
    bounds = (unscale(left - slack, log=log), unscale(right + slack, log=log))
    bounds = (max(bounds[0], within[0]), min(bounds[1], within[1]))
    best: Axis | None = None
    for positions, labels in _candidates(*bounds, log=log, percent=percent):
        if not 2 <= len(positions) <= MOST:
            continue
        axis = Axis(
            low if fixed else min(low, positions[0]),
            high if fixed else max(high, positions[-1]),
            log,
            tuple(positions),
            tuple(labels),
        )
        if _fits(axis, width, measure) and (
            best is None
            or abs(len(positions) - WANTED) < abs(len(best.positions) - WANTED)
        ):
            best = axis
    return best or _ends_only(low, high, log=log, percent=percent)


def _ends_only(low: float, high: float, *, log: bool, percent: bool) -> Axis:
    """Give an axis with a tick at its middle, for ranges no pattern serves."""
    middle = unscale((scale(low, log=log) + scale(high, log=log)) / 2, log=log)
    shown = 100 * middle if percent else middle
    label = minus(f"{shown:.3g}") + ("%" if percent else "")
    return Axis(low, high, log, (middle,), (label,))


def _fits(axis: Axis, width: float, measure: Measure) -> bool:
    """Tell whether all labels stand at least a millimetre and a half apart."""
    end = -math.inf
    for position, label in zip(axis.positions, axis.labels, strict=True):
        middle, half = axis.fraction(position) * width, measure(label) / 2
        if middle - half < end + 1.5:
            return False
        end = middle + half
    return True


def _candidates(
    low: float, high: float, *, log: bool, percent: bool
) -> Iterator[tuple[list[float], list[str]]]:
    """Give sets of ticks within the bounds, the most familiar first."""
    if log:
        yield from _decades(low, high)
        if high / low < 6:
            yield from _steps(low, high, percent=percent)
        return
    yield from _steps(low, high, percent=percent)


def _decades(low: float, high: float) -> Iterator[tuple[list[float], list[str]]]:
    """Give ticks at 1, 2, 5 and their like in every decade."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for digits, every in (
        ((1, 2, 5), 1),
        ((1,), 1),
        ((1, 3), 1),
        ((1, 1.5, 2, 3, 5, 7), 1),
        ((1,), 2),
        ((1,), 3),
        ((1,), 5),
    ):
        positions = [
            digit * 10.0**power
            for power in range(first, last + 1)
            if power % every == 0
            for digit in digits
            if low * (1 - 1e-9) <= digit * 10.0**power <= high * (1 + 1e-9)
        ]
        yield positions, [_plain(value) for value in positions]


def _plain(value: float) -> str:
    """Print a tick without exponent unless it would be longer than six characters."""
    if 1e-4 < value < 1e6:
        return f"{value:.6f}".rstrip("0").rstrip(".")
    digits, _, power = f"{value:.1e}".partition("e")
    return f"{digits.removesuffix('.0')}e{int(power)}".replace("-", "−")


def _steps(
    low: float, high: float, *, percent: bool
) -> Iterator[tuple[list[float], list[str]]]:
    """Give ticks at equal steps, each a multiple of its step."""
    factor = 100.0 if percent else 1.0
    span = (high - low) * factor
    if not (span > 0 and math.isfinite(span)):
        return
    magnitude = math.floor(math.log10(span))
    for power in (magnitude, magnitude - 1):
        for digit, decimals in ((2, 0), (1, 0), (5, 0), (2.5, 1)):
            step = digit * 10.0**power
            first = math.ceil(low * factor / step - 1e-6)
            last = math.floor(high * factor / step + 1e-6)
            places = max(decimals - power, 0)
            if last - first > 2 * MOST or places > 8:
                continue
            values = [i * step for i in range(first, last + 1)]
            labels = [
                minus(f"{v:.{places}f}") + ("%" if percent else "") for v in values
            ]
            yield [v / factor for v in values], labels
