"""CDISC ADaM: times to event (ADTTE) with what is known of each subject (ADSL)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.survival import SurvivalData, survival_data
from synthesist.survival.cells import Reader
from synthesist.survival.frames import read_transport
from synthesist.tables import Cell, Table, read_table
from synthesist.tables.table import as_text

#: Where ADTTE or ADSL name the planned treatment, preferred first.
ARMS = ("TRTP", "TRT01P", "ARM", "TRTA", "TRT01A", "ACTARM")

UNIT = re.compile(r"\b(day|week|month|year)s?\b", re.I)


def adtte(
    data: Any,
    *,
    parameter: str,
    treated_is: str,
    subjects: Any = None,
    arm: str | None = None,
    covariates: Sequence[str] = (),
    unit: str | None = None,
) -> SurvivalData:
    """Read one endpoint of ADTTE.

    In ADTTE the variable CNSR is 0 for the event and above 0 for censoring; the
    events and those censored are stated in a note, to be confirmed.

    Parameters
    ----------
    data : path, frame or mapping of columns
        ADTTE, as a SAS transport file or any table.
    parameter : str
        The code of the endpoint (PARAMCD).
    treated_is : str
        The label of the treated arm.
    subjects : path, frame or mapping of columns, optional
        ADSL, with the covariates and, where ADTTE has it not, the arm.
    arm : str, optional
        The variable of the arm; by default the first there is of `ARMS`.
    covariates : sequence of str
        Variables of ADTTE or ADSL.
    unit : str, optional
        Of AVAL; by default as PARAM says.

    Raises
    ------
    InvalidInput
        If variables are missing, a subject has two rows or is not in ADSL, or
        the unit of time is said nowhere.
    """
    table = _table(data)
    table.require(["USUBJID", "PARAMCD", "AVAL", "CNSR"])
    table = _endpoint(table, parameter)
    reader = Reader(table)
    _once_each(reader)
    columns = dict(table.columns)
    notes: list[str] = []
    if subjects is not None:
        notes += _add_subjects(reader, columns, _table(subjects), covariates)
    reader.finish()
    arm = arm or next((name for name in ARMS if name in columns), None)
    if arm is None:
        raise InvalidInput(
            "The arm is in no variable.",
            remedy=f"name it: arm=...; looked for {', '.join(ARMS)}",
        )
    said = _unit(columns, unit)
    found = survival_data(
        replace(table, columns=columns),
        time="AVAL",
        event="CNSR",
        event_is=0,
        treated=arm,
        treated_is=treated_is,
        trial="STUDYID" if "STUDYID" in columns else None,
        covariates=covariates,
    )
    events = int(found.event.sum())
    notes += [
        f"CNSR 0 is taken as the event: {events} events, {len(found) - events} censored. Confirm it against the report.",
        f"Time is in {said}.",
    ]
    return replace(found, notes=(*found.notes, *notes))


def _table(data: Any) -> Table:
    if isinstance(data, str | Path) and Path(data).suffix.lower() == ".xpt":
        return read_transport(Path(data))
    return replace(read_table(data), native=None)


def _endpoint(table: Table, parameter: str) -> Table:
    """Return the rows of one endpoint, each with its own row number."""
    codes = table.texts("PARAMCD")
    kept = [i for i, code in enumerate(codes) if code == parameter]
    if not kept:
        known = ", ".join(sorted(set(codes) - {""}))
        raise InvalidInput(
            f"There is no endpoint {parameter}.",
            where=table.name,
            remedy=f"PARAMCD has {known}",
        )
    columns = {name: _take(values, kept) for name, values in table.columns.items()}
    return replace(table, columns=columns, rows=[table.rows[i] for i in kept])


def _take(values: Any, places: Sequence[int]) -> Any:
    found: list[Any] = [values[i] for i in places]
    return np.array(found) if isinstance(values, np.ndarray) else found


def _once_each(reader: Reader) -> None:
    """Say which rows repeat a subject; never which subject."""
    seen: set[str] = set()
    again: list[int] = []
    for i, subject in enumerate(reader.table.texts("USUBJID")):
        if subject in seen:
            again.append(i)
        seen.add(subject)
    reader.blame(
        np.array(again, dtype=np.intp),
        "USUBJID",
        "The subject has a row for this endpoint already",
        "keep one row for each subject and endpoint",
    )


def _add_subjects(
    reader: Reader, columns: dict[str, Any], subjects: Table, covariates: Sequence[str]
) -> list[str]:
    """Add variables of ADSL to the rows of ADTTE; return notes."""
    subjects.require(["USUBJID"])
    place = {subject: i for i, subject in enumerate(subjects.texts("USUBJID"))}
    rows = [place.get(s, -1) for s in reader.table.texts("USUBJID")]
    reader.blame(
        np.flatnonzero(np.array(rows) < 0),
        "USUBJID",
        "The subject is not in ADSL",
        "add the subject to ADSL",
    )
    for name in (*covariates, *ARMS, "STUDYID"):
        if name in subjects and name not in columns:
            values = subjects.columns[name]
            cells: list[Cell] = [None if i < 0 else _plain(values[i]) for i in rows]
            columns[name] = cells
    lost = len(place) - len(set(rows) - {-1})
    return (
        [f"{lost} subjects of ADSL have no row for this endpoint."] if lost > 0 else []
    )


def _plain(value: Any) -> Cell:
    """Return a cell as Python knows it, None where it is empty."""
    plain: Any = value.item() if hasattr(value, "item") else value
    return None if plain is None or plain != plain or as_text(plain) == "" else plain


def _unit(columns: dict[str, Any], unit: str | None) -> str:
    """Return the unit of time, as given or as PARAM says."""
    if unit is not None:
        return unit
    said = {
        match[1].lower() + "s"
        for text in {as_text(cell) for cell in columns.get("PARAM", ())}
        if (match := UNIT.search(text))
    }
    if len(said) != 1:
        raise InvalidInput(
            "The unit of AVAL is not said in PARAM.",
            remedy="give it: unit='days', 'weeks', 'months' or 'years'",
        )
    return said.pop()
