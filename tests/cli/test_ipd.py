"""The command `ipd`."""

import math

import pytest

import golden

TABLE = golden.data("ipd_made_up")
ROLES = ["--time", "months", "--event", "died", "--arm", "treated"]

TRIAL = {
    "trial",
    "n_t",
    "n_c",
    "events_t",
    "events_c",
    "o_minus_e",
    "v",
    "log_hr",
    "se",
}
STAGE = {"model", "ties", "log_hr", "se", "ci_low", "ci_high", "p"}


def test_the_document(synthesist_json):
    found = synthesist_json("ipd", TABLE, *ROLES, "--trial", "trial")
    expected = golden.load("ipd_made_up")
    assert found.keys() == {
        "trials",
        "one_stage",
        "two_stage",
        "interaction_lrt",
        "notes",
    }
    for ours, theirs in zip(found["trials"], expected["per_trial"], strict=True):
        assert ours.keys() == TRIAL
        for name in ("log_hr", "se", "o_minus_e", "v"):
            assert ours[name] == pytest.approx(theirs[name], rel=1e-8)
    assert found["one_stage"].keys() == STAGE
    assert found["one_stage"]["log_hr"] == pytest.approx(
        expected["one_stage"]["log_hr"], rel=1e-9
    )
    assert found["one_stage"]["ties"] == "efron"
    assert found["two_stage"].keys() == STAGE | {"tau2", "q", "q_df", "q_p", "i2"}
    assert found["two_stage"]["tau2"] == pytest.approx(
        expected["two_stage"]["tau2"], rel=1e-7
    )
    test = found["interaction_lrt"]
    assert test.keys() == {"statistic", "df", "p"}
    assert test["statistic"] == pytest.approx(expected["heterogeneity"]["statistic"])


def test_in_words(synthesist):
    done = synthesist("ipd", TABLE, *ROLES, "--trial", "trial", "--covariates", "age")
    assert done.exit_code == 0
    assert "440 patients of 8 trials, 333 events" in done.output
    assert "Trial by treatment" in done.output
    assert "adjusted for age" in done.output


def test_ties_covariates_and_labels(synthesist_json, tmp_path):
    lines = TABLE.read_text().splitlines()
    named = [lines[0]]
    for line in lines[1:]:
        cells = line.split(",")
        cells[1] = "IL-2" if cells[1] == "1" else "no treatment"
        named.append(",".join(cells))
    path = tmp_path / "labelled.csv"
    path.write_text("\n".join(named))
    arguments = ["--trial", "trial", "--ties", "breslow", "--covariates", "age + male"]
    plain = synthesist_json("ipd", TABLE, *ROLES, *arguments)
    found = synthesist_json("ipd", path, *ROLES, *arguments, "--treated", "IL-2")
    assert found == plain
    assert found["one_stage"]["ties"] == "breslow"


def test_one_trial(synthesist_json, tmp_path):
    lines = TABLE.read_text().splitlines()
    path = tmp_path / "T1.csv"
    path.write_text("\n".join([lines[0], *(x for x in lines if x.startswith("T1,"))]))
    found = synthesist_json("ipd", path, *ROLES)
    one, two, alone = found["one_stage"], found["two_stage"], found["trials"][0]
    assert math.isclose(one["log_hr"], alone["log_hr"], rel_tol=1e-12)
    assert math.isclose(two["log_hr"], alone["log_hr"], rel_tol=1e-12)
    assert found["interaction_lrt"] == {"statistic": None, "df": None, "p": None}
    folder = synthesist_json("ipd", tmp_path, *ROLES)
    assert folder["trials"][0]["trial"] == "T1"


@pytest.mark.parametrize(
    ("change", "row", "column"),
    [
        (("1", "2", "died"), 2, "died"),
        (("", "0", "months"), 2, "months"),
        (("", "about 7", "months"), 2, "months"),
    ],
)
def test_a_bad_cell(synthesist_json, synthesist, tmp_path, change, row, column):
    _, new, name = change
    lines = TABLE.read_text().splitlines()
    place = lines[0].split(",").index(name)
    cells = lines[1].split(",")
    cells[place] = new
    path = tmp_path / "bad.csv"
    path.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]))
    found = synthesist_json("ipd", path, *ROLES, "--trial", "trial", status=2)
    problems = found["error"]["problems"]
    assert [(p["row"], p["field"]) for p in problems] == [(row, column)]
    assert "about 7" not in str(found)
    assert "Traceback" not in synthesist("ipd", path, *ROLES).output


def test_what_cannot_be_estimated(synthesist_json, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("t,e,a\n1,0,1\n2,0,0\n3,0,1\n")
    found = synthesist_json(
        "ipd", path, "--time", "t", "--event", "e", "--arm", "a", status=3
    )
    assert found["error"]["kind"] == "NotEstimable"
