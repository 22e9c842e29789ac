"""Models that weight studies by precision alone and widen the interval otherwise.

The estimate is that of a common effect, so that large studies keep their weight
however far the effects differ. The models part in how they account for the scatter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.numerics.results import Interval, number
from synthesist.numerics.sums import column_dot
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.henmi_copas import scaled_limit
from synthesist.pooling.intervals import Inference, hartung_knapp, symmetric
from synthesist.pooling.moments import dersimonian_laird
from synthesist.pooling.notes import NARROW, NO_TEST, beyond_possible
from synthesist.pooling.panel import Panel, single_panel
from synthesist.pooling.pooled import Pooled

ONLY_AN_INTERVAL = "Henmi and Copas give an interval, and no test."


@dataclass(frozen=True, slots=True)
class FixedWeights:
    """A model whose weights are the inverse of the variances.

    `infer` takes groups of two and more studies and the level; `tau2` is the
    estimator that it uses, and `interval` what a result calls its limits.
    """

    code: str
    label: str
    infer: Callable[[Panel, float], Inference]
    tau2: str
    interval: str


def inverse_variance_heterogeneity(panel: Panel, level: float) -> Inference:
    """Take the variance that the estimate has when the effects differ.

    References
    ----------
    Doi SAR, Barendregt JJ, Khan S, Thalib L, Williams GM. Contemp Clin Trials
    2015;45:130. doi:10.1016/j.cct.2015.05.009
    """
    common = panel.common
    infinite = np.full(panel.groups, np.inf)
    return symmetric(panel.centre + common.mean, _wider(panel), infinite, level)


def henmi_copas(panel: Panel, level: float) -> Inference:
    """Let the limits follow from the joint distribution of estimate and Q.

    There is no test.

    References
    ----------
    Henmi M, Copas JB. Stat Med 2010;29:2969. doi:10.1002/sim.4029
    """
    estimate, se = panel.centre + panel.common.mean, _wider(panel)
    half = scaled_limit(panel, dersimonian_laird(panel), level) * se
    missing = np.full(panel.groups, np.nan)
    infinite = np.full(panel.groups, np.inf)
    return Inference(
        estimate, se, infinite, estimate - half, estimate + half, missing, missing
    )


def multiplicative(panel: Panel, level: float) -> Inference:
    """Let one factor, estimated from the scatter, multiply every variance.

    The factor may be below 1. This is the weighted regression on a constant, with
    t on ``k - 1`` degrees of freedom.

    References
    ----------
    Thompson SG, Sharp SJ. Stat Med 1999;18:2693.
    Stanley TD, Doucouliagos H. Stat Med 2015;34:2116. doi:10.1002/sim.6481
    """
    zero = np.zeros(panel.groups)
    return hartung_knapp(Pooled(panel, zero, panel.common, "CE"), level)


def _wider(panel: Panel) -> Vector:
    """Return the standard error of the common effect at DerSimonian and Laird's tau²."""
    w, total = panel.common.w, panel.common.total
    return np.sqrt((1 + dersimonian_laird(panel) * column_dot(w, w) / total) / total)


def with_fixed_weights(fit: PooledFit, model: FixedWeights) -> PooledFit:
    """Return a fit by the model's `tau2` with the model's estimate and inference."""
    if fit.k == 1:
        return replace(fit, model=model.code, rules={**fit.rules, "model": model.code})
    effects, level = fit.effects, fit.interval.level
    v = effects.v[effects.included]
    found = model.infer(single_panel(effects.y[effects.included], v), level)
    at = {name: float(value[0]) for name, value in found._asdict().items()}
    weights = np.zeros(len(effects))
    weights[effects.included] = 100 / v / (1 / v).sum()
    measure = effects.measure.code
    theirs = beyond_possible(measure, fit.interval.lower, fit.interval.upper)
    return replace(
        fit,
        model=model.code,
        estimate=at["estimate"],
        se=at["se"],
        interval=Interval(lower=at["lower"], upper=at["upper"], level=level),
        statistic=number(at["statistic"]),
        df=number(at["df"]),
        p=number(at["p"]),
        weights=weights,
        rules={**fit.rules, "model": model.code, "interval": model.interval},
        notes=(
            *(note for note in fit.notes if note not in theirs),
            *_notes(fit, model, at["se"]),
            *beyond_possible(measure, at["lower"], at["upper"]),
        ),
    )


def _notes(fit: PooledFit, model: FixedWeights, se: float) -> tuple[str, ...]:
    if model.infer is henmi_copas:
        return (ONLY_AN_INTERVAL,)
    if se == 0:
        return (NO_TEST,)
    return (NARROW,) if se < fit.se else ()


FIXED_WEIGHTS: tuple[FixedWeights, ...] = (
    FixedWeights(
        "ivhet",
        "inverse variance heterogeneity",
        inverse_variance_heterogeneity,
        tau2="DL",
        interval="normal",
    ),
    FixedWeights(
        "henmi-copas",
        "common effect's weights, Henmi and Copas's interval",
        henmi_copas,
        tau2="DL",
        interval="Henmi-Copas",
    ),
    FixedWeights(
        "multiplicative",
        "multiplicative heterogeneity",
        multiplicative,
        tau2="CE",
        interval="t on k - 1",
    ),
)
