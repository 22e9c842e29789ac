"""Mean effects and new effects of models with dependent effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Vector
from synthesist.numerics.tails import t_point
from synthesist.pooling.dependent.model import nearest
from synthesist.pooling.dependent.terms import Term
from synthesist.pooling.pool import check_level
from synthesist.pooling.regression.columns import column_of, moderators_in
from synthesist.pooling.regression.predictions import Predictions
from synthesist.tables import Cell, Table, read_table
from synthesist.tables.table import as_text

if TYPE_CHECKING:
    from synthesist.pooling.dependent.fit import DependentFit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DependentPredictions(Predictions):
    """Predicted effects, on the analysis scale.

    `of` are the factors whose groups are new in the prediction intervals; `variance`
    (m,) is theirs together.
    """

    of: tuple[str, ...]
    variance: Vector


def predict(
    fit: DependentFit,
    data: Any,
    *,
    level: float | None,
    of: str | Sequence[str] | None,
) -> DependentPredictions:
    """Predict at the moderators in `data`, or at those of the rows."""
    model = fit.estimated.model
    level = fit.level if level is None else level
    check_level(level)
    names = _factors(fit, of)
    native: Any = fit.effects.native
    if data is None:
        table, rows, at = None, model.X, _given(fit)
    else:
        table = read_table(data)
        native = table.native
        rows = model.design.rows(moderators_in(table, model.design.columns), len(table))
        at = {name: list(table.columns[name]) for name in table.columns}
    added = np.zeros(len(rows))
    for term, T in zip(model.terms, fit.estimated.matrices, strict=True):
        if term.name in names:
            diagonal = np.diagonal(T)
            added += diagonal[_inner(term, table, len(rows))]
    estimate = rows @ fit.estimate
    square = np.einsum("mp,pq,mq->m", rows, fit.covariance, rows)
    se = np.sqrt(np.maximum(0.0, square))
    df = [fit.inference.read(rows[i : i + 1]).df for i in range(len(rows))]
    factor = np.array([t_point(0.5 + level / 2, each) for each in df])
    half, wide = factor * se, factor * np.sqrt(square + added)
    return DependentPredictions(
        effects=fit.effects,
        at=at,
        estimate=estimate,
        se=se,
        lower=estimate - half,
        upper=estimate + half,
        pi_lower=estimate - wide,
        pi_upper=estimate + wide,
        level=level,
        native=native,
        of=tuple(names),
        variance=added,
    )


def _factors(fit: DependentFit, of: str | Sequence[str] | None) -> list[str]:
    """Return the factors whose groups are new.

    Raises
    ------
    InvalidInput
        If one is no factor of the model.
    """
    known = [term.name for term in fit.estimated.model.terms]
    if of is None:
        return known
    wanted = [of] if isinstance(of, str) else list(of)
    for name in wanted:
        if name not in known:
            raise InvalidInput(
                f"The model has no factor {name}.", remedy=nearest(name, known)
            )
    return wanted


def _inner(term: Term, table: Table | None, size: int) -> Any:
    """Return the inner level of every prediction."""
    if all(
        p.kind in {"correlation", "slope"} or not p.levels
        for p in term.shape.parameters
    ):
        return np.zeros(size, dtype=np.intp)
    if table is None:
        return term.inner
    name = term.name.split(" | ")[0]
    table.require([name])
    place = {level: i for i, level in enumerate(term.levels)}
    words = [as_text(cell) for cell in _cells(table.columns[name])]
    strange = sorted({word for word in words if word not in place})
    if strange:
        raise InvalidInput(
            f"No row has {name} = {', '.join(strange)}.",
            remedy=f"choose from {', '.join(term.levels)}",
        )
    return np.array([place[word] for word in words], dtype=np.intp)


def _given(fit: DependentFit) -> dict[str, list[Cell]]:
    """Return the rows' own moderators."""
    used = np.flatnonzero(fit.used).tolist()
    at: dict[str, list[Cell]] = {"study": [fit.effects.study[i] for i in used]}
    for name in fit.estimated.model.design.columns:
        cells = _cells(column_of(fit.effects, name))
        at[name] = [cells[i] for i in used]
    return at


def _cells(column: Any) -> list[Cell]:
    return column.tolist() if isinstance(column, np.ndarray) else list(column)
