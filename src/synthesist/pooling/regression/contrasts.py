"""Effects freed of their moderators: the linear algebra at a given tau².

As many studies as there are coefficients, the most precise that tell the
coefficients apart, are the pivots: the regression through them alone fits them
exactly. What is left of the other studies, ``e = y2 - C' y1``, knows nothing of the
coefficients, and the fit is found by how far the pivots move. All sums then run over
terms of one sign: a study may outweigh the others by any number of orders of
magnitude and nothing cancels, as it would in ``w - w X (X' W X)^-1 X' w``.

Every method takes tau² as an array (b,): several values for one set of effects, or
one value each for b sets that share a design, as permutations do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synthesist.errors import NotEstimable
from synthesist.numerics import dense, linear
from synthesist.numerics.arrays import Indices, Mask, Matrix, Vector

#: A column of which less than this is not made of other columns adds nothing.
SINGULAR = 1e-10

#: A row that keeps less than this of its length lies in the span of the pivots.
SPANNED = 1e-9

#: Numbers in one block of a batch of weighted matrices.
BLOCK = 400_000


@dataclass(frozen=True)
class Contrasts:
    """What is left of effects when p pivots are fitted exactly.

    Parameters
    ----------
    e : (b, n) array
        Remainders of the other studies.
    C : (p, n) array
        The others' rows of the design in terms of the pivots' rows.
    v1, v2 : (b, p) and (b, n) arrays
        Variances of the pivots and of the others.
    spread : (b,) array
        Mean square of the effects around their mean.
    """

    e: Matrix
    C: Matrix
    v1: Matrix
    v2: Matrix
    spread: Vector

    @property
    def n(self) -> int:
        """Return the residual degrees of freedom."""
        return self.C.shape[1]

    @property
    def p(self) -> int:
        """Return the number of coefficients."""
        return self.C.shape[0]

    @cached_property
    def least(self) -> Vector:
        """The smallest variance of each set (b,)."""
        return np.minimum(self.v1.min(axis=1), self.v2.min(axis=1))

    @cached_property
    def most(self) -> Vector:
        """The largest variance of each set (b,)."""
        return np.maximum(self.v1.max(axis=1), self.v2.max(axis=1))

    @cached_property
    def common(self) -> Solved:
        """The fit without tau², which nearly every method needs."""
        return self.at(np.zeros(len(self.e)))

    @cached_property
    def unweighted(self) -> Solved:
        """The fit by ordinary least squares."""
        return Solved(self, np.ones((1, self.p)), np.ones((1, self.n)))

    def take(self, index: Indices | Mask) -> Contrasts:
        """Return some of the sets."""
        return Contrasts(
            self.e[index],
            self.C,
            self.v1[index],
            self.v2[index],
            self.spread[index],
        )

    def at(self, tau2: Vector) -> Solved:
        """Return the fit with weights ``1 / (v + tau2)``."""
        added = tau2[:, None]
        return Solved(self, 1 / (self.v1 + added), 1 / (self.v2 + added))


@dataclass(frozen=True)
class Solved:
    """Contrasts fitted with given weights of the pivots (b, p) and the others (b, n).

    P is the matrix with ``y' P y = Q``, the weights being its ordinary diagonal.
    """

    of: Contrasts
    w1: Matrix
    w2: Matrix

    @cached_property
    def middle(self) -> Matrix:
        """``C W2 C'`` (b, p, p)."""
        return gram(self.of.C, self.w2)

    @cached_property
    def root(self) -> Matrix:
        """Square roots of the pivots' weights (b, p)."""
        return np.sqrt(self.w1)

    @cached_property
    def inverse(self) -> Matrix:
        """``(W1 + C W2 C')^-1`` (b, p, p), the covariance of the pivots' means.

        Scaled by the pivots' weights the matrix is the identity and something that
        is not negative, so its inverse has no large numbers.
        """
        scale = self.root[:, :, None] * self.root[:, None, :]
        inner = np.eye(self.of.p) + self.middle / scale
        return linear.inverse(inner) / scale

    @cached_property
    def moved(self) -> Matrix:
        """How far the pivots' means lie from their effects (b, p)."""
        return self._moves(self.of.e)

    @cached_property
    def r2(self) -> Matrix:
        """Residuals of the others (b, n)."""
        return self.of.e - combine(self.moved, self.of.C)

    @cached_property
    def score2(self) -> Matrix:
        """``P y`` for the others (b, n)."""
        return self.w2 * self.r2

    @cached_property
    def score1(self) -> Matrix:
        """``P y`` for the pivots (b, p)."""
        return -self.w1 * self.moved

    @cached_property
    def q(self) -> Vector:
        """Generalised Q, ``y' P y`` (b,)."""
        return _dot(self.score2, self.r2) - _dot(self.score1, self.moved)

    @cached_property
    def push(self) -> Vector:
        """``y' P P y`` (b,)."""
        return _dot(self.score1, self.score1) + _dot(self.score2, self.score2)

    @cached_property
    def push_slope(self) -> Vector:
        """``y' P P P y`` (b,), half the speed at which `push` falls with tau²."""
        e = self.score2 - combine(self.score1, self.of.C)
        moved = self._moves(e)
        rest = e - combine(moved, self.of.C)
        return _dot(self.w2 * rest, rest) + _dot(self.w1 * moved, moved)

    @cached_property
    def second(self) -> Matrix:
        """``C W2 W2 C'`` (b, p, p)."""
        return gram(self.of.C, self.w2 * self.w2)

    @cached_property
    def trace(self) -> Vector:
        """The trace of P (b,)."""
        others = self.w2.sum(axis=1) - _trace(self.inverse, self.second)
        return self.diagonal1.sum(axis=1) + others

    @cached_property
    def weight(self) -> Vector:
        """The sum of all weights (b,)."""
        return self.w1.sum(axis=1) + self.w2.sum(axis=1)

    @cached_property
    def weight_square(self) -> Vector:
        """The sum of all squared weights (b,)."""
        return _dot(self.w1, self.w1) + _dot(self.w2, self.w2)

    @cached_property
    def diagonal1(self) -> Matrix:
        """The diagonal of P for the pivots (b, p)."""
        return np.einsum("bij,bji->bi", self.middle, self.inverse) * self.w1

    @cached_property
    def diagonal2(self) -> Matrix:
        """The diagonal of P for the others (b, n)."""
        C = self.of.C
        leverage = np.einsum("pn,bpn->bn", C, self.inverse @ C) * self.w2
        return self.w2 * (1 - leverage)

    @cached_property
    def trace_square(self) -> Vector:
        """The trace of P P (b,), the speed at which `trace` falls with tau²."""
        C, w = self.of.C, self.w2
        second, third = self.second, gram(C, w * w * w)
        half = self.inverse @ second
        own = _dot(w, w) - 2 * _trace(self.inverse, third) + _trace(half, half)
        mixed = self.inverse * self.w1[:, None, :]
        between = _trace(np.swapaxes(mixed, 1, 2) @ second, mixed)
        pivots = self.middle @ mixed
        return own + 2 * between + _trace(pivots, pivots)

    def expected(self) -> Vector:
        """Return the trace of ``P V`` (b,), what Q is on average without tau²."""
        return _dot(self.diagonal1, self.of.v1) + _dot(self.diagonal2, self.of.v2)

    def log_determinant(self) -> Vector:
        """Return the logarithm of the determinant of ``S`` with ``Q = e' S e`` (b,).

        S is the inverse of the covariance of `e`.
        """
        scale = self.root[:, :, None] * self.root[:, None, :]
        inner = np.eye(self.of.p) + self.middle / scale
        return np.log(self.w2).sum(axis=1) - linear.log_determinant(inner)

    def _moves(self, e: Matrix) -> Matrix:
        """Return the shift of the pivots that fits remainders `e` best (b, p)."""
        pulled = weigh(self.w2 * e, self.of.C)
        return np.einsum("bij,bj->bi", self.inverse, pulled)


@dataclass(frozen=True)
class Pivots:
    """The studies that stand for the coefficients, and how to go back to these."""

    first: Indices
    rest: Indices
    scale: Vector
    X1: Matrix
    C: Matrix

    def contrasts(self, y: Matrix, v: Matrix) -> Contrasts:
        """Return the contrasts of b sets of effects and variances (b, k)."""
        y1 = y[:, self.first]
        return Contrasts(
            e=y[:, self.rest] - combine(y1, self.C),
            C=self.C,
            v1=v[:, self.first],
            v2=v[:, self.rest],
            spread=y.var(axis=1),
        )

    def coefficients(self, solved: Solved, y: Matrix) -> Matrix:
        """Return the coefficients (b, p)."""
        means = y[:, self.first] + solved.moved
        return linear.solve(self.X1, means.T).T / self.scale

    def covariance(self, solved: Solved) -> Matrix:
        """Return the covariance of the coefficients (b, p, p), tau² being known."""
        half = linear.solve(self.X1, solved.inverse)
        both = linear.solve(self.X1, np.swapaxes(half, 1, 2))
        return both / (self.scale[:, None] * self.scale)

    def in_order(self, first: Matrix, rest: Matrix) -> Matrix:
        """Return values of the pivots (b, p) and the others (b, n) in place (b, k)."""
        b = max(len(first), len(rest))
        found = np.empty((b, len(self.first) + len(self.rest)))
        found[:, self.first], found[:, self.rest] = first, rest
        return found


def choose_pivots(X: Matrix, v: Vector, names: tuple[str, ...]) -> Pivots:
    """Choose the most precise studies that tell the coefficients apart.

    Raises
    ------
    NotEstimable
        If there are not more studies than coefficients, or a column of the design
        is a combination of others.
    """
    k, p = X.shape
    if k <= p:
        raise NotEstimable(
            f"{k} studies cannot tell {p} coefficients and their scatter.",
            remedy=f"use fewer moderators: {p} coefficients need {p + 1} studies or more",
        )
    scale = np.sqrt(np.einsum("kp,kp->p", X, X) / k)
    scale[scale == 0] = 1.0
    scaled = X / scale
    _check_rank(scaled, names)
    first = _pivot_rows(scaled, v)
    others = np.ones(k, dtype=np.bool_)
    others[first] = False
    rest = np.flatnonzero(others)
    X1 = scaled[first]
    back = linear.inverse(X1)
    return Pivots(
        first=first,
        rest=rest,
        scale=scale,
        X1=X1,
        C=np.einsum("kq,qp->pk", scaled[rest], back),
    )


def _check_rank(scaled: Matrix, names: tuple[str, ...]) -> None:
    """Name the columns that add nothing to those before them."""
    size = len(scaled)
    basis = np.empty(scaled.T.shape)
    idle: list[int] = []
    for i in range(len(basis)):
        column = scaled[:, i].copy()
        # Twice, because rounding leaves a little of the others behind.
        for _ in range(2):
            column -= dense.combine(dense.weigh(basis[:i], column), basis[:i])
        length = np.sqrt(dense.dot(column, column))
        if length <= SINGULAR * np.sqrt(size):
            idle.append(i)
        basis[i] = column / length if length > 0 and i not in idle else 0.0
    if not idle:
        return
    which = ", ".join(names[i] for i in idle)
    raise NotEstimable(
        f"The coefficients cannot be told apart: {which} follows from the other "
        "columns of the design.",
        remedy=f"leave out {which}",
    )


def _pivot_rows(scaled: Matrix, v: Vector) -> Indices:
    """Return p rows, each the longest weighted one outside the span of those before.

    References
    ----------
    Businger P, Golub GH. Numer Math 1965;7:269. doi:10.1007/BF01436084
    """
    rest = np.ascontiguousarray((scaled / np.sqrt(v / v.min())[:, None]).T)
    before = np.einsum("pk,pk->k", rest, rest)
    chosen: list[int] = []
    for _ in range(len(rest)):
        length = np.einsum("pk,pk->k", rest, rest)
        length[length <= SPANNED**2 * before] = 0.0
        best = int(np.argmax(length))
        chosen.append(best)
        direction = rest[:, best] / np.sqrt(length[best])
        # Twice, because rounding leaves a little of the direction behind.
        for _ in range(2):
            rest -= direction[:, None] * dense.combine(direction, rest)
        before[best] = np.inf
    return np.sort(np.array(chosen, dtype=np.intp))


def gram(C: Matrix, w: Matrix) -> Matrix:
    """Return ``C W C'`` (b, p, p) for weights (b, n)."""
    p, n = C.shape
    b = len(w)
    if b == 1:
        return dense.cross(C * w[0], C)[None]
    found = np.empty((b, p, p))
    step = max(1, BLOCK // max(p * n, 1))
    for start in range(0, b, step):
        part = slice(start, start + step)
        found[part] = (C * w[part, None, :]) @ C.T
    return found


def combine(factors: Matrix, C: Matrix) -> Matrix:
    """Return the sums of rows (p, n) times factors (b, p), an array (b, n)."""
    if len(factors) == 1:
        return dense.combine(factors[0], C)[None]
    return factors @ C


def weigh(values: Matrix, C: Matrix) -> Matrix:
    """Return the sums of values (b, n) times each row (p, n), an array (b, p)."""
    if len(values) == 1:
        return dense.weigh(C, values[0])[None]
    return values @ C.T


def _dot(a: Matrix, b: Matrix) -> Vector:
    return np.einsum("bn,bn->b", a, b)


def _trace(a: Matrix, b: Matrix) -> Vector:
    """Return the trace of the products of two stacks of matrices (b,)."""
    return np.einsum("bij,bji->b", a, b)
