"""Printed texts as they occur, read as the numbers that round to them."""

import pytest

from synthesist.checks import reading
from synthesist.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0.97", 0.965, 0.975),
        (".97", 0.965, 0.975),
        ("0·97", 0.965, 0.975),
        ("0,97", 0.965, 0.975),
        ("−0.3", -0.35, -0.25),
        ("–0.3", -0.35, -0.25),
        ("+2", 1.5, 2.5),
        ("1,234.5", 1234.45, 1234.55),
        ("12,500", 12499.5, 12500.5),
        ("55.17%", 55.165, 55.175),
        ("1.2e-5", 1.15e-5, 1.25e-5),
        ("1.2 x 10^-5", 1.15e-5, 1.25e-5),
        ("3×10-4", 2.5e-4, 3.5e-4),
        (0.25, 0.245, 0.255),
        (3, 2.5, 3.5),
    ],
)
def test_a_number_is_all_that_round_to_it(text, low, high):
    found = reading.number(text)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-12)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0.04", 0.035, 0.045),
        ("P = .04", 0.035, 0.045),
        ("p<0.001", 0, 0.001),
        ("≤0.05", 0, 0.05),
        ("> 0.05", 0.05, 1),
        ("NS", 0.05, 1),
        ("n.s.", 0.05, 1),
        ("0.000", 0, 0.0005),
        ("1.00", 0.995, 1),
        ("4e-7", 3.5e-7, 4.5e-7),
    ],
)
def test_p_values_in_the_ways_they_are_printed(text, low, high):
    found = reading.p_value(text)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-15)


@pytest.mark.parametrize("text", ["1.2", "-0.1", "<", "many", "0..4"])
def test_what_is_no_p_value_is_refused(text):
    with pytest.raises(InvalidInput):
        reading.p_value(text)


@pytest.mark.parametrize("text", ["95", "95%", "0.95", " 95 % "])
def test_levels_in_per_cent_and_as_fractions(text):
    assert reading.level(text).value == pytest.approx(0.95)


@pytest.mark.parametrize("text", ["0", "100", "-5"])
def test_a_level_of_nothing_or_everything_is_refused(text):
    with pytest.raises(InvalidInput):
        reading.level(text)


def test_counts_are_exact_and_whole():
    assert reading.count("29").low == reading.count("29").high == 29
    assert reading.count("1,234").value == 1234
    for text in ("12.5", "-3", "some", True, None):
        with pytest.raises(InvalidInput):
            reading.count(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("33.1; 14.4", ("33.1", "14.4")),
        ("33.1, 14.4", ("33.1", "14.4")),
        ("33.1% and 14.4%", ("33.1%", "14.4%")),
        ("33.1 14.4", ("33.1", "14.4")),
        (["33.1", 14.4], ("33.1", "14.4")),
    ],
)
def test_lists(text, parts):
    assert reading.texts(text) == parts


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("4.00 (-8.47, 16.47)", ("4.00", "-8.47", "16.47")),
        ("0.1963..0.5135", ("0.1963", "0.5135")),
        ("1.09 (0.88-1.35)", ("1.09", "0.88", "1.35")),
        ("-1.76 [-2.00 to -1.51]", ("-1.76", "-2.00", "-1.51")),
        ("−3.3–−0.9", ("-3.3", "-0.9")),
        ("19.6% to 51.4%", ("19.6%", "51.4%")),
    ],
)
def test_the_numbers_of_a_printed_interval(text, numbers):
    assert reading.numbers_in(text) == numbers


def test_sums_with_parts_taken_away():
    assert reading.terms("248-24") == ((1, "248"), (-1, "24"))
    assert reading.terms("78 + 161+163") == ((1, "78"), (1, "161"), (1, "163"))
    assert reading.terms(["3", 4]) == ((1, "3"), (1, "4"))


def test_tables_need_pairs():
    assert reading.tables("16/29 v 9/30; 34 of 50 vs 29/50") == ((16, 29, 9, 30), (34, 50, 29, 50))  # fmt: skip
    with pytest.raises(InvalidInput, match="no pairs"):
        reading.tables("16/29")


@pytest.mark.parametrize("text", ["1e999", "1e999999999", "9" * 400, "1.2 x 10^400"])
def test_what_is_too_large_is_refused(text):
    with pytest.raises(InvalidInput):
        reading.number(text)
    with pytest.raises(InvalidInput):
        reading.count(text)


def test_numbers_that_are_alike_in_json_keep_their_digits():
    assert reading.number(1).low == 0.5
    assert reading.number(1.0).low == 0.95
    with pytest.raises(InvalidInput):
        reading.number(True)
