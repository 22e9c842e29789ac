"""A review at a terminal: new, check, run."""

import csv
import os
import subprocess
import sys

import pytest

pty = pytest.importorskip("pty", reason="pseudo-terminals are of Unix")


@pytest.fixture
def review(synthesist, tmp_path):
    """Return the folder of a new review."""
    folder = tmp_path / "my review"
    assert synthesist("new", folder).exit_code == 0
    return folder


def test_new_writes_a_review_and_says_what_it_holds(synthesist, tmp_path):
    folder = tmp_path / "mine"
    done = synthesist("new", folder)
    assert done.exit_code == 0
    for path in folder.rglob("*"):
        if path.is_file():
            assert f"  {path}\n" in done.stdout
    assert (folder / "review.toml").exists()


def test_new_as_json_names_the_files(synthesist_json, tmp_path):
    folder = tmp_path / "mine"
    answer = synthesist_json("new", folder)
    assert answer.keys() == {"folder", "files"}
    assert answer["folder"] == str(folder)
    assert sorted(answer["files"]) == sorted(
        str(path) for path in folder.rglob("*") if path.is_file()
    )


def test_new_never_writes_over_a_review(synthesist, review):
    before = {path: path.read_bytes() for path in review.rglob("*") if path.is_file()}
    done = synthesist("new", review)
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert before == {
        path: path.read_bytes() for path in review.rglob("*") if path.is_file()
    }


def test_check_finds_nothing_wrong_with_a_new_review(
    synthesist, synthesist_json, review
):
    done = synthesist("check", review)
    assert done.exit_code == 0
    assert done.stdout.startswith("Nothing is wrong with ")
    answer = synthesist_json("check", review)
    assert answer.keys() == {"folder", "problems", "counts", "numbers"}
    assert answer["problems"] == []
    assert answer["counts"]["studies"] > 0


@pytest.mark.parametrize("command", ["check", "run"])
def test_every_fault_of_a_review_is_one_sentence(
    synthesist, synthesist_json, review, command
):
    path = review / "review.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text("titel = 'slip'\n" + text, encoding="utf-8")
    with (review / "studies.csv").open("a", encoding="utf-8") as file:
        file.write('"')
    done = synthesist(command, review)
    assert done.exit_code == 2
    *sentences, count = done.stderr.splitlines()
    assert count == f"{len(sentences)} problems."
    assert any("review.toml" in line and "titel" in line for line in sentences)
    assert any("studies.csv, row " in line for line in sentences)
    problems = synthesist_json(command, review, status=2)["error"]["problems"]
    assert len(problems) == len(sentences)
    assert not (review / "out").exists()


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_folder_that_is_not_there(synthesist, tmp_path, command):
    done = synthesist(command, tmp_path / "none")
    assert done.exit_code == 2
    assert done.stderr.startswith("There is no folder ")


def test_run_says_where_the_report_is(synthesist, synthesist_json, review):
    done = synthesist("run", review)
    assert done.exit_code == 0, done.exception
    report = review / "out" / "report.html"
    assert done.stdout.splitlines()[-1] == f"The report is {report}"
    assert report.exists()
    answer = synthesist_json("run", review)
    assert answer.keys() == {"out", "report", "files", "analyses", "notes"}
    assert answer["report"] == str(report)
    assert {analysis["status"] for analysis in answer["analyses"]} == {"done"}


def test_run_shows_its_steps_on_a_terminal(review):
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "synthesist", "run", review],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80"},
    ) as process:
        os.close(theirs)
        shown = b""
        # Linux answers with an error, others with nothing, when the other end closes.
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:
            pass
        os.close(ours)
        assert b"The report is " in process.stdout.read()
    assert process.returncode == 0
    assert b"Writing the report" in shown


def test_run_ends_with_3_when_nothing_could_be_answered(synthesist, review):
    kept = {"study", "arm", "comparator", "outcome", "timepoint", "population"}
    kept |= {"source", "place"}
    path = review / "results.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = reader.fieldnames
        rows = [
            {name: cell if name in kept else "" for name, cell in row.items()}
            for row in reader
        ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    done = synthesist("run", review)
    assert done.exit_code == 3, done.output
    assert "not estimable" in done.stdout
    assert (review / "out" / "report.html").exists()
