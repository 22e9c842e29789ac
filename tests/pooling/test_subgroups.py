"""Subgroups: each by itself, and the one test that compares them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling.cases import effects as effects_of
from synthesist.pooling import pool, subgroups


@pytest.fixture(scope="module")
def trials():
    return sy.effect_table(str(golden.data("bcg")), "RR")


def test_each_subgroup_is_pooled_by_itself(trials):
    found = subgroups(trials, by="allocation", tau2="DL")
    assert list(found.fits) == ["random", "alternate", "systematic"]
    for name, fit in found.fits.items():
        mask = [value == name for value in trials.columns["allocation"]]
        alone = pool(trials.select(mask), tau2="DL")
        assert fit.estimate == alone.estimate
        assert fit.interval == alone.interval
    assert found.overall.estimate == pool(trials, tau2="DL").estimate
    assert sum(fit.k for fit in found.fits.values()) == found.overall.k


def test_common_effects_divide_q_into_within_and_between():
    y, v = effects_of("head_neck", "HR")
    group = [1] * 8 + [2] * (len(y) - 8)
    found = subgroups({"yi": y, "vi": v}, by=group, tau2="CE")
    within = sum(fit.q for fit in found.fits.values())
    assert_allclose(found.test.statistic, found.overall.q - within, rtol=1e-9)
    assert found.test.df == 1


@pytest.mark.parametrize("group", [1, 2, 3])
def test_common_effects_of_subgroups_agree_with_r(group):
    r = golden.load("head_neck")[f"HR/group={group}"]["fixed"]
    found = subgroups(
        sy.effect_table(str(golden.data("head_neck")), "HR"), by="group", tau2="CE"
    )
    fit = found.fits[str(group)].to_dict()
    for ours, theirs in {
        "estimate": "estimate",
        "se": "se",
        "ci_low": "ci_lb",
        "q": "q",
        "p": "p",
        "k": "k",
    }.items():
        assert_allclose(fit[ours], r[theirs], rtol=1e-8)


def test_equal_subgroups_do_not_differ():
    data = {"yi": [0.1, 0.4, 0.1, 0.4], "vi": [0.1, 0.2, 0.1, 0.2]}
    found = subgroups(data, by=["a", "a", "b", "b"])
    assert_allclose(found.test.statistic, 0, atol=1e-12)
    assert_allclose(found.test.p, 1)


def test_studies_without_a_subgroup_count_in_the_overall_answer_only():
    data = {"yi": [0.1, 0.4, 0.3], "vi": [0.1, 0.2, 0.1], "dose": ["low", None, "high"]}
    found = subgroups(data, by="dose")
    assert found.overall.k == 3
    assert [fit.k for fit in found.fits.values()] == [1, 1]
    assert any("No subgroup is stated for 2" in note for note in found.notes)


def test_a_subgroup_without_results_is_named():
    data = {"yi": [0.1, np.nan], "vi": [0.1, np.nan]}
    found = subgroups(data, by=["a", "b"])
    assert found.fits["b"] is None
    assert found.test is None
    assert any("b" in note and "No result" in note for note in found.notes)
    assert "nothing can be compared" in found.summary()


def test_a_wrong_grouping_is_named(trials):
    with pytest.raises(sy.NotFound, match="alocation"):
        subgroups(trials, by="alocation")
    with pytest.raises(sy.InvalidInput, match="13 studies but 2"):
        subgroups(trials, by=["a", "b"])


def test_models_from_counts_have_subgroups_too(trials):
    found = subgroups(trials, by="allocation", model="mh")
    assert {fit.model for fit in found.fits.values()} == {"mh"}
    assert 0 <= found.test.p <= 1


def test_json_and_frame_hold_every_subgroup(trials):
    found = subgroups(trials, by="allocation")
    json = found.to_dict()
    assert [entry["group"] for entry in json["groups"]] == list(found.fits)
    frame = found.to_frame()
    assert frame["k"] == [7, 2, 4, 13]


def test_the_plot_keeps_every_study_in_its_subgroup(trials):
    plot = subgroups(trials, by="allocation").forest()
    assert [group.title for group in plot.groups] == [
        "random",
        "alternate",
        "systematic",
    ]
    assert [len(group.rows) for group in plot.groups] == [7, 2, 4]
    weights = [row.weight for group in plot.groups for row in group.rows]
    assert_allclose(sum(weights), 100)
    assert any("Between subgroups" in line for line in plot.footer)
