"""Study effects by the rules of other programs."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import golden
from synthesist import InvalidInput, effect_table
from synthesist.effects import PROFILES
from synthesist.effects.work import PROFILED

ZEROS = {
    "study": ["a", "b", "c", "d"],
    "events_t": [0, 3, 0, 8],
    "n_t": [20, 30, 25, 40],
    "events_c": [4, 5, 0, 9],
    "n_c": [22, 28, 25, 41],
}
MEANS = {
    "mean_t": [2.0, 3.0],
    "sd_t": [1.0, 1.2],
    "n_t": [10, 20],
    "mean_c": [1.5, 2.1],
    "sd_c": [0.9, 1.4],
    "n_c": [12, 18],
}


def theirs(entry, key):
    """Return R's numbers with NaN for what it leaves out."""
    return np.array([np.nan if x is None else x for x in entry[key]], dtype=float)


@pytest.mark.parametrize("table", ["bcg", "diuretics", "catheters", "beta_blockers"])
@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
def test_the_effects_of_revman_agree_with_r(table, measure):
    expected = golden.load("revman5")[f"{table}/{measure}/Inverse"]
    effects = effect_table(golden.data(table), measure, profile="revman5")
    reported = ~np.isnan(effects.cells["n_t"])
    te, se = theirs(expected, "te"), theirs(expected, "sete")
    assert_allclose(effects.y[reported], te, rtol=1e-8, atol=1e-10)
    assert_allclose(np.sqrt(effects.v[reported]), np.where(te == te, se, te), rtol=1e-8)


def test_a_risk_ratio_of_meta_grows_its_groups_by_what_its_events_gain():
    effects = effect_table(ZEROS, "RR", profile="meta8")
    assert_allclose(effects.y[0], np.log((0.5 / 20.5) / (4.5 / 22.5)), rtol=1e-14)
    assert_allclose(effects.v[0], 1 / 0.5 - 1 / 20.5 + 1 / 4.5 - 1 / 22.5, rtol=1e-14)
    assert_array_equal(effects.included, [True, True, False, True])
    assert effects.row_notes[0] == "1/2 added to the events of each group"


def test_what_is_asked_for_by_name_stays():
    effects = effect_table(ZEROS, "RR", profile="meta8", zero_cells="all")
    assert effects.rules["zero_cells"] == "all"
    assert effects.rules["corrected"] == "events"
    assert effects.under("revman5").rules["zero_cells"] == "all"
    assert effects.under("revman5").rules["corrected"] == "both"


def test_effects_are_computed_anew_under_a_profile():
    plain = effect_table(MEANS, "SMD")
    direct = effect_table(MEANS, "SMD", profile="revman5")
    assert_array_equal(plain.under("revman5").y, direct.y)
    assert (plain.under("revman5").v != plain.v).all()
    assert direct.under("metafor3").rules == plain.rules
    assert plain.under("revman5").profile == "revman5"


def test_a_rule_of_one_computation_is_one_that_was_asked_for():
    table = effect_table(MEANS, "SMD").recomputed(variance="UB")
    assert table.under("revman5").rules["variance"] == "UB"
    assert table.under("revman5").rules["small_sample"] == "approximate"


def test_metafor_five_takes_the_bias_off_a_ratio_of_means():
    corrected = effect_table(MEANS, "ROM", bias_correction=True)
    assert_array_equal(effect_table(MEANS, "ROM", profile="metafor").y, corrected.y)
    old = effect_table(MEANS, "ROM", profile="metafor3")
    assert_array_equal(old.y, effect_table(MEANS, "ROM").y)


def test_events_alone_are_for_risk_ratios():
    with pytest.raises(InvalidInput, match="for risk ratios, not for OR"):
        effect_table(ZEROS, "OR", corrected="events")


def test_an_unknown_profile_is_refused_with_the_nearest():
    with pytest.raises(InvalidInput, match="did you mean revman5"):
        effect_table(ZEROS, "OR", profile="revman")


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_every_rule_of_a_profile_is_one_of_effects_and_fits_its_measure(profile):
    for measure in profile.measures:
        rules = profile.for_measure(measure)
        assert rules.keys() <= set(PROFILED)
        data = MEANS if measure in {"SMD", "ROM", "SMDH", "SMD1H"} else ZEROS
        effect_table(data, measure, profile=profile.name)
    assert profile.effects.keys() <= set(PROFILED)
    assert profile.source
    assert profile.program
