"""Orchard plots: every effect of every group, with mean, interval and prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from synthesist.errors import InvalidInput
from synthesist.figures.numbers import minus
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
    TICK,
    TICK_PAD,
    Key,
    Panel,
    PanelSpec,
    Vector,
    effect_axis,
    plain_axis,
    points_for,
    span,
    vector,
)
from synthesist.figures.ticks import Axis
from synthesist.figures.typeface import ASCENT, clean, require_glyphs, text_width
from synthesist.figures.wrapping import wrap

#: Diameters of the smallest and the largest bubble, in points.
SMALLEST, LARGEST = 2.0, 11.0

#: With more effects in a group the bubbles are smaller.
MANY = 25

#: Height of the room for the effects of a group, in em, and of a line of its heading.
ROOM, LINE = 4.6, 1.35

#: Where effects are sparse they are spread by so much of the room all the same, so
#: that few lie under the lines.
LEAST = 0.5

#: Points at which the density of the effects is looked at.
GRID = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class OrchardGroup:
    """The effects of one group and what is concluded of them, as the axis has them.

    Parameters
    ----------
    title : str
        The heading, empty for none.
    count : str
        What stands at the right of it: ``"13 studies"``.
    y, weights : (k,) arrays
        Effects, and what the areas of their bubbles are as.
    estimate : float
    interval, prediction : (float, float), optional
        Limits of the mean, and of a new effect.
    """

    title: str
    count: str
    y: ArrayLike
    weights: ArrayLike
    estimate: float
    interval: tuple[float, float] | None = None
    prediction: tuple[float, float] | None = None


def orchard(
    groups: Sequence[OrchardGroup],
    *,
    effect_label: str,
    no_effect: float | None = None,
    level: float = 0.95,
    log: bool = False,
    percent: bool = False,
    weights_label: str = "precision",
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw effects as bubbles with the mean, its interval and the prediction interval.

    Parameters
    ----------
    groups : sequence of OrchardGroup
        From top to bottom; with `log` their numbers are logarithms of what the axis
        prints.
    no_effect : float, optional
        Where a line is drawn, on the scale of the numbers.
    weights_label : str
        What the areas of the bubbles are by.

    Raises
    ------
    InvalidInput
        If there is no group, a number is missing, or a character has no glyph.

    References
    ----------
    Nakagawa S et al. Res Synth Methods 2021;12:4. doi:10.1002/jrsm.1424
    """
    if not groups:
        raise InvalidInput(
            "There is no group to draw", where="the figure", remedy="give at least one"
        )
    require_glyphs(
        (text, "the figure") for group in groups for text in (group.title, group.count)
    )
    effects = [vector(group.y, "y") for group in groups]
    sizes = _diameters(groups, effects)
    points = points_for(width_mm)
    em = points * MM_PER_POINT
    # Without numbers on the left the width of the plot is known before it is made.
    room = width_mm - 2 * MARGIN - (TICK + TICK_PAD) * MM_PER_POINT - 1.2 * em
    headings = [_heading(group, room, points) for group in groups]
    heights = [(LINE * len(lines) + ROOM) * em for lines in headings]
    spec = PanelSpec(
        width=width_mm,
        x_name=effect_label,
        title=title,
        label=label,
        legend=_legend(groups, level, weights_label),
        footer=footer,
        aspect=sum(heights) / room,
    )
    low, high = span(*effects, _fixed(groups, no_effect), pad=0.03)
    with house_style():
        panel = Panel(spec, y_labels=())
        x = (
            effect_axis(low, high, panel.plot_width, panel.points, log=True)
            if log
            else plain_axis(low, high, panel.plot_width, panel.points, percent=percent)
        )
        top = panel.plot_top
        for group, lines, height in zip(groups, headings, heights, strict=True):
            _place_heading(panel, group, lines, top)
            top += height
        whole = sum(heights)
        axes = panel.axes(x, Axis(whole, 0.0, False, (), ()), name="orchard")
        axes.spines["left"].set_visible(False)
        if no_effect is not None:
            axes.axvline(no_effect, color=RULE, linewidth=0.6,
                         linestyle=(0, (3, 2)), zorder=1)  # fmt: skip
        top = 0.0
        for i, height in enumerate(heights):
            middle = top + height - ROOM * em / 2
            _draw_group(axes, groups[i], effects[i], sizes[i], middle, em)
            top += height
            if i + 1 < len(groups):
                axes.axhline(top, color=RULE, linewidth=0.3, zorder=0)
    return panel.page.figure


def _diameters(
    groups: Sequence[OrchardGroup], effects: Sequence[Vector]
) -> list[Vector]:
    """Return diameters in points; areas compare between groups too."""
    given = [
        vector(group.weights, "weights", len(y))
        for group, y in zip(groups, effects, strict=True)
    ]
    every = np.concatenate(given)
    if np.any(every < 0) or not np.any(every > 0):
        raise InvalidInput(
            "weights are not above zero", where="the figure", remedy="give weights"
        )
    most = max(len(y) for y in effects)
    largest = LARGEST * min(1.0, (MANY / most) ** 0.5)
    return [
        np.maximum(SMALLEST, largest * np.sqrt(weights / every.max()))
        for weights in given
    ]


def _heading(group: OrchardGroup, room: float, points: float) -> list[str]:
    """Return the lines of a heading, which leave room for the count beside them."""
    beside = text_width(clean(group.count), points - 0.5)
    return wrap(
        clean(group.title), room - beside - points * MM_PER_POINT, points, bold=True
    )


def _place_heading(
    panel: Panel, group: OrchardGroup, lines: Sequence[str], top: float
) -> None:
    """Put the heading of a group at its left and the count at its right."""
    em = panel.em
    right = panel.plot_left + panel.plot_width
    for i, line in enumerate(lines):
        y = top + (i + 0.25) * LINE * em + ASCENT * em
        panel.texts.append(
            PlacedText(
                x=panel.plot_left, y=y, text=line, points=panel.points, bold=True
            )
        )
    panel.texts.append(
        PlacedText(
            x=right,
            y=top + 0.25 * LINE * em + ASCENT * em,
            text=minus(clean(group.count)),
            points=panel.points - 0.5,
            align="right",
            color=DIM,
        )
    )


def _legend(
    groups: Sequence[OrchardGroup], level: float, weights_label: str
) -> list[Key]:
    """Say what is drawn."""
    shown = f"{100 * level:g}%"
    keys = [
        Key(f"effect, area by {weights_label}", "point", SOFT, edge=INK),
        Key("mean", "point", "white", edge=ACCENT),
    ]
    if any(group.interval for group in groups):
        keys.append(Key(f"{shown} confidence", "line", ACCENT, width=2.8))
    if any(group.prediction for group in groups):
        keys.append(Key(f"{shown} prediction", "line", ACCENT, width=0.8))
    return keys


def _fixed(groups: Sequence[OrchardGroup], no_effect: float | None) -> list[float]:
    """Return what must be on the axis besides the effects."""
    found = [] if no_effect is None else [no_effect]
    for group in groups:
        found += [group.estimate, *(group.interval or ()), *(group.prediction or ())]
    if not np.isfinite(found).all():
        raise InvalidInput(
            "a group has a limit that is missing or infinite",
            where="the figure",
            remedy="leave out limits that do not exist",
        )
    return found


def _draw_group(
    axes: Axes, group: OrchardGroup, y: Vector, sizes: Vector, middle: float, em: float
) -> None:
    """Draw the effects of one group around a middle line, and what they say."""
    order = np.argsort(-sizes, kind="stable")
    at = middle + spread(y) * (ROOM / 2 - 0.7) * em
    axes.scatter(y[order], at[order], s=list(sizes[order] ** 2), facecolor=SOFT,
                 edgecolor=INK, linewidth=0.4, alpha=0.7, clip_on=False,
                 zorder=3)  # fmt: skip
    if group.prediction:
        axes.plot(group.prediction, [middle, middle], color=ACCENT, linewidth=0.8,
                  solid_capstyle="butt", zorder=4)  # fmt: skip
    if group.interval:
        axes.plot(group.interval, [middle, middle], color=ACCENT, linewidth=2.8,
                  solid_capstyle="butt", zorder=5)  # fmt: skip
    axes.scatter([group.estimate], [middle], s=26, facecolor="white",
                 edgecolor=ACCENT, linewidth=1.3, clip_on=False, zorder=6)  # fmt: skip


def spread(y: Vector) -> Vector:
    """Return offsets (k,) from −1 to 1 that part effects where they are dense.

    They follow a sequence that fills an interval evenly but for its middle, scaled by
    the density of the effects, so that the same effects always lie in the same places.
    """
    k = len(y)
    if k < 2:
        return np.zeros(k)
    width = float(np.std(y)) * k**-0.2
    if width == 0:
        density: Vector = np.ones(k)
    else:
        grid = np.linspace(float(y.min()), float(y.max()), GRID)
        bumps = np.exp(-0.5 * np.square((grid[:, None] - y) / width)).sum(axis=1)
        density = np.asarray(np.interp(y, grid, bumps / bumps.max()), dtype=np.float64)
    places = np.empty(k)
    places[np.argsort(y, kind="stable")] = [_halved(i + 2) for i in range(k)]
    return (2 * places - 1) * np.maximum(density, LEAST)


def _halved(number: int) -> float:
    """Return the place of a number in the binary van der Corput sequence."""
    place, step = 0.0, 0.5
    while number:
        place += step * (number & 1)
        number >>= 1
        step /= 2
    return place
