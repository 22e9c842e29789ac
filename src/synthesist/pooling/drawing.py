"""A pooled result becomes a forest plot: what is shown, not how it is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from synthesist.pooling import wording

if TYPE_CHECKING:
    from synthesist.effects import EffectTable
    from synthesist.figures import ForestPlot, ForestRow, ForestSummary
    from synthesist.numerics.arrays import Vector
    from synthesist.pooling.fit import PooledFit
    from synthesist.pooling.subgroups import SubgroupFit

#: Columns of counts by group that stand as text beside each study, where given.
COUNTS = (
    ("events_t", "n_t", "Treatment"),
    ("events_c", "n_c", "Control"),
    ("events", "n", "Events"),
)

TITLES = {
    "mh": "Common effect (Mantel-Haenszel)",
    "peto": "Common effect (Peto)",
    "glmm": "Random effects (binomial-normal)",
}


def forest_plot(fit: PooledFit) -> ForestPlot:
    """Return the forest plot of one answer."""
    from synthesist.figures import ForestGroup, ForestPlot

    effects = fit.effects
    scale = effects.measure.scale
    return ForestPlot(
        groups=(ForestGroup(rows=rows(effects, fit.weights, fit.interval.level)),),
        summary=summary(fit),
        headers=headers(effects),
        effect_label=effects.measure.label,
        effect_short=_short(effects),
        interval_label=f"{wording.percent(fit.interval.level)} CI",
        prediction_label=f"{wording.percent(fit.interval.level)} prediction interval",
        no_effect=scale.no_effect,
        log=scale.log,
        percent=scale.percent,
        digits=1 if scale.percent else 2,
        footer=fit.notes,
    )


def subgroup_forest_plot(found: SubgroupFit) -> ForestPlot:
    """Return the forest plot of subgroups, the weights being those of all studies."""
    from synthesist.figures import ForestGroup, ForestSummary
    from synthesist.pooling.subgroups import UNSTATED

    overall = found.overall
    every = rows(overall.effects, overall.weights, overall.interval.level)
    groups: list[ForestGroup] = []
    for name in dict.fromkeys([*found.fits, *found.groups]):
        chosen = [i for i, group in enumerate(found.groups) if group == name]
        fit = found.fits.get(name)
        weight = float(sum(overall.weights[i] for i in chosen))
        groups.append(
            ForestGroup(
                title=name or UNSTATED,
                rows=tuple(every[i] for i in chosen),
                summary=replace(summary(fit), weight=weight)
                if fit
                else ForestSummary(label="Pooled", note="no result reported")
                if name
                else None,
            )
        )
    return replace(
        forest_plot(overall),
        groups=tuple(groups),
        summary=summary(overall, f"All studies: {title(overall)}"),
        footer=(
            wording.between_subgroups(found.test),
            *found.notes,
            *overall.notes,
        ),
    )


def headers(effects: EffectTable) -> tuple[str, ...]:
    """Return the headers of the text columns."""
    return tuple(name for events, _, name in COUNTS if events in effects.cells)


def rows(effects: EffectTable, weights: Vector, level: float) -> tuple[ForestRow, ...]:
    """Return one row a study, those without a result in their place."""
    from synthesist.figures import ForestRow

    estimate, low, high = effects.readings(level)
    cells = _cells(effects)
    return tuple(
        ForestRow(
            label=effects.study[i],
            cells=cells[i],
            estimate=float(estimate[i]),
            low=float(low[i]),
            high=float(high[i]),
            weight=float(weights[i]),
        )
        if effects.included[i]
        else ForestRow(
            label=effects.study[i], cells=cells[i], note=effects.row_notes[i]
        )
        for i in range(len(effects))
    )


def summary(fit: PooledFit, label: str = "") -> ForestSummary:
    """Return the diamond of an answer, with its heterogeneity as text."""
    from synthesist.figures import ForestSummary

    shown = fit.display()
    prediction = (
        (shown["pi_low"], shown["pi_high"]) if fit.prediction is not None else None
    )
    return ForestSummary(
        label=label or title(fit),
        estimate=shown["estimate"],
        low=shown["ci_low"],
        high=shown["ci_high"],
        prediction=prediction,
        weight=100.0,
        text=tuple(wording.heterogeneity_lines(fit)),
    )


def title(fit: PooledFit) -> str:
    """Name the model: ``Random effects (REML)``."""
    if fit.model != "iv":
        return TITLES.get(fit.model, fit.model)
    if fit.tau2_method == "CE":
        return "Common effect"
    return f"Random effects ({fit.tau2_method})"


def _short(effects: EffectTable) -> str:
    """Name the column of estimates; codes of proportions mean nothing to readers."""
    measure = effects.measure
    single = measure.design == "one group" and measure.scale.percent
    return "Proportion" if single else measure.code


def _cells(effects: EffectTable) -> list[tuple[str, ...]]:
    """Return each study's counts as text, empty where not reported."""
    columns = [
        (effects.cells[events], effects.cells[n])
        for events, n, _ in COUNTS
        if events in effects.cells
    ]
    return [
        tuple(_of(events[i], n[i]) for events, n in columns)
        for i in range(len(effects))
    ]


def _of(events: float, n: float) -> str:
    if np.isnan(events):
        return "" if np.isnan(n) else f"?/{n:g}"
    return f"{events:g}/{n:g}"
