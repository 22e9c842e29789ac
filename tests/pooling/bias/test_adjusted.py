"""PET-PEESE, WAAP and limit meta-analysis against R and their definitions."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling.bias.cases import NAMES, R, table
from strategies import effects as drawn
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.pooling.bias import (
    LIMIT_METHODS,
    limit_meta_analysis,
    pet_peese,
    waap,
)

CLOSED, ITERATED = 1e-8, 1e-7


def assert_line(found, expected, rtol):
    for name, key in (("limit", "limit"), ("slope", "slope")):
        coefficient = getattr(found, name)
        assert_allclose(coefficient.estimate, expected[key], rtol=rtol, atol=1e-10)
        assert_allclose(coefficient.se, expected[f"{key}_se"], rtol=rtol)
    assert_allclose(found.slope.p, expected["p"], rtol=10 * rtol)


@pytest.mark.parametrize("name", NAMES)
def test_pet_and_peese_agree_with_weighted_regressions_in_r(name):
    found, expected = pet_peese(table(name)), R[name]["pet_peese"]
    assert_line(found.pet, expected["pet"], CLOSED)
    assert_line(found.peese, expected["peese"], CLOSED)
    assert found.chosen == ("PEESE" if expected["pet"]["limit_p"] <= 0.1 else "PET")
    line = found.pet if found.chosen == "PET" else found.peese
    assert found.adjusted is line.limit


@pytest.mark.parametrize("name", NAMES)
def test_pet_and_peese_with_tau2_agree_with_r(name):
    found, expected = pet_peese(table(name), tau2="REML"), R[name]["pet_peese"]
    assert_line(found.pet, expected["pet_REML"], ITERATED)
    assert_line(found.peese, expected["peese_REML"], ITERATED)
    assert_allclose(found.pet.tau2, expected["pet_REML"]["tau2"], rtol=1e-6, atol=1e-10)


def test_pet_with_equal_variances_has_no_slope_and_says_so():
    effects = {"yi": [0.1, 0.5, 0.9, 0.3], "vi": [0.25] * 4}
    with pytest.raises(NotEstimable, match="no slope to estimate"):
        pet_peese(effects)
    with pytest.raises(NotEstimable, match="no slope to estimate"):
        pet_peese(effects, tau2="DL")
    levels = {**effects, "study": ["a", "a", "b", "b"]}
    fit = sy.multilevel(levels, "study")
    with pytest.raises(NotEstimable, match="no slope to estimate"):
        pet_peese(fit)


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_effects_on_the_line_are_read_off(limit, slope):
    se = np.array([0.1, 0.2, 0.35, 0.5, 0.8])
    pet = pet_peese({"yi": limit + slope * se, "vi": se**2}).pet
    peese = pet_peese({"yi": limit + slope * se**2, "vi": se**2}).peese
    for line in (pet, peese):
        assert_allclose(line.limit.estimate, limit, atol=1e-10)
        assert_allclose(line.slope.estimate, slope, atol=1e-10)


@given(drawn(min_studies=4), st.floats(-5, 5), st.floats(0.1, 10))
def test_shift_and_scale_carry_over(rows, shift, factor):
    y, v = np.array(rows[0]), np.array(rows[1])
    if np.ptp(np.sqrt(v)) < 1e-3:
        return
    here = pet_peese({"yi": y, "vi": v})
    there = pet_peese({"yi": factor * y + shift, "vi": factor**2 * v})
    size = 1 + np.abs(here.pet.limit.estimate) + np.abs(here.pet.limit.se)
    assert_allclose(
        there.pet.limit.estimate,
        factor * here.pet.limit.estimate + shift,
        atol=1e-7 * size * (factor + 1),
    )
    assert_allclose(
        there.pet.slope.estimate,
        here.pet.slope.estimate,
        atol=1e-7 * (1 + here.pet.slope.se + abs(here.pet.slope.estimate)),
    )


def test_a_multilevel_model_agrees_with_r():
    effects = sy.effect_table(golden.data("school_calendar"), "GEN")
    found = pet_peese(sy.multilevel(effects, "district/school"))
    for line, key in ((found.pet, "se"), (found.peese, "vi")):
        expected = R["multilevel"][key]
        assert_allclose(line.limit.estimate, expected["estimate"][0], rtol=1e-6)
        assert_allclose(line.limit.se, expected["se"][0], rtol=1e-6)
        assert_allclose(line.slope.p, expected["p"][1], rtol=1e-6)
        assert_allclose(line.slope.df, expected["df"][1], rtol=1e-6)
    assert found.clusters == 11


def test_one_effect_a_cluster_is_the_model_with_tau2():
    # A multilevel model of unrelated effects is meta-regression.
    y, v = (np.array(x) for x in (table("bcg RR").y, table("bcg RR").v))
    rows = {"yi": y, "vi": v, "study": [f"s{i}" for i in range(len(y))]}
    multi = pet_peese(sy.multilevel(rows, "study"))
    single = pet_peese(rows, tau2="REML")
    assert_allclose(multi.pet.limit.estimate, single.pet.limit.estimate, rtol=1e-6)
    assert_allclose(multi.peese.slope.estimate, single.peese.slope.estimate, rtol=1e-6)


def test_an_overshooting_line_is_noted():
    se = np.array([0.2, 0.25, 0.3, 0.35, 0.4, 0.5])
    wobble = 0.01 * np.array([1, -1, 1, -1, 1, -1])
    found = pet_peese({"yi": -0.5 + 2 * se + wobble, "vi": se**2})
    assert any("overshoots" in note for note in found.notes)


def test_wrong_choices_are_refused():
    with pytest.raises(InvalidInput, match="give tau2"):
        pet_peese(table("bcg RR"), test="t")
    with pytest.raises(InvalidInput, match="not between 0 and 1"):
        pet_peese(table("bcg RR"), alpha=5)
    with pytest.raises(InvalidInput, match="Clusters belong"):
        pet_peese(table("bcg RR"), cluster="study")


@pytest.mark.parametrize("name", NAMES)
def test_waap_agrees_with_weighted_means_in_r(name):
    found, expected = waap(table(name)), R[name]["waap"]
    assert_allclose(found.all_studies.estimate, expected["estimate"], rtol=CLOSED)
    assert_allclose(found.all_studies.se, expected["se"], rtol=CLOSED)
    assert_allclose(found.all_studies.p, expected["p"], rtol=CLOSED)
    assert found.adequate.sum() == expected["adequate"]
    assert found.fallback == (expected["adequate"] < 2)
    if not found.fallback:
        assert_allclose(found.average.estimate, expected["waap"], rtol=CLOSED)
        assert_allclose(found.average.se, expected["waap_se"], rtol=CLOSED)
        assert_allclose(found.average.p, expected["waap_p"], rtol=CLOSED)
    else:
        assert found.average == found.all_studies
        assert any("WAAP-UWLS" in note for note in found.notes)


def test_adequate_studies_have_the_power_asked_for():
    found = waap(table("bcg RR"), power=0.8)
    effect, se = found.all_studies.estimate, np.sqrt(found.effects.v)
    from statistics import NormalDist

    normal = NormalDist()
    power = np.array([normal.cdf(abs(effect) / s - normal.inv_cdf(0.975)) for s in se])
    assert ((power >= 0.8) == found.adequate).all()


@pytest.mark.parametrize("method", LIMIT_METHODS)
@pytest.mark.parametrize("name", NAMES)
def test_limit_meta_analysis_agrees_with_its_equations_in_r(name, method):
    found, expected = limit_meta_analysis(table(name), method), R[name]["limit"]
    assert_allclose(found.fit.tau2, expected["tau2"], rtol=ITERATED, atol=1e-10)
    assert_allclose(found.estimate, expected[method], rtol=ITERATED, atol=1e-10)
    assert_allclose(found.se, expected[f"{method}_se"], rtol=CLOSED)
    assert_allclose(found.bias, expected["bias"], rtol=ITERATED)
    assert_allclose(found.slope, expected["slope"], rtol=ITERATED, atol=1e-10)
    assert_allclose(found.limit, expected["limit"], rtol=1e-6, atol=1e-9)
    assert_allclose(found.small_study.statistic, expected["q_small"], rtol=ITERATED)
    assert_allclose(found.rest.statistic, expected["q_rest"], rtol=CLOSED)
    if found.g2 is None:
        assert found.fit.tau2 == 0
    else:
        assert_allclose(found.g2, expected["g2"], rtol=ITERATED)


def test_the_parts_of_q_add_up_and_egger_is_inside():
    found = limit_meta_analysis(table("bcg OR"))
    q = found.fit.q
    assert_allclose(found.small_study.statistic + found.rest.statistic, q, rtol=1e-10)
    # The residual Q is that of Egger's regression.
    line = sy.regress(table("bcg OR"), "~ sei", tau2="CE")
    assert_allclose(found.rest.statistic, line.q, rtol=1e-10)


def test_without_heterogeneity_there_is_one_limit():
    found = limit_meta_analysis(table("catheters RR"))
    assert found.fit.tau2 == 0
    assert_allclose(found.limit, found.slope)
    assert_allclose(found.estimate, found.slope)
    assert any("tau² is zero" in note for note in found.notes)


@pytest.mark.parametrize(
    "found",
    [
        lambda: pet_peese(table("asthma SMD")),
        lambda: pet_peese(table("bcg RR"), tau2="DL"),
        lambda: waap(table("bcg RR")),
        lambda: waap(table("asthma SMD")),
        lambda: limit_meta_analysis(table("bcg RR")),
    ],
)
def test_results_can_be_printed_and_written(found):
    result = found()
    assert "Note: " in result.summary()
    assert json.loads(json.dumps(result.to_dict()))["notes"]
    assert len(result.to_frame()["estimate"]) == 2
