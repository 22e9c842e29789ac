"""Authors in one form, and how far two lists agree."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import Indel

from synthesist.dedup.surnames import PINYIN
from synthesist.dedup.words import fold_words, plain
from synthesist.language import NAME_PARTICLES, is_chinese

_BETWEEN = re.compile(r"\s*[;；|]\s*|\s+and\s+", re.IGNORECASE)
_HAN_BETWEEN = re.compile(r"\s*[,，、;；]\s*")

#: Words that stand beside a family name and move about between databases.
_PARTICLES = NAME_PARTICLES | frozenset(
    ("vande", "vander", "st", "saint", "jr", "sr", "ii", "iii", "2nd", "3rd")
)
#: Words by which the name of a group is known.
_GROUP = frozenset(
    [
        "group",
        "study",
        "trial",
        "investigators",
        "collaborators",
        "collaboration",
        "collaborative",
        "committee",
        "consortium",
        "trialists",
        "society",
        "association",
        "organization",
        "organisation",
        "network",
        "team",
        "council",
        "federation",
        "foundation",
        "institute",
        "ministry",
        "task",
        "panel",
        "registry",
        "program",
        "programme",
    ]
)
_NOBODY = frozenset(("anonymous", "anon", "no authors listed", "unknown", "et al", ""))

#: Authors beyond these are not compared.
MANY = 24


def read_authors(text: str) -> tuple[str, ...]:
    """Return the authors in their order, each as its words: family name first.

    Initials are single letters; a Chinese name is its family name in pinyin.
    """
    if not text:
        return ()
    if is_chinese(text):
        parts = _HAN_BETWEEN.split(text)
    else:
        text = plain(text)
        if ";" not in text and "|" not in text and text.isascii():
            parts = text.split(" and ")
        else:
            parts = _BETWEEN.split(text)
        if len(parts) == 1 and "," in text:
            parts = _by_comma(parts[0])
    names: list[str] = []
    for part in parts[:MANY]:
        name = _name(part)
        if name not in _NOBODY:
            names.append(name)
    return tuple(names)


def _by_comma(text: str) -> list[str]:
    """Split `Yang Z., Jiang B.`; `Family, Given` and `Family, Given, Jr` stay one."""
    parts = [
        part.strip() for part in text.split(",") if part.strip() not in ("", "et al")
    ]
    if len(parts) > 2:
        several = all(" " in part for part in parts)
    else:
        several = all(" " in p and _is_initials(p.split()[-1]) for p in parts)
    return parts if several else [text]


@lru_cache(maxsize=1 << 17)
def _name(text: str) -> str:
    """Return one name as words, its family name before its other parts."""
    text = text.strip(" ,.")
    if text.isascii():
        family, comma, _ = text.partition(",")
        if comma and " " not in family:
            # Nearly all names are written so; nothing has to change places.
            return " ".join(fold_words(text))
    elif is_chinese(text):
        bare = re.sub(r"\W|\d", "", text)
        return f"{PINYIN.get(bare[:2], '') or PINYIN.get(bare[:1], bare[:1])} {bare}"
    family, comma, given = text.partition(",")
    if not comma:
        *others, last = text.split() or [""]
        if others and _is_initials(last):
            family, given = " ".join(others), last
        else:
            # `Given Family`: what stands last comes first.
            family, given = last, " ".join(others)
    words = fold_words(family)
    if len(words) > 1:
        words = [word for word in words if word not in _PARTICLES] or words
    return " ".join(words + fold_words(given))


def _is_initials(word: str) -> bool:
    """Tell whether a word is initials: `RJ`, `R.J.`, `R`."""
    bare = word.replace(".", "").replace("-", "")
    return len(bare) <= 3 and bare.isupper()


def family_of(name: str) -> str:
    """Return the first word of a name."""
    return name.partition(" ")[0]


def compare_authors(first: tuple[str, ...], second: tuple[str, ...]) -> str:
    """Return how far two lists agree: "all", "agree", "some", "differ", "none" (not given).

    "all" means three or more people with the same family names in the same order.
    They agree when the first authors are the same and at least half of the
    shorter list stands in the other, or most of a list does in any order. A group
    says nothing against people, who may be its members.
    """
    if not first or not second:
        return "none"
    if len(first) == len(second) >= 3 and all(
        family_of(one) == family_of(two) for one, two in zip(first, second, strict=True)
    ):
        return "all"
    if first == second:
        return "agree"
    if len(second) < len(first):
        first, second = second, first
    pool = [_long_words(name) for name in second]
    everything = set[str]().union(*pool)
    hits = 0
    for name in first:
        words = _long_words(name)
        if words & everything or _alike(words, everything):
            hits += 1
    share = hits / len(first)
    leads = bool(_long_words(first[0]) & pool[0]) or _alike(
        _long_words(first[0]), pool[0]
    )
    if (leads and share >= 0.5) or share >= 0.8:
        return "agree"
    if hits:
        return "some"
    return "none" if _is_group(first) != _is_group(second) else "differ"


def _is_group(names: tuple[str, ...]) -> bool:
    """Tell whether nobody but a group is named."""
    return all(not _GROUP.isdisjoint(name.split()) for name in names)


def _long_words(name: str) -> set[str]:
    """Return the words of a name that are no initials, or all where none is."""
    words = name.split()
    return {
        word
        for place, word in enumerate(words)
        if (len(word) > 2 and word not in _PARTICLES) or (place == 0 and len(word) > 1)
    } or set(words)


def _alike(words: set[str], others: set[str]) -> bool:
    """Tell whether a word stands among others in another spelling."""
    return any(
        len(word) > 3 and Indel.normalized_similarity(word, other) >= 0.8
        for word in words
        for other in others
    )
