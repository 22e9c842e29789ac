"""The examples are read without a problem, and say of themselves what they are."""

import re
from pathlib import Path

import pytest

from synthesist.store import read_folder

ROOT = Path(__file__).parents[2]
NAMES = ("il2-sle", "il2-aml", "il2-myeloma", "il2-regimens", "msc-sle")


@pytest.fixture(params=NAMES)
def folder(request):
    return ROOT / "examples" / request.param


@pytest.fixture
def review(folder):
    return read_folder(folder)


def test_every_number_has_a_source_and_a_place(review):
    for result in review.results:
        assert result.source
        assert result.place, result
    assert all(row.source for row in review.reported)


def test_every_row_without_a_number_says_why(review):
    keys = {"study", "arm", "comparator", "outcome", "timepoint", "population"}
    keys |= {"source", "place", "note"}
    for result in review.results:
        if set(result.printed) <= keys:
            assert result.note, result


def test_every_planned_analysis_says_where_no_effect_lies(review):
    for analysis in review.protocol.analyses:
        if analysis.kind == "pool" and analysis.measure in ("RR", "RD", "HR"):
            assert analysis.favours, analysis.id


def test_the_readme_says_what_is_printed_computed_missing_and_invented(folder):
    text = (folder / "README.md").read_text(encoding="utf-8")
    for word in ("Printed", "Computed", "Missing", "Invented"):
        assert f"**{word}.**" in text
    assert "reproduce" in text.lower()


def test_no_name_of_an_example_occurs_in_the_program(review):
    names = {study.study for study in review.studies}
    names |= {study.name for study in review.studies}
    words = [re.escape(name) for name in names]
    pattern = re.compile("|".join(sorted(words, key=len, reverse=True)))
    found = {
        str(path.relative_to(ROOT)): match.group()
        for path in (ROOT / "src").rglob("*")
        if path.is_file()
        and path.suffix in {".py", ".html", ".css", ".toml", ".csv"}
        and (match := pattern.search(path.read_text(encoding="utf-8")))
    }
    assert not found
