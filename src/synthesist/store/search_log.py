"""search-log.csv: what was searched, where, when and with what result, as PRISMA-S asks."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from synthesist.tables import read_csv

#: The file; the program appends to it, nobody else.
NAME = "search-log.csv"

#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedSearch:
    """One search, with the items of PRISMA-S that a program can know.

    Times are UTC. `limits` are in the service's own words, `announced` is how many
    records it said there are, `received` how many came.

    References
    ----------
    Rethlefsen ML, et al. Syst Rev 2021;10:39. doi:10.1186/s13643-020-01542-z
    """

    source: str
    service: str
    address: str
    query: str
    limits: str
    started: str
    finished: str
    announced: int
    received: int
    requests: int
    files: str
    notes: str
    program: str


def write_with_search(old: Path, new: Path, entry: LoggedSearch) -> None:
    """Write `new` as `old` with one search added; what is there stays as it is."""
    columns = [field.name for field in fields(LoggedSearch)]
    # Bytes keep the line ends that are there.
    body = old.read_bytes().decode("utf-8-sig") if old.exists() else ""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    if not body:
        writer.writerow(columns)
    elif not body.endswith("\n"):
        body += "\n"
    writer.writerow([_safe(value) for value in asdict(entry).values()])
    new.write_text(body + buffer.getvalue(), encoding="utf-8", newline="")


def is_logged(folder: Path, source: str, started: str) -> bool:
    """Say whether a search of a source that began at a time was taken in already."""
    path = folder / NAME
    if not path.exists():
        return False
    table = read_csv(path, name=NAME)
    if not {"source", "started"} <= set(table.columns):
        return False
    pairs = zip(table.texts("source"), table.texts("started"), strict=True)
    return (source, started) in pairs


def _safe(value: object) -> object:
    """Put an apostrophe before text that a spreadsheet would compute."""
    text = isinstance(value, str) and value.startswith(_FORMULA)
    return f"'{value}" if text else value
