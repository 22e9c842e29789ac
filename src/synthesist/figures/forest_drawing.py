"""A forest plot that has been laid out is drawn on a matplotlib figure."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from synthesist.figures.forest_columns import MARGIN
from synthesist.figures.forest_layout import (
    TICK,
    TICK_PAD,
    ForestLayout,
    Mark,
    lay_out,
)
from synthesist.figures.forest_model import ForestPlot
from synthesist.figures.page import (
    ACCENT,
    INK,
    MM_PER_POINT,
    RULE,
    SOFT,
    Page,
    font,
    house_style,
)
from synthesist.figures.ticks import Axis
from synthesist.figures.typeface import register

#: Side of the largest square as a share of the distance between rows, and the least
#: share of it that a light study keeps so that it can be seen.
SQUARE, LEAST_SQUARE = 0.72, 0.2

#: Side of all squares when no study has a weight.
PLAIN_SQUARE = 0.42

#: Twice the length of an arrow head in points (a marker spans its unit square).
ARROW, BAR_ARROW = 6.0, 9.0

LEFT_ARROW = Path([(0, 0), (1, 0.5), (1, -0.5), (0, 0)], closed=True)
RIGHT_ARROW = Path([(0, 0), (-1, 0.5), (-1, -0.5), (0, 0)], closed=True)


def draw_forest(plot: ForestPlot, width_mm: float) -> Figure:
    """Draw a forest plot; see `synthesist.figures.forest`."""
    register()
    layout = lay_out(plot, width_mm)
    with house_style():
        page = Page(layout.width, layout.height)
        axes = _axes(page, layout)
        _draw_reference_lines(axes, layout)
        _draw_studies(axes, layout)
        _draw_summaries(axes, layout)
        for y in layout.rules:
            page.line([(MARGIN, y), (layout.width - MARGIN, y)], width=0.6)
        if layout.label_box:
            page.box(*layout.label_box, edge=ACCENT, radius=0.8)
        for placed in layout.texts:
            page.text(placed)
    return page.figure


def _axes(page: Page, layout: ForestLayout) -> Axes:
    """Add the axes: the effect along x, millimetres from the top along y."""
    columns, axis = layout.columns, _axis(layout)
    height = layout.rows_bottom - layout.rows_top
    axes = page.axes(
        columns.plot_left, layout.rows_top, columns.plot_width, height, name="forest"
    )
    axes.patch.set_visible(False)
    axes.set_ylim(layout.rows_bottom, layout.rows_top)
    axes.set_yticks([])
    if axis.log:
        axes.set_xscale("log")
    axes.set_xlim(axis.low, axis.high)
    axes.xaxis.set_major_locator(FixedLocator(axis.positions))
    axes.xaxis.set_major_formatter(FixedFormatter(axis.labels))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.tick_params(axis="x", length=TICK, width=0.5, pad=TICK_PAD, colors=INK)
    for label in axes.get_xticklabels():
        label.set_fontproperties(font(columns.points))
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_linewidth(0.5)
    axes.spines["bottom"].set_color(INK)
    return axes


def _axis(layout: ForestLayout) -> Axis:
    """Give the axis, which every finished layout has."""
    if layout.axis is None:
        raise ValueError("a layout without axis cannot be drawn")
    return layout.axis


def _segments(
    layout: ForestLayout, top: float, bottom: float
) -> list[tuple[float, float]]:
    """Cut the way from `top` to `bottom` where text runs through the plot."""
    found: list[tuple[float, float]] = []
    for start, end in layout.interrupted:
        if start >= bottom:
            break
        found.append((top, start))
        top = end
    found.append((top, bottom))
    return [(start, end) for start, end in found if end > start]


def _draw_reference_lines(axes: Axes, layout: ForestLayout) -> None:
    """Draw the line of no effect, and a dashed one down to the overall diamond."""
    axis, no_effect = _axis(layout), layout.plot.no_effect
    if no_effect is not None and axis.low <= no_effect <= axis.high:
        parts = _segments(layout, layout.rows_top, layout.rows_bottom)
        tops, bottoms = zip(*parts, strict=True)
        axes.vlines([no_effect] * len(parts), tops, bottoms, colors=RULE,
                    linewidth=0.6, zorder=1)  # fmt: skip
    overall = next((m for m in reversed(layout.marks) if m.row.kind == "summary"), None)
    if not (overall and layout.plot.summary and overall.row.estimate is not None):
        return
    if axis.low < overall.row.estimate < axis.high:
        parts = _segments(layout, layout.rows_top, overall.y)
        tops, bottoms = zip(*parts, strict=True)
        axes.vlines([overall.row.estimate] * len(parts), tops, bottoms, colors=ACCENT,
                    linewidth=0.6, linestyles=(0, (2.5, 2)), zorder=1)  # fmt: skip


def _draw_studies(axes: Axes, layout: ForestLayout) -> None:
    """Draw squares as large as the weights, and the intervals through them."""
    axis = _axis(layout)
    marks = [m for m in layout.marks if m.row.kind == "study" and not m.row.missing]
    shown = [m for m in marks if axis.low <= _number(m.row.estimate) <= axis.high]
    if shown:
        sides = _sides(layout, shown)
        axes.scatter(
            [_number(m.row.estimate) for m in shown],
            [m.y for m in shown],
            s=list(sides**2),
            marker="s",
            facecolor=SOFT,
            linewidths=0,
            clip_on=False,
            zorder=2,
        )
    for mark in marks:
        _draw_interval(axes, axis, mark)


def _number(value: float | None) -> float:
    """Give a number that the rows' checks have found to be there."""
    return math.nan if value is None else value


def _sides(
    layout: ForestLayout, marks: list[Mark]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Give the sides of the squares in points; their areas are as the weights."""
    largest = SQUARE * layout.pitch / MM_PER_POINT
    weights = np.array(
        [np.nan if m.row.weight is None else m.row.weight for m in marks]
    )
    if np.all(np.isnan(weights)) or not np.nanmax(weights) > 0:
        return np.full(len(marks), PLAIN_SQUARE / SQUARE * largest)
    shares = np.nan_to_num(weights, nan=0.25 * float(np.nanmax(weights)))
    shares = np.clip(shares / np.nanmax(weights), 0, None)
    return largest * np.maximum(np.sqrt(shares), LEAST_SQUARE)


def _draw_interval(axes: Axes, axis: Axis, mark: Mark) -> None:
    """Draw a line from limit to limit, with an arrow where the axis ends first."""
    if mark.row.low is None or mark.row.high is None:
        return
    low, high = max(mark.row.low, axis.low), min(mark.row.high, axis.high)
    if low <= high:
        axes.plot([low, high], [mark.y] * 2, color=INK, linewidth=0.8,
                  solid_capstyle="butt", clip_on=False, zorder=3)  # fmt: skip
    _draw_arrows(axes, axis, mark, INK)


def _draw_arrows(
    axes: Axes, axis: Axis, mark: Mark, color: str, size: float = ARROW
) -> None:
    """Point to what lies beyond the ends of the axis."""
    for beyond, end, arrow in (
        (_number(mark.row.low) < axis.low, axis.low, LEFT_ARROW),
        (_number(mark.row.high) > axis.high, axis.high, RIGHT_ARROW),
    ):
        if beyond:
            axes.scatter([end], [mark.y], s=size**2, marker=arrow, facecolor=color,
                         linewidths=0, clip_on=False, zorder=4)  # fmt: skip


def _draw_summaries(axes: Axes, layout: ForestLayout) -> None:
    """Draw diamonds, and prediction intervals as bars."""
    axis = _axis(layout)
    half = 0.34 * layout.pitch
    for mark in layout.marks:
        row = mark.row
        if row.low is None or row.high is None or row.kind == "study":
            continue
        if row.low > axis.high or row.high < axis.low:
            _draw_arrows(axes, axis, mark, ACCENT)
            continue
        if row.kind == "prediction":
            # The bar ends where the head of its arrow begins.
            head = BAR_ARROW / 2 * MM_PER_POINT / layout.columns.plot_width
            low = axis.value(head) if row.low < axis.low else row.low
            high = axis.value(1 - head) if row.high > axis.high else row.high
            thin = 0.09 * layout.pitch
            axes.fill(
                [low, high, high, low],
                [mark.y - thin, mark.y - thin, mark.y + thin, mark.y + thin],
                facecolor=ACCENT, edgecolor="none", clip_on=False, zorder=3,
            )  # fmt: skip
        elif row.estimate is not None:
            xs, ys = _diamond(axis, row.low, row.estimate, row.high)
            axes.fill(xs, [mark.y + half * y for y in ys], facecolor=ACCENT,
                      edgecolor="none", clip_on=False, zorder=3)  # fmt: skip
        size = BAR_ARROW if row.kind == "prediction" else ARROW
        _draw_arrows(axes, axis, mark, ACCENT, size)


def _diamond(
    axis: Axis, low: float, middle: float, high: float
) -> tuple[list[float], list[float]]:
    """Give the corners of a diamond, cut off straight at the ends of the axis."""
    upper: list[tuple[float, float]] = []
    ends = [(low, 0.0), (middle, 1.0), (high, 0.0)]
    for (x0, h0), (x1, h1) in pairwise(ends):
        for x, h in ((x0, h0), (x1, h1)):
            inside = min(max(x, axis.low), axis.high)
            if inside == x:
                upper.append((x, h))
                continue
            f0, f1 = axis.fraction(x0), axis.fraction(x1)
            at = axis.fraction(inside)
            if f0 < at < f1 and math.isfinite(f0) and math.isfinite(f1):
                upper.append((inside, h0 + (h1 - h0) * (at - f0) / (f1 - f0)))
            elif not (math.isfinite(f0) and math.isfinite(f1)):
                upper.append((inside, 1.0))
    outline = sorted(upper)
    xs = [x for x, _ in outline] + [x for x, _ in reversed(outline)]
    ys = [h for _, h in outline] + [-h for _, h in reversed(outline)]
    return xs, ys
