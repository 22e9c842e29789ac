"""Carry out the planned analyses of a review's individual data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from synthesist.actions.analyse import printed_result
from synthesist.actions.ipd import formula_names
from synthesist.documents.individual_content import (
    CoveredTrial,
    IndividualContent,
    PatientResult,
)
from synthesist.effects import MEASURES, EffectTable, effect_table
from synthesist.errors import InvalidInput, NotConverged, NotEstimable, Problem
from synthesist.review import (
    IndividualData,
    PatientAnalysis,
    PlannedAnalysis,
    Review,
    select_results,
)

if TYPE_CHECKING:
    from synthesist.ipd import Finding, InteractionFit, OneStageFit
    from synthesist.ipd.files import PatientFile
    from synthesist.survival import SurvivalData

#: Checks that look at an outcome; the others look at the file and are shown once.
OF_OUTCOME = ("events", "follow-up by arm")

#: The knots of an effect that may bend along a covariate.
KNOTS = 3

Found = TypeVar("Found")
Findings = dict[str, dict[tuple[str, str], "Finding"]]


def analyse_individual(review: Review, folder: Path) -> IndividualContent | None:
    """Read the patients of a review folder and answer what was planned.

    Returns
    -------
    IndividualContent or None
        None where nothing is planned. Counts and fits: no patient is in it that
        could be shown.

    Raises
    ------
    InvalidInput
        If the files or the plans are wrong; no message repeats a patient's cell.
    """
    described = review.protocol.ipd
    if described is None or not review.protocol.ipd_analyses:
        return None
    results: list[PatientResult] = []
    findings: Findings = {}
    used: dict[str, dict[str, int]] = {}
    files: tuple[PatientFile, ...] = ()
    problems: list[Problem] = []
    for plan in review.protocol.ipd_analyses:
        try:
            files = _files(folder, described, plan)
            _known_studies(review, described, files)
            _check(review, described, plan, files, findings)
            result = _analyse(review, plan, described, _chosen(files, plan))
        except InvalidInput as error:
            problems.extend(_placed(problem, plan) for problem in error.problems)
            continue
        results.append(result)
        if result.one is not None:
            data = result.one.data
            for trial, n in zip(data.trials, np.diff(data.starts), strict=True):
                used.setdefault(trial, {})[plan.id] = int(n)
    if problems:
        # Two plans that read the same files meet the same faults.
        raise InvalidInput(problems=list(dict.fromkeys(problems)))
    covered = _covered(review, files, findings, used)
    return IndividualContent(covered=covered, results=tuple(results))


def _files(
    folder: Path, described: IndividualData, plan: PatientAnalysis
) -> tuple[PatientFile, ...]:
    """Read the files for one outcome, times in the unit shown."""
    from synthesist.ipd.files import patient_files
    from synthesist.ipd.mapping import DAYS

    names = (*described.covariates, *plan.interactions, *formula_names(plan.adjust))
    found = patient_files(
        folder,
        time=plan.time,
        event=plan.event,
        event_is=plan.event_is or None,
        entry=plan.entry or None,
        treated=described.arm,
        treated_is=described.treated or None,
        trial=described.trial or None,
        covariates=tuple(dict.fromkeys(names)),
        categories=described.categories,
    )
    factor = DAYS[described.unit] / DAYS[described.shown_in]
    return tuple(replace(file, data=_scaled(file.data, factor)) for file in found)


def _scaled(data: SurvivalData, factor: float) -> SurvivalData:
    """Return the patients with their times in another unit."""
    return replace(
        data,
        exit=data.exit * factor,
        entry=None if data.entry is None else data.entry * factor,
    )


def _known_studies(
    review: Review, described: IndividualData, files: tuple[PatientFile, ...]
) -> None:
    """Refuse trials that are no study of the review.

    What a column calls a trial may be a patient by mistake, so it is not repeated.
    """
    known = {study.study for study in review.studies}
    for file in files:
        unknown = [name for name in file.data.trials if name not in known]
        if not unknown:
            continue
        by_column = described.trial and described.trial in file.table
        raise InvalidInput(
            f"{len(unknown)} names in the column {described.trial} are not in studies.csv."
            if by_column
            else f"The file's trial '{unknown[0]}' is not in studies.csv.",
            where=file.name,
            remedy="use the names of studies.csv"
            if by_column
            else f'name the study in {Path(file.name).stem}.toml: trial = "..."',
        )


def _chosen(files: tuple[PatientFile, ...], plan: PatientAnalysis) -> SurvivalData:
    """Return the patients of the trials that are asked for."""
    from synthesist.survival.combine import combine

    data = combine([file.data for file in files])
    wanted = [
        name
        for name in data.trials
        if (not plan.trials or name in plan.trials) and name not in plan.exclude
    ]
    if not wanted:
        raise InvalidInput(
            "No trial with individual data is left.",
            remedy="change trials or exclude",
        )
    return data.only(wanted)


def _check(
    review: Review,
    described: IndividualData,
    plan: PatientAnalysis,
    files: tuple[PatientFile, ...],
    findings: Findings,
) -> None:
    """Check every file, and keep what was not found for an outcome before."""
    from synthesist.ipd import check_patients

    label = review.outcome(plan.outcome).label
    for file in files:
        extra = {
            name: column
            for name, column in (
                ("identifier", described.identifier),
                ("randomised", described.randomised),
            )
            if column and column in file.table
        }
        report = check_patients(
            file.data,
            source=file.table.columns,
            published=_published(review, plan, file.data.trials),
            **extra,
        )
        for found in report.findings:
            of_outcome = found.check in OF_OUTCOME or found.check.startswith("events")
            key = (found.check, label if of_outcome else "")
            named = f"{found.check}, {label}" if of_outcome else found.check
            findings.setdefault(found.trial, {}).setdefault(
                key, replace(found, check=named)
            )


def _published(
    review: Review, plan: PatientAnalysis, trials: tuple[str, ...]
) -> dict[str, dict[str, float]]:
    """Return the totals that publications print, as far as the review has them.

    Numbers of patients come from ipd.csv and arms.csv, those of events from
    results.csv where one row of an arm and outcome has them.
    """
    requests = {request.study: request for request in review.requests}
    found: dict[str, dict[str, float]] = {}
    for trial in trials:
        own = found.setdefault(trial, {})
        request = requests.get(trial)
        if request is not None and request.n is not None:
            own["n"] = request.n
        if request is not None and request.median_follow_up is not None:
            own["median_follow_up"] = request.median_follow_up
        for role, end in (("treated", "t"), ("control", "c")):
            arms = [arm for arm in review.arms_of(trial) if arm.role == role]
            if len(arms) != 1:
                continue
            if arms[0].n is not None:
                own[f"n_{end}"] = arms[0].n
            events = [
                result.events
                for result in review.results_of(trial, plan.outcome)
                if result.arm == arms[0].arm and result.events is not None
            ]
            if len(events) == 1:
                own[f"events_{end}"] = events[0]
    return found


def _analyse(
    review: Review, plan: PatientAnalysis, described: IndividualData, data: SurvivalData
) -> PatientResult:
    """Fit what was planned, or say why it cannot be."""
    control, treated = data.arms
    started = PatientResult(
        plan=plan,
        outcome=review.outcome(plan.outcome),
        unit=described.shown_in,
        treated=treated,
        control=control,
        printed=tuple(printed_result(r) for r in review.reported_for(plan.id)),
    )
    try:
        return _fit(review, started, data)
    except (NotEstimable, NotConverged) as error:
        return replace(started, problem=str(error))


def _fit(review: Review, started: PatientResult, data: SurvivalData) -> PatientResult:
    """Fit one stage, two stages, curves, interactions and restricted means.

    The two stages are the answer; of the rest, what the data cannot tell is named
    in a note.
    """
    from synthesist.ipd import (
        one_stage,
        proportional_hazards,
        rmst_over_horizons,
        two_stage,
    )
    from synthesist.ipd.together import why_they_differ
    from synthesist.survival import cox, kaplan_meier

    plan, level = started.plan, started.plan.level
    aggregate, aggregate_n, notes = _aggregate(review, plan)
    common: dict[str, Any] = {"adjust": plan.adjust, "ties": plan.ties, "level": level}
    rules: dict[str, Any] = {
        name: value
        for name, value in (("tau2", plan.tau2), ("interval", plan.interval))
        if value
    }
    rest = Rest()

    def random_effect() -> OneStageFit:
        return one_stage(data, effect="random", aggregate=aggregate, **common)

    if plan.effect == "random":
        one = random = random_effect()
    else:
        one = one_stage(data, aggregate=aggregate, **common)
        random = rest.of("The random effect", random_effect)
    two = two_stage(data, method=plan.method, aggregate=aggregate, **common, **rules)
    interactions = [
        rest.of(
            f"The interaction with {name}",
            partial(_interaction, plan, data, name, rules),
        )
        for name in plan.interactions
    ]
    horizons = None
    if plan.horizons:
        horizons = rest.of(
            "The difference of restricted means",
            lambda: rmst_over_horizons(data, plan.horizons, level=level, **rules),
        )
    proportional = rest.of(
        "The test of proportional hazards",
        lambda: proportional_hazards(data, ties=plan.ties),
    )
    found = (*notes, *one.notes, *two.notes, *two.pooled.notes, *rest.notes)
    return replace(
        started,
        one=one,
        random=random,
        two=two,
        why=why_they_differ(one, two),
        curves=kaplan_meier(data, level=level),
        follow_up=kaplan_meier(data, reverse=True, level=level),
        model=cox(data, ties=plan.ties, level=level),
        proportional=proportional,
        interactions=tuple(fit for fit in interactions if fit is not None),
        horizons=horizons,
        aggregate_n=aggregate_n,
        notes=tuple(dict.fromkeys(found)),
    )


@dataclass(slots=True)
class Rest:
    """What stands beside an answer, and notes on what the data cannot tell."""

    notes: list[str] = field(default_factory=list[str])

    def of(self, what: str, estimate: Callable[[], Found]) -> Found | None:
        """Return an estimate, or None and a note why there is none."""
        try:
            return estimate()
        except (NotEstimable, NotConverged) as error:
            self.notes.append(
                f"{what} cannot be estimated: {error.problems[0].message}"
            )
            return None


def _interaction(
    plan: PatientAnalysis, data: SurvivalData, name: str, rules: Mapping[str, Any]
) -> InteractionFit:
    """Estimate one of the interactions that the protocol names."""
    from synthesist.ipd import interaction

    return interaction(
        data,
        name,
        knots=KNOTS if name in plan.splines else 0,
        ties=plan.ties,
        level=plan.level,
        **rules,
    )


def _aggregate(
    review: Review, plan: PatientAnalysis
) -> tuple[EffectTable | None, int | None, tuple[str, ...]]:
    """Return the hazard ratios of studies without individual data, and their patients."""
    if not plan.aggregate:
        return None, None, ()
    asked = PlannedAnalysis(
        id=plan.id,
        title=plan.title,
        outcome=plan.outcome,
        measure="HR",
        studies=plan.aggregate,
        timepoint=plan.timepoint,
        population=plan.population,
        level=plan.level,
    )
    selection = select_results(review, asked, MEASURES["HR"])
    effects = effect_table(selection.columns(), "HR", level=plan.level)
    if not effects.included.any():
        raise InvalidInput(
            f"There is no hazard ratio of {', '.join(plan.aggregate)}.",
            remedy="fill results.csv, or take the study out of aggregate",
        )
    numbers = [arm.n for study in plan.aggregate for arm in review.arms_of(study)]
    known = [n for n in numbers if n is not None]
    total = sum(known) if len(known) == len(numbers) else None
    return effects, total, selection.notes


def _covered(
    review: Review,
    files: tuple[PatientFile, ...],
    findings: Findings,
    used: Mapping[str, Mapping[str, int]],
) -> tuple[CoveredTrial, ...]:
    """Return one row a study of the review: asked, received, checked, used."""
    requests = {request.study: request for request in review.requests}
    patients: dict[str, int] = {}
    lacking: dict[str, tuple[str, ...]] = {}
    endpoints: dict[str, Mapping[str, str]] = {}
    for file in files:
        names = dict.fromkeys(n for f in files for n in f.data.covariates)
        for i, trial in enumerate(file.data.trials):
            part = file.data.part(i)
            patients[trial] = len(part)
            endpoints[trial] = {} if file.mapping is None else file.mapping.endpoint
            lacking[trial] = tuple(
                name
                for name in names
                if name not in part.covariates or part.covariates[name].missing.all()
            )
    return tuple(
        CoveredTrial(
            study=study,
            request=requests.get(study.study),
            patients=patients.get(study.study),
            not_recorded=lacking.get(study.study, ()),
            used=used.get(study.study, {}),
            aggregate_in=tuple(
                plan.id
                for plan in review.protocol.ipd_analyses
                if study.study in plan.aggregate
            ),
            findings=tuple(findings.get(study.study, {}).values()),
            endpoint=endpoints.get(study.study, {}),
        )
        for study in review.studies
    )


def _placed(problem: Problem, plan: PatientAnalysis) -> Problem:
    """Name the analysis in which something is wrong, unless a file is."""
    if problem.file or problem.place:
        return problem
    return replace(problem, place=f"review.toml, individual data '{plan.id}'")
