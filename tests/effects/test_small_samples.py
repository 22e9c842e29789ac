"""Hedges' factor against fifty digits."""

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose

from synthesist.effects.small_samples import (
    approximate_hedges_factor,
    hedges_factor,
    no_factor,
)


def exact(m):
    with mpmath.workdps(50):
        m = mpmath.mpf(m)
        logarithm = mpmath.loggamma(m / 2) - mpmath.loggamma((m - 1) / 2)
        return float(mpmath.exp(logarithm) / mpmath.sqrt(m / 2))


@pytest.mark.parametrize(
    "m", [2, 3, 4, 5, 7.3, 8, 10, 19, 20, 50, 61, 62, 100, 1e3, 1e5, 1e9]
)
def test_the_factor_is_exact(m):
    assert_allclose(hedges_factor(np.array([m])), exact(m), rtol=1e-14)


def test_the_factor_at_the_points_of_the_literature():
    # Hedges 1981, as far as printed, and the usual approximation beside it.
    m = np.array([2.0, 8.0])
    assert_allclose(hedges_factor(m), [0.5642, 0.90270], atol=5e-5)
    assert_allclose(approximate_hedges_factor(m), [0.5714, 0.90323], atol=5e-5)
    assert_allclose(no_factor(m), [1, 1])


@pytest.mark.parametrize(
    "factor", [hedges_factor, approximate_hedges_factor, no_factor]
)
def test_one_degree_of_freedom_has_no_factor(factor):
    assert np.isnan(factor(np.array([1.0]))).all()


def test_the_factor_rises_towards_one():
    factor = hedges_factor(np.arange(2.0, 5000.0))
    assert (np.diff(factor) > 0).all()
    assert factor[-1] < 1
