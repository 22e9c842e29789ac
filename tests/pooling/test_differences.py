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
