"""How numbers are written for a reader."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesist.numerics.printing import (
    count,
    decimal,
    listed,
    p_value,
    plural,
    significant,
)


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0004, "P < 0.001"),
        (0.001, "P = 0.001"),
        (0.0344, "P = 0.034"),
        (0.0996, "P = 0.100"),
        (0.34, "P = 0.34"),
        (0.9949, "P = 0.99"),
        (0.996, "P > 0.99"),
        (1.0, "P > 0.99"),
        (None, ""),
        (math.nan, ""),
    ],
)
def test_p_values_read_as_journals_print_them(p, text):
    assert p_value(p) == text


def test_no_negative_zero_and_a_true_minus():
    assert decimal(-0.004) == "0.00"
    assert decimal(-2.109, 3) == "\N{MINUS SIGN}2.109"


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1234"), (0.03456, "0.0346"), (0.0, "0"), (2e-7, "less than 0.0001")],
)
def test_significant_digits_never_need_powers_of_ten(value, text):
    assert significant(value, 3) == text


@given(st.floats(1e-3, 1e6))
def test_significant_digits_keep_the_number(value):
    assert float(significant(value, 6)) == pytest.approx(value, rel=1e-5)


def test_words_around_numbers():
    assert plural(1, "study", "studies") == "1 study"
    assert plural(1200, "study", "studies") == "1,200 studies"
    assert count(-1200) == "\N{MINUS SIGN}1,200"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed([]) == ""
