"""What a printed number implies, by the worked examples of the Handbook."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import golden
from synthesist.effects import conversions

HANDBOOK = golden.load("published/handbook_chapter6.toml")


def test_a_standard_deviation_from_an_interval():
    given = HANDBOOK["interval"]
    sd = conversions.sd_from_interval(given["low"], given["high"], given["n"])
    assert_allclose(sd, given["sd"], atol=0.005)


def test_a_standard_deviation_from_a_p_value():
    given = HANDBOOK["p_value"]
    n_t, n_c = given["n_t"], given["n_c"]
    se = conversions.se_from_t_test_p(given["difference"], given["p"], n_t + n_c - 2)
    assert_allclose(se, given["se"], atol=0.005)
    sd = conversions.sd_from_difference_p(given["difference"], given["p"], n_t, n_c)
    # The Handbook goes on with its rounded standard error.
    assert_allclose(sd, given["sd"], atol=0.02)


def test_correlations_from_three_deviations():
    for case in HANDBOOK["correlation"]:
        r = conversions.correlation_from_sds(
            case["sd_pre"], case["sd_post"], case["sd_change"]
        )
        assert_allclose(r, case["r"], atol=0.005)


@given(st.floats(0.1, 9), st.floats(0.1, 9), st.floats(-0.95, 0.95))
def test_deviation_and_correlation_are_inverse(sd_pre, sd_post, r):
    change = conversions.sd_of_change(sd_pre, sd_post, r)
    back = conversions.correlation_from_sds(sd_pre, sd_post, change)
    assert_allclose(back, r, atol=1e-6)


@given(
    st.lists(st.floats(-9, 9), min_size=2, max_size=9),
    st.lists(st.floats(-9, 9), min_size=2, max_size=9),
)
def test_two_groups_taken_as_one_are_one(first, second):
    n, mean, sd = conversions.combine_groups(
        (np.array(len(first)), np.array(len(second))),
        (np.mean(first), np.mean(second)),
        (np.std(first, ddof=1), np.std(second, ddof=1)),
    )
    both = first + second
    assert n == len(both)
    assert_allclose(mean, np.mean(both), atol=1e-9)
    assert_allclose(sd, np.std(both, ddof=1), rtol=1e-9, atol=1e-7)


def test_quantiles_of_the_usual_levels():
    assert_allclose(conversions.normal_quantile(0.95), 1.959963984540054, rtol=1e-14)
    assert_allclose(conversions.normal_quantile(95), 1.959963984540054, rtol=1e-14)
    # Table of Student's distribution, 24 degrees of freedom.
    assert_allclose(conversions.t_quantile(0.95, np.array(24.0)), 2.0639, atol=5e-5)
