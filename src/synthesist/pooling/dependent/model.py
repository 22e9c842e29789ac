"""A model with dependent effects as it was asked for, before it is fitted."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics import linear
from synthesist.numerics.arrays import Indices, Mask, Matrix, Vector
from synthesist.pooling.dependent.sampling import (
    SINGULAR,
    SamplingCovariance,
    as_covariance,
)
from synthesist.pooling.dependent.structures import STRUCTURES, identity
from synthesist.pooling.dependent.terms import (
    Term,
    codes_of,
    components,
    known_shape,
    positions,
)
from synthesist.pooling.registry import choose
from synthesist.pooling.regression.columns import (
    labels_of,
    missing_in,
    moderators_of,
    names_of,
    take,
)
from synthesist.pooling.regression.design import Design, Formula

#: The name that stands for every row by itself.
ROW = "row"

#: The word for sampling covariances that are not known at all.
UNKNOWN = "unknown"

#: An inner factor, an outer factor, and the code of a structure.
Within = tuple[str, str, str]

#: Names of the levels of a factor, and their correlation matrix.
Known = tuple[Sequence[str], ArrayLike]

ONE_GROUP = (
    "There is only one {name}, so how {name}s differ cannot be told; leave it out."
)
SAME_GROUPS = (
    "Every {outer} has one {inner}: their variances cannot be told apart, and stand "
    "together under {inner}."
)
APART = (
    "No {outer} has both {first} and {second}, so the structure {code} cannot be "
    "estimated."
)


@dataclass(frozen=True)
class Model:
    """Effects, design and random part of the rows that are used.

    Parameters
    ----------
    used : (n,) array of bool
        Among all rows of the table.
    merged : tuple of str
        Terms that have the same groups as another and were left out.
    structures : mapping of str
        The code of the structure of each term with an inner factor.
    overall : bool
        Whether correlations are of true effects and sampling errors together.
    """

    table: EffectTable
    used: Mask
    y: Vector
    X: Matrix
    V: SamplingCovariance
    design: Design
    terms: tuple[Term, ...]
    merged: tuple[str, ...]
    structures: Mapping[str, str]
    notes: tuple[str, ...]
    overall: bool = False

    @property
    def v(self) -> Vector:
        """Sampling variances (k,)."""
        return self.V.v

    def take(self, rows: Indices) -> Model:
        """Return the model of some rows; the design keeps its coding."""
        used = np.zeros(len(self.used), dtype=np.bool_)
        used[np.flatnonzero(self.used)[rows]] = True
        return replace(
            self,
            used=used,
            y=self.y[rows],
            X=self.X[rows],
            V=self.V.take(rows),
            terms=tuple(term.take(rows) for term in self.terms),
        )

    def with_design(self, X: Matrix) -> Model:
        """Return the same model with another design."""
        return replace(self, X=X)


def assemble(
    table: EffectTable,
    asked: Formula,
    *,
    levels: str | Sequence[str],
    within: Sequence[Within],
    covariance: Any,
    cluster: str | None,
    correlations: Mapping[str, Known],
) -> Model:
    """Return the model of what was asked for.

    Raises
    ------
    InvalidInput
        If a structure is not known, or a correlation matrix does not fit.
    NotFound
        If there is no such column.
    NotEstimable
        If no row is left, or the random part cannot be estimated from these groups.
    """
    paths = [levels] if isinstance(levels, str) else list(levels)
    factors = _factors(table, paths, within)
    values = moderators_of(table, asked.columns)
    known = np.ones(len(table), dtype=np.bool_)
    for column in values.values():
        known &= ~missing_in(column)
    for labels in factors.values():
        known &= np.array([bool(label) for label in labels])
    used = table.included & known
    if not used.any():
        raise NotEstimable(
            "No row has an effect, all moderators and all groups.",
            remedy="look at the notes of the rows for what is missing",
        )
    index = np.flatnonzero(used)
    overall = isinstance(covariance, str)
    if overall:
        _check_unknown(covariance, paths, within)
        covariance = None
    V = as_covariance(table, covariance, cluster).take(index)
    _check_variances(table, used)
    part = {name: take(column, index.tolist()) for name, column in values.items()}
    design = asked.build(part, len(index))
    picked = {
        name: [labels[i] for i in index.tolist()] for name, labels in factors.items()
    }
    terms = [
        *_nested_terms(paths, picked, correlations),
        *(_within_term(*parts, picked) for parts in within),
    ]
    if overall:
        _check_single(terms[0])
    kept, merged = _merge(terms)
    lost = np.flatnonzero(table.included & ~used).tolist()
    notes = [
        SAME_GROUPS.format(outer=outer, inner=inner) for outer, inner in merged.items()
    ]
    if V.note:
        notes.append(V.note)
    return Model(
        table=table,
        used=used,
        y=table.y[used],
        X=design.X,
        V=V,
        design=design,
        terms=tuple(kept),
        merged=tuple(merged),
        structures={f"{i} | {o}": code for i, o, code in within},
        notes=(*_left_out(table, lost, [*asked.columns, *factors]), *notes),
        overall=overall,
    )


def _check_unknown(
    covariance: str, paths: Sequence[str], within: Sequence[Within]
) -> None:
    """Raise `InvalidInput` unless a model with one overall correlation is asked for."""
    if covariance != UNKNOWN:
        raise InvalidInput(
            f"'{covariance}' is no sampling covariance.",
            remedy=f"give a correlation, a matrix, or '{UNKNOWN}'",
        )
    if len(within) != 1 or within[0][2] != "UN" or any(paths):
        raise InvalidInput(
            "An unknown sampling covariance goes with one unstructured factor only.",
            remedy="choose the structure UN without further levels, or assume a correlation",
        )


def _check_single(term: Term) -> None:
    """Raise `InvalidInput` where a group has two effects of one inner level."""
    place = term.outer * term.shape.size + term.inner
    counts = np.bincount(place)
    if counts.max() > 1:
        group = term.groups[int(counts.argmax()) // term.shape.size]
        raise InvalidInput(
            f"{group} has two effects of one level, which one overall correlation makes equal.",
            remedy="give one effect for each, or assume a correlation",
        )


def _factors(
    table: EffectTable, paths: Sequence[str], within: Sequence[Within]
) -> dict[str, tuple[str, ...]]:
    """Return the labels of every factor that is named."""
    names = [name.strip() for path in paths for name in path.split("/")]
    for inner, outer, code in within:
        choose(code, STRUCTURES, "structure of covariance")
        names += [inner, outer]
    found: dict[str, tuple[str, ...]] = {}
    for name in dict.fromkeys(names):
        if name == ROW and ROW not in names_of(table):
            found[name] = tuple(str(i + 1) for i in range(len(table)))
        else:
            found[name] = labels_of(table, name)
    return found


def _nested_terms(
    paths: Sequence[str],
    labels: Mapping[str, Sequence[str]],
    correlations: Mapping[str, Known],
) -> list[Term]:
    """Return the terms of paths such as ``district/school``."""
    terms: list[Term] = []
    used: set[str] = set()
    for path in paths:
        names = [name.strip() for name in path.split("/")]
        for depth in range(1, len(names) + 1):
            joined = [
                "/".join(parts)
                for parts in zip(*(labels[n] for n in names[:depth]), strict=True)
            ]
            name = "/".join(names[:depth])
            own = names[depth - 1]
            if depth == 1 and own in correlations:
                used.add(own)
                terms.append(_known_term(name, joined, correlations[own]))
            else:
                terms.append(_plain_term(name, joined))
    strange = sorted(set(correlations) - used)
    if strange:
        raise InvalidInput(
            f"A correlation matrix is given for {', '.join(strange)}, which is no level of the model.",
            remedy="name it as a level that lies in no other",
        )
    return terms


def _plain_term(name: str, labels: Sequence[str]) -> Term:
    """Return a term whose groups share one effect each."""
    outer, groups = codes_of(labels)
    if len(groups) < 2:
        raise NotEstimable(ONE_GROUP.format(name=name))
    nothing = np.zeros(len(outer), dtype=np.intp)
    return Term(name, outer, nothing, identity(1, np.zeros(1)), groups)


def _known_term(name: str, labels: Sequence[str], known: Known) -> Term:
    """Return a term whose groups are correlated as a known matrix says."""
    names = [str(label) for label in known[0]]
    matrix = np.asarray(known[1], dtype=np.float64)
    outer, groups = codes_of(labels)
    lost = sorted(set(groups) - set(names))
    if lost:
        raise InvalidInput(
            f"The correlation matrix of {name} lacks {', '.join(lost[:5])}.",
            remedy="give one row and column for each of its levels",
        )
    place = [names.index(group) for group in groups]
    if matrix.shape != (len(names), len(names)):
        raise InvalidInput(
            f"The correlation matrix of {name} has the shape {matrix.shape} for {len(names)} names.",
            remedy="give one row and column for each name",
        )
    part = matrix[np.ix_(place, place)]
    sound = np.allclose(part, part.T) and np.allclose(np.diagonal(part), 1)
    if not sound or linear.eigen(part)[0].min() < -SINGULAR:
        raise InvalidInput(
            f"The matrix of {name} is not one of correlations.",
            remedy="its diagonal is 1, it is symmetric, and no eigenvalue is negative",
        )
    nothing = np.zeros(len(outer), dtype=np.intp)
    return Term(name, nothing, outer, known_shape(part), (name,), groups, dense=True)


def _within_term(
    inner: str, outer: str, code: str, labels: Mapping[str, Sequence[str]]
) -> Term:
    """Return a term with a structure of covariance between inner levels."""
    structure = STRUCTURES[code]
    groups_of, groups = codes_of(labels[outer])
    if len(groups) < 2:
        raise NotEstimable(ONE_GROUP.format(name=outer))
    names = sorted(set(labels[inner]), key=_natural)
    place = {name: i for i, name in enumerate(names)}
    levels = np.array([place[name] for name in labels[inner]], dtype=np.intp)
    if code == "UN":
        _check_together(groups_of, levels, names, outer, code)
    times = positions(names) if structure.timed else np.zeros(len(names))
    return Term(
        name=f"{inner} | {outer}",
        outer=groups_of,
        inner=levels,
        shape=structure.shape(len(names), times),
        groups=groups,
        levels=tuple(names),
    )


def _natural(name: str) -> tuple[int, float, str]:
    """Sort numbers by size and before words."""
    try:
        return 0, float(name), name
    except ValueError:
        return 1, 0.0, name


def _check_together(
    outer: Indices, inner: Indices, names: Sequence[str], group: str, code: str
) -> None:
    """Raise `NotEstimable` for levels that never occur in one group."""
    m = len(names)
    present = np.zeros((int(outer.max()) + 1, m))
    present[outer, inner] = 1.0
    together = present.T @ present
    for i in range(m):
        for j in range(i):
            if not together[i, j]:
                raise NotEstimable(
                    APART.format(
                        outer=group, first=names[j], second=names[i], code=code
                    ),
                    remedy="choose HCS, CS or DIAG",
                )


def _merge(terms: Sequence[Term]) -> tuple[list[Term], dict[str, str]]:
    """Leave out terms whose groups are those of a later one."""
    kept: list[Term] = []
    merged: dict[str, str] = {}
    for i, term in enumerate(terms):
        twin = next(
            (
                other
                for other in terms[i + 1 :]
                if term.plain and other.plain and _same(term.outer, other.outer)
            ),
            None,
        )
        if twin is None:
            kept.append(term)
        else:
            merged[term.name] = twin.name
    return kept, merged


def _same(a: Indices, b: Indices) -> bool:
    """Say whether two codings make the same groups."""
    pairs = len(np.unique(np.stack([a, b]), axis=1).T)
    return pairs == int(a.max()) + 1 == int(b.max()) + 1


def _check_variances(table: EffectTable, used: Mask) -> None:
    """Raise `InvalidInput` unless all variances are above zero."""
    from synthesist.pooling.pool import usable

    if not (table.v[used] > 0).all():
        usable(table)


def _left_out(
    table: EffectTable, lost: Sequence[int], names: Sequence[str]
) -> tuple[str, ...]:
    """Say which rows have an empty cell."""
    if not lost:
        return ()
    shown = ", ".join(table.study[i] for i in lost[:10])
    if len(lost) > 10:
        shown += f" and {len(lost) - 10} more"
    return (f"Left out, because {' or '.join(names)} is not known: {shown}.",)


def cluster_codes(
    table: EffectTable, used: Mask, cluster: str
) -> tuple[Indices, tuple[str, ...]]:
    """Return the clusters of the rows that are used.

    Raises
    ------
    InvalidInput
        If a row belongs to none.
    """
    path = [labels_of(table, name.strip()) for name in cluster.split("/")]
    index = np.flatnonzero(used).tolist()
    picked = ["/".join(labels[i] for labels in path) for i in index]
    if not all(labels[i] for labels in path for i in index):
        raise InvalidInput(
            f"{cluster} is not known for every row.", remedy="fill the empty cells"
        )
    return codes_of(picked)


def nearest(name: str, known: Sequence[str]) -> str:
    """Name what was probably meant."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else f"choose from {', '.join(known)}"


def blocks_of(terms: Sequence[Term], V: SamplingCovariance) -> Indices:
    """Return the number (k,) of the block of each row: blocks are independent."""
    codes = [term.outer for term in terms]
    if not V.diagonal:
        codes.append(np.unique(V.cluster, return_inverse=True)[1].reshape(-1))
    return components(codes, len(V)) if codes else np.arange(len(V), dtype=np.intp)
