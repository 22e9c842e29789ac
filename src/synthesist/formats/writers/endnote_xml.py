"""Write EndNote's XML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from synthesist.formats.extension import keywords_clash, tells_its_database, write_lines
from synthesist.formats.names import parse_pinyin
from synthesist.formats.reference import Reference
from synthesist.formats.types import kind_of, reference_type

_OWN = frozenset(
    (
        *(
            "title",
            "title_translated",
            "title_short",
            "authors",
            "authors_translated",
            "editors",
        ),
        *(
            "date",
            "journal_abbreviation",
            "volume",
            "issue",
            "article_number",
            "languages",
        ),
        *(
            "publication_types",
            "database",
            "platform",
            "publisher",
            "place",
            "edition",
            "issns",
        ),
        *("isbns", "urls", "addresses", "pmcid", "keywords", "notes"),
    )
)


def write_endnote_xml(references: Iterable[Reference]) -> Iterator[str]:
    """Give EndNote's XML, a record at a time."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n'
    for number, reference in enumerate(references, start=1):
        yield f"<record>{''.join(_parts(reference, number))}</record>\n"
    yield "</records></xml>\n"


def _element(name: str, *values: str, inside: str = "") -> str:
    """Write an element for each value that is not empty, together in another."""
    written = "".join(f"<{name}>{escape(value)}</{name}>" for value in values if value)
    return f"<{inside}>{written}</{inside}>" if inside and written else written


def _parts(reference: Reference, number: int) -> Iterator[str]:
    """Give the elements of a record in EndNote's order."""
    own = _OWN
    if reference.terms or keywords_clash(reference):
        own -= {"keywords"}
    kind = kind_of(reference.type)
    if reference_type(kind.endnote) == reference.type:
        own |= {"type"}
    if any(parse_pinyin(name.marked) != name for name in reference.authors_translated):
        own -= {"authors_translated"}
    yield f"<rec-number>{number}</rec-number>"
    yield f"<ref-type name={quoteattr(kind.endnote)}>{kind.number}</ref-type>"
    people = (
        _element(
            "author", *(name.marked for name in reference.authors), inside="authors"
        )
        + _element(
            "author",
            *(name.marked for name in reference.editors),
            inside="secondary-authors",
        )
        + _element(
            "author",
            *(name.marked for name in reference.authors_translated),
            inside="translated-authors",
        )
    )
    yield f"<contributors>{people}</contributors>" if people else ""
    titles = (
        _element("title", reference.title)
        + _element("secondary-title", reference.journal)
        + _element("short-title", reference.title_short)
        + _element("translated-title", reference.title_translated)
    )
    yield f"<titles>{titles}</titles>" if titles else ""
    periodical = _element("full-title", reference.journal)
    periodical += _element("abbr-1", reference.journal_abbreviation)
    yield f"<periodical>{periodical}</periodical>" if periodical else ""
    yield _element("pages", reference.pages)
    yield _element("volume", reference.volume)
    yield _element("number", reference.issue)
    yield _element("edition", reference.edition)
    words = (*reference.keywords, *(term.text for term in reference.terms))
    yield _element("keyword", *words, inside="keywords")
    day = _element(
        "date", reference.date if len(reference.date) > 4 else "", inside="pub-dates"
    )
    dates = _element("year", reference.year) + day
    yield f"<dates>{dates}</dates>" if dates else ""
    yield _element("pub-location", reference.place)
    yield _element("publisher", reference.publisher)
    yield _element("isbn", "\r".join((*reference.issns, *reference.isbns)))
    for given in reference.accessions:
        if len(reference.accessions) == 1 and tells_its_database(
            given, reference.database
        ):
            own |= {"accessions"}
            yield _element("accession-num", given.number)
    yield _element("abstract", reference.abstract)
    yield _element("notes", *reference.notes)
    said = " ".join((reference.title, reference.abstract, *reference.notes))
    lines = write_lines(reference, own, said)
    if reference.pmid and "pmid" not in own:
        lines = [line for line in lines if not line.startswith("Synthesist pmid: ")]
        lines.append(f"PMID: {reference.pmid}")
    yield _element("research-notes", "\n".join(lines))
    yield _element("work-type", *reference.publication_types)
    urls = _element("url", *reference.urls, inside="related-urls")
    yield f"<urls>{urls}</urls>" if urls else ""
    yield _element("electronic-resource-num", reference.doi)
    yield _element("custom2", reference.pmcid)
    yield _element("custom7", reference.article_number)
    yield _element("remote-database-name", reference.database)
    yield _element("remote-database-provider", reference.platform)
    yield _element("language", *reference.languages)
    yield _element("auth-address", "\n".join(reference.addresses))
