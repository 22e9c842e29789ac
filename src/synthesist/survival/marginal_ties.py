"""Ties because time was rounded: the probability of some order, summed over all orders.

With risks r of the d who had the event and R of those who did not, it is the
integral over t from 0 to infinity of ``prod(1 - exp(-t r / R)) exp(-t)``. On the
scale s = log t the integrand falls off doubly exponentially, and the trapezium
rule is exact to the last digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.dense import cross, dot, weigh
from synthesist.survival.likelihood import (
    Design,
    Evaluation,
    Hazards,
    Sums,
    block_hazards,
    block_sums,
    expected_events,
    local_parameters,
    sum_blocks,
)
from synthesist.survival.risksets import Block, RiskSets

#: Left of this log t the integrand is below 1e-17 of its largest value, even for
#: one event that is certain.
LEFT = -42.0

#: The widest step. Poles lie at a distance of pi/2 from the real axis or more, so
#: the error of step h is about exp(-pi**2 / h): 1e-21 here.
STEP = 0.2

#: What is left of those at risk, as a share, below which it is rounding.
NOBODY = 1e-13


@dataclass(frozen=True, slots=True, kw_only=True)
class _TiedTime:
    """What one tied time contributes beyond the sums over those at risk."""

    loglik: float
    share: Vector
    information: Matrix


def marginal(sets: RiskSets, design: Design, beta: Vector) -> Evaluation:
    """Return the exact marginal likelihood and its derivatives at `beta` (p,).

    References
    ----------
    Kalbfleisch JD, Prentice RL. Biometrika 1973;60:267. doi:10.1093/biomet/60.2.267
    DeLong DM, Guirguis GH, So YC. Biometrika 1994;81:607. doi:10.1093/biomet/81.3.607
    """

    def evaluation(block: Block) -> Evaluation:
        local = local_parameters(sets, design, block, beta)
        sums = block_sums(sets, design, block, local)
        return _block_evaluation(sets, design, block, sums)

    return sum_blocks(sets, design, evaluation)


def _block_evaluation(
    sets: RiskSets, design: Design, block: Block, sums: Sums
) -> Evaluation:
    """Return what one block contributes."""
    x = design.x[:, block.rows]
    events = sets.event[block.rows].astype(np.float64)
    hazards = block_hazards(sets, block, sums, efron=False)
    q = len(x)
    information = np.zeros((q, q))
    loglik = dot(events, sums.eta) - hazards.logs
    step, square = hazards.step.copy(), hazards.ss.copy()
    step_dead = np.zeros(len(block.tied))
    for u, t in enumerate(block.tied.tolist()):
        first, d = int(block.first[t]), int(sets.deaths[block.times][t])
        dead = slice(first, first + d)
        survivors, mean = _survivors(block, sums, t, u)
        found = _tied_time(sums.risk[dead], x[:, dead], survivors, mean)
        # Undo what Breslow's method counted for this time.
        loglik += d * float(np.log(sums.s0[t])) - float(sums.eta[dead].sum())
        loglik += found.loglik
        events[dead] = found.share
        information += found.information
        total = float(found.share.sum())
        step[t] = step_dead[u] = total / survivors if survivors > 0 else 0.0
        square[t] = 0.0
        information -= total * np.outer(mean, mean)
    counted = Hazards(
        logs=hazards.logs,
        step=step,
        step_dead=step_dead,
        ss=square,
        sd=hazards.sd,
        dd=hazards.dd,
    )
    expected = expected_events(block, sums, counted)
    information += cross(x * expected, x) - cross(sums.s1 * square, sums.s1)
    return Evaluation(
        loglik=loglik, score=weigh(x, events - expected), information=information
    )


def _survivors(block: Block, sums: Sums, t: int, u: int) -> tuple[float, Vector]:
    """Return the risk of those who did not have the event, and their mean of x."""
    d = int((block.dead_time == u).sum())
    end = int(block.strata[np.searchsorted(block.strata, block.first[t], "right")])
    alone = int(block.first[t]) + d == end
    left = float(sums.s0[t] - sums.d0[u])
    if alone or left <= NOBODY * sums.s0[t]:
        return 0.0, np.zeros(len(sums.s1))
    return left, (sums.s1[:, t] - sums.d1[:, u]) / left


def _tied_time(risk: Vector, x: Matrix, survivors: float, mean: Vector) -> _TiedTime:
    """Return log probability, its slope by log risk (d,), and minus its curvature."""
    d = len(risk)
    if survivors <= 0:
        # Nobody is left: that all of them had the event is certain.
        return _TiedTime(
            loglik=0.0, share=np.zeros(d), information=np.zeros((len(x), len(x)))
        )
    nodes = _nodes(d)
    t = np.exp(nodes)
    y = np.outer(risk / survivors, t)
    log_each = np.log(-np.expm1(-y))
    log_all = log_each.sum(axis=0) - t + nodes
    top = log_all.max()
    weight = np.exp(log_all - top)
    total = weight.sum()
    loglik = float(top + np.log(total * (nodes[1] - nodes[0])))
    weight = weight / total
    # y / (exp(y) - 1), the slope of log(1 - exp(-y)) by log y.
    slope = np.where(y < 700, y / np.expm1(np.minimum(y, 700)), 0.0)
    bend = slope * (1 - y - slope)
    z = x - mean[:, None]
    share = slope @ weight
    centred = z @ slope
    centred = centred - (centred @ weight)[:, None]
    information = -(z * (bend @ weight)) @ z.T - (centred * weight) @ centred.T
    return _TiedTime(loglik=loglik, share=share, information=information)


def _nodes(d: int) -> Vector:
    """Return the nodes in log t for d tied events.

    When many events are tied the integrand is nearly a gamma density of shape
    d + 1: a bell of width 1 / sqrt(d + 1) in log t.
    """
    right = np.log(d + 12 * np.sqrt(d) + 60)
    return np.arange(LEFT, right, min(STEP, 0.6 / np.sqrt(d + 1)))
