"""Study effects against a moderator, with the regression through them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from synthesist.errors import InvalidInput
from synthesist.figures.labelling import label_points
from synthesist.figures.page import (
    ACCENT,
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
    upright_axis,
    vector,
)
from synthesist.figures.ticks import Axis

#: Diameters of the smallest and the largest bubble, in points.
SMALLEST, LARGEST = 2.5, 17.0

#: With more studies the bubbles are smaller, so that they hide less of each other.
MANY = 30

#: The band of confidence, pale enough for bubbles to stand out on it.
BAND = "#d5e0eb"

Band = tuple[ArrayLike, ArrayLike]


def bubble(
    x: ArrayLike,
    y: ArrayLike,
    *,
    weights: ArrayLike,
    line: tuple[ArrayLike, ArrayLike],
    band: Band | None = None,
    prediction: Band | None = None,
    effect_label: str,
    moderator_label: str,
    no_effect: float | None = None,
    labels: Sequence[str] = (),
    marks: Sequence[tuple[float, str]] = (),
    level: float = 0.95,
    log: bool = False,
    percent: bool = False,
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw study effects as bubbles over a moderator, with the regression.

    Parameters
    ----------
    x, y : (k,) arrays
        Moderator and effect of each study; with `log` the effect is the logarithm of
        what the axis prints.
    weights : (k,) array
        The areas of the bubbles are as these.
    line : ((m,) array, (m,) array)
        Moderators in ascending order, and the mean effects there.
    band, prediction : ((m,) array, (m,) array), optional
        Lower and upper limits of the mean effect and of a new study, at the
        moderators of the line.
    no_effect : float, optional
        Where a line across is drawn.
    labels : sequence of str
        Names of the studies; those that find room are printed, the largest first.
    marks : sequence of (float, str)
        Where the moderator's axis is marked and what stands there, for a moderator
        on a scale that its readers do not know it by.

    Raises
    ------
    InvalidInput
        If a number is missing, or lengths differ.

    References
    ----------
    Thompson SG, Higgins JPT. Stat Med 2002;21:1559. doi:10.1002/sim.1187
    """
    across = vector(x, "x")
    upward = vector(y, "y", len(across))
    sizes = _diameters(weights, len(across))
    if labels and len(labels) != len(across):
        raise InvalidInput(
            f"{len(labels)} labels are given for {len(across)} studies",
            where="the figure",
        )
    at = vector(line[0], "line")
    mean = vector(line[1], "line", len(at))
    bands = [_limits(part, len(at)) for part in (band, prediction)]
    shown = f"{100 * level:g}%"
    legend = [
        Key("study, area by weight", "point", SOFT, edge=INK),
        Key("mean effect", "line", ACCENT, width=1.2),
        *([Key(f"{shown} confidence", "patch", BAND)] if band else []),
        *(
            [Key(f"{shown} prediction", "line", ACCENT, dashed=True)]
            if prediction
            else []
        ),
    ]
    spec = PanelSpec(
        width=width_mm,
        x_name=moderator_label,
        y_name=effect_label,
        title=title,
        label=label,
        legend=legend,
        footer=footer,
    )
    points = points_for(width_mm)
    edges = [part for pair in bands if pair for part in pair]
    fixed = [] if no_effect is None else [no_effect]
    low, high = span(upward, mean, _near(upward, edges), fixed, pad=0.06)
    room = 0.72 * width_mm * spec.aspect
    up = upright_axis(low, high, room, points, log=log, percent=percent)
    with house_style():
        panel = Panel(spec, y_labels=up.labels)
        ends = span(across, at, pad=0.05)
        axis = plain_axis(*ends, panel.plot_width, panel.points)
        if marks:
            inside = [mark for mark in marks if axis.low <= mark[0] <= axis.high]
            axis = Axis(
                axis.low,
                axis.high,
                False,
                tuple(place for place, _ in inside),
                tuple(text for _, text in inside),
            )
        axes = panel.axes(axis, up, name="bubble")
        _draw_regression(axes, at, mean, bands[0], bands[1])
        if no_effect is not None:
            axes.axhline(no_effect, color=RULE, linewidth=0.6, zorder=1)
        order = np.argsort(-sizes, kind="stable")
        axes.scatter(across[order], upward[order], s=list(sizes[order] ** 2),
                     facecolor=SOFT, edgecolor=INK, linewidth=0.5, alpha=0.8,
                     clip_on=False, zorder=4)  # fmt: skip
        if labels:
            label_points(
                axes,
                (panel.plot_width, panel.plot_height),
                np.column_stack([across, upward]),
                labels,
                order.tolist(),
                points=panel.points - 1,
                radii=sizes / 2 * MM_PER_POINT,
                lines=[
                    np.column_stack([at, curve]) for curve in (mean, *(bands[1] or ()))
                ],
            )
    return panel.page.figure


def _draw_regression(
    axes: Axes,
    at: Vector,
    mean: Vector,
    band: tuple[Vector, Vector] | None,
    prediction: tuple[Vector, Vector] | None,
) -> None:
    """Draw the line with its bands, cut off where the plot ends."""
    if band:
        axes.fill_between(at, *band, color=BAND, linewidth=0, zorder=0)
    for limit in prediction or ():
        axes.plot(at, limit, color=ACCENT, linewidth=0.7,
                  linestyle=(0, (3, 2)), zorder=2)  # fmt: skip
    axes.plot(at, mean, color=ACCENT, linewidth=1.2, zorder=3)


def _limits(part: Band | None, size: int) -> tuple[Vector, Vector] | None:
    """Return the limits of a band, None where there is none."""
    if part is None:
        return None
    return vector(part[0], "a band", size), vector(part[1], "a band", size)


def _near(values: Vector, edges: Sequence[Vector]) -> Vector:
    """Return what of the bands is near the studies: the rest is not worth its room."""
    reach = 0.35 * max(float(np.ptp(values)), 1e-12)
    low, high = float(values.min()) - reach, float(values.max()) + reach
    every = np.concatenate([*edges, values])
    return np.clip(every, low, high)


def _diameters(weights: ArrayLike, k: int) -> Vector:
    """Return diameters in points, areas being as the weights."""
    given = vector(weights, "weights", k)
    if np.any(given < 0) or not np.any(given > 0):
        raise InvalidInput(
            "weights are not above zero", where="the figure", remedy="give weights"
        )
    largest = LARGEST * min(1.0, (MANY / k) ** 0.5)
    return np.maximum(SMALLEST, largest * np.sqrt(given / given.max()))
