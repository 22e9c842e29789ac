"""The effect as a line in the risk without treatment."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling.dependent.cases import R


@pytest.fixture(scope="module")
def found():
    return sy.baseline_risk(str(golden.data("bcg")), "OR")


@pytest.mark.parametrize("method", ["ML", "REML"])
def test_the_line_is_that_of_rs_bivariate_model(method):
    ours, r = (
        sy.baseline_risk(str(golden.data("bcg")), "OR", method=method),
        R["baseline"][method],
    )
    # R's arms: control (2) first, treated (1) second.
    cov = np.array(r["covariance"])
    control, treated = r["means"]
    assert_allclose(ours.log_likelihood, r["log_likelihood"], atol=1e-8)
    assert_allclose(ours.mean_control, control, rtol=1e-5)
    assert_allclose(ours.mean_effect, treated - control, rtol=1e-5)
    assert_allclose(ours.slope, cov[0, 1] / cov[0, 0] - 1, rtol=1e-4)
    assert_allclose(ours.control_variance, cov[0, 0], rtol=1e-4)
    left = cov[1, 1] - cov[0, 1] ** 2 / cov[0, 0]
    assert_allclose(ours.left_variance, left, rtol=1e-3)


def test_the_published_answer_is_found(found):
    """Van Houwelingen 2002, section 5: means, covariance and slope as printed."""
    assert round(found.mean_control, 3) == -4.096
    assert round(found.mean_control + found.mean_effect, 4) == -4.8337
    assert round(found.control_variance, 4) == 2.4073
    assert round(found.slope + 1, 3) == 0.730


def test_the_interval_is_where_the_likelihood_has_fallen(found):
    interval = found.slope_interval
    assert interval.lower < found.slope < interval.upper
    half = (interval.upper - interval.lower) / 2
    assert_allclose(half, 1.96 * found.slope_se, rtol=0.15)


def test_the_line_passes_through_the_means(found):
    scale = found.control.measure.scale
    middle, low, high = found.effect_at(scale.to_reading(found.mean_control))
    assert_allclose(middle, found.mean_effect)
    assert low[0] < middle[0] < high[0]
    apart = found.effect_at([0.01, 0.1])[0]
    logits = np.log(np.array([0.01, 0.1]) / np.array([0.99, 0.9]))
    assert_allclose(np.diff(apart), found.slope * np.diff(logits))


def test_noise_in_the_control_arm_bends_the_plain_regression():
    """Without any true slope the plain regression finds one, and this does not."""
    random = np.random.default_rng(8)
    k, n = 400, 60
    risk = 1 / (1 + np.exp(-random.normal(-0.5, 0.4, k)))
    treated = 1 / (1 + np.exp(-(np.log(risk / (1 - risk)) - 0.4)))
    data = {
        "events_c": random.binomial(n, risk), "n_c": np.full(k, n),
        "events_t": random.binomial(n, treated), "n_t": np.full(k, n),
    }  # fmt: skip
    fit = sy.baseline_risk(data, "OR")
    assert fit.naive.estimate[1] < -0.25
    assert fit.slope_interval.lower < 0 < fit.slope_interval.upper


def test_other_measures_and_forms(found):
    json.dumps(found.to_dict(), allow_nan=False)
    assert "Slope" in found.summary()
    assert len(found.to_frame()["control"]) == 13
    ratio = sy.baseline_risk(str(golden.data("bcg")), "RR", method="REML")
    assert ratio.control.measure.code == "PLN"
    days = sy.baseline_risk(str(golden.data("stroke_stay")), "MD")
    assert days.k == 9
    (axes,) = found.plot().axes
    assert "%" in axes.get_xticklabels()[0].get_text()
    assert days.plot().axes


def test_what_has_no_baseline_is_said():
    with pytest.raises(sy.InvalidInput, match="measure with a baseline"):
        sy.baseline_risk(str(golden.data("bcg")), "SMD")
    with pytest.raises(sy.InvalidInput, match="is missing"):
        sy.baseline_risk({"yi": [1, 2], "vi": [1, 1]}, "OR")
