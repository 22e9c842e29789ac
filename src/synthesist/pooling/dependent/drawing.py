"""A model with dependent effects becomes a figure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.results import Interval
from synthesist.numerics.tails import t_point
from synthesist.pooling import wording
from synthesist.pooling.dependent.influence import clusters_of
from synthesist.pooling.dependent.wording import capital
from synthesist.pooling.drawing import rows as forest_rows
from synthesist.pooling.regression.columns import Values, moderators_of, take
from synthesist.pooling.regression.wording import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.figures import ForestPlot, ForestSummary
    from synthesist.pooling.dependent.components import Component
    from synthesist.pooling.dependent.fit import DependentFit

#: Enough that a curve at print size shows no corners.
STEPS = 101


def draw(fit: DependentFit, moderator: str | None, **options: Any) -> Figure:
    """Draw effects over a numeric moderator, or else as a forest by cluster."""
    from synthesist.figures import forest

    values = _rows(fit)
    numeric = [n for n, column in values.items() if isinstance(column, np.ndarray)]
    if moderator is None and not numeric:
        return forest(forest_plot(fit), **options)
    name = moderator or numeric[0]
    if name not in numeric:
        raise InvalidInput(
            f"{name} is no numeric moderator of this model.",
            remedy=f"choose from {', '.join(numeric) or 'none: draw the forest'}",
        )
    return _bubble(fit, values, name, **options)


def _bubble(
    fit: DependentFit, values: dict[str, Values], name: str, **options: Any
) -> Figure:
    """Draw effects over a moderator, the others at their average."""
    from synthesist.figures import bubble

    x = np.asarray(values[name], dtype=np.float64)
    at = np.linspace(float(x.min()), float(x.max()), STEPS)
    design = fit.estimated.model.design
    rows: Matrix = np.array(
        [
            design.rows({**values, name: np.full(fit.k, value)}, fit.k).mean(axis=0)
            for value in at.tolist()
        ]
    )
    estimate = rows @ fit.estimate
    square = np.einsum("mp,pq,mq->m", rows, fit.covariance, rows)
    factor = np.array(
        [
            t_point(0.5 + fit.level / 2, fit.inference.read(rows[i : i + 1]).df)
            for i in range(len(rows))
        ]
    )
    half = factor * np.sqrt(np.maximum(0.0, square))
    wide = factor * np.sqrt(square + _new(fit))
    scale = fit.effects.measure.scale
    read = _as_is if scale.log else fit.effects.to_reading
    no_effect = scale.no_effect
    if no_effect is not None and scale.log:
        no_effect = float(np.log(no_effect))
    used = fit.used
    return bubble(
        x,
        read(fit.effects.y[used]),
        weights=1 / (fit.effects.v[used] + _new(fit)),
        line=(at, read(estimate)),
        band=(read(estimate - half), read(estimate + half)),
        prediction=(read(estimate - wide), read(estimate + wide)),
        effect_label=fit.effects.measure.label,
        moderator_label=options.pop("moderator_label", name),
        no_effect=no_effect,
        level=fit.level,
        log=scale.log,
        percent=scale.percent,
        **options,
    )


def draw_profile(fit: DependentFit, component: Component, **options: Any) -> Figure:
    """Draw the likelihood over one component."""
    from synthesist.figures import likelihood_profile
    from synthesist.pooling.dependent.profile import curve, limits_of

    found = limits_of(fit, component)
    limits = Interval(lower=found[0], upper=found[1], level=fit.level)
    values, heights = curve(fit, replace(component, interval=limits), None)
    inside = [found[0] > values[0], found[1] < values[-1]]
    ends = [x if shown else None for x, shown in zip(found, inside, strict=True)]
    given: dict[str, Any] = {
        "estimate": component.value,
        "name": capital(component.name),
        "cutoff": fit.log_likelihood - 0.5 * normal_quantile(0.5 + fit.level / 2) ** 2,
        "interval": (ends[0], ends[1]),
        "level": fit.level,
        "footer": (
            f"The {'full' if fit.method == 'ML' else 'restricted'} likelihood.",
        ),
    }
    return likelihood_profile(values, heights, **{**given, **options})


def forest_plot(fit: DependentFit) -> ForestPlot:
    """Return the forest plot of a model, its rows gathered by cluster."""
    from synthesist.figures import ForestGroup, ForestPlot

    effects = fit.effects
    scale = effects.measure.scale
    by, codes, names = clusters_of(fit, None)
    weights = np.clip(fit.weights, 0.0, None)
    every = forest_rows(effects, weights, fit.level)
    cluster = np.full(len(effects), -1, dtype=np.intp)
    cluster[fit.used] = codes
    groups = [
        ForestGroup(
            title=f"{by} {name}" if name.isdigit() else name,
            rows=tuple(every[j] for j in np.flatnonzero(cluster == i).tolist()),
        )
        for i, name in enumerate(names)
    ]
    lost = np.flatnonzero(cluster < 0).tolist()
    if lost:
        groups.append(ForestGroup(title="left out", rows=tuple(every[j] for j in lost)))
    shown = wording.percent(fit.level)
    return ForestPlot(
        groups=tuple(groups),
        summary=_summary(fit),
        effect_label=effects.measure.label,
        effect_short=effects.measure.code,
        interval_label=f"{shown} CI",
        prediction_label=f"{shown} prediction interval",
        no_effect=scale.no_effect,
        log=scale.log,
        percent=scale.percent,
        digits=1 if scale.percent else 2,
        footer=fit.notes,
    )


def _summary(fit: DependentFit) -> ForestSummary | None:
    """Return the diamond of a model without moderators."""
    from synthesist.figures import ForestSummary

    if len(fit.names) > 1:
        return None
    found = fit.predict({"": [0]})
    shown = {name: float(values[0]) for name, values in found.display().items()}
    return ForestSummary(
        label=f"{fit.model.capitalize()} model ({fit.method})",
        estimate=shown["estimate"],
        low=shown["ci_low"],
        high=shown["ci_high"],
        prediction=(shown["pi_low"], shown["pi_high"]),
        weight=100.0,
        text=tuple(f"{capital(c.name)}: {signed(c.value)}" for c in fit.components),
    )


def _new(fit: DependentFit) -> float:
    """Return the variance of a new effect, averaged over the rows."""
    parts = zip(fit.estimated.model.terms, fit.estimated.matrices, strict=True)
    return float(sum(np.diagonal(T)[term.inner].mean() for term, T in parts))


def _rows(fit: DependentFit) -> dict[str, Values]:
    """Return the moderators of the rows that were used."""
    index = np.flatnonzero(fit.used).tolist()
    values = moderators_of(fit.effects, fit.estimated.model.design.columns)
    return {name: take(column, index) for name, column in values.items()}


def _as_is(values: Vector) -> Vector:
    return values
