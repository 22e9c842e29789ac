"""Read a review folder."""

from __future__ import annotations

from pathlib import Path

from synthesist.errors import InvalidInput, NotFound, Problem
from synthesist.review import Review
from synthesist.store.rows import read_rows
from synthesist.store.schema import CSV_FILES
from synthesist.store.toml import read_protocol


def read_folder(path: str | Path) -> Review:
    """Read a review folder, or report everything that is wrong with it.

    Raises
    ------
    InvalidInput
        With one problem for each fault of the folder: file, row, field, remedy.
    NotFound
        If there is no such folder.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.", remedy="check the path")
    problems: list[Problem] = []
    protocol = read_protocol(folder / "review.toml", problems)
    parts = {
        file.part: read_rows(folder / file.name, file, problems) for file in CSV_FILES
    }
    if problems or protocol is None:
        raise InvalidInput(problems=problems)
    return Review(protocol=protocol, path=folder, **parts)
