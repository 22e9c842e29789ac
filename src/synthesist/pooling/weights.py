"""Inverse-variance weights, weighted means and the sums that every method uses."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.panel import Panel, column_dot


class Weighed(NamedTuple):
    """A panel's groups, weighted at given tau².

    ``w`` (k, g) are the weights, zero for filling; ``total`` (g,) their sums;
    ``mean`` (g,) the weighted means measured from the panel's centre;
    ``residual`` (k, g) the effects minus their mean; ``score`` is
    ``w * residual`` (k, g).
    """

    w: Matrix
    total: Vector
    mean: Vector
    residual: Matrix
    score: Matrix


def weigh(panel: Panel, tau2: Vector | float) -> Weighed:
    """Weight every study by ``1 / (v + tau2)``."""
    return weigh_by(panel, 1 / (panel.v + tau2))


def weigh_by(panel: Panel, w: Matrix) -> Weighed:
    """Weight every study by `w`, which must be zero for filling."""
    total = np.add.reduce(w, axis=0)
    mean = column_dot(w, panel.y) / total
    residual = panel.y - mean
    return Weighed(w, total, mean, residual, w * residual)


def generalised_q(weighed: Weighed) -> Vector:
    """Return ``sum(w (y - mean)**2)`` (g,)."""
    return column_dot(weighed.score, weighed.residual)


def trace_p(weighed: Weighed) -> Vector:
    """Return ``sum(w) - sum(w**2) / sum(w)`` (g,), the trace of the projection.

    The first study may carry nearly all the weight; its share of the difference
    is the weight of the rest.
    """
    rest = weighed.w[1:]
    others = np.add.reduce(rest, axis=0)
    spread = others * (weighed.total + weighed.w[0]) - column_dot(rest, rest)
    return spread / weighed.total


def trace_p_squared(weighed: Weighed) -> Vector:
    """Return the trace of the squared projection matrix (g,).

    It is ``sum(w**2) - 2 sum(w**3) / sum(w) + (sum(w**2) / sum(w))**2``, again
    without cancelling when one study outweighs the rest.
    """
    first, rest = weighed.w[0], weighed.w[1:]
    others = np.add.reduce(rest, axis=0)
    squares = rest * rest
    second = np.add.reduce(squares, axis=0)
    third = column_dot(squares, rest)
    leading = first * first
    cross = second * (2 * leading + second) + leading * others * others
    return second - 2 * third / weighed.total + cross / weighed.total**2


def cubic_form(weighed: Weighed) -> Vector:
    """Return ``y' P P P y`` (g,), where P projects on the residuals."""
    w, u = weighed.w, weighed.score
    rest = column_dot(w[1:], u[1:])
    others = np.add.reduce(w[1:], axis=0)
    mean = (w[0] * u[0] + rest) / weighed.total
    leading = (u[0] * others - rest) / weighed.total
    deviation = u[1:] - mean
    return w[0] * leading**2 + column_dot(w[1:] * deviation, deviation)
