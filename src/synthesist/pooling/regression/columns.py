"""The columns of an effect table, as moderators and as names of clusters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import NotFound
from synthesist.numerics.arrays import Mask, Vector
from synthesist.tables import Cell, Table
from synthesist.tables.table import as_number, as_text

#: A moderator: numbers with NaN where empty, or words with None where empty.
Values = Vector | list[str | None]

#: What every effect has, whatever columns it was computed from.
COMPUTED = ("yi", "vi", "sei")


def names_of(effects: EffectTable) -> tuple[str, ...]:
    """Return the columns that may be used, those of the input first."""
    study = _study(effects)
    given = (*effects.columns, *effects.cells, study)
    return tuple(dict.fromkeys((*given, *COMPUTED)))


def column_of(effects: EffectTable, name: str) -> Sequence[Cell] | Vector:
    """Return a column of the input, the studies' names, or a computed column.

    Raises
    ------
    NotFound
        If there is no such column.
    """
    if name in effects.columns or name in effects.cells:
        return effects.column(name)
    if name == _study(effects):
        # As they stand in the input: a study without a name is numbered otherwise.
        table = effects.source.table if effects.source else None
        given = table is not None and name in table
        return table.columns[name] if table and given else effects.study
    if name in COMPUTED:
        computed = {"yi": effects.y, "vi": effects.v, "sei": np.sqrt(effects.v)}
        return computed[name]
    raise NotFound(
        f"There is no column {name}.",
        remedy=f"choose one of {', '.join(names_of(effects))}",
    )


def moderators_of(effects: EffectTable, names: Sequence[str]) -> dict[str, Values]:
    """Return columns as moderators."""
    return {name: as_values(column_of(effects, name)) for name in names}


def moderators_in(table: Table, names: Sequence[str]) -> dict[str, Values]:
    """Return the columns of another table as moderators, all of which must be there.

    Raises
    ------
    InvalidInput
        If one is missing.
    """
    table.require(names)
    return {name: as_values(table.columns[name]) for name in names}


def as_values(cells: Sequence[Cell] | Vector) -> Values:
    """Return numbers where every cell is one or empty, else words."""
    if isinstance(cells, np.ndarray):
        return np.asarray(cells, dtype=np.float64)
    try:
        return np.array([as_number(cell) for cell in cells], dtype=np.float64)
    except (TypeError, ValueError):
        return [as_text(cell) or None for cell in cells]


def missing_in(values: Values) -> Mask:
    """Return where a moderator is empty (k,)."""
    if isinstance(values, np.ndarray):
        return np.isnan(values)
    return np.array([value is None for value in values], dtype=np.bool_)


def take(values: Values, index: Sequence[int]) -> Values:
    """Return the moderator of some studies."""
    if isinstance(values, np.ndarray):
        return values[np.asarray(index, dtype=np.intp)]
    return [values[i] for i in index]


def labels_of(effects: EffectTable, name: str) -> tuple[str, ...]:
    """Return a column as words, empty where it is empty: the names of clusters."""
    cells = column_of(effects, name)
    values = cells.tolist() if isinstance(cells, np.ndarray) else cells
    return tuple(as_text(cell) for cell in values)


def _study(effects: EffectTable) -> str:
    """Return what the column of the studies' names is called."""
    source = effects.source
    return (source.study if source else None) or "study"
