"""Rules between cells: screening in its order, numbers that contradict each other."""

import pytest

COLUMNS = "study,arm,comparator,outcome,timepoint,n,events,mean,sd,median,q1,q3,min,max,mean_change,hr,ci_low,ci_high,ci_level,o_minus_e,v,p,source"


def test_a_later_stage_needs_an_inclusion_before_it(folder):
    folder.swap(
        "screening.csv", "title-abstract,CC,include", "title-abstract,CC,exclude"
    )
    problem = folder.problem()
    assert (problem.row, problem.field) == (24, "stage")
    assert "is judged at retrieval, but it was not included at title-abstract" in (
        problem.message
    )


def test_a_disagreement_is_no_inclusion(folder):
    lines = folder.text("screening.csv").splitlines(keepends=True)
    folder.write("screening.csv", "".join(x for x in lines if ",CC," not in x))
    assert folder.problem().field == "stage"


def test_what_was_not_retrieved_cannot_be_judged(folder):
    line = next(
        line
        for line in folder.text("screening.csv").splitlines()
        if "not-retrieved" in line
    )
    record = line.split(",")[0]
    folder.add("screening.csv", f"{record},full-text,AA,include,,2026-01-24T09:00:00Z,")
    problem = folder.problem()
    assert problem.message.endswith(
        "judged at full-text, but its text was not retrieved"
    )


def test_a_decision_on_a_record_that_is_not_there(folder):
    folder.add(
        "screening.csv",
        "rffffffffffff,title-abstract,AA,include,,2026-01-24T09:00:00Z,",
    )
    assert "There is no record 'rffffffffffff' in records.csv" in str(folder.problem())


def test_what_is_no_id_of_a_record(folder):
    folder.add("screening.csv", "17,title-abstract,AA,include,,2026-01-24T09:00:00Z,")
    assert "'17' is not the id of a record" in str(folder.problem())


def test_a_record_compared_with_itself(folder):
    record = folder.text("duplicates.csv").splitlines()[1].split(",")[0]
    folder.add("duplicates.csv", f"{record},{record},same,AA,2026-01-24T09:00:00Z,")
    assert "compared with itself" in folder.problem().message


def test_open_conflicts_are_no_fault(folder):
    folder.swap(
        "screening.csv", "full-text,BB,exclude,no results", "full-text,BB,include,"
    )
    assert folder.problems() == ()


def test_two_references_in_the_same_place_of_a_file(folder):
    folder.swap("records.csv", "database-one.ris,3", "database-one.ris,2")
    problem = folder.problem()
    assert (problem.row, problem.field) == (4, "ordinal")


@pytest.fixture
def told(folder):
    """Return a function that adds a result and gives what is wrong with it."""
    for name in ("appraisal.csv", "claims.csv", "reported.csv"):
        (folder.path / name).unlink()
    plan = folder.text("review.toml").split("[[analyses]]")[0]
    folder.write("review.toml", plan)

    def run(**cells):
        row = {"study": "Alder 2019", "arm": "drug A", "outcome": "pain", "source": "s"}
        row |= {name: str(value) for name, value in cells.items()}
        line = ",".join(row.get(name, "") for name in COLUMNS.split(","))
        folder.write("results.csv", f"{COLUMNS}\n{line}\n")
        return [(p.field, p.message) for p in folder.problems()]

    return run


BETWEEN = {"comparator": "placebo"}


@pytest.mark.parametrize(
    ("cells", "field", "message"),
    [
        ({"events": 5, "n": 4}, "events", "events is 5, above n, which is 4"),
        ({"sd": -1}, "sd", "-1 is not possible here"),
        ({"ci_low": 3, "ci_high": 2}, "ci_low", "ci_low is 3, above ci_high, which is 2"),
        ({"q1": 5, "median": 4, "q3": 6}, "q1", "q1 is 5, above median, which is 4"),
        ({"q1": 7, "median": 5, "q3": 3}, "q1", "q1 is 7, above q3, which is 3"),
        ({"min": 1, "mean": 9, "max": 8}, "mean", "mean is 9, above max, which is 8"),
        ({"ci_level": 95, "ci_low": 1}, "ci_level", "95 is not possible here"),
        ({**BETWEEN, "hr": 0}, "hr", "0 is not possible here"),
        (
            {**BETWEEN, "hr": 0.97, "ci_low": 1.16, "ci_high": 0.81},
            "ci_low",
            "ci_low is 1.16, above ci_high, which is 0.81",
        ),
        (
            {**BETWEEN, "hr": 1.97, "ci_low": 0.81, "ci_high": 1.16},
            "hr",
            "hr is 1.97, above ci_high, which is 1.16",
        ),
        (
            {**BETWEEN, "hr": 0.7, "ci_low": 0.81, "ci_high": 1.16},
            "hr",
            "hr is 0.7, below ci_low, which is 0.81",
        ),
        (
            {**BETWEEN, "hr": 0.97, "ci_low": -0.2, "ci_high": 1.16},
            "ci_low",
            "ci_low is -0.2, and a hazard ratio is above 0",
        ),
        ({**BETWEEN, "v": 0}, "v", "0 is not possible here"),
        ({"hr": 0.97}, "hr", "hr compares two arms, but the row names one"),
        ({"o_minus_e": 1, "v": 2}, "o_minus_e", "o_minus_e compares two arms, but the row names one"),
        ({**BETWEEN, "events": 5, "n": 9}, "events", "events belongs to one arm, but the row compares two"),
        ({"comparator": "drug A"}, "comparator", "The arm is compared with itself"),
        ({"comparator": "nobody"}, "comparator", "There is no arm 'nobody' of Alder 2019 in arms.csv"),
        ({"p": "<<0.05"}, "p", "'<<0.05' is not a P value"),
    ],
)  # fmt: skip
def test_a_contradiction_is_told_once(told, cells, field, message):
    assert told(**cells) == [(field, message)]


@pytest.mark.parametrize(
    "cells",
    [
        {},
        {"n": 0, "events": 0},
        {"mean": 1, "sd": 0},
        {"min": 1, "q1": 1, "median": 1, "q3": 1, "max": 1},
        {"p": "<0.001", "mean_change": -3},
        {**BETWEEN, "hr": 1, "ci_low": 1, "ci_high": 1},
        {**BETWEEN, "mean": -2, "ci_low": -4, "ci_high": 0},
        {**BETWEEN, "p": "NS"},
        BETWEEN,
    ],
)
def test_what_may_be_printed(told, cells):
    assert told(**cells) == []


def test_two_slips_in_a_row_are_two_problems(told):
    found = told(n=4, events=5, q1=9, q3=8, ci_low=3, ci_high=2)
    assert [field for field, _ in found] == ["events", "ci_low", "q1"]
