"""Confidence and prediction intervals of the pooled effect."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import golden
import synthesist as sy
from pooling.cases import data, expected, fits
from synthesist.pooling import INTERVALS, PREDICTIONS, pool

FURTHER = golden.load("heterogeneity")
CASES = [name for name in FURTHER if not name.startswith("_")]

#: y = .10 .11 .12, v = .04 .09 .16: worked by hand; printed with three decimals.
CLOSE = {"yi": [0.10, 0.11, 0.12], "vi": [0.04, 0.09, 0.16]}


def limits(fit):
    return [fit.interval.lower, fit.interval.upper]


@pytest.mark.parametrize("case", CASES)
def test_kenward_roger_agrees_with_its_matrices(case):
    r = FURTHER[case]["kenward_roger"]
    fit = pool({"yi": FURTHER[case]["yi"], "vi": FURTHER[case]["vi"]}, interval="KR")
    ours = [fit.estimate, fit.se, fit.df, *limits(fit), fit.p]
    theirs = [r["estimate"], r["se"], r["df"], r["ci_lb"], r["ci_ub"], r["p"]]
    assert_allclose(ours, theirs, rtol=1e-7)


def test_without_a_guard_effects_that_agree_make_a_narrow_interval():
    fit = pool(CLOSE, interval="HK")
    assert_allclose(limits(fit), [0.083, 0.128], atol=5e-4)
    assert any("narrower than the normal" in note for note in fit.notes)
    plain = pool(CLOSE, interval="normal")
    assert_allclose(limits(plain), [-0.196, 0.407], atol=5e-4)
    guarded = pool(CLOSE, interval="HK-guarded")
    assert_allclose(guarded.se, plain.se)
    assert_allclose(
        limits(guarded),
        plain.estimate + np.array([-1, 1]) * stats.t.ppf(0.975, 2) * plain.se,
    )
    hybrid = pool(CLOSE, interval="HK-hybrid")
    assert limits(hybrid) == limits(plain)
    assert hybrid.df is None


@pytest.mark.parametrize(("file", "measure", "code"), fits("REML", ending="knha"))
def test_the_hybrid_is_the_wider_of_two(file, measure, code):
    r = {end: expected(file, measure, code, end) for end in ("z", "knha")}
    wider = max(r.values(), key=lambda fit: fit["ci_ub"] - fit["ci_lb"])
    fit = pool(data(file, measure), tau2=code, interval="HK-hybrid")
    assert_allclose(
        limits(fit), [wider["ci_lb"], wider["ci_ub"]], rtol=1e-7, atol=1e-10
    )


@pytest.mark.parametrize(("file", "measure", "code"), fits("REML", ending="knha"))
def test_the_guard_never_takes_less_than_the_known_variances(file, measure, code):
    r = {end: expected(file, measure, code, end) for end in ("z", "knha")}
    fit = pool(data(file, measure), tau2=code)
    assert_allclose(fit.se, max(r["z"]["se"], r["knha"]["se"]), rtol=1e-7)
    k = r["z"]["k"]
    half = stats.t.ppf(0.975, k - 1) * fit.se
    assert_allclose(limits(fit), [fit.estimate - half, fit.estimate + half], rtol=1e-10)


def test_every_interval_has_a_reference():
    # HK-IQWiG is held against its definition in test_profiles.py.
    usual = {"normal", "HK", "HK-guarded", "HK-hybrid", "KR"}
    assert set(INTERVALS) == usual | {"HK-IQWiG", "PL"}


@pytest.mark.parametrize("case", CASES)
def test_profile_likelihood_of_the_mean_agrees_with_r(case):
    table = {"yi": FURTHER[case]["yi"], "vi": FURTHER[case]["vi"]}
    fit = pool(table, interval="PL")
    assert fit.tau2_method == "ML"
    assert_allclose(limits(fit), FURTHER[case]["mean_profile"], rtol=1e-7)


@pytest.mark.parametrize("case", ["bcg/RR", "catheters/OR", "adherence/ZCOR"])
def test_the_likelihood_ratio_test_and_its_interval_say_the_same(case):
    y = np.array(FURTHER[case]["yi"])
    end = limits(pool({"yi": y, "vi": FURTHER[case]["vi"]}, interval="PL"))[1]
    fit = pool({"yi": y - end, "vi": FURTHER[case]["vi"]}, interval="PL")
    assert_allclose(fit.p, 0.05, rtol=1e-6)
    assert_allclose(fit.statistic, stats.norm.ppf(0.025), rtol=1e-6)


def test_profile_likelihood_goes_with_its_own_estimator():
    with pytest.raises(sy.InvalidInput, match="goes with the estimator ML"):
        pool(CLOSE, tau2="REML", interval="PL")
    assert pool(CLOSE, tau2="CE", interval="PL").rules["interval"] == "normal"


@pytest.mark.parametrize(
    ("code", "df"),
    [("z", np.inf), ("k-1", 12), ("k-2", 11), ("KR", None), ("KR-1", None)],
)
def test_a_prediction_interval_is_t_times_both_variances(code, df):
    interval = "KR" if code.startswith("KR") else "HK-guarded"
    fit = pool(data("bcg", "RR"), prediction=code, interval=interval)
    df = {"KR": fit.df, "KR-1": fit.df - 1}.get(code, df)
    half = stats.t.ppf(0.975, df) * np.sqrt(fit.tau2 + fit.se**2)
    assert_allclose(fit.prediction.lower, fit.estimate - half, rtol=1e-10)
    assert_allclose(fit.prediction.upper, fit.estimate + half, rtol=1e-10)


def test_every_prediction_has_a_reference():
    # z and k-1 are held against R in test_pool.py, all against their formula above.
    assert set(PREDICTIONS) == {"z", "k-1", "k-2", "KR", "KR-1", "none"}


def test_a_prediction_may_be_left_out():
    fit = pool(data("bcg", "RR"), prediction="none")
    assert fit.prediction is None
    few = pool({"yi": [0.1, 0.5], "vi": [0.1, 0.2]}, prediction="none")
    assert not any("prediction" in note for note in few.notes)


@pytest.mark.parametrize("code", ["z", "k-1", "k-2"])
def test_two_studies_predict_nothing(code):
    fit = pool({"yi": [0.1, 0.5], "vi": [0.1, 0.2]}, prediction=code)
    assert fit.prediction is None
    assert any("at least 3 studies" in note for note in fit.notes)


def test_a_prediction_that_needs_another_interval_is_refused():
    with pytest.raises(sy.InvalidInput, match="goes with the interval KR"):
        pool(CLOSE, prediction="KR")


def test_a_common_effect_has_a_normal_interval_and_no_prediction():
    fit = pool(CLOSE, tau2="CE", interval="HK")
    assert fit.rules["interval"] == "normal"
    assert (fit.df, fit.prediction, fit.tau2_interval) == (None, None, None)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
def test_the_level_holds_for_every_interval(level):
    fit = pool(data("bcg", "RR"), level=level)
    half = stats.t.ppf(0.5 + level / 2, 12)
    assert_allclose(limits(fit)[1] - fit.estimate, half * fit.se, rtol=1e-10)
    for found in (fit.interval, fit.prediction, fit.tau2_interval, fit.i2_interval):
        assert found.level == level
