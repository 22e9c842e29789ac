"""Arm results become study effects: the one way from a table to an EffectTable."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from synthesist.effects.checks import shown
from synthesist.effects.measures import MEASURES, Measure, Route
from synthesist.effects.notes import numbered, row_notes, table_notes
from synthesist.effects.table import EffectTable
from synthesist.effects.work import Indices, Mask, Remark, Rules, Work
from synthesist.effects.zero_cells import ZERO_CELLS
from synthesist.errors import InvalidInput, Problem
from synthesist.tables import Table, Vector, read_table

#: Rows computed at once: the arrays of a block stay in the processor's cache.
BLOCK = 1 << 14

NOT_REPORTED = Remark("not reported", "Not reported by {studies}, left out.")
UNDEFINED = Remark(
    "the effect is not defined", "The effect is not defined in {studies}, left out."
)


def effect_table(
    data: Any,
    measure: str,
    *,
    columns: Mapping[str, str] | None = None,
    study: str | None = None,
    zero_cells: str = "only-zero",
    add: float = 0.5,
    level: float = 0.95,
) -> EffectTable:
    """Compute one effect for each row of a table.

    Parameters
    ----------
    data : path, frame or mapping of columns
        A CSV file, a pandas, polars or Arrow frame, or columns by name.
    measure : str
        A code of `MEASURES`.
    columns : mapping of str, optional
        The name in `data` for every role that is called otherwise there.
    study : str, optional
        The column of study labels; by default ``study`` if there is one, else
        the studies are numbered.
    zero_cells : {"only-zero", "none", "all", "treatment-arm", "empirical", "drop-double-zero"}
        What is done about a zero cell where the measure is not defined with one.
    add : float
        What is added to a cell, at least 0.
    level : float
        Level of the confidence intervals in the data, unless ``ci_level`` says it.

    Returns
    -------
    EffectTable
        In the order of the input. Rows whose required cells are all empty are
        kept, not included, and noted as not reported.

    Raises
    ------
    InvalidInput
        With every problem of the table: missing columns, cells that are no
        number, rows filled by half, impossible values.
    """
    rules = Rules(zero_cells=zero_cells, add=add, level=level)
    return compute(read_table(data), find_measure(measure), rules, columns or {}, study)


def find_measure(code: str) -> Measure:
    """Return the measure of a code.

    Raises
    ------
    InvalidInput
        If there is none; the remedy names the nearest.
    """
    found = MEASURES.get(code) or MEASURES.get(str(code).upper())
    if found is None:
        close = difflib.get_close_matches(str(code).upper(), MEASURES, n=1)
        raise InvalidInput(
            f"There is no measure {code}.",
            remedy=f"choose {close[0] if close else ', '.join(MEASURES)}",
        )
    return found


def compute(
    table: Table,
    measure: Measure,
    rules: Rules,
    columns: Mapping[str, str],
    study: str | None = None,
) -> EffectTable:
    """Compute one effect for each row of a table that has been read."""
    check_rules(rules)
    given = Given.read(table, measure, columns)
    work = Work(rules=rules)
    effects = (
        None if given.problems else _straight_through(given, given.routes[0], work)
    )
    if effects is None:
        work = Work(rules=rules)
        effects = _row_by_route(given, work)
    y, v = effects
    included = np.isfinite(y)
    labels = _labels(table, study)
    remarks = {
        remark: np.sort(np.concatenate(rows)) for remark, rows in work.remarks.items()
    }
    used = {name for route in given.routes for name in route.rules}
    taken = {*given.names.values(), study or "study"}
    return EffectTable(
        measure=measure,
        study=labels,
        y=y,
        v=v,
        included=included,
        cells=given.cells,
        columns={n: column for n, column in table.columns.items() if n not in taken},
        row_notes=row_notes(remarks, len(table)),
        rules={
            field.name: str(getattr(rules, field.name))
            for field in fields(rules)
            if field.name in used
        },
        notes=table_notes(remarks, labels),
        remarks=remarks,
        choices=rules,
        native=table.native,
    )


def check_rules(rules: Rules) -> None:
    """Raise `InvalidInput` for every choice that does not exist."""
    problems: list[Problem] = []
    if rules.zero_cells not in ZERO_CELLS:
        problems.append(
            Problem(
                message=f"There is no zero-cell rule {rules.zero_cells}",
                remedy=f"choose {', '.join(ZERO_CELLS)}",
            )
        )
    if not 0 <= rules.add < np.inf:
        problems.append(
            Problem(
                message=f"The amount added to a zero cell is {rules.add}",
                remedy="give a number that is at least 0, such as 0.5",
            )
        )
    if not 0 < rules.level < 1:
        problems.append(
            Problem(
                message=f"The level of the intervals is {rules.level}",
                remedy="give a fraction such as 0.95",
            )
        )
    if problems:
        raise InvalidInput(problems=problems)


@dataclass(slots=True)
class Given:
    """The role columns of a table, the routes they open, and what is wrong so far."""

    table: Table
    names: dict[str, str]
    cells: dict[str, Vector]
    routes: tuple[Route, ...]
    problems: list[Problem]
    unreadable: Mask

    @classmethod
    def read(cls, table: Table, measure: Measure, columns: Mapping[str, str]) -> Given:
        """Read every column that the measure may use.

        Raises
        ------
        InvalidInput
            If no set of columns is whole, or a name given is not there.
        """
        known = {r for route in measure.routes for r in (*route.roles, *route.optional)}
        names = {role: role for role in known if role in table} | dict(columns)
        _check_names(table, measure, columns, known)
        routes = tuple(
            route
            for route in measure.routes
            if all(role in names for role in route.roles)
        )
        if not routes:
            nearest = min(
                measure.routes,
                key=lambda route: sum(role not in names for role in route.roles),
            )
            table.require(role for role in nearest.roles if role not in names)
        wanted = {r for route in routes for r in (*route.roles, *route.optional)}
        names = {role: name for role, name in names.items() if role in wanted}
        problems: list[Problem] = []
        cells = {role: table.numbers(name, problems) for role, name in names.items()}
        unreadable = np.zeros(len(table), dtype=np.bool_)
        if problems:
            bad = {problem.row for problem in problems}
            unreadable = np.array([row in bad for row in table.rows])
        return cls(table, names, cells, routes, problems, unreadable)

    def problem(self, index: int, role: str, message: str, remedy: str) -> Problem:
        """Return a problem placed at the cell of a role."""
        return self.table.problem(
            message, index=index, column=self.names[role], remedy=remedy
        )


def _check_names(
    table: Table, measure: Measure, columns: Mapping[str, str], known: set[str]
) -> None:
    """Raise `InvalidInput` for roles that the measure has not, and absent columns."""
    problems = [
        Problem(
            message=f"{measure.code} has no column with the role {role}",
            remedy=f"its roles are {', '.join(sorted(known))}",
        )
        for role in columns
        if role not in known
    ]
    if problems:
        raise InvalidInput(problems=problems)
    table.require(columns.values())


def _labels(table: Table, study: str | None) -> Sequence[str]:
    """Return a label for every row, its number where there is none."""
    if study is not None:
        table.require([study])
    elif "study" not in table:
        return numbered(len(table))
    texts = table.texts(study or "study")
    if all(texts):
        return texts
    return tuple(text or str(i + 1) for i, text in enumerate(texts))


def _straight_through(
    given: Given, route: Route, work: Work
) -> tuple[Vector, Vector] | None:
    """Compute a table of which every row is whole and sound, in blocks; else None."""
    k = len(given.table)
    y, v = np.empty(k), np.empty(k)
    with np.errstate(all="ignore"):
        if route.prepare is not None:
            route.prepare(given.cells, work)
        for start in range(0, k, BLOCK):
            block = slice(start, min(start + BLOCK, k))
            cells = {role: values[block] for role, values in given.cells.items()}
            if not route.is_sound(cells):
                return None
            work.start = start
            y[block], v[block] = _settled(route, cells, work)
    for rows in work.excluded:
        y[rows] = v[rows] = np.nan
    return y, v


def _row_by_route(given: Given, work: Work) -> tuple[Vector, Vector]:
    """Compute each row by the first route that it fills; collect what is wrong."""
    k = len(given.table)
    y, v = np.full(k, np.nan), np.full(k, np.nan)
    empty = np.ones(k, dtype=np.bool_)
    open_rows = ~given.unreadable
    taken: list[tuple[Route, Indices]] = []
    for route in given.routes:
        filled = np.stack([~np.isnan(given.cells[role]) for role in route.roles])
        results = [role not in route.sizes for role in route.roles]
        empty &= ~filled[results].any(axis=0)
        rows = np.flatnonzero(filled.all(axis=0) & open_rows)
        open_rows[rows] = False
        taken.append((route, rows))
    problems = given.problems
    problems.extend(_half_filled(given, np.flatnonzero(open_rows & ~empty)))
    for route, rows in taken:
        problems.extend(_failures(given, route, rows))
    partly = np.flatnonzero(given.unreadable)
    problems.extend(_failures(given, given.routes[0], partly))
    if problems:
        row = {number: i for i, number in enumerate(given.table.rows)}
        raise InvalidInput(
            problems=sorted(problems, key=lambda p: row.get(p.row or 0, -1))
        )
    work.leave_out(NOT_REPORTED, open_rows & empty)
    with np.errstate(all="ignore"):
        for route, rows in taken:
            if rows.size:
                work.rows = rows
                cells = {role: values[rows] for role, values in given.cells.items()}
                if route.prepare is not None:
                    route.prepare(cells, work)
                y[rows], v[rows] = _settled(route, cells, work)
    for rows in work.excluded:
        y[rows] = v[rows] = np.nan
    return y, v


def _settled(
    route: Route, cells: Mapping[str, Vector], work: Work
) -> tuple[Vector, Vector]:
    """Compute rows by a route, leaving out those without a finite answer."""
    y, v = route.compute(cells, work)
    if route.remark is not None:
        work.remark(route.remark, np.ones(len(y), dtype=np.bool_))
    # Sums are finite, and a minimum is above 0, only where every summand is.
    if not (np.isfinite(y.sum() + v.sum()) and v.min(initial=1) > 0):
        sound = (v > 0) & (v < np.inf) & (np.abs(y) < np.inf)
        said = np.concatenate([np.empty(0, dtype=np.int64), *work.excluded])
        rows = work.table_rows(~sound)
        work.leave_out_rows(UNDEFINED, np.setdiff1d(rows, said))
        y, v = np.where(sound, y, np.nan), np.where(sound, v, np.nan)
    return y, v


def _half_filled(given: Given, rows: Indices) -> list[Problem]:
    """Say of each row that is neither whole nor empty what it lacks."""
    problems: list[Problem] = []
    for index in rows.tolist():
        lacking = min(
            (
                [role for role in route.roles if np.isnan(given.cells[role][index])]
                for route in given.routes
            ),
            key=len,
        )
        names = [given.names[role] for role in lacking]
        listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        problems.append(
            given.problem(
                index,
                lacking[0],
                f"The row is filled by half: {listed} {'is' if len(names) == 1 else 'are'} empty",
                f"fill {'it' if len(names) == 1 else 'them'}, or empty the other cells of the row too if the study did not report the result",
            )
        )
    return problems


def _failures(given: Given, route: Route, rows: Indices) -> list[Problem]:
    """Say of each impossible cell what is wrong, once."""
    problems: list[Problem] = []
    blamed: set[tuple[int, str]] = set()
    cells = {role: values[rows] for role, values in given.cells.items()}
    for check in route.checks:
        for place in np.flatnonzero(check.fails(cells)).tolist():
            index = int(rows[place])
            if any((index, role) in blamed for role in check.roles):
                continue
            blamed.add((index, check.role))
            values = {role: shown(values[place]) for role, values in cells.items()}
            problems.append(
                given.problem(
                    index, check.role, check.message.format(**values), check.remedy
                )
            )
    return problems
