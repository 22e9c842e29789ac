"""The one computation behind every pooled result, for any number of groups at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import chi2_tail, normal_quantile
from synthesist.pooling.heterogeneity import TAU2_ESTIMATORS
from synthesist.pooling.intervals import INTERVALS, Inference, symmetric
from synthesist.pooling.moments import dersimonian_laird
from synthesist.pooling.panel import Panel, weigh
from synthesist.pooling.pooled import Pooled
from synthesist.pooling.predictions import PREDICTIONS, around
from synthesist.pooling.tau2_intervals import TAU2_INTERVALS
from synthesist.pooling.weights import trace_p


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How effects are pooled, each choice by its code.

    `q` is what DerSimonian and Laird's Q is measured from; `mh_correction` and
    `mh_variance` belong to the Mantel-Haenszel method.
    """

    tau2: str = "REML"
    interval: str = "HK-guarded"
    prediction: str = "k-1"
    tau2_interval: str = "Q-profile"
    level: float = 0.95
    q: str = "inverse-variance"
    mh_correction: str = "none"
    mh_variance: str = "Sato-Greenland-Robins"

    @property
    def common(self) -> bool:
        """Say whether all studies are taken to share one effect."""
        return self.tau2 == "CE"


class Heterogeneity(NamedTuple):
    """How far the effects of g groups differ, all (g,); shares in per cent."""

    q: Vector
    q_p: Vector
    h2: Vector
    i2: Vector
    i2_lower: Vector
    i2_upper: Vector
    i2_q: Vector
    i2_q_lower: Vector
    i2_q_upper: Vector


class Answers(NamedTuple):
    """The numbers of g groups, every field (g,), NaN where there is none."""

    k: Vector
    estimate: Vector
    se: Vector
    df: Vector
    lower: Vector
    upper: Vector
    statistic: Vector
    p: Vector
    tau2: Vector
    tau2_lower: Vector
    tau2_upper: Vector
    q: Vector
    q_p: Vector
    h2: Vector
    i2: Vector
    i2_lower: Vector
    i2_upper: Vector
    i2_q: Vector
    i2_q_lower: Vector
    i2_q_upper: Vector
    pi_lower: Vector
    pi_upper: Vector


def answer(panel: Panel, method: Method, q: Vector | None = None) -> Answers:
    """Pool every group of a panel.

    The groups have either one study each or two and more. `q` (g,) is Cochran's Q
    where it was measured from another estimate; tau² is then DerSimonian and
    Laird's from it.
    """
    if panel.y.shape[0] == 1:
        return _single_studies(panel, method)
    if q is None:
        q = panel.common.q
        tau2 = TAU2_ESTIMATORS[method.tau2].estimate(panel)
    else:
        tau2 = dersimonian_laird(panel, q)
    pooled = Pooled(panel, tau2, weigh(panel, tau2), method.tau2)
    # The scatter between studies has no place in the standard error when all are
    # taken to share one effect.
    interval = INTERVALS["normal" if method.common else method.interval]
    inference = interval.infer(pooled, method.level)
    missing = np.full(panel.groups, np.nan)
    if method.common:
        limits, prediction = (missing, missing), (missing, missing)
    else:
        limits = TAU2_INTERVALS[method.tau2_interval].limits(pooled, method.level)
        df = PREDICTIONS[method.prediction].df(panel.k, inference.df)
        prediction = around(panel.k, tau2, inference, df, method.level)
    return Answers(
        panel.k,
        *inference,
        tau2,
        *limits,
        *_heterogeneity(panel, tau2, limits, method, q),
        *prediction,
    )


def _heterogeneity(
    panel: Panel,
    tau2: Vector,
    limits: tuple[Vector, Vector],
    method: Method,
    q: Vector,
) -> Heterogeneity:
    """Return what follows from Cochran's Q and from tau².

    References
    ----------
    Higgins JPT, Thompson SG. Stat Med 2002;21:1539. doi:10.1002/sim.1186
    """
    df = panel.k - 1
    typical = df / trace_p(panel.common)
    by_q = _share(q / df - 1)
    if method.common:
        h2, by_tau2 = q / df, by_q
    else:
        h2, by_tau2 = 1 + tau2 / typical, _share(tau2 / typical)
    lower, upper = (_share(limit / typical) for limit in limits)
    by_q_lower, by_q_upper = test_based_limits(q, panel.k, method.level)
    return Heterogeneity(
        q=q,
        q_p=chi2_tail(q, df),
        h2=h2,
        i2=by_tau2,
        i2_lower=lower,
        i2_upper=upper,
        i2_q=by_q,
        i2_q_lower=by_q_lower,
        i2_q_upper=by_q_upper,
    )


def _share(excess: Vector) -> Vector:
    """Return per cent of the total variance, given the ratio of excess to error."""
    above = np.maximum(0.0, excess)
    return 100 * above / (1 + above)


def test_based_limits(q: Vector, k: Vector, level: float) -> tuple[Vector, Vector]:
    """Return limits of the Q-based I² from the standard error of the logarithm of H.

    They are NaN for two studies with Q not above 2, where it is not defined.
    """
    df = k - 1
    scattered = np.maximum(q, k)
    se = 0.5 * np.log(scattered / df) / (np.sqrt(2 * scattered) - np.sqrt(2 * df - 1))
    calm = q <= k
    if calm.any():
        many = np.where(k > 2, k - 2, np.nan)
        se = np.where(calm, np.sqrt((1 - 1 / (3 * many * many)) / (2 * many)), se)
    ratio = np.maximum(1.0, q / df)
    stretch = np.exp(2 * normal_quantile(0.5 + level / 2) * se)
    return _share(ratio / stretch - 1), _share(ratio * stretch - 1)


def _single_studies(panel: Panel, method: Method) -> Answers:
    """Give each study as it is: one study knows nothing of heterogeneity."""
    missing = np.full(panel.groups, np.nan)
    infinite = np.full(panel.groups, np.inf)
    inference: Inference = symmetric(
        panel.centre, np.sqrt(panel.v[0]), infinite, method.level
    )
    nothing = Heterogeneity._make([missing] * len(Heterogeneity._fields))
    return Answers(
        panel.k, *inference, missing, missing, missing, *nothing, missing, missing
    )
