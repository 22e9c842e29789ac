"""What a cell may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesist.store.fields import (
    KINDS,
    Field,
    Unreadable,
    nearest,
    read_count,
    read_date,
    read_list,
    read_name,
    read_number,
    read_numbers,
    read_p,
    read_slug,
    read_time,
    shown,
)


@pytest.mark.parametrize(
    "text",
    [
        "0.04",
        ".04",
        "<0.001",
        "=0.03",
        "≤0.05",
        ">=0.1",
        "1",
        "0",
        "NS",
        "n.s.",
        "1.00",
        "3e-5",
        "<1E-4",
        "0.000",
    ],
)
def test_p_values_keep_their_text(text):
    assert read_p(f" {text} ") == text


@pytest.mark.parametrize(
    "text", ["5", "1.2", "-0.1", "0,04", "p<0.05", "<", "significant", "0.04*", "nan"]
)
def test_what_is_no_p_value_is_refused(text):
    with pytest.raises(Unreadable):
        read_p(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.5", 12.5),
        ("-3", -3),
        ("\N{MINUS SIGN}2.109", -2.109),
        ("1e3", 1000),
        (".5", 0.5),
    ],
)
def test_numbers(text, value):
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text", ["nan", "inf", "1_000", "1e999", "12 %", "3/4", "0x1f"]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(Unreadable, match="not a number"):
        read_number(text)


def test_a_decimal_comma_is_told_as_such():
    with pytest.raises(Unreadable) as caught:
        read_number("3,14")
    assert caught.value.remedy == "write the decimal point as a point: 3.14"


@pytest.mark.parametrize("text", ["1.5", "-1", "1e300", "ten"])
def test_what_is_no_count_is_refused(text):
    with pytest.raises(Unreadable):
        read_count(text)


@given(st.integers(0, 2**53))
def test_counts_are_exact(n):
    assert read_count(str(n)) == n


@pytest.mark.parametrize(
    "text", ["2026-02-30", "20260131", "31.01.2026", "2026-W01-1", ""]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(Unreadable):
        read_date(text)


@pytest.mark.parametrize(
    "text",
    ["2026-01-31T14:05Z", "2026-01-31T14:05:00Z", "2026-01-31T14:05:00.125+00:00"],
)
def test_times_in_utc_keep_their_text(text):
    assert read_time(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31",
        "2026-01-31T14:05:00",
        "2026-01-31T14:05:00+08:00",
        "2026-01-31T25:05:00Z",
        "2026-01-31 14:05Z",
        "yesterday",
    ],
)
def test_times_without_a_day_or_in_another_zone_are_refused(text):
    with pytest.raises(Unreadable, match="UTC"):
        read_time(text)


def test_how_a_name_is_composed_and_spaced_does_not_matter():
    assert read_name("Mu\u0308ller\u00a0 2020 ") == "Müller 2020"
    assert read_list("a; b ;;c") == ("a", "b", "c")
    assert read_numbers("1; 2.5 ;") == (1.0, 2.5)


@pytest.mark.parametrize(
    "text", ["../x", "a b", "CON.", "-a", "a/b", "ü", "a" * 61, ""]
)
def test_names_of_files_are_safe(text):
    with pytest.raises(Unreadable):
        read_slug(text)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (Field("sd", "", "number", low=0), -1.0, "sd is at least 0"),
        (Field("hr", "", "number", low=0, above=True), 0.0, "hr is above 0"),
        (
            Field("level", "", "number", low=0, high=1, above=True, below=True),
            1.0,
            "level is above 0 and below 1",
        ),
        (
            Field("r", "", "number", low=-1, high=1),
            1.5,
            "r is at least -1 and at most 1",
        ),
    ],
)
def test_bounds_are_said_in_words(field, value, words):
    with pytest.raises(Unreadable) as caught:
        field.check(value)
    assert caught.value.remedy == words


def test_bounds_themselves_may_be_allowed():
    Field("sd", "", "number", low=0).check(0.0)
    Field("r", "", "number", low=-1, high=1).check(-1.0)


def test_nearest_ignores_case():
    assert nearest("reml", ["DL", "REML"]) == "REML"
    assert nearest("xyz", ["DL", "REML"]) is None


def test_what_is_shown_is_short():
    assert len(shown("x" * 1000)) == 40
    assert shown(10**5000) == "a very long number"


@given(st.text(), st.sampled_from(sorted(KINDS)))
def test_any_text_is_read_or_refused(text, kind):
    refused = None
    try:
        KINDS[kind].read(text)
    except Unreadable as error:
        refused = error
    assert refused is None or (refused.message and refused.remedy)
