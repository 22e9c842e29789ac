"""Arm results become study effects: the one way from a table to an EffectTable."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from synthesist.effects.derivations import MISSING_SD
from synthesist.effects.given import Given, read_given
from synthesist.effects.measures import MEASURES, Measure
from synthesist.effects.notes import numbered, row_notes, table_notes
from synthesist.effects.profiles import find_profile
from synthesist.effects.routes import Route
from synthesist.effects.skewed_medians import MEDIAN_METHODS
from synthesist.effects.small_samples import SMALL_SAMPLE
from synthesist.effects.table import EffectTable, Source
from synthesist.effects.work import Indices, Remark, Rules, Work
from synthesist.effects.zero_cells import CORRECTED, SPLITS, ZERO_CELLS
from synthesist.errors import InvalidInput, Problem
from synthesist.tables import Vector, read_table

#: Rows computed at once: the arrays of a block stay in the processor's cache.
BLOCK = 1 << 14

NOT_REPORTED = Remark("not reported", "Not reported by {studies}, left out.")
UNDEFINED = Remark(
    "not estimable",
    "Not estimable in {studies}, left out: no finite effect with a variance above 0 can be computed.",
)


def effect_table(
    data: Any,
    measure: str,
    *,
    columns: Mapping[str, str] | None = None,
    study: str | None = None,
    zero_cells: str | None = None,
    add: float | None = None,
    corrected: str | None = None,
    level: float = 0.95,
    small_sample: str | None = None,
    variance: str | None = None,
    bias_correction: bool | None = None,
    r: float | None = None,
    medians: str = "no",
    missing_sd: str = "no",
    profile: str | None = None,
) -> EffectTable:
    """Compute one effect for each row of a table.

    A rule that is not given is the profile's, else the one named here first.

    Parameters
    ----------
    data : path, frame or mapping of columns
        A CSV file, a pandas, polars or Arrow frame, or columns by name.
    measure : str
        A code of `MEASURES`.
    columns : mapping of str, optional
        The name in `data` for every role, or for ``study``, that is called
        otherwise there.
    study : str, optional
        The column of study labels; by default ``study`` if there is one, else
        the studies are numbered.
    zero_cells : {"only-zero", "none", "all", "treatment-arm", "empirical", "drop-double-zero"}
        What is done about a zero cell where the measure is not defined with one.
    add : float
        What is added to a cell, at least 0; by default 1/2.
    corrected : {"both", "variance", "events"}
        What the correction of a two-by-two table enters: estimate and variance,
        or the variance alone, as RevMan 5 does for risk differences, or only the
        cells of events, as R's meta does for risk ratios.
    level : float
        Level of the confidence intervals in the data, unless ``ci_level`` says it.
    small_sample : {"exact", "approximate", "none"}
        Hedges' factor for standardised differences.
    variance : str
        The form of the variance, one of the measure's `variances`.
    bias_correction : bool
        Whether the second-order term is taken off a ratio of means; by default not.
    r : float, optional
        The correlation of before and after where the data do not give it.
    medians : {"no", "luo-wan-shi", "QE", "MLN"}
        How means and standard deviations are made of medians with quartiles or
        range, where a study gives no others; QE is quantile estimation, MLN the
        method for unknown non-normal distributions.
    missing_sd : {"no", "pooled", "largest", "median"}
        Which standard deviation of the other studies' same groups is taken where
        a study gives none.
    profile : str, optional
        A name of `PROFILES`: the rules by which another program computes. A rule
        given beside it takes its place. Pooling follows the same profile.

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
    given: dict[str, Any] = {
        "zero_cells": zero_cells,
        "add": add,
        "corrected": corrected,
        "small_sample": small_sample,
        "variance": variance,
        "bias_correction": _yes_or_no(bias_correction),
    }
    asked = {name: value for name, value in given.items() if value is not None}
    found = find_measure(measure)
    others = find_profile(profile).for_measure(found.code) if profile else {}
    rules = Rules(
        **{**others, **asked},
        level=level,
        r=r,
        medians=medians,
        missing_sd=missing_sd,
    )
    names = dict(columns or {})
    label = study or names.pop("study", None)
    source = Source(table=read_table(data), columns=names, study=label)
    return compute(source, found, rules, asked=frozenset(asked), profile=profile)


def _yes_or_no(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


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
    source: Source,
    measure: Measure,
    rules: Rules,
    *,
    asked: frozenset[str] = frozenset(),
    profile: str | None = None,
) -> EffectTable:
    """Compute one effect for each row of a table that has been read.

    `asked` are the rules that somebody chose by name, `profile` the rest's source.
    """
    check_rules(rules, measure)
    table = source.table
    given = read_given(table, measure, source.columns, rules)
    work = Work(rules=rules)
    taken = given.routes[:1]
    effects = _straight_through(given, taken[0], work) if given.is_plain else None
    if effects is None:
        work = Work(rules=rules)
        y, v, taken = _row_by_route(given, work)
    else:
        y, v = effects
    labels = _labels(source)
    remarks = {
        remark: np.unique(np.concatenate(rows)) for remark, rows in work.remarks.items()
    }
    used = {name for route in taken for name in route.rules} | work.used
    roles = {*given.names.values(), source.study or "study"}
    notes = table_notes(remarks, labels)
    return EffectTable(
        measure=measure,
        study=labels,
        y=y,
        v=v,
        included=np.isfinite(y),
        cells=given.cells,
        columns={n: column for n, column in table.columns.items() if n not in roles},
        row_notes=row_notes(remarks, len(table)),
        rules={
            field.name: str(getattr(rules, field.name))
            for field in fields(rules)
            if field.name in used
        },
        notes=(*notes, measure.caution) if measure.caution else notes,
        remarks=remarks,
        choices=rules,
        asked=asked,
        profile=profile,
        source=source,
        native=table.native,
    )


def check_rules(rules: Rules, measure: Measure) -> None:
    """Raise `InvalidInput` for every choice that does not exist."""
    problems: list[Problem] = []

    def unknown(what: str, value: object, choices: Sequence[str]) -> None:
        if value not in choices:
            problems.append(
                Problem(
                    message=f"There is no {what} {value}",
                    remedy=f"choose {', '.join(choices)}",
                )
            )

    def outside(what: str, value: float, holds: bool, remedy: str) -> None:
        if not holds:
            problems.append(Problem(message=f"{what} is {value}", remedy=remedy))

    unknown("zero-cell rule", rules.zero_cells, ZERO_CELLS)
    unknown("part to be corrected", rules.corrected, CORRECTED)
    if rules.corrected == "events" and measure.code != "RR":
        problems.append(
            Problem(
                message=f"Correcting the events alone is for risk ratios, not for {measure.code}",
                remedy="choose corrected = both or variance",
            )
        )
    unknown("small-sample factor", rules.small_sample, tuple(SMALL_SAMPLE))
    unknown(
        f"form of the variance of {measure.code} called",
        rules.variance,
        measure.variances,
    )
    unknown("way with medians", rules.medians, ("no", *MEDIAN_METHODS))
    unknown("way with missing SDs", rules.missing_sd, ("no", *MISSING_SD))
    outside(
        "The amount added to a zero cell",
        rules.add,
        0 <= rules.add < np.inf,
        "give a number that is at least 0, such as 0.5",
    )
    outside(
        "The level of the intervals",
        rules.level,
        0 < rules.level < 1,
        "give a fraction such as 0.95",
    )
    if rules.r is not None:
        outside(
            "The correlation r",
            rules.r,
            -1 < rules.r < 1,
            "give a number between -1 and 1 such as 0.5",
        )
    if measure.design == "one group" and rules.zero_cells in SPLITS:
        problems.append(
            Problem(
                message=f"The zero-cell rule {rules.zero_cells} needs two groups, and {measure.code} has one",
                remedy="choose only-zero",
            )
        )
    if problems:
        raise InvalidInput(problems=problems)


def _labels(source: Source) -> Sequence[str]:
    """Return a label for every row, its number where there is none."""
    table = source.table
    if source.study is not None:
        table.require([source.study])
    elif "study" not in table:
        return numbered(len(table))
    texts = table.texts(source.study or "study")
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


def _row_by_route(given: Given, work: Work) -> tuple[Vector, Vector, tuple[Route, ...]]:
    """Compute each row by the first route that it fills; collect what is wrong."""
    k = len(given.table)
    reported = given.reported()
    waiting = np.ones(k, dtype=np.bool_)
    ways: list[tuple[Route, Indices]] = []
    for route in given.routes:
        filled = ~np.isnan([given.cells[role] for role in route.roles]).any(axis=0)
        rows = np.flatnonzero(filled & reported & waiting)
        waiting[rows] = False
        if rows.size:
            ways.append((route, rows))
    problems = _problems(given, ways, np.flatnonzero(waiting & reported))
    if problems:
        place = {number: i for i, number in enumerate(given.table.rows)}
        problems.sort(key=lambda problem: place.get(problem.row or 0, -1))
        raise InvalidInput(problems=problems)
    work.leave_out(NOT_REPORTED, waiting)
    y, v = np.full(k, np.nan), np.full(k, np.nan)
    with np.errstate(all="ignore"):
        for route, rows in ways:
            cells = {role: values[rows] for role, values in given.cells.items()}
            work.rows = rows
            if route.prepare is not None:
                route.prepare(cells, work)
            y[rows], v[rows] = _settled(route, cells, work)
    _remark_derivations(given, ways, work)
    for rows in work.excluded:
        y[rows] = v[rows] = np.nan
    return y, v, tuple(route for route, _ in ways) or given.routes[:1]


def _problems(
    given: Given, ways: Sequence[tuple[Route, Indices]], halves: Indices
) -> list[Problem]:
    """Return everything that is wrong with the rows that have a result."""
    problems: list[Problem] = []
    for index in halves.tolist():
        problems.extend(given.half_filled(index))
    # A cell that is no number hides nothing else that is wrong with its row.
    problems.extend(given.failures(given.routes[0].checks, halves))
    for route, rows in ways:
        for role in route.optional:
            bad = given.unreadable.get(role, {})
            problems.extend(bad[index] for index in rows.tolist() if index in bad)
        checks = list(route.checks)
        for derivation, filled in given.derived:
            if derivation.role in route.roles and np.isin(filled, rows).any():
                checks = [*derivation.checks, *checks]
        problems.extend(given.failures(checks, rows))
    return problems


def _remark_derivations(
    given: Given, ways: Sequence[tuple[Route, Indices]], work: Work
) -> None:
    """Note where a cell that was used had been derived."""
    for derivation, filled in given.derived:
        for route, rows in ways:
            if derivation.role in route.roles:
                work.rows = None
                used = np.intersect1d(filled, rows)
                if used.size and derivation.rule:
                    work.used.add(derivation.rule)
                work.remark(derivation.remark, used)
                cells = {role: values[used] for role, values in given.cells.items()}
                for remark, holds in derivation.flags:
                    work.remark(remark, used[holds(cells)])


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
