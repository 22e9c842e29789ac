"""Vectors from several trials pooled as vectors: interactions within trials only.

Each trial gives the treatment effect at a reference and its differences from there
(one for a number, one for each further category or piece of a spline), with their
covariance. The differences are pooled with the reference left to every trial, so
that no comparison between trials enters; the reference then floats on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthesist.errors import NotEstimable
from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.numerics.dense import part, solve
from synthesist.numerics.results import HypothesisTest
from synthesist.survival.cox import chi2_test
from synthesist.survival.maximise import inverse


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrialVector:
    """What one trial says: the effect at the reference, and the differences.

    Attributes
    ----------
    estimate : (1 + q,) array
        NaN for what the trial cannot tell.
    covariance : (1 + q, 1 + q) array
    note : str
        Why it cannot, empty if it can.
    """

    trial: str
    estimate: Vector
    covariance: Matrix
    note: str = ""

    @property
    def known(self) -> Indices:
        """Return the places of what is known."""
        return np.flatnonzero(np.isfinite(self.estimate))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PooledVector:
    """Differences pooled within trials, and the effect at the reference.

    Attributes
    ----------
    estimate : (1 + q,) array
        The effect at the reference first.
    covariance : (1 + q, 1 + q) array
    test : HypothesisTest
        Wald's test of no difference at all.
    heterogeneity : HypothesisTest or None
        Cochran's Q of the differences across trials.
    """

    estimate: Vector
    covariance: Matrix
    test: HypothesisTest
    heterogeneity: HypothesisTest | None

    def along(self, contrast: Matrix) -> tuple[Vector, Vector]:
        """Return estimates and standard errors (m,) of contrasts (m, 1 + q)."""
        variance = np.einsum("mi,ij,mj->m", contrast, self.covariance, contrast)
        return contrast @ self.estimate, np.sqrt(variance)


def pool_vectors(trials: Sequence[TrialVector], tau2: float = 0.0) -> PooledVector:
    """Pool the trials' differences, and float the effect at the reference on them.

    Parameters
    ----------
    trials : sequence of TrialVector
    tau2 : float
        Variance of the reference effect between trials.

    Raises
    ------
    NotEstimable
        If a difference is known from no trial.

    References
    ----------
    Godolphin PJ et al. Res Synth Methods 2023;14:68. doi:10.1002/jrsm.1590
    """
    size = len(trials[0].estimate)
    live = [t for t in trials if len(t.known) > 1 and t.known[0] == 0]
    # With the reference free, what is left of a trial's information about the
    # differences is that of their own covariance.
    information, slope = np.zeros((size, size)), np.zeros(size)
    for trial in live:
        own = trial.known[1:]
        weight = inverse(part(trial.covariance, own))
        information[own[:, None], own] += weight
        slope[own] += weight @ trial.estimate[own]
    lacking = np.flatnonzero(np.diagonal(information)[1:] <= 0)
    if len(lacking):
        raise NotEstimable(
            "In no trial can the interaction be estimated.",
            remedy="check that the covariate varies within trials, with events on both sides",
        )
    covariance = inverse(information[1:, 1:])
    differences = covariance @ slope[1:]
    reference, variance, shift = _reference(trials, differences, tau2)
    # The reference is what the trials say at given differences, and moves with
    # them; given the differences it is independent of them.
    full = np.empty((size, size))
    full[1:, 1:] = covariance
    full[0, 1:] = full[1:, 0] = shift @ covariance
    full[0, 0] = variance + shift @ covariance @ shift
    return PooledVector(
        estimate=np.concatenate([[reference], differences]),
        covariance=full,
        test=chi2_test(float(differences @ solve(covariance, differences)), size - 1),
        heterogeneity=_heterogeneity(live, differences),
    )


def _reference(
    trials: Sequence[TrialVector], differences: Vector, tau2: float
) -> tuple[float, float, Vector]:
    """Return the effect at the reference, its variance at given differences, and its slope.

    A trial that knows the reference only, as one whose covariate does not vary,
    still counts for it.
    """
    total, sum_, slope = 0.0, 0.0, np.zeros(len(differences))
    for trial in trials:
        known = trial.known
        if not len(known) or known[0] != 0:
            continue
        own = known[1:] - 1
        covariance = part(trial.covariance, known)
        # The effect at the reference given the differences: a regression on them.
        mixed = (
            solve(covariance[1:, 1:], covariance[1:, 0]) if len(own) else np.empty(0)
        )
        value = trial.estimate[0] - mixed @ (
            trial.estimate[known[1:]] - differences[own]
        )
        weight = 1 / (covariance[0, 0] - mixed @ covariance[1:, 0] + tau2)
        total += weight
        sum_ += weight * float(value)
        slope[own] += weight * mixed
    return sum_ / total, 1 / total, slope / total


def _heterogeneity(
    trials: Sequence[TrialVector], differences: Vector
) -> HypothesisTest | None:
    """Return Cochran's Q of the differences."""
    q, df = 0.0, -len(differences)
    for trial in trials:
        own = trial.known[1:]
        apart = trial.estimate[own] - differences[own - 1]
        q += float(apart @ solve(part(trial.covariance, own), apart))
        df += len(own)
    return chi2_test(q, df) if df > 0 else None
