"""Of each study the results that are compared: one time point, one population."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from synthesist.errors import Problem
from synthesist.review.evidence import Arm, Result, Study
from synthesist.review.filters import Candidate
from synthesist.review.protocol import PlannedAnalysis
from synthesist.review.review import Review
from synthesist.review.roles import SIZES, Origin, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The results of one study, or of one arm, by the part they play."""

    study: Study
    arm: Arm
    control: Arm | None = None
    timepoint: str
    population: str
    results: Mapping[Origin, Result]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A problem of a selection; `study` is empty when it concerns the whole plan."""

    problem: Problem
    study: str = ""


def plan_problem(
    analysis: PlannedAnalysis, key: str, message: str, remedy: str
) -> Problem:
    """Return a problem of a planned analysis."""
    return Problem(
        message=message,
        remedy=remedy,
        file="review.toml",
        field=key,
        place=f"analysis '{analysis.id}', {key}",
    )


class Unclear(Exception):
    """It is not clear which results of a study are meant, or one is missing."""

    def __init__(self, key: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.key = key
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Chooser:
    """What choosing depends on: the review, the plan, and what its measure needs."""

    review: Review
    analysis: PlannedAnalysis
    design: str
    roles: Sequence[Role]

    def choose(self, rows: Sequence[Candidate]) -> tuple[list[Choice], list[Finding]]:
        """Choose the results of each study, or of each arm, in the order of studies.csv."""
        paired = self.design == "two groups"
        groups: dict[tuple[str, str], list[Candidate]] = {}
        for row in rows:
            key = (row.study.study, "" if paired else row.arm.arm)
            groups.setdefault(key, []).append(row)
        order = {study.study: i for i, study in enumerate(self.review.studies)}
        choices: list[Choice] = []
        findings: list[Finding] = []
        for _, group in sorted(groups.items(), key=lambda g: order[g[0][0]]):
            try:
                same = self._one_occasion(self._usable(group))
                choices.append(self._pair(same) if paired else self._single(same))
            except Unclear as unclear:
                findings.append(self.finding(unclear, group[0].study))
        return choices, findings

    def finding(self, unclear: Unclear, study: Study) -> Finding:
        """Return what is unclear of a study as a problem of the plan."""
        problem = plan_problem(
            self.analysis, unclear.key, unclear.message, unclear.remedy
        )
        return Finding(problem=problem, study=study.study)

    def _usable(self, group: Sequence[Candidate]) -> Sequence[Candidate]:
        """Return the results of the form that the measure can use."""
        contrasts = [row for row in group if row.other is not None]
        arms = [row for row in group if row.other is None]
        if self.design == "generic":
            return contrasts or arms
        origins = {role.origin for role in self.roles}
        usable = [*(arms if origins != {"contrast"} else [])]
        usable += contrasts if "contrast" in origins else []
        if usable:
            return usable
        name, measure = group[0].study.name, self.analysis.measure
        if contrasts:
            raise Unclear(
                "measure",
                f"{name} has only a comparison of its arms, and {measure} needs a result for each arm",
                _leave_out(group[0].study, "add the results of the arms"),
            )
        raise Unclear(
            "measure",
            f"{name} has only results of single arms, and {measure} needs a comparison",
            _leave_out(group[0].study, "add a row with a comparator"),
        )

    def _reports(self, row: Candidate) -> bool:
        """Tell whether a result reports anything but sizes."""
        return any(
            getattr(row.result, role.column, None) not in (None, "")
            for role in self.roles
            if role.name not in SIZES
        )

    def _one_occasion(self, rows: Sequence[Candidate]) -> Sequence[Candidate]:
        """Return the results at one time point in one population.

        Of several that the plan names, the first that a study reports is taken.
        """
        rows = self._first(
            rows, "timepoint", self.analysis.timepoint, lambda row: row.result.timepoint
        )
        return self._first(
            rows,
            "population",
            self.analysis.population,
            lambda row: row.result.population,
        )

    def _first(
        self,
        rows: Sequence[Candidate],
        key: str,
        asked: Sequence[str],
        value: Callable[[Candidate], str],
    ) -> Sequence[Candidate]:
        """Return the results that share the first value asked for."""
        reporting = [row for row in rows if self._reports(row)] or rows
        found = list(dict.fromkeys(map(value, reporting)))
        if asked:
            found = [name for name in asked if name in found]
        elif len(found) > 1:
            listed = ", ".join(f"'{name}'" for name in found)
            raise Unclear(
                key,
                f"{rows[0].study.name} has results for several values of {key}: {listed}",
                f'say which is meant, e.g. {key} = "{next(filter(None, found))}"',
            )
        return [row for row in rows if value(row) == found[0]]

    def _pair(self, rows: Sequence[Candidate]) -> Choice:
        """Return the treated and the control arm of a study, or their contrast."""
        contrast = [row for row in rows if row.other is not None]
        treated = [
            row for row in rows if row.other is None and row.arm.role == "treated"
        ]
        control = [
            row for row in rows if row.other is None and row.arm.role == "control"
        ]
        study = rows[0].study
        arm = _only(study, "treated", [row.arm for row in (*treated, *contrast)])
        other = _only(
            study,
            "control",
            [*(row.arm for row in control), *(r.other for r in contrast if r.other)],
        )
        parts: dict[Origin, list[Candidate]] = {
            "treated": treated,
            "control": control,
            "contrast": contrast,
        }
        results: dict[Origin, Result] = {
            origin: rows[0].result for origin, rows in parts.items() if rows
        }
        befores: tuple[tuple[Origin, Origin], ...] = (
            ("before treated", "treated"),
            ("before control", "control"),
        )
        for before, after in befores:
            earlier = self._before(results[after]) if after in results else None
            if earlier is not None:
                results[before] = earlier
        if arm is None or other is None:
            lacking = "treated" if arm is None else "control"
            raise Unclear(
                "outcome",
                f"{study.name} has no result of outcome '{self.analysis.outcome}' for its {lacking} arm",
                _leave_out(study, "add its row to results.csv"),
            )
        return Choice(
            study=study,
            arm=arm,
            control=other,
            timepoint=rows[0].result.timepoint,
            population=rows[0].result.population,
            results=results,
        )

    def _single(self, rows: Sequence[Candidate]) -> Choice:
        """Return the result of one arm, and the one before treatment if there is one."""
        row = rows[0]
        others = {r.other.arm for r in rows if r.other is not None}
        if len(others) > 1:
            raise Unclear(
                "arms",
                f"{row.study.name} has comparisons with several arms: {', '.join(sorted(others))}",
                "name the ones that shall enter in arms",
            )
        results: dict[Origin, Result] = {"arm": row.result}
        before = self._before(row.result)
        if before is not None:
            results["before"] = before
        return Choice(
            study=row.study,
            arm=row.arm,
            control=row.other,
            timepoint=row.result.timepoint,
            population=row.result.population,
            results=results,
        )

    def _before(self, after: Result) -> Result | None:
        """Return the result of the same arm before treatment."""
        if not self.analysis.baseline:
            return None
        for result in self.review.results_of(after.study, after.outcome):
            same = (result.arm, result.population) == (after.arm, after.population)
            if same and result.timepoint == self.analysis.baseline:
                return result
        return None


def _only(study: Study, role: str, arms: Iterable[Arm]) -> Arm | None:
    """Return the one arm of a role, None if there is none.

    Raises
    ------
    Unclear
        If there are several: a control group must not be counted twice.
    """
    found = {arm.arm: arm for arm in arms}
    if len(found) > 1:
        names = ", ".join(f"'{name}'" for name in found)
        raise Unclear(
            "arms",
            f"{study.name} has results for several {role} arms: {names}",
            f'name those that shall enter, here and of the other studies, e.g. arms = ["{next(iter(found))}"]',
        )
    return next(iter(found.values()), None)


def _leave_out(study: Study, else_do: str) -> str:
    """Return a remedy that ends with leaving the study out."""
    return f'{else_do}, or leave the study out with exclude = ["{study.study}"]'
