"""What a rule on duplicates is, and the levels that many of them name."""

from __future__ import annotations

from dataclasses import dataclass

from synthesist.dedup.compare import COMPARISONS

ANSWERS = ("different", "ask", "same")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An answer, the levels that every comparison must have for it, and why.

    `when` maps a comparison to the levels it may have, separated by bars; what is
    not named may have any. The first rule that fits decides. With `alone` nobody is
    asked about a record without a place that has found its duplicates.
    """

    code: str
    answer: str
    when: dict[str, str]
    reason: str
    alone: bool = False

    def allows(self, comparison: str) -> frozenset[str]:
        """Return the levels that a comparison may have."""
        if comparison not in self.when:
            return frozenset(COMPARISONS[comparison])
        return frozenset(self.when[comparison].split("|"))


def rule(
    code: str, answer: str, reason: str, *, alone: bool = False, **when: str
) -> Rule:
    """Write one row of the table."""
    return Rule(code=code, answer=answer, reason=reason, when=when, alone=alone)


#: Titles that agree, spelling aside.
TITLE = "same|near"
#: Titles of which one may be cut, or have a word exchanged.
ALMOST = "same|near|part|close"
#: Pages that agree, and pages that at least do not contradict.
PAGES = "agree|range"
OPEN_PAGES = "agree|range|near|form|none"
OPEN = "agree|none"
#: Abstracts that are not two.
ALIKE = "none|agree|whole"
