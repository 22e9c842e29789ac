"""Sentences say what the numbers say, and no more."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import synthesist as sy
from synthesist.documents.wording import Setting, headline, in_words

TWO_TRIALS = {
    "study": ["a", "b"],
    "events_t": [16, 34], "n_t": [29, 50], "events_c": [9, 29], "n_c": [30, 50],
}  # fmt: skip


def setting(**changes):
    return Setting(**{"outcome": "Response", "better": "higher", "participants": 159, **changes})  # fmt: skip


def test_a_risk_ratio_is_told_with_its_interval_and_per_hundred_people():
    fit = sy.pool(sy.effect_table(TWO_TRIALS, "RR"), tau2="CE")
    words = in_words(fit, setting(control_events=38, control_n=80))
    assert headline(fit, setting()) == "Risk ratio 1.27 (95% CI 0.97 to 1.67)"
    assert words[0] == (
        "Response: the risk with treatment was 1.27 times that with control "
        "(95% confidence interval 0.97 to 1.67), in 2 studies with 159 participants."
    )
    # 38 of 80 is 47.5 in 100; times 1.2738, 0.9689 and 1.6747.
    assert "about 61 in 100 with treatment (46 to 80)" in words[1]
    assert "includes no difference" in words[2]


def test_few_studies_show_what_a_common_effect_would_say():
    fit = sy.pool(sy.effect_table(TWO_TRIALS, "RR"))
    assert "1.27 (95% confidence interval 0.97 to 1.67)" in in_words(fit, setting())[-1]


@pytest.mark.parametrize(
    ("treated", "control", "better", "winner"),
    [
        (60, 30, "higher", "drug"),
        (60, 30, "lower", "placebo"),
        (30, 60, "higher", "placebo"),
        (30, 60, "lower", "drug"),
    ],
)
def test_the_side_of_the_interval_is_named_for_who_it_helps(
    treated, control, better, winner
):
    arms = {"events_t": [treated], "n_t": [100], "events_c": [control], "n_c": [100]}
    fit = sy.pool(sy.effect_table(arms, "RR"))
    words = in_words(fit, setting(better=better, treated="drug", control="placebo"))
    assert f"favours {winner}" in " ".join(words)


@pytest.mark.parametrize("better", ["higher", "lower"])
def test_a_hazard_speaks_of_events_whatever_the_outcome_is_named_after(better):
    arms = {"hr": [1.58], "ci_low": [1.21], "ci_high": [2.05]}
    fit = sy.pool(sy.effect_table(arms, "HR"))
    words = " ".join(in_words(fit, setting(better=better, treated="drug")))
    assert "more events with drug" in words
    assert "favours" not in words


def test_a_number_without_any_event_says_what_it_is_made_of():
    arms = {"events_t": [0, 0], "n_t": [40, 25], "events_c": [0, 0], "n_c": [41, 25]}
    fit = sy.pool(sy.effect_table(arms, "OR"))
    assert in_words(fit, setting())[0].startswith("Nobody")


def test_a_group_without_comparison_says_so():
    fit = sy.glmm({"study": ["a", "b", "c"], "events": [36, 16, 34], "n": [40, 29, 50]})
    words = " ".join(in_words(fit, setting()))
    assert "73 of 100 people" in words
    assert "no comparison group" in words


ARMS = st.integers(0, 40).flatmap(
    lambda n: st.tuples(st.integers(0, n + 1), st.just(n + 1))
)


@given(
    st.lists(st.tuples(ARMS, ARMS), min_size=1, max_size=6),
    st.sampled_from(["RR", "OR", "RD", "PETO"]),
)
def test_every_interval_is_told_and_nothing_is_called_significant(rows, measure):
    arms = {
        "events_t": [t[0] for t, _ in rows], "n_t": [t[1] for t, _ in rows],
        "events_c": [c[0] for _, c in rows], "n_c": [c[1] for _, c in rows],
    }  # fmt: skip
    try:
        fit = sy.pool(sy.effect_table(arms, measure))
    except (sy.NotEstimable, sy.InvalidInput):
        return
    words = " ".join(in_words(fit, setting(control_n=80, control_events=38)))
    assert "significan" not in words
    assert "nan" not in words
    assert "95% confidence interval" in words
    seen = fit.display()
    no_effect = fit.effects.measure.scale.no_effect
    inside = seen["ci_low"] <= no_effect <= seen["ci_high"]
    assert ("includes no difference" in words) == inside
    assert re.search(r"in \d+ stud(y|ies)", words)
