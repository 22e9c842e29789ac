"""Results of individual data become forest plots: what is shown, not how it is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from synthesist.figures import ForestGroup, ForestRow

if TYPE_CHECKING:
    from synthesist.figures import ForestPlot
    from synthesist.ipd.trials import TrialEffect
    from synthesist.ipd.two_stage import TwoStageFit


def forest_plot(fit: TwoStageFit) -> ForestPlot:
    """Return the forest plot with observed events, O - E and V of every trial."""
    pooled = fit.pooled
    plot = pooled.forest()
    if fit.method == "rmst":
        return plot
    group = plot.groups[0]
    trials = {trial.trial: trial for trial in fit.trials}
    rows = [
        _row(row, trials.get(row.label), weight)
        for row, weight in zip(group.rows, pooled.weights, strict=True)
    ]
    total = _total(fit)
    control, treated = (f"{arm[:1].upper()}{arm[1:]}" for arm in fit.data.arms)
    summary = plot.summary
    footer = [*plot.footer, *(n for n in fit.notes if n not in plot.footer)]
    return replace(
        plot,
        groups=(ForestGroup(rows=tuple(rows), title=group.title),),
        summary=None if summary is None else replace(summary, cells=total),
        headers=(
            f"{treated} O/N",
            f"{control} O/N",
            "O\N{NO-BREAK SPACE}−\N{NO-BREAK SPACE}E",
            "V",
        ),
        study_header="Trial",
        favours=(f"favours {treated}", f"favours {control}"),
        footer=tuple(footer),
    )


def _row(row: ForestRow, trial: TrialEffect | None, weight: float) -> ForestRow:
    """Return a trial's row with its counts."""
    if trial is None:
        return replace(row, label=f"{row.label} (summary)", cells=("", "", "", ""))
    cells = _cells(
        trial.events_t, trial.n_t, trial.events_c, trial.n_c, trial.o_minus_e, trial.v
    )
    if trial.log_hr is None and row.estimate is None:
        return replace(row, cells=cells, note=trial.note)
    return replace(row, cells=cells, weight=float(weight))


def _total(fit: TwoStageFit) -> tuple[str, ...]:
    """Return the counts of all trials with individual data."""
    trials = fit.trials
    return _cells(
        sum(t.events_t for t in trials),
        sum(t.n_t for t in trials),
        sum(t.events_c for t in trials),
        sum(t.n_c for t in trials),
        float(sum(t.o_minus_e for t in trials)),
        float(sum(t.v for t in trials)),
    )


def _cells(
    events_t: int, n_t: int, events_c: int, n_c: int, o_minus_e: float, v: float
) -> tuple[str, ...]:
    """Return the text columns of a row."""
    if np.isnan(o_minus_e):
        return f"{events_t}/{n_t}", f"{events_c}/{n_c}", "", ""
    apart = f"{o_minus_e:.1f}".replace("-", "\N{MINUS SIGN}")
    return f"{events_t}/{n_t}", f"{events_c}/{n_c}", apart, f"{v:.1f}"
