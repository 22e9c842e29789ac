"""Laws of the Cox model, and its likelihoods against their definitions."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from strategies import patients
from survival import naive
from synthesist.errors import NotEstimable
from synthesist.survival import cox, likelihood, log_rank, survival_data
from synthesist.survival.cox import TIES
from synthesist.survival.likelihood import Design
from synthesist.survival.risksets import BLOCK, risk_sets


def read(columns, **more):
    return survival_data(
        columns,
        time="time",
        event="event",
        treated="treated",
        trial="trial",
        covariates=["age"],
        **more,
    )


def at(columns, beta, ties, **more):
    """Evaluate the program's likelihood where the naive one is evaluated."""
    data = read(columns, **more)
    method = TIES[ties]
    sets = risk_sets(data, apart=method.whole_strata)
    x = np.stack([data.treated, data.covariates["age"].values / 10]).astype(float)
    return method.evaluate(sets, Design(x=x, parameters=2), np.asarray(beta, float))


small = patients(max_trials=2, min_patients=4, max_patients=8)
points = st.tuples(st.floats(-2, 2), st.floats(-1, 1))


@pytest.mark.parametrize("ties", naive.TIES)
@settings(max_examples=15)
@given(columns=small, beta=points)
def test_the_likelihood_is_its_definition(ties, columns, beta):
    assert_allclose(
        at(columns, beta, ties).loglik,
        naive.log_likelihood(columns, beta, ties),
        rtol=1e-9,
        atol=1e-9,
    )


@pytest.mark.parametrize("ties", naive.TIES)
@settings(max_examples=10)
@given(columns=small, beta=points)
def test_slope_and_curvature_are_derivatives(ties, columns, beta):
    here = at(columns, beta, ties)
    step = 1e-5
    for j in range(2):
        move = np.zeros(2)
        move[j] = step
        above, below = at(columns, beta + move, ties), at(columns, beta - move, ties)
        # Central differences are good to step**2 and to rounding over step.
        slope = (above.loglik - below.loglik) / (2 * step)
        assert_allclose(here.score[j], slope, atol=1e-4, rtol=1e-6)
        bend = -(above.score - below.score) / (2 * step)
        assert_allclose(here.information[j], bend, atol=1e-4, rtol=1e-6)


@settings(max_examples=15)
@given(columns=patients(ties=False))
def test_without_ties_all_methods_agree(columns):
    fits = [at(columns, (0.3, -0.2), ties) for ties in TIES]
    for fit in fits[1:]:
        assert_allclose(fit.loglik, fits[0].loglik, rtol=1e-10)
        assert_allclose(fit.score, fits[0].score, atol=1e-9, rtol=1e-9)
        assert_allclose(fit.information, fits[0].information, atol=1e-9, rtol=1e-9)


@settings(max_examples=25)
@given(columns=patients())
def test_the_log_rank_test_is_the_score_test(columns):
    data = read(columns)
    test = log_rank(data)
    start = at(columns, (0.0, 0.0), "discrete")
    assert_allclose(start.score[0], test.o_minus_e.sum(), atol=1e-9)
    assert_allclose(start.information[0, 0], test.v.sum(), atol=1e-9)


@settings(max_examples=25)
@given(columns=patients(), data=st.data())
def test_the_order_of_patients_is_irrelevant(columns, data):
    order = data.draw(st.permutations(range(len(columns["time"]))))
    mixed = {name: [values[i] for i in order] for name, values in columns.items()}
    beta = (0.4, 0.1)
    a, b = at(columns, beta, "efron"), at(mixed, beta, "efron")
    assert_allclose(a.loglik, b.loglik, rtol=1e-12)
    assert_allclose(a.score, b.score, atol=1e-10)
    for kind in ("martingale", "score"):
        first = cox_or_none(columns)
        assume(first is not None)
        second = cox(read(mixed), "treated")
        assert_allclose(
            first.residuals(kind)[list(order)], second.residuals(kind), atol=1e-8
        )


def cox_or_none(columns, **more):
    try:
        return cox(read(columns), "treated", **more)
    except NotEstimable:
        return None


@settings(max_examples=25)
@given(columns=patients())
def test_swapping_the_arms_negates(columns):
    fit = cox_or_none(columns)
    assume(fit is not None)
    swapped = dict(columns, treated=[1 - t for t in columns["treated"]])
    other = cox(read(swapped), "treated")
    assert_allclose(other.estimate, -fit.estimate, atol=1e-9)
    assert_allclose(other.se, fit.se, rtol=1e-9)


@settings(max_examples=25)
@given(columns=patients(), factor=st.floats(1e-3, 1e3))
def test_the_unit_of_time_is_irrelevant(columns, factor):
    moved = dict(columns, time=[t * factor for t in columns["time"]])
    a, b = at(columns, (0.5, 0.5), "efron"), at(moved, (0.5, 0.5), "efron")
    assert_allclose(a.loglik, b.loglik, rtol=1e-12)
    assert_allclose(a.information, b.information, rtol=1e-9, atol=1e-12)


@settings(max_examples=25)
@given(columns=patients(), weight=st.integers(2, 4))
def test_a_weight_is_so_many_patients_with_breslow(columns, weight):
    n = len(columns["time"])
    weights = [weight if i % 3 == 0 else 1 for i in range(n)]
    copies = {
        name: [v for v, w in zip(values, weights, strict=True) for _ in range(w)]
        for name, values in columns.items()
    }
    a = at(dict(columns, w=weights), (0.3, 0.2), "breslow", weights="w")
    b = at(copies, (0.3, 0.2), "breslow")
    assert_allclose(a.loglik, b.loglik, rtol=1e-11)
    assert_allclose(a.score, b.score, atol=1e-9)
    assert_allclose(a.information, b.information, atol=1e-9, rtol=1e-10)


@pytest.mark.parametrize("ties", ["efron", "breslow", "discrete", "exact"])
@settings(max_examples=10)
@given(columns=small, delay=st.integers(1, 5))
def test_entry_at_zero_is_no_delay_and_late_entry_is_missed_risk(ties, columns, delay):
    plain = at(columns, (0.5, -0.3), ties)
    n = len(columns["time"])
    # Somebody enters after the last event: no risk set holds him.
    late = {name: [*values, values[-1]] for name, values in columns.items()}
    late["time"] = [*columns["time"], 60.0]
    late["event"] = [*columns["event"], 0.0]
    late["entry"] = [0.0] * n + [44.0 + delay]
    found = at(late, (0.5, -0.3), ties, entry="entry")
    assert_allclose(found.loglik, plain.loglik, rtol=1e-10)
    assert_allclose(found.score, plain.score, atol=1e-9)
    assert_allclose(found.information, plain.information, atol=1e-9)


@settings(max_examples=20)
@given(columns=patients())
def test_martingale_residuals_sum_to_zero_and_score_residuals_to_the_slope(columns):
    fit = cox_or_none(columns)
    assume(fit is not None)
    assert abs(fit.residuals("martingale").sum()) < 1e-9
    assert_allclose(fit.residuals("score").sum(axis=0), 0, atol=1e-7)
    assert_allclose(fit.residuals("schoenfeld").sum(axis=0), 0, atol=1e-7)


@settings(max_examples=10)
@given(columns=patients())
def test_the_profile_interval_is_where_the_likelihood_has_fallen(columns):
    fit = cox_or_none(columns)
    assume(fit is not None)
    interval = fit.profile("treated")
    assert interval.lower < fit.estimate[0] < interval.upper
    for limit in (interval.lower, interval.upper):
        if np.isfinite(limit):
            held = TIES["efron"].evaluate(
                fit.model.sets, fit.model.design, np.array([limit])
            )
            assert_allclose(2 * (fit.loglik[1] - held.loglik), 3.841458820694124)


@settings(max_examples=8)
@given(columns=patients(max_trials=2, max_patients=12))
def test_firth_maximises_the_penalised_likelihood(columns):
    fit = cox(read(columns), "treated + age", firth=True)
    model = fit.model

    def penalised(beta):
        found = TIES["efron"].evaluate(model.sets, model.design, beta)
        return found.loglik + np.linalg.slogdet(found.information)[1] / 2

    top = penalised(fit.estimate)
    assert_allclose(fit.loglik[1], top, rtol=1e-10)
    for move in np.eye(2) * 1e-4 * fit.se:
        slope = penalised(fit.estimate + move) - penalised(fit.estimate - move)
        # At the top a step of 1e-4 standard errors changes 1e-8 of the rest.
        assert abs(slope) < 1e-9 * (1 + abs(top))


@settings(max_examples=10)
@given(columns=patients(max_trials=2))
def test_a_plain_search_finds_no_better_point(columns):
    fit = cox_or_none(columns)
    assume(fit is not None)
    both = cox(read(columns), "treated + age")
    found = naive.maximum(columns, "efron")
    size = 1 + np.abs(found).max()
    assert_allclose(both.estimate * [1, 10], found, atol=1e-4 * size)


@settings(max_examples=15)
@given(columns=patients())
def test_concordance_is_a_count_of_pairs(columns):
    fit = cox_or_none(columns)
    assume(fit is not None)
    pairs = concordant = tied = 0
    rows = list(
        zip(*(columns[n] for n in ("trial", "time", "event", "treated")), strict=True)
    )
    sign = np.sign(fit.estimate[0])
    for trial, time, event, treated in rows:
        for other in rows:
            survived = other[1] > time or (other[1] == time and not other[2])
            if event and other[0] == trial and survived:
                pairs += 1
                concordant += sign * (treated - other[3]) > 0
                tied += treated == other[3]
    found = fit.concordance()
    assume(sign != 0)
    assert found.concordant == concordant
    assert found.tied_risk == tied
    assert found.estimate == pytest.approx((concordant + tied / 2) / pairs)


def test_several_workers_add_up_to_the_same_bits(monkeypatch):
    rng = np.random.default_rng(5)
    n = 3 * BLOCK
    data = survival_data(
        {
            "time": rng.integers(1, 900, n).astype(float),
            "event": rng.integers(0, 2, n),
            "treated": rng.integers(0, 2, n),
            "trial": rng.integers(0, 9, n),
            "age": rng.normal(size=n),
        },
        time="time",
        event="event",
        treated="treated",
        trial="trial",
        covariates=["age"],
    )
    alone = cox(data, "treated + age")
    monkeypatch.setattr(likelihood, "SHARED", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    together = cox(data, "treated + age")
    assert len(together.model.sets.blocks) > 1
    assert together.estimate.tobytes() == alone.estimate.tobytes()
    assert together.covariance.tobytes() == alone.covariance.tobytes()
