"""Tell the parts of a person's name apart, and people from groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from synthesist.formats.reference import Name
from synthesist.language import NAME_PARTICLES, is_chinese

_SUFFIXES = frozenset(
    {"jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "2nd", "3rd", "4th", "filho", "neto"}
)

#: A word that no person is called by.
_GROUP = re.compile(
    r"\b(?:group|groups|organi[sz]ation|collaborat\w+|committee|network|society|university"
    r"|institut\w*|consortium|association|trial|trialists|study|studies|department|ministry"
    r"|centers?|centres?|council|federation|foundation|team|investigators|panel|force"
    r"|academy|hospital|program\w*|project|registry|initiative|agency|alliance|board"
    r"|college|inc|ltd|gmbh|corporation|company|service|commission|members|union)\b"
    r"|(?:协会|学会|协作组|委员会|研究组|研究所|医院|大学|专家组|工作组|中心|学组|编辑部|公司|集团|研究院|总局|出版社)",
    re.IGNORECASE,
)

#: "RJ", "R J", "R.J.", "R.-J.": initials without their name.
_INITIALS = re.compile(
    r"(?:[^\W\d_]\.?[ -]?){1,4}\.?|[A-Z]{1,4}(?:-[A-Z]{1,2})?", re.ASCII
)
_INITIAL = re.compile(r"(?:[^\W\d_]\.-?){1,4}$|[A-Z]{1,3}$|[A-Z]\.?-[A-Z]\.?$")

#: Footnote marks that some databases leave on an author.
_FOOTNOTE = re.compile(r"\s*(?:\[[\d,; ]{0,40}\]?|\(\d{1,9}\)|[\d*†‡§¶]{1,40})$")


#: An address for letters that an export left behind a name.
_ADDRESS = re.compile(r"[\s,;(<]{0,8}[^\s@,;]{1,64}@[^\s@]{1,255}\.[^\s@]{1,63}")


def parse_name(text: str) -> Name:
    """Read one name as reference files write it: `Family, Given`, `Family GM`, `G. Family`.

    A trailing comma marks a group, as RIS and Refer have it.
    """
    text = _bare(text)
    if text.startswith("{") and text.endswith("}"):
        return Name(text.strip("{} "), collective=True)
    if text.endswith(","):
        group = text.rstrip(", ")
        if is_chinese(group):
            return _without_comma(group)
        return Name(group, collective=bool(group))
    family, comma, rest = text.partition(",")
    if not comma:
        return _without_comma(text)
    rest = rest.strip()
    family = family.strip()
    if not family:
        return parse_name(rest)
    if "," in rest:
        given, _, suffix = rest.partition(",")
        given, suffix = given.strip(), suffix.strip()
        if given.lower() in _SUFFIXES:
            given, suffix = suffix, given
        if suffix.lower() not in _SUFFIXES:
            if _is_group(text):
                return Name(text, collective=True)
            return Name(family, rest)
        return Name(family, given, suffix)
    # `Smith, SR` has the initials S and R; `Smith, Sr` is a father.
    if rest.lower() in _SUFFIXES and rest not in {"SR", "JR"}:
        return Name(family, "", rest)
    return Name(family, rest)


@lru_cache(maxsize=1 << 14)
def names_in(text: str) -> tuple[Name, ...]:
    """Read a value that holds one name, or several between semicolons or bars."""
    return _each_of(text, parse_name)


def pinyin_names_in(text: str) -> tuple[Name, ...]:
    """Read a value that holds one or several Chinese names in Latin letters."""
    return _each_of(text, parse_pinyin)


def _each_of(text: str, parse: Callable[[str], Name]) -> tuple[Name, ...]:
    """Parse every name of a value."""
    several = ";" in text or "；" in text or "|" in text
    names = map(parse, split_names(text) if several else (text,))
    return tuple(name for name in names if name.family or name.given)


def _bare(text: str) -> str:
    """Return a name without what exports leave behind it: addresses, footnote marks."""
    text = text.strip(" ;\t")
    if "@" in text:
        # Whoever is known by an address alone keeps it.
        text = _ADDRESS.sub("", text) or text
    if "]" in text and is_chinese(text):
        text = _FOOTNOTE.sub("", text)
    return text


def _without_comma(text: str) -> Name:
    """Read a name that has no comma."""
    if is_chinese(text):
        text = _FOOTNOTE.sub("", text)
        return Name(text, collective=_is_group(text))
    words = text.split()
    if len(words) == 1:
        return Name(text)
    if _is_group(text):
        return Name(text, collective=True)
    suffix = ""
    if words[-1].lower() in _SUFFIXES and len(words) > 2:
        suffix = words.pop()
    initials = len(words)
    while initials > 1 and _INITIAL.match(words[initials - 1]):
        initials -= 1
    if initials < len(words):
        return Name(" ".join(words[:initials]), " ".join(words[initials:]), suffix)
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in NAME_PARTICLES:
        start -= 1
    if words[0].lower() in NAME_PARTICLES:
        start = 0
    return Name(" ".join(words[start:]), " ".join(words[:start]), suffix)


def _is_group(text: str) -> bool:
    """Say whether a name is that of a group."""
    return _GROUP.search(text) is not None


def parse_pinyin(text: str) -> Name:
    """Read the Latin form of a Chinese name, its family name in capitals: `Wenjie JIANG`."""
    words = text.split()
    capitals = [word for word in words if len(word) > 1 and word.isupper()]
    if "," in text or len(words) < 2 or len(capitals) != 1:
        return parse_name(text)
    given = " ".join(word for word in words if word != capitals[0])
    return Name(capitals[0].capitalize(), given)


def split_names(text: str) -> list[str]:
    """Split a cell that holds several names.

    Semicolons separate them, Chinese ones too; without any, `Yang Z., Jiang B.`
    and `X and Y` are several, while `Family, Given` is one.
    """
    if "\n" in text:
        return [name for line in text.split("\n") for name in split_names(line)]
    if text.startswith("[") and text.endswith("]"):
        quoted = _QUOTED.findall(text)
        if quoted:
            return [first or second for first, second in quoted]
    if ";" in text or "；" in text or "|" in text:
        return _clean(re.split(r"[;；|]+", text))
    if is_chinese(text):
        return _clean(re.split(r"[,，、]", text))
    if " and " in text:
        return _clean(re.split(r" and |, and ", " ".join(text.split())))
    parts = listed_names(text)
    if len(parts) > 1:
        return parts
    parts = _clean(text.split(","))
    # `Ada Byron, Ben Carr, Cleo Dee`: of one person no three parts are of two words.
    if len(parts) > 2 and all(" " in part and not _is_group(part) for part in parts):
        return parts
    return [text.strip()] if text.strip() else []


_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


_DOTTED = re.compile(r"(?:[^\W\d_]\.[ -]?){1,4}")


def listed_names(text: str) -> list[str]:
    """Split names at commas where each has initials of its own: `Yang Z., Jiang B.`."""
    parts = _clean(text.split(","))
    if len(parts) > 1 and all(_has_initials(part) for part in parts if part != "et al"):
        return parts
    # `Yang, Z., Jiang, B., & Li, C.`: every second part is initials and no other is.
    families, given = parts[::2], parts[1::2]
    if (
        len(parts) > 3
        and len(families) == len(given)
        and all(map(_DOTTED.fullmatch, given))
        and not any(map(_DOTTED.fullmatch, families))
        and not any(family.lower() in _SUFFIXES for family in families)
    ):
        return [
            f"{family.lstrip('& ')}, {initials}"
            for family, initials in zip(families, given, strict=True)
        ]
    return [text]


def _has_initials(part: str) -> bool:
    """Say whether a part is a name of its own: `Yang Z.` or `van den Berg JM`."""
    words = part.split()
    return len(words) > 1 and _INITIAL.match(words[-1]) is not None


def _clean(parts: Iterable[str | None]) -> list[str]:
    """Drop what a separator at the end leaves."""
    return [part.strip(" ,\t") for part in parts if part and part.strip(" ,\t")]
