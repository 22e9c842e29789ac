"""A weighted normal density cut into pieces whose mass and moments are known.

Piece n of study i has log mass ``logs[i, n]`` under the normal distribution with mean
m_i and standard deviation s_i, in units of the study's standard error, and moments
``powers[r - 1, i, n]`` of ``x = (z - m) / s`` there. An interval in which the weight is
constant is a piece; where it is not, so is a point of a quadrature.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from synthesist.numerics.arrays import Matrix, Vector

#: Half the logarithm of 2 pi.
HALF_LOG = 0.5 * float(np.log(2 * np.pi))

#: Panels of the quadrature have this width at first, in standard errors, and so many
#: points; panels are halved until the likelihood does not move.
WIDTH, POINTS = 1.0, 10

#: Beyond so many standard errors a P value is 0 or 1 to the last digit of a float.
FARTHEST = 8.3


class Atoms(NamedTuple):
    """Log masses (k, n) and the first four moments of x in each piece (4, k, n)."""

    logs: Matrix
    powers: Matrix


class Grid(NamedTuple):
    """Points z (n,) with quadrature weights, and the ends beyond which weights stay."""

    z: Vector
    log_width: Vector
    low: float
    high: float


def cells(edges: Matrix, m: Vector, s: Vector) -> Atoms:
    """Return the pieces between edges (k or 1, c + 1), ascending, ends infinite."""
    from scipy.special import log_ndtr

    at = (edges - m[:, None]) / s[:, None]
    low, high = at[:, :-1], at[:, 1:]
    # The tail that is smaller is the one that has digits.
    right = low + high > 0
    a, b = np.where(right, -high, low), np.where(right, -low, high)
    upper = log_ndtr(b)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(np.isneginf(a), -np.inf, log_ndtr(a) - upper)
        logs = upper + np.log(-np.expm1(gap))
    logs = np.where(np.isnan(logs), -np.inf, logs)
    return Atoms(logs, _moments(low, high, logs))


def _moments(low: Matrix, high: Matrix, logs: Matrix) -> Matrix:
    """Return the moments of the standard normal distribution in intervals (4, k, c)."""
    known = np.isfinite(logs)
    ends: list[tuple[Matrix, Matrix]] = []
    for at in (low, high):
        finite = np.where(np.isfinite(at), at, 0.0)
        with np.errstate(over="ignore"):
            ratio = np.exp(np.where(known, -0.5 * finite**2 - HALF_LOG - logs, -np.inf))
        ends.append((finite, np.where(np.isfinite(at), ratio, 0.0)))
    (a, fa), (b, fb) = ends
    first = fa - fb
    second = 1 + a * fa - b * fb
    third = 2 * first + a * a * fa - b * b * fb
    fourth = 3 * second + a**3 * fa - b**3 * fb
    return np.stack([first, second, third, fourth])


def grid(breaks: Vector, *, farthest: float, halvings: int) -> Grid:
    """Return points between the ends, panels ending where the weight has a kink."""
    inside = breaks[np.abs(breaks) < farthest]
    marks = np.unique(np.concatenate([[-farthest], inside, [farthest]]))
    width = WIDTH / 2**halvings
    z: list[Vector] = []
    logs: list[Vector] = []
    nodes, weights = np.polynomial.legendre.leggauss(POINTS)
    for low, high in zip(marks[:-1].tolist(), marks[1:].tolist(), strict=True):
        count = max(1, int(np.ceil((high - low) / width)))
        half = (high - low) / (2 * count)
        middle: Vector = low + half * (2 * np.arange(count) + 1)
        z.append((middle[:, None] + half * nodes).ravel())
        logs.append(np.tile(np.log(weights * half), count))
    return Grid(np.concatenate(z), np.concatenate(logs), -farthest, farthest)


def points(of: Grid, m: Vector, s: Vector) -> Atoms:
    """Return the points of a grid and the two tails beyond it, first and last."""
    x = (of.z - m[:, None]) / s[:, None]
    logs = of.log_width - 0.5 * x * x - HALF_LOG - np.log(s)[:, None]
    inner = np.array([[of.low, of.high]])
    edges = np.concatenate([[[-np.inf]], inner, [[np.inf]]], axis=1)
    tails = cells(edges, m, s)
    square = x * x
    powers = np.stack([x, square, square * x, square * square])
    return Atoms(
        np.concatenate([tails.logs[:, :1], logs, tails.logs[:, 2:]], axis=1),
        np.concatenate(
            [tails.powers[:, :, :1], powers, tails.powers[:, :, 2:]], axis=2
        ),
    )
