"""A reference as a row of records.csv."""

from __future__ import annotations

from synthesist.formats.identifiers import unique
from synthesist.formats.reference import Reference
from synthesist.review import Record


def to_record(reference: Reference) -> Record:
    """Return the row of a reference; what has no column of its own is in the note."""
    origin = reference.origin
    numbers = (given.number for given in reference.accessions)
    words = unique((*reference.keywords, *(term.text for term in reference.terms)))
    pages = reference.pages or reference.article_number
    return Record(
        record=reference.record,
        file=origin.file,
        ordinal=origin.ordinal,
        type=reference.type,
        title=reference.title,
        authors="; ".join(map(str, reference.authors)),
        year=reference.year,
        journal=reference.journal,
        volume=reference.volume,
        issue=reference.issue,
        pages=pages,
        doi=reference.doi,
        pmid=reference.pmid,
        accession="; ".join(unique((*numbers, *reference.registrations))),
        language="; ".join(reference.languages),
        abstract=reference.abstract,
        keywords="; ".join(words),
        url=reference.urls[0] if reference.urls else "",
        note=_note(reference),
    )


def _note(reference: Reference) -> str:
    """Say what a screener must know, and what links it to other reports."""
    translated = "; ".join(map(str, reference.authors_translated))
    parts = [
        "retracted" if reference.retracted else "",
        _said("original title", reference.title_original, reference.title),
        _said("translated title", reference.title_translated, reference.title),
        f"authors: {translated}" if translated else "",
        f"PMCID: {reference.pmcid}" if reference.pmcid else "",
        *(
            f"{link.kind}: {link.text}"
            for link in reference.links
            if "comment" not in link.kind
        ),
    ]
    return " | ".join(filter(None, parts))


def _said(name: str, text: str, title: str) -> str:
    """Say a title that differs from the main one."""
    return f"{name}: {text}" if text and text != title else ""
