"""The likelihood of a model with dependent effects, and its highest maximum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from synthesist.numerics import linear
from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.numerics.maximise import Height, Maximum, maximise
from synthesist.pooling.dependent.solved import Layout, Solved
from synthesist.pooling.dependent.structures import LEAST_SD, Parameter
from synthesist.pooling.dependent.terms import Term


@dataclass(frozen=True)
class Problem:
    """Effects and design, standardised, with the layout of their covariance.

    Parameters
    ----------
    y : (n,) array
        Residuals of ordinary least squares, in units of `scale`.
    Q : (p, n) array
        Orthonormal rows that span the design.
    R : (p, p) array
        The design is ``Q' R``.
    start : (p,) array
        The coefficients of ordinary least squares.
    scale : float
        The unit of the effects.
    """

    y: Vector
    Q: Matrix
    R: Matrix
    start: Vector
    scale: float
    layout: Layout
    restricted: bool

    @property
    def terms(self) -> tuple[Term, ...]:
        """The random part."""
        return self.layout.terms

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """All parameters of the random part in order."""
        return tuple(p for term in self.terms for p in term.shape.parameters)

    @cached_property
    def low(self) -> Vector:
        """Lower bounds of the parameters (r,)."""
        return np.array([p.low for p in self.parameters])

    @cached_property
    def high(self) -> Vector:
        """Upper bounds of the parameters (r,)."""
        return np.array([p.high for p in self.parameters])

    def split(self, theta: Vector) -> list[Vector]:
        """Return the parameters of each term."""
        counts = [len(term.shape.parameters) for term in self.terms]
        return np.split(theta, np.cumsum(counts)[:-1]) if counts else []

    def at(self, theta: Vector) -> Marginal:
        """Return the generalised least squares fit at some parameters."""
        return Marginal(self, self.layout.at(self.split(theta)))

    def height(self, theta: Vector) -> Height:
        """Return the log-likelihood, its gradient, and the average information.

        The likelihood is zero where the marginal covariance is singular.
        """
        fit = self.at(theta)
        try:
            return Height(fit.log_likelihood, fit.gradient, fit.information)
        except np.linalg.LinAlgError:
            return Height(-np.inf, np.zeros(len(theta)), np.eye(len(theta)))


class Marginal:
    """A generalised least squares fit with given marginal covariance."""

    def __init__(self, problem: Problem, solved: Solved) -> None:
        self.problem, self.solved = problem, solved

    @cached_property
    def _both(self) -> Matrix:
        """``M^-1`` times design and effects (p + 1, n)."""
        return self.solved.solve(np.vstack([self.problem.Q, self.problem.y]))

    @cached_property
    def pulled(self) -> Matrix:
        """``M^-1 Q'`` as rows (p, n)."""
        return self._both[:-1]

    @cached_property
    def precision(self) -> Matrix:
        """``Q M^-1 Q'`` (p, p)."""
        found = np.einsum("pn,qn->pq", self.problem.Q, self.pulled)
        return (found + found.T) / 2

    @cached_property
    def phi(self) -> Matrix:
        """Its inverse, the covariance of the coefficients of Q."""
        return linear.inverse(self.precision)

    @cached_property
    def gamma(self) -> Vector:
        """The coefficients of Q, in standard units (p,)."""
        right = np.einsum("pn,n->p", self.problem.Q, self._both[-1])
        return linear.solve(self.precision, right)

    @cached_property
    def score(self) -> Vector:
        """``P y`` (n,)."""
        return self._both[-1] - self.gamma @ self.pulled

    @cached_property
    def q(self) -> float:
        """``y' P y``."""
        return float(np.einsum("n,n->", self.problem.y, self.score))

    @cached_property
    def log_likelihood(self) -> float:
        """The log-likelihood of the standardised effects."""
        return self.likelihood(restricted=self.problem.restricted)

    def likelihood(self, *, restricted: bool) -> float:
        """Return either log-likelihood of the standardised effects."""
        n = len(self.problem.y)
        twice = self.solved.log_determinant() + self.q
        size = n
        if restricted:
            twice += float(linear.log_determinant(self.precision))
            size = n - len(self.problem.Q)
        return -0.5 * (twice + size * float(np.log(2 * np.pi)))

    @cached_property
    def _pushes(self) -> NDArray[np.float64]:
        """``M_i P y`` (r, n)."""
        count = len(self.problem.parameters)
        n = len(self.problem.y)
        rows = [self.solved.moved(i, self.score[None])[0] for i in range(count)]
        return np.array(rows).reshape(count, n)

    @cached_property
    def forms(self) -> NDArray[np.float64]:
        """``B M_i B'`` (r, p + 1, p + 1), B the rows of ``Q M^-1`` and ``y' P``."""
        both = np.vstack([self.pulled, self.score])
        count = len(self.problem.parameters)
        found = [self.solved.forms(i, both) for i in range(count)]
        return np.array(found).reshape(count, len(both), len(both))

    @cached_property
    def first(self) -> NDArray[np.float64]:
        """``Q M^-1 M_i M^-1 Q'`` (r, p, p)."""
        return self.forms[:, :-1, :-1]

    @cached_property
    def gradient(self) -> Vector:
        """The derivative of the log-likelihood by the parameters (r,)."""
        push, pull = self.forms[:, -1, -1], self.solved.traces()
        if self.problem.restricted:
            pull = pull - np.einsum("pq,ipq->i", self.phi, self.first)
        return 0.5 * (push - pull)

    @cached_property
    def information(self) -> Matrix:
        """The average of observed and expected information (r, r).

        References
        ----------
        Gilmour AR, Thompson R, Cullis BR. Biometrics 1995;51:1440.
        doi:10.2307/2533274
        """
        pushes = self._pushes
        if not len(pushes):
            return np.zeros((0, 0))
        pulled = self.solved.solve(pushes)
        cross = np.einsum("pn,in->pi", self.pulled, pushes)
        found = np.einsum("in,jn->ij", pushes, pulled) - cross.T @ self.phi @ cross
        return 0.25 * (found + found.T)

    def back(self, rows: Matrix) -> Matrix:
        """Return rows of combinations of Q's coefficients for those of the design."""
        return linear.solve(self.problem.R, rows)

    @cached_property
    def estimate(self) -> Vector:
        """The coefficients (p,)."""
        problem = self.problem
        return problem.start + problem.scale * linear.solve(problem.R, self.gamma)

    @cached_property
    def covariance(self) -> Matrix:
        """The covariance of the coefficients (p, p), the components being known."""
        half = linear.solve(self.problem.R, self.phi)
        return self.problem.scale**2 * linear.solve(self.problem.R, half.T)


def pose(
    y: Vector, X: Matrix, v: Vector, layout: Layout, *, restricted: bool
) -> Problem:
    """Return a problem; rows are in the order of the input and end in the layout's.

    The sampling variances in the layout must be in units of the square of
    `spread_of`.
    """
    order = layout.order
    scale = spread_of(y, X, v)
    Q, R, start = orthonormal(X)
    start = start @ y
    residual = (y - X @ start) / scale
    return Problem(residual[order], Q[:, order], R, start, scale, layout, restricted)


def spread_of(y: Vector, X: Matrix, v: Vector) -> float:
    """Return the unit of the effects: their spread around the regression."""
    Q, _, start = orthonormal(X)
    del Q
    residual = y - X @ (start @ y)
    free = max(len(y) - X.shape[1], 1)
    square = float(residual @ residual) / free
    return float(np.sqrt(max(square, float(np.median(v)))))


def orthonormal(X: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Return orthonormal rows Q (p, n), R with ``X = Q' R``, and ``R^-1 Q``."""
    n, p = X.shape
    Q, R = np.empty((p, n)), np.zeros((p, p))
    for i in range(p):
        column = X[:, i].astype(np.float64)
        # Twice, because rounding leaves a little of the others behind.
        for _ in range(2):
            parts = np.einsum("pn,n->p", Q[:i], column)
            R[:i, i] += parts
            column = column - np.einsum("p,pn->n", parts, Q[:i])
        R[i, i] = np.sqrt(np.einsum("n,n->", column, column))
        Q[i] = column / R[i, i]
    return Q, R, linear.solve(R, Q)


#: A strong correlation, from which the likelihood is climbed too.
STRONG = 0.7


def starts(problem: Problem) -> list[Vector]:
    """Return points from which the likelihood is climbed.

    The scatter is dealt to the terms evenly, mostly to one of them, or hardly at all;
    correlations are moderate, strong or negative, and where there are several, one of
    them strong with another sign than the rest.
    """
    terms = len(problem.terms)
    shares = [np.full(terms, 1 / max(terms, 1)), np.full(terms, 0.02)]
    if terms > 1:
        shares += [
            np.where(np.arange(terms) == i, 0.9, 0.1 / (terms - 1))
            for i in range(terms)
        ]
    places = [i for i, p in enumerate(problem.parameters) if p.kind == "correlation"]
    rhos = (0.3, 0.8, -0.5) if places else (0.3,)
    found = [_start(problem, share, rho) for share in shares for rho in rhos]
    for odd in places if len(places) > 1 else ():
        for strong in (STRONG, -STRONG):
            start = _start(problem, shares[0], strong)
            start[odd] = np.clip(-strong, problem.low[odd], problem.high[odd])
            found.append(start)
    return found


def _start(problem: Problem, share: Vector, rho: float) -> Vector:
    """Return one start; effects are in units of their spread."""
    values: list[float] = []
    for term, part in zip(problem.terms, share.tolist(), strict=True):
        for parameter in term.shape.parameters:
            value = {
                "variance": part,
                "sd": float(np.sqrt(part)),
                "correlation": rho,
                "slope": 1.0,
            }[parameter.kind]
            edge = 0.1 * (parameter.high - parameter.low)
            if parameter.kind == "correlation":
                value = min(max(value, parameter.low + edge), parameter.high - edge)
            values.append(value)
    return np.array(values)


def highest(problem: Problem, begin: Sequence[Vector] | None = None) -> list[Maximum]:
    """Return the maxima of the likelihood, highest first.

    They are looked for from several starts, or from those that are given. Standard
    deviations that end at their lower bound are set to zero, where they
    belong.
    """
    if not problem.parameters:
        nothing = np.zeros(0)
        value = problem.at(nothing).log_likelihood
        return [Maximum(nothing, value, np.zeros((0, 0)), np.zeros(0, dtype=np.bool_))]
    from_here = starts(problem) if begin is None else begin
    found = maximise(problem.height, from_here, problem.low, problem.high)
    if begin is None and _collapsed(problem, found[0]):
        again = [_with_deviations(problem, start) for start in from_here]
        more = maximise(problem.height, again, problem.low, problem.high)
        if more[0].value > found[0].value:
            found = more
    return [_snapped(problem, maximum) for maximum in found]


def _collapsed(problem: Problem, maximum: Maximum) -> bool:
    """Say whether deviations are zero where there are correlations.

    Correlations of what does not vary say nothing, so a likelihood that is climbed in
    both at once may end there with the wrong ones.
    """
    kinds = [parameter.kind for parameter in problem.parameters]
    return "correlation" in kinds and any(
        kind == "sd" and value <= 2 * LEAST_SD
        for kind, value in zip(kinds, maximum.at, strict=True)
    )


def _with_deviations(problem: Problem, start: Vector) -> Vector:
    """Return a start with the best of all else for its correlations."""
    low, high = problem.low.copy(), problem.high.copy()
    for i, parameter in enumerate(problem.parameters):
        if parameter.kind == "correlation":
            low[i] = high[i] = start[i]
    return maximise(problem.height, [start], low, high)[0].at


def _snapped(problem: Problem, maximum: Maximum) -> Maximum:
    """Return a maximum with standard deviations of zero where they are smallest."""
    at = maximum.at.copy()
    for i, parameter in enumerate(problem.parameters):
        if parameter.kind == "sd" and at[i] <= 2 * LEAST_SD:
            at[i] = 0.0
    if (at == maximum.at).all():
        return maximum
    value = problem.at(at).log_likelihood
    return Maximum(at, value, maximum.information, maximum.free & (at > 0))


def cluster_rows(codes: Indices) -> list[Indices]:
    """Return the rows of each cluster, in the order of its number."""
    order = np.argsort(codes, kind="stable")
    edges = np.flatnonzero(np.diff(codes[order])) + 1
    return np.split(order, edges)


def rows_of(parts: Sequence[Indices], size: int) -> Indices:
    """Return the number (n,) of the part that each row is in."""
    found = np.empty(size, dtype=np.intp)
    for i, rows in enumerate(parts):
        found[rows] = i
    return found
