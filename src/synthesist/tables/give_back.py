"""Columns become a frame of the kind that the caller works with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthesist.errors import InvalidInput
from synthesist.tables.table import Cell, Vector

Column = Sequence[Cell] | Vector | NDArray[np.bool_]


def give_back(
    columns: Mapping[str, Column], native: Any = None, backend: str | None = None
) -> Any:
    """Return columns as a frame of the kind of `native`, NaN as its empty value.

    Parameters
    ----------
    columns : mapping of sequences
        Equally long, arrays or lists.
    native : object, optional
        A pandas, polars or Arrow frame whose kind is wanted.
    backend : {"pandas", "polars", "pyarrow"}, optional
        The kind by name; it goes before `native`.

    Returns
    -------
    frame
        A dictionary of lists when neither is given: the data came from a file,
        and no frame library is assumed.

    Raises
    ------
    InvalidInput
        If the library named is not installed or not known.
    """
    if native is None and backend is None:
        return {name: _cells(column) for name, column in columns.items()}

    import narwhals.stable.v2 as nw

    kind: Any = backend
    if kind is None:
        kind = nw.get_native_namespace(nw.from_native(native, eager_only=True))
    given = {
        name: column if _is_full(column) else _cells(column)
        for name, column in columns.items()
    }
    try:
        return nw.from_dict(given, backend=kind).to_native()
    except (ImportError, ValueError, TypeError) as error:
        raise InvalidInput(
            f"There is no frame of the kind {backend!r}: {error}",
            remedy="name pandas, polars or pyarrow, and install it",
        ) from None


def _is_full(column: Column) -> bool:
    """Say whether a column is an array of numbers without empty cells.

    Every library takes such an array as it is, many times faster than a list.
    """
    if not isinstance(column, np.ndarray) or column.dtype.kind not in "fi":
        return False
    return not np.isnan(column).any()


def _cells(column: Column) -> list[Cell]:
    """Return a column as plain Python values, None where it is empty."""
    if not isinstance(column, np.ndarray):
        return list(column)
    if column.dtype.kind == "f" and np.isnan(column).any():
        return [None if value != value else value for value in column.tolist()]
    return column.tolist()
