"""Measures of groups before and after, and of patients who are their own control."""

from __future__ import annotations

from functools import partial

from synthesist.effects import change_routes, changes, checks, paired_events, scales
from synthesist.effects.change_routes import (
    before_after,
    change_alone,
    crossover,
    differences,
)
from synthesist.effects.contrasts import reported
from synthesist.effects.measure import Measure, measure
from synthesist.effects.paired_events import paired
from synthesist.effects.routes import columns

pair = partial(measure, "before-after")
two = partial(measure, "two groups")

HEDGES = ("small_sample",)
BONETT = ("LS", "Bonett")
TAKEN_APART = "Before and after were taken as independent groups: that the patients are the same is ignored, and with correlated measurements the variance is too large (SMCRP shows it)."

CHANGE_MEASURES: tuple[Measure, ...] = (
    pair(
        "MC",
        "Mean change",
        scales.IDENTITY,
        before_after(changes.mean_change),
        change_alone(changes.change_and_sd, ("mean_change", "sd_change", "n")),
        *reported("mean_change", "The mean change", log=False),
    ),
    pair(
        "SMCC",
        "Standardised mean change (SD of the change)",
        scales.IDENTITY,
        before_after(changes.paired_change, rules=HEDGES),
        change_alone(
            changes.change_over_its_sd,
            ("mean_change", "sd_change", "n"),
            rules=HEDGES,
        ),
    ),
    pair(
        "SMCR",
        "Standardised mean change (SD before)",
        scales.IDENTITY,
        change_alone(
            changes.change_from_means,
            ("mean_pre", "sd_pre", "mean_post", "n", "r"),
            rules=HEDGES,
        ),
        change_alone(
            changes.change_over_sd_before,
            ("mean_change", "sd_pre", "n", "r"),
            rules=HEDGES,
        ),
    ),
    pair(
        "SMCRH",
        "Standardised mean change (SD before, unequal variances)",
        scales.IDENTITY,
        before_after(
            changes.heteroscedastic_change,
            rules=(*HEDGES, "variance"),
            variances=BONETT,
        ),
    ),
    pair(
        "SMCRP",
        "Standardised mean change (SD before and after)",
        scales.IDENTITY,
        before_after(changes.change_over_pooled_sd, rules=HEDGES),
    ),
    pair(
        "SMCI",
        "Standardised mean change, taken as independent groups",
        scales.IDENTITY,
        columns(
            changes.independent_groups,
            ("mean_pre", "sd_pre", "mean_post", "sd_post", "n"),
            conditions=(
                *checks.spread("sd_pre", "n"),
                *checks.spread("sd_post", "n")[-1:],
            ),
            rules=(*HEDGES, "variance"),
            variances=("LS", "LS2", "UB", "RevMan"),
            derivations=change_routes.filling(),
        ),
        caution=TAKEN_APART,
    ),
    pair(
        "ROMC",
        "Ratio of means after and before",
        scales.LOG_RATIO,
        before_after(changes.log_ratio_of_change, above_zero=True),
    ),
    pair(
        "VRC",
        "Ratio of standard deviations after and before",
        scales.LOG_RATIO,
        before_after(changes.log_variability_ratio_of_change),
    ),
    pair(
        "CVRC",
        "Ratio of coefficients of variation after and before",
        scales.LOG_RATIO,
        before_after(changes.log_variation_ratio_of_change, above_zero=True),
    ),
)

DIFFERENCE_MEASURES: tuple[Measure, ...] = (
    two(
        "DMC",
        "Difference of mean changes",
        scales.IDENTITY,
        differences(changes.mean_change),
        change_routes.differences_of_change(changes.change_and_sd),
    ),
    two(
        "DSMCC",
        "Difference of standardised mean changes (SD of the change)",
        scales.IDENTITY,
        differences(changes.paired_change, rules=HEDGES),
        change_routes.differences_of_change(changes.change_over_its_sd, rules=HEDGES),
    ),
    two(
        "DSMCR",
        "Difference of standardised mean changes (SD before)",
        scales.IDENTITY,
        change_routes.differences_by_sd_before(rules=HEDGES),
    ),
    two(
        "DSMCRH",
        "Difference of standardised mean changes (SD before, unequal variances)",
        scales.IDENTITY,
        differences(
            changes.heteroscedastic_change,
            rules=(*HEDGES, "variance"),
            variances=BONETT,
        ),
    ),
    two(
        "DSMCRP",
        "Difference of standardised mean changes (SD before and after)",
        scales.IDENTITY,
        differences(changes.change_over_pooled_sd, rules=HEDGES),
    ),
    two(
        "DPPC2",
        "Difference of mean changes over the pooled SD before",
        scales.IDENTITY,
        change_routes.pooled_before(rules=HEDGES),
    ),
    two(
        "DROMC",
        "Ratio of the ratios of means after and before",
        scales.LOG_RATIO,
        differences(changes.log_ratio_of_change, above_zero=True),
    ),
)

PAIRED_MEASURES: tuple[Measure, ...] = (
    pair(
        "MPRR",
        "Risk ratio of matched pairs",
        scales.LOG_RATIO,
        paired(paired_events.marginal_log_risk_ratio),
    ),
    pair(
        "MPOR",
        "Odds ratio of matched pairs",
        scales.LOG_RATIO,
        paired(paired_events.marginal_log_odds_ratio),
    ),
    pair(
        "MPRD",
        "Risk difference of matched pairs",
        scales.IDENTITY,
        paired(paired_events.marginal_risk_difference),
    ),
    pair(
        "MPORC",
        "Odds ratio within matched pairs",
        scales.LOG_RATIO,
        paired(paired_events.conditional_log_odds_ratio),
    ),
    pair(
        "MPPETO",
        "Odds ratio within matched pairs (Peto)",
        scales.LOG_RATIO,
        paired(paired_events.conditional_peto, corrected=False),
    ),
    pair(
        "MPORM",
        "Odds ratio of matched pairs, from the margins",
        scales.LOG_RATIO,
        paired_events.by_margins(),
    ),
    pair(
        "MDX",
        "Mean difference in a crossover",
        scales.IDENTITY,
        crossover(changes.mean_change),
    ),
    pair(
        "SMDX",
        "Standardised mean difference in a crossover",
        scales.IDENTITY,
        crossover(changes.crossover_smd, rules=HEDGES),
    ),
)
