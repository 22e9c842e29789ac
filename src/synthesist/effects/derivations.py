"""Cells that follow from others: standard deviations and correlations.

References
----------
Higgins JPT, Li T, Deeks JJ. Cochrane Handbook, chapter 6. 2023.
"""

from __future__ import annotations

import numpy as np

from synthesist.effects import checks, conversions, correlations
from synthesist.effects.arms import Cells
from synthesist.effects.contrasts import LEVEL, by_p_checks, interval_level
from synthesist.effects.routes import Derivation
from synthesist.effects.work import Remark, Rules
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

    def assumed(cells: Cells, rules: Rules) -> Vector:
        value = np.nan if rules.r is None else rules.r
        return np.full_like(cells[f"n{mark}"], value)

    def common(cells: Cells, rules: Rules) -> Vector:
        del rules
        return cells["r"]

    shared = Derivation(role=r, sources=("r",), compute=common, remark=NOTHING)
    return (
        *((shared,) if r != "r" else ()),
        Derivation(
            role=r, sources=(pre, post, change), compute=by_sds, remark=R_BY_SDS
        ),
        Derivation(
            role=r,
            sources=(f"n{mark}",),
            compute=assumed,
            remark=R_ASSUMED,
            needs=lambda rules: rules.r is not None,
        ),
    )
