"""Compare pairs field by field: each comparison has a few named levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

from synthesist.dedup.bibliography import Normalised
from synthesist.dedup.people import compare_authors, family_of
from synthesist.dedup.places import (
    NO_PAGES,
    Pages,
    compare_journals,
    compare_numbers,
    compare_pages,
)
from synthesist.dedup.titles import is_number, title_difference
from synthesist.language import is_chinese

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthesist.dedup.block import Pairs

    Levels = NDArray[np.int8]

#: What is compared, and the levels of each comparison, in the order of their codes.
#: "none" means that a reference does not say.
COMPARISONS: dict[str, tuple[str, ...]] = {
    "title": ("none", "far", "loose", "close", "part", "near", "same"),
    "numbers": ("same", "more", "differ"),
    "weight": ("weak", "strong"),
    "authors": ("none", "differ", "some", "agree", "all"),
    "year": ("none", "far", "two", "one", "same"),
    "journal": ("none", "differ", "agree"),
    "volume": ("none", "differ", "supplement", "agree"),
    "issue": ("none", "differ", "supplement", "agree"),
    "pages": ("none", "differ", "single", "form", "near", "agree", "range"),
    "doi": ("none", "version", "differ", "agree"),
    "pmid": ("none", "differ", "agree"),
    "abstract": ("none", "differ", "agree", "whole"),
    "kind": ("differ", "behind", "registered", "same"),
    "trial": ("none", "differ", "agree"),
    "source": ("other", "same"),
    "script": ("same", "differ"),
    "venue": ("other", "supplement", "conference"),
}
_CODES = {
    name: {level: code for code, level in enumerate(levels)}
    for name, levels in COMPARISONS.items()
}

#: Titles less alike than this are looked at only where something else agrees.
ALIKE = 0.6


def worth_comparing(given: Normalised, pairs: Pairs, workers: int = 1) -> Pairs:
    """Return the pairs whose titles are alike, or that share what a title cannot tell."""
    if not len(pairs):
        return pairs
    places: list[list[int]] = pairs.tolist()
    left = [given.title[i] for i, _ in places]
    right = [given.title[j] for _, j in places]
    alike = process.cpdist(
        left,
        right,
        scorer=Indel.normalized_similarity,
        score_cutoff=ALIKE,
        dtype=np.float32,
        workers=workers,
    )
    keep = alike >= ALIKE
    for place in np.flatnonzero(~keep).tolist():
        i, j = places[place]
        keep[place] = _other_ground(given, i, j, left[place], right[place])
    return pairs[keep]


def _other_ground(given: Normalised, i: int, j: int, left: str, right: str) -> bool:
    """Tell whether a pair with unlike titles deserves a look."""
    if (
        not left
        or not right
        or left.startswith(right[:30])
        or right.startswith(left[:30])
    ):
        return True
    if (given.doi[i] and given.doi[i] == given.doi[j]) or (
        given.pmid[i] and given.pmid[i] == given.pmid[j]
    ):
        return True
    if given.others[i] or given.others[j]:
        return True
    pages = given.pages[i]
    if pages != given.pages[j] or given.volume[i] != given.volume[j]:
        return False
    if is_chinese(left) != is_chinese(right):
        return True
    # A title and its translation have a long place and the first author in common.
    authors, others = given.authors[i], given.authors[j]
    return bool(
        pages.last > pages.first + 1
        and given.year[i] == given.year[j]
        and authors
        and others
        and family_of(authors[0]) == family_of(others[0])
    )


def compare(given: Normalised, pairs: Pairs) -> Levels:
    """Return the level of every comparison of every pair (m, len(COMPARISONS))."""
    # One byte a level: as objects the levels of many pairs would fill the memory.
    codes = bytearray()
    for i, j in pairs.tolist():
        row = compare_pair(given, i, j)
        codes.extend(_CODES[name][level] for name, level in row.items())
    return np.frombuffer(codes, np.int8).reshape(len(pairs), len(COMPARISONS))


def compare_pair(given: Normalised, i: int, j: int) -> dict[str, str]:
    """Return the level of every comparison of one pair of references."""
    title, numbers = _titles(given, i, j)
    authors = compare_authors(given.authors[i], given.authors[j])
    if authors in ("none", "differ", "some") and (
        given.other_authors[i] or given.other_authors[j]
    ):
        for one in (given.authors[i], given.other_authors[i]):
            for two in (given.authors[j], given.other_authors[j]):
                if compare_authors(one, two) in ("agree", "all"):
                    authors = "agree"
    volume = compare_numbers(given.volume[i], given.volume[j])
    if volume == "differ" and (_is_year(given, i) or _is_year(given, j)):
        volume = "none"
    issue = compare_numbers(given.issue[i], given.issue[j])
    pages = compare_pages(given.pages[i], given.pages[j])
    doi = _dois(given.doi[i], given.doi[j])
    years = _years(given.year[i], given.year[j])
    dated = issue == "differ" or years not in ("same", "none")
    if dated and doi != "agree" and _is_kept(given.pages[i], given.pages[j]):
        # A review that is kept up to date has one number, and issues for its versions.
        doi = "version"
    if volume != "agree" and (_shifted(given, i, j) or _shifted(given, j, i)):
        volume, issue, pages = "agree", "agree", "none"
    return {
        "title": title,
        "numbers": numbers,
        "weight": "weak" if given.weak[i] or given.weak[j] else "strong",
        "authors": authors,
        "year": years,
        "journal": compare_journals(given.journal[i], given.journal[j]),
        "volume": volume,
        "issue": issue,
        "pages": pages,
        "doi": doi,
        "pmid": _texts(given.pmid[i], given.pmid[j]),
        "abstract": _abstracts(given, i, j),
        "kind": _kinds(given, i, j),
        "trial": _trials(given.trials[i], given.trials[j]),
        "source": "same"
        if given.source[i] and given.source[i] == given.source[j]
        else "other",
        "script": "same"
        if is_chinese(given.title[i]) == is_chinese(given.title[j])
        else "differ",
        "venue": _venues(given, i, j),
    }


def _titles(given: Normalised, i: int, j: int) -> tuple[str, str]:
    """Return the levels of title and numbers, of the forms that agree best."""
    best = compare_titles(given.title[i], given.title[j])
    if given.others[i] or given.others[j]:
        order = COMPARISONS["title"]
        for one in (given.title[i], *given.others[i]):
            for two in (given.title[j], *given.others[j]):
                found = compare_titles(one, two)
                if order.index(found[0]) > order.index(best[0]):
                    best = found
    return best


def compare_titles(first: str, second: str) -> tuple[str, str]:
    """Return the levels of title and of the numbers in it.

    "near" is another spelling of the same words; "part" is one with words at its
    end that the other lacks; "close" has a word or two exchanged.
    """
    if not first or not second:
        return "none", "same"
    if first == second or first.replace(" ", "") == second.replace(" ", ""):
        return "same", "same"
    shorter, longer = sorted((first, second), key=len)
    if _is_cut(shorter, longer):
        # What is left of a word at the cut is no word, and no letter of a series.
        whole = shorter.rpartition(" ")[0]
        found = title_difference(whole, longer)
        return ("near" if found.numbers == "same" else "part"), found.numbers
    found = title_difference(first, second)
    extra = found.left + found.right
    alike = Indel.normalized_similarity(first, second)
    if found.opposite:
        return ("close" if alike >= 0.8 else "loose"), found.numbers
    if extra == 0 and alike >= 0.75:
        return "near", found.numbers
    if min(found.left, found.right) == 0:
        if extra == 1 and found.slight and alike >= 0.9 and len(shorter) >= 50:
            return "near", found.numbers
        start = longer[: len(shorter) + 4]
        enough = len(shorter) >= 15 and shorter.count(" ") >= 2
        enough = enough or (len(shorter) >= 10 and is_chinese(shorter))
        if enough and Indel.normalized_similarity(shorter, start) >= 0.9:
            return "part", found.numbers
        if (
            enough
            and Indel.normalized_similarity(shorter, longer[-len(shorter) :]) >= 0.93
        ):
            return "part", found.numbers
    if alike >= 0.85 and max(found.left, found.right) <= 2:
        return "close", found.numbers
    return ("loose" if alike >= ALIKE else "far"), found.numbers


def _is_cut(shorter: str, longer: str) -> bool:
    """Tell whether a long title ends amid a word of the other, as a field too short cuts it."""
    end = len(shorter)
    if end < 50 or not longer.startswith(shorter) or longer[end : end + 1] == " ":
        return False
    whole = longer[shorter.rfind(" ") + 1 :].partition(" ")[0]
    return whole.isascii() and not is_number(whole)


def _is_year(given: Normalised, i: int) -> bool:
    """Tell whether the year stands where the volume should."""
    return given.year[i] > 0 and given.volume[i] == str(given.year[i])


def _shifted(given: Normalised, i: int, j: int) -> bool:
    """Tell whether one has volume and issue in its fields for issue and pages."""
    pages = given.pages[i]
    return bool(
        not given.volume[i]
        and given.issue[i]
        and given.issue[i] == given.volume[j]
        and pages.first >= 0
        and pages.first == pages.last
        and given.issue[j] == str(pages.first)
    )


def _is_kept(first: Pages, second: Pages) -> bool:
    """Tell whether two have one number of a review that is kept up to date: CD001234."""
    return first.letter == second.letter == "cd" and first.first == second.first


def _venues(given: Normalised, i: int, j: int) -> str:
    """Tell whether one of two is of a meeting, or in a supplement."""
    if given.conference[i] or given.conference[j]:
        return "conference"
    for place in (i, j):
        issue = given.issue[place]
        if issue == "s" or (issue[:1] == "s" and issue[1:2].isdigit()):
            return "supplement"
        if "s" in given.pages[place].letter:
            return "supplement"
    return "other"


def _years(first: int, second: int) -> str:
    """Return how far apart two years are."""
    if not first or not second:
        return "none"
    return (
        ("same", "one", "two")[min(abs(first - second), 3)]
        if abs(first - second) < 3
        else "far"
    )


def _texts(first: str, second: str) -> str:
    """Compare two texts that are the same or not."""
    if not first or not second:
        return "none"
    return "agree" if first == second else "differ"


def _dois(first: str, second: str) -> str:
    """Compare two DOIs; "version" where only the end that numbers a version differs."""
    if not first or not second:
        return "none"
    if first == second:
        return "agree"
    shorter, longer = sorted((first, second), key=len)
    rest = longer[len(shorter) :] if longer.startswith(shorter) else ""
    if (rest and (rest.startswith(".pub") or _is_version(rest))) or _numbered(
        first
    ) == _numbered(second) != "":
        return "version"
    # A DOI that was cut, or has a letter of the sentence after it.
    if (
        rest
        and len(shorter) > 12
        and not rest[0].isdigit()
        and not shorter[-1:].isdigit()
    ):
        return "agree"
    return "differ"


def _is_version(rest: str) -> bool:
    """Tell whether the end of a DOI is the number of a version: `v2`, `.2`."""
    return rest.lstrip("./").lstrip("v").isdigit() and len(rest) <= 4


def _numbered(doi: str) -> str:
    """Return what stands before the number of a version, nothing where there is none."""
    stem, mark, number = doi.rpartition(".pub")
    if not mark:
        stem, mark, number = doi.rpartition("v")
    return stem if mark and number.isdigit() and len(number) <= 2 else ""


def _abstracts(given: Normalised, i: int, j: int) -> str:
    """Compare the beginnings of two abstracts, and how long they are."""
    first, second = given.abstract[i], given.abstract[j]
    length = min(len(first), len(second))
    if length < 40 or is_chinese(first) != is_chinese(second):
        return "none"
    alike = Indel.normalized_similarity(first[:length], second[:length])
    if alike < 0.85:
        return "differ" if alike < 0.6 else "none"
    short, long = sorted((given.length[i], given.length[j]))
    return "whole" if alike >= 0.95 and short >= 0.95 * long else "agree"


def _kinds(given: Normalised, i: int, j: int) -> str:
    """Compare the kinds of two reports; "behind" is an erratum on the next page.

    Two that are registrations are "registered".
    """
    first, second = given.kind[i], given.kind[j]
    if first == second:
        return "registered" if first == "registration" else "same"
    if {first, second} == {"", "thesis"}:
        # Who has no types calls no thesis by its name; but none stands in a volume.
        other = j if first else i
        placed = given.volume[other] or given.pages[other] != NO_PAGES
        return "differ" if placed else "same"
    if {first, second} == {"", "erratum"}:
        paper, erratum = (i, j) if second else (j, i)
        if 0 < given.pages[paper].last == given.pages[erratum].first - 1:
            return "behind"
    return "differ"


def _trials(first: tuple[str, ...], second: tuple[str, ...]) -> str:
    """Compare the registrations of two references."""
    if not first or not second:
        return "none"
    return "differ" if set(first).isdisjoint(second) else "agree"
