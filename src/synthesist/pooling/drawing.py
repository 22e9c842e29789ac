"""A pooled result becomes a forest plot: what is shown, not how it is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from synthesist.pooling import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synthesist.effects import EffectTable
    from synthesist.figures import ForestPlot, ForestRow, ForestSummary
    from synthesist.numerics.arrays import Vector
    from synthesist.pooling.fit import PooledFit
    from synthesist.pooling.influence import Refits
    from synthesist.pooling.subgroups import SubgroupFit

#: The arms whose cells stand as text beside each study, by the ending of their roles.
ARMS = (("_t", "Treatment"), ("_c", "Control"), ("", ""))

TITLES = {
    "mh": "Common effect (Mantel-Haenszel)",
    "peto": "Common effect (Peto)",
    "glmm": "Random effects (binomial-normal)",
    "CM.EL": "Random effects (exact conditional model)",
    "CM.AL": "Random effects (approximate conditional model)",
    "UM.FS": "Random effects (fixed study levels)",
    "UM.RS": "Random effects (random study levels)",
    "beta-binomial": "Beta-binomial model",
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
        effect_label=effects.measure.label.partition(" (")[0],
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
    return tuple(header for header, _ in _columns(effects))


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
    if fit.k == 1:
        return "One study"
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
    """Return what each arm of each study printed, as text."""
    columns = [texts for _, texts in _columns(effects)]
    return [tuple(texts[i] for texts in columns) for i in range(len(effects))]


def _columns(effects: EffectTable) -> list[tuple[str, list[str]]]:
    """Return header and texts of each arm whose counts or means are there."""
    cells = effects.cells
    found: list[tuple[str, list[str]]] = []
    for ending, arm in ARMS:
        events, n, mean, sd = (f"{r}{ending}" for r in ("events", "n", "mean", "sd"))
        if events in cells and n in cells:
            texts = [_of(*pair) for pair in zip(cells[events], cells[n], strict=True)]
            found.append((f"{arm} n/N".strip(), texts))
        elif mean in cells and sd in cells and n in cells:
            rows = zip(cells[mean], cells[sd], cells[n], strict=True)
            texts = [_mean_of(*row) for row in rows]
            found.append((f"{arm} mean (SD), n".strip(), texts))
    return found


def _of(events: float, n: float) -> str:
    if np.isnan(events):
        return "" if np.isnan(n) else f"?/{n:g}"
    return f"{events:g}/{n:g}"


def _mean_of(mean: float, sd: float, n: float) -> str:
    if np.isnan([mean, sd, n]).any():
        return ""
    return f"{mean:g} ({sd:g}), {n:g}".replace("-", "\N{MINUS SIGN}")


def answers_forest_plot(
    effects: EffectTable,
    answers: Sequence[tuple[str, PooledFit | None]],
    *,
    level: float,
    heading: str,
    footer: tuple[str, ...] = (),
) -> ForestPlot:
    """Return a forest plot with one row an answer to the same question."""
    from synthesist.figures import ForestGroup, ForestPlot, ForestRow

    scale = effects.measure.scale
    shown = [(name, fit.display() if fit else None) for name, fit in answers]
    return ForestPlot(
        groups=(
            ForestGroup(
                rows=tuple(
                    ForestRow(label=name, note="not estimable")
                    if entry is None
                    else ForestRow(
                        label=name,
                        estimate=entry["estimate"],
                        low=entry["ci_low"],
                        high=entry["ci_high"],
                    )
                    for name, entry in shown
                )
            ),
        ),
        study_header=heading,
        effect_label=effects.measure.label.partition(" (")[0],
        effect_short=_short(effects),
        interval_label=f"{wording.percent(level)} CI",
        no_effect=scale.no_effect,
        log=scale.log,
        percent=scale.percent,
        digits=1 if scale.percent else 2,
        footer=footer,
    )


def refits_forest_plot(found: Refits) -> ForestPlot:
    """Return a forest plot of answers from parts of the studies, all of them below."""
    from synthesist.figures import ForestGroup, ForestRow

    fit, shown = found.fit, found.display()
    rows = tuple(
        ForestRow(
            label=label[:1].upper() + label[1:],
            estimate=shown["estimate"][i],
            low=shown["ci_low"][i],
            high=shown["ci_high"][i],
        )
        for i, label in enumerate(found.labels)
    )
    return replace(
        forest_plot(fit),
        groups=(ForestGroup(rows=rows),),
        summary=replace(summary(fit, f"All studies: {title(fit)}"), weight=None),
        headers=(),
        study_header="Studies",
        footer=found.notes,
    )
