"""Read one CSV file of a review folder into rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthesist.errors import InvalidInput, NotFound, Problem
from synthesist.store.faults import Faults
from synthesist.store.fields import SLIP, Unreadable, nearest, nearest_known, shown
from synthesist.store.schema import CsvFile
from synthesist.tables import Table, read_csv


def read_rows(folder: Path, file: CsvFile, faults: Faults) -> tuple[Any, ...] | None:
    """Read a CSV file, None if there is none.

    Cells that cannot be read are left empty and noted, so that the rows serve to
    look for further faults.
    """
    path = folder / file.name
    table = _read_table(path, file.name, faults)
    if table is None:
        return () if file.name in faults.broken else None
    columns = _columns(table, file, faults)
    texts = {name: table.texts(column) for name, column in columns.items()}
    own = [n for n in table.columns if n and n not in columns.values()]
    extra = {name: table.texts(name) for name in own}
    rows: list[Any] = []
    for index, row in enumerate(table.rows):
        cells = {name: column[index] for name, column in texts.items()}
        values = _read_row(cells, file, row, faults)
        if file.extra:
            values["extra"] = {name: column[index] for name, column in extra.items()}
        if file.printed:
            values["printed"] = {name: text for name, text in cells.items() if text}
        rows.append(file.row_type(**values, row=row))
    return tuple(rows)


def _read_table(path: Path, name: str, faults: Faults) -> Table | None:
    """Read the cells; a file that cannot be read is marked as broken."""
    found: list[Problem] = []
    try:
        table = read_csv(path, name=name, problems=found)
    except NotFound:
        return None
    except InvalidInput as error:
        faults.broken.add(name)
        for problem in error.problems:
            faults.cell(
                name, problem.row, problem.field, problem.message, problem.remedy
            )
        return None
    rows = set(table.rows)
    for problem in found:
        faults.problems.append(problem)
        if problem.row in rows:
            faults.shifted.add((name, problem.row))
        elif problem.row != 1:
            faults.broken.add(name)
    return table


def _columns(table: Table, file: CsvFile, faults: Faults) -> Mapping[str, str]:
    """Match the columns of the schema with those of the file.

    A column that is not known is read as the missing one that was probably
    meant, so that one slip in a name is one problem.
    """
    known = {field.name: field for field in file.fields}
    columns = {name: name for name in known if name in table}
    missing = [name for name in known if name not in table]
    for name in table.columns:
        if not name or name in known:
            continue
        meant = nearest(name, missing, SLIP)
        if meant is None and file.extra:
            continue
        remedy = f"did you mean '{meant}'?" if meant else nearest_known(name, known)
        message = f"There is no column '{shown(name)}'"
        faults.cell(file.name, 1, name, message, remedy)
        if meant is not None:
            columns[meant] = name
            missing.remove(meant)
    for name in missing:
        if known[name].required:
            faults.broken.add(file.name)
            message = f"The column {name} is missing"
            faults.cell(file.name, 1, name, message, f"add it: {known[name].meaning}")
    return columns


def _read_row(
    cells: Mapping[str, str], file: CsvFile, row: int, faults: Faults
) -> dict[str, Any]:
    """Return the values of a row; what is faulty or missing stays empty."""
    # Which columns the cells of a row of another length belong to is not known,
    # except that the first ones name what the row is about.
    shifted = (file.name, row) in faults.shifted
    values: dict[str, Any] = {}
    for field in file.fields:
        text = cells.get(field.name, "")
        if shifted and field.name not in (file.key or (file.fields[0].name,)):
            text = ""
        try:
            if text:
                values[field.name] = field.read(text)
                continue
            if field.required and field.name in cells:
                raise Unreadable(f"{field.name} is empty", "fill it in")
        except Unreadable as error:
            if not shifted:
                faults.cell(file.name, row, field.name, error.message, error.remedy)
            if text and field.choices and field.kind != "list":
                values[field.name] = nearest(text, field.choices) or ""
                continue
        if field.required:
            values[field.name] = field.empty
    return values
