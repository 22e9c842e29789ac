"""Read RefWorks tagged text, which CNKI, Wanfang and VIP offer too."""

from __future__ import annotations

import re

from synthesist.formats.readers.context import Context, Records
from synthesist.formats.readers.tagged import TagStyle, read_tagged
from synthesist.formats.split import Marker


def _finish(roles: dict[str, list[str]]) -> None:
    """Join the year with the day, which is kept apart: `Feb`."""
    if "day" in roles and "year" in roles:
        day, year = roles["day"][0], roles["year"][0].strip()
        roles["date"] = [day if year in day else f"{year} {day}"]


STYLE = TagStyle(
    marker=Marker("RT", re.compile(r"RT[ \t]")),
    tag=re.compile(r"\n([A-Z][A-Z0-9]|PMC?ID|U1[0-5]|vo)(?:[ \t]|(?=\n)|\Z)"),
    end=frozenset({"ER"}),
    finish=_finish,
    texts=frozenset({"AB", "NO", "T1", "AD", "K1"}),
    roles={
        "RT": "type",
        "SR": "",
        "ID": "",
        "A1": "author",
        "A2": "editor",
        "A3": "",
        "A4": "",
        "A5": "",
        "A6": "",
        "T1": "title",
        "T2": "container",
        "T3": "",
        "OT": "title_original",
        "FT": "title_original",
        "TT": "title_translated",
        "ST": "title_short",
        "JF": "journal",
        "JO": "journal_abbreviation",
        "YR": "year",
        "FD": "day",
        "PD": "",
        "VO": "volume",
        "vo": "volume",
        "IS": "issue",
        "SP": "start",
        "OP": "end",
        "K1": "keyword",
        "AB": "abstract",
        "NO": "note",
        "PB": "publisher",
        "PP": "place",
        "ED": "edition",
        "SN": "serial_number",
        "CN": "",
        "AV": "",
        "AD": "address",
        "AN": "accession",
        "LA": "language",
        "OL": "",
        "CL": "",
        "SF": "",
        "LK": "url",
        "UL": "url",
        "DO": "doi",
        "DI": "doi",
        "PMID": "pmid",
        "PMCID": "pmcid",
        **{f"U{number}": "" for number in range(10, 16)},
        "DB": "database",
        "DS": "database",
        "IP": "",
        "RD": "",
        "RE": "",
        "RP": "",
        "WT": "",
        "WP": "",
        "WV": "",
        "SL": "",
        "LL": "",
        "CR": "",
        "GD": "",
        "FU": "",
        "U1": "",
        "U2": "",
        "U3": "",
        "U4": "",
        "U5": "",
        "U6": "",
        "U7": "",
        "U8": "",
        "U9": "",
    },
)


def read_refworks(context: Context) -> Records:
    """Give the records of a RefWorks file."""
    return read_tagged(context, STYLE)
