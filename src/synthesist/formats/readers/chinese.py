"""Read what Chinese databases export: NoteExpress, and CNKI's own text."""

from __future__ import annotations

import re

from synthesist.formats.readers.context import Context, Records
from synthesist.formats.readers.tagged import TagStyle, read_tagged
from synthesist.formats.split import Marker

NOTEEXPRESS = TagStyle(
    marker=Marker("{Reference Type}", re.compile(r".*?\{Reference Type\} ?[:：]")),
    # The record before may not have ended its line.
    fold=True,
    tag=re.compile(r"\n[^\S\n]*\{([^{}\n]{1,40})\} ?[:：][ \t]?"),
    roles={
        "Reference Type": "type",
        "Title": "title",
        "Translated Title": "title_translated",
        "Original Title": "title_original",
        "Short Title": "title_short",
        "Author": "author",
        "Translated Author": "author_translated",
        "Subsidiary Author": "",
        "Secondary Author": "editor",
        "Secondary Title": "container",
        "Tertiary Author": "",
        "Tertiary Title": "",
        "Author Address": "address",
        "Author Affiliation": "address",
        "Tags": "",
        "Journal": "journal",
        "Translated Journal": "journal_translated",
        "Alternate Title": "journal_abbreviation",
        "Source": "journal",
        "Year": "year",
        "Date": "date",
        "Volume": "volume",
        "Issue": "issue",
        "Pages": "pages",
        "Section": "",
        "Edition": "edition",
        "Keywords": "keyword",
        "Translated Keywords": "",
        "Abstract": "abstract",
        "Translated Abstract": "",
        "Notes": "note",
        "ISBN/ISSN": "serial_number",
        "ISSN": "serial_number",
        "ISBN": "isbn",
        "DOI": "doi",
        "PMID": "pmid",
        "URL": "url",
        "Link": "url",
        "Accession Number": "accession",
        "Call Number": "",
        "Label": "",
        "Database Provider": "database",
        "Name of Database": "database",
        "Language": "language",
        "Publisher": "publisher",
        "Place Published": "place",
        "Type of Work": "pubtype",
        "Degree": "",
        "Tutor": "",
        "Number of Pages": "",
        "Number": "issue",
        "CN": "",
        "Fund": "",
        "CLC": "",
        "Custom 1": "",
        "Custom 2": "",
        "Custom 3": "",
        "Custom 4": "",
        "Custom 5": "",
    },
)


def read_noteexpress(context: Context) -> Records:
    """Give the records of a NoteExpress file."""
    return read_tagged(context, NOTEEXPRESS)


#: Only plain blanks end a tag: others may be damaged bytes.
_CNKI_TAG = r"[A-Z][A-Za-z]{1,20}-[^ \t\r\n\f\v:：]{1,16}"
_CNKI_FIRST = re.compile(rf"^(DataType(?=[:：])|{_CNKI_TAG}(?=[:：]))", re.MULTILINE)

_CNKI_ROLES = {
    "DataType": "type",
    "SrcDatabase": "type",
    "Title": "title",
    "Author": "author",
    "Organ": "address",
    "Source": "journal",
    "Keyword": "keyword",
    "Summary": "abstract",
    "PubTime": "date",
    "FirstDuty": "",
    "Fund": "",
    "Year": "year",
    "Volume": "volume",
    "Roll": "volume",
    "Period": "issue",
    "PageCount": "",
    "Page": "pages",
    "CLC": "",
    "ISSN": "serial_number",
    "CN": "",
    "URL": "url",
    "Link": "url",
    "DOI": "doi",
    "Tutor": "",
    "Degree": "",
    "Meeting": "container",
    "Language": "language",
}


def read_cnki(context: Context) -> Records:
    """Give the records of CNKI's text, of which every one begins as the first does."""
    head = context.mended(next(context.blocks(), ""))
    found = _CNKI_FIRST.search(head)
    first = found[1] if found else "DataType"
    fixed = first if first == "DataType" else first.partition("-")[0] + "-"
    tail = (
        r"DataType[:：]"
        if first == "DataType"
        else re.escape(fixed) + r"[^ \t\r\n\f\v:：]{1,16}[:：]"
    )
    seen = set(re.findall(rf"^({_CNKI_TAG})[:：]", head, re.MULTILINE))
    style = TagStyle(
        marker=Marker(fixed, re.compile(tail)),
        tag=re.compile(rf"\n(DataType|{_CNKI_TAG})[:：][ \t]?"),
        roles={"DataType": "type"}
        | {
            tag: role
            for tag in seen
            if (role := _CNKI_ROLES.get(tag.partition("-")[0])) is not None
        },
    )
    return read_tagged(context, style)
