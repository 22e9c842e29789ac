"""Begin a review folder: from the template that travels with the program, or bare."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

from synthesist.errors import InvalidInput
from synthesist.store.source_entries import quoted

#: Without this file a folder is no review, so it comes last.
LAST = "review.toml"


def write_template(folder: Path) -> None:
    """Write the example that travels with the program."""
    with as_file(files("synthesist.store") / "template") as template:
        # Without modes and times: an installed template may be read-only.
        shutil.copytree(template, folder, copy_function=shutil.copyfile)


def write_bare(folder: Path, title: str = "") -> None:
    """Write a review.toml with a title, and nothing else."""
    folder.mkdir()
    text = f"format = 1\ntitle = {quoted(title or 'A review without a title')}\n"
    (folder / LAST).write_text(text, encoding="utf-8", newline="")


def begin_folder(
    folder: str | Path, write: Callable[[Path], None] = write_template
) -> tuple[Path, ...]:
    """Begin a review in a new or empty folder, as a whole or not at all.

    Parameters
    ----------
    folder : str or Path
        Where the review shall be.
    write : callable
        Makes the folder that it is given and writes the review into it.

    Returns
    -------
    tuple of Path
        The files that were written, in the order of their names.

    Raises
    ------
    InvalidInput
        If the folder holds anything, or cannot be written.
    """
    folder = Path(folder)
    try:
        _refuse(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as beside:
            fresh = Path(beside) / "review"
            write(fresh)
            _take_place(fresh, folder)
    except OSError as error:
        raise InvalidInput(
            f"The folder cannot be written: {error.strerror}.",
            where=str(folder),
            remedy="check the permissions and the space left, or name another place",
        ) from None
    return tuple(sorted(path for path in folder.rglob("*") if path.is_file()))


def _refuse(folder: Path) -> None:
    """Refuse a place where something is already."""
    if folder.is_dir():
        held = sorted(path.name for path in folder.iterdir())
        if held:
            raise InvalidInput(
                f"The folder holds {held[0]}{' and more' if len(held) > 1 else ''} already.",
                where=str(folder),
                remedy="name a new folder",
            )
    elif folder.exists() or folder.is_symlink():
        raise InvalidInput(
            "There is a file of that name.", where=str(folder), remedy="name a folder"
        )


def _take_place(fresh: Path, folder: Path) -> None:
    """Move the finished files to their place."""
    if not folder.exists():
        fresh.rename(folder)
        return
    # The folder may be the one somebody's shell stands in, so it is kept.
    moved: list[Path] = []
    try:
        for path in sorted(fresh.iterdir(), key=lambda path: path.name == LAST):
            target = folder / path.name
            path.rename(target)
            moved.append(target)
    except OSError:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
