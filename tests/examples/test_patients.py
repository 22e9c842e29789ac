"""The invented patients of the leukaemia example: made by a script, shaped as printed."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from synthesist.actions.individual import analyse_individual

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "il2-aml"

#: Arms, men, and favourable karyotypes as printed: interleukin-2, control.
PRINTED = {
    "blaise-2000": ((40, 38), (22, 17), (8, 9)),
    "alfa-9801": ((77, 84), (40, 43), (4, 14)),
    "calgb-9720": ((81, 82), (41, 52), (13, 19)),
    "calgb-19808": ((107, 107), (50, 62), (32, 33)),
    "ccg-2961": ((144, 145), (89, 67), (26, 26)),
}


def rows(stem):
    path = FOLDER / "ipd" / f"{stem}.csv"
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


@pytest.fixture(scope="module")
def content(aml):
    return analyse_individual(aml, FOLDER)


def test_the_script_makes_the_files(tmp_path):
    script = ROOT / "scripts" / "make_aml_patients.py"
    subprocess.run([sys.executable, script, tmp_path], check=True, timeout=60)
    made = sorted(tmp_path.iterdir())
    assert [path.stem for path in made] == sorted(PRINTED)
    for path in made:
        assert path.read_bytes() == (FOLDER / "ipd" / path.name).read_bytes()


@pytest.mark.parametrize("stem", PRINTED)
def test_arms_and_covariates_have_the_printed_numbers(stem):
    sizes, men, favourable = PRINTED[stem]
    # One office writes codes; its mapping translates them for the program.
    sex, arm, kind = (
        ("SEX", "TRT", "KARYO")
        if stem == "calgb-19808"
        else ("sex", "arm", "karyotype")
    )
    for label, n, m, f in zip(
        (("1", "2") if sex == "SEX" else ("IL-2", "control")),
        sizes,
        men,
        favourable,
        strict=True,
    ):
        own = [row for row in rows(stem) if row[arm] == label]
        assert len(own) == n
        assert sum(row[sex].lower().startswith("m") for row in own) == m
        assert sum(row[kind] == "favourable" for row in own) == f


def test_ages_have_the_printed_mean_and_spread():
    own = [float(r["age"]) for r in rows("alfa-9801") if r["arm"] == "IL-2"]
    assert np.mean(own) == pytest.approx(60.6, abs=0.1)
    assert np.std(own, ddof=1) == pytest.approx(5.3, abs=0.15)


def test_performance_status_is_missing_in_two_trials(content):
    without = [
        t.study.study for t in content.covered if "performance status" in t.not_recorded
    ]
    assert without == ["Blaise 2000", "CCG-2961"]
    (fit,) = (
        f
        for f in content.results[0].interactions
        if f.pieces.covariate == "performance status"
    )
    assert any("Blaise 2000, CCG-2961" in note for note in fit.notes)


@pytest.mark.parametrize(("place", "design"), [(0, 0.97), (1, 1.08)])
def test_the_answer_is_what_was_put_in(content, place, design):
    own = content.results[place].one.without
    assert abs(own.log_hr - np.log(design)) < 2 * own.se


@pytest.mark.parametrize(
    ("trial", "place", "months", "share"),
    [("ALFA 9801", 0, 48, 0.32), ("CALGB 19808", 1, 36, 0.61), ("CCG-2961", 0, 60, 0.58)],
)  # fmt: skip
def test_control_curves_go_through_the_printed_landmarks(
    content, trial, place, months, share
):
    from synthesist.survival import kaplan_meier

    data = content.results[place].one.data
    curve = kaplan_meier(data.only([trial]))["control"].at([months])
    assert curve["lower"][0] < share < curve["upper"][0]


def test_the_sixth_trial_is_a_summary(content):
    result = content.results[0]
    assert result.one.summaries == ("EORTC-GIMEMA 06991",)
    assert result.aggregate_n == 528
    assert len(result.one.data) == 905


def test_the_checks_find_no_fault_in_the_files(content):
    findings = [f for trial in content.covered for f in trial.findings]
    assert len(findings) > 100
    assert not [f for f in findings if f.verdict == "wrong"]
    looked_at = {f.check for f in findings if f.verdict == "look"}
    assert looked_at <= {
        "karyotype recorded",
        "median follow-up against the publication",
    }
