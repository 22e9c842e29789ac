"""Kaplan-Meier curves with the numbers at risk under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from synthesist.errors import InvalidInput
from synthesist.figures.numbers import count
from synthesist.figures.page import (
    ACCENT,
    DIM,
    GREY,
    INK,
    MM_PER_POINT,
    RULE,
    Align,
    PlacedText,
    house_style,
)
from synthesist.figures.panel import (
    LEAD,
    MARGIN,
    TICK,
    UNDER_PAD,
    Key,
    Panel,
    PanelSpec,
    plain_axis,
    points_for,
)
from synthesist.figures.survival_model import SurvivalLine, Vector
from synthesist.figures.ticks import Axis
from synthesist.figures.typeface import (
    ASCENT,
    DESCENT,
    clean,
    require_glyphs,
    text_width,
)

#: Steps that a curve may have along the page: what differs by less than 0.2 mm is
#: not seen, and the exact times of patients stay out of the file.
GRID = 700


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a curve is drawn: apart in colour, and without colour by dashes and width."""

    color: str
    dashes: tuple[float, ...]
    width: float


STROKES = (
    Stroke(ACCENT, (), 1.5),
    Stroke("#c26a1a", (4.5, 1.4), 1.3),
    Stroke("#3d7a45", (1.2, 1.2), 1.5),
    Stroke(GREY, (6.0, 1.5, 1.2, 1.5), 1.3),
    Stroke("#7a3d76", (2.6, 1.2), 1.1),
    Stroke(INK, (9.0, 2.0), 0.9),
)


def kaplan_meier(
    lines: Sequence[SurvivalLine],
    *,
    ticks: Sequence[float],
    time_name: str = "Time",
    survival_name: str = "Survival",
    band: bool = True,
    marks: bool = False,
    texts: Sequence[str] = (),
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 130,
) -> Figure:
    """Draw survival curves, and under them who is at risk.

    Parameters
    ----------
    lines : sequence of SurvivalLine
        At most six.
    ticks : sequence of float
        Where the time axis has numbers; `SurvivalLine.at_risk` belongs to them.
    band : bool
        Whether the confidence bands are drawn.
    marks : bool
        Whether patients censored are marked on the curves. Each mark is a
        patient: leave them out of what leaves the house.
    texts : sequence of str
        Lines inside the plot, such as the hazard ratio.

    Raises
    ------
    InvalidInput
        If there are no or too many curves, the numbers at risk do not fit the
        ticks, or a character has no glyph.
    """
    if not 1 <= len(lines) <= len(STROKES):
        raise InvalidInput(
            f"{len(lines)} curves cannot be told apart",
            where="the figure",
            remedy=f"draw at least 1 and at most {len(STROKES)}",
        )
    require_glyphs((line.label, "the figure") for line in lines)
    counts = [line for line in lines if line.at_risk]
    if any(len(line.at_risk) != len(ticks) for line in counts):
        raise InvalidInput(
            "the numbers at risk are not one for each tick",
            where="the figure",
            remedy="count them at the ticks of the time axis",
        )
    spec = _spec(
        lines, counts, time_name, survival_name, title, label, footer, width_mm
    )
    with house_style():
        up = plain_axis(
            0.0, 1.0, 60.0, points_for(width_mm), percent=True, upright=True, fixed=True
        )
        panel = Panel(spec, y_labels=up.labels)
        end = max([*ticks, *(line.last for line in lines)])
        shown = [f"{tick:g}" for tick in ticks]
        across = Axis(
            0.0, float(end) * 1.01, False, tuple(map(float, ticks)), tuple(shown)
        )
        axes = panel.axes(across, up, name="kaplan-meier")
        for line, stroke in zip(lines, STROKES, strict=False):
            _draw_line(axes, line, stroke, end, band=band, marks=marks)
        _print_inside(panel, texts)
        _print_below(panel, across, lines, counts, time_name)
    return panel.page.figure


def _spec(
    lines: Sequence[SurvivalLine],
    counts: Sequence[SurvivalLine],
    time_name: str,
    survival_name: str,
    title: str,
    label: str,
    footer: Sequence[str],
    width: float,
) -> PanelSpec:
    """Return what stands around the plot, with room for the numbers at risk."""
    points = points_for(width)
    em = points * MM_PER_POINT
    beside = _beside(counts, width)
    rows = 2 + len(counts) * (1 if beside else 2) if counts else 1
    widest = max(
        (text_width(count(n), points) for line in counts for n in line.at_risk[:1]),
        default=0.0,
    )
    return PanelSpec(
        width=width,
        y_name=survival_name,
        title=title,
        label=label,
        legend=[]
        if counts
        else [
            Key(line.label, "line", s.color, dashed=bool(s.dashes), width=s.width)
            for line, s in zip(lines, STROKES, strict=False)
        ],
        footer=footer,
        aspect=0.62,
        left=(beside or 0.0) + widest / 2 + 1.2 * em if counts else 0.0,
        right=2.0 * em,
        below=rows * LEAD * em + (0.4 * em if counts else 0.0),
        extra=[time_name, *(line.label for line in lines)],
    )


#: Room for the sample of a line beside its label, in em.
SAMPLE = 2.4

#: Labels stand beside their numbers up to this share of the page, else above them.
BESIDE = 0.3


def _beside(counts: Sequence[SurvivalLine], width: float) -> float | None:
    """Return the width of the labels beside the numbers, None if they stand above."""
    points = points_for(width)
    names = max((text_width(clean(line.label), points) for line in counts), default=0.0)
    found = names + SAMPLE * points * MM_PER_POINT
    return found if found <= BESIDE * width else None


def _draw_line(
    axes: Axes,
    line: SurvivalLine,
    stroke: Stroke,
    end: float,
    *,
    band: bool,
    marks: bool,
) -> None:
    """Draw one curve with its band."""
    step = end / GRID
    x, y = _steps(line.time, line.survival, line.last, 1.0, step)
    if band and line.low is not None and line.high is not None:
        known = np.isfinite(line.low) & np.isfinite(line.high)
        at, low = _steps(line.time[known], line.low[known], line.last, 1.0, step)
        _, high = _steps(line.time[known], line.high[known], line.last, 1.0, step)
        axes.fill_between(at, low, high, color=stroke.color, alpha=0.13, linewidth=0)
    axes.plot(
        x,
        y,
        color=stroke.color,
        linewidth=stroke.width,
        dashes=stroke.dashes or (None, None),
        solid_joinstyle="miter",
        dash_joinstyle="miter",
        zorder=3,
    )
    if marks and len(line.censored):
        at = np.unique(np.ceil(line.censored / step) * step)
        place = np.searchsorted(line.time, at, side="right")
        height = np.concatenate([[1.0], line.survival])[place]
        axes.plot(
            at,
            height,
            linestyle="none",
            marker="|",
            markersize=3.4,
            markeredgewidth=0.5,
            color=stroke.color,
            zorder=4,
        )


def _steps(
    time: Vector, value: Vector, last: float, first: float, step: float
) -> tuple[Vector, Vector]:
    """Return the corners of a step function whose times lie on a grid of the page."""
    at = np.ceil(time / step) * step
    # Of several falls in one step of the grid the last counts.
    keep = (
        np.append(at[1:] != at[:-1], True) if len(at) else np.empty(0, dtype=np.bool_)
    )
    at, value = at[keep], value[keep]
    x = np.concatenate([[0.0], np.repeat(at, 2), [max(last, *at[-1:], 0.0)]])
    levels = np.concatenate([[first], value])
    return x, np.repeat(levels, 2)[: len(x)]


def _print_inside(panel: Panel, texts: Sequence[str]) -> None:
    """Print lines in the lower left corner of the plot, where no curve goes."""
    em = panel.em
    top = panel.plot_top + panel.plot_height - (len(texts) * LEAD + 0.3) * em
    for i, text in enumerate(texts):
        panel.page.text(
            PlacedText(
                x=panel.plot_left + 0.8 * em,
                y=top + (i * LEAD + ASCENT) * em,
                text=clean(text),
                points=panel.points,
            )
        )


def _print_below(
    panel: Panel,
    axis: Axis,
    lines: Sequence[SurvivalLine],
    counts: Sequence[SurvivalLine],
    time_name: str,
) -> None:
    """Print the name of the time axis and the numbers at risk."""
    em, page = panel.em, panel.page
    y = panel.plot_top + panel.plot_height
    y += (TICK + UNDER_PAD) * MM_PER_POINT + (ASCENT + DESCENT) * em + 0.15 * em

    def place(text: str, x: float, top: float, align: Align, color: str = INK) -> None:
        page.text(
            PlacedText(
                x=x,
                y=top + ASCENT * em,
                text=clean(text),
                points=panel.points,
                align=align,
                color=color,
            )
        )

    place(time_name, panel.plot_left + panel.plot_width / 2, y, "center")
    if not counts:
        return
    beside = _beside(counts, panel.spec.width)
    y += LEAD * em + 0.4 * em
    place("At risk", MARGIN, y, "left", DIM)
    page.line(
        [
            (panel.plot_left, y - 0.1 * em),
            (panel.plot_left + panel.plot_width, y - 0.1 * em),
        ],
        width=0.3,
        color=RULE,
    )
    for line, stroke in zip(lines, STROKES, strict=False):
        if not line.at_risk:
            continue
        y += LEAD * em
        middle = y + (ASCENT + DESCENT) / 2 * em
        sample = page.line(
            [(MARGIN, middle), (MARGIN + (SAMPLE - 0.6) * em, middle)],
            width=stroke.width,
            color=stroke.color,
        )
        if stroke.dashes:
            sample.set_dashes(stroke.dashes)
        place(line.label, MARGIN + SAMPLE * em, y, "left")
        if not beside:
            y += LEAD * em
        for tick, n in zip(axis.positions, line.at_risk, strict=True):
            x = panel.plot_left + axis.fraction(tick) * panel.plot_width
            place(count(n), x, y, "center")
