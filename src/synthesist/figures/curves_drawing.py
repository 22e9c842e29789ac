"""Curves: P value functions (drapery) and profile likelihoods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from synthesist.errors import InvalidInput
from synthesist.figures.page import ACCENT, GREY, INK, RULE, house_style
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

#: Enough that a curve at print size shows no corners.
STEPS = 401

#: Light enough that thin grey curves stand out on it.
SHADE = "#d5e0eb"

#: P values at which a horizontal line helps the eye.
GUIDES = (0.05, 0.01)


def drapery(
    y: ArrayLike,
    se: ArrayLike,
    *,
    estimate: float,
    estimate_se: float,
    effect_label: str,
    df: float | None = None,
    prediction: tuple[float, float] | None = None,
    no_effect: float | None = 0.0,
    log: bool = False,
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw the P value functions of all studies and of the pooled effect.

    A curve gives, for each effect that might be true, the two-sided P value of the
    test against it; cut at 0.05 it gives the 95% interval.

    Parameters
    ----------
    y, se : (k,) arrays
        Effects and standard errors on the analysis scale.
    df : float, optional
        Degrees of freedom of the pooled interval; normal when None.
    prediction : (float, float), optional
        Prediction interval, shaded.

    Raises
    ------
    InvalidInput
        If a number is missing or a standard error is not above zero.

    References
    ----------
    Rücker G, Schwarzer G. Res Synth Methods 2021;12:8. doi:10.1002/jrsm.1410
    """
    effects = vector(y, "y")
    errors = standard_errors(se, len(effects))
    pooled_error = float(standard_errors([estimate_se], 1)[0])
    keys = [
        Key("study", "line", GREY, width=0.4),
        Key("pooled effect", "line", ACCENT, width=1.6),
        *([Key("prediction interval", "patch", SHADE)] if prediction else []),
    ]
    spec = PanelSpec(
        width=width_mm,
        x_name=effect_label,
        y_name="P value, two-sided",
        title=title,
        label=label,
        legend=keys,
        footer=footer,
    )
    halves = np.minimum(1.96 * errors, 4 * np.median(1.96 * errors))
    fixed = [v for v in (no_effect, *(prediction or ())) if v is not None]
    low, high = span(effects - halves, effects + halves, [estimate], fixed, pad=0.02)
    up = Axis(0.0, 1.0, False, (0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 1.0),
              ("0.01", "0.05", "0.2", "0.4", "0.6", "0.8", "1.0"))  # fmt: skip
    with house_style():
        panel = Panel(spec, y_labels=up.labels)
        x = effect_axis(low, high, panel.plot_width, panel.points, log=log)
        shown = _square_root(up)
        axes = panel.axes(x, shown, name="drapery")
        grid = np.linspace(x.low, x.high, STEPS)
        if prediction:
            axes.axvspan(*prediction, color=SHADE, linewidth=0, zorder=0)
        for guide in GUIDES:
            axes.axhline(guide**0.5, color=RULE, linewidth=0.4, zorder=1)
        if no_effect is not None:
            axes.axvline(no_effect, color=RULE, linewidth=0.6, zorder=1)
        for effect, error in zip(effects, errors, strict=True):
            # The peak is put on the grid, so that every curve reaches 1.
            at = np.sort(np.append(grid, effect))
            p = _p_values(at, effect, error, None)
            axes.plot(at, np.sqrt(p), color=GREY, linewidth=0.4, zorder=2)
        at = np.sort(np.append(grid, estimate))
        p = _p_values(at, estimate, pooled_error, df)
        axes.plot(at, np.sqrt(p), color=ACCENT, linewidth=1.6, zorder=3)
    return panel.page.figure


def _square_root(axis: Axis) -> Axis:
    """Give the axis of P values drawn by their roots: small ones need the room."""
    return Axis(
        axis.low**0.5,
        axis.high**0.5,
        False,
        tuple(position**0.5 for position in axis.positions),
        axis.labels,
    )


def _p_values(grid: Vector, centre: float, error: float, df: float | None) -> Vector:
    """Give the two-sided P value against each value of the grid."""
    from scipy import special

    distance = np.abs(grid - centre) / error
    tail = special.ndtr(-distance) if df is None else special.stdtr(df, -distance)
    return np.asarray(2 * tail, dtype=float)


def likelihood_profile(
    values: ArrayLike,
    log_likelihood: ArrayLike,
    *,
    estimate: float,
    name: str,
    cutoff: float,
    interval: tuple[float | None, float | None] = (None, None),
    level: float = 0.95,
    log: bool = False,
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 120,
) -> Figure:
    """Draw a profile of the log-likelihood with the interval it implies.

    Parameters
    ----------
    values, log_likelihood : (m,) arrays
        The parameter in ascending order, and the profile at each value.
    estimate : float
        Where the profile is highest.
    cutoff : float
        The log-likelihood that bounds the interval.
    interval : (float or None, float or None)
        Its ends; None where it has none within the parameter's range.
    log : bool
        The parameter is the logarithm of what the axis prints.

    Raises
    ------
    InvalidInput
        If a number is missing or there are fewer than three points.
    """
    grid = vector(values, "values")
    heights = vector(log_likelihood, "log_likelihood", len(grid))
    if len(grid) < 3:
        raise InvalidInput("a profile needs at least three points", where="the figure")
    keys = [
        Key("profile log-likelihood", "line", INK, width=1.0),
        Key("estimate", "line", ACCENT),
        Key(f"{100 * level:g}% interval", "line", ACCENT, dashed=True),
    ]
    spec = PanelSpec(
        width=width_mm,
        x_name=name,
        y_name="Log-likelihood",
        title=title,
        label=label,
        legend=keys,
        footer=footer,
    )
    points = points_for(width_mm)
    room = 0.72 * width_mm * spec.aspect
    # What lies far under the cut-off only squeezes the part that is read.
    top = float(np.max(heights))
    floor = max(float(np.min(heights)), top - 4 * (top - min(cutoff, top - 1e-9)))
    low, high = span([floor, cutoff], heights[heights >= floor])
    up = plain_axis(low, high, room, points, upright=True)
    with house_style():
        panel = Panel(spec, y_labels=up.labels)
        left, right = float(grid[0]), float(grid[-1])
        x = effect_axis(left, right, panel.plot_width, panel.points, log=log)
        axes = panel.axes(x, up, name="profile")
        axes.axhline(cutoff, color=RULE, linewidth=0.5, zorder=1)
        axes.plot(grid, heights, color=INK, linewidth=1.0, zorder=3)
        axes.vlines([estimate], up.low, [top], colors=ACCENT, linewidth=0.8, zorder=2)
        ends = [end for end in interval if end is not None]
        if ends:
            axes.vlines(ends, up.low, cutoff, colors=ACCENT, linewidth=0.8,
                        linestyles=(0, (3, 2)), zorder=2)  # fmt: skip
    return panel.page.figure
