"""Write RIS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from synthesist.formats.extension import keywords_clash, tells_its_database, write_lines
from synthesist.formats.reference import Reference
from synthesist.formats.types import kind_of, reference_type

#: Attributes that RIS has a tag for.
_OWN = frozenset(
    (
        *(
            "doi",
            "title",
            "title_translated",
            "title_short",
            "authors",
            "editors",
            "date",
        ),
        *("journal_abbreviation", "volume", "issue", "article_number", "languages"),
        *(
            "publication_types",
            "database",
            "platform",
            "publisher",
            "place",
            "edition",
            "issns",
        ),
        *(
            "isbns",
            "urls",
            "addresses",
            "notes",
            "keywords",
            "pmid",
            "pmcid",
            "accessions",
        ),
    )
)

_SIMPLE = re.compile(r"([^-,]+)-([^-,]+)")


def write_ris(references: Iterable[Reference]) -> Iterator[str]:
    """Give RIS text, a record at a time; lines end as the format asks, in CR LF."""
    for reference in references:
        lines = [f"{tag}  - {value}" for tag, value in _fields(reference)]
        yield "\r\n".join([*lines, "ER  - ", "", ""])


def _fields(reference: Reference) -> Iterator[tuple[str, str]]:
    """Give tags and values in the order of the format's description."""
    own = _OWN
    if reference.terms or keywords_clash(reference):
        own -= {"keywords"}
    kind = kind_of(reference.type).ris
    yield "TY", kind
    if reference_type(kind) == reference.type:
        own |= {"type"}
    yield from _main(reference)
    for tag, values in (
        ("SN", (*reference.issns, *reference.isbns)),
        ("LA", reference.languages),
        ("M3", reference.publication_types),
        ("KW", (*reference.keywords, *(term.text for term in reference.terms))),
        ("UR", reference.urls),
        ("AD", reference.addresses),
        ("N1", reference.notes),
    ):
        for value in values:
            yield tag, value
    numbers = [given for given in reference.accessions if not given.database]
    if all(
        tells_its_database(given, reference.database) for given in reference.accessions
    ):
        numbers = list(reference.accessions)
    else:
        own -= {"accessions"}
        numbers = []
    for given in numbers:
        yield "AN", given.number
    for name, value in (("PMID", reference.pmid), ("PMCID", reference.pmcid)):
        if value:
            yield "N1", f"{name}: {value}"
    said = " ".join((reference.title, reference.abstract, *reference.notes))
    for line in write_lines(reference, own, said):
        yield "N1", line


def _main(reference: Reference) -> Iterator[tuple[str, str]]:
    """Give what most references have."""
    for name in reference.authors:
        yield "AU", name.marked
    for name in reference.editors:
        yield "A2", name.marked
    start, end = reference.pages, ""
    if found := _SIMPLE.fullmatch(reference.pages):
        start, end = found.groups()
    date = reference.date if len(reference.date) > 4 else ""
    for tag, value in (
        ("TI", reference.title),
        ("TT", reference.title_translated),
        ("ST", reference.title_short),
        ("PY", reference.year),
        ("DA", date.replace("-", "/")),
        ("T2", reference.journal),
        ("J2", reference.journal_abbreviation),
        ("VL", reference.volume),
        ("IS", reference.issue),
        ("SP", start),
        ("EP", end),
        ("C7", reference.article_number),
        ("DO", reference.doi),
        ("AB", reference.abstract),
        ("PB", reference.publisher),
        ("CY", reference.place),
        ("ET", reference.edition),
        ("DB", reference.database),
        ("DP", reference.platform),
    ):
        if value:
            yield tag, value
