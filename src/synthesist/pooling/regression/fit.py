"""A meta-regression, with everything needed to read, report and check it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from synthesist.effects import EffectTable
from synthesist.numerics.arrays import Mask, Matrix, Vector
from synthesist.numerics.results import HypothesisTest, Interval, number, versions
from synthesist.pooling.regression.core import Core, Criteria
from synthesist.pooling.regression.design import Design
from synthesist.pooling.regression.inference import Coefficient, Inference
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.pooling.regression.imputation import Imputed
    from synthesist.pooling.regression.influence import Influence
    from synthesist.pooling.regression.permutation import PermutationTest
    from synthesist.pooling.regression.predictions import Predictions


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegressionFit:
    """A meta-regression.

    Coefficients and tau² are on the analysis scale, predictions are read back. I²
    and R² are in per cent. Whatever does not exist is None, and a note says why.

    Attributes
    ----------
    effects : EffectTable
        What was regressed, with the studies that were left out.
    used : (n,) array of bool
        The studies with an effect and all moderators.
    k : int
        Their number.
    formula : str
        What was asked for.
    coefficients : tuple of Coefficient
    covariance : (p, p) array
        Of the coefficients, as the tests use it.
    test : HypothesisTest or None
        Whether all moderators together explain anything; of all coefficients where
        there is no constant.
    terms : mapping of HypothesisTest
        The same for each term, None where there is no test.
    inflation : mapping of float
        The generalised variance inflation factor of each term.
    tau2 : float
        The variance between studies that the moderators leave.
    tau2_null : float or None
        The variance between the same studies without moderators.
    r2 : float or None
        Per cent of it that the moderators explain, at least 0.
    q, q_df, q_p : float
        The test whether anything is left to explain.
    criteria, restricted_criteria : Criteria
        For comparing models.
    weights : (n,) array
        Per cent, 0 for a study that was not used.
    """

    effects: EffectTable
    used: Mask
    k: int
    formula: str
    coefficients: tuple[Coefficient, ...]
    covariance: Matrix
    test: HypothesisTest | None
    terms: Mapping[str, HypothesisTest | None]
    inflation: Mapping[str, float]
    tau2: float
    tau2_interval: Interval | None
    tau2_method: str
    tau2_null: float | None
    r2: float | None
    h2: float
    i2: float
    i2_interval: Interval | None
    q: float
    q_df: int
    q_p: float
    criteria: Criteria
    restricted_criteria: Criteria
    weights: Vector
    level: float
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()
    imputed: Imputed | None = None
    inference: Inference = field(repr=False)
    core: Core = field(repr=False)
    design: Design = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coefficients."""
        return self.design.names

    @property
    def estimate(self) -> Vector:
        """The coefficients (p,)."""
        return np.array([c.estimate for c in self.coefficients])

    @property
    def se(self) -> Vector:
        """Their standard errors (p,)."""
        return np.sqrt(np.diagonal(self.covariance))

    @property
    def fitted(self) -> Vector:
        """What the moderators predict for each study (n,), NaN where it was not used."""
        return self._in_place(self.design.X @ self.estimate)

    @property
    def residuals(self) -> Vector:
        """Effects less what is predicted (n,), NaN where a study was not used."""
        return np.where(self.used, self.effects.y - self.fitted, np.nan)

    def predict(
        self, data: Any = None, *, level: float | None = None, prediction: str = ""
    ) -> Predictions:
        """Return the mean effect, and that of a new study, at given moderators.

        Parameters
        ----------
        data : frame, path or mapping of columns
            The moderators, one row a prediction; by default those of the studies
            that were used.
        level : float, optional
            Confidence level, by default that of the fit.
        prediction : str
            Code of `PREDICTIONS`, by default that of the fit; ``k-1`` takes the
            residual degrees of freedom, which are ``k - 1`` without moderators.

        Raises
        ------
        InvalidInput
            If a moderator is missing, or takes a word that no study has.
        """
        from synthesist.pooling.regression.predictions import predict

        return predict(self, data, level=level, prediction=prediction)

    def contrast(
        self, rows: ArrayLike | Mapping[str, float] | Sequence[str]
    ) -> HypothesisTest:
        """Test whether combinations of the coefficients are all zero.

        Parameters
        ----------
        rows : (l, p) array, mapping or sequence of str
            The combinations: as a matrix, as one combination by coefficients'
            names, or as the names of coefficients that are tested together.

        Raises
        ------
        InvalidInput
            If a name is not known, or the matrix has another width.
        NotEstimable
            If one combination follows from others.
        """
        from synthesist.pooling.regression.contrast_rows import contrast_rows

        return self.inference.test(self.estimate, contrast_rows(rows, self.names))

    def influence(self) -> Influence:
        """Return what each study does to the regression, by leaving it out."""
        from synthesist.pooling.regression.influence import influence

        return influence(self)

    def permutation(
        self,
        *,
        most: int = 10_000,
        draws: int = 1_000,
        seed: int = 0,
    ) -> PermutationTest:
        """Test the moderators by permuting them among the studies.

        Parameters
        ----------
        most : int
            All permutations are taken while there are no more than this, and the
            test is exact.
        draws : int
            Number of random permutations when there are more.
        seed : int
            Of the random permutations.

        References
        ----------
        Higgins JPT, Thompson SG. Stat Med 2004;23:1663. doi:10.1002/sim.1752
        """
        from synthesist.pooling.regression.permutation import permutation_test

        return permutation_test(self, most=most, draws=draws, seed=seed)

    def plot(self, moderator: str | None = None, **options: Any) -> Figure:
        """Draw the bubble plot of a numeric moderator, by default the first."""
        from synthesist.pooling.regression.drawing import draw_bubble

        return draw_bubble(self, moderator, **options)

    def profile(self, points: ArrayLike | None = None) -> tuple[Vector, Vector]:
        """Return values of tau² and the log-likelihood, all else at its best.

        The likelihood is the full one for ML, else the restricted one.

        Parameters
        ----------
        points : (m,) array, optional
            By default around the profile likelihood interval.

        Raises
        ------
        InvalidInput
            If a point is below zero, or moderators were imputed.
        """
        from synthesist.pooling.regression.profile import profile

        return profile(self, None if points is None else np.asarray(points, float))

    def plot_profile(self, **options: Any) -> Figure:
        """Draw the profile likelihood of tau² with its interval."""
        from synthesist.pooling.regression.profile import draw_profile

        return draw_profile(self, **options)

    def summary(self) -> str:
        """Return the result as text."""
        from synthesist.pooling.regression.wording import summary

        return summary(self)

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        low, high = _limits(self.tau2_interval)
        i2_low, i2_high = _limits(self.i2_interval)
        fitted, residuals = self.fitted, self.residuals
        effects = self.effects
        return {
            "formula": self.formula,
            "k": self.k,
            "coefficients": [c.to_dict() for c in self.coefficients],
            "covariance": [[number(x) for x in row] for row in self.covariance],
            "test": test_dict(self.test),
            "terms": {name: test_dict(test) for name, test in self.terms.items()},
            "inflation": {name: number(x) for name, x in self.inflation.items()},
            "level": self.level,
            "tau2": number(self.tau2),
            "tau2_low": low,
            "tau2_high": high,
            "tau2_method": self.tau2_method,
            "tau2_null": number(self.tau2_null),
            "r2": number(self.r2),
            "h2": number(self.h2),
            "i2": number(self.i2),
            "i2_low": i2_low,
            "i2_high": i2_high,
            "q": number(self.q),
            "q_df": self.q_df,
            "q_p": number(self.q_p),
            "criteria": criteria_dict(self.criteria),
            "restricted_criteria": criteria_dict(self.restricted_criteria),
            "measure": effects.measure.code,
            "model": "regression",
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "imputed": self.imputed.to_dict() if self.imputed else None,
            "studies": [
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
        """Return one row a coefficient, on the analysis scale.

        The frame is of the caller's kind; data from a file give a dictionary of
        columns, unless `backend` names pandas, polars or pyarrow.
        """
        rows = [c.to_dict() for c in self.coefficients]
        columns: dict[str, Any] = {key: [row[key] for row in rows] for key in rows[0]}
        return give_back(columns, self.effects.native, backend)

    def _in_place(self, values: Vector) -> Vector:
        """Return values of the studies used (k,) among all studies (n,)."""
        everywhere = np.full(len(self.effects), np.nan)
        everywhere[self.used] = values
        return everywhere


def test_dict(test: HypothesisTest | None) -> dict[str, Any] | None:
    """Return a test as JSON knows it."""
    if test is None:
        return None
    return {
        "statistic": number(test.statistic),
        "df": number(test.df),
        "df_residual": number(test.df_residual),
        "p": number(test.p),
        "reference": test.reference,
    }


def criteria_dict(found: Criteria) -> dict[str, float | None]:
    """Return information criteria as JSON knows them."""
    return {
        "log_likelihood": number(found.log_likelihood),
        "aic": number(found.aic),
        "bic": number(found.bic),
        "aicc": number(found.aicc),
    }


def _limits(found: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if found is None else (number(found.lower), number(found.upper))
