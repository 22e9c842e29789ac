"""Find the duplicates among references: block, compare, decide, cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from synthesist.dedup.bibliography import Normalised
from synthesist.dedup.block import find_pairs, key_table, order_of
from synthesist.dedup.cluster import Clustering, Link, cluster
from synthesist.dedup.decide import NO_RULE, Decisions, join_decisions, reason_of
from synthesist.dedup.parallel import compare_all
from synthesist.dedup.places import NO_PAGES
from synthesist.dedup.rules import ANSWERS, RULES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthesist.dedup.block import Pairs

SAME, ASK, DIFFERENT = (ANSWERS.index(name) for name in ("same", "ask", "different"))

#: Pairs on which no rule says anything are kept from this score on, as near misses.
OPEN = 0.1

#: A group with more members than this is not looked through for pairs that differ.
LARGE = 60

#: What a record without a place is asked about only while it has no duplicate.
_ALONE = frozenset(rule.reason for rule in RULES if rule.alone)

#: Why records are in one group that were compared earlier.
BEFORE = "they were answered before"

#: Why records are in one group that were not compared, or did not agree by themselves.
INDIRECT = "both agree with another record of the group"
CUT = "they agree, but each stands with a record from which the other differs"
TAKEN_BACK = "they agree, but somebody took this answer back"
NOT_COMPARED = (INDIRECT, BEFORE)


class Pair(NamedTuple):
    """Two records by their places, what was answered, how surely, and why.

    `answer` is "same", "ask", "different", or "open" where no rule fitted.
    """

    left: int
    right: int
    answer: str
    score: float
    reason: str


class Answered(NamedTuple):
    """What is known of pairs of records, by their places, before they are compared.

    `same` and `different` are people's answers; `held` are earlier answers of the
    rules, and `taken_back` those that somebody undid.
    """

    same: tuple[tuple[int, int], ...] = ()
    different: tuple[tuple[int, int], ...] = ()
    held: tuple[tuple[int, int], ...] = ()
    taken_back: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """Groups of records that are one report, and the pairs that a person must judge.

    `groups` hold places in growing order. `ask` is ordered by doubt. `compared`
    maps a pair of places to its answer by the rules.
    """

    groups: tuple[tuple[int, ...], ...]
    ask: tuple[Pair, ...]
    compared: Mapping[tuple[int, int], Pair] = field(repr=False)
    confirmed: frozenset[tuple[int, int]] = frozenset()
    held: frozenset[tuple[int, int]] = frozenset()

    @property
    def to_remove(self) -> int:
        """The number of records beyond the first of each group."""
        return sum(len(group) - 1 for group in self.groups)

    def pairs(self) -> Iterable[Pair]:
        """Give every pair inside each group."""
        for group in self.groups:
            yield from self.inside(group)

    def inside(self, group: tuple[int, ...]) -> Iterable[Pair]:
        """Give every pair inside one group, with why it is in it."""
        agreed = {
            pair: found
            for pair in _within(group)
            if (found := self.compared.get(pair)) is not None and found.answer == "same"
        }
        least = min((pair.score for pair in agreed.values()), default=1.0)
        for pair in _within(group):
            if pair in self.confirmed:
                yield Pair(*pair, "same", 1.0, "a person said so")
            elif pair in agreed:
                yield agreed[pair]
            elif pair in self.held:
                yield Pair(*pair, "same", least, BEFORE)
            else:
                yield Pair(*pair, "same", least, INDIRECT)


def find_duplicates(
    given: Normalised,
    answered: Answered | None = None,
    *,
    new_from: int = 0,
    known: Iterable[Pair] = (),
    workers: int = 1,
) -> Duplicates:
    """Find the records that stand for one report.

    Parameters
    ----------
    given : Normalised
        The records.
    answered : Answered, optional
        What is known of pairs: people's answers hold whatever the rules say.
    new_from : int
        Records before this place have been compared with each other already.
    known : iterable of Pair
        What was found when they were compared, as `Duplicates.compared` has it.
    workers : int
        How many processes may compare.
    """
    answered = answered or Answered()
    rank = order_of(given)
    pairs = find_pairs(key_table(given), rank, new_from)
    pairs, decisions = compare_all(given, pairs, workers)
    before = {(pair.left, pair.right): pair for pair in known}
    extra = _unseen(pairs, decisions, answered, len(given), before)
    if len(extra):
        more, decided = compare_all(given, extra, 1, everything=True)
        pairs = np.concatenate((pairs, more))
        decisions = join_decisions([decisions, decided])
    compared = _interesting(pairs, decisions)
    compared.update(before)
    return _group(compared, answered, rank, given)


def _group(
    compared: dict[tuple[int, int], Pair],
    answered: Answered,
    rank: NDArray[np.int64],
    given: Normalised,
) -> Duplicates:
    """Make groups of the answers and list what is left to ask."""
    places = rank.tolist()
    back = set(map(_sorted, answered.taken_back))
    back -= set(map(_sorted, answered.same))
    links = [
        Link(pair.left, pair.right, pair.score)
        for pair in compared.values()
        if pair.answer == "same"
    ]
    links += [Link(one, two) for one, two in answered.held]
    enemies = [pair[:2] for pair in compared.values() if pair.answer == "different"]
    found = cluster(
        len(given),
        links,
        sorted({*map(_sorted, enemies), *map(_sorted, answered.different), *back}),
        confirmed=map(_sorted, answered.same),
        order=places,
    )
    confirmed = frozenset(map(_sorted, answered.same))
    # An answer that is held counts for more, but is asked about as what it is.
    cut = [
        Link(link.left, link.right, compared[pair].score) if pair in compared else link
        for link in found.cut
        for pair in [_sorted((link.left, link.right))]
    ]
    open_ = _without_settled(compared, found, given)
    asked = _ask(open_, Clustering(found.groups, tuple(cut)), answered, back, places)
    return Duplicates(
        groups=found.groups,
        ask=asked,
        compared=compared,
        confirmed=confirmed,
        held=frozenset(map(_sorted, answered.held)),
    )


def _interesting(pairs: Pairs, decisions: Decisions) -> dict[tuple[int, int], Pair]:
    """Return the pairs on which a rule had something to say, or that are not far off."""
    there = np.flatnonzero((decisions.rule != NO_RULE) | (decisions.score >= OPEN))
    found: dict[tuple[int, int], Pair] = {}
    places: list[list[int]] = pairs[there].tolist()
    rules: list[int] = decisions.rule[there].tolist()
    scores: list[float] = decisions.score[there].tolist()
    for (left, right), rule, score in zip(places, rules, scores, strict=True):
        answer = RULES[rule].answer if rule != NO_RULE else "open"
        reason = reason_of(rule)
        found[left, right] = Pair(left, right, answer, score, reason)
    return found


def _unseen(
    pairs: Pairs,
    decisions: Decisions,
    answered: Answered,
    size: int,
    before: Mapping[tuple[int, int], Pair],
) -> Pairs:
    """Return the pairs within groups to be that were not compared yet."""
    there = pairs[decisions.answer == SAME].tolist()
    links = [Link(one, two) for one, two in there]
    links += [Link(*pair) for pair in (*answered.same, *answered.held)]
    links += [Link(*place) for place, pair in before.items() if pair.answer == "same"]
    groups = cluster(size, links).groups
    seen = set(before)
    if groups:
        seen.update(zip(pairs[:, 0].tolist(), pairs[:, 1].tolist(), strict=True))
    found = [
        pair
        for group in groups
        if 2 < len(group) <= LARGE
        for pair in _within(group)
        if pair not in seen
    ]
    return np.array(found, dtype=np.int64).reshape(len(found), 2)


def _without_settled(
    compared: Mapping[tuple[int, int], Pair], found: Clustering, given: Normalised
) -> Mapping[tuple[int, int], Pair]:
    """Leave out the questions about records without a place that have found theirs."""
    placed = {place for group in found.groups for place in group}

    def is_open(pair: Pair) -> bool:
        if pair.reason not in _ALONE:
            return True
        return any(
            place not in placed
            and not given.volume[place]
            and given.pages[place] == NO_PAGES
            for place in pair[:2]
        )

    return {
        pair[:2]: pair
        for pair in compared.values()
        if pair.answer == "ask" and is_open(pair)
    }


def _ask(
    compared: Mapping[tuple[int, int], Pair],
    found: Clustering,
    answered: Answered,
    back: set[tuple[int, int]],
    rank: list[int],
) -> tuple[Pair, ...]:
    """Return the pairs to ask about, one between two groups, the most doubtful first."""
    home: dict[int, int] = {}
    for number, group in enumerate(found.groups):
        home.update(dict.fromkeys(group, -1 - number))
    settled = {
        frozenset((home.get(a, a), home.get(b, b))) for a, b in answered.different
    }
    candidates = list(compared.values())
    candidates += [
        Pair(
            *_sorted((link.left, link.right)),
            "ask",
            link.score,
            TAKEN_BACK if _sorted((link.left, link.right)) in back else CUT,
        )
        for link in found.cut
    ]
    best: dict[frozenset[int], Pair] = {}

    def order(pair: Pair) -> tuple[float, int, int]:
        low, high = sorted((rank[pair.left], rank[pair.right]))
        return -round(pair.score, 9), low, high

    for pair in sorted(candidates, key=order):
        between = frozenset(
            (home.get(pair.left, pair.left), home.get(pair.right, pair.right))
        )
        if len(between) == 2 and between not in settled:
            best.setdefault(between, pair)

    def doubt(pair: Pair) -> tuple[float, int, int]:
        low, high = sorted((rank[pair.left], rank[pair.right]))
        return round(abs(pair.score - 0.5), 9), low, high

    return tuple(sorted(best.values(), key=doubt))


def _within(group: tuple[int, ...]) -> Iterable[tuple[int, int]]:
    """Give every pair of a group in growing order."""
    for place, one in enumerate(group):
        for two in group[place + 1 :]:
            yield one, two


def _sorted(pair: tuple[int, int]) -> tuple[int, int]:
    """Return a pair in growing order."""
    one, two = pair
    return (one, two) if one <= two else (two, one)
