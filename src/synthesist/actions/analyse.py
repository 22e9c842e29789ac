"""Carry out a planned analysis of a review, or say why the data cannot answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.actions.analysis import Options, pool_effects
from synthesist.checks import estimate_from_p, read_printed, remove_part
from synthesist.documents.content import AnalysisResult, PrintedResult, Subtraction
from synthesist.documents.wording import Setting
from synthesist.effects import MEASURES, EffectTable, effect_table
from synthesist.errors import InvalidInput, NotConverged, NotEstimable, Problem
from synthesist.pooling import PooledFit
from synthesist.review import PlannedAnalysis, Reported, Review
from synthesist.review.selection import GROUP, Selection, select_results

if TYPE_CHECKING:
    from synthesist.pooling import SubgroupFit

NO_RESULTS = "No results have been typed in yet: results.csv has no rows."

#: Proportions of single groups: pooled by the binomial-normal model unless the
#: plan says otherwise, with the two common approximations beside it.
PROPORTIONS = ("PR", "PLO", "PLN", "PAS", "PFT")
BESIDE_PROPORTIONS = (
    ("PR", "Raw proportions, inverse variance"),
    ("PLO", "Logits, inverse variance"),
)


def analyse(review: Review, plan: PlannedAnalysis) -> AnalysisResult:
    """Compute a planned analysis.

    What the data cannot answer becomes the `problem` of the result, so that one
    unanswerable question does not take the others with it.

    Raises
    ------
    InvalidInput
        If results of the review contradict themselves.
    """
    printed = tuple(printed_result(r) for r in review.reported_for(plan.id))
    if plan.kind == "subtraction":
        return _subtract(review, plan, printed)
    if not review.results:
        return AnalysisResult(
            plan=plan,
            outcome=review.outcome(plan.outcome),
            printed=printed,
            problem=NO_RESULTS,
        )
    selection = select_results(review, plan, MEASURES[plan.measure])
    started = AnalysisResult(
        plan=plan,
        outcome=review.outcome(plan.outcome),
        selection=selection,
        printed=printed,
        notes=selection.notes,
    )
    try:
        return _pool(review, started, selection)
    except (NotEstimable, NotConverged) as error:
        return replace(started, problem=str(error))
    except InvalidInput as error:
        raise InvalidInput(
            problems=[_placed(problem, plan) for problem in error.problems]
        ) from None


def _placed(problem: Problem, plan: PlannedAnalysis) -> Problem:
    """Name the analysis in which something is wrong."""
    at = f"review.toml, analysis '{plan.id}'"
    return replace(problem, place=f"{at}, {problem.where}" if problem.where else at)


def _pool(
    review: Review, started: AnalysisResult, selection: Selection
) -> AnalysisResult:
    """Compute effects, pool them, and add what belongs beside the answer."""
    plan = started.plan
    binomial = plan.measure in PROPORTIONS and plan.model in (None, "glmm")
    measure = "PLO" if binomial else plan.measure
    effects = _effects(selection, plan, measure)
    options = Options(
        model="glmm" if binomial else plan.model or "iv",
        tau2=plan.tau2,
        interval=plan.interval,
        prediction=plan.prediction,
        level=plan.level,
    )
    fit = _one(pool_effects(effects, options))
    beside = [("Common effect", other) for other in fit.beside]
    if binomial:
        approximate = replace(options, model="iv")
        beside += [
            (label, _one(pool_effects(_effects(selection, plan, code), approximate)))
            for code, label in BESIDE_PROPORTIONS
        ]
    return replace(
        started,
        fit=fit,
        subgroups=_subgroups(effects, plan, options),
        **_regression(effects, plan),
        beside=tuple(beside),
        setting=_setting(review, plan, selection, effects),
    )


def _one(fit: PooledFit | SubgroupFit) -> PooledFit:
    """Take the fit that was asked for without groups."""
    if not isinstance(fit, PooledFit):
        raise TypeError(fit)
    return fit


def _subgroups(
    effects: EffectTable, plan: PlannedAnalysis, options: Options
) -> SubgroupFit | None:
    """Pool the planned subgroups apart, where the plan names a column for them."""
    if not plan.subgroup:
        return None
    from synthesist.pooling import SubgroupFit

    found = pool_effects(effects, options, by=GROUP)
    if not isinstance(found, SubgroupFit):
        raise TypeError(found)
    return found


def _regression(effects: EffectTable, plan: PlannedAnalysis) -> dict[str, Any]:
    """Regress the effects on the planned moderators, or say why they cannot be."""
    if not plan.moderators:
        return {}
    from synthesist.pooling.regression import regress

    try:
        fit = regress(
            effects, plan.moderators, tau2=plan.tau2 or "REML", level=plan.level
        )
    except (NotEstimable, NotConverged) as error:
        return {"regression_problem": str(error)}
    return {"regression": fit}


def _effects(selection: Selection, plan: PlannedAnalysis, measure: str) -> EffectTable:
    """Compute the effects of a selection by the plan's rules."""
    return effect_table(selection.columns(), measure, **plan.effect_rules)


def _setting(
    review: Review, plan: PlannedAnalysis, selection: Selection, effects: EffectTable
) -> Setting:
    """Gather the words and totals that the sentences of the report need."""
    outcome = review.outcome(plan.outcome)
    return Setting(
        outcome=outcome.label,
        unit=outcome.unit,
        better=outcome.better,
        treated=arm_words(review, selection, treated=True),
        control=arm_words(review, selection, treated=False),
        participants=_total(effects, ("n", "n_t", "n_c")),
        control_events=_total(effects, ("events_c",)),
        control_n=_total(effects, ("n_c",)) if "events_c" in effects.cells else None,
    )


def arm_words(review: Review, selection: Selection, *, treated: bool) -> str:
    """Name what the arms of an analysis have in common: their name, else their drug."""
    arms = [row.arm if treated else row.control for row in selection.rows]
    found = [arm for arm in arms if arm is not None]
    drugs = {review.regimen(arm.regimen).drug if arm.regimen else "" for arm in found}
    for names in ({arm.name for arm in found}, drugs):
        if len(names) == 1 and "" not in names:
            return names.pop()
    return "treatment" if treated else "control"


def _total(effects: EffectTable, roles: Sequence[str]) -> int | None:
    """Add up cells over the studies pooled; None where a study lacks one."""
    found = [effects.cells[role] for role in roles if role in effects.cells]
    if not found:
        return None
    total = sum(float(np.sum(cells[effects.included])) for cells in found)
    return int(total) if np.isfinite(total) else None


def printed_result(reported: Reported) -> PrintedResult:
    """Add the interval that a printed P value implies where none was printed."""
    quantity = reported.quantity.partition(" ")[0].upper()
    measure = MEASURES.get(quantity)
    complete = reported.low is not None and reported.high is not None
    if measure is None or complete or reported.value is None or not reported.p:
        return PrintedResult(reported=reported)
    if measure.scale.no_effect is None:
        return PrintedResult(reported=reported)
    try:
        implied = estimate_from_p(
            read_printed(reported.printed["value"]),
            read_printed(reported.p),
            log=measure.scale.log,
        )
    except (InvalidInput, NotEstimable):
        return PrintedResult(
            reported=reported, why_not=f"nothing: P is printed as {reported.p}"
        )
    return PrintedResult(reported=reported, implied=implied)


def _subtract(
    review: Review, plan: PlannedAnalysis, printed: tuple[PrintedResult, ...]
) -> AnalysisResult:
    """Take a printed part out of a printed whole."""
    started = AnalysisResult(plan=plan, printed=printed, outcome=_outcome(review, plan))
    whole, part = (_only(review, plan, name) for name in (plan.whole, plan.part))
    if whole.implied is None or part.implied is None:
        return replace(
            started,
            problem="Both printed results need an estimate and a P value with plain digits.",
        )
    try:
        left = remove_part(whole.implied, part.implied)
    except NotEstimable as error:
        return replace(started, problem=str(error))
    return replace(
        started,
        subtraction=Subtraction(whole=whole, part=part, left=left),
        printed=(whole, part, *printed),
    )


def _outcome(review: Review, plan: PlannedAnalysis) -> Any:
    return review.outcome(plan.outcome) if plan.outcome else None


def _only(review: Review, plan: PlannedAnalysis, name: str) -> PrintedResult:
    """Return the printed result of the plan's measure under a name in reported.csv.

    Raises
    ------
    InvalidInput
        If there is none, or more than one.
    """
    found = [
        r
        for r in review.reported_for(name)
        if r.quantity.partition(" ")[0].upper() == plan.measure
    ]
    if len(found) != 1:
        raise InvalidInput(
            f"reported.csv has {len(found)} rows named '{name}' with quantity {plan.measure}, where one is needed.",
            where=f"review.toml, analysis {plan.id}",
            remedy="name the row's analysis and quantity so that one row fits",
        )
    return printed_result(found[0])
