"""A CSV as spreadsheets of many countries write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesist import InvalidInput, NotFound
from synthesist.tables import read_table

TEXT = "study,events,n\nZhou 2010,4,20\nИванов,,\n王 2012,6,21\n"


def write(tmp_path, raw, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(raw)
    return path


def problem_of(path):
    with pytest.raises(InvalidInput) as caught:
        read_table(path)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_common_way_to_write_a_table(tmp_path, encoding, end, delimiter):
    text = TEXT.replace(",", delimiter).replace("\n", end)
    table = read_table(write(tmp_path, text.encode(encoding)))
    assert table.texts("study") == ("Zhou 2010", "Иванов", "王 2012")
    assert table.numbers("n")[[0, 2]].tolist() == [20, 21]
    assert table.rows == [2, 3, 4]
    assert table.name == "t.csv"


def test_a_path_may_be_text(tmp_path):
    assert len(read_table(str(write(tmp_path, TEXT.encode())))) == 3


def test_rows_are_numbered_as_an_editor_numbers_lines(tmp_path):
    raw = b'a,b\n"one\ntwo",1\n\n,\nlast,2\n'
    table = read_table(write(tmp_path, raw))
    assert table.rows == [2, 6]
    assert table.texts("a") == ("one\ntwo", "last")


def test_cells_are_stripped_and_long_ones_are_read(tmp_path):
    raw = "a,b\n  x , 1 \n" + "y" * 200_000 + ",2\n"
    table = read_table(write(tmp_path, raw.encode()))
    assert table.texts("a")[0] == "x"
    assert len(table.texts("a")[1]) == 200_000


def test_a_column_that_stands_twice(tmp_path):
    problem = problem_of(write(tmp_path, b"a,b,a\n1,2,3\n"))
    assert (problem.row, problem.field) == (1, "a")
    assert "twice" in problem.message


def test_a_column_without_a_name(tmp_path):
    problem = problem_of(write(tmp_path, b"a,,c\n1,2,3\n"))
    assert "Column 2 has no name" in problem.message


@pytest.mark.parametrize("row", ["1", "1,2,3"])
def test_a_row_of_another_length(tmp_path, row):
    problem = problem_of(write(tmp_path, f"a,b\n1,2\n{row}\n".encode()))
    assert problem.row == 3
    assert "the header 2" in problem.message


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        ("a\nM\u00fcller\n".encode("latin-1"), "not UTF-8"),
        (b"a\nx\0y\n", "zero bytes"),
        (b"PK\x03\x04rest", "spreadsheet"),
    ],
)
def test_a_file_that_is_no_table_is_one_sentence(tmp_path, raw, words):
    problem = problem_of(write(tmp_path, raw))
    assert words in str(problem)
    assert problem.remedy


def test_undecodable_bytes_are_placed(tmp_path):
    raw = "a\nx\ny\nM\u00fcller\n".encode("latin-1")
    assert problem_of(write(tmp_path, raw)).row == 4


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(NotFound, match=r"no file .*t\.csv"):
        read_table(tmp_path / "t.csv")
    with pytest.raises(NotFound, match=r"t\.parquet"):
        read_table(tmp_path / "t.parquet")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_table(tmp_path)


cell = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(rows=st.lists(st.tuples(cell, cell), min_size=1, max_size=6))
def test_what_was_written_is_read(tmp_path_factory, rows):
    import csv

    path = tmp_path_factory.mktemp("csv") / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("first", "second"), *rows])
    table = read_table(path)
    kept = [pair for pair in rows if any(text.strip() for text in pair)]
    assert table.texts("first") == tuple(pair[0].strip() for pair in kept)
    assert table.texts("second") == tuple(pair[1].strip() for pair in kept)
