"""Tests of small-study effects against R, printed values and their definitions."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling import cases as earlier
from pooling.bias.cases import NAMES, R, entries, table
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.pooling.bias import (
    SMALL_STUDY_TESTS,
    excess_significance,
    fail_safe_n,
    limit_meta_analysis,
    small_study_test,
    trim_and_fill,
    waap,
)
from synthesist.pooling.bias.kendall import kendall

#: A regression without iteration, and one that rests on REML in R.
CLOSED, ITERATED = 1e-8, 1e-7


@pytest.mark.parametrize("name", NAMES)
def test_weighted_regressions_agree_with_r(name):
    for code, expected in R[name]["tests"].items():
        if code not in SMALL_STUDY_TESTS or code == "begg":
            continue
        found = small_study_test(table(name), code)
        for key in ("statistic", "p"):
            assert_allclose(getattr(found, key), expected[key], rtol=CLOSED)
        assert_allclose(found.slope.estimate, expected["slope"], rtol=CLOSED)
        assert_allclose(found.slope.se, expected["slope_se"], rtol=CLOSED)
        if found.limit is not None:
            assert_allclose(
                found.limit.estimate, expected["limit"], rtol=CLOSED, atol=1e-10
            )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("test", ["t", "HK"])
def test_the_mixed_regression_agrees_with_r(name, test):
    found = small_study_test(table(name), "egger-mixed", test=test)
    expected = R[name]["tests"][f"egger-mixed REML {test}"]
    for key in ("statistic", "p"):
        assert_allclose(getattr(found, key), expected[key], rtol=ITERATED)
    assert_allclose(found.tau2, expected["tau2"], rtol=ITERATED, atol=1e-10)


@pytest.mark.parametrize(("file", "measure"), entries("egger/lm"))
def test_egger_agrees_with_the_earlier_references(file, measure):
    effects = earlier.data(file, measure)
    expected = golden.load(file)[measure]["egger/lm"]
    found = small_study_test(effects, "egger")
    assert_allclose(found.statistic, expected["statistic"], rtol=1e-7)
    assert_allclose(found.p, expected["p"], rtol=1e-7)
    assert_allclose(
        found.limit.estimate, expected["intercept_limit"], rtol=1e-7, atol=1e-9
    )


@pytest.mark.parametrize(("file", "measure"), entries("egger/REML"))
def test_the_mixed_egger_agrees_with_the_earlier_references(file, measure):
    effects = earlier.data(file, measure)
    expected = golden.load(file)[measure]["egger/REML"]
    found = small_study_test(effects, "egger-mixed", test="normal")
    # R's regtest stops at its own tolerance.
    assert_allclose(found.statistic, expected["statistic"], rtol=1e-4)
    assert_allclose(found.p, expected["p"], rtol=1e-3)


@pytest.mark.parametrize(("file", "measure"), entries("begg"))
def test_begg_agrees_with_the_earlier_references(file, measure):
    effects = earlier.data(file, measure)
    expected = golden.load(file)[measure]["begg"]
    found = small_study_test(effects, "begg")
    assert_allclose(found.tau, expected["tau"], rtol=1e-8, atol=1e-10)
    assert_allclose(found.p, expected["p"], rtol=1e-8)


@pytest.mark.parametrize("k", [2, 3, 4, 5, 6])
def test_the_exact_rank_test_counts_all_orders(k):
    x = np.arange(k, dtype=float)
    scores = [
        sum(np.sign(b - a) for a, b in itertools.combinations(order, 2))
        for order in itertools.permutations(range(k))
    ]
    for order in itertools.islice(itertools.permutations(range(k)), 0, None, k):
        y = np.array(order, dtype=float)
        score = sum(np.sign(b - a) for a, b in itertools.combinations(order, 2))
        tau, p, exact = kendall(x, y)
        low = np.mean([s <= score for s in scores])
        high = np.mean([s >= score for s in scores])
        assert exact
        assert_allclose(p, min(1, 2 * min(low, high)))
        assert_allclose(tau, score / (k * (k - 1) / 2))


def test_the_rank_test_with_ties_agrees_with_scipy():
    from scipy.stats import kendalltau

    x = np.array([1.0, 2, 2, 3, 4, 4, 4, 7, 8, 8])
    y = np.array([2.0, 1, 5, 5, 3, 9, 9, 9, 4, 11])
    tau, p, exact = kendall(x, y)
    expected = kendalltau(x, y, method="asymptotic")
    assert not exact
    assert_allclose([tau, p], [expected.statistic, expected.pvalue], rtol=1e-12)


def test_deeks_and_pustejovsky_rodgers_are_one_test():
    # The roots of 1/n + 1/m and of 1/ess differ by a factor of two.
    deeks, other = (
        small_study_test(table("asthma SMD"), code)
        for code in ("deeks", "pustejovsky-rodgers")
    )
    assert_allclose([deeks.statistic, deeks.p], [other.statistic, other.p], rtol=1e-10)
    assert_allclose(deeks.slope.estimate, 2 * other.slope.estimate, rtol=1e-10)


def test_every_test_has_a_reference():
    known = {code.split()[0] for name in NAMES for code in R[name]["tests"]}
    assert SMALL_STUDY_TESTS.keys() <= known


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("bcg OR", "egger", "harbord or peters"),
        ("bcg RR", "begg", "harbord or peters"),
        ("asthma SMD", "egger", "pustejovsky-rodgers"),
        ("asthma MD", "deeks", "made for OR"),
        ("bcg OR", "egger", "I² from Q 93%"),
    ],
)
def test_it_says_when_it_should_not_be_used(name, code, said):
    notes = small_study_test(table(name), code).notes
    assert any(said in note for note in notes)


def test_few_studies_and_studies_of_one_size_are_noted():
    few = {"yi": [0.1, 0.3, 0.2, 0.5], "vi": [0.04, 0.05, 0.06, 0.08]}
    notes = small_study_test(few).notes
    assert any("fewer than ten" in note for note in notes)
    assert any("factor of four" in note for note in notes)


def test_a_good_case_has_only_the_general_note():
    rng = np.random.default_rng(5)
    v = np.linspace(0.01, 0.4, 14)
    effects = {"yi": rng.normal(0, np.sqrt(v)), "vi": v}
    assert len(small_study_test(effects).notes) == 1


@pytest.mark.parametrize("code", ["egger", "egger-mixed", "thompson-sharp", "begg"])
def test_equal_variances_are_not_estimable(code):
    with pytest.raises(NotEstimable, match="no slope to estimate"):
        small_study_test({"yi": [1.0, 2, 3, 5], "vi": [0.3] * 4}, code)


def test_two_studies_are_too_few():
    with pytest.raises(NotEstimable, match="At least 3"):
        small_study_test({"yi": [1.0, 2], "vi": [0.3, 0.1]})


def test_an_unknown_test_names_the_nearest():
    with pytest.raises(InvalidInput, match="did you mean harbord"):
        small_study_test(table("bcg OR"), "harbor")


def test_counts_are_asked_for():
    with pytest.raises(InvalidInput, match="events_t"):
        small_study_test(table("asthma SMD"), "harbord")
    with pytest.raises(InvalidInput, match="size='n'"):
        small_study_test({"yi": [1.0, 2, 3], "vi": [0.3, 0.1, 0.2]}, "macaskill")


def test_sizes_may_stand_in_a_column():
    columns = {
        "yi": [0.1, 0.4, 0.3, 0.9],
        "vi": [0.1, 0.2, 0.3, 0.5],
        "n": [90, 40, 30, 11],
    }
    named = {**columns, "people": columns["n"]}
    del named["n"]
    found = small_study_test(named, "macaskill", size="people")
    assert found.limit is None
    line = np.polynomial.polynomial.polyfit(
        columns["n"], columns["yi"], 1, w=np.array(columns["vi"]) ** -0.5
    )
    assert_allclose(found.slope.estimate, line[1], rtol=1e-10)


def test_choices_of_another_test_are_refused():
    with pytest.raises(InvalidInput, match="egger-mixed"):
        small_study_test(table("bcg RR"), "egger", tau2="DL")
    with pytest.raises(InvalidInput, match="Clusters belong"):
        small_study_test(table("bcg RR"), "egger", cluster="study")


def test_a_study_without_events_is_left_out_and_named():
    columns = {
        "study": list("abcde"),
        "events_t": [0, 4, 9, 3, 12],
        "n_t": [20, 40, 100, 25, 210],
        "events_c": [0, 7, 11, 8, 17],
        "n_c": [21, 41, 90, 30, 200],
    }
    found = small_study_test(sy.effect_table(columns, "OR"), "harbord")
    assert found.k == 4
    assert "a." in found.notes[1] or any(n.endswith(": a.") for n in found.notes)


def test_effects_on_one_line_have_no_test():
    v = np.array([0.04, 0.25, 0.64])
    found = small_study_test({"yi": 0.5 + 2 * np.sqrt(v), "vi": v})
    assert_allclose(found.slope.estimate, 2)
    assert_allclose(found.limit.estimate, 0.5)
    assert found.p is None or found.p < 1e-6


def test_a_result_can_be_printed_and_written():
    import json

    for code in ("egger", "begg", "egger-mixed"):
        found = small_study_test(table("bcg RR"), code)
        assert "Note: " in found.summary()
        written = json.loads(json.dumps(found.to_dict()))
        assert written["p"] == found.p
        assert len(written["studies"]) == 13
        assert found.to_frame()["estimate"]
    assert "Kendall" in small_study_test(table("bcg RR"), "begg").summary()


def test_a_multilevel_model_agrees_with_r():
    effects = sy.effect_table(golden.data("school_calendar"), "GEN")
    fit = sy.multilevel(effects, "district/school")
    found = small_study_test(fit)
    expected = R["multilevel"]["se"]
    assert found.clusters == 11
    # R's multilevel REML is an optimum to six digits.
    assert_allclose(found.slope.estimate, expected["estimate"][1], rtol=1e-6)
    assert_allclose(found.slope.se, expected["se"][1], rtol=1e-6)
    assert_allclose(found.df, expected["df"][1], rtol=1e-6)
    assert_allclose(found.p, expected["p"][1], rtol=1e-6)
    assert_allclose(found.limit.estimate, expected["estimate"][0], rtol=1e-6)
    assert "56 effects in 11 clusters" in found.summary()


def test_a_multilevel_model_takes_the_tests_that_are_defined_for_it():
    rows = np.arange(40)
    rng = np.random.default_rng(2)
    n = rng.integers(10, 200, 40)
    columns = {
        "study": [f"s{i // 4}" for i in rows],
        "n_t": n,
        "n_c": n + 3,
        "mean_t": rng.normal(1, 1, 40),
        "sd_t": np.full(40, 2.0),
        "mean_c": np.zeros(40),
        "sd_c": np.full(40, 2.0),
    }
    fit = sy.multilevel(sy.effect_table(columns, "SMD"), "study/row")
    found = small_study_test(fit, "pustejovsky-rodgers", cluster="study")
    assert found.clusters == 10
    with pytest.raises(InvalidInput, match="not defined"):
        small_study_test(fit, "begg")


@pytest.mark.parametrize(
    "method",
    [trim_and_fill, limit_meta_analysis, waap, fail_safe_n, excess_significance],
)
def test_what_has_no_form_for_dependent_effects_says_so(method):
    rows = {
        "yi": [0.1, 0.4, 0.2, 0.6],
        "vi": [0.1, 0.2, 0.3, 0.4],
        "study": list("aabb"),
    }
    with pytest.raises(InvalidInput, match="depend on each other"):
        method(sy.multilevel(rows, "study"))


@pytest.mark.parametrize("test", ["t", "HK"])
def test_beside_moderators_agrees_with_r(test):
    fit = sy.regress(table("bcg RR"), "~ latitude + allocation", test=test)
    found = small_study_test(fit)
    expected = R["moderated"][test]
    assert_allclose(found.slope.estimate, expected["estimate"][-1], rtol=ITERATED)
    assert_allclose(found.slope.se, expected["se"][-1], rtol=ITERATED)
    assert_allclose(found.p, expected["p"][-1], rtol=ITERATED)
    whole = sy.regress(table("bcg RR"), "~ latitude + allocation + sei", test=test)
    row = whole.design.X.mean(axis=0)
    row[-1] = 0.0
    assert_allclose(found.limit.estimate, row @ whole.estimate, rtol=1e-9)
    assert_allclose(found.limit.se, (row @ whole.covariance @ row) ** 0.5, rtol=1e-9)
    assert any("average of the other moderators" in note for note in found.notes)
    assert_allclose(found.tau2, expected["tau2"], rtol=ITERATED)
    assert found.rules["beside"] == "~ latitude + allocation"


def test_beside_no_moderator_it_is_the_mixed_test():
    plain = small_study_test(table("asthma SMD"), "egger-mixed")
    fit = sy.regress(table("asthma SMD"), "~ 1", test="t")
    beside = small_study_test(fit, "egger-mixed")
    assert_allclose(beside.p, plain.p, rtol=1e-12)
    assert_allclose(beside.limit.estimate, plain.limit.estimate, rtol=1e-12)


def test_a_regression_that_cannot_take_it_is_refused():
    fit = sy.regress(table("bcg RR"), "~ latitude")
    with pytest.raises(InvalidInput, match="own choices"):
        small_study_test(fit, "egger-mixed", tau2="DL")
    with pytest.raises(InvalidInput, match="not defined with other moderators"):
        small_study_test(fit, "harbord")
    effects = {"yi": [0.1, 0.4, 0.2, 0.6, 0.3], "vi": [0.1, 0.2, 0.3, 0.4, 0.2]}
    holes = {**effects, "dose": [1.0, 2.0, None, 4.0, 6.0]}
    with pytest.raises(InvalidInput, match="imputed"):
        small_study_test(sy.regress(holes, "~ dose", missing="impute", imputations=2))


def test_several_outcomes_are_averaged_at_the_limit():
    rows = {
        "study": [f"s{i // 2}" for i in range(16)],
        "outcome": ["pain", "sleep"] * 8,
        "yi": np.linspace(0.1, 0.9, 16) ** 2,
        "vi": np.tile([0.02, 0.03, 0.06, 0.1], 4) * np.linspace(1, 2, 16),
    }
    fit = sy.multivariate(rows, "outcome", "study", "CS")
    found = small_study_test(fit)
    whole = sy.multivariate(
        {**rows, "se": np.sqrt(rows["vi"])},
        "outcome",
        "study",
        "CS",
        "~ 0 + outcome + se",
    )
    robust = whole.robust("study")
    assert_allclose(found.slope.estimate, robust.estimate[-1], rtol=1e-6)
    assert_allclose(found.limit.estimate, robust.estimate[:2].mean(), rtol=1e-6)
