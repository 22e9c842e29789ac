"""Maxima of likelihoods in a few bounded parameters, from several starts.

Steps are Newton's with whatever curvature the likelihood offers, damped until it
rises; near the top the curvature is measured from differences of the gradient, so
that the last steps are Newton's own and all digits of a float are reached. A maximum
may lie on a bound: parameters there are left out while their gradient points outward.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from synthesist.errors import NotConverged
from synthesist.numerics import linear
from synthesist.numerics.arrays import Mask, Matrix, Vector

#: A step this short, in standard errors, is the last: Newton's error after it is
#: about its square, and what it gains is less than a likelihood's rounding.
CLOSE = 3e-7

#: From here on the measured curvature is used.
NEAR = 1e-2

#: Differences of the gradient are taken this far apart, in standard errors.
APART = 1e-4

#: Relative rounding of a log-likelihood, which may fall by so much without falling.
ROUNDING = 1e-12

#: On the way up, a known maximum this near, in standard errors, is where it leads.
AROUND = 0.2

#: Maxima closer than this, in standard errors, are one.
SAME = 1e-2

#: Less curvature than this, parameters being scaled to have 1 each, is none.
FLAT = 1e-7

#: After so many steps the curvature that the likelihood offers is not trusted.
PATIENCE = 40

#: A saddle that rises by nothing after so many halvings of the way is a top.
HALVINGS = 30

#: After so many steps that gained less than this share of the likelihood, it is looked
#: at around the point, so far away.
LOOK, STALLED = 50, 1e-9
AROUND_HERE = (1.0, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4)

MAX_STEPS = 300


class Height(NamedTuple):
    """A log-likelihood at a point, its gradient (r,), and a curvature (r, r).

    The curvature is that of the likelihood with its sign changed, exact or expected,
    and has no negative eigenvalue.
    """

    value: float
    gradient: Vector
    curvature: Matrix


@dataclass(frozen=True, slots=True)
class Maximum:
    """A local maximum.

    Attributes
    ----------
    at : (r,) array
    value : float
    information : (r, r) array
        The curvature measured near the top, with zeros for parameters on a bound.
    free : (r,) array of bool
        Parameters that are not on a bound.
    """

    at: Vector
    value: float
    information: Matrix
    free: Mask

    @property
    def flat(self) -> bool:
        """Say whether the likelihood hardly depends on a combination of parameters."""
        place = np.flatnonzero(self.free)
        if not place.size:
            return False
        inner = self.information[np.ix_(place, place)]
        scale = np.sqrt(np.maximum(np.diagonal(inner), 1e-300))
        return bool(np.linalg.eigvalsh(inner / np.outer(scale, scale))[0] < FLAT)

    def covariance(self) -> Matrix:
        """Return the covariance of free parameters (r, r), NaN for the others.

        It is NaN for all where the likelihood is flat.
        """
        found = np.full(self.information.shape, np.nan)
        place = np.flatnonzero(self.free)
        if place.size and not self.flat:
            inner = self.information[np.ix_(place, place)]
            found[np.ix_(place, place)] = linear.inverse(inner)
        return found


Likelihood = Callable[[Vector], Height]


def maximise(
    function: Likelihood, starts: Sequence[Vector], low: Vector, high: Vector
) -> list[Maximum]:
    """Return the different maxima that are reached from some starts, highest first.

    Raises
    ------
    NotConverged
        If none is reached.
    """
    found: list[Maximum] = []
    for start in starts:
        try:
            new = climb(function, start, low, high, known=found)
        except (NotConverged, np.linalg.LinAlgError):
            continue
        if not any(_same(new, old) for old in found):
            found.append(new)
    if not found:
        raise NotConverged(
            "No maximum of the likelihood was found.",
            remedy="report the data: this should not happen",
        )
    return sorted(found, key=lambda maximum: -maximum.value)


def climb(
    function: Likelihood,
    start: Vector,
    low: Vector,
    high: Vector,
    *,
    known: Sequence[Maximum] = (),
) -> Maximum:
    """Return the maximum that is reached from a start, or a known one on the way.

    Raises
    ------
    NotConverged
        If none is reached.
    """
    climber = _Climber(function, np.clip(start, low, high), low, high)
    before = climber.here.value
    for step in range(1, MAX_STEPS + 1):
        top = climber.advance()
        if top is not None:
            return top
        for maximum in known:
            if climber.is_near(maximum):
                return maximum
        if step % LOOK == 0:
            now = climber.here.value
            if now - before <= STALLED * (1 + abs(now)) and not climber.look_around():
                return climber.top()
            before = climber.here.value
    raise _never()


class _Climber:
    """A point on the likelihood, and what is known of the way up from there."""

    def __init__(
        self, function: Likelihood, at: Vector, low: Vector, high: Vector
    ) -> None:
        self.function, self.low, self.high = function, low, high
        self.at, self.here = at, function(at)
        self.damping, self.softest, self.steps = 0.0, 1.0, 0
        self.measured: Matrix | None = None
        self.free = np.zeros(len(at), dtype=np.bool_)

    def advance(self) -> Maximum | None:
        """Take a step, and return the maximum once it is reached."""
        free = _free(self.at, self.here.gradient, self.low, self.high)
        if (free != self.free).any():
            self.free, self.measured = free, None
        if not free.any():
            return self.top()
        self.steps += 1
        if self.measured is not None:
            curvature = self.measured
        elif self.steps > PATIENCE:
            curvature = _positive(self.measure())
        else:
            curvature = self.here.curvature
        step, length, self.softest = _step(
            self.here.gradient, curvature, free, self.damping
        )
        if self.measured is not None and length <= CLOSE:
            self.at = np.clip(self.at + step, self.low, self.high)
            return self.top()
        if self.measured is None and length <= NEAR:
            self.damping = 0.0
            self.measured = self.measure()
            rise = _rise(self.measured, free)
            if rise is None:
                return None
            # A saddle: the gradient says nothing of the way up, the curvature does.
            return self.leave(rise if self.here.gradient @ rise >= 0 else -rise)
        return self.move(step, length)

    def leave(self, rise: Vector) -> Maximum | None:
        """Leave a saddle as far as the likelihood rises, if it does at all."""
        least = self.here.value + ROUNDING * (1 + abs(self.here.value))
        for halvings in range(HALVINGS):
            for step in (rise, -rise):
                new = np.clip(self.at + 0.5**halvings * step, self.low, self.high)
                there = self.function(new)
                if np.isfinite(there.value) and there.value > least:
                    self.at, self.here, self.measured = new, there, None
                    return None
        return self.top()

    def is_near(self, maximum: Maximum) -> bool:
        """Say whether this point lies on the very top of a known maximum."""
        gap = self.at - maximum.at
        if (
            np.abs(gap[~maximum.free]) > 1e-9 * (1 + np.abs(self.at[~maximum.free]))
        ).any():
            return False
        return bool(gap @ maximum.information @ gap <= AROUND**2)

    def move(self, step: Vector, length: float) -> Maximum | None:
        """Go where the likelihood is not lower, or make the next step shorter."""
        new = np.clip(self.at + step, self.low, self.high)
        there = self.function(new)
        slack = ROUNDING * (1 + abs(self.here.value))
        if np.isfinite(there.value) and there.value >= self.here.value - slack:
            stays = bool((new == self.at).all())
            self.at, self.here = new, there
            self.damping = self.damping / 10 if self.damping > self.softest else 0.0
            if length > NEAR:
                self.measured = None
            return self.top() if stays else None
        self.damping = max(self.softest, self.damping * 8)
        if self.damping < 1e12:
            return None
        if length > NEAR:
            raise _never()
        return self.top()

    def look_around(self) -> bool:
        """Go where the likelihood is clearly higher along one parameter, if anywhere.

        Where it ends steeply at a bound, as for correlations of 1, the gradient
        changes too fast for steps to follow it; then the likelihood itself decides.
        """
        least = self.here.value + STALLED * (1 + abs(self.here.value))
        for i in np.flatnonzero(self.low < self.high).tolist():
            for size in AROUND_HERE:
                for way in (size, -size):
                    new = self.at.copy()
                    new[i] = np.clip(new[i] + way, self.low[i], self.high[i])
                    there = self.function(new)
                    if np.isfinite(there.value) and there.value > least:
                        self.at, self.here, self.measured = new, there, None
                        self.damping = 0.0
                        return True
        return False

    def measure(self) -> Matrix:
        """Return the curvature here."""
        return information(
            self.function, self.at, self.free, self.here.curvature, self.low, self.high
        )

    def top(self) -> Maximum:
        """Return this point as a maximum."""
        found = self.measure() if self.measured is None else self.measured
        return Maximum(self.at, self.here.value, found, self.free)


def _never() -> NotConverged:
    return NotConverged(
        "The likelihood could not be climbed to its top.",
        remedy="report the data: this should not happen",
    )


def sharpened(
    function: Likelihood, maximum: Maximum, low: Vector, high: Vector
) -> Maximum:
    """Return a maximum with its curvature measured right at the top."""
    return replace(
        maximum,
        information=information(
            function, maximum.at, maximum.free, maximum.information, low, high
        ),
    )


def information(
    function: Likelihood,
    at: Vector,
    free: Mask,
    curvature: Matrix,
    low: Vector,
    high: Vector,
) -> Matrix:
    """Return the curvature (r, r) of free parameters from differences of the gradient."""
    r = len(at)
    found = np.zeros((r, r))
    for i in np.flatnonzero(free).tolist():
        size = APART / np.sqrt(max(float(curvature[i, i]), 1e-300))
        size = min(size, 0.1 * max(abs(at[i]), 1e-3))
        up, down = at.copy(), at.copy()
        up[i], down[i] = min(at[i] + size, high[i]), max(at[i] - size, low[i])
        width = up[i] - down[i]
        found[i] = (function(down).gradient - function(up).gradient) / width
    found = (found + found.T) / 2
    found[~free] = 0.0
    found[:, ~free] = 0.0
    return found


def _free(at: Vector, gradient: Vector, low: Vector, high: Vector) -> Mask:
    """Return which parameters may move: not those pressed against a bound."""
    return ~(((at <= low) & (gradient <= 0)) | ((at >= high) & (gradient >= 0)))


def _step(
    gradient: Vector, curvature: Matrix, free: Mask, damping: float
) -> tuple[Vector, float, float]:
    """Return a step, its undamped length in standard errors, and the least curvature.

    The curvature is that of parameters scaled so that each has 1 of its own.
    """
    place = np.flatnonzero(free)
    inner = curvature[np.ix_(place, place)]
    scale = np.sqrt(np.maximum(np.diagonal(inner), 1e-300))
    unit = inner / np.outer(scale, scale)
    pull = gradient[place] / scale
    values, vectors = linear.eigen(unit)
    # A direction that the likelihood hardly depends on must not carry the step away.
    values = np.maximum(values, 1e-10)
    along = vectors.T @ pull
    step = np.zeros(len(gradient))
    step[place] = vectors @ (along / (values + damping)) / scale
    return step, float(np.sqrt(np.sum(along * along / values))), float(values[0])


def _positive(curvature: Matrix) -> Matrix:
    """Return a curvature with the signs of its eigenvalues made positive."""
    values, vectors = linear.eigen(curvature)
    return (vectors * np.abs(values)) @ vectors.T


def _rise(curvature: Matrix, free: Mask) -> Vector | None:
    """Return a direction in which a saddle rises, None at a maximum."""
    place = np.flatnonzero(free)
    inner = curvature[np.ix_(place, place)]
    scale = np.sqrt(np.maximum(np.abs(np.diagonal(inner)), 1e-300))
    values, vectors = linear.eigen(inner / np.outer(scale, scale))
    if values[0] > -1e-6:
        return None
    step = np.zeros(len(free))
    step[place] = vectors[:, 0] / scale
    return step


def _same(new: Maximum, old: Maximum) -> bool:
    """Say whether two maxima are one, reached from two sides."""
    if abs(new.value - old.value) > 1e-6 * (1 + abs(old.value)):
        return False
    gap = new.at - old.at
    near = gap @ old.information @ gap <= SAME**2
    still = np.abs(gap[~old.free]) <= 1e-6 * (1 + np.abs(old.at[~old.free]))
    return bool(near and still.all())
