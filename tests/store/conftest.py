import shutil
from pathlib import Path

import pytest

from synthesist.errors import InvalidInput
from synthesist.store import begin_folder, read_folder


class Folder:
    """A review folder to be damaged."""

    def __init__(self, path):
        self.path = path

    def text(self, name):
        return (self.path / name).read_text(encoding="utf-8")

    def write(self, name, text):
        (self.path / name).write_text(text, encoding="utf-8")

    def swap(self, name, old, new, count=1):
        """Replace text that must be there, once unless told otherwise."""
        text = self.text(name)
        assert text.count(old) >= 1, (name, old)
        self.write(name, text.replace(old, new, count))

    def add(self, name, *lines):
        self.write(name, self.text(name) + "".join(line + "\n" for line in lines))

    def problems(self):
        """Return what is wrong with the folder, nothing when it can be read."""
        try:
            read_folder(self.path, to_draw=True)
        except InvalidInput as error:
            return error.problems
        return ()

    def problem(self):
        (problem,) = self.problems()
        return problem


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "review"
    begin_folder(path)
    return path


@pytest.fixture
def folder(template, tmp_path):
    path = tmp_path / "review"
    shutil.copytree(template, path)
    return Folder(path)


@pytest.fixture(scope="session")
def examples():
    return Path(__file__).parents[2] / "examples"
