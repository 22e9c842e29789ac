"""Specification curves: every reasonable analysis, sorted, with the choices under it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from synthesist.errors import InvalidInput
from synthesist.figures.page import (
    ACCENT,
    GREY,
    INK,
    MM_PER_POINT,
    RULE,
    PlacedText,
    house_style,
)
from synthesist.figures.panel import (
    MARGIN,
    Key,
    Panel,
    PanelSpec,
    Vector,
    effect_axis,
    plain_axis,
    points_for,
    set_ticks,
    span,
    vector,
)
from synthesist.figures.ticks import Axis
from synthesist.figures.typeface import CAP_HEIGHT, clean, text_width
from synthesist.figures.wrapping import wrap

MM = MM_PER_POINT


@dataclass(frozen=True, slots=True)
class Option:
    """A row of the matrix: a decision's heading, or one of its options."""

    lines: tuple[str, ...]
    option: str | None
    decision: str
    points: float
    indent: float

    @property
    def height(self) -> float:
        """Give its height in millimetres."""
        return (1.22 * len(self.lines) + 0.16) * self.points * MM

    @property
    def width(self) -> float:
        """Give the width of its text in millimetres."""
        bold = self.option is None
        texts = (text_width(line, self.points, bold=bold) for line in self.lines)
        return self.indent + max(texts)


def specification_curve(
    estimate: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    choices: Mapping[str, Sequence[str]],
    *,
    effect_label: str,
    no_effect: float | None = 0.0,
    planned: int | None = None,
    log: bool = False,
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 180,
) -> Figure:
    """Draw all analyses by the size of their result, and which choices made each.

    Parameters
    ----------
    estimate, low, high : (m,) arrays
        Results and interval ends on the analysis scale.
    choices : mapping of str to sequence of str
        For each decision, the option that each of the m analyses took.
    planned : int, optional
        The analysis that the protocol planned; a line runs through it.

    Raises
    ------
    InvalidInput
        If a number is missing or a decision names not one option an analysis.

    References
    ----------
    Simonsohn U, Simmons JP, Nelson LD. Nat Hum Behav 2020;4:1208.
    doi:10.1038/s41562-020-0912-z
    """
    middle = vector(estimate, "estimate")
    m = len(middle)
    lower, upper = vector(low, "low", m), vector(high, "high", m)
    _check(choices, m)
    order = np.argsort(middle, kind="stable")
    points = points_for(width_mm)
    rows = _rows(choices, width_mm, points)
    gap = 0.8 * points * MM
    spec = PanelSpec(
        width=width_mm,
        x_name="Analyses, sorted by their result",
        y_name=effect_label,
        title=title,
        label=label,
        legend=[
            Key("interval excludes no effect", "line", ACCENT, width=1.6),
            Key("interval includes no effect", "line", GREY, width=1.6),
            *(
                [Key("planned analysis", "line", INK, dashed=True)]
                * (planned is not None)
            ),
        ],
        footer=footer,
        aspect=0.36,
        left=max((row.width for row in rows), default=0.0) + 0.8 * points * MM,
        below=gap + sum(row.height for row in rows),
        extra=[line for row in rows for line in row.lines],
    )
    fixed = [] if no_effect is None else [no_effect]
    with house_style():
        room = 0.36 * 0.7 * width_mm
        up = effect_axis(*span(lower, upper, fixed), room, points, log=log)
        panel = Panel(spec, y_labels=up.labels)
        ranks = plain_axis(1, max(m, 2), panel.plot_width, points, fixed=True)
        x = Axis(0.0, m + 1.0, False, ranks.positions, ranks.labels)
        axes = panel.axes(x, up, name="results")
        axes.tick_params(axis="x", length=0, labelbottom=False)
        axes.spines["bottom"].set_visible(False)
        if no_effect is not None:
            axes.axhline(no_effect, color=RULE, linewidth=0.6, zorder=1)
        excluding = _excludes(lower[order], upper[order], no_effect)
        _draw_results(axes, panel, middle[order], lower[order], upper[order], excluding)
        matrix = _matrix(panel, rows, choices, order, excluding, gap, x)
        if planned is not None:
            at = int(np.flatnonzero(order == planned)[0]) + 1
            for part in (axes, matrix):
                part.axvline(
                    at, color=INK, linewidth=0.6, linestyle=(0, (3, 2)), zorder=4
                )
    return panel.page.figure


def _check(choices: Mapping[str, Sequence[str]], m: int) -> None:
    """Refuse decisions that do not name one option for each analysis."""
    for name, options in choices.items():
        if len(options) != m:
            raise InvalidInput(
                f"{name} has {len(options)} options for {m} analyses",
                where="the figure",
                remedy="give the option that each analysis took",
            )


def _rows(
    choices: Mapping[str, Sequence[str]], width: float, points: float
) -> list[Option]:
    """Give the rows of the matrix from top to bottom, their texts wrapped."""
    most = 0.34 * width
    indent = 0.8 * points * MM
    rows: list[Option] = []
    for name, options in choices.items():
        lines = wrap(clean(name), most, points, bold=True)
        rows.append(Option(tuple(lines), None, name, points, 0.0))
        for option in dict.fromkeys(options):
            lines = wrap(clean(option), most - indent, points - 0.5)
            rows.append(Option(tuple(lines), option, name, points - 0.5, indent))
    return rows


def _excludes(
    lower: Vector, upper: Vector, no_effect: float | None
) -> NDArray[np.bool_]:
    """Tell which intervals leave out no effect."""
    if no_effect is None:
        return np.zeros(len(lower), dtype=bool)
    return (lower > no_effect) | (upper < no_effect)


def _stroke(panel: Panel, m: int) -> float:
    """Give the line width in points at which m lines stand side by side."""
    return float(np.clip(0.55 * panel.plot_width / (m + 1) / MM, 0.15, 1.6))


def _draw_results(
    axes: Axes,
    panel: Panel,
    middle: Vector,
    lower: Vector,
    upper: Vector,
    excluding: NDArray[np.bool_],
) -> None:
    """Draw an upright line for each interval and a point for each result."""
    m = len(middle)
    at = np.arange(1, m + 1)
    colors = np.where(excluding, ACCENT, GREY)
    lines = [[(x, a), (x, b)] for x, a, b in zip(at, lower, upper, strict=True)]
    axes.add_collection(
        LineCollection(
            lines, colors=list(colors), linewidths=_stroke(panel, m) * 0.6, alpha=0.55
        ),
        autolim=False,
    )
    side = float(np.clip(_stroke(panel, m) * 1.4, 0.8, 3.2))
    axes.scatter(at, middle, s=side**2, color=list(colors), linewidth=0, zorder=3)


def _matrix(
    panel: Panel,
    rows: Sequence[Option],
    choices: Mapping[str, Sequence[str]],
    order: NDArray[np.intp],
    excluding: NDArray[np.bool_],
    gap: float,
    x: Axis,
) -> Axes:
    """Draw under each result a mark in the row of each option it took."""
    top = panel.plot_top + panel.plot_height + gap
    height = sum(row.height for row in rows)
    axes = panel.page.axes(
        panel.plot_left, top, panel.plot_width, height, name="choices"
    )
    axes.patch.set_visible(False)
    axes.set_xlim(x.low, x.high)
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    set_ticks(axes, "x", x, panel.points)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_linewidth(0.5)
    stroke = _stroke(panel, len(order))
    colors = np.where(excluding, ACCENT, GREY)
    y = 0.0
    for row in rows:
        _print_option(panel, row, top + y)
        if row.option is not None:
            took = np.array([choices[row.decision][i] == row.option for i in order])
            half = 0.46 * row.points * MM
            ends = y + row.height / 2 - half, y + row.height / 2 + half
            lines = [
                np.array([[a, ends[0]], [a, ends[1]]], dtype=float)
                for a in np.flatnonzero(took) + 1
            ]
            axes.add_collection(
                LineCollection(lines, colors=list(colors[took]), linewidths=stroke),
                autolim=False,
            )
        y += row.height
    return axes


def _print_option(panel: Panel, row: Option, top: float) -> None:
    """Print the text of a row at the left edge."""
    em = row.points * MM
    y = top + row.height / 2 - 1.22 * em * (len(row.lines) - 1) / 2
    for line in row.lines:
        panel.page.text(
            PlacedText(
                x=MARGIN + row.indent,
                y=y + CAP_HEIGHT / 2 * em,
                text=line,
                points=row.points,
                bold=row.option is None,
            )
        )
        y += 1.22 * em
