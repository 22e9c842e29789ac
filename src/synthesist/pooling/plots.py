"""The pictures of a pooled result, each by its name: ``fit.plot("funnel")``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.panel import single_panel
from synthesist.pooling.registry import choose

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Draw = Callable[..., "Figure"]

#: Points of a profile of tau².
STEPS = 201


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture of a pooled result."""

    code: str
    label: str
    draw: Draw


def plot(fit: PooledFit, kind: str, options: Mapping[str, Any]) -> Figure:
    """Draw a picture of a fit; see `PooledFit.plot`."""
    return choose(kind, PLOTS, "picture of a pooled result").draw(fit, **options)


def forest(fit: PooledFit, **options: Any) -> Figure:
    """Draw studies and answer; `options` are fields of `ForestPlot`, or `width_mm`."""
    from dataclasses import replace

    from synthesist import figures

    width = options.pop("width_mm", 180)
    return figures.forest(replace(fit.forest(), **options), width_mm=width)


def funnel(fit: PooledFit, **options: Any) -> Figure:
    """Draw effects against standard errors, with contours of significance."""
    from synthesist import figures

    given: dict[str, Any] = {
        "estimate": fit.estimate,
        **around_no_effect(fit.effects, fit.estimate),
    }
    return figures.funnel(*_effects(fit), **{**given, **options})


def sunset(fit: PooledFit, **options: Any) -> Figure:
    """Draw a funnel with the power that each study had."""
    from synthesist import figures

    nothing = no_effect_of(fit.effects)
    if nothing is None:
        raise InvalidInput(
            f"{fit.effects.measure.label} has no value of no effect, so no power against it.",
            remedy="draw a funnel",
        )
    given: dict[str, Any] = {"estimate": fit.estimate, "no_effect": nothing}
    return figures.sunset(
        *_effects(fit), **{**given, **axis_of(fit.effects), **options}
    )


def drapery(fit: PooledFit, **options: Any) -> Figure:
    """Draw the P value against every effect, of studies and answer."""
    from synthesist import figures

    ends = fit.prediction
    given: dict[str, Any] = {
        "estimate": fit.estimate,
        "estimate_se": fit.se,
        "df": fit.df,
        "no_effect": no_effect_of(fit.effects),
        "prediction": None if ends is None else (ends.lower, ends.upper),
    }
    return figures.drapery(
        *_effects(fit), **{**given, **axis_of(fit.effects), **options}
    )


def galbraith(fit: PooledFit, **options: Any) -> Figure:
    """Draw z against precision, the effect being a slope."""
    from synthesist import figures

    given: dict[str, Any] = {
        "estimate": fit.estimate,
        "labels": _names(fit),
        "level": fit.interval.level,
    }
    return figures.galbraith(
        *_effects(fit), **{**given, **axis_of(fit.effects), **options}
    )


def labbe(fit: PooledFit, **options: Any) -> Figure:
    """Draw the risk in one group against that in the other."""
    from synthesist import figures

    effects = fit.effects
    roles = ("events_t", "n_t", "events_c", "n_c")
    if not all(role in effects.cells for role in roles):
        raise InvalidInput(
            "A L'Abbé plot needs the events of two groups.",
            remedy="draw a funnel or a Galbraith plot",
        )
    cells = [effects.cells[role] for role in roles]
    known = effects.included & np.isfinite(cells).all(axis=0)
    treated, control = cells[0] / cells[1], cells[2] / cells[3]
    given: dict[str, Any] = {
        "weights": fit.weights[known],
        "labels": [effects.study[i] for i in np.flatnonzero(known).tolist()],
        "curves": _constant_effect(fit, float(np.max(control[known], initial=0.0))),
    }
    return figures.labbe(treated[known], control[known], **{**given, **options})


def likelihood_profile(fit: PooledFit, **options: Any) -> Figure:
    """Draw the likelihood of tau², restricted unless it was estimated by the full one."""
    from synthesist import figures
    from synthesist.pooling.likelihood import (
        FULL,
        RESTRICTED,
        log_likelihood,
        maximum_likelihood,
        profile_limits,
        restricted_maximum_likelihood,
    )

    included = fit.effects.included
    if fit.model != "iv" or fit.k < 2:
        raise NotEstimable(
            "There is no likelihood of tau² to draw.",
            remedy="pool at least 2 studies by inverse variance",
        )
    panel = single_panel(fit.effects.y[included], fit.effects.v[included])
    full = fit.tau2_method == "ML"
    best = float(
        (maximum_likelihood if full else restricted_maximum_likelihood)(panel)[0]
    )
    depth = 0.5 * normal_quantile(0.5 + fit.interval.level / 2) ** 2
    low, high = (
        float(limit[0])
        for limit in profile_limits(panel, depth, FULL if full else RESTRICTED)
    )
    grid = np.linspace(0.0, 1.15 * high, STEPS)
    grid = np.unique(np.append(grid, [best, low, high]))
    heights = log_likelihood(panel, grid, restricted=not full)
    top = float(log_likelihood(panel, np.array([best]), restricted=not full)[0])
    kind = "full" if full else "restricted"
    given: dict[str, Any] = {
        "estimate": best,
        "name": "Between-study variance, tau²",
        "cutoff": top - depth,
        "interval": (low if low > 0 else None, high),
        "level": fit.interval.level,
        "footer": (f"The {kind} likelihood.",),
    }
    return figures.likelihood_profile(grid, heights, **{**given, **options})


def baujat(fit: PooledFit, **options: Any) -> Figure:
    """Draw what each study adds to the heterogeneity and does to the answer."""
    from synthesist.pooling.influence import baujat as contributions

    return contributions(fit).plot(**options)


def gosh(
    fit: PooledFit,
    *,
    marked: str | None = None,
    subsets: int = 100_000,
    seed: int = 1,
    **options: Any,
) -> Figure:
    """Draw the answers of all subsets, those with the study `marked` outlined."""
    from synthesist.pooling.influence import gosh as all_subsets

    return all_subsets(fit, subsets=subsets, seed=seed).plot(marked, **options)


def influence(fit: PooledFit, **options: Any) -> Figure:
    """Draw the measures of influence study by study."""
    from synthesist.pooling.influence import influence as measures

    return measures(fit).plot(**options)


def leave_one_out(fit: PooledFit, **options: Any) -> Figure:
    """Draw the answers without each study."""
    from synthesist.pooling.influence import leave_one_out as without

    return without(fit).plot(**options)


def orchard(fit: PooledFit, **options: Any) -> Figure:
    """Draw the effects as bubbles with the answer and its prediction interval."""
    from synthesist.pooling.orchard import orchard as bubbles

    return bubbles(fit, **options)


def cumulative(fit: PooledFit, *, by: str | None = None, **options: Any) -> Figure:
    """Draw the answers study by study, in the order of the column `by`."""
    from synthesist.pooling.influence import cumulative as growing

    return growing(fit, by=by).plot(**options)


def _effects(fit: PooledFit) -> tuple[Vector, Vector]:
    """Return the included effects and their standard errors."""
    included = fit.effects.included
    return fit.effects.y[included], np.sqrt(fit.effects.v[included])


def _names(fit: PooledFit) -> list[str]:
    places: list[int] = np.flatnonzero(fit.effects.included).tolist()
    return [fit.effects.study[i] for i in places]


def axis_of(effects: EffectTable) -> dict[str, Any]:
    """Return how the axis of effects is read: as ratios, else as it is analysed."""
    measure = effects.measure
    plain = measure.label.partition(" (")[0]
    if measure.scale.log or measure.scale.name == "identity":
        return {"effect_label": measure.label, "log": measure.scale.log}
    return {
        "effect_label": f"{plain}, {measure.scale.name} scale",
        "log": False,
    }


def around_no_effect(effects: EffectTable, otherwise: float) -> dict[str, Any]:
    """Return the axis with contours around no effect.

    Where there is no such value there are no contours, and `otherwise` stands for it.
    """
    nothing = no_effect_of(effects)
    if nothing is None:
        return axis_of(effects) | {"no_effect": otherwise, "contours": ()}
    return axis_of(effects) | {"no_effect": nothing}


def no_effect_of(effects: EffectTable) -> float | None:
    """Return the value of no effect on the analysis scale."""
    scale = effects.measure.scale
    if scale.no_effect is None:
        return None
    return float(scale.to_analysis(scale.no_effect))


def _constant_effect(
    fit: PooledFit, highest: float
) -> dict[str, tuple[Vector, Vector]]:
    """Return what the pooled effect makes of every risk, for the measures that say it."""
    code = fit.effects.measure.code
    risk = np.linspace(0.0, min(1.0, 1.05 * highest), STEPS)
    with np.errstate(divide="ignore"):
        odds = risk / (1 - risk) * np.exp(fit.estimate)
    treated = {
        "RR": risk * np.exp(fit.estimate),
        "OR": np.where(risk < 1, odds / (1 + odds), 1.0),
        "PETO": np.where(risk < 1, odds / (1 + odds), 1.0),
        "RD": risk + fit.estimate,
    }.get(code)
    if treated is None:
        return {}
    possible = (treated >= 0) & (treated <= 1)
    label = fit.effects.measure.label.partition(" (")[0].lower()
    shown = fit.effects.measure.scale.show(fit.estimate)
    return {f"{label} {shown}": (risk[possible], treated[possible])}


PLOTS: dict[str, Plot] = {
    entry.code: entry
    for entry in (
        Plot("forest", "studies and answer", forest),
        Plot("funnel", "effects against standard errors", funnel),
        Plot("sunset", "funnel with the power of each study", sunset),
        Plot("drapery", "P values against every effect", drapery),
        Plot("galbraith", "z against precision", galbraith),
        Plot("labbe", "risks of both groups", labbe),
        Plot("likelihood_profile", "likelihood of tau²", likelihood_profile),
        Plot("baujat", "heterogeneity and influence of each study", baujat),
        Plot("influence", "measures of influence", influence),
        Plot("leave_one_out", "the answer without each study", leave_one_out),
        Plot("cumulative", "the answer study by study", cumulative),
        Plot("orchard", "effects, mean and prediction", orchard),
        Plot("gosh", "the answers of all subsets", gosh),
    )
}
