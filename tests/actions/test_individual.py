"""Individual data of a review folder: analysed, shown in counts, and never let out."""

import csv
import json
import re
import shutil
import zlib

import numpy as np
import pytest
from click.testing import CliRunner

import synthesist as sy
from synthesist.actions.drawing.individual import flow_counts
from synthesist.actions.individual import analyse_individual
from synthesist.actions.run_review import run_review
from synthesist.cli.main import main
from synthesist.errors import InvalidInput
from synthesist.store import read_folder

#: What marks a patient: no part of it may be met again.
CANARY = "CANARY"

TRIALS = ("Alder 2001", "Birch 2004", "Cedar 2009")

REVIEW = """
format = 1
title = "An invented review"
synthetic = ["ipd"]

[[outcomes]]
id = "os"
label = "Overall survival"
kind = "time-to-event"
better = "lower"

[ipd]
arm = "arm"
treated = "new"
identifier = "patient"
randomised = "day"
covariates = ["age", "sex", "status"]
axis = "months"

[[ipd_analyses]]
id = "os-patients"
title = "Overall survival, patient by patient"
outcome = "os"
time = "days"
event = "died"
tau2 = "CE"
interval = "normal"
interactions = ["age", "sex", "status"]
splines = ["age"]
horizons = [6, 12]
aggregate = ["Dogwood 2010"]
favours = ["favours new", "favours old"]
"""

STUDIES = "study,design\n" + "".join(
    f"{name},randomised\n" for name in (*TRIALS, "Dogwood 2010", "Elm 2012")
)
ARMS = "study,arm,role,n\n" + "".join(
    f"{name},new,treated,{n}\n{name},old,control,{n}\n"
    for name, n in (*((name, 40) for name in TRIALS), ("Dogwood 2010", 100))
)
RESULTS = (
    "study,arm,comparator,outcome,timepoint,population,hr,ci_low,ci_high,source,place\n"
    "Dogwood 2010,new,old,os,5 years,ITT,0.80,0.60,1.07,Dogwood report,table 1\n"
)
REQUESTS = "study,sought,received,n,reason\n" + "".join(
    [*(f"{name},yes,yes,{n},\n" for name, n in zip(TRIALS, (80, 80, 90), strict=True)),
     "Dogwood 2010,yes,no,200,no answer\n", "Elm 2012,no,,,closed early\n"]
)  # fmt: skip


def patients(trial):
    """Return one trial's rows; every cell that can be is unlike any other number."""
    rng = np.random.default_rng([7, trial])
    days = rng.permutation(np.arange(2, 800))[:80]
    rows = []
    for i in range(80):
        new = i % 2 == 0
        time = rng.exponential(700 if new else 500)
        end = rng.uniform(300, 1400)
        rows.append(
            {
                "patient": f"{CANARY}-{trial}-{i}",
                "arm": "new" if new else "old",
                "day": str(np.datetime64("2001-01-01") + days[i]),
                "age": f"{rng.uniform(40, 80):.6f}",
                "sex": "female" if rng.random() < 0.5 else "male",
                "status": "" if trial == 1 else str(rng.integers(0, 3)),
                "days": f"{min(time, end):.7f}",
                "died": str(int(time <= end)),
                "initials": f"{CANARY}{i}",
            }
        )
    return rows


def write_review(folder):
    (folder / "ipd").mkdir(parents=True)
    for name, text in (
        ("review.toml", REVIEW), ("studies.csv", STUDIES), ("arms.csv", ARMS),
        ("results.csv", RESULTS), ("ipd.csv", REQUESTS),
    ):  # fmt: skip
        (folder / name).write_text(text, "utf-8")
    for i, name in enumerate(TRIALS):
        rows = patients(i)
        if i == 1:
            rows = [{k: v for k, v in row.items() if k != "status"} for row in rows]
        stem = name.split()[0].lower()
        with (folder / "ipd" / f"{stem}.csv").open(
            "w", encoding="utf-8", newline=""
        ) as f:
            writer = csv.DictWriter(f, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        text = f'format = 1\ntrial = "{name}"\n[endpoint]\nos = "death, {name}"\n'
        (folder / "ipd" / f"{stem}.toml").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = write_review(tmp_path_factory.mktemp("individual") / "review")
    run_review(folder)
    return folder


@pytest.fixture
def review(finished, tmp_path):
    """Return a copy without results that a test may change."""
    return shutil.copytree(finished, tmp_path / "review", ignore=lambda *_: {"out"})


@pytest.fixture(scope="module")
def found(finished):
    text = (finished / "out" / "results.json").read_text("utf-8")
    return json.loads(text)["individual"]


@pytest.fixture(scope="module")
def page(finished):
    text = (finished / "out" / "report.html").read_text("utf-8")
    return re.search(
        r'<section id="individual">.*?(?=<section id="sources">)', text, re.S
    )[0]


@pytest.fixture(scope="module")
def data():
    rows = [{"trial": t, **row} for i, t in enumerate(TRIALS) for row in patients(i)]
    columns = {name: [row[name] or None for row in rows] for name in rows[0]}
    columns["days"] = [float(x) * 12 / 365.25 for x in columns["days"]]
    return sy.survival_data(
        columns, time="days", event="died", treated="arm", treated_is="new",
        trial="trial", covariates=["age", "sex", "status"],
    )  # fmt: skip


def test_the_answers_are_those_of_the_library(found, data):
    (analysis,) = found["analyses"]
    known = {
        "study": ["Dogwood 2010"],
        "hr": [0.80],
        "ci_low": [0.60],
        "ci_high": [1.07],
    }
    one = sy.one_stage(data, aggregate=known)
    two = sy.two_stage(data, aggregate=known, tau2="CE", interval="normal")
    assert analysis["one_stage"]["log_hr"] == pytest.approx(one.log_hr, rel=1e-9)
    assert analysis["two_stage"]["se"] == pytest.approx(two.pooled.se, rel=1e-9)
    assert analysis["one_stage"]["without_summaries"]["log_hr"] == pytest.approx(
        one.without.log_hr, rel=1e-9
    )
    by_name = {entry["covariate"]: entry for entry in analysis["interactions"]}
    for name, knots in (("sex", 0), ("age", 3)):
        own = sy.interaction(data, name, knots=knots, tau2="CE", interval="normal")
        assert by_name[name]["test"]["p"] == pytest.approx(own.test.p, rel=1e-7)
    assert analysis["status"] == "done"
    assert analysis["medians"][0]["group"] == "old"


def test_counts_of_what_was_asked_came_and_was_used(finished, found):
    trials = {trial["study"]: trial for trial in found["trials"]}
    assert [trials[name]["used"] for name in TRIALS] == [{"os-patients": 80}] * 3
    assert trials["Birch 2004"]["not_recorded"] == ["status"]
    assert trials["Dogwood 2010"]["aggregate_in"] == ["os-patients"]
    assert trials["Elm 2012"]["sought"] is False
    content = analyse_individual(read_folder(finished), finished)
    counts = flow_counts(content)
    assert (counts.studies, counts.sought, counts.provided) == (5, 4, 3)
    assert (counts.participants, counts.lacking) == (240, 10)
    assert [(r.label, r.n) for r in counts.not_provided] == [("No answer", 1)]
    (analysed,) = counts.analysed
    assert (analysed.participants, analysed.summary_participants) == (240, 200)


def test_trials_without_a_covariate_are_listed_beside_its_interaction(page):
    assert (
        "No interaction with status from Birch 2004: the covariate was not recorded."
        in page
    )


def test_the_results_at_a_glance_say_that_it_is_synthetic(finished):
    text = (finished / "out" / "report.html").read_text("utf-8")
    glance = re.search(r'<section id="results">.*?</section>', text, re.S)[0]
    assert 'href="#analysis-os-patients"' in glance
    assert "<td>Synthetic individual data</td>" in re.sub(r">\s+", ">", glance)


def test_each_trial_says_what_its_event_is(page):
    assert all(f"death, {name}</td>" in page for name in TRIALS)


def test_a_total_that_differs_from_the_publication_is_pointed_out(page):
    assert "Cedar 2009, patients against the publication: 80 here, 90 printed." in page


def test_every_figure_and_table_of_invented_patients_says_so(page):
    captions = re.findall(r"<caption>(.*?)</caption>", page)
    assert len(captions) >= 8
    assert all(
        caption.startswith("Synthetic individual data. ") for caption in captions
    )
    figures = re.findall(r"<figure.*?</figure>", page, re.S)
    assert len(figures) == 6
    for figure in figures:
        # A drawing for a telephone carries the label too.
        drawings = figure.count("<svg")
        assert 1 <= drawings == figure.count("synthetic individual data</text>")


def test_the_same_patients_give_the_same_bytes(finished, review):
    run_review(review)
    for path in sorted((finished / "out").rglob("*")):
        if path.is_file():
            assert (
                path.read_bytes() == (review / path.relative_to(finished)).read_bytes()
            )


def test_no_identifier_and_no_row_reaches_the_results(finished):
    texts = []
    for path in sorted((finished / "out").rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            texts.append(raw.decode("latin-1"))
            packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", raw, re.S)
            texts += [zlib.decompress(part).decode("latin-1") for part in packed]
    text = "\n".join(texts)
    assert CANARY not in text
    rows = [row for i in range(len(TRIALS)) for row in patients(i)]
    # Ages stand there at most as the quantiles at which an effect is shown, dates
    # of randomisation never.
    ages = [row["age"] for row in rows]
    assert sum(age in text for age in ages) <= 3
    assert not [row["day"] for row in rows if row["day"] in text]
    months = [f"{float(row['days']) * 12 / 365.25:.6f}"[:-1] for row in rows]
    # A median of survival or follow-up, or a limit of it, is somebody's time.
    assert sum(time in text for time in months) <= 4 * 3
    assert sum(row["days"] in text for row in rows) == 0


def spoil_cell(column, value):
    """Return a fault: one cell of one patient is replaced."""

    def fault(review):
        path = review / "ipd" / "alder.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        rows[3][column] = value
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0])
            writer.writeheader()
            writer.writerows(rows)

    return fault


def spoil_file(change):
    """Return a fault: the bytes of a file are changed."""

    def fault(review):
        path = review / "ipd" / "alder.csv"
        path.write_bytes(change(path.read_bytes()))

    return fault


def spoil_plan(old, new):
    """Return a fault: review.toml asks for something else."""

    def fault(review):
        path = review / "review.toml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    return fault


def spoil_mapping(text):
    """Return a fault: the mapping says something else."""

    def fault(review):
        path = review / "ipd" / "alder.toml"
        path.write_text(path.read_text("utf-8") + text, "utf-8")

    return fault


FAULTS = {
    "text in a time": spoil_cell("days", f"{CANARY} 12"),
    "a time of zero": spoil_cell("days", "0"),
    "an event code": spoil_cell("died", CANARY),
    "a third arm": spoil_cell("arm", CANARY),
    "text in a number": spoil_cell("age", CANARY),
    "a date": spoil_cell("day", CANARY),
    "a line break in a cell": spoil_cell("patient", f'{CANARY}"\n'),
    "no header": spoil_file(lambda raw: raw.split(b"\n", 1)[1]),
    "a header twice": spoil_file(lambda raw: raw.replace(b"patient,arm", b"arm,arm", 1)),
    "one cell too many": spoil_file(lambda raw: raw.replace(b",new,", b",new,CANARY,", 1)),
    "bytes that are no text": spoil_file(lambda raw: raw.replace(b"CANARY", b"CANARY\xff", 1)),
    "an open quotation mark": spoil_file(lambda raw: raw.replace(b"CANARY", b'"CANARY', 1)),
    "patients as trials": spoil_plan('identifier = "patient"', 'trial = "patient"'),
    "patients as a category": spoil_plan('"age", "sex", "status"]\nspl', '"age", "initials"]\nspl'),
    "patients in a formula": spoil_plan('interval = "normal"', 'adjust = "initials"'),
    "patients as arms": spoil_plan('arm = "arm"', 'arm = "patient"'),
    "another column": spoil_plan('time = "days"', 'time = "dayz"'),
    "a trial of another name": spoil_mapping('\n[names]\nage = "initials"\n'),
    "a code without a meaning": spoil_mapping('\n[recode.patient]\n"a" = 1\n'),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_no_message_and_no_result_of_a_fault_shows_a_patient(review, fault):
    FAULTS[fault](review)
    if fault == "a line break in a cell":
        # A cell may hold one; nothing is wrong, and nothing is told.
        analyse_individual(read_folder(review), review)
        return
    for command in (["check"], ["run"]):
        ran = CliRunner().invoke(main, [*command, str(review)])
        assert ran.exit_code == 2, ran.output
        assert CANARY not in ran.output
        assert not any(row["age"] in ran.output for row in patients(0))
        assert ran.exc_info is None or CANARY not in str(ran.exc_info[1])
    assert not (review / "out").exists()


def test_the_command_ipd_keeps_patients_to_itself(review):
    options = [
        "--time",
        "days",
        "--event",
        "died",
        "--arm",
        "arm",
        "--treated",
        "new",
        "--covariates",
        "age",
    ]
    ran = CliRunner().invoke(main, ["ipd", str(review), *options, "--json"])
    assert ran.exit_code == 0, ran.output
    assert CANARY not in ran.output
    FAULTS["text in a time"](review)
    ran = CliRunner().invoke(main, ["ipd", str(review), *options])
    assert (ran.exit_code, CANARY in ran.output) == (2, False)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('[ipd]\narm = "arm"', '[ipd]\n', "The key arm is missing"),
        ('splines = ["age"]', 'splines = ["weight"]', "'weight' is no planned interaction"),
        ('tau2 = "CE"', 'tau2 = "REMLL"', "There is no tau2 'REMLL'"),
        ('aggregate = ["Dogwood 2010"]', 'aggregate = ["Alder 2001"]', "is left by studies"),
        ('aggregate = ["Dogwood 2010"]', 'trials = ["Elm 2012"]', "No trial with individual data is left"),
        ('interactions = ["age", ', 'interactions = ["age", "weight", ', "There is no covariate weight"),
        ('horizons = [6, 12]', 'horizons = [0]', "is not possible here"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_carried_out_is_one_sentence(review, old, new, words):
    spoil_plan(old, new)(review)
    with pytest.raises(InvalidInput, match=words):
        analyse_individual(read_folder(review), review)


def test_a_plan_without_data_asks_for_them(review):
    shutil.rmtree(review / "ipd")
    with pytest.raises(InvalidInput, match="There is no such folder"):
        read_folder(review)


def test_a_question_the_patients_cannot_answer_does_not_take_the_others_with_it(review):
    for path in (review / "ipd").glob("*.csv"):
        text = path.read_text("utf-8")
        path.write_text(text.replace(",1,CANARY", ",0,CANARY"), "utf-8")
    content = analyse_individual(read_folder(review), review)
    assert content.results[0].problem
    assert content.covered[0].patients == 80


def test_what_cannot_be_told_beside_the_answer_is_a_note(review):
    spoil_plan('interactions = ["age", ', 'interactions = ["clinic", "age", ')(review)
    spoil_plan("horizons = [6, 12]", "horizons = [6, 1200]")(review)
    for path in (review / "ipd").glob("*.csv"):
        head, *rows = path.read_text("utf-8").splitlines()
        path.write_text(
            "\n".join([f"{head},clinic", *(f"{row},1" for row in rows)]), "utf-8"
        )
    (result,) = analyse_individual(read_folder(review), review).results
    assert result.one is not None
    assert [fit.pieces.covariate for fit in result.interactions] == [
        "age",
        "sex",
        "status",
    ]
    assert result.horizons is None
    notes = [note for note in result.notes if "cannot be estimated" in note]
    assert len(notes) == 2
    assert notes[0].startswith("The interaction with clinic cannot be estimated: ")
    assert "No trial is followed to 1200" in notes[1]


def test_patients_without_a_covariate_of_the_model_are_counted_out(review):
    spoil_plan('tau2 = "CE"', 'tau2 = "CE"\nadjust = "age"')(review)
    spoil_cell("age", "")(review)
    content = analyse_individual(read_folder(review), review)
    assert content.covered[0].used == {"os-patients": 79}
    (analysed,) = flow_counts(content).analysed
    assert (analysed.participants, analysed.left_out) == (239, 1)
