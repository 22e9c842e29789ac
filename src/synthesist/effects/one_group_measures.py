"""Measures of one group: proportions, rates, survival and measurements."""

from __future__ import annotations

from functools import partial

from synthesist.effects import (
    one_mean,
    person_time,
    proportions,
    scales,
    single_survival,
)
from synthesist.effects.derivations import group
from synthesist.effects.measure import Measure, measure
from synthesist.effects.routes import one_group, one_proportion, one_rate

one = partial(measure, "one group")

FREEMAN_TUKEY = "Freeman-Tukey results are turned back with the harmonic mean of the {}, which can mislead; prefer {}."
HEDGES = ("small_sample",)
ONE_SD = group()

PROPORTION_MEASURES: tuple[Measure, ...] = (
    one(
        "PR",
        "Proportion",
        scales.PROPORTION,
        one_proportion(proportions.proportion),
    ),
    one(
        "PLN",
        "Proportion (log)",
        scales.LOG_PROPORTION,
        one_proportion(proportions.log_proportion),
    ),
    one(
        "PLO",
        "Proportion (logit)",
        scales.LOGIT,
        one_proportion(proportions.logit_proportion),
    ),
    one(
        "PAS",
        "Proportion (arcsine)",
        scales.ARCSINE,
        one_proportion(proportions.arcsine_proportion, corrected=False),
    ),
    one(
        "PFT",
        "Proportion (Freeman-Tukey)",
        scales.DOUBLE_ARCSINE,
        one_proportion(proportions.freeman_tukey_proportion, corrected=False),
        caution=FREEMAN_TUKEY.format("group sizes", "PLO or the binomial-normal model"),
    ),
)

RATE_MEASURES: tuple[Measure, ...] = (
    one("IR", "Rate", scales.LEVEL, one_rate(person_time.rate)),
    one("IRLN", "Rate (log)", scales.LOG_LEVEL, one_rate(person_time.log_rate)),
    one(
        "IRS",
        "Rate (square root)",
        scales.ROOT,
        one_rate(person_time.root_rate, corrected=False),
    ),
    one(
        "IRFT",
        "Rate (Freeman-Tukey)",
        scales.DOUBLE_ROOT,
        one_rate(person_time.freeman_tukey_rate, corrected=False),
        caution=FREEMAN_TUKEY.format("times at risk", "IRLN"),
    ),
    one(
        "SURVLO",
        "Survival at one time (logit)",
        scales.LOGIT,
        *single_survival.at_time(single_survival.logit),
    ),
    one(
        "SURVLL",
        "Survival at one time (complementary log-log)",
        scales.MINUS_LOG_MINUS_LOG,
        *single_survival.at_time(single_survival.minus_log_minus_log),
    ),
    one(
        "MEDLN",
        "Median time",
        scales.LOG_LEVEL,
        *single_survival.MEDIAN_ROUTES,
    ),
)

LEVEL_MEASURES: tuple[Measure, ...] = (
    one("MN", "Mean", scales.LEVEL, one_group(one_mean.mean, derivations=ONE_SD)),
    one(
        "MNLN",
        "Mean (log)",
        scales.LOG_LEVEL,
        one_group(one_mean.log_mean, above_zero=True, derivations=ONE_SD),
    ),
    one(
        "SMN",
        "Standardised mean",
        scales.LEVEL,
        one_group(one_mean.standardised_mean, rules=HEDGES, derivations=ONE_SD),
    ),
    one(
        "SDLN",
        "Standard deviation (log)",
        scales.LOG_LEVEL,
        one_group(one_mean.log_standard_deviation, with_mean=False),
    ),
    one(
        "CVLN",
        "Coefficient of variation (log)",
        scales.LOG_LEVEL,
        one_group(one_mean.log_variation, above_zero=True, derivations=ONE_SD),
    ),
)
