"""What the elements of PubMed's XML mean."""

from __future__ import annotations

from synthesist.formats.readers.context import add
from synthesist.formats.readers.nbib import medline_type
from synthesist.formats.xml import Node

#: What CommentsCorrections calls its kinds.
_LINKS = {
    "RetractionIn": "retraction in",
    "RetractionOf": "retraction of",
    "PartialRetractionIn": "partial retraction in",
    "PartialRetractionOf": "partial retraction of",
    "ErratumIn": "erratum in",
    "ErratumFor": "erratum for",
    "ExpressionOfConcernIn": "concern in",
    "ExpressionOfConcernFor": "concern for",
    "CorrectedandRepublishedIn": "corrected and republished in",
    "CorrectedandRepublishedFrom": "corrected and republished from",
    "RepublishedIn": "republished in",
    "RepublishedFrom": "republished from",
    "UpdateIn": "update in",
    "UpdateOf": "update of",
    "CommentIn": "comment in",
    "CommentOn": "comment on",
    "OriginalReportIn": "original report in",
    "SummaryForPatientsIn": "summary in",
    "AssociatedDataset": "dataset described in",
}

_SIMPLE = {
    "pmid": "pmid",
    "article/articletitle": "title",
    "article/vernaculartitle": "title_original",
    "article/journal/title": "journal",
    "article/journal/isoabbreviation": "journal_abbreviation",
    "medlinejournalinfo/medlineta": "journal_abbreviation",
    "article/journal/issn": "issn",
    "medlinejournalinfo/issnlinking": "issn",
    "article/journal/journalissue/volume": "volume",
    "article/journal/journalissue/issue": "issue",
    "article/pagination/medlinepgn": "pages",
    "article/pagination/startpage": "start",
    "article/pagination/endpage": "end",
    "article/language": "language",
    "article/publicationtypelist/publicationtype": "pubtype",
    "keywordlist/keyword": "keyword",
    "medlinejournalinfo/country": "place",
    "generalnote": "note",
}

_BOOK = {
    "pmid": "pmid",
    "articletitle": "title",
    "vernaculartitle": "title_original",
    "book/booktitle": "container",
    "book/publisher/publishername": "publisher",
    "book/publisher/publisherlocation": "place",
    "book/isbn": "isbn",
    "book/volume": "volume",
    "book/edition": "edition",
    "pagination/medlinepgn": "pages",
    "language": "language",
    "publicationtype": "pubtype",
    "keywordlist/keyword": "keyword",
}


def pubmed_roles(node: Node) -> dict[str, list[str]]:
    """Sort the elements of a PubMed record by what they mean."""
    if node.name == "pubmedbookarticle":
        return _book(node)
    roles: dict[str, list[str]] = {}
    citation = node if node.name == "medlinecitation" else node.find("medlinecitation")
    if citation is None:
        return roles
    _simple(roles, citation, _SIMPLE)
    _people(roles, citation.find("article/authorlist"))
    _abstract(roles, citation.find("article/abstract"))
    _date(roles, citation.find("article/journal/journalissue/pubdate"))
    for identifier in citation.all("article/elocationid"):
        if identifier.attributes.get("EIdType") == "doi":
            add(roles, "doi", identifier.text())
    for identifier in node.all("pubmeddata/articleidlist/articleid"):
        role = {"doi": "doi", "pmc": "pmcid"}.get(
            identifier.attributes.get("IdType", "")
        )
        if role:
            add(roles, role, identifier.text())
    for heading in citation.all("meshheadinglist/meshheading"):
        for term in _mesh(heading):
            add(roles, "mesh", term)
    for link in citation.all("commentscorrectionslist/commentscorrections"):
        if kind := _LINKS.get(link.attributes.get("RefType", "")):
            pmid = _said(link, "pmid")
            text = _said(link, "refsource") + (f" PMID: {pmid}" if pmid else "")
            add(roles, f"link:{kind}", text)
    roles["type"] = [medline_type(roles.get("pubtype", ()))]
    return roles


def _book(node: Node) -> dict[str, list[str]]:
    """Sort the elements of a book or chapter."""
    roles: dict[str, list[str]] = {}
    document = node.find("bookdocument")
    if document is None:
        return roles
    _simple(roles, document, _BOOK)
    chapter = bool(roles.get("title"))
    if not chapter:
        roles["title"] = roles.pop("container", [])
    for people in (document.find("authorlist"), document.find("book/authorlist")):
        if people is not None:
            editors = people.attributes.get("Type") == "editors"
            _people(roles, people, "editor" if editors else "author")
    _abstract(roles, document.find("abstract"))
    _date(roles, document.find("book/pubdate"))
    for identifier in document.all("articleidlist/articleid"):
        if identifier.attributes.get("IdType") == "doi":
            add(roles, "doi", identifier.text())
    roles["type"] = ["chapter" if chapter else "book"]
    return roles


def _simple(roles: dict[str, list[str]], node: Node, paths: dict[str, str]) -> None:
    """Take what needs no more than its place."""
    for path, role in paths.items():
        for text in node.texts(path):
            add(roles, role, text)


def _people(
    roles: dict[str, list[str]], people: Node | None, role: str = "author"
) -> None:
    """Take authors with their addresses."""
    if people is None:
        return
    for person in people.children("author"):
        if person.attributes.get("ValidYN") == "N":
            continue
        if group := _said(person, "collectivename"):
            add(roles, role, f"{group},")
        else:
            parts = (
                _said(person, "lastname"),
                _said(person, "forename") or _said(person, "initials"),
                # PubMed's own files have suffixes of nothing but line ends.
                _said(person, "suffix"),
            )
            add(roles, role, ", ".join(filter(None, parts)))
        for address in person.texts("affiliationinfo/affiliation"):
            add(roles, "address", address)


def _said(node: Node, path: str) -> str:
    """Return the text at a path without blanks around it."""
    return node.text(path).strip()


def _abstract(roles: dict[str, list[str]], abstract: Node | None) -> None:
    """Join the parts of an abstract, each after its label."""
    if abstract is None:
        return
    parts: list[str] = []
    for part in abstract.children("abstracttext"):
        label = part.attributes.get("Label", "")
        text = part.text().strip()
        parts.append(f"{label}: {text}" if label and label != "UNLABELLED" else text)
    add(roles, "abstract", " ".join(filter(None, parts)))


def _date(roles: dict[str, list[str]], date: Node | None) -> None:
    """Take a date of parts or of one text."""
    if date is None:
        return
    parts = (
        _said(date, "year"),
        _said(date, "month") or _said(date, "season"),
        _said(date, "day"),
    )
    text = " ".join(filter(None, parts)) or _said(date, "medlinedate")
    add(roles, "year", text)
    add(roles, "date", text)


def _mesh(heading: Node) -> list[str]:
    """Return a heading as MEDLINE prints it, `Birds/*genetics`."""
    name = heading.find("descriptorname")
    if name is None:
        return []
    text = _starred(name)
    for qualifier in heading.children("qualifiername"):
        text += "/" + _starred(qualifier)
    return [text]


def _starred(node: Node) -> str:
    """Return a term with the star of a main topic."""
    return (
        "*" if node.attributes.get("MajorTopicYN") == "Y" else ""
    ) + node.text().strip()
