"""Check a review folder: everything that keeps it from being computed, at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from synthesist.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from synthesist.review import Review


def check_review(folder: Path) -> Review:
    """Return the review that a folder holds, once nothing in it stops a run.

    Raises
    ------
    InvalidInput
        With every problem of the folder: file, row, field, remedy. The planned
        analyses are tried when the files themselves are without fault.
    NotFound
        If there is no such folder.
    """
    from synthesist.actions.analyse import analyse
    from synthesist.actions.check_exports import check_exports
    from synthesist.actions.individual import analyse_individual
    from synthesist.store import read_folder

    review = read_folder(folder, to_draw=True)
    problems: list[Problem] = check_exports(folder, review)
    for plan in review.protocol.analyses:
        try:
            analyse(review, plan)
        except InvalidInput as error:
            problems.extend(error.problems)
    try:
        analyse_individual(review, folder)
    except InvalidInput as error:
        problems.extend(error.problems)
    if problems:
        raise InvalidInput(problems=problems)
    return review
