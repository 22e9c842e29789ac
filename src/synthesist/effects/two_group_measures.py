"""Measures of two groups: events, time at risk, hazards and measurements."""

from __future__ import annotations

from functools import partial

from synthesist.effects import checks, events, hazard_ratios, means, person_time, scales
from synthesist.effects.contrasts import BY_P, by_p_checks, reported
from synthesist.effects.derivations import group
from synthesist.effects.measure import Measure, measure
from synthesist.effects.routes import columns, two_by_two, two_means, two_rates

two = partial(measure, "two groups")

HEDGES = ("small_sample",)
BONETT = ("LS", "Bonett")
BOTH_SDS = (*group("_t"), *group("_c"))
SMD_FORMS = ("LS", "LS2", "UB", "AV", "RevMan")
AREA = (checks.fraction("auc", "The area"), *checks.size("n_t"), *checks.size("n_c"))

EVENT_MEASURES: tuple[Measure, ...] = (
    two(
        "RR",
        "Risk ratio",
        scales.LOG_RATIO,
        two_by_two(events.log_risk_ratio),
        *reported("rr", "The risk ratio", log=True),
    ),
    two(
        "OR",
        "Odds ratio",
        scales.LOG_RATIO,
        two_by_two(events.log_odds_ratio),
        *reported("or", "The odds ratio", log=True),
    ),
    two(
        "RD",
        "Risk difference",
        scales.IDENTITY,
        two_by_two(events.risk_difference),
        *reported("rd", "The risk difference", log=False),
    ),
    two(
        "AS",
        "Arcsine difference",
        scales.IDENTITY,
        two_by_two(events.arcsine_difference, corrected=False),
    ),
    two(
        "PETO",
        "Odds ratio (Peto)",
        scales.LOG_RATIO,
        two_by_two(events.peto_log_odds_ratio, corrected=False),
    ),
    two("PHI", "Phi", scales.IDENTITY, two_by_two(events.phi, corrected=False)),
    two("YUQ", "Yule's Q", scales.IDENTITY, two_by_two(events.yule_q)),
    two("YUY", "Yule's Y", scales.IDENTITY, two_by_two(events.yule_y)),
    two(
        "OR2DL",
        "Standardised mean difference from the odds ratio (logistic)",
        scales.IDENTITY,
        two_by_two(events.smd_from_odds),
    ),
    two(
        "OR2DN",
        "Standardised mean difference from the odds ratio (Cox)",
        scales.IDENTITY,
        two_by_two(partial(events.smd_from_odds, ratio=events.COX)),
    ),
    two(
        "PBIT",
        "Standardised mean difference from probits",
        scales.IDENTITY,
        two_by_two(events.probit_difference),
    ),
)

TIME_MEASURES: tuple[Measure, ...] = (
    two(
        "IRR",
        "Rate ratio",
        scales.LOG_RATIO,
        two_rates(person_time.log_rate_ratio),
        *reported("irr", "The rate ratio", log=True),
    ),
    two(
        "IRD",
        "Rate difference",
        scales.IDENTITY,
        two_rates(person_time.rate_difference),
    ),
    two(
        "IRSD",
        "Difference of root rates",
        scales.IDENTITY,
        two_rates(person_time.root_rate_difference, corrected=False),
    ),
    two("HR", "Hazard ratio", scales.LOG_RATIO, *hazard_ratios.ROUTES),
)

MEAN_MEASURES: tuple[Measure, ...] = (
    two(
        "MD",
        "Mean difference",
        scales.IDENTITY,
        two_means(
            means.mean_difference,
            rules=("variance",),
            variances=("LS", "HO"),
            derivations=BOTH_SDS,
        ),
        columns(
            means.mean_difference_from_p,
            ("md", "p", "n_t", "n_c"),
            conditions=(
                *by_p_checks("md", "The mean difference", 0.0),
                *checks.size("n_t", least=2),
                *checks.size("n_c", least=2),
            ),
            sizes=("n_t", "n_c"),
            remark=BY_P,
        ),
        *reported("md", "The mean difference", log=False),
    ),
    two(
        "SMD",
        "Standardised mean difference",
        scales.IDENTITY,
        two_means(
            means.standardised_mean_difference,
            rules=(*HEDGES, "variance"),
            variances=SMD_FORMS,
            derivations=BOTH_SDS,
        ),
        columns(
            means.smd_from_t,
            ("t", "n_t", "n_c"),
            conditions=(
                *checks.size("n_t", least=2),
                *checks.size("n_c", least=2),
            ),
            rules=(*HEDGES, "variance"),
            variances=SMD_FORMS,
            sizes=("n_t", "n_c"),
        ),
        *reported("smd", "The standardised mean difference", log=False),
    ),
    two(
        "SMDH",
        "Standardised mean difference (unequal variances)",
        scales.IDENTITY,
        two_means(
            means.heteroscedastic_smd,
            rules=(*HEDGES, "variance"),
            variances=BONETT,
            derivations=BOTH_SDS,
        ),
    ),
    two(
        "SMD1",
        "Standardised mean difference (control SD)",
        scales.IDENTITY,
        two_means(means.glass_delta, rules=HEDGES, derivations=BOTH_SDS),
    ),
    two(
        "SMD1H",
        "Standardised mean difference (control SD, unequal variances)",
        scales.IDENTITY,
        two_means(
            means.heteroscedastic_glass_delta,
            rules=(*HEDGES, "variance"),
            variances=BONETT,
            derivations=BOTH_SDS,
        ),
    ),
    two(
        "ROM",
        "Ratio of means",
        scales.LOG_RATIO,
        two_means(
            means.log_ratio_of_means,
            rules=("variance", "bias_correction"),
            variances=("LS", "HO"),
            above_zero=True,
            derivations=BOTH_SDS,
        ),
        *reported("rom", "The ratio of means", log=True),
    ),
    two(
        "VR",
        "Ratio of standard deviations",
        scales.LOG_RATIO,
        two_means(means.log_variability_ratio, with_means=False),
    ),
    two(
        "CVR",
        "Ratio of coefficients of variation",
        scales.LOG_RATIO,
        two_means(means.log_variation_ratio, above_zero=True, derivations=BOTH_SDS),
    ),
    two(
        "D2ORL",
        "Odds ratio from the standardised mean difference (logistic)",
        scales.LOG_RATIO,
        two_means(means.odds_from_smd, derivations=BOTH_SDS),
    ),
    two(
        "D2ORN",
        "Odds ratio from the standardised mean difference (Cox)",
        scales.LOG_RATIO,
        two_means(partial(means.odds_from_smd, ratio=events.COX), derivations=BOTH_SDS),
    ),
    two(
        "CLES",
        "Probability of superiority",
        scales.PROBABILITY,
        two_means(means.superiority, derivations=BOTH_SDS),
    ),
    two(
        "AUC",
        "Area under the curve",
        scales.PROBABILITY,
        columns(
            means.area_under_curve,
            ("auc", "n_t", "n_c"),
            conditions=AREA,
            sizes=("n_t", "n_c"),
        ),
    ),
)
