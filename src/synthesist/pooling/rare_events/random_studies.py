"""Two groups, levels normal between studies: the model with random study effects.

A study's level is ``alpha + sigma z`` and its effect ``mu + tau u``, z and u standard
normal and independent. Integrals over both are the trapezoidal rule, one within the
other: nodes in z are placed where the integrand along its ridge matters, and for each
of them nodes in u.

References
----------
Turner RM, Omar RZ, Yang M, Goldstein H, Thompson SG. Stat Med 2000;19:3417.
doi:10.1002/1097-0258(20001230)19:24<3417::AID-SIM614>3.0.CO;2-L
Jackson D, Law M, Stijnen T, Viechtbauer W, White IR. Stat Med 2018;37:1059.
doi:10.1002/sim.7588
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthesist.numerics.arrays import Matrix, Vector
from synthesist.pooling.rare_events.quadrature import (
    Curve,
    Nodes,
    find_mode,
    integrate,
    place,
    place_on,
)
from synthesist.pooling.rare_events.two_arms import TwoArms
from synthesist.pooling.rare_events.values import MU, TAU, State, Values, without_inner

#: Places of the mean and standard deviation of the levels among the parameters.
ALPHA, SIGMA = 2, 3

#: Numbers of nodes in each direction, and how many a first look needs.
NODES = (19, 27, 39, 57, 83, 121)
FIRST_NODES, NODES_PER_UNIT = 15, 12

#: By which factor tau is looked through, and how far; beyond twice that a likelihood
#: only levels off.
SCAN = (2.0, 8.0)
MOST = 2 * SCAN[1]

#: First guesses of the standard deviation of the levels.
SIGMAS = (0.3, 1.5)

#: Where the expected second derivatives of two parameters stand among those about the
#: effect (0), both (6) and the level (12), times 1, u, u², z, z² and z u.
PLACES = np.array([[0, 1, 6, 9], [1, 2, 7, 11], [6, 7, 12, 15], [9, 11, 15, 16]])


@dataclass(frozen=True, slots=True, eq=False)
class RandomStudies:
    """Two groups a study; `guess` is a first mu."""

    arms: TwoArms
    guess: float

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parameters."""
        return ("mu", "tau", "alpha", "sigma")

    @property
    def nodes(self) -> tuple[int, ...]:
        """Return the numbers of nodes to try."""
        return NODES

    @property
    def rule(self) -> str:
        """Return the name of the rule of integration."""
        return "adaptive trapezoidal, {nodes} x {nodes} nodes"

    @property
    def most(self) -> Vector:
        """Return how far each parameter may go from zero."""
        return np.array([np.inf, MOST, np.inf, MOST])

    def nodes_for(self, beta: Matrix) -> int:
        """Return how many nodes a first look at some parameters needs."""
        steepest = np.abs(beta[:, [TAU, SIGMA]] * [0.5, 1.0]).max()
        return max(FIRST_NODES, int(NODES_PER_UNIT * steepest))

    @property
    def scan(self) -> tuple[float, float]:
        """Return by which factor, and how far, tau is looked through."""
        return SCAN

    def elements(self, nodes: int) -> int:
        """Return the number of elements that one point needs."""
        return len(self.arms) * nodes * nodes

    def start(self) -> State:
        """Return two first guesses, with similar and with different levels."""
        level = float(np.median(self.arms.levels()))
        beta = [[self.guess, 0.0, level, sigma] for sigma in SIGMAS]
        return State(np.array(beta), np.empty((len(beta), 0)))

    def at(self, state: State, nodes: int) -> Values:
        """Return the log-likelihood and its derivatives."""
        mu, tau, alpha, sigma = state.beta.T[:, :, None, None]
        outer = place_on(Ridge(self.arms, state.beta).at, len(state), nodes)
        level = alpha + sigma * outer.z
        inner = _place_inner(self.arms, level, state.beta, nodes)
        u = inner.z
        z = np.broadcast_to(outer.z.reshape(*u.shape[:2], 1), u.shape)
        found = self.arms.repeated(nodes).joint(
            mu + tau * u, level.reshape(*u.shape[:2], 1)
        )
        shape = (len(state), len(self.arms), nodes * nodes)
        # The density of u and the distance of its nodes; `integrate` has those of z.
        logs = found.value - 0.5 * u * u + np.log(inner.step / np.sqrt(2 * np.pi))
        z, u, logs = z.reshape(shape), u.reshape(shape), logs.reshape(shape)
        posterior = integrate(logs, Nodes(z, outer.step))
        effect, own = found.by_effect.reshape(shape), found.by_level.reshape(shape)
        scores = np.stack([effect, effect * u, own, own * z], axis=-2)
        gradient, spread = posterior.covariance(scores)
        parts = (found.effect, found.mixed, found.level)
        second = np.stack([part.reshape(shape) for part in parts], axis=-2)
        basis = np.stack([np.ones_like(u), u, u * u, z, z * z, z * u], axis=-2)
        expected = (posterior.share[..., None, :] * second) @ basis.swapaxes(-1, -2)
        information = expected.reshape(*shape[:2], 18)[..., PLACES] - spread
        return Values(
            loglik=posterior.log_integral.sum(axis=1) + self.arms.constant(),
            gradient=gradient.sum(axis=1),
            hessian=-information.sum(axis=1),
            share=information[..., MU, MU],
            **without_inner(state),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Ridge:
    """The integrand over z and u at the best u for each z; it is concave in z."""

    arms: TwoArms
    beta: Matrix

    def at(self, z: Matrix) -> tuple[Matrix, Matrix, Matrix]:
        """Return the logarithm of the integrand at z (t, k, q), and two derivatives."""
        mu, tau, alpha, sigma = self.beta.T[:, :, None, None]
        z = np.broadcast_to(z, (len(z), len(self.arms), z.shape[-1]))
        flat = (len(z), z.shape[1] * z.shape[2], 1)
        arms, level = self.arms.repeated(z.shape[2]), (alpha + sigma * z).reshape(flat)

        def along(u: Matrix) -> tuple[Matrix, Matrix, Matrix]:
            found = arms.joint(mu + tau * u, level)
            bend = -tau * tau * found.effect - 1
            return found.value - 0.5 * u * u, tau * found.by_effect - u, bend

        u, value, bend = find_mode(along, len(z))
        found = arms.joint(mu + tau * u, level)
        mixed = sigma * tau * found.mixed
        own = -sigma * sigma * found.level - 1 - mixed * mixed / bend
        return (
            value.reshape(z.shape) - 0.5 * z * z,
            (sigma * found.by_level).reshape(z.shape) - z,
            own.reshape(z.shape),
        )


def _place_inner(arms: TwoArms, level: Matrix, beta: Matrix, nodes: int) -> Nodes:
    """Return nodes in u (t, k q, nodes) for each study at each of its levels (t, k, q)."""
    flat = level.reshape(len(level), -1, 1)
    several = arms.repeated(level.shape[-1])

    def curve(effect: Matrix) -> Curve:
        found = several.joint(effect, flat)
        return Curve(found.value, found.by_effect, -found.effect)

    return place(curve, beta[:, MU], beta[:, TAU], nodes)
