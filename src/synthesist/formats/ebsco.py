"""Understand what EBSCOhost puts where nobody looks for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

#: What its codes of databases stand for.
_NAMES = {
    **dict.fromkeys(("rzh", "ccm", "c8h", "cin20", "jlh", "cul"), "CINAHL"),
    **dict.fromkeys(("psyh", "psych"), "APA PsycInfo"),
    "pdh": "APA PsycArticles",
    **dict.fromkeys(("cmedm", "mdc", "mnh", "mdl"), "MEDLINE"),
    **dict.fromkeys(("ecn", "eoh"), "EconLit"),
    **dict.fromkeys(("sph", "s3h"), "SPORTDiscus"),
    **dict.fromkeys(("a9h", "aph", "asn"), "Academic Search"),
    **dict.fromkeys(("bth", "buh", "bsh"), "Business Source"),
    "eric": "ERIC",
    **dict.fromkeys(("hch", "hxh"), "Health Source"),
    "8gh": "GreenFILE",
    "eih": "Environment Complete",
    "awh": "AgeLine",
    "sxi": "SocINDEX",
    "lxh": "LISTA",
}

_NUMBER = re.compile(r"\s*Accession Number: ([\w-]+)", re.ASCII)


def roles_of_ebsco(roles: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Name the database of a code, and take the accession number from the notes."""
    said = dict(roles)
    codes = said.get("database", ())
    if any(code.strip().lower() in _NAMES for code in codes):
        said["database"] = [_NAMES.get(code.strip().lower(), code) for code in codes]
    if "accession" not in said:
        found = map(_NUMBER.match, said.get("note", ()))
        if numbers := [match[1] for match in found if match]:
            said["accession"] = numbers
    return said
