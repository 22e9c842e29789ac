"""Axes whose numbers a clinician would have chosen."""

import itertools
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from synthesist.figures.numbers import aligned, count, number
from synthesist.figures.ticks import both_sides, choose_axis, data_limits
from synthesist.figures.typeface import text_width


def measure(label):
    """Give the width of a tick label at the usual size."""
    return text_width(label, 8)


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.11, 9, "0.1 0.2 0.5 1 2 5 10"),
        (0.012, 80, "0.01 0.1 1 10 100"),
        (0.55, 1.9, "0.5 0.7 1 1.5 2"),
        (0.81, 1.24, "0.8 0.9 1.0 1.1 1.2"),
    ],
)
def test_ratios(low, high, labels):
    assert choose_axis(low, high, 60, measure, log=True).labels == tuple(labels.split())


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (-33.8, 9.1, "−30 −20 −10 0 10"),
        (-8.5, 16.4, "−10 −5 0 5 10 15"),
        (-0.42, 1.31, "−0.5 0.0 0.5 1.0"),
        (0, 1, "0.0 0.2 0.4 0.6 0.8 1.0"),
    ],
)
def test_differences_have_a_true_minus_sign(low, high, labels):
    axis = choose_axis(low, high, 60, measure, log=False)
    assert axis.labels == tuple(labels.split())


def test_proportions_are_in_per_cent_and_stay_between_0_and_100():
    axis = choose_axis(0, 1, 60, measure, log=False, percent=True, within=(0, 1))
    assert axis.labels == ("0%", "20%", "40%", "60%", "80%", "100%")
    assert (axis.low, axis.high) == (0, 1)
    axis = choose_axis(0, 0.09, 60, measure, log=False, percent=True, within=(0, 1))
    assert axis.labels[:3] == ("0%", "2%", "4%")


def test_fixed_ends_do_not_move():
    axis = choose_axis(0.3, 7, 60, measure, log=True, fixed=True)
    assert (axis.low, axis.high) == (0.3, 7)
    assert all(0.3 <= position <= 7 for position in axis.positions)


@given(
    st.floats(-12, 12),
    st.floats(1e-3, 20),
    st.floats(20, 120),
    st.booleans(),
)
def test_labels_never_touch_and_cover_the_range(start, span, width, log):
    low, high = (
        (math.exp(start), math.exp(start + span)) if log else (start, start + span)
    )
    axis = choose_axis(low, high, width, measure, log=log)
    assert axis.low <= low < high <= axis.high
    places = [axis.fraction(position) * width for position in axis.positions]
    ends = [
        (place - measure(label) / 2, place + measure(label) / 2)
        for place, label in zip(places, axis.labels, strict=True)
    ]
    assert all(
        after[0] - before[1] >= 1.4 for before, after in itertools.pairwise(ends)
    )
    assert len(set(axis.labels)) == len(axis.labels)


@given(st.floats(-5, 5), st.floats(0.01, 10), st.floats(0, 1), st.booleans())
def test_a_place_on_the_axis_and_its_value_belong_together(start, span, share, log):
    low, high = (
        (math.exp(start), math.exp(start + span)) if log else (start, start + span)
    )
    axis = choose_axis(low, high, 60, measure, log=log)
    assert axis.fraction(axis.value(share)) == pytest.approx(share, abs=1e-9)


def test_one_imprecise_study_does_not_squeeze_the_others():
    usual = [(0.5, 1.5), (0.6, 1.7), (0.4, 1.2)]
    low, high = data_limits(
        [*usual, (0.001, 900)], [], [0.8, 1.0, 0.7, 0.95], log=True, proportion=False
    )
    assert 0.05 < low < 0.4
    assert 1.7 < high < 20


def test_intervals_of_one_kind_are_shown_whole():
    low, high = data_limits(
        [(0.2, 4), (0.3, 6)], [(0.3, 3), (0.1, 9)], [0.9, 1.3, 1], log=True,
        proportion=False,
    )  # fmt: skip
    assert low == pytest.approx(0.1)
    assert high == pytest.approx(9)


def test_no_data_and_one_value_still_give_an_axis():
    for points in ([], [3.0]):
        low, high = data_limits([], [], points, log=False, proportion=False)
        assert low < high
    low, high = data_limits([], [], [1.0], log=True, proportion=False)
    assert low == pytest.approx(0.5)
    assert high == pytest.approx(2)


@pytest.mark.parametrize(
    ("value", "options", "printed"),
    [
        (-8.47, {}, "−8.47"),
        (-0.001, {}, "0.00"),
        (0.4567, {"percent": True, "digits": 1}, "45.7"),
        (0.002, {"log": True}, "<0.01"),
        (0.0, {"log": True}, "0.00"),
        (123.456, {"log": True}, "123.5"),
        (12345.6, {"log": True}, "12346"),
        (123.456, {}, "123.46"),
        (math.inf, {}, "∞"),
        (-math.inf, {}, "−∞"),
    ],
)
def test_numbers_in_print(value, options, printed):
    assert number(value, options.pop("digits", 2), **options) == printed


def test_a_column_of_intervals_has_its_digits_in_line():
    texts = aligned([("−6.49", "−16.58", "3.60"), None, ("", "1.00", "10.00")])
    assert texts == ["−6.49 [−16.58, \u20073.60]", "", "[1.00, 10.00]"]
    texts = aligned([("1.00", "0.50", "2.00"), ("1.00", "10.50", "20.00")])
    assert texts[0] == "1.00 \u2007[0.50, \u20072.00]"


def test_an_unknown_count_is_not_zero():
    assert count(None) == "not reported"
    assert count(0) == "0"
    assert count(12345) == "12,345"


@given(st.floats(0.01, 100), st.floats(1.0001, 1e4))
def test_no_effect_stands_well_inside_when_its_sides_are_named(low, factor):
    ends = both_sides(low, low * factor, 1.0, log=True)
    left, right = (math.log(end) for end in ends)
    assume(right - left > 1e-6)
    assert 0.2499 <= -left / (right - left) <= 0.7501
