"""A maximum of the likelihood becomes a result."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from synthesist.effects import EffectTable
from synthesist.numerics.arrays import Mask, Vector
from synthesist.numerics.maximise import Maximum
from synthesist.numerics.results import HypothesisTest, Interval
from synthesist.numerics.tails import chi2_upper, t_two_tails
from synthesist.pooling.regression.core import Core, Criteria
from synthesist.pooling.regression.design import Design
from synthesist.pooling.regression.inference import Coefficient
from synthesist.pooling.selection.fit import (
    LowerMode,
    SelectionFit,
    SelectionParameter,
    Unadjusted,
    wald_interval,
)
from synthesist.pooling.selection.search import Found, profile_interval
from synthesist.pooling.selection.setting import Setting


def likelihood_ratio(difference: float, df: int) -> HypothesisTest:
    """Return the test of a difference of log-likelihoods."""
    statistic = max(0.0, 2 * difference)
    return HypothesisTest(
        statistic=statistic,
        df=float(df),
        p=chi2_upper(statistic, df),
        reference="chi-squared",
    )


def describe(
    table: EffectTable,
    used: Mask,
    design: Design,
    setting: Setting,
    core: Core,
    found: Found,
    unit: float,
    interval: str,
) -> SelectionFit:
    """Wrap the maximum."""
    level, likelihood = core.method.level, found.likelihood
    p, k = likelihood.p, len(likelihood.y)
    scale = np.ones(likelihood.size)
    scale[:p], scale[p] = unit, unit**2
    estimate = found.natural() * scale
    covariance = found.covariance * np.outer(scale, scale)
    se = [_se(covariance[i, i]) for i in range(likelihood.size)]
    ends = _intervals(found, estimate, se, scale, interval, level)
    shift = -k * float(np.log(unit))
    height = found.best.value + shift
    without = core.log_likelihood(restricted=False)
    p_values = np.full(len(table), np.nan)
    p_values[used] = setting.p
    estimated = int(likelihood.free.sum())
    # A weight of an interval without studies was estimated too: it is zero.
    empty = sum(
        1
        for weight, count in zip(setting.weights, setting.counts, strict=False)
        if weight == 0 and count == 0
    )
    return SelectionFit(
        effects=table,
        used=used,
        k=k,
        function=setting.function.code,
        alternative=setting.alternative,
        steps=setting.steps,
        formula=design.formula,
        coefficients=tuple(
            _coefficient(name, estimate[i], se[i], ends[i])
            for i, name in enumerate(design.names)
        ),
        covariance=covariance[:p, :p],
        tau2=float(estimate[p]),
        tau2_se=se[p],
        tau2_interval=None if likelihood.common else ends[p],
        parameters=_parameters(setting, estimate[p + 1 :], se[p + 1 :], ends[p + 1 :]),
        test=likelihood_ratio(height - without, estimated + empty)
        if estimated + empty
        else None,
        p_values=p_values,
        unadjusted=Unadjusted(
            coefficients=core.inference.coefficients(
                design.names, core.estimate, level
            ),
            tau2=core.tau2,
            log_likelihood=without,
        ),
        log_likelihood=height,
        criteria=_criteria(height, p + (not likelihood.common) + estimated + empty, k),
        level=level,
        rules=_rules(table, setting, core, interval),
        lower_modes=tuple(_mode(found, m, scale, shift) for m in found.maxima[1:]),
        setting=setting,
        found=found,
    )


def _se(variance: float) -> float | None:
    return float(np.sqrt(variance)) if variance > 0 else None


def _intervals(
    found: Found,
    estimate: Vector,
    se: list[float | None],
    scale: Vector,
    kind: str,
    level: float,
) -> list[Interval | None]:
    """Return the interval of every estimated parameter, as it is read."""
    likelihood = found.likelihood
    low, high = likelihood.bounds
    if likelihood.log:
        low[likelihood.p + 1 :], high[likelihood.p + 1 :] = 0.0, np.inf
    high[likelihood.p :] = np.inf
    if kind == "Wald":
        return [
            wald_interval(
                float(estimate[i]), se[i], level, float(low[i]), float(high[i])
            )
            for i in range(likelihood.size)
        ]
    climbed = likelihood.scale(found.best.at) * scale
    intervals: list[Interval | None] = []
    for i in range(likelihood.size):
        if i == likelihood.p and likelihood.common:
            intervals.append(None)
            continue
        width = se[i]
        typical = 1.0 if width is None else width / float(climbed[i])
        ends = np.array(profile_interval(found, i, typical, level))
        if likelihood.log and i > likelihood.p:
            ends = np.exp(ends)
        ends = ends * scale[i]
        intervals.append(
            Interval(lower=float(ends[0]), upper=float(ends[1]), level=level)
        )
    return intervals


def _coefficient(
    name: str, estimate: float, se: float | None, interval: Interval | None
) -> Coefficient:
    statistic = None if se is None else float(estimate) / se
    return Coefficient(
        name=name,
        estimate=float(estimate),
        se=se,
        statistic=statistic,
        df=None,
        p=None if statistic is None else t_two_tails(statistic, np.inf),
        interval=interval,
    )


def _parameters(
    setting: Setting,
    estimate: Vector,
    se: list[float | None],
    ends: list[Interval | None],
) -> tuple[SelectionParameter, ...]:
    """Return all parameters of the function, those that were given among them."""
    known = setting.weights
    pieces = setting.function.in_pieces
    names = (
        [f"delta{i + 1}" for i in range(len(known))]
        if pieces
        else setting.function.names
    )
    bounds = _bounds(setting)
    found: list[SelectionParameter] = []
    place = 0
    for i, name in enumerate(names):
        free = bool(np.isnan(known[i]))
        found.append(
            SelectionParameter(
                name=name,
                estimate=float(estimate[place] if free else known[i]),
                se=se[place] if free else None,
                interval=ends[place] if free else None,
                fixed=not free,
                low=bounds[i][0] if pieces else None,
                high=bounds[i][1] if pieces else None,
                studies=setting.counts[i] if pieces else None,
            )
        )
        place += free
    return tuple(found)


def _bounds(setting: Setting) -> list[tuple[float, float]]:
    """Return the ends of each interval, the most favoured first."""
    if not setting.function.in_pieces:
        return []
    if not setting.function.by_size:
        marks = [0.0, *setting.steps, 1.0]
    else:
        marks = [-np.inf, *setting.steps, np.inf]
    pairs = list(pairwise(marks))
    upward = setting.function.by_size and setting.sign > 0
    return pairs[::-1] if upward else pairs


def _criteria(height: float, parameters: int, k: int) -> Criteria:
    enough = max(k, parameters + 2)
    return Criteria(
        log_likelihood=height,
        aic=-2 * height + 2 * parameters,
        bic=-2 * height + parameters * float(np.log(k)),
        aicc=-2 * height + 2 * parameters * enough / (enough - parameters - 1),
    )


def _mode(found: Found, maximum: Maximum, scale: Vector, shift: float) -> LowerMode:
    values = found.natural(maximum.at) * scale
    p = found.likelihood.p
    return LowerMode(
        coefficients=tuple(values[:p].tolist()),
        tau2=float(values[p]),
        parameters=tuple(values[p + 1 :].tolist()),
        log_likelihood=maximum.value + shift,
    )


def _rules(
    table: EffectTable, setting: Setting, core: Core, interval: str
) -> dict[str, str]:
    rules = {
        **table.rules,
        "selection": setting.function.code,
        "alternative": setting.alternative,
    }
    if setting.steps:
        rules["steps"] = " ".join(f"{step:g}" for step in setting.steps)
    if setting.function.censored:
        rules["p_within"] = f"{setting.function.censored:g}"
    if setting.precision is not None:
        rules["precision"] = setting.precision
    return rules | {
        "tau2": core.method.tau2,
        "interval": interval,
        "level": f"{core.method.level:g}",
    }
