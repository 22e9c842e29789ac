"""Read the plain text of the Cochrane Library."""

from __future__ import annotations

import re

from synthesist.formats.readers.context import Context, Records
from synthesist.formats.readers.tagged import TagStyle, read_tagged
from synthesist.formats.split import Marker


def _identifiers(value: str) -> list[tuple[str, str]]:
    """Read PM and XR: `PUBMED 21314913`, `EMBASE 612345678`."""
    database, _, number = value.strip().partition(" ")
    if database.upper() == "PUBMED":
        return [("pmid", number)]
    if database.upper() == "EMBASE":
        return [("accession", f"L{number}")]
    return [("accession", number or database)]


STYLE = TagStyle(
    marker=Marker("Record #", re.compile(r"Record #\d+ of \d+")),
    tag=re.compile(r"\n([A-Z]{2}|DOI): ?"),
    texts=frozenset({"AB"}),
    readings={"PM": _identifiers, "XR": _identifiers},
    roles={
        "ID": "accession",
        "AU": "author",
        "TI": "title",
        "SO": "journal",
        "YR": "year",
        "VL": "volume",
        "NO": "issue",
        "PG": "pages",
        "PM": "pmid",
        "XR": "accession",
        "PT": "pubtype",
        "KY": "keyword",
        "DOI": "doi",
        "AB": "abstract",
        "US": "url",
        "CC": "",
        "SN": "serial_number",
        "AD": "address",
        "LA": "language",
    },
)


def read_central(context: Context) -> Records:
    """Give the records of the Cochrane Library's text."""
    return read_tagged(context, STYLE)
