"""What holds for every table, whatever stands in it."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from strategies import two_by_two
from synthesist import effect_table

#: For laws that many measures obey; each gets its share of examples.
few = settings(max_examples=15)

sizes = st.integers(2, 400)
values = st.floats(-50, 50)
positive = st.floats(0.1, 50)


@st.composite
def means(draw, level=values):
    k = draw(st.integers(1, 6))
    columns = {}
    for arm in "tc":
        columns[f"mean_{arm}"] = [draw(level) for _ in range(k)]
        columns[f"sd_{arm}"] = [draw(positive) for _ in range(k)]
        columns[f"n_{arm}"] = [draw(sizes) for _ in range(k)]
    return columns


@st.composite
def person_time(draw):
    k = draw(st.integers(1, 6))
    columns = {}
    for arm in "tc":
        columns[f"events_{arm}"] = [draw(st.integers(0, 90)) for _ in range(k)]
        columns[f"time_{arm}"] = [draw(st.floats(0.5, 1e4)) for _ in range(k)]
    return columns


@st.composite
def changes(draw):
    k = draw(st.integers(1, 6))
    parts = {"mean_pre": positive, "sd_pre": positive, "mean_post": positive}
    parts |= {"sd_post": positive, "n": st.integers(3, 400), "r": st.floats(-0.9, 0.9)}
    return {name: [draw(part) for _ in range(k)] for name, part in parts.items()}


def swapped(columns):
    """Return the same table with treated and control exchanged."""
    other = {"t": "c", "c": "t"}
    return {f"{k[:-1]}{other[k[-1]]}": v for k, v in columns.items()}


def assert_negated(columns, code, other=None, **options):
    one = effect_table(columns, code, **options)
    two = effect_table(other or swapped(columns), code, **options)
    assert_allclose(two.y, -one.y, rtol=1e-9, atol=1e-9)
    assert_allclose(two.v, one.v, rtol=1e-9)


@pytest.mark.parametrize(
    "code",
    ["RR", "OR", "RD", "AS", "PETO", "PHI", "YUQ", "YUY", "PBIT", "OR2DL", "OR2DN"],
)
@few
@given(columns=two_by_two())
def test_swapping_groups_negates_events(code, columns):
    assert_negated(columns, code)


@pytest.mark.parametrize("rule", ["treatment-arm", "all", "drop-double-zero"])
@few
@given(columns=two_by_two())
def test_swapping_groups_negates_under_every_rule(rule, columns):
    assert_negated(columns, "OR", zero_cells=rule)


@pytest.mark.parametrize("code", ["IRR", "IRD", "IRSD"])
@few
@given(columns=person_time())
def test_swapping_groups_negates_rates(code, columns):
    assert_negated(columns, code)


@pytest.mark.parametrize("code", ["MD", "SMD", "SMDH", "VR", "D2ORL", "D2ORN"])
@few
@given(columns=means())
def test_swapping_groups_negates_means(code, columns):
    assert_negated(columns, code)


@pytest.mark.parametrize("code", ["ROM", "CVR"])
@few
@given(columns=means(positive))
def test_swapping_groups_negates_ratios_of_means(code, columns):
    assert_negated(columns, code)


@given(columns=means())
def test_swapping_groups_turns_a_probability_round(columns):
    one = effect_table(columns, "CLES")
    two = effect_table(swapped(columns), "CLES")
    defined = one.included
    assert_allclose(two.y[defined], 1 - one.y[defined], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("code", ["OR", "RD", "AS", "PETO", "PBIT", "PHI"])
@few
@given(columns=two_by_two())
def test_counting_those_without_the_event_negates(code, columns):
    other = dict(columns)
    for arm in "tc":
        pairs = zip(columns[f"n_{arm}"], columns[f"events_{arm}"], strict=True)
        other[f"events_{arm}"] = [n - events for n, events in pairs]
    assert_negated(columns, code, other)


def test_counting_those_without_the_event_is_another_risk_ratio():
    one = effect_table(
        {"events_t": [2], "n_t": [10], "events_c": [5], "n_c": [10]}, "RR"
    )
    two = effect_table(
        {"events_t": [8], "n_t": [10], "events_c": [5], "n_c": [10]}, "RR"
    )
    assert abs(one.y[0] + two.y[0]) > 0.1


@pytest.mark.parametrize("code", ["RR", "OR", "RD", "AS", "YUQ", "OR2DL"])
@few
@given(columns=two_by_two())
def test_every_table_of_counts_has_an_effect(code, columns):
    effects = effect_table(columns, code)
    assert effects.included.all()
    assert np.isfinite(effects.y).all()
    assert (effects.v > 0).all()


@pytest.mark.parametrize("code", ["RR", "OR", "RD", "AS", "PETO", "PHI", "SMDH"])
@few
@given(data=st.data())
def test_an_effect_is_finite_or_said_to_be_missing(code, data):
    size = st.integers(2, 10**9)
    row = {"mean_t": data.draw(st.floats(-1e8, 1e8)), "sd_t": data.draw(positive)}
    row |= {"mean_c": data.draw(st.floats(-1e8, 1e8)), "sd_c": 1e-6}
    for arm in "tc":
        row[f"n_{arm}"] = n = data.draw(size)
        row[f"events_{arm}"] = data.draw(st.sampled_from([0, 1, n - 1, n]))
    effects = effect_table({name: [value] for name, value in row.items()}, code)
    if effects.included[0]:
        assert np.isfinite(effects.y[0])
        assert 0 < effects.v[0] < np.inf
    else:
        assert np.isnan([effects.y[0], effects.v[0]]).all()
        assert effects.row_notes[0] == "not estimable"


@pytest.mark.parametrize("code", ["PR", "PLN", "PLO", "PAS", "PFT"])
@few
@given(columns=two_by_two())
def test_every_single_group_has_an_effect(code, columns):
    given = {"events": columns["events_t"], "n": columns["n_t"]}
    effects = effect_table(given, code)
    assert effects.included.all()
    estimate, low, high = effects.readings()
    assert (low <= estimate + 1e-12).all()
    assert (estimate <= high + 1e-12).all()
    if code != "PR" and code != "PLN":
        assert (low >= 0).all()
        assert (high <= 1).all()


@given(columns=two_by_two(min_studies=3), seed=st.integers(0, 99))
def test_the_order_of_studies_does_not_matter(columns, seed):
    order = np.random.default_rng(seed).permutation(len(columns["n_t"]))
    effects = effect_table(columns, "OR", zero_cells="empirical")
    mixed = effect_table(
        {name: np.array(column)[order] for name, column in columns.items()},
        "OR",
        zero_cells="empirical",
    )
    assert_allclose(mixed.y, effects.y[order], rtol=1e-9, atol=1e-12)
    assert_allclose(mixed.v, effects.v[order], rtol=1e-9)


@given(columns=means(), factor=st.floats(0.01, 100), shift=values)
def test_units_do_not_matter_to_standardised_differences(columns, factor, shift):
    other = dict(columns)
    for arm in "tc":
        other[f"mean_{arm}"] = [factor * m + shift for m in columns[f"mean_{arm}"]]
        other[f"sd_{arm}"] = [factor * s for s in columns[f"sd_{arm}"]]
    for code in ("SMD", "SMDH", "SMD1"):
        one, two = effect_table(columns, code), effect_table(other, code)
        assert_allclose(two.y, one.y, rtol=1e-6, atol=1e-6)
        assert_allclose(two.v, one.v, rtol=1e-6)
    one, two = effect_table(columns, "MD"), effect_table(other, "MD")
    assert_allclose(two.y, factor * one.y, rtol=1e-6, atol=1e-9)
    assert_allclose(two.v, factor**2 * one.v, rtol=1e-9)


@pytest.mark.parametrize("code", ["MC", "SMCC", "SMCR", "SMCRH", "SMCRP", "ROMC"])
@few
@given(columns=changes())
def test_a_control_group_that_did_the_same_takes_all_away(code, columns):
    both = {f"{name}_t": column for name, column in columns.items()}
    both |= {f"{name}_c": column for name, column in columns.items()}
    one, two = effect_table(columns, code), effect_table(both, f"D{code}")
    assert_allclose(two.y, 0, atol=1e-12)
    assert_allclose(two.v, 2 * one.v, rtol=1e-12)


@given(columns=changes())
def test_independent_groups_have_too_large_a_variance_where_r_is_above_zero(columns):
    columns["r"] = [abs(r) for r in columns["r"]]
    columns["sd_post"] = columns["sd_pre"]
    apart = effect_table(columns, "SMCI", small_sample="none")
    paired = effect_table(columns, "SMCRP", small_sample="none")
    assert_allclose(apart.y, paired.y, rtol=1e-9, atol=1e-12)
    assert (apart.v >= paired.v * (1 - 1e-12)).all() or (np.abs(paired.y) > 1).any()


@given(st.floats(-0.99, 0.99), st.integers(6, 900))
def test_a_partial_correlation_with_one_predictor_is_a_correlation(r, n):
    whole = effect_table({"r": [r], "n": [n]}, "ZCOR")
    partial = effect_table({"r": [r], "n": [n], "m": [1]}, "ZPCOR")
    assert_allclose([partial.y, partial.v], [whole.y, whole.v], rtol=1e-12)


@given(st.floats(0.05, 20), st.floats(0.05, 3), st.floats(0.5, 0.999))
def test_an_interval_gives_back_its_standard_error(ratio, se, level):
    half = NormalDist().inv_cdf(0.5 + level / 2) * se
    low, high = ratio * np.exp(-half), ratio * np.exp(half)
    row = {"hr": [ratio], "ci_low": [low], "ci_high": [high], "ci_level": [level]}
    assert_allclose(np.sqrt(effect_table(row, "HR").v), se, rtol=1e-7)


@given(st.floats(0.05, 0.95), st.floats(0.05, 3))
def test_a_p_value_gives_back_its_standard_error(ratio, se):
    p = math.erfc(abs(math.log(ratio)) / se / math.sqrt(2))
    if p > 1e-290:
        row = {"hr": [ratio], "p": [p]}
        assert_allclose(np.sqrt(effect_table(row, "HR").v), se, rtol=1e-7)
