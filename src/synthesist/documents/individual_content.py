"""What the report shows of individual data: counts and fits, never a patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synthesist.documents.content import PrintedResult
from synthesist.numerics.results import number
from synthesist.review import DataRequest, Outcome, PatientAnalysis, Study

if TYPE_CHECKING:
    from synthesist.ipd import (
        Finding,
        HorizonFit,
        InteractionFit,
        OneStageFit,
        TrialsProportionality,
        TwoStageFit,
    )
    from synthesist.survival import CoxFit, SurvivalCurves


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredTrial:
    """One study of the review: what was asked of it, what came, what was used.

    `patients` is None where no file came; `used` counts patients by analysis.
    """

    study: Study
    request: DataRequest | None
    patients: int | None = None
    not_recorded: tuple[str, ...] = ()
    used: Mapping[str, int]
    aggregate_in: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    endpoint: Mapping[str, str]

    @property
    def sought(self) -> bool | None:
        """Tell whether the data were asked for, None where nobody says so."""
        if self.request is not None:
            return self.request.sought == "yes"
        return True if self.patients is not None else None

    @property
    def open(self) -> tuple[Finding, ...]:
        """Return what the checks point out."""
        return tuple(f for f in self.findings if f.verdict != "as expected")

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as JSON values."""
        return {
            "study": self.study.study,
            "sought": self.sought,
            "published_n": None if self.request is None else self.request.n,
            "patients": self.patients,
            "not_recorded": list(self.not_recorded),
            "used": dict(self.used),
            "aggregate_in": list(self.aggregate_in),
            "checks": [
                {"check": f.check, "found": f.found, "verdict": f.verdict}
                for f in self.findings
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PatientResult:
    """A planned analysis of individual data with its answer, or why there is none.

    `random` is the one-stage model in which the effect varies across trials;
    `unit` is that of every time.
    """

    plan: PatientAnalysis
    outcome: Outcome
    unit: str
    treated: str = ""
    control: str = ""
    one: OneStageFit | None = None
    random: OneStageFit | None = None
    two: TwoStageFit | None = None
    why: tuple[str, ...] = ()
    curves: SurvivalCurves | None = None
    follow_up: SurvivalCurves | None = None
    model: CoxFit | None = None
    proportional: TrialsProportionality | None = None
    interactions: tuple[InteractionFit, ...] = ()
    horizons: HorizonFit | None = None
    aggregate_n: int | None = None
    printed: tuple[PrintedResult, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the answer in full precision as JSON values; no patient is in it."""
        return {
            "id": self.plan.id,
            "title": self.plan.title,
            "outcome": self.plan.outcome,
            "unit": self.unit,
            "status": "not estimable" if self.problem else "done",
            "problem": self.problem or None,
            "one_stage": _dict(self.one),
            "one_stage_random": _dict(self.random),
            "two_stage": _dict(self.two),
            "why_they_differ": list(self.why),
            "medians": None if self.curves is None else _medians(self.curves),
            "median_follow_up": None
            if self.follow_up is None
            else _medians(self.follow_up),
            "proportional_hazards": _dict(self.proportional),
            "interactions": [fit.to_dict() for fit in self.interactions],
            "restricted_means": _dict(self.horizons),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class IndividualContent:
    """Everything of individual data: what came, and what follows from it."""

    covered: tuple[CoveredTrial, ...] = ()
    results: tuple[PatientResult, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return counts and fits as JSON values."""
        return {
            "trials": [trial.to_dict() for trial in self.covered],
            "analyses": [result.to_dict() for result in self.results],
        }


def _dict(found: Any) -> dict[str, Any] | None:
    return None if found is None else found.to_dict()


def _medians(curves: SurvivalCurves) -> list[dict[str, Any]]:
    return [
        {name: number(x) if isinstance(x, float) else x for name, x in row.items()}
        for row in curves.medians()
    ]
