"""A reference as a file gave it: its fields verbatim, and beside them what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from synthesist.formats.encodings import encode_as_read
from synthesist.review import record_id

#: One field as it stands in the file: its tag and its text, nothing changed.
Field = tuple[str, str]


class Name(NamedTuple):
    """A person, or a group when `collective`.

    A name whose parts cannot be told apart, as a Chinese one, is all `family`.
    """

    family: str
    given: str = ""
    suffix: str = ""
    collective: bool = False

    def __str__(self) -> str:
        parts = (self.family, self.given, self.suffix)
        return ", ".join(part for part in parts if part)

    @property
    def marked(self) -> str:
        """The name as files have it, where a trailing comma marks a group."""
        return f"{self.family}," if self.collective else str(self)


class Accession(NamedTuple):
    """A number by which a database knows the reference."""

    database: str
    number: str


class Term(NamedTuple):
    """A subject heading and the vocabulary it is from: MeSH, Emtree and the like."""

    vocabulary: str
    text: str
    major: bool = False


class Link(NamedTuple):
    """What another reference is to this one, in words and by its identifiers.

    `kind` is one of `LINK_KINDS`.
    """

    kind: str
    text: str
    pmid: str = ""
    doi: str = ""


#: What another reference can be to this one.
LINK_KINDS = (
    "retraction in",
    "retraction of",
    "erratum in",
    "erratum for",
    "concern in",
    "concern for",
    "corrected and republished in",
    "corrected and republished from",
    "update in",
    "update of",
    "comment in",
    "comment on",
    "republished in",
    "republished from",
    "original report in",
    "partial retraction in",
    "partial retraction of",
    "duplicate publication",
    "preprint of",
    "published as",
    "dataset described in",
    "summary in",
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a reference stands: file, place among its records, lines, and its bytes.

    `text` is its stretch of the file as it was decoded, from which `raw` is made.
    """

    file: str
    ordinal: int
    line: int
    text: str
    encoding: str
    dialect: str

    @property
    def raw(self) -> bytes:
        """The bytes of the record as they stand in the file."""
        return encode_as_read(self.text, self.encoding)

    @property
    def last_line(self) -> int:
        """The number of its last line that is not empty."""
        return self.line + self.text.rstrip().count("\n")


class Reference(NamedTuple):
    """One reference. What a file did not say is empty, never guessed.

    `fields` are the file's own; everything else was made from them. `title` is in
    the record's first language; `title_original` and `title_translated` are given
    where the file tells them apart. `date` is ISO 8601 as far as it is known,
    languages are ISO 639-1 codes where they have one, `type` is one of
    `synthesist.formats.types.TYPES`.
    """

    fields: tuple[Field, ...]
    origin: Origin
    type: str = ""
    title: str = ""
    title_original: str = ""
    title_translated: str = ""
    title_short: str = ""
    authors: tuple[Name, ...] = ()
    authors_translated: tuple[Name, ...] = ()
    editors: tuple[Name, ...] = ()
    year: str = ""
    date: str = ""
    journal: str = ""
    journal_abbreviation: str = ""
    journal_translated: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    article_number: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    registrations: tuple[str, ...] = ()
    accessions: tuple[Accession, ...] = ()
    languages: tuple[str, ...] = ()
    publication_types: tuple[str, ...] = ()
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    links: tuple[Link, ...] = ()
    retracted: bool = False
    database: str = ""
    platform: str = ""
    publisher: str = ""
    place: str = ""
    edition: str = ""
    issns: tuple[str, ...] = ()
    isbns: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def record(self) -> str:
        """The id the reference has in a review."""
        origin = self.origin
        return record_id(origin.file, origin.ordinal, origin.raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A record that could not be read: where it is, why, and its bytes.

    `header` is the line of a table that names its columns, without which a row says
    nothing.
    """

    origin: Origin
    reason: str
    remedy: str
    header: str = ""
