"""The command `dedup`."""

import csv
import json

import pytest
from click.testing import CliRunner

from made_up_papers import paper
from synthesist.actions.new_review import new_review
from synthesist.actions.references import import_references
from synthesist.cli.columns_file import read_columns_file
from synthesist.cli.dedup import command
from synthesist.cli.main import main
from synthesist.errors import InvalidInput, NotEstimable

FIELDS = [*paper(), "record_id"]


def write(file, *rows):
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, FIELDS)
        writer.writeheader()
        writer.writerows(rows)
    return file


@pytest.fixture
def records(tmp_path):
    return write(
        tmp_path / "records.csv",
        paper(record_id="x1"),
        paper(record_id="x2", pages="1101-9", journal="J Invented Rheumatol"),
        paper(record_id="x3", pages="455-463"),
    )


@pytest.fixture
def review(tmp_path, records):
    folder = tmp_path / "review"
    new_review(folder)
    for file in folder.glob("*.csv"):
        file.unlink()
    toml = folder / "review.toml"
    text = toml.read_text(encoding="utf-8")
    if "[[analyses]]" in text:
        toml.write_text(text[: text.find("[[analyses]]")], encoding="utf-8")
    import_references(folder, [records])
    return folder


def run(*arguments, **options):
    done = CliRunner().invoke(command, [str(a) for a in arguments], **options)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_counts_are_printed_as_json(records):
    counts = json.loads(run(records, "--json"))
    assert list(counts) == ["records", "groups", "to_remove", "ask", "seconds"]
    assert [counts[k] for k in ("records", "groups", "to_remove", "ask")] == [
        3,
        1,
        1,
        1,
    ]


def test_pairs_are_written(records, tmp_path):
    out = tmp_path / "pairs.csv"
    words = run(records, "--pairs", out)
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "left,right,answer,score,reason"
    assert [line.split(",")[:3] for line in lines[1:]] == [
        ["x1", "x2", "same"],
        ["x2", "x3", "ask"],
    ]
    assert words.startswith("3 records: 1 group of duplicates")
    assert "ask: x2 and x3: title, authors, journal" in words


def test_a_review_is_asked_answered_and_undone(review):
    assert "1 answer added" in run(review)
    asked = run(review, "--ask", "--by", "Ada", input="d\n")
    assert "1 of 1: title, authors, journal, year and volume agree" in asked
    assert "  pages     < [1101]-[1109]" in asked
    assert "  year      = 2015" in asked
    assert json.loads(run(review, "--json"))["ask"] == 0
    assert "answer taken back" in run(review, "--undo", "all", "--by", "Ada")
    facts = (review / "duplicates.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[2:4] for line in facts[1:]] == [
        ["same", "synthesist"],
        ["different", "Ada"],
        ["undo", "Ada"],
    ]


def test_what_is_taken_back_is_counted_for_machines(review):
    run(review)
    done = json.loads(run(review, "--undo", "all", "--by", "Ada", "--json"))
    assert done == {"taken_back": 1, "answers": 1}


def test_nothing_is_drawn_where_nothing_is_near(tmp_path):
    file = write(
        tmp_path / "t.csv",
        paper() | {"record_id": "1"},
        paper(title="Teeth of sharks", authors="Quint, Q", doi="", pmid="")
        | {"record_id": "2"},
    )
    with pytest.raises(NotEstimable, match="nothing to judge"):
        run(file, "--audit", "10", "--sheet", tmp_path / "sheet.csv")
    assert not (tmp_path / "sheet.csv").exists()


def test_nothing_is_asked_twice(review):
    assert "Nothing is left" not in run(review, "--ask", "--by", "Ada", input="q\n")
    run(review, "--ask", "--by", "Ada", input="s\n")
    assert "Nothing is left to ask about" in run(review, "--ask", "--by", "Ada")
    assert json.loads(run(review, "--json"))["to_remove"] == 2


def test_asking_needs_somebody(review):
    with pytest.raises(InvalidInput, match="Nobody answers"):
        run(review, "--ask")


def test_answers_are_taken_from_a_file(review, tmp_path):
    run(review, "--pairs", tmp_path / "pairs.csv")
    with (tmp_path / "pairs.csv").open(encoding="utf-8", newline="") as stream:
        asked = [row for row in csv.DictReader(stream) if row["answer"] == "ask"]
    file = tmp_path / "answers.csv"
    file.write_text(
        f"left,right,answer\n{asked[0]['left']},{asked[0]['right']},different\n",
        encoding="utf-8",
    )
    assert "1 answer of Ada added" in run(review, "--answers", file, "--by", "Ada")
    assert json.loads(run(review, "--json"))["ask"] == 0


def test_an_audit_is_drawn_and_judged(records, tmp_path):
    sheet = tmp_path / "sheet.csv"
    assert "Pairs to judge" in run(records, "--audit", 10, "--sheet", sheet)
    with sheet.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row["answer"] = "same"
    with sheet.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    words = run(records, "--judged", sheet)
    assert "Wrong merges: 0.0 of 1 pairs (95% interval 0.0 to 0.0)" in words
    assert "Missed pairs: 2.0 of 2 pairs" in words
    counts = json.loads(run(records, "--judged", sheet, "--json"))
    assert counts["wrong_merges"]["estimate"] == 0
    assert counts["missed"]["judged"] == 2


def test_other_files_are_written(records, tmp_path):
    run(records, "--merged", tmp_path / "m.csv", "--studies", tmp_path / "s.csv")
    merged = (tmp_path / "m.csv").read_text(encoding="utf-8").splitlines()
    assert len(merged) == 3
    assert merged[1].startswith("x1,x1; x2,")
    studies = (tmp_path / "s.csv").read_text(encoding="utf-8").splitlines()
    assert studies[1].startswith("x1,x3,")


def test_columns_are_mapped_by_a_file(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("Nr,Was\n5,Imaginine in severe polyarthralgia\n", encoding="utf-8")
    mapping = tmp_path / "columns.toml"
    mapping.write_text('# ours\ntitle = "Was"\nid: Nr\n', encoding="utf-8")
    assert json.loads(run(table, "--columns", mapping, "--json"))["records"] == 1
    assert read_columns_file(mapping) == {"title": "Was", "id": "Nr"}
    mapping.write_text("titel = Was\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="'titel' names no column"):
        read_columns_file(mapping)


@pytest.mark.parametrize(
    "text",
    [
        "title = Was\nid = Nr\n",
        "Was = title\nNr = ID\n",
        "field,column\ntitle,Was\nid,Nr\n",
        "title;Was\nid;Nr\n",
        '{"title": "Was", "id": "Nr"}',
    ],
)
def test_a_file_of_columns_is_written_in_several_ways(tmp_path, text):
    mapping = tmp_path / "columns"
    mapping.write_text(text, encoding="utf-8")
    assert read_columns_file(mapping) == {"title": "Was", "id": "Nr"}


@pytest.mark.parametrize("text", ["Was\n", "{", '{"title": 3}', "a = b\n"])
def test_a_file_of_columns_that_says_nothing_is_refused(tmp_path, text):
    mapping = tmp_path / "columns"
    mapping.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match="column"):
        read_columns_file(mapping)
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_columns_file(tmp_path / "none")


def test_what_cannot_be_written_is_said_first(records, tmp_path):
    with pytest.raises(InvalidInput, match="--pairs cannot be written"):
        run(records, "--pairs", tmp_path / "none" / "p.csv")
    with pytest.raises(InvalidInput, match="is named twice"):
        run(records, records)


def test_a_sheet_is_safe_in_a_spreadsheet(tmp_path):
    evil = paper(title='=HYPERLINK("x") of imaginine in severe polyarthralgia')
    file = write(
        tmp_path / "t.csv", evil | {"record_id": "1"}, evil | {"record_id": "2"}
    )
    sheet, merged = tmp_path / "sheet.csv", tmp_path / "merged.csv"
    run(file, "--audit", "5", "--sheet", sheet, "--merged", merged)
    for written in (sheet, merged):
        text = written.read_text(encoding="utf-8")
        assert "'=HYPERLINK" in text
        assert '"=HYPERLINK' not in text


def test_a_source_presumes_its_records_different(tmp_path):
    bare = paper(volume="", issue="", pages="")
    file = write(
        tmp_path / "t.csv", bare | {"record_id": "1"}, bare | {"record_id": "2"}
    )
    assert json.loads(run(file, "--json"))["groups"] == 1
    assert json.loads(run(file, "--source", "Embase", "--json"))["groups"] == 0


@pytest.mark.parametrize("option", [["--ask"], ["--undo", "all"]])
def test_only_a_review_can_keep_answers(records, option):
    with pytest.raises(InvalidInput, match="needs a review"):
        run(records, *option)


def test_a_folder_stands_alone(review, records):
    with pytest.raises(InvalidInput, match="side by side"):
        run(review, records)


def test_the_command_is_listed():
    assert "dedup" in CliRunner().invoke(main, ["--help"]).output
