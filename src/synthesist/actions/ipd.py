"""Analyse individual patients of several trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthesist.errors import NotEstimable

if TYPE_CHECKING:
    from synthesist.ipd import OneStageFit, TrialEffect, TwoStageFit
    from synthesist.survival import SurvivalData

#: The keys of a trial that a reader of the JSON document may rely on.
TRIAL_KEYS = (
    "trial",
    "n_t",
    "n_c",
    "events_t",
    "events_c",
    "o_minus_e",
    "v",
    "log_hr",
    "se",
)
STAGE_KEYS = ("model", "ties", "log_hr", "se", "ci_low", "ci_high", "p")
TWO_STAGE_KEYS = ("tau2", "q", "q_df", "q_p", "i2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is read from a table of patients, and how it is analysed."""

    time: str
    event: str
    treated: str
    trial: str | None = None
    treated_is: str | None = None
    event_is: str | None = None
    entry: str | None = None
    covariates: str = ""
    ties: str = "efron"
    level: float = 0.95


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """One stage and two stages beside each other, and why they differ."""

    data: SurvivalData
    one: OneStageFit
    two: TwoStageFit | None
    trials: tuple[TrialEffect, ...]
    why: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what the reader of the numbers must know, each once."""
        pooled = () if self.two is None else (*self.two.notes, *self.two.pooled.notes)
        found = (*self.one.notes, *pooled, *self.why)
        return tuple(dict.fromkeys(found))

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON values; no patient is in it."""
        one = self.one.to_dict()
        two = {} if self.two is None else self.two.to_dict()
        two["ties"] = self.one.ties
        test = one["heterogeneity"]
        trials = [trial.to_dict() for trial in self.trials]
        return {
            "trials": [{key: trial[key] for key in TRIAL_KEYS} for trial in trials],
            "one_stage": {key: one[key] for key in STAGE_KEYS},
            "two_stage": {key: two.get(key) for key in (*STAGE_KEYS, *TWO_STAGE_KEYS)},
            "interaction_lrt": test or {"statistic": None, "df": None, "p": None},
            "notes": list(self.notes),
        }

    def summary(self) -> str:
        """Return the answer as text."""
        lines = [self.data.summary().splitlines()[0]]
        width = max(len(t.trial) for t in self.trials)
        lines += [
            f"  {t.trial:<{width}}  {t.events_t}/{t.n_t} against {t.events_c}/{t.n_c}, O-E {t.o_minus_e:.1f}, V {t.v:.1f}"
            for t in self.trials
        ]
        lines.append(self.one.summary())
        if self.two is not None:
            lines.append(self.two.summary())
        lines += self.why
        return "\n".join(lines)


def analyse_patients(source: str | Path, request: Request) -> Answer:
    """Read patients and estimate the hazard ratio in one stage and in two.

    Parameters
    ----------
    source : path
        A table of patients, a folder with one table a trial, or a review folder.
    request : Request

    Raises
    ------
    InvalidInput
        If the tables or a choice are wrong.
    NotEstimable
        If the patients cannot answer.
    """
    from synthesist.ipd import one_stage, trial_effects, two_stage
    from synthesist.ipd.files import patients
    from synthesist.ipd.together import why_they_differ

    data = patients(
        source,
        time=request.time,
        event=request.event,
        treated=request.treated,
        trial=request.trial,
        entry=request.entry,
        covariates=formula_names(request.covariates),
        treated_is=request.treated_is,
        event_is=request.event_is,
    )
    adjust: Sequence[str] | str = request.covariates
    one = one_stage(data, adjust=adjust, ties=request.ties, level=request.level)
    try:
        two = two_stage(data, adjust=adjust, ties=request.ties, level=request.level)
    except NotEstimable as error:
        trials = trial_effects(data, adjust=adjust, ties=request.ties)
        why = (f"There are no two stages: {error.problems[0].message}",)
        return Answer(data=data, one=one, two=None, trials=trials, why=why)
    return Answer(
        data=data, one=one, two=two, trials=two.trials, why=why_they_differ(one, two)
    )


def formula_names(formula: str) -> tuple[str, ...]:
    """Return the columns that a formula of covariates names."""
    from synthesist.survival.terms import ARM, FUNCTIONS, PLAIN

    parts = [part.strip() for part in formula.split("+")]
    found: dict[str, None] = {}
    for part in filter(None, parts):
        if PLAIN.match(part):
            words = [word.strip() for word in part.replace("*", ":").split(":")]
        else:
            from synthesist.survival.terms import WORD

            words = [word for word in WORD.findall(part) if word not in FUNCTIONS]
        found.update(dict.fromkeys(words))
    found.pop(ARM, None)
    return tuple(found)
