"""Newton's method on likelihoods, from many points at once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from synthesist.errors import NotConverged
from synthesist.numerics.arrays import Mask, Matrix, Vector
from synthesist.pooling.rare_events.values import (
    MU,
    TAU,
    Likelihood,
    State,
    Values,
    evaluate,
)

#: The stubs of these functions lose the type of the numbers.
linalg: Any = np.linalg

#: Steps end when the likelihood would gain less: the last one was then a millionth of
#: a standard error, and its error is of the size of the square. A first look, whose
#: integrals are not exact, ends earlier.
GAIN, FIRST_GAIN = 1e-12, 1e-6

#: Where the likelihood is flat rounding keeps the promised gain above that. Once it is
#: below this and no longer falls by this factor, the point is as good as can be had.
SMALL, FALLING = 1e-7, 0.1

#: A last look needs so many times the nodes of a first one.
STRICTER = 1.5

#: No step is longer: far from its maximum the likelihood is nearly straight.
LONGEST = 3.0

#: A likelihood that falls by less than this share has not fallen but for the error of
#: its integrals, whose nodes move along.
ROUNDING = 1e-7

#: Eigenvalues of the information are raised to this share of the largest.
LEAST = 1e-10

#: What a step must keep of its promise, so that none leads back.
SHARE = 1e-2

MAX_STEPS, HALVINGS = 200, 40


class Climbed(NamedTuple):
    """Where climbs ended, and with how many nodes."""

    state: State
    values: Values
    nodes: int


def climb(
    likelihood: Likelihood,
    state: State,
    free: Mask,
    nodes: int,
    *,
    enough: float = GAIN,
) -> Climbed:
    """Return the maxima over the free parameters that lie uphill from some points.

    Parameters
    ----------
    likelihood : Likelihood
        What is maximised; nuisance parameters are always free.
    state : State
        Where each climb begins (t points).
    free : (p,) array of bool
        The parameters that move.
    nodes : int
        Nodes of the integrals, at least; where a climb comes to steep curves, it goes
        on with more.
    enough : float
        Steps that gain no more are the last.
    """
    nodes = max(nodes, _needed(likelihood, state, enough))
    values = evaluate(likelihood, state, nodes)
    before = np.full(len(state), np.inf)
    for _ in range(MAX_STEPS):
        step, gain = newton_step(values, _inside(likelihood, state, values, free))
        state, values = _advance(likelihood, state, values, (step, gain), nodes)
        stuck = (gain <= SMALL) & (gain >= FALLING * before)
        if ((gain <= enough) | stuck).all():
            return Climbed(state, values, nodes)
        before = gain
        needed = _needed(likelihood, state, enough)
        if needed > nodes:
            nodes = needed
            values = evaluate(likelihood, state, nodes)
    raise NotConverged(  # pragma: no cover
        "The maximum of the likelihood could not be reached.",
        remedy="report the data: this should not happen",
    )


def _needed(likelihood: Likelihood, state: State, enough: float) -> int:
    """Return the fewest nodes with which a climb can come to its end.

    The integrals' error must lie below what the last steps gain.
    """
    wanted = likelihood.nodes_for(state.beta)
    if enough >= FIRST_GAIN:
        return wanted
    steps = (n for n in likelihood.nodes if n >= STRICTER * wanted)
    return next(steps, likelihood.nodes[-1])


def _inside(likelihood: Likelihood, state: State, values: Values, free: Mask) -> Mask:
    """Return which parameters move at each point (t, p): none beyond its range."""
    ended = np.abs(state.beta) >= likelihood.most
    return free & ~(ended & (state.beta * values.gradient > 0))


def newton_step(values: Values, free: Mask) -> tuple[Matrix, Vector]:
    """Return uphill steps (t, p) and what they promise to gain (t,).

    `free` (t, p) or (p,) says which parameters move. Where the likelihood bends upward,
    the step goes uphill as if it bent downward.
    """
    gradient = np.where(free, values.gradient, 0.0)
    eigenvalues, vectors = np.linalg.eigh(_information(values, free))
    size = np.abs(eigenvalues)
    size = np.maximum(size, LEAST * size.max(axis=1, keepdims=True))
    along = np.einsum("tpq,tp->tq", vectors, gradient) / size
    step = np.where(free, np.einsum("tpq,tq->tp", vectors, along), 0.0)
    gain = 0.5 * np.einsum("tp,tp->t", gradient, step)
    return step, gain + values.inner_gain


def variance_of_mu(values: Values, free: Mask) -> Vector:
    """Return the variance of mu (t,) from the observed information."""
    return linalg.inv(_information(values, free))[:, MU, MU]


def _information(values: Values, free: Mask) -> Matrix:
    """Return the observed information (t, p, p), 1 for what does not move."""
    both = free[..., :, None] & free[..., None, :]
    return np.where(both, -values.hessian, np.eye(free.shape[-1]))


def _advance(
    likelihood: Likelihood,
    state: State,
    values: Values,
    promise: tuple[Matrix, Vector],
    nodes: int,
) -> tuple[State, Values]:
    """Take steps, shortened until each keeps a little of what it promised to gain."""
    step, gain = promise
    inner = values.inner_step + np.einsum("tkp,tp->tk", values.inner_slope, step)
    longest = np.abs(np.concatenate([step, inner], axis=1)).max(axis=1)
    room = LONGEST + np.abs(state.beta[:, TAU])
    length = np.minimum(1.0, room / np.maximum(longest, room))
    least = values.loglik - ROUNDING * (1 + np.abs(values.loglik))
    for _ in range(HALVINGS):
        beta = state.beta + length[:, None] * step
        moved = State(
            np.clip(beta, -likelihood.most, likelihood.most),
            state.inner + length[:, None] * inner,
        )
        found = evaluate(likelihood, moved, nodes)
        fallen = ~(found.loglik >= least + SHARE * length * gain)
        if not fallen.any():
            return moved, found
        length = np.where(fallen, 0.5 * length, length)
    raise NotConverged(  # pragma: no cover
        "No step raises the likelihood.",
        remedy="report the data: this should not happen",
    )
