"""Influence, permutations, averaged models, scatter with moderators, imputation."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy

R = golden.load("r/expected/regression.json")


@pytest.fixture(scope="module")
def trials():
    return sy.effect_table(str(golden.data("bcg")), "RR")


@pytest.mark.parametrize(("test", "key"), [("normal", "z"), ("HK", "knha")])
def test_influence_agrees_with_r(trials, test, key):
    found, r = (
        sy.regress(trials, "latitude", test=test).influence(),
        R["influence"][key],
    )
    for name in (
        "residual",
        "dffits",
        "cook",
        "covariance_ratio",
        "tau2",
        "q",
        "leverage",
        "weight",
    ):
        # R's tau² without a study is iterated; what is small shows it most.
        assert_allclose(getattr(found, name), r[name], rtol=1e-6, atol=1e-9)
    assert_allclose(found.dfbetas.T, r["dfbetas"], rtol=1e-6, atol=1e-9)
    assert found.summary().startswith("Vandiviere")
    json.dumps(found.to_dict(), allow_nan=False)
    assert len(found.to_frame()["cook"]) == 13


def test_a_study_that_alone_has_a_level_is_named():
    data = {"yi": [0.1, 0.3, 0.2, 0.5], "vi": [0.1] * 4, "g": ["a", "a", "a", "b"]}
    found = sy.regress(data, "g").influence()
    assert np.isnan(found.cook[3])
    assert "Without 4" in found.notes[0]


@pytest.mark.parametrize(
    ("key", "formula", "options"),
    [
        ("REML_z", "latitude", {"test": "normal"}),
        ("REML_knha", "latitude", {"test": "HK"}),
        ("DL_z", "latitude + allocation", {"tau2": "DL", "test": "normal"}),
    ],
)
def test_exact_permutations_agree_with_r(trials, key, formula, options):
    few = trials.select(np.arange(13) < 7)
    found = sy.regress(few, formula, **options).permutation()
    assert found.exact
    # R's own iterations end early, so a tie may fall to the other side for it.
    within = 2 / found.permutations
    assert_allclose(list(found.p.values()), R["permutation"][key]["p"], atol=within)
    assert_allclose(found.p_all, R["permutation"][key]["p_all"], atol=within)


def test_a_constant_is_tested_by_signs(trials):
    few = trials.select(np.arange(13) < 7)
    found = sy.regress(few, "~ 1", tau2="DL", test="normal").permutation()
    assert found.permutations == 2**7
    assert_allclose(
        found.p["Intercept"], R["permutation"]["constant_DL"]["p"], atol=1e-12
    )
    assert found.p_all is None


def test_random_permutations_approach_the_exact_ones(trials):
    few = trials.select(np.arange(13) < 7)
    fit = sy.regress(few, "latitude", test="normal")
    exact, drawn = fit.permutation(), fit.permutation(most=10, draws=2000, seed=1)
    assert not drawn.exact
    assert drawn.permutations == 2001
    spread = np.sqrt(exact.p["latitude"] * (1 - exact.p["latitude"]) / 2000)
    assert abs(drawn.p["latitude"] - exact.p["latitude"]) < 4 * spread
    assert drawn == fit.permutation(most=10, draws=2000, seed=1)
    assert "2001 random permutations" in drawn.summary()
    json.dumps(drawn.to_dict(), allow_nan=False)


def test_averaged_models_agree_with_r(trials):
    fit = sy.average_models(trials, "~ latitude + allocation")
    r = R["averaged"]
    order = np.argsort(r["aicc"])
    assert_allclose(
        [m.value for m in fit.models], np.array(r["aicc"])[order], rtol=1e-8
    )
    assert_allclose(
        [m.weight for m in fit.models], np.array(r["weight"])[order], rtol=1e-7
    )
    # Ours is coded against 'alternate', R's by indicators of the same two levels.
    assert_allclose([c.estimate for c in fit.coefficients], r["estimate"], rtol=1e-7)
    assert_allclose([c.se for c in fit.coefficients], r["se"], rtol=1e-7)
    weights = dict(
        zip([m.terms for m in fit.models], [m.weight for m in fit.models], strict=True)
    )
    assert_allclose(
        fit.importance["latitude"],
        weights[("latitude",)] + weights[("latitude", "allocation")],
    )
    assert "Importance: latitude" in fit.summary()
    json.dumps(fit.to_dict(), allow_nan=False)
    assert len(fit.to_frame()["name"]) == 4


def test_an_interaction_never_stands_without_its_parts(trials):
    fit = sy.average_models(trials, "~ latitude * allocation", criterion="BIC")
    assert {m.terms for m in fit.models} == {
        (),
        ("latitude",),
        ("allocation",),
        ("latitude", "allocation"),
        ("latitude", "allocation", "latitude:allocation"),
    }
    with pytest.raises(sy.InvalidInput, match="ML or CE"):
        sy.average_models(trials, "latitude", tau2="REML")


@pytest.mark.parametrize("name", R["location_scale"])
def test_location_and_scale_agree_with_r(trials, name):
    code, mean, scale = name.split("|")
    fit, r = (
        sy.location_scale(trials, mean, scale, tau2=code),
        R["location_scale"][name],
    )
    # R's optimiser stops at about six digits, and differentiates numerically.
    for part, key in ((fit.location, "location"), (fit.scale, "scale")):
        se = np.array([c.se for c in part])
        assert_allclose([c.estimate for c in part], r[key], atol=1e-3 * se.min())
        assert_allclose(se, r[f"{key}_se"], rtol=4e-3)
    assert fit.log_likelihood >= r["log_likelihood"] - 1e-10
    assert_allclose(fit.log_likelihood, r["log_likelihood"], rtol=1e-8)
    json.dumps(fit.to_dict(), allow_nan=False)
    assert "Logarithm of tau²" in fit.summary()


@pytest.mark.parametrize("code", ["REML", "ML"])
def test_a_scale_without_moderators_is_one_tau2(trials, code):
    both = sy.location_scale(trials, "latitude", "~ 1", tau2=code)
    one = sy.regress(trials, "latitude", tau2=code, test="normal")
    assert_allclose(both.tau2[0], one.tau2, rtol=1e-8)
    assert_allclose([c.estimate for c in both.location], one.estimate, rtol=1e-8)
    assert_allclose([c.se for c in both.location], one.se, rtol=1e-8)
    assert both.likelihood_ratio is None


def test_a_scale_that_falls_to_nothing_is_told(trials):
    fit = sy.location_scale(trials, "latitude", "allocation", tau2="ML")
    # R 4.2.2 with metafor 3.8-1 ends at the same height on another spot of the ridge.
    assert_allclose(fit.log_likelihood, -6.27083694498, atol=1e-8)
    assert fit.scale[1].se is None
    assert any("rises without end" in note for note in fit.notes)
    assert fit.to_dict()["scale"][1]["ci_low"] is None


@pytest.fixture
def incomplete():
    random = np.random.default_rng(3)
    k = 40
    dose = random.normal(size=k)
    design = np.where(random.random(k) < 0.5 + 0.2 * np.sign(dose), "open", "blind")
    v = random.uniform(0.02, 0.2, k)
    y = 0.5 * dose + random.normal(size=k) * np.sqrt(v + 0.05)
    data = {
        "yi": y,
        "vi": v,
        "dose": [None if i % 5 == 0 else float(x) for i, x in enumerate(dose)],
        "design": [None if i % 9 == 4 else str(x) for i, x in enumerate(design)],
    }
    return data, dose


def test_imputation_keeps_every_study_and_says_so(incomplete):
    data, _ = incomplete
    fit = sy.regress(data, "~ dose + design", missing="impute", imputations=10, seed=4)
    assert fit.k == 40
    assert fit.imputed.cells == 8 + 4
    assert any("imputed 10 times" in note for note in fit.notes)
    again = sy.regress(
        data, "~ dose + design", missing="impute", imputations=10, seed=4
    )
    assert_allclose(again.estimate, fit.estimate)
    assert (np.array(list(fit.imputed.missing_information.values())) > 0).all()
    json.dumps(fit.to_dict(), allow_nan=False)
    with pytest.raises(sy.InvalidInput, match="imputed"):
        fit.influence()
    with pytest.raises(sy.InvalidInput, match="imputed"):
        fit.permutation()
    with pytest.raises(sy.InvalidInput, match="imputed"):
        fit.plot()


def test_combining_follows_rubins_rules(incomplete):
    from synthesist.pooling.regression import imputation as module

    data, dose = incomplete
    fits = [
        sy.regress(
            {"yi": data["yi"], "vi": data["vi"], "dose": dose + shift},
            "dose",
            test="normal",
        )
        for shift in (0.0, 0.3 * np.sin(np.arange(40)), 0.2 * np.cos(np.arange(40)))
    ]
    fit = module._combined(fits, 1, 0, "")
    estimates = np.array([f.estimate for f in fits])
    between = estimates.var(axis=0, ddof=1)
    within = np.mean([f.se**2 for f in fits], axis=0)
    assert_allclose(fit.estimate, estimates.mean(axis=0))
    assert_allclose(fit.se**2, within + 4 / 3 * between)
    r = 4 / 3 * between / within
    assert_allclose([c.df for c in fit.coefficients], 2 * (1 + 1 / r) ** 2)


def test_nothing_to_impute_changes_nothing(trials):
    plain = sy.regress(trials, "latitude")
    assert_allclose(
        sy.regress(trials, "latitude", missing="impute").estimate, plain.estimate
    )
    with pytest.raises(sy.NotEstimable, match="known for no study"):
        sy.regress(
            {"yi": [1, 2, 3], "vi": [1, 1, 1], "x": [None] * 3}, "x", missing="impute"
        )


def test_imputing_at_random_is_close_to_what_was_lost(incomplete):
    data, dose = incomplete
    whole = sy.regress({**data, "dose": dose}, "dose")
    fit = sy.regress(data, "dose", missing="impute", imputations=30)
    assert abs(fit.estimate[1] - whole.estimate[1]) < 2 * fit.se[1]
    assert fit.se[1] > whole.se[1]
