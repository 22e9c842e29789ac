"""Ties in discrete time: those who had the event are one of all subsets of their size.

The mean and the covariance of the sum of x over a random subset of size d, each
subset weighted by the product of its members' risks, are carried along while
members join the risk set from the last time to the first. Carrying moments rather
than sums of products keeps every number within range, whatever d is.
"""

from __future__ import annotations

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.survival.likelihood import (
    Design,
    Evaluation,
    block_hazards,
    block_sums,
    local_parameters,
    sum_blocks,
)
from synthesist.survival.likelihood import block_evaluation as untied_evaluation
from synthesist.survival.risksets import Block, RiskSets


def discrete(sets: RiskSets, design: Design, beta: Vector) -> Evaluation:
    """Return the discrete partial likelihood and its derivatives at `beta` (p,).

    Its coefficients are log odds ratios; R calls it exact, SAS discrete. The
    risk sets must have every stratum in a block of its own.

    References
    ----------
    Cox DR. J R Stat Soc B 1972;34:187. doi:10.1111/j.2517-6161.1972.tb00899.x
    Gail MH, Lubin JH, Rubinstein LV. Biometrika 1981;68:703. doi:10.1093/biomet/68.3.703
    """

    def evaluation(block: Block) -> Evaluation:
        local = local_parameters(sets, design, block, beta)
        if len(block.tied):
            return _tied_stratum(sets, design, block, local)
        sums = block_sums(sets, design, block, local)
        hazards = block_hazards(sets, block, sums, efron=False)
        return untied_evaluation(sets, design, block, sums, hazards, None)

    return sum_blocks(sets, design, evaluation)


def _tied_stratum(
    sets: RiskSets, design: Design, block: Block, beta: Vector
) -> Evaluation:
    """Return what one stratum with tied events contributes."""
    x = design.x[:, block.rows].T
    eta = x @ beta
    if design.offset is not None:
        eta = eta + design.offset[block.rows]
    event = sets.event[block.rows]
    deaths = sets.deaths[block.times]
    entry = None if sets.entry is None else sets.entry[block.rows]
    times = sets.times[block.times]
    loglik = float(eta[event].sum())
    score = x[event].sum(axis=0)
    information = np.zeros((x.shape[1], x.shape[1]))
    subsets = _Subsets(int(deaths.max()), x.shape[1])
    end = block.size
    for t in range(len(times) - 1, -1, -1):
        first = int(block.first[t])
        if entry is None:
            joining = range(first, end)
            end = first
        else:
            # Those who enter late leave the risk set again: begin anew.
            subsets = _Subsets(int(deaths[t]), x.shape[1])
            joining = first + np.flatnonzero(entry[first:] < times[t])
        for i in joining:
            subsets.join(eta[i], x[i])
        d = int(deaths[t])
        loglik -= subsets.log_sum[d]
        score = score - subsets.mean[d]
        information += subsets.covariance[d]
    return Evaluation(loglik=loglik, score=score, information=information)


class _Subsets:
    """Log sum of weights, mean and covariance of x summed over subsets of each size."""

    def __init__(self, largest: int, p: int) -> None:
        self.size = 0
        self.largest = largest
        self.log_sum = np.full(largest + 1, -np.inf)
        self.log_sum[0] = 0.0
        self.mean = np.zeros((largest + 1, p))
        self.covariance = np.zeros((largest + 1, p, p))

    def join(self, eta: float, x: Vector) -> None:
        """Add a member to the risk set: a subset has it or not."""
        self.size = min(self.size + 1, self.largest)
        to, of = slice(1, self.size + 1), slice(0, self.size)
        with_member = self.log_sum[of] + eta
        total = np.logaddexp(self.log_sum[to], with_member)
        share = np.exp(with_member - total)[:, None]
        moved = x + self.mean[of] - self.mean[to]
        spread = moved[:, :, None] * moved[:, None, :]
        apart = share[:, :, None]
        self.covariance[to] = (
            (1 - apart) * self.covariance[to]
            + apart * self.covariance[of]
            + apart * (1 - apart) * spread
        )
        self.mean[to] += share * moved
        self.log_sum[to] = total
