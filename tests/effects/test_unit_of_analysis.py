"""Clusters, crossovers and pairs, by the worked examples of the Handbook."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import golden
from synthesist import InvalidInput, effect_table
from synthesist.effects import design_effect, effective_size, for_clusters

HANDBOOK = golden.load("published/handbook_chapter23.toml")
CLUSTER = HANDBOOK["cluster"]
COUNTS = ("events_t", "n_t", "events_c", "n_c")


def effects_of_clusters():
    return effect_table({role: [CLUSTER[role]] * 2 for role in COUNTS}, "OR")


def test_the_design_effect_and_effective_sizes_of_the_handbook():
    size = (CLUSTER["n_t"] + CLUSTER["n_c"]) / CLUSTER["clusters"]
    # The Handbook goes on with the mean size rounded to 29.8.
    assert_allclose(
        design_effect(round(size, 1), CLUSTER["icc"]), CLUSTER["design_effect"], 1e-6
    )
    for role, value in CLUSTER["effective"].items():
        found = effective_size(CLUSTER[role], CLUSTER["design_effect"])
        assert_allclose(found, value, atol=0.05)


def test_clusters_raise_the_variance_and_say_so():
    before = effects_of_clusters()
    after = for_clusters(before, size=[29.8, np.nan], icc=0.02)
    assert_allclose(after.y, before.y, rtol=0)
    assert_allclose(after.v / before.v, [1.576, 1], rtol=1e-12)
    assert after.row_notes[0] == "variance raised for clusters"
    assert after.row_notes[1] == ""
    assert "design effect" in after.notes[0]


def test_unequal_clusters_cost_more():
    assert design_effect(20, 0.05, cv=0.6) > design_effect(20, 0.05)
    # Eldridge 2006: 1 + ((1 + cv²) m - 1) icc, worked by hand.
    assert_allclose(design_effect(20, 0.05, cv=0.6), 1 + (1.36 * 20 - 1) * 0.05)


@given(st.floats(1, 100), st.floats(0, 1))
def test_a_design_effect_is_at_least_one(size, icc):
    assert design_effect(size, icc) >= 1


@pytest.mark.parametrize("wrong", [{"size": 0.5}, {"icc": 1.5}, {"cv": -1}])
def test_impossible_clusters_are_refused(wrong):
    with pytest.raises(InvalidInput, match="cannot be"):
        for_clusters(effects_of_clusters(), **{"size": 20, "icc": 0.02} | wrong)


def test_crossover_means_agree_with_the_handbook():
    given = HANDBOOK["crossover"]
    row = {key: [given[key]] for key in ("mean_t", "sd_t", "mean_c", "sd_c", "n", "r")}
    md = effect_table(row, "MDX")
    assert_allclose(
        [md.y[0], np.sqrt(md.v[0])], [given["md"], given["se_md"]], atol=5e-4
    )
    smd = effect_table(row, "SMDX", small_sample="none")
    seen = [smd.y[0], np.sqrt(smd.v[0])]
    assert_allclose(seen, [given["smd"], given["se_smd"]], atol=5e-4)


def test_a_crossover_without_correlation_needs_an_assumed_one():
    row = {"mean_t": [7], "sd_t": [2], "mean_c": [6], "sd_c": [2], "n": [10]}
    with pytest.raises(InvalidInput, match="r is missing"):
        effect_table(row, "MDX")
    effects = effect_table(row, "MDX", r=0.5)
    assert_allclose(effects.v, 4 / 10, rtol=1e-14)


def test_pairs_and_margins_are_the_same_crossover():
    both, only_t, only_c, neither = 12, 8, 3, 31
    n = both + only_t + only_c + neither
    p, q = (both + only_t) / n, (both + only_c) / n
    r = (both / n - p * q) / np.sqrt(p * (1 - p) * q * (1 - q))
    pairs = {"both": [both], "only_t": [only_t], "only_c": [only_c]}
    one = effect_table(pairs | {"neither": [neither]}, "MPOR")
    margins = {"events_t": [both + only_t], "events_c": [both + only_c], "n": [n]}
    two = effect_table(margins | {"r": [r]}, "MPORM")
    assert_allclose([one.y, one.v], [two.y, two.v], rtol=1e-12)
    # Unpaired, the same counts would have the larger variance.
    apart = {"events_t": [20], "n_t": [n], "events_c": [15], "n_c": [n]}
    assert one.v[0] < effect_table(apart, "OR").v[0]
