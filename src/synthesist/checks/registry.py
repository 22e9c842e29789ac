"""The list of checks."""

from __future__ import annotations

from difflib import get_close_matches

from synthesist.checks.kind import Kind
from synthesist.checks.rules import (
    counts,
    doses,
    effects,
    estimates,
    granularity,
    mean_tests,
    medians,
    pairs,
    pools,
    rank_tests,
    spread,
    statistics,
    survival,
    trials,
    two_by_two,
)
from synthesist.errors import InvalidInput

#: Every check by its code, in the order of its questions.
KINDS: dict[str, Kind] = {
    kind.code: kind
    for module in (
        estimates,
        effects,
        counts,
        two_by_two,
        mean_tests,
        statistics,
        rank_tests,
        pairs,
        spread,
        granularity,
        medians,
        pools,
        survival,
        trials,
        doses,
    )
    for kind in module.KINDS
}

#: Other names that are understood.
SYNONYMS = {other: kind.code for kind in KINDS.values() for other in kind.synonyms}


def find_kind(code: str) -> Kind:
    """Return a check by its code or another name.

    Raises
    ------
    InvalidInput
        If there is none; the nearest is named.
    """
    name = code.strip().lower().replace("-", "_").replace(" ", "_")
    name = SYNONYMS.get(name, name)
    if name in KINDS:
        return KINDS[name]
    near = get_close_matches(name, [*KINDS, *SYNONYMS], 1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise InvalidInput(
        f"There is no check {code}.",
        remedy=f"{hint}synthesist check-numbers --kinds lists them",
    )
