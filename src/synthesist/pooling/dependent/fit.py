"""A fitted model with dependent effects, with everything needed to read and check it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from synthesist.effects import EffectTable
from synthesist.numerics.arrays import Mask, Matrix, Vector
from synthesist.numerics.results import HypothesisTest, number, versions
from synthesist.pooling.dependent.components import Component
from synthesist.pooling.dependent.estimate import Estimated
from synthesist.pooling.regression.contrast_rows import contrast_rows
from synthesist.pooling.regression.core import Criteria
from synthesist.pooling.regression.fit import criteria_dict, test_dict
from synthesist.pooling.regression.inference import Coefficient, Inference
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.pooling.dependent.blups import GroupEffects
    from synthesist.pooling.dependent.influence import ClusterInfluence
    from synthesist.pooling.dependent.predictions import DependentPredictions
    from synthesist.pooling.dependent.robust import RobustFit
    from synthesist.pooling.dependent.wild_bootstrap import WildBootstrap


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DependentFit:
    """A multilevel or multivariate meta-analysis.

    Coefficients and variances are on the analysis scale, shares in per cent. Whatever
    does not exist is None, and a note says why.

    Attributes
    ----------
    effects : EffectTable
        What was analysed, with the rows that were left out.
    used : (n,) array of bool
        The rows with an effect, all moderators and all groups.
    k : int
        Their number.
    model : str
        ``multilevel`` or ``multivariate``.
    coefficients : tuple of Coefficient
    covariance : (p, p) array
        Of the coefficients.
    components : tuple of Component
        Variances between groups and correlations within them.
    test : HypothesisTest or None
        Of all moderators; of all coefficients where there is no constant.
    terms : mapping of HypothesisTest
        The same for each term of the formula.
    i2 : mapping of float
        Per cent of the variance of a single effect that lies in each factor, for
        every inner level where the factor's variances differ; ``total`` is their sum.
    q, q_df, q_p : float
        The test whether effects scatter more than their sampling errors explain.
    criteria : Criteria
        Of the full likelihood; `restricted_criteria` of the restricted one.
    weights : (n,) array
        Per cent: how much each row counts in the mean, 0 where it was not used.
    method : str
        ``REML`` or ``ML``.
    """

    effects: EffectTable
    used: Mask
    k: int
    model: str
    formula: str
    coefficients: tuple[Coefficient, ...]
    covariance: Matrix
    components: tuple[Component, ...]
    test: HypothesisTest | None
    terms: Mapping[str, HypothesisTest | None]
    i2: Mapping[str, float]
    q: float
    q_df: int
    q_p: float
    criteria: Criteria
    restricted_criteria: Criteria
    weights: Vector
    method: str
    level: float
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()
    inference: Inference = field(repr=False)
    estimated: Estimated = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coefficients."""
        return self.estimated.model.design.names

    @property
    def estimate(self) -> Vector:
        """The coefficients (p,)."""
        return np.array([c.estimate for c in self.coefficients])

    @property
    def se(self) -> Vector:
        """Their standard errors (p,)."""
        return np.sqrt(np.diagonal(self.covariance))

    @property
    def log_likelihood(self) -> float:
        """The log-likelihood that was maximised."""
        found = self.criteria if self.method == "ML" else self.restricted_criteria
        return found.log_likelihood

    @property
    def fitted(self) -> Vector:
        """What the moderators predict for each row (n,), NaN where it was not used."""
        return self._in_place(self.estimated.model.X @ self.estimate)

    @property
    def residuals(self) -> Vector:
        """Effects less what is predicted (n,), NaN where a row was not used."""
        return np.where(self.used, self.effects.y - self.fitted, np.nan)

    def component(self, term: str, *levels: str) -> float:
        """Return the variance of a factor, or the correlation of two of its levels.

        Raises
        ------
        InvalidInput
            If there is no such component.
        """
        from synthesist.pooling.dependent.wording import find_component

        return find_component(self, term, levels).value

    def contrast(
        self, rows: ArrayLike | Mapping[str, float] | Sequence[str]
    ) -> HypothesisTest:
        """Test whether combinations of the coefficients are all zero.

        Parameters
        ----------
        rows : (l, p) array, mapping or sequence of str
            As a matrix, as one combination by coefficients' names, or as the names
            of coefficients that are tested together.

        Raises
        ------
        InvalidInput
            If a name is not known, or the matrix has another width.
        NotEstimable
            If one combination follows from others.
        """
        return self.inference.test(self.estimate, contrast_rows(rows, self.names))

    def profiled(self) -> DependentFit:
        """Return the fit with an interval for every component, by profile likelihood.

        References
        ----------
        Hardy RJ, Thompson SG. Stat Med 1996;15:619.
        doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A
        """
        from synthesist.pooling.dependent.profile import with_intervals

        return with_intervals(self)

    def profile(
        self, term: str, *levels: str, points: ArrayLike | None = None
    ) -> tuple[Vector, Vector]:
        """Return values of a component and the likelihood, all else at its best.

        Parameters
        ----------
        term, *levels : str
            As for `component`.
        points : (m,) array, optional
            By default around the interval.

        Returns
        -------
        (m,) array, (m,) array
            The values, and the log-likelihood that was maximised.

        Raises
        ------
        InvalidInput
            If there is no such component, or it cannot take such a value.
        """
        from synthesist.pooling.dependent.profile import curve
        from synthesist.pooling.dependent.wording import find_component

        at = None if points is None else np.asarray(points, dtype=np.float64)
        return curve(self, find_component(self, term, levels), at)

    def plot_profile(self, term: str, *levels: str, **options: Any) -> Figure:
        """Draw the profile likelihood of a component with its interval."""
        from synthesist.pooling.dependent.drawing import draw_profile
        from synthesist.pooling.dependent.wording import find_component

        return draw_profile(self, find_component(self, term, levels), **options)

    def explained(self, null: str | None = None) -> dict[str, float | None]:
        """Return R² for each component of variance, in per cent.

        That is how much smaller it is than in a model without the moderators, not
        below 0, and None where it is zero there.

        Parameters
        ----------
        null : str, optional
            The formula without the moderators, by default the constant alone, or
            one mean for each inner level of a multivariate model.
        """
        from synthesist.pooling.dependent.heterogeneity import explained

        return explained(self, null)

    def group_effects(self) -> tuple[GroupEffects, ...]:
        """Return the best linear unbiased predictions of all groups, by factor."""
        from synthesist.pooling.dependent.blups import group_effects

        return group_effects(self)

    def predict(
        self,
        data: Any = None,
        *,
        level: float | None = None,
        of: str | Sequence[str] | None = None,
    ) -> DependentPredictions:
        """Return the mean effect, and that of a new effect, at given moderators.

        Parameters
        ----------
        data : frame, path or mapping of columns
            The moderators, one row a prediction, with the inner level of a
            multivariate model where its variances differ; by default the rows that
            were used.
        level : float, optional
            Confidence level, by default that of the fit.
        of : str or sequence of str, optional
            The factors whose groups are new; by default all. ``"district"`` predicts
            the mean of a new district.

        Raises
        ------
        InvalidInput
            If a moderator or factor is missing.
        """
        from synthesist.pooling.dependent.predictions import predict

        return predict(self, data, level=level, of=of)

    def influence(self, cluster: str | None = None) -> ClusterInfluence:
        """Return what each cluster does to the model, by leaving it out.

        Parameters
        ----------
        cluster : str, optional
            A factor of the model, a column, a path of columns such as
            ``district/school``, or ``row``; by default the factor with the fewest
            groups.
        """
        from synthesist.pooling.dependent.influence import cluster_influence

        return cluster_influence(self, cluster)

    def robust(
        self,
        cluster: str | None = None,
        *,
        kind: str = "CR2",
        level: float | None = None,
    ) -> RobustFit:
        """Return tests and intervals that do not rest on the random part.

        Parameters
        ----------
        cluster : str, optional
            As for `influence`: effects of different clusters are independent.
        kind : {"CR0", "CR1", "CR1p", "CR2"}
            The correction for few clusters.
        level : float, optional
            Confidence level, by default that of the fit.
        """
        from synthesist.pooling.dependent.robust import robust

        return robust(self, cluster, kind=kind, level=level)

    def wild_bootstrap(
        self,
        rows: ArrayLike | Mapping[str, float] | Sequence[str],
        cluster: str | None = None,
        *,
        draws: int = 1999,
        seed: int = 0,
    ) -> WildBootstrap:
        """Test combinations of coefficients by the wild cluster bootstrap.

        Parameters
        ----------
        rows
            As for `contrast`.
        cluster : str, optional
            As for `robust`.
        draws, seed : int
            Number of random signs and their start; all signs are taken, and the test
            is exact in that sense, where there are no more than `draws`.
        """
        from synthesist.pooling.dependent.wild_bootstrap import wild_bootstrap

        return wild_bootstrap(self, rows, cluster, draws=draws, seed=seed)

    def plot(self, moderator: str | None = None, **options: Any) -> Figure:
        """Draw effects over a numeric moderator, or else as a forest by cluster."""
        from synthesist.pooling.dependent.drawing import draw

        return draw(self, moderator, **options)

    def summary(self) -> str:
        """Return the result as text."""
        from synthesist.pooling.dependent.wording import summary

        return summary(self)

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        effects, fitted, residuals = self.effects, self.fitted, self.residuals
        return {
            "model": self.model,
            "formula": self.formula,
            "k": self.k,
            "coefficients": [c.to_dict() for c in self.coefficients],
            "covariance": [[number(x) for x in row] for row in self.covariance],
            "components": [c.to_dict() for c in self.components],
            "test": test_dict(self.test),
            "terms": {name: test_dict(test) for name, test in self.terms.items()},
            "i2": {name: number(x) for name, x in self.i2.items()},
            "q": number(self.q),
            "q_df": self.q_df,
            "q_p": number(self.q_p),
            "criteria": criteria_dict(self.criteria),
            "restricted_criteria": criteria_dict(self.restricted_criteria),
            "method": self.method,
            "level": self.level,
            "measure": effects.measure.code,
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "rows": [
                {
                    "study": effects.study[i],
                    "y": number(effects.y[i]),
                    "v": number(effects.v[i]),
                    "weight": number(self.weights[i]),
                    "fitted": number(fitted[i]),
                    "residual": number(residuals[i]),
                    "included": bool(self.used[i]),
                }
                for i in range(len(effects))
            ],
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a coefficient, on the analysis scale."""
        rows = [c.to_dict() for c in self.coefficients]
        columns: dict[str, Any] = {key: [row[key] for row in rows] for key in rows[0]}
        return give_back(columns, self.effects.native, backend)

    def _in_place(self, values: Vector) -> Vector:
        """Return values of the rows used (k,) among all rows (n,)."""
        everywhere = np.full(len(self.effects), np.nan)
        everywhere[self.used] = values
        return everywhere
