"""Climb a concave log-likelihood to its top, and notice when there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesist.errors import NotConverged, NotEstimable
from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.numerics.dense import solve
from synthesist.survival.likelihood import Evaluation

#: The step is the last one when it adds less than this to the log-likelihood: the
#: next adds about its square, and is taken without looking again.
LAST_STEP = 1e-9

#: A direction has lost its information when less than this share is left of what
#: it had at the start: its standard error is a thousand times as large.
LOST = 1e-6

#: Newton's method doubles the digits in every step; a likelihood that rises for
#: ever loses a factor e of its slope instead, and shows itself before this many.
MOST_STEPS = 60

#: A step that does not climb is halved so many times.
HALVINGS = 40

Likelihood = Callable[[Vector], Evaluation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Maximum:
    """The top of a likelihood: where it is, and what it looks like there.

    `start` is the evaluation at the starting point; `steps` counts the steps.
    """

    beta: Vector
    at: Evaluation
    start: Evaluation
    steps: int


def maximise(
    likelihood: Likelihood,
    start: Vector,
    *,
    names: tuple[str, ...] = (),
    first: Evaluation | None = None,
) -> Maximum:
    """Return the maximum, by Newton's method with halved steps.

    Parameters
    ----------
    likelihood : callable
        Log-likelihood, slope and information at a point (p,).
    start : (p,) array
    names : tuple of str
        What the parameters are called in an error.
    first : Evaluation, optional
        The evaluation at `start`, if it is known.

    Raises
    ------
    NotEstimable
        If the likelihood rises for ever in some direction.
    NotConverged
        If no step climbs.
    """
    beta = start
    here = beginning = first or likelihood(start)
    scale = np.sqrt(np.diag(here.information))
    steps = 0
    step = np.zeros(len(start))
    gain = 0.0
    for _ in range(MOST_STEPS):
        step = solve(here.information, here.score)
        gain = float(here.score @ step)
        if not np.isfinite(gain):
            raise NotConverged(
                "The likelihood cannot be climbed: its curvature is not a number.",
                remedy="bring the covariates to a common scale",
            )
        if abs(gain) < LAST_STEP**2:
            break
        beta, here = _climb(likelihood, beta, here, step, gain)
        steps += 1
        if abs(gain) < LAST_STEP:
            break
        _refuse_monotone(here, beginning, step, gain, names)
    else:
        raise _monotone(scale, step, names)
    _refuse_monotone(here, beginning, step, gain, names)
    # The last step was so short that the next is known from where it led.
    beta = beta + solve(here.information, here.score)
    return Maximum(beta=beta, at=here, start=beginning, steps=steps)


def _climb(
    likelihood: Likelihood, beta: Vector, here: Evaluation, step: Vector, gain: float
) -> tuple[Vector, Evaluation]:
    """Take a step, or the first of its halves that does not lead down."""
    tolerance = 1e-12 * (1 + abs(here.loglik))
    for _ in range(HALVINGS):
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            there = likelihood(beta + step)
        if there.loglik >= here.loglik - tolerance:
            return beta + step, there
        step = step / 2
    raise NotConverged(
        f"No step climbs although {gain:.2g} is promised.",
        remedy="bring the covariates to a common scale",
    )


def _refuse_monotone(
    here: Evaluation,
    beginning: Evaluation,
    step: Vector,
    gain: float,
    names: tuple[str, ...],
) -> None:
    """Raise `NotEstimable` when the likelihood is still rising, but flat."""
    at_first = float(step @ beginning.information @ step)
    if at_first <= 0 or abs(gain) > 1e-4:
        return
    if float(step @ here.information @ step) < LOST * at_first:
        raise _monotone(np.sqrt(np.diag(beginning.information)), step, names)


def _monotone(scale: Vector, step: Vector, names: tuple[str, ...]) -> NotEstimable:
    """Say which coefficients have no finite estimate."""
    size = np.abs(scale * step)
    rising = [
        name
        for name, part in zip(names, size / size.max(), strict=False)
        if part > 0.01
    ]
    which = f" of {', '.join(rising)}" if rising else ""
    return NotEstimable(
        f"The likelihood rises for ever: the coefficient{which} has no finite estimate, as when one arm has no event.",
        remedy="ask for Firth's penalty (firth=True), or use the log-rank test",
    )


def estimable(information: Matrix, spread: Vector) -> Indices:
    """Return which parameters the information tells apart, in order.

    A parameter is left out when its information is nil or follows from those
    before it, as of a covariate that is constant within every stratum.

    Parameters
    ----------
    information : (p, p) array
        At the starting point.
    spread : (p,) array
        What the information would be if the strata were one.
    """
    p = len(information)
    diagonal = np.diag(information)
    # Sums over all patients are exact to about 1e-12 of what is summed.
    live = [j for j in range(p) if diagonal[j] > 1e-10 * max(spread[j], 1e-300)]
    kept: list[int] = []
    factor = np.zeros((p, p))
    for j in live:
        size = np.sqrt(diagonal[j])
        row = np.zeros(p)
        for i, k in enumerate(kept):
            unit = information[j, k] / (size * np.sqrt(diagonal[k]))
            row[i] = (unit - factor[k, :i] @ row[:i]) / factor[k, i]
        rest = 1 - row @ row
        if rest > 1e-10:
            row[len(kept)] = np.sqrt(rest)
            factor[j] = row
            kept.append(j)
    return np.array(kept, dtype=np.intp)


def inverse(information: Matrix) -> Matrix:
    """Return the inverse of an information matrix, exactly symmetric."""
    if information.shape[0] == 0:
        return information
    scale = 1 / np.sqrt(np.diag(information))
    found = np.linalg.inv(information * scale * scale[:, None]) * scale * scale[:, None]
    return (found + found.T) / 2
