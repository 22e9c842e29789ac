"""Find the numbers a reference is known by: DOI, PMID, PMCID, trial registrations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote

from synthesist.formats.reference import Accession
from synthesist.formats.text import without_words

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d{1,9}){0,8}/[^\s\"]+")
_PMID = re.compile(r"\d{1,8}")
_PMCID = re.compile(r"PMC\s?(\d{3,9})", re.IGNORECASE)
_PMID_WORD = re.compile(
    r"(?:pmid|pubmed(?:\.ncbi\.nlm\.nih\.gov/|/|\s+id)?)\D{0,4}(\d{5,8})\b",
    re.IGNORECASE,
)

#: What may close a DOI only when it was opened inside it.
_PAIRS = {")": "(", "]": "[", ">": "<", "}": "{"}


def find_doi(text: str) -> str:
    """Return the first DOI in text: without prefix, percent-escapes decoded; or nothing."""
    found = _DOI.search(text)
    if found is None:
        if "%2" not in text:
            return ""
        found = _DOI.search(unquote(text))
        if found is None:
            return ""
    doi = found[0]
    if "%" in doi:
        doi = unquote(doi)
        if not doi.isprintable():
            doi = found[0]
    if "&" in doi and "://" in text[: found.start()]:
        doi = doi.partition("&")[0]
    return _trimmed(doi)


def _trimmed(doi: str) -> str:
    """Cut punctuation that belongs to the sentence and not to the DOI."""
    while doi:
        last = doi[-1]
        unopened = last in _PAIRS and doi.count(_PAIRS[last]) < doi.count(last)
        if not unopened and last not in ".,;:'’”。，；":
            break
        doi = doi[:-1]
    return "" if doi.endswith("/") else doi


#: Ovid's addresses name the database and the number the record has in it.
_OVID = re.compile(r"ovid\S*[?&]D=([a-z]+)\S*?&AN=(\w+)", re.ASCII)
_OVID_NAMES = (
    ("MEDLINE", ("med", "prem", "ppez", "pmnm", "mes")),
    ("Embase", ("emed", "emex", "oemez", "emcz")),
    ("APA PsycInfo", ("psyc",)),
    ("CENTRAL", ("cctr",)),
    ("CAB Abstracts", ("caba", "cagh")),
    ("Global Health", ("cagz", "glob")),
    ("AMED", ("amed",)),
    ("ERIC", ("eric",)),
    ("HMIC", ("hmic",)),
)


def find_pmid(text: str) -> str:
    """Return the PMID that text says it holds, or nothing."""
    if found := _PMID_WORD.search(text):
        return found[1]
    if "ovid" in text and (found := _OVID.search(text)):
        number = found[2]
        if ovid_database(text) == "MEDLINE" and re.fullmatch(r"[1-9]\d{6,7}", number):
            return number
    return ""


def ovid_database(address: str) -> str:
    """Return the database that an address of Ovid's names, or nothing."""
    found = _OVID.search(address)
    if found is None:
        return ""
    return next((name for name, codes in _OVID_NAMES if found[1].startswith(codes)), "")


def plain_pmid(text: str) -> str:
    """Return a PMID from a field meant for it, or nothing."""
    found = _PMID.search(text)
    return found[0].lstrip("0") if found else ""


def find_pmcid(text: str) -> str:
    """Return the first PMCID in text, or nothing."""
    found = _PMCID.search(text)
    return f"PMC{found[1]}" if found else ""


class Registry(NamedTuple):
    """A trial register: a text its numbers hold, their pattern, and their usual form.

    Looking for the text first is what makes a record without numbers cheap.
    """

    name: str
    hint: str
    pattern: re.Pattern[str]
    form: str


def _register(name: str, hint: str, pattern: str, form: str) -> Registry:
    """Describe a register whose numbers are ASCII in either case."""
    return Registry(name, hint, re.compile(pattern, re.ASCII | re.IGNORECASE), form)


#: The registers in the order in which their numbers are listed.
REGISTRIES = (
    _register("ClinicalTrials.gov", "NCT", r"NCT[\s:-]{0,2}(\d{8})(?!\d)", r"NCT\1"),
    # Small letters are in many words, but no word goes on with a zero.
    _register("ClinicalTrials.gov", "nct0", r"nct(\d{8})(?!\d)", r"NCT\1"),
    _register("ChiCTR", "CTR", r"ChiCTR[-\s]?(\d{8,10})(?!\d)", r"ChiCTR\1"),
    _register(
        "ChiCTR", "CTR", r"ChiCTR[-\s]?([A-Z]{2,5})-?(\d{8,10})(?!\d)", r"ChiCTR-\1-\2"
    ),
    _register("ISRCTN", "SRCTN", r"ISRCTN\s?(\d{8})(?!\d)", r"ISRCTN\1"),
    _register(
        "JPRN",
        "UMIN",
        r"UMIN[-\s]?(?:CTR\s?)?(?:ID:?\s?)?(\d{9})(?!\d)",
        r"JPRN-UMIN\1",
    ),
    _register("JPRN", "RCT", r"jRCT(s?\d{9,10})(?!\d)", r"JPRN-jRCT\1"),
    _register("JPRN", "apicCTI", r"JapicCTI-?(\d{6})(?!\d)", r"JPRN-JapicCTI-\1"),
    _register("JPRN", "JMA-IIA", r"JMA-IIA(\d{5})(?!\d)", r"JPRN-JMA-IIA\1"),
    _register("DRKS", "DRKS", r"DRKS\s?(?:-?ID:?\s?)?(\d{8})(?!\d)", r"DRKS\1"),
    _register("ANZCTR", "ACTRN", r"ACTRN\s?(\d{14}p?)(?![\dp])", r"ACTRN\1"),
    _register(
        "CTRI", "CTRI", r"CTRI/(\d{4})/(\d{2,3})/(\d{6})(?!\d)", r"CTRI/\1/\2/\3"
    ),
    _register("PACTR", "PACTR", r"PACTR\s?(\d{15,16})(?!\d)", r"PACTR\1"),
    _register("IRCT", "IRCT", r"IRCT(\d{8,14})N(\d{1,2})(?!\d)", r"IRCT\1N\2"),
    _register("TCTR", "TCTR", r"TCTR(\d{11})(?!\d)", r"TCTR\1"),
    _register("CRIS", "KCT", r"KCT(\d{7})(?!\d)", r"KCT\1"),
    _register("ReBEC", "RBR-", r"RBR-([0-9a-z]{6,8})\b", r"RBR-\1"),
    _register("RPCEC", "RPCEC", r"RPCEC(\d{8})(?!\d)", r"RPCEC\1"),
    _register("SLCTR", "SLCTR", r"SLCTR/(\d{4})/(\d{3})(?!\d)", r"SLCTR/\1/\2"),
    _register("NTR", "NTR", r"\bNTR\s?(\d{3,5})(?!\d)", r"NTR\1"),
    _register("REPEC", "PER-", r"\bPER-(\d{3})-(\d{2})(?!\d)", r"PER-\1-\2"),
    _register("LBCTR", "LBCTR", r"LBCTR(\d{10})(?!\d)", r"LBCTR\1"),
)

#: EudraCT 2010-018645-33 and CTIS 2022-500001-12-00, with or without a word before.
_EUROPEAN = re.compile(r"-(\d{6})-(\d{2})(?:-(\d{2}))?(?!-?\d)", re.ASCII)
_EUROPEAN_YEAR = re.compile(r"(?<!\d)20[0-4]\d$", re.ASCII)


#: The same among what `without_words` leaves, with any dash.
_EUROPEAN_LEFT = re.compile(r"20[0-4]\d[-‐‑–]\d{6}[-‐‑–]\d{2}", re.ASCII)

#: All that `without_words` leaves of a number of ClinicalTrials.gov in small letters.
_EIGHT_LEFT = re.compile(r"0\d{7}", re.ASCII)

_DASHES = re.compile(r"[‐‑–](?=\d)")

_BY_HINT: dict[str, list[Registry]] = {}
for _registry in REGISTRIES:
    _BY_HINT.setdefault(_registry.hint, []).append(_registry)

#: Hints by what `without_words` leaves of them; of one it leaves nothing but a zero,
#: so that it is looked for by itself. In most of them it is or holds CT.
_LEFT = [(without_words(hint), hint) for hint in _BY_HINT if hint != "nct0"]
_LEFT_WITH_CT = [(left, hint) for left, hint in _LEFT if "CT" in left]
_LEFT_WITHOUT_CT = [(left, hint) for left, hint in _LEFT if "CT" not in left]


def find_registrations(text: str, rest: str | None = None) -> tuple[str, ...]:
    """Return every trial registration in text, each once, in its register's form.

    `rest` is what `without_words` leaves of the text, where that is at hand.
    """
    if rest is None:
        rest = without_words(text)
    hints = [hint for left, hint in _LEFT_WITHOUT_CT if left in rest]
    if "CT" in rest:
        hints += [hint for left, hint in _LEFT_WITH_CT if left in rest]
    if _EIGHT_LEFT.search(rest) and "nct0" in text:
        hints.append("nct0")
    european = _EUROPEAN_LEFT.search(rest)
    if not hints and european is None:
        return ()
    found = {
        match.expand(registry.form)
        for hint in hints
        if hint in text
        for registry in _BY_HINT[hint]
        for match in registry.pattern.finditer(text)
    }
    if european is not None:
        found |= _european_numbers(_DASHES.sub("-", text))
    return tuple(sorted(found))


def _european_numbers(text: str) -> set[str]:
    """Return the numbers of EudraCT and CTIS in text."""
    found: set[str] = set()
    for match in _EUROPEAN.finditer(text):
        year = _EUROPEAN_YEAR.search(text[max(0, match.start() - 5) : match.start()])
        if year:
            number, check, part = match.groups()
            if not part and number[0] == "5":
                part = "00"
            found.add("-".join(filter(None, (year[0], number, check, part))))
    return found


#: How accession numbers of the databases look; the first that fits names it.
_ACCESSIONS = (
    ("WOS", re.compile(r"(?:WOS|ISI):[A-Z0-9]+")),
    ("MEDLINE", re.compile(r"MEDLINE:[A-Z0-9]+")),
    ("BIOSIS", re.compile(r"(?:BIOSIS|BCI):[A-Z0-9]+")),
    ("Zoological Record", re.compile(r"ZOOREC:[A-Z0-9]+")),
    ("CAB Abstracts", re.compile(r"CABI:[A-Z0-9]+")),
    ("INSPEC", re.compile(r"INSPEC:[A-Z0-9]+")),
    ("SciELO", re.compile(r"SCIELO:[A-Z0-9-]+")),
    ("KCI", re.compile(r"KJD:[A-Z0-9]+")),
    ("CSCD", re.compile(r"CSCD:[A-Z0-9]+")),
    ("WOS", re.compile(r"(?:CCC|FSTA|RSCI|DIIDW|PPRN|DCI):[A-Z0-9]+")),
    ("Scopus", re.compile(r"2-s2\.0-\d+")),
    ("CENTRAL", re.compile(r"CN-\d{8}")),
    ("Rayyan", re.compile(r"rayyan-\d+")),
    ("Embase", re.compile(r"L\d{6,10}")),
    ("PsycINFO", re.compile(r"(?:19|20)\d\d-\d{5}-\d{3}")),
    ("ERIC", re.compile(r"E[DJ]\d{6,7}")),
    ("OpenAlex", re.compile(r"W\d{5,12}")),
    ("Europe PMC preprints", re.compile(r"PPR\d{3,8}")),
)


def accession(number: str, database: str = "") -> Accession:
    """Name the database of an accession number by its form, else by what the file says."""
    for name, pattern in _ACCESSIONS:
        if pattern.fullmatch(number):
            return Accession(name, number)
    return Accession(database, number)


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Keep the first of each text, without the empty ones."""
    return tuple(dict.fromkeys(filter(None, values)))
