"""Which formats there are, and which one a file is in, by its content."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

from synthesist.errors import InvalidInput
from synthesist.formats.columns import known_names
from synthesist.formats.report import Encoding
from synthesist.formats.source import Source


class Dialect(NamedTuple):
    """A format as one program writes it. `family` says how it is read and counted."""

    code: str
    label: str
    family: str
    database: str = ""
    platform: str = ""


_FAMILIES = {
    "ris": "RIS",
    "nbib": "MEDLINE (NBIB)",
    "eric": "ERIC (NBIB)",
    "ovid": "Ovid tagged",
    "ovid-text": "Ovid text",
    "refer": "Refer (EndNote tagged)",
    "wos": "Web of Science tagged",
    "refworks": "RefWorks tagged",
    "noteexpress": "NoteExpress",
    "cnki": "CNKI text",
    "central": "Cochrane Library text",
    "bibtex": "BibTeX",
    "endnote-xml": "EndNote XML",
    "pubmed-xml": "PubMed XML",
    "ictrp-xml": "WHO ICTRP XML",
    "rm5": "RevMan 5",
    "table": "table",
    "xlsx": "workbook",
    "json": "JSON",
}

#: What gives an export away in the first part of a file: code, label, database,
#: platform, pattern; the first that fits is taken.
_RIS_SIGNS = (
    ("synthesist", "Synthesist", "", "", r"^N1  - Synthesist record: r"),
    (
        "covidence",
        "Covidence",
        "",
        "",
        r"^PD  - ?\n(?:(?!^PD  - ?\n)(?s:.)){0,8000}?^NS  - |^M1  - #\d+$|^N1  - Exclusion reason: ",
    ),
    ("rayyan", "Rayyan", "", "", r"^AN  - rayyan-\d|^N1  - RAYYAN-"),
    (
        "eppi-reviewer",
        "EPPI-Reviewer",
        "",
        "",
        r"^KW  - eppi-reviewer|^U1  - \d[^\n]*\[EPPI",
    ),
    ("asreview", "ASReview", "", "", r"^N1  - ASReview_"),
    (
        "central",
        "the Cochrane Library",
        "CENTRAL",
        "Cochrane Library",
        r"^Provider: John Wiley|^AN  -  ?CN-\d{8}",
    ),
    (
        "psycinfo",
        "APA PsycNet",
        "PsycINFO",
        "APA PsycNet",
        r"^Provider: American Psychological",
    ),
    (
        "ovid",
        "Ovid",
        "",
        "Ovid",
        r"ovidsp\.ovid\.com|^VN  - Ovid|^Link to the Ovid|^XT  - |^UI  - |^DB  - [^\n]*<\d{4}[^\n]*>|^\d+\. ?\n+TY  - [^\n]*\n(?:DB|ID|VN)  - ",
    ),
    (
        "wos",
        "Web of Science",
        "",
        "Web of Science",
        r"^(?:AN|UT)  - (?:WOS|BCI|BIOSIS|MEDLINE|CCC|KJD|RSCI|SCIELO|ISI):|^WE  - ",
    ),
    (
        "scopus",
        "Scopus",
        "Scopus",
        "Scopus",
        r"^DB  - Scopus|^N1  - Export Date:|scopus\.com/inward",
    ),
    (
        "embase",
        "Embase",
        "Embase",
        "Embase.com",
        r"^UR  - [^\n]*embase\.com/(?:search|records)|^U2  - L\d{6}|^DB  - Embase",
    ),
    (
        "cinahl",
        "EBSCOhost",
        "",
        "EBSCOhost",
        r"^DP  - EBSCOhost|^UR  - [^\n]*search\.ebscohost\.com",
    ),
    (
        "proquest",
        "ProQuest",
        "",
        "ProQuest",
        r"search\.proquest\.com|www\.proquest\.com|^N1  - Last updated - ",
    ),
    ("citavi", "Citavi", "", "", r"^M4  - Citavi"),
    (
        "mendeley",
        "Mendeley",
        "",
        "",
        r"^L1  - file:[^\n]*[Mm]endeley|^JF  - [^\n]*\n(?>(?s:.{0,400}?)^KW  - )(?s:.{0,3000}?)^L1  - internal-pdf",
    ),
    (
        "ieee",
        "IEEE Xplore",
        "IEEE Xplore",
        "IEEE Xplore",
        r"^VO  - [^\n]*\n(?>(?s:.{0,300}?)^JA  - )(?s:.{0,400}?)^Y1  - ",
    ),
    (
        "zotero",
        "Zotero",
        "",
        "",
        r"^DP  - (?:PubMed|Crossref|DOI\.org|Zotero)",
    ),
    (
        "dimensions",
        "Dimensions",
        "Dimensions",
        "Dimensions",
        r"^AN  - pub\.\d{6}|app\.dimensions\.ai/",
    ),
    (
        "lens",
        "the Lens",
        "The Lens",
        "The Lens",
        r"^(?:UR  - )?https?://(?:www\.|link\.)?lens\.org/\d",
    ),
    ("scielo", "SciELO", "", "SciELO", r"^DP  - https?://www\.scielo\.org"),
    ("endnote", "EndNote", "", "", r"^ID  - \d+\r?\nER  - "),
)
_RIS = tuple((*sign[:4], re.compile(sign[4], re.MULTILINE)) for sign in _RIS_SIGNS)

_REFER_SIGNS = (
    (
        "cnki",
        "CNKI",
        "CNKI",
        "CNKI",
        re.compile(
            r"^%W CNKI|^DS CNKI|^\{Database Provider\}: CNKI|cnki\.net", re.MULTILINE
        ),
    ),
    (
        "wanfang",
        "Wanfang",
        "Wanfang",
        "Wanfang",
        re.compile(r"wanfangdata|万方", re.MULTILINE),
    ),
    ("vip", "VIP", "VIP", "VIP", re.compile(r"cqvip\.com|维普", re.MULTILINE)),
)
_SIGNS = {
    "ris": _RIS,
    "refer": _REFER_SIGNS,
    "refworks": _REFER_SIGNS,
    "noteexpress": _REFER_SIGNS,
}

#: How a family of tagged text is known: a pattern, and how often it is wanted.
_TEXTS = (
    ("noteexpress", re.compile(r"\{Reference Type\} ?[:：]")),
    (
        "wos",
        re.compile(
            r"^FN (?:Clarivate|Thomson|ISI|Web)|^PT [A-Z]\r?\n(?:AU|TI|BA|AF|CA|GP|ED|SO) ",
            re.MULTILINE,
        ),
    ),
    ("ris", re.compile(r"^[ \t]*TY[ \t]{0,4}[-–—]", re.MULTILINE)),
    ("nbib", re.compile(r"^PMID ?-", re.MULTILINE)),
    ("eric", re.compile(r"^OWN ?- ERIC\b", re.MULTILINE)),
    (
        "ovid",
        re.compile(
            r"^VN {1,2}- Ovid|^<\d{1,7}\.? ?>[ \t]*\r?\n[A-Z]{2} {1,2}- ", re.MULTILINE
        ),
    ),
    (
        "ovid-text",
        re.compile(
            r"(?:^<\d{1,7}>[ \t]*\r?\n[A-Z][^\n:]{1,60}\n"
            r"|\A\s*(?:Score|Accession Number|Unique Identifier|VN Ovid)[ \t]*\r?\n)[ \t]+\S",
            re.MULTILINE | re.ASCII,
        ),
    ),
    (
        "central",
        re.compile(r"^Record #\d+ of \d+[^\S\n]*\n\s*^[A-Z]{2}: ", re.MULTILINE),
    ),
    ("cnki", re.compile(r"^(?:DataType: |SrcDatabase-|Title-题名)", re.MULTILINE)),
    ("refworks", re.compile(r"^RT[ \t]+\w", re.MULTILINE)),
    ("refer", re.compile(r"^%0[ \t]", re.MULTILINE)),
    (
        "bibtex",
        re.compile(
            r"^[^\S\n]*@[ \t]*[A-Za-z]+\s*[{(]\s*[^\s={},]*[^={},\n]*,", re.MULTILINE
        ),
    ),
    (
        "refer",
        re.compile(
            r"^%T[ \t](?:(?!^%T[ \t])(?s:.)){0,5000}?^%[AD][ \t]|^%A[ \t](?:(?!^%A[ \t])(?s:.)){0,5000}?^%T[ \t]",
            re.MULTILINE,
        ),
    ),
    (
        "ris",
        re.compile(r"^T[I1]  - (?:(?!^T[I1]  - )(?s:.)){0,20000}?^ER  -", re.MULTILINE),
    ),
)

_XML = (
    (
        "pubmed-xml",
        re.compile(
            r"<(?:\w+:)?(?:PubmedArticle|PubmedBookArticle|MedlineCitation)[\s>]"
        ),
    ),
    ("rm5", re.compile(r"<COCHRANE_REVIEW[\s>]")),
    (
        "ictrp-xml",
        re.compile(
            r"<Trials_downloaded_from_ICTRP|<Trial[\s>]|<trials[\s>]",
        ),
    ),
    ("endnote-xml", re.compile(r"<records?[\s>]")),
)

#: First bytes of files that hold no references.
_BINARY = (
    (b"%PDF-", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"\x1f\x8b", "compressed by gzip"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x89PNG", "a picture"),
    (b"SQLite format 3", "a database"),
)

Head = Callable[[], str]


def find_dialect(source: Source, encoding: Encoding, head: str) -> Dialect:
    """Tell a file's dialect from the first part of its text.

    Raises
    ------
    InvalidInput
        If nothing in it begins a record of a format that is known.
    """
    start = source.head(64)
    if start.startswith(b"PK\x03\x04"):
        return _dialect("xlsx")
    for magic, what in _BINARY:
        if start.startswith(magic):
            raise InvalidInput(
                f"The file is {what}, not references.",
                where=source.name,
                remedy="export RIS, NBIB, BibTeX, XML, CSV or .xlsx",
            )
    stripped = head.lstrip("\ufeff \t\r\n")
    if not stripped:
        raise InvalidInput(
            "The file is empty.", where=source.name, remedy="export it again"
        )
    family = _family(stripped, head)
    if not family:
        raise InvalidInput(
            "No line of the file begins a record: it holds no references in a format that is known.",
            where=source.name,
            remedy="export RIS, NBIB, BibTeX, XML, CSV or .xlsx",
        )
    return _dialect(family, head)


def _family(stripped: str, head: str) -> str:
    """Name the family that the text is of, empty if it is of none."""
    if stripped.startswith("<"):
        for family, pattern in _XML:
            if pattern.search(head):
                return family
    if stripped.startswith(("{", "[")) and re.match(
        r"[{\[]\s*(?:[\"{\[}\]]|$)", stripped
    ):
        return "json"
    found = [
        (match.start(), place, family)
        for place, (family, pattern) in enumerate(_TEXTS)
        if (match := pattern.search(head))
    ]
    # Of several that occur the one that begins the file is meant; a table may
    # hold any of them in its cells.
    table = _is_table(head)
    if found and not (table and min(found)[0] > 200):
        return min(found)[2]
    return "table" if table else ""


def _is_table(head: str) -> bool:
    """Say whether one of the first lines names columns."""
    for line in head.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:40]:
        for delimiter in "\t,;|":
            if known_names(_cells(line, delimiter)) >= 2:
                return True
    return _is_upright(head)


def _is_upright(head: str) -> bool:
    """Say whether lines begin with the names of Embase's fields."""
    names = {
        line.partition(",")[0].strip('"\t ').lower()
        for line in head.split("\n")[:60]
        if "," in line
    }
    return len(names & {"title", "author names", "source", "abstract"}) >= 3


def _cells(line: str, delimiter: str) -> list[str]:
    """Split a header line; column names hold no delimiter but in quotation marks."""
    if '"' not in line:
        return line.split(delimiter)
    pattern = re.compile(rf'"((?:[^"]|"")*)"|([^{re.escape(delimiter)}"]+)')
    return [first or second for first, second in pattern.findall(line)]


def _dialect(family: str, head: str = "") -> Dialect:
    """Name the export within a family."""
    label = _FAMILIES[family]
    for code, name, database, platform, pattern in _SIGNS.get(family, ()):
        if not pattern.search(head):
            continue
        # A library has records of many databases, a download those of one.
        if not (database or platform) or family != "ris" or _in_most(pattern, head):
            return Dialect(
                f"{family}/{code}", f"{label} of {name}", family, database, platform
            )
    if family == "nbib" and not _OF_PUBMED.search(head):
        return Dialect(family, label, family)
    return Dialect(family, label, family, *_HOMES.get(family, ()))


_RECORD = re.compile(r"^(?=[ \t]*TY[ \t]{0,4}[-–—])", re.MULTILINE)


def _in_most(pattern: re.Pattern[str], head: str) -> bool:
    """Say whether a pattern is in at least every second record of RIS."""
    starts = [record.start() for record in _RECORD.finditer(head)]
    # A number before a record belongs to it, so the end of what was found counts.
    found = {bisect_left(starts, sign.end()) for sign in pattern.finditer(head)}
    return 2 * len(found) >= len(starts)


#: Database and platform of formats that only one of them writes.
_HOMES = {
    "nbib": ("PubMed", "PubMed"),
    "pubmed-xml": ("PubMed", "PubMed"),
    "eric": ("ERIC", "ERIC"),
    "ovid": ("", "Ovid"),
    "ovid-text": ("", "Ovid"),
    "wos": ("", "Web of Science"),
    "central": ("CENTRAL", "Cochrane Library"),
    "cnki": ("CNKI", "CNKI"),
}

#: Others write NBIB too, but not who keeps the record and in which state it is.
_OF_PUBMED = re.compile(r"^(?:OWN - NLM|STAT- )", re.MULTILINE)


def table_dialect(family: str, export: str) -> Dialect:
    """Describe a table by the export that its header gave away."""
    label = _FAMILIES[family]
    if export:
        name = _EXPORTS.get(export, export)
        database = name if export in _DATABASES else ""
        return Dialect(f"{family}/{export}", f"{label} of {name}", family, database)
    return Dialect(family, label, family)


_EXPORTS = {
    "synthesist": "Synthesist",
    "embase": "Embase",
    "scopus": "Scopus",
    "pubmed": "PubMed",
    "central": "CENTRAL",
    "clinicaltrials.gov": "ClinicalTrials.gov",
    "ictrp": "WHO ICTRP",
    "openalex": "OpenAlex",
    "rayyan": "Rayyan",
    "covidence": "Covidence",
    "zotero": "Zotero",
    "refworks": "RefWorks",
    "wos": "Web of Science",
    "cinahl": "EBSCOhost",
    "springer": "SpringerLink",
    "ieee": "IEEE Xplore",
    "dimensions": "Dimensions",
    "lens": "The Lens",
    "ovid": "Ovid",
    "cnki": "CNKI",
    "publish or perish": "Publish or Perish",
}
_DATABASES = frozenset(
    {
        *("embase", "scopus", "pubmed", "central", "clinicaltrials.gov", "openalex"),
        *("cnki", "ieee", "springer", "dimensions", "lens"),
    }
)


def families() -> tuple[str, ...]:
    """Return the codes of the families, the choices for a format that is named."""
    return tuple(_FAMILIES)


def named_dialect(family: str, head: str) -> Dialect:
    """Return the dialect of a file whose format the user names.

    Raises
    ------
    InvalidInput
        If there is no such format.
    """
    if family not in _FAMILIES:
        raise InvalidInput(
            f"There is no format {family}.",
            remedy=f"take one of {', '.join(_FAMILIES)}",
        )
    return _dialect(family, head)
