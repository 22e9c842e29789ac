"""What must hold of every look for bias, whatever the effects."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import synthesist as sy
from pooling.bias.cases import table
from strategies import effects as drawn
from strategies import two_by_two
from synthesist.errors import NotEstimable
from synthesist.pooling.bias import (
    SMALL_STUDY_TESTS,
    excess_significance,
    fail_safe_n,
    limit_meta_analysis,
    small_study_test,
    trim_and_fill,
    waap,
)

#: Tests that need nothing but effects and variances.
PLAIN = ("egger", "egger-mixed", "thompson-sharp", "begg")


def spread_out(rows):
    """Return effects and variances whose standard errors differ enough to see it."""
    y, v = np.array(rows[0]), np.array(rows[1])
    assume(np.ptp(np.sqrt(v)) > 0.05 * np.sqrt(v).max())
    assume(np.ptp(y) > 1e-3)
    return y, v


@pytest.mark.parametrize("code", PLAIN)
@given(rows=drawn(min_studies=4), factor=st.floats(0.1, 10), shift=st.floats(-5, 5))
def test_another_unit_and_origin_change_no_p_value(code, rows, factor, shift):
    y, v = spread_out(rows)
    here = small_study_test({"yi": y, "vi": v}, code)
    there = small_study_test({"yi": -factor * y + shift, "vi": factor**2 * v}, code)
    assert_allclose(there.p, here.p, rtol=1e-5, atol=1e-7)
    if here.slope is not None:
        size = abs(here.slope.estimate) + here.slope.se
        assert_allclose(
            there.slope.estimate, -here.slope.estimate, atol=1e-5 * (size + 1e-6)
        )


@pytest.mark.parametrize("code", PLAIN)
@given(rows=drawn(min_studies=4), data=st.data())
def test_the_order_of_studies_does_not_matter(code, rows, data):
    y, v = spread_out(rows)
    order = np.array(data.draw(st.permutations(range(len(y)))))
    here = small_study_test({"yi": y, "vi": v}, code)
    there = small_study_test({"yi": y[order], "vi": v[order]}, code)
    assert_allclose(there.p, here.p, rtol=1e-6, atol=1e-9)


@given(two_by_two(min_studies=5, largest=300))
def test_swapping_the_groups_turns_the_slope_of_every_test_of_counts(columns):
    swapped = {
        f"{role}_{arm}": columns[f"{role}_{other}"]
        for role in ("events", "n")
        for arm, other in (("t", "c"), ("c", "t"))
    }
    for code in ("harbord", "peters", "macaskill-pooled", "deeks"):
        found = []
        for cells in (columns, swapped):
            try:
                found.append(small_study_test(sy.effect_table(cells, "OR"), code))
            except NotEstimable:
                found.append(None)
        here, there = found
        assert (here is None) == (there is None)
        if here is not None and here.slope.se > 1e-9:
            size = abs(here.slope.estimate) + here.slope.se
            assert_allclose(
                there.slope.estimate, -here.slope.estimate, atol=1e-7 * size
            )
            assert_allclose(there.p, here.p, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("code", [c for c in SMALL_STUDY_TESTS if c != "begg"])
def test_the_line_is_what_the_test_says(code):
    name = "asthma SMD" if code == "pustejovsky-rodgers" else "bcg OR"
    found = small_study_test(table(name), code)
    rise = found.line(np.array([0.0, 1.0]))
    assert_allclose(rise[1] - rise[0], found.slope.estimate)
    if found.limit is not None:
        assert_allclose(rise[0], found.limit.estimate)


@given(drawn(min_studies=3))
def test_no_number_is_lost_and_no_interval_turned_over(rows):
    y, v = spread_out(rows)
    effects = {"yi": y, "vi": v}
    found = limit_meta_analysis(effects, tau2="DL")
    assert np.isfinite([found.estimate, found.se, found.p]).all()
    assert found.interval.lower < found.interval.upper
    assert found.small_study.statistic >= 0
    average = waap(effects).average
    assert average.interval.lower <= average.interval.upper
    assert fail_safe_n(effects, "general", tau2="DL").exact >= 0
    excess = excess_significance(effects)
    assert 0 <= excess.p <= 1
    assert 0 <= excess.expected <= len(y)
    assert trim_and_fill(effects, "R0", tau2="DL").missing < len(y)


@given(drawn(min_studies=3), st.floats(0.01, 100))
def test_another_unit_changes_no_fail_safe_number(rows, factor):
    y, v = spread_out(rows)
    for method in ("Rosenthal", "Rosenberg", "Orwin"):
        here = fail_safe_n({"yi": y, "vi": v}, method)
        there = fail_safe_n({"yi": factor * y, "vi": factor**2 * v}, method)
        assert_allclose(there.exact, here.exact, rtol=1e-7, atol=1e-7)


def test_studies_of_very_different_size_are_borne():
    rng = np.random.default_rng(11)
    se = 10.0 ** rng.uniform(-5, 3, 40)
    effects = {"yi": rng.normal(0, se) + 0.2, "vi": se**2}
    for code in PLAIN:
        assert 0 <= small_study_test(effects, code).p <= 1
    assert np.isfinite(limit_meta_analysis(effects).estimate)
    assert np.isfinite(trim_and_fill(effects).filled.estimate)


def test_many_studies_take_no_more_than_a_moment():
    rng = np.random.default_rng(3)
    v = rng.uniform(0.01, 1, 5000)
    effects = {"yi": rng.normal(0, np.sqrt(v)), "vi": v}
    for code in PLAIN:
        assert small_study_test(effects, code).k == 5000
    assert not small_study_test(effects, "begg").exact
    assert trim_and_fill(effects, tau2="DL").missing < 2500
    assert 0 < excess_significance(effects).p <= 1


def test_a_study_left_out_stays_out_of_everything():
    whole = table("bcg RR")
    kept = np.arange(13) != 3
    with_gap = replace(
        whole,
        y=np.where(kept, whole.y, np.nan),
        v=np.where(kept, whole.v, np.nan),
        included=kept,
    )
    part = whole.select(kept)
    for code in SMALL_STUDY_TESTS:
        here, there = (small_study_test(t, code) for t in (with_gap, part))
        assert here.k == there.k == 12
        assert_allclose(here.p, there.p, rtol=1e-12)
    assert_allclose(
        trim_and_fill(with_gap).filled.estimate, trim_and_fill(part).filled.estimate
    )
    assert waap(with_gap).adequate.sum() == waap(part).adequate.sum()
