"""The permutation test of the pooled effect, and the interval that belongs to it."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling.cases import data
from synthesist.pooling import permutation_test, pool

FROM_R = golden.load("models")


def table(case):
    return {"yi": FROM_R[case]["yi"], "vi": FROM_R[case]["vi"]}


@pytest.mark.parametrize("case", ["diuretics/OR", "warfarin/IRR"])
def test_exact_p_values_agree_with_r(case):
    found = permutation_test(table(case), interval=False)
    assert found.p == FROM_R[case]["permutation"]["p"]
    assert (found.exact, found.seed) == (True, None)
    assert found.permutations == 2 ** len(FROM_R[case]["yi"])
    assert found.interval is None


def test_the_interval_agrees_with_r():
    theirs = FROM_R["warfarin/IRR"]["permutation"]
    found = permutation_test(table("warfarin/IRR")).interval
    assert_allclose(
        [found.lower, found.upper], [theirs["ci_lb"], theirs["ci_ub"]], rtol=1e-5
    )


def test_p_is_the_share_of_all_choices_of_signs():
    y, v = np.array([0.4, 0.9, 0.2, -0.1, 0.5]), np.array([0.1, 0.2, 0.05, 0.3, 0.1])
    statistics = [
        abs(pool({"yi": y * s, "vi": v}, tau2="DL", interval="normal").statistic)
        for s in itertools.product([1, -1], repeat=5)
    ]
    share = np.mean(np.array(statistics) >= statistics[0] - 1e-9)
    assert permutation_test({"yi": y, "vi": v}, tau2="DL", interval=False).p == share


def test_the_limits_are_where_the_test_begins_to_reject():
    effects = table("diuretics/OR")
    y = np.array(effects["yi"])
    found = permutation_test(effects, tau2="DL", level=0.9).interval
    width = found.upper - found.lower
    for limit, outward in ((found.lower, -1), (found.upper, 1)):
        for side, rejected in ((outward, True), (-outward, False)):
            shifted = y - limit - side * 1e-4 * width
            p = permutation_test(
                {"yi": shifted, "vi": effects["vi"]}, tau2="DL", interval=False
            ).p
            assert (p <= 0.1) == rejected


def test_many_studies_take_random_choices_with_a_seed():
    effects = data("head_neck", "HR")
    one, two = (permutation_test(effects, tau2="DL", seed=5) for _ in range(2))
    assert (one.exact, one.seed, one.permutations) == (False, 5, 1001)
    assert one.to_dict() == two.to_dict()
    fit = pool(effects, tau2="DL", interval="normal")
    assert one.interval.lower < fit.estimate < one.interval.upper
    width = one.interval.upper - one.interval.lower
    assert 0.7 < width / (fit.interval.upper - fit.interval.lower) < 1.4
    assert one.p <= 0.01
    assert "1001 random" in one.summary()


def test_few_studies_cannot_reject_anything():
    found = permutation_test({"yi": [0.5, 0.6, 0.7], "vi": [0.1, 0.1, 0.1]})
    assert found.p == 0.25
    assert found.interval is None
    assert "8 choices of signs" in found.notes[-1]
    assert found.to_dict()["ci_low"] is None
    assert permutation_test({"yi": [0.0, 0.0], "vi": [1.0, 1.0]}).p == 1


def test_a_fit_will_do_and_is_read_on_its_scale():
    fit = pool(sy.effect_table(str(golden.data("diuretics")), "OR"))
    found = permutation_test(fit, tau2="DL")
    again = permutation_test(fit.effects, tau2="DL")
    assert found.interval == again.interval
    shown = found.to_dict()["display"]
    assert_allclose(shown["ci_high"], np.exp(found.interval.upper))
    assert "all choices of signs" in found.summary()


@pytest.mark.parametrize(
    ("effects", "options", "error"),
    [
        ({"yi": [0.1], "vi": [0.1]}, {}, sy.NotEstimable),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.1]}, {"tau2": "GENQ"}, sy.InvalidInput),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.1]}, {"level": 1}, sy.InvalidInput),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.1]}, {"draws": 0}, sy.InvalidInput),
    ],
)
def test_what_cannot_be_permuted_is_refused(effects, options, error):
    with pytest.raises(error):
        permutation_test(effects, **options)
