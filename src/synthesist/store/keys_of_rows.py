"""Check that no row of a CSV file stands there twice."""

from __future__ import annotations

from synthesist.review import Review
from synthesist.store.columns import CSV_FILES
from synthesist.store.faults import Faults
from synthesist.store.fields import shown

#: How two rows that look the same may be told apart.
APART = {
    "results.csv": "remove one, or tell them apart by timepoint or population",
    "records.csv": "remove one; ids are made from file, ordinal and raw bytes",
}


def check_keys(review: Review, faults: Faults) -> None:
    """Report rows that share the columns by which they are told apart."""
    for file in CSV_FILES:
        if not file.key:
            continue
        needed = [f.name for f in file.fields if f.required and f.name in file.key]
        first: dict[tuple[str, ...], int] = {}
        for row in getattr(review, file.part):
            if not all(getattr(row, name) for name in needed) or faults.touches(
                file.name, row.row, file.key
            ):
                continue
            key = tuple(getattr(row, name) for name in file.key)
            if first.setdefault(key, row.row) != row.row:
                named = ", ".join(shown(part) for part in key if part)
                faults.cell(
                    file.name,
                    row.row,
                    file.key[0] if len(file.key) == 1 else None,
                    f"{named} stands in row {first[key]} already",
                    APART.get(file.name, "remove one, or rename it"),
                    others=file.key,
                )
    places: dict[tuple[str, int | None], tuple[int, str]] = {}
    for record in review.records:
        place = (record.file, record.ordinal)
        row, name = places.setdefault(place, (record.row, record.record))
        if record.file and record.ordinal and name != record.record:
            faults.cell(
                "records.csv",
                record.row,
                "ordinal",
                f"Number {record.ordinal} of {shown(record.file)} stands in row {row} already",
                "correct one of them: each reference of a file has its own ordinal",
            )
