"""Replace several files of a folder together: all of them or none, whenever it dies.

New contents are written beside the folder's files first. A journal that names
them is then renamed into place, and that rename decides: before it the folder is
as it was, after it whoever opens the folder next finishes the work.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from synthesist.errors import Conflict, InvalidInput

#: Where new contents wait.
STAGE = ".taking-in"

#: The journal; once it has this name, what it lists is decided.
JOURNAL = "journal.json"
LOCK = "lock"


class Replacement:
    """New contents of files, collected before they take their places together."""

    def __init__(self, folder: Path, stage: Path) -> None:
        self.folder = folder
        self.stage = stage
        self.names: list[str] = []

    def path(self, name: str) -> Path:
        """Return where to write the new content of a file.

        Files take their places in the reverse order: the first that is asked for
        comes last, so that what refers to others should be asked for first.
        """
        if name not in self.names:
            self.names.append(name)
        return self.stage / str(self.names.index(name))


@contextmanager
def replacing_together(folder: Path) -> Generator[Replacement]:
    """Collect new files; when the body ends they take their places, all or none.

    Raises
    ------
    Conflict
        If another process does the same with this folder now.
    InvalidInput
        If the folder cannot be written.
    """
    finish(folder)
    stage = folder / STAGE
    try:
        lock = _begin(stage)
    except OSError as error:
        raise _refusal(folder, error) from None
    try:
        replacement = Replacement(folder, stage)
        yield replacement
        _decide(replacement)
        _take_places(folder, stage)
    except OSError as error:
        raise _refusal(folder, error) from None
    finally:
        lock.close()
        if not (stage / JOURNAL).exists():
            shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def held(folder: Path, what: str) -> Generator[None]:
    """Hold a folder that only one process may use at a time; it is made if need be.

    Raises
    ------
    Conflict
        If another process holds it: `what` says what is being done.
    InvalidInput
        If the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / LOCK).open("a+b")
    except OSError as error:
        raise _refusal(folder, error) from None
    with stream:
        if not _locked(stream):
            raise Conflict(
                f"{what} by another process.",
                where=str(folder),
                remedy="wait until it has ended, then repeat",
            )
        yield


def finish(folder: Path) -> None:
    """Finish what a process that died had decided, and clear what it had not.

    Raises
    ------
    Conflict
        If the process is still at work.
    """
    stage = folder / STAGE
    if not stage.is_dir():
        return
    if (stage / JOURNAL).exists():
        _take_places(folder, stage)
        return
    try:
        lock = (stage / LOCK).open("a+b")
    except OSError:
        lock = None
    if lock is not None:
        with lock:
            if not _locked(lock):
                raise Conflict(
                    "References are being taken in by another process.",
                    where=folder.name,
                    remedy="wait until it has ended, then repeat",
                )
    shutil.rmtree(stage, ignore_errors=True)


def finish_decided(folder: Path) -> None:
    """Finish what was decided, and leave alone what may still be at work."""
    if (folder / STAGE / JOURNAL).exists():
        try:
            _take_places(folder, folder / STAGE)
        except OSError as error:
            raise _refusal(folder, error) from None


def _begin(stage: Path) -> IO[bytes]:
    """Make the place for new contents and hold it."""
    try:
        stage.mkdir()
    except FileExistsError:
        raise Conflict(
            "References are being taken in by another process.",
            where=stage.parent.name,
            remedy="wait until it has ended, then repeat",
        ) from None
    lock = (stage / LOCK).open("a+b")
    _locked(lock)
    return lock


def _locked(stream: IO[bytes]) -> bool:
    """Take a lock that ends with the process; False if another has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _decide(replacement: Replacement) -> None:
    """Have everything on the disk, then rename the journal into place."""
    stage = replacement.stage
    for name in replacement.names:
        _flush(replacement.path(name))
    draft = stage / f"{JOURNAL}.draft"
    draft.write_text(json.dumps(replacement.names), encoding="utf-8")
    _flush(draft)
    draft.replace(stage / JOURNAL)
    _flush_folder(stage)


def _take_places(folder: Path, stage: Path) -> None:
    """Rename every new file into its place; what is there already was renamed before."""
    journal = stage / JOURNAL
    try:
        names = cast("list[str]", json.loads(journal.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        # Somebody else has just finished.
        return
    for place, name in reversed(list(enumerate(names))):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            (stage / str(place)).replace(target)
        except FileNotFoundError:
            continue
        _flush_folder(target.parent)
    journal.unlink(missing_ok=True)
    shutil.rmtree(stage, ignore_errors=True)


def _flush(path: Path) -> None:
    """Have a file on the disk."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def _flush_folder(path: Path) -> None:
    """Have the names in a folder on the disk, where the system can."""
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refusal(folder: Path, error: OSError) -> InvalidInput:
    """Say that the folder cannot be written."""
    return InvalidInput(
        f"The review cannot be written: {error.strerror}.",
        where=str(folder),
        remedy="check the permissions and the space left; the review is as it was",
    )
