"""Quantiles and tails against mpmath at 50 digits."""

import mpmath as mp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from synthesist.numerics.distributions import (
    chi2_quantile,
    chi2_tail,
    chi2_upper_quantile,
    normal_quantile,
    t_quantile,
    t_two_sided,
)


@pytest.fixture(autouse=True, scope="module")
def digits():
    with mp.workdps(50):
        yield


def t_upper(df, x):
    df, x = mp.mpf(df), mp.mpf(x)
    return mp.betainc(df / 2, mp.mpf(1) / 2, 0, df / (df + x * x), regularized=True) / 2


def chi2_upper(df, x):
    return mp.gammainc(mp.mpf(df) / 2, mp.mpf(x) / 2, mp.inf, regularized=True)


DFS = np.array([1.0, 2.0, 3.0, 12.0, 59.0, 999.0])


@pytest.mark.parametrize("df", DFS)
def test_quantiles_are_where_the_tails_say(df):
    one = np.array([df])
    for upper in (0.025, 0.05, 0.005):
        t = t_quantile(1 - upper, one)[0]
        assert_allclose(float(t_upper(df, t)), upper, rtol=1e-12)
        x = chi2_upper_quantile(upper, one)[0]
        assert_allclose(float(chi2_upper(df, x)), upper, rtol=1e-12)
        x = chi2_quantile(upper, one)[0]
        assert_allclose(float(1 - chi2_upper(df, x)), upper, rtol=1e-12)


@pytest.mark.parametrize("df", DFS)
def test_tails_keep_their_digits_far_out(df):
    for x in (0.3, 2.0, 11.0, 40.0):
        ours = t_two_sided(np.array([-x]), np.array([df]))[0]
        assert_allclose(ours, float(2 * t_upper(df, x)), rtol=1e-11)
        ours = chi2_tail(np.array([x]), np.array([df]))[0]
        assert_allclose(ours, float(chi2_upper(df, x)), rtol=1e-11)


def test_infinite_degrees_of_freedom_are_normal():
    infinite = np.array([np.inf, 4.0, np.inf])
    quantile = t_quantile(0.975, infinite)
    assert quantile[0] == quantile[2] == normal_quantile(0.975) != quantile[1]
    p = t_two_sided(np.array([1.96, 1.96, -1.96]), infinite)
    assert p[0] == p[2] < p[1]
    assert_allclose(p[0], float(mp.erfc(1.96 / mp.sqrt(2))), rtol=1e-12)


def test_no_degrees_of_freedom_have_no_quantile():
    assert np.isnan(t_quantile(0.975, np.array([0.0, np.nan]))).all()
