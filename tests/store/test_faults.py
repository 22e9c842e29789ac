"""Every fault is told once, with its place and what to do."""

import re
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.conftest import Folder

#: A fault each: file, text that is replaced, by what, then where it is told, in
#: which field, and words of the sentence.
FAULTS = {
    "a number with a comma": (
        "results.csv", ",31.2,", ',"31,2",', 8, "mean", "'31,2' is not a number; write the decimal point as a point: 31.2",
    ),
    "a word for a number": (
        "results.csv", ",50,24,", ",fifty,24,", 2, "n", "'fifty' is not a number",
    ),
    "a count with decimals": (
        "results.csv", ",50,24,", ",50,24.5,", 2, "events", "'24.5' is not a count",
    ),
    "more events than people": (
        "results.csv", ",50,24,", ",50,64,", 2, "events", "events is 64, above n, which is 50",
    ),
    "a negative standard deviation": (
        "results.csv", ",18.4,", ",-18.4,", 8, "sd", "-18.4 is not possible here; sd is at least 0",
    ),
    "a standard deviation of zero in a mean difference": (
        "results.csv", ",18.4,", ",0,", 8, "sd", "above 0",
    ),
    "a mean without its standard deviation": (
        "results.csv", ",31.2,18.4,", ",31.2,,", 8, "sd", 'exclude = ["Alder 2019"]',
    ),
    "a study that is a slip": (
        "results.csv", "Alder 2019", "Alder 2091", 2, "study", "There is no study 'Alder 2091' in studies.csv; did you mean 'Alder 2019'?",
    ),
    "an arm that is a slip": (
        "results.csv", "Birch 2021,placebo", "Birch 2021,placbo", 5, "arm", "There is no arm 'placbo' of Birch 2021 in arms.csv; did you mean 'placebo'?",
    ),
    "an outcome of another name": (
        "results.csv", ",response,", ",mood,", 2, "outcome", "There is no outcome 'mood' in review.toml; add it there, or choose among: response, pain, serious-events",
    ),
    "a person who is not named": (
        "results.csv", ",AA,BB,", ",AA,ZZ,", 2, "verified_by", "There is no reviewer 'ZZ'",
    ),
    "no source": (
        "results.csv", "Alder report 2019,table 2,AA", ",table 2,AA", 2, "source", "source is empty; fill it in",
    ),
    "a column that is a slip": (
        "results.csv", "timepoint", "time_point", 1, "time_point", "There is no column 'time_point'; did you mean 'timepoint'?",
    ),
    "a column that does not exist": (
        "results.csv", ",note\n", ",colour\n", 1, "colour", "There is no column 'colour'; known are: study, arm",
    ),
    "a row that is too short": (
        "results.csv", "Alder 2019,drug A,response,12 weeks,all randomised,50,24,,,", "Alder 2019,drug A,response,12 weeks,all randomised,50,24,,", 2, None, "The row has 13 cells, the header 14",
    ),
    "a result that stands there twice": (
        "results.csv", "Birch 2021,placebo,response", "Birch 2021,drug A,response", 5, None, "Birch 2021, drug A, response, 12 weeks, all randomised stands in row 4 already",
    ),
    "a design that is none": (
        "studies.csv", "Alder 2019,randomised", "Alder 2019,RCT", 2, "design", "'RCT' is not possible here; known are: randomised, non-randomised, single-arm, case-report",
    ),
    "a design that is a slip": (
        "studies.csv", "Alder 2019,randomised", "Alder 2019,randomized", 2, "design", "did you mean 'randomised'?",
    ),
    "a study twice": (
        "studies.csv", "Cedar 2022", "Birch 2021", 4, "study", "Birch 2021 stands in row 3 already",
    ),
    "a report that is not there": (
        "studies.csv", "alder-2019", "adler-2019", 2, "reports", "There is no report 'adler-2019' in records.csv; did you mean 'alder-2019'?",
    ),
    "a study of a report that was left out": (
        "studies.csv", "birch-2020", "BIRCH", 3, "reports", "which was left out (excluded-at-full-text)",
    ),
    "a year that is none": (
        "studies.csv", ",2021,", ",MMXXI,", 3, "year", "'MMXXI' is not a number",
    ),
    "a column of our own that is nearly one of the program's": (
        "studies.csv", "country", "contry", 1, "contry", "did you mean 'country'?",
    ),
    "an arm of no role": (
        "arms.csv", "drug A,treated", "drug A,active", 2, "role", "'active' is not possible here",
    ),
    "a regimen that is a slip": (
        "arms.csv", "a-5", "a-6", 6, "regimen", "There is no regimen 'a-6' in review.toml; did you mean",
    ),
    "an arm twice": (
        "arms.csv", "Cedar 2022,placebo", "Cedar 2022,drug A", 7, None, "Cedar 2022, drug A stands in row 6 already",
    ),
    "a verdict of another stage": (
        "screening.csv", "retrieval,AA,include", "retrieval,AA,exclude", 19, "verdict", "'exclude' is no verdict of the stage retrieval; possible are include, not-retrieved",
    ),
    "a reviewer who is not named": (
        "screening.csv", ",CC,", ",XY,", 18, "reviewer", "There is no reviewer 'XY' in review.toml",
    ),
    "a time in no zone": (
        "screening.csv", "2026-01-19T09:03:00Z", "2026-01-19T09:03:00", 2, "time", "is not a time in UTC",
    ),
    "a reason that the protocol does not give": (
        "screening.csv", "exclude,no control group", "exclude,wrong design", 28, "reason", "There is no exclusion reason 'wrong design' in review.toml",
    ),
    "no reason at full text": (
        "screening.csv", "full-text,AA,exclude,no results", "full-text,AA,exclude,", 31, "reason", "A full-text exclusion needs a reason",
    ),
    "a reason beside an inclusion": (
        "screening.csv", "title-abstract,AA,include,,", "title-abstract,AA,include,no results,", 2, "reason", "A reason for exclusion stands beside the verdict include",
    ),
    "an answer that is none": (
        "duplicates.csv", ",same,", ",equal,", 2, "answer", "'equal' is not possible here",
    ),
    "a file that no source has": (
        "review.toml", 'files = ["register-two.ris"]', "", 9, "file", "There is no source with the file 'register-two.ris' in review.toml",
    ),
    "limits in the wrong order": (
        "reported.csv", "1.1,2.18", "2.18,1.1", 2, "low", "low is 2.18, above high, which is 1.1",
    ),
    "a level in per cent": (
        "reported.csv", "0.95", "95", 2, "level", "95 is not possible here; level is above 0 and below 1",
    ),
    "a P value that is none": (
        "reported.csv", "0.01", "significant", 2, "p", "'significant' is not a P value",
    ),
    "a judgement of an outcome that is not there": (
        "appraisal.csv", ",response,", ",mood,", 2, "outcome", "There is no outcome 'mood'",
    ),
    "a claim on a study that is not there": (
        "claims.csv", "Birch 2021", "Zelkova 1999", 2, "studies", "There is no study 'Zelkova 1999'",
    ),
}  # fmt: skip

#: The same for keys of review.toml: where it is told, in words.
TOML_FAULTS = {
    "a key that is a slip": (
        "registration =", "registraton =", "line 13, registraton", "did you mean 'registration'?",
    ),
    "a needed key that is a slip": (
        'title = "Drug', 'titel = "Drug', "line 11, titel", "did you mean 'title'?",
    ),
    "a date that is none": (
        "date = 2026-02-01", 'date = "1 Feb 2026"', "line 14, date", "'1 Feb 2026' is not a date",
    ),
    "a text for a number": (
        "dose = 10", 'dose = "ten"', "[[regimens]] 'a-10', dose", "write a number",
    ),
    "a negative dose": ("dose = 10", "dose = -10", "[[regimens]] 'a-10', dose", "dose is at least 0"),
    "a part that cannot be invented": (
        '"claims"]', '"weather"]', "synthetic", "'weather' is not possible here",
    ),
    "a measure that is none": (
        'measure = "RR"', 'measure = "RX"', "[[analyses]] 'response-rr', measure", "There is no measure 'RX'",
    ),
    "a measure in small letters": (
        'measure = "RR"', 'measure = "rr"', "[[analyses]] 'response-rr', measure", "did you mean 'RR'?",
    ),
    "a model that is none": ('model = "mh"', 'model = "mhh"', "model", "did you mean 'mh'?"),
    "an estimator that is none": (
        'measure = "RR" ', 'tau2 = "REMLL"\nmeasure = "RR" ', "tau2", "did you mean 'REML'?",
    ),
    "a profile that is none": (
        'measure = "RR" ', 'profile = "revman"\nmeasure = "RR" ', "profile", "did you mean 'revman5'?",
    ),
    "an outcome of a plan that is not there": (
        'outcome = "pain"', 'outcome = "mood"', "[[analyses]] 'pain-md', outcome", "There is no outcome 'mood'",
    ),
    "an outcome that is missing": (
        'outcome = "pain"\n', "", "[[analyses]] 'pain-md', outcome", "The key outcome is missing",
    ),
    "a time point that no result has": (
        'timepoint = "12 weeks"', 'timepoint = "12 wk"', "[[analyses]] 'response-rr', timepoint", "No result of outcome 'response' is left by timepoint = \"12 wk\"; change it, or the results; there are: '12 weeks'",
    ),
    "a population that no result has": (
        'population = "all randomised"', 'population = "ITT"', "[[analyses]] 'response-rr', population", "there are: 'all randomised'",
    ),
    "a design that no study has": (
        'designs = ["randomised"]', 'designs = ["non-randomised"]', "[[analyses]] 'response-rr', designs", "there are: 'randomised'",
    ),
    "a study to be left out that is not there": (
        'timepoint = "12 weeks"', 'timepoint = "12 weeks"\nexclude = ["Zelkova 1999"]', "exclude", "There is no study 'Zelkova 1999'",
    ),
    "a subgroup by a column that is not there": (
        'subgroup = "setting"', 'subgroup = "colour"', "subgroup", "There is no column 'colour' in studies.csv or arms.csv",
    ),
    "one side of no effect only": (
        'favours = ["favours placebo", "favours drug A"]', 'favours = ["favours placebo"]', "favours", "favours needs two texts",
    ),
    "an analysis twice": (
        'id = "pain-md"', 'id = "RESPONSE-RR"', "[[analyses]] 'RESPONSE-RR', id", "The id 'RESPONSE-RR' stands there twice",
    ),
    "an analysis called like the flow": (
        'id = "pain-md"', 'id = "flow"', "[[analyses]] 'flow', id", "choose another id",
    ),
    "an analysis that names no file": (
        'id = "pain-md"', 'id = "../pain"', "[[analyses]] '../pain', id", "cannot name a file",
    ),
    "more judges than reviewers": (
        "reviewers_per_record = 2", "reviewers_per_record = 4", "reviewers_per_record", "4 reviewers must judge each record, but 3 are named",
    ),
    "a reason twice": (
        '"no control group", ', '"no control group", "no control group", ', "[eligibility], exclusion_reasons", "stands there twice",
    ),
    "a file of two sources": (
        'files = ["register-two.ris"]', 'files = ["register-two.ris", "database-one.ris"]', "[[sources]] 'two', files", "belongs to another source already",
    ),
    "a key of the top in a table": (
        "hits = 7", 'hits = 7\nsynthetic = ["records"]', "[[sources]] 'one', synthetic", "move it to the top of the file",
    ),
    "a table where a list of tables is meant": (
        "[[deviations]]", "[deviations]", "deviations", "begin each entry with the line [[deviations]]",
    ),
    "a deviation without reason": (
        "reason = ", "# reason = ", "[[deviations]] number 1, reason", "The key reason is missing",
    ),
    "a later format that is none": ("format = 1", "format = 0", "format", "There is no format 0"),
    "a subtraction of what is not there": (
        "[[deviations]]", '[[analyses]]\nid = "less"\ntitle = "Less"\nkind = "subtraction"\nmeasure = "RR"\nwhole = "response-rr"\npart = "five"\n\n[[deviations]]', "[[analyses]] 'less', part", "There is no analysis 'five' in reported.csv",
    ),
    "a subtraction without a part": (
        "[[deviations]]", '[[analyses]]\nid = "less"\ntitle = "Less"\nkind = "subtraction"\nmeasure = "RR"\nwhole = "response-rr"\n\n[[deviations]]', "[[analyses]] 'less', part", "The key part is missing",
    ),
    "a subtraction of another measure": (
        "[[deviations]]", '[[analyses]]\nid = "less"\ntitle = "Less"\nkind = "subtraction"\nmeasure = "OR"\nwhole = "response-rr"\npart = "pain-md"\n\n[[deviations]]', "[[analyses]] 'less', whole", "reported.csv has no rows of 'response-rr' with quantity OR",
    ),
}  # fmt: skip


def test_the_template_has_no_fault(folder):
    assert folder.problems() == ()


def test_answers_that_contradict_each_other(folder):
    folder.swap("records.csv", ",7,birch-2020,", ",7,birch-2021,")
    folder.swap("studies.csv", "; birch-2020", "")
    problem = folder.problem()
    assert (problem.file, problem.row, problem.field) == ("duplicates.csv", 3, "answer")
    assert "are called different, but" in problem.message


def excluded(folder):
    """Return the id of a record that was left out at full text."""
    return re.search(
        r"(\w+),full-text,AA,exclude,no results", folder.text("screening.csv")
    )[1]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_csv_file_is_one_problem(folder, name):
    file, old, new, row, field, words = FAULTS[name]
    folder.swap(file, old, excluded(folder) if new == "BIRCH" else new)
    problem = folder.problem()
    assert (problem.row, problem.field) == (row, field)
    assert words in str(problem)
    assert problem.remedy


@pytest.mark.parametrize("name", TOML_FAULTS)
def test_a_fault_of_the_protocol_is_one_problem(folder, name):
    old, new, place, words = TOML_FAULTS[name]
    if name == "a subtraction of another measure":
        folder.add("reported.csv", "pain-md,OR,1,,,,,,,somebody,")
    folder.swap("review.toml", old, new)
    problem = folder.problem()
    assert problem.file == "review.toml"
    assert problem.where.endswith(place)
    assert words in str(problem)
    assert problem.remedy


#: Faults that take the ground from under others, or lie in the same row as they.
ENTANGLED = {
    "a row that is too short",
    "a standard deviation of zero in a mean difference",
    "a mean without its standard deviation",
    "an outcome of another name",
    "a judgement of an outcome that is not there",
    "a claim on a study that is not there",
    "a study of a report that was left out",
    "a study twice",
    "an arm twice",
    "a design that no study has",
    "an outcome of a plan that is not there",
    "an outcome that is missing",
    "a table where a list of tables is meant",
    "a subtraction of what is not there",
    "a subtraction of another measure",
}
ALL = {name: fault[:3] for name, fault in FAULTS.items()} | {
    name: ("review.toml", *fault[:2]) for name, fault in TOML_FAULTS.items()
}


@given(
    st.sets(st.sampled_from(sorted(ALL.keys() - ENTANGLED)), min_size=12, max_size=12)
)
@settings(max_examples=30)
def test_of_many_faults_none_hides_or_doubles_another(template, chosen):
    with tempfile.TemporaryDirectory() as beside:
        shutil.copytree(template, Path(beside) / "review")
        folder = Folder(Path(beside) / "review")
        made = 0
        for file, old, new in (ALL[name] for name in sorted(chosen)):
            # Two of them may want to change the same words.
            if old in folder.text(file):
                folder.swap(file, old, new)
                made += 1
        assert len(folder.problems()) == made
