"""Dose escalation: 3+3 decisions, the continual reassessment method, isotonic rates."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Vector
from synthesist.trials.proportions import check_counts


def isotonic(events: ArrayLike, n: ArrayLike) -> Vector:
    """Return toxicity rates (d,) that do not fall with the dose, NaN without people.

    Neighbours that fall are pooled, weighted by their numbers of people.

    Parameters
    ----------
    events, n : (d,) arrays
        People with dose-limiting toxicity and people, from the lowest dose up.

    References
    ----------
    Stylianou M, Flournoy N. Biometrics 2002;58:171.
    """
    x, m = _levels(events, n)
    blocks: list[list[float]] = []
    for level in np.flatnonzero(m > 0).tolist():
        blocks.append([float(x[level]), float(m[level]), 1.0])
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] >= blocks[-1][0] * blocks[-2][1]:  # fmt: skip
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    found = np.full(len(m), np.nan)
    rates = [b[0] / b[1] for b in blocks for _ in range(int(b[2]))]
    found[m > 0] = rates
    return found


def three_plus_three(events: int, n: int) -> str:
    """Return what the 3+3 rule does after a cohort: escalate, expand, stay or stop.

    Parameters
    ----------
    events, n : int
        People with dose-limiting toxicity at the current dose, and people there: 3
        or 6.

    Returns
    -------
    str
        ``escalate``, ``expand`` (three more at this dose) or ``stop`` (this dose is
        too toxic; the one below is the maximum tolerated dose if six people were
        treated there with at most one event).

    References
    ----------
    Storer BE. Biometrics 1989;45:925. doi:10.2307/2531693
    """
    check_counts(events, n)
    if n not in (3, 6):
        raise InvalidInput(
            f"3+3 decides after 3 or 6 people, not after {n}.",
            remedy="give the people at this dose",
        )
    if events >= 2:
        return "stop"
    if n == 3 and events == 1:
        return "expand"
    return "escalate"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreePlusThree:
    """What a finished or running 3+3 escalation says.

    `mtd` is the level (from 1) with at most one event in six below a level that was
    too toxic, None while it is not established.
    """

    events: tuple[int, ...]
    n: tuple[int, ...]
    decision: str
    mtd: int | None
    rates: Vector
    notes: tuple[str, ...]


def escalation_3_3(events: Sequence[int], n: Sequence[int]) -> ThreePlusThree:
    """Read a 3+3 escalation from counts at each level, lowest first.

    Raises
    ------
    InvalidInput
        If a level has other than 0, 3 or 6 people, or lies above one that stopped.
    """
    x, m = _levels(events, n)
    counts = [(int(a), int(b)) for a, b in zip(x, m, strict=True)]
    treated = [i for i, (_, people) in enumerate(counts) if people]
    if not treated or treated != list(range(len(treated))):
        raise InvalidInput(
            "A level without people lies below one with people.",
            remedy="give the levels from the lowest up, 0 of 0 where nobody was treated yet",
        )
    decisions = [three_plus_three(*counts[i]) for i in treated]
    stopped = [i for i, decision in enumerate(decisions) if decision == "stop"]
    notes: list[str] = [
        "3+3 keeps to no stated rate of toxicity; the level it ends at is imprecise."
    ]
    if stopped and stopped[0] < treated[-1]:
        raise InvalidInput(
            f"Level {stopped[0] + 2} was treated although level {stopped[0] + 1} was too toxic.",
            remedy="check the order of the levels",
        )
    mtd = None
    decision = decisions[-1]
    if stopped:
        below = stopped[0] - 1
        if below < 0:
            decision = "no dose is tolerated"
        elif counts[below][1] == 6:
            mtd, decision = below + 1, "established"
        else:
            decision = f"treat three more at level {below + 1}"
    return ThreePlusThree(
        events=tuple(a for a, _ in counts),
        n=tuple(b for _, b in counts),
        decision=decision,
        mtd=mtd,
        rates=isotonic(x, m),
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassessment:
    """A continual reassessment of dose and toxicity.

    Attributes
    ----------
    skeleton : (d,) array
        Toxicity rates expected before the trial.
    parameter, spread : float
        Posterior mean and standard deviation of the model's parameter.
    at_mean : (d,) array
        Toxicity rates at the posterior mean of the parameter.
    mean, low, high : (d,) arrays
        Posterior mean of each rate, and its 95% credible limits.
    above : (d,) array
        Posterior probability that a dose's rate is above the target.
    recommended : int
        Level (from 1) whose rate at the posterior mean is nearest to the target.
    """

    skeleton: Vector
    target: float
    prior_sd: float
    parameter: float
    spread: float
    at_mean: Vector
    mean: Vector
    low: Vector
    high: Vector
    above: Vector
    recommended: int
    notes: tuple[str, ...]

    def summary(self) -> str:
        """Return one line a dose, the recommended one marked."""
        lines = [
            f"Target rate {self.target:g}; prior SD of the parameter {self.prior_sd:g}"
        ]
        for level in range(len(self.skeleton)):
            mark = " <- recommended" if level + 1 == self.recommended else ""
            lines.append(
                f"  level {level + 1}: expected {self.skeleton[level]:.3f}, now {self.at_mean[level]:.3f} (95% credible {self.low[level]:.3f} to {self.high[level]:.3f}), above target {self.above[level]:.3f}{mark}"
            )
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "target": self.target,
            "prior_sd": self.prior_sd,
            "parameter": self.parameter,
            "spread": self.spread,
            "skeleton": self.skeleton.tolist(),
            "at_mean": self.at_mean.tolist(),
            "mean": self.mean.tolist(),
            "low": self.low.tolist(),
            "high": self.high.tolist(),
            "above": self.above.tolist(),
            "recommended": self.recommended,
            "notes": list(self.notes),
        }


def reassess(
    skeleton: ArrayLike,
    target: float,
    level: Sequence[int],
    toxic: Sequence[int],
    *,
    prior_sd: float = math.sqrt(1.34),
) -> Reassessment:
    """Reassess dose and toxicity with the one-parameter power model.

    The rate at a dose is ``skeleton ^ exp(b)``, b normal with mean 0.

    Parameters
    ----------
    skeleton : (d,) array
        Toxicity rates expected before the trial, growing with the dose.
    target : float
        The rate that is aimed at.
    level : sequence of int
        The level (from 1) of each person.
    toxic : sequence of int
        1 where the person had dose-limiting toxicity, else 0.
    prior_sd : float
        Standard deviation of the prior of b; by custom the root of 1.34.

    Raises
    ------
    InvalidInput
        If the skeleton does not grow, or a level or outcome is none.

    References
    ----------
    O'Quigley J, Pepe M, Fisher L. Biometrics 1990;46:33. doi:10.2307/2531628
    Cheung YK. Dose Finding by the Continual Reassessment Method. Chapman & Hall 2011.
    """
    expected = np.asarray(skeleton, dtype=np.float64).reshape(-1)
    levels, outcomes = np.asarray(level, dtype=int), np.asarray(toxic, dtype=int)
    _check(expected, target, levels, outcomes, prior_sd)
    doses = np.arange(1, len(expected) + 1)[:, None]
    x = ((levels[None, :] == doses) & (outcomes[None, :] == 1)).sum(axis=1)
    m = (levels[None, :] == doses).sum(axis=1)
    grid, weight = _posterior(expected, x, m, prior_sd)
    rates = np.exp(np.exp(grid)[:, None] * np.log(expected)[None, :])
    b = float(weight @ grid)
    at_mean = expected ** math.exp(b)
    cut = np.log(math.log(target) / np.log(expected))
    # A rate falls as b grows, so its limits are those of b exchanged.
    below = _distribution(grid, weight)
    ends = [_point(grid, weight, share) for share in (0.975, 0.025)]
    return Reassessment(
        skeleton=expected,
        target=target,
        prior_sd=prior_sd,
        parameter=b,
        spread=math.sqrt(float(weight @ (grid - b) ** 2)),
        at_mean=at_mean,
        mean=np.asarray(weight @ rates, dtype=float),
        low=expected ** math.exp(ends[0]),
        high=expected ** math.exp(ends[1]),
        above=np.array([below(float(c)) for c in cut]),
        recommended=int(np.argmin(np.abs(at_mean - target))) + 1,
        notes=(
            "The model has one parameter: doses far from those tried rest on the skeleton.",
        ),
    )


def _posterior(
    skeleton: Vector, x: Vector, m: Vector, prior_sd: float
) -> tuple[Vector, Vector]:
    """Return points of b and their posterior weights (4001,), by the trapezoid rule.

    On a smooth density that vanishes at both ends the rule is exact to rounding.
    """
    used = np.flatnonzero(np.asarray(m) > 0)
    logs = np.log(skeleton[used])

    def log_density(b: Vector) -> Vector:
        power = np.exp(b)[:, None] * logs[None, :]
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            without = np.log(-np.expm1(power))
            toxic = np.where(x[used] > 0, x[used] * power, 0.0)
            rest = np.where(m[used] > x[used], (m - x)[used] * without, 0.0)
        return toxic.sum(axis=1) + rest.sum(axis=1) - b * b / (2 * prior_sd**2)

    wide = np.linspace(-12 * prior_sd, 12 * prior_sd, 4001)
    height = log_density(wide)
    near = wide[height > height.max() - 60]
    step = wide[1] - wide[0]
    ends = float(near[0] - step), float(near[-1] + step)
    grid = np.linspace(*ends, 8001, dtype=np.float64)
    height = log_density(grid)
    weight = np.exp(height - height.max())
    return grid, weight / weight.sum()


def _distribution(grid: Vector, weight: Vector) -> Callable[[float], float]:
    """Return the posterior distribution function of b.

    The cumulated density is interpolated by a cubic spline.
    """
    from scipy.interpolate import CubicSpline

    step = float(grid[1] - grid[0])
    spline = CubicSpline(grid, weight / step).antiderivative()
    whole = float(spline(grid[-1]))

    def below(b: float) -> float:
        return float(spline(min(max(b, grid[0]), grid[-1]))) / whole

    return below


def _point(grid: Vector, weight: Vector, share: float) -> float:
    """Return the quantile of b."""
    from scipy.optimize import brentq

    below = _distribution(grid, weight)
    return float(brentq(lambda b: below(b) - share, float(grid[0]), float(grid[-1]), xtol=1e-13))  # fmt: skip


def _check(
    skeleton: Vector, target: float, level: Vector, toxic: Vector, prior_sd: float
) -> None:
    """Refuse what is no escalation."""
    grows = len(skeleton) > 1 and bool(np.all(np.diff(skeleton) > 0))
    if not grows or not np.all((skeleton > 0) & (skeleton < 1)):
        raise InvalidInput(
            "The expected rates do not grow between 0 and 1.",
            remedy="give one rate a dose, from the lowest up",
        )
    if not (0 < target < 1 and 0 < prior_sd < 100):
        raise InvalidInput(
            f"A target of {target:g} with a prior SD of {prior_sd:g} cannot be.",
            remedy="give a target between 0 and 1 and a standard deviation above 0",
        )
    fits = len(level) == len(toxic) and bool(
        np.all((level >= 1) & (level <= len(skeleton)) & np.isin(toxic, (0, 1)))
    )
    if not fits:
        raise InvalidInput(
            "A person's level or outcome is none.",
            remedy=f"give for each person a level from 1 to {len(skeleton)} and 0 or 1",
        )


def _levels(events: ArrayLike, n: ArrayLike) -> tuple[Vector, Vector]:
    """Return counts of all levels, refusing those that cannot be."""
    x = np.asarray(events, dtype=np.float64).reshape(-1)
    m = np.asarray(n, dtype=np.float64).reshape(-1)
    whole = bool(np.all((x == np.round(x)) & (m == np.round(m))))
    if len(x) != len(m) or not whole or not np.all((x >= 0) & (x <= m)):
        raise InvalidInput(
            "Events and people of the levels do not fit.",
            remedy="give whole numbers, events from 0 to the people of each level",
        )
    return x, m
