"""Intervals of variance components by profile likelihood."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from synthesist.errors import InvalidInput, NotConverged
from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import chi2_quantile
from synthesist.numerics.maximise import maximise
from synthesist.numerics.results import Interval
from synthesist.numerics.roots import falling_root_near
from synthesist.pooling.dependent.components import Component
from synthesist.pooling.dependent.estimate import Estimated, posed
from synthesist.pooling.dependent.likelihood import Problem
from synthesist.pooling.dependent.structures import LEAST_SD, Kind
from synthesist.pooling.dependent.terms import Term

if TYPE_CHECKING:
    from synthesist.pooling.dependent.fit import DependentFit

#: A limit is found to this share of itself.
CLOSE = 1e-9

#: Points of a profile that is drawn, how far beyond the limits it goes, and how far a
#: variance without an upper limit is drawn, in multiples of it.
POINTS, MARGIN, FAR = 61, 0.15, 20.0

#: The likelihood is followed up to this many times the spread of the effects.
FARTHEST = 1e6


class Place(NamedTuple):
    """Where a component stands: its problem, the highest point, its index and kind."""

    problem: Problem
    top: Vector
    number: int
    kind: Kind

    def limits(self, height: float, level: float) -> tuple[float, float]:
        """Return its limits in the units in which it is reported."""
        low, high = profile_limits(self.problem, self.top, height, self.number, level)
        if self.kind == "sd":
            low, high = _square(low), high * high
        return (low * self.unit, high * self.unit)

    @property
    def unit(self) -> float:
        """What its value, squared where it is a deviation, is multiplied with."""
        return self.problem.scale**2 if self.kind in {"variance", "sd"} else 1.0

    def inner(self, value: float) -> float:
        """Return the parameter for a value as it is reported."""
        value /= self.unit
        return max(LEAST_SD, float(np.sqrt(value))) if self.kind == "sd" else value


def with_intervals(fit: DependentFit) -> DependentFit:
    """Return the fit with an interval for every component."""
    top = fit.estimated.best.value
    found: list[Component] = []
    for i, component in enumerate(fit.components):
        low, high = place_of(fit.estimated, i).limits(top, fit.level)
        interval = Interval(lower=low, upper=high, level=fit.level)
        found.append(replace(component, interval=interval))
    return replace(fit, components=tuple(found))


def place_of(estimated: Estimated, i: int) -> Place:
    """Return where the component of a number stands."""
    term, parameter = [
        (term, parameter)
        for term in estimated.model.terms
        for parameter in term.shape.parameters
    ][i]
    if parameter.partial and parameter.levels != (0, 1):
        return Place(*_first_two(estimated, term, parameter.levels), parameter.kind)
    return Place(estimated.problem, estimated.best.at, i, parameter.kind)


def curve(
    fit: DependentFit, component: Component, points: Vector | None
) -> tuple[Vector, Vector]:
    """Return values of a component, and the log-likelihood with the others at their best.

    Raises
    ------
    InvalidInput
        If a value is none that the component can have.
    """
    place = place_of(fit.estimated, _number(fit, component))
    bound = np.array(
        [place.problem.low[place.number], place.problem.high[place.number]]
    )
    least, most = (bound if place.kind != "sd" else bound * bound) * place.unit
    if place.kind in {"variance", "sd"}:
        least = 0.0
    if points is None:
        low, high = limits_of(fit, component)
        high = high if np.isfinite(high) else FAR * max(component.value, place.unit)
        reach = MARGIN * (high - low)
        ends = max(least, low - reach), min(most, high + reach)
        share: Vector = np.arange(POINTS) / (POINTS - 1)
        evenly = ends[0] + (ends[1] - ends[0]) * share
        at = np.sort(np.append(evenly, component.value))
    else:
        at = np.asarray(points, dtype=np.float64)
    if not ((at >= least) & (at <= most)).all():
        raise InvalidInput(
            f"The {component.name} lies between {least:.3g} and {most:.3g}.",
            remedy="choose points within",
        )
    profile = _Profile(place.problem, place.top, place.number, 0.0)
    # From the top outward, so that every point starts beside one that is known.
    heights = np.empty(len(at))
    for i in np.argsort(np.abs(at - component.value), kind="stable").tolist():
        heights[i], _ = profile.above(place.inner(float(at[i])))
    # The problem is in units of the effects' spread.
    return at, heights + fit.log_likelihood - fit.estimated.best.value


def limits_of(fit: DependentFit, component: Component) -> tuple[float, float]:
    """Return the interval of a component, computed where it has none."""
    if component.interval is not None:
        return component.interval.lower, component.interval.upper
    place = place_of(fit.estimated, _number(fit, component))
    return place.limits(fit.estimated.best.value, fit.level)


def _number(fit: DependentFit, component: Component) -> int:
    return [one.name for one in fit.components].index(component.name)


def _square(low: float) -> float:
    """Return the variance of a standard deviation, the smallest of which is zero."""
    return low * low if low > 2 * LEAST_SD else 0.0


def profile_limits(
    problem: Problem, at: Vector, top: float, place: int, level: float
) -> tuple[float, float]:
    """Return the limits of one parameter, in units of the problem.

    A limit that is not reached is the parameter's bound; an upper limit of a variance
    that is not reached is infinite.
    """
    drop = 0.5 * float(chi2_quantile(level, np.array([1.0]))[0])
    profile = _Profile(problem, at, place, top - drop)
    return profile.limit(-1), profile.limit(1)


class _Profile:
    """The likelihood of one parameter, the others at their best.

    These are looked for from two sides, because the likelihood with one parameter
    held may have several maxima: from where they are at the top, and from where they
    were at the nearest value so far.
    """

    def __init__(self, problem: Problem, at: Vector, place: int, cut: float) -> None:
        self.problem, self.place, self.cut = problem, place, cut
        self.known: list[Vector] = [at]
        self.low, self.high = float(problem.low[place]), float(problem.high[place])
        if problem.parameters[place].kind in {"variance", "sd"}:
            self.high = min(self.high, FARTHEST)

    @property
    def top(self) -> Vector:
        """The parameters at the top of the likelihood."""
        return self.known[0]

    def above(self, value: float) -> tuple[float, float]:
        """Return how far the profile lies above the cut, and its slope."""
        low, high = self.problem.low.copy(), self.problem.high.copy()
        low[self.place] = high[self.place] = value
        nearest = min(self.known, key=lambda at: abs(at[self.place] - value))
        best = maximise(self.problem.height, [nearest, self.top], low, high)[0]
        self.known.append(best.at)
        slope = self.problem.height(best.at).gradient[self.place]
        return best.value - self.cut, float(slope)

    def limit(self, side: int) -> float:
        """Return where the profile falls to the cut on one side of its top."""
        begin = float(self.top[self.place])
        bound = self.high if side > 0 else self.low
        if side * (bound - begin) <= 0:
            return begin
        far = self._beyond(begin, bound, side)
        if far is None:
            variance = self.problem.parameters[self.place].kind in {"variance", "sd"}
            return np.inf if side > 0 and variance else bound

        def falling(x: float) -> tuple[float, float]:
            value, slope = self.above(side * x)
            return value, side * slope

        low, high = sorted((side * begin, side * far))
        found = falling_root_near(
            falling,
            0.5 * (low + high),
            tolerance=lambda now, _: CLOSE * max(abs(now), 1e-6),
            low=low,
            high=high,
        )
        return side * found

    def _beyond(self, begin: float, bound: float, side: int) -> float | None:
        """Return a point at which the profile lies below the cut, None if there is none."""
        room = abs(bound - begin)
        step = min(room, max(0.5 * abs(begin), 0.05))
        while True:
            point = begin + side * step
            try:
                value, _ = self.above(point)
            except NotConverged:  # pragma: no cover
                value = -np.inf
            if value < 0:
                return point
            if step >= room:
                return None
            step = min(room, 3 * step)


def _first_two(
    estimated: Estimated, term: Term, levels: tuple[int, ...]
) -> tuple[Problem, Vector, int]:
    """Return the problem with two inner levels first: their correlation is a parameter.

    The likelihood is the same; the parameters are found again from the covariance.
    """
    model = estimated.model
    m = term.shape.size
    order = [*levels, *(i for i in range(m) if i not in levels)]
    new_place = np.empty(m, dtype=np.intp)
    new_place[order] = np.arange(m)
    turned = replace(
        term,
        inner=new_place[term.inner],
        levels=tuple(term.levels[i] for i in order),
    )
    t = [other is term for other in model.terms].index(True)
    terms = tuple(turned if i == t else other for i, other in enumerate(model.terms))
    problem = posed(
        replace(model, terms=terms), restricted=estimated.problem.restricted
    )
    parts = estimated.problem.split(estimated.best.at)
    matrix = term.shape.matrix(parts[t]).matrix[np.ix_(order, order)]
    parts[t] = parameters_of(matrix)
    before = sum(len(other.shape.parameters) for other in model.terms[:t])
    return problem, np.concatenate(parts), before + m


def parameters_of(matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Vector:
    """Return standard deviations and partial correlations of a covariance matrix."""
    sd = np.sqrt(np.diagonal(matrix))
    safe = np.where(sd > 0, sd, 1.0)
    unit = matrix / np.outer(safe, safe)
    np.fill_diagonal(unit, 1.0)
    m = len(sd)
    partial: list[float] = []
    root = np.zeros((m, m))
    root[0, 0] = 1.0
    for i in range(1, m):
        left = 1.0
        for j in range(i):
            value = unit[i, j] - float(root[i, :j] @ root[j, :j])
            root[i, j] = value / root[j, j] if root[j, j] > 1e-9 else 0.0
            share = root[i, j] / left if left > 1e-9 else 0.0
            partial.append(float(np.clip(share, -1, 1)))
            left *= float(np.sqrt(max(0.0, 1 - partial[-1] ** 2)))
        root[i, i] = left
    return np.concatenate([sd, partial])
