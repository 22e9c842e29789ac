"""What must hold for any tables of rare events."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import strategies
import synthesist as sy
from synthesist.pooling import glmm, mantel_haenszel, peto
from synthesist.pooling.rare_events import beta_binomial

FEW = settings(max_examples=8)
ROLES = ("events_t", "n_t", "events_c", "n_c")


def fit_or_skip(arms, **options):
    try:
        return glmm(arms, **options)
    except sy.NotEstimable:
        assume(False)


def swapped(arms):
    return {
        role: arms[other]
        for role, other in zip(ROLES, ROLES[2:] + ROLES[:2], strict=True)
    }


def assert_same(one, two, sign=1.0):
    assert_allclose(one.estimate, sign * two.estimate, atol=1e-6 * (1 + one.se))
    assert_allclose(one.se, two.se, rtol=1e-5)
    assert_allclose(one.loglik, two.loglik, rtol=1e-8, atol=1e-8)


@FEW
@given(
    arms=strategies.two_by_two(2, 6, 80),
    sizes=st.lists(st.integers(1, 500), min_size=2, max_size=2),
)
def test_trials_without_events_change_nothing(arms, sizes):
    more = {role: [*column, 0] for role, column in arms.items()}
    more["n_t"][-1], more["n_c"][-1] = sizes
    before, after = fit_or_skip(arms), fit_or_skip(more)
    assert_same(after, before)
    assert after.prediction == before.prediction
    assert after.weights[-1] == 0
    for method in (mantel_haenszel, peto):
        try:
            assert_allclose(method(more).estimate, method(arms).estimate, rtol=1e-12)
        except sy.NotEstimable:
            assume(False)


@FEW
@given(arms=strategies.two_by_two(2, 6, 80))
def test_swapping_groups_negates(arms):
    assert_same(fit_or_skip(swapped(arms)), fit_or_skip(arms), -1)


@FEW
@given(arms=strategies.two_by_two(2, 6, 80))
def test_the_other_event_negates(arms):
    other = arms | {
        f"events_{g}": [
            n - x for x, n in zip(arms[f"events_{g}"], arms[f"n_{g}"], strict=True)
        ]
        for g in "tc"
    }
    assert_same(fit_or_skip(other), fit_or_skip(arms), -1)


@FEW
@given(arms=strategies.two_by_two(3, 6, 80), seed=st.randoms())
def test_the_order_of_trials_is_irrelevant(arms, seed):
    order = list(range(len(arms["n_t"])))
    seed.shuffle(order)
    moved = {role: [column[i] for i in order] for role, column in arms.items()}
    assert_same(fit_or_skip(moved), fit_or_skip(arms))


@settings(max_examples=5)
@given(arms=strategies.two_by_two(2, 5, 40))
def test_no_model_has_a_better_point_on_a_scan(arms):
    for model in ("CM.EL", "UM.FS"):
        fit = fit_or_skip(arms, model=model)
        _, loglik = fit.profile("tau2", np.geomspace(0.03, 11, 15) ** 2)
        assert (loglik <= fit.loglik + 1e-7).all()


@settings(max_examples=5)
@given(arms=strategies.two_by_two(2, 5, 20), factor=st.sampled_from([1e4, 1e5]))
def test_the_exact_model_becomes_the_approximate_one_as_events_become_rare(
    arms, factor
):
    rare = arms | {role: [factor * n for n in arms[role]] for role in ("n_t", "n_c")}
    exact = fit_or_skip(rare, model="CM.EL", tau2="CE")
    near = fit_or_skip(rare, model="CM.AL", tau2="CE")
    assert_allclose(exact.estimate, near.estimate, atol=50 / factor * (1 + exact.se))
    assert_allclose(exact.se, near.se, rtol=50 / factor)


@FEW
@given(arms=strategies.two_by_two(2, 5, 60))
def test_one_group_of_events_given_both_is_the_rate_ratio_of_rare_events(arms):
    # With equal times the conditional model of rates is binomial with one half.
    rates = {
        "events_t": arms["events_t"],
        "time_t": [1.0] * len(arms["n_t"]),
        "events_c": arms["events_c"],
        "time_c": [1.0] * len(arms["n_t"]),
    }
    fit = fit_or_skip(rates)
    a, c = sum(rates["events_t"]), sum(rates["events_c"])
    if fit.tau2 == 0:
        assert_allclose(fit.estimate, np.log(a / c), atol=1e-7)
    common = fit_or_skip(rates, tau2="CE")
    assert_allclose(common.estimate, np.log(a / c), atol=1e-9)
    assert_allclose(common.se, np.sqrt(1 / a + 1 / c), rtol=1e-7)


@FEW
@given(arms=strategies.two_by_two(1, 6, 200))
def test_the_beta_binomial_model_is_antisymmetric(arms):
    try:
        one, two = beta_binomial(arms), beta_binomial(swapped(arms))
    except sy.NotEstimable:
        assume(False)
    assert_same(one, two, -1)
    assert 0 <= one.parameters["rho"] < 1
