"""The one place where a cell becomes a number."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesist import InvalidInput
from synthesist.tables import read_table
from synthesist.tables.table import as_number, as_text


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12", 12),
        (" 12.5 ", 12.5),
        ("-3", -3),
        ("\u22123", -3),
        ("1e-3", 0.001),
        ("+4", 4),
        (7, 7),
        (True, 1),
        (np.float64(2.5), 2.5),
    ],
)
def test_cells_that_are_numbers(cell, number):
    assert as_number(cell) == number


@pytest.mark.parametrize("cell", ["", "  ", "NA", None, math.nan])
def test_cells_that_are_empty(cell):
    assert math.isnan(as_number(cell))


@pytest.mark.parametrize(
    "cell",
    ["nan", "inf", "-inf", "1_000", "five", "1.2.3", "12%", "<5", "n/a", math.inf],
)
def test_cells_that_are_neither(cell):
    with pytest.raises(ValueError, match=r"."):
        as_number(cell)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("2,5", "write the decimal point as a point: 2.5"),
        ("1,234", "write 1234 or 1.234, whichever is meant"),
        ("12 %", "write it without the sign: 12"),
        ("\u22640.05", "give the exact value"),
        (">100", "give the exact value"),
        ("not reported", "leave the cell empty"),
    ],
)
def test_the_remedy_suits_what_stands_there(cell, words):
    with pytest.raises(InvalidInput) as caught:
        read_table({"x": ["1", cell]}).numbers("x")
    (problem,) = caught.value.problems
    assert problem.row == 2
    assert words in problem.remedy


def test_a_long_cell_is_cut_in_the_message():
    with pytest.raises(InvalidInput) as caught:
        read_table({"x": ["long " * 100]}).numbers("x")
    assert len(str(caught.value)) < 160


def test_infinite_numbers_of_an_array_are_found():
    problems = []
    numbers = read_table({"x": np.array([1.0, np.inf, np.nan])}).numbers("x", problems)
    assert [p.row for p in problems] == [2]
    assert numbers[0] == 1


def test_problems_can_be_collected():
    problems = []
    numbers = read_table({"x": ["1", "a", "", "b"]}).numbers("x", problems)
    assert [p.row for p in problems] == [2, 4]
    assert numbers[0] == 1
    assert np.isnan(numbers[1:]).all()


def test_text_of_whole_floats_has_no_point():
    assert as_text(1976.0) == "1976"
    assert as_text(19.5) == "19.5"
    assert as_text(math.nan) == ""
    assert as_text(None) == ""
    assert as_text("  A ") == "A"


def test_missing_columns_are_told_with_the_nearest_name():
    table = read_table({"events": [1], "size": [2]})
    with pytest.raises(InvalidInput) as caught:
        table.require(["event", "n", "events"])
    assert [p.message for p in caught.value.problems] == [
        "The column event is missing",
        "The column n is missing",
    ]
    assert "rename events to event" in caught.value.problems[0].remedy
    assert "the table has events, size" in caught.value.problems[1].remedy


def test_some_rows_keep_their_numbers():
    table = read_table({"x": np.array([1.0, 2.0, 3.0]), "s": ["a", "b", "c"]})
    some = table.select([2, 0])
    assert some.numbers("x").tolist() == [3, 1]
    assert some.texts("s") == ("c", "a")
    assert list(some.rows) == [3, 1]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_that_python_writes_is_read(number):
    assert as_number(repr(number)) == number


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_a_value_error(text):
    try:
        number = as_number(text)
    except ValueError:
        return
    assert isinstance(number, float)
    assert not math.isinf(number)
