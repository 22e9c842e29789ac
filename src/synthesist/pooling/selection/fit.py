"""A pooled effect adjusted for selection, with the selection that was estimated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from synthesist.effects import EffectTable
from synthesist.numerics.arrays import Mask, Matrix, Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.results import HypothesisTest, Interval, number, versions
from synthesist.pooling.regression.core import Criteria
from synthesist.pooling.regression.fit import criteria_dict, test_dict
from synthesist.pooling.regression.inference import Coefficient
from synthesist.pooling.selection.search import Found
from synthesist.pooling.selection.setting import Setting
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: A curve that is no weight by itself is drawn against that at this P value.
ANCHOR = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionParameter:
    """One parameter of a selection function.

    `low` and `high` are the P values or effects between which it is the weight, None
    for a parameter of a curve; `studies` is how many lie there. `se` is None where it
    was given, or lies on a bound.
    """

    name: str
    estimate: float
    se: float | None
    interval: Interval | None
    fixed: bool
    low: float | None = None
    high: float | None = None
    studies: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "name": self.name,
            "estimate": number(self.estimate),
            "se": number(self.se),
            "ci_low": number(self.interval and self.interval.lower),
            "ci_high": number(self.interval and self.interval.upper),
            "fixed": self.fixed,
            "low": number(self.low),
            "high": number(self.high),
            "studies": self.studies,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Unadjusted:
    """The same model without selection, by maximum likelihood."""

    coefficients: tuple[Coefficient, ...]
    tau2: float
    log_likelihood: float

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "coefficients": [c.to_dict() for c in self.coefficients],
            "tau2": number(self.tau2),
            "log_likelihood": number(self.log_likelihood),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerMode:
    """A maximum of the likelihood that is lower than the one that was taken."""

    coefficients: tuple[float, ...]
    tau2: float
    parameters: tuple[float, ...]
    log_likelihood: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SelectionFit:
    """Effects pooled or regressed while studies were selected by their P values.

    Coefficients and tau² are on the analysis scale and stand for the studies before
    selection. Whatever does not exist is None, and a note says why.

    Attributes
    ----------
    effects : EffectTable
    used : (n,) array of bool
        The studies with an effect and all moderators.
    k : int
        Their number.
    function : str
        Code of `SELECTION_FUNCTIONS`.
    alternative : {"greater", "less", "two-sided"}
        Which effects were favoured.
    steps : tuple of float
    formula : str
    coefficients : tuple of Coefficient
        Adjusted for selection; the mean effect where there are no moderators.
    covariance : (p, p) array
    tau2, tau2_se, tau2_interval
        The variance between studies before selection.
    parameters : tuple of SelectionParameter
    test : HypothesisTest or None
        The likelihood ratio test against no selection; None where every parameter was
        given.
    p_values : (n,) array
        By which studies were placed, NaN where a study was not used.
    unadjusted : Unadjusted
    criteria : Criteria
    lower_modes : tuple of LowerMode
    """

    effects: EffectTable
    used: Mask
    k: int
    function: str
    alternative: str
    steps: tuple[float, ...]
    formula: str
    coefficients: tuple[Coefficient, ...]
    covariance: Matrix
    tau2: float
    tau2_se: float | None
    tau2_interval: Interval | None
    parameters: tuple[SelectionParameter, ...]
    test: HypothesisTest | None
    p_values: Vector
    unadjusted: Unadjusted
    log_likelihood: float
    criteria: Criteria
    level: float
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()
    lower_modes: tuple[LowerMode, ...] = ()
    setting: Setting = field(repr=False)
    found: Found = field(repr=False)

    @property
    def estimate(self) -> float:
        """The first coefficient: the mean effect where there are no moderators."""
        return self.coefficients[0].estimate

    @property
    def se(self) -> float | None:
        """Its standard error."""
        return self.coefficients[0].se

    @property
    def interval(self) -> Interval | None:
        """Its interval."""
        return self.coefficients[0].interval

    def heterogeneity_test(self) -> HypothesisTest | None:
        """Test by the likelihood ratio whether effects differ before selection.

        Chi-squared on one degree of freedom, which is conservative as tau² cannot be
        below zero; None where tau² was taken to be zero.
        """
        from synthesist.pooling.selection.model import heterogeneity_test

        return heterogeneity_test(self)

    def weights_at(
        self, p: ArrayLike, *, level: float | None = None
    ) -> tuple[Vector, Vector, Vector]:
        """Return the weight at P values, and its pointwise limits by the delta method.

        Weights are relative to the first interval, to P values of zero, or for the
        beta function to a P value of 0.025. For a truncation `p` are effects.

        Parameters
        ----------
        p : (n,) array
        level : float, optional
            By default that of the fit.
        """
        from synthesist.pooling.selection.drawing import weights_at

        return weights_at(self, np.asarray(p, dtype=np.float64), level or self.level)

    def plot(self, **options: Any) -> Figure:
        """Draw the selection function with its band and the studies' P values."""
        from synthesist.pooling.selection.drawing import draw_selection

        return draw_selection(self, **options)

    def summary(self) -> str:
        """Return the result as text."""
        from synthesist.pooling.selection.wording import summary

        return summary(self)

    def display(self) -> dict[str, float | None]:
        """Return the mean effect as it is read, and the same without selection.

        Every value is None where there are moderators.
        """
        names = ("estimate", "ci_low", "ci_high")
        plain = ("unadjusted", "unadjusted_low", "unadjusted_high")
        if self.formula != "~ 1":
            return dict.fromkeys((*names, *plain))
        values: list[float] = []
        for c in (self.coefficients[0], self.unadjusted.coefficients[0]):
            ends = c.interval
            values += [c.estimate]
            values += [ends.lower, ends.upper] if ends else [np.nan, np.nan]
        back = self.effects.to_reading(values)
        return dict(zip((*names, *plain), map(number, back), strict=True))

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "function": self.function,
            "alternative": self.alternative,
            "steps": list(self.steps),
            "formula": self.formula,
            "k": self.k,
            "coefficients": [c.to_dict() for c in self.coefficients],
            "covariance": [[number(x) for x in row] for row in self.covariance],
            "tau2": number(self.tau2),
            "tau2_se": number(self.tau2_se),
            "tau2_low": number(self.tau2_interval and self.tau2_interval.lower),
            "tau2_high": number(self.tau2_interval and self.tau2_interval.upper),
            "parameters": [p.to_dict() for p in self.parameters],
            "test": test_dict(self.test),
            "p_values": [number(p) for p in self.p_values],
            "unadjusted": self.unadjusted.to_dict(),
            "criteria": criteria_dict(self.criteria),
            "lower_modes": [
                {
                    "coefficients": list(mode.coefficients),
                    "tau2": number(mode.tau2),
                    "parameters": list(mode.parameters),
                    "log_likelihood": number(mode.log_likelihood),
                }
                for mode in self.lower_modes
            ],
            "display": self.display(),
            "level": self.level,
            "measure": self.effects.measure.code,
            "model": "selection",
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a parameter, on the analysis scale.

        The frame is of the caller's kind; data from a file give a dictionary of
        columns, unless `backend` names pandas, polars or pyarrow.
        """
        keys = ("name", "estimate", "se", "ci_low", "ci_high")
        rows: list[dict[str, Any]] = [
            {"part": "effect", **c.to_dict()} for c in self.coefficients
        ]
        ends = self.tau2_interval
        rows.append(
            {
                "part": "heterogeneity",
                "name": "tau2",
                "estimate": self.tau2,
                "se": self.tau2_se,
                "ci_low": ends and number(ends.lower),
                "ci_high": ends and number(ends.upper),
            }
        )
        rows += [{"part": "selection", **p.to_dict()} for p in self.parameters]
        columns: dict[str, Any] = {
            key: [row[key] for row in rows] for key in ("part", *keys)
        }
        return give_back(columns, self.effects.native, backend)


def wald_interval(
    estimate: float, se: float | None, level: float, low: float, high: float
) -> Interval | None:
    """Return a normal interval cut off at the bounds of the parameter."""
    if se is None:
        return None
    half = normal_quantile(0.5 + level / 2) * se
    return Interval(
        lower=max(low, estimate - half), upper=min(high, estimate + half), level=level
    )
