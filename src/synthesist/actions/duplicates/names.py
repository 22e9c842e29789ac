"""What the records of several files are called by: the names of their files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synthesist.errors import InvalidInput


def names_of(files: Sequence[Path]) -> list[str]:
    """Return a name for each file: its own, with the folders that tell it apart.

    The names depend neither on the order of the files nor on how their paths are
    written.

    Raises
    ------
    InvalidInput
        If one file is named twice.
    """
    whole = [path.resolve().parts for path in files]
    for path, parts in zip(files, whole, strict=True):
        if whole.count(parts) > 1:
            raise InvalidInput(
                f"The file {path.name} is named twice.",
                where=str(path),
                remedy="name it once",
            )

    def name(parts: tuple[str, ...]) -> str:
        for length in range(1, len(parts)):
            end = parts[-length:]
            if sum(other[-length:] == end for other in whole) == 1:
                return "/".join(end)
        return str(Path(*parts))

    return [name(parts) for parts in whole]
