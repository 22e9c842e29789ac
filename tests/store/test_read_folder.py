"""A folder as a whole: what is read, and that no fault hides or doubles another."""

import csv
import io
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesist.errors import InvalidInput, NotFound
from synthesist.review import record_id
from synthesist.store import read_folder

FILES = (
    "review.toml",
    "records.csv",
    "duplicates.csv",
    "screening.csv",
    "studies.csv",
    "arms.csv",
    "results.csv",
    "reported.csv",
    "appraisal.csv",
    "claims.csv",
)


def test_the_template_reads_as_it_is_written(folder):
    review = read_folder(folder.path)
    assert review.path == folder.path
    assert review.protocol.votes_needed == 2
    assert [study.study for study in review.studies] == [
        "Alder 2019",
        "Birch 2021",
        "Cedar 2022",
    ]
    assert review.study("Birch 2021").reports == ("birch-2021", "birch-2020")
    assert review.study("Birch 2021").extra == {"setting": "hospital"}
    assert review.arm("Cedar 2022", "drug A").regimen == "a-5"
    first, *_ = review.results
    assert (first.n, first.events, first.mean, first.p) == (50, 24, None, "")
    assert first.row == 2
    assert first.printed["events"] == "24"
    assert "mean" not in first.printed
    assert review.protocol.sources[0].strategy.startswith('1  "condition X"')
    assert review.reported[0].value == 1.55
    assert review.judgements[0].answer == "low"
    assert review.claims[0].studies == ("Alder 2019", "Birch 2021")


def test_ids_of_the_template_follow_from_its_searches(folder):
    review = read_folder(folder.path)
    for source in review.protocol.sources:
        for file in source.files:
            raw = (folder.path / "searches" / file).read_bytes()
            parts = [part + b"ER  - \n" for part in raw.split(b"ER  - \n")[:-1]]
            ids = [
                record_id(file, i, part.lstrip(b"\n"))
                for i, part in enumerate(parts, start=1)
            ]
            held = [r.record for r in review.records if r.file == file]
            assert held == ids
            assert source.hits == len(ids)


def test_only_review_toml_is_needed(tmp_path):
    (tmp_path / "review.toml").write_text('format = 1\ntitle = "A plan"\n')
    review = read_folder(tmp_path)
    assert review.protocol.title == "A plan"
    assert review.records == review.studies == ()


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(NotFound, match="There is no folder"):
        read_folder(tmp_path / "none")


def test_a_folder_without_a_protocol(tmp_path):
    with pytest.raises(InvalidInput, match=r"no review\.toml; `synthesist new`"):
        read_folder(tmp_path)


def test_files_that_others_need(folder):
    for name in ("studies.csv", "arms.csv", "results.csv"):
        (folder.path / name).rename(folder.path / f"away-{name[:3]}")
    assert str(folder.problem()) == (
        "studies.csv: There is no such file; add it; appraisal.csv refers to it."
    )


def test_planned_analyses_need_results_once_a_study_is_read(folder):
    (folder.path / "results.csv").unlink()
    assert str(folder.problem()) == (
        "results.csv: There is no such file; add it; the planned analyses need it."
    )
    for name in ("studies.csv", "arms.csv", "appraisal.csv", "claims.csv"):
        (folder.path / name).unlink()
    assert folder.problems() == ()


def test_a_file_whose_name_is_a_slip(folder):
    (folder.path / "results.csv").rename(folder.path / "result.csv")
    assert str(folder.problem()) == (
        "result.csv: The file is not read; rename it to results.csv."
    )


def test_files_of_the_users_own_are_left_alone(folder):
    folder.write("notes.csv", "not, even\na table")
    folder.write("README.md", "# Ours")
    assert folder.problems() == ()


@pytest.mark.parametrize(
    ("text", "row", "words"),
    [
        ("format = 1\ntitle = ", 2, "This is not TOML: Invalid value"),
        ("format = 1\ntitle = 'x", 2, "This is not TOML"),
        ("format = 1\nformat = 1\n", 2, "Cannot overwrite a value"),
        ("x = " + "[" * 5000, None, "nested too deeply"),
        ("format = 1" + "0" * 5000, None, "A number is too long"),
    ],
)
def test_what_is_not_toml_is_told_with_its_line(folder, text, row, words):
    folder.write("review.toml", text)
    problem = folder.problem()
    assert problem.file == "review.toml"
    assert problem.row == row
    assert words in problem.message


@pytest.mark.parametrize("number", ["0x" + "f" * 9000, "1" + "0" * 400, "1e400", "nan"])
def test_a_number_beyond_all_bounds(folder, number):
    folder.swap("review.toml", "dose = 10", f"dose = {number}")
    assert "is not a number" in folder.problem().message


def test_a_later_format_stops_at_once(folder):
    folder.swap("review.toml", "format = 1", "format = 2\nnew_key = 1")
    with pytest.raises(InvalidInput, match="install a newer version"):
        read_folder(folder.path)


def test_a_file_that_is_no_text(folder):
    (folder.path / "arms.csv").write_bytes(b"study,arm,role\n\xff\xfe\xfa,\n")
    problem = folder.problem()
    assert (problem.file, problem.row) == ("arms.csv", 2)
    assert problem.remedy == "save it as 'CSV UTF-8'"


def test_a_file_that_is_a_folder(folder):
    (folder.path / "claims.csv").unlink()
    (folder.path / "claims.csv").mkdir()
    problem = folder.problem()
    assert problem.file == "claims.csv"
    assert "cannot be read" in problem.message


def test_windows_text_is_read_too(folder):
    for name in FILES:
        text = folder.text(name).replace("\n", "\r\n")
        (folder.path / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert folder.problems() == ()


def test_a_semicolon_between_cells(folder):
    rows = list(csv.reader(io.StringIO(folder.text("arms.csv"))))
    folder.write("arms.csv", "".join(";".join(row) + "\n" for row in rows))
    assert folder.problems() == ()


def test_names_composed_in_two_ways_are_the_same(folder):
    folder.swap("studies.csv", "Alder 2019", "M\u00fcller  2019")
    for name in ("arms.csv", "results.csv", "appraisal.csv", "claims.csv"):
        folder.swap(name, "Alder 2019", "Mu\u0308ller 2019", count=-1)
    assert folder.problems() == ()


def test_a_file_without_rows_is_an_empty_list(folder):
    folder.write("claims.csv", folder.text("claims.csv").splitlines()[0] + "\n")
    assert read_folder(folder.path).claims == ()


def sixty_rows():
    """Return the results of thirty trials with two arms each."""
    header = "study,arm,outcome,timepoint,population,n,events,source\n"
    return header + "".join(
        f"Trial {i},{arm},response,12 weeks,all randomised,{50 + i},{10 + i},page {i}\n"
        for i in range(30)
        for arm in ("drug A", "placebo")
    )


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (
            "4O",
            "results.csv, row 42, column n: '4O' is not a number; write a plain number such as 12.5, or leave the cell empty.",
        ),
        (
            "7",
            "results.csv, row 42, column events: events is 30, above n, which is 7; count people with the event, not episodes; correct one.",
        ),
        (
            "",
            'results.csv, row 42, column n: The row is filled by half: n is empty; fill it; if the study did not report the result, empty the other cells of the row too; or leave the study out of the analysis with exclude = ["Trial 20"].',
        ),
    ],
)
def test_one_bad_cell_of_sixty_rows_is_one_sentence(folder, bad, sentence):
    folder.write("results.csv", sixty_rows())
    folder.write(
        "studies.csv",
        "study,design,setting\n"
        + "".join(f"Trial {i},randomised,clinic\n" for i in range(30)),
    )
    folder.write(
        "arms.csv",
        "study,arm,role\n"
        + "".join(
            f"Trial {i},drug A,treated\nTrial {i},placebo,control\n" for i in range(30)
        ),
    )
    for name in ("appraisal.csv", "claims.csv", "reported.csv"):
        (folder.path / name).unlink()
    plans = folder.text("review.toml").split("[[analyses]]")
    folder.write("review.toml", "[[analyses]]".join(plans[:2]))
    assert folder.problems() == ()
    rows = folder.text("results.csv").splitlines()
    rows[41] = rows[41].replace(",70,", f",{bad},")
    folder.write("results.csv", "\n".join(rows) + "\n")
    assert str(folder.problem()) == sentence


#: Twelve faults in eight files, and where each is told.
TWELVE = (
    ("review.toml", "reviewers_per_record", "reviewer_per_record", "reviewer_per_record"),
    ("review.toml", 'population = "all randomised"', 'population = "ITT"', "population"),
    ("review.toml", 'model = "mh"', 'model = "hm"', "model"),
    ("records.csv", "database-one.ris,3", "database-one.ris,three", "ordinal"),
    ("duplicates.csv", ",same,", ",equal,", "answer"),
    ("screening.csv", "full-text,AA,exclude,no results", "full-text,AA,exclude,", "reason"),
    ("studies.csv", "cedar-2022", "cedar-2020", "reports"),
    ("arms.csv", "placebo,control", "placebo,controls", "role"),
    ("results.csv", ",50,24,", ",50,54,", "events"),
    ("results.csv", "Birch 2021,drug A,pain", "Birch 2012,drug A,pain", "study"),
    ("results.csv", ",28.7,15.9,", ",28.7,-15.9,", "sd"),
    ("reported.csv", "1.1,2.18", "2.18,1.1", "low"),
)  # fmt: skip


def test_a_folder_with_twelve_faults_reports_twelve(folder):
    for file, old, new, _ in TWELVE:
        folder.swap(file, old, new)
    problems = folder.problems()
    assert [(p.file, p.field) for p in problems] == [(f, c) for f, *_, c in TWELVE]
    assert all(problem.row and problem.remedy for problem in problems)


@given(st.sets(st.sampled_from(range(len(TWELVE)))))
def test_any_of_the_twelve_faults_are_told_whatever_the_others(template, chosen):
    with tempfile.TemporaryDirectory() as beside:
        path = Path(beside) / "review"
        shutil.copytree(template, path)
        for i in chosen:
            file, old, new, _ = TWELVE[i]
            text = (path / file).read_text(encoding="utf-8")
            (path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        found = ()
        try:
            read_folder(path)
        except InvalidInput as error:
            found = error.problems
    expected = [(TWELVE[i][0], TWELVE[i][3]) for i in sorted(chosen)]
    assert [(p.file, p.field) for p in found] == expected
