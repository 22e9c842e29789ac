"""Make records of the rows of a table, wherever the rows come from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from synthesist.formats.columns import recognise
from synthesist.formats.dialects import table_dialect
from synthesist.formats.names import split_names
from synthesist.formats.own_table import own_roles
from synthesist.formats.readers.context import Context, add
from synthesist.formats.readers.ovid import cited
from synthesist.formats.reference import Field
from synthesist.formats.types import type_among

#: A cell that says that it is empty.
_NOTHING = frozenset({"", "nan", "none", "null", "n/a"})

#: Excel keeps leading zeros when a number is written as a formula.
_FORMULA = re.compile(r'="(.*)"', re.DOTALL)

#: `Nature Communications (2024) 15:1 (12-20) Article Number: 4063. Date of ...`
_CITATION = re.compile(
    r"(?P<journal>.+?)\s*\((?P<year>\d{4})\)\s*(?P<volume>[^:(.\s]*)(?::(?P<issue>[^(.]*?))?"
    r"(?:\s*\((?P<pages>[^)]*)\))?(?:[.,\s]|$)"
)

#: `Ann Ex. 2021 May;12(3):118-120. doi: ...`
_SHORT_CITATION = re.compile(
    r";(?P<volume>[^();:.\s]*)(?:\((?P<issue>[^()]*)\))?:(?P<pages>[^.;\s]+)\."
)

#: Exports whose authors are separated by commas.
_COMMAS = frozenset({"pubmed", "embase"})

_REPEATED = re.compile(r"\s*[;|]+\s*")


class Columns:
    """The header of a table and what it means."""

    def __init__(
        self, context: Context, header: Sequence[str], mapping: Mapping[str, str] | None
    ) -> None:
        self.context = context
        self.header = [
            name.strip() or f"column {place}" for place, name in enumerate(header, 1)
        ]
        self.export, self.roles = recognise(self.header)
        dialect = table_dialect(context.dialect, self.export)
        context.dialect, context.label = dialect.code, dialect.label
        context.builder.database = dialect.database
        if self.export == "openalex":
            # Its hundred and more columns are documented; what is not read is only kept.
            self.roles = dict.fromkeys(self.header, "") | self.roles
        if mapping:
            self.roles = self.roles | {column: role for role, column in mapping.items()}
        context.meaning = lambda fields, _: self.meaning(fields)

    def fields(self, cells: Sequence[str]) -> list[Field]:
        """Name the cells of a row."""
        fields = [
            (name, cell) for name, cell in zip(self.header, cells, strict=False) if cell
        ]
        unknown = self.context.tally.unknown_tags
        for name, _ in fields:
            if name not in self.roles:
                unknown[name] += 1
        return fields

    def meaning(self, fields: Sequence[Field]) -> dict[str, list[str]]:
        """Sort cells by what they mean."""
        if self.export == "synthesist":
            return own_roles(fields, escaped=self.context.dialect.startswith("table"))
        roles: dict[str, list[str]] = {}
        for name, value in fields:
            role = self.roles.get(name)
            text = value.strip()
            if not role or text == "NA" or text.lower() in _NOTHING:
                continue
            if text.startswith('="') and (found := _FORMULA.fullmatch(text)):
                text = found[1]
            self._add(roles, role, text)
        if "day" in roles and "year" in roles:
            year, day = (
                roles["year"][0],
                roles["day"][0].partition("(")[0].title().strip(),
            )
            roles["date"] = [day if year in day else f"{year} {day}"]
        if "type" not in roles and (kind := type_among(roles.get("pubtype", ()))):
            roles["type"] = [kind]
        for number in roles.get("accession", []) if "pmid" not in roles else ():
            if number.startswith("MEDLINE:"):
                roles["pmid"] = [number.removeprefix("MEDLINE:")]
        if "registration" in roles:
            add(roles, "accession", roles["registration"][0])
            roles.setdefault("type", ["trial registration"])
        return roles

    def _add(self, roles: dict[str, list[str]], role: str, text: str) -> None:
        """Put a cell under its role, cells that hold several values apart."""
        if role in _PEOPLE:
            self._add_people(roles, role, text)
        elif role in {"mesh", "emtree", "emtree_major", "heading", "keyword"}:
            for part in _terms(text, self.export):
                add(roles, role, part)
        elif role in {"citation", "citation_short", "citation_ovid"}:
            _add_citation(roles, role, text)
        elif role == "issn":
            add(roles, "serial_number", text)
        elif (
            role in {"url", "accession", "language"}
            and ";" in text
            and "://" not in text
        ):
            for part in text.split(";"):
                add(roles, role, part)
        else:
            add(roles, role, text)

    def _add_people(self, roles: dict[str, list[str]], role: str, text: str) -> None:
        """Put the names of a cell under their role; names in full replace others."""
        one = _PEOPLE[role]
        if one in roles and role != "authors_full":
            return
        names = _unglued(text) if role == "authors_glued" else self._names(text)
        if len(names) > 1:
            self.context.tally.changes["names split"] += 1
        roles[one] = names

    def _names(self, text: str) -> list[str]:
        """Split a cell of authors."""
        if self.export in _COMMAS and ";" not in text:
            if self.export == "pubmed":
                text = text.removesuffix(".")
            return [part for part in re.split(r",\s+", text) if part]
        return split_names(text)


#: Roles of cells that hold names, and the role of each name.
_PEOPLE = {
    "authors": "author",
    "authors_full": "author",
    "authors_glued": "author",
    "authors_translated": "author_translated",
    "editors": "editor",
}

#: Where a name is glued to the one before it, and what only looks so: `McAda`.
_GLUE = re.compile(
    r"(?<=[^\W\d_])(?<![A-Z])(?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLe)(?<!\bLa)(?<!\bDi)(?<!\bFitz)(?=[A-Z])"
)


def _unglued(text: str) -> list[str]:
    """Split names that follow each other without anything between: `Ann AdaBen Byron`."""
    return _GLUE.split(text)


def _add_citation(roles: dict[str, list[str]], role: str, text: str) -> None:
    """Take a citation in one cell apart."""
    if role == "citation_ovid":
        for name, part in cited(text):
            roles.setdefault(name, []).append(part)
        return
    short = role == "citation_short"
    text = " ".join(text.split())
    found = _SHORT_CITATION.search(text) if short else _CITATION.match(text)
    parts = found.groupdict() if found else {} if short else {"journal": text}
    for name, part in parts.items():
        if part:
            roles.setdefault(name, []).append(part)


def _terms(text: str, export: str) -> list[str]:
    """Split a cell of keywords: at semicolons, else at commas where there are several."""
    if text.startswith("[") and text.endswith("]"):
        return split_names(text)
    if ";" in text or "|" in text or "；" in text:
        return [part for part in re.split(r"\s*[;|；]+\s*", text) if part]
    if export in {"embase", "rayyan"} or text.count(",") > 1:
        return [part for part in _at_commas(text) if part]
    return [text]


def _at_commas(text: str) -> list[str]:
    """Split at commas but for those inside brackets."""
    parts: list[str] = []
    end, inside = len(text), False
    for found in reversed(list(_COMMA.finditer(text))):
        if found[0] != ",":
            inside = found[0] == ")"
        elif not inside:
            parts.append(text[found.end() : end].strip())
            end = found.start()
    return [text[:end].strip(), *reversed(parts)]


_COMMA = re.compile(r"[(),]")
