"""Frames of every kind become the same table, and go back to their kind."""

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from numpy.testing import assert_array_equal
from pyarrow import feather, parquet

from synthesist import InvalidInput
from synthesist.tables import give_back, read_table

COLUMNS = {"study": ["A", None, "C"], "n": [1, None, 3], "x": [0.5, 1.5, None]}


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table, dict])
def test_frames_of_every_kind(make):
    table = read_table(make(COLUMNS))
    assert table.texts("study") == ("A", "", "C")
    assert_array_equal(table.numbers("n"), [1, np.nan, 3])
    assert_array_equal(table.numbers("x"), [0.5, 1.5, np.nan])
    assert list(table.rows) == [1, 2, 3]
    assert "study" in table
    assert len(table) == 3


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_files_of_columns(tmp_path, suffix):
    path = tmp_path / f"t.{suffix}"
    write = parquet.write_table if suffix == "parquet" else feather.write_feather
    write(pa.table(COLUMNS), path)
    table = read_table(path)
    assert table.texts("study") == ("A", "", "C")
    assert table.name == path.name


def test_a_broken_file_of_columns(tmp_path):
    path = tmp_path / "t.parquet"
    path.write_bytes(b"no")
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_table(path)


def test_a_file_of_columns_without_a_library(tmp_path, monkeypatch):
    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table(COLUMNS), path)
    monkeypatch.setattr(
        "synthesist.tables.frames.PARQUET_READERS", (("no_such_library", "read"),)
    )
    with pytest.raises(InvalidInput, match="needs polars or pyarrow"):
        read_table(path)


def test_the_empty_values_of_pandas():
    frame = pd.DataFrame(
        {
            "whole": pd.array([1, None], dtype="Int64"),
            "text": pd.array(["a", None], dtype="string"),
            "mixed": np.array([pd.NA, "b"], dtype=object),
            "kind": pd.Categorical(["u", None]),
            "when": pd.to_datetime(["2020-01-01", None]),
        },
        index=[7, 8],
    )
    table = read_table(frame)
    assert_array_equal(table.numbers("whole"), [1, np.nan])
    assert table.texts("text") == ("a", "")
    assert table.texts("mixed") == ("", "b")
    assert table.texts("kind") == ("u", "")
    assert table.texts("when")[1] == ""


def test_numbers_of_other_types():
    frame = pl.DataFrame(
        {"d": [decimal.Decimal("1.5"), None], "t": [dt.date(2020, 1, 2), None]}
    )
    table = read_table(frame)
    assert_array_equal(table.numbers("d"), [1.5, np.nan])
    assert table.texts("t") == ("2020-01-02", "")
    masked = np.ma.MaskedArray([1.0, 2.0], mask=[False, True])
    assert_array_equal(read_table({"m": masked}).numbers("m"), [1, np.nan])
    assert_array_equal(read_table({"b": np.array([True, False])}).numbers("b"), [1, 0])


def test_columns_are_not_copied_without_need():
    values = np.array([1.0, 2.0])
    assert read_table({"x": values}).numbers("x") is values


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([1, 2], "list is not a table"),
        (None, "NoneType is not a table"),
        (pd.Series([1]), "Series is not a table"),
        (pl.DataFrame({"a": [1]}).lazy(), "LazyFrame is not a table"),
        ({"a": [1], "b": [1, 2]}, "differ in length"),
        ({"a": 3}, "no sequence"),
        ({"a": "text"}, "no sequence"),
        ({"a": np.zeros((2, 2))}, "no sequence"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "cannot be told apart"),
    ],
)
def test_what_is_no_table_is_one_sentence(data, words):
    with pytest.raises(InvalidInput, match=words) as caught:
        read_table(data)
    (problem,) = caught.value.problems
    assert problem.remedy


def test_a_table_is_a_table():
    table = read_table(COLUMNS)
    assert read_table(table) is table


@pytest.mark.parametrize(
    ("kind", "frame"),
    [("pandas", pd.DataFrame), ("polars", pl.DataFrame), ("pyarrow", pa.Table)],
)
def test_columns_go_back_to_a_kind_by_name_or_by_example(kind, frame):
    columns = {
        "s": ["a", "b"],
        "x": np.array([1.0, np.nan]),
        "i": np.array([True, False]),
    }
    by_name = give_back(columns, backend=kind)
    assert isinstance(by_name, frame)
    by_example = give_back(columns, native=by_name)
    assert isinstance(by_example, frame)
    again = read_table(by_example)
    assert again.texts("s") == ("a", "b")
    assert_array_equal(again.numbers("x"), [1, np.nan])


def test_columns_without_a_kind_are_lists():
    answer = give_back({"x": np.array([1.0, np.nan]), "s": ("a", None)})
    assert answer == {"x": [1.0, None], "s": ["a", None]}


def test_an_unknown_kind_is_refused():
    with pytest.raises(InvalidInput, match="pandas, polars or pyarrow"):
        give_back({"x": [1]}, backend="excel")
