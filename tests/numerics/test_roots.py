"""Roots of falling functions, also where Newton's method alone would wander."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from synthesist.numerics.roots import falling_root, falling_root_near


def logistic(x, n, tau):
    """Return a slope on which plain Newton's method cycles for ever."""

    def function(z):
        p = 1 / (1 + np.exp(-np.clip(tau * z, -700, 700)))
        return tau * (x - n * p) - z, -tau * tau * n * p * (1 - p) - 1

    return function


@given(
    x=st.floats(0, 1),
    n=st.floats(1, 1e6),
    tau=st.floats(1e-3, 50),
)
def test_logistic_slopes_have_their_root(x, n, tau):
    function = logistic(x * n, n, tau)
    ends = sorted((0.0, float(function(0.0)[0])))
    root = falling_root(function, *(np.array([end]) for end in ends))
    near = falling_root_near(
        lambda z: tuple(map(float, function(z))),
        0.0,
        tolerance=lambda z, _: 1e-13 * abs(z),
        longest=2.0,
    )
    value, slope = function(root[0])
    assert abs(value) <= 1e-9 * (abs(slope) * abs(root[0]) + tau * n)
    assert_allclose(near, root[0], rtol=1e-6, atol=1e-9)


def test_many_roots_at_once():
    targets = np.array([-3.0, 0.0, 1e-12, 2.5, 1e9])
    found = falling_root(
        lambda z: (targets - z, -np.ones_like(z)),
        np.minimum(targets, 0.0),
        np.maximum(targets, 0.0),
    )
    assert_allclose(found, targets, rtol=1e-14)


@pytest.mark.parametrize("start", [-1e3, 0.0, 1e3])
def test_a_root_is_reached_from_afar(start):
    root = falling_root_near(
        lambda z: (float(np.arctan(1.5 - z)), float(-1 / (1 + (1.5 - z) ** 2))),
        start,
        tolerance=lambda _, slope: 1e-12,
        longest=50.0,
    )
    assert_allclose(root, 1.5, atol=1e-10)
