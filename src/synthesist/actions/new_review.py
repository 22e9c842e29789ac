"""Begin a review: a folder that runs as it is, to be edited."""

from __future__ import annotations

from pathlib import Path


def new_review(folder: Path) -> tuple[Path, ...]:
    """Write the template of a review into a new or empty folder.

    The folder is there as a whole or not at all.

    Returns
    -------
    tuple of Path
        The files that were written, in the order of their names.

    Raises
    ------
    InvalidInput
        If the folder holds anything, or cannot be written.
    """
    from synthesist.store import begin_folder

    return begin_folder(folder)
