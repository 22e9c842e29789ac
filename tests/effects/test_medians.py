"""Means and standard deviations from medians, and the flag that travels with them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import golden
from synthesist import InvalidInput, effect_table
from synthesist.effects.medians import (
    Quantiles,
    is_skewed,
    luo_mean,
    normal_moments,
    wan_sd,
    wan_shi_sd,
)
from synthesist.effects.skewed_medians import MEDIAN_METHODS

PRINTED = golden.load("published/medians.toml")
FORMS = ({"q1", "q3"}, {"minimum", "maximum"}, {"q1", "q3", "minimum", "maximum"})


def quantiles(n, **values):
    as_array = {name: np.array([float(value)]) for name, value in values.items()}
    return Quantiles(n=np.array([float(n)]), **as_array)


def of_normal(n, mean, sd, form):
    """Return what a normal sample of size n shows on average."""
    from statistics import NormalDist

    z = NormalDist().inv_cdf
    shown = {
        "minimum": -z((n - 0.375) / (n + 0.25)),
        "q1": -z((0.75 * n - 0.125) / (n + 0.25)),
        "q3": z((0.75 * n - 0.125) / (n + 0.25)),
        "maximum": z((n - 0.375) / (n + 0.25)),
    }
    return quantiles(n, median=mean, **{name: mean + sd * shown[name] for name in form})


@pytest.mark.parametrize("method", ["QE", "MLN"])
def test_methods_for_skewed_data_agree_with_estmeansd(method):
    row = {key: [value] for key, value in PRINTED["group"].items()}
    effects = effect_table(row, "MN", medians=method)
    expected = PRINTED[method]
    tolerance = {"rtol": 0, "atol": expected["tolerance"]}
    assert_allclose(effects.cells["mean"], expected["mean"], **tolerance)
    assert_allclose(effects.cells["sd"], expected["sd"], **tolerance)


@pytest.mark.parametrize("case", PRINTED["wan"])
def test_the_range_gives_a_standard_deviation(case):
    group = quantiles(case["n"], minimum=case["min"], maximum=case["max"])
    assert_allclose(wan_shi_sd(group), case["sd"], atol=5e-5)


@pytest.mark.parametrize("form", FORMS, ids=len)
@pytest.mark.parametrize("n", [5, 20, 100, 1000])
def test_normal_data_give_back_their_moments(n, form):
    group = of_normal(n, 10, 3, form)
    assert_allclose(luo_mean(group), 10, rtol=1e-12)
    assert_allclose(wan_sd(group), 3, rtol=1e-12)
    # Shi's weights for range and quartiles add up to one only nearly.
    assert_allclose(wan_shi_sd(group), 3, rtol=0.01 if len(form) == 4 else 1e-12)
    assert not is_skewed(group).any()


@pytest.mark.parametrize("form", FORMS, ids=len)
def test_weights_of_the_papers(form):
    # A value moved by 1 moves the mean by its weight, worked by hand for n = 40.
    n = 40
    base = {"median": 0.0, **dict.fromkeys(form, 0.0)}
    weight = {
        2: {"q1": (0.7 + 0.39 / n) / 2, "minimum": 2 / (4 + n**0.75)},
        4: {"q1": (0.7 - 0.72 / n**0.55) / 2, "minimum": 1.1 / (2.2 + n**0.75)},
    }[len(form)]
    for name in form & {"q1", "minimum"}:
        moved = luo_mean(quantiles(n, **base | {name: 1.0}))
        assert_allclose(moved, weight[name], rtol=1e-14)


@given(st.floats(-20, 20), st.floats(0.1, 20), st.integers(5, 500))
def test_units_do_not_matter(shift, factor, n):
    values = {"minimum": 2, "q1": 4, "median": 5, "q3": 9, "maximum": 20}
    one = quantiles(n, **values)
    two = quantiles(n, **{k: shift + factor * v for k, v in values.items()})
    (mean, sd), (other, other_sd) = normal_moments(one), normal_moments(two)
    assert_allclose(other, shift + factor * mean, rtol=1e-9, atol=1e-9)
    assert_allclose(other_sd, factor * sd, rtol=1e-9)


@settings(max_examples=10)
@given(factor=st.floats(0.5, 20), n=st.integers(8, 400), top=st.floats(7, 40))
def test_units_do_not_matter_to_quantile_estimation(factor, n, top):
    values = {"q1": 3, "median": 5, "q3": top}
    one = MEDIAN_METHODS["QE"](quantiles(n, **values))
    two = MEDIAN_METHODS["QE"](
        quantiles(n, **{k: factor * v for k, v in values.items()})
    )
    assert_allclose(two, factor * np.array(one), rtol=1e-4)


@pytest.mark.parametrize(
    ("family", "moments"),
    [
        ("log-normal", (np.exp(1 + 0.125), np.exp(1.125) * np.sqrt(np.expm1(0.25)))),
        ("exponential", (2.0, 2.0)),
    ],
)
def test_quantile_estimation_finds_the_family(family, moments):
    from scipy.special import ndtri

    p = np.array([0.01, 0.25, 0.5, 0.75, 0.99])
    values = np.exp(1 + 0.5 * ndtri(p)) if family == "log-normal" else -2 * np.log1p(-p)
    names = ("minimum", "q1", "median", "q3", "maximum")
    group = quantiles(100, **dict(zip(names, values, strict=True)))
    found = MEDIAN_METHODS["QE"](group)
    assert_allclose(np.ravel(found), moments, rtol=1e-6)


def test_values_below_zero_leave_the_normal():
    group = of_normal(100, -1, 2, {"q1", "q3"})
    mean, sd = MEDIAN_METHODS["QE"](group)
    assert_allclose(mean, -1, atol=1e-6)
    assert_allclose(sd, 2, rtol=0.05)
    assert np.isnan(MEDIAN_METHODS["MLN"](group)).all()


@pytest.mark.parametrize(
    ("values", "n", "skewed"),
    [
        ({"q1": 4, "median": 5, "q3": 6.2}, 50, False),
        ({"q1": 4, "median": 5, "q3": 9}, 50, True),
        ({"minimum": 2, "median": 4, "maximum": 9}, 100, True),
        ({"minimum": 2, "median": 5.3, "maximum": 9}, 100, False),
        ({"minimum": 1, "q1": 4, "median": 5, "q3": 6, "maximum": 30}, 60, True),
        ({"minimum": 1, "q1": 4, "median": 5, "q3": 6, "maximum": 9.5}, 60, False),
    ],
)
def test_skewness_is_flagged(values, n, skewed):
    assert is_skewed(quantiles(n, **values)).tolist() == [skewed]


TABLE = {
    "study": ["A", "B", "C"],
    "mean_t": [5.0, None, None],
    "sd_t": [2.0, None, None],
    "median_t": [None, 5.0, 5.0],
    "q1_t": [None, 3.5, 4.5],
    "q3_t": [None, 6.5, 12.0],
    "n_t": [30, 40, 50],
    "mean_c": [4, 4, 4],
    "sd_c": [2, 2, 2],
    "n_c": [31, 41, 51],
}


def test_medians_are_converted_only_on_request():
    with pytest.raises(InvalidInput) as caught:
        effect_table(TABLE, "MD")
    assert [p.row for p in caught.value.problems] == [2, 3]
    assert "option medians" in caught.value.problems[0].remedy
    effects = effect_table(TABLE, "MD", medians="luo-wan-shi")
    assert effects.included.all()
    assert list(effects.row_notes) == [
        "",
        "mean and SD from the median",
        "mean and SD from the median; skewed data",
    ]
    assert any("Shi's test" in note and "(C)" in note for note in effects.notes)


def test_a_mean_with_a_range_needs_no_median():
    row = {"mean": [5], "min": [1], "max": [9], "n": [30]}
    effects = effect_table(row, "MN", medians="luo-wan-shi")
    assert effects.row_notes[0] == "SD from range or quartiles"
    group = quantiles(30, minimum=1, maximum=9)
    assert_allclose(effects.v * 30, np.square(wan_shi_sd(group)), rtol=1e-14)


def test_quantiles_out_of_order_are_an_error():
    with pytest.raises(InvalidInput) as caught:
        effect_table(
            {"median": [5], "q1": [6], "q3": [8], "n": [30]}, "MN", medians="QE"
        )
    assert caught.value.problems[0].field == "median"
    with pytest.raises(InvalidInput, match="at least 5"):
        effect_table(
            {"median": [5], "q1": [4], "q3": [8], "n": [4]}, "MN", medians="QE"
        )


@pytest.mark.parametrize(
    ("way", "value"),
    [("pooled", np.sqrt((9 * 4 + 19 * 9) / 28)), ("largest", 3), ("median", 2.5)],
)
def test_a_missing_standard_deviation_may_be_that_of_the_others(way, value):
    table = {"mean": [1, 2, 3], "sd": [2, 3, None], "n": [10, 20, 30]}
    effects = effect_table(table, "MN", missing_sd=way)
    assert_allclose(effects.cells["sd"][2], value, rtol=1e-14)
    assert effects.row_notes[2] == "SD taken from the other studies"
    with pytest.raises(InvalidInput, match="option missing_sd"):
        effect_table(table, "MN")


def test_nothing_can_be_borrowed_from_nobody():
    with pytest.raises(InvalidInput, match="sd is empty"):
        effect_table({"mean": [1], "n": [9], "sd": [None]}, "MN", missing_sd="pooled")
