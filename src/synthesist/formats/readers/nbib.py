"""Read MEDLINE's format, which PubMed saves as .nbib or .txt."""

from __future__ import annotations

import re
from collections.abc import Sequence

from synthesist.formats.readers.context import UNTAGGED, Context, Records
from synthesist.formats.readers.passages import keep_passages
from synthesist.formats.reference import Field
from synthesist.formats.split import Marker, Piece, split_at, with_last

MARKER = Marker("PMID", re.compile(r"PMID ?-"))

_TAG = re.compile(r"\n([A-Z][A-Z0-9]{1,3}) {0,2}-(?: |(?=\n)|\Z)")
_STARTS = re.compile(r"[A-Z][A-Z0-9]{1,3} {0,2}-(?: |$)", re.MULTILINE)

ROLES = {
    "PMID": "pmid",
    "TI": "title",
    "TT": "title_original",
    "BTI": "container",
    "CTI": "container",
    "AU": "author",
    "FAU": "author_full",
    "CN": "collective",
    "ED": "",
    "FED": "editor",
    "IR": "",
    "FIR": "",
    "IRAD": "",
    "DP": "year",
    "DEP": "",
    "JT": "journal",
    "TA": "journal_abbreviation",
    "VI": "volume",
    "VTI": "",
    "IP": "issue",
    "PG": "pages",
    "LID": "identifier",
    "AID": "identifier",
    "PMC": "pmcid",
    "PMCR": "",
    "IS": "issn",
    "ISBN": "isbn",
    "JID": "",
    "LA": "language",
    "PT": "pubtype",
    "AB": "abstract",
    "OAB": "",
    "OABL": "",
    "MH": "mesh",
    "OT": "keyword",
    "OTO": "",
    "RN": "",
    "NM": "heading",
    "SI": "",
    "GR": "",
    "PL": "place",
    "PB": "publisher",
    "EN": "edition",
    "AD": "address",
    "AUID": "",
    "COIS": "",
    "CI": "",
    "GN": "note",
    "GS": "",
    "GPS": "",
    "MID": "",
    "OID": "",
    "OCI": "",
    "OWN": "",
    "STAT": "",
    "SB": "",
    "SFM": "",
    "SO": "",
    "SPIN": "link:summary in",
    "CRDT": "",
    "CTDT": "",
    "DA": "",
    "DCOM": "",
    "EDAT": "",
    "LR": "",
    "MHDA": "",
    "PHST": "",
    "PST": "",
    "PUBM": "",
    "PS": "",
    "FPS": "",
    "RF": "",
    "USIN": "",
    "ORI": "link:original report in",
    "CIN": "link:comment in",
    "CON": "link:comment on",
    "EIN": "link:erratum in",
    "EFR": "link:erratum for",
    "RIN": "link:retraction in",
    "ROF": "link:retraction of",
    "RPI": "link:republished in",
    "RPF": "link:republished from",
    "CRI": "link:corrected and republished in",
    "CRF": "link:corrected and republished from",
    "PRIN": "link:partial retraction in",
    "PROF": "link:partial retraction of",
    "ECI": "link:concern in",
    "ECF": "link:concern for",
    "UIN": "link:update in",
    "UOF": "link:update of",
    "DDIN": "link:dataset described in",
    "DRIN": "link:dataset described in",
    "PPCR": "",
}
_KNOWN = frozenset(ROLES)


def read_nbib(context: Context) -> Records:
    """Give the records of a MEDLINE file.

    A record begins at its PMID line, or at the tags before it when no blank line
    stands between and a blank line stands before.
    """
    context.meaning = lambda fields, _: meaning(fields)
    context.stripped = True
    context.wrap = _WRAP
    lead = Piece(1, "")
    pieces = with_last(split_at(context.blocks(), MARKER))
    first, last = next(pieces)
    lead = _around(context, first, last=last)
    for piece, last in pieces:
        text = context.mended(piece.text)
        body = text.rstrip()
        kept, following = len(piece.text), Piece(1, "")
        if "\n\n" in body:
            kept, following = _apart(context, piece, last=last)
            text = context.mended(piece.text[:kept])
        if lead.text:
            text = context.mended(lead.text) + text
        parts = _TAG.split("\n" + text.rstrip())
        tags = parts[1::2]
        fields = list(zip(tags, parts[2::2], strict=True))
        if parts[0].strip():
            fields.insert(0, _untagged(parts[0].strip("\n")))
        if not _KNOWN.issuperset(tags):
            context.tally.unknown_tags.update(tag for tag in tags if tag not in _KNOWN)
        line = lead.line if lead.text else piece.line
        yield context.entry(fields, line, lead.text + piece.text[:kept])
        lead = following


def _untagged(text: str) -> Field:
    """Read what stands before the first tag: a number put too close, or no tag at all."""
    found = MARKER.pattern.match(text)
    return ("PMID", text[found.end() :]) if found else (UNTAGGED, text)


def _apart(context: Context, piece: Piece, *, last: bool) -> tuple[int, Piece]:
    """Tell a record from what stands after it; return its length and what leads on.

    Paragraphs that begin with a tag belong to the record, but for one that runs
    into the next PMID line.
    """
    text = piece.text
    paragraphs = list(_PARAGRAPH.finditer(text))
    lead = Piece(1, "")
    if not last and len(paragraphs) > 1 and not _ends_blank(text):
        start = paragraphs[-1].start()
        if _STARTS.match(text, start):
            lead = Piece(piece.line + text.count("\n", 0, start), text[start:])
            paragraphs.pop()
    kept = len(paragraphs)
    while kept > 1 and not _belongs(text, paragraphs[kept - 1].start()):
        kept -= 1
    cut = paragraphs[kept - 1].end()
    for paragraph in paragraphs[kept:]:
        line = piece.line + text.count("\n", 0, paragraph.start())
        keep_passages(context.tally, line, context.mended(paragraph[0]).split("\n"))
    if not lead.text and kept == len(paragraphs):
        cut = len(text)
    return cut, lead


def _belongs(text: str, start: int) -> bool:
    """Say whether a paragraph is part of the record before it."""
    return text[start] == " " or _STARTS.match(text, start) is not None


_PARAGRAPH = re.compile(r"^[^\n]*\S[^\n]*\n?(?:[^\n]*\S[^\n]*\n?)*", re.MULTILINE)


def _ends_blank(text: str) -> bool:
    """Say whether an empty line ends a text."""
    return text.count("\n", len(text.rstrip())) > 1


def _around(context: Context, piece: Piece, *, last: bool) -> Piece:
    """Keep what stands before the first record; return the tags that lead to it."""
    if not piece.text.strip():
        return Piece(1, "")
    start = max(piece.text.rfind("\n\n"), piece.text.rfind("\n\r\n")) + 1
    while piece.text[start : start + 1] in "\r\n" and start < len(piece.text):
        start += 1
    leads = (
        not last and not _ends_blank(piece.text) and _STARTS.match(piece.text, start)
    )
    cut = start if leads else len(piece.text)
    keep_passages(
        context.tally, piece.line, context.mended(piece.text[:cut]).split("\n")
    )
    if not leads:
        return Piece(1, "")
    return Piece(piece.line + piece.text.count("\n", 0, cut), piece.text[cut:])


def meaning(fields: Sequence[Field]) -> dict[str, list[str]]:
    """Sort values by what they mean."""
    roles: dict[str, list[str]] = {}
    for tag, value in fields:
        role = ROLES.get(tag)
        if not role or not (value := value.strip()):
            continue
        if "\n" in value:
            value = value.replace(_WRAP, " ")
        if role == "identifier":
            value, _, kind = value.rpartition(" ")
            role = _IDENTIFIERS.get(kind)
            if not role or not value:
                continue
        if role in roles:
            roles[role].append(value)
        else:
            roles[role] = [value]
    if "year" in roles:
        roles["date"] = roles["year"]
    roles["type"] = [medline_type(roles.get("pubtype", ()))]
    return roles


def medline_type(kinds: Sequence[str]) -> str:
    """Tell the kind of a record of MEDLINE from its publication types."""
    said = " ".join(kinds).lower()
    return next((kind for word, kind in _KINDS if word in said), "article")


#: How MEDLINE goes on in the next line.
_WRAP = "\n      "

_IDENTIFIERS = {"[doi]": "doi", "[pmcid]": "pmcid", "[pmc]": "pmcid"}

#: Words of publication types that tell more than that it is an article.
_KINDS = (
    ("preprint", "preprint"),
    ("book chapter", "chapter"),
    ("newspaper article", "newspaper"),
    ("dataset", "dataset"),
    ("legislation", "legal"),
    ("video-audio media", "video"),
)
