"""Pictures of selection: the selection function, the significance funnel, the p-curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from synthesist.errors import InvalidInput
from synthesist.figures.page import ACCENT, INK, RULE, SOFT, house_style
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
    upright_axis,
    vector,
)
from synthesist.figures.ticks import Axis

#: The band, pale enough for the curve to stand out on it.
BAND = "#d5e0eb"

#: A weight or limit that is so many times the largest weight elsewhere is cut off.
HIGHEST = 1.35

#: Weights are shown at least up to here, and a curve that rises without end up to there.
LEAST, MOST = 1.0, 4.0

#: A two-sided P value of 0.05.
CRITICAL = 1.959963984540054


def selection_function(
    x: ArrayLike,
    weight: ArrayLike,
    *,
    own: ArrayLike = (),
    band: tuple[ArrayLike, ArrayLike] | None = None,
    x_label: str = "P value, one-sided",
    steps: bool = False,
    bounded: bool = False,
    relative: str = "",
    level: float = 0.95,
    log: bool = False,
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw the probability of selection against the P value, or the effect.

    Parameters
    ----------
    x, weight : (n,) arrays
        Points in ascending order and the weights there; for `steps` the (n + 1,)
        edges of intervals and the weight in each.
    own : (k,) array
        Where the studies lie, drawn as marks at the foot.
    band : ((n,) array, (n,) array), optional
        Limits of the weights.
    bounded : bool
        The axis runs from 0 to 1.
    relative : str
        Where the weight is 1, if not at its left end.
    log : bool
        `x` is the logarithm of what the axis prints.

    Raises
    ------
    InvalidInput
        If a number is missing, or lengths differ.
    """
    at = vector(x, "x")
    heights = vector(weight, "weight", len(at) - 1 if steps else len(at))
    marks = vector(own, "own") if np.size(own) else np.zeros(0)
    limits = None
    if band is not None:
        low = vector(band[0], "a band", len(heights))
        # An upper limit may be beyond all bounds.
        limits = (low, np.nan_to_num(np.asarray(band[1], dtype=float), posinf=1e300))
    top = _top(heights, limits)
    legend = [
        Key("weight", "line", ACCENT, width=1.4),
        *([Key(f"{100 * level:g}% interval", "patch", BAND)] if band else []),
        *([Key("study", "line", INK, width=0.6)] if marks.size else []),
    ]
    spec = PanelSpec(
        width=width_mm,
        x_name=x_label,
        y_name=f"Relative probability of selection{f' ({relative}: 1)' if relative else ''}",
        title=title,
        label=label,
        legend=legend,
        footer=footer,
    )
    room = 0.72 * width_mm * spec.aspect
    up = plain_axis(0.0, top, room, points_for(width_mm), upright=True)
    with house_style():
        panel = Panel(spec, y_labels=up.labels)
        if bounded:
            across = plain_axis(0.0, 1.0, panel.plot_width, panel.points, fixed=True)
        else:
            ends = float(at[0]), float(at[-1])
            across = effect_axis(*ends, panel.plot_width, panel.points, log=log)
        axes = panel.axes(across, up, name="selection")
        axes.axhline(1.0, color=RULE, linewidth=0.4, zorder=1)
        if limits is not None:
            _band(axes, at, limits, steps=steps)
        if steps:
            axes.stairs(heights, at, baseline=None, color=ACCENT, linewidth=1.4,
                        zorder=3)  # fmt: skip
        else:
            axes.plot(at, heights, color=ACCENT, linewidth=1.4, zorder=3)
        if marks.size:
            axes.vlines(marks, up.low, up.low + 0.045 * (up.high - up.low),
                        colors=INK, linewidth=0.6, zorder=4)  # fmt: skip
    return panel.page.figure


def _top(heights: Vector, limits: tuple[Vector, Vector] | None) -> float:
    """Give the largest weight that is worth its room."""
    middling = float(np.quantile(heights, 0.9)) if len(heights) > 20 else 0.0
    highest = float(heights.max())
    if middling > 0:
        highest = min(highest, max(MOST * middling, LEAST))
    top = max(LEAST, highest)
    if limits is not None:
        top = min(HIGHEST * top, max(top, float(limits[1].max())))
    return 1.03 * top


def _band(
    axes: Axes, at: Vector, limits: tuple[Vector, Vector], *, steps: bool
) -> None:
    low, high = limits
    if not steps:
        axes.fill_between(at, low, high, color=BAND, linewidth=0, zorder=0)
        return
    axes.fill_between(
        at, np.append(low, low[-1]), np.append(high, high[-1]),
        step="post", color=BAND, linewidth=0, zorder=0,
    )  # fmt: skip


def significance_funnel(
    y: ArrayLike,
    se: ArrayLike,
    *,
    affirmative: ArrayLike,
    worst: float,
    estimate: float | None = None,
    effect_label: str,
    favours_high: bool = True,
    critical: float = CRITICAL,
    log: bool = False,
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw a funnel that tells affirmative results from the others.

    Affirmative results are significant in the favoured direction. If the estimate of
    all and that of the others agree, no selection of this kind can explain it.

    Parameters
    ----------
    y, se : (k,) arrays
        Effects and standard errors on the analysis scale.
    affirmative : (k,) array of bool
    worst, estimate : float
        Pooled effects without affirmative results, and of all.
    favours_high : bool
        Whether large effects are favoured.
    critical : float
        How many standard errors from zero a result is significant.

    Raises
    ------
    InvalidInput
        If a number is missing, a standard error is not above zero, or lengths differ.

    References
    ----------
    Mathur MB, VanderWeele TJ. J R Stat Soc C 2020;69:1091. doi:10.1111/rssc.12440
    """
    effects = vector(y, "y")
    errors = standard_errors(se, len(effects))
    filled = vector(affirmative, "affirmative", len(effects)) > 0
    sign = 1.0 if favours_high else -1.0
    keys = [
        Key("affirmative", "point", SOFT, edge=INK),
        Key("not affirmative", "point", "white", edge=INK),
        Key("limit of significance", "line", INK, dashed=True),
        *(
            [Key("pooled effect of all", "line", ACCENT)]
            if estimate is not None
            else []
        ),
        Key("of those not affirmative", "line", ACCENT, dashed=True),
    ]
    spec = PanelSpec(
        width=width_mm,
        x_name=effect_label,
        y_name="Standard error",
        title=title,
        label=label,
        legend=keys,
        footer=footer,
    )
    largest = 1.03 * float(errors.max())
    down = plain_axis(0, largest, 0.5 * width_mm, points_for(width_mm), upright=True)
    up = Axis(max(down.high, largest), 0.0, False, down.positions, down.labels)
    pooled = [worst] if estimate is None else [worst, estimate]
    low, high = span(effects, pooled, [0.0, sign * critical * largest], pad=0.03)
    with house_style():
        panel = Panel(spec, y_labels=up.labels)
        x = effect_axis(low, high, panel.plot_width, panel.points, log=log)
        axes = panel.axes(x, up, name="significance")
        axes.axvline(0.0, color=RULE, linewidth=0.6, zorder=1)
        axes.plot([0.0, sign * critical * up.low], [0.0, up.low], color=INK,
                  linewidth=0.7, linestyle=(0, (3, 2)), zorder=2)  # fmt: skip
        if estimate is not None:
            axes.axvline(estimate, color=ACCENT, linewidth=0.9, zorder=2)
        axes.axvline(worst, color=ACCENT, linewidth=0.9, linestyle=(0, (3, 2)),
                     zorder=2)  # fmt: skip
        for chosen, color in ((filled, SOFT), (~filled, "white")):
            axes.scatter(effects[chosen], errors[chosen], s=18, facecolor=color,
                         edgecolor=INK, linewidth=0.6, clip_on=False,
                         zorder=4)  # fmt: skip
    return panel.page.figure


def sensitivity(
    x: ArrayLike,
    y: ArrayLike,
    *,
    band: tuple[ArrayLike, ArrayLike],
    effect_label: str,
    x_label: str,
    no_effect: float | None = 0.0,
    level: float = 0.95,
    log: bool = False,
    percent: bool = False,
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw how a pooled effect and its interval depend on an assumption.

    Parameters
    ----------
    x, y : (n,) arrays
        The assumption in ascending order, and the effect; with `log` the effect is the
        logarithm of what the axis prints.
    band : ((n,) array, (n,) array)
        Limits of the effect.
    no_effect : float, optional
        Where a line across is drawn.

    Raises
    ------
    InvalidInput
        If a number is missing, or lengths differ.
    """
    at = vector(x, "x")
    effects = vector(y, "y", len(at))
    low, high = (vector(limit, "a band", len(at)) for limit in band)
    keys = [
        Key("pooled effect", "line", ACCENT, width=1.4),
        Key(f"{100 * level:g}% interval", "patch", BAND),
    ]
    spec = PanelSpec(
        width=width_mm,
        x_name=x_label,
        y_name=effect_label,
        title=title,
        label=label,
        legend=keys,
        footer=footer,
    )
    fixed = [] if no_effect is None else [no_effect]
    ends = span(effects, low, high, fixed)
    room = 0.72 * width_mm * spec.aspect
    points = points_for(width_mm)
    up = upright_axis(*ends, room, points, log=log, percent=percent)
    with house_style():
        panel = Panel(spec, y_labels=up.labels)
        across = plain_axis(*span(at, pad=0.03), panel.plot_width, panel.points)
        axes = panel.axes(across, up, name="sensitivity")
        if no_effect is not None:
            axes.axhline(no_effect, color=RULE, linewidth=0.6, zorder=1)
        axes.fill_between(at, low, high, color=BAND, linewidth=0, zorder=0)
        axes.plot(at, effects, color=ACCENT, linewidth=1.4, marker="o",
                  markersize=3.0, zorder=3, clip_on=False)  # fmt: skip
    return panel.page.figure


def p_curve(
    shares: ArrayLike,
    low_power: ArrayLike,
    *,
    ends: Sequence[float] = (0.01, 0.02, 0.03, 0.04, 0.05),
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw the shares of significant P values beside two that they might have.

    Parameters
    ----------
    shares, low_power : (n,) arrays
        Shares found up to each end, and those of studies with a power of one third.
    ends : sequence of float

    Raises
    ------
    InvalidInput
        If a number is missing, or lengths differ.

    References
    ----------
    Simonsohn U, Nelson LD, Simmons JP. J Exp Psychol Gen 2014;143:534.
    doi:10.1037/a0033242
    """
    at = vector(ends, "ends")
    found = vector(shares, "shares", len(at))
    low = vector(low_power, "low_power", len(at))
    if not np.all(np.diff(at) > 0):
        raise InvalidInput("the ends do not ascend", where="the figure")
    nothing = np.full(len(at), 1 / len(at))
    keys = [
        Key("found", "line", ACCENT, width=1.4),
        Key("without any effect", "line", INK, dashed=True),
        Key("with a power of 33%", "line", SOFT, width=1.0),
    ]
    spec = PanelSpec(
        width=width_mm,
        x_name="P value, two-sided",
        y_name="Share of significant results, %",
        title=title,
        label=label,
        legend=keys,
        footer=footer,
    )
    most = 1.05 * 100 * float(max(found.max(), low.max()))
    up = plain_axis(0.0, most, 0.5 * width_mm, points_for(width_mm), upright=True)
    with house_style():
        panel = Panel(spec, y_labels=up.labels)
        gap = float(at[1] - at[0])
        x = Axis(
            float(at[0]) - 0.4 * gap,
            float(at[-1]) + 0.4 * gap,
            False,
            tuple(at.tolist()),
            tuple(f"{end:g}" for end in at),
        )
        axes = panel.axes(x, up, name="p-curve")
        axes.plot(at, 100 * nothing, color=INK, linewidth=0.7,
                  linestyle=(0, (3, 2)), zorder=2)  # fmt: skip
        axes.plot(at, 100 * low, color=SOFT, linewidth=1.0, zorder=2)
        axes.plot(at, 100 * found, color=ACCENT, linewidth=1.4, marker="o",
                  markersize=3.5, zorder=3, clip_on=False)  # fmt: skip
    return panel.page.figure
