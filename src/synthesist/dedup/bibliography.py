"""References as columns: what a comparison reads, before and after it is normalised."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from synthesist.dedup.places import Pages

#: The fields of one reference that are compared, all of them text.
FIELDS = (
    "title",
    "authors",
    "year",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "abstract",
    "type",
    "source",
    "registrations",
    "other_titles",
    "other_authors",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bibliography:
    """References as columns of text, one entry each; nothing is empty text.

    `ids` are unique. `authors` are separated by `;` or ` and `, `registrations` by
    blanks; `other_titles` holds the original or translated title and
    `other_authors` the same people in another script.
    """

    ids: Sequence[str]
    title: Sequence[str]
    authors: Sequence[str]
    year: Sequence[str]
    journal: Sequence[str]
    volume: Sequence[str]
    issue: Sequence[str]
    pages: Sequence[str]
    doi: Sequence[str]
    pmid: Sequence[str]
    abstract: Sequence[str]
    type: Sequence[str]
    source: Sequence[str]
    registrations: Sequence[str]
    other_titles: Sequence[str]
    other_authors: Sequence[str]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(slots=True, kw_only=True)
class Normalised:
    """References in one form, as columns of the same length.

    Columns of text hold nothing where a field is not given; `year` is 0 there.
    `keys` is what blocking compares, some for each reference. `abstract` is the beginning of it without blanks, `length` that of the whole.
    """

    ids: list[str]
    title: list[str]
    others: list[tuple[str, ...]]
    kind: list[str]
    weak: list[bool]
    authors: list[tuple[str, ...]]
    other_authors: list[tuple[str, ...]]
    year: list[int]
    journal: list[tuple[str, ...]]
    conference: list[bool]
    volume: list[str]
    issue: list[str]
    pages: list[Pages]
    doi: list[str]
    pmid: list[str]
    abstract: list[str]
    length: list[int]
    source: list[str]
    trials: list[tuple[str, ...]]
    keys: array[int] = field(default_factory=lambda: array("Q"))

    def __len__(self) -> int:
        return len(self.ids)

    def extend(self, other: Normalised) -> None:
        """Add the references of another one at the end."""
        for column in fields(self):
            getattr(self, column.name).extend(getattr(other, column.name))


def empty() -> Normalised:
    """Return columns without a reference."""
    columns: dict[str, Any] = {
        column.name: [] for column in fields(Normalised) if column.name != "keys"
    }
    return Normalised(**columns)
