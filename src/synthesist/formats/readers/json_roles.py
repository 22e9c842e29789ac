"""What the keys of JSON records mean, service by service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, cast

from synthesist.formats.readers.context import add

Value = Mapping[str, Any]
Roles = dict[str, list[str]]


class Shape(NamedTuple):
    """A kind of record: the keys by which it is known, and how it is read."""

    name: str
    keys: tuple[str, ...]
    read: Callable[[Value, Roles], None]

    def fits(self, value: Value) -> bool:
        """Say whether an object is of this kind."""
        return all(key in value for key in self.keys)


def _get(value: object, path: str) -> Any:
    """Follow keys; nothing where one is missing."""
    for key in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = cast("Value", value).get(key)
    return value


def _text(value: object) -> str:
    """Return a text or number as text, anything else as nothing."""
    if isinstance(value, bool) or value is None:
        return ""
    return str(value) if isinstance(value, str | int | float) else ""


def _each(value: object) -> list[Any]:
    """Return a list's items, or the value itself as the only one."""
    if isinstance(value, list):
        return cast("list[Any]", value)
    return [] if value is None else [value]


def _take(roles: Roles, value: object, paths: Iterable[tuple[str, str]]) -> None:
    """Put what stands at each path under its role."""
    for path, role in paths:
        for item in _each(_get(value, path)):
            if text := _text(item):
                add(roles, role, text)


def _person(roles: Roles, role: str, family: object, given: object) -> None:
    """Add a person of two parts."""
    parts = (_text(family), _text(given))
    add(roles, role, ", ".join(filter(None, parts)))


def _trial(value: Value, roles: Roles) -> None:
    """Read a study of ClinicalTrials.gov's interface, version 2."""
    protocol = cast("Value", value.get("protocolSection") or {})
    _take(
        roles,
        protocol,
        (
            ("identificationModule.nctId", "accession"),
            ("identificationModule.briefTitle", "title"),
            ("identificationModule.acronym", "title_short"),
            ("statusModule.studyFirstPostDateStruct.date", "date"),
            ("statusModule.overallStatus", "note"),
            ("descriptionModule.briefSummary", "abstract"),
            ("conditionsModule.conditions", "keyword"),
            ("conditionsModule.keywords", "keyword"),
            ("sponsorCollaboratorsModule.leadSponsor.name", "publisher"),
            ("designModule.studyType", "pubtype"),
        ),
    )
    for item in _each(_get(protocol, "armsInterventionsModule.interventions")):
        if name := _text(_get(item, "name")):
            add(roles, "keyword", name)
    if "title" not in roles:
        _take(roles, protocol, (("identificationModule.officialTitle", "title"),))
    number = roles.get("accession", [""])[0]
    if number:
        roles["url"] = [f"https://clinicaltrials.gov/study/{number}"]
    roles["type"] = ["trial registration"]
    roles["database"] = ["ClinicalTrials.gov"]


def _csl(value: Value, roles: Roles) -> None:
    """Read an item of CSL-JSON."""
    _take(
        roles,
        value,
        (
            ("type", "type"),
            ("title", "title"),
            ("original-title", "title_original"),
            ("title-short", "title_short"),
            ("container-title", "journal"),
            ("container-title-short", "journal_abbreviation"),
            ("journalAbbreviation", "journal_abbreviation"),
            ("volume", "volume"),
            ("issue", "issue"),
            ("page", "pages"),
            ("number", "article_number"),
            ("DOI", "doi"),
            ("PMID", "pmid"),
            ("PMCID", "pmcid"),
            ("ISSN", "issn"),
            ("ISBN", "isbn"),
            ("URL", "url"),
            ("abstract", "abstract"),
            ("language", "language"),
            ("publisher", "publisher"),
            ("publisher-place", "place"),
            ("edition", "edition"),
            ("genre", "pubtype"),
            ("source", "database"),
            ("note", "note"),
        ),
    )
    for key, role in (("author", "author"), ("editor", "editor")):
        for person in _each(value.get(key)):
            _csl_person(roles, role, person)
    keywords = value.get("keyword")
    for word in _text(keywords).split(";" if ";" in _text(keywords) else ","):
        if word.strip():
            add(roles, "keyword", word)
    _csl_date(roles, value.get("issued"))
    _take(roles, value, (("custom.synthesist", "note"),))


def _csl_person(roles: Roles, role: str, person: object) -> None:
    """Read a name of CSL."""
    if literal := _text(_get(person, "literal")):
        add(roles, role, f"{literal},")
        return
    particle = _text(_get(person, "non-dropping-particle"))
    family = f"{particle} {_text(_get(person, 'family'))}".strip()
    parts = (family, _text(_get(person, "given")), _text(_get(person, "suffix")))
    add(roles, role, ", ".join(filter(None, parts)))


def _csl_date(roles: Roles, date: object) -> None:
    """Read a date of CSL: parts, or a text."""
    parts = _each(_get(date, "date-parts"))
    numbers = [_text(part) for part in _each(parts[0])] if parts else []
    text = "-".join(part.zfill(2) for part in numbers if part)
    text = text or _text(_get(date, "raw")) or _text(_get(date, "literal"))
    if text:
        add(roles, "date", text)
        add(roles, "year", text)


def _publish_or_perish(value: Value, roles: Roles) -> None:
    """Read an entry of Publish or Perish."""
    _take(
        roles,
        value,
        (
            ("title", "title"),
            ("source", "journal"),
            ("publisher", "publisher"),
            ("abstract", "abstract"),
            ("year", "year"),
            ("doi", "doi"),
            ("issn", "issn"),
            ("article_url", "url"),
            ("uid", "accession"),
            ("authors", "author"),
            ("type", "type"),
        ),
    )
    for key, role in (
        ("volume", "volume"),
        ("issue", "issue"),
        ("startpage", "start"),
        ("endpage", "end"),
    ):
        # It writes 0 for what it does not know.
        if (text := _text(value.get(key))) not in {"", "0"}:
            add(roles, role, text)


def _openalex(value: Value, roles: Roles) -> None:
    """Read a work of OpenAlex."""
    _take(
        roles,
        value,
        (
            ("type", "type"),
            ("display_name", "title"),
            ("publication_year", "year"),
            ("publication_date", "date"),
            ("primary_location.source.display_name", "journal"),
            ("primary_location.source.issn", "issn"),
            ("primary_location.landing_page_url", "url"),
            ("biblio.volume", "volume"),
            ("biblio.issue", "issue"),
            ("biblio.first_page", "start"),
            ("biblio.last_page", "end"),
            ("ids.pmid", "identifier"),
            ("ids.pmcid", "identifier"),
            ("doi", "doi"),
            ("language", "language"),
        ),
    )
    add(roles, "accession", _text(value.get("id")).rpartition("/")[2])
    for author in _each(value.get("authorships")):
        if name := _text(_get(author, "author.display_name")):
            add(roles, "author", name)
    for topic in _each(value.get("keywords")):
        if name := _text(_get(topic, "display_name")):
            add(roles, "keyword", name)
    if abstract := _inverted(value.get("abstract_inverted_index")):
        add(roles, "abstract", abstract)
    for heading in _each(value.get("mesh")):
        if name := _text(_get(heading, "descriptor_name")):
            add(roles, "mesh", name)
    if value.get("is_retracted") is True:
        add(roles, "pubtype", "Retracted Publication")
    roles["database"] = ["OpenAlex"]


#: More words than any abstract has; places beyond are an error of the service.
_WORDS = 20_000


def _inverted(index: object) -> str:
    """Put an abstract together that is stored as the places of its words."""
    if not isinstance(index, Mapping):
        return ""
    words: dict[int, str] = {}
    for word, places in cast("Mapping[str, object]", index).items():
        for place in _each(places):
            if isinstance(place, int) and 0 <= place < _WORDS:
                words[place] = word
    return " ".join(words[place] for place in sorted(words))


def _crossref(value: Value, roles: Roles) -> None:
    """Read a work of Crossref."""
    _take(
        roles,
        value,
        (
            ("type", "type"),
            ("title", "title"),
            ("original-title", "title_original"),
            ("container-title", "journal"),
            ("short-container-title", "journal_abbreviation"),
            ("volume", "volume"),
            ("issue", "issue"),
            ("page", "pages"),
            ("article-number", "article_number"),
            ("DOI", "doi"),
            ("ISSN", "issn"),
            ("ISBN", "isbn"),
            ("URL", "url"),
            ("abstract", "abstract"),
            ("language", "language"),
            ("publisher", "publisher"),
            ("subject", "keyword"),
        ),
    )
    for person in _each(value.get("author")):
        if name := _text(_get(person, "name")):
            add(roles, "author", f"{name},")
        else:
            _person(roles, "author", _get(person, "family"), _get(person, "given"))
    for key in ("published-print", "published", "issued", "published-online"):
        if value.get(key):
            _csl_date(roles, value[key])
            break
    for update in _each(value.get("update-to")):
        kind = _text(_get(update, "type"))
        role = {
            "retraction": "link:retraction of",
            "erratum": "link:erratum for",
            "correction": "link:erratum for",
        }
        if kind in role:
            add(roles, role[kind], _text(_get(update, "DOI")))
    roles["database"] = ["Crossref"]


def _europe_pmc(value: Value, roles: Roles) -> None:
    """Read a result of Europe PMC, core or lite."""
    _take(
        roles,
        value,
        (
            ("title", "title"),
            ("pubYear", "year"),
            ("firstPublicationDate", "date"),
            ("journalInfo.journal.title", "journal"),
            ("journalInfo.journal.medlineAbbreviation", "journal_abbreviation"),
            ("journalInfo.journal.issn", "issn"),
            ("journalInfo.journal.essn", "issn"),
            ("journalTitle", "journal"),
            ("journalInfo.volume", "volume"),
            ("journalVolume", "volume"),
            ("journalInfo.issue", "issue"),
            ("issue", "issue"),
            ("pageInfo", "pages"),
            ("doi", "doi"),
            ("pmid", "pmid"),
            ("pmcid", "pmcid"),
            ("abstractText", "abstract"),
            ("language", "language"),
            ("pubTypeList.pubType", "pubtype"),
            ("pubType", "pubtype"),
            ("keywordList.keyword", "keyword"),
        ),
    )
    people = _each(_get(value, "authorList.author"))
    for person in people:
        if group := _text(_get(person, "collectiveName")):
            add(roles, "author", f"{group},")
        else:
            given = _get(person, "firstName") or _get(person, "initials")
            _person(
                roles,
                "author",
                _get(person, "lastName") or _get(person, "fullName"),
                given,
            )
    if not people:
        for name in _text(value.get("authorString")).rstrip(".").split(", "):
            add(roles, "author", name)
    for heading in _each(_get(value, "meshHeadingList.meshHeading")):
        star = "*" if _get(heading, "majorTopic_YN") == "Y" else ""
        add(roles, "mesh", star + _text(_get(heading, "descriptorName")))
    source = _text(value.get("source"))
    add(roles, "accession", _text(value.get("id")) if source != "MED" else "")
    add(roles, "type", "preprint" if source == "PPR" else "article")
    roles["database"] = ["Europe PMC"]


def _zotero(value: Value, roles: Roles) -> None:
    """Read an item of Zotero's own JSON."""
    _take(
        roles,
        value,
        (
            ("itemType", "type"),
            ("title", "title"),
            ("publicationTitle", "journal"),
            ("journalAbbreviation", "journal_abbreviation"),
            ("date", "date"),
            ("volume", "volume"),
            ("issue", "issue"),
            ("pages", "pages"),
            ("DOI", "doi"),
            ("ISSN", "issn"),
            ("ISBN", "isbn"),
            ("url", "url"),
            ("abstractNote", "abstract"),
            ("language", "language"),
            ("extra", "note"),
            ("libraryCatalog", "database"),
        ),
    )
    for person in _each(value.get("creators")):
        role = "editor" if _get(person, "creatorType") == "editor" else "author"
        if name := _text(_get(person, "name")):
            add(roles, role, f"{name},")
        else:
            _person(roles, role, _get(person, "lastName"), _get(person, "firstName"))
    for tag in _each(value.get("tags")):
        add(roles, "keyword", _text(_get(tag, "tag")))


#: The kinds of record in the order in which they are tried.
SHAPES = (
    Shape("ClinicalTrials.gov", ("protocolSection",), _trial),
    Shape("OpenAlex", ("authorships",), _openalex),
    Shape("Europe PMC", ("source", "id", "pubYear"), _europe_pmc),
    Shape("Europe PMC", ("source", "id", "authorString"), _europe_pmc),
    Shape("Crossref", ("DOI", "container-title", "member"), _crossref),
    Shape("Crossref", ("DOI", "prefix", "type"), _crossref),
    Shape("Zotero", ("itemType",), _zotero),
    Shape("Publish or Perish", ("uid", "cites"), _publish_or_perish),
    Shape("CSL", ("title", "type"), _csl),
    Shape("CSL", ("title", "author"), _csl),
    Shape("CSL", ("id", "type"), _csl),
)
