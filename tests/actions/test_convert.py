"""References of a file or of a review, written in another format or as a review."""

import json

import pytest

from synthesist.actions.check_review import check_review
from synthesist.actions.convert import convert_references
from synthesist.actions.duplicates.answers import answer_pairs
from synthesist.actions.new_review import new_review
from synthesist.actions.references import import_references, inspect_file
from synthesist.errors import InvalidInput
from synthesist.formats import ReferenceFile
from synthesist.store import read_folder

RIS = """\
TY  - JOUR
TI  - First
AU  - Ada, Beatrice
PY  - 2020
N1  - Synthesist status: excluded
N1  - Synthesist tags: mine
KW  - =1+1
ER  -

TY  - JOUR
TI  - Second
PY  - 2021
ER  -
"""


@pytest.fixture
def export(tmp_path):
    """Return an export of two references."""
    path = tmp_path / "export.ris"
    path.write_text(RIS, encoding="utf-8")
    return path


@pytest.fixture
def review(tmp_path):
    """Return the template of a review, with invented records and decisions."""
    folder = tmp_path / "review"
    new_review(folder)
    return folder


def labels(file, dialect=""):
    """Return the labels of every reference of a file by the id it was written with."""
    return {
        dict(reference.labels)["record"]: {
            name: text for name, text in reference.labels if name != "record"
        }
        for reference in ReferenceFile(file, dialect=dialect)
    }


def test_converting_writes_all_or_nothing(export, tmp_path):
    target = tmp_path / "target.csv"
    done = convert_references(export, target)
    assert done.references == 2
    assert done.reports[0].records == 2
    assert len(target.read_text(encoding="utf-8").splitlines()) == 3
    kept = target.read_bytes()
    bad = tmp_path / "bad.txt"
    bad.write_text("words", encoding="utf-8")
    with pytest.raises(InvalidInput):
        convert_references(bad, target)
    assert target.read_bytes() == kept
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"export.ris", "target.csv", "bad.txt"}


@pytest.mark.parametrize(
    "name",
    ["all.ris", "all.nbib", "all.bib", "all.csv", "all.xlsx", "all.xml", "all.json"],
)
def test_a_review_is_written_with_its_labels_in_every_format(review, tmp_path, name):
    done = convert_references(review, tmp_path / name)
    records = read_folder(review).records
    found = labels(tmp_path / name)
    assert done.references == len(records)
    assert done.untold == 0
    assert list(found) == [record.record for record in records]
    states = [given["status"] for given in found.values()]
    assert {"included", "excluded", "duplicate"} <= set(states)
    reasons = {
        given.get("reason")
        for given in found.values()
        if given["status"] == "excluded-at-full-text"
    }
    known = read_folder(review).protocol.eligibility.exclusion_reasons
    assert reasons
    assert reasons <= set(known)


def test_a_duplicate_names_the_record_it_repeats(review, tmp_path, export):
    import_references(review, [export])
    first, second = [r.record for r in read_folder(review).records][-2:]
    answer_pairs(review, [(first, second, "same")], by="Ada")
    convert_references(review, tmp_path / "all.ris")
    found = labels(tmp_path / "all.ris")
    assert found[first] == {"status": "screening", "tags": "mine"}
    assert found[second] == {
        "status": "duplicate",
        "reason": f"duplicate of {first}",
    }


def test_a_record_whose_export_is_gone_is_written_from_its_row(review, tmp_path):
    before = read_folder(review).records
    for path in (review / "searches").iterdir():
        path.unlink()
    (review / "searches").rmdir()
    done = convert_references(review, tmp_path / "all.ris")
    assert done.untold == done.references == len(before)
    written = list(ReferenceFile(tmp_path / "all.ris"))
    assert [dict(r.labels)["record"] for r in written] == [r.record for r in before]
    assert [r.title for r in written] == [r.title for r in before]
    assert ["; ".join(map(str, r.authors)) for r in written] == [
        r.authors for r in before
    ]


def test_columns_that_were_named_on_import_are_not_lost(review, tmp_path):
    table = tmp_path / "own.csv"
    table.write_text("Werk,Jahr,DOI\nA thing that is named so,2020,10.1/x\n", "utf-8")
    import_references(review, [table], columns={"title": "Werk", "year": "Jahr"})
    done = convert_references(review, tmp_path / "all.ris")
    assert done.untold == 1
    assert list(ReferenceFile(tmp_path / "all.ris"))[-1].title == (
        "A thing that is named so"
    )


def test_a_review_begins_with_the_references_of_a_file(export, tmp_path):
    folder = tmp_path / "begun"
    done = convert_references(export, folder)
    assert done.references == 2
    review = check_review(folder)
    assert [record.title for record in review.records] == ["First", "Second"]
    assert review.protocol.title == "export"
    assert (folder / "searches" / "export.ris").read_bytes() == export.read_bytes()
    back = convert_references(folder, tmp_path / "back.ris")
    assert back.untold == 0
    again = convert_references(tmp_path / "back.ris", tmp_path / "again.csv")
    assert again.references == 2


def test_a_review_that_is_there_is_not_written_over(export, review, tmp_path):
    before = (review / "records.csv").read_bytes()
    with pytest.raises(InvalidInput, match="and more already"):
        convert_references(export, review)
    with pytest.raises(InvalidInput, match="not written as another review"):
        convert_references(review, tmp_path / "other")
    bad = tmp_path / "bad.txt"
    bad.write_text("words", encoding="utf-8")
    with pytest.raises(InvalidInput, match="No line of the file"):
        convert_references(bad, tmp_path / "other")
    assert not (tmp_path / "other").exists()
    assert (review / "records.csv").read_bytes() == before


def test_a_bare_review_takes_records_in(tmp_path, export):
    files = new_review(tmp_path / "bare", bare=True)
    assert [file.name for file in files] == ["review.toml"]
    import_references(tmp_path / "bare", [export])
    assert len(check_review(tmp_path / "bare").records) == 2


def test_an_inspection_is_json_without_changes(export):
    found = inspect_file(export).to_dict()
    assert json.loads(json.dumps(found))["changes"] is None
