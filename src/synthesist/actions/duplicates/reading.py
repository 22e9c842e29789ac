"""References of any file as the columns that duplicates are looked for in."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from synthesist.dedup import Normalised
    from synthesist.formats import Reference

#: The names of the columns of a CSV, in small letters, and what they mean to us.
CSV_NAMES = {
    "id": "ids",
    "record_id": "ids",
    "record": "ids",
    "title": "title",
    "author": "authors",
    "authors": "authors",
    "year": "year",
    "journal": "journal",
    "booktitle": "journal",
    "volume": "volume",
    "number": "issue",
    "issue": "issue",
    "pages": "pages",
    "doi": "doi",
    "pmid": "pmid",
    "abstract": "abstract",
    "source": "source",
    "database": "source",
    "type": "type",
    "accession": "registrations",
    "address": "addresses",
    "addresses": "addresses",
    "affiliation": "addresses",
    "affiliations": "addresses",
}

#: What `--columns` may name.
FIELD_NAMES = (
    "id",
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
    "source",
    "type",
)

#: Roles of `synthesist.formats` by which the columns of known exports are told.
ROLES = {
    "title": "title",
    "authors": "authors",
    "year": "year",
    "date": "year",
    "journal": "journal",
    "volume": "volume",
    "issue": "issue",
    "pages": "pages",
    "start": "pages",
    "article_number": "pages",
    "doi": "doi",
    "pmid": "pmid",
    "abstract": "abstract",
    "database": "source",
    "type": "type",
    "title_original": "other_titles",
    "title_translated": "other_titles",
    "authors_translated": "other_authors",
    "registration": "registrations",
    "address": "addresses",
}

#: Rows that are normalised together.
CHUNK = 4000

#: Files of which the rows are read here; of others, the references.
TABLES = (".csv", ".tsv")

Columns = dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Normalised records; `ids` are the files' own, or row numbers from 1."""

    records: Normalised
    ids: tuple[str, ...]


def read_files(
    files: Sequence[Path],
    *,
    source: str = "",
    columns: Mapping[str, str] | None = None,
    workers: int = 1,
) -> Loaded:
    """Read the records of files, normalised.

    Parameters
    ----------
    files : sequence of Path
        Tables, or references in any format that `synthesist.formats` reads.
    source : str
        The database that they all came from, where they do not say.
    columns : mapping of str to str, optional
        The column of a table for a field, where its name does not tell.
    workers : int
        How many processes may work.

    Raises
    ------
    InvalidInput
        If a file cannot be read, has no column of titles, or repeats an id.
    NotFound
        If there is no such file.
    """

    def chunks() -> Iterator[Columns]:
        for chunk in file_chunks(files, columns or {}):
            if source:
                chunk["source"] = [text or source for text in chunk["source"]]
            yield chunk

    records = normalise_all(chunks(), workers)
    return Loaded(records=records, ids=tuple(records.ids))


def file_chunks(files: Sequence[Path], columns: Mapping[str, str]) -> Iterator[Columns]:
    """Give the rows of files as columns of our fields, some thousands at a time.

    Raises
    ------
    InvalidInput
        If a file cannot be read.
    NotFound
        If there is no such file.
    """
    from synthesist.actions.duplicates.names import names_of

    for path, name in zip(files, names_of(files), strict=True):
        for chunk in _chunks(path, columns):
            if len(files) > 1:
                chunk["ids"] = [f"{name}:{text}" for text in chunk["ids"]]
            yield chunk


def normalise_all(chunks: Iterable[Columns], workers: int) -> Normalised:
    """Normalise chunks, in several processes where there are many.

    Raises
    ------
    InvalidInput
        If an id stands there twice.
    """
    found = _normalised(chunks, workers)
    if len(set(found.ids)) < len(found.ids):
        _refuse_repeated(found.ids)
    return found


def _refuse_repeated(ids: Sequence[str]) -> None:
    """Name an id that stands in several rows."""
    from collections import Counter

    from synthesist.errors import InvalidInput

    name, count = Counter(ids).most_common(1)[0]
    raise InvalidInput(
        f"The id {name} stands in {count} rows.",
        remedy="give every row an id of its own, or leave the column away",
    )


def _normalised(chunks: Iterable[Columns], workers: int) -> Normalised:
    """Normalise chunks one after the other, or several at once."""
    from itertools import chain, islice

    from synthesist.dedup import empty
    from synthesist.dedup.parallel import can_fork

    waiting = iter(chunks)
    first = list(islice(waiting, 6))
    found = empty()
    if len(first) < 6 or workers < 2 or not can_fork():
        for chunk in chain(first, waiting):
            found.extend(normalise_chunk(chunk))
        return found
    import multiprocessing

    with multiprocessing.get_context("fork").Pool(workers) as pool:
        for part in pool.imap(normalise_chunk, chain(first, waiting)):
            found.extend(part)
    return found


def normalise_chunk(chunk: Columns) -> Normalised:
    """Normalise some rows; registrations are looked for in title and abstract too."""
    from synthesist.dedup import FIELDS, Bibliography, normalise

    size = len(chunk["ids"])
    given = {name: chunk.get(name) or [""] * size for name in FIELDS}
    given["registrations"] = [
        _registrations(" ".join(texts))
        for texts in zip(
            given["title"], given["registrations"], given["abstract"], strict=True
        )
    ]
    return normalise(Bibliography(ids=chunk["ids"], **given))


#: Letters of which every registration, or the word before it, has some: most texts
#: have none and need not be searched for twenty registers.
SIGNS = ("CT", "nct0", "UMIN", "IIA", "DRKS", "RBR-", "RPCEC", "NTR", "PER-")


def _registrations(text: str) -> str:
    """Return the registrations in a text, with blanks between them."""
    from synthesist.formats.identifiers import find_registrations

    for sign in SIGNS:
        if sign in text:
            return " ".join(find_registrations(text))
    return ""


def _chunks(path: Path, columns: Mapping[str, str]) -> Iterator[Columns]:
    """Give the rows of one file, some thousands at a time."""
    from synthesist.formats.source import Source

    with Source(path.name, path=path).open():
        pass
    if path.suffix.lower() in TABLES:
        yield from read_rows(path, columns)
    else:
        yield from _references(path, columns)


def read_rows(
    path: Path, columns: Mapping[str, str] | None = None, *, review: bool = False
) -> Iterator[Columns]:
    """Give the rows of a table as columns of our fields, some thousands at a time.

    With `review` it is a records.csv, of which note, report and file are read too.

    Raises
    ------
    InvalidInput
        If the table cannot be read or has no column of titles.
    """
    from synthesist.formats.finding import find_encoding
    from synthesist.formats.source import Source

    source = Source(path.name, path=path)
    encoding = find_encoding(source).name
    with source.open() as stream:
        yield from rows_of(stream, path.name, encoding, columns, review=review)


def rows_of(
    stream: BinaryIO,
    name: str,
    encoding: str,
    columns: Mapping[str, str] | None = None,
    *,
    review: bool = False,
    behind: int = 0,
) -> Iterator[Columns]:
    """Give the rows of a table that is open, as `read_rows` does.

    Those before the byte `behind`, where a row of UTF-8 begins, are passed over.

    Raises
    ------
    InvalidInput
        If the table cannot be read or has no column of titles.
    """
    from synthesist.errors import InvalidInput

    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    text = TextIOWrapper(
        stream, encoding=_signed(encoding), errors="replace", newline=""
    )
    delimiter = max(",;\t", key=text.readline().count)
    text.seek(0)
    rows = csv.reader(_without_nul(text), delimiter=delimiter)
    try:
        header = next(rows, list[str]())
        roles = column_roles(header, columns or {}, name)
        if review:
            lowered = [column.strip().lower() for column in header]
            for column in ("report", "note", "file"):
                if column in lowered:
                    roles[column] = [lowered.index(column)]
        if behind:
            text.detach().seek(behind)
            text = TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="")
            rows = csv.reader(_without_nul(text), delimiter=delimiter)
        yield from _rows(rows, roles, len(header))
    except csv.Error as error:
        raise InvalidInput(
            f"The table cannot be read: {error}.",
            where=f"{name}, line {rows.line_num}",
            remedy="save it again as CSV",
        ) from None
    finally:
        # The stream is somebody else's to close.
        text.detach()


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    """Give lines without a character that tables cannot hold."""
    return (line.replace("\0", "") if "\0" in line else line for line in lines)


def _signed(encoding: str) -> str:
    """Return an encoding that takes a byte-order mark away."""
    return (
        "utf-8-sig"
        if encoding.lower().replace("_", "-") in ("utf-8", "ascii")
        else encoding
    )


def _rows(
    rows: Iterable[list[str]], roles: Mapping[str, Sequence[int]], width: int
) -> Iterator[Columns]:
    """Give rows as columns; without an id of its own a row has its number."""
    number = 0
    batch: list[list[str]] = []
    for row in rows:
        if not any(row):
            continue
        if len(row) < width:
            row += [""] * (width - len(row))
        batch.append(row)
        if len(batch) == CHUNK:
            yield _columns(batch, roles, number)
            number += len(batch)
            batch = []
    if batch:
        yield _columns(batch, roles, number)


def _columns(
    batch: list[list[str]], roles: Mapping[str, Sequence[int]], number: int
) -> Columns:
    """Turn rows into the columns of our fields."""
    found: Columns = {"source": [""] * len(batch)}
    for name, places in roles.items():
        if len(places) == 1:
            place = places[0]
            found[name] = [row[place] for row in batch]
        elif name == "other_titles":
            found[name] = ["\n".join(row[p] for p in places) for row in batch]
        else:
            found[name] = [
                next((row[p] for p in places if row[p]), "") for row in batch
            ]
    own = found.get("ids", [""] * len(batch))
    found["ids"] = [
        text.strip() or str(number + place) for place, text in enumerate(own, start=1)
    ]
    if "note" in found:
        _read_notes(found)
    return found


def _read_notes(found: Columns) -> None:
    """Take other titles and authors from the note of a review's record."""
    notes = [note.split(" | ") for note in found.pop("note")]

    def said(parts: list[str], *names: str) -> str:
        return "\n".join(
            part.partition(": ")[2] for part in parts if part.startswith(names)
        )

    found["other_titles"] = [
        said(parts, "original title: ", "translated title: ") for parts in notes
    ]
    found["other_authors"] = [said(parts, "authors: ") for parts in notes]


def column_roles(
    header: Sequence[str], columns: Mapping[str, str], file: str
) -> dict[str, list[int]]:
    """Return the places of the columns of each field.

    Raises
    ------
    InvalidInput
        If no column holds titles, or one that is named is missing.
    """
    from synthesist.errors import InvalidInput
    from synthesist.formats.columns import recognise

    names = [name.strip().lstrip("\ufeff") for name in header]
    lowered = [name.lower() for name in names]
    roles: dict[str, list[int]] = {}
    for role, name in columns.items():
        if name.lower() not in lowered:
            raise InvalidInput(
                f"There is no column {name}.",
                where=file,
                remedy=f"the columns are {', '.join(filter(None, names))}",
            )
        roles[CSV_NAMES.get(role.lower(), role.lower())] = [lowered.index(name.lower())]
    export, known = recognise(names)
    for place, name in enumerate(names):
        field = "" if export else CSV_NAMES.get(lowered[place], "")
        if not field:
            field = ROLES.get(known.get(name, ""), "")
        if not field and lowered[place] in ("id", "record_id"):
            field = "ids"
        if field and not _is_named(field, columns):
            roles.setdefault(field, []).append(place)
    if "title" not in roles:
        raise InvalidInput(
            "No column holds titles.",
            where=file,
            remedy="name it with --columns, a file with lines such as title = name of the column",
        )
    return roles


def _is_named(field: str, columns: Mapping[str, str]) -> bool:
    """Tell whether the user named the column of a field."""
    return any(CSV_NAMES.get(role.lower(), role.lower()) == field for role in columns)


def _references(path: Path, columns: Mapping[str, str]) -> Iterator[Columns]:
    """Give the references of a file in another format."""
    from synthesist.formats import Reference, ReferenceFile

    opened = ReferenceFile(path, columns=columns or None)
    batch: list[Reference] = []
    number = 0
    for record in opened:
        if isinstance(record, Reference):
            batch.append(record)
        if len(batch) == CHUNK:
            yield of_references(batch, number)
            number += len(batch)
            batch = []
    if batch:
        yield of_references(batch, number)


def of_references(references: Sequence[Reference], before: int = 0) -> Columns:
    """Return references as columns; `before` of them came earlier."""

    def texts(name: str) -> list[str]:
        return [getattr(reference, name) for reference in references]

    return {
        "ids": [str(before + place) for place in range(1, len(references) + 1)],
        "title": texts("title"),
        "authors": ["; ".join(map(str, r.authors)) for r in references],
        "year": texts("year"),
        "journal": [r.journal or r.journal_abbreviation for r in references],
        "volume": texts("volume"),
        "issue": texts("issue"),
        "pages": [r.pages or r.article_number for r in references],
        "doi": texts("doi"),
        "pmid": texts("pmid"),
        "abstract": texts("abstract"),
        "type": texts("type"),
        "source": texts("database"),
        "addresses": ["; ".join(r.addresses) for r in references],
        "registrations": [" ".join(r.registrations) for r in references],
        "other_titles": [
            "\n".join(filter(None, (r.title_original, r.title_translated)))
            for r in references
        ],
        "other_authors": [
            "; ".join(map(str, r.authors_translated)) for r in references
        ],
    }
