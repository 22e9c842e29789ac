"""Make a reference of the fields that a reader found, whatever the format was."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from synthesist.formats import identifiers as ids
from synthesist.formats.dates import find_year, parse_date
from synthesist.formats.extension import read_accession, read_line
from synthesist.formats.languages import normalise_languages
from synthesist.formats.names import listed_names, parse_name, parse_pinyin, split_names
from synthesist.formats.pages import join_pages, normalise_pages
from synthesist.formats.reference import (
    Accession,
    Field,
    Link,
    Name,
    Origin,
    Reference,
    Term,
)
from synthesist.formats.report import Tally
from synthesist.formats.text import (
    blanks,
    entities,
    has_entities,
    has_markup,
    is_printed,
    without_controls,
    without_markup,
)
from synthesist.formats.types import reference_type

#: What a field means: the values of a record by their role.
Roles = Mapping[str, Sequence[str]]

#: CNKI begins an abstract that was cut from the text itself with this.
_CUT_FROM_TEXT = ("<正>", "＜正＞")

_RETRACTED = ("retracted publication", "retracted:", "retracted article")


class Given:
    """The values of one record by role, each cleaned once, without empty ones."""

    __slots__ = ("held", "roles")

    def __init__(self, roles: Roles, clean: Callable[[str], str]) -> None:
        self.roles = roles
        held: dict[str, tuple[str, ...]] = {}
        for role, values in roles.items():
            if role in _AS_THEY_ARE:
                continue
            if len(values) == 1:
                if text := clean(values[0]):
                    held[role] = (text,)
            elif texts := tuple([text for value in values if (text := clean(value))]):
                held[role] = texts
        self.held = held

    def __call__(self, role: str) -> str:
        """Return the first value of a role."""
        found = self.held.get(role)
        return found[0] if found else ""

    def all(self, role: str) -> tuple[str, ...]:
        """Return every value of a role."""
        return self.held.get(role, ())


#: Roles in whose values numbers are looked for before anything is cleaned.
_AS_THEY_ARE = frozenset(
    ("doi", "pmid", "pmcid", "url", "identifier", "issn", "isbn", "serial_number")
)


class Builder:
    """Turns roles into references, and counts what was changed on the way.

    Parameters
    ----------
    tally : Tally
        Where changes are counted.
    database, platform : str
        What the file as a whole says of its source, for records that say nothing.
    """

    def __init__(self, tally: Tally, *, database: str = "", platform: str = "") -> None:
        self.changes = tally.changes
        self.database = database
        self.platform = platform

    def build(
        self, fields: tuple[Field, ...], roles: Roles, origin: Origin, text: str
    ) -> Reference:
        """Return the reference; `text` is everything the record says, for numbers in it."""
        plain = is_printed(text) and not (
            ("&" in text and has_entities(text)) or ("<" in text and has_markup(text))
        )
        if not plain:
            clean = self._clean
        elif "  " in text or text.count("\n") >= len(fields):
            clean = blanks
        else:
            clean = str.strip
        if "note" in roles and (
            "Synthesist " in text or "PMID: " in text or "PMCID: " in text
        ):
            roles = _with_extension(roles)
        if "NA" in text and "\nNA\n" in f"\n{text}\n":
            roles = _without_na(roles)
        one = Given(roles, clean)
        title, original, translated = self._titles(one)
        kind = reference_type(one("type"))
        journal, abbreviation = _journal(one)
        doi, pmid, pmcid = _numbers(roles, one)
        if not pmid and "accession" in one.held:
            pmid = _medline_number(one)
        pages, article = _pages(one, self.changes)
        date = parse_date(one("date") or one("year"))
        year = find_year(one("year")) or date[:4] or find_year(one("date"))
        if len(date) > 4 and date[:4] != year:
            date = year
        # Most records lack most roles; asking once is what makes them cheap.
        held = one.held
        accessions = _accessions(one) if not _NUMBERED.isdisjoint(held) else ()
        types = one.all("pubtype")
        terms = _terms(one) if not _HEADED.isdisjoint(held) else ()
        special = [role for role in roles if ":" in role]
        return Reference(
            fields=fields,
            origin=origin,
            type=kind,
            title=title,
            title_original=original,
            title_translated=translated,
            title_short=one("title_short"),
            authors=self._authors(roles, one),
            authors_translated=self._translated(one)
            if not _TRANSLATED.isdisjoint(held)
            else (),
            editors=self._names(held["editor"]) if "editor" in held else (),
            year=year,
            date=date or year,
            journal=journal,
            journal_abbreviation=abbreviation,
            journal_translated=one("journal_translated"),
            volume=one("volume"),
            issue=self._issue(one("issue")),
            pages=pages,
            article_number=article,
            doi=doi,
            pmid=pmid,
            pmcid=pmcid,
            registrations=ids.find_registrations(text),
            accessions=accessions,
            languages=normalise_languages(one.all("language"))
            if "language" in roles
            else (),
            publication_types=types,
            abstract=self._abstract(one),
            keywords=_keywords(one, terms),
            terms=terms,
            links=_links(special, one) if special else (),
            retracted=_is_retracted(title, types, roles),
            database=_collection(one)
            or _database(accessions)
            or self.database
            or self._asked(roles),
            platform=one("platform") or self.platform,
            publisher=one("publisher"),
            place=one("place"),
            edition=one("edition"),
            issns=_serial_numbers(roles, "issn"),
            isbns=_serial_numbers(roles, "isbn"),
            urls=_urls(roles),
            addresses=one.all("address"),
            notes=one.all("note") + one.all("note_given"),
            labels=_labels(special, one) if special else (),
        )

    def _asked(self, roles: Roles) -> str:
        """Return the database that Ovid was asked for, by the record's address."""
        if self.platform != "Ovid":
            return ""
        addresses = roles.get("url") or ()
        named = (ids.ovid_database(address) for address in addresses)
        return next((name for name in named if name), "")

    def _issue(self, issue: str) -> str:
        """Return the issue, unless it is the journal's number at the NLM.

        Ovid gives that number in a field that others take for the issue.
        """
        if len(issue) > 6 and _JOURNAL_CODES.fullmatch(issue):
            self.changes["journal codes taken from the issue"] += 1
            return ""
        return issue

    def _clean(self, text: str) -> str:
        """Remove control characters and markup, decode entities, normalise blanks."""
        if not text.isprintable():
            allowed = without_controls(text)
            if allowed != text:
                self.changes["control characters removed"] += 1
                text = allowed
        if "&" in text:
            decoded = entities(text)
            if decoded != text:
                self.changes["entities decoded"] += 1
                text = decoded
        if "<" in text:
            bare = without_markup(text)
            if bare != text:
                self.changes["markup removed"] += 1
                text = bare
        return blanks(text)

    def _titles(self, one: Given) -> tuple[str, str, str]:
        """Return the title, and its original and translation where they are told apart."""
        title = one("title")
        original = one("title_original")
        translated = one("title_translated")
        if title.startswith("[") and title.endswith(("]", "].")):
            # MEDLINE prints an English translation in brackets.
            translated = translated or title.removesuffix(".")[1:-1]
            title = original or translated
        return title or original or translated, original, translated

    def _authors(self, roles: Roles, one: Given) -> tuple[Name, ...]:
        """Return people and groups in their order."""
        values = one.all("author_given") or one.all("author_full") or one.all("author")
        names = self._names(values)
        if "collective" in roles and "author_given" not in roles:
            names += tuple(
                Name(text, collective=True) for text in one.all("collective")
            )
        return names

    def _translated(self, one: Given) -> tuple[Name, ...]:
        """Return the authors' names in the other alphabet."""
        return self._names(one.all("author_translated_given")) or self._names(
            one.all("author_translated"), parse_pinyin
        )

    def _names(
        self, values: tuple[str, ...], parse: Callable[[str], Name] = parse_name
    ) -> tuple[Name, ...]:
        """Read names; a value that holds several is counted as changed."""
        names: list[Name] = []
        if len(values) == 1 and "," in values[0]:
            several = tuple(listed_names(values[0]))
            if len(several) > 1:
                self.changes["names split"] += 1
                values = several
        for value in values:
            if ";" in value or "；" in value or "|" in value:
                parts = split_names(value)
                if len(parts) > 1:
                    self.changes["names split"] += 1
                names += [parse(part) for part in parts]
            else:
                names.append(parse(value))
        return tuple(name for name in names if name.family or name.given)

    def _abstract(self, one: Given) -> str:
        """Return the longest text that is given as abstract."""
        texts = one.all("abstract")
        if not texts:
            return ""
        text = max(texts, key=len)
        for mark in _CUT_FROM_TEXT:
            if text.startswith(mark):
                self.changes["abstract mark removed"] += 1
                text = text.removeprefix(mark).strip()
        return text


def _without_na(roles: Roles) -> Roles:
    """Drop what R writes where there is nothing; a title or keyword may be NA."""
    return {
        role: values
        if role in _MAY_BE_NA
        else [value for value in values if value.strip() != "NA"]
        for role, values in roles.items()
    }


_MAY_BE_NA = frozenset({"title", "keyword", "keyword_given", "term_given", "mesh"})


def _with_extension(roles: Roles) -> Roles:
    """Read the notes that say what their format has no field for."""
    notes = roles.get("note", ())
    kept: list[str] = []
    read: dict[str, list[str]] = {}
    for note in notes:
        others: list[str] = []
        for line in note.splitlines() if "\n" in note or "\r" in note else (note,):
            given = read_line(line.strip())
            if given is None:
                others.append(line)
            else:
                read.setdefault(given[0], []).append(given[1])
        if len(others) > 0 and any(map(str.strip, others)):
            kept.append("\n".join(others))
    if not read:
        return roles
    merged = {role: list(values) for role, values in roles.items()} | {"note": kept}
    for role, values in read.items():
        # What was said apart is more exact than what the format could hold.
        merged[role] = values if role in _EXACT else [*merged.get(role, ()), *values]
    return merged


#: Roles that an extension replaces; to others it adds.
_EXACT = frozenset({"type", "date", "title", "volume", "issue", "database", "platform"})


def _journal(one: Given) -> tuple[str, str]:
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


def _numbers(roles: Roles, one: Given) -> tuple[str, str, str]:
    """Return DOI, PMID and PMCID from their own fields, else from those that may hold them."""
    doi = _first(roles.get("doi", ()), ids.find_doi, one)
    pmid = _first(roles.get("pmid", ()), ids.plain_pmid, one)
    pmcid = _first(roles.get("pmcid", ()), ids.find_pmcid, one)
    for role in ("identifier", "note", "url"):
        values = roles.get(role)
        if not values:
            continue
        if not doi:
            doi = _first(
                [v for v in values if "10." in v or "%2" in v], ids.find_doi, one
            )
        if not pmid:
            pmid = _first(
                [
                    v
                    for v in values
                    if "ub" in v or "PMID" in v or "UB" in v or "ovid" in v
                ],
                ids.find_pmid,
                one,
            )
        if not pmcid:
            pmcid = _first([v for v in values if "PMC" in v], ids.find_pmcid, one)
    return doi, pmid, pmcid


def _medline_number(one: Given) -> str:
    """Return the accession number of MEDLINE as others than PubMed have it."""
    if "medline" not in one("database").lower():
        return ""
    return next(
        (number for number in one.all("accession") if _PMID.fullmatch(number)), ""
    )


_PMID = re.compile(r"[1-9]\d{6,7}")


def _first(values: Sequence[str], find: Callable[[str], str], one: Given) -> str:
    """Return the first thing found in values."""
    for value in values:
        text = entities(value) if "&" in value else value
        if found := find(text if text.isprintable() else without_controls(text)):
            return found
    return ""


def _pages(one: Given, changes: Counter[str]) -> tuple[str, str]:
    """Return the pages in full, and the article number."""
    start, end, given = one("start"), one("end"), one("pages")
    if not given and len(start) == len(end) and start.isdecimal() and end.isdecimal():
        pages = f"{start}-{end}" if end != start else start
        return pages, one("article_number")
    printed = f"{start}-{end}" if end else start
    if given and (not start or len(given) >= len(printed)):
        pages, printed = normalise_pages(given), given
    else:
        pages = join_pages(start, end)
    if len(pages) > len(printed):
        changes["pages completed"] += 1
    return pages, one("article_number")


def _keywords(one: Given, terms: tuple[Term, ...]) -> tuple[str, ...]:
    """Return the keywords, each once, without the star that marks a main topic.

    Headings that were written among the keywords for other programs are headings.
    """
    if given := one.all("keyword_given"):
        return ids.unique(word.lstrip("* ") for word in given)
    words: list[str] = []
    for value in one.all("keyword"):
        if ";" in value or "；" in value:
            words += [part.strip().lstrip("* ") for part in _LISTED.split(value)]
        else:
            words.append(value.lstrip("* "))
    if "term_given" in one.roles:
        headings = {term.text for term in terms}
        words = [word for word in words if word not in headings]
    return ids.unique(words)


_LISTED = re.compile(r"[;；]+")

#: Roles that hold subject headings, and the vocabulary and weight of each.
_VOCABULARIES = {
    "mesh": ("MeSH", False),
    "emtree": ("Emtree", False),
    "emtree_major": ("Emtree", True),
    "heading": ("", False),
}


#: Roles that say what a record lacks most often.
_NUMBERED = frozenset(("accession", "accession_given"))
_HEADED = frozenset((*_VOCABULARIES, "term_given"))
_TRANSLATED = frozenset(("author_translated", "author_translated_given"))


def _terms(one: Given) -> tuple[Term, ...]:
    """Return the subject headings, each once."""
    found: dict[Term, None] = {}
    for role, (vocabulary, major) in _VOCABULARIES.items():
        if role in one.held:
            for text in one.all(role):
                star = "*" in text
                plain = text.replace("*", "") if star else text
                found[Term(vocabulary, plain, major or star)] = None
    for text in one.all("term_given"):
        vocabulary, _, heading = text.partition(": ")
        plain = heading.removeprefix("*")
        found[Term(vocabulary, plain, plain != heading)] = None
    return tuple(found)


def _accessions(one: Given) -> tuple[Accession, ...]:
    """Return the accession numbers, each once."""
    database = _collection(one)
    found = [
        ids.accession(number, database)
        for given in one.all("accession")
        for number in (given.split("; ") if "; " in given else (given,))
    ]
    found += [read_accession(text) for text in one.all("accession_given")]
    return tuple(dict.fromkeys(found))


def _links(special: list[str], one: Given) -> tuple[Link, ...]:
    """Return what other references are to this one."""
    return tuple(
        Link(role[5:], text, ids.find_pmid(text), ids.find_doi(text))
        for role in special
        if role.startswith("link:")
        for text in one.all(role)
    )


def _is_retracted(title: str, types: tuple[str, ...], roles: Roles) -> bool:
    """Say whether the reference is marked as retracted."""
    if (
        "link:retraction in" in roles
        or "retracted" in roles
        or title[:11].upper() == "RETRACTED: "
    ):
        return True
    return any(kind.lower() in _RETRACTED for kind in types)


#: `eag, 7805975`, `101676033`, `9439514, b6e`: no journal has so many issues.
_JOURNAL_CODES = re.compile(
    r"(?:[0-9a-z]{3}, )?(?:\d{7}|\d{9})[a-z]?(?:, (?:\d{7}|\d{9}|[0-9a-z]{3}))*",
    re.ASCII,
)


def _collection(one: Given) -> str:
    """Return the database, without the stretch of time that Ovid puts behind it."""
    name = one("database")
    return name.partition(" <")[0] if name.endswith(">") else name


def _database(accessions: tuple[Accession, ...]) -> str:
    """Return the database that the first accession number is of."""
    return next(
        (accession.database for accession in accessions if accession.database), ""
    )


#: In a patent's number there are eight digits too.
_ISSN = re.compile(r"(?:(?<![0-9A-Za-z-])|(?<=SSN))(\d{4})-?(\d{3}[\dXx])(?![\d-])")
_ISBN = re.compile(r"(?<![\d-])(97[89](?:[ -]?\d){10}|(?:\d[ -]?){9}[\dXx])(?![\d-])")


def _serial_numbers(roles: Roles, role: str) -> tuple[str, ...]:
    """Return ISSNs or ISBNs, each once and in its usual form."""
    values = [*roles.get(role, ()), *roles.get("serial_number", ())]
    if not values:
        return ()
    text = " ; ".join(values)
    if role == "isbn" and len(text) < 10:
        return ()
    if role == "issn":
        return ids.unique(f"{a}-{b.upper()}" for a, b in _ISSN.findall(text))
    return ids.unique(
        re.sub(r"[ -]", "", found).upper() for found in _ISBN.findall(text)
    )


def _urls(roles: Roles) -> tuple[str, ...]:
    """Return the addresses, several in one field told apart."""
    values = roles.get("url")
    if not values:
        return ()
    values = [url if url.isprintable() else without_controls(url) for url in values]
    return ids.unique(
        blanks(part).strip(" ;,<>")
        for value in values
        for part in (_NEXT_URL.split(value) if value.count("://") > 1 else (value,))
    )


_NEXT_URL = re.compile(r"[\s;,]+(?=https?://)")


def _labels(special: list[str], one: Given) -> tuple[tuple[str, str], ...]:
    """Return what a review tool noted about the reference."""
    return tuple(
        (role[6:], text)
        for role in special
        if role.startswith("label:")
        for text in one.all(role)
    )
