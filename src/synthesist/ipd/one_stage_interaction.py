"""One model of an interaction, what is seen within trials apart from what is seen across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.errors import NotEstimable
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.dense import part
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.results import number
from synthesist.survival import TIES, SurvivalData
from synthesist.survival.cox import prepare
from synthesist.survival.likelihood import Design, Evaluation
from synthesist.survival.maximise import estimable, inverse, maximise
from synthesist.survival.risksets import risk_sets
from synthesist.survival.terms import complete, model_columns
from synthesist.survival.wording import percent, ratio_text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WithinAcross:
    """Interactions (q,) within trials, and of the trials' means.

    What cannot be told apart is NaN, as the across-trial part of a single trial.
    """

    within: Vector
    within_se: Vector
    across: Vector
    across_se: Vector
    n: int
    events: int

    def lines(self, level: float) -> list[str]:
        """Return both as text, when they are one number each."""
        if len(self.within) != 1:
            return []
        z = normal_quantile((1 + level) / 2)
        found: list[str] = []
        for what, b, s in (
            ("one stage, within trials", self.within[0], self.within_se[0]),
            ("one stage, across trials", self.across[0], self.across_se[0]),
        ):
            if np.isfinite(b):
                found.append(
                    f"{what}: ratio {ratio_text(b)} ({percent(level)} CI {ratio_text(b - z * s)} to {ratio_text(b + z * s)})"
                )
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return every number as JSON values."""
        return {
            name: [number(x) for x in getattr(self, name)]
            for name in ("within", "within_se", "across", "across_se")
        } | {"n": self.n, "events": self.events}


def within_and_across(
    data: SurvivalData, names: Sequence[str], terms: Sequence[str], *, ties: str
) -> WithinAcross:
    """Fit one model in which each trial has its own effect of the covariate.

    The treatment meets the covariate minus its trial's mean (within) and that
    mean (across); baseline hazards and the covariate's own effect are the trial's.

    Raises
    ------
    NotEstimable
        If no trial tells the interaction.

    References
    ----------
    Riley RD et al. Stat Med 2020;39:2115. doi:10.1002/sim.8516
    """
    columns = model_columns(data, ["treated", *names, *terms])
    data, columns = complete(data, columns)
    sets = risk_sets(data, apart=True)
    model = prepare(data, columns, sets, ties)
    q, k = len(names), len(data.trials)
    treated = data.arm().astype(np.float64)
    main = model.x[1 : 1 + q]
    other = model.x[1 + q :]
    means = _trial_means(main, data)
    grand = means.mean(axis=1, keepdims=True)
    by_patient = np.repeat(means, np.diff(data.starts), axis=1)
    x = np.concatenate(
        [
            (treated - treated.mean())[None],
            treated * (main - by_patient),
            treated * (by_patient - grand),
            other,
            main,
        ]
    )
    common = 1 + 2 * q + len(other)
    place = np.empty((k, len(x)), dtype=np.intp)
    place[:, :common] = np.arange(common)
    place[:, common:] = common + np.arange(k)[:, None] * q + np.arange(q)
    size = common + k * q
    method = TIES[ties]
    design = Design(x=x, parameters=size, place=place)
    start = method.evaluate(sets, design, np.zeros(size))
    # What a trial does not have at all is noise of its neighbours' size times 1e-16.
    spread = np.zeros(size)
    spread[place] = data.event.mean() * (x**2).sum(axis=1)
    kept = estimable(start.information, spread)
    if not {1 + i for i in range(q)} <= set(kept.tolist()):
        raise NotEstimable("In no trial can the interaction be estimated.")
    beta = np.zeros(size)

    def likelihood(point: Vector) -> Evaluation:
        beta[kept] = point
        found = method.evaluate(sets, design, beta)
        return Evaluation(
            loglik=found.loglik,
            score=found.score[kept],
            information=part(found.information, kept),
        )

    found = maximise(likelihood, np.zeros(len(kept)))
    estimate, se = np.full(size, np.nan), np.full(size, np.nan)
    estimate[kept] = found.beta
    se[kept] = np.sqrt(np.diagonal(inverse(found.at.information)))
    return WithinAcross(
        within=estimate[1 : 1 + q],
        within_se=se[1 : 1 + q],
        across=estimate[1 + q : 1 + 2 * q],
        across_se=se[1 + q : 1 + 2 * q],
        n=len(data),
        events=int(data.event.sum()),
    )


def _trial_means(values: Matrix, data: SurvivalData) -> Matrix:
    """Return the mean of each row in every trial (q, k)."""
    sums = np.add.reduceat(values, data.starts[:-1], axis=1)
    return sums / np.diff(data.starts)
