"""Replace the folder of results as a whole, so that a reader never meets half of it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from synthesist.errors import InvalidInput

MANIFEST = "manifest.json"

#: Where the previous results wait while the new ones take their place.
PREVIOUS = ".out-previous"

#: Where new results are written; a run that was killed leaves one behind.
FRESH = ".out-new-"

#: Seconds after which such a leftover cannot belong to a run that still writes.
STALE = 3600


@contextmanager
def replacing(folder: Path) -> Generator[Path]:
    """Give a fresh folder to write into; it takes the place of `folder` at the end.

    When the body raises, or the process dies, `folder` stays as it was.

    Raises
    ------
    InvalidInput
        If `folder` holds files that an earlier run did not write, or the place
        cannot be written to.
    """
    _recover(folder)
    _refuse_foreign_files(folder)
    try:
        fresh = Path(tempfile.mkdtemp(prefix=FRESH, dir=folder.parent))
    except OSError as error:
        raise InvalidInput(
            f"Nothing can be written beside the review: {error.strerror}.",
            where=folder.parent.name,
            remedy="check the permissions and the space left",
        ) from None
    # mkdtemp keeps the folder to its owner; results are for whoever may read the review.
    fresh.chmod(0o777 & ~_umask())
    try:
        yield fresh
        _take_place(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    return sha256(path.read_bytes()).hexdigest()


def _umask() -> int:
    """Read the process's file mode mask; the system offers no way but to set it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _take_place(fresh: Path, folder: Path) -> None:
    """Swap the folders by two renames; `_recover` mends a death between them."""
    for path in sorted(fresh.rglob("*")):
        if path.is_file():
            _flush(path)
    previous = folder.parent / PREVIOUS
    had_previous = folder.exists()
    if had_previous:
        folder.rename(previous)
    try:
        fresh.rename(folder)
    except OSError:
        if had_previous:
            previous.rename(folder)
        raise
    shutil.rmtree(previous, ignore_errors=True)


def _recover(folder: Path) -> None:
    """Finish what a run that died between its two renames left."""
    for leftover in folder.parent.glob(f"{FRESH}*"):
        if time.time() - leftover.stat().st_mtime > STALE:
            shutil.rmtree(leftover, ignore_errors=True)
    previous = folder.parent / PREVIOUS
    if not previous.exists():
        return
    if folder.exists():
        shutil.rmtree(previous)
    else:
        previous.rename(folder)


def _flush(path: Path) -> None:
    """Have a file on the disk before the rename makes it the answer."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def _refuse_foreign_files(folder: Path) -> None:
    """Stop before files are thrown away that no run wrote."""
    if not folder.exists():
        return
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        written = {*manifest["outputs"], MANIFEST}
    except (OSError, ValueError, KeyError, TypeError):
        written = set[str]()
    foreign = [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.name.startswith(".")
        and path.relative_to(folder).as_posix() not in written
    ]
    if foreign:
        raise InvalidInput(
            f"{len(foreign)} files in it were not written by an earlier run, the first is {foreign[0]}.",
            where=folder.name,
            remedy=f"move them elsewhere, or remove the folder {folder.name}",
        )
