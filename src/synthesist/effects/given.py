"""The role columns of a table: read, completed where cells follow from others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from synthesist.effects.checks import Check, shown
from synthesist.effects.measure import Measure
from synthesist.effects.routes import Derivation, Route
from synthesist.effects.work import Indices, Mask, Rules
from synthesist.errors import InvalidInput, Problem
from synthesist.tables import Table, Vector


@dataclass(slots=True)
class Given:
    """The role columns of a table and the routes that they open.

    Attributes
    ----------
    names : dict of str
        The column of each role that the table has.
    cells : dict of (k,) arrays
        Read and derived, NaN where empty or no number.
    routes : tuple of Route
        Those for which every column is there or follows from others.
    unreadable : dict
        Problems by role and row, where a cell is no number.
    derived : list
        Derivations, and the rows in which they filled a cell.
    """

    table: Table
    names: dict[str, str]
    cells: dict[str, Vector]
    routes: tuple[Route, ...]
    unreadable: dict[str, dict[int, Problem]]
    derived: list[tuple[Derivation, Indices]] = field(
        default_factory=list[tuple[Derivation, Indices]]
    )

    @property
    def is_plain(self) -> bool:
        """Whether the first route needs no cell that was derived or unreadable."""
        needed = {*self.routes[0].roles, *self.routes[0].optional}
        return not self.derived and needed.isdisjoint(self.unreadable)

    def reported(self) -> Mask:
        """Return in which rows (k,) any cell of a result is filled."""
        sizes = set[str]().union(*(route.sizes for route in self.routes))
        filled = np.zeros(len(self.table), dtype=np.bool_)
        for role in self.names:
            if role not in sizes:
                filled |= ~np.isnan(self.cells[role])
                filled[list(self.unreadable.get(role, ()))] = True
        for derivation, rows in self.derived:
            if derivation.role not in self.names:
                continue
            filled[rows] |= True
        return filled

    def problem(self, index: int, role: str, message: str, remedy: str) -> Problem:
        """Return a problem placed at the cell of a role."""
        remedy = re.sub(
            r"[a-z0-9_]+", lambda word: self.names.get(word[0], word[0]), remedy
        )
        return self.table.problem(
            message, index=index, column=self.names.get(role, role), remedy=remedy
        )

    def failures(self, checks: Iterable[Check], rows: Indices) -> list[Problem]:
        """Say of each impossible cell in `rows` what is wrong, once."""
        problems: list[Problem] = []
        blamed: set[tuple[int, str]] = set()
        cells = {role: values[rows] for role, values in self.cells.items()}
        for check in checks:
            for place in np.flatnonzero(check.fails(cells)).tolist():
                index = int(rows[place])
                if any((index, role) in blamed for role in check.roles):
                    continue
                blamed.add((index, check.role))
                values = {role: shown(values[place]) for role, values in cells.items()}
                message = check.message.format(**values)
                problems.append(self.problem(index, check.role, message, check.remedy))
        return problems

    def half_filled(self, index: int) -> list[Problem]:
        """Say what a row lacks that is neither whole nor empty."""
        bad = [
            problems[index]
            for problems in self.unreadable.values()
            if index in problems
        ]
        if bad:
            return bad
        lacking = min(
            (
                [role for role in route.roles if np.isnan(self.cells[role][index])]
                for route in self.routes
            ),
            key=len,
        )
        names = [self.names.get(role, role) for role in lacking]
        listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        one = len(names) == 1
        advice = self._advice(index, lacking)
        return [
            self.problem(
                index,
                lacking[0],
                f"The row is filled by half: {listed} {'is' if one else 'are'} empty",
                f"fill {'it' if one else 'them'}{advice}; if the study did not report the result, empty the other cells of the row too",
            )
        ]

    def _advice(self, index: int, lacking: list[str]) -> str:
        """Name the options by which cells that lack could be filled."""
        known = {
            derivation.advice: None
            for route in self.routes
            for derivation in route.derivations
            if derivation.advice
            and derivation.role in lacking
            and all(
                source in self.cells and not np.isnan(self.cells[source][index])
                for source in derivation.sources
            )
        }
        return "".join(f", or {advice}" for advice in known)


def read_given(
    table: Table, measure: Measure, columns: Mapping[str, str], rules: Rules
) -> Given:
    """Read every column that a measure may use, and derive what follows.

    Raises
    ------
    InvalidInput
        If no set of columns is whole, or a name given is not there.
    """
    known = _roles_of(measure.routes)
    _check_names(table, measure, columns, known)
    names = {role: role for role in sorted(known) if role in table} | dict(columns)
    routes = _open_routes(measure, names, rules)
    if not routes:
        # The route with most columns there is the one meant, else the preferred one.
        nearest = max(
            measure.routes, key=lambda route: sum(role in names for role in route.roles)
        )
        lacking = [role for role in nearest.roles if role not in names]
        table.require(lacking, taken=names)
    wanted = _roles_of(routes)
    names = {role: name for role, name in names.items() if role in wanted}
    cells: dict[str, Vector] = {}
    unreadable: dict[str, dict[int, Problem]] = {}
    place = None
    for role, name in names.items():
        problems: list[Problem] = []
        cells[role] = table.numbers(name, problems)
        if problems:
            place = place or {number: i for i, number in enumerate(table.rows)}
            unreadable[role] = {place[p.row]: p for p in problems if p.row is not None}
    given = Given(table, names, cells, routes, unreadable)
    _derive(given, rules)
    return given


def _derive(given: Given, rules: Rules) -> None:
    """Fill empty cells that follow from others, in the order of the registry."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for route in given.routes:
        for derivation in route.derivations:
            key = (derivation.role, derivation.sources)
            if key in seen or not derivation.needs(rules):
                continue
            seen.add(key)
            if all(source in given.cells for source in derivation.sources):
                _fill(given, derivation, rules)
    k = len(given.table)
    for route in given.routes:
        for role in route.roles:
            given.cells.setdefault(role, np.full(k, np.nan))


def _fill(given: Given, derivation: Derivation, rules: Rules) -> None:
    """Fill the cells of one role where they are empty and the sources are not."""
    values = given.cells.get(derivation.role)
    if values is None:
        values = np.full(len(given.table), np.nan)
    empty = np.isnan(values)
    empty[list(given.unreadable.get(derivation.role, ()))] = False
    for source in derivation.sources:
        if not empty.any():
            return
        empty &= ~np.isnan(given.cells[source])
    rows = np.flatnonzero(empty)
    if not rows.size:
        return
    values = values.copy()
    some = {role: column[rows] for role, column in given.cells.items()}
    with np.errstate(all="ignore"):
        if derivation.whole:
            values[rows] = derivation.compute(given.cells, rules)[rows]
        else:
            values[rows] = derivation.compute(some, rules)
    given.cells[derivation.role] = values
    given.derived.append((derivation, rows))


def _open_routes(
    measure: Measure, names: Mapping[str, str], rules: Rules
) -> tuple[Route, ...]:
    """Return the routes of which every role is a column or follows from columns."""
    routes: list[Route] = []
    for route in measure.routes:
        there = set(names)
        for derivation in route.derivations:
            if derivation.needs(rules) and there.issuperset(derivation.sources):
                there.add(derivation.role)
        if there.issuperset(route.roles):
            routes.append(route)
    return tuple(routes)


def _roles_of(routes: Iterable[Route]) -> set[str]:
    """Return every role that routes look at."""
    roles: set[str] = set()
    for route in routes:
        roles.update(route.roles, route.optional)
        for derivation in route.derivations:
            roles.update((derivation.role,), derivation.sources, derivation.optional)
    return roles


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
