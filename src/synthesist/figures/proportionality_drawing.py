"""Are hazards proportional? Curves of log(-log S), and the effect as time goes on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from synthesist.errors import InvalidInput
from synthesist.figures.kaplan_meier_drawing import GRID, STROKES
from synthesist.figures.page import ACCENT, GREY, INK, RULE, house_style
from synthesist.figures.panel import (
    Key,
    Panel,
    PanelSpec,
    effect_axis,
    plain_axis,
    points_for,
    span,
    vector,
)
from synthesist.figures.survival_model import SurvivalLine, Vector
from synthesist.figures.ticks import Axis

#: The band of a smooth, light enough for points on it.
BAND = "#d5e0eb"


def log_log(
    lines: Sequence[SurvivalLine],
    *,
    time_name: str = "Time",
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 130,
) -> Figure:
    """Draw log(-log S) along the logarithm of time: parallel when hazards are proportional.

    Raises
    ------
    InvalidInput
        If no curve has two falls that do not reach 0.
    """
    shown: list[tuple[SurvivalLine, Vector, Vector]] = []
    for line in lines[: len(STROKES)]:
        inside = (line.survival > 0) & (line.survival < 1)
        if inside.sum() > 1:
            x = np.log(line.time[inside])
            shown.append((line, x, np.log(-np.log(line.survival[inside]))))
    if not shown:
        raise InvalidInput(
            "no curve falls twice without reaching 0",
            where="the figure",
            remedy="draw curves of more patients",
        )
    spec = PanelSpec(
        width=width_mm,
        x_name=f"{time_name}, logarithmic",
        y_name="log(−log survival)",
        title=title,
        label=label,
        legend=[
            Key(line.label, "line", s.color, dashed=bool(s.dashes), width=s.width)
            for (line, _, _), s in zip(shown, STROKES, strict=False)
        ],
        footer=footer,
        aspect=0.62,
    )
    low, high = span(*(x for _, x, _ in shown))
    bottom, top = span(*(y for _, _, y in shown))
    with house_style():
        up = plain_axis(bottom, top, 60.0, points_for(width_mm), upright=True)
        panel = Panel(spec, y_labels=up.labels)
        across = effect_axis(low, high, panel.plot_width, panel.points, log=True)
        axes = panel.axes(across, up, name="log-log")
        grid = (high - low) / GRID
        for (_, x, y), stroke in zip(shown, STROKES, strict=False):
            at = np.ceil(x / grid) * grid
            keep = np.append(at[1:] != at[:-1], True)
            axes.step(
                at[keep],
                y[keep],
                where="post",
                color=stroke.color,
                linewidth=stroke.width,
                dashes=stroke.dashes or (None, None),
            )
    return panel.page.figure


def schoenfeld(
    time: ArrayLike,
    effect: ArrayLike,
    *,
    ticks: tuple[Sequence[float], Sequence[str]],
    smooth: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike] | None = None,
    estimate: float | None = None,
    points: bool = True,
    time_name: str = "Time",
    effect_name: str = "Log hazard ratio",
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 130,
) -> Figure:
    """Draw scaled Schoenfeld residuals along time, with their smooth.

    Parameters
    ----------
    time, effect : (e,) arrays
        For each event its place on the time axis, and the effect it speaks for.
    ticks : (positions, labels)
        Of the time axis, which may be transformed.
    smooth : four arrays, optional
        Places, the smooth, its lower and its upper limit.
    estimate : float, optional
        The effect if it is the same all the time, drawn dashed.
    points : bool
        Whether every event is a point. Each is a patient: leave them out of what
        leaves the house.
    """
    x = vector(time, "time")
    y = vector(effect, "effect", len(x))
    legend: list[Key] = []
    inside = [y] if points else []
    if smooth is not None:
        curve = [vector(part, "smooth") for part in smooth]
        inside += [curve[2], curve[3]]
        legend += [
            Key("smooth", "line", ACCENT, width=1.5),
            Key("its 95% band", "patch", BAND),
        ]
    else:
        curve = []
        inside = [y]
    if estimate is not None:
        legend.append(Key("proportional hazards", "line", INK, dashed=True, width=0.8))
    spec = PanelSpec(
        width=width_mm,
        x_name=time_name,
        y_name=effect_name,
        title=title,
        label=label,
        legend=legend,
        footer=footer,
        aspect=0.62,
    )
    bottom, top = span(*inside)
    low, high = span(x, pad=0.01)
    with house_style():
        up = plain_axis(bottom, top, 60.0, points_for(width_mm), upright=True)
        panel = Panel(spec, y_labels=up.labels)
        across = Axis(low, high, False, tuple(ticks[0]), tuple(ticks[1]))
        axes = panel.axes(across, up, name="schoenfeld")
        axes.axhline(0.0, color=RULE, linewidth=0.5, zorder=1)
        if curve:
            axes.fill_between(curve[0], curve[2], curve[3], color=BAND, linewidth=0)
            axes.plot(curve[0], curve[1], color=ACCENT, linewidth=1.5, zorder=3)
        if points:
            axes.plot(
                x, y, linestyle="none", marker="o", markersize=1.8,
                markeredgewidth=0, color=GREY, zorder=2,
            )  # fmt: skip
        if estimate is not None:
            axes.axhline(estimate, color=INK, linewidth=0.8, dashes=(3, 2), zorder=2)
    return panel.page.figure
