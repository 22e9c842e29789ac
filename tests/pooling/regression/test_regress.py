"""Meta-regression against R, with wrong input, and at the edges."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling.cases import effects as effects_of
from synthesist.pooling.regression import REGRESSION_TAU2, RegressionFit

#: R's iterations end at 1e-13 of its own scale; closed forms have no such limit.
CLOSED, ITERATED, NEAR_ZERO = 1e-8, 1e-7, 1e-10

R = golden.load("r/expected/regression.json")

TESTS = {"z": "normal", "t": "t", "knha": "HK"}

FITS = [name for name in R if name.count("|") == 2]


@pytest.fixture(scope="module")
def trials():
    return sy.effect_table(str(golden.data("bcg")), "RR")


def rtol(code):
    return ITERATED if code in {"ML", "REML", "EB", "PM", "PMM"} else CLOSED


@pytest.mark.parametrize("name", FITS)
def test_regressions_agree_with_r(trials, name):
    formula, code, test = name.split("|")
    fit, r = sy.regress(trials, formula, tau2=code, test=TESTS[test]), R[name]
    close = {"rtol": rtol(code), "atol": NEAR_ZERO}
    for ours, theirs in (("estimate", "estimate"), ("se", "se")):
        assert_allclose(getattr(fit, ours), r[theirs], **close)
    for ours, theirs in (("statistic", "statistic"), ("p", "p")):
        found = [getattr(c, ours) for c in fit.coefficients]
        assert_allclose(found, r[theirs], **close)
    for ours, theirs in (("lower", "ci_low"), ("upper", "ci_high")):
        found = [getattr(c.interval, ours) for c in fit.coefficients]
        assert_allclose(found, r[theirs], **close)
    for key in ("tau2", "i2", "h2", "q", "q_p"):
        assert_allclose(getattr(fit, key), r[key], **close)
    for ours, key in ((fit.criteria, "ml"), (fit.restricted_criteria, "reml")):
        found = (ours.log_likelihood, ours.aic, ours.bic, ours.aicc)
        assert_allclose(found, r[key], **close)
    if fit.test is not None:
        assert_allclose(fit.test.statistic, r["qm"], **close)
        assert_allclose(fit.test.p, r["qm_p"], **close)


@pytest.mark.parametrize("name", [n for n in FITS if n.startswith("~ latitude")])
def test_what_is_explained_agrees_with_r(trials, name):
    formula, code, test = name.split("|")
    fit = sy.regress(trials, formula, tau2=code, test=TESTS[test])
    assert_allclose(fit.r2, R[name]["r2"] or 0, rtol=rtol(code), atol=1e-7)


@pytest.mark.parametrize(
    ("file", "measure", "moderator"),
    [
        ("bcg", "RR", "latitude"),
        ("asthma", "SMD", "type"),
        ("expectancy", "GEN", "weeks"),
    ],
)
@pytest.mark.parametrize("code", ["FE", "DL", "ML", "REML"])
def test_reference_files_agree(file, measure, moderator, code):
    r = golden.load(file)[measure][f"mods/{code}/z"]
    data = sy.effect_table(str(golden.data(file)), measure)
    y, v = effects_of(file, measure)
    assert_allclose(data.y[data.included], y, rtol=1e-10)
    fit = sy.regress(
        {"yi": y, "vi": v, moderator: data.column(moderator)},
        moderator,
        tau2={"FE": "CE"}.get(code, code),
        test="normal",
    )
    close = {"rtol": rtol(code), "atol": NEAR_ZERO}
    assert_allclose(fit.estimate, r["estimate"], **close)
    assert_allclose(fit.se, r["se"], **close)
    assert_allclose(fit.tau2, r["tau2"], **close)
    assert_allclose(fit.r2, r["r2"], rtol=1e-7)
    if code != "FE":
        limits = (fit.tau2_interval.lower, fit.tau2_interval.upper)
        assert_allclose(limits, (r["tau2_lb"], r["tau2_ub"]), rtol=ITERATED, atol=1e-10)
        limits = (fit.i2_interval.lower, fit.i2_interval.upper)
        assert_allclose(limits, (r["i2_lb"], r["i2_ub"]), rtol=ITERATED, atol=1e-10)


def test_every_estimator_has_a_reference():
    known = {name.split("|")[1] for name in FITS}
    # The two-step estimators are held to their definition below.
    assert REGRESSION_TAU2.keys() - known == {"DL2", "HE2"}


@pytest.mark.parametrize(("code", "first"), [("DL2", "DL"), ("HE2", "HE")])
def test_two_steps_balance_q_and_what_is_expected_of_it(trials, code, first):
    one = sy.regress(trials, "latitude", tau2=first)
    two = sy.regress(trials, "latitude", tau2=code)
    w, X = 1 / (trials.v + one.tau2), one.design.X
    P = np.diag(w) - (X.T * w).T @ np.linalg.inv((X.T * w) @ X) @ (X.T * w)
    expected = np.trace(P @ np.diag(trials.v)) + two.tau2 * np.trace(P)
    assert_allclose(trials.y @ P @ trials.y, expected, rtol=1e-10)


def test_terms_and_inflation_agree_with_r(trials):
    fit = sy.regress(trials, "~ latitude + allocation", test="HK")
    for term, test in fit.terms.items():
        assert_allclose(test.statistic, R["terms"][term]["QM"], rtol=ITERATED)
        assert_allclose(test.p, R["terms"][term]["QMp"], rtol=ITERATED)
    assert fit.inflation.keys() == R["inflation"].keys()
    for term, value in fit.inflation.items():
        assert_allclose(value, R["inflation"][term], rtol=ITERATED)
    assert sy.regress(trials, "latitude").inflation == {}


@pytest.mark.parametrize(
    ("test", "prediction", "key"), [("normal", "z", "z"), ("HK", "k-1", "knha")]
)
def test_predictions_agree_with_r(trials, test, prediction, key):
    fit = sy.regress(trials, "latitude", test=test, prediction=prediction)
    found = fit.predict({"latitude": [0, 20, 33.46, 55]})
    r = R["predictions"][key]
    for ours, theirs in (
        (found.estimate, "estimate"),
        (found.se, "se"),
        (found.lower, "ci_low"),
        (found.upper, "ci_high"),
        (found.pi_lower, "pi_low"),
        (found.pi_upper, "pi_high"),
    ):
        assert_allclose(ours, r[theirs], rtol=ITERATED)
    assert_allclose(found.to_frame()["estimate"], np.exp(r["estimate"]), rtol=ITERATED)


def test_kenward_roger_agrees_with_its_equations(trials):
    fit, r = (
        sy.regress(trials, "~ latitude + allocation", test="KR"),
        R["kenward_roger"],
    )
    assert_allclose(fit.se, r["all"]["se"], rtol=1e-7)
    for name, test in {**fit.terms, "all": fit.test}.items():
        assert_allclose(test.statistic, r[name]["f"], rtol=1e-7)
        assert_allclose(test.df_residual, r[name]["df"], rtol=1e-7)
        assert_allclose(test.p, r[name]["p"], rtol=1e-6)
    assert_allclose(fit.coefficients[1].df, r["latitude"]["df"], rtol=1e-7)


def test_predictions_without_data_are_those_of_the_studies(trials):
    fit = sy.regress(trials, "~ latitude + allocation")
    found = fit.predict()
    assert_allclose(found.estimate, fit.fitted)
    assert found.at["study"] == list(trials.study)
    assert "new study" in found.summary()
    assert found.to_dict()["predictions"][0]["at"]["allocation"] == "random"


def test_a_new_study_is_not_predicted_without_degrees_of_freedom():
    fit = sy.regress({"yi": [0.1, 0.6, 0.2], "vi": [0.04, 0.09, 0.01], "x": [1, 2, 3]},
                     "x", prediction="k-2")  # fmt: skip
    assert np.isnan(fit.predict().pi_lower).all()
    assert fit.predict().to_dict()["predictions"][0]["pi_low"] is None


def test_contrasts_are_named_or_given(trials):
    fit = sy.regress(trials, "~ latitude + allocation")
    by_name = fit.contrast(["allocation[T.random]", "allocation[T.systematic]"])
    assert by_name == fit.terms["allocation"]
    matrix = fit.contrast([[0, 1, 0, 0]])
    assert matrix == fit.contrast({"latitude": 1}) == fit.terms["latitude"]
    with pytest.raises(sy.InvalidInput, match="did you mean latitude"):
        fit.contrast(["latitud"])
    with pytest.raises(sy.InvalidInput, match="2 numbers for 4"):
        fit.contrast([[0, 1]])
    with pytest.raises(sy.NotEstimable, match="follow from others"):
        fit.contrast([[0, 1, 0, 0], [0, 1, 0, 0]])


def test_a_study_without_a_moderator_is_left_out_and_named():
    data = {
        "study": ["a", "b", "c", "d", "e"],
        "yi": [0.1, 0.2, 0.3, np.nan, 0.5],
        "vi": [0.1, 0.1, 0.2, np.nan, 0.3],
        "dose": [1.0, None, 3.0, 4.0, 5.0],
    }
    fit = sy.regress(data, "dose")
    assert fit.k == 3
    assert any(note == "Left out, because dose is not known: b." for note in fit.notes)
    shown = fit.to_dict()["studies"]
    assert [s["included"] for s in shown] == [True, False, True, False, True]
    assert shown[1]["weight"] == 0
    assert shown[1]["fitted"] is None


@pytest.mark.parametrize(
    ("formula", "error", "words"),
    [
        ("~ dos", sy.NotFound, "choose one of dose"),
        ("~ np.log(dose)", sy.InvalidInput, "no transformation"),
        ("~ __import__('os')", sy.InvalidInput, "no transformation"),
        ("~ dose +* design", sy.InvalidInput, "cannot be read"),
        ("y ~ dose", sy.InvalidInput, "more than one side"),
        ("~ log(dose - 1)", sy.InvalidInput, "logarithm"),
        ("~ dose + twice", sy.NotEstimable, "leave out twice"),
        ("~ constant", sy.NotEstimable, "leave out constant"),
        ("~ each", sy.NotEstimable, "5 studies cannot tell 5"),
    ],
)
def test_what_cannot_be_regressed_is_said(formula, error, words):
    data = {
        "yi": [0.1, 0.2, 0.3, 0.4, 0.9],
        "vi": [0.1, 0.1, 0.2, 0.1, 0.3],
        "dose": [1, 2, 3, 4, 6],
        "design": ["a", "b", "a", "b", "a"],
        "twice": [2, 4, 6, 8, 12],
        "constant": [1, 1, 1, 1, 1],
        "each": ["p", "q", "r", "s", "t"],
    }
    with pytest.raises(error, match=words):
        sy.regress(data, formula)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tau2": "REMl"}, "did you mean REML"),
        ({"test": "hk-gard"}, "did you mean HK-guarded"),
        ({"test": "KR", "tau2": "DL"}, "belongs to REML"),
        ({"level": 95}, "write 0.95"),
        ({"missing": "guess"}, "choose one of drop"),
        ({"missing": "impute", "imputations": 1}, "20 or more"),
    ],
)
def test_a_wrong_choice_is_named(trials, options, words):
    with pytest.raises(sy.InvalidInput, match=words):
        sy.regress(trials, "latitude", **options)


def test_a_prediction_interval_of_another_test_is_refused(trials):
    with pytest.raises(sy.InvalidInput, match="goes with the test KR"):
        sy.regress(trials, "latitude").predict(prediction="KR")
    kr = sy.regress(trials, "latitude", test="KR", prediction="KR").predict()
    assert (kr.pi_upper - kr.pi_lower > kr.upper - kr.lower).all()


def test_new_levels_of_a_moderator_are_refused(trials):
    fit = sy.regress(trials, "allocation")
    with pytest.raises(sy.InvalidInput, match="No study has allocation = blind"):
        fit.predict({"allocation": ["blind"]})
    with pytest.raises(sy.InvalidInput, match="column latitude is missing"):
        sy.regress(trials, "latitude").predict({"allocation": ["random"]})
    with pytest.raises(sy.InvalidInput, match="was numbers"):
        sy.regress(trials, "latitude").predict({"latitude": ["north"]})


def test_the_answer_is_whole_in_every_form(trials):
    import json

    fit = sy.regress(trials, "~ latitude + allocation")
    assert isinstance(fit, RegressionFit)
    text = json.dumps(fit.to_dict(), allow_nan=False)
    assert json.loads(text)["coefficients"][1]["name"] == "latitude"
    words = fit.summary()
    for expected in (
        "log ratio scale",
        "R² = ",
        "Variance inflation",
        "not randomised",
    ):
        assert expected in words
    assert fit.to_frame()["name"][0] == "Intercept"
    assert list(fit.to_frame("pandas").columns)[:2] == ["name", "estimate"]


def test_role_columns_and_standard_errors_are_moderators(trials):
    fit = sy.regress(trials, "sei")
    assert_allclose(fit.design.X[:, 1], np.sqrt(trials.v))
    assert_allclose(sy.regress(trials, "n_t").design.X[:, 1], trials.cells["n_t"])


def test_a_second_mode_is_told(bimodal):
    fit = sy.regress(bimodal, "~ 1")
    assert any("2 maxima" in note for note in fit.notes)
    from synthesist.pooling import pool

    assert_allclose(fit.tau2, pool(bimodal).tau2, rtol=1e-9)


@pytest.fixture
def bimodal():
    """Effects of which one lies far out: with it as chance, or as heterogeneity."""
    return {
        "yi": [-0.09, -0.15, -0.01, 0.03, -24.96, -0.05, -1.73],
        "vi": [0.017, 0.003, 0.002, 4.569, 12.807, 0.538, 1.918],
    }


def test_a_perfect_fit_has_no_test_and_says_so():
    fit = sy.regress(
        {"yi": [0, 1, 1, 0, 0], "vi": [1.0] * 5, "x": [0, 1, 1, 0, 0]}, "x", test="HK"
    )
    assert fit.test is None
    assert fit.terms == {"x": None}
    assert any("no test" in note for note in fit.notes)
    assert "no test" in fit.summary()
    assert fit.to_dict()["terms"] == {"x": None}
