"""Where a paper stands: journal, volume, issue, pages, and how far two places agree."""

from __future__ import annotations

import re
from typing import NamedTuple

from rapidfuzz.distance import Indel

from synthesist.dedup.words import fold, plain
from synthesist.language import MONTHS, is_chinese

#: What is added to a journal's name and does not belong to it.
_ADDED = re.compile(
    r"\s*(?:[.:;,]\s*conference\b|[.:;,(\[]*\s*\b(?:an? (?:official|international)|(?:the )?official|the journal of record|a publication|a journal|a peer|organ)\b).*$",
    re.IGNORECASE,
)
_MEETING = re.compile(r"[.:;,]\s*conference:?\s+(.{12,})$", re.IGNORECASE)
_BRACKET = re.compile(r"\s*[(\[][^)\]]*[)\]]?")
_ISSN = re.compile(
    r"\W*(?:p-?|e-?)?(?:issn)?\W*(\d{4})-?(\d{3}[\dx])\W*$", re.IGNORECASE
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|\b\d+(?:st|nd|rd|th)\b")
_SMALL = frozenset(
    [
        "the",
        "of",
        "and",
        "for",
        "in",
        "on",
        "de",
        "la",
        "le",
        "der",
        "die",
        "und",
        "et",
        "a",
        "an",
        "y",
        "e",
        "i",
        "des",
        "du",
        "del",
        "di",
        "to",
    ]
)
_CONFERENCE = re.compile(
    r"\b(?:conference|congress|meeting|symposium|proceedings|convention|workshop|kongress|jahrestagung|tagung|sessions?)\b",
    re.IGNORECASE,
)

_SUPPLEMENT = re.compile(r"\s*(\d+)\W*\(?\s*suppl?\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_PAGE = re.compile(r"([a-z]*)\s?(\d+)([a-z]{0,2})")
_ROMAN_PAGE = re.compile(r"^[ivxlc]+$")
_DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212~/]+\s*")
_UNKNOWN = frozenset(
    (
        "unknown",
        "na",
        "n/a",
        "none",
        "no pagination",
        "n.pag",
        "nan",
        "null",
        "-",
        "np",
        "no page",
        "not available",
    )
)


def read_journal(text: str) -> tuple[str, ...]:
    """Return a journal's or book's name as words, without what is added to it.

    Where a meeting is added to the name of the journal, it is a second name.
    """
    if not text:
        return ()
    text = plain(text)
    name = _one_name(text)
    found = _MEETING.search(text)
    meeting = _one_name(found[1]) if found else ""
    return tuple(form for form in (name, meeting) if form)


def _one_name(text: str) -> str:
    """Return one name as words; of an ISSN `issn` and its digits."""
    number = _ISSN.match(text)
    if number is not None:
        return f"issn{number[1]}{number[2].lower()}"
    bare = _ADDED.sub("", text)
    bare = _BRACKET.sub("", bare) if "(" in bare or "[" in bare else bare
    bare = bare.partition(" = ")[0]
    words = fold(bare) or fold(text)
    if ":" in bare and len(words) > 40:
        words = fold(bare.partition(":")[0]) or words
    if words in _UNKNOWN:
        return ""
    named = [word for word in words.split() if word not in _SMALL]
    # A volume and pages behind the name do not belong to it.
    while len(named) > 1 and named[-1].isdigit():
        named.pop()
    return " ".join(named)


def is_conference(journal: str) -> bool:
    """Tell whether a journal's name speaks of a meeting."""
    return _CONFERENCE.search(journal) is not None


def read_number(text: str) -> str:
    """Return a volume or an issue in one form: `Suppl. 1` as `s1`, `01` as `1`."""
    if not text:
        return ""
    if text.isdigit():
        return text.lstrip("0")
    lowered = text.lower().strip()
    if lowered in _UNKNOWN:
        return ""
    if lowered[:3] in MONTHS and lowered.rstrip(".").isalpha():
        return str(MONTHS.index(lowered[:3]) + 1)
    supplement = "s" if "sup" in lowered or re.match(r"s ?\d", lowered) else ""
    numbers = [number.lstrip("0") for number in _NUMBER.findall(lowered)]
    if numbers:
        return supplement + "-".join(filter(None, numbers))
    return supplement or fold(lowered).replace(" ", "")


def read_volume(text: str) -> str:
    """Return a volume in one form: of `24 Suppl 3` the 24."""
    found = _SUPPLEMENT.match(text)
    return read_number(found[1] if found else text)


class Pages(NamedTuple):
    """First and last page: a letter before the number, the number, -1 where none.

    `other` holds what is no number, such as Roman pages.
    """

    letter: str
    first: int
    last: int
    other: str


#: Pages as nearly all are written: these need no closer look.
_RANGE = re.compile(r"([1-9]\d{0,8})(?:-{1,2}(\d{1,9}))?$")

NO_PAGES = Pages("", -1, -1, "")


def read_pages(text: str) -> Pages:
    """Return pages in one form: `S12-8`, `12S-18S` and `S12-S18` are the same."""
    plain_range = _RANGE.match(text)
    if plain_range is not None:
        return _of_numbers(plain_range[1], plain_range[2] or plain_range[1])
    text = text.strip().lower()
    if not text or text in _UNKNOWN:
        return NO_PAGES
    for lead in ("pages", "page", "pp.", "pp", "p.", "art. no.", "art no", "article"):
        if text.startswith(lead):
            text = text[len(lead) :].strip(" :.,")
            break
    if text.startswith("suppl"):
        # Without the digits that an export lost, this is no page.
        return NO_PAGES
    parts = _DASHES.split(text.partition(",")[0].partition(";")[0])
    found = [_PAGE.search(part) for part in parts if part]
    if not found or found[0] is None or len(found[0][2]) > 15:
        bare = parts[0].strip()
        return Pages("", -1, -1, bare if _ROMAN_PAGE.match(bare) else "")
    letter = (found[0][1] or found[0][3])[:2]
    first = int(found[0][2])
    last = first
    tail = found[1] if len(found) > 1 else None
    if tail is not None:
        digits = tail[2]
        if len(digits) < len(found[0][2]):
            digits = found[0][2][: -len(digits)] + digits
        if len(digits) <= 15 and int(digits) >= first:
            last = int(digits)
        elif digits and len(tail[2]) <= 15:
            last = int(tail[2])
    if first == 0 and not letter:
        return NO_PAGES
    return Pages(letter, first, last, "")


def _of_numbers(first: str, last: str) -> Pages:
    """Return pages of two numbers, of which the last may be shortened."""
    begin = int(first)
    end = int(first[: -len(last)] + last) if len(last) < len(first) else int(last)
    return Pages("", begin, end if end >= begin else int(last), "")


def compare_journals(first: tuple[str, ...], second: tuple[str, ...]) -> str:
    """Return "agree", "differ" or "none" (not given) for two journals.

    They agree when a name of one abbreviates a name of the other, word by word or
    as an acronym, or when the two are nearly the same letters. An ISSN or a name in
    Chinese says nothing against a name in letters.
    """
    if not first or not second:
        return "none"
    if first[0] == second[0]:
        return "agree"
    found = {_compare_names(one, two) for one in first for two in second}
    return min(found)


def _compare_names(first: str, second: str) -> str:
    """Compare two names."""
    if first.startswith("issn") != second.startswith("issn") or (
        is_chinese(first) != is_chinese(second)
    ):
        return "none"
    a, b = _YEAR.sub(" ", first).split(), _YEAR.sub(" ", second).split()
    if not a or not b:
        return "none"
    a, b = sorted((a, b), key=lambda words: (len(words), sum(map(len, words)), words))
    if _abbreviates(a, b) or _acronym(a, b):
        return "agree"
    one, two = " ".join(a), " ".join(b)
    if len(one) > 8 and Indel.normalized_similarity(one, two) >= 0.88:
        return "agree"
    meeting = _CONFERENCE.search(two) is not None
    return "agree" if len(a) > (2 if meeting else 3) and one in two else "differ"


def _abbreviates(short: list[str], long: list[str]) -> bool:
    """Tell whether each word of one begins a word of the other, in order.

    The longer may have one word more for every three of the shorter: a journal of
    one or two words has namesakes with a word more.
    """
    place = 0
    for word in short:
        while place < len(long) and not _begins(word, long[place]):
            place += 1
        if place == len(long):
            return False
        place += 1
    if len(short) == 1 and len(short[0]) <= 3:
        return short == long
    return len(long) - len(short) <= len(short) // 3


def _begins(first: str, second: str) -> bool:
    """Tell whether one word abbreviates the other: `haematol`, `intl`, `natl`."""
    if first[0] != second[0]:
        return False
    if len(second) < len(first):
        first, second = second, first
    if second.startswith(first):
        return True
    letters = iter(second)
    if (
        len(first) <= 6
        and len(first) >= 2
        and all(letter in letters for letter in first)
    ):
        return second[: min(2, len(first))] == first[:2] or len(first) <= 4
    return Indel.normalized_similarity(first, second) >= 0.8


def _acronym(short: list[str], long: list[str]) -> bool:
    """Tell whether a short name is made of the first letters of the words of a long one."""
    for words, others in ((short, long), (long, short)):
        rest = [
            word for word in others if not _CONFERENCE.match(word) or len(others) > 2
        ]
        for word in {*words[:2], words[-1]}:
            if rest[:1] == [word]:
                # The acronym stands before the name that it abbreviates.
                rest = rest[1:]
            if 3 <= len(word) <= 8 and len(rest) > 2 and _spelled(word, rest):
                return True
    return False


def _spelled(letters: str, words: list[str]) -> bool:
    """Tell whether the beginnings of all words, in order, spell the letters."""
    if not letters:
        return True
    if not words:
        return False
    word, *rest = words
    most = min(len(letters), len(word), 3)
    return any(
        word.startswith(letters[:taken]) and _spelled(letters[taken:], rest)
        for taken in range(most, 0, -1)
    )


def compare_numbers(first: str, second: str) -> str:
    """Return how two volumes or two issues agree.

    "agree", also of `3-4` and `3`; "supplement" where one of them is a supplement and
    the other a number of its own; "differ"; "none" (not given).
    """
    if not first or not second:
        return "none"
    if first == second:
        return "agree"
    one, two = first.lstrip("s"), second.lstrip("s")
    if first[0] == second[0] == "s":
        return "agree" if one == two or not one or not two else "differ"
    if not (first[-1].isdigit() and second[-1].isdigit()) and "s" not in (
        first,
        second,
    ):
        # A season against a number.
        return "none" if first[-1].isdigit() or second[-1].isdigit() else "differ"
    if "s" in (first[0], second[0]):
        return "agree" if one == two else "supplement"
    return "agree" if set(one.split("-")) & set(two.split("-")) else "differ"


#: So many pages are a book, or a whole supplement.
LONG = 80


def compare_pages(first: Pages, second: Pages) -> str:
    """Return how two pages agree.

    "range" where first and last page of three or more agree, as those of two
    abstracts of a supplement do not unless all of it is meant, "agree" where the first page does,
    "differ", "single" where they differ and each is one page, "none" (not given),
    "form" where one is the number of an
    article and the other a page of print, so that they cannot be compared, and
    "near" where they overlap or one is the other with a slip.
    """
    if first.first < 0 or second.first < 0:
        if first.other and first.other == second.other:
            return "agree"
        return "none"
    if first.first == second.first:
        long = first.last == second.last and 1 < first.last - first.first < LONG
        return "range" if long else "agree"
    if first.last == second.last not in (first.first, second.first):
        return "near"
    if (
        bool(first.letter) != bool(second.letter)
        and "s" not in first.letter + second.letter
    ):
        return "form"
    a, b = str(first.first), str(second.first)
    if a in b or b in a:
        shorter = min(a, b, key=len)
        if len(shorter) >= 3 or first.last % 10 ** len(
            shorter
        ) == second.last % 10 ** len(shorter):
            return "near"
    if _is_article(first) != _is_article(second):
        return "form"
    if first.letter == second.letter:
        if _one_digit_off(a, b) and _same_length(first, second):
            return "near"
        if first.first <= second.last and second.first <= first.last:
            return "near"
    single = first.first == first.last and second.first == second.last
    return "single" if single else "differ"


def _one_digit_off(first: str, second: str) -> bool:
    """Tell whether two numbers of three digits or more differ in one of them."""
    if len(first) != len(second) or len(first) < 3:
        return False
    return sum(x != y for x, y in zip(first, second, strict=True)) == 1


def _same_length(first: Pages, second: Pages) -> bool:
    """Tell whether two papers may be of the same number of pages."""
    one, two = first.last - first.first, second.last - second.first
    return one == two or 0 in (one, two)


def _is_article(pages: Pages) -> bool:
    """Tell whether this is the number of an article rather than a page of print."""
    return pages.first >= 10_000 or (
        pages.letter in ("e", "a", "d", "c", "f", "b", "m") and pages.first > 99
    )
