"""Excess significance against R and by counting all outcomes."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from pooling.bias.cases import NAMES, R, table
from synthesist.errors import InvalidInput
from synthesist.pooling.bias import EXCESS_TESTS, excess_significance
from synthesist.pooling.bias.excess import exact, power_of

CASES = [(name, key) for name in NAMES for key in R[name]["excess"]]


@pytest.mark.parametrize(("name", "key"), CASES)
def test_it_agrees_with_r(name, key):
    test, _, what = key.partition(" ")
    options = {"tau2": "REML"} if what == "tau2" else {}
    if what.startswith("alpha"):
        options["alpha"] = 0.01
    found, expected = (
        excess_significance(table(name), test, **options),
        R[name]["excess"][key],
    )
    # R integrates over five standard deviations of the true effects to either side.
    rtol = 1e-5 if what == "tau2" else 1e-8
    assert found.observed == expected["observed"]
    assert_allclose(found.expected, expected["expected"], rtol=rtol)
    assert_allclose(found.p, expected["p"], rtol=rtol)
    assert_allclose(found.effect, expected["theta"], rtol=1e-7, atol=1e-10)
    if test == "chi2":
        # A square of a small difference.
        assert_allclose(found.statistic, expected["statistic"], rtol=rtol, atol=1e-6)
    if expected.get("limit") is not None:
        # R's root is good to two or three digits.
        assert_allclose(found.limit, expected["limit"], rtol=0.01, atol=1e-3)


def test_every_test_has_a_reference():
    assert EXCESS_TESTS.keys() == {key.split()[0] for _, key in CASES}


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=7), st.data())
def test_the_exact_tail_counts_all_outcomes(power, data):
    observed = data.draw(st.integers(0, len(power)))
    tail = sum(
        np.prod([p if hit else 1 - p for p, hit in zip(power, hits, strict=True)])
        for hits in itertools.product((0, 1), repeat=len(power))
        if sum(hits) >= observed
    )
    assert_allclose(exact(np.array(power), observed)[1], min(1, tail), atol=1e-12)


@given(st.floats(0.05, 3), st.floats(-3, 3), st.floats(0, 1))
def test_power_is_averaged_over_true_effects(se, effect, share):
    # True effects that differ no more than they are measured: the average is smooth.
    tau = se * share
    points, weights = np.polynomial.hermite_e.hermegauss(81)
    at = [power_of(np.array([se]), effect + tau * t, 0.0, 1.96)[0] for t in points]
    expected = float(weights @ at / weights.sum())
    found = power_of(np.array([se]), effect, tau**2, 1.96)[0]
    assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("test", EXCESS_TESTS)
def test_at_the_limit_an_excess_is_just_called_one(test):
    found = excess_significance(table("bcg RR"), test)
    at = excess_significance(table("bcg RR"), test, effect=found.limit)
    assert_allclose(at.p, 0.1, rtol=1e-6)


def test_without_a_significant_study_there_is_no_excess_at_all():
    effects = {"yi": [0.1, -0.2, 0.15], "vi": [0.2, 0.3, 0.1]}
    for test in EXCESS_TESTS:
        found = excess_significance(effects, test)
        assert found.observed == 0
        assert found.limit is None
        assert found.p > 0.5


def test_it_says_when_it_should_not_be_used():
    notes = excess_significance(table("bcg RR")).notes
    assert any("one effect" in note for note in notes)
    few = excess_significance({"yi": [1, 2.0, 3], "vi": [0.1, 0.2, 0.3]}).notes
    assert any("little power" in note for note in few)


def test_wrong_choices_are_refused():
    with pytest.raises(InvalidInput, match="below zero"):
        excess_significance(table("bcg RR"), tau2=-1.0)
    with pytest.raises(InvalidInput, match="no test of excess"):
        excess_significance(table("bcg RR"), "chi")
    with pytest.raises(InvalidInput, match="no finite number"):
        excess_significance(table("bcg RR"), effect=float("nan"))
    with pytest.raises(InvalidInput, match="not between"):
        excess_significance(table("bcg RR"), alpha=5)


def test_a_result_can_be_printed_and_written():
    found = excess_significance(table("bcg RR"), tau2=0.1)
    assert found.tau2 == 0.1
    assert "8 observed" in found.summary()
    assert json.loads(json.dumps(found.to_dict()))["observed"] == 8
    assert len(found.to_frame()["power"]) == 13
