"""Newton's method on likelihoods, from many points at once."""

from __future__ import annotations

from typing import Any

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

#: No step is longer: far from its maximum the likelihood is nearly straight.
LONGEST = 3.0

#: A likelihood that falls by less than this share has not fallen but for the error of
#: its integrals, whose nodes move along.
ROUNDING = 1e-7

#: Eigenvalues of the information are raised to this share of the largest.
LEAST = 1e-10

MAX_STEPS, HALVINGS = 200, 40


def climb(
    likelihood: Likelihood,
    state: State,
    free: Mask,
    nodes: int,
    *,
    enough: float = GAIN,
) -> tuple[State, Values]:
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
        Nodes of the integrals.
    enough : float
        Steps that gain no more are the last.
    """
    values = evaluate(likelihood, state, nodes)
    before = np.full(len(state), np.inf)
    for _ in range(MAX_STEPS):
        step, gain = newton_step(values, free)
        state, values = _advance(likelihood, state, values, step, nodes)
        stuck = (gain <= SMALL) & (gain >= FALLING * before)
        if ((gain <= enough) | stuck).all():
            return state, values
        before = gain
    raise NotConverged(  # pragma: no cover
        "The maximum of the likelihood could not be reached.",
        remedy="report the data: this should not happen",
    )


def newton_step(values: Values, free: Mask) -> tuple[Matrix, Vector]:
    """Return uphill steps (t, p) and what they promise to gain (t,).

    Where the likelihood bends upward, the step goes uphill as if it bent downward.
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
    return np.where(free[:, None] & free, -values.hessian, np.eye(len(free)))


def _advance(
    likelihood: Likelihood, state: State, values: Values, step: Matrix, nodes: int
) -> tuple[State, Values]:
    """Take steps, shortened until no likelihood falls."""
    inner = values.inner_step + np.einsum("tkp,tp->tk", values.inner_slope, step)
    longest = np.abs(np.concatenate([step, inner], axis=1)).max(axis=1)
    room = LONGEST + np.abs(state.beta[:, TAU])
    length = np.minimum(1.0, room / np.maximum(longest, room))
    least = values.loglik - ROUNDING * (1 + np.abs(values.loglik))
    for _ in range(HALVINGS):
        moved = State(
            state.beta + length[:, None] * step, state.inner + length[:, None] * inner
        )
        found = evaluate(likelihood, moved, nodes)
        fallen = ~(found.loglik >= least)
        if not fallen.any():
            return moved, found
        length = np.where(fallen, 0.5 * length, length)
    raise NotConverged(  # pragma: no cover
        "No step raises the likelihood.",
        remedy="report the data: this should not happen",
    )
