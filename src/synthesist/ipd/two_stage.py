"""First each trial on its own, then the trials together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable, effect_table
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.ipd.stages import Summaries, summaries
from synthesist.ipd.trials import TrialEffect, notes_of, trial_effects
from synthesist.numerics.arrays import Vector
from synthesist.numerics.results import number, versions
from synthesist.pooling import PooledFit, pool
from synthesist.survival import SurvivalData, kaplan_meier
from synthesist.survival.rmst import restricted_mean

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.figures import ForestPlot


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TwoStageFit:
    """Trials analysed one by one, and their effects pooled.

    Attributes
    ----------
    method : str
        How each trial was analysed: ``cox``, ``log-rank`` or ``rmst``.
    trials : tuple of TrialEffect
    pooled : PooledFit
    without : PooledFit or None
        The same without the trials known by a summary.
    """

    data: SurvivalData
    method: str
    trials: tuple[TrialEffect, ...]
    pooled: PooledFit
    without: PooledFit | None = None
    summaries: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<TwoStageFit: {self.method}, {self.pooled.k} trials>"

    def summary(self) -> str:
        """Return the pooled answer and the notes as text."""
        lines = [f"Two stages, {METHODS[self.method].label}", self.pooled.summary()]
        return "\n".join((*lines, *(f"  Note: {note}" for note in self.notes)))

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a trial and one for the answer, on the reading scale."""
        return self.pooled.to_frame(backend)

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        pooled = self.pooled
        return {
            "model": METHODS[self.method].label,
            "method": self.method,
            "log_hr": number(pooled.estimate),
            "se": number(pooled.se),
            "ci_low": number(pooled.interval.lower),
            "ci_high": number(pooled.interval.upper),
            "level": pooled.interval.level,
            "p": number(pooled.p),
            "tau2": number(pooled.tau2),
            "q": number(pooled.q),
            "q_df": pooled.q_df,
            "q_p": number(pooled.q_p),
            "i2": number(pooled.i2),
            "trials": [trial.to_dict() for trial in self.trials],
            "pooled": pooled.to_dict(),
            "without_summaries": None
            if self.without is None
            else self.without.to_dict(),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def forest(self) -> ForestPlot:
        """Return the forest plot with events, O - E and V as data."""
        from synthesist.ipd.drawing import forest_plot

        return forest_plot(self)

    def plot(self) -> Figure:
        """Draw the forest plot."""
        from synthesist.figures import forest

        return forest(self.forest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How a trial is analysed: code, label, measure, and effects with variances."""

    code: str
    label: str
    measure: str
    effects: Callable[
        [SurvivalData, tuple[TrialEffect, ...], float | None], tuple[Vector, Vector]
    ]
    summaries: bool = True


def two_stage(
    data: SurvivalData,
    *,
    method: str = "cox",
    adjust: str | Sequence[str] = (),
    ties: str = "efron",
    aggregate: Any = None,
    tau: float | None = None,
    level: float = 0.95,
    **options: Any,
) -> TwoStageFit:
    """Analyse each trial, then pool the trials by any method of `pool`.

    Parameters
    ----------
    data : SurvivalData
    method : str
        Code of `METHODS`: each trial's hazard ratio by its ``cox`` model or from
        its ``log-rank`` parts, or its difference in ``rmst``.
    adjust : str or sequence of str
        Covariates beside the arm in each trial's Cox model.
    aggregate : EffectTable, path, frame or mapping of columns, optional
        Trials known by a log hazard ratio and its variance only.
    tau : float, optional
        Horizon of restricted means; by default the largest at which every arm of
        every trial is followed.
    **options
        Passed to `synthesist.pool`.

    Returns
    -------
    TwoStageFit

    Raises
    ------
    InvalidInput
        If a code is not known.
    NotEstimable
        If no trial has an estimate.
    """
    if method not in METHODS:
        raise InvalidInput(
            f"There is no way {method} to analyse a trial.",
            remedy=f"choose {', '.join(METHODS)}",
        )
    chosen = METHODS[method]
    if not chosen.summaries and aggregate is not None:
        raise InvalidInput(
            "A hazard ratio cannot be pooled with restricted means.",
            remedy="pool hazard ratios, or leave the summaries out",
        )
    known = summaries(aggregate, data.trials)
    trials = trial_effects(data, adjust=adjust, ties=ties, level=level)
    y, v = chosen.effects(data, trials, tau)
    effects = _table(trials, y, v, known, chosen.measure, data)
    if not effects.included.any():
        raise NotEstimable(
            "No trial has an estimate.", remedy="check the arms and the event"
        )
    fit = pool(effects, level=level, **options)
    alone = None
    notes = (
        [*data.notes, *notes_of(trials, "estimate")]
        if method == "cox"
        else [*data.notes]
    )
    if len(known):
        own = _table(trials, y, v, summaries(None), chosen.measure, data)
        if own.included.any():
            alone = pool(own, level=level, **options)
            notes.append(_moved(alone, fit, known))
    return TwoStageFit(
        data=data,
        method=method,
        trials=trials,
        pooled=fit,
        without=alone,
        summaries=known.trials,
        notes=tuple(notes),
    )


def _moved(alone: PooledFit, fit: PooledFit, known: Summaries) -> str:
    """Say what adding the summaries did."""
    show = fit.effects.measure.scale.show
    before, after = (
        f"{show(f.estimate)} ({show(f.interval.lower)} to {show(f.interval.upper)})"
        for f in (alone, fit)
    )
    return f"Adding {', '.join(known.trials)} as a summary moves the answer from {before} to {after}."


def _table(
    trials: Sequence[TrialEffect],
    y: Vector,
    v: Vector,
    known: Summaries,
    measure: str,
    data: SurvivalData,
) -> EffectTable:
    """Return the effects of the trials, those known by a summary last."""
    labels = [trial.trial for trial in trials]
    arms = {
        name: [getattr(trial, name) for trial in trials] + [None] * len(known)
        for name in ("n_t", "n_c", "events_t", "events_c", "o_minus_e", "v")
    }
    del data
    return effect_table(
        {
            "study": np.array([*labels, *known.trials], dtype=object),
            "yi": np.concatenate([y, known.y]),
            "vi": np.concatenate([v, known.v]),
            "source": np.array(
                ["individual data"] * len(trials) + ["summary"] * len(known),
                dtype=object,
            ),
            **{
                f"{n}": np.array(c, dtype=object)
                for n, c in arms.items()
                if n not in {"v", "o_minus_e"}
            },
        },
        measure,
    )


def _by_cox(
    data: SurvivalData, trials: tuple[TrialEffect, ...], tau: float | None
) -> tuple[Vector, Vector]:
    """Return the log hazard ratios of the trials' Cox models."""
    del data, tau
    y = [np.nan if t.log_hr is None else t.log_hr for t in trials]
    se = [np.nan if t.se is None else t.se for t in trials]
    return np.array(y), np.array(se) ** 2


def _by_log_rank(
    data: SurvivalData, trials: tuple[TrialEffect, ...], tau: float | None
) -> tuple[Vector, Vector]:
    """Return Peto's log hazard ratios of the trials."""
    del data, tau
    v = np.array([t.v if t.v > 0 else np.nan for t in trials])
    return np.array([t.o_minus_e for t in trials]) / v, 1 / v


def _by_rmst(
    data: SurvivalData, trials: tuple[TrialEffect, ...], tau: float | None
) -> tuple[Vector, Vector]:
    """Return the trials' differences in restricted mean survival."""
    horizon = common_horizon(data) if tau is None else tau
    y, v = np.full(len(trials), np.nan), np.full(len(trials), np.nan)
    for i in range(len(trials)):
        curves = kaplan_meier(data.part(i)).curves
        if len(curves) != 2:
            continue
        try:
            (control, v0), (treated, v1) = (restricted_mean(c, horizon) for c in curves)
        except NotEstimable:
            continue
        if v0 + v1 > 0:
            y[i], v[i] = treated - control, v0 + v1
    return y, v


def common_horizon(data: SurvivalData) -> float:
    """Return the largest time at which every arm of every trial is followed."""
    treated = data.arm()
    lasts: list[float] = []
    for i in range(len(data.trials)):
        rows = slice(int(data.starts[i]), int(data.starts[i + 1]))
        for arm in (treated[rows], ~treated[rows]):
            times = data.exit[rows][arm]
            if len(times):
                lasts.append(float(times.max()))
    return min(lasts)


METHODS = {
    entry.code: entry
    for entry in (
        Method(
            code="cox", label="Cox model in each trial", measure="HR", effects=_by_cox
        ),
        Method(
            code="log-rank",
            label="log-rank test in each trial",
            measure="HR",
            effects=_by_log_rank,
        ),
        Method(
            code="rmst",
            label="restricted mean survival in each trial",
            measure="GEN",
            effects=_by_rmst,
            summaries=False,
        ),
    )
}
