"""What is a duplicate: the table of rules, in the order in which they are asked."""

from __future__ import annotations

from synthesist.dedup.identity_rules import IDENTITY_RULES
from synthesist.dedup.place_rules import PLACE_RULES
from synthesist.dedup.rule import ANSWERS, Rule
from synthesist.dedup.silence_rules import SILENCE_RULES

#: The first rule that fits decides. Rules that tell reports apart stand before
#: those that join them, and identifiers before descriptions.
RULES: tuple[Rule, ...] = (*IDENTITY_RULES, *PLACE_RULES, *SILENCE_RULES)

__all__ = ["ANSWERS", "RULES", "Rule"]
