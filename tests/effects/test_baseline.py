"""What a ratio means at a stated risk."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from synthesist import InvalidInput, effect_table
from synthesist.effects import absolute_effect
from synthesist.effects.baseline import odds_ratio_as_smd, smd_as_odds_ratio


def test_the_examples_of_the_handbook():
    # Chapter 15: risk ratio 0.92 at 240 per 1000 is 19 fewer; odds ratio 0.73 at 0.3
    # gives a risk of 0.238 (number to treat 17).
    by_rr = absolute_effect(0.92, 0.92, 0.92, measure="RR", baseline_risk=0.24)
    assert round(1000 * by_rr.difference) == -19
    by_or = absolute_effect(0.73, 0.73, 0.73, measure="OR", baseline_risk=0.3)
    assert_allclose(by_or.risk, 0.238, atol=5e-4)
    assert by_or.number_to_treat().startswith("NNTB 17")


def test_a_hazard_ratio_at_the_risk_of_one_time():
    effect = absolute_effect(0.5, 0.4, 0.6, measure="HR", baseline_risk=0.36)
    assert_allclose(1 - effect.risk, 0.64**0.5, rtol=1e-15)


def test_numbers_to_treat_as_altman_writes_them():
    benefit = absolute_effect(0.5, 0.4, 0.8, measure="RR", baseline_risk=0.2)
    assert benefit.number_to_treat() == "NNTB 10 (NNTB 9 to NNTB 25)"
    harm = absolute_effect(2, 1.5, 3, measure="RR", baseline_risk=0.1)
    assert harm.number_to_treat() == "NNTH 10 (NNTH 5 to NNTH 20)"
    open_end = absolute_effect(0.8, 0.5, 1.2, measure="RR", baseline_risk=0.2)
    assert open_end.number_to_treat() == "NNTB 25 (NNTH 25 to infinity to NNTB 10)"
    none = absolute_effect(1, 0.5, 2, measure="RR", baseline_risk=0.2)
    assert none.nnt is None
    assert none.number_to_treat().startswith("no difference")


def test_a_summary_counts_among_a_thousand():
    effect = absolute_effect(0.5, 0.4, 1.2, measure="RR", baseline_risk=0.2)
    first, second = effect.summary().splitlines()
    assert first == "100 fewer per 1000 (120 fewer to 40 more), from 200 to 100"
    assert second.startswith("NNTB 10")
    json.dumps(effect.to_dict(), allow_nan=False)


def test_a_risk_is_cut_at_everybody():
    effect = absolute_effect(3, 2, 6, measure="RR", baseline_risk=0.3)
    assert effect.risk_high == 1
    assert "cut at 1" in effect.notes[0]


@given(st.floats(0.05, 20), st.floats(0.01, 0.99))
def test_an_odds_ratio_comes_back(ratio, risk):
    effect = absolute_effect(ratio, ratio, ratio, measure="OR", baseline_risk=risk)
    odds = effect.risk / (1 - effect.risk) / (risk / (1 - risk))
    assert_allclose(odds, ratio, rtol=1e-9)


@given(st.floats(-3, 3))
def test_smd_and_odds_ratio_are_inverse(smd):
    assert_allclose(odds_ratio_as_smd(smd_as_odds_ratio(smd)), smd, atol=1e-12)


def test_the_conversion_of_chinn():
    # Chinn 2000: a log odds ratio is 1.81 times the standardised difference.
    assert_allclose(np.log(smd_as_odds_ratio(1.0)), 1.81, atol=0.005)
    counts = {"events_t": [4], "n_t": [20], "events_c": [9], "n_c": [21]}
    by_table = effect_table(counts, "OR2DL").y[0]
    ratio = np.exp(effect_table(counts, "OR").y[0])
    assert_allclose(odds_ratio_as_smd(ratio), by_table, rtol=1e-12)


@pytest.mark.parametrize(
    ("values", "options", "words"),
    [
        ((1, 1, 1), {"measure": "MD", "baseline_risk": 0.2}, "No risk follows"),
        ((1, 1, 1), {"measure": "OR", "baseline_risk": 20}, "baseline risk is 20"),
        ((1, 2, 3), {"measure": "OR", "baseline_risk": 0.2}, "no ratio"),
        ((0, 0, 3), {"measure": "OR", "baseline_risk": 0.2}, "no ratio"),
    ],
)
def test_impossible_questions(values, options, words):
    with pytest.raises(InvalidInput, match=words):
        absolute_effect(*values, **options)
