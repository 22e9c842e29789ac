"""References as rows of a table of our own: columns that are written and read back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from synthesist.formats.extension import LABELS, write_accession, write_terms
from synthesist.formats.reference import Field, Reference
from synthesist.formats.text import without_controls

#: Between the entries of a cell.
BETWEEN = " | "


def _text(attribute: str) -> Callable[[Reference], str]:
    """Return what gives a text of a reference."""
    return lambda reference: getattr(reference, attribute)


def _list(attribute: str) -> Callable[[Reference], str]:
    """Return what gives several texts as one cell."""
    return lambda reference: join_cell(
        [str(value) for value in getattr(reference, attribute)]
    )


def _names(attribute: str) -> Callable[[Reference], str]:
    """Return what gives names as one cell."""
    return lambda reference: join_cell(
        [name.marked for name in getattr(reference, attribute)]
    )


def join_cell(values: Sequence[str]) -> str:
    """Write several texts as one cell, as a JSON list where one holds the separator."""
    if any("|" in value or value.startswith('["') for value in values):
        return json.dumps(list(values), ensure_ascii=False)
    return BETWEEN.join(values)


def split_cell(text: str) -> list[str]:
    """Read what `join_cell` wrote."""
    if text.startswith('["') and text.endswith('"]'):
        try:
            values = json.loads(text)
        except ValueError:
            return [text]
        return [without_controls(str(value)) for value in values]
    return [part for part in text.split(BETWEEN) if part]


def _label(name: str) -> Callable[[Reference], str]:
    """Return what gives a label of the review."""
    return lambda reference: join_cell(
        [text for key, text in reference.labels if key == name]
    )


def _other_labels(reference: Reference) -> str:
    """Write labels of other programs with their names."""
    own = {*LABELS, "record"}
    return join_cell(
        [f"{name}: {text}" for name, text in reference.labels if name not in own]
    )


def _links(reference: Reference) -> str:
    """Write links with their kinds."""
    return join_cell([f"{link.kind}: {link.text}" for link in reference.links])


#: Name of each column and what stands in it.
COLUMNS: tuple[tuple[str, Callable[[Reference], str]], ...] = (
    ("synthesist record", lambda reference: reference.record),
    ("type", _text("type")),
    ("title", _text("title")),
    ("original title", _text("title_original")),
    ("translated title", _text("title_translated")),
    ("short title", _text("title_short")),
    ("authors", _names("authors")),
    ("translated authors", _names("authors_translated")),
    ("editors", _names("editors")),
    ("year", _text("year")),
    ("date", _text("date")),
    ("journal", _text("journal")),
    ("journal abbreviation", _text("journal_abbreviation")),
    ("translated journal", _text("journal_translated")),
    ("volume", _text("volume")),
    ("issue", _text("issue")),
    ("pages", _text("pages")),
    ("article number", _text("article_number")),
    ("doi", _text("doi")),
    ("pmid", _text("pmid")),
    ("pmcid", _text("pmcid")),
    ("registrations", _list("registrations")),
    (
        "accessions",
        lambda reference: (
            json.dumps(
                [write_accession(given) for given in reference.accessions],
                ensure_ascii=False,
            )
            if reference.accessions
            else ""
        ),
    ),
    ("language", _list("languages")),
    ("publication types", _list("publication_types")),
    ("abstract", _text("abstract")),
    ("keywords", _list("keywords")),
    ("terms", lambda reference: join_cell(write_terms(reference))),
    ("links", _links),
    ("retracted", lambda reference: "yes" if reference.retracted else ""),
    ("database", _text("database")),
    ("platform", _text("platform")),
    ("publisher", _text("publisher")),
    ("place", _text("place")),
    ("edition", _text("edition")),
    ("issn", _list("issns")),
    ("isbn", _list("isbns")),
    ("urls", _list("urls")),
    ("addresses", _list("addresses")),
    ("notes", _list("notes")),
    *((name, _label(name)) for name in LABELS),
    ("other labels", _other_labels),
)


def cells(reference: Reference) -> list[str]:
    """Return the cells of a reference."""
    return [value(reference) for _, value in COLUMNS]


#: Role of each column when such a table is read again; lists are taken apart.
ROLES = {
    "synthesist record": "label:record",
    "type": "type",
    "title": "title",
    "original title": "title_original",
    "translated title": "title_translated",
    "short title": "title_short",
    "authors": "author_given",
    "translated authors": "author_translated_given",
    "editors": "editor",
    "year": "year",
    "date": "date",
    "journal": "journal",
    "journal abbreviation": "journal_abbreviation",
    "translated journal": "journal_translated",
    "volume": "volume",
    "issue": "issue",
    "pages": "pages",
    "article number": "article_number",
    "doi": "doi",
    "pmid": "pmid",
    "pmcid": "pmcid",
    "registrations": "registration",
    "accessions": "accession_given",
    "language": "language",
    "publication types": "pubtype",
    "abstract": "abstract",
    "keywords": "keyword_given",
    "terms": "term_given",
    "links": "link",
    "retracted": "retracted",
    "database": "database",
    "platform": "platform",
    "publisher": "publisher",
    "place": "place",
    "edition": "edition",
    "issn": "issn",
    "isbn": "isbn",
    "urls": "url",
    "addresses": "address",
    "notes": "note",
    "other labels": "label",
    **{name: f"label:{name}" for name in LABELS},
}


#: A spreadsheet computes a cell that begins so.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?")


def safe(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would compute; numbers stay."""
    if _FORMULA.match(text.lstrip("'")) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def unsafe(text: str) -> str:
    """Take away the apostrophe that `safe` put."""
    return (
        text[1:] if text.startswith("'") and _FORMULA.match(text.lstrip("'")) else text
    )


#: Roles of which a cell holds a list.
_LISTS = frozenset(
    (
        *(
            "author_given",
            "author_translated_given",
            "editor",
            "registration",
            "accession_given",
        ),
        *(
            "language",
            "pubtype",
            "keyword_given",
            "term_given",
            "issn",
            "isbn",
            "url",
            "address",
        ),
        *("note", "label:tags", "label:status", "label:reason", "label:rank"),
    )
)
_LABEL = re.compile(r"[a-z][a-z ]{0,40}")

_CONTINUED = re.compile(r" \(\d+\)$")


def own_roles(fields: Sequence[Field], *, escaped: bool) -> dict[str, list[str]]:
    """Sort the cells of a row by what they mean; in CSV formulas were escaped."""
    texts: dict[str, str] = {}
    for name, value in fields:
        column = _CONTINUED.sub("", name.strip())
        texts[column] = texts.get(column, "") + value
    roles: dict[str, list[str]] = {}
    for column, text in texts.items():
        role = ROLES.get(column, "")
        given = unsafe(text) if escaped else text
        if role in {"link", "label"}:
            for part in split_cell(given):
                kind, _, said = part.partition(": ")
                if _LABEL.fullmatch(kind):
                    roles.setdefault(f"{role}:{kind}", []).append(said)
        elif role:
            roles[role] = split_cell(given) if role in _LISTS else [given]
    return roles
