"""Try every planned analysis as far as the study effects, and report what stops it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import replace

from synthesist.errors import InvalidInput, Problem
from synthesist.review import PlannedAnalysis, Result, Review
from synthesist.review.choosing import Finding, plan_problem
from synthesist.review.filters import apply_filters
from synthesist.review.selection import Row, Selection, try_select
from synthesist.store.faults import Faults

#: What tells a result from others.
TELLING = ("study", "arm", "comparator", "outcome", "timepoint", "population")

#: Filters of which a lost result tells whether it would have passed.
FREE_FILTERS = ("timepoint", "population", "designs")


def check_analyses(review: Review, faults: Faults) -> None:
    """Report filters that leave nothing, unclear choices, and cells that do not do."""
    if {"results.csv", "studies.csv", "arms.csv"} & (faults.absent | faults.broken):
        return
    outcomes = {outcome.id for outcome in review.protocol.outcomes}
    lost = _lost(review, outcomes, faults)
    seen: set[tuple[int | None, str | None]] = set()
    for index, analysis in enumerate(review.protocol.analyses):
        if analysis.kind != "pool" or analysis.outcome not in outcomes:
            continue
        selection, findings = _select(review, analysis)
        for finding in findings:
            echoes = (
                _follows(finding.study, review, faults)
                if finding.study
                else _may_be_filled(finding, index, lost, review, faults)
            )
            if not echoes:
                problem = finding.problem
                key = problem.field or ""
                faults.key("analyses", index, key, problem.message, problem.remedy)
        for problem in _unfit(selection, faults):
            # Two analyses of the same results meet the same cells.
            if (problem.row, problem.field) not in seen:
                seen.add((problem.row, problem.field))
                faults.problems.append(problem)


def _select(
    review: Review, analysis: PlannedAnalysis
) -> tuple[Selection, Iterable[Finding]]:
    """Select the results; without a known measure only the filters can be tried."""
    from synthesist.effects import MEASURES

    measure = MEASURES.get(analysis.measure)
    if measure is not None:
        return try_select(review, analysis, measure)
    _, emptied = apply_filters(review, analysis, "two groups")
    return Selection(analysis=analysis), [
        Finding(problem=plan_problem(analysis, e.key, e.message, e.remedy))
        for e in emptied
        if e.key not in ("measure", "arms")
    ]


def _lost(review: Review, outcomes: Set[str], faults: Faults) -> list[Result]:
    """Return the results that no analysis can take because of faults reported already."""
    designs = {study.study: study.design for study in review.studies}
    roles = {(arm.study, arm.arm): arm.role for arm in review.arms}
    return [
        result
        for result in review.results
        if faults.touches("results.csv", result.row, ())
        or result.outcome not in outcomes
        or not designs.get(result.study)
        or not roles.get((result.study, result.arm))
    ]


def _may_be_filled(
    finding: Finding,
    index: int,
    lost: Iterable[Result],
    review: Review,
    faults: Faults,
) -> bool:
    """Tell whether a filter may leave nothing only because a result is lost."""
    if any(("analyses", index, key) in faults.keys for key in ("studies", "arms")):
        return True
    analysis = review.protocol.analyses[index]
    designs = {study.study: study.design for study in review.studies}
    key = finding.problem.field or ""
    asked = getattr(analysis, key) if key in FREE_FILTERS else ()
    for result in lost:
        about_it = result.outcome == analysis.outcome or faults.touches(
            "results.csv", result.row, ("outcome",)
        )
        value = {
            "timepoint": result.timepoint,
            "population": result.population,
            "designs": designs.get(result.study),
        }.get(key)
        if about_it and (not asked or not value or value in asked):
            return True
    return False


def _follows(study: str, review: Review, faults: Faults) -> bool:
    """Tell whether what is unclear of a study may follow from a fault reported already."""
    places = (
        ("studies.csv", review.studies, ("study", "design")),
        ("arms.csv", review.arms, ("study", "arm", "role")),
        ("results.csv", review.results, TELLING),
    )
    return any(
        faults.touches(file, row.row, columns)
        for file, rows, columns in places
        for row in rows
        if row.study in (study, "")
    )


def _unfit(selection: Selection, faults: Faults) -> list[Problem]:
    """Return what the effect measure refuses, placed in results.csv."""
    from synthesist.effects import effect_table

    if not selection.rows:
        return []
    analysis = selection.analysis
    try:
        effect_table(
            selection.columns(),
            analysis.measure,
            **analysis.effect_rules,
        )
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
    result, column = row.sources.get(problem.field or "", (row.results[0], ""))
    columns = {role: column for role, (_, column) in row.sources.items()}

    def in_their_words(text: str) -> str:
        return re.sub(r"\w+", lambda word: columns.get(word[0], word[0]), text)

    return replace(
        problem,
        message=in_their_words(problem.message),
        file="results.csv",
        row=result.row,
        field=column or problem.field,
        remedy=f'{in_their_words(problem.remedy)}; or leave the study out of the analysis with exclude = ["{row.study.study}"]',
    )
