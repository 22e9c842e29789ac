"""Laws that hold for any data, and need no reference."""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import strategies
from pooling import arbiter
from synthesist.pooling import INTERVALS, TAU2_ESTIMATORS, TAU2_INTERVALS, pool
from synthesist.pooling.likelihood import log_likelihood
from synthesist.pooling.panel import single_panel

ESTIMATORS = sorted(set(TAU2_ESTIMATORS) - {"GENQ"})

#: Enough to see a wrong formula; tau² itself may be ill-determined, but its
#: answers move together with the data.
RTOL, ATOL = 1e-6, 1e-8


@pytest.fixture(autouse=True, scope="module")
def digits():
    with mp.workdps(50):
        yield


def fit(y, v, **options):
    return pool({"yi": np.array(y, float), "vi": np.array(v, float)}, **options)


def numbers(found):
    limits = [found.interval.lower, found.interval.upper]
    return np.array([found.estimate, found.se, *limits])


@pytest.mark.parametrize("code", ESTIMATORS)
@given(data=strategies.effects(min_studies=2), seed=st.integers(0, 1000))
def test_the_order_of_studies_is_irrelevant(code, data, seed):
    y, v = map(np.array, data)
    order = np.random.default_rng(seed).permutation(len(y))
    one, two = fit(y, v, tau2=code), fit(y[order], v[order], tau2=code)
    assert_allclose(numbers(two), numbers(one), rtol=RTOL, atol=ATOL)
    assert_allclose(two.tau2, one.tau2, rtol=RTOL, atol=ATOL)
    assert_allclose(two.weights, one.weights[order], rtol=RTOL, atol=ATOL)


@pytest.mark.parametrize("code", ESTIMATORS)
@given(
    data=strategies.effects(min_studies=2),
    scale=st.sampled_from([-1.0, 1e-6, 1e-3, 7.0, 1e5]),
    shift=st.floats(-5, 5),
)
def test_units_do_not_matter(code, data, scale, shift):
    y, v = map(np.array, data)
    # A shift must not swallow the differences between effects.
    one = fit(y + shift, v, tau2=code)
    two = fit(scale * (y + shift), scale**2 * v, tau2=code)
    assert_allclose(
        two.estimate, scale * one.estimate, rtol=RTOL, atol=abs(scale) * ATOL
    )
    assert_allclose(two.se, abs(scale) * one.se, rtol=RTOL)
    assert_allclose(two.tau2, scale**2 * one.tau2, rtol=RTOL, atol=scale**2 * ATOL)
    assert_allclose(two.q, one.q, rtol=RTOL, atol=ATOL)


@pytest.mark.parametrize("code", ESTIMATORS)
@given(data=strategies.effects(min_studies=2), shift=st.floats(-1e3, 1e3))
def test_shifting_every_effect_shifts_only_the_estimate(code, data, shift):
    y, v = map(np.array, data)
    one, two = fit(y, v, tau2=code), fit(y + shift, v, tau2=code)
    assert_allclose(two.estimate, one.estimate + shift, atol=1e-6)
    assert_allclose(two.tau2, one.tau2, rtol=RTOL, atol=1e-7)


@given(data=strategies.effects(min_studies=2))
def test_paule_mandel_brings_q_to_its_expectation(data):
    y, v = data
    found = fit(y, v, tau2="PM")
    q = arbiter.Sums(y, v, found.tau2).q
    if found.tau2 > 0:
        assert_allclose(float(q), len(y) - 1, rtol=1e-10)
    else:
        assert q <= (len(y) - 1) * (1 + 1e-12)
    assert_allclose(fit(y, v, tau2="EB").tau2, found.tau2, rtol=1e-10)


@pytest.mark.parametrize("code", ["ML", "REML"])
@given(data=strategies.effects(min_studies=2, smallest=1e-6, largest=1e4))
@example(data=([0.0, 1.0, 10.0], [1e-4, 1e-4, 100.0]))
def test_the_likelihood_has_no_better_point(code, data):
    y, v = map(np.array, data)
    restricted = code == "REML"
    tau2 = fit(y, v, tau2=code).tau2
    panel = single_panel(y, v)
    top = 10 * (np.var(y) + v.max())
    scan = np.append(0.0, np.geomspace(v.min() * 1e-3, top, 2000))

    def heights(points):
        many = panel.repeat(points.size)
        return log_likelihood(many, points, restricted=restricted)

    ours = heights(np.array([tau2]))[0]
    assert heights(scan).max() <= ours + 1e-9 * (1 + abs(ours))
    slope = arbiter.score(y, v, tau2, restricted=restricted)
    if tau2 > 0:
        sums = arbiter.Sums(y, v, tau2)
        assert abs(slope) <= 1e-8 * sums.total
    else:
        assert slope <= 0


@pytest.mark.parametrize(("distance", "high"), [(1.7, False), (1.8, True)])
def test_of_two_maxima_the_higher_is_taken(distance, high):
    # Two exact studies that agree and three vague ones that do not: one maximum at
    # zero, one far from it. Which is higher turns between these two distances.
    y, v = [0.0, 0.01, distance, -distance, distance], [1e-4, 1e-4, 0.5, 0.5, 0.5]
    low_one = arbiter.score(y, v, 0.01, restricted=True)
    high_one = arbiter.score(y, v, 1.0, restricted=True)
    assert low_one < 0 < high_one
    assert (fit(y, v, tau2="REML").tau2 > 1) == high


@given(
    y=st.tuples(st.floats(-5, 5), st.floats(-5, 5)),
    v=st.tuples(st.floats(1e-3, 10), st.floats(1e-3, 10)),
)
def test_two_studies_have_closed_forms(y, v):
    difference = (y[0] - y[1]) ** 2
    # All estimators but these three agree: Q has one degree of freedom.
    tau2 = max(0.0, (difference - v[0] - v[1]) / 2)
    for code in ("DL", "HE", "PM", "EB", "REML", "DL2", "HE2"):
        assert_allclose(fit(y, v, tau2=code).tau2, tau2, rtol=1e-9, atol=1e-9)


@given(data=strategies.effects(min_studies=3))
def test_without_tau2_prediction_and_confidence_are_one(data):
    y, v = data
    found = fit(y, v, interval="normal", prediction="z")
    assume(found.tau2 == 0)
    assert_allclose(
        found.prediction.lower, found.interval.lower, rtol=1e-12, atol=1e-12
    )
    assert_allclose(
        found.prediction.upper, found.interval.upper, rtol=1e-12, atol=1e-12
    )
    q = found.q / (len(y) - 1)
    scaled = fit(y, v, interval="HK")
    assert_allclose(scaled.se, np.sqrt(q) * found.se, rtol=1e-9)


@pytest.mark.parametrize("interval", sorted(INTERVALS))
@pytest.mark.parametrize("limits", sorted(TAU2_INTERVALS))
@given(
    data=strategies.effects(min_studies=2, max_studies=6, smallest=1e-6, largest=1e6)
)
def test_every_answer_is_finite_and_ordered(interval, limits, data):
    y, v = data
    found = fit(y, v, interval=interval, tau2_interval=limits)
    assert found.tau2 >= 0
    assert found.se > 0 or interval == "HK"
    assert found.interval.lower <= found.estimate <= found.interval.upper
    assert found.p is None or 0 <= found.p <= 1
    assert 0 <= found.i2 < 100
    assert 0 <= found.i2_q < 100
    if found.tau2_interval:
        assert 0 <= found.tau2_interval.lower <= found.tau2_interval.upper < np.inf
    assert_allclose(found.weights.sum(), 100)


@given(data=strategies.effects(min_studies=2))
def test_tau2_lies_in_its_profile_interval(data):
    y, v = data
    for code in ("ML", "REML"):
        found = fit(y, v, tau2=code, tau2_interval="PL")
        limits = found.tau2_interval
        assert limits.lower <= found.tau2 * (1 + 1e-9)
        assert found.tau2 <= limits.upper * (1 + 1e-9)
        restricted = code == "REML"
        best = arbiter.log_likelihood(y, v, found.tau2, restricted=restricted)
        for limit in (limits.lower, limits.upper):
            if limit > 0:
                at = arbiter.log_likelihood(y, v, limit, restricted=restricted)
                assert_allclose(float(best - at), 1.920729410347, rtol=1e-6)
