"""The highest maximum of a likelihood over all tau, with as many nodes as it needs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from synthesist.errors import NotConverged, NotEstimable
from synthesist.numerics.arrays import Mask, Vector
from synthesist.pooling.rare_events.climb import FIRST_GAIN, climb, variance_of_mu
from synthesist.pooling.rare_events.values import (
    MU,
    TAU,
    Likelihood,
    State,
    Values,
    evaluate,
    joined,
)

#: Above this tau integrals need more nodes, and are scanned apart.
STEEP = 2.0

#: Agreement of two numbers of nodes, relative to the standard error and to tau.
AGREEMENT = 1e-8

#: A slope of the likelihood in tau that is not above this share of the information
#: is zero but for the error of a first look; at tau zero there is only rounding.
FLAT, ROUNDING = 1e-7, 1e-12

#: Maxima whose tau differ by less than this are one.
SAME = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """A maximum of a likelihood; `state` and `values` have one point.

    `free` (p,) says which parameters lie inside their range: all but tau where the
    maximum is at zero; `common` that tau was not looked for.
    """

    state: State
    values: Values
    free: Mask
    nodes: int
    common: bool = False

    @property
    def mu(self) -> float:
        """Return the effect."""
        return float(self.state.beta[0, MU])

    @property
    def tau(self) -> float:
        """Return the standard deviation of the effects between studies."""
        return float(self.state.beta[0, TAU])

    @property
    def loglik(self) -> float:
        """Return the log-likelihood with all its constants."""
        return float(self.values.loglik[0])

    @property
    def se(self) -> float:
        """Return the standard error of mu."""
        return float(np.sqrt(variance_of_mu(self.values, self.free)[0]))


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The highest maximum, and those that are lower."""

    best: Optimum
    others: tuple[Optimum, ...] = ()


def search(likelihood: Likelihood, *, common: bool = False) -> Found:
    """Return every maximum of a likelihood.

    Parameters
    ----------
    likelihood : Likelihood
        What is maximised.
    common : bool
        Whether tau stays zero.

    Raises
    ------
    NotEstimable
        If the likelihood has no maximum at a finite tau.
    """
    fixed = _all_but_tau(likelihood)
    if common:
        return Found(replace(_boundary(likelihood, fixed), common=True))
    taus, states, values = _scan(likelihood, fixed)
    flat = np.where(taus > 0, FLAT, ROUNDING) * values.share.sum(axis=1)
    slope = values.gradient[:, TAU]
    # At tau zero the slope is zero; what counts is the second derivative.
    slope[0] = values.hessian[0, TAU, TAU]
    rising = slope > flat
    found = [] if rising[0] else [_boundary(likelihood, fixed)]
    for i in np.flatnonzero(rising[:-1] & ~rising[1:]).tolist():
        higher = i + int(values.loglik[i + 1] > values.loglik[i])
        state = states.take(slice(higher, higher + 1))
        start = state.put(TAU, np.maximum(state.beta[:, TAU], 0.5 * taus[i + 1]))
        found.append(_with_enough_nodes(likelihood, start))
    found.sort(key=lambda one: -one.loglik)
    if rising[-1] and (not found or values.loglik[-1] >= found[0].loglik):
        raise NotEstimable(
            "The likelihood rises as tau² grows without end: nearly every study has "
            "only events or none.",
            remedy="report the counts, or pool them with a common effect",
        )
    distinct = [
        one
        for i, one in enumerate(found)
        if all(abs(one.tau - other.tau) > SAME * (1 + one.tau) for other in found[:i])
    ]
    return Found(distinct[0], tuple(distinct[1:]))


def _all_but_tau(likelihood: Likelihood) -> Mask:
    return np.arange(len(likelihood.names)) != TAU


def _scan(likelihood: Likelihood, free: Mask) -> tuple[Vector, State, Values]:
    """Return ascending tau from zero, and the maxima over all else there."""
    start = likelihood.start()
    nodes = likelihood.nodes_for(start.beta)
    at_start = evaluate(likelihood, start.put(TAU, np.zeros(len(start))), nodes)
    # A spread far below the best standard error cannot be told from zero.
    low = 0.1 / float(np.sqrt(at_start.share.max() + 1))
    factor, largest = likelihood.scan
    count = int(np.ceil(np.log(largest / low) / np.log(factor)))
    taus: Vector = np.append(0.0, np.geomspace(low, largest, count + 1))
    states, values = _best_at(likelihood, start, taus[taus <= STEEP], free)
    start = states.take(slice(-1, None))
    steep, steep_values = _best_at(likelihood, start, taus[taus > STEEP], free)
    return taus, joined((states, steep)), joined((values, steep_values))


def _best_at(
    likelihood: Likelihood, start: State, taus: Vector, free: Mask
) -> tuple[State, Values]:
    """Return the highest maxima at some tau, from all starts."""
    times, points = len(start), len(taus)
    several = start.take(np.repeat(np.arange(times), points))
    several = several.put(TAU, np.tile(taus, times))
    nodes = likelihood.nodes_for(several.beta)
    top = climb(likelihood, several, free, nodes, enough=FIRST_GAIN)
    best = top.values.loglik.reshape(times, points).argmax(axis=0)
    index = best * points + np.arange(points)
    return top.state.take(index), top.values.take(index)


def _boundary(likelihood: Likelihood, free: Mask) -> Optimum:
    """Return the maximum at tau zero."""
    start = likelihood.start()
    state, _ = _best_at(likelihood, start, np.zeros(1), free)
    return _refine(likelihood, state, free)


def _with_enough_nodes(likelihood: Likelihood, start: State) -> Optimum:
    """Return the maximum uphill from a point."""
    return _refine(likelihood, start, np.ones(len(likelihood.names), dtype=np.bool_))


def _refine(likelihood: Likelihood, state: State, free: Mask) -> Optimum:
    """Return the maximum with the fewest nodes that suffice."""
    before = None
    for nodes in likelihood.nodes:
        if before is not None and nodes <= before.nodes:
            continue
        top = climb(likelihood, state, free, nodes)
        state = _upright(top.state)
        found = Optimum(state, top.values, free, top.nodes)
        if before is not None and _agree(before, found):
            return found
        before = found
    if before is not None and before.nodes == likelihood.nodes[-1]:
        return before
    raise NotConverged(  # pragma: no cover
        "More nodes keep changing the integral.",
        remedy="report the data: this should not happen",
    )


def _upright(state: State) -> State:
    """Return the same point with tau above zero."""
    return state.put(TAU, np.abs(state.beta[:, TAU]))


def _agree(one: Optimum, two: Optimum) -> bool:
    """Say whether two numbers of nodes give the same answer."""
    return bool(
        max(abs(one.mu - two.mu), abs(one.se - two.se)) <= AGREEMENT * two.se
        and abs(one.tau - two.tau) <= AGREEMENT * max(two.tau, two.se)
    )
