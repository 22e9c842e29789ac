"""What each cluster does to a model, by leaving it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.errors import NotConverged, NotEstimable
from synthesist.numerics import linear
from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.numerics.results import number, versions
from synthesist.numerics.tails import chi2_upper
from synthesist.pooling.dependent.components import components_of
from synthesist.pooling.dependent.estimate import (
    Estimated,
    from_units,
    to_units,
    without,
)
from synthesist.pooling.dependent.model import ROW, cluster_codes
from synthesist.tables import give_back

if TYPE_CHECKING:
    from synthesist.pooling.dependent.fit import DependentFit

ALONE = (
    "Without {clusters} the model cannot be estimated, so nothing is said of what it "
    "does."
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusterInfluence:
    """Diagnostics of J clusters, NaN where they do not exist.

    Attributes
    ----------
    cluster : sequence of str
    rows : (J,) array
        Number of rows.
    residual, residual_p : (J,) arrays
        Squared distance of the cluster's effects from what the others predict for
        them, and its P value by chi-squared on as many degrees of freedom as rows.
    leverage : (J,) array
        How much of their own predictions the rows make, summed up.
    cook : (J,) array
        The shift of all coefficients, squared and standardised.
    dfbetas : (J, p) array
        The shift of each coefficient, standardised.
    covariance_ratio : (J,) array
        The determinant of the coefficients' covariance without the cluster, relative
        to that with it.
    estimate : (J, p) array
        The coefficients without the cluster.
    components : (J, r) array
        The components without it, in the order of `component_names`.
    """

    by: str
    cluster: Sequence[str]
    names: tuple[str, ...]
    component_names: tuple[str, ...]
    rows: Indices
    residual: Vector
    residual_p: Vector
    leverage: Vector
    cook: Vector
    dfbetas: Matrix
    covariance_ratio: Vector
    estimate: Matrix
    components: Matrix
    notes: tuple[str, ...] = ()
    native: Any = field(default=None, repr=False)

    def _columns(self) -> dict[str, Any]:
        """Return all diagnostics by name, one value a cluster."""
        found: dict[str, Any] = {
            "rows": self.rows,
            "residual": self.residual,
            "residual_p": self.residual_p,
            "leverage": self.leverage,
            "cook": self.cook,
            "covariance_ratio": self.covariance_ratio,
        }
        for i, name in enumerate(self.names):
            found[f"dfbetas {name}"] = self.dfbetas[:, i]
            found[f"estimate {name}"] = self.estimate[:, i]
        for i, name in enumerate(self.component_names):
            found[name] = self.components[:, i]
        return found

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a cluster."""
        return give_back(
            {"cluster": list(self.cluster), **self._columns()}, self.native, backend
        )

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        columns = self._columns()
        return {
            "by": self.by,
            "clusters": [
                {"cluster": name, **{key: number(x[i]) for key, x in columns.items()}}
                for i, name in enumerate(self.cluster)
            ],
            "notes": list(self.notes),
            "versions": versions(),
        }

    def summary(self) -> str:
        """Return one line a cluster, those with the largest shift first."""
        order = np.argsort(-np.nan_to_num(self.cook, nan=np.inf), kind="stable")
        lines = [
            f"{self.cluster[i]}: {self.rows[i]} rows, Cook's distance "
            f"{self.cook[i]:.3g}, residual {self.residual[i]:.3g} "
            f"(P = {self.residual_p[i]:.2g})"
            for i in order.tolist()
        ]
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])


def cluster_influence(fit: DependentFit, cluster: str | None) -> ClusterInfluence:
    """Leave each cluster out in turn and fit again, components included.

    References
    ----------
    Viechtbauer W, Cheung MW. Res Synth Methods 2010;1:112. doi:10.1002/jrsm.11
    """
    estimated = fit.estimated
    by, codes, names = clusters_of(fit, cluster)
    parts = [np.flatnonzero(codes == i) for i in range(len(names))]
    J, p, r = len(parts), len(fit.names), len(fit.components)
    precision = linear.inverse(estimated.covariance)
    whole = float(linear.log_determinant(estimated.covariance))
    hat = np.einsum(
        "kp,pq,qk->k", estimated.model.X, estimated.covariance, estimated.pulled_design
    )
    cells, shifts = np.full((J, 4), np.nan), np.full((J, p), np.nan)
    estimates, components = np.full((J, p), np.nan), np.full((J, r), np.nan)
    alone: list[str] = []
    for j, rows in enumerate(parts):
        try:
            other = without(estimated, rows)
        except (NotEstimable, NotConverged, np.linalg.LinAlgError):
            alone.append(names[j])
            continue
        moved = estimated.estimate - other.estimate
        same = _at_components_of(estimated, other)
        square = _distance(same, other, rows)
        cells[j] = (
            square,
            chi2_upper(square, len(rows)),
            moved @ precision @ moved,
            np.exp(float(linear.log_determinant(other.covariance)) - whole),
        )
        shifts[j] = moved / np.sqrt(np.diagonal(same.covariance))
        estimates[j] = other.estimate
        components[j] = [c.value for c in components_of(other)]
    residual, residual_p, cook, ratio = cells.T
    return ClusterInfluence(
        by=by,
        cluster=names,
        names=fit.names,
        component_names=tuple(c.name for c in fit.components),
        rows=np.array([len(rows) for rows in parts], dtype=np.intp),
        residual=residual,
        residual_p=residual_p,
        leverage=np.array([hat[rows].sum() for rows in parts]),
        cook=cook,
        dfbetas=shifts,
        covariance_ratio=ratio,
        estimate=estimates,
        components=components,
        notes=(ALONE.format(clusters=", ".join(alone)),) if alone else (),
        native=fit.effects.native,
    )


def clusters_of(
    fit: DependentFit, cluster: str | None
) -> tuple[str, Indices, tuple[str, ...]]:
    """Return the name of the clusters, and the cluster of each row that is used.

    By default these are the groups of the factor with the fewest. ``school`` are the
    groups of ``district/school`` where the model has that: numbers that begin anew in
    each district are not one school.
    """
    terms = [term for term in fit.estimated.model.terms if not term.dense]
    if cluster == ROW or (cluster is None and not terms):
        index = np.flatnonzero(fit.used).tolist()
        names = tuple(fit.effects.study[i] for i in index)
        return ROW, np.arange(fit.k, dtype=np.intp), names
    if cluster is None:
        coarsest = min(terms, key=lambda term: len(term.groups))
        return coarsest.name, coarsest.outer, coarsest.groups
    named = [term for term in terms if term.name == cluster]
    named = named or [t for t in terms if t.name.split("/")[-1] == cluster]
    if len(named) == 1:
        return named[0].name, named[0].outer, named[0].groups
    return cluster, *cluster_codes(fit.effects, fit.used, cluster)


def _at_components_of(estimated: Estimated, other: Estimated) -> Estimated:
    """Return the fit of all rows at the components of another."""
    theta = to_units(estimated.problem, from_units(other.problem, other.best.at))
    best = replace(estimated.best, at=theta)
    return Estimated(estimated.model, estimated.problem, [best])


def _distance(same: Estimated, other: Estimated, rows: Indices) -> float:
    """Return the squared distance of effects from what others predict for them."""
    X = same.model.X[rows]
    apart = same.model.y[rows] - X @ other.estimate
    spread = same.blocks(rows[None])[0] + X @ other.covariance @ X.T
    return float(apart @ linear.solve(spread, apart))
