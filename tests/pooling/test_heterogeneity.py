"""Estimators and intervals of tau², each against a reference."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling.cases import data, effects, expected, fits
from synthesist.pooling import TAU2_ESTIMATORS, TAU2_INTERVALS, pool

FURTHER = golden.load("heterogeneity")
CASES = [name for name in FURTHER if not name.startswith("_")]
VIECHTBAUER = golden.load("published/viechtbauer2007.toml")

#: Estimators that R iterates to a tolerance of its own; the others are formulas.
ITERATED = {"ML", "REML", "EB", "PM", "PMM"}

#: R's ML ends where its own steps are small, which near zero is not near enough:
#: docs/differences.md, row 5.
ENDED_EARLY = {("warfarin", "IRD", "ML")}

#: What generate_pooling.R calls each interval, and the estimator it used.
INTERVALS = {
    "profile_ML": ("ML", "PL"),
    "profile_REML": ("REML", "PL"),
    "wald_ML": ("ML", "Wald"),
    "wald_REML": ("REML", "Wald"),
    "jackson": ("DL", "J"),
    "biggerstaff_jackson": ("DL", "BJ"),
}

FROM_R = ("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")


def table(case):
    return {"yi": FURTHER[case]["yi"], "vi": FURTHER[case]["vi"]}


@pytest.mark.parametrize(
    ("file", "measure", "code"),
    [case for case in fits(*FROM_R, ending="z") if case not in ENDED_EARLY],
)
def test_estimators_agree_with_r(file, measure, code):
    theirs = expected(file, measure, code, "z")["tau2"]
    ours = pool(data(file, measure), tau2=code).tau2
    rtol = 1e-7 if code in ITERATED else 1e-8
    # Next to the smallest variance a tau² of 1e-6 of it is zero.
    smallest = effects(file, measure)[1].min()
    assert_allclose(ours, theirs, rtol=rtol, atol=1e-10 * min(1.0, smallest))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("code", ["HSk", "PMM", "GENQ", "DL2", "HE2"])
def test_further_estimators_agree_with_r(case, code):
    weights = 1 / np.sqrt(FURTHER[case]["vi"]) if code == "GENQ" else None
    fit = pool(table(case), tau2=code, tau2_weights=weights)
    assert_allclose(fit.tau2, FURTHER[case]["tau2"][code], rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", INTERVALS)
def test_intervals_of_tau2_agree_with_r(case, name):
    tau2, code = INTERVALS[name]
    theirs = FURTHER[case]["tau2_interval"][name]
    found = pool(table(case), tau2=tau2, tau2_interval=code).tau2_interval
    assert_allclose([found.lower, found.upper], theirs, rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("code", VIECHTBAUER["tau2"])
def test_estimators_agree_with_the_published_table(code):
    trials = sy.effect_table(str(golden.data("diuretics")), "OR")
    assert_allclose(pool(trials, tau2=code).tau2, VIECHTBAUER["tau2"][code], atol=5e-4)


@pytest.mark.parametrize(
    "row", VIECHTBAUER["interval"], ids=lambda row: f"{row['code']}-{row['tau2']}"
)
def test_intervals_agree_with_the_published_table(row):
    trials = sy.effect_table(str(golden.data("diuretics")), "OR")
    found = pool(trials, tau2=row["tau2"], tau2_interval=row["code"]).tau2_interval
    assert_allclose([found.lower, found.upper], row["limits"], atol=5e-4)


def test_every_estimator_has_a_reference():
    checked = {code for _, _, code in fits(*FROM_R, ending="z")}
    checked |= {code for case in CASES for code in FURTHER[case]["tau2"]}
    # A common effect has no tau²; test_pool.py holds it against R.
    assert set(TAU2_ESTIMATORS) == checked | {"CE"}


def test_every_interval_of_tau2_has_a_reference():
    # Q-profile limits are held against R in test_pool.py.
    assert set(TAU2_INTERVALS) == {code for _, code in INTERVALS.values()} | {
        "Q-profile",
        "none",
    }


def test_the_interval_of_tau2_may_be_left_out():
    fit = pool(data("bcg", "RR"), tau2_interval="none")
    assert fit.tau2_interval is None
    assert fit.i2_interval is None
    assert not any("interval for tau²" in note for note in fit.notes)


@pytest.mark.parametrize("code", TAU2_INTERVALS)
def test_effects_that_agree_too_well_have_no_interval_or_one_from_zero(code):
    close = {"yi": [0.1, 0.1001, 0.1002, 0.1], "vi": [1.0, 2.0, 1.5, 1.0]}
    found = pool(close, tau2="REML", tau2_interval=code).tau2_interval
    if code in {"PL", "Wald"}:
        assert found.lower == 0 < found.upper
    else:
        assert found is None


def test_generalised_moments_with_known_weights_are_the_named_estimators():
    y, v = effects("bcg", "RR")
    cases = {"DL": 1 / v, "HE": np.ones_like(v)}
    for code, weights in cases.items():
        same = pool({"yi": y, "vi": v}, tau2="GENQ", tau2_weights=weights).tau2
        assert_allclose(same, pool({"yi": y, "vi": v}, tau2=code).tau2, rtol=1e-12)


def test_weights_may_stand_in_a_column_and_skip_empty_rows():
    rows = {"yi": [0.1, np.nan, 0.9, 0.4], "vi": [0.1, np.nan, 0.2, 0.1]}
    rows["precision"] = [3.0, np.nan, 2.0, 3.0]
    fit = pool(rows, tau2="GENQ", tau2_weights="precision")
    whole = {name: [x for x in column if x == x] for name, column in rows.items()}
    again = pool(whole, tau2="GENQ", tau2_weights=[3.0, 2.0, 3.0])
    assert fit.tau2 == again.tau2 > 0


@pytest.mark.parametrize(
    "options",
    [
        {"tau2": "GENQ"},
        {"tau2": "DL", "tau2_weights": [1.0, 1.0]},
        {"tau2": "GENQ", "tau2_weights": [1.0]},
        {"tau2": "GENQ", "tau2_weights": [1.0, -1.0]},
        {"tau2": "GENQ", "tau2_weights": ["a", "b"]},
    ],
)
def test_wrong_weights_are_refused(options):
    with pytest.raises(sy.InvalidInput, match="weight"):
        pool({"yi": [0.1, 0.2], "vi": [0.1, 0.2]}, **options)
