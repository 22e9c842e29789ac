"""A fitted model with dependent effects, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from synthesist.numerics import linear
from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.numerics.maximise import Maximum
from synthesist.pooling.dependent.layout import choose_layout
from synthesist.pooling.dependent.likelihood import (
    Marginal,
    Problem,
    highest,
    pose,
    spread_of,
)
from synthesist.pooling.dependent.model import Model
from synthesist.pooling.dependent.sampling import SamplingCovariance
from synthesist.pooling.regression.contrasts import choose_pivots


@dataclass(frozen=True)
class Estimated:
    """A model at its most likely parameters.

    Parameters
    ----------
    model : Model
    problem : Problem
        In units of `problem.scale`, rows in the order of its layout.
    maxima : sequence of Maximum
        All that were found, highest first.
    """

    model: Model
    problem: Problem
    maxima: Sequence[Maximum]

    @property
    def best(self) -> Maximum:
        """The highest maximum."""
        return self.maxima[0]

    @cached_property
    def fit(self) -> Marginal:
        """The generalised least squares fit there."""
        return self.problem.at(self.best.at)

    @cached_property
    def matrices(self) -> list[Matrix]:
        """The covariance T of each term, in squared units of the effects."""
        unit = self.problem.scale**2
        parts = self.problem.split(self.best.at)
        return [
            unit * term.shape.matrix(own).matrix
            for term, own in zip(self.model.terms, parts, strict=True)
        ]

    @property
    def estimate(self) -> Vector:
        """The coefficients (p,)."""
        return self.fit.estimate

    @property
    def covariance(self) -> Matrix:
        """Their covariance (p, p), the components being known."""
        return self.fit.covariance

    @property
    def df(self) -> int:
        """The residual degrees of freedom."""
        return len(self.model.y) - self.model.X.shape[1]

    def log_likelihood(self, *, restricted: bool) -> float:
        """Return the log-likelihood of the effects as they are."""
        size = self.df if restricted else len(self.model.y)
        height = self.fit.likelihood(restricted=restricted)
        return height - size * float(np.log(self.problem.scale))

    def solve(self, Z: Matrix) -> Matrix:
        """Return ``M^-1 Z`` (c, k) for rows in the order of the model."""
        order = self.problem.layout.order
        found = np.empty_like(Z)
        found[:, order] = self.fit.solved.solve(Z[:, order])
        return found / self.problem.scale**2

    def blocks(self, rows: Indices) -> NDArray[np.float64]:
        """Return the marginal covariances (b, s, s) of sets of rows (b, s)."""
        return self.problem.scale**2 * self.fit.solved.blocks(self._place[rows])

    @cached_property
    def _place(self) -> Indices:
        """Where each row of the model stands in the layout."""
        order = self.problem.layout.order
        found = np.empty_like(order)
        found[order] = np.arange(len(order))
        return found

    @cached_property
    def pulled_design(self) -> Matrix:
        """``M^-1 X`` as rows (p, k)."""
        return self.solve(np.ascontiguousarray(self.model.X.T))

    @cached_property
    def residuals(self) -> Vector:
        """Effects less fitted values (k,)."""
        return self.model.y - self.model.X @ self.estimate

    @cached_property
    def score(self) -> Vector:
        """``P y`` (k,)."""
        return self.solve(self.residuals[None])[0]

    def gains(self, t: int) -> NDArray[np.float64]:
        """Return ``Z_g' M^-1 Z_g`` (g, m, m) of every group of a term."""
        return self.fit.solved.gains(t) / self.problem.scale**2

    @cached_property
    def sampling(self) -> Marginal:
        """The fit by the sampling covariance alone."""
        nothing = np.zeros(len(self.problem.parameters))
        return self.problem.at(nothing)

    @property
    def q(self) -> float:
        """Residual Q, by the sampling covariance alone."""
        return self.sampling.q

    def typical(self, rows: Indices | None = None) -> float | None:
        """Return the typical sampling variance of some rows.

        It is their share of the residual degrees of freedom over the trace of their
        part of P, by the sampling covariance alone; None where the coefficients fit
        these rows exactly.

        References
        ----------
        Higgins JPT, Thompson SG. Stat Med 2002;21:1539. doi:10.1002/sim.1186
        """
        fit, problem = self.sampling, self.problem
        place = None if rows is None else self._place[rows]
        part = slice(None) if place is None else place
        pulled, rows_of_Q = fit.pulled[:, part], problem.Q[:, part]
        free = pulled.shape[1]
        free -= float(np.einsum("pn,pq,qn->", rows_of_Q, fit.phi, pulled))
        lost = float(np.einsum("pn,pq,qn->", pulled, fit.phi, pulled))
        trace = fit.solved.trace_inverse(place) - lost
        if free <= 1e-9:
            return None
        return problem.scale**2 * free / trace


def estimate(
    model: Model, *, restricted: bool, start: Vector | None = None, dense: bool = False
) -> Estimated:
    """Fit a model.

    Parameters
    ----------
    start : (r,) array, optional
        Parameters of a similar model, in units of its effects; then only the maximum
        nearest to these is looked for.

    Raises
    ------
    NotEstimable
        If there are too few rows, or a column of the design follows from others.
    """
    problem = posed(model, restricted=restricted, dense=dense)
    if start is None:
        return Estimated(model, problem, highest(problem))
    return Estimated(model, problem, highest(problem, [to_units(problem, start)]))


def posed(model: Model, *, restricted: bool, dense: bool = False) -> Problem:
    """Return the likelihood of a model."""
    choose_pivots(model.X, model.v, model.design.names)
    unit = spread_of(model.y, model.X, model.v)
    V = SamplingCovariance(
        model.V.v / unit**2,
        model.V.cluster,
        {number: block / unit**2 for number, block in model.V.blocks.items()},
    )
    layout = choose_layout(model.terms, V, dense=dense, overall=model.overall)
    return pose(model.y, model.X, model.v, layout, restricted=restricted)


def to_units(problem: Problem, theta: Vector) -> Vector:
    """Return parameters in units of a problem, given those of the effects."""
    factors = {"variance": problem.scale**-2, "sd": 1 / problem.scale}
    return theta * np.array([factors.get(p.kind, 1.0) for p in problem.parameters])


def from_units(problem: Problem, theta: Vector) -> Vector:
    """Return parameters in units of the effects."""
    factors = {"variance": problem.scale**2, "sd": problem.scale}
    return theta * np.array([factors.get(p.kind, 1.0) for p in problem.parameters])


def without(estimated: Estimated, rows: Indices) -> Estimated:
    """Return the fit without some rows, from where the whole fit is.

    Raises
    ------
    NotEstimable
        If the rest does not tell all coefficients.
    """
    keep = np.setdiff1d(np.arange(len(estimated.model.y)), rows)
    part = estimated.model.take(keep)
    start = from_units(estimated.problem, estimated.best.at)
    return estimate(part, restricted=estimated.problem.restricted, start=start)


def same_components(estimated: Estimated, X: Matrix) -> Estimated:
    """Return the fit with another design, its components estimated anew."""
    model = replace(estimated.model, X=X)
    return estimate(model, restricted=estimated.problem.restricted)


def precision_root(estimated: Estimated) -> Matrix:
    """Return a triangular root of the inverse covariance of the coefficients."""
    return linear.cholesky(linear.inverse(estimated.covariance))
