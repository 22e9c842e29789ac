"""The protocol: what was asked, where it was looked for, and what was planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from synthesist.review.individual import IndividualData, PatientAnalysis

#: Where records come from; the first two make up PRISMA's left column.
SOURCE_KINDS = (
    "database",
    "register",
    "website",
    "organisation",
    "citations",
    "other",
    "previous",
)

REVIEWER_ROLES = ("reviewer", "consensus")
#: What an outcome is in a trial on its own: shown there with exact intervals.
OUTCOME_ROLES = ("response", "marker", "harm", "duration")

OUTCOME_KINDS = ("binary", "continuous", "time-to-event", "count")
DIRECTIONS = ("higher", "lower")
ANALYSIS_KINDS = ("pool", "subtraction")
#: Whether group means are those at the end or the changes since baseline.
VALUES = ("final", "change")

ANALYSIS_ROLES = ("primary", "secondary", "sensitivity", "harm")

#: What kind of molecule a regimen gives; of the last three, mass is no activity.
PRODUCTS = ("native", "pegylated", "fusion", "cells")

#: Ways from weight and height to body surface.
SURFACE_FORMULAS = ("du-bois", "mosteller")

#: What follows from a regimen's line; subgroups and moderators name them so.
DOSE_QUANTITIES = (
    "dose_day",
    "dose_first_week",
    "dose_week",
    "dose_month",
    "dose_cycle",
    "dose_course",
    "days_on",
    "days_on_course",
    "course_weeks",
)

#: Parts of a review that may be invented, for teaching or because they were
#: never published; the label travels to page and flow.
SYNTHETIC_PARTS = (
    "records",
    "duplicates",
    "screening",
    "studies",
    "results",
    "reported",
    "appraisal",
    "claims",
    "ipd",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the review asks, in one sentence and in its parts."""

    text: str = ""
    population: str = ""
    intervention: str = ""
    comparator: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """What is let in, what is left out, and the reasons for exclusion in order."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    exclusion_reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSource:
    """One place that was searched; `files` are its exports under searches/."""

    id: str
    name: str
    kind: str = "database"
    platform: str = ""
    date: date | None = None
    languages: tuple[str, ...] = ()
    strategy: str = ""
    hits: int | None = None
    files: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """A person who decides; role `consensus` settles disagreements."""

    id: str
    name: str = ""
    role: str = "reviewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was measured; `better` says which direction helps the patient.

    `role` places it in the account of a single trial, `within` names the outcome
    that everyone with this one has, too.
    """

    id: str
    label: str
    kind: str | None = None
    unit: str = ""
    better: str | None = None
    role: str | None = None
    within: str = ""
    definition: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimen:
    """What an arm received, with its dose and schedule as printed.

    `line` is the schedule as data; `quantities` are what follows from it in the
    review's unit of dose, by name, and are computed when the folder is read.
    """

    id: str
    label: str
    drug: str = ""
    line: str = ""
    product: str = "native"
    conversion: str = ""
    printed_dose: str = ""
    received_dose: str = ""
    weight: float | None = None
    height: float | None = None
    surface: float | None = None
    body_source: str = ""
    dose: float | None = None
    dose_unit: str = ""
    route: str = ""
    schedule: str = ""
    duration: str = ""
    source: str = ""
    note: str = ""
    quantities: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedBody:
    """Weight or surface where a regimen does not say whose; shown beside each dose."""

    weight: float | None = None
    height: float | None = None
    surface: float | None = None
    formula: str = "mosteller"
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAnalysis:
    """One planned computation: which results enter it and by which rules.

    Rules left empty (None) are the program's defaults. `timepoint`, `population`,
    `designs`, `studies`, `exclude` and `arms` are filters; an empty one lets
    everything pass.
    """

    id: str
    title: str
    outcome: str = ""
    measure: str
    kind: str = "pool"
    role: str = "primary"
    timepoint: tuple[str, ...] = ()
    population: tuple[str, ...] = ()
    designs: tuple[str, ...] = ()
    studies: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    baseline: str = ""
    values: str = "final"
    r: float | None = None
    model: str | None = None
    tau2: str | None = None
    interval: str | None = None
    prediction: str | None = None
    zero_cells: str | None = None
    medians: str | None = None
    missing_sd: str | None = None
    profile: str | None = None
    level: float = 0.95
    subgroup: str = ""
    moderators: tuple[str, ...] = ()
    favours: tuple[str, str] | None = None
    whole: str = ""
    part: str = ""
    note: str = ""

    @property
    def effect_rules(self) -> dict[str, Any]:
        """The rules by which arm results become effects, as `effect_table` takes them."""
        return {
            "zero_cells": self.zero_cells,
            "medians": self.medians or "no",
            "missing_sd": self.missing_sd or "no",
            "level": self.level,
            "profile": self.profile,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """A departure from the protocol, when and why."""

    date: date
    change: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """Everything review.toml says."""

    format: int
    title: str
    authors: tuple[str, ...] = ()
    registration: str = ""
    date: date | None = None
    note: str = ""
    synthetic: tuple[str, ...] = ()
    reviewers_per_record: int | None = None
    dose_unit: str = ""
    body: AssumedBody = AssumedBody()
    question: Question = Question()
    eligibility: Eligibility = Eligibility()
    sources: tuple[SearchSource, ...] = ()
    reviewers: tuple[Reviewer, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    regimens: tuple[Regimen, ...] = ()
    analyses: tuple[PlannedAnalysis, ...] = ()
    ipd: IndividualData | None = None
    ipd_analyses: tuple[PatientAnalysis, ...] = ()
    deviations: tuple[Deviation, ...] = ()

    @property
    def votes_needed(self) -> int:
        """How many reviewers must judge a record: two, or one who works alone."""
        if self.reviewers_per_record is not None:
            return self.reviewers_per_record
        return 2 if sum(r.role == "reviewer" for r in self.reviewers) > 1 else 1

    def source_of(self, file: str) -> SearchSource | None:
        """Return the source a search file belongs to, None for an unnamed file."""
        return next((s for s in self.sources if file in s.files), None)

    def analysis(self, key: str) -> PlannedAnalysis:
        """Return a planned analysis by its id."""
        return by_id(self.analyses, key)


def by_id(items: tuple[Any, ...], key: str) -> Any:
    """Return the item of that id.

    Raises
    ------
    NotFound
        If there is none.
    """
    from synthesist.errors import NotFound

    for item in items:
        if item.id == key:
            return item
    kind = type(items[0]).__name__.lower() if items else "entry"
    raise NotFound(f"There is no {kind} '{key}' in review.toml.")
