"""Estimators of tau² by maximum likelihood, certain to be the global maximum.

The derivative of either log-likelihood is ``(B - A) / 2`` with
``B = sum(w**2 (y - mean)**2)`` and A a sum of weights, and both fall as tau² grows.
So between two points a < b there is no maximum when ``B(b) > A(a)`` (the likelihood
rises all the way) or ``B(a) < A(b)`` (it falls). The search walks down by halves
from a point above which the likelihood is known to fall, until what is left above
zero is certain or narrower than the smallest variance. Every change of sign on the
way is refined by Newton's method, and the highest maximum is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from synthesist.errors import NotConverged
from synthesist.numerics.arrays import Indices, Vector
from synthesist.numerics.panel import PANEL_SIZE, Panel, column_dot
from synthesist.pooling.moments import STEP
from synthesist.pooling.weights import (
    Weighed,
    cubic_form,
    generalised_q,
    trace_p,
    trace_p_squared,
    weigh,
)

#: After so many steps of Newton's method every second step halves the bracket.
PATIENCE = 12

#: Halving alone needs about 60 steps for all digits of a float.
MAX_STEPS = 200


class Likelihood(NamedTuple):
    """The part in which the full and the restricted likelihood differ."""

    restricted: bool
    pull: Callable[[Weighed], Vector]
    """A, which draws tau² towards zero."""
    pull_slope: Callable[[Weighed], Vector]
    """Minus the derivative of A."""


class _Brackets(NamedTuple):
    """Intervals of tau² with one maximum each, and the group each belongs to."""

    group: Indices
    low: Vector
    high: Vector


def log_likelihood(panel: Panel, tau2: Vector, *, restricted: bool) -> Vector:
    """Return the profile log-likelihood (g,) at `tau2`, with all its constants.

    The restricted one is that of ``k - 1`` orthonormal contrasts.
    """
    weighed = weigh(panel, tau2)
    logs = np.log(np.where(np.isinf(panel.v), 1.0, panel.v + tau2)).sum(axis=0)
    twice = logs + generalised_q(weighed)
    if not restricted:
        return -0.5 * (twice + panel.k * np.log(2 * np.pi))
    twice += np.log(weighed.total) - np.log(panel.k)
    return -0.5 * (twice + (panel.k - 1) * np.log(2 * np.pi))


def maximum_likelihood(panel: Panel) -> Vector:
    """Return the maximum-likelihood tau² (g,).

    References
    ----------
    Hardy RJ, Thompson SG. Stat Med 1996;15:619.
    doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A
    """
    return _maximise(panel, FULL)


def restricted_maximum_likelihood(panel: Panel) -> Vector:
    """Return the restricted maximum-likelihood tau² (g,).

    References
    ----------
    Viechtbauer W. J Educ Behav Stat 2005;30:261. doi:10.3102/10769986030003261
    """
    return _maximise(panel, RESTRICTED)


def _maximise(panel: Panel, likelihood: Likelihood) -> Vector:
    """Return the tau² of the highest maximum, zero included."""
    tau2 = np.zeros(panel.groups)
    brackets, falls_at_zero = _all_brackets(panel, likelihood)
    if not brackets.group.size:
        return tau2
    whole = brackets.group.size == panel.groups and not falls_at_zero.any()
    refined = _refine(
        panel if whole else panel.take(brackets.group), brackets, likelihood
    )
    maxima = np.bincount(brackets.group, minlength=panel.groups) + falls_at_zero
    tau2[brackets.group] = refined
    several = np.flatnonzero(maxima > 1)
    if several.size:
        _keep_highest(
            panel, tau2, several, brackets, refined, falls_at_zero, likelihood
        )
    return tau2


def _keep_highest(
    panel: Panel,
    tau2: Vector,
    several: Indices,
    brackets: _Brackets,
    refined: Vector,
    falls_at_zero: np.ndarray,
    likelihood: Likelihood,
) -> None:
    """Write the best of several maxima of a group into `tau2`."""
    contested = np.isin(brackets.group, several)
    zero = several[falls_at_zero[several]]
    group = np.concatenate([zero, brackets.group[contested]])
    value = np.concatenate([np.zeros(zero.size), refined[contested]])
    height = log_likelihood(panel.take(group), value, restricted=likelihood.restricted)
    # Ascending heights: the last write to a group is its highest maximum.
    for place in np.argsort(height, kind="stable"):
        tau2[group[place]] = value[place]


def _all_brackets(panel: Panel, likelihood: Likelihood) -> tuple[_Brackets, np.ndarray]:
    """Return an interval around every maximum above zero, and who falls at zero."""
    push_zero, pull_zero = _push_and_pull(panel, np.zeros(panel.groups), likelihood)
    upper, rising = _top(panel), np.zeros(panel.groups, dtype=bool)
    group = np.arange(panel.groups)
    found: list[tuple[Indices, Vector, Vector]] = []
    floor = panel.v[0] / 4
    steps = int(np.ceil(np.log2(upper / floor)).max()) + 1
    current = panel
    while group.size:
        chunk = max(1, min(steps, PANEL_SIZE // current.y.size))
        tau2 = upper * 0.5 ** np.arange(1, chunk + 1)[:, None]
        push, pull = _push_and_pull(current, tau2, likelihood)
        up = push > pull
        above = np.vstack([rising, up[:-1]])
        surely_rising = push > pull_zero[group]
        surely_falling = push_zero[group] < pull
        end = surely_rising | surely_falling | (tau2 <= floor[group])
        # Rows from the first certain one on say nothing new.
        fresh = np.vstack([np.zeros_like(rising), end[:-1]]).cumsum(axis=0) == 0
        row, column = np.nonzero(up & ~above & fresh)
        found.append((group[column], tau2[row, column], 2 * tau2[row, column]))
        last = end & fresh & ~up & (push_zero > pull_zero)[group]
        row, column = np.nonzero(last)
        found.append((group[column], np.zeros(column.size), tau2[row, column]))
        going = np.flatnonzero(~end.any(axis=0))
        if going.size < group.size:
            current = current.take(going)
        group, upper, rising = group[going], tau2[-1, going], up[-1, going]
        steps -= chunk
    pieces = [np.concatenate(part) for part in zip(*found, strict=True)]
    order = np.argsort(pieces[0], kind="stable")
    return (
        _Brackets(*(piece[order] for piece in pieces)),
        push_zero <= pull_zero,
    )


def _top(panel: Panel) -> Vector:
    """Return a tau² (g,) from which on both likelihoods surely fall.

    From the largest variance on all weights lie between ``1 / (2 tau2)`` and
    ``1 / tau2``, which bounds A from below and B from above.
    """
    mean = panel.y.sum(axis=0) / panel.k
    deviation = (panel.y - mean) * panel.present() if panel.filled else panel.y - mean
    spread = column_dot(deviation, deviation) / (panel.k - 1)
    return np.maximum(panel.finite_v().max(axis=0), 4 * spread)


def _push_and_pull(
    panel: Panel, tau2: Vector, likelihood: Likelihood
) -> tuple[Vector, Vector]:
    """Return B and A at `tau2` of shape (g,), or (n, g) for n points of each group."""
    if tau2.ndim == 2:
        weighed = weigh(panel.tile(tau2.shape[0]), tau2.ravel())
    else:
        weighed = weigh(panel, tau2)
    push = column_dot(weighed.score, weighed.score)
    return push.reshape(tau2.shape), likelihood.pull(weighed).reshape(tau2.shape)


def _refine(panel: Panel, brackets: _Brackets, likelihood: Likelihood) -> Vector:
    """Return the tau² of the maximum in each bracket, one a column of the panel.

    Newton's method runs on A / B, which is a straight line in tau² when all
    variances are equal.
    """
    low, high = brackets.low, brackets.high
    now = np.where(low > 0, np.sqrt(low * high), high / 2)
    for step in range(MAX_STEPS):
        weighed = weigh(panel, now)
        push = column_dot(weighed.score, weighed.score)
        pull = likelihood.pull(weighed)
        slope = 2 * pull * cubic_form(weighed) - push * likelihood.pull_slope(weighed)
        up = push > pull
        low, high = np.where(up, now, low), np.where(up, high, now)
        with np.errstate(divide="ignore", invalid="ignore"):
            new = now + (push - pull) * push / slope
        inside = (new > low) & (new < high)
        if step >= PATIENCE and step % 2:
            inside[:] = False
        new = np.where(inside, new, (low + high) / 2)
        near = STEP * (new + panel.v[0])
        done = (np.abs(new - now) <= near) & inside
        done |= high - low <= 1e-15 * high
        done |= push == pull
        if done.all():
            return np.where(push == pull, now, new)
        now = new
    raise NotConverged(  # pragma: no cover
        "The maximum of the likelihood could not be refined.",
        remedy="report the data: this should not happen",
    )


def _total(weighed: Weighed) -> Vector:
    return weighed.total


def _sum_of_squares(weighed: Weighed) -> Vector:
    return column_dot(weighed.w, weighed.w)


FULL = Likelihood(restricted=False, pull=_total, pull_slope=_sum_of_squares)
RESTRICTED = Likelihood(restricted=True, pull=trace_p, pull_slope=trace_p_squared)
