"""Reports of one study: suggestions, as no merge is meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from synthesist.dedup.bibliography import Normalised
from synthesist.dedup.compare import compare_pair
from synthesist.dedup.facts import Facts
from synthesist.dedup.find import Duplicates
from synthesist.dedup.people import family_of

#: What more reports than this have in common is not of a single study.
MANY = 40

#: Authors who stand first in a report: one of them may stand first in another.
FIRST = 3


class Suggestion(NamedTuple):
    """Two reports, by the first places of their records, that may be of one study."""

    left: int
    right: int
    reason: str


def suggest_studies(
    given: Normalised,
    duplicates: Duplicates,
    *,
    facts: Sequence[Facts] = (),
) -> tuple[Suggestion, ...]:
    """Suggest which reports belong to one study.

    Two reports do when they name one registration; when title and authors agree
    though they are no duplicates, as an abstract and its paper; or when authors and
    what they say of the study agree: the dates of recruitment, or the number of
    participants and the centre or nearly the year. Where only some of the authors
    are the same, number and dates have to agree. Reports with other registrations
    or other dates are never suggested for these.

    Parameters
    ----------
    given : Normalised
        The records.
    duplicates : Duplicates
        Their groups: a group is one report.
    facts : sequence of Facts, optional
        What each record says of its study.
    """
    home = list(range(len(given)))
    for group in duplicates.groups:
        for place in group:
            home[place] = group[0]
    found: dict[tuple[int, int], str] = {}

    def suggest(one: int, two: int, reason: str) -> None:
        left, right = sorted((home[one], home[two]))
        if left != right and reason:
            found.setdefault((left, right), reason)

    for trial, places in sorted(_by_trial(given).items()):
        for place in places[1:]:
            suggest(places[0], place, f"both name {trial}")
    for (one, two), pair in duplicates.compared.items():
        if pair.answer != "same":
            suggest(one, two, _like_duplicates(given, one, two, pair.reason))
    for one, two in _sharing(given, facts):
        if home[one] != home[two]:
            suggest(one, two, _one_study(given, one, two, facts))
    return tuple(Suggestion(*pair, reason) for pair, reason in sorted(found.items()))


def _by_trial(given: Normalised) -> dict[str, list[int]]:
    """Return the records that name each registration, but for those of too many."""
    found: dict[str, list[int]] = {}
    for place, trials in enumerate(given.trials):
        for trial in trials:
            found.setdefault(trial, []).append(place)
    return {trial: places for trial, places in found.items() if len(places) <= MANY}


def _like_duplicates(given: Normalised, one: int, two: int, why: str) -> str:
    """Return why two that are no duplicates are nearly alike, or nothing."""
    levels = compare_pair(given, one, two)
    if levels["trial"] == "differ" or levels["authors"] not in ("agree", "all"):
        return ""
    if levels["title"] not in ("same", "near", "part") or levels["weight"] == "weak":
        return ""
    return (
        f"title and authors agree, but {why}" if levels["numbers"] != "differ" else ""
    )


def _sharing(given: Normalised, facts: Sequence[Facts]) -> Iterator[tuple[int, int]]:
    """Give the pairs that have a leading author or a centre, and a fact, in common."""
    found: dict[tuple[str, int | str], list[int]] = {}
    for place, fact in enumerate(facts):
        people = {family_of(name) for name in given.authors[place][:FIRST]}
        shared: set[tuple[str, int | str]] = {
            (person, told) for person in people for told in (*_total(fact), *fact.times)
        }
        shared |= {(centre, time) for centre in fact.centres for time in fact.times}
        for key in shared:
            found.setdefault(key, []).append(place)
    pairs = {
        pair
        for places in found.values()
        if 1 < len(places) <= MANY
        for pair in combinations(places, 2)
    }
    yield from sorted(pairs)


def _total(fact: Facts) -> tuple[int, ...]:
    """Return the number of all participants: the largest that is named."""
    return (max(fact.sizes),) if fact.sizes else ()


def _one_study(given: Normalised, one: int, two: int, facts: Sequence[Facts]) -> str:
    """Return why what two reports say of their studies is of one, or nothing."""
    levels = compare_pair(given, one, two)
    a, b = facts[one], facts[two]
    if levels["trial"] == "differ" or (a.times and b.times and not a.times & b.times):
        return ""
    sizes = {*_total(a)} & b.sizes | {*_total(b)} & a.sizes
    centres, times = a.centres & b.centres, a.times & b.times
    if levels["authors"] in ("agree", "all"):
        near = levels["year"] in ("same", "one", "two")
        enough = times or (sizes and (near or centres))
        agreed = ["authors"]
    else:
        enough = levels["authors"] == "some" and sizes and times
        agreed = ["some authors"]
    if not enough:
        return ""
    if sizes:
        agreed.append(f"the number of participants ({max(sizes)})")
    if centres:
        agreed.append(f"the centre ({min(centres)})")
    if times:
        agreed.append(f"the dates ({min(times).replace('/', ' to ')})")
    return f"{', '.join(agreed[:-1])} and {agreed[-1]} agree"
