"""What other programs got wrong once, so that we do not."""

import numpy as np
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling.cases import data
from synthesist.pooling import TAU2_ESTIMATORS, mantel_haenszel, pool


def test_tau2_of_homogeneous_effects_is_not_negative():
    """statsmodels' combine_effects leaves DerSimonian-Laird below zero."""
    even = {"yi": [0.10, 0.11, 0.12], "vi": [0.04, 0.09, 0.16]}
    for code in set(TAU2_ESTIMATORS) - {"GENQ", "SJ"}:
        assert pool(even, tau2=code).tau2 == 0
    # Sidik and Jonkman's is above zero by construction.
    assert 0 < pool(even, tau2="SJ").tau2 < 1e-4


def test_paule_mandel_and_empirical_bayes_are_one():
    """R's two differ by its loose default tolerances."""
    for file, measure in (("bcg", "RR"), ("asthma", "SMD"), ("stroke_stay", "MD")):
        one, two = (pool(data(file, measure), tau2=code).tau2 for code in ("PM", "EB"))
        assert_allclose(one, two, rtol=1e-10)


def test_mantel_haenszel_adds_nothing_to_a_table_with_a_zero():
    """R's metabin adds 1/2 by default, and so does RevMan 5."""
    columns = {"events_t": [0, 5], "n_t": [40, 50], "events_c": [4, 9], "n_c": [40, 50]}
    a, n1, c, n2 = map(np.array, columns.values())
    total = n1 + n2
    plain = np.log(np.sum(a * (n2 - c) / total) / np.sum((n1 - a) * c / total))
    assert_allclose(mantel_haenszel(columns).estimate, plain, rtol=1e-12)


def test_the_interval_of_i2_uses_twice_the_error_of_ln_h():
    """MetaWin took the standard error of ln H for that of ln H²."""
    fit = pool(data("bcg", "RR"))
    q, k = fit.q, fit.k
    se = 0.5 * (np.log(q) - np.log(k - 1)) / (np.sqrt(2 * q) - np.sqrt(2 * k - 3))
    h2 = np.exp(2 * (0.5 * np.log(q / (k - 1)) + np.array([-1, 1]) * 1.959964 * se))
    limits = [fit.i2_q_interval.lower, fit.i2_q_interval.upper]
    assert_allclose(limits, 100 * (1 - 1 / h2), rtol=1e-6)


def test_prediction_intervals_of_groups_do_not_share_their_tau2():
    """orchaRd recycled one vector of tau² over all groups."""
    trials = sy.effect_table(str(golden.data("bcg")), "RR")
    found = sy.subgroups(trials, by="allocation").fits
    for fit in (found["random"], found["systematic"]):
        half = (fit.prediction.upper - fit.prediction.lower) / 2
        t = (fit.interval.upper - fit.interval.lower) / 2 / fit.se
        assert_allclose(half, t * np.sqrt(fit.tau2 + fit.se**2), rtol=1e-10)
    assert found["random"].tau2 != found["systematic"].tau2


def test_maximum_likelihood_stays_at_a_boundary_that_is_the_maximum():
    """PyMARE's flips on ten studies of very different size; R's stops short of it."""
    y = np.array([0.2, 0.1, 0.15, 0.18, 0.12, 0.2, 0.1, 0.3, 0.05, 0.16])
    v = np.array([1e-6, 1.0, 2.0, 0.5, 10.0, 0.1, 0.01, 5.0, 1.0, 1e-3])
    fit = pool({"yi": y, "vi": v}, tau2="ML")
    w = 1 / v
    residual = y - np.average(y, weights=w)
    assert np.sum((w * residual) ** 2) < np.sum(w)
    assert fit.tau2 == 0
