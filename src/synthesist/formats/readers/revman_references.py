"""What the references of a RevMan 5 review mean."""

from __future__ import annotations

import re

from synthesist.formats.readers.context import add
from synthesist.formats.text import blanks, entities, without_controls
from synthesist.formats.xml import Node

_ROLES = {
    "au": "author",
    "ti": "title",
    "to": "title_original",
    "so": "container",
    "yr": "year",
    "vl": "volume",
    "no": "issue",
    "pg": "pages",
    "ed": "editor",
    "pb": "publisher",
    "cy": "place",
    "en": "edition",
    "md": "pubtype",
}

_TYPES = {
    "JOURNAL_ARTICLE": "journal article",
    "BOOK": "book",
    "BOOK_SECTION": "book section",
    "CONFERENCE_PROC": "conference paper",
    "CONFERENCE_PROCEEDING": "conference paper",
    "CORRESPONDENCE": "personal communication",
    "COMPUTER_PROGRAM": "software",
    "UNPUBLISHED": "unpublished",
    "COCHRANE_REVIEW": "journal article",
    "COCHRANE_PROTOCOL": "journal article",
    "OTHER": "other",
    "WEB_PAGE": "web page",
}

_STUDY = re.compile(
    r"<STUDY\b([^<>]*)>|</STUDY>|<((?:IN|EX)CLUDED|AWAITING|ONGOING)_STUDIES|<OTHER_REFERENCES"
)
_NAME = re.compile(r'\bNAME="([^"]*)"')


class StudyOf:
    """Knows to which study the next reference belongs."""

    def __init__(self) -> None:
        self.name = ""
        self.status = ""

    def see(self, text: str) -> None:
        """Follow the markup between references."""
        for found in _STUDY.finditer(text):
            if found[2]:
                self.status = found[2].lower()
            elif found[0].startswith("<STUDY"):
                name = _NAME.search(found[1] or "")
                # It stands outside the record, so that nothing else cleans it.
                self.name = blanks(entities(without_controls(name[1]))) if name else ""
            else:
                self.name = ""
                if found[0].startswith("<OTHER"):
                    self.status = ""


def revman_roles(node: Node, study: StudyOf) -> dict[str, list[str]]:
    """Sort the elements of a reference by what they mean."""
    roles: dict[str, list[str]] = {}
    kind = node.attributes.get("TYPE", "")
    add(roles, "type", _TYPES.get(kind, kind))
    for child in node.children():
        role = _ROLES.get(child.name)
        text = child.text().strip()
        if not role or not text:
            continue
        if role in {"author", "editor"}:
            for part in _people(text):
                add(roles, role, part)
        else:
            add(roles, role, text)
    for identifier in node.all("identifiers/identifier"):
        _identifier(roles, identifier.attributes)
    if study.name:
        add(roles, "label:study", study.name)
    if study.status:
        add(roles, "label:status", study.status)
    return roles


def _people(text: str) -> list[str]:
    """Split a list of authors: `Smith J, Doe AB, Study Group`."""
    return [
        part.strip()
        for part in re.split(r"[;,] | and ", " ".join(text.split()))
        if part.strip()
    ]


def _identifier(roles: dict[str, list[str]], attributes: dict[str, str]) -> None:
    """Take an identifier by its type."""
    value = attributes.get("VALUE", "")
    kind = attributes.get("TYPE", "").upper()
    role = {"DOI": "doi", "MEDLINE": "pmid", "PUBMED": "pmid"}.get(kind)
    if value:
        add(roles, role or "accession", value)
