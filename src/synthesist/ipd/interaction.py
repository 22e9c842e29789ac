"""Does the treatment effect differ between patients? Comparisons within trials only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import effect_table
from synthesist.errors import InvalidInput, NotConverged, NotEstimable
from synthesist.ipd.covariates import Pieces, pieces, without_sparse
from synthesist.ipd.one_stage_interaction import WithinAcross, within_and_across
from synthesist.ipd.trials import why_not
from synthesist.ipd.vectors import PooledVector, TrialVector, pool_vectors
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.results import HypothesisTest, Interval, number, versions
from synthesist.pooling import PooledFit, pool
from synthesist.survival import Covariate, SurvivalData, cox
from synthesist.survival.wording import p_value, percent, plain, ratio_text
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.figures import ForestPlot


@dataclass(frozen=True, slots=True, kw_only=True)
class SubgroupEffect:
    """The hazard ratio of a subgroup, or at a number, floating on the interaction."""

    label: str
    log_hr: float
    se: float
    n: int | None = None
    events: int | None = None

    def interval(self, level: float) -> Interval:
        """Return the interval of the log hazard ratio."""
        half = normal_quantile((1 + level) / 2) * self.se
        return Interval(lower=self.log_hr - half, upper=self.log_hr + half, level=level)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class InteractionFit:
    """How the treatment effect differs with a covariate, within trials.

    Attributes
    ----------
    trials : tuple of TrialVector
        Each trial's interaction.
    vector : PooledVector
        Pooled with a common effect.
    pooled : PooledFit or None
        Pooled by `synthesist.pool`, when the interaction is one number: the ratio
        of hazard ratios.
    one_stage : WithinAcross or None
        One model with the trial's mean kept apart.
    subgroups : tuple of SubgroupEffect
    """

    data: SurvivalData
    pieces: Pieces
    trials: tuple[TrialVector, ...]
    vector: PooledVector
    pooled: PooledFit | None
    one_stage: WithinAcross | None
    subgroups: tuple[SubgroupEffect, ...]
    level: float
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<InteractionFit: treated by {self.pieces.covariate}>"

    @property
    def test(self) -> HypothesisTest:
        """Return the test of no interaction."""
        return self.vector.test

    def curve(self, numbers: Sequence[float]) -> list[dict[str, float]]:
        """Return the hazard ratio along a number, with its interval.

        Raises
        ------
        InvalidInput
            If the covariate is a category.
        """
        if self.pieces.levels:
            raise InvalidInput(f"{self.pieces.covariate} is a category, not a number.")
        contrast = np.column_stack([np.ones(len(numbers)), self.pieces.at(numbers)])
        estimate, se = self.vector.along(contrast)
        half = normal_quantile((1 + self.level) / 2) * se
        return [
            {
                "at": float(x),
                "hr": float(np.exp(e)),
                "ci_low": float(np.exp(e - h)),
                "ci_high": float(np.exp(e + h)),
            }
            for x, e, h in zip(numbers, estimate, half, strict=True)
        ]

    def summary(self) -> str:
        """Return the interaction, its test and the subgroups as text."""
        lines = [f"Treatment by {self.pieces.covariate}, within trials"]
        if self.pooled is not None:
            i = self.pooled.interval
            lines.append(
                f"  ratio of hazard ratios {ratio_text(self.pooled.estimate)} ({percent(self.level)} CI {ratio_text(i.lower)} to {ratio_text(i.upper)})"
                f" {self.unit()}"
            )
        lines.append(
            f"  interaction: chi² = {plain(self.test.statistic)} on {self.test.df} df, {p_value(self.test.p)}"
        )
        if self.one_stage is not None:
            lines += [f"  {line}" for line in self.one_stage.lines(self.level)]
        for group in self.subgroups:
            i = group.interval(self.level)
            lines.append(
                f"  {group.label}: hazard ratio {ratio_text(group.log_hr)} ({ratio_text(i.lower)} to {ratio_text(i.upper)})"
            )
        return "\n".join((*lines, *(f"  Note: {note}" for note in self.notes)))

    def unit(self) -> str:
        """Say what the ratio of hazard ratios compares."""
        if self.pieces.levels:
            return f"({self.pieces.names[0]} against {self.pieces.reference})"
        if len(self.subgroups) == 2:
            return f"({self.subgroups[1].label} against {self.subgroups[0].label})"
        return f"(for each 1 more of {self.pieces.covariate})"

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "covariate": self.pieces.covariate,
            "reference": self.pieces.reference,
            "names": list(self.pieces.names),
            "estimate": [number(x) for x in self.vector.estimate[1:]],
            "covariance": self.vector.covariance[1:, 1:].tolist(),
            "test": _test(self.vector.test),
            "heterogeneity": _test(self.vector.heterogeneity),
            "trials": [
                {
                    "trial": t.trial,
                    "estimate": [number(x) for x in t.estimate[1:]],
                    "se": [number(x) for x in np.sqrt(np.diagonal(t.covariance)[1:])],
                    "note": t.note,
                }
                for t in self.trials
            ],
            "pooled": None if self.pooled is None else self.pooled.to_dict(),
            "one_stage": None if self.one_stage is None else self.one_stage.to_dict(),
            "subgroups": [
                {
                    "label": g.label,
                    "n": g.n,
                    "events": g.events,
                    "log_hr": number(g.log_hr),
                    "se": number(g.se),
                    "ci_low": number(g.interval(self.level).lower),
                    "ci_high": number(g.interval(self.level).upper),
                }
                for g in self.subgroups
            ],
            "level": self.level,
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return the subgroups' hazard ratios, one row each."""
        intervals = [g.interval(self.level) for g in self.subgroups]
        columns = {
            "subgroup": [g.label for g in self.subgroups],
            "hr": [float(np.exp(g.log_hr)) for g in self.subgroups],
            "ci_low": [float(np.exp(i.lower)) for i in intervals],
            "ci_high": [float(np.exp(i.upper)) for i in intervals],
        }
        return give_back(columns, self.data.native, backend)

    def forest(self) -> ForestPlot:
        """Return the forest plot of the subgroups as data."""
        from synthesist.ipd.interaction_drawing import interaction_forest

        return interaction_forest((self,))

    def plot(self) -> Figure:
        """Draw the forest plot of the subgroups."""
        from synthesist.figures import forest

        return forest(self.forest())


def interaction(
    data: SurvivalData,
    covariate: str,
    *,
    adjust: str | Sequence[str] = (),
    knots: int = 0,
    reference: str | float | None = None,
    ties: str = "efron",
    level: float = 0.95,
    **options: Any,
) -> InteractionFit:
    """Estimate how the treatment effect differs with a covariate, within trials.

    Every trial gives its own interaction, and these are pooled: differences between
    trials, which may have other causes, do not enter. The one-stage model shows
    them apart.

    Parameters
    ----------
    data : SurvivalData
    covariate : str
        A number or a category.
    adjust : str or sequence of str
        Covariates beside the arm in each trial's model.
    knots : int
        0 for a straight line along a number, 3 to 5 for a restricted cubic spline.
    reference : str or float, optional
        The category, or the number, from which differences are taken.
    **options
        Passed to `synthesist.pool`.

    Returns
    -------
    InteractionFit

    Raises
    ------
    InvalidInput
        If a name is not known.
    NotEstimable
        If the interaction can be estimated in no trial.

    References
    ----------
    Fisher DJ, Carpenter JR, Morris TP, Freeman SC, Tierney JF. BMJ 2017;356:j573.
    doi:10.1136/bmj.j573
    Riley RD et al. Stat Med 2020;39:2115. doi:10.1002/sim.8516
    """
    chosen = pieces(data, covariate, knots=knots, reference=reference)
    chosen, sparse = without_sparse(data, chosen)
    names = tuple(f"piece {i + 1}" for i in range(len(chosen.names)))
    wide = replace(
        data,
        covariates={
            **data.covariates,
            **{
                n: Covariate(values=v)
                for n, v in zip(names, chosen.values, strict=True)
            },
        },
    )
    other = [adjust] if isinstance(adjust, str) else list(adjust)
    terms = [*filter(None, other)]
    trials = tuple(
        _trial_vector(wide, i, names, terms, ties) for i in range(len(data.trials))
    )
    vector = pool_vectors(trials)
    pooled = _pooled(trials, level, options) if len(names) == 1 else None
    one, extra = None, ()
    try:
        one = within_and_across(wide, names, terms, ties=ties)
    except (NotConverged, NotEstimable) as error:
        extra = (f"There is no one-stage model: {error.problems[0].message}",)
    return InteractionFit(
        data=data,
        pieces=chosen,
        trials=trials,
        vector=vector,
        pooled=pooled,
        one_stage=one,
        subgroups=_subgroups(data, chosen, vector),
        level=level,
        notes=(*data.notes, *_notes(trials, covariate), *sparse, *extra),
    )


def _trial_vector(
    data: SurvivalData, i: int, names: Sequence[str], terms: Sequence[str], ties: str
) -> TrialVector:
    """Return the treatment effect at the reference and the interaction of one trial."""
    size = 1 + len(names)
    blank = TrialVector(
        trial=data.trials[i],
        estimate=np.full(size, np.nan),
        covariance=np.full((size, size), np.nan),
    )
    part = data.part(i)
    own = [n for n in names if not part.covariates[n].missing.all()]
    if not own:
        return replace(blank, note="the covariate was not recorded")
    note = why_not(data.counts(), i)
    if note:
        return replace(blank, note=note)
    formula = ["treated", *own, *(f"treated:{n}" for n in own), *terms]
    try:
        fit = cox(part, formula, ties=ties)
    except (NotConverged, NotEstimable) as error:
        return replace(blank, note=error.problems[0].message)
    wanted = ["treated", *(f"treated:{n}" for n in names)]
    place = [j for j, name in enumerate(wanted) if name in fit.names]
    held = [fit.names.index(wanted[j]) for j in place]
    estimate, covariance = blank.estimate.copy(), blank.covariance.copy()
    estimate[place] = fit.estimate[held]
    covariance[np.ix_(place, place)] = fit.covariance[np.ix_(held, held)]
    note = "" if len(place) > 1 else "the covariate does not vary"
    return replace(blank, estimate=estimate, covariance=covariance, note=note)


def _pooled(
    trials: Sequence[TrialVector], level: float, options: dict[str, Any]
) -> PooledFit:
    """Pool interactions that are one number each."""
    y = np.array([t.estimate[1] for t in trials])
    v = np.array([t.covariance[1, 1] for t in trials])
    effects = effect_table(
        {"study": np.array([t.trial for t in trials], dtype=object), "yi": y, "vi": v},
        "HR",
    )
    measure = replace(effects.measure, label="Ratio of hazard ratios")
    return pool(replace(effects, measure=measure), level=level, **options)


def _subgroups(
    data: SurvivalData, chosen: Pieces, vector: PooledVector
) -> tuple[SubgroupEffect, ...]:
    """Return hazard ratios of the categories, or at a few numbers of the covariate."""
    size = len(vector.estimate)
    covariate = data.covariate(chosen.covariate)
    if chosen.levels:
        contrast = np.eye(size)
        contrast[:, 0] = 1
        estimate, se = vector.along(contrast)
        found: list[SubgroupEffect] = []
        for level, e, s in zip(chosen.levels, estimate, se, strict=True):
            mine = covariate.values == covariate.levels.index(level)
            found.append(
                SubgroupEffect(
                    label=level,
                    log_hr=float(e),
                    se=float(s),
                    n=int(mine.sum()),
                    events=int((mine & data.event).sum()),
                )
            )
        return tuple(found)
    recorded = covariate.values[~covariate.missing]
    distinct = np.unique(recorded)
    if len(distinct) == 2:
        numbers = distinct
    else:
        numbers = np.unique(np.quantile(recorded, (0.1, 0.5, 0.9)))
    contrast = np.column_stack([np.ones(len(numbers)), chosen.at(numbers)])
    estimate, se = vector.along(contrast)
    binary = len(distinct) == 2
    return tuple(
        SubgroupEffect(
            label=f"{chosen.covariate} {x:g}",
            log_hr=float(e),
            se=float(s),
            n=int((recorded == x).sum()) if binary else None,
            events=int(((covariate.values == x) & data.event).sum())
            if binary
            else None,
        )
        for x, e, s in zip(numbers.tolist(), estimate, se, strict=True)
    )


def _notes(trials: Sequence[TrialVector], covariate: str) -> list[str]:
    """Say which trials have no interaction, and why."""
    reasons: dict[str, list[str]] = {}
    for trial in trials:
        if trial.note:
            reasons.setdefault(trial.note.rstrip("."), []).append(trial.trial)
    return [
        f"No interaction with {covariate} from {', '.join(n)}: {why}."
        for why, n in reasons.items()
    ]


def _test(test: HypothesisTest | None) -> dict[str, Any] | None:
    if test is None:
        return None
    return {"statistic": number(test.statistic), "df": test.df, "p": number(test.p)}
