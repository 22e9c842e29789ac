"""Covariances of effects that share patients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import golden
from synthesist import InvalidInput, effect_table
from synthesist.effects import vcov
from synthesist.effects.vcov import SHARED

REFERENCE = golden.load("vcov")
MEANS = {
    "study": ["A", "A", "B"],
    "mean_t": [5, 6, 4],
    "sd_t": [2, 3, 2],
    "n_t": [20, 22, 30],
    "mean_c": [4, 4, 4],
    "sd_c": [2, 2, 3],
    "n_c": [21, 21, 31],
}


@pytest.mark.parametrize("code", ["OR", "RR", "RD", "IRR"])
def test_a_shared_control_group_agrees_with_one_model_of_the_trial(code):
    case = REFERENCE[code]
    effects = effect_table(case["roles"] | {"study": ["A", "A"]}, code)
    covariance = vcov(effects, shared_control="study")
    assert_allclose(covariance.dense(), case["v"], rtol=1e-9)
    ((rows, block),) = covariance.blocks
    assert rows.tolist() == [0, 1]
    assert_allclose(block, case["v"], rtol=1e-9)


def test_mean_differences_share_the_error_of_the_control_mean():
    covariance = vcov(effect_table(MEANS, "MD"), shared_control="study").dense()
    assert_allclose(covariance[0, 1], 4 / 21, rtol=1e-15)
    assert_allclose(covariance[:2, 2], 0)


def test_standardised_differences_share_the_deviation_too():
    effects = effect_table(MEANS, "SMD")
    covariance = vcov(effects, shared_control="study").dense()
    # Gleser and Olkin: 1/n of the control group, and half g g' over all patients.
    expected = 1 / 21 + effects.y[0] * effects.y[1] / (2 * (20 + 22 + 21))
    assert_allclose(covariance[0, 1], expected, rtol=1e-14)


@pytest.mark.parametrize("kind", ["rho", "phi"])
def test_repeated_outcomes_agree_with_metafor(kind):
    case = REFERENCE[kind]
    effects = effect_table(case["data"], "GEN")
    options = {"rho": case["rho"]} if kind == "rho" else {"time": "time", "phi": 0.8}
    assert_allclose(vcov(effects, **options).dense(), case["v"], rtol=1e-12)


def test_studies_that_are_left_out_have_no_row():
    table = MEANS | {
        name: [*MEANS[name][:2], None] for name in MEANS if name != "study"
    }
    effects = effect_table(table, "MD")
    covariance = vcov(effects, rho=0.5)
    assert covariance.size == 2
    assert_allclose(
        covariance.dense()[0, 1], 0.5 * np.sqrt(effects.v[0] * effects.v[1])
    )


def test_corrected_counts_are_shared_as_corrected():
    table = {"study": ["A", "A"], "events_t": [3, 4], "n_t": [20, 21]}
    table |= {"events_c": [0, 0], "n_c": [22, 22]}
    covariance = vcov(effect_table(table, "OR"), shared_control="study").dense()
    assert_allclose(covariance[0, 1], 1 / 0.5 + 1 / 22.5, rtol=1e-14)


def test_a_shared_control_goes_before_an_assumed_correlation():
    table = MEANS | {"study": ["A", "A", "A"], "arm": ["x", "x", "y"]}
    effects = effect_table(table, "MD")
    covariance = vcov(effects, rho=0.4, shared_control="arm").dense()
    assert_allclose(covariance[0, 1], 4 / 21, rtol=1e-15)
    assert_allclose(covariance[0, 2], 0.4 * np.sqrt(effects.v[0] * effects.v[2]))


@pytest.mark.parametrize("code", SHARED)
@given(data=st.data())
def test_covariances_are_possible(code, data):
    k = data.draw(st.integers(2, 4))
    positive = st.floats(0.5, 20)

    def column(strategy):
        return [data.draw(strategy) for _ in range(k)]

    n_c = data.draw(st.integers(5, 200))
    table = {
        "study": ["A"] * k,
        "n_t": column(st.integers(5, 200)),
        "n_c": [n_c] * k,
        "events_t": column(st.integers(0, 5)),
        "events_c": [data.draw(st.integers(0, 5))] * k,
        "time_t": column(positive),
        "time_c": [data.draw(positive)] * k,
        "mean_t": column(positive),
        "sd_t": column(positive),
        "mean_c": [data.draw(positive)] * k,
        "sd_c": [data.draw(positive)] * k,
    }
    matrix = vcov(effect_table(table, code), shared_control="study").dense()
    assert_allclose(matrix, matrix.T, rtol=1e-12)
    if code != "SMD":
        # Each variance is a part of its own on top of the shared one; Gleser and
        # Olkin's is an approximation and promises less.
        assert np.linalg.eigvalsh(matrix).min() > -1e-9 * matrix.max()


@pytest.mark.parametrize(
    ("code", "options", "words"),
    [
        ("MD", {}, "Nothing says"),
        ("MD", {"rho": 1.0}, "rho is 1.0"),
        ("MD", {"phi": 0.5}, "both time and phi"),
        ("SMDH", {"shared_control": "study"}, "not known"),
    ],
)
def test_questions_without_an_answer(code, options, words):
    with pytest.raises(InvalidInput, match=words):
        vcov(effect_table(MEANS, code), **options)


def test_control_groups_that_differ_are_not_shared():
    table = MEANS | {"mean_c": [4, 5, 4]}
    with pytest.raises(InvalidInput, match="mean_c is 5, and 4"):
        vcov(effect_table(table, "MD"), shared_control="study")


def test_a_shared_control_needs_the_groups():
    effects = effect_table({"md": [1.0], "ci_low": [0.5], "ci_high": [1.5]}, "MD")
    with pytest.raises(InvalidInput, match="needs n_t, mean_c, sd_c, n_c"):
        vcov(effects, shared_control="study")
