"""How the sampling errors of effects from one study go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput, Problem
from synthesist.numerics import linear
from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.pooling.dependent.terms import codes_of
from synthesist.pooling.pool import as_effects
from synthesist.pooling.regression.columns import as_values, column_of, labels_of

#: So much a matrix may differ from being symmetric, in units of its variances.
CLOSE = 1e-8

#: A matrix of correlations with a smaller eigenvalue has no inverse to speak of.
SINGULAR = 1e-10


@dataclass(frozen=True, eq=False)
class SamplingCovariance:
    """Variances of effects and their covariances within clusters.

    Parameters
    ----------
    v : (n,) array
        Variances, NaN for rows without an effect.
    cluster : (n,) array
        A number for each row; rows of different clusters are independent.
    blocks : mapping of int to (m, m) array
        The covariance matrix of each cluster with more than one row, in the order
        of its rows.
    note : str
        How it was made.
    """

    v: Vector
    cluster: Indices
    blocks: dict[int, Matrix]
    note: str = ""

    def __len__(self) -> int:
        return len(self.v)

    @property
    def diagonal(self) -> bool:
        """Say whether all errors are independent."""
        return not self.blocks

    def matrix(self) -> Matrix:
        """Return the whole matrix (n, n)."""
        found = np.diag(self.v)
        for number, block in self.blocks.items():
            rows = np.flatnonzero(self.cluster == number)
            found[np.ix_(rows, rows)] = block
        return found

    def take(self, rows: Indices) -> SamplingCovariance:
        """Return the covariance of some rows, in their order."""
        if self.diagonal:
            return independent(self.v[rows])
        place = np.full(len(self), -1, dtype=np.intp)
        for number in self.blocks:
            inside = np.flatnonzero(self.cluster == number)
            place[inside] = np.arange(len(inside))
        blocks: dict[int, Matrix] = {}
        chosen = self.cluster[rows]
        order = np.argsort(chosen, kind="stable")
        edges = np.flatnonzero(np.diff(chosen[order])) + 1
        for part in np.split(order, edges):
            number = int(chosen[part[0]])
            if len(part) > 1 and number in self.blocks:
                inside = place[rows[np.sort(part)]]
                blocks[number] = self.blocks[number][np.ix_(inside, inside)]
        return SamplingCovariance(self.v[rows], chosen, blocks, self.note)


def independent(v: Vector) -> SamplingCovariance:
    """Return variances whose errors are independent."""
    return SamplingCovariance(v, np.arange(len(v), dtype=np.intp), {})


def sampling_covariance(
    effects: Any,
    cluster: str,
    *,
    r: float | None = None,
    columns: Sequence[str] | None = None,
    matrix: ArrayLike | None = None,
) -> SamplingCovariance:
    """Return the sampling covariance of effects of which several come from one study.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        As for `pool`.
    cluster : str
        The column of the studies: effects of different ones are independent.
    r : float
        One correlation that is assumed between all effects of a study. It is an
        assumption: vary it.
    columns : sequence of str
        The columns that hold, in the order of the study's rows, the rows of its
        covariance matrix.
    matrix : (n, n) array
        The whole matrix.

    Raises
    ------
    InvalidInput
        If not exactly one of the last three is given, or a matrix is not one of
        covariances.

    References
    ----------
    Becker BJ. In: Tinsley HE, Brown SD (eds). Handbook of Applied Multivariate
    Statistics. Academic Press, 2000:499.
    """
    table = as_effects(effects)
    number = codes_of(labels_of(table, cluster))[0]
    given = [r is not None, columns is not None, matrix is not None]
    if sum(given) != 1:
        raise InvalidInput(
            "The sampling covariance follows from one of r, columns and matrix.",
            remedy="give exactly one of them",
        )
    if r is not None:
        return _assumed(table, number, r, cluster)
    if columns is not None:
        return _from_columns(table, number, columns, cluster)
    whole = np.asarray(matrix, dtype=np.float64)
    return _from_matrix(table, whole, cluster)


def as_covariance(
    table: EffectTable, given: Any, cluster: str | None
) -> SamplingCovariance:
    """Return what a model was given as sampling covariance.

    It may be nothing, a correlation, a matrix, or made by `sampling_covariance`.

    Raises
    ------
    InvalidInput
        If it does not fit the effects.
    """
    if given is None:
        return independent(table.v)
    if isinstance(given, SamplingCovariance):
        if len(given) != len(table):
            raise InvalidInput(
                f"The sampling covariance is of {len(given)} effects, and there are {len(table)}.",
                remedy="make it from the same table",
            )
        return given
    if isinstance(given, int | float):
        if cluster is None:
            raise InvalidInput(
                "A correlation alone does not say which effects are correlated.",
                remedy="use sampling_covariance, which takes the cluster",
            )
        number = codes_of(labels_of(table, cluster))[0]
        return _assumed(table, number, float(given), cluster)
    return _from_matrix(table, np.asarray(given, dtype=np.float64), "")


def _assumed(
    table: EffectTable, number: Indices, r: float, cluster: str
) -> SamplingCovariance:
    """Return the covariance with one correlation within clusters."""
    if not -1 < r < 1:
        raise InvalidInput(
            f"The correlation {r} is not between -1 and 1.", remedy="write 0.5, say"
        )
    blocks: dict[int, Matrix] = {}
    for rows in _clusters(number, table.included):
        sd = np.sqrt(table.v[rows])
        block = r * np.outer(sd, sd)
        np.fill_diagonal(block, table.v[rows])
        blocks[int(number[rows[0]])] = block
    found = SamplingCovariance(
        table.v,
        _apart(number, table.included),
        blocks,
        f"A correlation of {r:g} was assumed between sampling errors within {cluster}.",
    )
    _check(table, found)
    return found


def _from_columns(
    table: EffectTable, number: Indices, columns: Sequence[str], cluster: str
) -> SamplingCovariance:
    """Return the covariance whose rows stand in columns."""
    cells: list[Vector] = []
    for name in columns:
        values = as_values(column_of(table, name))
        if not isinstance(values, np.ndarray):
            raise InvalidInput(f"The column {name} holds words, not covariances.")
        cells.append(values)
    rows_of = np.column_stack(cells)
    blocks: dict[int, Matrix] = {}
    every = np.ones(len(table), dtype=np.bool_)
    for rows in _clusters(number, every):
        if len(rows) > len(columns):
            raise InvalidInput(
                f"{len(rows)} effects of one {cluster} need {len(rows)} columns of covariances.",
                remedy="name one column for each effect of a study",
            )
        inside = np.flatnonzero(table.included[rows])
        if len(inside) > 1:
            block = rows_of[np.ix_(rows[inside], inside)]
            blocks[int(number[rows[0]])] = block
    found = SamplingCovariance(table.v, _apart(number, table.included), blocks)
    _check(table, found)
    return found


def _from_matrix(table: EffectTable, whole: Matrix, cluster: str) -> SamplingCovariance:
    """Return the covariance of a whole matrix, cut into its blocks."""
    del cluster
    n = len(table)
    if whole.shape != (n, n):
        raise InvalidInput(
            f"The sampling covariance has the shape {whole.shape}, and there are {n} effects.",
            remedy="give one row and one column for each effect",
        )
    part = np.where(np.outer(table.included, table.included), whole, 0.0)
    first, second = np.nonzero(part)
    pairs = np.arange(n, dtype=np.intp)
    if first.size:
        # Each pair that is correlated is a group; a chain of pairs is a block.
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        graph = coo_matrix((np.ones(first.size), (first, second)), shape=(n, n))
        pairs = np.asarray(
            connected_components(graph, directed=False)[1], dtype=np.intp
        )
    blocks = {
        int(pairs[rows[0]]): whole[np.ix_(rows, rows)]
        for rows in _clusters(pairs, table.included)
    }
    found = SamplingCovariance(table.v, _apart(pairs, table.included), blocks)
    _check(table, found)
    return found


def _clusters(number: Indices, included: Any) -> list[Indices]:
    """Return the included rows of every cluster that has more than one."""
    rows = np.flatnonzero(included)
    order = rows[np.argsort(number[rows], kind="stable")]
    edges = np.flatnonzero(np.diff(number[order])) + 1
    return [part for part in np.split(order, edges) if len(part) > 1]


def _apart(number: Indices, included: Any) -> Indices:
    """Return numbers of clusters in which no row without an effect is."""
    found = number.copy()
    lost = np.flatnonzero(~included)
    found[lost] = int(number.max(initial=0)) + 1 + np.arange(lost.size)
    return found


def _check(table: EffectTable, found: SamplingCovariance) -> None:
    """Raise `InvalidInput` naming every block that is no covariance matrix."""
    problems: list[Problem] = []
    for number, block in found.blocks.items():
        rows = np.flatnonzero(found.cluster == number)
        v = table.v[rows]
        unit = np.sqrt(np.outer(v, v))
        name = table.study[int(rows[0])]
        if not np.allclose(block, block.T, rtol=0, atol=CLOSE * float(unit.max())):
            what = "is not symmetric"
        elif not np.allclose(np.diagonal(block), v, rtol=1e-6):
            what = "does not have the variances of the effects on its diagonal"
        elif linear.eigen(block / unit)[0].min() < SINGULAR:
            what = "is singular, or no covariance matrix at all"
        else:
            continue
        problems.append(
            Problem(
                message=f"The sampling covariance of {name} {what}",
                remedy="correct the covariances of its effects",
                row=int(rows[0]) + 1,
            )
        )
    if problems:
        raise InvalidInput(problems=problems)


def blocks_by_rows(found: SamplingCovariance) -> list[tuple[Indices, Matrix]]:
    """Return the rows of every block with its matrix."""
    order = np.argsort(found.cluster, kind="stable")
    edges = np.flatnonzero(np.diff(found.cluster[order])) + 1
    return [
        (rows, found.blocks[int(found.cluster[rows[0]])])
        for rows in np.split(order, edges)
        if int(found.cluster[rows[0]]) in found.blocks
    ]
