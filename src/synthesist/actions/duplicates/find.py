"""Duplicates found in files, or in a review with what was answered there."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthesist.actions.duplicates.answers import (
    PROGRAM,
    Joined,
    new_answer,
    now,
    read_answers,
)

if TYPE_CHECKING:
    from synthesist.actions.duplicates.reading import Loaded
    from synthesist.dedup import Answered, Duplicates, Pair
    from synthesist.review import DuplicateAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduplicated:
    """What was found among records; `written` are the answers a review got from it."""

    loaded: Loaded = field(repr=False)
    duplicates: Duplicates = field(repr=False)
    seconds: float
    written: tuple[DuplicateAnswer, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the records in their order."""
        return self.loaded.ids

    def pairs(self) -> Iterable[tuple[str, str, str, float, str]]:
        """Give every pair inside each group, then the pairs to ask about, by ids."""
        for pair in (*self.duplicates.pairs(), *self.duplicates.ask):
            left, right = self.ids[pair.left], self.ids[pair.right]
            yield left, right, pair.answer, pair.score, pair.reason

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as JSON values, every key always present."""
        return {
            "records": len(self.ids),
            "groups": len(self.duplicates.groups),
            "to_remove": self.duplicates.to_remove,
            "ask": len(self.duplicates.ask),
            "seconds": round(self.seconds, 3),
        }


def deduplicate_files(
    files: Sequence[Path],
    *,
    source: str = "",
    columns: Mapping[str, str] | None = None,
    workers: int = 0,
) -> Deduplicated:
    """Find the duplicates among the records of files; nothing is written.

    Parameters
    ----------
    files : sequence of Path
        Tables or reference files.
    source : str
        The database that all records came from, where they do not say.
    columns : mapping of str to str, optional
        The column of a table for each field, where names do not tell.
    workers : int
        Processes that may work; 0 is one for each processor.

    Raises
    ------
    InvalidInput
        If a file cannot be read or an id stands there twice.
    NotFound
        If there is no such file.
    """
    from synthesist.actions.duplicates.reading import read_files

    need_library()
    started = time.perf_counter()
    workers = workers or processors()
    from synthesist.dedup import find_duplicates

    with keeping_everything():
        loaded = read_files(files, source=source, columns=columns, workers=workers)
        found = find_duplicates(loaded.records, workers=workers)
    return Deduplicated(
        loaded=loaded, duplicates=found, seconds=time.perf_counter() - started
    )


def deduplicate_folder(
    folder: Path, *, source: str = "", workers: int = 0, write: bool = True
) -> Deduplicated:
    """Find the duplicates of a review and write the answers to duplicates.csv.

    What people answered holds, what somebody took back is not answered again, and
    records that were compared earlier are compared with new ones only.

    Raises
    ------
    InvalidInput
        If the review cannot be read or written.
    NotFound
        If there is no such folder, or it has no records.
    """
    from synthesist.store.append_answers import append_answers

    need_library()
    started = time.perf_counter()
    workers = workers or processors()
    from synthesist.actions.duplicates.index import load_folder, save_index
    from synthesist.dedup import find_duplicates

    answers = read_answers(folder)
    with keeping_everything():
        held = load_folder(folder, source=source, workers=workers)
        found = find_duplicates(
            held.loaded.records,
            _answered(answers, held.loaded.ids, held.one_report),
            new_from=held.new_from,
            known=held.compared,
            workers=workers,
        )
    written = _new_answers(found, answers, held.loaded.ids) if write else ()
    append_answers(folder, written)
    if write:
        save_index(folder, held, found.compared.values())
    return Deduplicated(
        loaded=held.loaded,
        duplicates=found,
        seconds=time.perf_counter() - started,
        written=written,
    )


def need_library() -> None:
    """Refuse to begin without the library that compares texts.

    Raises
    ------
    InvalidInput
        If it is not installed.
    """
    from importlib.util import find_spec

    from synthesist.errors import InvalidInput

    if find_spec("rapidfuzz") is None:
        raise InvalidInput(
            "Looking for duplicates needs rapidfuzz.",
            remedy="install synthesist[review]",
        )


@contextmanager
def keeping_everything() -> Generator[None]:
    """Do not look for what can be thrown away while all that is made is kept."""
    import gc

    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def processors() -> int:
    """Return how many processes may work at once."""
    import os

    return os.cpu_count() or 1


def _answered(
    answers: Sequence[DuplicateAnswer],
    ids: Sequence[str],
    reports: Iterable[tuple[int, int]],
) -> Answered:
    """Sort the answers that stand by who gave them, as places of records."""
    from synthesist.dedup import Answered

    place = {name: number for number, name in enumerate(ids)}
    last: dict[tuple[int, int], DuplicateAnswer] = {}
    for answer in answers:
        one, two = place.get(answer.record_a), place.get(answer.record_b)
        if one is not None and two is not None and one != two:
            last[min(one, two), max(one, two)] = answer
    kinds: dict[str, list[tuple[int, int]]] = {
        "same": list(reports),
        "different": [],
        "undo": [],
        "held": [],
    }
    for pair, answer in last.items():
        by_rules = answer.by == PROGRAM and answer.answer == "same"
        kinds["held" if by_rules else answer.answer].append(pair)
    return Answered(
        same=tuple(kinds["same"]),
        different=tuple(kinds["different"]),
        held=tuple(kinds["held"]),
        taken_back=tuple(kinds["undo"]),
    )


def _new_answers(
    found: Duplicates, answers: Sequence[DuplicateAnswer], ids: Sequence[str]
) -> tuple[DuplicateAnswer, ...]:
    """Return the answers that a review lacks for the groups to stand in it."""
    from synthesist.dedup.find import NOT_COMPARED
    from synthesist.review.reports import standing_answers

    moment = now()
    home = {ids[p]: group[0] for group in found.groups for p in group}
    new: list[DuplicateAnswer] = []
    joined = Joined()
    for answer in standing_answers(answers).values():
        one, two = answer.record_a, answer.record_b
        if answer.answer != "same" or one == two:
            continue
        together = one in home and home[one] == home.get(two)
        if answer.by == PROGRAM and not together:
            new.append(
                new_answer(one, two, "undo", moment, "another answer contradicts")
            )
        else:
            joined.join(one, two)
    for left, right in found.confirmed:
        joined.join(ids[left], ids[right])

    def by_strength(pair: Pair) -> tuple[bool, float, int, int]:
        return pair.reason in NOT_COMPARED, -pair.score, pair.left, pair.right

    for group in found.groups:
        for pair in sorted(found.inside(group), key=by_strength):
            one, two = ids[pair.left], ids[pair.right]
            if joined.join(one, two):
                why = f"{pair.reason} (score {pair.score:.3f})"
                new.append(new_answer(one, two, "same", moment, why))
    return tuple(new)
