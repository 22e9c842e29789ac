"""Answers on pairs of records: read, given by people, taken back."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthesist.review import DuplicateAnswer

#: Who answers when the rules do.
PROGRAM = "synthesist"


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
    from synthesist.store.together import finish_decided
    from synthesist.tables import read_csv

    # What was decided before a process died belongs to the review.
    finish_decided(folder)
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


def new_answer(
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
    from synthesist.actions.duplicates.index import record_ids
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
        new.append(new_answer(one, two, answer, moment, reason, by))
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
    from synthesist.actions.duplicates.index import record_ids
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
            new_answer(one, two, "undo", moment, reason, by)
            for one, two in _joined_by_rules(same)
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


def _joined_by_rules(same: Iterable[DuplicateAnswer]) -> Iterator[tuple[str, str]]:
    """Give every pair of a group that people's answers alone would not join.

    Not only those with an answer: the rules would join the others instead.
    """
    joined, people = Joined(), Joined()
    for answer in same:
        joined.join(answer.record_a, answer.record_b)
        if answer.by != PROGRAM:
            people.join(answer.record_a, answer.record_b)
    groups: dict[str, list[str]] = {}
    for name in [*joined.parent]:
        groups.setdefault(joined.root(name), []).append(name)
    for group in groups.values():
        for one, two in combinations(group, 2):
            if people.root(one) != people.root(two):
                yield one, two


def _without(
    what: str, same: Sequence[DuplicateAnswer], moment: str, reason: str, by: str
) -> list[DuplicateAnswer]:
    """Take one record out of its group, and keep the others together."""
    joined, rest = Joined(), Joined()
    for answer in same:
        joined.join(answer.record_a, answer.record_b)
        if what not in (answer.record_a, answer.record_b):
            rest.join(answer.record_a, answer.record_b)
    home = joined.root(what)
    members = sorted(
        name for name in [*joined.parent] if name != what and joined.root(name) == home
    )
    new = [new_answer(what, name, "undo", moment, reason, by) for name in members]
    keep = f"they stay together without {what}"
    new += [
        new_answer(members[0], name, "same", moment, keep, PROGRAM)
        for name in members[1:]
        if rest.join(members[0], name)
    ]
    return new
