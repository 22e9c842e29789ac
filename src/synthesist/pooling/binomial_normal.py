"""The likelihood of proportions whose logits are normal between studies.

Events are binomial in each study with logit ``mu + tau z``, z standard normal. The
integral over z is the trapezoidal rule over all z that matter for the study, whose
error falls exponentially with the number of nodes; Gauss-Hermite nodes are as good
where the integrand is nearly normal, and far worse for studies without events. First
and second derivatives are expectations over the same nodes (Fisher's and Louis'
identities), so no difference quotient is taken.

References
----------
Trefethen LN, Weideman JAC. SIAM Rev 2014;56:385. doi:10.1137/130932132
Stijnen T, Hamza TH, Özdemir P. Stat Med 2010;29:3046. doi:10.1002/sim.4040
Louis TA. J R Stat Soc B 1982;44:226. doi:10.1111/j.2517-6161.1982.tb01203.x
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.roots import falling_root

#: The integrand is cut off where it is exp(-DEPTH) of its height, below the rounding
#: of a float.
DEPTH = 38.0


class Value(NamedTuple):
    """A log-likelihood with its derivatives in (mu, tau)."""

    loglik: float
    gradient: Vector
    """(2,)"""
    hessian: Matrix
    """(2, 2)"""
    share: Vector
    """Information of each study about mu (k,)."""


@dataclass(frozen=True, slots=True)
class BinomialNormal:
    """Events among n in each study, (k,) each, and the number of nodes."""

    events: Vector
    n: Vector
    nodes: int

    def at(self, mu: float, tau: float) -> Value:
        """Return the log-likelihood and its derivatives, tau > 0."""
        x, n = self.events[:, None], self.n[:, None]
        z, step = self._nodes(mu, tau)
        theta = mu + tau * z
        log_density = x * theta - n * _softplus(theta) - 0.5 * z * z
        highest = log_density.max(axis=1, keepdims=True)
        density = np.exp(log_density - highest)
        total = density.sum(axis=1, keepdims=True)
        posterior = density / total
        p = _expit(theta)
        score = x - n * p
        information = n * p * (1 - p)

        def mean(values: Matrix) -> Vector:
            return (posterior * values).sum(axis=1)

        by_mu, by_tau = mean(score), mean(score * z)
        spread_mu = mean((score - by_mu[:, None]) ** 2)
        spread_tau = mean((score * z - by_tau[:, None]) ** 2)
        together = mean((score - by_mu[:, None]) * (score * z - by_tau[:, None]))
        share = mean(information) - spread_mu
        cross = float((mean(information * z) - together).sum())
        last = float((mean(information * z * z) - spread_tau).sum())
        integral = np.log(total * step) + highest - 0.5 * np.log(2 * np.pi)
        return Value(
            loglik=float(integral.sum()) + self._constant(),
            gradient=np.array([by_mu.sum(), by_tau.sum()]),
            hessian=-np.array([[share.sum(), cross], [cross, last]]),
            share=share,
        )

    def common(self, mu: float) -> Value:
        """Return the same without variance between studies.

        The second entry of the gradient is the derivative in tau², where that in
        tau is always zero.
        """
        p = float(_expit(np.array(mu)))
        score = self.events - self.n * p
        information = self.n * p * (1 - p)
        loglik = self.events * mu - self.n * _softplus(np.array(mu))
        return Value(
            loglik=float(loglik.sum()) + self._constant(),
            gradient=np.array([score.sum(), 0.5 * (score**2 - information).sum()]),
            hessian=-np.diag([information.sum(), np.nan]),
            share=information,
        )

    def _nodes(self, mu: float, tau: float) -> tuple[Matrix, Matrix]:
        """Return equally spaced z (k, nodes) of each study and their distance (k, 1)."""
        x, n = self.events, self.n

        def height(z: Vector) -> Vector:
            theta = mu + tau * z
            return x * theta - n * _softplus(theta) - 0.5 * z * z

        def slope(z: Vector) -> tuple[Vector, Vector]:
            p = _expit(mu + tau * z)
            return tau * (x - n * p) - z, -tau * tau * n * p * (1 - p) - 1

        start = tau * (x - n * _expit(np.full(x.shape, mu)))
        ends = np.minimum(start, 0.0), np.maximum(start, 0.0)
        mode = falling_root(slope, *ends, rtol=1e-9)
        floor = height(mode) - DEPTH

        def above(side: float) -> Vector:
            """Return how far the density stays above the floor on one side."""

            def function(distance: Vector) -> tuple[Vector, Vector]:
                z = mode + side * distance
                return height(z) - floor, side * slope(z)[0]

            # The logarithm bends down at least as fast as that of the normal.
            most = np.full(x.shape, np.sqrt(2 * DEPTH))
            return falling_root(function, np.zeros(x.shape), most, rtol=1e-2)

        left, right = above(-1.0), above(1.0)
        step = ((left + right) / (self.nodes - 1))[:, None]
        return (mode - left)[:, None] + step * np.arange(self.nodes), step

    def _constant(self) -> float:
        """Return the logarithm of the binomial coefficients."""
        from scipy.special import gammaln

        x, n = self.events, self.n
        return float((gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)).sum())


def _softplus(x: Matrix) -> Matrix:
    """Return ``log(1 + exp(x))`` without overflow."""
    return np.logaddexp(0.0, x)


def _expit(x: Matrix) -> Matrix:
    """Return ``1 / (1 + exp(-x))`` without overflow."""
    from scipy.special import expit

    return expit(x)
