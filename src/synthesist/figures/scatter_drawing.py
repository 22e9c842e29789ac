"""Studies as points: Galbraith, L'Abbé and Baujat plots, and all subsets (GOSH)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from synthesist.errors import InvalidInput
from synthesist.figures.labelling import Box, along, label_points
from synthesist.figures.page import (
    ACCENT,
    INK,
    MM_PER_POINT,
    RULE,
    SOFT,
    PlacedText,
    house_style,
)
from synthesist.figures.panel import (
    Key,
    Panel,
    PanelSpec,
    Vector,
    effect_axis,
    plain_axis,
    points_for,
    span,
    standard_errors,
    vector,
)
from synthesist.figures.ticks import Axis
from synthesist.figures.typeface import CAP_HEIGHT, text_width

POINT = 4.0


def galbraith(
    y: ArrayLike,
    se: ArrayLike,
    *,
    estimate: float,
    effect_label: str,
    labels: Sequence[str] = (),
    level: float = 0.95,
    log: bool = False,
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw a Galbraith (radial) plot: z against precision, effects on an arc.

    A study's effect is the slope of the line from the origin through it, read on
    the arc; studies outside the band disagree with the pooled effect by more than
    chance allows. They are named when `labels` are given.

    Parameters
    ----------
    y, se : (k,) arrays
        Effects and standard errors on the analysis scale.
    estimate : float
        The pooled effect on the analysis scale.

    Raises
    ------
    InvalidInput
        If a number is missing or a standard error is not above zero.

    References
    ----------
    Galbraith RF. Stat Med 1988;7:889. doi:10.1002/sim.4780070807
    """
    effects = vector(y, "y")
    errors = standard_errors(se, len(effects))
    names = _names(labels, len(effects))
    precision, z = 1 / errors, effects / errors
    bound = NormalDist().inv_cdf((1 + level) / 2)
    furthest = 1.06 * float(np.max(precision))
    points = points_for(width_mm)
    spec = PanelSpec(
        width=width_mm,
        x_name="Precision (1 / standard error)",
        y_name="z (effect / standard error)",
        right_name=effect_label,
        title=title,
        label=label,
        legend=[
            Key("study", "point", SOFT, edge=INK),
            Key("pooled effect", "line", ACCENT),
            Key(f"{100 * level:g}% band", "line", ACCENT, dashed=True),
        ],
        footer=footer,
    )
    room = 0.72 * width_mm * spec.aspect
    edges = [estimate * furthest + bound, estimate * furthest - bound, bound, -bound]
    low, high = span(z, edges, [0.0])
    up = plain_axis(low, high, room, points, upright=True)
    arc = _arc(
        up, furthest, float(np.min(effects)), float(np.max(effects)), points, log=log
    )
    with house_style():
        panel = Panel(spec, y_labels=up.labels, right_labels=arc.labels)
        x = plain_axis(0, furthest, panel.plot_width, panel.points)
        x = Axis(0.0, furthest * 1.12, False,
                 *_within(x, furthest * 1.02))  # fmt: skip
        axes = panel.axes(x, up, name="galbraith")
        ends = np.array([0.0, furthest])
        axes.plot(ends, estimate * ends, color=ACCENT, linewidth=0.8, zorder=2)
        for sign in (-1, 1):
            axes.plot(ends, estimate * ends + sign * bound, color=ACCENT,
                      linewidth=0.7, linestyle=(0, (3, 2)), zorder=2)  # fmt: skip
        taken = _draw_arc(axes, panel, x, up, arc, furthest)
        _draw_points(axes, precision, z)
        outside = np.abs(z - estimate * precision) > bound
        order = [int(i) for i in np.argsort(-np.abs(z - estimate * precision))]
        drawn = [
            np.column_stack([ends, estimate * ends + shift])
            for shift in (-bound, 0.0, bound)
        ]
        named = [i for i in order if outside[i]]
        _name(axes, panel, precision, z, names, named, lines=drawn, kept_clear=taken)
    return panel.page.figure


def _within(axis: Axis, most: float) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Give the ticks of an axis up to a bound."""
    kept = [
        (p, t) for p, t in zip(axis.positions, axis.labels, strict=True) if p <= most
    ]
    return tuple(p for p, _ in kept), tuple(t for _, t in kept)


def _arc(
    up: Axis, furthest: float, low: float, high: float, points: float, *, log: bool
) -> Axis:
    """Choose the effects that are marked on the arc, as slopes the plot can show."""
    low = max(low, up.low / furthest)
    high = min(high, up.high / furthest)
    if high <= low:
        low, high = low - 0.1, high + 0.1
    axis = effect_axis(low, high, 60.0, points, log=log)
    kept = [
        (p, t)
        for p, t in zip(axis.positions, axis.labels, strict=True)
        if up.low <= p * furthest <= up.high
    ]
    return Axis(low, high, False, tuple(p for p, _ in kept), tuple(t for _, t in kept))


def _draw_arc(
    axes: Axes, panel: Panel, x: Axis, up: Axis, arc: Axis, furthest: float
) -> list[Box]:
    """Draw the arc around the origin in the picture, with its marks and numbers.

    Gives the room it takes, in millimetres from the lower left corner.
    """
    wide, high, em = panel.plot_width, panel.plot_height, panel.em
    origin = np.array([0.0, up.fraction(0.0) * high])
    radius = x.fraction(furthest * 1.05) * wide

    def place(slope: float, out: float) -> NDArray[np.float64]:
        tip = np.array([x.fraction(1.0) * wide, up.fraction(slope) * high]) - origin
        return origin + tip / np.hypot(*tip) * (radius + out)

    def line(points: NDArray[np.float64]) -> None:
        xs, ys = (points / np.array([wide, high])).T
        axes.plot(xs, ys, color=INK, linewidth=0.5, transform=axes.transAxes,
                  clip_on=False)  # fmt: skip

    curve = np.array([place(s, 0) for s in np.linspace(arc.low, arc.high, 61)])
    line(curve)
    taken = along(curve)
    lowest = -np.inf
    for slope, text in zip(arc.positions, arc.labels, strict=True):
        left, level = place(slope, 1.4)
        right = left + text_width(text, panel.points)
        if level - lowest < 1.25 * em or not 0.6 * em < level < high - 0.6 * em:
            continue
        if panel.plot_left + right > panel.spec.width - 0.5:
            continue
        lowest = level
        line(np.array([place(slope, 0), place(slope, 0.8)]))
        taken.append((left, level - 0.65 * em, right, level + 0.65 * em))
        panel.page.text(
            PlacedText(
                x=panel.plot_left + left,
                y=panel.plot_top + high - level + CAP_HEIGHT / 2 * em,
                text=text,
                points=panel.points,
            )
        )
    return taken


def labbe(
    treated: ArrayLike,
    control: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    treated_label: str = "Events with treatment",
    control_label: str = "Events with control",
    labels: Sequence[str] = (),
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 100,
) -> Figure:
    """Draw a L'Abbé plot: the proportion of events in one arm against the other.

    Parameters
    ----------
    treated, control : (k,) arrays
        Proportions of events, from 0 to 1.
    weights : (k,) array, optional
        Areas of the circles.
    curves : mapping of str to (array, array), optional
        What a constant effect would look like: control and treated proportions,
        named in the legend.

    Raises
    ------
    InvalidInput
        If a proportion is missing or not between 0 and 1.

    References
    ----------
    L'Abbé KA, Detsky AS, O'Rourke K. Ann Intern Med 1987;107:224.
    doi:10.7326/0003-4819-107-2-224
    """
    ups = vector(treated, "treated")
    downs = vector(control, "control", len(ups))
    names = _names(labels, len(ups))
    if not (np.all((ups >= 0) & (ups <= 1)) and np.all((downs >= 0) & (downs <= 1))):
        raise InvalidInput(
            "a proportion is not between 0 and 1",
            where="the figure",
            remedy="divide events by the number of participants",
        )
    styles = ((ACCENT, False), (ACCENT, True), (INK, True))
    lines = list((curves or {}).items())[: len(styles)]
    keys = [
        Key("study", "point", SOFT, edge=INK),
        Key("no effect", "line", RULE),
        *(
            Key(name, "line", color, dashed=dashed)
            for (name, _), (color, dashed) in zip(lines, styles, strict=False)
        ),
    ]
    spec = PanelSpec(
        width=width_mm,
        x_name=control_label,
        y_name=treated_label,
        title=title,
        label=label,
        legend=keys,
        footer=footer,
        aspect=1.0,
    )
    highest = float(np.max(np.concatenate([ups, downs])))
    top = 1.0 if highest > 0.7 else 1.08 * highest if highest > 0 else 0.1
    with house_style():
        points = points_for(width_mm)
        both = plain_axis(0.0, top, 0.7 * width_mm, points, percent=True)
        high = min(max(both.high, top), 1.0)
        # Circles at nought and one hundred per cent keep clear of the axes.
        both = Axis(-0.03 * high, 1.03 * high, False, both.positions, both.labels)
        panel = Panel(spec, y_labels=both.labels)
        axes = panel.axes(both, both, name="labbe")
        axes.plot([0, both.high], [0, both.high], color=RULE, linewidth=0.6, zorder=1)
        for (_, (at, height)), (color, dashed) in zip(lines, styles, strict=False):
            axes.plot(np.asarray(at), np.asarray(height), color=color, linewidth=0.8,
                      linestyle=(0, (3, 2)) if dashed else "-", zorder=2)  # fmt: skip
        sizes = _sizes(weights, len(ups))
        axes.scatter(downs, ups, s=list(sizes), facecolor=SOFT, edgecolor=INK,
                     linewidth=0.5, alpha=0.85, clip_on=False, zorder=3)  # fmt: skip
        order = [int(i) for i in np.argsort(-np.abs(ups - downs))]
        drawn = [np.array([[0, 0], [both.high, both.high]])]
        drawn += [np.column_stack([at, height]) for _, (at, height) in lines]
        _name(axes, panel, downs, ups, names, order, sizes=sizes, lines=drawn)
    return panel.page.figure


def _sizes(weights: ArrayLike | None, k: int) -> Vector:
    """Give areas in square points that are as the weights."""
    if weights is None:
        return np.full(k, POINT**2)
    given = vector(weights, "weights", k)
    if np.any(given < 0) or not np.any(given > 0):
        raise InvalidInput(
            "weights are not above zero", where="the figure", remedy="leave them out"
        )
    return np.maximum(11.0**2 * given / np.max(given), 2.0**2)


def baujat(
    heterogeneity: ArrayLike,
    influence: ArrayLike,
    *,
    labels: Sequence[str] = (),
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw a Baujat plot: what each study adds to Q against what it does to the result.

    Studies are named from the most conspicuous on, as far as names find room.

    Parameters
    ----------
    heterogeneity : (k,) array
        Contribution of each study to Q.
    influence : (k,) array
        Squared standardised change of the pooled effect without the study.

    Raises
    ------
    InvalidInput
        If a number is missing.

    References
    ----------
    Baujat B et al. Stat Med 2002;21:2641. doi:10.1002/sim.1221
    """
    across = vector(heterogeneity, "heterogeneity")
    upward = vector(influence, "influence", len(across))
    names = _names(labels, len(across))
    points = points_for(width_mm)
    spec = PanelSpec(
        width=width_mm,
        x_name="Contribution to heterogeneity (Q)",
        y_name="Influence on the pooled effect",
        title=title,
        label=label,
        footer=footer,
    )
    tops = [1.08 * float(np.max(v)) or 1.0 for v in (across, upward)]
    up = plain_axis(0, tops[1], 0.5 * width_mm, points, upright=True)
    with house_style():
        panel = Panel(spec, y_labels=up.labels)
        x = plain_axis(0, tops[0], panel.plot_width, panel.points)
        axes = panel.axes(x, up, name="baujat")
        _draw_points(axes, across, upward)
        rank = np.hypot(across / tops[0], upward / tops[1])
        order = [int(i) for i in np.argsort(-rank, kind="stable")]
        _name(axes, panel, across, upward, names, order)
    return panel.page.figure


def gosh(
    estimates: ArrayLike,
    heterogeneity: ArrayLike,
    *,
    effect_label: str,
    heterogeneity_label: str = "I², %",
    marked: ArrayLike | None = None,
    marked_label: str = "",
    log: bool = False,
    bins: int = 72,
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw the pooled effects of all subsets of studies against their heterogeneity.

    Subsets are counted in cells, so a million of them are drawn as easily as a
    thousand; the darker a cell, the more subsets (on a logarithmic scale). With
    `marked`, the outline shows where the subsets lie that are marked, for instance
    those with one study in them.

    Parameters
    ----------
    estimates, heterogeneity : (m,) arrays
        One value for each subset, estimates on the analysis scale.
    marked : (m,) array of bool, optional
        The subsets that are outlined.

    Raises
    ------
    InvalidInput
        If a number is missing.

    References
    ----------
    Olkin I, Dahabreh IJ, Trikalinos TA. Res Synth Methods 2012;3:214.
    doi:10.1002/jrsm.1053
    """
    across = vector(estimates, "estimates")
    upward = vector(heterogeneity, "heterogeneity", len(across))
    points = points_for(width_mm)
    keys = [Key("subsets, darker where there are more", "patch", ACCENT)]
    if marked is not None:
        keys.append(Key(marked_label or "marked subsets", "line", INK, width=1.0))
    spec = PanelSpec(
        width=width_mm,
        x_name=effect_label,
        y_name=heterogeneity_label,
        title=title,
        label=label,
        legend=keys,
        footer=footer,
    )
    up = plain_axis(*span(upward, pad=0.02), 0.5 * width_mm, points, upright=True)
    with house_style():
        panel = Panel(spec, y_labels=up.labels)
        low, high = span(across, pad=0.02)
        x = effect_axis(low, high, panel.plot_width, panel.points, log=log)
        axes = panel.axes(x, up, name="gosh")
        edges = (
            np.linspace(x.low, x.high, bins + 1),
            np.linspace(up.low, up.high, bins + 1),
        )
        counts = np.histogram2d(across, upward, bins=edges)[0].T
        colors = LinearSegmentedColormap.from_list("subsets", ["#dbe5ef", SOFT, ACCENT])
        shade = np.ma.masked_less_equal(np.log1p(counts), 0)
        axes.pcolormesh(*edges, shade, cmap=colors, linewidth=0, rasterized=True)
        if marked is not None:
            chosen = np.asarray(marked, dtype=bool).reshape(-1)
            if len(chosen) != len(across):
                raise InvalidInput("marked has another length", where="the figure")
            _outline(axes, across[chosen], upward[chosen], edges)
    return panel.page.figure


def _outline(
    axes: Axes, across: Vector, upward: Vector, edges: tuple[Vector, Vector]
) -> None:
    """Draw the border of the cells that hold marked subsets."""
    held = np.histogram2d(across, upward, bins=edges)[0].T > 0
    padded = np.pad(held, 1)
    xs, ys = edges
    flat = [
        [(xs[column], ys[row]), (xs[column + 1], ys[row])]
        for row, column in np.argwhere(padded[1:, 1:-1] != padded[:-1, 1:-1])
    ]
    upright = [
        [(xs[column], ys[row]), (xs[column], ys[row + 1])]
        for row, column in np.argwhere(padded[1:-1, 1:] != padded[1:-1, :-1])
    ]
    axes.add_collection(
        LineCollection([*flat, *upright], colors=INK, linewidths=0.7), autolim=False
    )


def _names(labels: Sequence[str], k: int) -> list[str]:
    """Check that there are as many names as studies, or none."""
    if labels and len(labels) != k:
        raise InvalidInput(
            f"{len(labels)} labels are given for {k} studies", where="the figure"
        )
    return list(labels)


def _draw_points(axes: Axes, across: Vector, upward: Vector) -> None:
    """Draw studies as circles."""
    axes.scatter(across, upward, s=POINT**2, facecolor=SOFT, edgecolor=INK,
                 linewidth=0.5, clip_on=False, zorder=4)  # fmt: skip


def _name(
    axes: Axes,
    panel: Panel,
    across: Vector,
    upward: Vector,
    names: list[str],
    order: Sequence[int],
    *,
    sizes: Vector | None = None,
    lines: Sequence[NDArray[np.float64]] = (),
    kept_clear: Sequence[Box] = (),
) -> None:
    """Print the names of studies that find room; `sizes` are areas in points."""
    if names:
        areas = np.full(len(across), POINT**2) if sizes is None else sizes
        label_points(
            axes,
            (panel.plot_width, panel.plot_height),
            np.column_stack([across, upward]),
            names,
            order,
            points=panel.points - 1,
            radii=np.sqrt(areas) / 2 * MM_PER_POINT,
            lines=lines,
            kept_clear=kept_clear,
        )
