"""References become comparable: every field in one form, and the keys of blocking."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from synthesist.dedup.bibliography import Bibliography, Normalised
from synthesist.dedup.block import make_keys
from synthesist.dedup.people import read_authors
from synthesist.dedup.places import (
    is_conference,
    read_journal,
    read_number,
    read_pages,
    read_volume,
)
from synthesist.dedup.titles import is_weak, read_title
from synthesist.dedup.words import fold, fold_words, plain

Read = TypeVar("Read")

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")
_PMID = re.compile(r"(?<!\d)0*([1-9]\d{0,7})(?:\.0)?(?!\d)")

#: Places that hold no paper: a registration of a trial is compared with its like only.
_REGISTER = re.compile(
    r"\b(?:clinicaltrials\.?\s?gov|trials? regist(?:er|ry)|clinical trials? (?:register|registry|registration|regist\w*)|ictrp|isrctn|chictr|eudract|ctis|anzctr|umin|drks|ctri|prospero)\b",
    re.IGNORECASE,
)
_PREPRINT = re.compile(
    r"\b(?:\w+rxiv|preprints?(?:\.org)?|research square|ssrn|authorea)\b", re.IGNORECASE
)

#: Characters of an abstract that are compared, and how many are read for them.
ABSTRACT = 160
_READ = 320
_FOLDED = 230
_LABEL = re.compile(
    r"^\W*(?:(?:the )?(?:abstract|background|objectives?|purpose|aims?|introduction|context|summary|importance|rationale|study question|problem|hypothesis|goals?|question)"
    r"(?:(?: and |\s?[/&,]\s?)(?:the )?(?:abstract|background|objectives?|purpose|aims?|introduction|methods|hypothesis|goals?|rationale))?(?: of (?:the )?(?:study|review|work))?\s*[:.-]+\s*)+",
    re.IGNORECASE,
)


def normalise(given: Bibliography) -> Normalised:
    """Return references with every field in one form."""
    titles = [
        read_title(title, *others.split("\n"))
        for title, others in zip(given.title, given.other_titles, strict=True)
    ]
    kinds = [
        title.kind or _kind(type_, journal)
        for title, type_, journal in zip(titles, given.type, given.journal, strict=True)
    ]
    found = Normalised(
        ids=list(given.ids),
        title=[title.words for title in titles],
        others=[title.others for title in titles],
        kind=kinds,
        weak=[is_weak(title.words) for title in titles],
        authors=[read_authors(text) for text in given.authors],
        other_authors=[read_authors(text) for text in given.other_authors],
        year=_each(given.year, read_year),
        journal=_each(given.journal, read_journal),
        conference=_each(given.journal, is_conference),
        volume=_each(given.volume, read_volume),
        issue=_each(given.issue, read_number),
        pages=_each(given.pages, read_pages),
        doi=[read_doi(text) for text in given.doi],
        pmid=[read_pmid(text) for text in given.pmid],
        abstract=[read_abstract(text) for text in given.abstract],
        length=[len(text) for text in given.abstract],
        source=_each(given.source, fold),
        trials=[tuple(text.split()) for text in given.registrations],
    )
    found.keys = make_keys(found)
    return found


def _each(texts: Sequence[str], read: Callable[[str], Read]) -> list[Read]:
    """Read texts of which many are the same, each of them once."""
    known: dict[str, Read] = {}
    found: list[Read] = []
    for text in texts:
        if text not in known:
            known[text] = read(text)
        found.append(known[text])
    return found


def _kind(type_: str, journal: str) -> str:
    """Return the kind of report where its title does not announce one."""
    if type_ == "trial-registration" or (journal and _REGISTER.search(journal)):
        return "registration"
    if type_ == "preprint" or (journal and _PREPRINT.search(journal)):
        return "preprint"
    return ""


def read_year(text: str) -> int:
    """Return the year in a text, 0 where there is none."""
    if len(text) == 4 and text.isdigit():
        return int(text)
    found = _YEAR.search(text) if text else None
    return int(found[0]) if found else 0


def read_doi(text: str) -> str:
    """Return a DOI in small letters and without its address, or nothing."""
    if "10." not in text:
        return ""
    found = _DOI.search(text.replace("%2F", "/").replace("%2f", "/").lower())
    return found[0].rstrip(".,;") if found else ""


def read_pmid(text: str) -> str:
    """Return PubMed's number, or nothing."""
    found = _PMID.search(text) if text else None
    return found[1] if found else ""


def read_abstract(text: str) -> str:
    """Return the beginning of an abstract as letters and digits without blanks."""
    if len(text) < 60:
        return ""
    start = plain(text[:_READ])
    if ":" in start or "." in start[:20]:
        start = _LABEL.sub("", start)
    return "".join(fold_words(start[:_FOLDED]))[:ABSTRACT]
