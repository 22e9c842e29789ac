"""Pool every group of a frame: the columns of the answer and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.effects import EffectTable, effect_table
from synthesist.errors import InvalidInput, NotFound, Problem
from synthesist.numerics.arrays import Indices, Mask, Vector
from synthesist.pooling.batch import answer_groups, answer_parts
from synthesist.pooling.engine import Answers, Method
from synthesist.pooling.mantel_haenszel import q_around_total
from synthesist.pooling.pool import choose_method
from synthesist.pooling.profiles import rules_of
from synthesist.tables import Cell, Table, give_back, read_table

#: The columns of the answer, and the engine's name of each.
COLUMNS = {
    "k": "k",
    "estimate": "estimate",
    "se": "se",
    "ci_low": "lower",
    "ci_high": "upper",
    "statistic": "statistic",
    "p": "p",
    "tau2": "tau2",
    "tau2_low": "tau2_lower",
    "tau2_high": "tau2_upper",
    "i2": "i2",
    "i2_q": "i2_q",
    "q": "q",
    "q_p": "q_p",
    "pi_low": "pi_lower",
    "pi_high": "pi_upper",
}

DONE, EMPTY = "ok", "no study has an effect"


@dataclass(frozen=True, slots=True)
class _Rows:
    """Effects of all rows (n,), NaN where not reported, and what is wrong where.

    `effects` is the table of those rows that are `kept`, where there is one.
    """

    y: Vector
    v: Vector
    faults: Mapping[int, str]
    columns: Mapping[str, Sequence[Cell] | Vector]
    native: Any
    effects: EffectTable | None = None
    kept: Indices | None = None


@dataclass(frozen=True, slots=True)
class _Groups:
    """The group of every row (n,), and the row in which each begins (g,)."""

    of: Indices
    first: Indices


def pool_many(
    data: Any,
    *,
    by: str | Sequence[str],
    measure: str | None = None,
    columns: Mapping[str, str] | None = None,
    tau2: str | None = None,
    interval: str | None = None,
    prediction: str | None = None,
    tau2_interval: str | None = None,
    level: float = 0.95,
    q: str | None = None,
    mh_correction: str | None = None,
    mh_variance: str | None = None,
    profile: str | None = None,
    client: Any = None,
    backend: str | None = None,
    **effect_options: Any,
) -> Any:
    """Pool every group of studies in one computation.

    Parameters
    ----------
    data : EffectTable, path, frame or mapping of columns
        One row a study, with ``yi`` and ``vi`` or ``sei``, or with the role
        columns of `measure`.
    by : str or sequence of str
        The column or columns that tell the groups apart.
    measure : str, optional
        Code of `MEASURES`, when the effects are to be computed first.
    columns : mapping of str, optional
        The name in `data` for every role that is called otherwise there.
    tau2, interval, prediction, tau2_interval, level, q, mh_correction, mh_variance
        As for `pool`, with the same defaults.
    profile : str, optional
        A name of `PROFILES`, as for `pool`: its rules hold for study effects and for
        pooling, unless a rule is given by name.
    client : dask.distributed.Client, optional
        Where to compute; the numbers are the same but for rounding.
    backend : str, optional
        The kind of frame to return, by default that of `data`.
    **effect_options
        As for `effect_table`.

    Returns
    -------
    frame
        One row a group in order of first appearance: the columns of `by`, ``k``,
        ``estimate``, ``se``, ``ci_low``, ``ci_high``, ``statistic``, ``p``,
        ``tau2``, ``tau2_low``, ``tau2_high``, ``i2``, ``i2_q``, ``q``, ``q_p``,
        ``pi_low``, ``pi_high`` on the analysis scale, and ``status``: ``ok``, or
        why a group has no answer.

    Raises
    ------
    InvalidInput
        If a choice is not known or the table as a whole cannot be read; what is
        wrong with a single row becomes the status of its group.
    NotFound
        If there is no column of that name.
    """
    asked = {
        "tau2": tau2,
        "interval": interval,
        "prediction": prediction,
        "tau2_interval": tau2_interval,
        "q": q,
        "mh_correction": mh_correction,
        "mh_variance": mh_variance,
    }
    if isinstance(data, EffectTable):
        data = data if profile is None else data.under(profile)
        profile = data.profile
    method = choose_method(**rules_of(profile, asked), level=level)
    if profile is not None and (measure is not None or effect_options):
        effect_options["profile"] = profile
    rows = _read(data, measure, columns or {}, effect_options)
    names = [by] if isinstance(by, str) else list(by)
    for name in names:
        if name not in rows.columns:
            raise NotFound(
                f"There is no column {name}.",
                remedy=f"choose one of {', '.join(rows.columns)}",
            )
    groups = _group([rows.columns[name] for name in names])
    answers, status = _answer(rows, groups, method, client)
    shown: dict[str, Any] = {
        name: _keep(rows.columns[name], groups.first) for name in names
    }
    for name, field in COLUMNS.items():
        shown[name] = getattr(answers, field)
    shown["k"] = answers.k.astype(np.int64)
    shown["status"] = status
    return give_back(shown, rows.native, backend)


def _answer(
    rows: _Rows, groups: _Groups, method: Method, client: Any
) -> tuple[Answers, list[str]]:
    """Pool the groups, those with a fault left empty."""
    number = len(groups.first)
    status = np.full(number, DONE, dtype=object)
    for row, fault in sorted(rows.faults.items(), reverse=True):
        status[groups.of[row]] = fault
    usable = np.isfinite(rows.y)
    usable &= (status == DONE)[groups.of]
    counts = np.bincount(groups.of[usable], minlength=number)
    status[(counts == 0) & (status == DONE)] = EMPTY
    place = np.flatnonzero(usable)
    of = groups.of[place]
    if (of[1:] < of[:-1]).any():
        place = place[np.argsort(of, kind="stable")]
    y, v = rows.y[place], rows.v[place]
    starts = np.cumsum(counts) - counts
    q = _around_totals(rows, groups.of, usable, number, method)
    if client is None or not number:
        return answer_groups(y, v, starts, counts, method, q), status.tolist()
    parts = 4 * max(1, sum(client.nthreads().values()))
    found = answer_parts(y, v, starts, counts, method, client=client, parts=parts, q=q)
    return found, status.tolist()


def _around_totals(
    rows: _Rows, of: Indices, usable: Mask, number: int, method: Method
) -> Vector | None:
    """Return each group's Q around its Mantel-Haenszel estimate, where that is wanted.

    NaN for groups that have none.
    """
    wanted = method.tau2 == "DL" and method.q == "Mantel-Haenszel"
    if not wanted or rows.effects is None or rows.kept is None:
        return None
    found = np.full(number, np.nan)
    mine = of[rows.kept]
    for group in np.unique(mine[usable[rows.kept]]).tolist():
        q = q_around_total(rows.effects.select(mine == group), method)
        found[group] = np.nan if q is None else q
    return found


def _read(
    data: Any,
    measure: str | None,
    columns: Mapping[str, str],
    options: Mapping[str, Any],
) -> _Rows:
    """Return the effects of all rows, with the faults of single rows."""
    if isinstance(data, EffectTable):
        faults, kept = _not_positive(data.v), np.arange(len(data))
        return _Rows(data.y, data.v, faults, data.columns, data.native, data, kept)
    table = read_table(data)
    if measure is None and not options:
        return _read_effects(table, columns)
    faults: dict[int, str] = {}
    kept = np.arange(len(table))
    y, v = np.full(len(table), np.nan), np.full(len(table), np.nan)
    try:
        found = effect_table(table, measure or "GEN", columns=columns, **options)
    except InvalidInput as error:
        faults = _by_row(error.problems, table)
        if not faults:
            raise
        kept = np.setdiff1d(kept, list(faults))
        part = _part(table, kept)
        found = effect_table(part, measure or "GEN", columns=columns, **options)
    y[kept], v[kept] = found.y, found.v
    faults = faults | _not_positive(v)
    return _Rows(y, v, faults, table.columns, table.native, found, kept)


def _read_effects(table: Table, columns: Mapping[str, str]) -> _Rows:
    """Return ready-made effects, which need no measure."""
    effect, variance, error = (columns.get(n, n) for n in ("yi", "vi", "sei"))
    squared = variance not in table and error in table
    spread = error if squared else variance
    table.require([effect, spread])
    problems: list[Problem] = []
    y = table.numbers(effect, problems).copy()
    v = table.numbers(spread, problems).copy()
    faults = _by_row(problems, table)
    half: list[int] = np.flatnonzero(np.isnan(y) != np.isnan(v)).tolist()
    for row in half:
        missing = effect if np.isnan(y[row]) else spread
        faults.setdefault(row, f"row {table.rows[row]} has no {missing}")
    wrong = _not_positive(v, table.rows)
    v = v * v if squared else v
    y[list(faults)] = np.nan
    return _Rows(y, v, faults | wrong, table.columns, table.native)


def _not_positive(v: Vector, names: Sequence[int] | None = None) -> dict[int, str]:
    """Return the fault of every row whose variance is not above zero."""
    rows: list[int] = np.flatnonzero(v <= 0).tolist()
    return {
        row: f"the variance in row {names[row] if names else row + 1} is not above zero"
        for row in rows
    }


def _by_row(problems: Sequence[Problem], table: Table) -> dict[int, str]:
    """Return the first problem of every row; none if one belongs to no row."""
    position = {row: i for i, row in enumerate(table.rows)} if problems else {}
    found: dict[int, str] = {}
    for problem in problems:
        if problem.row not in position:
            return {}
        found.setdefault(position[problem.row], str(problem).rstrip("."))
    return found


def _part(table: Table, rows: Indices) -> Table:
    """Return some rows of a table."""
    chosen: list[int] = rows.tolist()
    return Table(
        name=table.name,
        columns={name: _keep(column, rows) for name, column in table.columns.items()},
        rows=[table.rows[row] for row in chosen],
        native=table.native,
    )


def _keep(column: Sequence[Cell] | Vector, rows: Indices) -> Sequence[Cell] | Vector:
    if isinstance(column, np.ndarray):
        return column[rows]
    chosen: list[int] = rows.tolist()
    return [column[row] for row in chosen]


def _group(columns: Sequence[Sequence[Cell] | Vector]) -> _Groups:
    """Give every distinct combination of cells a number, by first appearance."""
    codes = [_codes(column) for column in columns]
    together = codes[0]
    for more in codes[1:]:
        together = together * (more.max(initial=-1) + 1) + more
    return _in_order(together)


def _codes(column: Sequence[Cell] | Vector) -> Indices:
    """Return a number for every distinct cell; all empty cells are one."""
    if isinstance(column, np.ndarray):
        _, codes = np.unique(column, return_inverse=True)
        return codes
    index: dict[Cell, int] = {}
    return np.array(
        [index.setdefault(cell, len(index)) for cell in column], dtype=np.intp
    )


def _in_order(codes: Indices) -> _Groups:
    """Renumber codes by first appearance."""
    if not codes.size:
        return _Groups(codes, codes)
    _, first, of = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return _Groups(rank[of], first[order])
