"""Read BibTeX: entries are cut out here, taken apart by bibtexparser."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from synthesist.errors import InvalidInput
from synthesist.formats.encodings import is_damaged, mend
from synthesist.formats.latex import decode_latex
from synthesist.formats.names import listed_names
from synthesist.formats.readers.context import UNTAGGED, Context, Records, add
from synthesist.formats.readers.passages import keep_passages
from synthesist.formats.reference import Field

_MARK = re.compile(r"@[ \t]*([A-Za-z]+)[ \t\r\n\f\v]*[{(]")
_OTHER = frozenset({"comment", "string", "preamble"})
_STRING = re.compile(r"@\s*string\s*[{(]\s*([^\s=]+)\s*=(.*)\Z", re.DOTALL | re.I)

#: A field as exports write it, one a line; for entries that are not BibTeX.
_FIELD = re.compile(
    r"^[^\S\n]*([A-Za-z][\w .:-]{0,40}?)[^\S\n]*=\s*(?=[{\"\w])", re.MULTILINE
)

_MONTHS = {
    name[:3].lower(): name
    for name in (
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    )
}

ROLES = {
    "entrytype": "type",
    "id": "",
    "author": "author",
    "editor": "editor",
    "title": "title",
    "shorttitle": "title_short",
    "titleaddon": "",
    "booktitle": "container",
    "journal": "journal",
    "journaltitle": "journal",
    "shortjournal": "journal_abbreviation",
    "journal-iso": "journal_abbreviation",
    "abbrev_source_title": "journal_abbreviation",
    "abbrevjournal": "journal_abbreviation",
    "year": "year",
    "date": "date",
    "month": "month",
    "issue_date": "",
    "volume": "volume",
    "number": "issue",
    "issue": "issue",
    "pages": "pages",
    "numpages": "",
    "eid": "article_number",
    "art_number": "article_number",
    "article-number": "article_number",
    "articleno": "article_number",
    "doi": "doi",
    "pmid": "pmid",
    "pubmed_id": "pmid",
    "pmcid": "pmcid",
    "issn": "issn",
    "eissn": "issn",
    "isbn": "isbn",
    "abstract": "abstract",
    "keywords": "keywords",
    "key words": "keywords",
    "keyword": "keywords",
    "author_keywords": "keywords",
    "keywords-plus": "",
    "language": "language",
    "langid": "language",
    "publisher": "publisher",
    "institution": "publisher",
    "school": "publisher",
    "organization": "publisher",
    "address": "place",
    "location": "place",
    "edition": "edition",
    "url": "url",
    "howpublished": "url",
    "eprint": "",
    "eprinttype": "",
    "archiveprefix": "",
    "note": "note",
    "annote": "note",
    "annotation": "note",
    "type": "pubtype",
    "document_type": "pubtype",
    "source": "database",
    "unique-id": "accession",
    "accession": "accession",
    "accession_number": "accession",
    "affiliation": "address",
    "series": "",
    "chapter": "",
    "crossref": "",
    "file": "",
    "urldate": "",
    "timestamp": "",
    "owner": "",
    "copyright": "",
    "key": "",
    "da": "",
    "times-cited": "",
    "cited-references": "",
    "web-of-science-categories": "",
    "research-areas": "",
    "funding-acknowledgement": "",
    "funding-text": "",
    "number-of-cited-references": "",
    "usage-count-last-180-days": "",
    "usage-count-since-2013": "",
    "doc-delivery-number": "",
    "journal-impact": "",
    "researcherid-numbers": "",
    "orcid-numbers": "",
    "author-email": "",
    "synthesist": "lines",
}


class _Piece(NamedTuple):
    """A block of a BibTeX file: its kind, first line, text, and the text as read."""

    kind: str
    line: int
    text: str
    read: str


def read_bibtex(context: Context) -> Records:
    """Give the entries of a BibTeX file; those with a key in common are all kept."""
    parse = _library()
    pieces = list(_pieces(context))
    macros = dict(_MONTHS)
    parsed: list[tuple[_Piece, list[Field]]] = []
    for piece in pieces:
        if piece.kind == "string":
            if found := _STRING.match(piece.text.strip()):
                said = found[2].strip()
                said = said[:-1] if said.endswith(("}", ")")) else said
                macros[found[1].lower()] = _value(said, macros)
            context.tally.boilerplate["string definition"] += 1
        elif piece.kind in _OTHER:
            context.tally.boilerplate[piece.kind] += 1
        elif piece.kind:
            parsed.append((piece, _fields(context, piece, parse)))
        elif piece.text.strip(" \t\r\n,"):
            keep_passages(context.tally, piece.line, piece.text.split("\n"))
    by_key = {_key(fields): fields for _, fields in parsed if _key(fields)}
    context.meaning = lambda fields, _: meaning(fields, macros, by_key)
    for piece, fields in parsed:
        for name, _ in fields:
            if name.lower() not in ROLES:
                context.tally.unknown_tags[name] += 1
        yield context.entry(fields, piece.line, piece.read)


def _library() -> Any:
    """Load the library that takes entries apart."""
    try:
        from bibtexparser.entrypoint import parse_string
    except ImportError:
        raise InvalidInput(
            "Reading BibTeX needs bibtexparser.", remedy="install synthesist[review]"
        ) from None
    # It would print what it cannot read; the report says so.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    return parse_string


def _pieces(context: Context) -> Iterator[_Piece]:
    """Cut a file at every @ and word that begin a line or follow an entry's end."""
    read = "".join(context.blocks())
    # Mending keeps every character in its place, and carriage returns are blanks.
    text, places = mend(read) if is_damaged(read) else (read, 0)
    context.tally.damaged += places
    starts = [found for found in _MARK.finditer(text) if _begins(text, found.start())]
    line = 1
    place, kind = 0, ""
    for start, following in [
        *((found.start(), found[1].lower()) for found in starts),
        (len(text), ""),
    ]:
        end = place + _end(text[place:start]) if kind else place
        for name, begin, stop in ((kind, place, end), ("", end, start)):
            if stop > begin:
                piece = text[begin:stop].replace("\r\n", "\n")
                yield _Piece(name, line, piece, read[begin:stop])
                line += piece.count("\n")
        place, kind = start, following


def _begins(text: str, place: int) -> bool:
    """Say whether an @ stands where an entry can begin."""
    before = text.rfind("\n", 0, place) + 1
    # Only the nearest characters matter; a line can be long.
    ahead = text[max(before, place - 64) : place].rstrip(" \t")
    if not ahead:
        return before >= place - 64
    return ahead[-1] in "})"


def _end(text: str) -> int:
    """Return where the entry's braces close, or the end of its text if they do not."""
    depth = 0
    if _opened(text) == "(":
        for found in _BRACKET.finditer(text):
            depth += {"{": 1, "}": -1}.get(found[0], 0)
            if found[0] == ")" and depth <= 0:
                return found.end()
        return len(text)
    for found in _BRACE.finditer(text):
        depth += 1 if found[0] == "{" else -1 if found[0] == "}" else 0
        if depth == 0 and found[0] == "}":
            rest = text[found.end() :]
            # A brace too many closes early; then fields go on behind it.
            return len(text) if _FIELD.search(rest) else found.end()
    return len(text)


_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_BRACKET = re.compile(r"\\.|\"[^\"{}]*+\"|[{})]", re.DOTALL)

#: An entry may stand in round brackets too.
_OPENING = re.compile(r"[{(]")


def _opened(text: str) -> str:
    """Return the bracket that opens an entry."""
    found = _OPENING.search(text)
    return found[0] if found else ""


def _fields(context: Context, piece: _Piece, parse: Any) -> list[Field]:
    """Take one entry apart, its values as they stand in the file."""
    fields: list[Field] = [("ENTRYTYPE", piece.kind)]
    text = piece.text
    if _opened(text) == "(" and text.endswith(")"):
        # The library knows braces only.
        text = text.replace("(", "{", 1)[:-1] + "}"
    try:
        library = parse(text, parse_stack=[])
        taken: list[Field] = [
            field
            for entry in library.entries
            for field in [
                ("ID", entry.key),
                *((f.key, str(f.value)) for f in entry.fields),
            ]
        ]
        clean = len(library.entries) == 1 and not _more(library.blocks)
    except (
        ValueError,
        TypeError,
        IndexError,
        KeyError,
        AttributeError,
        RecursionError,
    ):
        taken, clean = [], False
    if clean:
        return fields + taken
    context.tally.changes["entries read line by line"] += 1
    return fields + _by_line(piece.text)


def _more(blocks: Sequence[Any]) -> bool:
    """Say whether the library found more than an entry where one was cut out."""
    return sum(bool(str(block.raw or "").strip()) for block in blocks) > 1


def _by_line(text: str) -> list[Field]:
    """Read an entry that is no BibTeX by the names that begin its lines."""
    body = _OPENING.split(text, maxsplit=1)[-1]
    key, comma, rest = body.partition(",")
    if not comma or "=" in key:
        key, rest = "", body
    found = list(_FIELD.finditer(rest))
    fields: list[Field] = [("ID", key.strip())]
    for match, following in pairwise([*found, None]):
        if match is None:
            break
        value = rest[match.end() : following.start() if following else len(rest)]
        value = value.strip().removesuffix(",").strip()
        if not following:
            value = value.removesuffix("}").removesuffix(")").strip()
            value = value.removesuffix(",").strip()
        fields.append((match[1], value))
    lead = rest[: found[0].start()] if found else rest
    if lead.strip(" \t\n,{}"):
        fields.append((UNTAGGED if found else "note", lead.strip()))
    return fields


def _key(fields: Sequence[Field]) -> str:
    """Return an entry's key."""
    return next((value.lower() for name, value in fields if name == "ID"), "")


def _value(raw: str, macros: Mapping[str, str]) -> str:
    """Return a value without what encloses it, its parts joined and names resolved."""
    raw = raw.strip()
    if not raw.startswith(("{", '"')) and "#" not in raw:
        return macros.get(raw.lower(), raw)
    parts: list[str] = []
    place = 0
    for found in _PART.finditer(raw):
        if found.start() < place:
            continue
        part = found[0]
        if part == "{" or part == '"':
            end = _closing(raw, found.start(), part)
            parts.append(raw[found.start() + 1 : end])
            place = end + 1
        else:
            parts.append(macros.get(part.lower(), part))
            place = found.end()
    return "".join(parts)


_PART = re.compile(r"[{\"]|[^\s#{}\"]+")


def _closing(raw: str, start: int, opened: str) -> int:
    """Return where what opens at `start` closes."""
    depth = 0
    for found in _DELIMITER.finditer(raw, start + 1):
        mark = found[0]
        if mark == '"' and opened == '"' and depth == 0:
            return found.start()
        if mark == "{":
            depth += 1
        elif mark == "}":
            if opened == "{" and depth == 0:
                return found.start()
            depth = max(0, depth - 1)
    return len(raw)


_DELIMITER = re.compile(r"\\.|[{}\"]", re.DOTALL)


def meaning(
    fields: Sequence[Field],
    macros: Mapping[str, str],
    by_key: Mapping[str, Sequence[Field]],
) -> dict[str, list[str]]:
    """Sort values by what they mean; what a crossref leaves out its parent says."""
    roles: dict[str, list[str]] = {}
    for name, raw in fields:
        role = ROLES.get(name.lower())
        if role:
            value = raw if name == "ENTRYTYPE" else _value(raw, macros)
            for part, text in _said(role, value):
                add(roles, part, text)
    if "month" in roles and "year" in roles and "date" not in roles:
        roles["date"] = [f"{roles['year'][0]} {roles['month'][0]}"]
    if roles.get("type") == ["proceedings"]:
        roles.setdefault("title", list(roles.get("container", [])))
    _look_up(roles, fields, macros, by_key)
    return roles


def _said(role: str, value: str) -> Iterator[tuple[str, str]]:
    """Give what a value says, with the role of each part."""
    if role in {"author", "editor"}:
        for person in _people(value):
            yield role, person
    elif role == "keywords":
        for word in re.split(r"[;,]\s+" if ";" not in value else ";", value):
            yield "keyword", decode_latex(word.strip())
    elif role == "lines":
        for line in value.splitlines():
            yield "note", decode_latex(line)
    elif role in {"url", "doi"}:
        yield role, _UNESCAPED.sub(r"\1", value).strip("{} ")
    else:
        yield role, decode_latex(value)


_UNESCAPED = re.compile(r"\\([_&%#])")


def _look_up(
    roles: dict[str, list[str]],
    fields: Sequence[Field],
    macros: Mapping[str, str],
    by_key: Mapping[str, Sequence[Field]],
) -> None:
    """Take what an entry leaves to its parent from there."""
    parent = next((value for name, value in fields if name.lower() == "crossref"), "")
    above = by_key.get(_value(parent, macros).lower()) if parent else None
    if above is not None and above is not fields:
        alone = [field for field in above if field[0].lower() != "crossref"]
        _inherit(roles, meaning(alone, macros, {}))


def _inherit(roles: dict[str, list[str]], above: Mapping[str, list[str]]) -> None:
    """Fill what an entry leaves to the volume it stands in."""
    for role in ("year", "date", "publisher", "place", "isbn", "editor", "volume"):
        if role not in roles and role in above:
            roles[role] = list(above[role])
    if "container" not in roles:
        roles["container"] = list(above.get("container") or above.get("title") or [])


def _people(value: str) -> list[str]:
    """Split names at `and` outside braces; a name in braces is that of a group."""
    people: list[str] = []
    depth, start = 0, 0
    value = " ".join(value.split())
    for found in _AND.finditer(value):
        mark = found[0]
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
        elif depth <= 0 and not mark.startswith("\\"):
            people.append(value[start : found.start()])
            start = found.end()
    people.append(value[start:])
    if len(people) == 1 and "{" not in value:
        # Some exports write `Ada B., Byron C.D., Carr E.`.
        people = listed_names(value)
    return [
        _person(name.strip()) for name in people if name.strip() not in {"", "others"}
    ]


_AND = re.compile(r"\\.|[{}]| and ", re.DOTALL)


def _person(name: str) -> str:
    """Return one name decoded; a trailing comma marks a group, as in other formats."""
    if name.startswith("{") and _closing(name, 0, "{") == len(name) - 1:
        return f"{decode_latex(name)},"
    return decode_latex(name)
