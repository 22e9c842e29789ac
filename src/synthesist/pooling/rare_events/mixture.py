"""One count a study, whose effect is normal between studies.

Each study's likelihood is ``x eta - cumulant(eta)`` with the linear predictor
``eta = offset + mu + tau z`` and z standard normal. Derivatives of its integral are
expectations over the same nodes (Fisher's and Louis' identities), so no difference
quotient is taken. For a given tau the log-likelihood is concave in mu.

References
----------
Louis TA. J R Stat Soc B 1982;44:226. doi:10.1111/j.2517-6161.1982.tb01203.x
Stijnen T, Hamza TH, Özdemir P. Stat Med 2010;29:3046. doi:10.1002/sim.4040
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthesist.numerics.arrays import Matrix, Vector
from synthesist.pooling.rare_events.families import Family
from synthesist.pooling.rare_events.quadrature import Curve, integrate, place
from synthesist.pooling.rare_events.values import (
    MU,
    TAU,
    State,
    Values,
    without_inner,
)

#: Numbers of nodes, tried until two in a row agree.
NODES = (25, 41, 67, 109, 177, 287, 465, 753)

#: For a first look: a logistic curve of slope tau needs more the steeper it is.
FIRST_NODES, NODES_PER_TAU = 25, 12

#: The powers of z in the second derivatives of two parameters.
PLACES = np.array([[0, 1], [1, 2]])

#: By which factor tau is looked through, and how far: with such a standard deviation
#: of logits most proportions cannot be told from 0 or 1 by any study.
SCAN = (1.7, 12.0)

#: Beyond this tau a likelihood only levels off.
MOST = 2 * SCAN[1]


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Counts `x` of a family, `offset` their known linear predictors, (k,) each.

    `guess` is a first mu.
    """

    x: Vector
    family: Family
    offset: Vector
    guess: float

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parameters."""
        return ("mu", "tau")

    @property
    def nodes(self) -> tuple[int, ...]:
        """Return the numbers of nodes to try."""
        return NODES

    @property
    def rule(self) -> str:
        """Return the name of the rule of integration."""
        return "adaptive trapezoidal, {nodes} nodes"

    @property
    def most(self) -> Vector:
        """Return how far mu and tau may go from zero."""
        return np.array([np.inf, MOST])

    def nodes_for(self, beta: Matrix) -> int:
        """Return how many nodes a first look at some parameters needs."""
        return first_nodes(beta)

    @property
    def scan(self) -> tuple[float, float]:
        """Return by which factor, and how far, tau is looked through."""
        return SCAN

    def elements(self, nodes: int) -> int:
        """Return the number of elements that one point needs."""
        return len(self.x) * nodes

    def start(self) -> State:
        """Return the first guess."""
        return State(np.array([[self.guess, 0.0]]), np.empty((1, 0)))

    def at(self, state: State, nodes: int) -> Values:
        """Return the log-likelihood and its derivatives in (mu, tau)."""
        mu, tau = state.beta[:, MU], state.beta[:, TAU]
        at = place(self.curve, mu, tau, nodes)
        effect = mu[:, None, None] + tau[:, None, None] * at.z
        found = self.curve(effect)
        posterior = integrate(found.value, at)
        scores = np.stack([found.slope, found.slope * at.z], axis=-2)
        gradient, spread = posterior.covariance(scores)
        powers = np.stack([np.ones_like(at.z), at.z, at.z * at.z], axis=-2)
        expected = powers @ (posterior.share * -found.bend)[..., None]
        information = expected[..., PLACES, 0] - spread
        constant = float(self.family.constant(self.x).sum())
        constant += float(self.x @ self.offset)
        return Values(
            loglik=posterior.log_integral.sum(axis=1) + constant,
            gradient=gradient.sum(axis=1),
            hessian=-information.sum(axis=1),
            share=information[..., MU, MU],
            **without_inner(state),
        )

    def curve(self, effect: Matrix) -> Curve:
        """Return each study's log-likelihood at its effects (t, k, q)."""
        x, offset = self.x[:, None], self.offset[:, None]
        value, mean, variance = self.family.cumulant(offset + effect)
        return Curve(x * effect - value, x - mean, -variance)


def first_nodes(beta: Matrix) -> int:
    """Return how many nodes tell the slope of a likelihood in tau."""
    return max(FIRST_NODES, int(NODES_PER_TAU * np.abs(beta[:, TAU]).max()))
