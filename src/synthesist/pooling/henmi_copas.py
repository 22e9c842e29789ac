"""The limit that Henmi and Copas put in place of a normal quantile.

With ``z_i = sqrt(w_i) (y_i - mean)``, of variance ``d_i = 1 + w_i tau2``, the common
effect is off by ``R = a'z / sqrt(sum(w))`` with ``a_i**2 = w_i / sum(w)``, and
``Q = z'(I - aa')z``. Given R the vector z is normal, so the mean and the variance of
Q given R have closed forms, and Q is taken to follow the gamma distribution that has
them. All moments are written as sums of terms of one sign, because one study may
carry nearly all the weight.

References
----------
Henmi M, Copas JB. Stat Med 2010;29:2969. doi:10.1002/sim.4029
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.roots import falling_root
from synthesist.numerics.sums import column_dot, column_sum
from synthesist.pooling.panel import Panel
from synthesist.pooling.weights import trace_p

#: Beyond so many standard deviations the normal density is nothing.
FAR = 10.0

#: Pieces of the integral, and points in each.
PIECES, ORDER = 24, 12


class _Given(NamedTuple):
    """Mean and variance of Q given a standardised R of r, as ``first + r**2 second``."""

    mean: tuple[Vector, Vector]
    variance: tuple[Vector, Vector]


def scaled_limit(panel: Panel, tau2: Vector, level: float) -> Vector:
    """Return how many standard errors the limits lie from the common effect (g,).

    The standard error is that of the common effect at DerSimonian and Laird's tau²,
    which is a function of Q; `tau2` stands for the true one.
    """
    w, total = panel.common.w, panel.common.total
    typical = column_dot(w, w) / total
    given = _moments(panel, tau2)
    steep, least = trace_p(panel.common) / typical, panel.k - 1
    points, weights = _rule()

    def excess(x: Vector) -> tuple[Vector, Vector]:
        r = x + (FAR - x) * points * points
        share = 2 * (FAR - x) * points * weights * _density(r)
        shape, scale = _gamma(given, r)
        place = (steep * (r * r / (x * x) - 1) + least) / scale
        below, density = _gamma_at(shape, place)
        edge_shape, edge_scale = _gamma(given, x)
        edge = _gamma_at(edge_shape, least / edge_scale)[0] * _density(x)
        move = 2 * steep * r * r / (x * x * x) / scale
        return (
            column_dot(below, share) - (1 - level) / 2,
            -edge - column_sum(density * move * share),
        )

    low = np.zeros(panel.groups)
    high = np.full(panel.groups, normal_quantile(0.5 + level / 2))
    found = falling_root(excess, low, high, rtol=1e-12)
    return found * np.sqrt(1 + tau2 * typical)


def _moments(panel: Panel, tau2: Vector) -> _Given:
    """Return the moments of Q given R."""
    w, total, present = panel.common.w, panel.common.total, panel.present()
    a, d = w / total, 1 + tau2 * w
    spread = column_dot(a, d)
    p = a * d / spread
    others = 1 - p
    others[0] = column_sum(p[1:])
    weighted = p * d
    rest = column_sum(weighted[1:])
    pairs = 2 * weighted[0] * rest
    pairs += rest * rest - column_dot(weighted[1:], weighted[1:])
    left = present * d * others
    relative = d / spread - 1
    apart = d - (weighted[0] + rest)
    return _Given(
        mean=(column_sum(left), spread * column_sum(a * relative * relative)),
        variance=(
            2 * (column_dot(left, left) + np.maximum(0.0, pairs)),
            4 * column_sum(p * apart * apart),
        ),
    )


def _gamma(given: _Given, r: Vector) -> tuple[Vector, Vector]:
    """Return shape and scale of the gamma distribution of Q given R."""
    square = r * r
    mean = given.mean[0] + square * given.mean[1]
    variance = given.variance[0] + square * given.variance[1]
    return mean * mean / variance, variance / mean


def _gamma_at(shape: Vector, place: Vector) -> tuple[Vector, Vector]:
    """Return probability and density of the standard gamma distribution."""
    from scipy.special import gammainc, gammaln

    log = (shape - 1) * np.log(place) - place - gammaln(shape)
    return gammainc(shape, place), np.exp(log)


def _density(r: Vector) -> Vector:
    return np.exp(-0.5 * r * r) / np.sqrt(2 * np.pi)


@cache
def _rule() -> tuple[Vector, Vector]:
    """Return the points and weights (n, 1) of the integral from 0 to 1."""
    x, weights = np.polynomial.legendre.leggauss(ORDER)
    starts = np.arange(PIECES)[:, None] / PIECES
    points = starts + (x + 1) / (2 * PIECES)
    repeated = np.broadcast_to(weights / (2 * PIECES), points.shape)
    return points.reshape(-1, 1), repeated.reshape(-1, 1)
