"""Reports of one study: suggestions, as no merge is meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from synthesist.dedup.bibliography import Normalised
from synthesist.dedup.compare import compare_pair
from synthesist.dedup.find import Duplicates

#: A registration that more reports than this name is that of no single trial.
MANY = 40


class Suggestion(NamedTuple):
    """Two reports, by the first places of their records, that may be of one study."""

    left: int
    right: int
    reason: str


def suggest_studies(
    given: Normalised,
    duplicates: Duplicates,
    *,
    sizes: Sequence[frozenset[int]] = (),
) -> tuple[Suggestion, ...]:
    """Suggest which reports belong to one study.

    Two reports do when they name one registration; when title and authors agree
    though they are no duplicates, as an abstract and its paper; or when most
    authors and the number of participants agree and the years are near.

    Parameters
    ----------
    given : Normalised
        The records.
    duplicates : Duplicates
        Their groups: a group is one report.
    sizes : sequence of frozenset of int, optional
        The numbers of participants that each record's abstract names.
    """
    home = list(range(len(given)))
    for group in duplicates.groups:
        for place in group:
            home[place] = group[0]
    found: dict[tuple[int, int], str] = {}

    def suggest(one: int, two: int, reason: str) -> None:
        left, right = sorted((home[one], home[two]))
        if left != right:
            found.setdefault((left, right), reason)

    for trial, places in sorted(_by_trial(given).items()):
        for place in places[1:]:
            suggest(places[0], place, f"both name {trial}")
    for (one, two), pair in duplicates.compared.items():
        if pair.answer != "same":
            reason = _ground(given, one, two, pair.reason, sizes)
            if reason:
                suggest(one, two, reason)
    return tuple(Suggestion(*pair, reason) for pair, reason in sorted(found.items()))


def _by_trial(given: Normalised) -> dict[str, list[int]]:
    """Return the records that name each registration, but for those of too many."""
    found: dict[str, list[int]] = {}
    for place, trials in enumerate(given.trials):
        for trial in trials:
            found.setdefault(trial, []).append(place)
    return {trial: places for trial, places in found.items() if len(places) <= MANY}


def _ground(
    given: Normalised,
    one: int,
    two: int,
    why: str,
    sizes: Sequence[frozenset[int]],
) -> str:
    """Return why two reports that are no duplicates may be of one study, or nothing."""
    levels = compare_pair(given, one, two)
    if levels["trial"] == "differ" or levels["authors"] not in ("agree", "all"):
        return ""
    if levels["title"] in ("same", "near", "part") and levels["weight"] == "strong":
        if levels["numbers"] != "differ":
            return f"title and authors agree, but {why}"
        return ""
    same_size = bool(sizes) and bool(sizes[one] & sizes[two])
    if same_size and levels["year"] in ("same", "one", "two"):
        number = min(sizes[one] & sizes[two])
        return f"authors and the number of participants ({number}) agree"
    return ""
