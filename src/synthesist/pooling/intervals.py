"""Confidence intervals of the pooled effect, by their codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import (
    normal_quantile,
    t_quantile,
    t_two_sided,
)
from synthesist.numerics.sums import column_dot, column_sum
from synthesist.pooling.likelihood import log_likelihood
from synthesist.pooling.mean_profile import likelihood_at, mean_limits
from synthesist.pooling.moments import dersimonian_laird
from synthesist.pooling.panel import weigh
from synthesist.pooling.pooled import Pooled


class Inference(NamedTuple):
    """What is concluded about the pooled effects of a panel, all (g,).

    The limits are measured from zero, not from the panel's centre; `df` is
    infinite for the normal distribution. `statistic` and `p` test an effect of
    zero and are NaN where the standard error is zero.
    """

    estimate: Vector
    se: Vector
    df: Vector
    lower: Vector
    upper: Vector
    statistic: Vector
    p: Vector


@dataclass(frozen=True, slots=True)
class IntervalMethod:
    """A way to make a confidence interval and a test of the pooled effect.

    `needs` is the only estimator of tau² with which it goes together, empty for any.
    """

    code: str
    label: str
    infer: Callable[[Pooled, float], Inference]
    needs: str = ""


def symmetric(estimate: Vector, se: Vector, df: Vector, level: float) -> Inference:
    """Return the interval ``estimate ± t se``, normal where `df` is infinite."""
    half = t_quantile(0.5 + level / 2, df) * se
    statistic = estimate / np.where(se > 0, se, np.nan)
    p = t_two_sided(statistic, df)
    return Inference(estimate, se, df, estimate - half, estimate + half, statistic, p)


def normal(pooled: Pooled, level: float) -> Inference:
    """Take tau² as known."""
    se = 1 / np.sqrt(pooled.weighed.total)
    return symmetric(pooled.estimate, se, np.full(se.shape, np.inf), level)


def hartung_knapp(pooled: Pooled, level: float) -> Inference:
    """Estimate the scatter of the weighted effects, with t on ``k - 1``.

    References
    ----------
    Hartung J, Knapp G. Stat Med 2001;20:3875. doi:10.1002/sim.1009
    Sidik K, Jonkman JN. Stat Med 2002;21:3153. doi:10.1002/sim.1262
    """
    return _scaled(pooled, hartung_knapp_factor(pooled), level)


def hartung_knapp_guarded(pooled: Pooled, level: float) -> Inference:
    """Never take less scatter than the variances promise: factor ``max(1, q)``.

    References
    ----------
    Röver C, Knapp G, Friede T. BMC Med Res Methodol 2015;15:99.
    doi:10.1186/s12874-015-0091-1
    """
    return _scaled(pooled, np.maximum(1.0, hartung_knapp_factor(pooled)), level)


def hartung_knapp_hybrid(pooled: Pooled, level: float) -> Inference:
    """Take the wider of the Hartung-Knapp and the normal interval, with its test.

    References
    ----------
    Wiksten A, Rücker G, Schwarzer G. Stat Med 2016;35:2503. doi:10.1002/sim.6879
    """
    first, second = hartung_knapp(pooled, level), normal(pooled, level)
    wider = first.upper - first.lower >= second.upper - second.lower
    return Inference(
        *(np.where(wider, a, b) for a, b in zip(first, second, strict=True))
    )


def hartung_knapp_iqwig(pooled: Pooled, level: float) -> Inference:
    """Guard the interval where it is narrower than DerSimonian and Laird's.

    References
    ----------
    IQWiG. General Methods, version 6. 2020.
    Jackson D, Law M, Rücker G, Schwarzer G. Stat Med 2017;36:3923.
    doi:10.1002/sim.7411
    """
    panel = pooled.panel
    found = hartung_knapp(pooled, level)
    tau2 = dersimonian_laird(panel)
    usual = normal(Pooled(panel, tau2, weigh(panel, tau2), "DL"), level)
    narrower = found.upper - found.lower < usual.upper - usual.lower
    guarded = hartung_knapp_guarded(pooled, level)
    return Inference(
        *(np.where(narrower, a, b) for a, b in zip(guarded, found, strict=True))
    )


def kenward_roger(pooled: Pooled, level: float) -> Inference:
    """Widen the standard error for the uncertainty of tau², with t on its own df.

    For one mean and one variance Kenward and Roger's method has these sums; the
    expected information of tau² is that of the restricted likelihood, and the
    degrees of freedom are Satterthwaite's.

    References
    ----------
    Kenward MG, Roger JH. Biometrics 1997;53:983. doi:10.2307/2533558
    Partlett C, Riley RD. Stat Med 2017;36:301. doi:10.1002/sim.7140
    """
    w, total = pooled.weighed.w, pooled.weighed.total
    squares = w * w
    second, third = column_sum(squares) / total, column_dot(squares, w) / total
    variance = pooled.variance_of_tau2
    # third - second**2 is a variance of weights: it is not below zero.
    spread = np.maximum(0.0, third - second * second)
    se = np.sqrt((1 + 2 * variance * spread) / total)
    df = 2 / (variance * second * second)
    return symmetric(pooled.estimate, se, np.maximum(1.0, df), level)


def profile_likelihood(pooled: Pooled, level: float) -> Inference:
    """Take the means whose likelihood, at the tau² best for each, is high enough.

    The interval need not be symmetric. The test is the likelihood ratio's, with
    the signed root as its statistic.

    References
    ----------
    Hardy RJ, Thompson SG. Stat Med 1996;15:619.
    doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A
    """
    panel, estimate = pooled.panel, pooled.estimate
    depth = 0.5 * normal_quantile(0.5 + level / 2) ** 2
    lower, upper = mean_limits(panel, pooled.tau2, depth)
    top = log_likelihood(panel, pooled.tau2, restricted=False)
    drop = np.maximum(0.0, top - likelihood_at(panel, -panel.centre))
    statistic = np.sign(estimate) * np.sqrt(2 * drop)
    df = np.full(panel.groups, np.inf)
    return Inference(
        estimate,
        1 / np.sqrt(pooled.weighed.total),
        df,
        panel.centre + lower,
        panel.centre + upper,
        statistic,
        t_two_sided(statistic, df),
    )


def hartung_knapp_factor(pooled: Pooled) -> Vector:
    """Return ``q = Q(tau2) / (k - 1)`` (g,), 1 on average."""
    return pooled.weighed.q / (pooled.panel.k - 1)


def _scaled(pooled: Pooled, factor: Vector, level: float) -> Inference:
    se = np.sqrt(factor / pooled.weighed.total)
    return symmetric(pooled.estimate, se, pooled.panel.k - 1, level)


INTERVALS: dict[str, IntervalMethod] = {
    method.code: method
    for method in (
        IntervalMethod("normal", "normal", normal),
        IntervalMethod("HK", "Hartung-Knapp", hartung_knapp),
        IntervalMethod(
            "HK-guarded",
            "Hartung-Knapp, never narrower than the variances allow",
            hartung_knapp_guarded,
        ),
        IntervalMethod(
            "HK-hybrid", "the wider of Hartung-Knapp and normal", hartung_knapp_hybrid
        ),
        IntervalMethod(
            "HK-IQWiG",
            "Hartung-Knapp, guarded where narrower than the interval by DL",
            hartung_knapp_iqwig,
        ),
        IntervalMethod("KR", "Kenward-Roger", kenward_roger),
        IntervalMethod("PL", "profile likelihood", profile_likelihood, needs="ML"),
    )
}
