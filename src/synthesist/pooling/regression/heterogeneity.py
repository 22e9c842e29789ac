"""Every estimator of tau² with moderators by its code, and the Q-profile interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesist.errors import NotConverged
from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import chi2_quantile, chi2_upper_quantile
from synthesist.pooling.regression.contrasts import Contrasts, Solved
from synthesist.pooling.regression.likelihood import STEP, Maxima, maximise

#: Newton's steps rise to the root; variances that span 12 orders of magnitude need 40.
MAX_STEPS = 500


@dataclass(frozen=True, slots=True)
class RegressionTau2:
    """A way to estimate the variance between studies that moderators leave.

    `estimate` takes b sets of contrasts and returns one tau² each, in squared units
    of the effects, with the number of maxima where a likelihood was maximised.
    """

    code: str
    label: str
    estimate: Callable[[Contrasts], Maxima]


def common_effect(of: Contrasts) -> Maxima:
    """Return zero: the moderators are taken to explain all differences."""
    return _single(np.zeros(len(of.e)))


def dersimonian_laird(of: Contrasts) -> Maxima:
    """Return tau² from the residual Q, not below zero.

    References
    ----------
    Thompson SG, Sharp SJ. Stat Med 1999;18:2693.
    doi:10.1002/(SICI)1097-0258(19991030)18:20<2693::AID-SIM235>3.0.CO;2-V
    """
    return _single(_moment(of.common, float(of.n)))


def hedges(of: Contrasts) -> Maxima:
    """Return tau² from the residuals of ordinary least squares, not below zero.

    References
    ----------
    Hedges LV. Psychol Bull 1983;93:388. doi:10.1037/0033-2909.93.2.388
    """
    return _single(_moment(of.unweighted, of.unweighted.expected()))


def hunter_schmidt(of: Contrasts) -> Maxima:
    """Return tau² from the residual Q and the sum of weights, not below zero.

    References
    ----------
    Viechtbauer W. J Educ Behav Stat 2005;30:261. doi:10.3102/10769986030003261
    """
    excess = of.common.q - (of.n + of.p)
    return _single(np.maximum(0.0, excess / of.common.weight))


def hunter_schmidt_corrected(of: Contrasts) -> Maxima:
    """Return the Hunter-Schmidt tau² with Q raised by ``k / (k - p)``.

    References
    ----------
    Brannick MT, Potter SM, Benitez B, Morris SB. Organ Res Methods 2019;22:490.
    doi:10.1177/1094428117741966
    """
    k = of.n + of.p
    raised = of.common.q * (k / of.n)
    return _single(np.maximum(0.0, (raised - k) / of.common.weight))


def two_step_dersimonian_laird(of: Contrasts) -> Maxima:
    """Return tau² by moments with the weights that DerSimonian-Laird's gives.

    References
    ----------
    DerSimonian R, Kacker R. Contemp Clin Trials 2007;28:105.
    doi:10.1016/j.cct.2006.04.004
    """
    return _second_step(of, dersimonian_laird(of))


def two_step_hedges(of: Contrasts) -> Maxima:
    """Return tau² by moments with the weights that Hedges' gives.

    References
    ----------
    DerSimonian R, Kacker R. Contemp Clin Trials 2007;28:105.
    doi:10.1016/j.cct.2006.04.004
    """
    return _second_step(of, hedges(of))


def sidik_jonkman(of: Contrasts) -> Maxima:
    """Return tau² from weights at the variance of the effects; always above zero.

    References
    ----------
    Sidik K, Jonkman JN. J R Stat Soc C 2005;54:367.
    doi:10.1111/j.1467-9876.2005.00489.x
    """
    start = of.spread
    ratio = of.at(start).q / of.n
    return _single(start * ratio)


def maximum_likelihood(of: Contrasts) -> Maxima:
    """Return the maximum-likelihood tau²."""
    return maximise(of, restricted=False)


def restricted_maximum_likelihood(of: Contrasts) -> Maxima:
    """Return the restricted maximum-likelihood tau²."""
    return maximise(of, restricted=True)


def paule_mandel(of: Contrasts) -> Maxima:
    """Return the tau² at which generalised Q equals ``k - p``.

    References
    ----------
    Paule RC, Mandel J. J Res Natl Bur Stand 1982;87:377. doi:10.6028/jres.087.022
    """
    start = _moment(of.common, float(of.n))
    return _single(tau2_at_q(of, float(of.n), start))


def paule_mandel_median(of: Contrasts) -> Maxima:
    """Return the tau² at which generalised Q equals its median.

    References
    ----------
    Viechtbauer W. In: Schmid CH, Stijnen T, White IR (eds). Handbook of
    Meta-Analysis. CRC Press, 2021:51.
    """
    median = float(chi2_quantile(0.5, np.array([float(of.n)]))[0])
    return _single(tau2_at_q(of, median, _moment(of.common, median)))


def tau2_at_q(of: Contrasts, target: float, start: Vector) -> Vector:
    """Return the tau² (b,) at which generalised Q falls to `target`, 0 if it never was there.

    The inverse of Q is a concave rising function of tau², so Newton's method on it
    may start anywhere: after one step it stands left of the root and then only rises.
    """
    tau2 = np.zeros(len(of.e))
    place = np.flatnonzero(of.common.q > target)
    now = start[place]
    of = of.take(place)
    for _ in range(MAX_STEPS):
        if not place.size:
            return tau2
        solved = of.at(now)
        new = now + (solved.q / target - 1) * solved.q / solved.push
        new = np.maximum(0.0, new)
        tau2[place] = new
        moving = np.flatnonzero(np.abs(new - now) > STEP * (new + of.least))
        of, place, now = of.take(moving), place[moving], new[moving]
    raise NotConverged(  # pragma: no cover
        "Generalised Q could not be brought down to its target.",
        remedy="report the data: this should not happen",
    )


def q_profile(of: Contrasts, tau2: Vector, level: float) -> tuple[Vector, Vector]:
    """Return the tau² at which generalised Q equals the chi-squared quantiles.

    Both limits are NaN where Q lies below both quantiles: the interval is empty.

    References
    ----------
    Jackson D, Turner R, Rhodes K, Viechtbauer W. BMC Med Res Methodol 2014;14:103.
    doi:10.1186/1471-2288-14-103
    """
    df, tail = np.array([float(of.n)]), (1 - level) / 2
    least = float(chi2_quantile(tail, df)[0])
    most = float(chi2_upper_quantile(tail, df)[0])
    lower = tau2_at_q(of, most, tau2)
    typical = of.n / of.at(tau2).weight
    upper = tau2_at_q(of, least, tau2 + typical)
    empty = of.common.q < least
    return np.where(empty, np.nan, lower), np.where(empty, np.nan, upper)


def _moment(solved: Solved, expected: Vector | float) -> Vector:
    """Return tau² from Q with fixed weights, not below zero."""
    return np.maximum(0.0, (solved.q - expected) / solved.trace)


def _second_step(of: Contrasts, first: Maxima) -> Maxima:
    """Return tau² by moments with weights at a first estimate."""
    solved = of.at(first.tau2)
    return _single(_moment(solved, solved.expected()))


def _single(tau2: Vector) -> Maxima:
    """Wrap what has one answer by its definition."""
    return Maxima(tau2, np.ones(tau2.shape, dtype=np.intp))


REGRESSION_TAU2: dict[str, RegressionTau2] = {
    estimator.code: estimator
    for estimator in (
        RegressionTau2("CE", "common effect", common_effect),
        RegressionTau2("DL", "DerSimonian-Laird", dersimonian_laird),
        RegressionTau2("DL2", "two-step DerSimonian-Laird", two_step_dersimonian_laird),
        RegressionTau2("HE", "Hedges", hedges),
        RegressionTau2("HE2", "two-step Hedges", two_step_hedges),
        RegressionTau2("HS", "Hunter-Schmidt", hunter_schmidt),
        RegressionTau2("HSk", "Hunter-Schmidt, corrected", hunter_schmidt_corrected),
        RegressionTau2("SJ", "Sidik-Jonkman", sidik_jonkman),
        RegressionTau2("ML", "maximum likelihood", maximum_likelihood),
        RegressionTau2(
            "REML", "restricted maximum likelihood", restricted_maximum_likelihood
        ),
        RegressionTau2("EB", "empirical Bayes", paule_mandel),
        RegressionTau2("PM", "Paule-Mandel", paule_mandel),
        RegressionTau2("PMM", "Paule-Mandel, median-unbiased", paule_mandel_median),
    )
}
