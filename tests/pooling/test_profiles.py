"""Pooling by the rules of other programs."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from numpy.testing import assert_allclose

import golden
import strategies
import synthesist as sy
from pooling.cases import data, fits
from synthesist.effects import PROFILES, effect_table
from synthesist.pooling import (
    INTERVALS,
    PREDICTIONS,
    TAU2_ESTIMATORS,
    TAU2_INTERVALS,
    mantel_haenszel,
    peto,
    pool,
)
from synthesist.pooling.mantel_haenszel import MH_CORRECTIONS, MH_VARIANCES
from synthesist.pooling.pool import Q_CENTRES

REVMAN = golden.load("revman5")
ENTRIES = [name for name in REVMAN if not name.startswith("_")]

#: The printed digits of R's answers end at 1e-12 of values near 1.
CLOSED, NEAR_ZERO = 1e-8, 1e-10


def agree(ours, theirs):
    assert_allclose(ours, theirs, rtol=CLOSED, atol=NEAR_ZERO)


def weights(entry, key):
    return [0.0 if w is None else w for w in entry[key]]


def revman(name):
    """Return table, and the answers of a common and of random effects."""
    table, measure, *method = name.split("/")
    file = golden.data(table)
    if measure == "SMD":
        # R's meta keeps its own form of g under RevMan's settings; RevMan's is
        # held against values worked by hand in tests/effects.
        table = effect_table(file, measure, small_sample="exact", variance="UB")
    else:
        table = effect_table(file, "PETO" if method == ["Peto"] else measure)
    options = {"profile": "revman5"}
    if method == ["MH"]:
        return mantel_haenszel(table, **options), pool(table, **options)
    random = pool(table, q="inverse-variance", **options)
    if method == ["Peto"]:
        return peto(table, **options), random
    return pool(table, tau2="CE", **options), random


@pytest.mark.parametrize("name", ENTRIES)
def test_revman_agrees_with_r(name):
    r = REVMAN[name]
    common, random = revman(name)
    for fit, which in ((common, "common"), (random, "random")):
        theirs = r[which]
        assert fit.k == r["k"]
        agree(fit.estimate, theirs["estimate"])
        agree(fit.se, theirs["se"])
        agree(fit.interval.lower, theirs["ci_lb"])
        agree(fit.interval.upper, theirs["ci_ub"])
        agree(fit.q, r["q"])
        assert fit.q_df == r["q_df"]
        agree(fit.q_p, r["q_p"])
        agree(fit.i2_q, r["i2"])
        given = ~np.isnan(next(iter(fit.effects.cells.values())))
        agree(fit.weights[given], weights(r, f"weight_{which}"))
    agree(random.tau2, r["tau2"])
    assert random.prediction is None


def test_the_totals_of_metafor_are_those_without_a_profile():
    for measure in ("OR", "RR", "RD"):
        table = effect_table(golden.data("catheters"), measure)
        plain, theirs = (
            mantel_haenszel(table),
            mantel_haenszel(table, profile="metafor"),
        )
        assert (plain.estimate, plain.se) == (theirs.estimate, theirs.se)


@pytest.mark.parametrize(("file", "measure", "code"), fits("REML", ending="z"))
def test_metafor_agrees_with_r(file, measure, code):
    r = golden.load(file)[measure][f"{code}/z"]
    fit = pool(data(file, measure), profile="metafor3")
    assert_allclose(fit.estimate, r["estimate"], rtol=1e-7, atol=NEAR_ZERO)
    assert_allclose(fit.interval.lower, r["ci_lb"], rtol=1e-7, atol=NEAR_ZERO)
    if r["pi_lb"] is not None:
        assert_allclose(fit.prediction.lower, r["pi_lb"], rtol=1e-7, atol=NEAR_ZERO)


def test_stata_adds_up_the_variances_within_trials():
    # NUMERICS of the field: z = -11.56 by Greenland and Robins, -11.47 by Sato.
    table = effect_table(golden.data("bcg"), "RD")
    assert round(mantel_haenszel(table, profile="stata19").statistic, 2) == -11.56
    assert round(mantel_haenszel(table).statistic, 2) == -11.47


def test_a_choice_by_name_takes_the_place_of_a_profiles():
    table = effect_table(golden.data("bcg"), "RR", zero_cells="none")
    fit = pool(table, profile="revman5", interval="HK", tau2="DL")
    assert fit.rules["profile"] == "revman5 (version 1)"
    assert fit.rules["interval"] == "HK"
    assert fit.rules["instead of the profile's"] == (
        "zero_cells none for drop-double-zero, interval HK for normal"
    )


def test_a_profile_of_the_effects_is_that_of_pooling():
    table = effect_table(golden.data("bcg"), "RR", profile="revman5")
    assert pool(table).tau2_method == "DL"
    assert pool(table, profile="metafor").tau2_method == "REML"
    assert pool(table, profile="metafor").rules["zero_cells"] == "only-zero"
    assert "profile" not in pool(effect_table(golden.data("bcg"), "RR")).rules


def test_the_rules_name_the_i2_that_the_program_prints():
    table = effect_table(golden.data("bcg"), "RR")
    assert pool(table, profile="meta8").rules["i2"] == "Q"
    assert pool(table, profile="revman2025").rules["i2"] == "tau2"


def test_q_is_measured_from_the_totals_only_for_its_own_estimator():
    table = effect_table(golden.data("bcg"), "OR")
    plain = pool(table, tau2="DL")
    other = pool(table, tau2="DL", q="Mantel-Haenszel")
    assert other.tau2 > plain.tau2
    assert other.rules["q"] == "Mantel-Haenszel"
    assert pool(table, q="Mantel-Haenszel").q == plain.q
    means = pool(effect_table(golden.data("asthma"), "MD"), profile="revman5")
    assert "q" not in means.rules


def test_effects_without_counts_have_the_usual_q():
    given = {
        "rr": [0.5, 0.8, 0.7],
        "ci_low": [0.3, 0.6, 0.5],
        "ci_high": [0.83, 1.07, 0.98],
    }
    assert "q" not in pool(effect_table(given, "RR"), profile="revman5").rules


@pytest.mark.parametrize(("file", "measure", "code"), fits("PM", ending="knha"))
def test_iqwig_guards_what_is_narrower_than_by_dl(file, measure, code):
    y = data(file, measure)
    found = pool(y, profile="iqwig6")
    plain = pool(y, tau2="PM", interval="HK")
    by_dl = pool(y, tau2="DL", interval="normal")
    narrower = plain.interval.upper - plain.interval.lower < (
        by_dl.interval.upper - by_dl.interval.lower
    )
    expected = pool(y, tau2="PM", interval="HK-guarded") if narrower else plain
    assert found.interval == expected.interval
    assert found.se == expected.se


def test_iqwig_guards_sometimes_and_sometimes_not():
    close = {"yi": [0.10, 0.11, 0.12], "vi": [0.04, 0.09, 0.16]}
    guarded = pool(close, tau2="PM", interval="HK-guarded").interval
    assert pool(close, profile="iqwig6").interval == guarded
    bcg = data("bcg", "RR")
    assert (
        pool(bcg, profile="iqwig6").interval
        == pool(bcg, tau2="PM", interval="HK").interval
    )


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_every_rule_of_a_profile_is_a_choice_of_pooling(profile):
    choices = {
        "tau2": TAU2_ESTIMATORS,
        "interval": INTERVALS,
        "prediction": PREDICTIONS,
        "tau2_interval": TAU2_INTERVALS,
        "i2": {"Q", "tau2"},
        "q": Q_CENTRES,
        "mh_correction": MH_CORRECTIONS,
        "mh_variance": MH_VARIANCES,
    }
    for rule, code in profile.pooling.items():
        assert code in choices[rule]


def test_subgroups_follow_a_profile():
    found = sy.subgroups(
        effect_table(golden.data("bcg"), "RR"),
        by=["a"] * 6 + ["b"] * 7,
        profile="revman5",
    )
    assert {fit.tau2_method for fit in found.fits.values()} == {"DL"}


def test_an_unknown_choice_is_refused():
    table = effect_table(golden.data("bcg"), "OR")
    for options in ({"q": "MH"}, {"mh_correction": "all"}, {"mh_variance": "Sato"}):
        with pytest.raises(sy.InvalidInput, match="choose one of"):
            pool(table, **options)
    with pytest.raises(sy.InvalidInput, match="did you mean meta8"):
        pool(table, profile="meta9")


EFFECT_RULES = {
    "zero_cells": str,
    "add": float,
    "corrected": str,
    "small_sample": str,
    "variance": str,
    "bias_correction": lambda answer: answer == "yes",
}
POOL_RULES = (
    "model",
    "tau2",
    "interval",
    "prediction",
    "tau2_interval",
    "q",
    "mh_correction",
    "mh_variance",
)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    ("table", "measure", "model"),
    [
        ("catheters", "OR", "iv"),
        ("catheters", "RR", "iv"),
        ("beta_blockers", "RD", "iv"),
        ("catheters", "OR", "mh"),
        ("beta_blockers", "RR", "mh"),
        ("beta_blockers", "RD", "mh"),
        ("asthma", "SMD", "iv"),
        ("asthma", "ROM", "iv"),
        ("asthma", "SMDH", "iv"),
    ],
)
def test_the_rules_that_are_printed_are_all_of_them(profile, table, measure, model):
    effects = effect_table(golden.data(table), measure)
    fit = pool(effects, profile=profile, model=model)
    of_effects = {
        rule: read(fit.rules[rule])
        for rule, read in EFFECT_RULES.items()
        if rule in fit.rules
    }
    of_pooling = {rule: fit.rules[rule] for rule in POOL_RULES if rule in fit.rules}
    if model == "mh":
        # A common effect by totals has a normal interval and no more choices.
        of_pooling.pop("interval")
    again = pool(
        effect_table(golden.data(table), measure, **of_effects), **of_pooling
    ).to_dict()
    for name, value in fit.to_dict().items():
        if name not in {"rules", "beside", "versions"}:
            assert again[name] == value, name


@settings(max_examples=15)
@given(columns=strategies.two_by_two(min_studies=2))
@pytest.mark.parametrize("profile", PROFILES)
def test_swapping_the_groups_negates_a_log_odds_ratio_by_any_rules(profile, columns):
    swapped = {
        name.replace("_t", "_x").replace("_c", "_t").replace("_x", "_c"): column
        for name, column in columns.items()
    }
    one, two = (
        effect_table(table, "OR", profile=profile) for table in (columns, swapped)
    )
    assume(one.included.any())
    assert_allclose(pool(two).estimate, -pool(one).estimate, rtol=1e-6, atol=1e-8)
    try:
        totals = mantel_haenszel(one)
    except sy.NotEstimable:
        assume(False)
    assert_allclose(mantel_haenszel(two).estimate, -totals.estimate, atol=1e-9)
    assert_allclose(mantel_haenszel(two).se, totals.se, rtol=1e-9)
