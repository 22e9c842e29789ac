"""The beta-binomial model against R and its definition."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import golden
import synthesist as sy
from synthesist.pooling.rare_events import beta_binomial
from synthesist.pooling.rare_events.beta_binomial import CONTRASTS
from synthesist.pooling.rare_events.beta_binomial_likelihood import group_of
from synthesist.pooling.rare_events.sum_rules import sum_rule

R = golden.load("rare_events")


@pytest.mark.parametrize("name", ["catheters", "diuretics", "beta_blockers"])
@pytest.mark.parametrize("measure", CONTRASTS)
def test_r_agrees(name, measure):
    r = R[f"{name}/beta-binomial"]
    fit = beta_binomial(str(golden.data(name)), measure)
    # R's optimiser ends within 1e-5 of a standard error.
    near = 1e-5 * fit.se
    assert_allclose(fit.estimate, r[measure]["estimate"], atol=near)
    assert_allclose(fit.se, r[measure]["se"], rtol=1e-4)
    assert_allclose(fit.loglik, r["loglik"], rtol=1e-10)
    assert_allclose(fit.parameters["rho"], r["rho"], rtol=1e-4)


@pytest.mark.parametrize("n", [0, 1, 12, 32, 33, 45, 100, 1000, 88391])
def test_sums_are_those_of_all_numbers(n):
    points, weights = sum_rule(n)
    j = np.arange(n)
    for pi, phi in ((0.3, 0.0), (1e-3, 1e-6), (0.01, 0.5), (0.9, 30.0)):
        for f in (np.log, np.reciprocal, lambda u: u**-2.0):
            exact = f(pi + j * phi).sum()
            assert_allclose(weights @ f(pi + points * phi), exact, rtol=1e-12)
    assert len(points) < 200


def test_the_likelihood_is_that_of_the_beta_binomial_distribution():
    x, n = np.array([0.0, 3.0, 12.0]), np.array([20.0, 15.0, 60.0])
    group = group_of(x, n)
    for pi, phi in ((0.1, 0.05), (0.4, 2.0)):
        ours = group.at(np.array([pi]), np.array([phi])).value[0] + group.constant()
        law = stats.betabinom(n.astype(int), pi / phi, (1 - pi) / phi)
        assert_allclose(ours, law.logpmf(x).sum(), rtol=1e-12)
    binomial = group.at(np.array([0.2]), np.zeros(1)).value[0] + group.constant()
    assert_allclose(binomial, stats.binom(n, 0.2).logpmf(x).sum(), rtol=1e-12)


def test_equal_risks_are_binomial():
    arms = {
        "events_t": [5, 10, 20],
        "n_t": [50, 100, 200],
        "events_c": [8, 16, 4],
        "n_c": [80, 160, 40],
    }
    fit = beta_binomial(arms)
    assert fit.parameters["rho"] == 0
    p, q = 35 / 350, 28 / 280
    assert_allclose(fit.estimate, 0, atol=1e-9)
    assert_allclose(
        fit.se**2, 1 / (350 * p * (1 - p)) + 1 / (280 * q * (1 - q)), rtol=1e-9
    )
    assert any("overdispersion is zero" in note for note in fit.notes)


def test_trials_without_events_count():
    arms = {"events_t": [2, 3], "n_t": [40, 60], "events_c": [5, 9], "n_c": [40, 60]}
    more = {
        role: [*column, 0 if "events" in role else 50] for role, column in arms.items()
    }
    assert beta_binomial(more, "RD").estimate != beta_binomial(arms, "RD").estimate
    assert beta_binomial(more, "RD").weights[-1] > 0


def test_ends_of_the_range_are_named():
    arms = {"events_t": [0, 0], "n_t": [40, 60], "events_c": [5, 9], "n_c": [40, 60]}
    with pytest.raises(sy.NotEstimable, match="No one in one group"):
        beta_binomial(arms)
    arms["events_t"] = [40, 0]
    with pytest.raises(sy.NotEstimable, match="without end"):
        beta_binomial(arms | {"events_c": [0, 60]})
    with pytest.raises(sy.InvalidInput, match="no contrast"):
        beta_binomial(arms, "AS")
