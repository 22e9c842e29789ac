"""A fitted Cox model, and everything that can be asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.results import HypothesisTest, Interval, number, versions
from synthesist.survival.data import SurvivalData
from synthesist.survival.likelihood import Design
from synthesist.survival.risksets import RiskSets
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.figures import ForestPlot
    from synthesist.survival.baseline import BaselineHazard
    from synthesist.survival.concordance import Concordance
    from synthesist.survival.proportionality import ProportionalityTest


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CoxModel:
    """Patients, risk sets and centred covariates of a model.

    Attributes
    ----------
    x : (p, n) array
        In the order of the risk sets.
    means : (p,) array
        What was subtracted from each covariate.
    """

    data: SurvivalData
    sets: RiskSets
    names: tuple[str, ...]
    x: Matrix
    means: Vector
    ties: str

    @property
    def design(self) -> Design:
        """Return the covariates as a likelihood takes them."""
        return Design(x=self.x, parameters=len(self.names))

    @property
    def efron(self) -> bool:
        """Say whether ties are handled by Efron's method, not by Breslow's.

        Raises
        ------
        InvalidInput
            If they are handled by neither: then there are no residuals.
        """
        if self.ties not in {"efron", "breslow"}:
            raise InvalidInput(
                f"There are no residuals and no baseline hazard with the ties {self.ties}.",
                remedy="fit the model with the ties efron",
            )
        return self.ties == "efron"

    def take(self, kept: Indices) -> CoxModel:
        """Return the model of some of its covariates."""
        return replace(
            self,
            names=tuple(self.names[int(j)] for j in kept),
            x=self.x[kept],
            means=self.means[kept],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CoxFit:
    """A Cox model: log hazard ratios with their covariance, tests and notes.

    Attributes
    ----------
    names : tuple of str
        One for each coefficient.
    estimate : (p,) array
        Log hazard ratios; log odds ratios with the ties ``discrete``.
    covariance, model_covariance : (p, p) arrays
        The one that is reported, robust when that was asked for, and the inverse
        of the information.
    loglik : (float, float)
        Without any effect, and at the estimate.
    tests : mapping of HypothesisTest
        Of no effect at all: likelihood ratio, Wald, score.
    strata, informative : int
        Number of strata, and of those with an event.
    """

    names: tuple[str, ...]
    estimate: Vector
    covariance: Matrix
    model_covariance: Matrix
    loglik: tuple[float, float]
    tests: Mapping[str, HypothesisTest]
    n: int
    events: int
    strata: int
    informative: int
    ties: str
    firth: bool
    robust: bool
    steps: int
    level: float
    model: CoxModel
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<CoxFit: {', '.join(self.names)}; {self.n} patients, {self.events} events>"

    @property
    def se(self) -> Vector:
        """Return standard errors (p,)."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def p(self) -> Vector:
        """Return two-sided P values (p,) of Wald's test."""
        from scipy.special import ndtr

        return 2 * ndtr(-np.abs(self.estimate / self.se))

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """Return Wald's intervals of the log hazard ratios."""
        half = normal_quantile((1 + self.level) / 2) * self.se
        return tuple(
            Interval(lower=float(b - h), upper=float(b + h), level=self.level)
            for b, h in zip(self.estimate, half, strict=True)
        )

    def index(self, name: str) -> int:
        """Return the place of a coefficient.

        Raises
        ------
        InvalidInput
            If there is none of that name.
        """
        if name not in self.names:
            raise InvalidInput(
                f"The model has no coefficient {name}.",
                remedy=f"its coefficients are {', '.join(self.names)}",
            )
        return self.names.index(name)

    def profile(self, name: str, level: float | None = None) -> Interval:
        """Return the profile-likelihood interval of one coefficient."""
        from synthesist.survival.profile import profile_interval

        return profile_interval(self, self.index(name), level or self.level)

    def residuals(self, kind: str = "martingale") -> Vector:
        """Return residuals of a kind, one for each patient in the order of the input.

        Patients without a covariate have none. See
        `synthesist.survival.residuals.RESIDUALS` for the kinds.
        """
        from synthesist.survival.residuals import residuals

        return residuals(self, kind)

    def proportional_hazards(self, transform: str = "km") -> ProportionalityTest:
        """Test whether the hazards are proportional."""
        from synthesist.survival.proportionality import proportionality_test

        return proportionality_test(self, transform)

    def baseline(self, at: Mapping[str, float] | None = None) -> BaselineHazard:
        """Return cumulative hazards by stratum, by default where every covariate is 0."""
        from synthesist.survival.baseline import baseline_hazard

        return baseline_hazard(self, at or {})

    def concordance(self) -> Concordance:
        """Return how often the patient with the higher predicted risk fails first."""
        from synthesist.survival.concordance import concordance

        return concordance(self)

    def forest(self) -> ForestPlot:
        """Return the hazard ratios as a forest plot, as data."""
        from synthesist.survival.drawing import coefficient_forest

        return coefficient_forest(self)

    def plot(self) -> Figure:
        """Draw the hazard ratios."""
        from synthesist.figures import forest

        return forest(self.forest())

    def plot_schoenfeld(self, name: str = "treated", **options: Any) -> Figure:
        """Draw how one effect goes along time."""
        from synthesist.survival.drawing import draw_schoenfeld

        return draw_schoenfeld(self, name, **options)

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each coefficient."""
        return [
            {
                "name": name,
                "log_hr": number(estimate),
                "se": number(se),
                "ci_low": number(interval.lower),
                "ci_high": number(interval.upper),
                "p": number(p),
            }
            for name, estimate, se, interval, p in zip(
                self.names,
                self.estimate,
                self.se,
                self.intervals,
                self.p,
                strict=True,
            )
        ]

    def to_frame(self, backend: str | None = None) -> Any:
        """Return hazard ratios with intervals, one row a coefficient."""
        rows = self.rows()
        columns: dict[str, Sequence[Any]] = {"name": [row["name"] for row in rows]}
        columns["hr"] = [float(np.exp(row["log_hr"])) for row in rows]
        columns["ci_low"] = [float(np.exp(row["ci_low"])) for row in rows]
        columns["ci_high"] = [float(np.exp(row["ci_high"])) for row in rows]
        columns["p"] = [row["p"] for row in rows]
        return give_back(columns, self.model.data.native, backend)

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "coefficients": self.rows(),
            "covariance": self.covariance.tolist(),
            "loglik_null": self.loglik[0],
            "loglik": self.loglik[1],
            "tests": {
                name: {"statistic": t.statistic, "df": t.df, "p": t.p}
                for name, t in self.tests.items()
            },
            "n": self.n,
            "events": self.events,
            "strata": self.strata,
            "ties": self.ties,
            "firth": self.firth,
            "robust": self.robust,
            "level": self.level,
            "notes": list(self.notes),
            "versions": versions(),
        }

    def summary(self) -> str:
        """Return the hazard ratios, the tests and the notes as text."""
        from synthesist.survival.wording import cox_summary

        return cox_summary(self)
