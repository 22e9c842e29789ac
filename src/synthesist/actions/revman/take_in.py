"""Write a RevMan 5 review's data into a folder, and account for every entry."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from synthesist.actions.revman.rows import folder_rows
from synthesist.errors import InvalidInput
from synthesist.formats.revman_data import LeftOut, read_revman_data

if TYPE_CHECKING:
    from synthesist.store.together import Replacement


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAccount:
    """The account of a RevMan 5 file's data: entries seen = kept + left out."""

    markers: int
    kept: int
    left_out: tuple[LeftOut, ...]
    studies: int
    outcomes: int
    analyses: int
    notes: tuple[str, ...]

    @property
    def lost(self) -> int:
        """Entries left out."""
        return sum(part.entries for part in self.left_out)

    @property
    def conserved(self) -> bool:
        """Whether every entry was kept or left out with a line."""
        return self.markers == self.kept + self.lost

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values, every key always present."""
        return {
            "markers": self.markers,
            "kept": self.kept,
            "left_out": self.lost,
            "conserved": self.conserved,
            "left_out_parts": [part._asdict() for part in self.left_out],
            "studies": self.studies,
            "outcomes": self.outcomes,
            "analyses": self.analyses,
            "notes": list(self.notes),
        }

    def summary(self) -> str:
        """Say it in lines of text."""
        lines = [
            f"{self.markers} entries of data = {self.kept} kept + {self.lost} left out",
            f"{self.studies} studies, {self.outcomes} outcomes, {self.analyses} analyses planned",
        ]
        lines += [
            f"Left out, line {part.line}, {part.entries} entries: {part.what}: {part.reason}"
            for part in self.left_out
        ]
        return "\n".join([*lines, *self.notes])


def write_data(
    folder: Path,
    new: Replacement,
    toml: str,
    file: Path,
    name: str,
    *,
    design: str,
    reports: Mapping[str, Sequence[str]],
) -> tuple[str, DataAccount]:
    """Write a RevMan 5 file's data beside a review; return its new review.toml.

    Raises
    ------
    InvalidInput
        If a study, outcome or analysis of that name is in the folder already, or
        not every entry is accounted for.
    """
    data = read_revman_data(file, name)
    found = folder_rows(data, design=design, reports=reports)
    account = DataAccount(
        markers=data.markers,
        kept=found.kept,
        left_out=tuple(found.left_out),
        studies=len(found.studies),
        outcomes=found.outcomes,
        analyses=found.analyses,
        notes=tuple(found.notes),
    )
    if not account.conserved:
        raise InvalidInput(
            f"{account.markers} entries begin in the file, {account.kept} were read"
            f" and {account.lost} left out.",
            where=name,
            remedy="report the file as a fault of this program",
        )
    for file_name, rows in found.tables().items():
        if rows:
            _write_table(folder, new, file_name, rows, name)
    return _with_tables(toml, found.toml, name), account


def _write_table(
    folder: Path,
    new: Replacement,
    file_name: str,
    rows: Sequence[Mapping[str, str]],
    name: str,
) -> None:
    """Write one CSV of the folder with rows added."""
    from synthesist.store.append_rows import write_with_rows
    from synthesist.store.columns import CSV_FILES
    from synthesist.tables import read_csv

    known = next(file for file in CSV_FILES if file.name == file_name)
    columns = [entry.name for entry in known.fields]
    if known.extra:
        columns += dict.fromkeys(
            key for row in rows for key in row if key not in columns
        )
    old = folder / file_name
    if file_name == "studies.csv" and old.exists():
        held = read_csv(old, name=file_name)
        there = held.texts("study") if "study" in held else ()
        both = [row["study"] for row in rows if row["study"] in there]
        if both:
            raise InvalidInput(
                f"The study {both[0]} is in studies.csv already.",
                where=name,
                remedy="import the file into another folder, or only its references with --references-only",
            )
    given = [
        SimpleNamespace(**{column: row.get(column, "") for column in columns})
        for row in rows
    ]
    write_with_rows(old, new.path(file_name), given, columns)


def _with_tables(toml: str, lines: Sequence[str], name: str) -> str:
    """Add outcomes and analyses at the end of review.toml."""
    before = tomllib.loads(toml)
    ends = "\r\n" if "\r\n" in toml else "\n"
    joined = toml + ("" if toml.endswith("\n") else ends) + ends.join([*lines, ""])
    try:
        after = tomllib.loads(joined)
    except tomllib.TOMLDecodeError:
        raise InvalidInput(
            "review.toml is written in a way that cannot be edited safely.",
            where="review.toml",
            remedy="write outcomes and analyses as [[outcomes]] and [[analyses]]",
        ) from None
    for table in ("outcomes", "analyses"):
        ids = [entry.get("id") for entry in after.get(table, [])]
        for identifier in ids[len(before.get(table, [])) :]:
            if ids.count(identifier) > 1:
                raise InvalidInput(
                    f"{identifier} is among the {table} of review.toml already.",
                    where=name,
                    remedy="import the file into another folder, or only its references with --references-only",
                )
    return joined
