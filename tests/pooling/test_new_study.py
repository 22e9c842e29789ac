"""A new study's effect: the probability beyond a threshold, and the bootstrap."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import golden
import synthesist as sy
from pooling.cases import data
from synthesist.pooling import bootstrap_prediction, pool, probability_beyond
from synthesist.pooling.new_study import tau2_quantiles
from synthesist.pooling.panel import single_panel

CISAPRIDE = golden.load("published/nagashima2019.toml")


def cisapride():
    return sy.effect_table(CISAPRIDE["trials"], "OR", zero_cells="all")


@pytest.mark.parametrize(
    ("prediction", "interval"),
    [
        ("z", "normal"),
        ("k-1", "HK-guarded"),
        ("k-2", "HK"),
        ("KR", "KR"),
        ("KR-1", "KR"),
    ],
)
def test_the_limits_of_the_prediction_interval_have_their_probability(
    prediction, interval
):
    fit = pool(data("bcg", "RR"), prediction=prediction, interval=interval)
    low, high = fit.prediction.lower, fit.prediction.upper
    below = probability_beyond(fit, low, side="below")
    assert_allclose(below.probability, 0.025, rtol=1e-9)
    assert_allclose(probability_beyond(fit, high).probability, 0.025, rtol=1e-9)
    assert_allclose(probability_beyond(fit, fit.estimate).probability, 0.5)


def test_the_probability_agrees_with_that_published():
    fit = bootstrap_prediction(cisapride(), draws=100_000)
    below = probability_beyond(fit, 1.0, side="below").probability
    assert_allclose(below, CISAPRIDE["bootstrap"]["below_1"], atol=0.003)


def test_a_threshold_is_as_effects_are_read():
    trials = sy.effect_table(str(golden.data("bcg")), "RR")
    fit = pool(trials)
    found = probability_beyond(fit, 0.8, side="below")
    spread = np.sqrt(fit.tau2 + fit.se**2)
    expected = stats.t.cdf((np.log(0.8) - fit.estimate) / spread, fit.k - 1)
    assert_allclose(found.probability, expected)
    assert "below 0.8" in found.summary()
    assert "t on 12 degrees of freedom" in found.summary()
    assert found.to_dict()["probability"] == found.probability
    assert_allclose(probability_beyond(fit, 0.8).probability, 1 - expected)


@pytest.mark.parametrize(
    ("options", "threshold", "side", "error", "words"),
    [
        ({"prediction": "none"}, 1.0, "above", sy.NotEstimable, "no prediction"),
        ({"tau2": "CE"}, 1.0, "above", sy.NotEstimable, "no prediction"),
        ({}, -1.0, "above", sy.InvalidInput, "not possible"),
        ({}, 1.0, "left", sy.InvalidInput, "no side"),
    ],
)
def test_what_cannot_be_answered_is_refused(options, threshold, side, error, words):
    fit = pool(sy.effect_table(str(golden.data("bcg")), "RR"), **options)
    with pytest.raises(error, match=words):
        probability_beyond(fit, threshold, side=side)


def test_equal_effects_are_one_value():
    fit = pool({"yi": [0.5] * 4, "vi": [0.1] * 4}, interval="HK")
    assert probability_beyond(fit, 0.4).probability == 1
    assert probability_beyond(fit, 0.6).probability == 0


def test_the_bootstrap_agrees_with_published_limits():
    fit = bootstrap_prediction(cisapride(), draws=100_000)
    limits = np.exp([fit.interval.lower, fit.interval.upper])
    # Those printed come from 25,000 draws.
    assert_allclose(limits, CISAPRIDE["bootstrap"]["limits"], rtol=0.05)


def test_the_same_seed_gives_the_same_interval():
    one, two = (bootstrap_prediction(data("bcg", "RR"), seed=3) for _ in range(2))
    other = bootstrap_prediction(data("bcg", "RR"), seed=4)
    assert one.interval == two.interval != other.interval
    assert one.to_dict() == two.to_dict()
    assert "bootstrap, 25000 draws, seed 3" in one.summary()


def test_a_fit_will_do_and_probabilities_come_from_the_draws():
    fit = pool(data("bcg", "RR"))
    found = bootstrap_prediction(fit)
    again = bootstrap_prediction(data("bcg", "RR"))
    assert found.interval == again.interval
    below = probability_beyond(found, found.interval.lower, side="below")
    assert_allclose(below.probability, 0.025, atol=1e-4)
    assert "bootstrap" in below.distribution


def test_quantiles_of_tau2_are_the_limits_of_the_generalised_q_interval():
    y, v = (np.array(column) for column in data("bcg", "RR").values())
    found = tau2_quantiles(single_panel(y, v), np.array([1e-12, 0.025, 0.975]))
    limits = pool(data("bcg", "RR"), tau2_interval="BJ").tau2_interval
    assert_allclose(found[1:], [limits.lower, limits.upper], rtol=1e-4)
    assert found[0] <= found[1]


def test_effects_that_agree_draw_zero_as_often_as_they_should():
    y, v = (np.array(column) for column in data("catheters", "OR").values())
    panel = single_panel(y, v)
    # Without heterogeneity Q follows chi-squared.
    q = float(panel.common.q[0])
    zero = stats.chi2.sf(q, len(y) - 1)
    found = tau2_quantiles(panel, np.array([zero - 0.01, zero + 0.01]))
    assert found[0] == 0 < found[1]


@pytest.mark.parametrize(
    ("effects", "options", "error"),
    [
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.2]}, {}, sy.NotEstimable),
        ({"yi": [0.1] * 3, "vi": [0.1] * 3}, {"draws": 10}, sy.InvalidInput),
        ({"yi": [0.1] * 3, "vi": [0.1] * 3}, {"level": 2}, sy.InvalidInput),
    ],
)
def test_wrong_bootstraps_are_refused(effects, options, error):
    with pytest.raises(error):
        bootstrap_prediction(effects, **options)


def test_equal_effects_predict_themselves():
    found = bootstrap_prediction({"yi": [0.2] * 5, "vi": [0.1] * 5}).interval
    assert_allclose([found.lower, found.upper], 0.2)
