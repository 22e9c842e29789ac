"""Read Web of Science's tagged text (.ciw, .txt)."""

from __future__ import annotations

import re

from synthesist.formats.readers.context import Context, Records
from synthesist.formats.readers.tagged import Reading, TagStyle, read_tagged
from synthesist.formats.split import Marker

_DOCUMENT = {
    "J": "journal",
    "B": "book",
    "S": "serial",
    "P": "patent",
    "C": "conference",
    "BOOK IN SERIES": "book",
    "D": "dataset",
    "PREPRINT": "preprint",
}


def _publication(value: str) -> list[tuple[str, str]]:
    """Read PT's letter."""
    return [("type", _DOCUMENT.get(value.strip().upper(), value))]


def _finish(roles: dict[str, list[str]]) -> None:
    """Join the year with the month and day, which PD has without it."""
    if "day" in roles and "year" in roles:
        roles["date"] = [f"{roles['year'][0]} {roles['day'][0].title()}"]


def _parts(role: str) -> Reading:
    """Read a list between semicolons, whose lines go on."""
    return lambda value: [
        (role, part) for part in re.split(r";\s+", " ".join(value.split()))
    ]


def _accession(value: str) -> list[tuple[str, str]]:
    """Read UT, which for records of MEDLINE is their PMID."""
    number = value.strip()
    pmid = number.removeprefix("MEDLINE:")
    if pmid != number and pmid.isdecimal():
        return [("accession", number), ("pmid", pmid)]
    return [("accession", number)]


STYLE = TagStyle(
    marker=Marker("PT ", re.compile(r"PT ")),
    tag=re.compile(r"\n([A-Z][A-Z0-9])(?: |(?=\n)|\Z)"),
    end=frozenset({"ER", "EF"}),
    lines=frozenset({"AU", "AF", "C1", "BE", "ED", "CA"}),
    finish=_finish,
    readings={
        "PT": _publication,
        "DT": _parts("pubtype"),
        "ID": _parts("heading"),
        "MC": _parts("heading"),
        "MQ": _parts("heading"),
        "UT": _accession,
    },
    roles={
        "PT": "type",
        "AU": "author",
        "AF": "author_full",
        "BA": "author",
        "BF": "",
        "CA": "collective",
        "GP": "collective",
        "BE": "editor",
        "ED": "editor",
        "TI": "title",
        "FT": "title_translated",
        "SO": "journal",
        "SE": "",
        "BS": "",
        "LA": "language",
        "DT": "pubtype",
        "CT": "",
        "CY": "",
        "CL": "",
        "SP": "",
        "HO": "",
        "DE": "keyword",
        "ID": "heading",
        "AB": "abstract",
        "C1": "address",
        "C3": "",
        "RP": "",
        "EM": "",
        "RI": "",
        "OI": "",
        "FU": "",
        "FP": "",
        "FX": "",
        "CR": "",
        "NR": "",
        "TC": "",
        "Z9": "",
        "Z1": "",
        "Z2": "",
        "Z3": "",
        "Z4": "",
        "Z5": "",
        "Z6": "",
        "Z7": "",
        "Z8": "",
        "ZB": "",
        "ZS": "",
        "ZR": "",
        "ZA": "",
        "U1": "",
        "U2": "",
        "PU": "publisher",
        "PI": "place",
        "PA": "",
        "SN": "serial_number",
        "EI": "serial_number",
        "BN": "isbn",
        "J9": "",
        "JI": "journal_abbreviation",
        "PD": "day",
        "PY": "year",
        "VL": "volume",
        "IS": "issue",
        "PN": "",
        "SU": "",
        "SI": "",
        "MA": "",
        "BP": "start",
        "EP": "end",
        "AR": "article_number",
        "DI": "doi",
        "DL": "",
        "D2": "",
        "EA": "",
        "EY": "",
        "PG": "",
        "P2": "",
        "WC": "",
        "WE": "",
        "SC": "",
        "GA": "",
        "PM": "pmid",
        "UT": "accession",
        "OA": "",
        "HC": "",
        "HP": "",
        "DA": "",
        "RC": "",
        "MC": "heading",
        "MI": "",
        "MQ": "heading",
        "CC": "",
        "OR": "",
        "DS": "",
        "CH": "",
        "TM": "",
        "GE": "",
        "TA": "",
        "SD": "",
        "AN": "accession",
        "BD": "",
        # Old exports of MEDLINE and INSPEC.
        "PS": "pages",
    },
)


def read_wos(context: Context) -> Records:
    """Give the records of a Web of Science file."""
    return read_tagged(context, STYLE)
