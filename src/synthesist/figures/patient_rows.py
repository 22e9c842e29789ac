"""Figures with one row each for a result or a patient: response bars and swimmers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from synthesist.errors import InvalidInput
from synthesist.figures.page import (
    ACCENT,
    DIM,
    INK,
    MM_PER_POINT,
    RULE,
    SOFT,
    PlacedText,
    house_style,
)
from synthesist.figures.panel import (
    MARGIN,
    Key,
    Panel,
    PanelSpec,
    plain_axis,
    points_for,
)
from synthesist.figures.ticks import Axis
from synthesist.figures.typeface import CAP_HEIGHT, clean, text_width
from synthesist.figures.wrapping import wrap

MM = MM_PER_POINT

#: Room between the plot and the text beside it, in em.
GAP = 0.9

#: Marks of events on a swimmer's lane, in their order.
MARKS = ("o", "^", "s", "D", "v", "P", "X", "*")
MARK_COLORS = (INK, "#b5651d", "#3d7a4c", "#8a2f3b", "#5b4a8a", "#4d4d4d", "#a07800", "#206a7a")  # fmt: skip

MOST_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseBar:
    """A share with its interval: events of n, ends as shares."""

    label: str
    events: int
    n: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SwimmerLane:
    """One patient's time under treatment.

    Attributes
    ----------
    label : str
    time : float
        Length of the lane.
    ongoing : bool
        Whether treatment was still running, drawn as an arrow.
    events : tuple of (float, str)
        When something happened, and what.
    """

    label: str
    time: float
    ongoing: bool = False
    events: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Frame:
    """Wrapped labels, their heights, and the panel around them."""

    lines: tuple[tuple[str, ...], ...]
    heights: tuple[float, ...]
    panel: Panel
    middles: tuple[float, ...]


def response_bars(
    bars: Sequence[ResponseBar],
    *,
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 140,
) -> Figure:
    """Draw shares as bars with their intervals, counts and per cents in words beside.

    Raises
    ------
    InvalidInput
        If there is no bar, or counts and interval do not fit.
    """
    _check_number(bars, "bar")
    for bar in bars:
        share = bar.events / bar.n if bar.n > 0 else -1.0
        if not 0 <= bar.low <= share <= bar.high <= 1:
            raise InvalidInput(
                f"{bar.label} has a share of {bar.events}/{bar.n} outside its interval",
                where="the figure",
                remedy="give the ends as shares between 0 and 1",
            )
    texts = [
        f"{b.events}/{b.n}, {100 * b.events / b.n:.0f}% ({100 * b.low:.0f} to {100 * b.high:.0f})"
        for b in bars
    ]
    with house_style():
        frame = _frame(
            [bar.label for bar in bars],
            texts,
            PanelSpec(width=width_mm, x_name="Per cent", title=title, label=label, footer=footer),
        )  # fmt: skip
        panel = frame.panel
        x = plain_axis(0, 1, panel.plot_width, panel.points, percent=True, fixed=True)
        axes = _axes(frame, x, "responses")
        for bar, middle, height in zip(bars, frame.middles, frame.heights, strict=True):
            thick = min(height * 0.6, 1.3 * panel.em)
            axes.barh(middle, bar.events / bar.n, height=thick, color=SOFT, linewidth=0)
            axes.plot([bar.low, bar.high], [middle, middle], color=INK, linewidth=0.9)
            for end in (bar.low, bar.high):
                axes.plot([end, end], [middle - thick / 5, middle + thick / 5], color=INK, linewidth=0.9)  # fmt: skip
        _print_texts(frame, texts)
    return panel.page.figure


def swimmer(
    lanes: Sequence[SwimmerLane],
    *,
    time_name: str = "Days since the start of treatment",
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 140,
) -> Figure:
    """Draw each patient's time under treatment as a lane, with events as marks.

    Raises
    ------
    InvalidInput
        If there is no lane, a time is not above zero, an event lies beyond its
        lane, or there are more kinds of events than marks.
    """
    _check_number(lanes, "lane")
    kinds = list(dict.fromkeys(what for lane in lanes for _, what in lane.events))
    if len(kinds) > len(MARKS):
        raise InvalidInput(
            f"there are {len(kinds)} kinds of events and {len(MARKS)} marks",
            where="the figure",
            remedy="join kinds, or draw two figures",
        )
    for lane in lanes:
        late = [at for at, _ in lane.events if not 0 <= at <= lane.time]
        if not (lane.time > 0 and math.isfinite(lane.time)) or late:
            raise InvalidInput(
                f"{lane.label} has a time that is not on its lane",
                where="the figure",
                remedy="give times above zero and events from 0 to the end of the lane",
            )
    marks = {kind: (MARKS[i], MARK_COLORS[i]) for i, kind in enumerate(kinds)}
    ongoing = any(lane.ongoing for lane in lanes)
    with house_style():
        frame = _frame(
            [lane.label for lane in lanes],
            [],
            PanelSpec(
                width=width_mm,
                x_name=time_name,
                title=title,
                label=label,
                legend=[
                    Key("under treatment" + (", arrow: still running" if ongoing else ""), "patch", SOFT),
                    *(Key(kind, "point", marks[kind][1]) for kind in kinds),
                ],
                footer=footer,
            ),
            row_em=1.5,
        )  # fmt: skip
        panel = frame.panel
        longest = max(lane.time for lane in lanes)
        x = plain_axis(0, 1.04 * longest, panel.plot_width, panel.points, fixed=True)
        axes = _axes(frame, x, "lanes")
        for lane, middle in zip(lanes, frame.middles, strict=True):
            _lane(axes, lane, middle, panel, marks, longest)
        _redraw_keys(panel, marks)
    return panel.page.figure


def _lane(
    axes: Axes,
    lane: SwimmerLane,
    middle: float,
    panel: Panel,
    marks: Mapping[str, tuple[str, str]],
    longest: float,
) -> None:
    """Draw one patient: bar, arrow, events."""
    thick = 0.8 * panel.em
    axes.barh(middle, lane.time, height=thick, color=SOFT, linewidth=0, zorder=2)
    if lane.ongoing:
        tip = 0.028 * longest
        axes.fill(
            [lane.time, lane.time, lane.time + tip],
            [middle - thick / 1.6, middle + thick / 1.6, middle],
            color=ACCENT,
            linewidth=0,
            zorder=3,
        )
    for at, what in lane.events:
        mark, color = marks[what]
        axes.scatter(
            [at], [middle], marker=mark, s=(0.62 * panel.points) ** 2, color=color,
            edgecolor="white", linewidth=0.3, zorder=4,
        )  # fmt: skip


def _redraw_keys(panel: Panel, marks: Mapping[str, tuple[str, str]]) -> None:
    """Put each kind's own mark over the round sample of its legend entry."""
    for key, x, y in panel.keys:
        if key.text not in marks:
            continue
        mark, color = marks[key.text]
        if mark == "o":
            continue
        high = 0.72 * panel.em
        side = 0.9 * panel.em
        box = panel.page.axes(x + high / 2 - side / 2, y - side / 2, side, side, name=key.text)  # fmt: skip
        box.set_axis_off()
        box.patch.set_visible(True)
        box.axis("off")
        panel.page.box(x + high / 2 - side / 2, y - side / 2, side, side, fill="white", edge="white")  # fmt: skip
        box.set_zorder(5)
        box.set_xlim(-1, 1)
        box.set_ylim(-1, 1)
        box.scatter([0], [0], marker=mark, s=(0.62 * panel.points) ** 2, color=color, clip_on=False)  # fmt: skip


def _check_number(rows: Sequence[object], what: str) -> None:
    if not 1 <= len(rows) <= MOST_ROWS:
        raise InvalidInput(
            f"there are {len(rows)} {what}s to draw, of 1 to {MOST_ROWS}",
            where="the figure",
            remedy="give at least one, and draw many in several figures",
        )


def _frame(
    labels: Sequence[str],
    texts: Sequence[str],
    spec: PanelSpec,
    *,
    row_em: float = 1.9,
) -> _Frame:
    """Measure the rows and give the panel that holds them."""
    points = points_for(spec.width)
    em = points * MM
    most = (0.3 if texts else 0.4) * spec.width
    lines = tuple(tuple(wrap(clean(text), most, points)) for text in labels)
    heights = tuple(max(row_em, 1.22 * len(rows) + 0.6) * em for rows in lines)
    left = max(text_width(line, points) for rows in lines for line in rows) + GAP * em
    right = max((text_width(text, points) for text in texts), default=0.0)
    right = right + 1.6 * GAP * em if texts else 1.2 * em
    wide = spec.width - 2 * MARGIN - left - right
    if wide < 0.2 * spec.width:
        raise InvalidInput(
            f"the figure is too narrow at {spec.width:g} mm",
            where="the figure",
            remedy="make it wider, or shorten the labels",
        )
    total = sum(heights)
    panel = Panel(
        PanelSpec(
            width=spec.width,
            x_name=spec.x_name,
            title=spec.title,
            label=spec.label,
            legend=spec.legend,
            footer=spec.footer,
            aspect=total / wide,
            left=left,
            right=right,
            extra=[*(line for rows in lines for line in rows), *texts],
        ),
        y_labels=[],
    )
    edges = np.concatenate([[0.0], np.cumsum(heights)])
    middles = tuple(((edges[:-1] + edges[1:]) / 2).tolist())
    return _Frame(lines, heights, panel, middles)


def _axes(frame: _Frame, x: Axis, name: str) -> Axes:
    """Give axes whose upright scale is in millimetres from the top, labels beside."""
    panel = frame.panel
    total = sum(frame.heights)
    axes = panel.axes(x, Axis(0.0, total, False, (), ()), name=name)
    axes.set_ylim(total, 0)
    axes.spines["left"].set_color(RULE)
    em = panel.em
    for lines, middle in zip(frame.lines, frame.middles, strict=True):
        y = panel.plot_top + middle * panel.plot_height / total
        y -= 1.22 * em * (len(lines) - 1) / 2
        for line in lines:
            panel.page.text(
                PlacedText(
                    x=MARGIN, y=y + CAP_HEIGHT / 2 * em, text=line, points=panel.points
                )
            )
            y += 1.22 * em
    return axes


def _print_texts(frame: _Frame, texts: Sequence[str]) -> None:
    """Print the words of each row right of the plot."""
    panel = frame.panel
    total = sum(frame.heights)
    for text, middle in zip(texts, frame.middles, strict=True):
        y = panel.plot_top + middle * panel.plot_height / total
        panel.page.text(
            PlacedText(
                x=panel.spec.width - MARGIN,
                y=y + CAP_HEIGHT / 2 * panel.em,
                text=text,
                points=panel.points,
                align="right",
                color=DIM if text.endswith("not reported") else INK,
            )
        )
