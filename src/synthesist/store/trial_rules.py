"""Check what a folder says of single trials against itself."""

from __future__ import annotations

from synthesist.review import Result, Review
from synthesist.store.faults import Faults

#: What must be equal for two counts to be of the same people.
SAME = ("study", "arm", "comparator", "timepoint", "population")


def check_trials(review: Review, faults: Faults) -> None:
    """Report directions that contradict their fold, and parts larger than the whole."""
    for result in review.results:
        _check_fold(result, faults)
        _check_censored(result, faults)
    within = {o.id: o.within for o in review.protocol.outcomes if o.within}
    for index, outcome in enumerate(review.protocol.outcomes):
        if outcome.within and _goes_round(outcome.id, within):
            faults.key(
                "outcomes",
                index,
                "within",
                f"'{outcome.id}' lies within itself",
                "name the wider outcome, and none for the widest",
            )
            return
    counts = {
        (*(getattr(r, name) for name in SAME), r.outcome): r for r in review.results
    }
    for result in review.results:
        key = tuple(getattr(result, name) for name in SAME)
        whole = counts.get((*key, within.get(result.outcome, "")))
        if whole is None or result.events is None or whole.events is None:
            continue
        if result.events > whole.events:
            faults.cell(
                "results.csv",
                result.row,
                "events",
                f"{result.events} have {result.outcome}, and {whole.events} have {whole.outcome} (row {whole.row}), within which it lies",
                "correct one of them, or the key within of the outcome",
            )


def _goes_round(name: str, within: dict[str, str]) -> bool:
    """Tell whether an outcome lies within itself, by others or at once."""
    seen = {name}
    while (name := within.get(name, "")) and name not in seen:
        seen.add(name)
    return bool(name)


def _check_fold(result: Result, faults: Faults) -> None:
    if result.fold is None or not result.direction:
        return
    up = result.fold > 1
    if (result.direction == "increase" and not up) or (
        result.direction == "decrease" and up
    ):
        faults.cell(
            "results.csv",
            result.row,
            "fold",
            f"A fold of {result.fold:g} is no {result.direction}",
            "write 15 for fifteen times as much, 0.5 for half",
            others=("direction",),
        )


def _check_censored(result: Result, faults: Faults) -> None:
    for name in result.censored:
        if getattr(result, name) is None:
            faults.cell(
                "results.csv",
                result.row,
                "censored",
                f"{name} is censored and not filled",
                f"fill {name} with the time that was still running, or leave it out here",
            )
