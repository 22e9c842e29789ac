"""What may stand in the files of this project, and where."""

import csv
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "synthesist"

#: Written in two parts, so that this file does not hold what it looks for.
FOREIGN = re.compile(
    "|".join(
        (
            r"(?<![\w./])/" + r"(work|root|home|Users|opt)/\w",
            r"C:\\" + r"Users",
            "pypi" + r"\.org",
            "python" + r"hosted\.org",
            "npm" + r"js\.(org|com)",
            r"deb\." + r"debian\.org",
        )
    )
)

#: The project's texts are these; fonts and pictures are not read.
TEXTS = {
    "",
    ".cff",
    ".css",
    ".csv",
    ".html",
    ".j2",
    ".js",
    ".json",
    ".jsonl",
    ".md",
    ".py",
    ".R",
    ".sh",
    ".svg",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
}


def tracked_files():
    """Return the files of the project: those git keeps or would."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file() and path.suffix in TEXTS]


def test_no_file_holds_the_path_of_a_machine_or_the_host_of_a_registry():
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked_files()
        if (match := FOREIGN.search(path.read_text(encoding="utf-8", errors="replace")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text", ["in /" + "home/ada/x", "https://" + "pypi" + ".org/simple"]
)
def test_a_machine_path_would_be_found(text):
    assert FOREIGN.search(text)


def study_names():
    """Return the ids and labels of every example's studies, and its folder's name."""
    for table in sorted((ROOT / "examples").glob("*/studies.csv")):
        yield table.parent.name
        with table.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                yield from filter(None, (row.get("study"), row.get("label")))


def test_no_study_of_an_example_is_named_in_the_program():
    names = {name for name in study_names() if len(name) > 2}
    assert names
    pattern = re.compile(
        "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(names)), re.I
    )
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted(PACKAGE.rglob("*"))
        if path.suffix in TEXTS - {""}
        and (match := pattern.search(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_the_readme_maps_every_folder_of_the_source():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    mapped = set(re.findall(r"^\| `(\w+)/` \| .+ \|$", readme, re.M))
    assert mapped >= {path.parent.name for path in PACKAGE.glob("*/*.py")}
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    assert mapped <= set(re.findall(r"\w+", " ".join(contract["layers"])))


def test_no_file_of_the_program_holds_more_than_one_idea():
    # Five hundred lines are not a law of nature, but no single idea has needed more.
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in PACKAGE.rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 500
    }
    assert long == {}
