"""Events of one group given those of both: the non-central hypergeometric likelihood.

With the log odds ratio theta, the probability of x events in the first group is
proportional to ``C(n1, x) C(n2, m - x) exp(x theta)``, and the logarithm of the sum
over x, K(theta), is the cumulant function. The polynomial in ``exp(theta)`` under
that logarithm has real negative roots only, so K is analytic within pi of the real
axis, whatever the counts. Polynomials of degree nine on cells a quarter wide give it
to the last digits; they are made once a study, and an integral then costs the same
for 10 events as for 10,000.

References
----------
Stijnen T, Hamza TH, Özdemir P. Stat Med 2010;29:3046. doi:10.1002/sim.4040
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from synthesist.numerics.arrays import Indices, Mask, Matrix, Vector
from synthesist.pooling.rare_events.families import Cumulant

#: Width of a cell, and the degree of the polynomial of the mean in it: the error
#: falls as ``(width / (8 pi))**degree``.
CELL, DEGREE = 0.25, 8

#: Cells are made while the likelihood is within exp(-DEPTH) of its height, as far as
#: REACH; what lies beyond is summed directly.
DEPTH, REACH = 60.0, 30.0

#: Terms summed at once, so that long supports need no long arrays.
TERMS = 1 << 20


class Support(NamedTuple):
    """The possible events of one study and the logarithms of their weights."""

    x: Vector
    logs: Vector


class Cells(NamedTuple):
    """Polynomials of all studies, one cell after the other.

    `start`, `number` and `first` (k,) say where a study's cells begin on the axis,
    how many they are, and which is the first; `level` (k, 2) whether K is straight
    beyond their two ends; `table` (DEGREE + 2, cells) holds the
    coefficients in the distance from a cell's middle.
    """

    start: Vector
    number: Vector
    first: Vector
    level: Mask
    table: Matrix


class Ends(NamedTuple):
    """What is left of K where it is a straight line but for one term.

    `x` events have the weight exp(`log`), the next ones a share exp(`next`) more of
    it, all (k, 2) for small and large theta.
    """

    x: Matrix
    log: Matrix
    next: Matrix


class Hypergeometric:
    """Studies with `a` of `m` events among the first `n1` of ``n1 + n2``, (k,) each."""

    def __init__(self, a: Vector, n1: Vector, n2: Vector, m: Vector) -> None:
        self.a = a
        self.lowest = np.maximum(0.0, m - n2)
        """The fewest events that the first group can have (k,)."""
        self.highest = np.minimum(m, n1)
        """The most events that the first group can have (k,)."""
        ends = zip(self.lowest, self.highest, n1, n2, m, strict=True)
        self._supports = [_support(*study) for study in ends]
        self._cells = self._make_cells()
        self._ends = _ends(self._supports)

    def cumulant(self, eta: Matrix) -> Cumulant:
        """Return K and its derivatives, the mean and variance, at (..., k, q)."""
        start, count, first, _, table = self._cells
        place = np.floor((eta - start[:, None]) / CELL)
        inside = (place >= 0) & (place < count[:, None])
        place = np.clip(place, 0, count[:, None] - 1)
        d = eta - (start[:, None] + (place + 0.5) * CELL)
        index = (first[:, None] + place).astype(np.intp)
        value = table[DEGREE + 1].take(index)
        mean, half = np.zeros_like(d), np.zeros_like(d)
        for power in range(DEGREE, -1, -1):
            half = half * d + mean
            mean = mean * d + value
            value = value * d + table[power].take(index)
        found = Cumulant(value, mean, 2 * half)
        if not inside.all():
            self._write_sums(eta, ~inside, found)
        return found

    def log_weights(self, study: int) -> Vector:
        """Return the logarithms of the weights over the support of one study."""
        return self._supports[study].logs

    def constant(self, x: Vector) -> Vector:
        """Return the logarithms of the weights of `x` events (k,)."""
        place = (x - self.lowest).astype(np.intp).tolist()
        pairs = zip(self._supports, place, strict=True)
        return np.array([support.logs[i] for support, i in pairs])

    def _write_sums(self, eta: Matrix, outside: Mask, found: Cumulant) -> None:
        """Fill in what lies beyond the cells."""
        side = (eta > self._cells.start[:, None]).astype(np.intp)
        study: Indices = np.broadcast_to(np.arange(len(self.a))[:, None], eta.shape)
        level = outside & self._cells.level[study, side]
        x, log, following = (part[study[level], side[level]] for part in self._ends)
        sign, theta = 2.0 * side[level] - 1, eta[level]
        more = np.exp(following - sign * theta)
        share = more / (1 + more)
        found.value[level] = log + x * theta + np.log1p(more)
        found.mean[level] = x - sign * share
        found.variance[level] = share / (1 + more)
        outside &= ~level
        left = np.bincount(study[outside], minlength=len(self.a))
        for i in np.flatnonzero(left).tolist():
            where = outside & (study == i)
            sums = _sums(self._supports[i], eta[where])
            for target, values in zip(found, sums, strict=True):
                target[where] = values

    def _make_cells(self) -> Cells:
        starts: list[float] = []
        levels: list[tuple[bool, bool]] = []
        tables: list[Matrix] = []
        for a, support in zip(self.a.tolist(), self._supports, strict=True):
            low, high, level = _range(a, support)
            starts.append(low)
            levels.append(level)
            tables.append(_coefficients(support, low, round((high - low) / CELL)))
        count = np.array([table.shape[1] for table in tables], dtype=np.float64)
        first = np.cumsum(count) - count
        table = np.concatenate(tables, axis=1)
        return Cells(np.array(starts), count, first, np.array(levels), table)


def _support(low: float, high: float, n1: float, n2: float, m: float) -> Support:
    """Return the support of one study; only ratios of its weights matter."""
    x = np.arange(low, high + 1)
    before = x[:-1]
    ratio = (n1 - before) * (m - before) / ((before + 1) * (n2 - m + before + 1))
    return Support(x, np.concatenate([[0.0], np.cumsum(np.log(ratio))]))


def _ends(supports: list[Support]) -> Ends:
    """Return the last two terms of each sum on either side."""
    x = [(support.x[0], support.x[-1]) for support in supports]
    log = [(support.logs[0], support.logs[-1]) for support in supports]
    following = [
        (s.logs[1] - s.logs[0], s.logs[-2] - s.logs[-1])
        if len(s.x) > 1
        else (-np.inf, -np.inf)
        for s in supports
    ]
    return Ends(np.array(x), np.array(log), np.array(following))


def _sums(support: Support, theta: Vector) -> Cumulant:
    """Return K, mean and variance at `theta` (n,) by summing."""
    x, logs = support
    found = np.empty((3, len(theta)))
    length = max(1, TERMS // len(x))
    for begin in range(0, len(theta), length):
        part = slice(begin, begin + length)
        terms = logs + x * theta[part, None]
        top = terms.max(axis=1, keepdims=True)
        weight = np.exp(terms - top)
        total = weight.sum(axis=1)
        mean = weight @ x / total
        found[0, part] = top[:, 0] + np.log(total)
        found[1, part] = mean
        found[2, part] = (weight * np.square(x - mean[:, None])).sum(axis=1) / total
    return Cumulant(*found)


def _range(a: float, support: Support) -> tuple[float, float, tuple[bool, bool]]:
    """Return between which log odds ratios, multiples of CELL, a study is likely.

    Also say on which sides the likelihood never falls, but only levels off.
    """
    if len(support.x) == 1:
        return 0.0, CELL, (True, True)
    # With these weights, x and x - 1 events are as likely at minus the log of their
    # ratio; at the ends of the support the likelihood only levels off.
    slopes = np.diff(support.logs)
    place = int(a - support.x[0])
    middle = -float(slopes[max(place - 1, 0) : place + 1].mean())
    theta = middle + np.concatenate([np.zeros(1), -DISTANCES, DISTANCES])
    height = a * theta - _sums(support, theta).value
    low, high = height[1:].reshape(2, -1) > height[0] - DEPTH
    near, far = (
        float(DISTANCES[min(int(side.sum()), len(side) - 1)]) for side in (low, high)
    )
    # Beyond REACH the second term of the sum is all that is left of the others.
    floor = CELL * float(np.floor((middle - near) / CELL))
    ceiling = CELL * float(np.ceil((middle + far) / CELL))
    return floor, ceiling, (bool(low.all()), bool(high.all()))


def _coefficients(support: Support, low: float, count: int) -> Matrix:
    """Return the polynomials of one study on its cells (DEGREE + 2, count).

    The mean is interpolated and K is its integral, so that the variance needs one
    derivative only.
    """
    middles = low + (np.arange(count) + 0.5) * CELL
    theta = (middles + 0.5 * CELL * NODES[:, None]).ravel()
    values, means, _ = (
        part.reshape(DEGREE + 1, count) for part in _sums(support, theta)
    )
    slopes = TO_POWERS @ means
    powers = slopes / np.arange(1.0, DEGREE + 2)[:, None]
    return np.concatenate([values[DEGREE // 2][None], powers])


#: Distances at which the likelihood is looked at, up to REACH.
DISTANCES: Vector = CELL * 1.5 ** np.arange(13.0)

#: Chebyshev's nodes, of which the middle one is zero, and the matrix from values
#: there to coefficients.
NODES = -np.cos(np.pi * (np.arange(DEGREE + 1) + 0.5) / (DEGREE + 1))
NODES[DEGREE // 2] = 0.0
TO_POWERS = (0.5 * CELL) ** -np.arange(DEGREE + 1.0)[:, None] * np.linalg.inv(
    np.vander(NODES, increasing=True)
)
