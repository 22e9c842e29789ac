"""From the columns of results.csv to the role columns by which effects are computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from synthesist.review.evidence import Result

#: Which row of results.csv a role is taken from: that of an arm, of one before
#: treatment, or the one that compares two arms.
Origin = Literal[
    "treated",
    "control",
    "contrast",
    "arm",
    "before treated",
    "before control",
    "before",
]

#: Role columns that are called otherwise in results.csv.
COLUMNS = {
    "time": "person_time",
    "surv": "surv_percent",
    "se_surv": "se",
    "md": "mean",
    "se_change": "se",
    "ci_low_change": "ci_low",
    "ci_high_change": "ci_high",
    "p_change": "p",
}

#: The same for effects that are ready made.
READY_MADE = {"yi": "mean", "sei": "se"}

#: What `values = "change"` puts in place of the values at the end.
CHANGES = {"mean": "mean_change", "sd": "sd_change"}

#: What a row says of the certainty of the one statistic it gives of its arm.
UNCERTAINTY = frozenset({"se", "ci_low", "ci_high", "p"})

#: Role columns that say nothing of a result when only they are filled.
SIZES = frozenset(
    {"n", "n_t", "n_c", "time", "time_t", "time_c", "r", "r_t", "r_c", "ci_level"}
)

#: The correlations between before and after, which a plan may assume.
CORRELATIONS = ("r", "r_t", "r_c")


@dataclass(frozen=True, slots=True)
class Role:
    """One role column: the row and the column of results.csv it is taken from.

    `statistic` is the column whose uncertainty it holds, empty where that is no
    question: a row has one column for standard errors, and whose error it is shows
    in what else the row gives.
    """

    name: str
    origin: Origin
    column: str
    statistic: str = ""

    def belongs_to(self, result: Result) -> bool:
        """Tell whether the column of a result is about the statistic meant."""
        if not self.statistic:
            return True
        given = "mean_change" if result.mean is None else "mean"
        return given == self.statistic and getattr(result, given) is not None


def find_role(
    name: str, design: str, values: str = "final", *, derived: bool = False
) -> Role:
    """Return where a role column of a measure of some design is taken from.

    A `derived` one serves only to compute another, such as a standard error from
    which a standard deviation follows.
    """
    base = name.removesuffix("_t").removesuffix("_c")
    side = name[len(base) :]
    column = base.removesuffix("_pre").removesuffix("_post")
    before = base.endswith("_pre")
    origin: Origin
    if side == "_t":
        origin = "before treated" if before else "treated"
    elif side == "_c":
        origin = "before control" if before else "control"
    elif design == "two groups":
        origin = "contrast"
    else:
        origin = "before" if before else "arm"
    column = COLUMNS.get(column, column)
    if design == "generic":
        column = READY_MADE.get(column, column)
    change = "_change" in base or (values == "change" and bool(side))
    if values == "change" and side:
        column = CHANGES.get(column, column)
    statistic = ""
    if derived and column in UNCERTAINTY:
        statistic = "mean_change" if change else "mean"
    return Role(name, origin, column, statistic)
