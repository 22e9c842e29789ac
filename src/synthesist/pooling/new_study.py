"""The effect of a new study: the probability that it passes a threshold, and a bootstrap.

Both belong to the predictive distribution, of which a prediction interval shows two
quantiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Vector
from synthesist.numerics.printing import percent
from synthesist.numerics.quadratic_forms import q_distribution
from synthesist.numerics.results import Interval, number, versions
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.panel import PANEL_SIZE, Panel, single_panel, weigh
from synthesist.pooling.pool import as_effects, check_level, usable
from synthesist.pooling.predictions import FEWEST, PREDICTIONS
from synthesist.pooling.registry import known

Side = Literal["above", "below"]
SIDES = {"above": "larger than the threshold", "below": "smaller than the threshold"}

#: Fewer draws do not settle the second digit of a limit.
FEWEST_DRAWS = 1_000

#: Points at which the distribution of tau² is computed, and the share that is left
#: out at each end.
POINTS, CUT = 201, 1e-9

#: Widest search for tau², in doublings, and how many are looked at together.
DOUBLINGS, BLOCK = 200, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStudyProbability:
    """How probable it is that a new study's true effect passes a threshold.

    Attributes
    ----------
    probability : float
        Between 0 and 1.
    threshold : float
        As effects are read.
    side : {"above", "below"}
        Of the threshold.
    distribution : str
        What the new effect is taken to follow.
    """

    probability: float
    threshold: float
    side: str
    distribution: str
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return the probability in words."""
        chance = f"{100 * self.probability:.1f}% ({self.distribution})"
        event = f"a new study's effect is {self.side} {self.threshold:g}"
        lines = [f"Probability that {event}: {chance}"]
        lines += [f"  Note: {note}" for note in self.notes]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "probability": self.probability,
            "threshold": self.threshold,
            "side": self.side,
            "distribution": self.distribution,
            "notes": list(self.notes),
            "versions": versions(),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BootstrapPrediction:
    """The effect of a new study by parametric bootstrap, on the analysis scale.

    Attributes
    ----------
    effects : EffectTable
        What was pooled.
    interval : Interval
        The prediction interval.
    draws : (n,) array
        Effects of new studies.
    seed : int
        Of the random numbers.
    """

    effects: EffectTable
    interval: Interval
    draws: Vector
    seed: int
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return the interval as it is read."""
        show = self.effects.measure.scale.show
        low, high = show(self.interval.lower), show(self.interval.upper)
        source = f"bootstrap, {len(self.draws)} draws, seed {self.seed}"
        name = f"{percent(self.interval.level)} prediction interval"
        lines = [f"{name} {low} to {high} ({source})"]
        lines += [f"  Note: {note}" for note in self.notes]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        lower, upper = self.interval.lower, self.interval.upper
        low, high = self.effects.to_reading([lower, upper])
        return {
            "pi_low": lower,
            "pi_high": upper,
            "level": self.interval.level,
            "draws": len(self.draws),
            "seed": self.seed,
            "measure": self.effects.measure.code,
            "notes": list(self.notes),
            "display": {"pi_low": number(low), "pi_high": number(high)},
            "versions": versions(),
        }


def probability_beyond(
    fit: PooledFit | BootstrapPrediction, threshold: float, *, side: Side = "above"
) -> NewStudyProbability:
    """Return the probability that a new study's true effect passes a threshold.

    The new effect follows the distribution whose quantiles the fit's prediction
    interval shows: t around the estimate with the variance ``tau2 + se**2``, or the
    draws of a bootstrap.

    Parameters
    ----------
    fit : PooledFit or BootstrapPrediction
        With a prediction interval.
    threshold : float
        As effects are read: 0.8 for a risk ratio of 0.8.
    side : {"above", "below"}
        Which side of the threshold.

    Returns
    -------
    NewStudyProbability

    Raises
    ------
    NotEstimable
        If the fit predicts nothing.
    InvalidInput
        If the threshold is not possible on the measure's scale, or the side is not
        known.

    References
    ----------
    Higgins JPT, Thompson SG, Spiegelhalter DJ. J R Stat Soc A 2009;172:137.
    doi:10.1111/j.1467-985X.2008.00552.x
    """
    known(side, SIDES, "side")
    cut = float(fit.effects.measure.scale.to_analysis(threshold))
    if np.isnan(cut):
        raise InvalidInput(
            f"A threshold of {threshold:g} is not possible for the measure "
            f"{fit.effects.measure.code}.",
            remedy="give it as effects are read, such as 0.8 for a risk ratio",
        )
    if isinstance(fit, BootstrapPrediction):
        above = float(np.mean(fit.draws > cut))
        shape = f"bootstrap, {len(fit.draws)} draws, seed {fit.seed}"
    else:
        above, shape = _by_t(fit, cut)
    return NewStudyProbability(
        probability=above if side == "above" else 1 - above,
        threshold=float(threshold),
        side=side,
        distribution=shape,
        notes=fit.notes,
    )


def _by_t(fit: PooledFit, cut: float) -> tuple[float, str]:
    """Return the probability above a point, and the distribution in words."""
    from scipy.special import ndtr, stdtr

    if fit.prediction is None or fit.tau2 is None:
        raise NotEstimable(
            "The fit has no prediction interval, so nothing is known of a new study.",
            remedy="see its notes; choose a prediction other than none",
        )
    of_interval = np.inf if fit.df is None else fit.df
    way = PREDICTIONS[fit.rules["prediction"]]
    df = float(way.df(np.array([float(fit.k)]), np.array([of_interval]))[0])
    spread = float(np.sqrt(fit.tau2 + fit.se * fit.se))
    if spread == 0:
        return float(fit.estimate > cut), "a single value: all effects are equal"
    place = (fit.estimate - cut) / spread
    if np.isinf(df):
        return float(ndtr(place)), "normal"
    return float(stdtr(df, place)), f"t on {df:.6g} degrees of freedom"


def bootstrap_prediction(
    effects: Any, *, level: float = 0.95, draws: int = 25_000, seed: int = 1
) -> BootstrapPrediction:
    """Predict the effect of a new study by parametric bootstrap.

    Each draw takes a tau² from its confidence distribution, which follows from the
    exact distribution of Cochran's Q; a mean, with the error that Hartung and
    Knapp's t gives it at that tau²; and a new effect around it. It keeps its level
    with few studies better than t with a plugged-in tau².

    Parameters
    ----------
    effects : EffectTable, PooledFit, path, frame or mapping of columns
        As for `pool`; of a fit, its effects.
    level : float
        Of the prediction interval.
    draws : int
        At least 1,000.
    seed : int
        The same seed gives the same numbers.

    Returns
    -------
    BootstrapPrediction

    Raises
    ------
    NotEstimable
        If there are fewer than three studies.
    InvalidInput
        If a variance is not above zero, or an option is not possible.

    References
    ----------
    Nagashima K, Noma H, Furukawa TA. Stat Methods Med Res 2019;28:1689.
    doi:10.1177/0962280218773520
    """
    check_level(level)
    if draws < FEWEST_DRAWS:
        raise InvalidInput(
            f"{draws} draws are too few for a prediction interval.",
            remedy=f"take {FEWEST_DRAWS} or more; 25,000 settle two digits",
        )
    table = effects.effects if isinstance(effects, PooledFit) else as_effects(effects)
    y, v = usable(table)
    if len(y) < FEWEST:
        raise NotEstimable(
            f"A prediction interval needs at least {FEWEST} studies.",
            remedy="report the confidence interval alone",
        )
    panel = single_panel(y, v)
    random = np.random.default_rng(seed)
    tau2 = tau2_quantiles(panel, random.random(draws))
    z, t = random.standard_normal(draws), random.standard_t(len(y) - 1, draws)
    found = np.empty(draws)
    size = max(1, 10 * PANEL_SIZE // len(y))
    for begin in range(0, draws, size):
        part = slice(begin, begin + size)
        weighed = weigh(panel, tau2[part])
        se = np.sqrt(weighed.q / (len(y) - 1) / weighed.total)
        found[part] = weighed.mean + z[part] * np.sqrt(tau2[part]) - t[part] * se
    found += panel.centre
    lower, upper = np.quantile(found, [(1 - level) / 2, (1 + level) / 2]).tolist()
    return BootstrapPrediction(
        effects=table,
        interval=Interval(lower=lower, upper=upper, level=level),
        draws=found,
        seed=seed,
        notes=table.notes,
    )


def tau2_quantiles(panel: Panel, probability: Vector) -> Vector:
    """Return quantiles (n,) of the confidence distribution of tau² of one group.

    The distribution at tau² is the probability of a larger Q than was found. Below
    its value at zero every quantile is zero. It is computed at some points and
    interpolated in its normal score, which hardly bends.
    """
    from scipy.interpolate import PchipInterpolator
    from scipy.special import ndtri

    least, q = float(panel.v[0, 0]), float(panel.common.q[0])
    if q == 0:
        return np.zeros(probability.shape)

    def confidence(tau2: Vector) -> Vector:
        found = np.empty(tau2.shape)
        size = max(1, PANEL_SIZE // len(panel.y))
        for begin in range(0, len(tau2), size):
            part = tau2[begin : begin + size]
            a = np.repeat(panel.common.w, len(part), axis=1)
            below = q_distribution(np.full(part.shape, q), a, panel.v + part)[0]
            found[begin : begin + size] = 1 - below
        return found

    ends: Vector = least * np.expm1(np.log(2.0) * np.arange(DOUBLINGS))
    low, high = 0.0, float(ends[-1])
    for begin in range(0, DOUBLINGS, BLOCK):
        block = ends[begin : begin + BLOCK]
        at = confidence(block)
        low = max(low, float(block[at < CUT].max(initial=0.0)))
        if at[-1] > 1 - CUT:
            high = float(block[at > 1 - CUT].min())
            break
    span = float(np.log1p((high - low) / (least + low)))
    steps: Vector = np.linspace(0.0, 1.0, POINTS)
    tau2: Vector = low + (least + low) * np.expm1(steps * span)
    at = confidence(tau2)
    score = ndtri(np.clip(at, CUT, 1 - CUT))
    rising = np.concatenate([[True], np.diff(np.maximum.accumulate(score)) > 0])
    inverse = PchipInterpolator(score[rising], np.log(least + tau2[rising]))
    wanted = np.clip(ndtri(probability), score[rising][0], score[rising][-1])
    found = np.maximum(0.0, np.exp(inverse(wanted)) - least)
    return np.where(probability <= at[0], low, found)
