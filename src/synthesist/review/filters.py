"""The filters of a planned analysis, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from synthesist.review.evidence import ARM_ROLES, Arm, Result, Study
from synthesist.review.protocol import PlannedAnalysis
from synthesist.review.review import Review

#: Designs that have a control group; the others never enter a two-group analysis.
CONTROLLED = ("randomised", "non-randomised")

#: The arms that one-group analyses take unless the plan says otherwise.
OBSERVED = ("treated", "single")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A result with its study and arms; `other` is the comparator of a contrast."""

    result: Result
    study: Study
    arm: Arm
    other: Arm | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: the key it is written under, its value in words, and its test."""

    key: str
    value: str
    passes: Callable[[Candidate], bool]
    offered: Callable[[Candidate], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptied:
    """The filter that left nothing, and what it could have asked for."""

    key: str
    message: str
    remedy: str


def find_candidates(review: Review, outcome: str) -> list[Candidate]:
    """Return the results of an outcome whose study and arms are known."""
    studies = {study.study: study for study in review.studies}
    arms = {(arm.study, arm.arm): arm for arm in review.arms}
    found: list[Candidate] = []
    for result in review.results:
        study = studies.get(result.study)
        arm = arms.get((result.study, result.arm))
        other = arms.get((result.study, result.comparator))
        if result.outcome != outcome or study is None or arm is None:
            continue
        if result.comparator and other is None:
            continue
        found.append(Candidate(result=result, study=study, arm=arm, other=other))
    return found


def apply_filters(
    review: Review, analysis: PlannedAnalysis, design: str
) -> tuple[list[Candidate], list[Emptied]]:
    """Return the results that pass every filter, and the filters that let none pass."""
    rows = find_candidates(review, analysis.outcome)
    if not rows:
        nothing = Emptied(
            key="outcome",
            message=f"results.csv holds no result of outcome '{analysis.outcome}'",
            remedy="add its results; a study that did not report it has a row with empty cells",
        )
        return [], [nothing]
    named = frozenset(arm.role for arm in review.arms if arm.arm in analysis.arms)
    emptied: list[Emptied] = []
    for step in _filters(analysis, design, named):
        kept = [row for row in rows if step.passes(row)]
        if kept:
            rows = kept
        elif not (step.key == "arms" and any(e.key == "measure" for e in emptied)):
            # The others are tried as if it were not there, so that all are told;
            # but studies without a control group have no arms to compare.
            emptied.append(_emptied(step, rows, analysis))
    return ([] if emptied else rows), emptied


def _emptied(
    step: Filter, rows: Sequence[Candidate], analysis: PlannedAnalysis
) -> Emptied:
    """Say which filter left nothing, and what it could have asked for."""
    values = [step.offered(row) for row in rows]
    offered = dict.fromkeys(value for value in values if value)
    listed = ", ".join(f"'{name}'" for name in list(offered)[:8])
    return Emptied(
        key=step.key,
        message=f"No result of outcome '{analysis.outcome}' is left by {step.value}",
        remedy=f"change it, or the results; there are: {listed}"
        if listed
        else "change it, or fill in what the results lack",
    )


def _filters(analysis: PlannedAnalysis, design: str, named: Set[str]) -> list[Filter]:
    """Return the filters of a plan in the order in which they are applied."""
    controlled = design == "two groups"
    steps: list[Filter] = []
    if analysis.studies:
        steps.append(
            Filter(
                "studies",
                _written("studies", analysis.studies),
                lambda row: row.study.study in analysis.studies,
                lambda row: row.study.study,
            )
        )
    if analysis.exclude:
        steps.append(
            Filter(
                "exclude",
                _written("exclude", analysis.exclude),
                lambda row: row.study.study not in analysis.exclude,
                lambda row: "",
            )
        )
    if controlled:
        steps.append(
            Filter(
                "measure",
                f"measure = '{analysis.measure}', which needs studies with a control group",
                lambda row: row.study.design in CONTROLLED,
                lambda row: row.study.design,
            )
        )
    if analysis.designs:
        steps.append(
            Filter(
                "designs",
                _written("designs", analysis.designs),
                lambda row: row.study.design in analysis.designs,
                lambda row: row.study.design,
            )
        )
    steps.append(
        Filter(
            "arms",
            _written("arms", analysis.arms)
            if analysis.arms
            else "the arms that its measure needs",
            lambda row: (
                _arms_fit(row, analysis.arms, controlled=controlled)
                and _names_fit(row, analysis.arms, named)
            ),
            lambda row: row.arm.arm,
        )
    )
    if analysis.timepoint or analysis.baseline:
        steps.append(
            Filter(
                "timepoint",
                _written("timepoint", analysis.timepoint)
                if analysis.timepoint
                else _written("baseline", (analysis.baseline,)),
                lambda row: _time_fits(row.result.timepoint, analysis),
                lambda row: row.result.timepoint,
            )
        )
    if analysis.population:
        steps.append(
            Filter(
                "population",
                _written("population", analysis.population),
                lambda row: row.result.population in analysis.population,
                lambda row: row.result.population,
            )
        )
    return steps


def _written(key: str, values: Sequence[str]) -> str:
    """Return a filter as it stands in review.toml."""
    listed = ", ".join(f'"{value}"' for value in values)
    return f"{key} = {listed if len(values) == 1 else f'[{listed}]'}"


def _time_fits(timepoint: str, analysis: PlannedAnalysis) -> bool:
    """Tell whether a result is one at the time asked for."""
    if analysis.timepoint:
        return timepoint in analysis.timepoint
    return timepoint != analysis.baseline


def _arms_fit(row: Candidate, asked: Sequence[str], *, controlled: bool) -> bool:
    """Tell whether the arms of a result have the roles that are compared or pooled."""
    if row.other is not None:
        return (row.arm.role, row.other.role) == ("treated", "control")
    if controlled:
        return row.arm.role in ("treated", "control")
    return row.arm.role in ([n for n in asked if n in ARM_ROLES] or OBSERVED)


def _names_fit(row: Candidate, asked: Sequence[str], named: Set[str]) -> bool:
    """Tell whether arms of the roles `named` are among the names asked for."""
    arms = (row.arm,) if row.other is None else (row.arm, row.other)
    return all(arm.role not in named or arm.arm in asked for arm in arms)
