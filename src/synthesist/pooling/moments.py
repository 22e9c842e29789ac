"""Estimators of tau² by the method of moments, in closed form or by one root."""

from __future__ import annotations

import numpy as np

from synthesist.errors import InvalidInput, NotConverged
from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import chi2_quantile
from synthesist.numerics.sums import column_dot, column_sum
from synthesist.pooling.panel import Panel, Weighed, weigh, weigh_by
from synthesist.pooling.weights import square_form, trace_p

#: Newton's error after a step is about the square of the step, so a step of this
#: relative size leaves an error of the size of a float's rounding.
STEP = 1e-8

#: The steps rise monotonically to the root; variances that span 12 orders of
#: magnitude need about 40.
MAX_STEPS = 500


def moment_tau2(panel: Panel, weighed: Weighed) -> Vector:
    """Return tau² from Q with any fixed weights, not below zero.

    References
    ----------
    DerSimonian R, Kacker R. Contemp Clin Trials 2007;28:105.
    doi:10.1016/j.cct.2006.04.004
    """
    others = 1 - weighed.w / weighed.total
    others[0] = column_sum(weighed.w[1:]) / weighed.total
    expected = column_dot(weighed.w * others, panel.finite_v)
    return np.maximum(0.0, (weighed.q - expected) / trace_p(weighed))


def dersimonian_laird(panel: Panel, q: Vector | None = None) -> Vector:
    """Return tau² (g,) from Cochran's Q, not below zero.

    `q` (g,) takes its place where it was measured from another estimate.

    References
    ----------
    DerSimonian R, Laird N. Control Clin Trials 1986;7:177.
    doi:10.1016/0197-2456(86)90046-2
    """
    excess = (panel.common.q if q is None else q) - (panel.k - 1)
    return np.maximum(0.0, excess / trace_p(panel.common))


def two_step_dersimonian_laird(panel: Panel) -> Vector:
    """Return tau² (g,) from Q with the weights of a first DerSimonian-Laird tau².

    References
    ----------
    DerSimonian R, Kacker R. Contemp Clin Trials 2007;28:105.
    doi:10.1016/j.cct.2006.04.004
    """
    return moment_tau2(panel, weigh(panel, dersimonian_laird(panel)))


def hedges(panel: Panel) -> Vector:
    """Return tau² (g,) as the plain variance of the effects less that of errors.

    References
    ----------
    Hedges LV. Psychol Bull 1983;93:388. doi:10.1037/0033-2909.93.2.388
    """
    return np.maximum(0.0, sample_variance(panel) - _mean_error(panel))


def two_step_hedges(panel: Panel) -> Vector:
    """Return tau² (g,) from Q with the weights of a first Hedges tau².

    References
    ----------
    DerSimonian R, Kacker R. Contemp Clin Trials 2007;28:105.
    doi:10.1016/j.cct.2006.04.004
    """
    return moment_tau2(panel, weigh(panel, hedges(panel)))


def hunter_schmidt(panel: Panel) -> Vector:
    """Return tau² (g,) as ``(Q - k) / sum(w)``, not below zero.

    References
    ----------
    Viechtbauer W. J Educ Behav Stat 2005;30:261. doi:10.3102/10769986030003261
    """
    return np.maximum(0.0, (panel.common.q - panel.k) / panel.common.total)


def hunter_schmidt_corrected(panel: Panel) -> Vector:
    """Return the Hunter-Schmidt tau² (g,) with Q raised by ``k / (k - 1)``.

    References
    ----------
    Brannick MT, Potter SM, Benitez B, Morris SB. Organ Res Methods 2019;22:490.
    doi:10.1177/1094428117741966
    """
    raised = panel.common.q * (panel.k / (panel.k - 1))
    return np.maximum(0.0, (raised - panel.k) / panel.common.total)


def sidik_jonkman(panel: Panel) -> Vector:
    """Return tau² (g,) in two steps from a first guess that is never zero.

    It is zero only when all effects are equal.

    References
    ----------
    Sidik K, Jonkman JN. J R Stat Soc C 2005;54:367.
    doi:10.1111/j.1467-9876.2005.00489.x
    """
    first = sample_variance(panel) * ((panel.k - 1) / panel.k)
    return first * weigh(panel, first).q / (panel.k - 1)


def paule_mandel(panel: Panel) -> Vector:
    """Return the tau² (g,) at which generalised Q equals ``k - 1``.

    References
    ----------
    Paule RC, Mandel J. J Res Natl Bur Stand 1982;87:377. doi:10.6028/jres.087.022
    """
    return tau2_at_q(panel, panel.k - 1, dersimonian_laird(panel))


def empirical_bayes(panel: Panel) -> Vector:
    """Return the empirical Bayes tau² (g,), whose equation is Paule and Mandel's.

    Morris solves ``sum(w (k / (k - 1) (y - mean)**2 - v - tau2)) = 0``; as
    ``w (v + tau2)`` is 1, that says generalised Q is ``k - 1``.

    References
    ----------
    Morris CN. J Am Stat Assoc 1983;78:47. doi:10.1080/01621459.1983.10477920
    """
    return paule_mandel(panel)


def paule_mandel_median(panel: Panel) -> Vector:
    """Return the tau² (g,) at which generalised Q is the median of chi-squared.

    It is as often too high as too low, up to the truncation at zero: the point on
    which the Q-profile intervals of all levels close.

    References
    ----------
    Viechtbauer W. Stat Med 2007;26:37. doi:10.1002/sim.2514
    """
    return tau2_at_q(panel, chi2_quantile(0.5, panel.k - 1), dersimonian_laird(panel))


def generalised_moments(panel: Panel) -> Vector:
    """Return tau² (g,) from Q with the weights that the caller gave.

    Raises
    ------
    InvalidInput
        If the panel has none.

    References
    ----------
    DerSimonian R, Kacker R. Contemp Clin Trials 2007;28:105.
    doi:10.1016/j.cct.2006.04.004
    """
    if panel.given is None:
        raise InvalidInput(
            "GENQ needs a weight for every study.",
            remedy="give tau2_weights, such as 1 / sei",
        )
    return moment_tau2(panel, weigh_by(panel, panel.given))


def sample_variance(panel: Panel) -> Vector:
    """Return the plain variance of the effects (g,), by ``k - 1``."""
    mean = column_sum(panel.y) / panel.k
    deviation = panel.y - mean
    if panel.filled:
        deviation *= panel.present()
    return column_dot(deviation, deviation) / (panel.k - 1)


def _mean_error(panel: Panel) -> Vector:
    return column_sum(panel.finite_v) / panel.k


def tau2_at_q(panel: Panel, target: Vector, start: Vector) -> Vector:
    """Return the tau² (g,) at which generalised Q falls to `target`.

    It is 0 where Q does not reach the target even without tau². The inverse of Q
    is a concave rising function of tau², so Newton's method on it may start
    anywhere: after one step it stands left of the root and then only rises.

    Parameters
    ----------
    panel : Panel
    target : (g,) array
        Above zero. A panel of one group takes any number of targets.
    start : (g,) array
        First guesses, >= 0, one a target.
    """
    tau2 = np.zeros(target.shape)
    place = (panel.common.q > target).nonzero()[0]
    now = start
    if place.size < target.size:
        panel = panel if panel.groups == 1 else panel.take(place)
        target, now = target[place], now[place]
    for _ in range(MAX_STEPS):
        if not place.size:
            return tau2
        weighed = weigh(panel, now)
        q = weighed.q
        new = now + (q / target - 1) * q / square_form(weighed)
        new = np.maximum(0.0, new)
        tau2[place] = new
        moving = (np.abs(new - now) > STEP * (new + panel.v[0])).nonzero()[0]
        if not moving.size:
            return tau2
        if 2 * moving.size < new.size:
            panel = panel if panel.groups == 1 else panel.take(moving)
            place, target, new = place[moving], target[moving], new[moving]
        now = new
    raise NotConverged(  # pragma: no cover
        "Generalised Q could not be brought down to its target.",
        remedy="report the data: this should not happen",
    )
