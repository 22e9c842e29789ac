"""Profile likelihoods, and the intervals they imply."""

from __future__ import annotations

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.pooling.rare_events.climb import climb
from synthesist.pooling.rare_events.search import Optimum
from synthesist.pooling.rare_events.values import MU, TAU, Likelihood, State

#: Below and above.
SIDES = np.array([-1.0, 1.0])

#: A limit farther than this from the estimate counts as infinite: a ratio of three
#: millions, and standard deviations of logs at which nearly all is zero or infinite.
FARTHEST = {MU: 15.0, TAU: 12.0}

#: Climbs take as many nodes as they need.
FEWEST_NODES = 1

#: Accuracy of a limit, relative to its distance from the estimate.
ACCURACY = 1e-8

#: A second start of tau, in standard errors of mu: tau may leave zero as mu moves off.
AWAY = 1.0

#: Steps to a limit; halving alone needs no more.
MAX_STEPS = 100


class Profile:
    """The likelihood maximised over all parameters but one, (t,) points at a time.

    Climbs begin where those before them ended, so that neighbouring points cost
    little.
    """

    def __init__(self, likelihood: Likelihood, best: Optimum, parameter: int) -> None:
        names = np.arange(len(likelihood.names))
        self._likelihood = likelihood
        self._best = best
        self._parameter = parameter
        may_move = best.free | (names == TAU) if not best.common else best.free
        self._free = (names != parameter) & may_move
        self._state: State | None = None

    def at(self, values: Vector) -> tuple[Vector, Vector]:
        """Return log-likelihoods and their slopes (t,) in the parameter."""
        count, parameter = len(values), self._parameter
        start = self._state
        if start is None or len(start) % count:
            start = self._first(count)
        start = start.put(parameter, np.tile(values, len(start) // count))
        top = climb(self._likelihood, start, self._free, FEWEST_NODES)
        self._state, found = top.state, top.values
        height = found.loglik.reshape(-1, count)
        place = height.argmax(axis=0) * count + np.arange(count)
        return found.loglik[place], found.gradient[place, parameter]

    def _first(self, count: int) -> State:
        """Return one start a point, or two where tau may leave zero."""
        best = self._best
        if self._parameter == TAU or best.common:
            return best.state.take(np.zeros(count, dtype=np.intp))
        start = best.state.take(np.zeros(2 * count, dtype=np.intp))
        away = best.tau + AWAY * best.se
        return start.put(TAU, np.repeat([best.tau, away], count))


def interval(
    likelihood: Likelihood, best: Optimum, parameter: int, level: float
) -> tuple[float, float]:
    """Return where the likelihood ratio test would just reject, infinite if nowhere.

    Limits of tau are at least zero.
    """
    centre = float(best.state.beta[0, parameter])
    reach = normal_quantile(0.5 + level / 2)
    found = Profile(likelihood, best, parameter)
    low, room = np.zeros(2), np.full(2, FARTHEST[parameter])
    if parameter == TAU:
        room[0] = centre
    high = np.full(2, np.inf)
    distance = np.minimum(reach * best.se, room)
    inside = np.zeros(2, dtype=np.bool_)
    for _ in range(MAX_STEPS):
        loglik, slope = found.at(centre + SIDES * distance)
        root = np.sqrt(np.maximum(2 * (best.loglik - loglik), 0.0))
        inside = root < reach
        low = np.where(inside, distance, low)
        high = np.where(inside, high, distance)
        # The root of the deviance is nearly a straight line.
        rise = -SIDES * slope / np.where(root > 0, root, np.nan)
        new = distance + (reach - root) / np.where(rise > 0, rise, np.nan)
        halved = np.where(np.isinf(high), 2 * distance, 0.5 * (low + high))
        new = np.where((new > low) & (new < high) & (new < 4 * distance), new, halved)
        new = np.minimum(new, room)
        done = np.abs(new - distance) <= ACCURACY * distance
        distance = new
        if done.all():
            break
    limits = centre + SIDES * np.where(inside & (distance == room), np.inf, distance)
    lowest = max(0.0, limits[0]) if parameter == TAU else limits[0]
    return float(lowest), float(limits[1])
