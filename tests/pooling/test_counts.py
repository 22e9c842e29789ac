"""Mantel-Haenszel and Peto: against R, and the laws that need no reference."""

import numpy as np
import pytest
from hypothesis import assume, given
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling.cases import FILES
from strategies import two_by_two
from synthesist.pooling import MANTEL_HAENSZEL, mantel_haenszel, peto, pool

NAMES = {
    "k": "k",
    "estimate": "estimate",
    "se": "se",
    "statistic": "statistic",
    "p": "p",
    "ci_low": "ci_lb",
    "ci_high": "ci_ub",
    "q": "q",
    "q_p": "q_p",
    "i2": "i2",
    "h2": "h2",
    "tau2": "tau2",
}

CASES = [
    (file, measure)
    for file in FILES
    for measure in MANTEL_HAENSZEL
    if f"mantel_haenszel/{measure}" in golden.load(file)
]


def agree(fit, r):
    ours = fit.to_dict()
    for name, theirs in NAMES.items():
        assert_allclose(ours[name], r[theirs], rtol=1e-8, atol=1e-10, err_msg=name)


@pytest.mark.parametrize(("file", "measure"), CASES)
def test_mantel_haenszel_agrees_with_r(file, measure):
    fit = mantel_haenszel(str(golden.data(file)), measure)
    agree(fit, golden.load(file)[f"mantel_haenszel/{measure}"])


def test_every_mantel_haenszel_form_has_a_reference():
    assert {measure for _, measure in CASES} == set(MANTEL_HAENSZEL)


@pytest.mark.parametrize("file", [f for f in FILES if "peto" in golden.load(f)])
def test_peto_agrees_with_r(file):
    agree(peto(str(golden.data(file))), golden.load(file)["peto"])


def swapped(columns):
    return {
        f"{name}_{arm}": columns[f"{name}_{other}"]
        for name in ("events", "n")
        for arm, other in ("tc", "ct")
    }


def reversed_events(columns):
    changed = dict(columns)
    for arm in "tc":
        changed[f"events_{arm}"] = [
            n - x
            for n, x in zip(columns[f"n_{arm}"], columns[f"events_{arm}"], strict=True)
        ]
    return changed


def with_double_zero(columns):
    extra = {"events_t": 0, "n_t": 40, "events_c": 0, "n_c": 35}
    return {name: [*values, extra[name]] for name, values in columns.items()}


def fit_or_skip(function, *arguments):
    try:
        return function(*arguments)
    except sy.NotEstimable:
        assume(False)


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
@given(columns=two_by_two())
def test_swapping_the_groups_negates_mantel_haenszel(measure, columns):
    one = fit_or_skip(mantel_haenszel, columns, measure)
    two = fit_or_skip(mantel_haenszel, swapped(columns), measure)
    assert_allclose(two.estimate, -one.estimate, rtol=1e-9, atol=1e-12)
    assert_allclose(two.se, one.se, rtol=1e-9, atol=1e-12)


@given(columns=two_by_two())
def test_swapping_the_event_negates_the_odds_ratio_only(columns):
    other = reversed_events(columns)
    for function in (mantel_haenszel, peto):
        one, two = fit_or_skip(function, columns), fit_or_skip(function, other)
        assert_allclose(two.estimate, -one.estimate, rtol=1e-9, atol=1e-12)
        assert_allclose(two.se, one.se, rtol=1e-9)


def test_swapping_the_event_does_not_negate_the_risk_ratio():
    columns = {
        "events_t": [5, 9],
        "n_t": [50, 40],
        "events_c": [10, 20],
        "n_c": [50, 60],
    }
    one = mantel_haenszel(columns, "RR").estimate
    two = mantel_haenszel(reversed_events(columns), "RR").estimate
    assert abs(one + two) > 0.1


@given(columns=two_by_two())
def test_trials_without_events_change_only_the_risk_difference(columns):
    more = with_double_zero(columns)
    for measure in ("OR", "RR"):
        one = fit_or_skip(mantel_haenszel, columns, measure)
        two = mantel_haenszel(more, measure)
        for name in ("estimate", "se", "q"):
            assert_allclose(getattr(two, name), getattr(one, name), rtol=1e-12)
    one, two = fit_or_skip(peto, columns), peto(more)
    for name in ("estimate", "se", "q"):
        assert_allclose(getattr(two, name), getattr(one, name), rtol=1e-12)
    plain = mantel_haenszel(columns, "RD")
    assume(plain.estimate != 0)
    assert mantel_haenszel(more, "RD").estimate != plain.estimate


def test_no_events_in_one_group_has_no_ratio():
    columns = {"events_t": [0, 0], "n_t": [50, 40], "events_c": [1, 2], "n_c": [50, 60]}
    for measure in ("OR", "RR"):
        with pytest.raises(sy.NotEstimable, match="zero or infinite"):
            mantel_haenszel(columns, measure)
    assert mantel_haenszel(columns, "RD").estimate < 0
    assert peto(columns).estimate < 0
    with pytest.raises(sy.NotEstimable, match="both people"):
        peto({"events_t": [0], "n_t": [5], "events_c": [0], "n_c": [5]})


def test_the_models_are_reached_from_pool():
    effects = sy.effect_table(str(golden.data("bcg")), "OR")
    assert pool(effects, model="mh").estimate == mantel_haenszel(effects).estimate
    assert pool(effects, model="peto").estimate == peto(effects).estimate
    assert pool(effects, model="peto").rules["correction"] == "none"


def test_a_measure_without_such_a_form_is_refused():
    effects = sy.effect_table({"yi": [0.1], "vi": [0.1]}, "GEN")
    with pytest.raises(sy.InvalidInput, match="no Mantel-Haenszel form"):
        mantel_haenszel(effects)
    risk = sy.effect_table(str(golden.data("bcg")), "RR")
    with pytest.raises(sy.InvalidInput, match="odds ratios"):
        peto(risk)


def test_peto_says_when_it_is_biased():
    columns = {"events_t": [30], "n_t": [60], "events_c": [3], "n_c": [200]}
    notes = " ".join(peto(columns).notes)
    assert "much larger" in notes
    assert "far from 1" in notes


def test_rows_not_reported_have_no_weight():
    fit = mantel_haenszel(str(golden.data("beta_blockers")))
    empty = np.flatnonzero(~fit.effects.included)
    assert empty.size == 1
    assert fit.weights[empty[0]] == 0
    assert fit.k == len(fit.effects) - 1


def test_trials_that_say_nothing_are_counted_in_a_note():
    columns = with_double_zero(
        {"events_t": [3, 0], "n_t": [50, 40], "events_c": [1, 2], "n_c": [50, 60]}
    )
    for fit in (
        mantel_haenszel(columns),
        mantel_haenszel(columns, "RR"),
        peto(columns),
    ):
        assert any("1 of the studies say nothing" in note for note in fit.notes)
    difference = mantel_haenszel(columns, "RD")
    assert not any("say nothing" in note for note in difference.notes)


def test_risk_differences_without_any_event_are_not_certain():
    arms = {"events_t": [0, 0], "n_t": [40, 25], "events_c": [0, 0], "n_c": [41, 25]}
    with pytest.raises(sy.NotEstimable, match="variance is zero"):
        sy.mantel_haenszel(arms, "RD")


ZEROS = {
    "study": ["A", "B", "C"],
    "events_t": [0, 4, 0], "n_t": [50, 60, 40], "events_c": [3, 6, 0], "n_c": [50, 58, 41],
}  # fmt: skip


def test_a_correction_that_did_not_enter_the_estimate_is_not_said_to():
    notes = mantel_haenszel(ZEROS, "OR").notes
    assert any("computed from the counts as they are" in note for note in notes)
    assert not any("what enters is the correction" in note for note in notes)
    corrected = pool(
        sy.effect_table(ZEROS, "OR"), model="mh", mh_correction="zero-cell-trials"
    ).notes
    assert not any("counts as they are" in note for note in corrected)


def test_the_rows_beside_petos_answer_are_petos_own():
    fit = pool(sy.effect_table(ZEROS, "OR"), model="peto")
    assert fit.effects.measure.code == "PETO"
    assert fit.effects.y[:2] == pytest.approx(sy.effect_table(ZEROS, "PETO").y[:2])
    included = fit.effects.included
    w = 1 / fit.effects.v[included]
    assert fit.estimate == pytest.approx(np.sum(w * fit.effects.y[included]) / w.sum())


def test_choices_without_use_are_named():
    effects = sy.effect_table(ZEROS, "OR")
    (note,) = (
        note
        for note in pool(effects, model="mh", tau2="REML", interval="HK").notes
        if "no use" in note
    )
    assert "tau2 REML" in note
    assert "interval HK" in note
    for fit in (
        pool(effects, model="mh", tau2="CE", interval="normal"),
        pool(effects, tau2="PM", interval="HK", prediction="k-2"),
    ):
        assert not any("no use" in note for note in fit.notes)


def test_rows_that_share_a_name_are_said_to_be_pooled_as_independent():
    rows = {"study": ["A", "A", "B"], "yi": [0.1, 0.2, 0.3], "vi": [0.1, 0.1, 0.1]}
    (note,) = (note for note in pool(rows).notes if "independent" in note)
    assert "named A," in note
    unnamed = {"yi": rows["yi"], "vi": rows["vi"]}
    assert not any("independent" in note for note in pool(unnamed).notes)
