"""What one trial's file calls things: names, units, codes, dates, endpoint.

A file ``NAME.toml`` beside ``NAME.csv``::

    format = 1
    trial = "Alder"

    [names]                  # ours = theirs
    time = "efs_months"
    event = "efs"
    treated = "arm"
    age = "AGE"

    [units]
    time = "months"          # of the file; the analysis is in days

    [recode.treated]         # theirs = ours
    "IL-2" = 1
    "none" = 0

    [dates]                  # instead of a column of times
    origin = "randomised"
    end = "last_seen"

    [endpoint]
    name = "event-free survival"
    event = "relapse or death"
"""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from synthesist.errors import InvalidInput, Problem
from synthesist.numerics.arrays import Vector
from synthesist.survival.cells import Reader
from synthesist.tables import Cell, Table
from synthesist.tables.table import as_text

#: Days in each unit of time.
DAYS = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}

#: What a mapping may say, and what stands in it.
SECTIONS: dict[str, type] = {
    "format": int,
    "trial": str,
    "names": dict,
    "units": dict,
    "recode": dict,
    "dates": dict,
    "endpoint": dict,
}

#: Ways in which dates are written; day and month are never guessed.
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d%b%Y", "%d-%b-%Y")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialMapping:
    """What one trial's file calls things.

    Attributes
    ----------
    names : mapping of str
        Their column for each of our names.
    units : mapping of str
        The unit of each of our columns of time.
    recode : mapping of mapping
        Our value for each of theirs, by our column.
    dates : mapping of str
        Their columns of the ``origin``, the ``end`` and the ``entry``.
    endpoint : mapping of str
        What the event is, in words.
    """

    file: str
    trial: str = ""
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    units: Mapping[str, str] = field(default_factory=dict[str, str])
    recode: Mapping[str, Mapping[str, Cell]] = field(
        default_factory=dict[str, Mapping[str, Cell]]
    )
    dates: Mapping[str, str] = field(default_factory=dict[str, str])
    endpoint: Mapping[str, str] = field(default_factory=dict[str, str])


def read_mapping(table: Path) -> TrialMapping | None:
    """Read the mapping beside a table, None when there is none.

    Raises
    ------
    InvalidInput
        With every problem: unknown words with the nearest known, wrong kinds.
    """
    path = table.with_suffix(".toml")
    if not path.exists():
        return None
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(
            f"The mapping cannot be read: {error}", where=path.name
        ) from None
    problems = [
        Problem(
            message=f"There is no {name} in a mapping",
            remedy=_nearest(name),
            file=path.name,
        )
        for name in raw
        if name not in SECTIONS
    ]
    problems += [
        Problem(
            message=f"{name} is not {'a section' if kind is dict else 'a value'}",
            remedy="see the page on the trials' files in the documentation",
            file=path.name,
        )
        for name, kind in SECTIONS.items()
        if name in raw and not isinstance(raw[name], kind)
    ]
    if not problems:
        problems = list(_problems(raw, path.name))
    if problems:
        raise InvalidInput(problems=problems)
    return TrialMapping(
        file=path.name,
        trial=str(raw.get("trial", "")),
        names=raw.get("names", {}),
        units=raw.get("units", {}),
        recode=raw.get("recode", {}),
        dates=raw.get("dates", {}),
        endpoint=raw.get("endpoint", {}),
    )


def _nearest(name: str) -> str:
    close = difflib.get_close_matches(name, SECTIONS, n=1)
    return f"did you mean {close[0]}?" if close else f"it may say {', '.join(SECTIONS)}"


def _problems(raw: Mapping[str, Any], file: str) -> list[Problem]:
    """Check what stands in the sections."""
    found: list[Problem] = []

    def wrong(message: str, remedy: str) -> None:
        found.append(Problem(message=message, remedy=remedy, file=file))

    if raw.get("format") != 1:
        wrong("The mapping has not the format 1", "write format = 1 in its first line")
    for name, unit in raw.get("units", {}).items():
        if unit not in DAYS:
            wrong(f"{name} has the unit {unit}", f"choose {', '.join(DAYS)}")
    dates = raw.get("dates", {})
    if dates and not {"origin", "end"} <= dates.keys():
        wrong("The dates need an origin and an end", "name both columns under [dates]")
    if dates and "time" in raw.get("names", {}):
        wrong("There are both dates and a time", "keep one of them")
    for name, codes in raw.get("recode", {}).items():
        if not isinstance(codes, dict):
            wrong(
                f"recode.{name} is not a section",
                f'write [recode.{name}] and below it "theirs" = ours',
            )
    return found


def apply_mapping(table: Table, mapping: TrialMapping) -> Table:
    """Return the table under our names, in days, with our codes.

    Raises
    ------
    InvalidInput
        If a column is missing, a code is not mapped, or dates cannot be read or
        are out of order; with row and column, never with what stands there.
    """
    table.require([*mapping.names.values(), *mapping.dates.values()])
    taken = set(mapping.names.values())
    columns: dict[str, Any] = {
        name: values for name, values in table.columns.items() if name not in taken
    }
    columns.update(
        {ours: table.columns[theirs] for ours, theirs in mapping.names.items()}
    )
    reader = Reader(replace(table, columns=columns))
    for name, codes in mapping.recode.items():
        reader.table.require([name])
        columns[name] = _recode(reader, name, codes)
    if mapping.dates:
        columns["time"] = _between(
            reader, mapping.dates["origin"], mapping.dates["end"]
        )
        if "entry" in mapping.dates:
            columns["entry"] = _between(
                reader, mapping.dates["origin"], mapping.dates["entry"]
            )
    for name, unit in mapping.units.items():
        reader.table.require([name])
        columns[name] = reader.numbers(name, required=False) * DAYS[unit]
    reader.finish()
    return replace(table, columns=columns)


def _recode(reader: Reader, name: str, codes: Mapping[str, Cell]) -> list[Cell]:
    """Return a column with every code replaced; empty cells stay empty."""
    texts = [as_text(cell) for cell in reader.table.columns[name]]
    known = {str(theirs): ours for theirs, ours in codes.items()}
    bad = [i for i, text in enumerate(texts) if text and text not in known]
    reader.blame(
        np.array(bad, dtype=np.intp),
        name,
        "The code is not in the mapping",
        f"add it to [recode.{name}], which has {', '.join(known)}",
    )
    return [known.get(text) for text in texts]


def _between(reader: Reader, origin: str, end: str) -> Vector:
    """Return the days from one date to another."""
    first, last = _dates(reader, origin), _dates(reader, end)
    days = last - first
    reader.blame(
        np.flatnonzero(days < 0),
        end,
        f"The date is before that of {origin}",
        "correct one of them",
    )
    return days


def _dates(reader: Reader, name: str) -> Vector:
    """Return dates as days, NaN where they cannot be read."""
    cells = cast(Sequence[Any], reader.table.columns[name])
    days = np.full(len(cells), np.nan)
    bad: list[int] = []
    for i, cell in enumerate(cells):
        try:
            days[i] = _day(cell)
        except ValueError:
            bad.append(i)
    reader.blame(
        np.array(bad, dtype=np.intp),
        name,
        "The cell is not a date",
        "write dates as 2004-05-31",
    )
    return days


def _day(cell: Any) -> float:
    """Return a date as a number of days."""
    if isinstance(cell, dt.datetime):
        cell = cell.date()
    if isinstance(cell, dt.date):
        return float(cell.toordinal())
    text = as_text(cell).split("T")[0].strip()
    for form in DATES:
        try:
            return float(dt.datetime.strptime(text, form).toordinal())  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError("not a date")


def day_numbers(table: Table, name: str) -> Vector:
    """Return a column of dates as days, NaN where a cell is empty.

    Raises
    ------
    InvalidInput
        For every cell that is not a date, without what stands there.
    """
    filled = [i for i, cell in enumerate(table.columns[name]) if as_text(cell)]
    columns = {name: [table.columns[name][i] for i in filled]}
    reader = Reader(
        replace(table, columns=columns, rows=[table.rows[i] for i in filled])
    )
    days = np.full(len(table), np.nan)
    days[filled] = _dates(reader, name)
    reader.finish()
    return days
