"""Laws of models of selection, and what they say of their own limits."""

import json

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import synthesist as sy
from pooling.selection.tables import published, smoking
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.pooling.selection import SELECTION_FUNCTIONS, selection_model
from synthesist.pooling.selection.copas import copas
from synthesist.pooling.selection.p_curve import p_curve
from synthesist.pooling.selection.p_uniform import p_uniform
from synthesist.pooling.selection.worst_case import worst_case

FEW = settings(max_examples=8, deadline=None)


@st.composite
def studies(draw):
    size = draw(st.integers(10, 16))
    z = st.floats(-2.5, 5, allow_subnormal=False).map(lambda x: round(x, 3))
    signal = np.array(draw(st.lists(z, min_size=size, max_size=size)))
    se = np.array(draw(st.lists(st.floats(0.1, 0.8), min_size=size, max_size=size)))
    assume(np.ptp(signal) > 1)
    assume(2 < (signal > 1.96).sum() < size - 2)
    return signal * se, se**2


def values(fit):
    return np.array(
        [
            *(c.estimate for c in fit.coefficients),
            fit.tau2,
            *(p.estimate for p in fit.parameters),
        ]
    )


def one_mode(fit):
    """Leave out likelihoods whose answer is not the only one."""
    found = fit.found
    assume(len(found.maxima) == 1)
    assume(found.best.at[found.likelihood.p] < 0.99 * found.likelihood.most)
    assume(not found.best.flat)
    return fit


@FEW
@given(studies(), st.sampled_from(["step", "negexp", "truncation"]))
def test_any_studies_get_a_finite_answer_in_range(data, function):
    y, v = data
    fit = selection_model({"yi": y, "vi": v}, function)
    assert np.isfinite(values(fit)).all()
    assert fit.tau2 >= 0
    assert all(p.estimate >= 0 for p in fit.parameters)
    assert fit.log_likelihood >= fit.unadjusted.log_likelihood - 1e-8
    assert 0 <= fit.test.p <= 1
    for c in fit.coefficients:
        if c.interval is not None:
            assert c.interval.lower <= c.estimate <= c.interval.upper


@FEW
@given(studies(), st.randoms(use_true_random=False))
def test_the_order_of_studies_does_not_matter(data, random):
    y, v = data
    order = list(range(len(y)))
    random.shuffle(order)
    before = one_mode(selection_model({"yi": y, "vi": v}))
    after = selection_model({"yi": y[order], "vi": v[order]})
    assert_allclose(values(after), values(before), rtol=1e-5, atol=1e-6)


@FEW
@given(studies(), st.sampled_from([1e-3, 7.0, 1e4]))
def test_another_unit_changes_effects_only(data, unit):
    y, v = data
    before = one_mode(selection_model({"yi": y, "vi": v}))
    after = selection_model({"yi": unit * y, "vi": unit**2 * v})
    assert_allclose(after.estimate / unit, before.estimate, rtol=1e-5, atol=1e-6)
    assert_allclose(after.tau2 / unit**2, before.tau2, rtol=1e-5, atol=1e-6)
    assert_allclose(after.test.statistic, before.test.statistic, atol=1e-6)


@pytest.mark.parametrize("function", SELECTION_FUNCTIONS)
def test_turning_effects_turns_the_answer(function):
    rows = published("diarrhoea")
    less = selection_model(rows, function, alternative="less")
    turned = {"yi": -rows.y, "vi": rows.v}
    greater = selection_model(turned, function, alternative="greater")
    assert_allclose(greater.estimate, -less.estimate, atol=1e-7)
    assert_allclose(greater.tau2, less.tau2, atol=1e-7)
    assert_allclose(values(greater)[2:], values(less)[2:], rtol=1e-6)


@pytest.mark.parametrize("function", SELECTION_FUNCTIONS)
def test_without_selection_the_answer_is_that_of_maximum_likelihood(function):
    weights = {"step": (1, 1), "truncation": (1, 1), "beta": (1, 1)}
    fit = selection_model(smoking(), function, weights=weights.get(function, (0,)))
    plain = sy.pool(smoking(), tau2="ML", interval="normal")
    assert_allclose(fit.estimate, plain.estimate, atol=1e-8)
    assert_allclose(fit.tau2, plain.tau2, atol=1e-8)
    assert_allclose(fit.log_likelihood, fit.unadjusted.log_likelihood, atol=1e-10)
    assert fit.test is None


def test_moderators_without_selection_are_a_regression():
    rows = published("counselling")
    fit = selection_model(rows, weights=(1, 1), moderators="~ blind")
    plain = sy.regress(rows, "~ blind", tau2="ML", test="normal")
    ours = [c.estimate for c in fit.coefficients]
    assert_allclose(ours, plain.estimate, atol=1e-7)
    assert_allclose(fit.tau2, plain.tau2, atol=1e-7)
    assert any("not randomised" in note for note in fit.notes)
    assert fit.display()["estimate"] is None
    assert "Without selection:" in fit.summary()


def test_steps_within_which_weights_are_equal_are_one_step():
    one = selection_model(smoking(), steps=0.025)
    weight = one.parameters[1].estimate
    several = selection_model(
        smoking(), steps=(0.025, 0.1, 0.5), weights=(1, weight, weight, weight)
    )
    assert_allclose(several.estimate, one.estimate, atol=1e-6)
    assert_allclose(several.log_likelihood, one.log_likelihood, atol=1e-9)


def test_only_significant_studies_are_those_of_p_uniform_star():
    rows = smoking()
    kept = rows.select(rows.y / np.sqrt(rows.v) > 1.959963984540054)
    step = selection_model(kept)
    star = p_uniform(kept)
    assert_allclose(step.estimate, star.estimate, atol=1e-6)
    assert_allclose(step.log_likelihood, star.log_likelihood, atol=1e-9)
    assert step.parameters[1].estimate == 0
    notes = " ".join(step.notes)
    assert "No study lies in P 0.025 to 1" in notes
    assert "fewer than ten" in notes
    assert any("No study lacks significance" in note for note in star.notes)


def test_a_first_interval_without_studies_has_no_scale():
    rows = smoking()
    fit = selection_model(rows.select(rows.y / np.sqrt(rows.v) < 1.9))
    notes = " ".join(fit.notes)
    assert "no upper limit" in notes
    assert fit.parameters[1].estimate == pytest.approx(100)


def test_profile_and_wald_intervals_agree_where_much_is_known():
    rng = np.random.default_rng(3)
    v = rng.uniform(0.02, 0.2, 800)
    y = rng.normal(0.3, np.sqrt(0.05 + v))
    kept = (y / np.sqrt(v) > 1.96) | (rng.random(800) < 0.4)
    data = {"yi": y[kept], "vi": v[kept]}
    wald, profile = (
        selection_model(data, interval=kind) for kind in ("Wald", "profile")
    )
    assert_allclose(profile.interval.lower, wald.interval.lower, atol=0.02)
    assert_allclose(profile.interval.upper, wald.interval.upper, atol=0.02)
    # What the studies were drawn by lies inside.
    assert wald.interval.lower < 0.3 < wald.interval.upper
    low, high = wald.parameters[1].interval.lower, wald.parameters[1].interval.upper
    assert low < 0.4 < high
    assert wald.test.p < 1e-4


def test_weights_are_read_off_the_fit():
    step = selection_model(smoking(), steps=(0.025, 0.5))
    weight, low, high = step.weights_at([0.01, 0.025, 0.026, 0.9])
    deltas = [p.estimate for p in step.parameters]
    assert_allclose(weight, [1, 1, deltas[1], deltas[2]])
    assert (low <= weight).all()
    assert (weight <= high).all()
    assert low[0] == high[0] == 1
    curve = selection_model(smoking(), "negexp", steps=0.05)
    weight, low, high = curve.weights_at([0.0, 0.05, 0.3])
    delta = curve.parameters[0].estimate
    assert_allclose(weight, [1, 1, np.exp(-delta * 0.25)])
    assert low[2] < weight[2] < high[2]
    beta = selection_model(smoking(), "beta")
    assert beta.weights_at([0.025])[0] == pytest.approx(1)


def test_what_lies_on_a_bound_is_said():
    # Large effects are too many for small ones to have been favoured.
    fit = selection_model(smoking(), "halfnorm", alternative="less")
    notes = " ".join(fit.notes)
    assert fit.parameters[0].estimate == 0
    assert fit.parameters[0].se is None
    assert "at its bound, no selection" in notes
    assert_allclose(fit.estimate, fit.unadjusted.coefficients[0].estimate, atol=1e-6)
    common = selection_model(smoking(), tau2="CE")
    assert common.tau2 == 0
    assert common.tau2_interval is None
    assert common.heterogeneity_test() is None


def test_dependence_and_direction_are_said():
    rows = smoking()
    data = {"study": ["a"] * len(rows), "yi": -rows.y, "vi": rows.v}
    notes = " ".join(selection_model(data).notes)
    assert "independent" in notes
    assert "other side" in notes


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"function": "beto"}, "did you mean beta"),
        ({"alternative": "up"}, "no direction"),
        ({"function": "truncation", "alternative": "two-sided"}, "one direction"),
        ({"steps": (1.5, 0.0)}, "not a P value"),
        ({"steps": (1.0,)}, "no step"),
        ({"steps": (np.nan,)}, "not a number"),
        ({"function": "beta", "steps": 0.05}, "no steps"),
        ({"function": "negexp", "steps": (0.05, 0.1)}, "one threshold"),
        ({"function": "beta", "precision": "sei"}, "does not depend on precision"),
        ({"weights": (1, 0.5, 0.2)}, "3 weights are given for 2"),
        ({"weights": (1, 0)}, "not above zero"),
        ({"function": "beta", "weights": (1,)}, "delta1, delta2"),
        ({"function": "negexp", "weights": (-1,)}, "below 0"),
        ({"interval": "exact"}, "no interval"),
        ({"tau2": "REML"}, "no estimator"),
        ({"level": 0}, "confidence level"),
    ],
)
def test_what_cannot_be_asked_is_said(asked, words):
    with pytest.raises(InvalidInput, match=words):
        selection_model(smoking(), **asked)


def test_a_precision_must_be_a_column_of_numbers():
    rows = {
        "yi": [0.1] * 6,
        "vi": [0.1] * 6,
        "size": [1, 2, 3, 4, 5, ""],
        "kind": list("abcdef"),
    }
    for column in ("size", "kind"):
        with pytest.raises(InvalidInput, match=column):
            selection_model(rows, "negexp", precision=column)


def test_there_must_be_more_studies_than_parameters():
    with pytest.raises(NotEstimable, match="cannot carry"):
        selection_model({"yi": [0.5, 0.1, 0.2], "vi": [0.04, 0.1, 0.2]})


@pytest.mark.parametrize(
    "fit",
    [
        selection_model(smoking(), "beta"),
        selection_model(smoking(), steps=(0.025, 0.5), interval="profile"),
        selection_model(smoking(), "truncation"),
        copas(smoking(), published=(0.9, 0.5)),
        p_curve(smoking()),
        p_uniform(smoking()),
        p_uniform(smoking(), method="original"),
        worst_case(smoking()),
    ],
    ids=lambda fit: type(fit).__name__,
)
def test_every_result_answers_alike(fit):
    numbers = fit.to_dict()
    text = json.dumps(numbers, allow_nan=False)
    assert json.loads(text)["notes"] == list(fit.notes)
    frame = fit.to_frame()
    assert len({len(column) for column in frame.values()}) == 1
    assert len(fit.to_frame(backend="polars")) == len(next(iter(frame.values())))
    summary = fit.summary()
    for note in fit.notes:
        assert note in summary
    assert fit.plot(width_mm=85).get_axes()
    with pytest.raises(AttributeError):
        fit.k = 3


@pytest.mark.parametrize("kind", ["equal", "just significant", "far", "one weight"])
def test_odd_studies_get_an_answer_or_a_reason(kind):
    rng = np.random.default_rng(2)
    v = 10.0 ** rng.uniform(-2, 0.5, 12)
    y = {
        "equal": np.full(12, 0.7),
        "just significant": np.sqrt(v) * (1.961 + 0.01 * rng.random(12)),
        "far": 1e4 * rng.normal(size=12),
        "one weight": rng.normal(size=12),
    }[kind]
    if kind == "one weight":
        v[0] = 1e-9
    data = {"yi": y, "vi": v}
    for call in (
        lambda: selection_model(data),
        lambda: copas(data, published=(0.5,)),
        lambda: p_uniform(data),
        lambda: p_uniform(data, method="original"),
        lambda: worst_case(data),
        lambda: p_curve(data),
    ):
        try:
            fit = call()
        except NotEstimable:
            continue
        json.dumps(fit.to_dict(), allow_nan=False)
        assert fit.notes
