"""Estimators of tau² by the method of moments, in closed form or by one root."""

from __future__ import annotations

import numpy as np

from synthesist.errors import NotConverged
from synthesist.numerics.arrays import Vector
from synthesist.numerics.sums import column_dot, column_sum
from synthesist.pooling.panel import Panel, Weighed, weigh
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


def dersimonian_laird(panel: Panel) -> Vector:
    """Return tau² (g,) from Cochran's Q, not below zero.

    References
    ----------
    DerSimonian R, Laird N. Control Clin Trials 1986;7:177.
    doi:10.1016/0197-2456(86)90046-2
    """
    excess = panel.common.q - (panel.k - 1)
    return np.maximum(0.0, excess / trace_p(panel.common))


def paule_mandel(panel: Panel) -> Vector:
    """Return the tau² (g,) at which generalised Q equals ``k - 1``.

    References
    ----------
    Paule RC, Mandel J. J Res Natl Bur Stand 1982;87:377. doi:10.6028/jres.087.022
    """
    return tau2_at_q(panel, panel.k - 1, dersimonian_laird(panel))


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
