"""Duplicates found in files or in a review, answered, taken back."""

from __future__ import annotations

import csv
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthesist.actions.dedup_reading import Loaded
    from synthesist.dedup import Answered, Duplicates, Pair
    from synthesist.review import DuplicateAnswer

#: Who answers when the rules do.
PROGRAM = "synthesist"

PAIR_COLUMNS = ("left", "right", "answer", "score", "reason")


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
    from synthesist.actions.dedup_reading import read_files

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
    from synthesist.actions.dedup_index import load_folder, save_index
    from synthesist.dedup import find_duplicates

    answers = read_answers(folder)
    with keeping_everything():
        held = load_folder(folder, source=source, workers=workers)
        found = find_duplicates(
            held.loaded.records,
            _answered(answers, held.loaded.ids, held.reports),
            new_from=held.new_from,
            known=held.asked,
            workers=workers,
        )
    written = _new_answers(found, answers, held.loaded.ids) if write else ()
    append_answers(folder, written)
    if write:
        save_index(folder, held, found.ask)
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


def now() -> str:
    """Return the time in UTC as files have it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def read_answers(folder: Path) -> tuple[DuplicateAnswer, ...]:
    """Read the answers of a review in the order in which they were given.

    Raises
    ------
    InvalidInput
        If duplicates.csv cannot be read.
    """
    from synthesist.review import DuplicateAnswer
    from synthesist.store.append_answers import COLUMNS
    from synthesist.tables import read_csv

    file = folder / "duplicates.csv"
    if not file.exists():
        return ()
    table = read_csv(file, name=file.name)
    table.require(COLUMNS[:3])
    names = [name for name in COLUMNS if name in table]
    rows = zip(*(table.texts(name) for name in names), strict=True)
    empty = dict.fromkeys(COLUMNS, "")
    return tuple(
        DuplicateAnswer(**(empty | dict(zip(names, row, strict=True))), row=place)
        for place, row in enumerate(rows, start=2)
    )


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
            new.append(_answer(one, two, "undo", moment, "another answer contradicts"))
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
                new.append(_answer(one, two, "same", moment, why))
    return tuple(new)


def _answer(
    one: str, two: str, answer: str, moment: str, reason: str, by: str = PROGRAM
) -> DuplicateAnswer:
    """Return one answer."""
    from synthesist.review import DuplicateAnswer

    return DuplicateAnswer(
        record_a=one, record_b=two, answer=answer, by=by, time=moment, reason=reason
    )


class Joined:
    """Names that were joined, directly or by way of others."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def root(self, name: str) -> str:
        """Return the name that stands for all that are joined with this one."""
        parent = self.parent
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    def join(self, one: str, two: str) -> bool:
        """Join two names; tell whether they were apart."""
        a, b = self.root(one), self.root(two)
        self.parent[a] = b
        return a != b


def answer_pairs(
    folder: Path, pairs: Iterable[tuple[str, str, str]], *, by: str, reason: str = ""
) -> tuple[DuplicateAnswer, ...]:
    """Add a person's answers to a review.

    Parameters
    ----------
    folder : Path
        The review.
    pairs : iterable of (str, str, str)
        Two records and the answer on them: same, different or undo.
    by : str
        Who answers.
    reason : str
        Why, the same for all of them.

    Raises
    ------
    InvalidInput
        If nobody answers, an answer is none, or a record is not in the review.
    """
    from synthesist.actions.dedup_index import record_ids
    from synthesist.errors import InvalidInput, Problem
    from synthesist.review.records import DUPLICATE_ANSWERS
    from synthesist.store.append_answers import append_answers

    if not by.strip() or by == PROGRAM:
        raise InvalidInput("Nobody answers.", remedy="say who answers with --by NAME")
    known = record_ids(folder)
    problems: list[Problem] = []
    new: list[DuplicateAnswer] = []
    moment = now()
    for one, two, answer in pairs:
        problems += [
            Problem(
                message=f"There is no record {name}",
                remedy="name a record of records.csv",
            )
            for name in (one, two)
            if name not in known
        ]
        if answer not in DUPLICATE_ANSWERS:
            options = ", ".join(DUPLICATE_ANSWERS)
            problems.append(
                Problem(
                    message=f"'{answer}' on {one} and {two} is no answer",
                    remedy=f"answer one of {options}",
                )
            )
        if one == two:
            problems.append(Problem(message=f"{one} is compared with itself"))
        new.append(_answer(one, two, answer, moment, reason, by))
    if problems:
        raise InvalidInput(problems=problems)
    append_answers(folder, new)
    return tuple(new)


def take_back(
    folder: Path, what: str, *, by: str, reason: str = ""
) -> tuple[DuplicateAnswer, ...]:
    """Take answers back: all that the rules gave, or every one that joins a record.

    The answers stay in duplicates.csv with one that takes each back behind them.
    The other records of a group stay together.

    Parameters
    ----------
    folder : Path
        The review.
    what : str
        A record, or `all`.
    by, reason : str
        Who takes them back, and why.

    Raises
    ------
    InvalidInput
        If nobody does it, or nothing joins the record to another one.
    """
    from synthesist.actions.dedup_index import record_ids
    from synthesist.errors import InvalidInput
    from synthesist.review.reports import standing_answers
    from synthesist.store.append_answers import append_answers

    if not by.strip() or by == PROGRAM:
        raise InvalidInput("Nobody takes it back.", remedy="say who with --by NAME")
    answers = read_answers(folder)
    same = [a for a in standing_answers(answers).values() if a.answer == "same"]
    moment = now()
    if what == "all":
        new = [
            _answer(a.record_a, a.record_b, "undo", moment, reason, by)
            for a in same
            if a.by == PROGRAM
        ]
    else:
        new = _without(what, same, moment, reason, by)
    if not new:
        known = what == "all" or what in record_ids(folder)
        raise InvalidInput(
            "There is nothing to take back."
            if known
            else f"There is no record {what}.",
            remedy="name a record that was merged, or all",
        )
    append_answers(folder, new)
    return tuple(new)


def _without(
    what: str, same: Sequence[DuplicateAnswer], moment: str, reason: str, by: str
) -> list[DuplicateAnswer]:
    """Take one record out of its group, and keep the others together."""
    joined, rest = Joined(), Joined()
    for answer in same:
        joined.join(answer.record_a, answer.record_b)
        if what not in (answer.record_a, answer.record_b):
            rest.join(answer.record_a, answer.record_b)
    members = sorted(
        name
        for name in joined.parent
        if name != what and joined.root(name) == joined.root(what)
    )
    new = [_answer(what, name, "undo", moment, reason, by) for name in members]
    keep = f"they stay together without {what}"
    new += [
        _answer(members[0], name, "same", moment, keep, PROGRAM)
        for name in members[1:]
        if rest.join(members[0], name)
    ]
    return new


def write_pairs(file: Path, found: Deduplicated) -> None:
    """Write every pair inside each group, then those to ask about.

    Raises
    ------
    InvalidInput
        If the file cannot be written.
    """
    rows = (
        (left, right, answer, f"{score:.6f}", reason)
        for left, right, answer, score, reason in found.pairs()
    )
    write_csv(file, PAIR_COLUMNS, rows)


def write_csv(
    file: Path, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write a CSV as a whole or not at all.

    Raises
    ------
    InvalidInput
        If the file cannot be written.
    """
    from synthesist.errors import InvalidInput

    draft = file.with_name(f".{file.name}.draft")
    try:
        with draft.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise InvalidInput(
            f"The file cannot be written: {error.strerror}.", where=str(file)
        ) from None
