"""What a report is made of: the review, its analyses and the figures drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthesist.documents.wording import Setting
from synthesist.review import Outcome, PlannedAnalysis, Reported, Review
from synthesist.review.flow import Flow
from synthesist.review.selection import Selection

if TYPE_CHECKING:
    from synthesist.checks import ImpliedEstimate
    from synthesist.pooling import PooledFit, SubgroupFit


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedResult:
    """A result as others printed it, and what follows from its digits.

    `implied` is None where the interval was printed, or nothing follows.
    """

    reported: Reported
    implied: ImpliedEstimate | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtraction:
    """What is left of a printed pool when a printed part is taken out of it."""

    whole: PrintedResult
    part: PrintedResult
    left: ImpliedEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisResult:
    """A planned analysis with its answer, or the reason why there is none.

    `beside` holds the same question answered by other methods, each with a
    label. `problem` is empty unless the data could not answer.
    """

    plan: PlannedAnalysis
    outcome: Outcome | None = None
    setting: Setting | None = None
    selection: Selection | None = None
    fit: PooledFit | None = None
    subgroups: SubgroupFit | None = None
    beside: tuple[tuple[str, PooledFit], ...] = ()
    subtraction: Subtraction | None = None
    printed: tuple[PrintedResult, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""

    @property
    def controlled(self) -> bool:
        """Whether two groups of the same studies are compared."""
        from synthesist.effects import MEASURES

        return (
            self.selection is not None
            and MEASURES[self.plan.measure].design == "two groups"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the answer in full precision as JSON knows it."""
        return {
            "id": self.plan.id,
            "title": self.plan.title,
            "kind": self.plan.kind,
            "outcome": self.plan.outcome,
            "measure": self.plan.measure,
            "status": "not estimable" if self.problem else "done",
            "problem": self.problem or None,
            "notes": list(self.notes),
            "fit": self.fit.to_dict() if self.fit else None,
            "subgroups": self.subgroups.to_dict() if self.subgroups else None,
            "beside": [
                {"method": label, "fit": fit.to_dict()} for label, fit in self.beside
            ],
            "subtraction": _subtraction_dict(self.subtraction),
            "rows": _provenance(self.selection),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A figure of the report: its pictures for the page and its files.

    `narrow` is drawn for a telephone, and empty where only one width fits.
    """

    name: str
    kind: str
    alt: str
    caption: str
    svg: str
    files: tuple[str, ...]
    narrow: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent:
    """Everything a report shows."""

    review: Review
    analyses: tuple[AnalysisResult, ...]
    flow: Flow | None
    drawings: Mapping[str, Drawing]
    inputs: Mapping[str, str]
    folder: Path


def _subtraction_dict(found: Subtraction | None) -> dict[str, Any] | None:
    if found is None:
        return None
    low, high = found.left.interval()
    return {
        "estimate": found.left.estimate,
        "se": found.left.se,
        "ci_low": low,
        "ci_high": high,
        "whole": found.whole.reported.analysis,
        "part": found.part.reported.analysis,
    }


def _provenance(selection: Selection | None) -> list[dict[str, Any]]:
    """Say which rows of results.csv stand behind each study."""
    if selection is None:
        return []
    return [
        {
            "study": entry.study.study,
            "results_rows": [result.row for result in entry.results],
        }
        for entry in selection.rows
    ]
