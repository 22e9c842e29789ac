"""Traces and quadratic forms of the projection on the residuals.

P is the matrix with ``y' P y = Q``: ``W - W 1 1' W / sum(w)``. The first study of a
panel may carry nearly all the weight; its part is always computed from the weights
of the others, so that nothing cancels.
"""

from __future__ import annotations

from typing import NamedTuple

from synthesist.numerics.arrays import Vector
from synthesist.numerics.sums import column_dot, column_sum
from synthesist.pooling.panel import Weighed


class Slopes(NamedTuple):
    """The two sides of a likelihood's derivative and how fast they fall, all (g,)."""

    push: Vector
    """``y' P P y``, which draws tau² up."""
    pull: Vector
    """The trace of P, or the sum of weights, which draws tau² down."""
    push_slope: Vector
    """Half the speed at which `push` falls as tau² grows."""
    pull_slope: Vector
    """The speed at which `pull` falls."""


def trace_p(weighed: Weighed) -> Vector:
    """Return the trace of P, ``sum(w) - sum(w**2) / sum(w)`` (g,)."""
    rest = weighed.w[1:]
    others = column_sum(rest)
    spread = others * (weighed.total + weighed.w[0]) - column_dot(rest, rest)
    return spread / weighed.total


def trace_p_squared(weighed: Weighed) -> Vector:
    """Return the trace of P P (g,)."""
    first, rest, total = weighed.w[0], weighed.w[1:], weighed.total
    others = column_sum(rest)
    squares = rest * rest
    second = column_sum(squares)
    leading = first * first
    cross = second * (2 * leading + second) + leading * others * others
    return second - 2 * column_dot(squares, rest) / total + cross / (total * total)


def square_form(weighed: Weighed) -> Vector:
    """Return ``y' P P y`` (g,)."""
    return column_dot(weighed.score, weighed.score)


def cubic_form(weighed: Weighed) -> Vector:
    """Return ``y' P P P y`` (g,)."""
    w, u = weighed.w, weighed.score
    return _cubic(weighed, column_sum(w[1:]), column_dot(w[1:], u[1:]))


def restricted_slopes(weighed: Weighed) -> Slopes:
    """Return the parts of the restricted likelihood's first two derivatives."""
    rest = weighed.w[1:]
    others = column_sum(rest)
    return Slopes(
        push=square_form(weighed),
        pull=trace_p(weighed),
        push_slope=_cubic(weighed, others, column_dot(rest, weighed.score[1:])),
        pull_slope=trace_p_squared(weighed),
    )


def full_slopes(weighed: Weighed) -> Slopes:
    """Return the parts of the full likelihood's first two derivatives."""
    return Slopes(
        push=square_form(weighed),
        pull=weighed.total,
        push_slope=cubic_form(weighed),
        pull_slope=column_dot(weighed.w, weighed.w),
    )


def _cubic(weighed: Weighed, others: Vector, rest: Vector) -> Vector:
    """Return ``y' P P P y`` given two sums over all studies but the first."""
    w, u = weighed.w, weighed.score
    mean = (w[0] * u[0] + rest) / weighed.total
    leading = (u[0] * others - rest) / weighed.total
    deviation = u[1:] - mean
    return w[0] * leading * leading + column_dot(w[1:] * deviation, deviation)
