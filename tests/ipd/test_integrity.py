"""Checks of trials' files: what is found, and that no patient is in it."""

import datetime as dt
import json

import numpy as np
import pytest

from synthesist.errors import InvalidInput
from synthesist.ipd import check_patients
from synthesist.survival import survival_data

N = 120


def table(**changes):
    rng = np.random.default_rng(8)
    start = dt.date(2001, 1, 1)
    # Working days only.
    days = [
        start + dt.timedelta(days=int(d)) for d in np.sort(rng.integers(0, 700, 400))
    ]
    days = [d for d in days if d.weekday() < 5][:N]
    columns = {
        "id": [f"canary-{i}" for i in range(N)],
        "date": [d.isoformat() for d in days],
        "time": np.round(rng.exponential(20, N) + 0.1, 3),
        "event": rng.integers(0, 2, N),
        "arm": rng.integers(0, 2, N),
        "age": np.round(rng.normal(60, 8, N), 1),
        "sex": rng.choice(["f", "m"], N),
    }
    return {**columns, **changes}


def check(columns, **more):
    data = survival_data(
        columns,
        time="time",
        event="event",
        treated="arm",
        trial="trial" if "trial" in columns else None,
        covariates=["age", "sex"],
    )
    return check_patients(
        data, source=columns, identifier="id", randomised="date", **more
    )


def verdicts(report):
    return {f.check: f.verdict for f in report.findings}


def test_a_sound_trial_has_nothing_to_look_at():
    report = check(table())
    assert report.open == ()
    assert {f.check for f in report.findings} >= {
        "arms",
        "events",
        "identifiers",
        "rows alike",
        "age recorded",
        "age by arm",
        "sex by arm",
        "follow-up by arm",
        "weekdays",
        "allocation sequence",
        "arm by weekday",
    }
    assert "canary" not in json.dumps(report.to_dict())
    assert report.summary().startswith(f"{len(report.findings)} checks, 0 to look at")
    assert len(report.to_frame()["check"]) == len(report.findings)


def block(columns, size):
    """Allocate in shuffled blocks."""
    rng = np.random.default_rng(1)
    blocks = [rng.permutation([0, 1] * (size // 2)) for _ in range(N // size)]
    return np.concatenate(blocks)


@pytest.mark.parametrize("size", [2, 4, 6])
def test_blocks_are_as_expected(size):
    columns = table()
    report = check({**columns, "arm": block(columns, size)})
    assert verdicts(report)["allocation sequence"] == "as expected"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"arm": np.arange(N) % 2}, "allocation sequence"),
        ({"arm": (np.arange(N) > N / 2).astype(int)}, "allocation sequence"),
        ({"age": 50 + 10 * (np.arange(N) % 2), "arm": np.arange(N) % 2}, "age by arm"),
        ({"age": [None] * N}, "age recorded"),
        (
            {"id": ["canary-1", "canary-1", *(f"x{i}" for i in range(N - 2))]},
            "identifiers",
        ),
        ({"id": ["", *(f"x{i}" for i in range(N - 1))]}, "identifiers"),
        ({"event": np.zeros(N)}, "events"),
        ({"arm": np.ones(N)}, "arms"),
        ({"date": ["", *table()["date"][1:]]}, "dates of randomisation"),
        (
            {
                "date": [
                    (dt.date(2001, 1, 6) + dt.timedelta(days=7 * i)).isoformat()
                    for i in range(N)
                ]
            },
            "weekdays",
        ),
    ],
)
def test_what_is_odd_is_pointed_out(changes, name):
    report = check(table(**changes))
    assert name in {f.check for f in report.open}
    assert "canary" not in report.summary()


def test_rows_alike_are_counted():
    columns = table()
    for name in ("time", "event", "arm", "age", "sex"):
        columns[name] = list(columns[name])
        columns[name][1] = columns[name][0]
    report = check(columns)
    assert [f.found for f in report.open] == ["1 rows repeat another in all columns"]


def test_arms_followed_differently():
    rng = np.random.default_rng(3)
    arm = np.arange(N) % 2
    time = np.where(arm == 1, rng.uniform(40, 60, N), rng.uniform(1, 20, N))
    report = check(table(time=time, arm=rng.permutation(arm), event=np.zeros(N)))
    assert verdicts(report)["follow-up by arm"] == "as expected"
    report = check(table(time=time, arm=arm, event=(rng.random(N) < 0.2)))
    assert verdicts(report)["follow-up by arm"] == "look"


def test_totals_against_the_publication():
    columns = table(trial=["A"] * N)
    events = int(np.sum(columns["event"]))
    printed = {"A": {"n": N, "events": events + 3, "n_t": int(np.sum(columns["arm"]))}}
    report = check(columns, published=printed)
    found = {f.check: f for f in report.findings if "publication" in f.check}
    assert found["patients against the publication"].verdict == "as expected"
    assert found["patients treated against the publication"].verdict == "as expected"
    wrong = found["events against the publication"]
    assert (wrong.verdict, wrong.found) == (
        "look",
        f"{events} here, {events + 3} printed",
    )
    report = check(columns, published={"A": {"median_follow_up": 1e6}})
    assert "median follow-up against the publication" in {f.check for f in report.open}


def test_dates_that_are_none():
    with pytest.raises(InvalidInput) as caught:
        check(table(date=["canary", *table()["date"][1:]]))
    assert caught.value.problems[0].row == 1
    assert "canary" not in str(caught.value)


def test_without_identifiers_and_dates(made_up):
    report = check_patients(made_up)
    assert {f.check for f in report.findings} == {
        "arms",
        "events",
        "rows alike",
        "age recorded",
        "ps recorded",
        "male recorded",
        "age by arm",
        "ps by arm",
        "male by arm",
        "follow-up by arm",
    }
    assert [(f.trial, f.check) for f in report.open] == [
        ("T2", "ps recorded"),
        ("T7", "ps recorded"),
    ]
