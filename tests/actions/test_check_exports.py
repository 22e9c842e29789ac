"""Records and exports that no longer belong together are named."""

import shutil

import pytest

from synthesist.actions.check_review import check_review
from synthesist.actions.new_review import new_review
from synthesist.actions.references import import_references
from synthesist.errors import InvalidInput

EXPORT = "".join(
    f"TY  - JOUR\nTI  - Report {number}\nPY  - 2020\nER  - \n\n"
    for number in range(1, 15)
)


@pytest.fixture
def folder(tmp_path):
    """Return a review with an export of fourteen records."""
    folder = tmp_path / "review"
    new_review(folder)
    export = tmp_path / "export.ris"
    export.write_text(EXPORT, encoding="utf-8")
    import_references(folder, [export])
    check_review(folder)
    return folder


def problems(folder):
    with pytest.raises(InvalidInput) as found:
        check_review(folder)
    return [str(problem) for problem in found.value.problems]


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_changed_export_is_named_by_row_and_id(folder):
    edit(folder / "searches" / "export.ris", "Report 3", "Report III")
    (problem,) = problems(folder)
    assert "record" in problem
    assert "Record 3 of searches/export.ris is r" in problem


def test_a_record_taken_out_of_an_export_moves_the_others(folder):
    edit(folder / "searches" / "export.ris", EXPORT[: EXPORT.index("TY", 5)], "")
    found = problems(folder)
    assert len(found) == 11
    assert "4 more records of searches/export.ris" in found[-1]


def test_an_ordinal_that_was_changed(folder):
    rows = (folder / "records.csv").read_text(encoding="utf-8")
    edit(folder / "records.csv", "export.ris,2,", "export.ris,99,")
    found = problems(folder)
    assert any("is record 2 of searches/export.ris, not 99" in text for text in found)
    assert any("Records 2 of searches/export.ris have no row" in text for text in found)
    (folder / "records.csv").write_text(rows, encoding="utf-8")
    check_review(folder)


def test_a_row_that_was_taken_out(folder):
    lines = (folder / "records.csv").read_text(encoding="utf-8").splitlines(True)
    kept = [line for line in lines if "Report 7," not in line]
    assert len(kept) == len(lines) - 1
    (folder / "records.csv").write_text("".join(kept), encoding="utf-8")
    assert problems(folder) == [
        (
            "records.csv: Records 7 of searches/export.ris have no row; import the export"
            " again into a fresh folder, or put the rows back."
        )
    ]


def test_an_export_that_is_gone_or_empty(folder):
    (folder / "searches" / "export.ris").write_bytes(b"")
    assert "cannot be read" in problems(folder)[0]
    (folder / "searches" / "export.ris").unlink()
    assert "There is no export searches/export.ris" in problems(folder)[0]


def test_a_review_without_its_exports_is_not_asked_for_them(folder):
    shutil.rmtree(folder / "searches")
    check_review(folder)


def test_a_table_that_was_read_with_named_columns(folder, tmp_path):
    table = tmp_path / "odd.csv"
    table.write_text("Überschrift,Jahr\nA trial,2020\nAnother,2021\n", encoding="utf-8")
    import_references(folder, [table], columns={"title": "Überschrift", "year": "Jahr"})
    check_review(folder)
