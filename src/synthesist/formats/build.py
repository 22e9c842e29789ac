"""Make a reference of the fields that a reader found, whatever the format was."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import chain

from synthesist.formats import parts
from synthesist.formats.ebsco import roles_of_ebsco
from synthesist.formats.extension import read_line
from synthesist.formats.given import Given, Roles
from synthesist.formats.identifiers import find_registrations, ovid_database
from synthesist.formats.languages import normalise_languages
from synthesist.formats.names import listed_names, names_in, pinyin_names_in
from synthesist.formats.reference import Field, Name, Origin, Reference
from synthesist.formats.report import Tally
from synthesist.formats.text import (
    Wording,
    blanks,
    entities,
    without_controls,
    without_markup,
)
from synthesist.formats.types import reference_type

#: CNKI begins an abstract that was cut from the text itself with this.
_CUT_FROM_TEXT = ("<正>", "＜正＞")


class Builder:
    """Turns roles into references, and counts what was changed on the way.

    Parameters
    ----------
    tally : Tally
        Where changes are counted.
    database, platform : str
        What the file as a whole says of its source, for records that say nothing.
    """

    def __init__(self, tally: Tally, *, database: str = "", platform: str = "") -> None:
        self.changes = tally.changes
        self.database = database
        self.platform = platform

    def build(
        self,
        fields: tuple[Field, ...],
        roles: Roles,
        origin: Origin,
        said: Wording,
        *,
        stripped: bool = False,
    ) -> Reference:
        """Return the reference; `said` is everything its fields say.

        `stripped` says that no value of any role is empty or has blanks around it.
        """
        text = said.text
        clean = self._cleaner(said, len(fields))
        if "note" in roles and (
            "Synthesist " in text or "PMID: " in text or "PMCID: " in text
        ):
            roles = _with_extension(roles)
            stripped = False
        if self.platform == "EBSCOhost":
            roles = roles_of_ebsco(roles)
            stripped = False
        if "NA" in said.rest and "\nNA\n" in f"\n{text}\n":
            roles = _without_na(roles)
            stripped = False
        one = Given(roles, None if stripped and clean is str.strip else clean)
        # Most records lack most roles; asking once is what makes them cheap.
        held = one.held
        title, original, translated = parts.titles(one)
        journal, abbreviation = parts.journal(one)
        doi, pmid, pmcid = parts.numbers(roles)
        if not pmid and "accession" in held:
            pmid = parts.medline_number(one)
        year, date = parts.dates(one)
        roles_held = held.keys()
        accessions = () if roles_held.isdisjoint(_NUMBERED) else parts.accessions(one)
        terms = () if roles_held.isdisjoint(_HEADED) else parts.terms(one)
        types = one.all("pubtype")
        special = [role for role in roles if ":" in role]
        return Reference(
            fields=fields,
            origin=origin,
            type=reference_type(one("type")),
            title=title,
            title_original=original,
            title_translated=translated,
            authors=self._authors(roles, one),
            authors_translated=()
            if roles_held.isdisjoint(_TRANSLATED)
            else self._translated(one),
            editors=self._names(held["editor"]) if "editor" in held else (),
            year=year,
            date=date,
            journal=journal,
            journal_abbreviation=abbreviation,
            pages=parts.pages(one, self.changes),
            doi=doi,
            pmid=pmid,
            pmcid=pmcid,
            registrations=find_registrations(text, said.rest),
            accessions=accessions,
            languages=normalise_languages(one.all("language"))
            if "language" in held
            else (),
            publication_types=types,
            abstract=self._abstract(held["abstract"]) if "abstract" in held else "",
            keywords=()
            if roles_held.isdisjoint(_KEYED)
            else parts.keywords(one, terms),
            terms=terms,
            links=parts.links(special, one) if special else (),
            retracted=parts.is_retracted(title, types, roles),
            database=parts.collection(one)
            or parts.database_of(accessions)
            or self.database
            or self._asked(roles),
            platform=one("platform") or self.platform,
            issns=() if roles.keys().isdisjoint(_ISSNS) else parts.issns(roles),
            isbns=() if roles.keys().isdisjoint(_ISBNS) else parts.isbns(roles),
            urls=parts.urls(roles["url"]) if "url" in roles else (),
            addresses=one.all("address"),
            notes=one.all("note") + one.all("note_given"),
            labels=parts.labels(special, one) if special else (),
            title_short=one("title_short"),
            journal_translated=one("journal_translated"),
            volume=parts.volume(held["volume"][0]) if "volume" in held else "",
            issue=self._issue(held["issue"][0]) if "issue" in held else "",
            article_number=one("article_number"),
            publisher=one("publisher"),
            place=one("place"),
            edition=one("edition"),
        )

    def _cleaner(self, said: Wording, values: int) -> Callable[[str], str]:
        """Return the least that makes so many values clean."""
        if not said.is_plain():
            return self._clean
        if said.spaced or said.lines > values:
            return blanks
        return str.strip

    def _asked(self, roles: Roles) -> str:
        """Return the database that Ovid was asked for, by the record's address."""
        if self.platform != "Ovid":
            return ""
        addresses = roles.get("url") or ()
        named = map(ovid_database, addresses)
        return next((name for name in named if name), "")

    def _issue(self, issue: str) -> str:
        """Return the issue, unless it is the journal's number at the NLM.

        Ovid gives that number in a field that others take for the issue.
        """
        if len(issue) > 6 and _JOURNAL_CODES.fullmatch(issue):
            self.changes["journal codes taken from the issue"] += 1
            return ""
        return issue

    def _clean(self, text: str) -> str:
        """Remove control characters and markup, decode entities, normalise blanks."""
        if not text.isprintable():
            allowed = without_controls(text)
            if allowed != text:
                self.changes["control characters removed"] += 1
                text = allowed
        if "&" in text:
            decoded = entities(text)
            if decoded != text:
                self.changes["entities decoded"] += 1
                text = decoded
        if "<" in text:
            bare = without_markup(text)
            if bare != text:
                self.changes["markup removed"] += 1
                text = bare
        return blanks(text)

    def _authors(self, roles: Roles, one: Given) -> tuple[Name, ...]:
        """Return people and groups in their order."""
        values = one.all("author_given") or one.all("author_full") or one.all("author")
        names = self._names(values)
        if "collective" in roles and "author_given" not in roles:
            names += tuple(
                Name(text, collective=True) for text in one.all("collective")
            )
        return names

    def _translated(self, one: Given) -> tuple[Name, ...]:
        """Return the authors' names in the other alphabet."""
        return self._names(one.all("author_translated_given")) or self._names(
            one.all("author_translated"), pinyin_names_in
        )

    def _names(
        self,
        values: Sequence[str],
        read: Callable[[str], tuple[Name, ...]] = names_in,
    ) -> tuple[Name, ...]:
        """Read names; a value that holds several is counted as changed."""
        if len(values) == 1 and "," in values[0]:
            listed = listed_names(values[0])
            if len(listed) > 1:
                self.changes["names split"] += 1
                values = listed
        found = [*map(read, values)]
        if several := sum([len(names) > 1 for names in found]):
            self.changes["names split"] += several
        return tuple(chain.from_iterable(found))

    def _abstract(self, texts: Sequence[str]) -> str:
        """Return the longest text that is given as abstract."""
        text = max(texts, key=len) if texts[1:] else texts[0]
        for mark in _CUT_FROM_TEXT:
            if text.startswith(mark):
                self.changes["abstract mark removed"] += 1
                text = text.removeprefix(mark).strip()
        return text


#: `eag, 7805975`, `101676033`, `9439514, b6e`: no journal has so many issues.
_JOURNAL_CODES = re.compile(
    r"(?:[0-9a-z]{3}, )?(?:\d{7}|\d{9})[a-z]?(?:, (?:\d{7}|\d{9}|[0-9a-z]{3}))*",
    re.ASCII,
)

_NUMBERED = frozenset(("accession", "accession_given"))
_TRANSLATED = frozenset(("author_translated", "author_translated_given"))
_HEADED = frozenset((*parts.VOCABULARIES, "term_given"))
_KEYED = frozenset(("keyword", "keyword_given"))
_ISSNS = frozenset(("issn", "serial_number"))
_ISBNS = frozenset(("isbn", "serial_number"))


def _without_na(roles: Roles) -> Roles:
    """Drop what R writes where there is nothing; a title or keyword may be NA."""
    return {
        role: values
        if role in _MAY_BE_NA
        else [value for value in values if value.strip() != "NA"]
        for role, values in roles.items()
    }


_MAY_BE_NA = frozenset({"title", "keyword", "keyword_given", "term_given", "mesh"})


def _with_extension(roles: Roles) -> Roles:
    """Read the notes that say what their format has no field for."""
    notes = roles.get("note", ())
    kept: list[str] = []
    read: dict[str, list[str]] = {}
    for note in notes:
        others: list[str] = []
        for line in note.splitlines() if "\n" in note or "\r" in note else (note,):
            given = read_line(line.strip())
            if given is None:
                others.append(line)
            else:
                read.setdefault(given[0], []).append(given[1])
        if len(others) > 0 and any(map(str.strip, others)):
            kept.append("\n".join(others))
    if not read:
        return roles
    merged = {role: list(values) for role, values in roles.items()} | {"note": kept}
    for role, values in read.items():
        # What was said apart is more exact than what the format could hold.
        merged[role] = values if role in _EXACT else [*merged.get(role, ()), *values]
    return merged


#: Roles that an extension replaces; to others it adds.
_EXACT = frozenset({"type", "date", "title", "volume", "issue", "database", "platform"})
