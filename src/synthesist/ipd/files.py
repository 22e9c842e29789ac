"""Patients in one file, or in a folder with a file for each trial."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from synthesist.errors import InvalidInput, NotFound, Problem
from synthesist.ipd.mapping import TrialMapping, apply_mapping, read_mapping
from synthesist.survival import SurvivalData, survival_data
from synthesist.survival.combine import combine
from synthesist.survival.frames import read_transport
from synthesist.tables import Table, read_table

#: Where a review folder keeps individual data.
FOLDER = "ipd"

#: What is read as a table of patients.
SUFFIXES = (".csv", ".parquet", ".feather", ".arrow", ".xpt")

#: What no column is called, but a patient's cell may hold.
CELL = re.compile(r"[-+.]?\d[\d.,:/T -]*")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PatientFile:
    """One file of a folder: its table after mapping, and the patients in it."""

    name: str
    table: Table
    mapping: TrialMapping | None
    data: SurvivalData


def patients(
    source: str | Path,
    *,
    time: str,
    event: str,
    treated: str | None = None,
    trial: str | None = None,
    covariates: Sequence[str] = (),
    treated_is: str | None = None,
    event_is: str | None = None,
    **roles: Any,
) -> SurvivalData:
    """Read the patients of a file, or of every file of a folder.

    In a folder each file is one trial, named by its file, unless `trial` is a
    column of it. A file ``NAME.toml`` beside ``NAME.csv`` says what the file
    calls things; see `synthesist.ipd.mapping`. A review folder is read from its
    folder ``ipd``.

    Parameters
    ----------
    source : path
    time, event, treated, trial, covariates, treated_is, event_is, **roles
        As in `synthesist.survival_data`, after mapping.

    Raises
    ------
    InvalidInput
        With every problem of every file.
    NotFound
        If there is no such file or folder, or no table in it.
    """
    path = Path(source)
    wanted: dict[str, Any] = {
        "time": time,
        "event": event,
        "treated": treated,
        "trial": trial,
        "covariates": covariates,
        "treated_is": treated_is,
        "event_is": event_is,
        **roles,
    }
    if not path.is_dir():
        return survival_data(read_patients(path), **wanted)
    return combine([file.data for file in patient_files(path, **wanted)])


def patient_files(folder: Path, **wanted: Any) -> tuple[PatientFile, ...]:
    """Read every file of a folder, each as `patients` does.

    Raises
    ------
    InvalidInput
        With every problem of every file.
    NotFound
        If there is no table in the folder.
    """
    found: list[PatientFile] = []
    problems: list[Problem] = []
    for file in tables_of(folder):
        try:
            found.append(_one_file(file, wanted))
        except InvalidInput as error:
            problems.extend(error.problems)
    if problems:
        raise InvalidInput(problems=problems)
    return tuple(found)


def tables_of(folder: Path) -> list[Path]:
    """Return the tables of patients of a folder, in order of their names."""
    inner = folder / FOLDER
    place = inner if inner.is_dir() else folder
    found = sorted(
        file
        for file in place.iterdir()
        if file.suffix.lower() in SUFFIXES and not file.name.startswith(".")
    )
    if not found:
        raise NotFound(
            f"There is no table of patients in {place}.",
            remedy=f"put one file for each trial there, as {', '.join(SUFFIXES)}",
        )
    return found


def _one_file(file: Path, wanted: dict[str, Any]) -> PatientFile:
    """Read one trial of a folder."""
    table = read_patients(file)
    mapping = read_mapping(file)
    name = file.stem
    if mapping is not None:
        table, name = apply_mapping(table, mapping), mapping.trial or name
    own = dict(wanted)
    if own["trial"] is None or own["trial"] not in table:
        own["trial"] = None
    # A trial that has not recorded a covariate is kept; the models name it.
    own["covariates"] = [c for c in wanted["covariates"] if c in table]
    found = survival_data(table, **own)
    if not own["trial"]:
        # A file read on its own calls its only trial "all".
        notes = [
            note.replace("Of all ", f"Of {name} ").replace("in all:", f"in {name}:")
            for note in found.notes
        ]
        found = replace(found, trials=(name,), notes=tuple(notes))
    return PatientFile(name=file.name, table=table, mapping=mapping, data=found)


def read_patients(file: Path) -> Table:
    """Read a table of patients by the ending of its name.

    Raises
    ------
    InvalidInput
        If it cannot be read, or the library for it is not installed.
    """
    suffix = file.suffix.lower()
    if suffix in {".parquet", ".feather", ".arrow"}:
        if not file.exists():
            raise NotFound(f"There is no file {file}.", remedy="check the path")
        return replace(read_table(_columnar(file), name=file.name), native=None)
    if suffix == ".xpt":
        return read_transport(file)
    return _read_text(file)


def _read_text(file: Path) -> Table:
    """Read a CSV file; where its header is a patient, no message repeats it."""
    try:
        table = read_table(file)
    except InvalidInput as error:
        raise InvalidInput(
            problems=[
                replace(
                    problem,
                    message="The name of a column is missing or repeated",
                    field=None,
                )
                if problem.row == 1
                else problem
                for problem in error.problems
            ]
        ) from None
    if sum(CELL.fullmatch(name) is not None for name in table.columns) > 1:
        raise InvalidInput(
            problems=[
                Problem(
                    message="The first row holds numbers, not the names of columns",
                    remedy="put the names of the columns into the first row",
                    file=file.name,
                    row=1,
                )
            ]
        )
    return table


def _columnar(file: Path) -> Any:
    """Read Parquet or Arrow by the library that the user has."""
    from importlib import import_module

    parquet = file.suffix.lower() == ".parquet"
    for library in ("polars", "pyarrow"):
        try:
            module: Any = import_module(library)
        except ImportError:
            continue
        try:
            if library == "polars":
                return module.read_parquet(file) if parquet else module.read_ipc(file)
            name = "pyarrow.parquet" if parquet else "pyarrow.feather"
            reader: Any = import_module(name)
            return reader.read_table(file)
        except Exception:  # noqa: BLE001 - each library has its own family of errors
            raise InvalidInput(
                "The file cannot be read.",
                where=file.name,
                remedy="write it again, or export it as CSV",
            ) from None
    raise InvalidInput(
        "Parquet and Arrow files need polars or pyarrow.",
        where=file.name,
        remedy="install one of them, or export the file as CSV",
    )
