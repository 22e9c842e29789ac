"""Drawing a table at a terminal."""

import pytest

import golden
import synthesist as sy
from synthesist.figures import forest, svg

BEGINNINGS = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG"}


def drawn(path):
    return path.read_text("utf-8")


def test_the_picture_is_that_of_the_library(synthesist, tmp_path):
    path = tmp_path / "bcg.svg"
    done = synthesist("forest", golden.data("bcg"), "--measure", "RR", "-o", path)
    assert (done.exit_code, done.stdout) == (0, f"Drawn: {path}\n")
    fit = sy.pool(sy.effect_table(golden.data("bcg"), "RR"))
    text = drawn(path)
    for line in svg(forest(fit.forest())).splitlines():
        if "<text" in line:
            assert line.partition(">")[2] in text


@pytest.mark.parametrize("suffix", BEGINNINGS)
def test_the_name_of_the_file_says_the_format(synthesist, tmp_path, suffix):
    path = tmp_path / f"bcg.{suffix.upper()}"
    synthesist("forest", golden.data("bcg"), "--measure", "RR", "-o", path)
    assert path.read_bytes().startswith(BEGINNINGS[suffix])
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_options_of_pooling_and_of_the_drawing_are_followed(synthesist_json, tmp_path):
    path, other = tmp_path / "a.svg", tmp_path / "b.png"
    answer = synthesist_json(
        "forest", golden.data("bcg"), "--measure", "OR", "-o", path, "-o", other,
        "--by", "allocation", "--profile", "revman5", "--title", "BCG", "--width", 160,
        "--favours", "vaccine", "none",
    )  # fmt: skip
    assert answer["files"] == [str(path), str(other)]
    assert other.exists()
    table = sy.effect_table(golden.data("bcg"), "OR", profile="revman5")
    assert answer["fit"] == sy.subgroups(table, by="allocation").to_dict()
    text = drawn(path)
    for words in ("BCG", "vaccine", "systematic", "Between subgroups"):
        assert words in text


def test_a_file_that_cannot_be_written_is_refused_before_anything_is_computed(
    synthesist_json, tmp_path
):
    asked = ["forest", golden.data("bcg"), "--measure", "RR", "-o"]
    answer = synthesist_json(*asked, tmp_path / "bcg.jpeg", status=2)
    assert ".svg, .pdf, .png" in answer["error"]["problems"][0]["remedy"]
    answer = synthesist_json(*asked, tmp_path / "nowhere" / "bcg.svg", status=2)
    assert "cannot be written" in answer["error"]["problems"][0]["message"]


def test_a_figure_needs_a_file(synthesist):
    done = synthesist("forest", golden.data("bcg"), "--measure", "RR")
    assert done.exit_code == 2
    assert "--output" in done.stderr
