"""Studies, their arms and results, and what others printed or judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DESIGNS = ("randomised", "non-randomised", "single-arm", "case-report")
ARM_ROLES = ("treated", "control", "single")

#: What may be printed of a marker where no number is.
DIRECTIONS = ("increase", "decrease", "no change", "normalised", "mixed")

#: Columns that may hold a time that was still running when it was printed.
CENSORED = ("mean", "median", "min", "max")


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One trial or cohort. `extra` holds the columns the program does not know."""

    study: str
    design: str
    label: str = ""
    reports: tuple[str, ...] = ()
    registrations: tuple[str, ...] = ()
    year: int | None = None
    country: str = ""
    note: str = ""
    extra: Mapping[str, str] = field(default_factory=dict[str, str])
    row: int = 0

    @property
    def name(self) -> str:
        """The label, or the id where none was given."""
        return self.label or self.study


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """A group of a study. `extra` holds the columns the program does not know."""

    study: str
    arm: str
    role: str
    label: str = ""
    regimen: str = ""
    n: int | None = None
    note: str = ""
    extra: Mapping[str, str] = field(default_factory=dict[str, str])
    row: int = 0

    @property
    def name(self) -> str:
        """The label, or the id where none was given."""
        return self.label or self.arm


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a report prints for one arm, or for one arm against another.

    Numbers are None where nothing was printed; `printed` keeps every filled cell
    as it stands in the file, so that its digits are not lost. `p` stays text.
    """

    study: str
    arm: str
    outcome: str
    comparator: str = ""
    timepoint: str = ""
    population: str = ""
    n: int | None = None
    events: int | None = None
    mean: float | None = None
    sd: float | None = None
    se: float | None = None
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    min: float | None = None
    max: float | None = None
    mean_change: float | None = None
    sd_change: float | None = None
    r: float | None = None
    hr: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_level: float | None = None
    p: str = ""
    o_minus_e: float | None = None
    v: float | None = None
    person_time: float | None = None
    surv_percent: float | None = None
    direction: str = ""
    fold: float | None = None
    censored: tuple[str, ...] = ()
    source: str
    place: str = ""
    extracted_by: str = ""
    verified_by: str = ""
    note: str = ""
    printed: Mapping[str, str] = field(default_factory=dict[str, str])
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A pooled result or a flow count as somebody else printed it.

    `analysis` is the id of a planned analysis, `flow`, or a name of its own.
    """

    analysis: str
    quantity: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    p: str = ""
    studies: int | None = None
    participants: int | None = None
    source: str
    note: str = ""
    printed: Mapping[str, str] = field(default_factory=dict[str, str])
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One answer of an appraisal tool, with the text that supports it."""

    study: str
    outcome: str = ""
    tool: str
    version: str = ""
    item: str
    answer: str
    support: str = ""
    assessor: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement of the review and the studies it rests on."""

    claim: str
    studies: tuple[str, ...] = ()
    direction: str = ""
    size: str = ""
    certainty: str = ""
    note: str = ""
    row: int = 0
