"""Two groups, levels normal between studies: the model with random study effects.

A study's level is ``alpha + sigma z`` and its effect ``mu + tau u``, z and u standard
normal and independent. Integrals over both are the trapezoidal rule on a grid that
is turned and stretched to each study's likelihood.

References
----------
Turner RM, Omar RZ, Yang M, Goldstein H, Thompson SG. Stat Med 2000;19:3417.
doi:10.1002/1097-0258(20001230)19:24<3417::AID-SIM614>3.0.CO;2-L
Jackson D, Law M, Stijnen T, Viechtbauer W, White IR. Stat Med 2018;37:1059.
doi:10.1002/sim.7588
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from synthesist.numerics.arrays import Matrix
from synthesist.pooling.rare_events.quadrature import DEPTH, SIDES, Nodes, integrate
from synthesist.pooling.rare_events.two_arms import Joint, TwoArms
from synthesist.pooling.rare_events.values import MU, State, Values, without_inner

#: The stubs of these functions lose the type of the numbers.
linalg: Any = np.linalg

#: Places of the mean and standard deviation of the levels among the parameters.
ALPHA, SIGMA = 2, 3

#: Numbers of nodes in each direction, and how many a first look needs.
NODES = (19, 27, 39, 57, 83, 121)
FIRST_NODES, NODES_PER_TAU = 15, 5

#: First guesses of the standard deviation of the levels.
SIGMAS = (0.3, 1.5)

#: The mode is found to this share of the integrand's width.
ROUGHLY = 1e-2
MODE_STEPS, HALVINGS, END_STEPS = 100, 30, 2


class Axes(NamedTuple):
    """The middle of each study's integrand and the directions it is wide in.

    `middle` (t, k, 2) in (z, u); columns of `turn` (t, k, 2, 2) are the directions,
    as long as the integrand is wide; `height` (t, k, 1) is its logarithm in the middle.
    """

    middle: Matrix
    turn: Matrix
    height: Matrix


class Height(NamedTuple):
    """The logarithm of an integrand, its slopes, and the likelihood, (t, k, q)."""

    value: Matrix
    slopes: tuple[Matrix, Matrix]
    likelihood: Joint


@dataclass(frozen=True, slots=True, eq=False)
class Integrand:
    """The likelihood of all studies at some parameters, times both normal densities."""

    arms: TwoArms
    beta: Matrix

    def at(self, z: Matrix, u: Matrix) -> Height:
        """Return the integrand at standard normal z and u (t, k, q)."""
        mu, tau, alpha, sigma = self.beta.T[:, :, None, None]
        found = self.arms.joint(mu + tau * u, alpha + sigma * z)
        slopes = (sigma * found.by_level - z, tau * found.by_effect - u)
        value = found.value - 0.5 * (z * z + u * u)
        return Height(value, slopes, found)

    def bend(self, likelihood: Joint) -> Matrix:
        """Return minus the second derivatives at one node a study, (t, k, 2, 2)."""
        _, tau, _, sigma = self.beta.T[:, :, None]
        mixed = sigma * tau * likelihood.mixed[..., 0]
        own = sigma * sigma * likelihood.level[..., 0] + 1
        other = tau * tau * likelihood.effect[..., 0] + 1
        rows = (np.stack([own, mixed], -1), np.stack([mixed, other], -1))
        return np.stack(rows, -1)


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

    def nodes_for(self, tau: float) -> int:
        """Return how many nodes a first look needs."""
        return max(FIRST_NODES, int(NODES_PER_TAU * tau))

    @property
    def scan(self) -> tuple[float, float]:
        """Return by which factor, and how far, tau is looked through."""
        return 2.0, 8.0

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
        integrand = Integrand(self.arms, state.beta)
        z, u, area = _grid(integrand, _axes(integrand), nodes)
        _, _, found = integrand.at(z, u)
        # The second normal density; the first is that of `integrate`.
        logs = found.value - 0.5 * u * u - 0.5 * np.log(2 * np.pi)
        posterior = integrate(logs, Nodes(z, area))
        effect, level = found.by_effect, found.by_level
        scores = np.stack([effect, effect * u, level, level * z], axis=-2)
        gradient, spread = posterior.covariance(scores)
        second = np.stack([found.effect, found.mixed, found.level], axis=-2)
        basis = np.stack([np.ones_like(u), u, u * u, z, z * z, z * u], axis=-2)
        expected = (posterior.share[..., None, :] * second) @ basis.swapaxes(-1, -2)
        information = expected.reshape(*expected.shape[:2], 18)[..., PLACES] - spread
        return Values(
            loglik=posterior.log_integral.sum(axis=1) + self.arms.constant(),
            gradient=gradient.sum(axis=1),
            hessian=-information.sum(axis=1),
            share=information[..., MU, MU],
            **without_inner(state),
        )


#: Where the expected second derivatives of two parameters stand among those about the
#: effect (0), both (6) and the level (12), times 1, u, u², z, z² and z u.
PLACES = np.array([[0, 1, 6, 9], [1, 2, 7, 11], [6, 7, 12, 15], [9, 11, 15, 16]])


def _axes(integrand: Integrand) -> Axes:
    """Find the mode of each study's integrand and how it bends there."""
    z = np.zeros((len(integrand.beta), len(integrand.arms), 1))
    u = np.zeros_like(z)
    now = integrand.at(z, u)
    bend = integrand.bend(now.likelihood)
    for _ in range(MODE_STEPS):
        slope = np.concatenate(now.slopes, axis=-1)
        step: Matrix = linalg.solve(bend, slope[..., None])
        if (step * slope[..., None]).sum(axis=(-1, -2)).max() <= ROUGHLY**2:
            break
        z, u, now = _uphill(integrand, (z, u, now), step)
        bend = integrand.bend(now.likelihood)
    turn: Matrix = linalg.inv(linalg.cholesky(bend)).swapaxes(-1, -2)
    return Axes(np.concatenate([z, u], axis=-1), turn, now.value)


def _uphill(
    integrand: Integrand, start: tuple[Matrix, Matrix, Height], step: Matrix
) -> tuple[Matrix, Matrix, Height]:
    """Take steps, shortened until no integrand falls."""
    z, u, now = start
    length = np.ones_like(z)
    for _ in range(HALVINGS):
        moved = z + length * step[..., 0, :], u + length * step[..., 1, :]
        found = integrand.at(*moved)
        fallen = ~(found.value >= now.value - ROUGHLY**2)
        if not fallen.any():
            return *moved, found
        length = np.where(fallen, 0.25 * length, length)
    return start


def _grid(
    integrand: Integrand, axes: Axes, nodes: int
) -> tuple[Matrix, Matrix, Matrix]:
    """Return nodes in z and u (t, k, nodes**2) and the area of each (t, k, 1)."""
    ends = np.stack([_ends(integrand, axes, i) for i in range(2)], axis=-2)
    step = (ends[..., 1] - ends[..., 0]) / (nodes - 1)
    along = ends[..., :1] + step[..., None] * np.arange(nodes)
    first, second = np.broadcast_arrays(along[..., 0, :, None], along[..., 1, None, :])
    shape = (*first.shape[:2], nodes * nodes)
    grid = np.stack([first.reshape(shape), second.reshape(shape)], axis=-2)
    z, u = np.moveaxis(axes.middle[..., None] + axes.turn @ grid, -2, 0)
    area = step[..., 0] * step[..., 1] * np.abs(linalg.det(axes.turn))
    return z, u, area[..., None]


def _ends(integrand: Integrand, axes: Axes, direction: int) -> Matrix:
    """Return where to cut the integrand along a direction, (t, k, 2)."""
    way = axes.turn[..., direction]
    # The integrand falls at least as fast as the normal distribution.
    most: Matrix = np.sqrt(2 * DEPTH) / linalg.norm(way, axis=-1)[..., None]
    end: Matrix = np.minimum(most, np.sqrt(2 * DEPTH)) * SIDES
    for _ in range(END_STEPS):
        at: Matrix = axes.middle[..., None] + way[..., None] * end[..., None, :]
        found = integrand.at(at[..., 0, :], at[..., 1, :])
        slope = way[..., :1] * found.slopes[0] + way[..., 1:] * found.slopes[1]
        # Concave as it is, a step from inside goes too far, one from outside not enough.
        toward = np.where(slope * end < 0, slope, np.nan)
        moved = end - (found.value - axes.height + DEPTH) / toward
        end = np.clip(np.where(np.isnan(moved), SIDES * most, moved), -most, most)
    return end
