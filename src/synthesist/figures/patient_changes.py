"""How each patient changed: waterfall, spider, and markers on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from synthesist.errors import InvalidInput
from synthesist.figures.page import (
    ACCENT,
    GREY,
    INK,
    MM_PER_POINT,
    RULE,
    SOFT,
    house_style,
)
from synthesist.figures.panel import (
    Key,
    Panel,
    PanelSpec,
    Vector,
    plain_axis,
    points_for,
    span,
    vector,
)
from synthesist.figures.ticks import Axis, choose_axis

#: Colours of groups, in their order.
COLORS = (ACCENT, SOFT, GREY, "#b5651d", "#3d7a4c", "#8a2f3b")


def waterfall(
    change: ArrayLike,
    *,
    group: Sequence[str] = (),
    measure: str = "Best change from baseline",
    thresholds: Sequence[float] = (-30.0, 20.0),
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw each patient's best change in per cent as a bar, the largest growth first.

    Parameters
    ----------
    change : (n,) array
        Per cent of the baseline value.
    group : sequence of str, optional
        What sets the colour of each bar, such as best response.
    thresholds : sequence of float
        Dashed lines, by default those of partial response and progression.

    Raises
    ------
    InvalidInput
        If there is no patient, or groups and patients differ in number.
    """
    values = vector(change, "change")
    if not len(values) or (group and len(group) != len(values)):
        raise InvalidInput(
            f"{len(values)} changes and {len(group)} groups do not fit",
            where="the figure",
            remedy="give one change, and one group or none, for each patient",
        )
    kinds = list(dict.fromkeys(group))
    _check_colors(kinds)
    order = np.argsort(-values, kind="stable")
    spec = PanelSpec(
        width=width_mm,
        x_name=f"Patients (n = {len(values)})",
        y_name=f"{measure}, per cent",
        title=title,
        label=label,
        legend=[Key(kind, "patch", COLORS[i]) for i, kind in enumerate(kinds)],
        footer=footer,
        aspect=0.55,
    )
    room = 0.45 * width_mm
    with house_style():
        low, high = span(values, thresholds, [0.0])
        up = plain_axis(low, high, room, points_for(width_mm), upright=True)
        panel = Panel(spec, y_labels=up.labels)
        axes = panel.axes(Axis(0.3, len(values) + 0.7, False, (), ()), up, name="waterfall")  # fmt: skip
        places = [int(i) for i in order]
        colors = [COLORS[kinds.index(group[i])] if group else ACCENT for i in places]
        axes.bar(
            np.arange(1, len(values) + 1),
            values[order],
            width=0.8,
            color=colors,
            linewidth=0,
            zorder=2,
        )
        axes.axhline(0, color=INK, linewidth=0.6, zorder=3)
        for at in thresholds:
            axes.axhline(at, color=RULE, linewidth=0.6, linestyle=(0, (3, 2)), zorder=1)
        axes.spines["bottom"].set_visible(False)
    return panel.page.figure


def spider(
    lines: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    measure: str = "Change from baseline",
    time_name: str = "Weeks since the start of treatment",
    ongoing: Sequence[str] = (),
    thresholds: Sequence[float] = (-30.0, 20.0),
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw each patient's change in per cent over time.

    Parameters
    ----------
    lines : mapping of str to ((m,) array, (m,) array)
        For each patient times and changes in per cent; times must grow.
    ongoing : sequence of str
        Patients still under treatment; their last point is filled.

    Raises
    ------
    InvalidInput
        If there is no line, or the times of one do not grow.
    """
    read = {name: _line(name, *given) for name, given in lines.items()}
    if not read:
        raise InvalidInput("there is no patient to draw", where="the figure")
    unknown = [name for name in ongoing if name not in read]
    if unknown:
        raise InvalidInput(f"there is no patient {unknown[0]}", where="the figure")
    times = np.concatenate([t for t, _ in read.values()])
    changes = np.concatenate([c for _, c in read.values()])
    spec = PanelSpec(
        width=width_mm,
        x_name=time_name,
        y_name=f"{measure}, per cent",
        title=title,
        label=label,
        legend=[
            Key("one patient", "line", GREY),
            *([Key("still under treatment", "point", ACCENT)] * bool(ongoing)),
        ],
        footer=footer,
        aspect=0.6,
    )
    with house_style():
        low, high = span(changes, thresholds, [0.0])
        up = plain_axis(low, high, 0.45 * width_mm, points_for(width_mm), upright=True)
        panel = Panel(spec, y_labels=up.labels)
        x = plain_axis(0, 1.03 * float(times.max()), panel.plot_width, panel.points, fixed=True)  # fmt: skip
        axes = panel.axes(x, up, name="spider")
        axes.axhline(0, color=INK, linewidth=0.6, zorder=1)
        for at in thresholds:
            axes.axhline(at, color=RULE, linewidth=0.6, linestyle=(0, (3, 2)), zorder=1)
        for name, (time, change) in read.items():
            axes.plot(time, change, color=GREY, linewidth=0.7, zorder=2)
            axes.scatter(time, change, s=5, color=GREY, linewidth=0, zorder=3)
            if name in ongoing:
                axes.scatter(time[-1:], change[-1:], s=14, color=ACCENT, linewidth=0, zorder=4)  # fmt: skip
    return panel.page.figure


def marker_trajectories(
    lines: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    measure: str,
    summary: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike] | None = None,
    time_name: str = "Days since the start of treatment",
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw a marker of each patient over time on a logarithmic axis.

    Parameters
    ----------
    lines : mapping of str to ((m,) array, (m,) array)
        For each patient times and values above zero.
    measure : str
        Name of the marker with its unit.
    summary : four (v,) arrays, optional
        Times, means, and lower and upper limits, drawn over the patients.

    Raises
    ------
    InvalidInput
        If there is no line, or a value is not above zero.
    """
    read = {name: _line(name, *given) for name, given in lines.items()}
    if not read:
        raise InvalidInput("there is no patient to draw", where="the figure")
    means = [vector(part, "summary") for part in summary] if summary else []
    values = np.concatenate([*(v for _, v in read.values()), *means[1:]])
    if not np.all(values > 0):
        raise InvalidInput(
            "a value is not above zero and has no place on a logarithmic axis",
            where="the figure",
            remedy="give the limit of detection for values below it and say so",
        )
    times = np.concatenate([t for t, _ in read.values()])
    points = points_for(width_mm)
    spec = PanelSpec(
        width=width_mm,
        x_name=time_name,
        y_name=f"{measure} (log scale)",
        title=title,
        label=label,
        legend=[
            Key("one patient", "line", GREY, width=0.5),
            *([Key("geometric mean with its interval", "line", ACCENT, width=1.6)] * bool(means)),
        ],
        footer=footer,
        aspect=0.6,
    )  # fmt: skip
    with house_style():
        ends = float(values.min()) / 1.05, float(values.max()) * 1.05
        up = choose_axis(*ends, 0.45 * width_mm, lambda _: 1.6 * points * MM_PER_POINT, log=True)  # fmt: skip
        shown = Axis(
            math.log(up.low), math.log(up.high), False,
            tuple(math.log(p) for p in up.positions), up.labels,
        )  # fmt: skip
        panel = Panel(spec, y_labels=up.labels)
        first, last = float(times.min()), float(times.max())
        more = 0.03 * (last - first) or 0.5
        x = plain_axis(first - more, last + more, panel.plot_width, panel.points, fixed=True)  # fmt: skip
        axes = panel.axes(x, shown, name="markers")
        for time, value in read.values():
            axes.plot(time, np.log(value), color=GREY, linewidth=0.5, alpha=0.8, zorder=2)  # fmt: skip
        if means:
            at, mean, low, high = means
            axes.vlines(at, np.log(low), np.log(high), colors=ACCENT, linewidth=1.2, zorder=3)  # fmt: skip
            axes.plot(at, np.log(mean), color=ACCENT, linewidth=1.6, zorder=4)
            axes.scatter(at, np.log(mean), s=16, color=ACCENT, linewidth=0, zorder=5)
    return panel.page.figure


def _line(name: str, times: ArrayLike, values: ArrayLike) -> tuple[Vector, Vector]:
    """Give one patient's times and values, refusing times that do not grow."""
    time = vector(times, f"the times of {name}")
    value = vector(values, f"the values of {name}", len(time))
    if not len(time) or np.any(np.diff(time) <= 0):
        raise InvalidInput(
            f"the times of {name} do not grow",
            where="the figure",
            remedy="give each patient's visits in order, each once",
        )
    return time, value


def _check_colors(kinds: Sequence[str]) -> None:
    if len(kinds) > len(COLORS):
        raise InvalidInput(
            f"there are {len(kinds)} groups and {len(COLORS)} colours",
            where="the figure",
            remedy="join groups",
        )
