"""Models with the weights of a common effect: IVhet, Henmi-Copas, multiplicative."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from synthesist.pooling import pool

FROM_R = golden.load("models")
CASES = [name for name in FROM_R if not name.startswith("_")]
CODES = ["ivhet", "henmi-copas", "multiplicative"]


def table(case):
    return {"yi": FROM_R[case]["yi"], "vi": FROM_R[case]["vi"]}


def numbers(fit):
    limits = fit.interval
    return {
        "estimate": fit.estimate,
        "se": fit.se,
        "statistic": fit.statistic,
        "p": fit.p,
        "ci_lb": limits.lower,
        "ci_ub": limits.upper,
        "tau2": fit.tau2,
    }


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("code", CODES)
def test_models_agree_with_r(case, code):
    ours = numbers(pool(table(case), model=code))
    # R's inner integral of hc() is good to some five digits.
    rtol = 2e-5 if code == "henmi-copas" else 1e-8
    for name, theirs in FROM_R[case][code.replace("-", "_")].items():
        assert_allclose(ours[name], theirs, rtol=rtol, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("code", CODES)
def test_weights_are_those_of_a_common_effect(code):
    fit = pool(table("bcg/RR"), model=code)
    common = pool(table("bcg/RR"), tau2="CE")
    assert_allclose(fit.weights, common.weights)
    assert_allclose(fit.estimate, common.estimate)
    assert (fit.model, fit.rules["model"], fit.prediction) == (code, code, None)


def test_henmi_and_copas_give_an_interval_and_no_test():
    fit = pool(table("bcg/RR"), model="henmi-copas")
    assert fit.p is None
    assert fit.statistic is None
    assert any("no test" in note for note in fit.notes)


@pytest.mark.parametrize("code", ["ivhet", "henmi-copas"])
def test_without_heterogeneity_the_interval_is_near_the_normal_one(code):
    normal = pool(table("catheters/OR"), tau2="CE").interval
    found = pool(table("catheters/OR"), model=code).interval
    if code == "ivhet":
        assert_allclose([found.lower, found.upper], [normal.lower, normal.upper])
    else:
        # Q was not above its degrees of freedom, but might have been: narrower.
        assert normal.lower < found.lower < found.upper < normal.upper


@pytest.mark.parametrize("code", CODES)
def test_one_study_is_itself(code):
    fit = pool({"yi": [0.3], "vi": [0.04]}, model=code)
    assert (fit.estimate, fit.se, fit.model) == (0.3, 0.2, code)
    assert_allclose(fit.interval.upper, 0.3 + 1.959963984540054 * 0.2)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_models_follow_a_change_of_unit(code, scale):
    y, v = np.array(FROM_R["bcg/RR"]["yi"]), np.array(FROM_R["bcg/RR"]["vi"])
    one, other = (
        numbers(pool({"yi": s * y, "vi": s * s * v}, model=code)) for s in (1, scale)
    )
    for name in ("estimate", "se", "ci_lb", "ci_ub"):
        assert_allclose(other[name], scale * one[name], rtol=1e-9)


@pytest.mark.parametrize("code", CODES)
def test_one_study_may_outweigh_the_rest_by_twelve_orders(code):
    fit = pool({"yi": [0.1, 0.5, -0.2], "vi": [1e-8, 1e3, 1e4]}, model=code)
    assert_allclose(fit.estimate, 0.1)
    assert fit.interval.lower < 0.1 < fit.interval.upper


def test_equal_effects_have_no_multiplicative_test():
    fit = pool({"yi": [0.5, 0.5, 0.5], "vi": [0.1, 0.2, 0.1]}, model="multiplicative")
    assert (fit.se, fit.p) == (0, None)
    assert any("no test" in note for note in fit.notes)


def test_effects_that_agree_make_a_narrow_multiplicative_interval():
    fit = pool(
        {"yi": [0.10, 0.11, 0.12], "vi": [0.04, 0.09, 0.16]}, model="multiplicative"
    )
    assert any("narrower than the normal" in note for note in fit.notes)


def test_a_model_that_is_not_known_is_named():
    with pytest.raises(sy.InvalidInput, match="did you mean ivhet"):
        pool(table("bcg/RR"), model="ivhe")
