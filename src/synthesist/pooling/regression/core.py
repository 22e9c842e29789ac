"""One weighted regression from arrays: what every method here is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synthesist.errors import NotEstimable
from synthesist.numerics import linear
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.results import HypothesisTest
from synthesist.pooling.regression.contrasts import (
    Contrasts,
    Pivots,
    Solved,
    choose_pivots,
)
from synthesist.pooling.regression.design import Design
from synthesist.pooling.regression.heterogeneity import REGRESSION_TAU2
from synthesist.pooling.regression.inference import (
    REGRESSION_TESTS,
    Fitted,
    Inference,
)
from synthesist.pooling.regression.likelihood import log_likelihood


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionMethod:
    """How effects are regressed, each choice by its code."""

    tau2: str = "REML"
    test: str = "HK-guarded"
    prediction: str = "k-1"
    level: float = 0.95

    @property
    def common(self) -> bool:
        """Say whether the moderators are taken to explain all differences."""
        return self.tau2 == "CE"


@dataclass(frozen=True)
class Core:
    """A fitted regression, its numbers on the analysis scale.

    Parameters
    ----------
    y, v : (k,) arrays
        Effects and variances.
    X : (k, p) array
        The design.
    modes : int
        Number of maxima of the likelihood, 1 where none was maximised.
    """

    y: Vector
    v: Vector
    X: Matrix
    method: RegressionMethod
    pivots: Pivots
    contrasts: Contrasts
    tau2: float
    modes: int

    @cached_property
    def solved(self) -> Solved:
        """The contrasts at the estimate of tau²."""
        return self.contrasts.at(np.array([self.tau2]))

    @cached_property
    def w(self) -> Vector:
        """The weights ``1 / (v + tau2)`` (k,)."""
        return 1 / (self.v + self.tau2)

    @cached_property
    def estimate(self) -> Vector:
        """The coefficients (p,)."""
        return self.pivots.coefficients(self.solved, self.y[None])[0]

    @cached_property
    def covariance(self) -> Matrix:
        """The covariance of the coefficients (p, p), tau² being known."""
        return self.pivots.covariance(self.solved)[0]

    @cached_property
    def residuals(self) -> Vector:
        """Effects less fitted values (k,)."""
        solved = self.solved
        return self.pivots.in_order(-solved.moved, solved.r2)[0]

    @cached_property
    def free(self) -> Vector:
        """One less the leverage of each study (k,), exact for the heaviest too."""
        diagonal = self.pivots.in_order(self.solved.diagonal1, self.solved.diagonal2)
        return diagonal[0] / self.w

    @cached_property
    def inference(self) -> Inference:
        """How coefficients are tested.

        The scatter between studies has no place in the standard errors when the
        moderators are taken to explain all differences.
        """
        code = "normal" if self.method.common else self.method.test
        return REGRESSION_TESTS[code].infer(
            Fitted(self.solved, self.covariance, self.X, self.w)
        )

    @property
    def k(self) -> int:
        """Return the number of studies."""
        return len(self.y)

    @property
    def df(self) -> int:
        """Return the residual degrees of freedom."""
        return self.contrasts.n

    def log_likelihood(self, *, restricted: bool) -> float:
        """Return the log-likelihood at the estimates."""
        return float(log_likelihood(self.solved, restricted=restricted)[0])

    def test(self, columns: Sequence[int]) -> HypothesisTest | None:
        """Test whether some coefficients are all zero, None where they do not scatter."""
        rows = np.eye(len(self.estimate))[list(columns)]
        try:
            return self.inference.test(self.estimate, rows)
        except NotEstimable:
            return None


def fit_core(
    y: Vector, v: Vector, X: Matrix, names: tuple[str, ...], method: RegressionMethod
) -> Core:
    """Fit a regression.

    Raises
    ------
    NotEstimable
        If there are too few studies, or a column follows from others.
    """
    pivots = choose_pivots(X, v, names)
    contrasts = pivots.contrasts(y[None], v[None])
    found = REGRESSION_TAU2[method.tau2].estimate(contrasts)
    return Core(
        y=y,
        v=v,
        X=X,
        method=method,
        pivots=pivots,
        contrasts=contrasts,
        tau2=float(found.tau2[0]),
        modes=int(found.modes[0]),
    )


@dataclass(frozen=True, slots=True)
class Criteria:
    """A log-likelihood and the criteria for comparing models that follow from it."""

    log_likelihood: float
    aic: float
    bic: float
    aicc: float


def criteria(core: Core, *, restricted: bool) -> Criteria:
    """Return information criteria.

    Those of the restricted likelihood compare only models with the same moderators.

    References
    ----------
    Hurvich CM, Tsai CL. Biometrika 1989;76:297. doi:10.1093/biomet/76.2.297
    """
    parameters = core.X.shape[1] + (not core.method.common)
    size = core.df if restricted else core.k
    height = core.log_likelihood(restricted=restricted)
    enough = max(size, parameters + 2)
    return Criteria(
        log_likelihood=height,
        aic=-2 * height + 2 * parameters,
        bic=-2 * height + parameters * float(np.log(size)),
        aicc=-2 * height + 2 * parameters * enough / (enough - parameters - 1),
    )


def inflation(core: Core, design: Design) -> dict[str, float]:
    """Return the generalised variance inflation factor of each term but the constant.

    References
    ----------
    Fox J, Monette G. J Am Stat Assoc 1992;87:178.
    doi:10.1080/01621459.1992.10475190
    """
    slopes = design.slopes
    terms = {
        name: columns
        for name, columns in design.terms.items()
        if columns != (design.intercept,)
    }
    if len(terms) < 2:
        return {}
    spread = core.covariance[np.ix_(slopes, slopes)]
    sd = np.sqrt(np.diagonal(spread))
    correlation = spread / np.outer(sd, sd)
    place = {column: i for i, column in enumerate(slopes)}
    whole = linear.log_determinant(correlation)
    found: dict[str, float] = {}
    for name, columns in terms.items():
        own = [place[column] for column in columns]
        others = [i for i in range(len(slopes)) if i not in own]
        parts = [
            linear.log_determinant(correlation[np.ix_(part, part)])
            for part in (own, others)
        ]
        found[name] = float(np.exp(sum(parts) - whole))
    return found
