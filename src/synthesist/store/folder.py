"""Read a review folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from synthesist.errors import InvalidInput, NotFound
from synthesist.review import Protocol, Review
from synthesist.store.analyses import check_analyses
from synthesist.store.columns import CSV_FILES
from synthesist.store.faults import Faults
from synthesist.store.figure_words import check_figure_words
from synthesist.store.files import check_files
from synthesist.store.individual_rules import check_individual
from synthesist.store.keys_of_rows import check_keys
from synthesist.store.plausible import check_numbers
from synthesist.store.protocol_rules import check_protocol
from synthesist.store.references import resolve_references
from synthesist.store.regimen_rules import check_regimens
from synthesist.store.rows import read_rows
from synthesist.store.screening_rules import check_screening
from synthesist.store.together import finish_decided
from synthesist.store.toml import FORMAT, read_protocol
from synthesist.store.trial_rules import check_trials


def read_folder(path: str | Path, *, to_draw: bool = False) -> Review:
    """Read a review folder, or report everything that is wrong with it.

    `to_draw` asks also for what only figures need, so that words no font of ours
    can show keep nobody from taking records in.

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
    # What an import that was killed had decided belongs to the review.
    finish_decided(folder)
    faults = Faults()
    review = _read(folder, faults)
    check_files(folder, review, faults)
    # What was probably meant takes the place of what is not known, so that the
    # checks that follow find faults of their own, not echoes of these.
    review = resolve_references(review, faults)
    review = check_protocol(review, faults)
    review = check_regimens(review, faults)
    check_keys(review, faults)
    check_numbers(review, faults)
    check_trials(review, faults)
    check_screening(review, faults)
    check_analyses(review, faults)
    if to_draw:
        check_figure_words(review, faults)
    check_individual(folder, review, faults)
    if faults.problems:
        raise InvalidInput(problems=faults.told())
    return review


def _read(folder: Path, faults: Faults) -> Review:
    """Read every file; what cannot be read is left out and noted."""
    protocol = read_protocol(folder, faults) or Protocol(format=FORMAT, title="")
    parts: dict[str, Any] = {}
    for file in CSV_FILES:
        rows = read_rows(folder, file, faults)
        if rows is None:
            faults.absent.add(file.name)
        parts[file.part] = rows or ()
    return Review(protocol=protocol, path=folder, **parts)
