"""The list of checks."""

from __future__ import annotations

import re
from dataclasses import replace
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

#: Other names that are understood; a general word stands for several checks.
SYNONYMS: dict[str, list[str]] = {}
for _kind in KINDS.values():
    for _other in _kind.synonyms:
        SYNONYMS.setdefault(_other, []).append(_kind.code)


#: A check whose code ends in the level of its interval.
LEVELLED = re.compile(r"(.+)_(\d\d)")


def find_kinds(code: str) -> tuple[Kind, ...]:
    """Return the checks of a code or another name, ``_90`` after it for the level.

    A name such as ``t_test`` is that of several: what is given decides between
    them. That of its own code comes first.

    Raises
    ------
    InvalidInput
        If there is none; the nearest is named.
    """
    name = re.sub(r"\W+", "_", code.strip().lower().replace("'", "")).strip("_")
    own = [name] if name in KINDS else []
    if codes := own + SYNONYMS.get(name, []):
        return tuple(KINDS[each] for each in codes)
    if (levelled := LEVELLED.fullmatch(name)) and levelled[1] in KINDS:
        kind = KINDS[levelled[1]]
        if any(field.name == "level" for field in kind.fields):
            return (replace(kind, preset={**kind.preset, "level": levelled[2]}),)
    near = get_close_matches(name, [*KINDS, *SYNONYMS], 1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise InvalidInput(
        f"There is no check {code}.",
        remedy=f"{hint}synthesist check-numbers --kinds lists them",
    )
