"""The parts of a reference, each made of the roles that tell it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

from synthesist.formats import identifiers as ids
from synthesist.formats.dates import find_year, parse_date
from synthesist.formats.extension import read_accession
from synthesist.formats.given import Given, Roles
from synthesist.formats.pages import join_pages, normalise_pages
from synthesist.formats.reference import Accession, Link, Term
from synthesist.formats.text import blanks, entities, without_controls


def titles(one: Given) -> tuple[str, str, str]:
    """Return the title, and its original and translation where they are told apart."""
    title = one("title")
    original = one("title_original")
    translated = one("title_translated")
    if title[:1] == "[" and title.endswith(("]", "].")):
        # MEDLINE prints an English translation in brackets.
        translated = translated or title.removesuffix(".")[1:-1]
        title = original or translated
    return title or original or translated, original, translated


def dates(one: Given) -> tuple[str, str]:
    """Return the year, and the date as far as it is of that year."""
    given = one("year")
    date = parse_date(one("date") or given)
    year = find_year(given) or date[:4] or find_year(one("date"))
    if not date or (len(date) > 4 and date[:4] != year):
        date = year
    return year, date


def journal(one: Given) -> tuple[str, str]:
    """Return the journal's full and abbreviated name."""
    full = one("journal") or one("container")
    other = one("journal_any")
    short = one("journal_abbreviation")
    if not full:
        full, other = other, ""
    if not short and other and other != full and len(other) < len(full):
        short = other
    if not full:
        full, short = short, ""
    return full, short if short != full else ""


def numbers(roles: Roles) -> tuple[str, str, str]:
    """Return DOI, PMID and PMCID from their own fields, else from those that may hold them."""
    doi = _first(ids.find_doi, roles["doi"]) if "doi" in roles else ""
    pmid = _first(ids.plain_pmid, roles["pmid"]) if "pmid" in roles else ""
    pmcid = _first(ids.find_pmcid, roles["pmcid"]) if "pmcid" in roles else ""
    for role in _NUMBERS_ELSEWHERE:
        if role not in roles:
            continue
        values = roles[role]
        if not doi:
            doi = _first(ids.find_doi, [v for v in values if "10." in v or "%2" in v])
        if not pmid:
            pmid = _first(
                ids.find_pmid,
                [
                    v
                    for v in values
                    if "ub" in v or "PMID" in v or "UB" in v or "ovid" in v
                ],
            )
        if not pmcid:
            pmcid = _first(ids.find_pmcid, [v for v in values if "PMC" in v])
    return doi, pmid, pmcid


_NUMBERS_ELSEWHERE = ("identifier", "note", "url")


def medline_number(one: Given) -> str:
    """Return the accession number of MEDLINE as others than PubMed have it."""
    if "medline" not in one("database").lower():
        return ""
    return next(
        (number for number in one.all("accession") if _PMID.fullmatch(number)), ""
    )


_PMID = re.compile(r"[1-9]\d{6,7}")


def _first(find: Callable[[str], str], values: Sequence[str]) -> str:
    """Return the first thing found in values."""
    for value in values:
        text = entities(value) if "&" in value else value
        if found := find(text if text.isprintable() else without_controls(text)):
            return found
    return ""


def pages(one: Given, changes: Counter[str]) -> str:
    """Return the pages in full."""
    start, end, given = one("start"), one("end"), one("pages")
    if not given:
        if len(start) == len(end) and start.isdecimal() and end.isdecimal():
            return f"{start}-{end}" if end != start else start
    elif not start and given.isdecimal():
        return given
    printed = f"{start}-{end}" if end else start
    if given and (not start or len(given) >= len(printed)):
        full, printed = normalise_pages(given), given
    else:
        full = join_pages(start, end)
    if len(full) > len(printed):
        changes["pages completed"] += 1
    return full


def keywords(one: Given, terms: tuple[Term, ...]) -> tuple[str, ...]:
    """Return the keywords, each once, without the star that marks a main topic.

    Headings that were written among the keywords for other programs are headings.
    """
    if given := one.all("keyword_given"):
        return ids.unique(word.lstrip("* ") for word in given)
    words = [word.lstrip("* ") for word in _each_word(one.all("keyword"))]
    if "term_given" in one.roles:
        headings = {term.text for term in terms}
        words = [word for word in words if word not in headings]
    return ids.unique(words)


def _each_word(values: Sequence[str]) -> Sequence[str]:
    """Tell the words of a list apart, where a value holds one."""
    together = "\n".join(values)
    if ";" not in together and "；" not in together:
        return values
    return [word.strip() for value in values for word in _LISTED.split(value)]


_LISTED = re.compile(r"[;；]+")

#: Roles that hold subject headings, and the vocabulary and weight of each.
VOCABULARIES = {
    "mesh": ("MeSH", False),
    "emtree": ("Emtree", False),
    "emtree_major": ("Emtree", True),
    "heading": ("", False),
}


def terms(one: Given) -> tuple[Term, ...]:
    """Return the subject headings, each once."""
    found = [
        _term(text, vocabulary, major)
        for role, (vocabulary, major) in VOCABULARIES.items()
        if role in one.held
        for text in one.held[role]
    ]
    for text in one.all("term_given"):
        vocabulary, _, heading = text.partition(": ")
        plain = heading.removeprefix("*")
        found.append(Term(vocabulary, plain, plain != heading))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1 << 14)
def _term(text: str, vocabulary: str, major: bool) -> Term:
    """Read a heading; a star in it marks a main topic."""
    return Term(vocabulary, text.replace("*", ""), major or "*" in text)


def accessions(one: Given) -> tuple[Accession, ...]:
    """Return the accession numbers, each once."""
    database = collection(one)
    found = [
        ids.accession(number, database)
        for given in one.all("accession")
        for number in (given.split("; ") if "; " in given else (given,))
    ]
    found += [read_accession(text) for text in one.all("accession_given")]
    return tuple(dict.fromkeys(found))


def links(special: list[str], one: Given) -> tuple[Link, ...]:
    """Return what other references are to this one."""
    return tuple(
        Link(role[5:], text, ids.find_pmid(text), ids.find_doi(text))
        for role in special
        if role.startswith("link:")
        for text in one.all(role)
    )


def is_retracted(title: str, types: tuple[str, ...], roles: Roles) -> bool:
    """Say whether the reference is marked as retracted."""
    if (
        "link:retraction in" in roles
        or "retracted" in roles
        or title[:11].upper() == "RETRACTED: "
    ):
        return True
    return _say_retracted(types)


@lru_cache(maxsize=1 << 10)
def _say_retracted(types: tuple[str, ...]) -> bool:
    """Say whether one of the publication types is that of what was retracted."""
    return any(kind.lower() in _RETRACTED for kind in types)


_RETRACTED = ("retracted publication", "retracted:", "retracted article")


def collection(one: Given) -> str:
    """Return the database, without the stretch of time that Ovid puts behind it."""
    name = one("database")
    return name.partition(" <")[0] if name.endswith(">") else name


def database_of(accessions: tuple[Accession, ...]) -> str:
    """Return the database that the first accession number is of."""
    return next(
        (accession.database for accession in accessions if accession.database), ""
    )


#: In a patent's number there are eight digits too.
_ISSN = re.compile(r"(?:(?<![0-9A-Za-z-])|(?<=SSN))(\d{4})-?(\d{3}[\dXx])(?![\d-])")
_ISBN_BLANKS = re.compile("[ -]")
_ISBN = re.compile(r"(?<![\d-])(97[89](?:[ -]?\d){10}|(?:\d[ -]?){9}[\dXx])(?![\d-])")


def issns(roles: Roles) -> tuple[str, ...]:
    """Return the ISSNs, each once and in its usual form."""
    return _issns(*roles.get("issn", ()), *roles.get("serial_number", ()))


@lru_cache(maxsize=1 << 12)
def _issns(*values: str) -> tuple[str, ...]:
    """Find ISSNs; those of a journal come again and again."""
    found = _ISSN.findall(" ; ".join(values))
    return ids.unique(f"{a}-{b.upper()}" for a, b in found)


def isbns(roles: Roles) -> tuple[str, ...]:
    """Return the ISBNs, each once and without hyphens."""
    text = " ; ".join([*roles.get("isbn", ()), *roles.get("serial_number", ())])
    if len(text) < len("0123456789"):
        return ()
    return ids.unique(_ISBN_BLANKS.sub("", f).upper() for f in _ISBN.findall(text))


def urls(values: Sequence[str]) -> tuple[str, ...]:
    """Return the addresses, several in one field told apart."""
    plain = [url if url.isprintable() else without_controls(url) for url in values]
    return ids.unique(
        [
            blanks(part).strip(" ;,<>")
            for value in plain
            for part in (_NEXT_URL.split(value) if value.count("://") > 1 else (value,))
        ]
    )


_NEXT_URL = re.compile(r"[\s;,]+(?=https?://)")


def labels(special: list[str], one: Given) -> tuple[tuple[str, str], ...]:
    """Return what a review tool noted about the reference."""
    return tuple(
        (role[6:], text)
        for role in special
        if role.startswith("label:")
        for text in one.all(role)
    )


def volume(text: str) -> str:
    """Return the volume without the word for it: `v. 40`, `Vol. 12`."""
    return _VOLUME.sub("", text) if text[0] in "vV" else text


_VOLUME = re.compile(r"(?:v(?:ol(?:ume)?)?\.?\s*)+(?=\d)", re.IGNORECASE | re.ASCII)
