"""Many analyses in one call give what single calls give, and survive bad rows."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from synthesist.pooling import (
    INTERVALS,
    PROFILES,
    TAU2_ESTIMATORS,
    TAU2_INTERVALS,
    pool,
    pool_many,
)

NUMBERS = [
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "statistic",
    "p",
    "tau2",
    "tau2_low",
    "tau2_high",
    "i2",
    "i2_q",
    "q",
    "q_p",
    "pi_low",
    "pi_high",
]


def batch(seed=3, groups=20, largest=30):
    """Draw groups of any size, in mixed order, some without heterogeneity."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, largest, groups)
    group = np.repeat(np.arange(groups), counts)
    v = rng.uniform(0.01, 1, counts.sum())
    tau2 = rng.choice([0.0, 0.1, 2.0], groups)[group]
    y = rng.normal(0.3, np.sqrt(v + tau2))
    order = rng.permutation(len(y))
    return {"group": group[order] * 10, "yi": y[order], "vi": v[order]}


def single(data, group, **options):
    mine = data["group"] == group
    return pool({"yi": data["yi"][mine], "vi": data["vi"][mine]}, **options).to_dict()


def agree(found, data, **options):
    for row, group in enumerate(found["group"]):
        expected = single(data, group, **options)
        assert found["k"][row] == expected["k"]
        for name in NUMBERS:
            ours, theirs = found[name][row], expected[name]
            # A single study has no Q, where pool says zero.
            if expected["k"] == 1 and name == "q":
                continue
            if theirs is None:
                assert ours is None, name
            else:
                assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("tau2", sorted(set(TAU2_ESTIMATORS) - {"GENQ"}))
def test_every_estimator_gives_what_single_calls_give(tau2):
    data = batch()
    agree(pool_many(data, by="group", tau2=tau2), data, tau2=tau2)


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("limits", TAU2_INTERVALS)
def test_every_interval_gives_what_single_calls_give(interval, limits):
    data = batch(seed=5, groups=6)
    options = {"interval": interval, "tau2_interval": limits, "level": 0.9}
    agree(pool_many(data, by="group", **options), data, **options)


def test_groups_stand_in_order_of_first_appearance():
    data = batch()
    found = pool_many(data, by="group")
    assert found["group"] == list(dict.fromkeys(data["group"].tolist()))
    assert set(found["status"]) == {"ok"}


def test_more_groups_than_one_panel_holds():
    data = batch(seed=8, groups=4000, largest=12)
    found = pool_many(data, by="group")
    few = range(0, 4000, 200)
    chosen = {name: [column[i] for i in few] for name, column in found.items()}
    agree(chosen, data)


def test_two_columns_may_tell_groups_apart():
    data = batch() | {"arm": np.array(["a", "b"] * 1000)[: len(batch()["yi"])]}
    found = pool_many(data, by=["group", "arm"])
    pairs = list(zip(found["group"], found["arm"], strict=True))
    assert pairs == list(
        dict.fromkeys(zip(data["group"].tolist(), data["arm"].tolist(), strict=True))
    )
    group, arm = pairs[0]
    mine = (data["group"] == group) & (data["arm"] == arm)
    expected = pool({"yi": data["yi"][mine], "vi": data["vi"][mine]})
    assert_allclose(found["estimate"][0], expected.estimate)


def test_a_bad_group_says_why_and_leaves_the_others_alone():
    data = {
        "comparison": ["a", "a", "b", "b", "c", "c", "d", "d", "e"],
        "yi": [0.1, 0.3, 0.2, None, 0.5, 0.1, "x", 0.2, None],
        "vi": [0.1, 0.2, 0.1, None, 0.0, 0.2, 0.1, 0.1, None],
    }
    found = pool_many(data, by="comparison")
    status = dict(zip(found["comparison"], found["status"], strict=True))
    assert status["a"] == status["b"] == "ok"
    assert "variance in row 5 is not above zero" in status["c"]
    assert "'x' is not a number" in status["d"]
    assert "row 7" in status["d"]
    assert status["e"] == "no study has an effect"
    for row, name in enumerate(found["comparison"]):
        if name in "cde":
            assert all(found[column][row] is None for column in NUMBERS)
            assert found["k"][row] == 0
    assert found["k"][:2] == [2, 1]


def test_a_half_filled_row_is_a_fault_of_its_group():
    data = {"g": [1, 1, 2], "yi": [0.1, 0.2, 0.3], "vi": [0.1, None, 0.2]}
    found = pool_many(data, by="g")
    assert found["status"] == ["row 2 has no vi", "ok"]


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_the_answer_is_a_frame_of_the_callers_kind(kind):
    data = batch(groups=5)
    data["yi"][0] = data["vi"][0] = np.nan
    found = pool_many(kind(data), by="group")
    assert isinstance(found, kind)
    assert list(found.columns)[:3] == ["group", "k", "estimate"]
    assert list(found.columns)[-1] == "status"
    plain = pool_many(data, by="group")
    values = [None if x is None or x != x else x for x in found["pi_low"].to_list()]
    assert values == plain["pi_low"]
    if kind is pl.DataFrame:
        assert not found["pi_low"].is_nan().any()


def test_standard_errors_and_other_names_will_do():
    data = batch(groups=4)
    other = {"group": data["group"], "b": data["yi"], "sei": np.sqrt(data["vi"])}
    found = pool_many(other, by="group", columns={"yi": "b"})
    assert_allclose(found["estimate"], pool_many(data, by="group")["estimate"])


def test_effects_are_computed_where_a_measure_is_named():
    columns = {
        "review": ["x", "x", "x", "y", "y", "z"],
        "events_t": [3, 5, 0, 9, 60, 2],
        "n_t": [40, 50, 30, 50, 50, 20],
        "events_c": [6, 9, 4, 12, 11, 3],
        "n_c": [40, 50, 30, 50, 50, 20],
    }
    found = pool_many(columns, by="review", measure="OR")
    status = dict(zip(found["review"], found["status"], strict=True))
    assert status["x"] == status["z"] == "ok"
    assert "events_t" in status["y"]
    trials = {name: column[:3] for name, column in columns.items()}
    expected = pool(sy.effect_table(trials, "OR"))
    assert_allclose(found["estimate"][0], expected.estimate)


def test_an_effect_table_is_grouped_by_its_columns():
    trials = sy.effect_table(str(golden.data("bcg")), "RR")
    found = pool_many(trials, by="allocation")
    expected = sy.subgroups(trials, by="allocation").fits
    for row, name in enumerate(found["allocation"]):
        assert_allclose(found["estimate"][row], expected[name].estimate)


def test_no_rows_give_no_groups():
    found = pool_many({"g": [], "yi": [], "vi": []}, by="g")
    assert found["g"] == found["status"] == []


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"by": "h"}, sy.NotFound, "no column h"),
        ({"by": "g", "tau2": "XX"}, sy.InvalidInput, "no estimator"),
        ({"by": "g", "level": 2}, sy.InvalidInput, "level"),
        ({"by": "g", "columns": {"yi": "zz"}}, sy.InvalidInput, "zz"),
    ],
)
def test_wrong_calls_are_named(options, error, words):
    with pytest.raises(error, match=words):
        pool_many({"g": [1], "yi": [0.1], "vi": [0.1]}, **options)


def test_time_per_row_does_not_depend_on_the_number_of_calls():
    # Not a clock: the same panels are computed, however the groups are ordered.
    data = batch(seed=2, groups=60)
    order = np.argsort(data["group"], kind="stable")
    sorted_ = {name: column[order] for name, column in data.items()}
    one, two = pool_many(data, by="group"), pool_many(sorted_, by="group")
    where = {group: row for row, group in enumerate(one["group"])}
    for row, group in enumerate(two["group"]):
        a, b = one["estimate"][where[group]], two["estimate"][row]
        assert math.isclose(a, b, rel_tol=1e-12)


def reviews():
    """Two groups of trials with zero cells, and one of a single trial."""
    return {
        "review": ["x"] * 4 + ["y"] * 5 + ["z"],
        "events_t": [3, 5, 0, 9, 6, 12, 0, 20, 3, 2],
        "n_t": [40, 50, 30, 50, 50, 60, 20, 70, 30, 20],
        "events_c": [6, 19, 4, 12, 11, 3, 0, 33, 5, 3],
        "n_c": [40, 50, 30, 50, 50, 55, 20, 70, 30, 20],
    }


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("measure", ["OR", "RD"])
def test_every_profile_gives_what_single_calls_give(profile, measure):
    data = reviews()
    found = pool_many(data, by="review", measure=measure, profile=profile)
    table = pool_many(sy.effect_table(data, measure), by="review", profile=profile)
    assert found["estimate"] == table["estimate"]
    for row, name in enumerate(found["review"]):
        mine = [place for place, each in enumerate(data["review"]) if each == name]
        part = {key: [column[i] for i in mine] for key, column in data.items()}
        fit = pool(sy.effect_table(part, measure), profile=profile).to_dict()
        for number in NUMBERS:
            if fit["k"] == 1 and number == "q":
                continue
            ours, theirs = found[number][row], fit[number]
            if theirs is None:
                assert ours is None, number
            else:
                assert_allclose(ours, theirs, rtol=1e-10, err_msg=number)


def test_a_rule_by_name_takes_the_place_of_the_profiles():
    data = batch(groups=4)
    found = pool_many(data, by="group", profile="revman5", tau2="PM")
    plain = pool_many(data, by="group", tau2="PM", interval="normal", prediction="none")
    assert found == plain


def test_a_table_keeps_its_profile():
    table = sy.effect_table(reviews(), "OR", profile="revman5")
    found = pool_many(table, by="review")
    assert found == pool_many(reviews(), by="review", measure="OR", profile="revman5")


def test_an_unknown_profile_is_refused():
    with pytest.raises(sy.InvalidInput, match="no profile"):
        pool_many(batch(groups=2), by="group", profile="revman")
