"""Check a review folder without computing anything from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthesist.review import Review


def check_review(folder: Path) -> Review:
    """Return the review that a folder holds.

    Raises
    ------
    InvalidInput
        With every problem of the folder: file, row, field, remedy.
    NotFound
        If there is no such folder.
    """
    from synthesist.store import read_folder

    return read_folder(folder)
