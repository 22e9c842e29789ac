"""What a report is made of: the review, its analyses and the figures drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from synthesist.documents.wording import Setting
from synthesist.review import Outcome, PlannedAnalysis, Reported, Review
from synthesist.review.flow import Flow
from synthesist.review.selection import Selection

if TYPE_CHECKING:
    from synthesist.checks import ImpliedEstimate
    from synthesist.documents.individual_content import IndividualContent
    from synthesist.pooling import PooledFit, SubgroupFit
    from synthesist.pooling.regression import RegressionFit


#: The normal quantile of a 95% interval.
Z = NormalDist().inv_cdf(0.975)


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
    regression: RegressionFit | None = None
    regression_problem: str = ""
    beside: tuple[tuple[str, PooledFit], ...] = ()
    subtraction: Subtraction | None = None
    printed: tuple[PrintedResult, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""

    @property
    def controlled(self) -> bool:
        """Whether two groups of the same studies are compared."""
        return self.selection is not None and all(
            row.control is not None for row in self.selection.rows
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
            "regression": self.regression.to_dict() if self.regression else None,
            "regression_problem": self.regression_problem or None,
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
    individual: IndividualContent | None = None


def _subtraction_dict(found: Subtraction | None) -> dict[str, Any] | None:
    if found is None:
        return None
    left = found.left
    half = Z * left.se
    low, high = left.interval()
    return {
        "estimate": left.estimate,
        "se": left.se,
        "ci_low": left.estimate - half,
        "ci_high": left.estimate + half,
        "rounding_low": _finite(left.estimate_range[0]),
        "rounding_high": _finite(left.estimate_range[1]),
        "display": {
            "estimate": left.reading(left.estimate),
            "ci_low": low,
            "ci_high": high,
        },
        "whole": found.whole.reported.analysis,
        "part": found.part.reported.analysis,
    }


def _finite(value: float) -> float | None:
    """Return a number as JSON knows it: what is unbounded is absent."""
    return value if math.isfinite(value) else None


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
