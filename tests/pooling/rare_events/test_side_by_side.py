"""All methods of counts in one call."""

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose

import golden
import strategies
import synthesist as sy
from synthesist.pooling import glmm, mantel_haenszel, peto
from synthesist.pooling.rare_events import (
    COUNT_METHODS,
    beta_binomial,
    compare_rare_events,
)

CATHETERS = str(golden.data("catheters"))


def test_the_four_methods_stand_side_by_side():
    found = compare_rare_events(CATHETERS)
    apart = {
        "mh": mantel_haenszel(CATHETERS),
        "peto": peto(CATHETERS),
        "CM.EL": glmm(CATHETERS, interval="profile"),
        "beta-binomial": beta_binomial(CATHETERS),
    }
    assert list(found.fits) == list(apart)
    for code, fit in apart.items():
        ours = found.fits[code]
        assert_allclose([ours.estimate, ours.se], [fit.estimate, fit.se])
        assert_allclose(ours.interval.lower, fit.interval.lower)
    text = found.summary()
    for code in apart:
        assert COUNT_METHODS[code].label in text
    assert len(found.to_frame()["estimate"]) == 4
    assert [m["method"] for m in found.to_dict()["methods"]] == list(apart)
    # None of these answers has a correction in it.
    assert not any("1/2 added" in note for note in found.notes)


@pytest.mark.parametrize(("measure", "count"), [("RR", 2), ("RD", 3)])
def test_other_measures_have_the_methods_that_can_give_them(measure, count):
    assert len(compare_rare_events(CATHETERS, measure).fits) == count


def test_a_method_without_an_answer_says_why():
    arms = {"events_t": [0, 0], "n_t": [100, 120], "events_c": [3, 2], "n_c": [110, 90]}
    found = compare_rare_events(arms)
    assert found.fits["peto"] is not None
    assert found.fits["mh"] is None
    assert "No one in one group" in found.problems["beta-binomial"]
    frame = found.to_frame()
    assert frame["estimate"][0] is None
    assert frame["problem"][0]
    assert found.plot().get_axes()


def test_without_a_finite_tau2_the_conditional_model_has_one_effect():
    arms = {"events_t": [0, 4], "n_t": [100, 80], "events_c": [4, 0], "n_c": [110, 100]}
    with pytest.raises(sy.NotEstimable, match="rises as tau² grows"):
        glmm(arms)
    found = compare_rare_events(arms)
    assert found.fits["CM.EL"].tau2_method == "CE"
    assert any("common effect" in note for note in found.notes)


def test_disagreement_is_a_finding():
    arms = {
        "events_t": [1, 8],
        "n_t": [400, 100],
        "events_c": [9, 13],
        "n_c": [400, 100],
    }
    found = compare_rare_events(arms)
    apart = {
        code: fit.interval.upper < 0 or fit.interval.lower > 0
        for code, fit in found.fits.items()
    }
    assert len(set(apart.values())) == 2
    assert "hangs on the method" in found.notes[0]


def test_measures_without_counts_are_refused():
    with pytest.raises(sy.InvalidInput, match="No method of counts"):
        compare_rare_events(CATHETERS, "AS")


@settings(max_examples=10)
@given(arms=strategies.two_by_two(1, 6, 100))
def test_every_table_of_counts_has_a_comparison(arms):
    found = compare_rare_events(arms)
    for code, fit in found.fits.items():
        assert (fit is None) == (code in found.problems)
        if fit is not None:
            assert np.isfinite([fit.estimate, fit.se]).all()
            assert fit.interval.lower <= fit.estimate <= fit.interval.upper
