"""Individual data: how the files are read, what was asked of whom, what is planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

#: Units of the times in the files and on the axes.
TIME_UNITS = ("days", "weeks", "months", "years")

#: Answers to whether data were asked for, and whether they came.
YES_NO = ("yes", "no")

#: What the treatment effect may be across trials.
EFFECTS = ("common", "random")

#: How each trial is analysed in two stages.
METHODS = ("cox", "log-rank")

#: How events at the same time are handled.
TIES = ("efron", "breslow", "discrete", "exact")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndividualData:
    """How the files of ``ipd/`` are read, after any mapping beside them."""

    arm: str = ""
    treated: str = ""
    trial: str = ""
    identifier: str = ""
    randomised: str = ""
    covariates: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    unit: str = "days"
    axis: str = ""
    note: str = ""

    @property
    def shown_in(self) -> str:
        """Return the unit of the figures and tables."""
        return self.axis or self.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientAnalysis:
    """One planned analysis of times to an event, patient by patient.

    Rules left empty (None) are the program's defaults. `trials` and `exclude` are
    filters; `aggregate` names studies that enter by their hazard ratio in
    results.csv.
    """

    id: str
    title: str
    outcome: str
    time: str
    event: str
    event_is: str = ""
    entry: str = ""
    role: str = "primary"
    trials: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    effect: str = "common"
    method: str = "cox"
    adjust: str = ""
    ties: str = "efron"
    tau2: str | None = None
    interval: str | None = None
    level: float = 0.95
    interactions: tuple[str, ...] = ()
    splines: tuple[str, ...] = ()
    horizons: tuple[float, ...] = ()
    aggregate: tuple[str, ...] = ()
    timepoint: tuple[str, ...] = ()
    population: tuple[str, ...] = ()
    favours: tuple[str, str] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequest:
    """Whether a study's individual data were asked for, and what came."""

    study: str
    sought: str
    received: str = ""
    date: date | None = None
    n: int | None = None
    median_follow_up: float | None = None
    reason: str = ""
    source: str = ""
    note: str = ""
    row: int = 0
