"""A new review is there as a whole or not at all."""

from pathlib import Path

import pytest

from synthesist.actions.check_review import check_review
from synthesist.actions.new_review import new_review
from synthesist.errors import InvalidInput


def held(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*"))


def test_the_template_is_a_review_without_a_problem(tmp_path):
    folder = tmp_path / "mine"
    files = new_review(folder)
    assert files == tuple(sorted(p for p in folder.rglob("*") if p.is_file()))
    review = check_review(folder)
    assert len(review.studies) == 3
    assert set(review.protocol.synthetic) >= {"records", "screening", "results"}
    assert "invented" in review.protocol.title


def test_folders_above_it_are_made(tmp_path):
    new_review(tmp_path / "a" / "b" / "mine")
    assert (tmp_path / "a" / "b" / "mine" / "review.toml").exists()


def test_nothing_else_is_left_beside_it(tmp_path):
    new_review(tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = tmp_path.stat().st_ino
    new_review(Path())
    assert tmp_path.stat().st_ino == before
    assert check_review(tmp_path).protocol.analyses
    assert not any(name.startswith(".new") for name in held(tmp_path))


@pytest.mark.parametrize("name", ["notes.txt", ".git", "review.toml"])
def test_a_folder_that_holds_anything_is_refused(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(InvalidInput, match=f"holds {name} already; name a new folder"):
        new_review(tmp_path)
    assert held(tmp_path) == [name]


def test_a_file_of_that_name_is_refused(tmp_path):
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(InvalidInput, match="There is a file of that name"):
        new_review(tmp_path / "mine")


@pytest.mark.parametrize("there", [True, False])
def test_a_failure_leaves_nothing(tmp_path, monkeypatch, there):
    folder = tmp_path / "mine"
    if there:
        folder.mkdir()
    done, move = [], Path.rename

    def rename(self, target):
        if len(done) == (3 if there else 0):
            raise OSError(28, "No space left on device")
        done.append(target)
        move(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(InvalidInput, match="cannot be written: No space left"):
        new_review(folder)
    assert held(tmp_path) == (["mine"] if there else [])


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match="cannot be written"):
        new_review(tmp_path / "file" / "mine")


def test_the_template_names_no_machine_and_is_the_same_every_time(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    files = new_review(one)
    new_review(two)
    for path in files:
        assert path.read_bytes() == (two / path.relative_to(one)).read_bytes()
        assert b"\r" not in path.read_bytes()
