"""One stage and two stages against R, and against each other."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose

from strategies import patients
from synthesist.effects import effect_table
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.ipd import one_stage, trial_effects, two_stage
from synthesist.ipd.one_stage import heterogeneity_test
from synthesist.ipd.together import why_they_differ
from synthesist.survival import cox, log_rank, survival_data

TIGHT = 1e-9
REFERENCE = Path("../shared/reference")


def test_every_trial(made_up, expected):
    for ours, theirs in zip(trial_effects(made_up), expected["per_trial"], strict=True):
        assert ours.trial == theirs["trial"]
        for name in ("log_hr", "se", "o_minus_e", "v"):
            assert_allclose(getattr(ours, name), theirs[name], rtol=TIGHT)


def test_one_stage(made_up, expected):
    fit, g = one_stage(made_up), expected["one_stage"]
    assert_allclose(fit.log_hr, g["log_hr"], rtol=TIGHT)
    assert_allclose(fit.se, g["se"], rtol=TIGHT)
    assert_allclose(fit.loglik, g["loglik"], rtol=TIGHT)
    g = expected["heterogeneity"]
    assert_allclose(fit.heterogeneity.statistic, g["statistic"], rtol=TIGHT)
    assert fit.heterogeneity.df == g["df"]
    assert_allclose(fit.heterogeneity.p, g["p"], rtol=TIGHT)


def test_adjusted(made_up, expected):
    fit, g = one_stage(made_up, adjust="age + male"), expected["adjusted"]
    assert_allclose(fit.log_hr, g["log_hr"], rtol=TIGHT)
    assert_allclose(fit.se, g["se"], rtol=TIGHT)
    assert_allclose(fit.cox.estimate[1], g["age"], rtol=TIGHT)
    assert_allclose(
        fit.heterogeneity.statistic, expected["adjusted_heterogeneity"], rtol=1e-8
    )
    assert fit.adjusted == ("age", "male")


def test_two_stages(made_up, expected):
    fit, g = two_stage(made_up, interval="HK"), expected["two_stage"]
    assert_allclose(fit.pooled.estimate, g["log_hr"], rtol=1e-8)
    assert_allclose(fit.pooled.se, g["se"], rtol=1e-8)
    assert_allclose(fit.pooled.tau2, g["tau2"], rtol=1e-7)
    assert_allclose(fit.pooled.q, g["q"], rtol=TIGHT)


def test_random_effect(made_up, expected):
    fit, g = one_stage(made_up, effect="random"), expected["mixed_laplace"]
    # R's nested searches know their maximum to 1e-9 of a log-likelihood that is
    # flat: tau² to 1e-4 of itself.
    assert_allclose(fit.loglik, g["loglik"], rtol=1e-11)
    assert_allclose(fit.tau2, g["tau2"], rtol=2e-4)
    assert_allclose(fit.log_hr, g["log_hr"], rtol=1e-5)
    assert_allclose(fit.se, g["se"], rtol=2e-5)
    assert fit.tau2_interval.lower == g["tau2_low"] == 0
    assert_allclose(fit.tau2_interval.upper, g["tau2_high"], rtol=1e-7)
    assert_allclose(fit.mixed.test.statistic, g["statistic"], rtol=1e-7)
    # The integral itself, without Laplace's method.
    exact = expected["mixed_exact"]
    assert abs(fit.loglik - exact["loglik"]) < 0.01
    assert abs(fit.log_hr - exact["log_hr"]) < 0.02 * fit.se
    assert abs(fit.tau2 / exact["tau2"] - 1) < 0.05


def test_trials_shrink_towards_the_mean(made_up):
    fit = one_stage(made_up, effect="random")
    own = np.array([t.log_hr for t in trial_effects(made_up)])
    away, shrunk = own - fit.log_hr, fit.mixed.effects - fit.log_hr
    assert (np.sign(away) == np.sign(shrunk)).all()
    assert (np.abs(shrunk) < np.abs(away)).all()


@pytest.mark.parametrize("endpoint", ["disease_free_survival", "overall_survival"])
def test_gastric(endpoint):
    table = REFERENCE / "data" / "gastric_adjuvant.csv"
    if not table.exists():
        pytest.skip("gastric_adjuvant.csv is not here")
    g = json.loads((REFERENCE / "expected" / "gastric_adjuvant.json").read_text())
    g = g[endpoint]
    short = "dfs" if endpoint.startswith("disease") else "os"
    data = survival_data(
        table,
        time=f"{short}_days",
        event=f"{short}_event",
        treated="treated",
        trial="trial",
    )
    rows = {str(row["trial"]): row for row in g["per_trial"]}
    for trial in trial_effects(data):
        for name in ("n_t", "n_c", "events_t", "events_c"):
            assert getattr(trial, name) == rows[trial.trial][name]
        for name in ("log_hr", "se", "o_minus_e", "v"):
            assert_allclose(getattr(trial, name), rows[trial.trial][name], rtol=1e-8)
    test = one_stage(data).heterogeneity
    assert_allclose(test.statistic, g["heterogeneity_lrt"]["chisq"], rtol=1e-8)
    assert test.df == g["heterogeneity_lrt"]["df"]
    for key, options in (
        ("cox/FE", {"tau2": "CE"}),
        ("cox/DL/z", {"tau2": "DL", "interval": "normal", "prediction": "z"}),
        ("logrank/FE", {"tau2": "CE", "method": "log-rank"}),
    ):
        pooled, e = two_stage(data, **options).pooled, g[f"two_stage/{key}"]
        assert_allclose(pooled.estimate, e["estimate"], rtol=1e-8)
        assert_allclose(pooled.se, e["se"], rtol=1e-8)
        assert_allclose(pooled.q, e["q"], rtol=1e-8)
        assert_allclose(pooled.p, e["p"], rtol=1e-7)
    # R's REML stops at tau² = 6e-7 and 9e-7 where the maximum is at zero.
    e = g["two_stage/cox/REML/knha"]
    pooled = two_stage(data, interval="HK").pooled
    assert pooled.tau2 == 0
    assert_allclose(pooled.estimate, e["estimate"], rtol=1e-5)
    rest = data.only([t for t in data.trials if t != "10"])
    alone = trial_effects(data.only(["10"]))[0]
    e = g["ipd_plus_summary/FE/summary_trial=10"]
    summary = {"trial": ["10"], "yi": [alone.log_hr], "sei": [alone.se]}
    found = one_stage(rest, aggregate=summary)
    # R pools the two normal answers; ours keeps the patients' likelihood.
    assert_allclose(found.log_hr, e["estimate"], rtol=1e-5)
    assert_allclose(found.se, e["se"], rtol=1e-4)


def test_a_summary_moves_the_answer_and_says_so(made_up):
    summary = {"study": ["Big"], "hr": [1.3], "ci_low": [1.1], "ci_high": [1.54]}
    one = one_stage(made_up, aggregate=summary)
    assert one.without.log_hr < one.log_hr < np.log(1.3)
    assert one.se < one.without.se
    assert "Adding Big as a summary moves the hazard ratio from 0.75" in one.notes[-1]
    assert one.heterogeneity.df == 8
    random = one_stage(made_up, effect="random", aggregate=summary)
    assert random.mixed.trials[-1] == "Big"
    two = two_stage(made_up, aggregate=summary)
    assert two.without.k == 8
    assert two.pooled.k == 9
    assert two.forest().groups[0].rows[-1].label == "Big (summary)"
    with pytest.raises(InvalidInput, match="T1 is there with its patients"):
        one_stage(made_up, aggregate=dict(summary, study=["T1"]))
    with pytest.raises(InvalidInput, match="cannot be pooled with restricted means"):
        two_stage(made_up, method="rmst", aggregate=summary)


def test_a_normal_trial_is_its_normal_term(made_up):
    # One trial's likelihood replaced by a normal one: the answers of both stages
    # come close, and two stages of common effect are the same to the first order.
    own = trial_effects(made_up)
    rest = made_up.only([t.trial for t in own[1:]])
    summary = {"study": ["T1"], "yi": [own[0].log_hr], "sei": [own[0].se]}
    whole, mixed = one_stage(made_up), one_stage(rest, aggregate=summary)
    assert abs(whole.log_hr - mixed.log_hr) < 0.03 * whole.se
    ordered = two_stage(rest, aggregate=summary, tau2="CE").pooled
    assert_allclose(
        ordered.estimate, two_stage(made_up, tau2="CE").pooled.estimate, rtol=1e-9
    )


def test_trials_that_compare_nothing_are_kept_and_named(made_up):
    one_arm = made_up.treated | (made_up.trial != 2)
    data = made_up.select(one_arm)
    fit = two_stage(data)
    assert "T3 has no estimate: one arm only." in fit.notes
    assert fit.pooled.k == 7
    assert len(fit.forest().groups[0].rows) == 8
    whole = one_stage(data)
    without = one_stage(made_up.only([t for t in made_up.trials if t != "T3"]))
    assert_allclose(whole.log_hr, without.log_hr, rtol=1e-12)
    assert whole.heterogeneity.df == 6


def test_a_trial_without_events_in_one_arm_counts_in_one_stage(made_up):
    gone = (made_up.trial == 1) & made_up.treated
    data = replace(made_up, event=made_up.event & ~gone)
    # Events come first at a tied time; censoring some means sorting again.
    columns = {
        "months": data.exit,
        "died": data.event,
        "treated": data.treated,
        "trial": np.array(data.trials)[data.trial],
    }
    data = survival_data(
        columns, time="months", event="died", treated="treated", trial="trial"
    )
    two, one = two_stage(data), one_stage(data)
    assert "T2 has no estimate: no event in the treated arm." in two.notes
    assert two.pooled.k == 7
    assert any("leaves out T2" in note for note in one.notes)
    assert one.heterogeneity.df == 6
    why = why_they_differ(one, two)
    assert any("T2 count in one stage" in reason for reason in why)
    log_rank_fit = two_stage(data, method="log-rank")
    assert log_rank_fit.pooled.k == 8


def test_nothing_is_compared_at_all():
    data = survival_data(
        {"t": [1.0, 2, 3, 4], "e": [1, 1, 1, 1], "a": [1, 1, 0, 0], "s": list("AABB")},
        time="t",
        event="e",
        treated="a",
        trial="s",
    )
    for fit in (one_stage, two_stage):
        with pytest.raises(NotEstimable):
            fit(data)


def test_codes_that_do_not_exist(made_up):
    with pytest.raises(InvalidInput, match="no effect fixed"):
        one_stage(made_up, effect="fixed")
    with pytest.raises(InvalidInput, match="no way probit"):
        two_stage(made_up, method="probit")
    names = ("mean_t", "sd_t", "n_t", "mean_c", "sd_c", "n_c")
    means = effect_table({name: [9.0] for name in names}, "MD")
    with pytest.raises(InvalidInput, match="measure MD"):
        one_stage(made_up, aggregate=means)


def test_why_the_stages_differ(made_up):
    one, two = one_stage(made_up), two_stage(made_up)
    reasons = why_they_differ(one, two)
    assert reasons[0].startswith("One stage gives 0.75, two stages 0.76")
    assert any("let the effect vary" in reason for reason in reasons)
    assert any("degrees of freedom" in reason for reason in reasons)
    agreed = why_they_differ(one, two_stage(made_up, tau2="CE"))
    assert agreed[0].startswith("One stage")
    assert len(agreed) <= 3


def test_results_print_and_hold_no_patient(made_up):
    one = one_stage(made_up, effect="random", adjust="age")
    two = two_stage(made_up)
    rmst = two_stage(made_up, method="rmst", tau=20)
    for fit in (one, two, rmst):
        json.dumps(fit.to_dict(), allow_nan=False)
        assert fit.summary()
        assert fit.to_frame()
        assert repr(fit).startswith("<")
    assert "tau² = " in one.summary()
    assert rmst.pooled.effects.measure.code == "GEN"
    n = len(made_up)
    for text in (json.dumps(two.to_dict()), json.dumps(one.to_dict())):
        assert len(text) < 200 * n


def read(columns):
    return survival_data(
        columns, time="time", event="event", treated="treated", trial="trial"
    )


@settings(max_examples=20)
@given(patients(max_trials=1, max_patients=40))
def test_with_one_trial_all_stages_are_the_fit_of_that_trial(columns):
    data = read(columns)
    try:
        alone = cox(data)
    except NotEstimable:
        return
    one, two = one_stage(data), two_stage(data)
    assert_allclose(one.log_hr, alone.estimate[0], atol=1e-10)
    assert_allclose(two.pooled.estimate, alone.estimate[0], atol=1e-10)
    assert_allclose(two.pooled.se, alone.se[0], rtol=1e-10)
    assert one.heterogeneity is None
    random = one_stage(data, effect="random")
    assert random.tau2 == pytest.approx(0, abs=1e-6)
    assert_allclose(random.log_hr, alone.estimate[0], atol=1e-6)


@settings(max_examples=15)
@given(patients(max_trials=3))
def test_the_heterogeneity_test_is_a_sum_of_trials(columns):
    data = read(columns)
    try:
        parts = [cox(data.part(i)) for i in range(len(data.trials))]
        whole = cox(data)
    except NotEstimable:
        return
    test, _ = heterogeneity_test(whole)
    if len(parts) == 1:
        assert test is None
        return
    free = sum(part.loglik[1] for part in parts)
    assert_allclose(test.statistic, 2 * (free - whole.loglik[1]), atol=1e-8)
    assert test.df == len(parts) - 1


@settings(max_examples=15)
@given(patients(max_trials=3))
def test_the_log_rank_stage_is_peto(columns):
    data = read(columns)
    try:
        pooled = two_stage(data, method="log-rank", tau2="CE").pooled
    except NotEstimable:
        return
    test = log_rank(data)
    assert_allclose(pooled.estimate, test.peto()[0], rtol=1e-10)
    assert_allclose(pooled.se, test.peto()[1], rtol=1e-10)


def test_the_same_answer_with_another_interval_says_so():
    rng = np.random.default_rng(2)
    n = 1200
    columns = {
        "time": rng.exponential(10, n) + 0.01,
        "event": np.ones(n),
        "arm": rng.integers(0, 2, n),
        "trial": rng.integers(0, 4, n),
    }
    data = survival_data(
        columns, time="time", event="event", treated="arm", trial="trial"
    )
    one = one_stage(data)
    plain = two_stage(data, tau2="CE", interval="normal")
    assert why_they_differ(one, plain) == ("One stage and two stages agree.",)
    wide = two_stage(data)
    assert wide.pooled.tau2 == 0
    agree, why = why_they_differ(one, wide)
    assert agree == "One stage and two stages agree in estimate and standard error."
    assert "t with 3 degrees of freedom" in why
