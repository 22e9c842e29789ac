"""Cells that follow from others: standard deviations and correlations.

References
----------
Higgins JPT, Li T, Deeks JJ. Cochrane Handbook, chapter 6. 2023.
Furukawa TA et al. J Clin Epidemiol 2006;59:7. doi:10.1016/j.jclinepi.2005.06.006
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from synthesist.effects import checks, conversions, correlations
from synthesist.effects.arms import Cells
from synthesist.effects.checks import Check
from synthesist.effects.contrasts import LEVEL, by_p_checks, interval_level
from synthesist.effects.medians import Quantiles, is_skewed, wan_shi_sd
from synthesist.effects.routes import Derivation
from synthesist.effects.skewed_medians import MEDIAN_METHODS
from synthesist.effects.work import Mask, Remark, Rules
from synthesist.tables import Vector

#: Where a cell follows without a choice or a loss.
NOTHING = Remark("")
SD_BY_SE = Remark(
    "SD from the standard error",
    "The standard deviation of {studies} was computed from the standard error.",
)
SD_BY_INTERVAL = Remark(
    "SD from the interval",
    "The standard deviation of {studies} was computed from the confidence interval of the mean.",
)
SD_BY_P = Remark(
    "SD from the P value",
    "The standard deviation of {studies} was computed from a P value, so its rounding is that of the P value.",
)
BY_QUANTILES = Remark(
    "mean and SD from the median",
    "Mean and standard deviation of {studies} were computed from median and quartiles or range.",
)
SD_BY_RANGE = Remark(
    "SD from range or quartiles",
    "The standard deviation of {studies} was computed from range or quartiles.",
)
SKEWED = Remark(
    "skewed data",
    "The data of {studies} are skewed by Shi's test, so a mean from the median is doubtful.",
)
SD_BORROWED = Remark(
    "SD taken from the other studies",
    "The standard deviation of {studies} was not reported and is taken from the other studies.",
)

#: Which standard deviation of the other studies is taken: Furukawa 2006 pools.
MISSING_SD = ("pooled", "largest", "median")
R_BY_SDS = Remark(
    "r from the SD of the change",
    "The correlation of {studies} was computed from the standard deviations before, after and of the change.",
)
R_ASSUMED = Remark(
    "r assumed",
    "The correlation of {studies} was not given and taken as assumed; see how the answer depends on it (sweep_r).",
)


def sd_of_group(mark: str = "", n: str = "") -> tuple[Derivation, ...]:
    """Return how the standard deviation of a group follows; `mark` ends its columns."""
    sd, se, size = f"sd{mark}", f"se{mark}", n or f"n{mark}"
    low, high = f"ci_low{mark}", f"ci_high{mark}"

    def by_se(cells: Cells, rules: Rules) -> Vector:
        del rules
        return conversions.sd_from_se(cells[se], cells[size])

    def by_interval(cells: Cells, rules: Rules) -> Vector:
        level = interval_level(cells, rules)
        return conversions.sd_from_interval(cells[low], cells[high], cells[size], level)

    return (
        Derivation(
            role=sd,
            sources=(se, size),
            compute=by_se,
            remark=SD_BY_SE,
            checks=(checks.positive(se, "The standard error"),),
        ),
        Derivation(
            role=sd,
            sources=(low, high, size),
            compute=by_interval,
            remark=SD_BY_INTERVAL,
            checks=(checks.ordered(low, high, "the interval"), LEVEL),
            optional=("ci_level",),
        ),
    )


def moments_of_group(mark: str = "") -> tuple[Derivation, ...]:
    """Return how mean and standard deviation follow from median, quartiles and range."""
    n, median = f"n{mark}", f"median{mark}"
    ends, quartiles = (f"min{mark}", f"max{mark}"), (f"q1{mark}", f"q3{mark}")
    ways = ((*ends, *quartiles), quartiles, ends)
    return tuple(
        derivation
        for known in ways
        for derivation in _moments(mark, (n, median, *known))
    )


def _moments(mark: str, sources: tuple[str, ...]) -> tuple[Derivation, ...]:
    """Return how both moments follow from some of the quantiles."""

    def quantiles(cells: Cells, known: tuple[str, ...] = sources) -> Quantiles:
        roles = {
            "n": f"n{mark}",
            "median": f"median{mark}",
            "minimum": f"min{mark}",
            "q1": f"q1{mark}",
            "q3": f"q3{mark}",
            "maximum": f"max{mark}",
        }
        return Quantiles(
            **{name: cells[role] for name, role in roles.items() if role in known}
        )

    def skewed(cells: Cells) -> Mask:
        return is_skewed(quantiles(cells))

    def moment(which: int) -> Callable[[Cells, Rules], Vector]:
        return lambda cells, rules: MEDIAN_METHODS[rules.medians](quantiles(cells))[
            which
        ]

    def spread(cells: Cells, rules: Rules) -> Vector:
        del rules
        return wan_shi_sd(quantiles(cells, without_median))

    in_order = [
        role
        for role in (
            f"min{mark}",
            f"q1{mark}",
            f"median{mark}",
            f"q3{mark}",
            f"max{mark}",
        )
        if role in sources
    ]
    ordered = tuple(checks.not_falling(low, high) for low, high in pairwise(in_order))
    conditions = (*checks.size(f"n{mark}", least=5), *ordered)
    without_median = tuple(role for role in sources if role != f"median{mark}")
    return (
        Derivation(
            role=f"mean{mark}",
            sources=sources,
            compute=moment(0),
            remark=BY_QUANTILES,
            checks=conditions,
            needs=_converts,
            flags=((SKEWED, skewed),),
            advice="convert the median with the option medians",
            rule="medians",
        ),
        Derivation(
            role=f"sd{mark}",
            sources=sources,
            compute=moment(1),
            remark=BY_QUANTILES,
            checks=conditions,
            needs=_converts,
            advice="convert the median with the option medians",
            rule="medians",
        ),
        # A mean that is printed with a range or with quartiles.
        Derivation(
            role=f"sd{mark}",
            sources=without_median,
            compute=spread,
            remark=SD_BY_RANGE,
            checks=(*checks.size(f"n{mark}", least=5), *_spreads(without_median)),
            needs=_converts,
            advice="convert range or quartiles with the option medians",
            rule="medians",
        ),
    )


def _spreads(sources: tuple[str, ...]) -> tuple[Check, ...]:
    """Check that the ends of what is printed lie apart."""
    named = {role.partition("_")[0]: role for role in sources}
    pairs = (("min", "max"), ("q1", "q3"))
    return tuple(
        checks.ordered(named[low], named[high], "the range")
        for low, high in pairs
        if low in named
    )


def _converts(rules: Rules) -> bool:
    """Return whether medians are to be converted."""
    return rules.medians in MEDIAN_METHODS


def imputed_sd(mark: str = "") -> tuple[Derivation, ...]:
    """Return how a standard deviation is taken from the other studies."""
    sd, n = f"sd{mark}", f"n{mark}"

    def borrowed(cells: Cells, rules: Rules) -> Vector:
        known = ~np.isnan(cells[sd]) & ~np.isnan(cells[n])
        if not known.any():
            return np.full_like(cells[n], np.nan)
        values, df = cells[sd][known], cells[n][known] - 1
        if rules.missing_sd == "largest":
            value = values.max()
        elif rules.missing_sd == "median":
            value = np.median(values)
        else:
            value = np.sqrt((df * np.square(values)).sum() / df.sum())
        return np.full_like(cells[n], float(value))

    return (
        Derivation(
            role=sd,
            sources=(f"mean{mark}", n),
            compute=borrowed,
            remark=SD_BORROWED,
            needs=lambda rules: rules.missing_sd in MISSING_SD,
            whole=True,
            advice="take it from the other studies with the option missing_sd",
            rule="missing_sd",
        ),
    )


def group(mark: str = "") -> tuple[Derivation, ...]:
    """Return every way in which mean and standard deviation of a group follow."""
    return (*sd_of_group(mark), *moments_of_group(mark), *imputed_sd(mark))


def sd_of_change(mark: str = "") -> tuple[Derivation, ...]:
    """Return how the standard deviation of the change follows."""
    change, p, n = f"mean_change{mark}", f"p_change{mark}", f"n{mark}"

    def by_p(cells: Cells, rules: Rules) -> Vector:
        del rules
        return conversions.sd_from_change_p(cells[change], cells[p], cells[n])

    return (
        *sd_of_group(f"_change{mark}", n),
        Derivation(
            role=f"sd_change{mark}",
            sources=(change, p, n),
            compute=by_p,
            remark=SD_BY_P,
            checks=by_p_checks(change, "The mean change", 0.0, p),
        ),
    )


def correlation_from_t(cells: Cells, rules: Rules) -> Vector:
    """Return partial correlations from the t of one of m predictors."""
    del rules
    return correlations.partial_from_t(cells["t"], cells["n"], cells["m"])


PARTIAL = (
    Derivation(
        role="r", sources=("t", "n", "m"), compute=correlation_from_t, remark=NOTHING
    ),
)


def correlation(mark: str = "", r: str = "r") -> tuple[Derivation, ...]:
    """Return how the correlation of before and after follows, or is assumed."""
    pre, post, change = f"sd_pre{mark}", f"sd_post{mark}", f"sd_change{mark}"

    def by_sds(cells: Cells, rules: Rules) -> Vector:
        del rules
        return conversions.correlation_from_sds(cells[pre], cells[post], cells[change])

    def common(cells: Cells, rules: Rules) -> Vector:
        del rules
        return cells["r"]

    shared = Derivation(role=r, sources=("r",), compute=common, remark=NOTHING)
    return (
        *((shared,) if r != "r" else ()),
        Derivation(
            role=r, sources=(pre, post, change), compute=by_sds, remark=R_BY_SDS
        ),
        assumed_correlation(f"n{mark}", r),
    )


def assumed_correlation(n: str, r: str = "r") -> Derivation:
    """Return how a correlation is assumed that nobody reports."""

    def assumed(cells: Cells, rules: Rules) -> Vector:
        value = np.nan if rules.r is None else rules.r
        return np.full_like(cells[n], value)

    return Derivation(
        role=r,
        sources=(n,),
        compute=assumed,
        remark=R_ASSUMED,
        needs=lambda rules: rules.r is not None,
        advice="give one value for all with the option r",
        rule="r",
    )
