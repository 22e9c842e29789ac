"""What review.toml and ipd.csv say of individual data, against itself."""

import pytest

PLAN = """
[ipd]
arm = "arm"

[[ipd_analyses]]
id = "patients"
title = "Patient by patient"
outcome = "response"
time = "days"
event = "event"
"""


@pytest.fixture
def planned(folder):
    """Return a review with individual data."""
    folder.write("review.toml", folder.text("review.toml") + PLAN)
    (folder.path / "ipd").mkdir()
    folder.write("ipd/alder.csv", "days,event,arm\n3,1,1\n")
    return folder


def test_a_plan_with_its_data_is_in_order(planned):
    assert planned.problems() == ()


@pytest.mark.parametrize(
    ("old", "new", "message", "field"),
    [
        ('[ipd]\narm = "arm"', "", "There is no table [ipd]", None),
        ('arm = "arm"', "", "The key arm is missing", "arm"),
        ('id = "patients"', 'id = "response-rr"', "The id 'response-rr' stands there twice", "id"),
        ('event = "event"', 'event = "event"\ntau2 = "REMLL"', "There is no tau2 'REMLL'", "tau2"),
        ('event = "event"', 'event = "event"\nsplines = ["age"]', "'age' is no planned interaction", "splines"),
        ('event = "event"', 'event = "event"\nhorizons = [1, 0]', "0 is not possible here", "horizons"),
        ('event = "event"', 'event = "event"\nhorizons = ["1"]', "'['1']' is not what horizons holds", "horizons"),
        ('event = "event"', 'event = "event"\nfavours = ["new"]', "favours needs two texts, for left and right of no effect", "favours"),
        ('event = "event"', 'event = "event"\nties = "efrom"', "'efrom' is not possible here", "ties"),
        (
            'event = "event"',
            'event = "event"\ntrials = ["Alder 2019"]\naggregate = ["Alder 2019"]',
            "'Alder 2019' is there with its patients and as a summary",
            "aggregate",
        ),
    ],
)  # fmt: skip
def test_one_slip_is_one_sentence(planned, old, new, message, field):
    planned.swap("review.toml", old, new)
    problem = planned.problem()
    assert (problem.message, problem.field) == (message, field)


def test_a_plan_without_patients_asks_for_them(planned):
    (planned.path / "ipd" / "alder.csv").unlink()
    assert planned.problem().message == "There is no table of patients"
    (planned.path / "ipd").rmdir()
    assert planned.problem().message == "There is no such folder"


def test_data_that_came_were_sought(planned):
    planned.add("ipd.csv", "Alder 2019,no,yes,,,,,,")
    problem = planned.problem()
    assert (problem.file, problem.row, problem.field) == ("ipd.csv", 2, "received")


def test_codes_are_those_of_the_library():
    from synthesist.ipd import EFFECTS, METHODS
    from synthesist.review import individual
    from synthesist.survival import TIES

    assert set(individual.TIES) == set(TIES)
    assert set(individual.EFFECTS) == set(EFFECTS)
    assert set(individual.METHODS) <= set(METHODS)
