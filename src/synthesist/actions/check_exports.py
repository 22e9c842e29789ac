"""Check that records.csv and the exports in searches/ still belong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from synthesist.errors import InvalidInput, Problem
from synthesist.review import Record, Review

#: Problems of one export that are named one by one.
NAMED = 10

#: Tables may have been read with columns that the user named, which nothing keeps.
_TABLES = frozenset((".csv", ".tsv", ".txt", ".xlsx"))


def check_exports(folder: Path, review: Review) -> list[Problem]:
    """Compute the id of every record again from its export, and name what differs.

    A review that does not keep its exports has no folder searches/ and nothing to
    check; of one that does, every export must be there.
    """
    searches = folder / "searches"
    if not searches.is_dir():
        return []
    rows: dict[str, list[Record]] = {}
    for record in review.records:
        if record.file:
            rows.setdefault(record.file, []).append(record)
    problems: list[Problem] = []
    for file, records in rows.items():
        found = list(_of_export(searches / file, file, records))
        problems += found[:NAMED]
        if len(found) > NAMED:
            problems.append(
                Problem(
                    file="records.csv",
                    message=f"{len(found) - NAMED} more records of searches/{file} do not agree with it",
                    remedy="restore the export as it was downloaded",
                )
            )
    return problems


def _of_export(path: Path, file: str, records: Sequence[Record]) -> Iterator[Problem]:
    """Give what is wrong between one export and its rows."""
    if not path.is_file():
        yield Problem(
            file="records.csv",
            row=records[0].row,
            field="file",
            message=f"There is no export searches/{file}",
            remedy="put it back as it was downloaded",
        )
        return
    try:
        ids = _ids(path, file)
    except InvalidInput as error:
        if path.suffix.lower() not in _TABLES:
            yield Problem(
                file="records.csv",
                row=records[0].row,
                field="file",
                message=f"The export searches/{file} cannot be read: {error.problems[0].message}",
                remedy="put it back as it was downloaded",
            )
        return
    places = {identifier: ordinal for ordinal, identifier in ids.items()}
    for record in records:
        if problem := _of_row(record, file, ids, places):
            yield problem
    held = {record.ordinal for record in records}
    missing = [ordinal for ordinal in ids if ordinal not in held]
    if missing:
        named = ", ".join(map(str, missing[:NAMED]))
        more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        yield Problem(
            file="records.csv",
            message=f"Records {named}{more} of searches/{file} have no row",
            remedy="import the export again into a fresh folder, or put the rows back",
        )


def _of_row(
    record: Record, file: str, ids: Mapping[int, str], places: Mapping[str, int]
) -> Problem | None:
    """Say what is wrong between a row and its export."""
    given = ids.get(record.ordinal)
    if given == record.record:
        return None
    if record.record in places:
        return Problem(
            file="records.csv",
            row=record.row,
            field="ordinal",
            message=f"{record.record} is record {places[record.record]} of searches/{file}, not {record.ordinal}",
            remedy=f"write {places[record.record]}",
        )
    if given is None:
        message = f"The export searches/{file} has no record {record.ordinal}"
    else:
        message = f"Record {record.ordinal} of searches/{file} is {given}, not {record.record}"
    return Problem(
        file="records.csv",
        row=record.row,
        field="record",
        message=message,
        remedy="put the export back as it was downloaded, or correct the row",
    )


def _ids(path: Path, file: str) -> dict[int, str]:
    """Return the id of each record of an export by its ordinal."""
    from synthesist.formats import ReferenceFile, SetAside
    from synthesist.review import record_id

    return {
        entry.origin.ordinal: record_id(file, entry.origin.ordinal, entry.origin.raw)
        for entry in ReferenceFile(path, name=file).entries()
        if not isinstance(entry, SetAside)
    }
