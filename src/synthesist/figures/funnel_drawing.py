"""Funnel plots: significance contours, or the power of each study."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from synthesist.errors import InvalidInput
from synthesist.figures.numbers import minus
from synthesist.figures.page import ACCENT, INK, RULE, SOFT, house_style
from synthesist.figures.panel import (
    Key,
    Panel,
    PanelSpec,
    Vector,
    effect_axis,
    plain_axis,
    points_for,
    set_ticks,
    span,
    standard_errors,
    vector,
)
from synthesist.figures.ticks import Axis

NORMAL = NormalDist()

#: From the middle outward, darker as the P value grows smaller.
SHADES = ("#f0f2f4", "#e1e5e9", "#d0d6dc", "#bec6ce")

#: Lines of regressions and adjusted answers, one after the other: a colour that is
#: dark in grey too, and dashes that differ from those of the funnel.
CURVE = "#a3401a"
CURVE_DASHES = ("solid", (0, (6, 2)), (0, (1, 1.5)))

#: Bands of power and their colours, the least power the darkest.
POWERS = (0.0, 0.1, 0.33, 0.5, 0.8, 0.95, 1.0)
POWER_COLORS = ("#b9c7d6", "#c8d4e0", "#d6e0e9", "#e3eaf1", "#eff3f7", "#fafbfc")


def funnel(
    y: ArrayLike,
    se: ArrayLike,
    *,
    estimate: float,
    effect_label: str,
    tau2: float = 0.0,
    no_effect: float = 0.0,
    contours: Sequence[float] = (0.90, 0.95, 0.99),
    level: float = 0.95,
    log: bool = False,
    imputed: tuple[ArrayLike, ArrayLike] | None = None,
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw a funnel plot with contours of significance.

    Studies missing where the shade says "not significant" speak for selective
    publication; studies missing elsewhere for other causes of asymmetry.

    Parameters
    ----------
    y, se : (k,) arrays
        Effects and standard errors on the analysis scale.
    estimate, tau2, no_effect : float
        On the analysis scale; `tau2` widens the region where studies are expected.
    contours : sequence of float
        Levels of confidence at which the shade changes, at most four.
    log : bool
        The analysis scale is the logarithm of what the axis prints.
    imputed : (array, array), optional
        Effects and standard errors of imputed studies, drawn open.
    curves : mapping of (array, array), optional
        Further lines by what they are called: effects and the standard errors they
        are at, such as those of a regression; at most three.
    label : str
        Shown plainly at the top right.

    Raises
    ------
    InvalidInput
        If a number is missing, a standard error is not above zero, or a character
        has no glyph.

    References
    ----------
    Peters JL et al. J Clin Epidemiol 2008;61:991. doi:10.1016/j.jclinepi.2007.11.010
    """
    effects = vector(y, "y")
    errors = standard_errors(se, len(effects))
    levels = sorted(contours)
    keys = [
        Key("study", "point", SOFT, edge=INK),
        *([Key("imputed study", "point", "white", edge=INK)] if imputed else []),
        Key("pooled effect", "line", ACCENT),
        Key(f"{_percent(level)} of studies around it", "line", ACCENT, dashed=True),
        *(
            Key(name, "line", CURVE, dashed=index > 0, width=1.2)
            for index, name in enumerate(curves or ())
        ),
        *_contour_keys(levels),
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
    extra = _imputed(imputed)
    shown, heights = effects, errors
    if extra is not None:
        shown = np.concatenate([effects, extra[0]])
        heights = np.concatenate([errors, extra[1]])
    up = _downward(heights, width_mm)
    drawn = _curves(curves or {})
    ends = [shown, *(effects[errors <= up.low] for effects, errors in drawn)]
    with house_style():
        panel, x = _frame(
            spec, up, np.concatenate(ends), heights, estimate, no_effect, log
        )
        axes = panel.axes(x, up, name="funnel")
        _draw_contours(axes, x, up, no_effect, levels)
        _draw_lines(axes, up, estimate, tau2, no_effect, level)
        for curve, dashes in zip(drawn, CURVE_DASHES, strict=False):
            axes.plot(*curve, color=CURVE, linewidth=1.2, linestyle=dashes, zorder=3)
        _draw_points(axes, effects, errors, extra)
    return panel.page.figure


def sunset(
    y: ArrayLike,
    se: ArrayLike,
    *,
    estimate: float,
    effect_label: str,
    true_effect: float | None = None,
    no_effect: float = 0.0,
    alpha: float = 0.05,
    log: bool = False,
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw a funnel plot with the power each study had to find an assumed effect.

    Parameters
    ----------
    y, se : (k,) arrays
        Effects and standard errors on the analysis scale.
    true_effect : float, optional
        The effect for which power is shown, on the analysis scale; `estimate` when
        None.
    alpha : float
        Two-sided level of the test.

    Raises
    ------
    InvalidInput
        As `funnel`.

    References
    ----------
    Kossmeier M, Tran US, Voracek M. Z Psychol 2020;228:43.
    doi:10.1027/2151-2604/a000392
    """
    true_effect = estimate if true_effect is None else true_effect
    effects = vector(y, "y")
    errors = standard_errors(se, len(effects))
    up = _downward(errors, width_mm)
    cuts = _power_cuts(true_effect - no_effect, alpha)
    # From high power at the top, where errors are small, down to low power.
    edges = [0.0, *cuts, math.inf]
    bands = [
        (top, min(bottom, up.low), index)
        for index, (top, bottom) in enumerate(pairwise(edges))
        if top < up.low
    ]
    keys = [
        Key("study", "point", SOFT, edge=INK),
        Key("pooled effect", "line", ACCENT),
        Key(f"P = {alpha:g}", "line", INK, dashed=True),
        *(
            Key(
                f"power {_percent(POWERS[-2 - index])} to {_percent(POWERS[-1 - index])}",
                "patch",
                POWER_COLORS[-1 - index],
                edge=RULE,
            )
            for _, _, index in bands
        ),
    ]
    middle = float(np.median(_powers(errors, true_effect - no_effect, alpha)))
    said = f"Median power to find the assumed effect: {_percent(middle, 0)}."
    spec = PanelSpec(
        width=width_mm,
        x_name=effect_label,
        y_name="Standard error",
        right_name="Power",
        title=title,
        label=label,
        legend=keys,
        footer=(said, *footer),
    )
    with house_style():
        panel, x = _frame(
            spec, up, effects, errors, estimate, no_effect, log, ("100%",)
        )
        axes = panel.axes(x, up, name="sunset")
        for top, bottom, index in bands:
            axes.axhspan(
                top, bottom, color=POWER_COLORS[-1 - index], linewidth=0, zorder=0
            )
        z = NORMAL.inv_cdf(1 - alpha / 2)
        for sign in (-1, 1):
            axes.plot([no_effect, no_effect + sign * z * up.low], [0, up.low],
                      color=INK, linewidth=0.7, linestyle=(0, (3, 2)))  # fmt: skip
        axes.axvline(no_effect, color=RULE, linewidth=0.6, zorder=1)
        axes.axvline(estimate, color=ACCENT, linewidth=0.8, zorder=2)
        _draw_points(axes, effects, errors, None)
        shown = [
            (cut, _percent(power))
            for cut, power in zip(cuts, reversed(POWERS[1:-1]), strict=True)
            if 0.03 * up.low < cut < up.low
        ]
        right = axes.secondary_yaxis("right")
        kept = _spread(shown, 1.5 * panel.em / panel.plot_height * up.low)
        set_ticks(
            right, "y",
            Axis(up.low, up.high, False, tuple(c for c, _ in kept),
                 tuple(t for _, t in kept)),
            panel.points,
        )  # fmt: skip
        right.spines["right"].set_linewidth(0.5)
    return panel.page.figure


def _percent(share: float, digits: int | None = None) -> str:
    """Print a share in per cent without needless zeros."""
    shown = 100 * share
    return f"{shown:.{digits}f}%" if digits is not None else f"{shown:g}%"


def _contour_keys(levels: Sequence[float]) -> list[Key]:
    """Say what each shade means, from the middle outward."""
    ps = [1 - level for level in levels]
    if not ps:
        return []
    texts = [f"P > {ps[0]:.2g}"]
    texts += [f"P {a:.2g} to {b:.2g}" for a, b in pairwise(ps)]
    texts += [f"P < {ps[-1]:.2g}"]
    colors = ("#ffffff", *SHADES)
    return [
        Key(minus(t), "patch", c, edge=RULE)
        for t, c in zip(texts, colors, strict=False)
    ]


def _imputed(
    imputed: tuple[ArrayLike, ArrayLike] | None,
) -> tuple[Vector, Vector] | None:
    """Check the imputed studies."""
    if imputed is None:
        return None
    effects = vector(imputed[0], "imputed y")
    return effects, standard_errors(imputed[1], len(effects))


def _curves(
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]],
) -> list[tuple[Vector, Vector]]:
    """Check further lines.

    Raises
    ------
    InvalidInput
        If there are more than can be told apart, or a number is missing.
    """
    if len(curves) > len(CURVE_DASHES):
        raise InvalidInput(
            f"{len(curves)} lines cannot be told apart",
            where="the figure",
            remedy=f"give at most {len(CURVE_DASHES)}",
        )
    found: list[tuple[Vector, Vector]] = []
    for name, (effects, errors) in curves.items():
        across = vector(effects, name)
        found.append((across, vector(errors, name, len(across))))
    return found


def _downward(errors: Vector, width: float) -> Axis:
    """Give the axis of standard errors, which grow downward from zero."""
    largest = 1.03 * float(np.max(errors))
    room = 0.5 * width
    down = plain_axis(0, largest, room, points_for(width), upright=True)
    return Axis(max(down.high, largest), 0.0, False, down.positions, down.labels)


def _frame(
    spec: PanelSpec,
    up: Axis,
    effects: Vector,
    errors: Vector,
    estimate: float,
    no_effect: float,
    log: bool,
    right_labels: Sequence[str] = (),
) -> tuple[Panel, Axis]:
    """Make the panel and choose the axis of effects."""
    reach = 1.96 * float(np.max(errors))
    low, high = span(effects, [estimate - reach, estimate + reach, no_effect], pad=0.02)
    panel = Panel(spec, y_labels=up.labels, right_labels=right_labels)
    return panel, effect_axis(low, high, panel.plot_width, panel.points, log=log)


def _draw_contours(
    axes: Axes, x: Axis, up: Axis, no_effect: float, levels: Sequence[float]
) -> None:
    """Shade where a study would be significant, one wedge upon the other."""
    if not levels:
        return
    colors = ("white", *SHADES)[: len(levels) + 1]
    axes.axvspan(x.low, x.high, color=colors[-1], linewidth=0, zorder=0)
    for level, color in zip(reversed(levels), reversed(colors[:-1]), strict=True):
        half = NORMAL.inv_cdf((1 + level) / 2) * up.low
        axes.fill(
            [no_effect, no_effect - half, no_effect + half], [0, up.low, up.low],
            facecolor=color, edgecolor="none", zorder=0,
        )  # fmt: skip


def _draw_lines(
    axes: Axes, up: Axis, estimate: float, tau2: float, no_effect: float, level: float
) -> None:
    """Draw no effect, the pooled effect, and where studies around it would lie."""
    errors = np.linspace(0, up.low, 101)
    z = NORMAL.inv_cdf((1 + level) / 2)
    reach = z * np.sqrt(errors**2 + tau2)
    axes.axvline(no_effect, color=RULE, linewidth=0.6, zorder=1)
    axes.axvline(estimate, color=ACCENT, linewidth=0.8, zorder=2)
    for sign in (-1, 1):
        axes.plot(estimate + sign * reach, errors, color=ACCENT, linewidth=0.7,
                  linestyle=(0, (3, 2)), zorder=2)  # fmt: skip


def _draw_points(
    axes: Axes, effects: Vector, errors: Vector, extra: tuple[Vector, Vector] | None
) -> None:
    """Draw studies as filled circles and imputed ones as open circles."""
    axes.scatter(effects, errors, s=16, facecolor=SOFT, edgecolor=INK, linewidth=0.5,
                 clip_on=False, zorder=4)  # fmt: skip
    if extra is not None:
        axes.scatter(*extra, s=16, facecolor="white", edgecolor=INK, linewidth=0.5,
                     clip_on=False, zorder=3)  # fmt: skip


def _powers(errors: Vector, effect: float, alpha: float) -> Vector:
    """Give the power of a two-sided test of no effect at each standard error."""
    z = NORMAL.inv_cdf(1 - alpha / 2)
    return np.array(
        [
            NORMAL.cdf(abs(effect) / e - z) + NORMAL.cdf(-abs(effect) / e - z)
            for e in errors
        ]
    )


def _power_cuts(effect: float, alpha: float) -> list[float]:
    """Give the standard errors at which power falls to 95, 80 ... per cent."""
    cuts: list[float] = []
    z = NORMAL.inv_cdf(1 - alpha / 2)
    for power in reversed(POWERS[1:-1]):
        low, high = 1e-6, 1e6
        for _ in range(200):
            ratio = math.sqrt(low * high)
            reached = NORMAL.cdf(ratio - z) + NORMAL.cdf(-ratio - z)
            low, high = (low, ratio) if reached > power else (ratio, high)
        cuts.append(abs(effect) / low)
    return cuts


def _spread(ticks: list[tuple[float, str]], least: float) -> list[tuple[float, str]]:
    """Leave out ticks that stand too near to the one before."""
    kept: list[tuple[float, str]] = []
    for at, text in ticks:
        if not kept or at - kept[-1][0] >= least:
            kept.append((at, text))
    return kept
