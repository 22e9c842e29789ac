"""The likelihood of the Copas model, publication being given.

A study with standard error s is published where ``gamma0 + gamma1 / s + d > 0``, d being
standard normal and correlated by rho with the error of its effect. The printed standard
errors are those of published results, which scatter less than all would.

References
----------
Copas JB, Shi JQ. Stat Methods Med Res 2001;10:251. doi:10.1177/096228020101000402
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.maximise import Height

#: The correlation is looked for between these.
LARGEST_RHO = 0.9999

#: This share of the information without selection is added to the products of scores.
SHARE = 0.02


@dataclass(frozen=True)
class Publication:
    """The likelihood in (coefficients, tau², rho).

    Parameters
    ----------
    y, s : (k,) arrays
        Effects and standard errors.
    X : (k, p) array
    u : (k,) array
        ``gamma0 + gamma1 / s``.
    most : float
        The largest tau² that is looked at.
    """

    y: Vector
    s: Vector
    X: Matrix
    u: Vector
    most: float

    @property
    def shrinking(self) -> Vector:
        """By how much of rho² the variance of published results is smaller (k,)."""
        hazard = self._hazard(self.u)
        return hazard * (self.u + hazard)

    @property
    def bounds(self) -> tuple[Vector, Vector]:
        """The smallest and largest values of all parameters."""
        p = self.X.shape[1]
        low, high = np.full(p + 2, -np.inf), np.full(p + 2, np.inf)
        low[p], high[p] = 0.0, self.most
        low[p + 1], high[p + 1] = -LARGEST_RHO, LARGEST_RHO
        return low, high

    def height(self, at: Vector) -> Height:
        """Return the log-likelihood, its gradient and the products of scores."""
        with np.errstate(all="ignore"):
            value, scores = self._scores(at)
        gradient = scores.sum(axis=0)
        if not np.isfinite(gradient).all():
            # So far away that squares overflow: no place to go to.
            return Height(-np.inf, np.zeros(len(at)), np.eye(len(at)))
        curvature = scores.T @ scores
        # Scores vanish where effects hardly scatter; what is known of normal effects
        # is not forgotten then.
        p = self.X.shape[1]
        weights = 1 / (at[p] + self.s**2)
        curvature[:p, :p] += SHARE * (self.X.T * weights) @ self.X
        curvature[p, p] += SHARE * 0.5 * float((weights * weights).sum())
        curvature[p + 1, p + 1] += SHARE
        return Height(value, gradient, curvature)

    def _scores(self, at: Vector) -> tuple[float, Matrix]:
        """Return the log-likelihood and the derivatives of each study's part (k, r)."""
        from scipy.special import log_ndtr

        p = self.X.shape[1]
        tau2, rho = at[p], at[p + 1]
        kept = 1 - self.shrinking * rho * rho
        variance = self.s**2 / kept
        total = tau2 + variance
        r = self.y - self.X @ at[:p]
        pull = rho * np.sqrt(variance)
        left = 1 - pull * pull / total
        root = np.sqrt(left)
        v = (self.u + pull * r / total) / root
        value = (
            -0.5 * np.log(2 * np.pi * total)
            - r * r / (2 * total)
            + log_ndtr(v)
            - log_ndtr(self.u)
        )
        hazard = self._hazard(v)
        scores = np.empty((len(r), p + 2))
        level = r / total - hazard * pull / (total * root)
        scores[:, :p] = level[:, None] * self.X
        plain = (r * r / total - 1) / (2 * total)
        # v = n / root: its derivative is n' / root - v (root²)' / (2 root²).
        scores[:, p] = plain + hazard * (
            -pull * r / (total**2 * root) - v * (pull / total) ** 2 / (2 * left)
        )
        growth = 2 * self.shrinking * rho * variance / kept
        steeper = np.sqrt(variance) * (1 + self.shrinking * rho * rho / kept)
        rise = r * (steeper / total - pull * growth / total**2)
        fall = -2 * pull * steeper / total + pull**2 * growth / total**2
        scores[:, p + 1] = plain * growth + hazard * (
            rise / root - v * fall / (2 * left)
        )
        return float(value.sum()), scores

    @staticmethod
    def _hazard(x: Vector) -> Vector:
        """Return the density over the distribution function of the normal (k,)."""
        from scipy.special import log_ndtr

        return np.exp(-0.5 * x * x - 0.5 * np.log(2 * np.pi) - log_ndtr(x))
