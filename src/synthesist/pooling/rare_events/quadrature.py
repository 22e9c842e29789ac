"""Where to integrate a study's likelihood over the normal effects between studies.

The integral over z, standard normal, is the trapezoidal rule over all z that matter
for the study, whose error falls exponentially with the number of nodes;
Gauss-Hermite nodes are as good where the integrand is nearly normal, and far worse
for studies without events.

References
----------
Trefethen LN, Weideman JAC. SIAM Rev 2014;56:385. doi:10.1137/130932132
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from synthesist.numerics.arrays import Matrix, Vector

#: The integrand is cut off where it is exp(-DEPTH) of its height, below the rounding
#: of a float.
DEPTH = 38.0

#: The mode need not be known better than this, in widths of the integrand.
ROUGHLY = 0.3

#: Steps to the mode and to the ends; each step to an end lands on it or outside.
MODE_STEPS, END_STEPS = 50, 2


#: Returns the logarithm of an integrand at z (t, k, q), and two derivatives; it bends
#: down by 1 at least.
Integrand = Callable[[Matrix], tuple[Matrix, Matrix, Matrix]]


class Curve(NamedTuple):
    """A log-likelihood in a study's own effect, and two derivatives, (..., k, q)."""

    value: Matrix
    slope: Matrix
    bend: Matrix
    """The second derivative, which is not above zero."""


class Nodes(NamedTuple):
    """Equally spaced z (t, k, q) of each study, and their distance (t, k, 1)."""

    z: Matrix
    step: Matrix


def place(
    curve: Callable[[Matrix], Curve], mu: Vector, tau: Vector, nodes: int
) -> Nodes:
    """Return nodes for each study, given its log-likelihood at effects (t, k, q).

    Parameters
    ----------
    curve : callable
        Returns the log-likelihoods of all studies; they must be concave.
    mu, tau : (t,) arrays
        Mean and standard deviation of the effects at each of t points.
    nodes : int
        Their number.
    """
    mu, tau = mu[:, None], tau[:, None]

    def at(z: Matrix) -> tuple[Matrix, Matrix, Matrix]:
        """Return the logarithm of the integrand and two derivatives."""
        mean, sd = mu[..., None], tau[..., None]
        value, slope, bend = curve(mean + sd * z)
        return value - 0.5 * z * z, sd * slope - z, sd * sd * bend - 1

    return place_on(at, len(mu), nodes)


def place_on(at: Integrand, points: int, nodes: int) -> Nodes:
    """Return nodes for concave logarithms of integrands over z, at t points."""
    mode, height, bend = find_mode(at, points)
    # The logarithm bends down at least as fast as that of the normal.
    most = np.sqrt(2 * DEPTH)
    end = np.minimum(most, np.sqrt(2 * DEPTH / -bend)) * SIDES
    for _ in range(END_STEPS):
        value, slope, _ = at(mode + end)
        # It is concave: a step from inside goes too far, one from outside not enough.
        toward = np.where(slope * end < 0, slope, np.nan)
        end = end - (value - height + DEPTH) / toward
        end = np.clip(np.where(np.isnan(end), SIDES * most, end), -most, most)
    step = (end[..., 1:] - end[..., :1]) / (nodes - 1)
    return Nodes(mode + end[..., :1] + step * np.arange(nodes), step)


def find_mode(at: Integrand, points: int) -> tuple[Matrix, Matrix, Matrix]:
    """Return about where each integrand is highest, (t, k, 1), its height and bend."""
    z = np.zeros((points, 1, 1))
    value, slope, bend = at(z)
    z = z + np.zeros_like(value)
    low = np.minimum(slope, 0.0)
    high = np.maximum(slope, 0.0)
    for _ in range(MODE_STEPS):
        newton = -slope / bend
        if (np.square(newton) * -bend <= ROUGHLY**2).all():
            break
        new = z + newton
        low, high = np.where(slope > 0, z, low), np.where(slope < 0, z, high)
        z = np.where((new > low) & (new < high), new, 0.5 * (low + high))
        value, slope, bend = at(z)
    return z, value, bend


#: The two ends of an integral.
SIDES = np.array([-1.0, 1.0])


class Posterior(NamedTuple):
    """Logarithms of integrals (t, k), and the shares of their nodes (t, k, q)."""

    log_integral: Matrix
    share: Matrix

    def covariance(self, values: Matrix) -> tuple[Matrix, Matrix]:
        """Return expectations and covariances of several values (t, k, p, q)."""
        weight = self.share[..., None, :]
        mean = (weight * values).sum(axis=-1)
        off = values - mean[..., None]
        return mean, (weight * off) @ off.swapaxes(-1, -2)


def integrate(log_likelihood: Matrix, nodes: Nodes) -> Posterior:
    """Integrate likelihoods at the nodes over the standard normal distribution."""
    z, step = nodes
    logs = log_likelihood - 0.5 * z * z
    highest = logs.max(axis=-1, keepdims=True)
    density = np.exp(logs - highest)
    total = density.sum(axis=-1, keepdims=True)
    logs = np.log(total * step / np.sqrt(2 * np.pi)) + highest
    return Posterior(logs[..., 0], density / total)
