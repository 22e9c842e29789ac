"""Doses and schedules: what the words allow, both ways, and what is refused."""

from contextlib import suppress
from dataclasses import replace
from itertools import combinations
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.trials import (
    QUANTITIES,
    Body,
    check_printed_dose,
    received_share,
    regimen,
)
from synthesist.trials.body import SURFACE_FORMULAS
from synthesist.trials.regimen_days import Span, readings
from synthesist.trials.schedule import Count, Cycle, Part, Regimen, Rhythm
from synthesist.trials.units import UNITS, DoseUnit, read_unit

COURSE = "9 MIU/m2 SC twice daily days 1-2; 0.9 MIU/m2 SC twice daily 5 days a week, days 3-56; every 12 weeks until progression"


def ends(found):
    return found.low, found.high


def test_the_line_of_two_parts_is_written_as_it_was_read():
    assert regimen(COURSE).line() == COURSE


def test_loading_and_eight_weeks_of_a_two_part_course():
    # 2 x 9 on 2 days; days 3 to 56 hold 38 to 40 days of treatment of 1.8 each.
    found = regimen(COURSE)
    assert_allclose(ends(found.dose(1, 2)), (36, 36), rtol=1e-12)
    assert_allclose(ends(found.dose(1, 56)), (104.4, 108), rtol=1e-12)
    assert ends(found.dose(57, 84)) == (0, 0)
    # The second course begins on day 85.
    assert_allclose(ends(found.dose(85, 86)), (36, 36), rtol=1e-12)
    quantities = found.quantities()
    assert_allclose(ends(quantities["dose_cycle"]), (104.4, 108), rtol=1e-12)
    assert_allclose(ends(quantities["dose_week"]), (8.7, 9), rtol=1e-12)
    assert ends(quantities["days_on"]) == (40, 42)
    assert quantities["dose_course"].low is None
    assert "number of cycles" in quantities["dose_course"].why


@pytest.mark.parametrize(
    ("line", "name", "expected"),
    [
        # Every other day for 2 weeks are 7 injections, in each of 3 cycles.
        ("1 MIU SC every other day for 2 weeks, then 2 weeks off; 3 cycles", "dose_course", (21, 21)),
        ("1 MIU SC every other day for 2 weeks, then 2 weeks off; 3 cycles", "dose_week", (1.75, 1.75)),
        ("5 MIU/m2/day for 5 days; every month for 12 months", "dose_month", (25, 25)),
        ("2.3-4.6 MIU/m2/day for 5 days; every month for 12 months", "dose_month", (11.5, 23)),
        ("9 MIU/m2 daily days 1-4; 1.6 MIU/m2 daily days 8-17", "dose_course", (52, 52)),
        ("12 MIU/m2 daily for 5 days; then 12 MIU/m2 daily for 2 days, 4 times; over 2 months", "dose_course", (156, 156)),
        ("12 MIU/m2 daily for 5 days; then 12 MIU/m2 daily for 2 days, 4 times; over 2 months", "dose_month", (78, 78)),
        ("12 MIU/m2 daily for 5 days; then 12 MIU/m2 daily for 2 days, 4 times; over 2 months", "dose_first_week", (60, 84)),
        ("0.9 MIU/m2/day for 10 to 14 days; then 12 MIU/m2 daily for 3 days", "dose_course", (45, 48.6)),
        ("0.5 MIU SC daily for 5 days", "dose_week", (2.5, 2.5)),
        ("1.5 MIU SC daily days 1-5; 1.5 MIU SC weekly from day 8, 11 to 12 doses", "dose_course", (24, 25.5)),
        ("600 kIU/kg IV every 8 hours, up to 14 doses", "dose_course", (8400, 8400)),
        ("600 kIU/kg IV every 8 hours, up to 14 doses", "days_on", (5, 5)),
        ("0.006 mg/kg IV every 3 weeks until progression", "dose_week", (0.002, 0.002)),
        ("100万U IM qod, weeks 1-2", "dose_course", (700, 700)),
        ("2 x 10^6 cells/kg IV once", "dose_course", (2e6, 2e6)),
        ("1 MIU SC every other day for 2 weeks; every 4 weeks for 3 cycles", "days_on_course", (21, 21)),
        ("1 MIU SC every other day for 2 weeks; every 4 weeks for 3 cycles", "course_weeks", (12, 12)),
        ("2 MIU IV day 1, 4 times; over 2 months", "dose_course", (8, 8)),
        ("2 MIU SC twice daily for 3 days; then 1 MIU SC daily for 4 days", "dose_day", (1, 4)),
        ("2 MIU SC twice daily for 3 days; then 1 MIU SC daily for 4 days", "dose_cycle", (16, 16)),
        ("3 MU SC three times a week for 4 weeks", "dose_course", (36, 36)),
        ("1 mg IV days 1, 8 and 15; every 4 weeks for 2 to 6 cycles", "dose_course", (6, 18)),
    ],
)  # fmt: skip
def test_quantities_of_printed_lines(line, name, expected):
    found = regimen(line)
    assert_allclose(ends(found.quantities()[name]), expected, rtol=1e-12)
    assert regimen(found.line()) == found


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "no dose"),
        ("daily for 5 days", "not understood"),
        ("5 apples daily", "not understood"),
        ("5 mIU daily", "thousandth"),
        ("5 MIU daily for 5 days; 1 MIU daily for 3 days", "begins"),
        ("5 MIU daily; then 1 MIU daily for 3 days", "end is not stated"),
        ("5 MIU daily days 5-3", "backward"),
        ("5 MIU daily days 1-40; every 4 weeks", "behind the cycle"),
        ("5 MIU daily for 5 days; every 4 weeks for 10 days", "whole number"),
        ("4-2 MIU daily", "cannot be"),
        ("5 MIU 9 days a week", "no 9 days"),
        ("5 MIU every 7 hours", "whole number of doses"),
        ("5 MIU 5 days a week, 20 doses", "days of the week"),
        ("5 MIU daily for 14 to 10 days", "upward"),
        ("5 MIU weekly 5 days a week", "two ways"),
        ("5 MIU weekly days 1, 8 and 15", "two ways"),
        ("5 MIU daily days 1-2 for 5 days", "say when already"),
        ("5 MIU days 1, 8 and 15 for 5 days", "say when already"),
    ],
)
def test_what_cannot_be_read_is_named_with_a_remedy(line, words):
    with pytest.raises(InvalidInput, match=words) as error:
        regimen(line)
    assert error.value.problems[0].remedy


def test_units_are_bound_to_their_kind():
    assert str(read_unit("million IU / m²")) == "MIU/m2"
    assert read_unit("WIU").factor == 1e4
    with pytest.raises(InvalidInput, match="no unit"):
        read_unit("stones")


def test_doses_are_converted_by_what_is_stated():
    # He 2016, Table S1: median weight 54 kg, so 1 MIU is 18,518.5 IU/kg.
    flat = regimen("1 MIU SC daily for 1 days")
    by_weight = flat.quantities(unit="IU/kg", body=Body(weight=54, source="Table S1"))
    assert_allclose(by_weight["dose_course"].low, 18518.5, atol=0.05)
    assert any("54 kg (Table S1)" in note for note in by_weight.notes)
    by_surface = regimen("2 MIU/m2 SC once").quantities(
        unit="MIU", body=Body(surface=1.61)
    )
    assert_allclose(by_surface["dose_course"].low, 3.22)
    assert any("1.61 m2 (assumed)" in note for note in by_surface.notes)
    # 10 µg at 1 mg = 16.4 MIU.
    mass = regimen("10 µg SC once").quantities(unit="kIU", conversion="1 mg = 16.4 MIU")
    assert_allclose(mass["dose_course"].low, 164)


@pytest.mark.parametrize(
    ("line", "given", "words"),
    [
        ("1 MIU/m2 daily for 2 days", {"unit": "MIU"}, "body surface"),
        ("1 MIU/kg daily for 2 days", {"unit": "MIU"}, "weight"),
        ("1 MU daily for 2 days", {"unit": "MIU"}, "product's own conversion"),
        ("1 mg daily for 2 days", {"unit": "MIU"}, "product's own conversion"),
        ("0.006 mg/kg once", {"unit": "MIU/kg", "product": "pegylated", "conversion": "1 mg = 16.4 MIU"}, "pegylated"),
        ("0.006 mg/kg once", {"unit": "MIU/kg", "product": "fusion", "conversion": "1 mg = 16.4 MIU"}, "fusion"),
        ("1e6 cells/kg once", {"unit": "MIU/kg"}, "cells"),
    ],
)  # fmt: skip
def test_what_cannot_be_converted_is_refused_with_what_is_missing(line, given, words):
    with pytest.raises(NotEstimable, match=words) as error:
        regimen(line).quantities(**given)
    assert error.value.problems[0].remedy


def test_body_surface_by_both_formulas():
    # 170 cm and 70 kg: 1.81 m2 by Du Bois, 1.82 m2 by Mosteller.
    found = {f: SURFACE_FORMULAS[f].compute(70.0, 170.0) for f in SURFACE_FORMULAS}
    assert_allclose(found["mosteller"], (70 * 170 / 3600) ** 0.5, rtol=1e-15)
    assert round(found["du-bois"], 2) == 1.81
    with pytest.raises(InvalidInput, match="not a person's"):
        Body(height=1.7)


@pytest.mark.parametrize(
    ("printed", "verdict"),
    [
        ("12 to 24 MIU/m2 per month", "does not follow"),
        ("12 to 23 MIU/m2 per month", "follows"),
        ("20 MIU/m2 per month", "follows"),
        ("30 MIU/m2 per month", "does not follow"),
        ("12 MIU per month", "cannot be computed"),
    ],
)
def test_a_printed_dose_is_compared_with_its_schedule(printed, verdict):
    found = regimen("2.3-4.6 MIU/m2 daily for 5 days; every month for 12 months")
    assert check_printed_dose(found, printed).verdict == verdict


def test_what_was_received_is_a_share_of_what_was_planned():
    found = regimen(
        "12 MIU/m2 daily for 5 days; then 12 MIU/m2 daily for 2 days, 4 times"
    )
    share = received_share(found, "120 MIU/m2 per course")
    # 156 planned; 119.5 to 120.5 round to 120.
    assert_allclose((share.low, share.high), (100 * 119.5 / 156, 100 * 120.5 / 156))
    with pytest.raises(NotEstimable, match="cannot be told"):
        received_share(regimen("1 MIU daily until progression"), "5 MIU per course")


def test_every_quantity_has_a_case():
    marks = test_quantities_of_printed_lines.pytestmark
    named = {case[1] for mark in marks for case in mark.args[1]}
    assert named == set(QUANTITIES)


# Every number that the line prints, and every way in which its parts are placed.

amounts = st.integers(1, 400).map(lambda n: n / 8)
units = st.builds(
    DoseUnit, st.sampled_from(sorted(UNITS)), st.sampled_from(["", "m2", "kg"])
)
rhythms = st.one_of(
    st.builds(Rhythm, times=st.integers(1, 4)),
    st.builds(Rhythm, every=st.integers(2, 30)),
    st.builds(Rhythm, times=st.integers(1, 3), of_week=st.integers(1, 6)),
)
counts = st.tuples(st.integers(1, 40), st.integers(0, 5)).map(
    lambda pair: Count(pair[0], sum(pair))
)
lengths = st.tuples(st.integers(1, 40), st.sampled_from([0, 0, 1, 3])).map(
    lambda pair: Count(pair[0], sum(pair))
)


@st.composite
def parts(draw, first):
    low = draw(amounts)
    high = low + draw(st.sampled_from([0, 0, 0.25, 3]))
    given = {"low": low, "high": high, "unit": draw(units), "rhythm": draw(rhythms)}
    given["route"] = draw(st.sampled_from(["", "SC", "IV"]))
    start = draw(st.integers(1, 60))
    if draw(st.booleans()):
        return Part(start=1 if first else 0, days=draw(lengths), **given)
    return Part(start=start, days=draw(lengths), **given)


@st.composite
def regimens(draw):
    many = draw(st.integers(1, 3))
    found = tuple(draw(parts(index == 0)) for index in range(many))
    cycle = None
    if draw(st.booleans()):
        count = draw(st.none() | counts)
        cycle = Cycle(length=draw(st.integers(60, 200)), unit="week", count=count)
    return Regimen(
        parts=found, cycle=cycle, until=draw(st.sampled_from(["", "progression"]))
    )


@settings(max_examples=150, deadline=None)
@given(regimens())
def test_a_written_line_is_read_back_to_the_same_regimen(found):
    assert regimen(found.line()) == found


@settings(max_examples=60, deadline=None)
@given(regimens(), st.integers(1, 120), st.integers(1, 120))
def test_doses_of_two_windows_hold_the_dose_of_both(found, first, length):
    same = tuple(replace(part, unit=DoseUnit("MIU", "m2")) for part in found.parts)
    found, last = replace(found, parts=same), first + length
    parts = found.dose(first, last), found.dose(last + 1, last + length)
    whole = found.dose(first, last + length)
    slack = 1e-9 * (1 + whole.high)
    assert sum(part.low for part in parts) <= whole.low + slack
    assert whole.high <= sum(part.high for part in parts) + slack


@settings(max_examples=80, deadline=None)
@given(
    st.integers(1, 6), st.integers(1, 20), st.integers(1, 16), st.integers(1, 24),
    st.integers(0, 12),
)  # fmt: skip
def test_days_of_a_week_are_the_range_over_all_ways_to_choose_them(
    wanted, first, length, a, further
):
    """Try every choice of days in every full week that touches the part."""
    b, last = a + further, first + length - 1
    part = Part(low=1, high=1, unit=DoseUnit("MIU"), rhythm=Rhythm(of_week=wanted))
    span = Span(part, first, last, None, first)
    low = high = 0
    for week in range(ceil(length / 7)):
        start = first + 7 * week
        seen = [
            sum(a <= day <= b and day <= last for day in chosen)
            for chosen in combinations(range(start, start + 7), wanted)
        ]
        low, high = low + min(seen), high + max(seen)
    assert span.days_between(a, b) == (low, high)


def test_readings_are_bounded():
    line = "; then ".join(["1 mg daily for 1 to 100 days"] * 6)
    assert 2 <= len(list(readings(regimen(line)))) <= 2000


WORDS = st.sampled_from(
    [*COURSE.split(), "then", "2 weeks off;", "for 10 to 14 days", "10^6 cells/kg", "every", "months", "days 1, 8 and 15", "up to 14 doses,", "4 times", ";", "until", "in cycles", "over 0 days", "万U", "1e400 mg", "0 MIU", "q0d", "weeks 9-1", "every 0 weeks", "-5", "99999999999 days"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=14).map(" ".join)))
def test_any_text_is_refused_or_read_to_a_line_with_ordered_ranges(text):
    with suppress(InvalidInput, NotEstimable):
        found = regimen(text)
        assert regimen(found.line()) == found
        for value in found.quantities().values.values():
            assert value.low is None or 0 <= value.low <= value.high + 1e-9
