"""Read a frame in memory, or a file that a frame library reads, into a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import numpy as np

from synthesist.errors import InvalidInput, NotFound
from synthesist.tables.table import Cell, Table, Vector

#: Files of columns, which need a library of the user's.
COLUMNAR = frozenset({".parquet", ".arrow", ".feather", ".ipc"})
PARQUET_READERS = (("polars", "read_parquet"), ("pyarrow.parquet", "read_table"))
ARROW_READERS = (("polars", "read_ipc"), ("pyarrow.feather", "read_table"))


def read_columnar(path: Path, *, name: str = "") -> Table:
    """Read a Parquet or Arrow file with the user's polars or pyarrow.

    Raises
    ------
    InvalidInput
        If neither is installed, or the file cannot be read.
    NotFound
        If the file does not exist.
    """
    if not path.exists():
        raise NotFound(f"There is no file {path}.", remedy="check the path")
    parquet = path.suffix.lower() == ".parquet"
    for library, reader in PARQUET_READERS if parquet else ARROW_READERS:
        try:
            read: Any = getattr(import_module(library), reader)
        except ImportError:
            continue
        try:
            frame = read(path)
        except Exception as error:  # noqa: BLE001 each library has its own errors
            raise InvalidInput(
                f"The file cannot be read: {str(error).splitlines()[0]}",
                where=name or path.name,
                remedy="write it again, or save it as CSV",
            ) from None
        return read_frame(frame, name=name or path.name)
    raise InvalidInput(
        f"Reading {path.suffix} files needs polars or pyarrow, and neither is installed.",
        where=name or path.name,
        remedy="pip install polars, or save the table as CSV",
    )


def read_frame(data: Any, *, name: str = "") -> Table:
    """Read a pandas, polars or Arrow frame, or a mapping of columns.

    Raises
    ------
    InvalidInput
        If `data` is neither, a column name stands there twice, or the columns
        differ in length.
    """
    label = name or "data"
    if isinstance(data, Mapping):
        return _read_mapping(cast("Mapping[object, Any]", data), label)

    import narwhals.stable.v2 as nw
    from narwhals.exceptions import NarwhalsError

    try:
        frame = nw.from_native(data, eager_only=True)
        series = {str(column): frame.get_column(column) for column in frame.columns}
    except TypeError:
        raise InvalidInput(
            f"{type(data).__name__} is not a table.",
            remedy="give a pandas, polars or Arrow frame (collected), a mapping of columns, or the path of a CSV file",
        ) from None
    except (NarwhalsError, AttributeError, KeyError) as error:
        raise InvalidInput(
            f"The columns of the frame cannot be told apart: {str(error).splitlines()[0]}",
            where=label,
            remedy="give every column a name of its own, as text",
        ) from None
    columns: dict[str, Vector | list[Cell]] = {
        column: _floats(values.cast(nw.Float64).to_numpy())
        if values.dtype.is_numeric()
        else _cells(values.to_list())
        for column, values in series.items()
    }
    return Table(
        name=label, columns=columns, rows=range(1, len(frame) + 1), native=data
    )


def _read_mapping(data: Mapping[object, Any], name: str) -> Table:
    """Read columns by name."""
    columns: dict[str, Vector | list[Cell]] = {}
    for key, values in data.items():
        try:
            columns[str(key)] = _column(values)
        except TypeError:
            raise InvalidInput(
                f"The column {key} is no sequence of cells.",
                where=name,
                remedy="give every column one value a row",
            ) from None
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise InvalidInput(
            "The columns differ in length.",
            where=name,
            remedy="give every column one value a row",
        )
    k = lengths.pop() if lengths else 0
    return Table(name=name, columns=columns, rows=range(1, k + 1))


def _column(values: Any) -> Vector | list[Cell]:
    """Keep numeric arrays as floats and everything else as cells."""
    if isinstance(values, str) or getattr(values, "ndim", 1) > 1:
        raise TypeError(values)
    if isinstance(values, np.ndarray) and values.dtype.kind in "iuf":
        return _floats(cast("Vector", values))
    if isinstance(values, np.ndarray):
        return _cells(cast("Iterable[Any]", values.tolist()))
    return _cells(values)


def _floats(values: Any) -> Vector:
    """Return numbers as floats, without a copy where they are, NaN where masked."""
    if isinstance(values, np.ma.MaskedArray):
        return np.ma.filled(cast("Any", values).astype(np.float64), np.nan)
    if values.dtype == object:
        return np.array([math.nan if _is_empty(v) else v for v in values], np.float64)
    return np.asarray(values, dtype=np.float64)


def _cells(values: Iterable[Any]) -> list[Cell]:
    """Turn a frame's own empty values into None."""
    return [None if _is_empty(value) else value for value in values]


def _is_empty(value: Any) -> bool:
    """Return whether a cell is None, NaN, or of a kind that equals nothing."""
    try:
        return value is None or bool(value != value)
    except TypeError:
        # pandas' NA refuses to say whether it differs from itself.
        return True
