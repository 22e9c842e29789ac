"""Whatever the files hold, the answer is a review or what is wrong with it."""

import csv
import io
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesist.errors import InvalidInput
from synthesist.store import read_folder
from synthesist.store.columns import CSV_FILES
from synthesist.store.keys import SECTIONS, TOP
from synthesist.store.toml_lines import find_lines

FILES = ("review.toml", *(file.name for file in CSV_FILES))

#: Cells that have broken programs before.
NASTY = [
    "",
    "NA",
    "nan",
    "-inf",
    "1e309",
    "9" * 400,
    "\N{MINUS SIGN}1",
    "<0.001",
    "=1+1",
    ";",
    "; ;",
    '"',
    "\u202e",
    "\ufeff",
    "𝒳",
    "0",
    "-0.0",
    "1,5",
    "treated",
    "Alder 2019",
    "drug A",
    "response",
    "flow",
]
cells = st.one_of(st.sampled_from(NASTY), st.text(max_size=8))


def outcome(path):
    """Return the problems of a folder; any other exception is a failure."""
    try:
        read_folder(path)
    except InvalidInput as error:
        return error.problems
    return ()


def damaged(template, name, raw):
    with tempfile.TemporaryDirectory() as beside:
        path = Path(beside) / "review"
        shutil.copytree(template, path)
        (path / name).write_bytes(raw)
        problems = outcome(path)
    assert all(problem.message and problem.where for problem in problems)
    return problems


@given(st.sampled_from(FILES), st.binary(max_size=200))
def test_arbitrary_bytes_in_any_file(template, name, raw):
    damaged(template, name, raw)


@given(st.sampled_from(FILES), st.data())
def test_a_file_with_a_part_cut_out_or_repeated(template, name, data):
    raw = (template / name).read_bytes()
    start = data.draw(st.integers(0, len(raw)))
    stop = data.draw(st.integers(start, len(raw)))
    middle = data.draw(
        st.sampled_from([b"", b"\xff", b"\n", b'"', raw[start:stop] * 2])
    )
    damaged(template, name, raw[:start] + middle + raw[stop:])


@given(st.sampled_from(CSV_FILES), st.data())
def test_any_cell_replaced(template, file, data):
    rows = list(csv.reader(io.StringIO((template / file.name).read_text("utf-8"))))
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.sampled_from(rows))
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(cells)
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    damaged(template, file.name, text.getvalue().encode("utf-8", "replace"))


@given(st.data())
def test_any_cells_under_the_right_columns(template, data):
    file = data.draw(st.sampled_from(CSV_FILES))
    names = [field.name for field in file.fields]
    rows = data.draw(
        st.lists(st.lists(cells, min_size=len(names), max_size=len(names)), max_size=4)
    )
    text = io.StringIO()
    csv.writer(text).writerows([names, *rows])
    damaged(template, file.name, text.getvalue().encode("utf-8", "replace"))


#: Values of every kind that TOML has.
values = st.sampled_from(
    [
        "1",
        "-1",
        "0.5",
        "inf",
        "nan",
        "true",
        '""',
        '"text"',
        "[]",
        '["a", "b"]',
        "[1]",
        "{}",
        '{id = "a"}',
        "2026-01-01",
        "2026-01-01T00:00:00Z",
        "00:00:00",
        "[[1]]",
    ]
)
tables = {section.name: section.fields for section in SECTIONS} | {"colour": TOP}


@st.composite
def documents(draw):
    """Draw a TOML document of known and unknown keys with values of any kind."""
    lines = [f"{f.name} = {draw(values)}" for f in TOP if draw(st.booleans())]
    for name, fields in tables.items():
        head = draw(st.sampled_from([None, f"[{name}]", f"[[{name}]]"]))
        if head is None:
            continue
        lines.append(head)
        chosen = draw(st.lists(st.sampled_from(fields), unique=True, max_size=5))
        lines += [f"{field.name} = {draw(values)}" for field in chosen]
    return "\n".join(lines)


@given(documents())
@settings(max_examples=100)
def test_any_values_under_any_keys(template, text):
    damaged(template, "review.toml", text.encode())


@given(st.text())
def test_lines_are_found_in_any_text(text):
    assert all(line >= 1 for line in find_lines(text).values())


def test_lines_are_those_of_an_editor():
    text = 'a = 1\ns = """\n[x]\nb = 2\n"""\n\n[[t]]\nk = 1\n[[t]]  # again\n"k" = 2\n'
    assert find_lines(text) == {
        ("", 0, "a"): 1,
        ("", 0, "s"): 2,
        ("t", 0, ""): 7,
        ("t", 0, "k"): 8,
        ("t", 1, ""): 9,
        ("t", 1, "k"): 10,
    }


@pytest.mark.parametrize("name", FILES)
def test_an_empty_file(template, name):
    (problem,) = damaged(template, name, b"")[:1]
    assert problem.file == name
