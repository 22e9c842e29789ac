"""Reference files looked at, converted, and taken into a review."""

import csv
import json
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from synthesist.actions.new_review import new_review
from synthesist.actions.references import import_references, inspect_file
from synthesist.errors import Conflict, InvalidInput, NotFound
from synthesist.formats import ReferenceFile
from synthesist.review import record_id
from synthesist.review.flow import flow_of
from synthesist.store import read_folder
from synthesist.store.together import JOURNAL, STAGE

ROOT = Path(__file__).parents[2]

RIS = """\
TY  - JOUR
TI  - First
AU  - Ada, Beatrice
PY  - 2020
DB  - MEDLINE
ER  -

TY  - JOUR
TI  - Second
DB  - MEDLINE
ER  -
"""


@pytest.fixture
def review(tmp_path):
    """Return the template of a review."""
    folder = tmp_path / "review"
    new_review(folder)
    return folder


@pytest.fixture
def export(tmp_path):
    """Return an export of two references."""
    path = tmp_path / "export.ris"
    path.write_text(RIS, encoding="utf-8")
    return path


def rows(folder):
    """Return the rows of records.csv."""
    with (folder / "records.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_inspection_says_what_a_file_is(export):
    found = inspect_file(export)
    given = found.to_dict()
    assert (given["start_markers"], given["records"], given["set_aside"]) == (2, 2, 0)
    assert {"dialect", "encoding", "unknown_tags"} <= given.keys()
    assert given["first"]["title"] == "First"
    json.dumps(given, allow_nan=False)


def test_an_import_adds_rows_copies_the_file_and_enters_its_source(review, export):
    before = rows(review)
    toml = (review / "review.toml").read_text(encoding="utf-8")
    result = import_references(review, [export])
    added = rows(review)[len(before) :]
    assert [row["title"] for row in added] == ["First", "Second"]
    kept = rows(review)[: len(before)]
    assert [
        {name: row[name] for name in old} for row, old in zip(kept, before, strict=True)
    ] == before
    raw = RIS.encode()
    first = raw[: raw.index(b"\nTY  - JOUR\nTI  - Second")]
    assert added[0]["record"] == record_id("export.ris", 1, first)
    assert (review / "searches" / "export.ris").read_bytes() == raw
    assert result.files[0].source == "medline"
    assert (review / "review.toml").read_text(encoding="utf-8").startswith(toml)
    held = read_folder(review)
    assert held.protocol.sources[-1].files == ("export.ris",)
    assert held.protocol.sources[-1].hits == 2
    assert not (review / STAGE).exists()


@pytest.mark.parametrize(
    "folder",
    [
        folder
        for folder in (*ROOT.glob("examples/*"), ROOT / "src/synthesist/store/template")
        if (folder / "records.csv").exists()
    ],
    ids=lambda folder: folder.name,
)
def test_the_exports_of_our_reviews_give_their_records(folder):
    known = {row["record"] for row in rows(folder)}
    for export in (folder / "searches").glob("*"):
        if export.is_file():
            assert {reference.record for reference in ReferenceFile(export)} <= known


def test_a_file_joins_a_source_that_is_there(review, export):
    import_references(review, [export], source="Database One")
    sources = {source.id: source for source in read_folder(review).protocol.sources}
    assert sources["one"].files[0] == "export.ris"
    assert len(sources) == 3


def test_two_files_of_one_new_source(review, export, tmp_path):
    other = tmp_path / "other.ris"
    other.write_text(RIS.replace("First", "Third"), encoding="utf-8")
    result = import_references(review, [export, other], source="A new one")
    assert [taken.new_source for taken in result.files] == [True, False]
    assert read_folder(review).protocol.sources[-1].files == (
        "export.ris",
        "other.ris",
    ) or set(read_folder(review).protocol.sources[-1].files) == {
        "export.ris",
        "other.ris",
    }


def test_the_same_file_is_not_taken_in_twice(review, export):
    import_references(review, [export])
    with pytest.raises(InvalidInput, match="taken in already"):
        import_references(review, [export])


def test_another_file_of_the_same_name_gets_a_name_of_its_own(review, export):
    import_references(review, [export])
    export.write_text(RIS.replace("First", "Third"), encoding="utf-8")
    result = import_references(review, [export])
    assert result.files[0].name == "export-2.ris"


def test_a_new_source_found_what_all_its_files_hold(review, export, tmp_path):
    second = tmp_path / "second.ris"
    second.write_text(RIS + "TY  - JOUR\nTI  - Third\nER  - \n", encoding="utf-8")
    import_references(review, [export, second], source="Embase")
    source = read_folder(review).protocol.sources[-1]
    assert (source.name, source.hits) == ("Embase", 5)
    third = tmp_path / "third.ris"
    third.write_text(RIS.replace("First", "Fourth"), encoding="utf-8")
    import_references(review, [third], source="Embase")
    flow = flow_of(read_folder(review))
    assert (
        "Embase reported 5 hits, fewer than the 7 that are in records.csv."
        in flow.notes
    )


def test_one_bad_file_and_nothing_is_taken_in(review, export, tmp_path):
    bad = tmp_path / "bad.txt"
    bad.write_text("words", encoding="utf-8")
    before = {path: path.read_bytes() for path in review.rglob("*") if path.is_file()}
    with pytest.raises(InvalidInput):
        import_references(review, [export, bad])
    with pytest.raises(NotFound):
        import_references(review, [export, tmp_path / "none.ris"])
    assert {
        path: path.read_bytes() for path in review.rglob("*") if path.is_file()
    } == before


def test_what_was_set_aside_can_be_corrected_and_taken_in(review, tmp_path):
    table = tmp_path / "export.csv"
    table.write_text(
        "title,year\nA title that is longer,2020\nB, with a comma,2021\n",
        encoding="utf-8",
    )
    result = import_references(review, [table], source="one")
    corrections = review / result.files[0].corrections
    text = corrections.read_text(encoding="utf-8")
    assert text == "title,year\nB, with a comma,2021\n"
    corrected = tmp_path / "corrected.csv"
    corrected.write_text(
        text.replace("B, with a comma", '"B, with a comma"'), encoding="utf-8"
    )
    import_references(review, [corrected], source="one")
    assert rows(review)[-1]["title"] == "B, with a comma"


def test_a_broken_record_is_framed_so_that_it_can_be_read(review, tmp_path):
    good = "<record><titles><title>A</title></titles></record>"
    export = tmp_path / "export.xml"
    export.write_text(
        f"<xml><records>{good}<record><titles><title>B</titles></record></records></xml>",
        encoding="utf-8",
    )
    result = import_references(review, [export], source="one")
    corrections = review / result.files[0].corrections
    corrected = tmp_path / "corrected.xml"
    corrected.write_text(
        corrections.read_text(encoding="utf-8").replace("B</", "B</title></"),
        encoding="utf-8",
    )
    import_references(review, [corrected], source="one")
    assert rows(review)[-1]["title"] == "B"


def test_columns_that_are_missing_are_added(review, export):
    (review / "screening.csv").unlink()
    (review / "duplicates.csv").unlink()
    (review / "studies.csv").write_text("study,design\n", encoding="utf-8")
    for name in (
        "arms.csv",
        "results.csv",
        "appraisal.csv",
        "claims.csv",
        "reported.csv",
    ):
        (review / name).unlink()
    toml = (review / "review.toml").read_text(encoding="utf-8")
    (review / "review.toml").write_text(
        toml[: toml.index("[[analyses]]")], encoding="utf-8"
    )
    (review / "records.csv").write_text(
        "title;record;file;ordinal\nOld;r0123456789ab;database-one.ris;1\n",
        encoding="utf-8",
    )
    import_references(review, [export])
    text = (review / "records.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0].startswith("title;record;file;ordinal;report")
    assert [record.title for record in read_folder(review).records] == [
        "Old",
        "First",
        "Second",
    ]


def test_only_one_import_at_a_time(review, export):
    (review / STAGE).mkdir()
    lock = (review / STAGE / "lock").open("a+b")
    fcntl = pytest.importorskip("fcntl")
    fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
    with pytest.raises(Conflict):
        import_references(review, [export])
    lock.close()
    import_references(review, [export])


#: What touches the disk, so that a process can die before and after each call.
TOUCHES = [
    (os, "fsync"),
    (os, "replace"),
    (os, "mkdir"),
    (os, "unlink"),
    (os, "rmdir"),
    (os, "close"),
]


def die_at(number, folder, export):
    """Import in a child that is killed at a touch; return whether it got so far."""
    child = os.fork()
    if child == 0:
        left = [number]

        def dying(call):
            def touch(*arguments, **options):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                done = call(*arguments, **options)
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return done

            return touch

        for module, name in TOUCHES:
            setattr(module, name, dying(getattr(module, name)))
        try:
            import_references(folder, [export])
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
@pytest.mark.skipif(
    threading.active_count() > 1, reason="a fork copies one thread only"
)
def test_whenever_an_import_dies_the_review_is_as_it_was_or_has_the_whole_file(
    tmp_path, export
):
    outcomes = []
    for number in range(1, 400):
        folder = tmp_path / f"review-{number}"
        new_review(folder)
        before = len(read_folder(folder).records)
        killed = die_at(number, folder, export)
        decided = (folder / STAGE / JOURNAL).exists()
        held = read_folder(folder)
        added = len(held.records) - before
        assert added in {0, 2}
        entered = any("export.ris" in source.files for source in held.protocol.sources)
        assert entered == (added == 2)
        assert (folder / "searches" / "export.ris").exists() == (added == 2)
        if decided:
            assert added == 2
        # The next import finds nothing in its way.
        if added == 0:
            import_references(folder, [export])
            assert len(read_folder(folder).records) == before + 2
        outcomes.append(added)
        if not killed:
            break
    assert not killed
    assert 0 in outcomes
    assert outcomes.count(2) > 2
