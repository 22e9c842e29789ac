"""What printed estimates and P values imply, and what rounding allows."""

import math
from statistics import NormalDist

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from synthesist.checks import estimate_from_p, read_printed, remove_part
from synthesist.errors import InvalidInput, NotEstimable


def implied(estimate, p, *, log=True):
    return estimate_from_p(read_printed(estimate), read_printed(p), log=log)


#: Altman & Bland, BMJ 2011;343:d2090: "the estimate was 0.81 and P=0.03" gives
#: SE 0.0975 on the log scale by their formula for z, and 0.67 to 0.98.
def test_the_worked_example_of_altman_and_bland():
    low, high = implied("0.81", "0.03").interval()
    assert (round(low, 2), round(high, 2)) == (0.67, 0.98)


@pytest.mark.parametrize(
    ("hr", "p", "low", "high"),
    [
        ("0.97", "0.74", 0.8103, 1.1612),
        ("0.96", "0.52", 0.8477, 1.0871),
        ("1.06", "0.46", 0.9082, 1.2372),
    ],
)
def test_the_interval_holds_no_effect_when_p_says_so(hr, p, low, high):
    assert implied(hr, p).interval() == pytest.approx((low, high), abs=5e-5)


@given(st.floats(-2, 2), st.floats(0.02, 1))
def test_rounded_digits_never_exclude_the_truth(y, se):
    p = 2 * (1 - NormalDist().cdf(abs(y) / se))
    hr, p_text = f"{math.exp(y):.2f}", f"{p:.3f}"
    assume(float(hr) != 1 and 0 < float(p_text) < 1)
    found = implied(hr, p_text)
    assert found.estimate_range[0] <= y <= found.estimate_range[1]
    assert found.se_range[0] <= se * (1 + 1e-12)
    assert se <= found.se_range[1] * (1 + 1e-12)


@given(st.floats(-1, 1), st.floats(0.05, 0.5), st.floats(-1, 1), st.floats(0.05, 0.5))
def test_taking_a_part_away_undoes_putting_it_in(y_a, se_a, y_b, se_b):
    w_a, w_b = se_a**-2, se_b**-2
    whole = exact((w_a * y_a + w_b * y_b) / (w_a + w_b), (w_a + w_b) ** -0.5)
    left = remove_part(whole, exact(y_a, se_a))
    assert left.estimate == pytest.approx(y_b, abs=1e-7)
    assert left.se == pytest.approx(se_b, rel=1e-7)


def exact(y, se):
    from synthesist.checks import ImpliedEstimate

    return ImpliedEstimate(
        estimate=y, se=se, estimate_range=(y, y), se_range=(se, se), log=True
    )


def test_no_standard_error_follows_from_no_effect():
    with pytest.raises(NotEstimable, match=r"1\.00"):
        implied("1.00", "0.99")


def test_a_part_as_precise_as_the_whole_leaves_nothing():
    with pytest.raises(NotEstimable, match="nothing is left"):
        remove_part(exact(0.1, 0.2), exact(0.3, 0.2))


@pytest.mark.parametrize("text", ["<0.001", "n.s.", "", "1e-3", "0,74"])
def test_a_bound_is_no_number(text):
    with pytest.raises(InvalidInput):
        read_printed(text)
