"""One entry for a report from its records: every field with the record it is from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from synthesist.dedup.places import NO_PAGES, read_pages
from synthesist.dedup.words import fold

Fields = Mapping[str, str]
Key = tuple[float, ...]


class Chosen(NamedTuple):
    """What stands in a field of a report, and the record it was taken from."""

    text: str
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """Which of several texts a report gets: the one for which `rank` is highest.

    Among equals that of the earliest record counts. `words` say it to the reader.
    """

    field: str
    words: str
    rank: Callable[[str, Fields], Key]


def merge_records(
    records: Sequence[tuple[str, Fields]],
) -> dict[str, Chosen]:
    """Return the fields of the report that some records stand for.

    Parameters
    ----------
    records : sequence of (str, mapping)
        Id and fields of each record, the earliest first; none is changed.

    Returns
    -------
    dict of str to Chosen
        For every field of `PREFERENCES` that a record fills.
    """
    merged: dict[str, Chosen] = {}
    for preference in PREFERENCES:
        best: tuple[Key, Chosen] | None = None
        for record, fields in records:
            text = fields.get(preference.field, "").strip()
            if not text:
                continue
            key = preference.rank(text, fields)
            if best is None or key > best[0]:
                best = key, Chosen(text, record)
        if best is not None:
            merged[preference.field] = best[1]
    return merged


def _mixed_case(text: str) -> float:
    """Tell text in small and large letters from a line of capitals."""
    return 0.0 if text.isupper() else 1.0


def _longest_mixed(text: str, _fields: Fields) -> Key:
    """Prefer small and large letters, then the longer text."""
    return _mixed_case(text), float(len(text))


def _most_people(text: str, _fields: Fields) -> Key:
    """Prefer more people, then longer names."""
    people = text.count(";") + text.count(" and ")
    return float(people), _mixed_case(text), float(len(text))


def _placed(_text: str, fields: Fields) -> Key:
    """Prefer a record that has a volume and pages: it is no longer ahead of print."""
    return float(bool(fields.get("volume")) + bool(fields.get("pages"))), 0.0


def _full_name(text: str, _fields: Fields) -> Key:
    """Prefer a name without abbreviated words, then the longer one."""
    return float("." not in text), _mixed_case(text), float(len(fold(text)))


def _both_pages(text: str, _fields: Fields) -> Key:
    """Prefer pages that can be read, then a first and a last one."""
    pages = read_pages(text)
    return float(pages != NO_PAGES), float(pages.last > pages.first)


def _first(_text: str, _fields: Fields) -> Key:
    """Prefer none; the earliest record counts."""
    return (0.0,)


def _bare(text: str, _fields: Fields) -> Key:
    """Prefer a number without words around it."""
    return (-float(len(text)),)


def _longest(text: str, _fields: Fields) -> Key:
    """Prefer the longest text."""
    return (float(len(text)),)


#: The stated preferences, field by field.
PREFERENCES = (
    Preference(field="type", words="the first that is given", rank=_first),
    Preference(
        field="title",
        words="not in capitals, then the longest",
        rank=_longest_mixed,
    ),
    Preference(
        field="authors", words="most people, then the longest names", rank=_most_people
    ),
    Preference(field="year", words="of the record with volume and pages", rank=_placed),
    Preference(
        field="journal", words="not abbreviated, then the longest", rank=_full_name
    ),
    Preference(field="volume", words="the shortest", rank=_bare),
    Preference(field="issue", words="the shortest", rank=_bare),
    Preference(field="pages", words="with a last page", rank=_both_pages),
    Preference(field="doi", words="without its address", rank=_bare),
    Preference(field="pmid", words="the shortest", rank=_bare),
    Preference(field="accession", words="the longest list", rank=_longest),
    Preference(field="language", words="the longest list", rank=_longest),
    Preference(field="abstract", words="the longest", rank=_longest),
    Preference(field="keywords", words="the longest list", rank=_longest),
    Preference(field="url", words="the first that is given", rank=_first),
    Preference(field="note", words="the longest", rank=_longest),
)
