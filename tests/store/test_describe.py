"""The documentation says what the program reads, and nothing else."""

import dataclasses
import re
from pathlib import Path

import pytest

from synthesist.store.columns import CSV_FILES
from synthesist.store.describe import describe
from synthesist.store.fields import KINDS
from synthesist.store.keys import SECTIONS, TOP

DOCUMENT = Path(__file__).parents[2] / "docs" / "review-folder.md"
TABLES = {"": TOP} | {entry.name: entry.fields for entry in (*SECTIONS, *CSV_FILES)}


def documented():
    """Return the names in the first column of each table, by its heading."""
    names, heading = {}, ""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.strip("#` []")
            heading = "" if heading == "review.toml" else heading
        elif found := re.match(r"\| `(\w+)` \|", line):
            names.setdefault(heading, []).append(found[1])
    return names


def test_every_key_and_column_is_documented_and_nothing_else():
    assert documented() == {name: [f.name for f in TABLES[name]] for name in TABLES}


def test_the_reference_is_the_one_that_the_schema_gives():
    assert DOCUMENT.read_text(encoding="utf-8").endswith(describe())


@pytest.mark.parametrize("entry", [*SECTIONS, *CSV_FILES], ids=lambda entry: entry.name)
def test_every_field_has_its_place_in_the_row(entry):
    own = {"row", "extra", "printed", "quantities"}
    held = [f.name for f in dataclasses.fields(entry.row_type) if f.name not in own]
    assert sorted(held) == sorted(f.name for f in entry.fields)
    assert all(f.kind in KINDS for f in entry.fields)


@pytest.mark.parametrize("entry", [*SECTIONS, *CSV_FILES], ids=lambda entry: entry.name)
def test_what_is_required_has_no_default(entry):
    needed = {
        f.name
        for f in dataclasses.fields(entry.row_type)
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    }
    assert needed == {f.name for f in entry.fields if f.required}


def test_the_example_of_the_documentation_can_be_read(tmp_path):
    from synthesist.store.faults import Faults
    from synthesist.store.toml import read_protocol

    text = DOCUMENT.read_text(encoding="utf-8")
    (tmp_path / "review.toml").write_text(
        re.search(r"```toml\n(.*?)```", text, re.S)[1], encoding="utf-8"
    )
    faults = Faults()
    protocol = read_protocol(tmp_path, faults)
    assert faults.problems == []
    assert protocol.analyses[0].measure == "RR"
