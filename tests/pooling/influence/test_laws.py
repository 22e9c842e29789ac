"""Laws of answers from parts of the studies, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import strategies
import synthesist as sy
from synthesist.pooling import pool
from synthesist.pooling.influence import (
    baujat,
    cumulative,
    gosh,
    influence,
    leave_one_out,
)

RTOL, ATOL = 1e-6, 1e-8
TRIALS = {
    "study": ["Ada", "Bela", "Caro", "Dora", "Elin"],
    "year": [1999, 1987, None, 1991, 1990],
    "events_t": [12, 9, 1, None, 7],
    "n_t": [50, 40, 20, None, 61],
    "events_c": [20, 15, 4, None, 13],
    "n_c": [50, 41, 22, None, 60],
}


def table(data):
    y, v = data
    return {"yi": np.array(y, float), "vi": np.array(v, float)}


def trials():
    return sy.effect_table(TRIALS, "RR")


@settings(max_examples=25)
@given(
    data=strategies.effects(min_studies=3, max_studies=7),
    tau2=st.sampled_from(["CE", "DL", "REML", "PM"]),
    interval=st.sampled_from(["normal", "HK-guarded"]),
)
def test_a_study_left_out_is_an_analysis_of_the_others(data, tau2, interval):
    whole = table(data)
    options = {"tau2": tau2, "interval": interval}
    found = leave_one_out(whole, **options).answers
    for i in range(len(whole["yi"])):
        rest = {name: np.delete(column, i) for name, column in whole.items()}
        alone = pool(rest, **options)
        assert_allclose(found.estimate[i], alone.estimate, rtol=RTOL, atol=ATOL)
        assert_allclose(found.se[i], alone.se, rtol=RTOL)
        assert_allclose(found.lower[i], alone.interval.lower, rtol=RTOL, atol=ATOL)
        assert_allclose(found.tau2[i], alone.tau2, rtol=RTOL, atol=ATOL)
        assert_allclose(found.q[i], alone.q, rtol=RTOL, atol=ATOL)


@settings(max_examples=25)
@given(data=strategies.effects(min_studies=2, max_studies=9))
def test_the_last_of_a_growing_row_is_the_answer_itself(data):
    whole = table(data)
    fit, found = pool(whole), cumulative(whole).answers
    assert found.k.tolist() == list(range(1, len(whole["yi"]) + 1))
    assert_allclose(found.estimate[-1], fit.estimate, rtol=RTOL, atol=ATOL)
    assert_allclose(found.tau2[-1], fit.tau2, rtol=RTOL, atol=ATOL)
    assert_allclose(found.estimate[0], whole["yi"][0], rtol=RTOL, atol=ATOL)
    assert_allclose(found.se[0] ** 2, whole["vi"][0], rtol=RTOL)


@settings(max_examples=25)
@given(
    data=strategies.effects(min_studies=3, max_studies=9),
    shift=st.floats(-5, 5),
    scale=st.sampled_from([-3.0, 0.01, 100.0]),
)
def test_influence_knows_no_units(data, shift, scale):
    whole = table(data)
    other = {"yi": scale * whole["yi"] + shift, "vi": scale**2 * whole["vi"]}
    one = influence(whole, tau2="DL").measures
    two = influence(other, tau2="DL").measures
    sign = np.sign(scale)
    for name in ("cook_d", "cov_r", "hat", "qe_del"):
        ours, theirs = getattr(one, name), getattr(two, name)
        assert_allclose(theirs, ours, rtol=1e-5, atol=1e-6)
    for name in ("rstudent", "dffits", "dfbetas"):
        ours, theirs = getattr(one, name), getattr(two, name)
        assert_allclose(theirs, sign * ours, rtol=1e-5, atol=1e-6)
    assert_allclose(one.hat.sum(), 1, rtol=1e-12)
    assert_allclose(one.weight, 100 * one.hat)


@settings(max_examples=25)
@given(data=strategies.effects(min_studies=2, max_studies=9))
def test_with_a_common_effect_the_contributions_add_up_to_q(data):
    found = baujat(table(data), tau2="CE")
    assert_allclose(found.heterogeneity.sum(), found.fit.q, rtol=1e-9, atol=1e-9)


@settings(max_examples=15)
@given(data=strategies.effects(min_studies=2, max_studies=6))
def test_subsets_hold_the_studies_the_whole_and_each_study_left_out(data):
    whole = table(data)
    k = len(whole["yi"])
    found = gosh(whole)
    sizes = found.members.sum(axis=1)
    assert len(found.answers.k) == 2**k - 1
    assert (found.answers.k == sizes).all()
    singles = found.members[sizes == 1].argmax(axis=1)
    assert_allclose(found.answers.estimate[sizes == 1], whole["yi"][singles], atol=ATOL)
    (all_of_them,) = np.flatnonzero(sizes == k)
    fit = pool(whole)
    assert_allclose(found.answers.estimate[all_of_them], fit.estimate, atol=ATOL)
    left_out = np.flatnonzero(sizes == k - 1)
    without = leave_one_out(whole).answers
    missing = (~found.members[left_out]).argmax(axis=1)
    assert_allclose(
        found.answers.estimate[left_out],
        without.estimate[missing],
        rtol=RTOL,
        atol=ATOL,
    )


def test_a_sample_of_subsets_is_the_same_for_the_same_seed():
    rng = np.random.default_rng(3)
    many = {"yi": rng.normal(size=40), "vi": rng.uniform(0.1, 1, 40)}
    one, two = (gosh(many, subsets=300, seed=8) for _ in range(2))
    other = gosh(many, subsets=300, seed=9)
    assert not one.every
    assert (one.members == two.members).all()
    assert (one.members != other.members).any()
    assert one.members.any(axis=1).all()
    assert abs(one.members.mean() - 0.5) < 0.05
    assert_allclose(one.answers.estimate, two.answers.estimate, rtol=0)


def test_large_fits_are_cut_into_panels_without_a_seam():
    rng = np.random.default_rng(4)
    many = {"yi": rng.normal(size=300), "vi": rng.uniform(0.1, 1, 300)}
    found = leave_one_out(many, tau2="DL", interval="normal").answers
    total = found.se**-2
    others = [
        (1 / (np.delete(many["vi"], i) + found.tau2[i])).sum() for i in (0, 150, 299)
    ]
    assert_allclose(total[[0, 150, 299]], others, rtol=1e-12)


def test_two_studies_leave_one():
    found = leave_one_out({"yi": [0.1, 0.5], "vi": [0.04, 0.09]})
    assert_allclose(found.answers.estimate, [0.5, 0.1])
    assert np.isnan(found.answers.tau2).all()
    assert influence(found.fit).measures.tau2_del.tolist() == [0, 0]
    assert found.summary().count("tau²") == 0


def test_studies_without_an_effect_are_named_and_left_out():
    found = leave_one_out(trials())
    assert found.labels == tuple(
        f"without {n}" for n in ("Ada", "Bela", "Caro", "Elin")
    )
    assert "Dora" in found.notes[0]
    assert found.to_frame()["study"] == ["Ada", "Bela", "Caro", "Elin"]


def test_studies_are_ordered_by_a_column_and_those_without_come_last():
    found = cumulative(trials(), by="year")
    assert [label.removeprefix("up to ") for label in found.labels] == [
        "Bela",
        "Elin",
        "Ada",
        "Caro",
    ]
    assert "No year is stated for Caro" in found.notes[0]
    back = cumulative(trials(), by="year", descending=True)
    assert [label.split()[-1] for label in back.labels] == [
        "Ada",
        "Elin",
        "Bela",
        "Caro",
    ]
    by_name = cumulative(
        {"yi": [1, 2.0], "vi": [1, 1.0], "site": ["b", "a"]}, by="site"
    )
    assert by_name.rows.tolist() == [1, 0]
    assert cumulative(trials(), descending=True).rows.tolist() == [4, 2, 1, 0]


def test_numbers_are_read_on_the_scale_of_the_reader():
    found = leave_one_out(trials(), interval="normal")
    frame = found.to_frame()
    assert_allclose(frame["estimate"], np.exp(found.answers.estimate))
    entry = found.to_dict()["answers"][0]
    assert entry["estimate"] == found.answers.estimate[0]
    assert entry["display"]["estimate"] == frame["estimate"][0]
    assert entry["study"] == "Ada"


def test_influential_studies_are_named_with_their_reasons():
    data = {
        "study": list("abcdefgh"),
        "yi": [0.1, 0.12, 0.08, 0.1, 0.11, 0.09, 0.1, 3.0],
        "vi": [0.01] * 8,
    }
    found = influence(sy.effect_table(data, "GEN"))
    assert found.influential.tolist() == [False] * 7 + [True]
    assert "Influential: h (" in found.summary()
    assert "dffits" in found.reasons(7)
    assert found.to_frame()["influential"][7]
    assert found.to_dict()["studies"][7]["reasons"] == list(found.reasons(7))


def test_subsets_with_a_study_are_told_apart():
    found = gosh(trials())
    with_ada = found.having("Ada")
    assert with_ada.sum() == 8
    assert found.having(["Ada", "Elin"]).sum() == 4
    assert found.to_frame()["has Ada"] == with_ada.tolist()
    assert found.to_dict()["subsets"][0]["studies"] == [0]
    assert found.to_dict()["subsets"][0]["tau2"] is None
    with pytest.raises(sy.NotFound, match="called Dora"):
        found.having("Dora")


def test_a_fit_brings_its_own_choices():
    fit = pool(trials(), tau2="DL", interval="normal", level=0.9)
    one = leave_one_out(fit).answers
    two = leave_one_out(trials(), tau2="DL", interval="normal", level=0.9).answers
    assert_allclose(one.lower, two.lower)
    with pytest.raises(sy.InvalidInput, match="tau2 cannot be given beside it"):
        leave_one_out(fit, tau2="PM")


def test_a_profile_that_measures_q_elsewhere_is_said():
    found = leave_one_out(trials(), profile="revman5")
    assert "Mantel" in found.notes[0]


@pytest.mark.parametrize("verb", [leave_one_out, cumulative, influence, baujat, gosh])
def test_other_models_are_refused(verb):
    with pytest.raises(sy.InvalidInput, match="by inverse variance only"):
        verb(trials(), model="mh")
    weighted = {"yi": [0.1, 0.2, 0.4], "vi": [0.1, 0.1, 0.2], "w": [1.0, 2.0, 3.0]}
    with pytest.raises(sy.InvalidInput, match="by inverse variance only"):
        verb(weighted, tau2="GENQ", tau2_weights="w")


@pytest.mark.parametrize("verb", [leave_one_out, influence, baujat, gosh])
def test_one_study_cannot_be_left_out(verb):
    with pytest.raises(sy.NotEstimable, match="At least 2 studies"):
        verb({"yi": [0.1], "vi": [0.2]})


def test_no_subsets_are_refused():
    with pytest.raises(sy.InvalidInput, match="no 0 subsets"):
        gosh(trials(), subsets=0)


@pytest.mark.parametrize("verb", [leave_one_out, cumulative, influence, baujat, gosh])
def test_every_look_can_be_drawn(verb):
    found = verb(trials(), interval="normal")
    assert found.plot().get_size_inches()[0] > 3
    assert found.summary()
