"""Firth's penalty: half the log determinant of the information keeps estimates finite."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synthesist.errors import NotConverged
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.dense import part, solve
from synthesist.survival.likelihood import (
    Design,
    Evaluation,
    block_sums,
    sums_from,
    sums_of_late,
)
from synthesist.survival.maximise import HALVINGS, Maximum, inverse
from synthesist.survival.risksets import Block, RiskSets

#: The slope is nil when a step along it would add less than this.
FLAT = 1e-18

#: Away from a monotone likelihood a dozen steps are enough.
MOST_STEPS = 200


def maximise_penalised(
    sets: RiskSets,
    design: Design,
    likelihood: Callable[[Vector], Evaluation],
    *,
    efron: bool,
    held: tuple[int, float] | None = None,
) -> Maximum:
    """Return the maximum of the log-likelihood plus half the log determinant.

    The log-likelihoods in the answer are the penalised ones.

    Parameters
    ----------
    held : (int, float), optional
        A coefficient that stays at a value.

    References
    ----------
    Firth D. Biometrika 1993;80:27. doi:10.1093/biomet/80.1.27
    Heinze G, Schemper M. Biometrics 2001;57:114. doi:10.1111/j.0006-341X.2001.00114.x
    """
    p = design.parameters
    free = np.arange(p) if held is None else np.delete(np.arange(p), held[0])

    def penalised(beta: Vector) -> Evaluation:
        found = likelihood(beta)
        sign, log_det = np.linalg.slogdet(found.information)
        penalty = log_det / 2 if sign > 0 else -np.inf
        return Evaluation(
            loglik=found.loglik + penalty,
            score=found.score,
            information=found.information,
        )

    beta = np.zeros(p)
    here = beginning = penalised(beta)
    if held is not None:
        beta[held[0]] = held[1]
        here = penalised(beta)
    for steps in range(MOST_STEPS):
        covariance = inverse(here.information)
        slope = here.score + _penalty_slope(sets, design, beta, covariance, efron)
        step = np.zeros(p)
        step[free] = solve(part(here.information, free), slope[free])
        if slope @ step < FLAT:
            return Maximum(beta=beta, at=here, start=beginning, steps=steps)
        # The information is not the penalised curvature: no step is trusted far.
        step /= max(1.0, float(np.sqrt(step @ here.information @ step)) / 2)
        beta, here = _climb(penalised, beta, here, step)
    raise NotConverged(
        "The penalised likelihood was not climbed to its top.",
        remedy="bring the covariates to a common scale, or use fewer of them",
    )


def _climb(
    penalised: Callable[[Vector], Evaluation],
    beta: Vector,
    here: Evaluation,
    step: Vector,
) -> tuple[Vector, Evaluation]:
    tolerance = 1e-12 * (1 + abs(here.loglik))
    for _ in range(HALVINGS):
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            there = penalised(beta + step)
        if there.loglik >= here.loglik - tolerance:
            return beta + step, there
        step = step / 2
    raise NotConverged("No step climbs the penalised likelihood.")


def _penalty_slope(
    sets: RiskSets, design: Design, beta: Vector, covariance: Matrix, efron: bool
) -> Vector:
    """Return the slope (p,) of half the log determinant of the information.

    It is half the sum over events of the third central moments of the risk set,
    ``E[(x - m)_r (x - m)' C (x - m)]`` with C the covariance.
    """
    slope = np.zeros(design.parameters)
    for block in sets.blocks:
        slope += _block_slope(sets, design, block, beta, covariance, efron)
    return slope / 2


def _block_slope(
    sets: RiskSets,
    design: Design,
    block: Block,
    beta: Vector,
    covariance: Matrix,
    efron: bool,
) -> Vector:
    """Return what one block adds to the third moments."""
    x = design.x[:, block.rows]
    p = len(x)
    risk = block_sums(sets, design, block, beta).risk
    quadratic = np.einsum("in,ij,jn->n", x, covariance, x)
    pairs = (x[:, None, :] * x[None, :, :]).reshape(p * p, -1)
    moments = np.concatenate(
        [np.ones((1, block.size)), x, quadratic[None], x * quadratic, pairs]
    )
    moments *= risk
    total = sums_from(moments, block)
    if block.late is not None:
        total -= sums_of_late(moments, block)
    weight = sets.death_weight[block.times]
    if efron and len(block.tied):
        each = np.add.reduceat(moments[:, block.dead], block.dead_start, axis=1)
        tied = total[:, block.tied][:, block.dead_time]
        tied = tied - block.dead_rank * each[:, block.dead_time]
        mean = (weight[block.tied] / sets.deaths[block.times][block.tied])[
            block.dead_time
        ]
        single = np.setdiff1d(np.arange(len(weight)), block.tied)
        total = np.concatenate([total[:, single], tied], axis=1)
        weight = np.concatenate([weight[single], mean])
    total = total[1:] / total[0]
    m, q = total[:p], total[p]
    xq, xx = total[p + 1 : 2 * p + 1], total[2 * p + 1 :].reshape(p, p, -1)
    cm = covariance @ m
    spread = xx - m[:, None] * m[None]
    third = xq - m * q - 2 * np.einsum("ijt,jt->it", spread, cm)
    return third @ weight
