"""Duplicates: normalise, block, compare, decide, cluster, merge."""

from synthesist.dedup.bibliography import FIELDS, Bibliography, Normalised, empty
from synthesist.dedup.find import Answered, Duplicates, Pair, find_duplicates
from synthesist.dedup.normalise import normalise
from synthesist.dedup.rules import RULES, Rule

__all__ = [
    "FIELDS",
    "RULES",
    "Answered",
    "Bibliography",
    "Duplicates",
    "Normalised",
    "Pair",
    "Rule",
    "empty",
    "find_duplicates",
    "normalise",
]
