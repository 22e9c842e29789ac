"""How counts scatter around their expectation: binomial and Poisson."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from synthesist.numerics.arrays import Matrix, Vector

#: Exponentials are cut off far below the range of a float, so that products stay in it.
LARGEST_EXPONENT = 300.0


class Cumulant(NamedTuple):
    """A cumulant function and its first two derivatives, all (..., k, q)."""

    value: Matrix
    mean: Matrix
    variance: Matrix


class Family(Protocol):
    """The distribution of counts whose log-likelihood is ``x eta - cumulant(eta)``."""

    def cumulant(self, eta: Matrix) -> Cumulant:
        """Return the cumulant function at linear predictors (..., k, q)."""
        ...

    def constant(self, x: Vector) -> Vector:
        """Return the part of the log-likelihood (k,) without parameters."""
        ...


class ArmFamily(Family, Protocol):
    """The distribution of one group's counts."""

    def repeated(self, times: int) -> ArmFamily:
        """Return the family of every study so many times in a row."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Binomial:
    """Events among `n` (k,); the linear predictor is a logit."""

    n: Vector

    def cumulant(self, eta: Matrix) -> Cumulant:
        """Return ``n log(1 + exp(eta))`` and its derivatives without overflow."""
        n = self.n[:, None]
        small = np.exp(-np.abs(eta))
        share = 1 / (1 + small)
        p = np.where(eta >= 0, share, small * share)
        value = np.maximum(eta, 0) + np.log1p(small)
        return Cumulant(n * value, n * p, n * (small * share * share))

    def repeated(self, times: int) -> Binomial:
        """Return the family of every study so many times in a row."""
        return Binomial(np.repeat(self.n, times))

    def constant(self, x: Vector) -> Vector:
        """Return the logarithms of the binomial coefficients (k,)."""
        from scipy.special import gammaln

        return gammaln(self.n + 1) - gammaln(x + 1) - gammaln(self.n - x + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Poisson:
    """Events in a time at risk (k,); the linear predictor is a log rate."""

    time: Vector

    def cumulant(self, eta: Matrix) -> Cumulant:
        """Return ``time exp(eta)``, which is its own derivative."""
        mean = self.time[:, None] * np.exp(np.minimum(eta, LARGEST_EXPONENT))
        return Cumulant(mean, mean, mean)

    def repeated(self, times: int) -> Poisson:
        """Return the family of every study so many times in a row."""
        return Poisson(np.repeat(self.time, times))

    def constant(self, x: Vector) -> Vector:
        """Return ``x log(time) - log(x!)`` (k,)."""
        from scipy.special import gammaln

        return x * np.log(self.time) - gammaln(x + 1)
