"""Carry what a format has no field for: lines of notes that begin with `Synthesist`.

`Synthesist status: included` in a note is the review's label, and `Synthesist
term: MeSH: *Lupus` a heading in a format without headings. Every format has
notes, so everything that is written can be read back, by this program at least.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from synthesist.formats.identifiers import accession, find_registrations
from synthesist.formats.reference import LINK_KINDS, Accession, Reference
from synthesist.formats.types import NOT_GIVEN

#: The labels of a review that are written, in their order.
LABELS = ("status", "reason", "rank", "tags")

PREFIX = "Synthesist "
_LINE = re.compile(r"Synthesist ([a-z][a-z ]{2,60}): (.*)", re.DOTALL)

#: Identifiers that every tool understands in a note.
_PLAIN = re.compile(r"(PMID|PMCID): ((?:PMC)?\d{1,9})")

#: Names of extension lines and the role each is read as.
ROLES = {
    "type": "type",
    "title": "title",
    "original title": "title_original",
    "translated title": "title_translated",
    "short title": "title_short",
    "author": "author_given",
    "translated author": "author_translated_given",
    "editor": "editor",
    "date": "date",
    "abbreviated journal": "journal_abbreviation",
    "translated journal": "journal_translated",
    "volume": "volume",
    "issue": "issue",
    "article number": "article_number",
    "doi": "doi",
    "pmid": "pmid",
    "pmcid": "pmcid",
    "language": "language",
    "publication type": "pubtype",
    "keyword": "keyword_given",
    "database": "database",
    "platform": "platform",
    "publisher": "publisher",
    "place": "place",
    "edition": "edition",
    "issn": "issn",
    "isbn": "isbn",
    "url": "url",
    "address": "address",
    "note": "note_given",
    "accession": "accession_given",
    "term": "term_given",
    "registration": "registration",
    "retracted": "retracted",
    "record": "label:record",
    **{name: f"label:{name}" for name in LABELS},
    **{f"link {kind}": f"link:{kind}" for kind in LINK_KINDS},
}


def read_line(line: str) -> tuple[str, str] | None:
    """Return the role and value of an extension line, nothing for other notes."""
    if line.startswith(PREFIX):
        found = _LINE.match(line)
        if found and found[1].startswith("label "):
            return f"label:{found[1][6:]}", found[2].strip()
        if found and found[1] in ROLES:
            return ROLES[found[1]], found[2].strip()
    elif line.startswith("PM") and (found := _PLAIN.fullmatch(line.strip())):
        return found[1].lower(), found[2]
    return None


def _lines(name: str, values: Iterable[str]) -> Iterator[str]:
    """Write values under one name."""
    for value in values:
        if value:
            yield f"{PREFIX}{name}: {value}"


def write_lines(reference: Reference, own: frozenset[str], text: str = "") -> list[str]:
    """Write everything of a reference that a format has no field for.

    Parameters
    ----------
    reference : Reference
        What is written.
    own : frozenset of str
        Names of attributes for which the format has fields of its own.
    text : str
        What the format writes in its own fields; registrations found in it need
        not be said again.
    """
    lines = [f"{PREFIX}record: {reference.record}"]
    for attribute, name, values in _PARTS:
        if attribute not in own:
            lines += _lines(name, values(reference))
    if "registrations" not in own:
        said = set(find_registrations(text))
        lines += _lines(
            "registration", (r for r in reference.registrations if r not in said)
        )
    if "links" not in own:
        for link in reference.links:
            lines += _lines(f"link {link.kind}", [link.text])
    if reference.retracted and "retracted" not in own:
        lines += _lines("retracted", ["yes"])
    for name, value in reference.labels:
        if name in LABELS:
            lines += _lines(name, [value])
        elif name != "record":
            lines += _lines(f"label {name}", [value])
    return lines


def keywords_clash(reference: Reference) -> bool:
    """Say whether keywords cannot stand in one field: headings too, or with semicolons."""
    words = reference.keywords
    return any(";" in word for word in words) or not {
        term.text for term in reference.terms
    }.isdisjoint(words)


def _one(attribute: str) -> Callable[[Reference], Sequence[str]]:
    """Return what gives a single text of a reference."""
    return lambda reference: (getattr(reference, attribute),)


def _many(attribute: str) -> Callable[[Reference], Sequence[str]]:
    """Return what gives several texts of a reference."""
    return lambda reference: [str(value) for value in getattr(reference, attribute)]


def _names(attribute: str) -> Callable[[Reference], Sequence[str]]:
    """Return what gives names of a reference."""
    return lambda reference: [name.marked for name in getattr(reference, attribute)]


def _type(reference: Reference) -> Sequence[str]:
    """Write the kind, also that none was given."""
    return (reference.type or NOT_GIVEN,)


def _accessions(reference: Reference) -> list[str]:
    """Write accession numbers, each with its database where its form does not tell."""
    return [write_accession(given) for given in reference.accessions]


def write_accession(given: Accession) -> str:
    """Write an accession number with its database."""
    return f"{given.database} | {given.number}" if given.database else given.number


def read_accession(text: str) -> Accession:
    """Read what `write_accession` wrote."""
    database, bar, number = text.partition(" | ")
    return Accession(database, number) if bar else Accession("", text)


def tells_its_database(given: Accession, database: str) -> bool:
    """Say whether a number read back in a record of a database gets its own again."""
    return accession(given.number, database) == given


def write_terms(reference: Reference) -> list[str]:
    """Write subject headings with their vocabulary, main topics with a star."""
    return [
        f"{term.vocabulary}: {'*' if term.major else ''}{term.text}"
        for term in reference.terms
    ]


#: Attribute, name of its line, and its values.
_PARTS = (
    ("type", "type", _type),
    ("title", "title", _one("title")),
    ("title_original", "original title", _one("title_original")),
    ("title_translated", "translated title", _one("title_translated")),
    ("title_short", "short title", _one("title_short")),
    ("authors", "author", _names("authors")),
    ("authors_translated", "translated author", _names("authors_translated")),
    ("editors", "editor", _names("editors")),
    ("date", "date", _one("date")),
    ("journal_abbreviation", "abbreviated journal", _one("journal_abbreviation")),
    ("journal_translated", "translated journal", _one("journal_translated")),
    ("volume", "volume", _one("volume")),
    ("issue", "issue", _one("issue")),
    ("article_number", "article number", _one("article_number")),
    ("doi", "doi", _one("doi")),
    ("pmid", "pmid", _one("pmid")),
    ("pmcid", "pmcid", _one("pmcid")),
    ("languages", "language", _many("languages")),
    ("publication_types", "publication type", _many("publication_types")),
    ("keywords", "keyword", _many("keywords")),
    ("database", "database", _one("database")),
    ("platform", "platform", _one("platform")),
    ("publisher", "publisher", _one("publisher")),
    ("place", "place", _one("place")),
    ("edition", "edition", _one("edition")),
    ("issns", "issn", _many("issns")),
    ("isbns", "isbn", _many("isbns")),
    ("urls", "url", _many("urls")),
    ("addresses", "address", _many("addresses")),
    ("notes", "note", _many("notes")),
    ("accessions", "accession", _accessions),
    ("terms", "term", write_terms),
)
