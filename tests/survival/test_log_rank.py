"""The log-rank test against R; its laws."""

import numpy as np
import pytest
from hypothesis import given
from numpy.testing import assert_allclose

import golden
from strategies import patients
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.survival import log_rank, survival_data

R = golden.load("survival")
TIGHT = 1e-11


@pytest.mark.parametrize("rho", [0, 1, 0.5])
def test_weighted_tests(made_up, rho):
    g = R[f"logrank/rho{rho}"]
    found = log_rank(made_up(), rho=rho)
    order = np.argsort(found.strata)
    assert_allclose(found.test.statistic, g["chisq"], rtol=TIGHT)
    assert_allclose(found.observed[order].T, g["observed"], rtol=TIGHT)
    assert_allclose(found.expected[order].T, g["expected"], rtol=TIGHT)
    assert_allclose(found.variance.sum(axis=0).ravel(), g["variance"], rtol=TIGHT)


def test_three_groups(made_up):
    g = R["logrank/stage"]
    found = log_rank(made_up(), "stage")
    assert_allclose(found.test.statistic, g["chisq"], rtol=TIGHT)
    assert found.test.df == 2
    assert_allclose(found.observed.sum(axis=0), g["observed"])
    assert_allclose(found.expected.sum(axis=0), g["expected"], rtol=TIGHT)
    assert_allclose(found.variance.sum(axis=0).ravel(), g["variance"], rtol=TIGHT)
    with pytest.raises(InvalidInput, match="two groups"):
        found.peto()


@pytest.mark.parametrize("endpoint", ["disease_free_survival", "overall_survival"])
def test_gastric(gastric, endpoint):
    read, expected = gastric
    g = expected[endpoint]
    found = log_rank(read(endpoint))
    assert_allclose(found.test.statistic, g["logrank_stratified"]["chisq"], rtol=1e-8)
    assert_allclose(
        found.expected.sum(axis=0), g["logrank_stratified"]["expected"], rtol=1e-8
    )
    trials = {str(row["trial"]): row for row in g["per_trial"]}
    for i, trial in enumerate(found.strata):
        row = trials[trial]
        assert found.n[i].tolist() == [row["n_c"], row["n_t"]]
        assert found.observed[i].tolist() == [row["events_c"], row["events_t"]]
        assert_allclose(found.o_minus_e[i], row["o_minus_e"], rtol=1e-8)
        assert_allclose(found.v[i], row["v"], rtol=1e-8)
    estimate, se, interval = found.peto()
    assert_allclose(estimate, found.o_minus_e.sum() / found.v.sum())
    assert_allclose(se**-2, found.v.sum())
    assert interval.lower < estimate < interval.upper
    assert "Peto hazard ratio" in found.summary()
    assert found.to_frame()["trial"][:2] == [found.strata[0]] * 2


def test_peto_is_cautious_about_large_effects():
    data = survival_data(
        {
            "t": [*range(1, 11), *range(6, 16)],
            "e": [1] * 20,
            "a": [0] * 10 + [1] * 10,
        },
        time="t",
        event="e",
        treated="a",
    )
    assert any("biased" in note for note in log_rank(data).notes)


def test_what_cannot_be_compared(made_up):
    with pytest.raises(InvalidInput, match="no case weights"):
        log_rank(made_up(weighted=True))
    with pytest.raises(InvalidInput, match="below 0"):
        log_rank(made_up(), rho=-1)
    one = survival_data(
        {"t": [1.0, 2, 3], "e": [1, 1, 1], "a": [1, 1, 1]},
        time="t",
        event="e",
        treated="a",
    )
    with pytest.raises(InvalidInput, match="one group only"):
        log_rank(one)
    apart = survival_data(
        {"t": [1.0, 2, 3], "e": [1, 1, 1], "a": [1, 1, 0], "s": [1, 1, 2]},
        time="t",
        event="e",
        treated="a",
        trial="s",
    )
    with pytest.raises(NotEstimable, match="In no trial"):
        log_rank(apart)


def read(columns, **more):
    return survival_data(
        columns, time="time", event="event", treated="treated", trial="trial", **more
    )


@given(patients())
def test_stratified_is_the_sum_of_trials_and_nothing_is_lost(columns):
    data = read(columns)
    whole = log_rank(data)
    assert_allclose(whole.observed.sum(axis=1), whole.expected.sum(axis=1))
    for i, trial in enumerate(data.trials):
        alone = log_rank(data.only([trial]))
        assert_allclose(alone.o_minus_e, whole.o_minus_e[i : i + 1], atol=1e-10)
        assert_allclose(alone.v, whole.v[i : i + 1], atol=1e-12)


@given(patients())
def test_swapping_the_arms_negates(columns):
    a = log_rank(read(columns))
    b = log_rank(read(dict(columns, treated=[1 - t for t in columns["treated"]])))
    assert_allclose(a.o_minus_e, -b.o_minus_e, atol=1e-10)
    assert_allclose(a.test.statistic, b.test.statistic, rtol=1e-9, atol=1e-12)


@given(patients())
def test_late_entry_of_nobody_changes_nothing(columns):
    n = len(columns["time"])
    late = {name: [*values, values[-1]] for name, values in columns.items()}
    late |= {"time": [*columns["time"], 60.0], "event": [*columns["event"], 0.0]}
    late["entry"] = [0.0] * n + [50.0]
    a, b = log_rank(read(columns)), log_rank(read(late, entry="entry"))
    assert_allclose(a.expected, b.expected, atol=1e-12)
    assert_allclose(a.variance, b.variance, atol=1e-12)
