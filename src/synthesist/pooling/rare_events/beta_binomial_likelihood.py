"""Events whose probability in each group of each study is beta-distributed.

With probability pi and overdispersion phi, x events among n have the likelihood

    C(n, x) prod(pi + j phi, j < x) prod(1 - pi + j phi, j < n - x)
            / prod(1 + j phi, j < n),

which is smooth at phi = 0, the binomial distribution. The intraclass correlation is
``rho = phi / (1 + phi)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from synthesist.errors import NotEstimable
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.roots import falling_root, falling_root_near
from synthesist.pooling.rare_events.sum_rules import sum_rule

#: Where overdispersion is looked for, beside zero: from what adds this share to the
#: variance of the largest study to where nearly every study has only events or none.
LEAST, MOST, STEP = 1e-3, 50.0, 1.8

#: The last step of an iteration, relative to phi; its error is of the size of the
#: square.
LAST_STEP = 1e-8


class Sums(NamedTuple):
    """Points of the sums over successes, failures and people, with their weights."""

    successes: tuple[Vector, Vector]
    failures: tuple[Vector, Vector]
    people: tuple[Vector, Vector]


class Slopes(NamedTuple):
    """Derivatives of one group's log-likelihood in pi and phi, (...)."""

    value: Vector
    pi: Vector
    phi: Vector
    pi_pi: Vector
    pi_phi: Vector
    phi_phi: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """One group over all studies: `x` events among `n`, (k,) each."""

    x: Vector
    n: Vector
    sums: Sums

    def at(self, pi: Vector, phi: Vector) -> Slopes:
        """Return the log-likelihood, without constants, at points (t,)."""
        pi, phi = pi[..., None], phi[..., None]
        up = _terms(self.sums.successes, pi, phi)
        down = _terms(self.sums.failures, 1 - pi, phi)
        all_ = _terms(self.sums.people, np.ones_like(pi), phi)
        return Slopes(
            value=up.value + down.value - all_.value,
            pi=up.pi - down.pi,
            phi=up.phi + down.phi - all_.phi,
            pi_pi=up.pi_pi + down.pi_pi,
            pi_phi=up.pi_phi - down.pi_phi,
            phi_phi=up.phi_phi + down.phi_phi - all_.phi_phi,
        )

    def best_pi(self, phi: Vector) -> Vector:
        """Return the most likely pi at each phi (t,); the likelihood is concave."""

        def slope(pi: Vector) -> tuple[Vector, Vector]:
            found = self.at(pi, phi)
            return found.pi, found.pi_pi

        return falling_root(slope, np.zeros_like(phi), np.ones_like(phi))

    def constant(self) -> float:
        """Return the sum of the logarithms of the binomial coefficients."""
        from scipy.special import gammaln

        x, n = self.x, self.n
        return float((gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)).sum())


def group_of(x: Vector, n: Vector) -> Group:
    """Return a group with its sums prepared.

    Raises
    ------
    NotEstimable
        If no one or everyone had the event.
    """
    if x.sum() in (0, n.sum()):
        word = "No one" if x.sum() == 0 else "Everyone"
        raise NotEstimable(
            f"{word} in one group had the event in any study, so its risk is at the "
            "end of its range.",
            remedy="report the counts, or the exact risk difference",
        )
    return Group(x, n, Sums(_joined(x), _joined(n - x), _joined(n)))


def _joined(counts: Vector) -> tuple[Vector, Vector]:
    """Return the points of the sums over all studies, equal ones together."""
    rules = [sum_rule(int(count)) for count in counts.tolist() if count > 0]
    points = np.concatenate([rule[0] for rule in rules])
    weights = np.concatenate([rule[1] for rule in rules])
    distinct, place = np.unique(points, return_inverse=True)
    return distinct, np.bincount(place, weights).astype(np.float64)


def _terms(rule: tuple[Vector, Vector], pi: Matrix, phi: Matrix) -> Slopes:
    """Return sums of ``log(pi + t phi)`` and their derivatives."""
    t, w = rule
    inner = pi + t * phi
    first = w / inner
    second = first / inner
    return Slopes(
        value=np.log(inner) @ w,
        pi=first.sum(axis=-1),
        phi=first @ t,
        pi_pi=-second.sum(axis=-1),
        pi_phi=-(second @ t),
        phi_phi=-(second @ (t * t)),
    )


class BetaBinomial(NamedTuple):
    """The maximum: `pi` of each group (g,), `phi`, and the information (g + 1, g + 1).

    `free` is false where phi is at zero; the information about it is then not used.
    """

    pi: Vector
    phi: float
    loglik: float
    information: Matrix
    free: bool
    others: tuple[tuple[float, float], ...]
    """Lower maxima: phi and log-likelihood."""


def maximise(groups: list[Group]) -> BetaBinomial:
    """Return the highest maximum over all phi.

    Raises
    ------
    NotEstimable
        If the likelihood rises with phi without end.
    """
    low = LEAST / max(float(group.n.max()) for group in groups)
    count = int(np.ceil(np.log(MOST / low) / np.log(STEP)))
    phi = np.append(0.0, np.geomspace(low, MOST, count))
    loglik, slope, _ = _profile(groups, phi)
    rising = slope > 0
    found: list[float] = [] if rising[0] else [0.0]
    found += [
        _refine(groups, float(phi[i]), float(phi[i + 1]))
        for i in np.flatnonzero(rising[:-1] & ~rising[1:]).tolist()
    ]
    heights = _profile(groups, np.array(found))[0] if found else np.zeros(0)
    if rising[-1] and (not found or loglik[-1] >= heights.max()):
        raise NotEstimable(
            "The likelihood rises as the overdispersion grows without end: nearly "
            "every study has only events or none.",
            remedy="report the counts",
        )
    order = [int(i) for i in np.argsort(-heights)]
    best = found[order[0]]
    constant = sum(group.constant() for group in groups)
    return BetaBinomial(
        pi=np.array([float(group.best_pi(np.array([best]))[0]) for group in groups]),
        phi=best,
        loglik=float(heights[order[0]]) + constant,
        information=_information(groups, best),
        free=best > 0,
        others=tuple((found[i], float(heights[i]) + constant) for i in order[1:]),
    )


def _profile(groups: list[Group], phi: Vector) -> tuple[Vector, Vector, Vector]:
    """Return the profile likelihood of phi (t,) with two derivatives."""
    loglik, slope, bend = np.zeros((3, len(phi)))
    for group in groups:
        at = group.at(group.best_pi(phi), phi)
        loglik += at.value
        slope += at.phi
        bend += at.phi_phi - at.pi_phi**2 / at.pi_pi
    return loglik, slope, bend


def _refine(groups: list[Group], low: float, high: float) -> float:
    """Return the maximum of the profile likelihood between two phi."""

    def slope(phi: float) -> tuple[float, float]:
        _, rise, bend = _profile(groups, np.array([phi]))
        return float(rise[0]), float(bend[0])

    return falling_root_near(
        slope,
        0.5 * (low + high),
        tolerance=lambda phi, _: LAST_STEP * phi,
        low=low,
        high=high,
    )


def _information(groups: list[Group], phi: float) -> Matrix:
    """Return the observed information about each pi, and phi last."""
    size = len(groups)
    found = np.zeros((size + 1, size + 1))
    at_phi = np.array([phi])
    for i, group in enumerate(groups):
        at = group.at(group.best_pi(at_phi), at_phi)
        found[i, i] = -at.pi_pi[0]
        found[i, size] = found[size, i] = -at.pi_phi[0]
        found[size, size] -= at.phi_phi[0]
    return found
