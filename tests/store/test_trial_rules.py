"""What a folder says of regimens and of single trials is checked against itself."""

import pytest

from synthesist.errors import InvalidInput
from synthesist.store import read_folder

TOML = """format = 1
title = "T"
dose_unit = "MIU/m2"

[body]
surface = 1.7
source = "assumed"

[[outcomes]]
id = "control"
label = "Disease control"
role = "response"

[[outcomes]]
id = "objective"
label = "Objective response"
role = "response"
within = "control"

[[outcomes]]
id = "eosinophils"
label = "Eosinophils"
role = "marker"

[[outcomes]]
id = "time"
label = "Time"
role = "duration"

[[regimens]]
id = "low"
label = "low"
line = "1 MIU/m2 SC daily for 5 days; every 4 weeks for 3 cycles"

[[regimens]]
id = "flat"
label = "flat"
line = "3.4 MIU SC daily for 5 days; every 4 weeks for 3 cycles"

[[regimens]]
id = "pegylated"
label = "pegylated"
line = "0.006 mg/kg IV every 3 weeks"
product = "pegylated"
"""
HEAD = "study,arm,outcome,n,events,mean,max,direction,fold,censored,source,note\n"
ROWS = (
    "S,a,control,17,6,,,,,,x,\n"
    "S,a,objective,17,2,,,,,,x,\n"
    "S,a,eosinophils,,,,,increase,15,,x,\n"
    "S,a,time,,,241,1086,,,max;mean,x,\n"
)


def write(folder, toml=TOML, rows=ROWS):
    (folder / "review.toml").write_text(toml, "utf-8")
    (folder / "studies.csv").write_text("study,design\nS,single-arm\n", "utf-8")
    (folder / "arms.csv").write_text(
        "study,arm,role,regimen\nS,a,single,low\n", "utf-8"
    )
    (folder / "results.csv").write_text(HEAD + rows, "utf-8")
    return folder


def test_quantities_of_regimens_are_there_when_a_folder_has_been_read(tmp_path):
    review = read_folder(write(tmp_path))
    low, flat, pegylated = review.protocol.regimens
    assert low.quantities["dose_week"] == pytest.approx(1.25)
    assert flat.quantities["dose_week"] == pytest.approx(2.5)
    assert pegylated.quantities == {}
    assert review.results[3].censored == ("max", "mean")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("1 MIU/m2 SC daily", "1 mIU/m2 SC daily", "thousandth"),
        ("for 3 cycles\"\n\n[[regimens]]\nid = \"flat\"", "for 3 apples\"\n\n[[regimens]]\nid = \"flat\"", "apples"),
        ('product = "pegylated"', 'conversion = "1 mg is much"', "no conversion"),
        ('product = "pegylated"', 'printed_dose = "24 per month"', "dose over a period"),
        ('product = "pegylated"', 'received_dose = "a lot"', "dose over a period"),
        ('product = "pegylated"', "surface = 17", "not a person's"),
        ("surface = 1.7", "surface = 170", "not a person's"),
        ('dose_unit = "MIU/m2"', 'dose_unit = "stones"', "no unit"),
        ('within = "control"', 'within = "objective"', "within itself"),
        ('within = "control"', 'within = "controls"', "did you mean 'control'"),
    ],
)  # fmt: skip
def test_slips_in_review_toml_are_named(tmp_path, old, new, words):
    assert old in TOML
    with pytest.raises(InvalidInput) as error:
        read_folder(write(tmp_path, TOML.replace(old, new, 1)))
    (problem,) = error.value.problems
    assert words in str(problem)
    assert problem.row
    assert problem.remedy


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("17,2", "17,7", "within which it lies"),
        ("increase,15", "decrease,15", "no decrease"),
        ("increase,15", "up,15", "'up' is not possible"),
        ("1086,,,max;mean", ",,,max;mean", "not filled"),
    ],
)
def test_contradictions_in_results_are_named(tmp_path, old, new, words):
    assert old in ROWS
    with pytest.raises(InvalidInput, match=words) as error:
        read_folder(write(tmp_path, rows=ROWS.replace(old, new, 1)))
    assert len(error.value.problems) == 1


def test_the_page_shows_what_was_received_and_rates_for_time_at_risk(tmp_path):
    from synthesist.documents.regimen_section import regimen_view
    from synthesist.documents.trial_section import trial_view

    toml = TOML.replace(
        'for 3 cycles"\n\n[[regimens]]\nid = "flat"',
        'for 3 cycles"\nreceived_dose = "12 MIU/m2 per course"\n\n[[regimens]]\nid = "flat"',
        1,
    )
    assert toml != TOML
    folder = write(tmp_path, toml)
    text = HEAD.replace("note", "person_time,note") + "S,a,control,17,6,,,,,,x,24,\n"
    (folder / "results.csv").write_text(text, "utf-8")
    review = read_folder(folder)

    def words(table):
        return " ".join(p.text for r in table.rows for c in r.cells for p in c.parts)

    # 15 planned; 11.5 to 12.5 round to 12.
    assert "77 to 83% of the planned dose" in words(regimen_view(review, {}).doses)
    assert "0.250 (0.0917 to 0.544) a unit of time" in words(
        trial_view(review, {}).responses
    )
