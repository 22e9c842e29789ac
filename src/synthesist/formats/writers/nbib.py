"""Write MEDLINE's format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from synthesist.formats.extension import keywords_clash, write_lines
from synthesist.formats.languages import medline_code
from synthesist.formats.readers.nbib import ROLES
from synthesist.formats.reference import Reference

_OWN = frozenset(
    (
        *(
            "title",
            "date",
            "journal_abbreviation",
            "volume",
            "issue",
            "pmid",
            "pmcid",
            "languages",
        ),
        *(
            "publication_types",
            "keywords",
            "place",
            "publisher",
            "edition",
            "issns",
            "isbns",
        ),
        *("addresses", "notes", "doi"),
    )
)
_LINKS = {role[5:]: tag for tag, role in ROLES.items() if role.startswith("link:")}
_MONTHS = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)


def write_nbib(references: Iterable[Reference]) -> Iterator[str]:
    """Give MEDLINE text, a record at a time."""
    for reference in references:
        lines = [f"{tag:<4}- {value}" for tag, value in _fields(reference)]
        yield "\n".join([*lines, "", ""])


def _fields(reference: Reference) -> Iterator[tuple[str, str]]:
    """Give tags and values in MEDLINE's order."""
    own = _natively(reference)
    translated = "title_translated" in own
    yield "PMID", reference.pmid
    # A title in brackets is a translation; the original has a tag of its own.
    title = f"[{reference.title_translated}]." if translated else reference.title
    for tag, values in (
        # Readers ask for one of three kinds; this one says nothing of print or screen.
        ("IS", [f"{issn} (Linking)" for issn in reference.issns]),
        ("ISBN", reference.isbns),
        ("VI", (reference.volume,)),
        ("IP", (reference.issue,)),
        ("DP", (_date(reference.date),)),
        ("TI", (title,)),
        ("PG", (reference.pages,)),
        ("LID", (reference.doi and f"{reference.doi} [doi]",)),
        ("AB", (reference.abstract,)),
        ("TT", (reference.title_original if translated else "",)),
    ):
        for value in values:
            if value:
                yield tag, value
    yield from _people(reference)
    yield from _rest(reference)
    if "terms" in own:
        for term in reference.terms:
            yield "MH", f"{'*' if term.major else ''}{term.text}"
    if "links" in own:
        for link in reference.links:
            yield _LINKS[link.kind], link.text
    said = " ".join((reference.title, reference.abstract, *reference.notes))
    for line in write_lines(reference, own, said):
        yield "GN", line


def _natively(reference: Reference) -> frozenset[str]:
    """Return the attributes that MEDLINE's tags hold without loss in this reference."""
    own: set[str] = set(_OWN)
    if reference.title_translated and reference.title_original == reference.title:
        own |= {"title_original", "title_translated"}
    groups = [name.collective for name in reference.authors]
    # Groups come last in MEDLINE.
    if groups == sorted(groups):
        own.add("authors")
    if not any(name.collective for name in reference.editors):
        own.add("editors")
    if all(term.vocabulary == "MeSH" for term in reference.terms):
        own.add("terms")
    kind = "preprint" if "Preprint" in reference.publication_types else "article"
    if kind == reference.type:
        own.add("type")
    if all(link.kind in _LINKS for link in reference.links):
        own.add("links")
    if keywords_clash(reference):
        own.discard("keywords")
    return frozenset(own)


def _people(reference: Reference) -> Iterator[tuple[str, str]]:
    """Give authors in full and short, groups, and editors."""
    for name in reference.authors:
        if name.collective:
            yield "CN", name.family
        else:
            yield "FAU", str(name)
            yield "AU", _short(name.family, name.given)
    if not any(name.collective for name in reference.editors):
        for name in reference.editors:
            yield "FED", str(name)


def _rest(reference: Reference) -> Iterator[tuple[str, str]]:
    """Give what stands below the authors."""
    for tag, values in (
        ("AD", reference.addresses),
        ("LA", tuple(map(medline_code, reference.languages))),
        ("PT", reference.publication_types),
        ("PL", (reference.place,)),
        ("PB", (reference.publisher,)),
        ("EN", (reference.edition,)),
        ("TA", (reference.journal_abbreviation,)),
        ("JT", (reference.journal,)),
        ("OT", reference.keywords),
        ("PMC", (reference.pmcid,)),
        # PubMed gives the DOI twice, and some readers look only here.
        ("AID", (reference.doi and f"{reference.doi} [doi]",)),
        ("GN", reference.notes),
    ):
        for value in values:
            if value:
                yield tag, value


def _date(date: str) -> str:
    """Write a date as MEDLINE does: `2020 Feb 10`."""
    year, *rest = date.split("-")
    if not rest:
        return year
    day = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([year, _MONTHS[int(rest[0]) - 1], *day])


def _short(family: str, given: str) -> str:
    """Write a name with initials."""
    initials = "".join(
        word[0] for word in given.replace("-", " ").split() if word[0].isalpha()
    )
    return f"{family} {initials}".strip()
