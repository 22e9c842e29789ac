"""Interactions become a forest plot: subgroups floating, their test beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from synthesist.figures import ForestGroup, ForestPlot, ForestRow, ForestSummary
from synthesist.survival.wording import p_value, percent

if TYPE_CHECKING:
    from synthesist.ipd.interaction import InteractionFit
    from synthesist.ipd.one_stage import OneStageFit


def interaction_forest(
    fits: Sequence[InteractionFit], overall: OneStageFit | None = None
) -> ForestPlot:
    """Return the forest plot of several covariates.

    Parameters
    ----------
    overall : OneStageFit, optional
        The hazard ratio of all patients, shown under the subgroups.
    """
    level = fits[0].level
    summary = None
    if overall is not None:
        low, at, high = np.exp(
            [overall.interval.lower, overall.log_hr, overall.interval.upper]
        ).tolist()
        summary = ForestSummary(
            label="All patients",
            estimate=at,
            low=low,
            high=high,
            cells=(str(len(overall.data)), str(int(overall.data.event.sum())), ""),
        )
    notes = [note for fit in fits for note in fit.notes]
    arms = fits[0].data.arms
    return ForestPlot(
        groups=tuple(_group(fit) for fit in fits),
        summary=summary,
        headers=("Patients", "Events", "Interaction"),
        effect_label="Hazard ratio",
        effect_short="HR",
        interval_label=f"{percent(level)} CI",
        study_header="Subgroup",
        no_effect=1.0,
        log=True,
        favours=(f"favours {arms[1]}", f"favours {arms[0]}"),
        footer=(
            "Interactions are estimated within trials and pooled; the subgroups' hazard ratios float on them.",
            *dict.fromkeys(notes),
        ),
    )


def _group(fit: InteractionFit) -> ForestGroup:
    """Return the subgroups of one covariate, its test in the first row."""
    rows: list[ForestRow] = []
    for i, group in enumerate(fit.subgroups):
        interval = group.interval(fit.level)
        low, at, high = np.exp([interval.lower, group.log_hr, interval.upper]).tolist()
        rows.append(
            ForestRow(
                label=group.label,
                cells=(
                    "" if group.n is None else str(group.n),
                    "" if group.events is None else str(group.events),
                    p_value(fit.test.p) if i == 0 else "",
                ),
                estimate=at,
                low=low,
                high=high,
            )
        )
    return ForestGroup(title=fit.pieces.covariate, rows=tuple(rows))
