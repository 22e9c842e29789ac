"""Estimators of tau² by the method of moments, in closed form or by one root."""

from __future__ import annotations

import numpy as np

from synthesist.errors import NotConverged
from synthesist.numerics.arrays import Vector
from synthesist.numerics.panel import Panel, column_dot
from synthesist.pooling.weights import Weighed, generalised_q, trace_p, weigh

#: Newton's error after a step is the square of the step, so a step of this
#: relative size leaves an error below the rounding of a float.
STEP = 1e-9

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
    others[0] = np.add.reduce(weighed.w[1:], axis=0) / weighed.total
    expected = column_dot(weighed.w * others, panel.finite_v())
    return np.maximum(0.0, (generalised_q(weighed) - expected) / trace_p(weighed))


def dersimonian_laird(panel: Panel) -> Vector:
    """Return tau² (g,) from Cochran's Q, not below zero.

    References
    ----------
    DerSimonian R, Laird N. Control Clin Trials 1986;7:177.
    doi:10.1016/0197-2456(86)90046-2
    """
    weighed = weigh(panel, 0.0)
    excess = generalised_q(weighed) - (panel.k - 1)
    return np.maximum(0.0, excess / trace_p(weighed))


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
        Above zero.
    start : (g,) array
        First guesses, >= 0.
    """
    tau2 = np.zeros(panel.groups)
    active = np.flatnonzero(generalised_q(weigh(panel, 0.0)) > target)
    if not active.size:
        return tau2
    if active.size < panel.groups:
        panel, target, start = panel.take(active), target[active], start[active]
    now = start
    for _ in range(MAX_STEPS):
        weighed = weigh(panel, now)
        q = generalised_q(weighed)
        slope = column_dot(weighed.score, weighed.score)
        new = np.maximum(0.0, now + (q / target - 1) * q / slope)
        moving = np.abs(new - now) > STEP * (new + panel.v[0])
        if not moving.any():
            tau2[active] = new
            return tau2
        settled = np.count_nonzero(moving) * 2 < moving.size
        if settled and moving.size > 1:
            tau2[active[~moving]] = new[~moving]
            still = np.flatnonzero(moving)
            active, panel, target = active[still], panel.take(still), target[still]
            new = new[still]
        now = new
    raise NotConverged(  # pragma: no cover
        "Generalised Q could not be brought down to its target.",
        remedy="report the data: this should not happen",
    )
