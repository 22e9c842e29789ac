"""References become comparable: every field in one form, and the keys of blocking."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import unquote

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
#: What stands behind a DOI in an address: `?utm_source=feed`.
_QUERY = re.compile(r"\?\w+=.*$")
_CLOSING = {")": "(", "]": "[", "}": "{", ">": "<"}
_PMID = re.compile(r"(?<!\d)0*([1-9]\d{0,7})(?:\.0)?(?!\d)")

#: Places that hold no paper: a registration of a trial is compared with its like only.
_REGISTER = re.compile(
    r"\b(?:clinicaltrials\.?\s?gov|trials? regist(?:er|ry)|clinical trials? (?:register|registry|registration|regist\w*)|ictrp|isrctn|chictr|eudract|ctis|anzctr|umin|drks|ctri|prospero)\b",
    re.IGNORECASE,
)
_PREPRINT = re.compile(
    r"\b(?:\w+rxiv|preprints?(?:\.org)?|research square|ssrn|authorea)\b|^corr$",
    re.IGNORECASE,
)

#: How the DOIs of servers of preprints begin; they tell where no journal is given.
_PREPRINT_DOI = re.compile(
    r"10\.(?:1101|64898)/(?:\d{4}\.\d\d\.\d\d\.)?\d{6}|10\.48550/arxiv|10\.21203/rs\."
    r"|10\.2139/ssrn|10\.20944/preprints|10\.312(?:34|35|19)/osf|10\.26434/chemrxiv"
    r"|10\.36227/techrxiv|10\.22541/au\."
)
_THESIS = re.compile(
    r"\b(?:dissertations?|diss abstr|thesis|theses|habilitation)\b|学位论文",
    re.IGNORECASE,
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
    columns = [
        (people, title) if _are_people(title, people) else (title, people)
        for title, people in zip(given.title, given.authors, strict=True)
    ]
    titles = [
        read_title(title, *others.split("\n"))
        for (title, _), others in zip(columns, given.other_titles, strict=True)
    ]
    dois = [read_doi(text) for text in given.doi]
    kinds = [
        title.kind or _kind(type_, journal, doi)
        for title, type_, journal, doi in zip(
            titles, given.type, given.journal, dois, strict=True
        )
    ]
    found = Normalised(
        ids=list(given.ids),
        title=[title.words for title in titles],
        others=[title.others for title in titles],
        kind=kinds,
        weak=[is_weak(title.words) for title in titles],
        authors=[read_authors(text) for _, text in columns],
        other_authors=[read_authors(text) for text in given.other_authors],
        year=_each(given.year, read_year),
        journal=_each(given.journal, read_journal),
        conference=_each(given.journal, is_conference),
        volume=_each(given.volume, read_volume),
        issue=_each(given.issue, read_number),
        pages=_each(given.pages, read_pages),
        doi=dois,
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


def _are_people(title: str, people: str) -> bool:
    """Tell whether people stand in the column of titles, and the title in theirs."""
    if ";" not in title or ";" in people or people.count(" ") < 4:
        return False
    names = [name.strip() for name in title.split(";") if name.strip()]
    return len(names) > 1 and all(
        name.count(" ") < 6 and ("," in name or name[-1:].isupper()) for name in names
    )


def _kind(type_: str, journal: str, doi: str) -> str:
    """Return the kind of report where its title does not announce one."""
    if type_ == "trial-registration" or (journal and _REGISTER.search(journal)):
        return "registration"
    if type_ == "preprint" or (journal and _PREPRINT.search(journal)):
        return "preprint"
    if doi and not journal and _PREPRINT_DOI.match(doi):
        return "preprint"
    if type_ == "thesis" or (journal and _THESIS.search(journal)):
        return "thesis"
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
    if "%" in text:
        text = unquote(text)
    if "&" in text:
        text = html.unescape(text)
    found = _DOI.search(text.lower())
    if found is None:
        return ""
    doi = found[0]
    if "?" in doi:
        doi = _QUERY.sub("", doi)
    while doi[-1] in ".,;:'\"" or (
        doi[-1] in _CLOSING and doi.count(doi[-1]) > doi.count(_CLOSING[doi[-1]])
    ):
        doi = doi[:-1]
    return doi


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
