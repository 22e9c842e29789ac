"""Survival curves and residuals as figures: what is shown, not how it is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.figures import ForestGroup, ForestPlot, ForestRow, SurvivalLine
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.dense import solve
from synthesist.numerics.distributions import normal_quantile
from synthesist.survival.curves import SurvivalCurve, SurvivalCurves
from synthesist.survival.residuals import schoenfeld as schoenfeld_residuals
from synthesist.survival.wording import p_value, percent, ratio_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.survival.cox_fit import CoxFit

#: Pieces of the spline that smooths residuals, as in R's plot of cox.zph.
SMOOTH_DF = 4


def survival_lines(
    curves: SurvivalCurves, ticks: Sequence[float] | Vector
) -> tuple[SurvivalLine, ...]:
    """Return the curves as a figure takes them, with the numbers at risk."""
    return tuple(
        _line(curve, np.asarray(ticks, dtype=np.float64)) for curve in curves.curves
    )


def _line(curve: SurvivalCurve, ticks: Vector) -> SurvivalLine:
    low, high = curve.band()
    return SurvivalLine(
        label=curve.label,
        time=curve.time,
        survival=curve.survival,
        last=curve.last,
        low=low,
        high=high,
        at_risk=tuple(int(n) for n in curve.count_at_risk(ticks)),
        censored=curve.censored,
    )


def draw_curves(
    curves: SurvivalCurves,
    *,
    times: Sequence[float] | None = None,
    fit: CoxFit | None = None,
    **options: Any,
) -> Figure:
    """Draw Kaplan-Meier curves.

    Parameters
    ----------
    times : sequence of float, optional
        The numbers of the time axis.
    fit : CoxFit, optional
        A model of the arms, whose hazard ratio stands in the plot.
    **options
        Of `synthesist.figures.kaplan_meier`.
    """
    from synthesist.figures import kaplan_meier

    ticks = curves.grid() if times is None else np.asarray(times, dtype=np.float64)
    texts = list(options.pop("texts", ()))
    if fit is not None and "treated" in fit.names:
        i = fit.intervals[fit.index("treated")]
        place = fit.index("treated")
        texts.append(
            f"Hazard ratio {ratio_text(float(fit.estimate[place]))} ({percent(fit.level)} CI {ratio_text(i.lower)} to {ratio_text(i.upper)}), {p_value(float(fit.p[place]))}"
        )
    return kaplan_meier(
        survival_lines(curves, ticks), ticks=ticks.tolist(), texts=texts, **options
    )


def draw_log_log(curves: SurvivalCurves, **options: Any) -> Figure:
    """Draw log(-log S) of the curves; see `synthesist.figures.log_log`."""
    from synthesist.figures import log_log

    return log_log(survival_lines(curves, ()), **options)


def draw_schoenfeld(
    fit: CoxFit,
    name: str = "treated",
    *,
    transform: str = "km",
    points: bool = False,
    **options: Any,
) -> Figure:
    """Draw how the effect of one covariate goes along time.

    Parameters
    ----------
    name : str
        A coefficient.
    transform : str
        The scale of time; see `synthesist.survival.TRANSFORMS`.
    points : bool
        Whether every event is drawn, which shows patients.
    **options
        Of `synthesist.figures.schoenfeld`.
    """
    from synthesist.figures import schoenfeld
    from synthesist.survival.proportionality import TRANSFORMS

    place = fit.index(name)
    test = fit.proportional_hazards(transform)
    model = fit.model
    g = model.sets.by_event(TRANSFORMS[transform](model))
    scaled = (
        fit.events * fit.model_covariance @ schoenfeld_residuals(model, fit.estimate)
    )
    effect = scaled[place] + fit.estimate[place]
    smooth = _smooth(g, effect, float(fit.events * fit.model_covariance[place, place]))
    times = model.sets.by_event(model.sets.times)
    p = test.tests[place].p
    options.setdefault(
        "title", f"{name}: does the effect change with time? {p_value(p)}"
    )
    return schoenfeld(
        g,
        effect,
        ticks=_ticks(g, times),
        smooth=smooth,
        estimate=float(fit.estimate[place]),
        points=points,
        **options,
    )


def _ticks(g: Vector, times: Vector) -> tuple[list[float], list[str]]:
    """Return places of round times on a transformed axis, well apart."""
    order = np.argsort(times)
    low, high = float(times.min()), float(times.max())
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    series = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
    wanted = np.array([time for time in series if low <= time <= high])
    places = np.interp(wanted, times[order], g[order])
    room = 0.07 * (g.max() - g.min())
    positions: list[float] = []
    labels: list[str] = []
    for place, time in zip(places.tolist(), wanted.tolist(), strict=True):
        if not positions or place - positions[-1] > room:
            positions.append(place)
            labels.append(f"{time:g}")
    return positions, labels


def _smooth(
    x: Vector, y: Vector, variance: float
) -> tuple[Vector, Vector, Vector, Vector] | None:
    """Return a natural spline through points, with its 95% band.

    `variance` is that of one point when hazards are proportional.
    """
    knots = np.unique(np.quantile(x, np.linspace(0, 1, SMOOTH_DF + 1)))
    if len(knots) < 3 or len(x) < 2 * SMOOTH_DF:
        return None
    design = _natural(x, knots)
    at: Vector = np.linspace(float(x.min()), float(x.max()), 60)
    there = _natural(at, knots)
    gram = design.T @ design
    fitted: Vector = there @ solve(gram, design.T @ y)
    shape = solve(gram, there.T)
    half: Vector = np.sqrt(variance * np.einsum("mi,im->m", there, shape))
    half = normal_quantile(0.975) * half
    return at, fitted, fitted - half, fitted + half


def _natural(x: Vector, knots: Vector) -> Matrix:
    """Return a basis of natural cubic splines (n, knots)."""
    last = knots[-1]

    def bend(k: float) -> Vector:
        return (np.maximum(x - k, 0) ** 3 - np.maximum(x - last, 0) ** 3) / (last - k)

    rest = [bend(k) - bend(knots[-2]) for k in knots[:-2].tolist()]
    return np.column_stack([np.ones(len(x)), x, *rest])


def coefficient_forest(fit: CoxFit) -> ForestPlot:
    """Return the hazard ratios of a model, one row each."""
    rows: list[ForestRow] = []
    for name, b, i in zip(fit.names, fit.estimate, fit.intervals, strict=True):
        low, at, high = np.exp([i.lower, b, i.upper]).tolist()
        rows.append(ForestRow(label=name, estimate=at, low=low, high=high))
    odds = fit.ties == "discrete"
    return ForestPlot(
        groups=(ForestGroup(rows=tuple(rows)),),
        study_header="Covariate",
        effect_label="Odds ratio" if odds else "Hazard ratio",
        effect_short="OR" if odds else "HR",
        interval_label=f"{percent(fit.level)} CI",
        no_effect=1.0,
        log=True,
        footer=fit.notes,
    )
