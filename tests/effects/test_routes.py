"""Each row takes the first way for which it has every cell."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
from synthesist import InvalidInput, effect_table

LANDMARKS = golden.load("published/buyse2011_landmarks.toml")
HANDBOOK = golden.load("published/handbook_chapter6.toml")


def test_hazard_ratios_from_observed_less_expected():
    effects = effect_table({"o_minus_e": [-6.0], "v": [12.0]}, "HR")
    assert_allclose([effects.y[0], effects.v[0]], [-0.5, 1 / 12], rtol=1e-15)


@pytest.mark.parametrize("level", [0.97, 97])
def test_a_hazard_ratio_with_an_interval_of_any_level(level):
    given = LANDMARKS["by_interval"]
    row = {key: [given[key]] for key in ("hr", "ci_low", "ci_high")}
    effects = effect_table(row | {"ci_level": [level]}, "HR")
    assert_allclose(effects.y, np.log(1.09), rtol=1e-15)
    assert_allclose(np.sqrt(effects.v), given["se"], atol=5e-7)
    assert effects.row_notes[0] == "standard error from the interval"
    by_option = effect_table(row, "HR", level=0.97)
    assert_allclose(by_option.v, effects.v, rtol=1e-14)
    assert by_option.rules["level"] == "0.97"


def test_an_empty_level_is_that_of_the_option():
    row = {"hr": [2, 2], "ci_low": [1, 1], "ci_high": [4, 4], "ci_level": [None, 0.99]}
    effects = effect_table(row, "HR", level=0.9)
    assert_allclose(effects.v[0], effect_table(row, "HR", level=0.9).v[0])
    # 1.6449 and 2.5758 standard errors to either side.
    assert_allclose(
        np.sqrt(effects.v), np.log(2) / np.array([1.644854, 2.575829]), 1e-6
    )


@pytest.mark.parametrize("level", [0, -1, 1, 100, 150])
def test_an_impossible_level_is_an_error(level):
    row = {"hr": [2], "ci_low": [1], "ci_high": [4], "ci_level": [level]}
    with pytest.raises(InvalidInput, match="level of the interval"):
        effect_table(row, "HR")


def test_a_hazard_ratio_with_a_p_value():
    given = LANDMARKS["by_p"]
    effects = effect_table({"hr": [given["hr"]], "p": [given["p"]]}, "HR")
    assert_allclose(np.sqrt(effects.v), given["se"], atol=5e-8)
    assert "P value" in effects.notes[0]


@pytest.mark.parametrize("case", LANDMARKS["landmark"], ids=lambda case: case["trial"])
def test_hazard_ratios_from_survival_at_one_time(case):
    row = {key: [case[key]] for key in ("surv_t", "surv_c")} | {"n_t": [9], "n_c": [9]}
    effects = effect_table(row, "HR")
    assert_allclose(np.exp(effects.y), case["hr"], atol=5e-6)
    assert "proportional" in effects.notes[0]


def test_the_variance_from_survival_at_one_time_is_four_over_the_events():
    given = LANDMARKS["by_events"]
    row = {key: [given[key]] for key in ("surv_t", "n_t", "surv_c", "n_c")}
    effects = effect_table(row, "HR")
    assert_allclose(np.sqrt(effects.v), given["se"], atol=5e-4)
    assert_allclose(effects.v, 4 / given["events"], rtol=1e-12)


def test_rows_of_one_table_may_take_different_ways():
    table = {
        "study": ["A", "B", "C", "D", "E"],
        "o_minus_e": [-6, None, None, None, None],
        "v": [12, None, None, None, None],
        "hr": [None, 0.5, 0.7, None, None],
        "ci_low": [None, 0.25, None, None, None],
        "ci_high": [None, 1.0, None, None, None],
        "p": [None, "<0.05", 0.04, None, None],
        "surv_t": [None, None, None, 60, None],
        "surv_c": [None, None, None, 50, None],
        "n_t": [100, 100, 100, 100, 100],
        "n_c": [100, 100, 100, 100, 100],
    }
    effects = effect_table(table, "HR")
    assert effects.included.tolist() == [True, True, True, True, False]
    assert list(effects.row_notes) == [
        "",
        "standard error from the interval",
        "standard error from the P value",
        "from survival at one time point",
        "not reported",
    ]
    alone = effect_table({"hr": [0.7], "p": [0.04]}, "HR")
    assert_allclose(effects.v[2], alone.v[0], rtol=0)


def test_the_exact_figures_go_before_the_rounded_ratio():
    both = {"o_minus_e": [-6], "v": [12], "hr": [0.61], "p": [0.08]}
    assert_allclose(effect_table(both, "HR").y, -0.5, rtol=0)


@pytest.mark.parametrize(("code", "role"), [("RR", "rr"), ("OR", "or"), ("IRR", "irr")])
def test_ratios_may_stand_ready_with_their_interval(code, role):
    effects = effect_table({role: [2.0], "ci_low": [1.0], "ci_high": [4.0]}, code)
    assert_allclose(effects.y, np.log(2), rtol=1e-15)
    assert_allclose(np.sqrt(effects.v), np.log(2) / 1.959963984540054, rtol=1e-14)


def test_a_mean_difference_with_the_p_value_of_a_t_test():
    given = HANDBOOK["p_value"]
    row = {"md": [given["difference"]], "p": [given["p"]]}
    sizes = {"n_t": [given["n_t"]], "n_c": [given["n_c"]]}
    effects = effect_table(row | sizes, "MD")
    assert_allclose(np.sqrt(effects.v), given["se"], atol=0.005)
    # Without the sizes the test is taken as normal, and the error is larger.
    assert effect_table(row, "MD").v[0] > effects.v[0]


def test_ready_made_effects():
    for row in ({"yi": [0.3], "vi": [0.04]}, {"yi": [0.3], "sei": [0.2]}):
        for code in ("GEN", "HR"):
            effects = effect_table(row, code)
            assert_allclose([effects.y[0], effects.v[0]], [0.3, 0.04], rtol=1e-15)


def test_a_standardised_difference_from_its_t_test():
    means = {"mean_t": [5], "sd_t": [2], "n_t": [12], "mean_c": [4], "sd_c": [2]}
    means |= {"n_c": [17]}
    t = 1 / (2 * np.sqrt(1 / 12 + 1 / 17))
    by_t = effect_table({"t": [t], "n_t": [12], "n_c": [17]}, "SMD")
    by_means = effect_table(means, "SMD")
    assert_allclose([by_t.y, by_t.v], [by_means.y, by_means.v], rtol=1e-14)


def test_standard_deviations_from_standard_errors():
    given = {"mean_t": [5], "se_t": [0.5], "n_t": [16], "mean_c": [4], "sd_c": [2]}
    effects = effect_table(given | {"n_c": [9]}, "MD")
    assert_allclose(effects.v, 0.25 + 4 / 9, rtol=1e-15)
    assert effects.row_notes[0] == "SD from the standard error"
    assert_allclose(effects.cells["sd_t"], 2, rtol=1e-15)


def test_standard_deviations_from_intervals():
    given = HANDBOOK["interval"]
    row = {"mean": [32.1], "ci_low": [given["low"]], "ci_high": [given["high"]]}
    effects = effect_table(row | {"n": [given["n"]]}, "MN")
    assert_allclose(effects.cells["sd"], given["sd"], atol=0.005)
    assert effects.row_notes[0] == "SD from the interval"


def test_a_standard_deviation_that_is_given_is_not_derived():
    given = {"mean": [32.1], "sd": [9], "se": [1], "n": [25]}
    effects = effect_table(given, "MN")
    assert_allclose(effects.v, 81 / 25, rtol=1e-15)
    assert effects.row_notes[0] == ""


def test_a_wrong_source_of_a_derivation_is_blamed():
    given = {"mean": [32.1, 3.0], "se": [-1, 1], "n": [25, 25]}
    with pytest.raises(InvalidInput) as caught:
        effect_table(given, "MN")
    assert caught.value.problems[0].field == "se"


def test_changes_by_their_own_standard_deviation_or_both_others():
    pre, post, r, n = 2.0, 3.0, 0.5, 20
    sd = np.sqrt(pre**2 + post**2 - 2 * r * pre * post)
    both = {"mean_pre": [4], "sd_pre": [pre], "mean_post": [6], "sd_post": [post]}
    alone = {"mean_change": [2], "sd_change": [sd], "n": [n]}
    for code in ("MC", "SMCC"):
        one = effect_table(both | {"n": [n], "r": [r]}, code)
        other = effect_table(alone, code)
        assert_allclose([one.y, one.v], [other.y, other.v], rtol=1e-14)


def test_the_correlation_follows_from_three_standard_deviations():
    case = HANDBOOK["correlation"][0]
    row = {key: [case[key]] for key in ("n", "sd_pre", "sd_post", "sd_change")}
    effects = effect_table(row | {"mean_pre": [15.2], "mean_post": [16.2]}, "SMCR")
    assert_allclose(effects.cells["r"], case["r"], atol=0.005)
    assert effects.row_notes[0] == "r from the SD of the change"


def test_a_correlation_that_cannot_be_is_an_error():
    row = {"n": [20], "sd_pre": [1], "sd_post": [1], "sd_change": [3]}
    with pytest.raises(InvalidInput, match="correlation is"):
        effect_table(row | {"mean_pre": [15.2], "mean_post": [16.2]}, "SMCR")


def test_the_correlation_may_be_assumed_where_it_is_missing():
    row = {"mean_pre": [4, 4, None], "sd_pre": [2, 2, None], "mean_post": [6, 6, None]}
    row |= {"sd_post": [3, 3, None], "n": [20, 20, None]}
    effects = effect_table(row | {"r": [0.7, None, None]}, "MC", r=0.3)
    assert effects.included.tolist() == [True, True, False]
    assert list(effects.row_notes) == ["", "r assumed", "not reported"]
    assert_allclose(effects.v * 20, [13 - 0.7 * 12, 13 - 0.3 * 12, np.nan], rtol=1e-14)
    assert effects.rules["r"] == "0.3"
    without = effect_table({k: v[:1] for k, v in row.items()}, "MC", r=0.7)
    assert_allclose(without.v, effects.v[0], rtol=0)


def test_standard_deviations_of_changes_from_p_values():
    # A paired t test of 2.0 with 24 degrees of freedom: P 0.0569.
    row = {"mean_change": [2.0], "p_change": [0.0569398], "n": [25]}
    effects = effect_table(row, "MC")
    assert_allclose(np.sqrt(effects.v), 1.0, rtol=1e-5)
    assert effects.row_notes[0] == "SD from the P value"
