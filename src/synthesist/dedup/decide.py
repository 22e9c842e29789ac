"""Apply the rules to compared pairs: an answer, the rule that gave it, and a score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from synthesist.dedup.compare import COMPARISONS
from synthesist.dedup.rules import ANSWERS, RULES, Rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthesist.dedup.compare import Levels

#: How much each level speaks for a duplicate, as logarithms of odds by judgement.
#: They order the pairs that are asked about and choose which of two contradicting
#: links is kept; no answer depends on them otherwise.
WEIGHTS: dict[str, tuple[float, ...]] = {
    "title": (0, -6, -3, 0.5, 2, 3.5, 4),
    "numbers": (0, -0.5, -3),
    "weight": (-2, 0),
    "authors": (0, -4, 0, 2, 2.5),
    "year": (0, -4, -2, 0, 1),
    "journal": (0, -1.5, 1),
    "volume": (0, -2, -1, 1.5),
    "issue": (0, -1, -0.5, 0.5),
    "pages": (0, -2, -1.5, 0, 1, 2, 3),
    "doi": (0, -4, -2, 4),
    "pmid": (0, -5, 6),
    "abstract": (0, -1, 2, 3),
    "kind": (-6, -2, 0, 0),
    "trial": (0, -2, 1),
    "source": (0, -2),
    "script": (0, 6),
    "venue": (0, -0.5, -0.5),
}

#: No rule fitted: nothing speaks for a duplicate.
NO_RULE = -1


class Decisions(NamedTuple):
    """For each pair: the place of its answer in `ANSWERS`, of its rule in `RULES`, a score.

    The score lies between 0 and 1 and orders pairs; it is no probability.
    """

    answer: NDArray[np.int8]
    rule: NDArray[np.int16]
    score: NDArray[np.float64]


def join_decisions(parts: Sequence[Decisions]) -> Decisions:
    """Return what was decided of several parts as one."""
    return Decisions(
        np.concatenate([part.answer for part in parts]),
        np.concatenate([part.rule for part in parts]),
        np.concatenate([part.score for part in parts]),
    )


def decide(levels: Levels, rules: tuple[Rule, ...] = RULES) -> Decisions:
    """Return what the first rule that fits says of each pair (m, len(COMPARISONS))."""
    names = list(COMPARISONS)
    rule = np.full(len(levels), NO_RULE, np.int16)
    open_ = np.arange(len(levels))
    for place, candidate in enumerate(rules):
        fits = np.ones(len(open_), bool)
        for name in candidate.when:
            allowed = np.array(
                [level in candidate.allows(name) for level in COMPARISONS[name]]
            )
            fits &= allowed[levels[open_, names.index(name)]]
        rule[open_[fits]] = place
        open_ = open_[~fits]
    answers = np.array([ANSWERS.index(r.answer) for r in rules] + [0], np.int8)
    total = np.zeros(len(levels))
    for column, name in enumerate(names):
        total += np.array(WEIGHTS[name], float)[levels[:, column]]
    return Decisions(answers[rule], rule, 1 / (1 + np.exp(-(total - 6.0) / 2)))


def reason_of(rule: int, rules: tuple[Rule, ...] = RULES) -> str:
    """Return why a pair was answered as it was."""
    return rules[rule].reason if rule != NO_RULE else "too little agrees"
