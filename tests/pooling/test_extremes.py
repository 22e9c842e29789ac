"""Data at the ends of what a float can hold, against fifty digits."""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import synthesist as sy
from pooling import arbiter
from synthesist.pooling import TAU2_ESTIMATORS, pool

ESTIMATORS = sorted(set(TAU2_ESTIMATORS) - {"GENQ"})


@pytest.fixture(autouse=True, scope="module")
def digits():
    with mp.workdps(50):
        yield


def spread(seed, k, orders):
    """Draw effects whose variances span so many orders of magnitude."""
    rng = np.random.default_rng(seed)
    v = 10.0 ** rng.uniform(-orders / 2, orders / 2, k)
    v[:2] = 10.0 ** (-orders / 2), 10.0 ** (orders / 2)
    y = rng.normal(0, np.sqrt(v + rng.choice([0.0, 1e-3, 1.0, 1e3])))
    return y, v


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("k", [2, 3, 10])
def test_variances_over_twelve_orders_of_magnitude(seed, k):
    y, v = spread(seed, k, 12)
    table = {"yi": y, "vi": v}
    tau2 = arbiter.dersimonian_laird(y, v)
    ours = pool(table, tau2="DL")
    assert_allclose(ours.tau2, float(tau2), rtol=1e-10)
    sums = arbiter.Sums(y, v, ours.tau2)
    assert_allclose(ours.estimate, float(sums.mean), rtol=1e-10, atol=1e-14)
    assert_allclose(ours.q, float(arbiter.Sums(y, v).q), rtol=1e-10)
    for code, restricted in (("ML", False), ("REML", True)):
        found = pool(table, tau2=code).tau2
        if found > 0:
            exact = arbiter.solve_near(
                lambda t, r=restricted: arbiter.score(y, v, t, restricted=r), found
            )
            assert_allclose(found, float(exact), rtol=1e-8)
    found = pool(table, tau2="PM")
    if found.tau2 > 0:
        exact = arbiter.solve_near(
            lambda t: arbiter.Sums(y, v, t).q - (k - 1), found.tau2
        )
        assert_allclose(found.tau2, float(exact), rtol=1e-8)


@pytest.mark.parametrize("seed", range(6))
def test_profile_limits_at_fifty_digits(seed):
    y, v = spread(seed, 6, 6)
    found = pool({"yi": y, "vi": v}).tau2_interval
    if found is None:
        assert arbiter.Sums(y, v).q < 0.8312116134866
        return
    for limit, tail in ((found.lower, 0.025), (found.upper, 0.975)):
        if limit > 0:
            q = arbiter.Sums(y, v, limit).q
            upper = mp.gammainc(mp.mpf(5) / 2, q / 2, mp.inf, regularized=True)
            assert_allclose(float(upper), tail, rtol=1e-9)


@pytest.mark.parametrize("code", ESTIMATORS)
@pytest.mark.parametrize("k", [2, 3, 50])
def test_equal_effects(code, k):
    found = pool({"yi": [0.3] * k, "vi": np.linspace(0.1, 2, k)}, tau2=code)
    assert (found.estimate, found.tau2, found.q) == (0.3, 0, 0)
    assert found.interval.lower < 0.3 < found.interval.upper


@pytest.mark.parametrize("code", ESTIMATORS)
def test_equal_effects_without_a_guard_have_no_width_and_no_test(code):
    found = pool(
        {"yi": [0.3] * 4, "vi": [0.1, 0.2, 0.3, 0.4]}, tau2=code, interval="HK"
    )
    if code == "CE":
        return
    assert found.interval.lower == found.interval.upper == 0.3
    assert (found.statistic, found.p) == (None, None)
    assert any("no test" in note for note in found.notes)
    found.to_dict()
    found.summary()


@pytest.mark.parametrize("code", ESTIMATORS)
def test_equal_variances(code):
    y = np.array([0.1, 0.5, -0.2, 0.9])
    found = pool({"yi": y, "vi": [0.01] * 4}, tau2=code)
    plain = np.var(y, ddof=1) - 0.01
    if code in {"DL", "DL2", "HE", "HE2", "PM", "EB", "REML"}:
        assert_allclose(found.tau2, plain, rtol=1e-12)
    if code == "ML":
        assert_allclose(found.tau2, np.var(y) - 0.01, rtol=1e-12)
    assert_allclose(found.estimate, y.mean(), rtol=1e-12)


def test_a_hundred_thousand_studies():
    rng = np.random.default_rng(7)
    v = rng.uniform(0.01, 1, 100_000)
    y = rng.normal(0.2, np.sqrt(0.09 + v))
    found = pool({"yi": y, "vi": v})
    assert_allclose(found.tau2, 0.09, rtol=0.05)
    assert found.tau2_interval.lower < 0.09 < found.tau2_interval.upper
    w = 1 / (v + found.tau2)
    score = np.sum((w * (y - found.estimate)) ** 2) - np.sum(w) + np.sum(w**2) / w.sum()
    assert abs(score) < 1e-9 * np.sum(w)


@pytest.mark.parametrize("code", ESTIMATORS)
@pytest.mark.parametrize("scale", [1e-30, 1e-12, 1e30, 1e60])
def test_physical_units(code, scale):
    y, v = np.array([1.0, 3.0, 2.5, 0.1]), np.array([0.1, 0.4, 0.2, 0.3])
    one = pool({"yi": y, "vi": v}, tau2=code)
    two = pool({"yi": scale * y, "vi": scale**2 * v}, tau2=code)
    assert_allclose(two.estimate / scale, one.estimate, rtol=1e-9)
    assert_allclose(two.tau2 / scale**2, one.tau2, rtol=1e-9)


@given(
    rows=st.lists(
        st.tuples(
            st.floats(-1e8, 1e8, allow_subnormal=False),
            st.floats(-12, 12).map(lambda x: 10.0**x),
        ),
        min_size=2,
        max_size=30,
    )
)
def test_any_data_have_an_answer(rows):
    y, v = map(list, zip(*rows, strict=True))
    for code in ESTIMATORS:
        found = pool({"yi": y, "vi": v}, tau2=code)
        assert np.isfinite([found.estimate, found.se, found.tau2, found.q]).all()
        assert min(y) - 1e-6 <= found.estimate <= max(y) + 1e-6
        assert found.tau2 >= 0


@pytest.mark.parametrize("bad", [0.0, -0.1])
def test_a_variance_that_is_not_above_zero_is_named(bad):
    with pytest.raises(sy.InvalidInput, match="vi"):
        pool({"yi": [0.1, 0.2], "vi": [0.1, bad]})
