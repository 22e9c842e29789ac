"""Regimens beside each other: calendar strips, and the dose that adds up over time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from synthesist.errors import InvalidInput
from synthesist.figures.page import (
    ACCENT,
    DIM,
    INK,
    MM_PER_POINT,
    RULE,
    SOFT,
    PlacedText,
    font,
    house_style,
)
from synthesist.figures.panel import (
    MARGIN,
    Key,
    Panel,
    PanelSpec,
    Vector,
    plain_axis,
    points_for,
    set_ticks,
    vector,
)
from synthesist.figures.ticks import Axis, choose_axis
from synthesist.figures.typeface import CAP_HEIGHT, clean, text_width
from synthesist.figures.wrapping import wrap

MM = MM_PER_POINT

#: Least height of a row in em of its text, and that of the largest dose.
STRIP, BAR = 2.1, 1.7

#: Distance between the numbers at the ends of the curves, in em.
APART = 1.3

#: Room for the number of a row, in em.
INDENT = 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimenStrip:
    """One regimen day by day.

    Attributes
    ----------
    label : str
        Name of the regimen.
    detail : str
        A second line under the name, such as the dose a week.
    low, high : (n,) arrays
        Dose of each day, at least and at most; where a day may be free, `low` is 0.
        Without a place on the common axis, any positive number marks a day.
    total_low, total_high : (n,) arrays, optional
        Dose up to the end of each day; None where it has no place on the axis.
    known : int, optional
        Days after which nothing is said; the curve ends there.
    """

    label: str
    detail: str = ""
    low: ArrayLike
    high: ArrayLike
    total_low: ArrayLike | None = None
    total_high: ArrayLike | None = None
    known: int | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """A strip with its wrapped text and its height in millimetres."""

    strip: RegimenStrip
    number: int
    name: tuple[str, ...]
    detail: tuple[str, ...]
    height: float


def regimens(
    strips: Sequence[RegimenStrip],
    *,
    unit: str,
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 180,
) -> Figure:
    """Draw calendar strips of regimens under the dose that each adds up to.

    Bars of a strip are as high as the logarithm of the day's dose, one scale for
    all; days that may be free are pale.

    Parameters
    ----------
    strips : sequence of RegimenStrip
        All over the same days.
    unit : str
        The unit of dose that all share.

    Raises
    ------
    InvalidInput
        If there is no regimen, or their numbers of days differ.
    """
    if not strips:
        raise InvalidInput("there is no regimen to draw", where="the figure")
    days = len(vector(strips[0].low, "low"))
    if days < 2:
        raise InvalidInput("a calendar needs at least two days", where="the figure")
    points = points_for(width_mm)
    rows = _rows(strips, width_mm, points)
    totals = [_total(row.strip, days) for row in rows]
    if all(total is None for total in totals):
        raise InvalidInput(
            "no regimen has a dose on the common axis",
            where="the figure",
            remedy="choose a unit that at least one of them can be converted to",
        )
    wide = max(
        text_width(line, points) for row in rows for line in (*row.name, *row.detail)
    )
    gap = 1.6 * points * MM
    narrow = width_mm < 110
    inner = max(width_mm - wide - (INDENT + 5) * points * MM - 2 * MARGIN, 10.0)
    spec = PanelSpec(
        width=width_mm,
        x_name="Weeks since the start",
        y_name=f"Dose so far, {unit.replace('m2', 'm²')} (log scale)",
        title=title,
        label=label,
        legend=[
            Key("day of treatment, height: its dose (log scale)", "patch", ACCENT),
            *(
                [Key("may be free, or the dose is a range", "patch", SOFT)]
                * _is_open(strips)
            ),
            *([Key("not on the axis of dose", "patch", RULE)] * (None in totals)),
        ],
        footer=footer,
        aspect=max(0.62 if narrow else 0.5, _least_height(totals, points) / inner),
        left=wide + (INDENT + 2.2) * points * MM,
        right=2.4 * points * MM,
        below=gap + sum(row.height for row in rows),
        extra=[line for row in rows for line in (*row.name, *row.detail)],
    )
    with house_style():
        low, high = _limits(totals)
        room = 0.4 * width_mm
        up = choose_axis(low, high, room, lambda _: 1.6 * points * MM, log=True)
        panel = Panel(spec, y_labels=up.labels)
        ticks = plain_axis(0, days / 7, panel.plot_width, points, fixed=True)
        x = Axis(0.0, days / 7, False, ticks.positions, ticks.labels)
        axes = panel.axes(x, _logarithmic(up), name="dose")
        axes.tick_params(axis="x", labelbottom=False)
        _draw_totals(axes, panel, rows, totals, up)
        _draw_strips(panel, rows, gap, x)
    return panel.page.figure


def _rows(
    strips: Sequence[RegimenStrip], width: float, points: float
) -> tuple[_Row, ...]:
    """Give each strip its number, its wrapped text and its height."""
    most = 0.36 * width - INDENT * points * MM
    rows: list[_Row] = []
    for index, strip in enumerate(strips, 1):
        name = wrap(clean(strip.label), most, points)
        detail = wrap(clean(strip.detail), most, points - 0.5) if strip.detail else []
        lines = 1.22 * (len(name) + len(detail)) + 0.7
        height = max(lines, STRIP) * points * MM
        rows.append(_Row(strip, index, tuple(name), tuple(detail), height))
    return tuple(rows)


def _total(strip: RegimenStrip, days: int) -> tuple[Vector, Vector] | None:
    """Give the dose so far, at least and at most, None for a strip without it."""
    for name in ("low", "high"):
        vector(getattr(strip, name), name, days)
    if strip.total_low is None or strip.total_high is None:
        return None
    low = vector(strip.total_low, "total_low", days)
    return low[: strip.known], vector(strip.total_high, "total_high", days)[
        : strip.known
    ]


def _is_open(strips: Sequence[RegimenStrip]) -> bool:
    """Tell whether a day of any strip on the axis has a range of doses."""
    return any(
        bool(np.any(np.asarray(strip.low) != np.asarray(strip.high)))
        for strip in strips
        if strip.total_low is not None
    )


def _least_height(
    totals: Sequence[tuple[Vector, Vector] | None], points: float
) -> float:
    """Give the height at which the numbers of all curves stand apart, in mm."""
    curves = sum(total is not None for total in totals)
    return 1.05 * APART * points * MM * (curves + 1)


def _limits(totals: Sequence[tuple[Vector, Vector] | None]) -> tuple[float, float]:
    """Give the ends of the axis of dose: from the smallest dose to the largest."""
    found = [total for total in totals if total is not None]
    high = max(float(np.max(most)) for _, most in found)
    positive = [float(v) for some, _ in found for v in some if v > 0]
    low = min(positive, default=high / 10)
    return 0.8 * low, 1.2 * high


def _logarithmic(axis: Axis) -> Axis:
    """Give the axis drawn by logarithms, its numbers as they are."""
    return Axis(
        math.log10(axis.low),
        math.log10(axis.high),
        False,
        tuple(math.log10(position) for position in axis.positions),
        axis.labels,
    )


def _draw_totals(
    axes: Axes,
    panel: Panel,
    rows: Sequence[_Row],
    totals: Sequence[tuple[Vector, Vector] | None],
    up: Axis,
) -> None:
    """Draw a band from least to most for each regimen, its number at the end."""
    floor = math.log10(up.low)
    ends: list[tuple[float, float, int]] = []
    for row, total in zip(rows, totals, strict=True):
        if total is None:
            continue
        at = np.arange(1, len(total[0]) + 1) / 7
        some, most = (np.log10(np.maximum(v, 10.0 ** (floor - 1))) for v in total)
        color = ACCENT if row.number % 2 else INK
        axes.fill_between(
            at, some, most, step="pre", color=SOFT, alpha=0.5, linewidth=0
        )
        axes.step(at, most, where="pre", color=color, linewidth=0.9)
        ends.append((float(at[-1]), float(most[-1]), row.number))
    _number_ends(axes, panel, ends, up)


def _number_ends(
    axes: Axes, panel: Panel, ends: Sequence[tuple[float, float, int]], up: Axis
) -> None:
    """Print the numbers of the regimens at the ends of their lines, apart."""
    span = math.log10(up.high / up.low)
    least = APART * panel.points * MM / panel.plot_height * span
    near = 1.6 * panel.points * MM / panel.plot_width * (axes.get_xlim()[1])
    placed: list[tuple[float, float, int]] = []
    for x, end, number in sorted(ends, key=lambda entry: entry[1]):
        y = end
        for other, below, _ in placed:
            if abs(other - x) < near and y < below + least:
                y = below + least
        placed.append((x, y, number))
    top = math.log10(up.high)
    for index in range(len(placed) - 1, -1, -1):
        # What was pushed over the top comes down, and pushes the others.
        x, y, number = placed[index]
        above = [v for other, v, _ in placed[index + 1 :] if abs(other - x) < near]
        placed[index] = x, min([y, top, *(v - least for v in above)]), number
    for x, y, number in placed:
        axes.annotate(
            str(number),
            (x, y),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontproperties=font(panel.points),
            color=INK,
            annotation_clip=False,
        )


def _draw_strips(panel: Panel, rows: Sequence[_Row], gap: float, x: Axis) -> None:
    """Draw the calendar of each regimen under the curves, and its name beside it."""
    top = panel.plot_top + panel.plot_height + gap
    height = sum(row.height for row in rows)
    axes = panel.page.axes(
        panel.plot_left, top, panel.plot_width, height, name="calendar"
    )
    axes.patch.set_visible(False)
    axes.set_xlim(x.low, x.high)
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    set_ticks(axes, "x", x, panel.points)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_linewidth(0.5)
    scaled = _scale(rows)
    y = 0.0
    for row in rows:
        _print_name(panel, row, top + y)
        base = y + row.height - 0.35 * panel.em
        _bars(axes, row, base, BAR * panel.em, scaled)
        axes.axhline(base, color=RULE, linewidth=0.3, zorder=1)
        y += row.height


def _scale(rows: Sequence[_Row]) -> tuple[float, float]:
    """Give the smallest and largest dose of a day on the common axis."""
    doses = [
        float(value)
        for row in rows
        if row.strip.total_low is not None
        for value in np.asarray(row.strip.high, dtype=float)
        if value > 0
    ]
    return min(doses), max(doses)


def _bars(
    axes: Axes, row: _Row, base: float, tall: float, scaled: tuple[float, float]
) -> None:
    """Draw a bar for each day of treatment, pale where it may be free."""
    low = np.asarray(row.strip.low, dtype=float)
    high = np.asarray(row.strip.high, dtype=float)
    on = np.flatnonzero(high > 0)
    if not on.size:
        return
    heights = np.full(on.size, 0.5 * tall)
    colors = [RULE] * int(on.size)
    if row.strip.total_low is not None:
        spread = math.log(scaled[1] / scaled[0]) or 1.0
        share = np.log(high[on] / scaled[0]) / spread if scaled[1] > scaled[0] else 1.0
        heights = tall * (0.25 + 0.75 * np.asarray(share))
        colors = [ACCENT if low[i] == high[i] else SOFT for i in on.tolist()]
    axes.bar(
        on / 7, -heights, width=0.92 / 7, bottom=base, align="edge", color=colors,
        linewidth=0, zorder=2,
    )  # fmt: skip


def _print_name(panel: Panel, row: _Row, top: float) -> None:
    """Print the regimen's name and detail at the left edge."""
    em = panel.points * MM
    lines = [(line, panel.points, INK) for line in row.name]
    lines += [(line, panel.points - 0.5, DIM) for line in row.detail]
    y = top + row.height / 2 - 1.22 * em * (len(lines) - 1) / 2 + CAP_HEIGHT / 2 * em
    number = str(row.number)
    panel.page.text(
        PlacedText(x=MARGIN, y=y, text=number, points=panel.points, bold=True)
    )
    for line, points, color in lines:
        x = MARGIN + INDENT * em
        panel.page.text(PlacedText(x=x, y=y, text=line, points=points, color=color))
        y += 1.22 * em
