"""Trim and fill against R, and what it says of itself."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling import cases as earlier
from pooling.bias.cases import NAMES, R, entries, table
from strategies import effects as drawn
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.pooling.bias import MISSING_STUDIES, trim_and_fill

CASES = [(name, key) for name in NAMES for key in R[name]["trim_and_fill"]]


@pytest.mark.parametrize(("name", "key"), CASES)
def test_it_agrees_with_r(name, key):
    expected = R[name]["trim_and_fill"][key]
    tau2, estimator, *side = key.split()
    found = trim_and_fill(
        table(name),
        estimator,
        side=side[0] if side else None,
        tau2=tau2,
        interval="normal",
    )
    assert (found.missing, found.side) == (expected["k0"], expected["side"])
    # R's REML inside each step is good to eight digits or so.
    assert_allclose(found.filled.estimate, expected["estimate"], rtol=1e-7, atol=1e-9)
    assert_allclose(found.filled.se, expected["se"], rtol=1e-7)
    assert_allclose(found.filled.tau2, expected["tau2"], rtol=1e-6, atol=1e-10)
    if expected["se_k0"] is None:
        assert found.se is None
    else:
        assert_allclose(found.se, expected["se_k0"], rtol=1e-8)
    if expected["p"] is not None:
        assert_allclose(found.p, expected["p"], rtol=1e-8)
    filled = np.ravel(expected["filled"]) if found.missing else []
    assert_allclose(sorted(found.y), sorted(filled), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("estimator", ["L0", "R0"])
@pytest.mark.parametrize(("file", "measure"), entries("trimfill/REML/L0"))
def test_it_agrees_with_the_earlier_references(file, measure, estimator):
    expected = golden.load(file)[measure].get(f"trimfill/REML/{estimator}")
    found = trim_and_fill(earlier.data(file, measure), estimator, interval="normal")
    assert (found.missing, found.side) == (expected["k0"], expected["side"])
    # There R stopped when tau² moved by less than 1e-5, which is far from its end
    # where it moves slowly; with tight stops (above) it gives the same numbers.
    assert_allclose(found.filled.tau2, expected["tau2"], rtol=1e-3, atol=1e-4)
    assert_allclose(found.filled.estimate, expected["estimate"], rtol=1e-3, atol=1e-4)


def test_every_estimator_has_a_reference():
    assert MISSING_STUDIES.keys() == {key.split()[1] for _, key in CASES}


def test_what_was_taken_away_is_partly_found_again():
    # A symmetric funnel with its three smallest effects taken away.
    step = np.linspace(0.1, 1.0, 10)
    y, v = np.concatenate([-step, [0.0], step]), np.full(21, 0.2)
    v[[0, 20]] = 0.21
    keep = np.argsort(y)[3:]
    found = trim_and_fill({"yi": y[keep], "vi": v[keep]}, side="left", tau2="CE")
    assert 1 <= found.missing <= 3
    assert 0 < found.filled.estimate < found.fit.estimate


@given(drawn(min_studies=3, max_studies=9), st.sampled_from(["L0", "R0"]))
def test_turning_the_funnel_over_turns_the_answer(rows, estimator):
    y, v = np.array(rows[0]), np.array(rows[1])
    left, right = (
        trim_and_fill({"yi": s * y, "vi": v}, estimator, side=side, tau2="DL")
        for s, side in ((1, "left"), (-1, "right"))
    )
    assert left.missing == right.missing
    assert_allclose(left.filled.estimate, -right.filled.estimate, atol=1e-9)
    assert 0 <= left.missing < len(y)
    # What is filled in lies on its side of the centre.
    assert (left.y <= left.centre + 1e-9).all()
    assert_allclose(sorted(left.v), sorted(right.v))


@given(drawn(min_studies=3, max_studies=9), st.floats(-5, 5))
def test_a_shift_moves_everything_alike(rows, shift):
    y, v = np.array(rows[0]), np.array(rows[1])
    here = trim_and_fill({"yi": y, "vi": v}, "R0", side="left", tau2="CE")
    there = trim_and_fill({"yi": y + shift, "vi": v}, "R0", side="left", tau2="CE")
    # Ranks of equal distances may fall out otherwise after rounding.
    distance = np.sort(np.abs(y - here.centre))
    if np.diff(distance).size and np.diff(distance).min() > 1e-6:
        assert here.missing == there.missing
        assert_allclose(there.filled.estimate, here.filled.estimate + shift, atol=1e-8)


def test_common_effect_inside_random_effects_outside():
    inside = trim_and_fill(table("catheters OR"), trim="CE")
    common = trim_and_fill(table("catheters OR"), tau2="CE")
    assert inside.missing == common.missing
    assert inside.filled.tau2_method == "REML"
    assert inside.rules["trim"] == "CE"


def test_a_fit_keeps_its_rules():
    fit = sy.pool(table("catheters RR"), tau2="PM", level=0.9)
    found = trim_and_fill(fit)
    assert found.filled.tau2_method == "PM"
    assert found.filled.interval.level == 0.9
    assert found.filled.effects.measure.code == "RR"
    assert found.filled.k == fit.k + found.missing
    with pytest.raises(InvalidInput, match="own choices"):
        trim_and_fill(fit, tau2="DL")


def test_nothing_missing_leaves_the_answer():
    found = trim_and_fill(table("bcg RR"), "R0")
    assert found.missing == 0
    assert found.filled is found.fit
    assert found.p == 0.5


def test_equal_variances_ask_for_the_side():
    effects = {"yi": [0.1, 0.2, 0.9, 1.4], "vi": [0.2] * 4}
    with pytest.raises(NotEstimable, match="on which side"):
        trim_and_fill(effects)
    assert trim_and_fill(effects, side="left").missing >= 0


def test_q0_without_a_solution_is_said():
    # All but one effect lie far above the most precise one.
    effects = {"yi": [0.0, 5.0, 5.1, 5.2, 5.3, 5.4], "vi": [1e-6, 9, 9, 9, 9, 9]}
    with pytest.raises(NotEstimable, match="Q0 has no solution"):
        trim_and_fill(effects, "Q0", side="left", tau2="CE")


def test_numbers_that_go_round_are_noted():
    from synthesist.pooling.bias.trim_and_fill import Missing, MissingEstimator, _trim

    turns = iter([3, 1, 3, 1])
    never = MissingEstimator("x", "x", lambda _: Missing(next(turns), 1.0))
    found, _, cycle = _trim(np.arange(6.0), np.ones(6), never, "CE")
    assert (found.number, cycle) == (3, (1, 3))


def test_wrong_choices_are_refused():
    with pytest.raises(InvalidInput, match="no side"):
        trim_and_fill(table("bcg RR"), side="top")
    with pytest.raises(InvalidInput, match="estimator of missing studies"):
        trim_and_fill(table("bcg RR"), "L1")


def test_a_result_can_be_printed_and_written():
    found = trim_and_fill(table("catheters RR"))
    assert "7 studies missing on the right" in found.summary()
    written = json.loads(json.dumps(found.to_dict()))
    assert written["missing"] == 7
    assert len(written["filled_studies"]) == 7
    frame = found.to_frame()
    assert frame["study"][-2] == "Filled 7"
