"""What is done about zero cells, and what is said of it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from synthesist import InvalidInput, effect_table

ONE_ZERO = {"events_t": [0], "n_t": [10], "events_c": [3], "n_c": [12]}
TWO_ZEROS = {"events_t": [0], "n_t": [100], "events_c": [0], "n_c": [300]}
ALL = {"events_t": [10], "n_t": [10], "events_c": [12], "n_c": [12]}
MIXED = {
    "study": ["A", "B", "C", "D"],
    "events_t": [0, 4, 0, 7],
    "n_t": [10, 20, 30, 40],
    "events_c": [3, 6, 0, 9],
    "n_c": [12, 21, 33, 44],
}


def test_half_is_added_to_every_cell_not_to_the_zero_alone():
    # statsmodels' Table2x2 adds to the zero cell only.
    effects = effect_table(ONE_ZERO, "OR")
    a, b, c, d = 0.5, 10.5, 3.5, 9.5
    assert_allclose(effects.y, np.log(a * d / (b * c)), rtol=1e-15)
    assert_allclose(effects.v, 1 / a + 1 / b + 1 / c + 1 / d, rtol=1e-15)
    assert effects.row_notes[0] == "1/2 added to each cell"
    assert effects.notes == (
        "1/2 added to every cell of 1 study (1), where a cell was zero.",
    )
    assert effects.rules["zero_cells"] == "only-zero"


def test_other_tables_are_left_as_they_are():
    assert_allclose(
        effect_table(MIXED, "OR").y[[1, 3]],
        effect_table(MIXED, "OR", zero_cells="none").y[[1, 3]],
        rtol=0,
    )


@pytest.mark.parametrize(("code", "zero"), [("OR", 0), ("RR", 0), ("RD", 0)])
def test_tables_without_any_event_stay_and_point_elsewhere(code, zero):
    effects = effect_table(MIXED, code)
    assert effects.included.all()
    assert effects.row_notes[2] == "no events in either group; 1/2 added to each cell"
    assert any("Mantel-Haenszel" in note and "C" in note for note in effects.notes)


def test_the_treatment_arm_rule_shows_no_effect_where_nobody_has_an_event():
    # statsmodels splits the correction the wrong way round and says log 9.
    effects = effect_table(TWO_ZEROS, "OR", zero_cells="treatment-arm")
    assert_allclose(effects.y, 0, atol=1e-15)
    # Sweeting 2004: the amounts are n/(n + m) and m/(n + m), here 1/4 and 3/4.
    a, b, c, d = 0.25, 100.25, 0.75, 300.75
    assert_allclose(effects.v, 1 / a + 1 / b + 1 / c + 1 / d, rtol=1e-15)


def test_the_empirical_rule_shows_the_odds_ratio_of_the_other_studies():
    given = {
        "events_t": [5, 0],
        "n_t": [50, 100],
        "events_c": [10, 0],
        "n_c": [50, 300],
    }
    effects = effect_table(given, "OR", zero_cells="empirical")
    others = (5 * 40 / 100) / (10 * 45 / 100)
    share_t = others * 100 / (others * 100 + 300)
    a, c = share_t, 1 - share_t
    expected = np.log(a * (300 + c) / (c * (100 + a)))
    assert_allclose(effects.y[1], expected, rtol=1e-14)
    # The correction is small, so the corrected table shows nearly that odds ratio.
    assert_allclose(np.exp(effects.y[1]), others, rtol=0.02)


def test_the_empirical_rule_without_other_studies_assumes_no_effect():
    empirical = effect_table(TWO_ZEROS, "OR", zero_cells="empirical")
    by_size = effect_table(TWO_ZEROS, "OR", zero_cells="treatment-arm")
    assert_allclose(empirical.y, by_size.y, atol=1e-15)


def test_all_adds_to_every_table():
    effects = effect_table(MIXED, "RR", zero_cells="all", add=0.25)
    assert_allclose(effects.y[1], np.log((4.25 / 20.5) / (6.25 / 21.5)), rtol=1e-15)
    assert effects.notes[0].startswith("0.25 added to every cell of 4 studies")


def test_none_leaves_out_what_is_not_defined():
    effects = effect_table(MIXED, "OR", zero_cells="none")
    assert effects.included.tolist() == [False, True, False, True]
    assert np.isnan(effects.y[[0, 2]]).all()
    assert np.isnan(effects.v[[0, 2]]).all()
    assert effects.row_notes[0] == "not estimable"
    assert "2 studies (A, C)" in effects.notes[0]


def test_adding_nothing_is_the_same_as_none():
    nothing = effect_table(MIXED, "OR", add=0)
    assert nothing.included.tolist() == [False, True, False, True]


@pytest.mark.parametrize("given", [TWO_ZEROS, ALL])
@pytest.mark.parametrize("code", ["OR", "RR", "RD"])
def test_double_zeros_are_dropped_on_request(given, code):
    effects = effect_table(given, code, zero_cells="drop-double-zero")
    assert not effects.included.any()
    assert "left out" in effects.row_notes[0]
    assert "left out" in effects.notes[0]


def test_single_zeros_are_corrected_when_double_ones_are_dropped():
    effects = effect_table(MIXED, "OR", zero_cells="drop-double-zero")
    assert effects.included.tolist() == [True, True, False, True]
    assert_allclose(effects.y[0], effect_table(ONE_ZERO, "OR").y[0], rtol=0)


def test_the_variance_alone_can_be_corrected():
    both = effect_table(ONE_ZERO, "RD")
    variance = effect_table(ONE_ZERO, "RD", corrected="variance")
    assert_allclose(variance.y, -3 / 12, rtol=1e-15)
    assert_allclose(variance.v, both.v, rtol=0)


@pytest.mark.parametrize("code", ["AS", "PETO"])
def test_some_measures_add_nothing(code):
    effects = effect_table(MIXED, code)
    assert "zero_cells" not in effects.rules
    assert not any("added" in note for note in effects.row_notes)
    same = effect_table(MIXED, code, add=5.0, zero_cells="all")
    assert_allclose(effects.y, same.y, rtol=0)


def test_peto_has_no_answer_where_nobody_has_an_event():
    effects = effect_table(MIXED, "PETO")
    assert effects.included.tolist() == [True, True, False, True]
    assert effects.row_notes[2] == "not estimable"


@pytest.mark.parametrize("events", [0, 8])
@pytest.mark.parametrize("code", ["PR", "PLN", "PLO"])
def test_one_group_is_corrected_at_both_ends(code, events):
    effects = effect_table({"events": [events], "n": [8]}, code)
    x, n = events + 0.5, 9.0
    expected = {"PR": x / n, "PLN": np.log(x / n), "PLO": np.log(x / (n - x))}[code]
    assert_allclose(effects.y, expected, rtol=1e-15)
    assert effects.row_notes[0] == "1/2 added"


@pytest.mark.parametrize("code", ["PAS", "PFT"])
def test_arcsines_add_nothing(code):
    effects = effect_table({"events": [0, 8], "n": [8, 8]}, code)
    assert effects.included.all()
    assert "zero_cells" not in effects.rules


@pytest.mark.parametrize("rule", ["treatment-arm", "empirical"])
def test_rules_for_two_groups_are_refused_for_one(rule):
    with pytest.raises(InvalidInput, match="needs two groups"):
        effect_table({"events": [0], "n": [8]}, "PLO", zero_cells=rule)


def test_rates_are_corrected_in_the_events_alone():
    given = {"events_t": [0], "time_t": [100.0], "events_c": [3], "time_c": [120.0]}
    effects = effect_table(given, "IRR")
    assert_allclose(effects.y, np.log((0.5 / 100) / (3.5 / 120)), rtol=1e-15)
    assert_allclose(effects.v, 1 / 0.5 + 1 / 3.5, rtol=1e-15)


def test_rates_by_the_treatment_arm_rule():
    given = {"events_t": [0], "time_t": [100.0], "events_c": [0], "time_c": [300.0]}
    effects = effect_table(given, "IRR", zero_cells="treatment-arm")
    assert_allclose(effects.y, 0, atol=1e-15)
    empirical = effect_table(
        {
            "events_t": [4, 0],
            "time_t": [50.0, 100.0],
            "events_c": [2, 0],
            "time_c": [50.0, 300.0],
        },
        "IRR",
        zero_cells="empirical",
    )
    assert_allclose(empirical.y[1], np.log(2), rtol=1e-14)


def test_an_unknown_rule_is_refused_with_the_known_ones():
    with pytest.raises(InvalidInput, match="only-zero") as caught:
        effect_table(ONE_ZERO, "OR", zero_cells="sometimes")
    assert "sometimes" in str(caught.value)
