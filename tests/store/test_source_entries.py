"""An export is entered under its source, and nothing else in review.toml changes."""

import tomllib

import pytest

from synthesist.errors import InvalidInput
from synthesist.store.source_entries import NewSource, enter_file

BASE = 'format = 1 # the first\ntitle = "T"\n'
KNOWN = NewSource(id="one", name="One")


def entered(text, file="a.ris", source=KNOWN):
    """Enter a file and return the sources."""
    return tomllib.loads(enter_file(text, file, source))["sources"]


def test_a_new_source_comes_last():
    text = enter_file(
        BASE, "a.ris", NewSource(id="x", name='X "1"', platform="P", hits=3)
    )
    assert text.startswith(BASE)
    assert tomllib.loads(text)["sources"] == [
        {
            "id": "x",
            "name": 'X "1"',
            "kind": "database",
            "platform": "P",
            "hits": 3,
            "files": ["a.ris"],
        }
    ]


@pytest.mark.parametrize(
    "files",
    [
        "",
        "files = []",
        'files = ["b.ris"]',
        'files = ["b.ris", "c.ris",] # two',
        'files = [\n  "b.ris", # first\n  "c.ris",\n]',
        'files = "b.ris"',
    ],
)
def test_a_known_source_gets_the_file(files):
    text = f'{BASE}[[sources]]\nid = "zero"\nname = "Z"\n[[sources]]\nid = "one"\nname = "One"\n{files}\n[question]\ntext = "?"\n'
    zero, one = entered(text)
    assert "a.ris" in one["files"]
    assert set(one["files"]) - {"a.ris"} == {"b.ris", "c.ris"} & set(
        files.replace('"', " ").split()
    )
    assert zero == {"id": "zero", "name": "Z"}
    assert (
        enter_file(enter_file(text, "a.ris", KNOWN), "a.ris", KNOWN).count("a.ris") == 1
    )


def test_line_ends_and_comments_stay():
    text = f'{BASE}[[sources]]\nid = "one"\nname = "One" # why\n'.replace("\n", "\r\n")
    done = enter_file(text, "a.ris", KNOWN)
    assert done.count("\r\n") == done.count("\n")
    assert "# why" in done


@pytest.mark.parametrize(
    "text",
    [
        f'{BASE}sources = [{{id = "one", name = "One"}}]\n',
        f'sources = [{{id = "zero", name = "One"}}]\n{BASE}',
    ],
)
def test_what_cannot_be_edited_safely_is_left_to_the_user(text):
    with pytest.raises(InvalidInput, match="cannot be edited safely"):
        enter_file(text, "a.ris", KNOWN)
