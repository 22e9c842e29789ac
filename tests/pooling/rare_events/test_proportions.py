"""The models of single groups against exact values, R, and brute force."""

import csv

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import integrate, special

import golden
import synthesist as sy
from synthesist.pooling import glmm, pool
from synthesist.pooling.rare_events.families import Binomial
from synthesist.pooling.rare_events.mixture import Mixture
from synthesist.pooling.rare_events.values import State

#: Computed outside this program with 100 Gauss-Hermite nodes (60 to 300 agree),
#: from the two groups of golden/r/data/catheters.csv; printed to six decimals.
EXACT = {
    "t": (-4.811850, 0.355199, 0.825323),
    "c": (-3.496409, 0.256969, 0.812214),
}


def arm(side):
    with golden.data("catheters").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        "events": [float(row[f"events_{side}"]) for row in rows],
        "n": [float(row[f"n_{side}"]) for row in rows],
    }


@pytest.mark.parametrize("side", EXACT)
def test_the_exact_maximum_is_found(side):
    fit = glmm(arm(side))
    ours = (fit.estimate, fit.se, fit.tau2)
    assert_allclose(ours, EXACT[side], atol=0.51e-6)


def test_r_agrees_as_far_as_its_own_integrals_go():
    r = golden.load("vasospasm")["glmm/PLO"]
    ours = glmm(str(golden.data("vasospasm"))).to_dict()
    for name in ("k", "estimate", "se", "tau2", "i2", "h2"):
        assert_allclose(ours[name], r[name], rtol=1e-3)
    effects = sy.effect_table(str(golden.data("vasospasm")), "PLO")
    same = pool(effects, model="glmm", prediction="z").to_dict()
    assert same["model"] == "glmm"
    assert_allclose(same["pi_low"], r["pi_lb"], rtol=2e-3)
    assert_allclose(same["pi_high"], r["pi_ub"], rtol=1e-3)


def values(events, n, mu, tau, nodes=177):
    """Evaluate the likelihood at one point."""
    likelihood = Mixture(events, Binomial(n), np.zeros(len(n)), 0.0)
    return likelihood.at(State(np.array([[mu, tau]]), np.empty((1, 0))), nodes)


def log_likelihood(events, n, mu, tau):
    """Integrate every study by scipy's adaptive rule."""
    total = 0.0
    for x, size in zip(events, n, strict=True):
        constant = -np.log(size + 1) - special.betaln(x + 1, size - x + 1)

        def density(z, x=x, size=size, constant=constant):
            theta = mu + tau * z
            log = x * theta - size * np.logaddexp(0, theta) + constant
            return np.exp(log - z * z / 2) / np.sqrt(2 * np.pi)

        total += np.log(integrate.quad(density, -12, 12, limit=400, epsabs=0)[0])
    return total


def test_the_likelihood_is_the_integral_it_says():
    events, n = np.array([0.0, 3.0, 20.0, 9.0]), np.array([30.0, 40.0, 25.0, 9.0])
    for mu, tau in ((-1.0, 0.3), (0.5, 1.5), (-2.0, 4.0)):
        ours = values(events, n, mu, tau)
        assert_allclose(ours.loglik[0], log_likelihood(events, n, mu, tau), rtol=1e-9)
        h = 1e-5
        slopes = [
            (
                log_likelihood(events, n, mu + h * a, tau + h * b)
                - log_likelihood(events, n, mu - h * a, tau - h * b)
            )
            / (2 * h)
            for a, b in ((1, 0), (0, 1))
        ]
        assert_allclose(ours.gradient[0], slopes, rtol=1e-5, atol=1e-7)


def counts(largest=60):
    study = st.integers(1, largest).flatmap(
        lambda n: st.tuples(st.integers(0, n), st.just(n))
    )
    return st.lists(study, min_size=2, max_size=8)


def fit_or_skip(rows):
    events, n = zip(*rows, strict=True)
    try:
        return glmm({"events": list(events), "n": list(n)})
    except sy.NotEstimable:
        assume(False)


@settings(max_examples=6)
@given(rows=counts())
def test_no_point_of_a_fine_scan_is_better(rows):
    fit = fit_or_skip(rows)
    events, n = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    for other in np.geomspace(0.02, 11, 12):
        for mu in fit.estimate + np.linspace(-2, 2, 5):
            there = values(events, n, mu, other, nodes=287)
            assert there.loglik[0] <= fit.loglik + 1e-8


@settings(max_examples=6)
@given(rows=counts())
def test_the_other_event_has_the_opposite_logit(rows):
    one = fit_or_skip(rows)
    two = fit_or_skip([(n - x, n) for x, n in rows])
    assert_allclose(two.estimate, -one.estimate, atol=1e-7)
    assert_allclose([two.se, two.tau2], [one.se, one.tau2], rtol=1e-6, atol=1e-9)


def test_equal_proportions_are_at_the_boundary():
    fit = glmm({"events": [5, 10, 20, 30, 15], "n": [10, 20, 40, 60, 30]})
    assert fit.tau2 == 0
    assert_allclose([fit.estimate, fit.se], [0.0, 1 / np.sqrt(160 / 4)], atol=1e-12)
    assert any("tau² is zero" in note for note in fit.notes)


@pytest.mark.parametrize("events", [[0, 1], [1, 1, 0], [1, 0, 0, 0]])
def test_studies_of_one_person_say_nothing_of_tau2(events):
    fit = glmm({"events": events, "n": [1] * len(events)})
    p = np.mean(events)
    assert_allclose(fit.estimate, np.log(p / (1 - p)), atol=1e-12)
    assert fit.tau2 == 0


def test_one_study_is_its_own_logit():
    fit = glmm({"events": [3], "n": [12]})
    assert_allclose(fit.estimate, np.log(3 / 9))
    assert_allclose(fit.se, np.sqrt(1 / 3 + 1 / 9))
    assert fit.tau2 is None


@pytest.mark.parametrize("events", [[0, 0, 0], [9, 20, 31]])
def test_only_events_or_none_have_no_logit(events):
    with pytest.raises(sy.NotEstimable, match="log odds are infinite"):
        glmm({"events": events, "n": [9, 20, 31]})


def test_all_or_nothing_has_no_finite_tau2():
    with pytest.raises(sy.NotEstimable, match="without end"):
        glmm({"events": [0, 50, 0, 40], "n": [50, 50, 40, 40]})


def test_large_and_small_studies_go_together():
    fit = glmm({"events": [400_000, 1, 3_000], "n": [1_000_000, 2, 10_000]})
    assert 0 < fit.tau2 < 1
    assert -1 < fit.estimate < 0


def test_empty_rows_are_left_out():
    fit = glmm({"events": [3, np.nan, 9], "n": [12, np.nan, 20]})
    assert fit.k == 2
    assert fit.weights[1] == 0
    assert_allclose(fit.weights.sum(), 100)


def test_other_measures_are_refused():
    effects = sy.effect_table({"events": [3, 9], "n": [12, 20]}, "PR")
    with pytest.raises(sy.InvalidInput, match="choose a measure among"):
        glmm(effects)


def test_log_rates_are_poisson():
    r = golden.load("rare_events")["warfarin/IRLN"]
    with golden.data("warfarin").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = {
        "events": [float(row["events_c"]) for row in rows],
        "time": [float(row["time_c"]) for row in rows],
    }
    ours = glmm(columns).to_dict()
    assert ours["measure"] == "IRLN"
    for name in ("k", "estimate", "se", "tau2"):
        assert_allclose(ours[name], r[name], rtol=1e-4)


def test_no_event_at_all_has_no_log_rate():
    with pytest.raises(sy.NotEstimable, match="log rate is infinite"):
        glmm({"events": [0, 0], "time": [10.0, 20.0]})


def test_the_number_of_nodes_stands_in_the_rules():
    assert glmm(arm("t")).rules["quadrature"].endswith("nodes")
