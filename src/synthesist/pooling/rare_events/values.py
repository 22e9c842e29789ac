"""What a likelihood says at some points of its parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from synthesist.numerics.arrays import Matrix, Vector

#: Places of the effect and its standard deviation among the parameters.
MU, TAU = 0, 1

#: Elements of one array: more points than fit are evaluated in parts.
LARGEST = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Points (t, p) in the parameters, and one nuisance parameter a study (t, k).

    The first two parameters are mu and tau; a likelihood is the same at -tau. `inner`
    is empty, (t, 0), for likelihoods without nuisance parameters.
    """

    beta: Matrix
    inner: Matrix

    def __len__(self) -> int:
        return len(self.beta)

    def take(self, index: Any) -> State:
        """Return some of the points, always as an array of points."""
        return State(self.beta[index], self.inner[index])

    def put(self, parameter: int, values: Vector) -> State:
        """Return the same points with other values of one parameter."""
        beta = self.beta.copy()
        beta[:, parameter] = values
        return State(beta, self.inner)


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Log-likelihoods (t,) with their derivatives.

    The nuisance parameters are eliminated: `gradient` (t, p) and `hessian` (t, p, p)
    are those of a Newton step in which they follow, by `inner_step` (t, k) plus
    `inner_slope` (t, k, p) times the step; `inner_gain` (t,) is what the likelihood
    gains by `inner_step` alone. `share` (t, k) is what each study knows of mu.
    """

    loglik: Vector
    gradient: Matrix
    hessian: NDArray[np.float64]
    share: Matrix
    inner_step: Matrix
    inner_slope: NDArray[np.float64]
    inner_gain: Vector

    def take(self, index: Any) -> Values:
        """Return some of the points, always as an array of points."""
        return Values(*(getattr(self, field.name)[index] for field in fields(self)))


Points = TypeVar("Points", State, Values)


class Likelihood(Protocol):
    """A likelihood whose integrals take as many nodes as they are given."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parameters, mu and tau first."""
        ...

    @property
    def nodes(self) -> tuple[int, ...]:
        """Return the numbers of nodes to try, in ascending order."""
        ...

    @property
    def rule(self) -> str:
        """Return the name of the rule of integration, ``{nodes}`` for their number."""
        ...

    @property
    def scan(self) -> tuple[float, float]:
        """Return by which factor, and how far, tau is looked through."""
        ...

    @property
    def most(self) -> Vector:
        """Return how far each parameter (p,) may go from zero, infinite for any."""
        ...

    def nodes_for(self, beta: Matrix) -> int:
        """Return how many nodes a first look at some parameters needs."""
        ...

    def elements(self, nodes: int) -> int:
        """Return the number of elements that one point needs."""
        ...

    def start(self) -> State:
        """Return one or several points from which maxima are looked for."""
        ...

    def at(self, state: State, nodes: int) -> Values:
        """Return the log-likelihood and its derivatives."""
        ...


def evaluate(likelihood: Likelihood, state: State, nodes: int) -> Values:
    """Return the likelihood at some points, no more at once than arrays should hold."""
    length = max(1, LARGEST // likelihood.elements(nodes))
    if len(state) <= length:
        return likelihood.at(state, nodes)
    parts = [
        likelihood.at(state.take(slice(i, i + length)), nodes)
        for i in range(0, len(state), length)
    ]
    return joined(parts)


def joined(parts: Sequence[Points]) -> Points:
    """Return several groups of points as one."""
    columns = (
        np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(parts[0])
    )
    return type(parts[0])(*columns)


def without_inner(state: State) -> dict[str, Any]:
    """Return the fields of values that have no nuisance parameters."""
    points, p = state.beta.shape
    return {
        "inner_step": state.inner,
        "inner_slope": np.zeros((points, 0, p)),
        "inner_gain": np.zeros(points),
    }
