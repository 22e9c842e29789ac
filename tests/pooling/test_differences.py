"""Where another program's number is not ours: docs/differences.md, row by row."""

import numpy as np
from numpy.testing import assert_allclose
from scipy import stats

from pooling.cases import data, effects, expected
from synthesist.pooling import pool


def q_at(y, v, tau2):
    """Compute generalised Q by its definition."""
    w = 1 / (v + tau2)
    return np.sum(w * (y - np.average(y, weights=w)) ** 2)


def test_row_1_r_ends_the_search_for_the_upper_limit_of_tau2_early():
    y, v = effects("stroke_stay", "MD")
    ours = pool(data("stroke_stay", "MD"), tau2="DL").tau2_interval.upper
    theirs = expected("stroke_stay", "MD", "DL", "z")["tau2_ub"]
    quantile = stats.chi2.ppf(0.025, len(y) - 1)
    assert_allclose(q_at(y, v, ours), quantile, rtol=1e-9)
    assert q_at(y, v, theirs) > 1.3 * quantile
    assert_allclose(theirs, 10 * expected("stroke_stay", "MD", "DL", "z")["tau2"])


def ml_slope(y, v, tau2):
    """Compute the derivative of the profile log-likelihood by its definition."""
    w = 1 / (v + tau2)
    residual = y - np.average(y, weights=w)
    return 0.5 * (np.sum((w * residual) ** 2) - np.sum(w))


def test_row_2_r_ends_its_maximum_likelihood_early():
    y, v = effects("warfarin", "IRD")
    ours = pool(data("warfarin", "IRD"), tau2="ML").tau2
    theirs = expected("warfarin", "IRD", "ML", "z")["tau2"]
    assert abs(ours - theirs) > 2e-7 * ours
    assert abs(ml_slope(y, v, ours)) < 1e-6 * abs(ml_slope(y, v, theirs))


def test_row_3_r_gives_a_small_tau2_where_the_likelihood_only_falls():
    y, v = effects("warfarin", "IRSD")
    ours = pool(data("warfarin", "IRSD"), tau2="ML").tau2
    theirs = expected("warfarin", "IRSD", "ML", "z")["tau2"]
    assert ours == 0 < theirs
    assert ml_slope(y, v, 0.0) < 0
    scan = np.geomspace(1e-9, 10, 2000)
    assert max(ml_slope(y, v, tau2) for tau2 in scan) < 0
