"""Missing outcomes against derivatives and integrals in R, and what must hold."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling.bias.cases import R, made_up
from synthesist.errors import InvalidInput
from synthesist.pooling.bias import (
    MISSING_STRATEGIES,
    compare_missing_outcomes,
    missing_outcomes,
    small_study_test,
)

STRATEGIES = R["missing"]["strategies"]


@pytest.mark.parametrize("key", STRATEGIES)
def test_strategies_agree_with_the_delta_method_in_r(key):
    measure, _, name = key.partition(" ")
    options = {}
    if name.startswith("IMOR"):
        numbers = [float(eval(part)) for part in name[5:].split(",")]  # noqa: S307
        name, options = "IMOR", {"imor": (numbers[0], numbers[-1])}
    found = missing_outcomes(made_up(measure), name, **options)
    assert_allclose(found.y, STRATEGIES[key]["yi"], rtol=1e-12)
    # Numerical derivatives are good to nine digits.
    assert_allclose(found.v, STRATEGIES[key]["vi"], rtol=1e-8)


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_uncertain_odds_ratios_agree_with_brute_force_in_r(measure):
    expected = R["missing"]["uncertain"][measure]
    found = missing_outcomes(
        made_up(measure), imor=(2.0, 0.5), sd=(0.7, 0.4), correlation=0.5
    )
    assert_allclose(found.y[:3], expected["yi"], rtol=1e-10)
    assert_allclose(found.v[:3], expected["vi"], rtol=1e-10)


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_gamble_and_hollis_agree_with_limits_from_r(measure):
    expected = R["missing"]["gamble_hollis"][measure]
    found = missing_outcomes(made_up(measure), "Gamble-Hollis")
    assert_allclose(found.y[expected["rows"]], expected["yi"], rtol=1e-10)
    assert_allclose(found.v[expected["rows"]], expected["vi"], rtol=1e-10)


def test_every_strategy_has_a_reference():
    known = {key.split()[1] for key in STRATEGIES} | {"Gamble-Hollis"}
    assert MISSING_STRATEGIES.keys() == known


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_missing_as_the_observed_is_the_available_case_analysis(measure):
    # The same rule for zero cells; the missing then say nothing at all.
    effects = made_up(measure)
    for found in (missing_outcomes(effects), missing_outcomes(effects, "available")):
        assert_allclose(found.y, effects.y, rtol=1e-10)
        assert_allclose(found.v, effects.v, rtol=1e-10)


def columns(draw_events):
    a, n, c, m, lost_t, lost_c = draw_events
    return {
        "events_t": [a],
        "n_t": [n],
        "events_c": [c],
        "n_c": [m],
        "missing_t": [lost_t],
        "missing_c": [lost_c],
    }


counts = st.tuples(
    st.integers(1, 20),
    st.integers(25, 60),
    st.integers(1, 20),
    st.integers(25, 60),
    st.integers(0, 40),
    st.integers(0, 40),
)


@given(counts, st.sampled_from(["RR", "OR", "RD"]))
def test_filled_counts_are_what_no_and_all_events_give(rows, measure):
    table = sy.effect_table(columns(rows), measure)
    a, n, c, m, lost_t, lost_c = rows
    for strategy, add in (
        ("none", (0, 0)),
        ("all", (lost_t, lost_c)),
        ("best", (0, lost_c)),
        ("worst", (lost_t, 0)),
    ):
        full = sy.effect_table(
            {
                "events_t": [a + add[0]],
                "n_t": [n + lost_t],
                "events_c": [c + add[1]],
                "n_c": [m + lost_c],
            },
            measure,
        )
        found = missing_outcomes(table, strategy)
        assert_allclose(found.y, full.y, rtol=1e-9, atol=1e-12)


@given(counts, st.floats(0.1, 10))
def test_the_answer_lies_between_the_extremes(rows, imor):
    table = sy.effect_table(columns(rows), "OR")
    low, high = (missing_outcomes(table, s).y[0] for s in ("best", "worst"))
    found = missing_outcomes(table, imor=(imor, 1 / imor))
    assert low - 1e-9 <= found.y[0] <= high + 1e-9
    # Uncertainty about the missing only adds to the variance.
    sure = missing_outcomes(table, imor=imor)
    unsure = missing_outcomes(table, imor=imor, sd=0.5)
    if max(rows[4:]) == 0:
        assert_allclose(unsure.v, sure.v)


@given(counts)
def test_swapping_the_groups_turns_the_effect(rows):
    a, n, c, m, lost_t, lost_c = rows
    here = missing_outcomes(sy.effect_table(columns(rows), "OR"), imor=(3.0, 0.5))
    swapped = columns((c, m, a, n, lost_c, lost_t))
    there = missing_outcomes(sy.effect_table(swapped, "OR"), imor=(0.5, 3.0))
    assert_allclose(there.y, -here.y, atol=1e-10)
    assert_allclose(there.v, here.v, rtol=1e-10)


def test_a_good_event_turns_best_and_worst():
    bad = missing_outcomes(made_up("RR"), "best")
    good = missing_outcomes(made_up("RR"), "worst", event="good")
    assert_allclose(bad.y, good.y)


def test_the_table_says_what_was_assumed_and_has_no_counts():
    found = missing_outcomes(made_up("RR"), imor=2.0, sd=0.5)
    assert found.rules == {
        "missing_outcomes": "IMOR",
        "imor": "2 and 2",
        "imor_sd": "0.5 and 0.5",
        "imor_correlation": "0",
    }
    assert found.notes[0] == "26% of outcomes are missing."
    assert found.row_notes[5] == "1/2 added to the observed cells"
    fit = sy.pool(found)
    assert "26%" in fit.notes[0]
    # Counts of the observed would bring back what was assumed away.
    with pytest.raises(InvalidInput):
        sy.pool(found, model="mh")
    assert small_study_test(found, "macaskill").k == 6


def test_a_table_may_be_given_as_it_is():
    rows = R["missing"]["data"]
    table = {name: [row[name] for row in rows] for name in rows[0]}
    found = missing_outcomes(table, "none", measure="OR")
    assert_allclose(found.y, missing_outcomes(made_up("OR"), "none").y)
    with pytest.raises(InvalidInput, match="leave out measure"):
        missing_outcomes(made_up("OR"), measure="RR")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"strategy": "none", "imor": 2.0}, "choose the strategy IMOR"),
        ({"imor": -1.0}, "above zero"),
        ({"sd": -1.0}, "at least 0"),
        ({"correlation": 2.0}, "from −1 to 1"),
        ({"event": "ugly"}, "bad or good"),
        ({"strategy": "imputed"}, "strategy for missing outcomes"),
        ({"missing": ("study", "missing_c")}, "no number of patients"),
    ],
)
def test_wrong_choices_are_refused(options, said):
    with pytest.raises(InvalidInput, match=said):
        missing_outcomes(made_up("RR"), **options)


def test_effects_without_counts_are_refused():
    with pytest.raises(InvalidInput, match="make the effects from counts"):
        missing_outcomes(sy.effect_table(golden.data("asthma"), "MD"))


def test_strategies_stand_side_by_side():
    found = compare_missing_outcomes(
        made_up("RR"), ["available", "IMOR 1/2, 2", "worst"], tau2="DL"
    )
    by_hand = sy.pool(missing_outcomes(made_up("RR"), imor=(0.5, 2.0)), tau2="DL")
    assert found.fits["IMOR 1/2, 2"].estimate == by_hand.estimate
    assert list(found.fits) == found.to_frame()["strategy"]
    assert any("plausible" in note for note in found.notes)
    assert any("what is assumed of the missing matters" in n for n in found.notes)
    assert "IMOR 1/2, 2" in found.summary()
    assert len(json.loads(json.dumps(found.to_dict()))["strategies"]) == 3
    for wrong in (["IMOR x"], ["IMOR 1/0"], []):
        with pytest.raises(InvalidInput):
            compare_missing_outcomes(made_up("RR"), wrong)


def test_nothing_missing_changes_nothing():
    rows = R["missing"]["data"]
    table = {name: [row[name] for row in rows] for name in rows[0]}
    table["missing_t"] = table["missing_c"] = [0] * 6
    effects = sy.effect_table(table, "OR")
    for strategy in MISSING_STRATEGIES:
        found = missing_outcomes(effects, strategy)
        assert_allclose(found.y, effects.y, rtol=1e-10)
        assert_allclose(found.v, effects.v, rtol=1e-10)
    assert np.isfinite(found.v).all()


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_more_points_change_nothing_even_for_wide_priors(measure, monkeypatch):
    import sys

    wide = {"imor": (3.0, 0.3), "sd": 2.0, "correlation": 0.3}
    here = missing_outcomes(made_up(measure), **wide)
    module = sys.modules[missing_outcomes.__module__]
    monkeypatch.setattr(module, "NODES", 2 * module.NODES)
    there = missing_outcomes(made_up(measure), **wide)
    assert_allclose(here.y, there.y, rtol=1e-9)
    assert_allclose(here.v, there.v, rtol=1e-9)
