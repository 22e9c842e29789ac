"""A folder goes in, results come out, as a whole or not at all."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from synthesist.actions.new_review import new_review
from synthesist.actions.run_review import run_review
from synthesist.errors import InvalidInput
from synthesist.store import output

RUN = "import sys; from synthesist.cli.main import main; main(['run', sys.argv[1]])"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a new review that was run once."""
    folder = tmp_path_factory.mktemp("reviews") / "new"
    new_review(folder)
    run_review(folder)
    return folder


@pytest.fixture
def review(finished, tmp_path):
    """Return a copy of it that a test may change."""
    return shutil.copytree(finished, tmp_path / "new")


def everything(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def change(path, old, new):
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def results(folder):
    found = json.loads((folder / "out" / "results.json").read_text("utf-8"))
    return {entry["id"]: entry for entry in found["analyses"]}


def test_it_writes_report_figures_numbers_and_manifest(finished):
    names = set(everything(finished / "out"))
    assert {"report.html", "results.json", "manifest.json"} <= names
    stems = {name.rpartition(".")[0] for name in names if name.startswith("figures/")}
    assert "figures/flow" in stems
    for stem in stems:
        assert {f"{stem}.svg", f"{stem}.pdf", f"{stem}.png"} <= names


def test_the_manifest_names_versions_and_hashes_everything(finished):
    manifest = json.loads((finished / "out" / "manifest.json").read_text("utf-8"))
    assert {"synthesist", "python", "numpy", "scipy"} <= set(manifest["versions"])
    for name, sha in manifest["inputs"].items():
        assert output.digest(finished / name) == sha
    for name, sha in manifest["outputs"].items():
        assert output.digest(finished / "out" / name) == sha
    assert "results.csv" in manifest["inputs"]
    assert set(manifest["outputs"]) == set(everything(finished / "out")) - {
        "manifest.json"
    }


def test_another_process_elsewhere_writes_the_same_bytes(finished, tmp_path):
    elsewhere = shutil.copytree(
        finished, tmp_path / "a folder of another name", ignore=lambda *_: {"out"}
    )
    subprocess.run(
        [sys.executable, "-c", RUN, str(elsewhere)],
        check=True,
        capture_output=True,
        env={"PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "LC_ALL": "C"},
    )
    assert everything(elsewhere / "out") == everything(finished / "out")


def test_one_changed_cell_changes_what_depends_on_it_and_nothing_else(review):
    before = results(review)
    lines = (review / "results.csv").read_text("utf-8").splitlines()
    header = lines[0].split(",")
    events, outcome = header.index("events"), header.index("outcome")
    row = next(i for i, line in enumerate(lines) if ",response," in line)
    cells = lines[row].split(",")
    assert cells[outcome] == "response"
    cells[events] = str(int(cells[events]) - 1)
    lines[row] = ",".join(cells)
    (review / "results.csv").write_text("\n".join(lines) + "\n", "utf-8")
    run_review(review)
    after = results(review)
    changed = {name for name in before if before[name] != after[name]}
    uses = {name for name in before if before[name]["outcome"] == "response"}
    assert changed
    assert changed <= uses
    for name in changed:
        rows = [r for entry in after[name]["rows"] for r in entry["results_rows"]]
        assert row + 1 in rows


def test_an_invalid_folder_leaves_the_previous_results(review):
    before = everything(review / "out")
    change(review / "review.toml", "format = 1", "format = 'one'")
    with pytest.raises(InvalidInput):
        run_review(review)
    assert everything(review / "out") == before


def test_a_run_that_dies_while_writing_leaves_the_previous_results(review, monkeypatch):
    before = everything(review)

    def die(*_content):
        raise KeyboardInterrupt

    monkeypatch.setattr("synthesist.actions.run_review.render", die)
    with pytest.raises(KeyboardInterrupt):
        run_review(review)
    assert everything(review) == before


def test_a_run_that_was_killed_between_its_two_renames_is_mended(review):
    before = everything(review / "out")
    (review / "out").rename(review / output.PREVIOUS)
    with (
        pytest.raises(ZeroDivisionError),
        output.replacing(review / "out"),
    ):
        1 / 0  # noqa: B018
    assert everything(review / "out") == before
    assert not (review / output.PREVIOUS).exists()


def test_files_of_the_users_own_are_never_thrown_away(review):
    (review / "out" / "my notes.txt").write_text("mine")
    with pytest.raises(InvalidInput, match=r"my notes\.txt"):
        run_review(review)
    assert (review / "out" / "my notes.txt").read_text() == "mine"


def test_an_unanswerable_question_does_not_take_the_others_with_it(review):
    text = (review / "results.csv").read_text("utf-8").splitlines()
    header = text[0].split(",")
    numbers = range(header.index("n"), header.index("source"))
    emptied = [
        ",".join("" if i in numbers else cell for i, cell in enumerate(line.split(",")))
        if ",pain," in line
        else line
        for line in text
    ]
    (review / "results.csv").write_text("\n".join(emptied) + "\n", "utf-8")
    done = run_review(review)
    found = results(review)
    assert found["pain-md"]["status"] == "not estimable"
    assert found["response-rr"]["status"] == "done"
    assert any("pain-md" in note for note in done.notes)
    report = (review / "out" / "report.html").read_text("utf-8")
    assert "Not estimable." in report


def test_the_report_asks_for_nothing_from_elsewhere(finished):
    report = (finished / "out" / "report.html").read_text("utf-8")
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#|data:)""", report)
    assert "@import" not in report


def test_the_report_carries_its_date(finished):
    report = (finished / "out" / "report.html").read_text("utf-8")
    assert "As of 2026-02-01" in report


def test_the_report_fetches_no_style(finished):
    report = (finished / "out" / "report.html").read_text("utf-8")
    assert not re.search(r"url\((?!['\"]?data:|#)", report)


def test_progress_counts_up_to_the_end(review):
    steps = []
    run_review(review, progress=lambda *step: steps.append(step))
    done = [(step[1], step[2]) for step in steps[1:]]
    assert done == sorted(done)
    assert done[-1][0] == done[-1][1]


def test_a_plan_may_follow_the_rules_of_another_program(review):
    change(
        review / "review.toml",
        'measure = "RR" ',
        'profile = "revman5"\nmeasure = "RR" ',
    )
    run_review(review)
    rules = results(review)["response-rr"]["fit"]["rules"]
    assert rules["profile"] == "revman5 (version 1)"
    assert rules["tau2"] == "DL"
    assert "revman5 (version 1)" in (review / "out" / "report.html").read_text("utf-8")


def test_zero_events_are_shown_and_never_called_not_reported(review):
    text = (review / "results.csv").read_text("utf-8").splitlines()
    events = text[0].split(",").index("events")
    lines = [line.split(",") for line in text]
    for cells in lines[1:]:
        if cells[events] and "serious-events" in cells:
            cells[events] = "0"
    (review / "results.csv").write_text(
        "\n".join(",".join(cells) for cells in lines) + "\n", "utf-8"
    )
    run_review(review)
    report = (review / "out" / "report.html").read_text("utf-8")
    section = report.partition('id="analysis-serious-events-or"')[2]
    section = section.partition("</section>")[0]
    assert "no effect can be computed from n\N{NO-BREAK SPACE}" in section
