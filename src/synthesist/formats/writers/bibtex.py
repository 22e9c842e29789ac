"""Write BibTeX."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from synthesist.formats.extension import keywords_clash, write_lines
from synthesist.formats.latex import encode_latex
from synthesist.formats.reference import Name, Reference
from synthesist.formats.types import kind_of, reference_type
from synthesist.language import MONTHS

#: Between two pages, where LaTeX wants a dash and not a hyphen.
_DASH = re.compile(r"(?<=\d)-(?=\d)")

_OWN = frozenset(
    (
        *(
            "title",
            "title_short",
            "authors",
            "editors",
            "journal_abbreviation",
            "volume",
        ),
        *(
            "issue",
            "article_number",
            "pmid",
            "pmcid",
            "publisher",
            "place",
            "edition",
            "issns",
        ),
        *("isbns", "database"),
    )
)


def write_bibtex(references: Iterable[Reference]) -> Iterator[str]:
    """Give BibTeX text, an entry at a time; no two entries have the same key."""
    keys: dict[str, int] = {}
    for reference in references:
        key = _key(reference)
        keys[key] = keys.get(key, 0) + 1
        if keys[key] > 1:
            key = f"{key}-{keys[key]}"
        kind = kind_of(reference.type).bibtex
        lines = [f"  {name} = {value}," for name, value in _fields(reference, kind)]
        yield "\n".join([f"@{kind}{{{key},", *lines, "}", "", ""])


def _key(reference: Reference) -> str:
    """Return a key of family name, year and first word, in plain letters."""
    name = reference.authors[0].family if reference.authors else ""
    word = next((word for word in reference.title.split() if len(word) > 3), "")
    plain = unicodedata.normalize("NFKD", f"{name}{reference.year}{word}")
    key = "".join(letter for letter in plain if letter.isascii() and letter.isalnum())
    return key[:40].lower() or reference.record


def _fields(reference: Reference, kind: str) -> Iterator[tuple[str, str]]:
    """Give names and values; months are names of their own, the rest is in braces."""
    own = _OWN
    if reference_type(kind) == reference.type:
        own |= {"type"}
    year, _, rest = reference.date.partition("-")
    if not rest or len(rest) == 2:
        own |= {"date"}
    if _braced(reference.doi):
        own |= {"doi"}
    # A volume without a title would take it from there.
    place = "journal" if kind == "article" or not reference.title else "booktitle"
    for name, value in (
        ("author", " and ".join(map(_person, reference.authors))),
        ("editor", " and ".join(map(_person, reference.editors))),
        ("title", encode_latex(reference.title)),
        ("shorttitle", encode_latex(reference.title_short)),
        (place, encode_latex(reference.journal)),
        ("shortjournal", encode_latex(reference.journal_abbreviation)),
        ("year", reference.year or year),
        ("volume", encode_latex(reference.volume)),
        ("number", encode_latex(reference.issue)),
        ("pages", _DASH.sub("--", encode_latex(reference.pages))),
        ("eid", encode_latex(reference.article_number)),
        ("doi", _braced(reference.doi)),
        ("pmid", reference.pmid),
        ("pmcid", reference.pmcid),
        ("issn", ", ".join(reference.issns)),
        ("isbn", ", ".join(reference.isbns)),
        ("publisher", encode_latex(reference.publisher)),
        ("address", encode_latex(reference.place)),
        ("edition", encode_latex(reference.edition)),
        ("source", encode_latex(reference.database)),
        ("abstract", encode_latex(reference.abstract)),
    ):
        if value:
            yield name, f"{{{value}}}"
    if len(rest) == 2:
        yield "month", MONTHS[int(rest) - 1]
    if reference.keywords:
        if not keywords_clash(reference):
            own |= {"keywords"}
        words = list(map(encode_latex, reference.keywords))
        # A semicolon says that commas do not separate.
        end = ";" if len(words) == 1 and "," in words[0] else ""
        yield "keywords", f"{{{'; '.join(words)}{end}}}"
    for values, name, attribute in (
        (reference.languages, "language", "languages"),
        (reference.urls, "url", "urls"),
        (reference.publication_types, "type", "publication_types"),
        (reference.notes, "note", "notes"),
    ):
        if len(values) == 1 and not any(sign in values[0] for sign in "{}\\"):
            own |= {attribute}
            value = values[0] if name == "url" else encode_latex(values[0])
            yield name, f"{{{value}}}"
    said = " ".join((reference.title, reference.abstract, *reference.notes))
    lines = map(encode_latex, write_lines(reference, own, said))
    yield "synthesist", "{" + "\n    ".join(lines) + "}"


def _person(name: Name) -> str:
    """Write a name; a group stands in braces."""
    if name.collective:
        return f"{{{encode_latex(name.family)}}}"
    parts = (
        (name.family, name.suffix, name.given)
        if name.suffix
        else (name.family, name.given)
    )
    text = ", ".join(encode_latex(part) for part in parts if part)
    return text.replace(" and ", " {and} ")


def _braced(text: str) -> str:
    """Return text that braces may stand around as it is, else nothing."""
    return "" if any(sign in text for sign in "{}\\") else text
