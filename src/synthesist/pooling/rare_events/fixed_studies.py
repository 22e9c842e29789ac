"""Two groups with one level a study: the unconditional model with fixed studies.

Every study has a parameter of its own for its level, beside the normal effects
between studies. Each is a nuisance parameter that only its study knows, so a step of
Newton's method costs no more than without them. For a given tau the log-likelihood
is concave in mu and all levels.

References
----------
Jackson D, Law M, Stijnen T, Viechtbauer W, White IR. Stat Med 2018;37:1059.
doi:10.1002/sim.7588
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthesist.numerics.arrays import Matrix, Vector
from synthesist.pooling.rare_events.mixture import MOST, NODES, SCAN, first_nodes
from synthesist.pooling.rare_events.quadrature import Curve, integrate, place
from synthesist.pooling.rare_events.two_arms import TwoArms
from synthesist.pooling.rare_events.values import MU, TAU, State, Values

#: Where the expected second derivatives of two parameters stand among those about the
#: effect (0), both (3) and the level (6), times powers of z.
PLACES = np.array([[0, 1, 3], [1, 2, 4], [3, 4, 6]])


@dataclass(frozen=True, slots=True, eq=False)
class FixedStudies:
    """Two groups a study; `guess` is a first mu."""

    arms: TwoArms
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
        return len(self.arms) * nodes

    def start(self) -> State:
        """Return the first guess."""
        return State(np.array([[self.guess, 0.0]]), self.arms.levels()[None])

    def at(self, state: State, nodes: int) -> Values:
        """Return the log-likelihood and its derivatives in (mu, tau)."""
        mu, tau = state.beta[:, MU], state.beta[:, TAU]
        level = state.inner[..., None]

        def curve(effect: Matrix) -> Curve:
            found = self.arms.joint(effect, level)
            return Curve(found.value, found.by_effect, -found.effect)

        at = place(curve, mu, tau, nodes)
        found = self.arms.joint(mu[:, None, None] + tau[:, None, None] * at.z, level)
        posterior = integrate(found.value, at)
        z = at.z
        effect, own = found.by_effect, found.by_level
        gradient, spread = posterior.covariance(np.stack([effect, effect * z, own], -2))
        second = np.stack([found.effect, found.mixed, found.level], axis=-2)
        powers = np.stack([np.ones_like(z), z, z * z], axis=-1)
        expected = (posterior.share[..., None, :] * second) @ powers
        information = expected.reshape(*gradient.shape[:2], 9)[..., PLACES] - spread
        return self._eliminate(posterior.log_integral, gradient, information)

    def _eliminate(self, logs: Matrix, gradient: Matrix, information: Matrix) -> Values:
        """Let each level follow the other parameters."""
        own = information[..., 2, 2]
        slope = -information[..., 2, :2] / own[..., None]
        step = gradient[..., 2] / own
        reduced = (
            information[..., :2, :2] + information[..., :2, 2:] * slope[..., None, :]
        )
        return Values(
            loglik=logs.sum(axis=1) + self.arms.constant(),
            gradient=(gradient[..., :2] + slope * gradient[..., 2:]).sum(axis=1),
            hessian=-reduced.sum(axis=1),
            share=reduced[..., 0, 0],
            inner_step=step,
            inner_slope=slope,
            inner_gain=0.5 * (step * gradient[..., 2]).sum(axis=1),
        )
