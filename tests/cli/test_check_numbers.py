"""The command `check-numbers`: lines in, lines out, and the list of checks."""

import json

import pytest

GOOD = {"id": "a", "kind": "p_from_ci", "given": {"smd": "0.614", "ci_low": "0.25", "ci_high": "0.979"}, "printed": ".001"}  # fmt: skip


@pytest.fixture
def printed(tmp_path):
    path = tmp_path / "printed.jsonl"
    path.write_text(json.dumps(GOOD) + "\n", encoding="utf-8")
    return path


def test_a_file_is_answered_line_by_line(synthesist, printed):
    done = synthesist("check-numbers", printed)
    assert done.exit_code == 0
    (answer,) = map(json.loads, done.stdout.splitlines())
    assert (answer["id"], answer["verdict"]) == ("a", "consistent")
    assert answer["implied"]["p"]["low"] < 0.000961495 < answer["implied"]["p"]["high"]


def test_a_bad_line_ends_with_2_and_leaves_the_others(synthesist, printed):
    printed.write_text("no\n" + printed.read_text("utf-8"), encoding="utf-8")
    done = synthesist("check-numbers", printed)
    assert done.exit_code == 2
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["error"].startswith("Line 1: not JSON")
    assert second["verdict"] == "consistent"


def test_the_kinds_are_listed_with_their_fields(synthesist):
    done = synthesist("check-numbers", "--kinds")
    assert done.exit_code == 0
    assert "  grim  GRIM" in done.stdout
    kinds = json.loads(synthesist("check-numbers", "--kinds", "--json").stdout)["kinds"]
    grim = next(kind for kind in kinds if kind["kind"] == "grim")
    assert [field["name"] for field in grim["fields"]] == ["mean", "n", "items"]
    assert all(kind["source"] for kind in kinds)


@pytest.mark.parametrize(("arguments", "words"), [((), "No file is given"), (("none.jsonl",), "no file none.jsonl")])  # fmt: skip
def test_a_missing_file_is_said(synthesist, arguments, words):
    done = synthesist("check-numbers", *arguments)
    assert done.exit_code == 2
    assert words in done.stderr
