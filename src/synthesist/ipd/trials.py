"""Each trial on its own: counts, log-rank and Cox."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.errors import NotEstimable
from synthesist.numerics.results import number
from synthesist.survival import CoxFit, SurvivalData, cox, log_rank


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialEffect:
    """One trial: patients, events, and its log hazard ratio.

    What cannot be estimated is None, and `note` says why. `v` is the
    hypergeometric variance of observed minus expected events of the treated arm.
    """

    trial: str
    n_t: int
    n_c: int
    events_t: int
    events_c: int
    o_minus_e: float
    v: float
    log_hr: float | None
    se: float | None
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the trial as JSON values."""
        return {
            "trial": self.trial,
            "n_t": self.n_t,
            "n_c": self.n_c,
            "events_t": self.events_t,
            "events_c": self.events_c,
            "o_minus_e": number(self.o_minus_e),
            "v": number(self.v),
            "log_hr": number(self.log_hr),
            "se": number(self.se),
            "note": self.note,
        }


def trial_effects(
    data: SurvivalData,
    *,
    adjust: str | Sequence[str] = (),
    ties: str = "efron",
    level: float = 0.95,
) -> tuple[TrialEffect, ...]:
    """Return the log-rank parts and the Cox model of every trial.

    Parameters
    ----------
    data : SurvivalData
        With arms.
    adjust : str or sequence of str
        Covariates beside the arm in each trial's model.

    Raises
    ------
    NotEstimable
        If no trial compares its arms.
    """
    counts = data.counts()
    observed, variance = _log_rank(data)
    found: list[TrialEffect] = []
    for i, trial in enumerate(data.trials):
        log_hr = se = None
        note = why_not(counts, i)
        if not note:
            try:
                fit = trial_cox(data.part(i), adjust, ties, level)
                place = fit.index("treated")
                log_hr, se = float(fit.estimate[place]), float(fit.se[place])
            except NotEstimable as error:
                note = error.problems[0].message
        found.append(
            TrialEffect(
                trial=trial,
                n_t=counts["n_t"][i],
                n_c=counts["n_c"][i],
                events_t=counts["events_t"][i],
                events_c=counts["events_c"][i],
                o_minus_e=float(observed[i]),
                v=float(variance[i]),
                log_hr=log_hr,
                se=se,
                note=note,
            )
        )
    return tuple(found)


def trial_cox(
    part: SurvivalData, adjust: str | Sequence[str], ties: str, level: float
) -> CoxFit:
    """Fit the Cox model of one trial."""
    terms = [adjust] if isinstance(adjust, str) else list(adjust)
    return cox(
        part, " + ".join(["treated", *filter(None, terms)]), ties=ties, level=level
    )


def why_not(counts: dict[str, list[Any]], i: int) -> str:
    """Say why a trial compares nothing, empty if it may."""
    if not counts["n_t"][i] or not counts["n_c"][i]:
        return "one arm only"
    if not counts["events_t"][i] and not counts["events_c"][i]:
        return "no event"
    if not counts["events_t"][i] or not counts["events_c"][i]:
        arm = "treated" if not counts["events_t"][i] else "control"
        return f"no event in the {arm} arm"
    return ""


def notes_of(trials: Sequence[TrialEffect], what: str) -> Iterator[str]:
    """Say which trials have no estimate, and why."""
    for trial in trials:
        if trial.log_hr is None:
            yield f"{trial.trial} has no {what}: {trial.note}."


def _log_rank(data: SurvivalData) -> tuple[np.ndarray, np.ndarray]:
    """Return O - E and V of every trial, zero when nothing is compared at all."""
    none = np.zeros(len(data.trials))
    if data.weights is not None:
        return none * np.nan, none * np.nan
    treated = data.arm()
    if treated.all() or not treated.any():
        return none, none
    try:
        test = log_rank(data)
    except NotEstimable:
        return none, none
    return test.o_minus_e, test.v
