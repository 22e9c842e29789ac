"""Try every planned analysis as far as the study effects, and report what stops it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from synthesist.errors import InvalidInput, Problem
from synthesist.review import Review
from synthesist.review.choosing import Finding
from synthesist.review.selection import Row, Selection, try_select
from synthesist.store.faults import Faults

#: The keys of an analysis, and the columns, on which it depends what is selected.
FILTERS = (
    "outcome",
    "measure",
    "timepoint",
    "population",
    "designs",
    "studies",
    "exclude",
    "arms",
    "baseline",
)
TELLING = ("study", "arm", "comparator", "outcome", "timepoint", "population")


def check_analyses(review: Review, faults: Faults) -> None:
    """Report filters that leave nothing, unclear choices, and cells that do not do."""
    from synthesist.effects import MEASURES

    if {"results.csv", "studies.csv", "arms.csv"} & (faults.absent | faults.broken):
        return
    outcomes = {outcome.id for outcome in review.protocol.outcomes}
    seen: set[tuple[int | None, str | None]] = set()
    for index, analysis in enumerate(review.protocol.analyses):
        measure = MEASURES.get(analysis.measure)
        if analysis.kind != "pool" or measure is None:
            continue
        if analysis.outcome not in outcomes:
            continue
        selection, findings = try_select(review, analysis, measure)
        for finding in findings:
            if not _follows(finding, index, review, faults):
                problem = finding.problem
                key = problem.field or ""
                faults.key("analyses", index, key, problem.message, problem.remedy)
        for problem in _unfit(selection, faults):
            # Two analyses of the same results meet the same cells.
            if (problem.row, problem.field) not in seen:
                seen.add((problem.row, problem.field))
                faults.problems.append(problem)


def _follows(finding: Finding, index: int, review: Review, faults: Faults) -> bool:
    """Tell whether a finding may only follow from a fault that is reported already."""
    if any(("analyses", index, key) in faults.keys for key in FILTERS):
        return True
    studies = {finding.study} if finding.study else {s.study for s in review.studies}
    return any(
        faults.touches("studies.csv", s.row, ("study", "design"))
        for s in review.studies
        if s.study in studies
    ) or any(
        faults.touches(file, row.row, TELLING if file == "results.csv" else ("role",))
        for file, rows in (("arms.csv", review.arms), ("results.csv", review.results))
        for row in rows
        if row.study in studies or not row.study
    )


def _unfit(selection: Selection, faults: Faults) -> list[Problem]:
    """Return what the effect measure refuses, placed in results.csv."""
    from synthesist.effects import effect_table

    if not selection.rows:
        return []
    analysis = selection.analysis
    rules: dict[str, Any] = {}
    if analysis.zero_cells:
        rules["zero_cells"] = analysis.zero_cells
    try:
        effect_table(selection.columns(), analysis.measure, **rules)
    except InvalidInput as error:
        return [
            _placed(problem, row)
            for problem in error.problems
            if problem.row is not None
            and not _faulty(row := selection.rows[problem.row - 1], faults)
        ]
    return []


def _faulty(row: Row, faults: Faults) -> bool:
    """Tell whether any cell that the row rests on is faulty already."""
    return any(
        faults.touches("results.csv", result.row, (column,))
        for result, column in row.sources.values()
    )


def _placed(problem: Problem, row: Row) -> Problem:
    """Return a problem of an effect table at its cell in results.csv."""
    result, column = row.sources.get(problem.field or "", (row.results[0], None))
    return replace(
        problem,
        file="results.csv",
        row=result.row,
        field=column or problem.field,
        remedy=f'{problem.remedy}; or leave the study out of the analysis with exclude = ["{row.study.study}"]',
    )
