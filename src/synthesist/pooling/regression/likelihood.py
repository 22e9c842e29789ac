"""Maximum likelihood with moderators, certain to be the global maximum.

As without moderators, the derivative of either log-likelihood is ``(B - A) / 2``
with ``B = y' P P y`` and A the trace of P or the sum of weights, and both fall as
tau² grows. So between two points a < b there is no maximum when ``B(b) > A(a)`` or
``B(a) < A(b)``. The search walks down by halves from a point above which the
likelihood surely falls, and every change of sign on the way is refined.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from synthesist.errors import NotConverged
from synthesist.numerics import linear
from synthesist.numerics.arrays import Indices, Vector
from synthesist.pooling.regression.contrasts import Contrasts, Solved

#: Newton's error after a step is about the square of the step.
STEP = 1e-8

#: After so many steps of Newton's method every second step halves the bracket.
PATIENCE = 12

#: Halving alone needs about 60 steps for all digits of a float.
MAX_STEPS = 200

#: A bracket of this relative width holds a handful of floats.
EPSILON = 1e-15


class Maxima(NamedTuple):
    """The highest maximum of each of b likelihoods, and how many there are (b,)."""

    tau2: Vector
    modes: Indices


class _Brackets(NamedTuple):
    """Intervals of tau² with a maximum each, and the set that each belongs to."""

    owner: Indices
    low: Vector
    high: Vector


def log_likelihood(solved: Solved, *, restricted: bool) -> Vector:
    """Return the log-likelihood (b,), the coefficients at their best.

    The restricted one is that of ``k - p`` orthonormal contrasts.
    """
    of = solved.of
    if restricted:
        unit = linear.log_determinant(np.eye(of.p) + of.C @ of.C.T)
        heights = solved.log_determinant() + unit - of.n * np.log(2 * np.pi)
    else:
        logs = np.log(solved.w1).sum(axis=1) + np.log(solved.w2).sum(axis=1)
        heights = logs - (of.n + of.p) * np.log(2 * np.pi)
    return 0.5 * (heights - solved.q)


def maximise(of: Contrasts, *, restricted: bool) -> Maxima:
    """Return the tau² of the highest maximum of every set, zero included.

    References
    ----------
    Raudenbush SW. In: Cooper H, Hedges LV, Valentine JC (eds). The Handbook of
    Research Synthesis and Meta-Analysis, 2nd ed. Russell Sage, 2009:295.
    """
    zero_push, zero_pull = sides(of.common, restricted=restricted)
    falls = zero_push <= zero_pull
    brackets = _search(of, zero_push, zero_pull, restricted=restricted)
    sets = len(of.e)
    modes = np.bincount(brackets.owner, minlength=sets) + falls
    tau2 = np.zeros(sets)
    if not brackets.owner.size:
        return Maxima(tau2, modes)
    found = _refine(of.take(brackets.owner), brackets, restricted=restricted)
    tau2[brackets.owner] = found
    several = np.flatnonzero(modes > 1)
    if several.size:
        contested = np.isin(brackets.owner, several)
        zero = several[falls[several]]
        owner = np.concatenate([zero, brackets.owner[contested]])
        value = np.concatenate([np.zeros(zero.size), found[contested]])
        height = log_likelihood(of.take(owner).at(value), restricted=restricted)
        # Ascending heights: the last write to a set is its highest maximum.
        for place in np.argsort(height, kind="stable").tolist():
            tau2[owner[place]] = value[place]
    return Maxima(tau2, modes)


def sides(solved: Solved, *, restricted: bool) -> tuple[Vector, Vector]:
    """Return B and A (b,)."""
    return solved.push, solved.trace if restricted else solved.weight


def _search(
    of: Contrasts, zero_push: Vector, zero_pull: Vector, *, restricted: bool
) -> _Brackets:
    """Return an interval around every maximum above zero.

    The search goes down in ``v + tau2`` of the most precise study by halves, so
    that no weight more than doubles from one point to the next.
    """
    top = _top(of)
    owner = np.flatnonzero(top > 0)
    current = of if owner.size == len(top) else of.take(owner)
    upper = (of.least + top)[owner]
    rising = np.zeros(owner.size, dtype=np.bool_)
    found: list[_Brackets] = []
    while owner.size:
        low = np.maximum(0.0, upper / 2 - of.least[owner])
        push, pull = sides(current.at(low), restricted=restricted)
        up = push > pull
        new = up & ~rising
        found.append(_Brackets(owner[new], low[new], (upper - of.least[owner])[new]))
        done = (push > zero_pull[owner]) | (zero_push[owner] < pull) | (low == 0)
        going = np.flatnonzero(~done)
        if going.size < owner.size:
            current = current.take(going)
        upper, rising, owner = upper[going] / 2, up[going], owner[going]
    if not found:
        nothing = np.zeros(0)
        return _Brackets(owner, nothing, nothing)
    return _Brackets(*(np.concatenate(part) for part in zip(*found, strict=True)))


def _top(of: Contrasts) -> Vector:
    """Return a tau² (b,) from which on both likelihoods surely fall, at least 0.

    With s² the mean square of the residuals of ordinary least squares, B is at most
    ``(k - p) s² / (least + tau2)**2`` and A at least ``(k - p) / (most + tau2)``.
    """
    spread = of.unweighted.q / of.n
    half = spread / 2 - of.least
    root = np.sqrt(np.maximum(0.0, spread * (spread / 4 + of.most - of.least)))
    return np.maximum(0.0, half + root)


def _refine(of: Contrasts, brackets: _Brackets, *, restricted: bool) -> Vector:
    """Return the tau² of the maximum in each bracket, one a set.

    Newton's method runs on A / B, which is a straight line in tau² when all
    variances are equal.
    """
    low, high = brackets.low, brackets.high
    now = 0.5 * (low + high)
    root, place = now.copy(), np.arange(now.size)
    for step in range(MAX_STEPS):
        solved = of.at(now)
        push, pull = sides(solved, restricted=restricted)
        falling = solved.trace_square if restricted else solved.weight_square
        up = push > pull
        low, high = np.where(up, now, low), np.where(up, high, now)
        slope = 2 * pull * solved.push_slope - push * falling
        # A slope that is not above zero sends the step out of the bracket.
        new = now + (push - pull) * push / np.where(slope > 0, slope, np.nan)
        close = np.abs(new - now) <= STEP * (now + of.least)
        astray = ~close & ((new <= low) | (new >= high) | np.isnan(new))
        if step >= PATIENCE and step % 2:
            astray = ~close
        new = np.where(astray, (low + high) / 2, new)
        close |= high - low <= EPSILON * high
        root[place] = new
        going = np.flatnonzero(~close)
        if not going.size:
            return root
        if going.size < close.size:
            place, of, low, high = place[going], of.take(going), low[going], high[going]
        now = new[going]
    raise NotConverged(  # pragma: no cover
        "The maximum of the likelihood could not be refined.",
        remedy="report the data: this should not happen",
    )
