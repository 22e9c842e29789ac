"""Interactions against R, and what must hold of them."""

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.ipd import (
    TrialVector,
    interaction,
    interaction_forest,
    one_stage,
)
from synthesist.ipd.covariates import pieces
from synthesist.ipd.vectors import pool_vectors
from synthesist.survival import cox, survival_data

TIGHT = 1e-8


def test_each_trial_and_pooled(made_up, expected):
    fit = interaction(made_up, "age", tau2="CE")
    for ours, theirs in zip(fit.trials, expected["interaction_per_trial"], strict=True):
        assert ours.trial == theirs["trial"]
        assert_allclose(ours.estimate[1], theirs["estimate"], rtol=TIGHT)
        assert_allclose(ours.covariance[1, 1] ** 0.5, theirs["se"], rtol=TIGHT)
    g = expected["interaction_fixed"]
    for estimate, se in (
        (fit.pooled.estimate, fit.pooled.se),
        (fit.vector.estimate[1], fit.vector.covariance[1, 1] ** 0.5),
    ):
        assert_allclose(estimate, g["estimate"], rtol=TIGHT)
        assert_allclose(se, g["se"], rtol=TIGHT)
    assert_allclose(fit.vector.heterogeneity.statistic, g["q"], rtol=TIGHT)
    assert fit.pooled.effects.measure.label == "Ratio of hazard ratios"


def test_one_stage_keeps_within_and_across_apart(made_up, expected):
    found, g = interaction(made_up, "age").one_stage, expected["interaction_one_stage"]
    for name in ("within", "within_se", "across", "across_se"):
        assert_allclose(getattr(found, name)[0], g[name], rtol=TIGHT)


def test_moving_a_trial_s_covariate_moves_only_what_is_across(made_up):
    covariates = dict(made_up.covariates)
    age = covariates["age"]
    moved = age.values + np.where(made_up.trial == 3, 40.0, 0.0)
    covariates["age"] = replace(age, values=moved)
    before = interaction(made_up, "age", reference=50)
    after = interaction(replace(made_up, covariates=covariates), "age", reference=50)
    assert_allclose(after.vector.estimate[1], before.vector.estimate[1], rtol=1e-9)
    assert_allclose(after.pooled.estimate, before.pooled.estimate, rtol=1e-9)
    assert_allclose(after.one_stage.within, before.one_stage.within, rtol=0.1)
    assert abs(after.one_stage.across[0] / before.one_stage.across[0] - 1) > 0.3


def test_the_reference_only_moves_the_reference(made_up):
    a, b = (interaction(made_up, "age", reference=r) for r in (40, 65))
    assert_allclose(a.vector.estimate[1], b.vector.estimate[1], rtol=1e-9)
    assert_allclose(a.test.statistic, b.test.statistic, rtol=1e-9)
    for x, y in zip(a.subgroups, b.subgroups, strict=True):
        assert_allclose(x.log_hr, y.log_hr, atol=1e-8)
        assert_allclose(x.se, y.se, rtol=1e-7)


def test_categories_float_and_differ_by_the_interaction(made_up):
    fit = interaction(made_up, "ps")
    assert [g.label for g in fit.subgroups] == ["0", "1", "2"]
    assert fit.test.df == 2
    assert fit.pooled is None
    apart = [g.log_hr - fit.subgroups[0].log_hr for g in fit.subgroups[1:]]
    assert_allclose(apart, fit.vector.estimate[1:])
    other = interaction(made_up, "ps", reference="2")
    assert_allclose(other.test.statistic, fit.test.statistic, rtol=1e-9)
    by_label = {g.label: g for g in other.subgroups}
    for group in fit.subgroups:
        assert_allclose(by_label[group.label].log_hr, group.log_hr, atol=1e-9)
        assert_allclose(by_label[group.label].se, group.se, rtol=1e-9)
    assert (
        "No interaction with ps from T2, T7: the covariate was not recorded."
        in fit.notes
    )
    assert sum(g.n for g in fit.subgroups) == int(
        (~made_up.covariates["ps"].missing).sum()
    )


def test_with_one_trial_the_subgroups_are_those_of_its_own_model(made_up):
    data = made_up.only(["T3"])
    fit = interaction(data, "ps")
    own = cox(data, "treated * ps")
    place = [own.index("treated"), own.index("treated:ps[1]")]
    assert_allclose(fit.subgroups[0].log_hr, own.estimate[place[0]], rtol=1e-9)
    assert_allclose(fit.subgroups[0].se, own.se[place[0]], rtol=1e-9)
    assert_allclose(fit.subgroups[1].log_hr, own.estimate[place].sum(), rtol=1e-9)
    variance = own.covariance[np.ix_(place, place)].sum()
    assert_allclose(fit.subgroups[1].se, variance**0.5, rtol=1e-9)


def test_floating_is_least_squares_in_two_steps():
    # The same answer by stacking everything into one linear model: differences
    # from trial-specific references first, then the common reference given them.
    rng = np.random.default_rng(3)
    trials = []
    for i in range(5):
        half = rng.normal(size=(3, 3))
        covariance = half @ half.T + np.eye(3)
        trials.append(
            TrialVector(
                trial=str(i), estimate=rng.normal(size=3), covariance=covariance
            )
        )
    found = pool_vectors(trials)
    y = np.concatenate([t.estimate for t in trials])
    weight = np.zeros((15, 15))
    design = np.zeros((15, 7))
    for i, t in enumerate(trials):
        rows = slice(3 * i, 3 * i + 3)
        weight[rows, rows] = np.linalg.inv(t.covariance)
        design[3 * i, i] = 1
        design[3 * i + 1, 5] = design[3 * i + 2, 6] = 1
    first = np.linalg.solve(design.T @ weight @ design, design.T @ weight)[5:]
    assert_allclose(found.estimate[1:], first @ y)
    # Then the reference: a linear function of all numbers.
    gamma = np.zeros((15, 2))
    gamma[1::3, 0] = gamma[2::3, 1] = 1
    one = np.zeros(15)
    one[::3] = 1
    second = (one @ weight @ (np.eye(15) - gamma @ first)) / (one @ weight @ one)
    assert_allclose(found.estimate[0], second @ y)
    every = np.vstack([second, first])
    assert_allclose(
        found.covariance, every @ np.linalg.inv(weight) @ every.T, atol=1e-12
    )


def test_splines_bend_and_pool_as_vectors(made_up):
    fit = interaction(made_up, "age", knots=4)
    assert fit.pieces.names == ("age", "age bend 1", "age bend 2")
    assert fit.test.df == 3
    curve = fit.curve([fit.pieces.origin, 70])
    assert_allclose(np.log(curve[0]["hr"]), fit.vector.estimate[0])
    far = np.array([100.0, 110.0, 120.0])
    basis = fit.pieces.at(far)
    # Straight beyond the outer knots.
    assert_allclose(np.diff(basis, n=2, axis=0), 0, atol=1e-9)
    with pytest.raises(InvalidInput, match="no 7 knots"):
        interaction(made_up, "age", knots=7)
    with pytest.raises(InvalidInput, match="too few values for 3 knots"):
        interaction(made_up, "male", knots=3)
    with pytest.raises(InvalidInput, match="a category, not a number"):
        interaction(made_up, "ps").curve([1])


def test_pieces_of_a_covariate(made_up):
    assert pieces(made_up, "male").origin == 0
    assert pieces(made_up, "age").origin == pytest.approx(59, abs=3)
    with pytest.raises(InvalidInput, match="ps has no category 9"):
        pieces(made_up, "ps", reference="9")


def test_an_interaction_that_no_trial_can_tell():
    data = survival_data(
        {
            "t": [1.0, 2, 3, 4, 1, 2, 3, 4],
            "e": [1] * 8,
            "a": [1, 0, 1, 0, 0, 1, 0, 1],
            "s": list("AAAABBBB"),
            "x": [5] * 4 + [9] * 4,
        },
        time="t",
        event="e",
        treated="a",
        trial="s",
        covariates=["x"],
    )
    with pytest.raises(NotEstimable, match="In no trial"):
        interaction(data, "x")


def test_forest_and_text(made_up):
    fits = [interaction(made_up, name) for name in ("age", "ps", "male")]
    plot = interaction_forest(fits, one_stage(made_up))
    assert [g.title for g in plot.groups] == ["age", "ps", "male"]
    assert plot.groups[1].rows[0].cells == ("141", "94", "P = 0.17")
    assert plot.summary.cells == ("440", "333", "")
    for fit in fits:
        json.dumps(fit.to_dict(), allow_nan=False)
        assert fit.to_frame()["subgroup"]
        assert fit.forest().groups[0].rows
    assert "(for each 1 more of age)" in fits[0].summary()
    assert "(male 1 against male 0)" in fits[2].summary()
    assert repr(fits[0]) == "<InteractionFit: treated by age>"


def sparse(rng, n=400):
    """Return two trials; in the second one category has no event in the treated arm."""
    trial = np.repeat(["A", "B"], n // 2)
    kind = np.array(["low", "middle", "high"])[rng.integers(0, 3, n)]
    arm = rng.integers(0, 2, n)
    event = rng.integers(0, 2, n)
    event[(trial == "B") & (kind == "high") & (arm == 1)] = 0
    return {
        "trial": trial, "kind": kind, "arm": arm, "event": event,
        "time": rng.exponential(10, n) + 0.1,
    }  # fmt: skip


def test_a_category_without_events_does_not_take_the_others_with_it():
    columns = sparse(np.random.default_rng(3))
    roles = {"time": "time", "event": "event", "treated": "arm", "covariates": ["kind"]}
    data = survival_data(columns, trial="trial", **roles)
    fit = interaction(data, "kind", reference="low", tau2="CE")
    assert fit.pieces.names == ("high", "middle")
    a, b = fit.trials
    assert np.isfinite(a.estimate).all()
    assert np.isnan(b.estimate[1])
    # What is left of the second trial is its own model without those patients.
    rest = (columns["trial"] == "B") & (columns["kind"] != "high")
    own = survival_data({n: v[rest] for n, v in columns.items()}, **roles)
    alone = interaction(own, "kind", reference="low", tau2="CE")
    assert_allclose(b.estimate[[0, 2]], alone.vector.estimate, rtol=1e-9)
    assert fit.notes == ("kind high is left out of B: no event in one of the arms.",)
    assert fit.one_stage is not None
