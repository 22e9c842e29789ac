"""Groups of records from pairs: no group holds two records that are different."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A pair that was answered, by the places of its records, and how surely."""

    left: int
    right: int
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Clustering:
    """Groups of two or more records, and the links that were not followed.

    Groups hold places in growing order and are ordered by their first. A link was
    not followed where it would have put two different records into one group.
    """

    groups: tuple[tuple[int, ...], ...]
    cut: tuple[Link, ...]


def cluster(
    size: int,
    same: Iterable[Link],
    different: Iterable[tuple[int, int]] = (),
    *,
    confirmed: Iterable[tuple[int, int]] = (),
    order: Sequence[int] | None = None,
) -> Clustering:
    """Group records by links, the surest first.

    Parameters
    ----------
    size : int
        The number of records.
    same : iterable of Link
        Pairs that are the same by the rules.
    different : iterable of (int, int)
        Pairs that must not be in one group.
    confirmed : iterable of (int, int)
        Pairs that a person called the same: they are joined first and never cut.
    order : sequence of int, optional
        The rank of each record by its contents, which breaks ties between links
        that are equally sure, so that the order of the input does not matter.
    """
    rank = range(size) if order is None else order
    sets = _Sets(size)
    for one, two in confirmed:
        sets.join(one, two)
    for one, two in different:
        sets.part(one, two)

    def by_score(link: Link) -> tuple[float, int, int]:
        low, high = sorted((rank[link.left], rank[link.right]))
        return -round(link.score, 9), low, high

    cut: list[Link] = []
    for link in sorted(same, key=by_score):
        if sets.apart(link.left, link.right):
            cut.append(link)
        else:
            sets.join(link.left, link.right)
    return Clustering(groups=sets.groups(), cut=tuple(cut))


class _Sets:
    """Sets of places that are joined step by step, and pairs of them kept apart."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))
        self.enemies: dict[int, set[int]] = {}

    def root(self, place: int) -> int:
        """Return the place that stands for a set."""
        parent = self.parent
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    def join(self, one: int, two: int) -> None:
        """Make one set of two; what was kept apart from either is from both."""
        keep, give = self.root(one), self.root(two)
        if keep == give:
            return
        if len(self.enemies.get(give, ())) > len(self.enemies.get(keep, ())):
            keep, give = give, keep
        self.parent[give] = keep
        for other in self.enemies.pop(give, set[int]()):
            self.enemies[other].discard(give)
            if other != keep:
                self.part(other, keep)

    def part(self, one: int, two: int) -> None:
        """Keep two sets apart, unless they are one already."""
        a, b = self.root(one), self.root(two)
        if a != b:
            self.enemies.setdefault(a, set()).add(b)
            self.enemies.setdefault(b, set()).add(a)

    def apart(self, one: int, two: int) -> bool:
        """Tell whether two sets are kept apart."""
        return self.root(two) in self.enemies.get(self.root(one), ())

    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Return the sets of two or more, each in growing order."""
        members: dict[int, list[int]] = {}
        for place in range(len(self.parent)):
            members.setdefault(self.root(place), []).append(place)
        return tuple(tuple(places) for places in members.values() if len(places) > 1)
