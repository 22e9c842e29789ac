"""Which results enter a planned analysis, and the role columns they become."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Protocol

from synthesist.errors import InvalidInput
from synthesist.review.choosing import Choice, Chooser, Finding, Unclear, plan_problem
from synthesist.review.evidence import Arm, Result, Study
from synthesist.review.filters import apply_filters
from synthesist.review.protocol import DOSE_QUANTITIES, PlannedAnalysis
from synthesist.review.review import Review
from synthesist.review.roles import CORRELATIONS, SIZES, Role, find_role

#: What an interval's level is where the report does not say.
USUAL_LEVEL = 0.95

#: The column of `Selection.columns` by which subgroups are told apart.
GROUP = "group"

#: The columns of results.csv.
RESULT_COLUMNS = frozenset(field.name for field in fields(Result))

Value = float | str | None


class DerivationLike(Protocol):
    """A way in which an empty column follows from others."""

    @property
    def sources(self) -> Sequence[str]:
        """The columns it follows from."""
        ...


class RouteLike(Protocol):
    """A set of role columns that is enough for a measure, and what may stand beside."""

    @property
    def roles(self) -> Sequence[str]:
        """The columns that are needed."""
        ...

    @property
    def optional(self) -> Sequence[str]:
        """The columns that are used where they are filled."""
        ...

    @property
    def derivations(self) -> Sequence[DerivationLike]:
        """The ways in which an empty column follows from others."""
        ...


class MeasureLike(Protocol):
    """What is asked of a measure: what it compares, and the columns it can use."""

    @property
    def design(self) -> str:
        """Two groups, one group, before-after, correlation or generic."""
        ...

    @property
    def routes(self) -> Sequence[RouteLike]:
        """The ways to an effect, preferred first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the table that is pooled, and where each of its cells comes from.

    `sources` holds, for every role whose row exists in results.csv, that row and
    the column of it that was taken; `cells` is empty (None) where it is.
    """

    label: str
    study: Study
    arm: Arm
    control: Arm | None
    timepoint: str
    population: str
    group: str | None
    cells: Mapping[str, Value]
    moderators: Mapping[str, Value]
    sources: Mapping[str, tuple[Result, str]]

    @property
    def results(self) -> tuple[Result, ...]:
        """Every result the row rests on, once, in the order of results.csv."""
        found = {result.row: result for result, _ in self.sources.values()}
        return tuple(found[row] for row in sorted(found))

    @property
    def reported(self) -> bool:
        """Whether anything was reported."""
        return any(value is not None for value in self.cells.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The results that enter a planned analysis, as columns for an effect table."""

    analysis: PlannedAnalysis
    roles: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()

    def columns(self) -> dict[str, list[Value]]:
        """Return what `effect_table` takes: study, the roles, and `group`."""
        columns: dict[str, list[Value]] = {"study": [row.label for row in self.rows]}
        for role in self.roles:
            columns[role] = [row.cells.get(role) for row in self.rows]
        if self.analysis.subgroup:
            columns[GROUP] = [row.group for row in self.rows]
        for name in self.analysis.moderators:
            columns[name] = [row.moderators[name] for row in self.rows]
        return columns


def select_results(
    review: Review, analysis: PlannedAnalysis, measure: MeasureLike
) -> Selection:
    """Return the results that enter a planned analysis.

    Two groups take controlled studies only, one row a study; one group and
    before-after take one row for each treated or single arm. A study that has rows
    with empty cells keeps its place.

    Raises
    ------
    InvalidInput
        If a filter leaves nothing, or it is not clear which results are meant.
    """
    selection, findings = try_select(review, analysis, measure)
    if findings:
        raise InvalidInput(problems=[finding.problem for finding in findings])
    return selection


def try_select(
    review: Review, analysis: PlannedAnalysis, measure: MeasureLike
) -> tuple[Selection, tuple[Finding, ...]]:
    """Return what can be selected, and what is wrong with the rest."""
    kept, emptied = apply_filters(review, analysis, measure.design)
    if emptied:
        findings = [
            Finding(problem=plan_problem(analysis, e.key, e.message, e.remedy))
            for e in emptied
        ]
        return Selection(analysis=analysis), tuple(findings)
    routes = _open_routes(measure, analysis)
    if not routes:
        return Selection(analysis=analysis), (_closed(measure, analysis),)
    roles = _columns(routes, measure, analysis)
    chooser = Chooser(
        review=review, analysis=analysis, design=measure.design, roles=roles
    )
    choices, findings = chooser.choose(kept)
    findings += _mixed(choices, chooser)
    enough = [route.roles for route, _ in routes]
    rows: list[Row] = []
    for choice in choices:
        try:
            rows.append(_row(choice, review, analysis, roles, enough))
        except Unclear as unclear:
            findings.append(chooser.finding(unclear, choice.study))
    filled = tuple(
        name
        for name in dict.fromkeys(name for row in rows for name in row.cells)
        if name in enough[0] or any(row.cells.get(name) is not None for row in rows)
    )
    selection = Selection(
        analysis=analysis,
        roles=filled,
        rows=_labelled(rows),
        notes=_notes(rows, analysis, measure.design),
    )
    return selection, tuple(findings)


def _open_routes(
    measure: MeasureLike, analysis: PlannedAnalysis
) -> list[tuple[RouteLike, list[Role]]]:
    """Return the ways to an effect for which results.csv has every column."""
    found: list[tuple[RouteLike, list[Role]]] = []
    for route in measure.routes:
        roles = [
            find_role(name, measure.design, analysis.values)
            for name in (*route.roles, *route.optional)
        ]
        if all(role.column in RESULT_COLUMNS for role in roles):
            found.append((route, roles))
    return found


def _columns(
    routes: Sequence[tuple[RouteLike, Sequence[Role]]],
    measure: MeasureLike,
    analysis: PlannedAnalysis,
) -> list[Role]:
    """Return the role columns of some routes, then those from which empty ones follow."""
    found = {role.name: role for _, roles in routes for role in roles}
    for route, _ in routes:
        for name in (n for way in route.derivations for n in way.sources):
            role = find_role(name, measure.design, analysis.values, derived=True)
            if role.column in RESULT_COLUMNS:
                found.setdefault(name, role)
    return list(found.values())


def _closed(measure: MeasureLike, analysis: PlannedAnalysis) -> Finding:
    """Return the problem of a measure that needs what results.csv cannot hold."""
    needed = ", ".join(measure.routes[0].roles)
    return Finding(
        problem=plan_problem(
            analysis,
            "measure",
            f"{analysis.measure} needs {needed}, for which results.csv has no columns",
            "choose another measure; a table with these columns can be pooled by itself",
        )
    )


def _row(
    choice: Choice,
    review: Review,
    analysis: PlannedAnalysis,
    roles: Sequence[Role],
    enough: Sequence[Sequence[str]],
) -> Row:
    """Return the cells of one study or arm, and the results behind them."""
    cells: dict[str, Value] = {}
    sources: dict[str, tuple[Result, str]] = {}
    for role in roles:
        result = choice.results.get(role.origin)
        cells[role.name] = None
        if result is not None and role.belongs_to(result):
            value = getattr(result, role.column, None)
            cells[role.name] = None if value == "" else value
            sources[role.name] = (result, role.column)
    if all(cells[name] is None for name in cells if name not in SIZES):
        cells = dict.fromkeys(cells)
    else:
        # A P value such as <0.001 is no number; it must not stop what needs none.
        if _enough_without("p", cells, enough):
            cells["p"] = None
        for name in CORRELATIONS:
            if cells.get(name, 0) is None:
                cells[name] = analysis.r
        levels = _levels(choice, roles, cells)
        if len(levels) > 1:
            raise Unclear(
                "measure",
                f"{choice.study.name} has intervals of different levels ({', '.join(f'{level:g}' for level in sorted(levels))}) in what is compared",
                "give se or sd in place of one of the intervals",
            )
        for level in levels:
            cells["ci_level"] = level
    return Row(
        label=choice.study.name,
        study=choice.study,
        arm=choice.arm,
        control=choice.control,
        timepoint=choice.timepoint,
        population=choice.population,
        group=_group(choice, review, analysis.subgroup),
        cells=cells,
        moderators={
            name: _moderator(choice, review, name) for name in analysis.moderators
        },
        sources=sources,
    )


def _levels(
    choice: Choice, roles: Iterable[Role], cells: Mapping[str, Value]
) -> set[float]:
    """Return the levels of the intervals that a row can use."""
    return {
        choice.results[role.origin].ci_level or USUAL_LEVEL
        for role in roles
        if role.column == "ci_low" and cells[role.name] is not None
    }


def _enough_without(
    role: str, cells: Mapping[str, Value], enough: Iterable[Sequence[str]]
) -> bool:
    """Tell whether the cells suffice for an effect without one of them."""
    return role in cells and any(
        role not in names and all(cells[name] is not None for name in names)
        for names in enough
    )


def _group(choice: Choice, review: Review, column: str) -> str | None:
    """Return what the column of the subgroups holds, None where it is empty."""
    if not column:
        return None
    if column in DOSE_QUANTITIES:
        dose = _quantity(choice, review, column)
        return None if dose is None else f"{dose:g}"
    if column == "regimen":
        labels = {entry.id: entry.label for entry in review.protocol.regimens}
        return labels.get(choice.arm.regimen) or None
    given = choice.arm.extra.get(column) or choice.study.extra.get(column)
    if given:
        return given
    for owner in (choice, choice.arm, choice.study):
        value = getattr(owner, column, None)
        if isinstance(value, str | int):
            return str(value) or None
    return None


def _quantity(choice: Choice, review: Review, name: str) -> float | None:
    """Return what follows from the regimen of the treated arm, None where nothing does."""
    for entry in review.protocol.regimens:
        if entry.id == choice.arm.regimen:
            return entry.quantities.get(name)
    return None


def _moderator(choice: Choice, review: Review, column: str) -> Value:
    """Return a moderator of a row: a quantity of its regimen, a number, or a word."""
    if column in DOSE_QUANTITIES:
        return _quantity(choice, review, column)
    found = _group(choice, review, column)
    try:
        return None if found is None else float(found)
    except ValueError:
        return found


def _labelled(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Tell the rows of one study apart by their arms."""
    rows = tuple(rows)
    counts = Counter(row.study.study for row in rows)
    return tuple(
        replace(row, label=f"{row.label}, {row.arm.name}")
        if counts[row.study.study] > 1
        else row
        for row in rows
    )


def _mixed(choices: Sequence[Choice], chooser: Chooser) -> list[Finding]:
    """Refuse to mix kinds of evidence: designs of comparisons, or comparisons and none."""
    compared = [choice for choice in choices if choice.control is not None]
    if chooser.design not in ("two groups", "generic") or not compared:
        return []
    if len(compared) < len(choices):
        lacking = next(c for c in choices if c.control is None)
        return [
            Finding(
                problem=plan_problem(
                    chooser.analysis,
                    "designs",
                    f"Comparisons of two arms and results of single arms ({lacking.study.name}) would be pooled together",
                    "say which are meant with designs, studies or exclude",
                )
            )
        ]
    designs = {choice.study.design for choice in compared}
    if chooser.analysis.designs or len(designs) < 2:
        return []
    return [
        Finding(
            problem=plan_problem(
                chooser.analysis,
                "designs",
                "Randomised and non-randomised studies would be pooled together",
                'say which are meant, e.g. designs = ["randomised"]',
            )
        )
    ]


def _notes(
    rows: Sequence[Row], analysis: PlannedAnalysis, design: str
) -> tuple[str, ...]:
    """Say what a reader must know of how the results were chosen."""
    notes: list[str] = []
    for key, what in (("timepoint", "time points"), ("population", "populations")):
        counts = Counter(getattr(row, key) or "not stated" for row in rows)
        if len(counts) > 1:
            listed = ", ".join(f"{name} ({count})" for name, count in counts.items())
            notes.append(f"Studies differ in their {what}: {listed}.")
    if rows and all(row.control is None for row in rows):
        drawn = sum(row.study.design == "randomised" for row in rows)
        notes.append(
            "Uncontrolled evidence: nothing is compared with a control group"
            + (
                f"; {drawn} of {len(rows)} arms are from randomised trials"
                if drawn
                else ""
            )
            + "."
        )
    assumed = sum(
        any(
            row.cells.get(name) is not None and _given(row, name) is None
            for name in CORRELATIONS
        )
        for row in rows
    )
    if assumed:
        notes.append(
            f"A correlation of {analysis.r:g} between before and after is assumed for {assumed} of {len(rows)} rows; it was not reported."
        )
    return tuple(notes)


def _given(row: Row, role: str) -> Value:
    """Return what results.csv itself holds for a role."""
    source = row.sources.get(role)
    return getattr(source[0], source[1]) if source else None
