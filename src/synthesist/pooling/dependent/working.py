"""A fitted model as robust methods see it: a regression with a working covariance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Indices, Mask, Matrix, Vector
from synthesist.pooling.dependent.fit import DependentFit
from synthesist.pooling.dependent.influence import clusters_of
from synthesist.pooling.dependent.model import ROW, blocks_of, cluster_codes
from synthesist.pooling.dependent.terms import is_nested
from synthesist.pooling.regression.fit import RegressionFit

Stack = NDArray[np.float64]


@dataclass(frozen=True)
class Working:
    """A generalised least squares fit with clusters.

    Parameters
    ----------
    X : (k, p) array
    pulled : (p, k) array
        ``M^-1 X`` as rows, M the working covariance.
    phi : (p, p) array
        ``(X' M^-1 X)^-1``.
    codes : (k,) array
        The cluster of each row.
    clusters : tuple of str
        Their names.
    blocks : callable
        Returns the parts of M (b, s, s) for sets of rows (b, s).
    aligned : bool
        Whether rows of different clusters are independent in the working model.
    """

    effects: EffectTable
    used: Mask
    names: tuple[str, ...]
    terms: dict[str, tuple[int, ...]]
    intercept: int | None
    X: Matrix
    pulled: Matrix
    phi: Matrix
    estimate: Vector
    residuals: Vector
    codes: Indices
    clusters: tuple[str, ...]
    by: str
    blocks: Callable[[Indices], Stack]
    aligned: bool
    level: float
    rules: dict[str, str]

    @cached_property
    def parts(self) -> list[tuple[Indices, Indices]]:
        """Clusters of one size together: their numbers (b,), and their rows (b, s)."""
        order = np.argsort(self.codes, kind="stable")
        counts = np.bincount(self.codes, minlength=len(self.clusters))
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        found: list[tuple[Indices, Indices]] = []
        for size in np.unique(counts).tolist():
            numbers = np.flatnonzero(counts == size)
            rows = order[starts[numbers][:, None] + np.arange(size)]
            found.append((numbers, rows))
        return found

    def scores(self, residuals: Vector) -> Matrix:
        """Return ``X_j' M^-1 e_j`` of every cluster (J, p)."""
        found = np.zeros((len(self.clusters), len(self.pulled)))
        np.add.at(found, self.codes, self.pulled.T * residuals[:, None])
        return found


def working_of(fit: Any, cluster: str | None) -> Working:
    """Return a fitted regression or model with its clusters.

    Raises
    ------
    InvalidInput
        If it is none, has imputed moderators, or has fewer than two clusters.
    """
    if isinstance(fit, DependentFit):
        found = _of_dependent(fit, cluster)
    elif isinstance(fit, RegressionFit):
        found = _of_regression(fit, cluster)
    else:
        raise InvalidInput(
            f"A {type(fit).__name__} has no robust answer.",
            remedy="give what regress, multilevel or multivariate return",
        )
    if len(found.clusters) < 2:
        raise InvalidInput(
            f"There is one cluster by {found.by}, and robust answers need several.",
            remedy="choose a finer cluster",
        )
    return found


def _of_dependent(fit: DependentFit, cluster: str | None) -> Working:
    """Return a multilevel or multivariate model with its clusters."""
    estimated = fit.estimated
    model = estimated.model
    by, codes, names = clusters_of(fit, cluster)
    return Working(
        effects=fit.effects,
        used=fit.used,
        names=fit.names,
        terms=dict(model.design.terms),
        intercept=model.design.intercept,
        X=model.X,
        pulled=estimated.pulled_design,
        phi=estimated.covariance,
        estimate=estimated.estimate,
        residuals=estimated.residuals,
        codes=codes,
        clusters=names,
        by=by,
        blocks=estimated.blocks,
        aligned=is_nested(blocks_of(model.terms, model.V), codes),
        level=fit.level,
        rules=dict(fit.rules),
    )


def _of_regression(fit: RegressionFit, cluster: str | None) -> Working:
    """Return a meta-regression with its clusters, by default every study."""
    if fit.imputed:
        raise InvalidInput(
            "There is no robust answer with imputed moderators.",
            remedy="regress with missing='drop'",
        )
    core = fit.core
    if cluster is None or cluster == ROW:
        index = np.flatnonzero(fit.used).tolist()
        codes = np.arange(core.k, dtype=np.intp)
        names = tuple(fit.effects.study[i] for i in index)
        by = ROW
    else:
        by = cluster
        codes, names = cluster_codes(fit.effects, fit.used, cluster)
    total = core.v + core.tau2

    def blocks(rows: Indices) -> Stack:
        size = rows.shape[1]
        found = np.zeros((len(rows), size, size))
        found[:, np.arange(size), np.arange(size)] = total[rows]
        return found

    return Working(
        effects=fit.effects,
        used=fit.used,
        names=fit.names,
        terms=dict(fit.design.terms),
        intercept=fit.design.intercept,
        X=core.X,
        pulled=core.X.T * core.w,
        phi=core.covariance,
        estimate=core.estimate,
        residuals=core.residuals,
        codes=codes,
        clusters=names,
        by=by,
        blocks=blocks,
        aligned=True,
        level=fit.level,
        rules=dict(fit.rules),
    )
