"""The wanted columns of a frame, without touching the others or copying them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import numpy as np

from synthesist.errors import InvalidInput, NotFound
from synthesist.tables import Cell, Table, Vector, read_table


def read_columns(data: Any, columns: Sequence[str]) -> Table:
    """Read only the columns that are wanted: patients' files hold many more.

    Parameters
    ----------
    data : path, frame or mapping of columns
        See `synthesist.tables.read_table`.
    columns : sequence of str
        May name a column twice.

    Raises
    ------
    InvalidInput
        If one of them is missing.
    """
    wanted = list(dict.fromkeys(columns))
    if isinstance(data, str | Path) and Path(data).suffix.lower() == ".xpt":
        table = read_transport(Path(data))
    else:
        table = _straight_from_frame(data, wanted) or read_table(data)
    table.require(wanted)
    return table


def _straight_from_frame(data: Any, wanted: Sequence[str]) -> Table | None:
    """Read numbers as the frame holds them; None for what is no frame.

    A few thousand patients are read in the time that a general reader needs to
    learn which library the frame is from.
    """
    if isinstance(data, Table):
        return data
    if isinstance(data, Mapping):
        given = cast(Mapping[str, Any], data)
    elif hasattr(data, "columns") and hasattr(data, "__getitem__"):
        given = data
    else:
        return None
    try:
        found = {name: _values(given[name]) for name in wanted}
    except (TypeError, AttributeError, LookupError, ValueError):
        return None
    lengths = {len(values) for values in found.values()}
    if len(lengths) != 1:
        return None
    native = None if isinstance(data, Mapping) else data
    return Table(
        name="data",
        columns=found,
        rows=range(1, lengths.pop() + 1),
        native=native,
    )


def _values(column: Any) -> Sequence[Cell] | Vector:
    """Return a column as floats, or as cells with None where empty."""
    values: Any = column.to_numpy() if hasattr(column, "to_numpy") else column
    values = np.asarray(values)
    if values.ndim != 1:
        raise ValueError("not one column")
    if values.dtype.kind in "iufb":
        return values.astype(np.float64, copy=False)
    cells: list[Cell] = values.tolist()
    return [None if _empty(cell) else cell for cell in cells]


def _empty(cell: Any) -> bool:
    """Say whether a frame means by a cell that there is nothing."""
    if cell is None:
        return True
    try:
        return bool(cell != cell)
    except (TypeError, ValueError):
        # The empty value of a nullable column compares to neither true nor false.
        return True


def read_transport(file: Path) -> Table:
    """Read a SAS transport file.

    Raises
    ------
    InvalidInput
        If it cannot be read, or pyreadstat is not installed.
    """
    if not file.exists():
        raise NotFound(f"There is no file {file}.", remedy="check the path")
    try:
        pyreadstat: Any = import_module("pyreadstat")
    except ImportError:
        raise InvalidInput(
            "SAS transport files need pyreadstat.",
            where=file.name,
            remedy="install synthesist[sas], or export the file as CSV",
        ) from None
    try:
        columns, _ = pyreadstat.read_xport(str(file), output_format="dict")
    except Exception:  # noqa: BLE001 - pyreadstat raises what its C code returns
        raise InvalidInput(
            "The file cannot be read as SAS transport.",
            where=file.name,
            remedy="write it again in version 5 or 8, or export it as CSV",
        ) from None
    return replace(read_table(columns, name=file.name), native=None)
