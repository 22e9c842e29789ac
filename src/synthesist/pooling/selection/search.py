"""The maxima of a likelihood of selected effects, and the intervals around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from synthesist.errors import NotConverged
from synthesist.numerics import linear
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.distributions import chi2_quantile
from synthesist.numerics.maximise import Height, Maximum, climb, maximise
from synthesist.numerics.roots import falling_root_near
from synthesist.pooling.selection.likelihood import Likelihood
from synthesist.pooling.selection.weighting import Smooth

#: The quadrature is fine enough when halving its panels moves the likelihood less.
STEADY = 1e-10

#: Panels are halved no more often: they are then narrower than any weight function.
MOST_HALVINGS = 5

#: A limit is found to this share of a standard error.
CLOSE = 1e-9

#: A limit is looked for up to so many standard errors away.
FARTHEST = 1e3

#: Steps of Newton's method before the general climb takes over.
PATIENCE = 12


@dataclass(frozen=True)
class Found:
    """The maxima of a likelihood, highest first, with the likelihood itself.

    `covariance` is that of all parameters as they are read, NaN for those on a bound.
    """

    likelihood: Likelihood
    maxima: Sequence[Maximum]
    covariance: Matrix

    @property
    def best(self) -> Maximum:
        """The highest maximum."""
        return self.maxima[0]

    @property
    def edge(self) -> bool:
        """Say whether mean or tau² lie at the end of where they are looked for."""
        p, best = self.likelihood.p, self.best
        low, high = self.likelihood.bounds
        at, ends = best.at[: p + 1], np.stack([low[: p + 1], high[: p + 1]])
        ends[0, p] = -np.inf
        if self.likelihood.common:
            at, ends = at[:p], ends[:, :p]
        near = 1e-6 * (1 + np.abs(at))
        return bool((np.abs(at - ends) <= near).any())

    def natural(self, at: Vector | None = None) -> Vector:
        """Return all estimated parameters as they are read."""
        at = self.best.at if at is None else at
        p = self.likelihood.p
        found = at.copy()
        if self.likelihood.log:
            found[p + 1 :] = np.exp(at[p + 1 :])
        return found


def search(
    likelihood: Likelihood,
    beta: Vector,
    tau2: float,
    starts: Sequence[Sequence[float]],
) -> Found:
    """Climb from several starts, and see to it that integrals are fine enough.

    Parameters
    ----------
    likelihood : Likelihood
    beta, tau2
        The maximum without selection.
    starts : sequence of sequences
        Parameters of the selection function.
    """
    maxima = _maxima(likelihood, _starts(likelihood, beta, tau2, starts))
    while isinstance(likelihood.weighting, Smooth):
        finer = replace(
            likelihood,
            weighting=replace(
                likelihood.weighting, halvings=likelihood.weighting.halvings + 1
            ),
        )
        best = maxima[0]
        moved = abs(finer.value(best.at) - best.value)
        done = likelihood.weighting.halvings >= MOST_HALVINGS
        if moved <= STEADY * (1 + abs(best.value)) or done:
            break
        likelihood = finer
        maxima = _maxima(likelihood, [maximum.at for maximum in maxima])
    return Found(likelihood, maxima, _covariance(likelihood, maxima[0]))


def _maxima(likelihood: Likelihood, starts: Sequence[Vector]) -> list[Maximum]:
    low, high = likelihood.bounds
    # On the way a step may be so long that it overflows; it is then made shorter.
    with np.errstate(all="ignore"):
        return maximise(likelihood.height, starts, low, high)


def _starts(
    likelihood: Likelihood, beta: Vector, tau2: float, starts: Sequence[Sequence[float]]
) -> list[Vector]:
    """Return starts: mild and strong selection, with little and much heterogeneity."""
    d = int(likelihood.free.sum())
    typical = float(np.median(likelihood.v))
    if not d:
        return [np.append(beta, x) for x in (tau2, tau2 + typical, 0.1 * tau2)]
    found: list[Vector] = []
    for i, given in enumerate(starts):
        own = np.resize(np.asarray(given, dtype=np.float64), d)
        own = np.log(own) if likelihood.log else own
        spread = (tau2 + 0.1 * typical, tau2 + typical, 0.1 * tau2)[i % 3]
        found.append(np.concatenate([beta, [spread], own]))
    return found


def _covariance(likelihood: Likelihood, best: Maximum) -> Matrix:
    """Return the covariance of all parameters as they are read."""
    exact = likelihood.exact(best.at).curvature
    scale = likelihood.scale(best.at)
    information = exact / np.outer(scale, scale)
    information[~best.free] = 0.0
    information[:, ~best.free] = 0.0
    return replace(best, information=information).covariance()


class Profile:
    """The likelihood of one parameter, the others at their best."""

    def __init__(self, found: Found, place: int) -> None:
        self.likelihood, self.place = found.likelihood, place
        self.top = found.best
        low, high = self.likelihood.bounds
        self.low, self.high = low, high
        self.known: list[tuple[float, Vector]] = [
            (float(self.top.at[place]), self.top.at)
        ]

    def at(self, value: float) -> Height:
        """Return the height of the profile at a value, with the gradient there."""
        low, high = self.low.copy(), self.high.copy()
        low[self.place] = high[self.place] = value
        start = self._guess(value)
        start[self.place] = value
        start = np.clip(start, low, high)
        found = self._newton(start, low, high)
        if found is None:
            with np.errstate(all="ignore"):
                best = climb(self.likelihood.height, start, low, high)
            found = best.at, self.likelihood.height(best.at)
        self.known.append((value, found[0]))
        return found[1]

    def _guess(self, value: float) -> Vector:
        """Return where the other parameters lead, on the line of the nearest two."""
        near = sorted(self.known, key=lambda pair: abs(pair[0] - value))[:2]
        if len(near) < 2 or near[0][0] == near[1][0]:
            return self._tangent(value)
        (a, first), (b, second) = near
        share = float(np.clip((value - a) / (a - b), -1, 1))
        return first + share * (first - second)

    def _tangent(self, value: float) -> Vector:
        """Return where the others move from the top, by their curvature."""
        found = self.top.at.copy()
        rest = self.top.free.copy()
        rest[self.place] = False
        place = np.flatnonzero(rest)
        if place.size:
            inner = self.top.information[np.ix_(place, place)]
            cross = self.top.information[place, self.place]
            try:
                slope = -linear.solve(inner, cross)
            except np.linalg.LinAlgError:
                slope = np.zeros(place.size)
            found[place] += slope * (value - found[self.place])
        return found

    def _newton(
        self, at: Vector, low: Vector, high: Vector
    ) -> tuple[Vector, Height] | None:
        """Climb by Newton's method with the observed information, None if it fails."""
        here = self.likelihood.exact(at)
        for _ in range(PATIENCE):
            pressed = ((at <= low) & (here.gradient <= 0)) | (
                (at >= high) & (here.gradient >= 0)
            )
            place = np.flatnonzero(~pressed)
            if not place.size:
                return at, here
            inner = here.curvature[np.ix_(place, place)]
            gradient = here.gradient[place]
            scale = np.sqrt(np.maximum(np.diagonal(inner), 1e-300))
            with np.errstate(all="ignore"):
                unit = inner / np.outer(scale, scale)
            if not np.isfinite(unit).all() or linear.eigen(unit)[0][0] < 1e-8:
                return None
            step = linear.solve(inner, gradient)
            new = at.copy()
            new[place] += step
            new = np.clip(new, low, high)
            length = float(gradient @ step)
            there = self.likelihood.exact(new)
            if not there.value >= here.value - 1e-9 * (1 + abs(here.value)):
                return None
            at, here = new, there
            # What is left is about the square of this step.
            if length <= CLOSE:
                return at, here
        return None


def profile_interval(
    found: Found, place: int, se: float, level: float
) -> tuple[float, float]:
    """Return where the likelihood ratio test of one parameter would just reject.

    A limit that is not reached is the parameter's bound, or infinite.
    """
    drop = 0.5 * float(chi2_quantile(level, np.array([1.0]))[0])
    profile = Profile(found, place)
    return tuple(_limit(profile, side, se, drop) for side in (-1, 1))  # pyright: ignore[reportReturnType]


def _limit(profile: Profile, side: int, se: float, drop: float) -> float:
    """Return where the profile has fallen by `drop` on one side."""
    place, top = profile.place, profile.top
    begin = float(top.at[place])
    bound = float(profile.high[place] if side > 0 else profile.low[place])
    room = side * (bound - begin)
    p = profile.likelihood.p
    # Where mean and tau² are no longer looked for is no bound of theirs.
    beyond = side * np.inf if place < p or (place == p and side > 0) else bound
    if room <= 0:
        return beyond

    def above(distance: float) -> tuple[float, float]:
        height = profile.at(begin + side * distance)
        slope = side * float(height.gradient[place])
        # The root of the deviance is nearly a straight line.
        deviance = max(2 * (top.value - height.value), 0.0)
        root = float(np.sqrt(deviance))
        value = float(np.sqrt(2 * drop)) - root
        return value, slope / root if root > 0 else -1 / max(se, 1e-300)

    near, far = 0.0, min(2 * se, room)
    while True:
        try:
            value, _ = above(far)
        except NotConverged:
            return side * np.inf
        if value <= 0:
            break
        near = far
        if far >= room:
            return beyond
        if far > FARTHEST * se:
            return side * np.inf
        far = min(2.5 * far, room)
    distance = falling_root_near(
        above,
        near + 0.6 * (far - near) if near else 0.95 * far,
        low=near,
        high=far,
        tolerance=lambda _at, _slope: CLOSE * max(se, far),
    )
    return begin + side * distance
