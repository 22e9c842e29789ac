"""Read what ERIC calls NBIB: MEDLINE's tags without a PMID."""

from __future__ import annotations

import re

from synthesist.formats.readers.context import Context, Records
from synthesist.formats.readers.nbib import ROLES
from synthesist.formats.readers.tagged import TagStyle, read_tagged
from synthesist.formats.split import Marker


def _address(value: str) -> list[tuple[str, str]]:
    """Read AID and LID: the page of a DOI, or of the record."""
    return [("url", value), ("doi", value)] if "doi.org" in value else [("url", value)]


def _serial_number(value: str) -> list[tuple[str, str]]:
    """Read ISSN: `ISSN-1234-5678`, `EISSN-1234-5678`."""
    return [("serial_number", value.rpartition("ISSN-")[2])]


def _finish(roles: dict[str, list[str]]) -> None:
    """Tell what kind of work it is from ERIC's words for it."""
    kinds = " ".join(roles.get("pubtype", ())).lower()
    roles["type"] = [next((kind for word, kind in _KINDS if word in kinds), "article")]
    if "year" in roles:
        roles["date"] = roles["year"]


_KINDS = (
    ("journal article", "article"),
    ("dissertation", "thesis"),
    ("book", "book"),
    ("collected works", "proceedings"),
    ("speeches", "conference paper"),
    ("report", "report"),
)

STYLE = TagStyle(
    marker=Marker("OWN", re.compile(r"OWN ?- ERIC\b", re.ASCII)),
    tag=re.compile(r"\n([A-Z]{2,4}) {0,2}-(?: |(?=\n)|\Z)"),
    roles=ROLES | {"OID": "accession", "ISSN": "issn"},
    texts=frozenset({"AB"}),
    readings={"AID": _address, "LID": _address, "ISSN": _serial_number},
    finish=_finish,
)


def read_eric(context: Context) -> Records:
    """Give the records of a file of ERIC's."""
    return read_tagged(context, STYLE)
