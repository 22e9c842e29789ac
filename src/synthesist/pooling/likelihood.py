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
from synthesist.numerics.arrays import Indices, Mask, Matrix, Vector
from synthesist.numerics.roots import falling_root
from synthesist.pooling.moments import STEP, sample_variance
from synthesist.pooling.panel import PANEL_SIZE, Panel, Weighed, weigh
from synthesist.pooling.weights import (
    Slopes,
    full_slopes,
    restricted_slopes,
    square_form,
    trace_p,
)

#: After so many steps of Newton's method every second step halves the bracket.
PATIENCE = 12

#: Halving alone needs about 60 steps for all digits of a float.
MAX_STEPS = 200

#: A bracket of this relative width holds a handful of floats.
EPSILON = 1e-15


class Likelihood(NamedTuple):
    """The part in which the full and the restricted likelihood differ."""

    restricted: bool
    pull: Callable[[Weighed], Vector]
    """A, which draws tau² towards zero."""
    slopes: Callable[[Weighed], Slopes]


class _Brackets(NamedTuple):
    """Intervals of tau² with one maximum each, in order of the groups they belong to."""

    group: Indices
    low: Vector
    high: Vector
    guess: Vector


def log_likelihood(panel: Panel, tau2: Vector, *, restricted: bool) -> Vector:
    """Return the profile log-likelihood (g,) at `tau2`, with all its constants.

    The restricted one is that of ``k - 1`` orthonormal contrasts.
    """
    weighed = weigh(panel, tau2)
    logs = np.log(np.where(np.isinf(panel.v), 1.0, panel.v + tau2)).sum(axis=0)
    twice = logs + weighed.q
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


def profile_limits(
    panel: Panel, depth: float, likelihood: Likelihood
) -> tuple[Vector, Vector]:
    """Return the ends (g,) of the tau² whose log-likelihood is within `depth`.

    The outermost crossings are looked for between points at which no weight more
    than doubles, so that further maxima are not cut off.
    """
    best = _maximise(panel, likelihood)
    floor = log_likelihood(panel, best, restricted=likelihood.restricted) - depth
    least = panel.v[0]

    def outside(tau2: Vector) -> Mask:
        return log_likelihood(panel, tau2, restricted=likelihood.restricted) < floor

    def first_inside(
        start: Vector, onward: Callable[[Vector], Vector]
    ) -> tuple[Vector, Vector]:
        """Walk towards the maximum; return the last point outside, the next inside."""
        last = now = start
        for _ in range(MAX_STEPS):
            still: Mask = outside(now) & (now != best)
            if not still.any():
                break
            last = np.where(still, now, last)
            now = np.where(still, onward(now), now)
        return last, now

    high: Vector = np.maximum(_top(panel), best) + least
    for _ in range(MAX_STEPS):
        inside: Mask = ~outside(high)
        if not inside.any():
            break
        high = np.where(inside, 2 * high, high)
    last, now = first_inside(high, lambda t: np.maximum(best, (t - least) / 2))
    upper = _crossing(panel, now, last, floor, likelihood)
    zero = np.zeros(panel.groups)
    below = outside(zero)
    last, now = first_inside(zero, lambda t: np.minimum(best, 2 * t + least))
    if not below.any():
        return zero, upper
    return np.where(below, _crossing(panel, now, last, floor, likelihood), 0.0), upper


def _crossing(
    panel: Panel, inside: Vector, outside: Vector, floor: Vector, likelihood: Likelihood
) -> Vector:
    """Return where the log-likelihood crosses `floor` between two points."""
    sign = np.where(outside < inside, -1.0, 1.0)

    def height(place: Vector) -> tuple[Vector, Vector]:
        tau2 = np.maximum(0.0, sign * place)
        weighed = weigh(panel, tau2)
        found = log_likelihood(panel, tau2, restricted=likelihood.restricted)
        slope = 0.5 * (square_form(weighed) - likelihood.pull(weighed))
        return found - floor, sign * slope

    return np.abs(falling_root(height, sign * inside, sign * outside, rtol=1e-13))


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
    falls_at_zero: Mask,
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


def _all_brackets(panel: Panel, likelihood: Likelihood) -> tuple[_Brackets, Mask]:
    """Return an interval around every maximum above zero, and who falls at zero.

    The search goes down in ``v + tau2`` of the most precise study by halves, so
    that no weight more than doubles from one point to the next.
    """
    push_zero, pull_zero = square_form(panel.common), likelihood.pull(panel.common)
    falls_at_zero = push_zero <= pull_zero
    least, top = panel.v[0], _top(panel)
    group = np.flatnonzero(top > 0)
    current = panel if group.size == panel.groups else panel.take(group)
    upper, rising = (least + top)[group], np.zeros(group.size, dtype=bool)
    found: list[_Brackets] = []
    while group.size:
        chunk = max(1, PANEL_SIZE // current.y.size)
        deepest = int(np.ceil(np.log2((upper / least[group]).max())))
        halves = 0.5 ** np.arange(1, min(chunk, deepest) + 1)[:, None]
        tau2 = np.maximum(0.0, upper * halves - least[group])
        push, pull = _push_and_pull(current, tau2, likelihood)
        up = push > pull
        above = np.concatenate([rising[None], up[:-1]])
        certain = (push > pull_zero[group]) | (push_zero[group] < pull)
        end = certain | (tau2 == 0)
        # Points below the first certain one say nothing new.
        fresh = ~np.logical_or.accumulate(end, axis=0)
        fresh = np.concatenate([np.ones_like(end[:1]), fresh[:-1]])
        row, column = np.nonzero(up & ~above & fresh)
        found.append(_bracket(group, least, tau2, push / pull, row, column))
        going = np.flatnonzero(fresh[-1] & ~end[-1])
        if going.size < group.size:
            current = current.take(going)
        upper, rising = (upper * halves[-1])[going], up[-1, going]
        group = group[going]
    if not found:
        nothing = np.zeros(0)
        return _Brackets(group, nothing, nothing, nothing), falls_at_zero
    parts = [np.concatenate(part) for part in zip(*found, strict=True)]
    order = np.argsort(parts[0], kind="stable")
    return _Brackets(*(part[order] for part in parts)), falls_at_zero


def _bracket(
    group: Indices,
    least: Vector,
    tau2: Matrix,
    ratio: Matrix,
    row: Indices,
    column: Indices,
) -> _Brackets:
    """Return the brackets below which the likelihood rises, at some points of a scan.

    A / B is nearly a straight line, so it also tells where in the bracket it is 1.
    """
    group = group[column]
    low = tau2[row, column]
    high = 2 * low + least[group]
    below = 1 - 1 / ratio[row, column]
    above = np.where(row > 0, ratio[row - 1, column], 0.5)
    share = below / (below + 1 / np.maximum(above, 0.1) - 1)
    return _Brackets(group, low, high, low + share * (high - low))


def _top(panel: Panel) -> Vector:
    """Return a tau² (g,) from which on both likelihoods surely fall, at least 0.

    With the sample variance s² of the effects, B is at most
    ``(k - 1) s² / (least + tau2)**2`` and A at least ``(k - 1) / (most + tau2)``,
    where least and most are the extreme variances: all weights of the contrasts
    lie between theirs.
    """
    spread = sample_variance(panel)
    least, most = panel.v[0], np.maximum.reduce(panel.finite_v, axis=0)
    half = spread / 2 - least
    # least**2 - spread * most, in factors that do not cancel against half**2.
    root = np.sqrt(np.maximum(0.0, spread * (spread / 4 + most - least)))
    return np.maximum(0.0, half + root)


def _push_and_pull(
    panel: Panel, tau2: Matrix, likelihood: Likelihood
) -> tuple[Matrix, Matrix]:
    """Return B and A (n, g) at n points of each group."""
    if panel.groups == 1:
        weighed = weigh(panel, tau2[:, 0])
    else:
        weighed = weigh(panel.repeat(tau2.shape[0]), tau2.ravel())
    push, pull = square_form(weighed), likelihood.pull(weighed)
    return push.reshape(tau2.shape), pull.reshape(tau2.shape)


def _refine(panel: Panel, brackets: _Brackets, likelihood: Likelihood) -> Vector:
    """Return the tau² of the maximum in each bracket, one a column of the panel.

    Newton's method runs on A / B, which is a straight line in tau² when all
    variances are equal.
    """
    _, low, high, now = brackets
    root, place = now.copy(), np.arange(panel.groups)
    for step in range(MAX_STEPS):
        push, pull, push_slope, pull_slope = likelihood.slopes(weigh(panel, now))
        up = push > pull
        low, high = np.where(up, now, low), np.where(up, high, now)
        slope = 2 * pull * push_slope - push * pull_slope
        # A slope that is not above zero sends the step out of the bracket.
        new = now + (push - pull) * push / np.where(slope > 0, slope, np.nan)
        close = np.abs(new - now) <= STEP * (now + panel.v[0])
        astray = ~close & ((new <= low) | (new >= high) | np.isnan(new))
        if step >= PATIENCE and step % 2:
            astray = ~close
        new = np.where(astray, (low + high) / 2, new)
        close |= high - low <= EPSILON * high
        root[place] = new
        open_ = (~close).nonzero()[0]
        if not open_.size:
            return root
        if 2 * open_.size < close.size:
            place, panel, low, high = (
                place[open_],
                panel.take(open_),
                low[open_],
                high[open_],
            )
            new = new[open_]
        now = new
    raise NotConverged(  # pragma: no cover
        "The maximum of the likelihood could not be refined.",
        remedy="report the data: this should not happen",
    )


def _total(weighed: Weighed) -> Vector:
    return weighed.total


FULL = Likelihood(restricted=False, pull=_total, slopes=full_slopes)
RESTRICTED = Likelihood(restricted=True, pull=trace_p, slopes=restricted_slopes)
