"""What the elements of EndNote's XML mean."""

from __future__ import annotations

from synthesist.formats.readers.context import add
from synthesist.formats.xml import Node

_ROLES = {
    "contributors/authors/author": "author",
    "contributors/secondary-authors/author": "editor",
    "contributors/translated-authors/author": "author_translated",
    "titles/title": "title",
    "titles/short-title": "title_short",
    "titles/translated-title": "title_translated",
    "titles/secondary-title": "container",
    "titles/alt-title": "journal_any",
    "periodical/full-title": "journal",
    "periodical/abbr-1": "journal_abbreviation",
    "alt-periodical/abbr-1": "journal_abbreviation",
    "pages": "pages",
    "volume": "volume",
    "number": "issue",
    "edition": "edition",
    "keywords/keyword": "keyword",
    "dates/year": "year",
    "dates/pub-dates/date": "day",
    "pub-location": "place",
    "publisher": "publisher",
    "isbn": "serial_number",
    "accession-num": "accession",
    "abstract": "abstract",
    "notes": "note",
    "research-notes": "note",
    "work-type": "pubtype",
    "urls/related-urls/url": "url",
    "urls/web-urls/url": "url",
    "urls/text-urls/url": "url",
    "electronic-resource-num": "doi",
    "custom2": "pmcid",
    "custom7": "article_number",
    "remote-database-name": "database",
    "remote-database-provider": "platform",
    "language": "language",
    "auth-address": "address",
}

#: Elements of a record that are known, whether they are read or only kept.
KNOWN = frozenset(path.partition("/")[0] for path in _ROLES) | frozenset(
    (
        *(
            "database",
            "source-app",
            "rec-number",
            "foreign-keys",
            "ref-type",
            "section",
        ),
        *(
            "num-vols",
            "call-num",
            "label",
            "caption",
            "custom1",
            "custom3",
            "custom4",
            "custom5",
        ),
        *(
            "custom6",
            "access-date",
            "modified-date",
            "reprint-edition",
            "reprint-status",
        ),
        *(
            "alt-periodical",
            "orig-pub",
            "electronic-resource-num",
            "size",
            "figure",
            "misc1",
        ),
        *("misc2", "misc3", "subsidiary-title", "translated-author", "language"),
    )
)


def endnote_roles(node: Node) -> dict[str, list[str]]:
    """Sort the elements of a record by what they mean."""
    roles: dict[str, list[str]] = {}
    kind = node.find("ref-type")
    if kind is not None:
        add(roles, "type", kind.attributes.get("name") or kind.text())
    for path, role in _ROLES.items():
        for text in node.texts(path):
            parts = (
                text.split("\r" if "\r" in text else "\n") if role in _LINES else [text]
            )
            for part in parts:
                add(roles, role, part)
    _remember_date(roles)
    return roles


_LINES = frozenset({"keyword", "url", "address"})


def _remember_date(roles: dict[str, list[str]]) -> None:
    """Join the year with the day, which EndNote keeps apart: `Feb 10`."""
    if "day" in roles and "year" in roles:
        day, year = roles["day"][0], roles["year"][0].strip()
        roles["date"] = [day if year in day else f"{year} {day}"]
