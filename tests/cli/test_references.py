"""`import`, `convert`, `inspect` and `search` at a terminal, with wrong input too."""

import csv
import errno
import io
import json
import os
import subprocess
import sys
import zipfile

import pytest

from synthesist.formats.source import Source

RIS = "TY  - JOUR\nTI  - A trial\nAU  - Ada, B\nPY  - 2020\nXQ  - odd\nER  - \n\n"


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.ris"
    path.write_text(RIS + RIS.replace("A trial", "Another"), encoding="utf-8")
    return path


@pytest.fixture
def review(tmp_path, synthesist):
    folder = tmp_path / "review"
    assert synthesist("new", folder).exit_code == 0
    return folder


def rows(folder):
    with (folder / "records.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_inspect_says_dialect_counts_and_the_first_record(synthesist, export):
    done = synthesist("inspect", export)
    assert done.exit_code == 0
    assert "export.ris: RIS, UTF-8" in done.stdout
    assert "2 start markers = 2 records + 0 set aside" in done.stdout
    assert "Unknown tags, kept as they are: XQ (2)" in done.stdout
    assert "The first record: Ada, B. A trial. 2020" in done.stdout


def test_inspect_as_json_has_the_documented_keys(synthesist_json, export):
    found = synthesist_json("inspect", export)
    keys = [
        "dialect",
        "encoding",
        "start_markers",
        "records",
        "set_aside",
        "unknown_tags",
    ]
    assert [found[key] for key in keys] == ["ris", "utf-8", 2, 2, 0, {"XQ": 2}]
    assert found["conserved"] is True
    assert found["first"]["title"] == "A trial"


def test_convert_writes_what_reads_back(synthesist, synthesist_json, export, tmp_path):
    for name in ("a.nbib", "a.bib", "a.csv", "a.xlsx", "a.xml", "a.json", "b.ris"):
        target = tmp_path / name
        done = synthesist("convert", export, target)
        assert done.exit_code == 0, done.stderr
        assert f"2 references are in {target}" in done.stdout
        assert synthesist_json("inspect", target)["first"]["title"] == "A trial"
    given = synthesist_json("convert", export, tmp_path / "x", "--to", "nbib")
    assert given["records"] == 2


def test_convert_to_what_is_not_written(synthesist, synthesist_json, export, tmp_path):
    for target, options in (("a.doc", ()), ("a.ris", ("--to", "enw"))):
        path = tmp_path / target
        done = synthesist("convert", export, path, *options)
        assert done.exit_code == 2
        assert not path.exists()
        answer = synthesist_json("convert", export, path, *options, status=2)
        assert answer["error"]["kind"] == "InvalidInput"
    done = synthesist("convert", export, tmp_path / "no" / "folder" / "a.ris")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr


def test_import_takes_files_in(synthesist, synthesist_json, review, export):
    before = len(rows(review))
    done = synthesist("import", review, export, "--source", "Ovid MEDLINE")
    assert done.exit_code == 0, done.stderr
    assert (
        "Taken in as searches/export.ris under the source ovid-medline" in done.stdout
    )
    assert len(rows(review)) == before + 2
    again = synthesist("import", review, export)
    assert again.exit_code == 2
    assert "taken in already" in again.stderr
    assert len(rows(review)) == before + 2


def workbook(name="a.xlsx"):
    """Return a zip file that is no workbook."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, "x")
    return held.getvalue()


#: Name, content and words of the answer.
WRONG = [
    ("empty.ris", b"", "empty"),
    ("blanks.txt", b" \n\t\r\n\xef\xbb\xbf", "empty"),
    ("prose.md", b"# Some words\n\nand no references.\n", "No line of the file begins"),
    ("noise.ris", bytes(range(256)) * 40, "holds no references"),
    ("zeros.nbib", b"\x00" * 5000, "no references"),
    ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "a picture"),
    ("paper.pdf", b"%PDF-1.7\n", "a PDF"),
    ("library.enl", b"SQLite format 3\x00" + b"\x00" * 84, "a database"),
    ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel or Word"),
    ("packed.ris.gz", b"\x1f\x8b\x08\x00", "gzip"),
    ("archive.xlsx", workbook(), "workbook"),
    ("broken.xlsx", b"PK\x03\x04" + b"\x01" * 100, "workbook"),
    ("page.html", b"<!DOCTYPE html><html><body>Sign in</body></html>", "no references"),
    ("config.json", b'{"a": 1, "b": [1, 2]}', "no references"),
    ("table.csv", b"a,b\n1,2\n", "No "),
]


@pytest.mark.parametrize(
    ("name", "content", "words"), WRONG, ids=lambda value: str(value)[:12]
)
def test_wrong_files(
    name, content, words, synthesist, synthesist_json, review, tmp_path
):
    path = tmp_path / name
    path.write_bytes(content)
    before = {p: p.read_bytes() for p in review.rglob("*") if p.is_file()}
    target = tmp_path / "target.ris"
    for command in (
        ("inspect", path),
        ("convert", path, target),
        ("import", review, path),
    ):
        done = synthesist(*command)
        assert done.exit_code == 2, done.output
        assert done.exception is None or isinstance(done.exception, SystemExit)
        assert words.lower() in done.stderr.lower()
        answer = synthesist_json(*command, status=2)
        assert answer["error"]["kind"] == "InvalidInput"
        assert answer["error"]["problems"][0]["remedy"]
    assert not target.exists()
    assert before == {p: p.read_bytes() for p in review.rglob("*") if p.is_file()}


@pytest.mark.parametrize("what", ["missing", "folder"])
def test_no_file(what, synthesist, review, tmp_path):
    path = tmp_path / what
    if what == "folder":
        path.mkdir()
    for command in (
        ("inspect", path),
        ("convert", path, tmp_path / "a.ris"),
        ("import", review, path),
    ):
        done = synthesist(*command)
        assert done.exit_code == 2
        assert isinstance(done.exception, SystemExit)
        assert what in done.stderr


def test_a_content_under_another_ending(synthesist_json, tmp_path):
    path = tmp_path / "export.pdf"
    path.write_text(RIS, encoding="utf-16")
    found = synthesist_json("inspect", path)
    assert (found["dialect"], found["encoding"]) == ("ris", "utf-16-le")


def test_one_wrong_file_takes_none_in(synthesist, review, export, tmp_path):
    wrong = tmp_path / "wrong.ris"
    wrong.write_bytes(b"words")
    before = rows(review)
    assert synthesist("import", review, export, wrong).exit_code == 2
    assert rows(review) == before


def test_options_that_are_wrong(synthesist, review, export):
    for options in (
        ("--format", "endnote"),
        ("--column", "title"),
        ("--design", "cohort"),
    ):
        done = synthesist("import", review, export, *options)
        assert done.exit_code == 2
        assert done.stderr.strip()


def test_a_folder_that_is_no_review(synthesist, export, tmp_path):
    assert synthesist("import", tmp_path / "none", export).exit_code == 2
    (tmp_path / "bare").mkdir()
    assert synthesist("import", tmp_path / "bare", export).exit_code == 2


def test_search_without_what_it_needs(synthesist, synthesist_json, review, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text(
        '[connectors.crossref]\nbase_url = "https://127.0.0.1:1/"\n', encoding="utf-8"
    )
    for arguments, words in (
        (("nowhere", "--query", "x"), "No service"),
        (("one",), "No service"),
        (("pubmed",), "no strategy"),
        (("pubmed", "--query", "@none.txt"), "cannot be read"),
        (("pubmed", "--query", "x", "--limit", "y"), "names no parameter"),
        (("pubmed", "--query", "x", "--config", "none.toml"), "no file none.toml"),
        (("crossref", "--query", "x", "--config", config), "not public"),
        (("crossref", "--query", "x", "--most", "0"), "most"),
    ):
        done = synthesist("search", review, *arguments)
        assert done.exit_code == 2, done.output
        assert words in done.stderr
    answer = synthesist_json("search", review, "nowhere", "--query", "x", status=2)
    assert answer["error"]["problems"][0]["remedy"]
    assert synthesist("search", tmp_path / "none", "pubmed").exit_code == 2


def test_what_is_no_file_is_named(synthesist, review, export, tmp_path):
    for command in (["inspect"], ["import", review], ["convert"]):
        target = [tmp_path / "x.ris"] if command == ["convert"] else []
        done = synthesist(*command, tmp_path / "searches", *target)
        assert done.exit_code == 2
        assert "There is no file" in done.stderr
        (tmp_path / "folder").mkdir(exist_ok=True)
        done = synthesist(*command, tmp_path / "folder", *target)
        assert done.exit_code == 2
        assert "folder" in done.stderr
    done = synthesist("inspect", os.devnull)
    assert done.exit_code == 2
    assert "no file on a disk; save it as one first" in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gb18030", "utf-8"])
def test_any_title_is_printed_in_any_terminal(tmp_path, encoding):
    export = tmp_path / "export.ris"
    export.write_text("TY  - JOUR\nTI  - 卡培他滨 𝒜\nER  - \n", encoding="utf-8")
    for options in ((), ("--json",)):
        done = subprocess.run(
            [sys.executable, "-m", "synthesist", "inspect", export, *options],
            env=os.environ | {"PYTHONIOENCODING": encoding},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        text = done.stdout.decode(encoding if encoding != "ascii" else "utf-8")
        if options:
            assert json.loads(text)["first"]["title"] == "卡培他滨 𝒜"


def test_a_fault_of_the_machine_is_a_sentence(synthesist, export, monkeypatch):
    def fail(self, size=0):
        raise OSError(errno.EIO, "Input/output error", str(export))

    monkeypatch.setattr(Source, "head", fail)
    done = synthesist("inspect", export)
    assert done.exit_code == 2
    assert "cannot be read or written: Input/output error" in done.stderr


def test_a_review_is_converted(synthesist, review, export, tmp_path):
    done = synthesist("convert", review, tmp_path / "all.csv")
    assert done.exit_code == 0, done.stderr
    assert f"10 references are in {tmp_path / 'all.csv'}" in done.stdout
    done = synthesist("convert", export, tmp_path / "begun")
    assert done.exit_code == 0, done.stderr
    assert synthesist("check", tmp_path / "begun").exit_code == 0
    assert synthesist("new", tmp_path / "bare", "--bare").exit_code == 0
    assert synthesist("check", tmp_path / "bare").exit_code == 0
