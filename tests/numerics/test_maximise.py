"""Maxima of functions whose tops are known."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from synthesist.errors import NotConverged
from synthesist.numerics.maximise import Height, climb, maximise, sharpened

FAR = np.array([1e6, 1e6])


def bowl(at):
    """A bent valley with its top at (1, 2)."""
    x, y = at
    u, w = x - 1, y - 2 - (x - 1) ** 2
    value = -(u * u) - 5 * w * w
    gradient = np.array([-2 * u + 20 * w * u, -10 * w])
    return Height(value, gradient, np.diag([2.0 + 40 * u * u, 10.0]))


def test_a_bent_valley_is_climbed_to_all_digits():
    top = climb(bowl, np.array([-4.0, 9.0]), -FAR, FAR)
    assert_allclose(top.at, [1, 2], atol=1e-10)
    assert top.free.all()
    assert_allclose(top.information, [[2, 0], [0, 10]], atol=1e-2)
    top = sharpened(bowl, top, -FAR, FAR)
    assert_allclose(top.information, [[2, 0], [0, 10]], atol=1e-6)
    assert_allclose(top.covariance(), np.diag([0.5, 0.1]), atol=1e-6)


def test_a_top_beyond_a_bound_is_found_on_it():
    top = climb(bowl, np.array([3.0, 9.0]), np.array([1.5, -50.0]), FAR)
    assert top.at[0] == 1.5
    assert not top.free[0]
    assert_allclose(top.at[1], 2.25, atol=1e-9)
    assert np.isnan(top.covariance()[0, 0])
    assert_allclose(top.covariance()[1, 1], 0.1, rtol=1e-2)


def two(at):
    """Two tops, the one at -2 higher."""
    (x,) = at
    a, b = np.exp(-((x + 2) ** 2)), 0.5 * np.exp(-((x - 2) ** 2))
    gradient = np.array([-2 * (x + 2) * a - 2 * (x - 2) * b])
    return Height(a + b, gradient, np.array([[2.0]]))


def test_both_tops_are_found_once_and_the_higher_is_first():
    starts = [np.array([x]) for x in (-3.0, -1.0, 1.5, 3.0)]
    first, second = maximise(two, starts, np.array([-9.0]), np.array([9.0]))
    assert_allclose(first.at, [-2], atol=1e-6)
    assert_allclose(second.at, [2], atol=1e-6)
    assert first.value > second.value


def test_a_saddle_is_left():
    def saddle(at):
        x, y = at
        value = x * x - x**4 - y * y
        gradient = np.array([2 * x - 4 * x**3, -2 * y])
        return Height(value, gradient, np.diag([2.0, 2.0]))

    top = climb(saddle, np.array([0.0, 1.0]), -FAR, FAR)
    assert_allclose(abs(top.at[0]), np.sqrt(0.5), atol=1e-9)


def test_an_endless_slope_is_flat():
    def slope(at):
        x, y = at
        tail = np.exp(-x)
        return Height(
            -tail - y * y, np.array([tail, -2 * y]), np.diag([tail * tail, 2.0])
        )

    top = climb(slope, np.zeros(2), -FAR, np.array([30.0, 1e6]))
    assert top.value > -1e-9
    assert top.flat or not top.free[0]


def test_what_has_no_top_is_an_error():
    def nowhere(at):
        del at
        return Height(np.nan, np.array([1.0]), np.array([[1.0]]))

    with pytest.raises(NotConverged):
        maximise(nowhere, [np.zeros(1)], np.array([-1.0]), np.array([1.0]))
