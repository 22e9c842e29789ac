"""Begin a review: a folder that runs as it is, to be edited."""

from __future__ import annotations

from pathlib import Path


def new_review(folder: Path, *, bare: bool = False) -> tuple[Path, ...]:
    """Write the template of a review into a new or empty folder.

    The folder is there as a whole or not at all. `bare` leaves the invented example
    out: a review.toml with a title is all there is.

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
    from synthesist.store.begin import write_bare

    if bare:
        return begin_folder(folder, write_bare)
    return begin_folder(folder)
