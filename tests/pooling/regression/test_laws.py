"""Laws of meta-regression."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import synthesist as sy
from synthesist.pooling import pool
from synthesist.pooling.regression.contrasts import choose_pivots
from synthesist.pooling.regression.heterogeneity import REGRESSION_TAU2
from synthesist.pooling.regression.likelihood import log_likelihood

FEW = settings(max_examples=25, deadline=None)


@dataclass
class Case:
    y: np.ndarray
    v: np.ndarray
    x: np.ndarray

    def data(self, **other):
        return {"yi": self.y, "vi": self.v, "x": self.x, **other}


@st.composite
def cases(draw, smallest=1e-2, largest=1e1):
    k = draw(st.integers(5, 12))
    numbers = st.floats(-5, 5, allow_subnormal=False).map(lambda x: round(x, 3))
    y = np.array(draw(st.lists(numbers, min_size=k, max_size=k)))
    x = np.array(draw(st.lists(numbers, min_size=k, max_size=k)))
    v = np.array(draw(st.lists(st.floats(smallest, largest), min_size=k, max_size=k)))
    assume(np.ptp(x) > 0.5)
    assume(np.ptp(y) > 0.01)
    return Case(y, v, x)


def same(a, b, rtol=1e-6, atol=1e-7):
    assert_allclose(a.estimate, b.estimate, rtol=rtol, atol=atol)
    assert_allclose(a.se, b.se, rtol=rtol, atol=atol)
    assert_allclose(a.tau2, b.tau2, rtol=rtol, atol=atol)


@FEW
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_studies_is_irrelevant(case, random):
    order = list(range(len(case.y)))
    random.shuffle(order)
    shuffled = Case(case.y[order], case.v[order], case.x[order])
    same(sy.regress(case.data(), "x"), sy.regress(shuffled.data(), "x"))


@FEW
@given(cases(), st.floats(0.1, 10), st.floats(-3, 3), st.floats(-2, 2))
def test_units_and_shifts_go_through(case, scale, shift, slope):
    before = sy.regress(case.data(), "x")
    y = scale * case.y + shift + slope * case.x
    after = sy.regress({"yi": y, "vi": scale**2 * case.v, "x": case.x}, "x")
    expected = scale * before.estimate + np.array([shift, slope])
    assert_allclose(after.estimate, expected, rtol=1e-6, atol=1e-6)
    assert_allclose(after.tau2, scale**2 * before.tau2, rtol=1e-6, atol=1e-6)
    assert_allclose(after.se, scale * before.se, rtol=1e-6)


@FEW
@given(cases(), st.floats(0.1, 10), st.floats(-30, 30))
def test_units_of_a_moderator_are_irrelevant_to_all_but_its_coefficient(
    case, scale, shift
):
    before = sy.regress(case.data(), "x")
    after = sy.regress({**case.data(), "x": scale * case.x + shift}, "x")
    assert_allclose(after.estimate[1] * scale, before.estimate[1], rtol=1e-6, atol=1e-7)
    assert_allclose(after.fitted, before.fitted, rtol=1e-6, atol=1e-6)
    assert_allclose(after.tau2, before.tau2, rtol=1e-6, atol=1e-7)
    assert_allclose(after.test.statistic, before.test.statistic, rtol=1e-5, atol=1e-7)


@FEW
@given(cases(), st.sampled_from(sorted(REGRESSION_TAU2)))
def test_a_constant_alone_is_pooling(case, code):
    for test, interval in (
        ("normal", "normal"),
        ("HK", "HK"),
        ("HK-guarded", "HK-guarded"),
    ):
        fit = sy.regress(case.data(), "~ 1", tau2=code, test=test)
        pooled = pool(case.data(), tau2=code, interval=interval)
        assert_allclose(fit.estimate[0], pooled.estimate, rtol=1e-7, atol=1e-9)
        assert_allclose(fit.se[0], pooled.se, rtol=1e-6, atol=1e-12)
        assert_allclose(fit.tau2, pooled.tau2, rtol=1e-6, atol=1e-8)
        assert_allclose(fit.i2, pooled.i2, rtol=1e-6, atol=1e-6)
        found = fit.predict({"x": [0.0]})
        if pooled.prediction is not None:
            limits = (pooled.prediction.lower, pooled.prediction.upper)
            assert_allclose(
                (found.pi_lower[0], found.pi_upper[0]), limits, rtol=1e-6, atol=1e-7
            )


@FEW
@given(cases())
def test_generalised_q_is_what_paule_and_mandel_ask(case):
    fit = sy.regress(case.data(), "x", tau2="PM")
    assert fit.tau2 == sy.regress(case.data(), "x", tau2="EB").tau2
    if fit.tau2 > 0:
        assert_allclose(fit.core.solved.q[0], len(case.y) - 2, rtol=1e-10)


@FEW
@given(cases(smallest=1e-6, largest=1e6), st.booleans())
def test_no_tau2_is_more_likely(case, restricted):
    X = np.column_stack([np.ones(len(case.y)), case.x])
    contrasts = choose_pivots(X, case.v, ("a", "b")).contrasts(
        case.y[None], case.v[None]
    )
    code = "REML" if restricted else "ML"
    tau2 = REGRESSION_TAU2[code].estimate(contrasts).tau2
    best = log_likelihood(contrasts.at(tau2), restricted=restricted)[0]
    scan = np.concatenate([[0.0], np.geomspace(1e-8, 1e8, 800)])
    heights = np.array(
        [
            log_likelihood(contrasts.at(np.array([t])), restricted=restricted)[0]
            for t in scan
        ]
    )
    assert heights.max() <= best + 1e-9 * max(1, abs(best))


@FEW
@given(cases(smallest=1e-12, largest=1e12))
def test_extreme_variances_give_finite_answers(case):
    for code in REGRESSION_TAU2:
        fit = sy.regress(case.data(), "x", tau2=code)
        assert np.isfinite(fit.estimate).all()
        assert (fit.se >= 0).all()
        assert fit.tau2 >= 0
        assert np.isfinite(fit.tau2)
        assert 0 <= fit.i2 <= 100
        assert all(c.interval.lower <= c.interval.upper for c in fit.coefficients)


@FEW
@given(cases(), st.floats(0.01, 2))
def test_with_equal_variances_the_tests_are_those_of_least_squares(case, v):
    """Kenward-Roger, Knapp-Hartung and ordinary least squares are then one."""
    data = {"yi": case.y, "vi": np.full(len(case.y), v), "x": case.x}
    hk, kr = (sy.regress(data, "x", test=test) for test in ("HK", "KR"))
    X = np.column_stack([np.ones(len(case.y)), case.x])
    beta, rss, *_ = np.linalg.lstsq(X, case.y, rcond=None)
    df = len(case.y) - 2
    # Where the line meets every effect, what is left is rounding.
    assume(rss[0] > 1e-20 * np.var(case.y))
    se = np.sqrt(np.diag(np.linalg.inv(X.T @ X)) * rss[0] / df)
    assert_allclose(hk.estimate, beta, rtol=1e-7, atol=1e-8)
    assert_allclose(hk.se, se, rtol=1e-7)
    if hk.tau2 > 1e-6:
        assert_allclose(kr.se, se, rtol=1e-6)
        assert_allclose([c.df for c in kr.coefficients], df, rtol=1e-6)


@FEW
@given(cases())
def test_words_and_their_indicator_are_one_moderator(case):
    words = np.where(case.x > np.median(case.x), "high", "low").tolist()
    assume(len(set(words)) == 2)
    by_word = sy.regress(case.data(g=words), "g")
    indicator = [float(word == "low") for word in words]
    same(by_word, sy.regress(case.data(g=indicator), "g"))


@pytest.mark.parametrize("seed", range(3))
def test_the_heaviest_studies_keep_their_leverage(seed):
    """One less the leverage of studies 1e20 times heavier than the rest is not noise."""
    random = np.random.default_rng(seed)
    v = np.array([1e-10, 1e-10, 1e10, 1e10, 1e10, 1e10])
    x = random.normal(size=6)
    fit = sy.regress({"yi": random.normal(size=6), "vi": v, "x": x}, "x", tau2="CE")
    free = fit.core.free
    assert (free[:2] < 1e-15).all()
    assert (free[:2] > 0).all()
    assert_allclose(free.sum(), 4, rtol=1e-12)
