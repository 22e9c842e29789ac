"""Add answers to duplicates.csv; what was answered before is never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from synthesist.review import DuplicateAnswer
from synthesist.store.append_rows import write_with_rows
from synthesist.store.together import replacing_together

#: The columns in their order.
COLUMNS = tuple(field.name for field in fields(DuplicateAnswer) if field.name != "row")


def append_answers(folder: Path, answers: Sequence[DuplicateAnswer]) -> None:
    """Add answers to a folder's duplicates.csv, all of them or none.

    Raises
    ------
    Conflict
        If another process writes to the folder now.
    InvalidInput
        If the file cannot be read or written.
    """
    if not answers:
        return
    file = folder / "duplicates.csv"
    with replacing_together(folder) as new:
        write_with_rows(file, new.path(file.name), answers, COLUMNS)
