"""Serum creatinine at 6 months of one trial, beside the value that a review printed."""

import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy

DENG = golden.load("published/deng2017_creatinine.toml")
EXPECTED = DENG["expected"]
PRINTED = DENG["printed_elsewhere"]


@pytest.fixture(scope="module")
def fit():
    arms = {name: [value] for name, value in DENG["arms"].items()}
    return sy.pool(sy.effect_table(arms, "MD"))


def test_the_mean_difference_follows_from_the_printed_arms(fit):
    atol = 0.5 * 10.0 ** -EXPECTED["digits"]
    assert_allclose(fit.effects.y, [EXPECTED["md"]], rtol=1e-12)
    assert_allclose(fit.effects.v, [EXPECTED["variance"]], rtol=1e-12)
    assert_allclose(fit.interval.lower, EXPECTED["low"], rtol=0, atol=atol)
    assert_allclose(fit.interval.upper, EXPECTED["high"], rtol=0, atol=atol)


def test_the_printed_value_is_the_same_up_to_the_rounding_of_the_means(fit):
    # A printed mean is anything within half a unit; two of them make one unit.
    allowed = 2 * 0.5 * 10.0 ** -DENG["source"]["digits"]
    half_digit = 0.5 * 10.0 ** -PRINTED["digits"]
    assert abs(fit.estimate - PRINTED["md"]) <= allowed + half_digit
    # Standard deviations and numbers are the same: so is the width.
    ours = fit.interval.upper - fit.interval.lower
    theirs = PRINTED["high"] - PRINTED["low"]
    assert_allclose(ours, theirs, rtol=0, atol=2 * half_digit)
    # The values are not the same to their last digit, and are not to be forced.
    assert abs(fit.estimate - PRINTED["md"]) > half_digit
