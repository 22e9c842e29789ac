"""Pooling a table at a terminal."""

import pytest

import golden
import synthesist as sy

KEYS = {
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "statistic",
    "p",
    "k",
    "tau2",
    "tau2_low",
    "tau2_high",
    "i2",
    "i2_q",
    "q",
    "q_df",
    "q_p",
    "pi_low",
    "pi_high",
    "measure",
    "model",
    "rules",
    "notes",
    "studies",
    "display",
    "versions",
}

TRIALS = """
study,events_t,n_t,events_c,n_c,dose
Ada,12,50,20,50,low
Bela,9,40,15,41,low
Caro,0,20,4,22,high
Dora,,,,,high
Elin,7,61,13,60,high
"""


def test_the_numbers_are_those_of_the_library(synthesist_json):
    path = golden.data("bcg")
    answer = synthesist_json("pool", path, "--measure", "RR", "--tau2", "PM")
    assert answer == sy.pool(sy.effect_table(path, "RR"), tau2="PM").to_dict()
    assert answer["tau2"] == pytest.approx(
        golden.load("bcg")["RR"]["PM/knha"]["tau2"], rel=1e-7
    )


@pytest.mark.parametrize(
    ("option", "value", "rule"),
    [
        ("--tau2", "DL", "tau2"),
        ("--interval", "normal", "interval"),
        ("--prediction", "k-2", "prediction"),
        ("--level", "0.9", "level"),
        ("--zero-cells", "all", "zero_cells"),
    ],
)
def test_an_option_changes_the_rule_and_the_answer(
    synthesist_json, table, option, value, rule
):
    path = table(TRIALS)
    before = synthesist_json("pool", path, "--measure", "RR")
    after = synthesist_json("pool", path, "--measure", "RR", option, value)
    assert after["rules"][rule] == value != before["rules"][rule]
    assert after != before | {"rules": after["rules"]}


def test_a_profile_says_itself_and_what_took_the_place_of_its_rules(
    synthesist_json, table
):
    asked = ["pool", table(TRIALS), "--measure", "RR", "--profile", "revman5"]
    rules = synthesist_json(*asked)["rules"]
    assert (rules["profile"], rules["tau2"]) == ("revman5 (version 1)", "DL")
    rules = synthesist_json(*asked, "--tau2", "PM")["rules"]
    assert rules["instead of the profile's"] == "tau2 PM for DL"


def test_codes_may_be_typed_in_small_letters(synthesist_json, table):
    path = table(TRIALS)
    assert synthesist_json(
        "pool", path, "--measure", "rr", "--interval", "hk"
    ) == synthesist_json("pool", path, "--measure", "RR", "--interval", "HK")


@pytest.mark.parametrize("rows", [2, 3, 6], ids="k={}".format)
def test_every_key_is_there_whatever_the_data(synthesist_json, table, rows):
    path = table("\n".join(TRIALS.strip().splitlines()[:rows]))
    answer = synthesist_json("pool", path, "--measure", "RR")
    assert answer.keys() >= KEYS
    assert answer["display"].keys() >= {
        "estimate",
        "ci_low",
        "ci_high",
        "pi_low",
        "pi_high",
        "studies",
    }
    assert [study["study"] for study in answer["studies"]] == [
        line.split(",")[0] for line in TRIALS.strip().splitlines()[1:rows]
    ]
    for study in answer["studies"]:
        assert study.keys() == {"study", "y", "v", "weight", "included"}
    assert sum(study["weight"] for study in answer["studies"]) == pytest.approx(100)


def test_the_summary_is_for_reading(synthesist, table):
    path = table(TRIALS)
    done = synthesist("pool", path, "--measure", "RR")
    assert done.exit_code == 0
    assert done.stdout == sy.pool(sy.effect_table(path, "RR")).summary() + "\n"
    assert "Dora" in done.stdout


def test_groups_are_pooled_apart_and_compared(synthesist, synthesist_json, table):
    path = table(TRIALS)
    expected = sy.subgroups(sy.effect_table(path, "RR"), by="dose", tau2="DL")
    arguments = ["pool", path, "--measure", "RR", "--tau2", "DL", "--by", "dose"]
    assert synthesist_json(*arguments) == expected.to_dict()
    assert synthesist(*arguments).stdout == expected.summary() + "\n"


@pytest.mark.parametrize("model", ["mh", "peto"])
def test_the_model_is_the_one_asked_for(synthesist_json, table, model):
    path = table(TRIALS)
    answer = synthesist_json("pool", path, "--measure", "OR", "--model", model)
    assert answer["model"] == answer["rules"]["model"] == model
    effects = sy.effect_table(path, "OR")
    direct = sy.mantel_haenszel(effects, "OR") if model == "mh" else sy.peto(effects)
    assert answer["estimate"] == direct.estimate


def test_the_binomial_normal_model_pools_single_arms(synthesist_json):
    path = golden.data("vasospasm")
    answer = synthesist_json("pool", path, "--measure", "PLO", "--model", "glmm")
    assert answer["model"] == "glmm"
    assert answer["estimate"] == sy.glmm(path, measure="PLO").estimate


def test_the_studies_may_be_named_by_another_column(synthesist_json, table):
    path = table(TRIALS.replace("study", "trial"))
    answer = synthesist_json("pool", path, "--measure", "RR", "--study", "trial")
    assert answer["studies"][1]["study"] == "Bela"


WRONG = [
    (
        TRIALS,
        ["--measure", "RRR"],
        "--measure: 'RRR' is no measure; did you mean RR? choose one of ",
    ),
    (
        TRIALS,
        ["--tau2", "REMLL"],
        "--tau2: 'REMLL' is no estimator of tau²; did you mean REML? choose one of ",
    ),
    (TRIALS, ["--level", "95"], "The confidence level 95"),
    (TRIALS, ["--by", "dosis"], "There is no column dosis"),
    (TRIALS, ["--study", "name"], "trials.csv: The column name is missing"),
    (
        TRIALS,
        ["--measure", "GEN"],
        "trials.csv: The column yi is missing",
    ),
    (
        TRIALS.replace("9,40", "9,4o"),
        [],
        "trials.csv, row 3, column n_t: '4o' is not a number",
    ),
    (
        TRIALS.replace("9,40", "41,40"),
        [],
        "trials.csv, row 3, column events_t: ",
    ),
    (TRIALS.replace("9,40", ",40"), [], "trials.csv, row 3, column events_t: "),
    (TRIALS.replace("Bela,", ""), [], "trials.csv, row 3: The row has 5 cells"),
    ("", [], "trials.csv: The file is empty"),
]


@pytest.mark.parametrize(("text", "options", "start"), WRONG)
def test_wrong_input_is_one_sentence_and_status_2(
    synthesist, table, text, options, start
):
    path = table(text)
    done = synthesist("pool", path, "--measure", "RR", *options)
    assert done.exit_code == 2, done.exception
    assert done.stdout == ""
    assert done.stderr.startswith(start)
    assert done.stderr.endswith(".\n")
    sentences = [
        line for line in done.stderr.splitlines() if not line.endswith(" problems.")
    ]
    expected = 2 if "GEN" in options else 1
    assert len(sentences) == expected


@pytest.mark.parametrize(("text", "options", "start"), WRONG)
def test_wrong_input_is_json_where_json_was_asked_for(
    synthesist_json, table, text, options, start
):
    path = table(text)
    answer = synthesist_json("pool", path, "--measure", "RR", *options, status=2)
    for problem in answer["error"]["problems"]:
        assert problem.keys() == {
            "message",
            "remedy",
            "where",
            "file",
            "row",
            "field",
        }


def test_a_file_that_is_not_there(synthesist, tmp_path):
    done = synthesist("pool", tmp_path / "none.csv", "--measure", "RR")
    assert done.exit_code == 2
    assert done.stderr.startswith("There is no file ")


def test_a_folder_is_no_table(synthesist, tmp_path):
    done = synthesist("pool", tmp_path, "--measure", "RR")
    assert done.exit_code == 2
    assert "cannot be read" in done.stderr


def test_five_faults_are_five_sentences(synthesist, table):
    text = (
        TRIALS.replace("12,50", "60,50")
        .replace("9,40", "9,x")
        .replace("0,20", "-1,20")
        .replace("Dora,,", "Dora,1,")
        .replace("7,61", "7.5,61")
    )
    done = synthesist("pool", table(text), "--measure", "RR")
    assert done.exit_code == 2
    lines = done.stderr.splitlines()
    assert lines[-1] == "5 problems."
    for row, line in zip(range(2, 7), lines, strict=False):
        assert line.startswith(f"trials.csv, row {row}, column ")


NOTHING = "study,events_t,n_t,events_c,n_c\nAda,,,,\nBela,,,,"


def test_no_study_with_a_result_is_not_estimable(synthesist, synthesist_json, table):
    path = table(NOTHING)
    done = synthesist("pool", path, "--measure", "RR")
    assert done.exit_code == 3
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    answer = synthesist_json("pool", path, "--measure", "RR", status=3)
    assert answer["error"]["kind"] == "NotEstimable"
