"""Cox's partial likelihood with its slope and curvature, in one pass over patients.

With risk ``r = w exp(eta)``, S0 and S1 the sums of r and r x over a risk set, and
H the cumulative baseline hazard at a patient's time, the slope is
``sum of x (event - r H)`` and the information
``sum of r H x x' - sum over event times of (S1 / S0)(S1 / S0)'``: one weighted
cross-product of the covariates minus a small sum, so that second moments of risk
sets are never formed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.numerics.dense import combine, cross, dot, weigh
from synthesist.survival.risksets import Block, RiskSets

#: From so many patients on, blocks are evaluated side by side: array work leaves the
#: interpreter free, and the sums are still added in the order of the blocks.
SHARED = 100_000

#: More workers than this wait for the memory.
MOST_WORKERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Covariates by row, and the parameter that multiplies each of them.

    Attributes
    ----------
    x : (q, n) array
        In the order of the risk sets.
    parameters : int
        Number of parameters p.
    place : (strata, q) array or None
        The parameter of every covariate in every stratum; None when covariate
        and parameter are the same everywhere.
    offset : (n,) array or None
        Added to the linear predictor.
    """

    x: Matrix
    parameters: int
    place: Indices | None = None
    offset: Vector | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Log-likelihood, slope (p,) and information (p, p) at one point."""

    loglik: float
    score: Vector
    information: Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What one block contributes at one point, before it is added up.

    Attributes
    ----------
    eta, risk : (n,) arrays
        Linear predictor, and its exponential times the weight.
    s0, s1 : (t,), (q, t) arrays
        Sums of risk and of risk times covariate over each risk set.
    d0, d1 : (u,), (q, u) arrays
        The same over the events of tied times.
    """

    eta: Vector
    risk: Vector
    s0: Vector
    s1: Matrix
    d0: Vector
    d1: Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazards:
    """What the event times of a block contribute.

    With d tied events, Efron's method counts the risk of those who have the
    event in steps of 1/d less; Breslow's method does not.

    Attributes
    ----------
    logs : float
        Sum of the logarithms of the risk sums.
    step, step_dead : (t,), (u,) arrays
        Step of the baseline hazard, and how much less of it those have who had
        the event at that time.
    ss, sd, dd : (t,), (u,), (u,) arrays
        Factors of S1 S1', of S1 D1' and of D1 D1' in the information.
    """

    logs: float
    step: Vector
    step_dead: Vector
    ss: Vector
    sd: Vector
    dd: Vector


def evaluate(
    sets: RiskSets,
    design: Design,
    beta: Vector,
    *,
    efron: bool = True,
    time_weights: Vector | None = None,
) -> Evaluation:
    """Return log-likelihood, slope and information at `beta` (p,).

    Parameters
    ----------
    efron : bool
        How ties are handled: by Efron's method, else by Breslow's.
    time_weights : (t,) array, optional
        Weights of event times in slope and information.

    References
    ----------
    Cox DR. J R Stat Soc B 1972;34:187. doi:10.1111/j.2517-6161.1972.tb00899.x
    Efron B. J Am Stat Assoc 1977;72:557. doi:10.1080/01621459.1977.10480613
    """

    def evaluation(block: Block) -> Evaluation:
        local = local_parameters(sets, design, block, beta)
        sums = block_sums(sets, design, block, local)
        hazards = block_hazards(sets, block, sums, efron=efron)
        weights = None if time_weights is None else time_weights[block.times]
        return block_evaluation(sets, design, block, sums, hazards, weights)

    return sum_blocks(sets, design, evaluation)


def sum_blocks(
    sets: RiskSets, design: Design, evaluation: Callable[[Block], Evaluation]
) -> Evaluation:
    """Add up what the blocks contribute, each at the place of its parameters."""
    loglik = 0.0
    score = np.zeros(design.parameters)
    information = np.zeros((design.parameters, design.parameters))
    for block, found in zip(sets.blocks, _evaluated(sets, evaluation), strict=True):
        loglik += found.loglik
        if design.place is None:
            score += found.score
            information += found.information
        else:
            place = design.place[sets.stratum[block.times.start]]
            np.add.at(score, place, found.score)
            np.add.at(information, (place[:, None], place), found.information)
    return Evaluation(loglik=loglik, score=score, information=information)


def _evaluated(
    sets: RiskSets, evaluation: Callable[[Block], Evaluation]
) -> Iterator[Evaluation]:
    """Evaluate the blocks in their order, several at a time where that pays."""
    workers = min(os.cpu_count() or 1, MOST_WORKERS)
    if len(sets) < SHARED or len(sets.blocks) < 2 or workers < 2:
        yield from map(evaluation, sets.blocks)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(workers) as pool:
        # What the caller says of overflow is kept in the context.
        tasks = [
            pool.submit(copy_context().run, evaluation, block) for block in sets.blocks
        ]
        for task in tasks:
            yield task.result()


def local_parameters(
    sets: RiskSets, design: Design, block: Block, beta: Vector
) -> Vector:
    """Return the parameters (q,) of the covariates in a block."""
    if design.place is None:
        return beta
    return beta[design.place[sets.stratum[block.times.start]]]


def block_sums(sets: RiskSets, design: Design, block: Block, beta: Vector) -> Sums:
    """Return the risk sums of a block; `beta` (q,) belongs to its covariates."""
    x = design.x[:, block.rows]
    eta = combine(beta, x)
    if design.offset is not None:
        eta += design.offset[block.rows]
    risk = np.exp(eta)
    if sets.weights is not None:
        risk *= sets.weights[block.rows]
    weighted = np.empty((len(x) + 1, block.size))
    weighted[0] = risk
    np.multiply(x, risk, out=weighted[1:])
    if len(block.tied):
        d = np.add.reduceat(weighted[:, block.dead], block.dead_start, axis=1)
    else:
        d = np.empty((len(weighted), 0))
    at_risk = sums_from(weighted, block)
    if block.late is not None:
        at_risk -= sums_of_late(weighted, block)
    return Sums(eta=eta, risk=risk, s0=at_risk[0], s1=at_risk[1:], d0=d[0], d1=d[1:])


def sums_from(values: Matrix, block: Block) -> Matrix:
    """Return sums (q, t) of values (q, n) from each event time to the stratum's end.

    They are added from the end, so that the last risk sets, the smallest, do not
    come out as differences of large sums.
    """
    if len(block.strata) == 2:
        total = np.add.accumulate(values[:, ::-1], axis=1)
        return np.take(total, block.size - 1 - block.first, axis=1)
    if block.side is not None:
        side = np.zeros((len(values), (len(block.strata) - 1) * block.width))
        side[:, block.side] = values
        folded = side.reshape(len(values), -1, block.width)[:, :, ::-1]
        total = np.add.accumulate(folded, axis=2)[:, :, ::-1].reshape(side.shape)
        return total[:, block.side[block.first]]
    total = np.empty_like(values)
    edges = block.strata.tolist()
    for low, high in pairwise(edges):
        np.add.accumulate(
            values[:, low:high][:, ::-1], axis=1, out=total[:, low:high][:, ::-1]
        )
    return np.take(total, block.first, axis=1)


def sums_of_late(values: Matrix, block: Block) -> Matrix:
    """Return sums (q, t) over those who had not entered by each event time."""
    assert block.late is not None  # noqa: S101
    assert block.late_first is not None  # noqa: S101
    total = np.zeros((len(values), block.size + 1))
    late = values[:, block.late]
    edges = block.strata.tolist()
    found = np.empty((len(values), len(block.late_first)))
    for low, high in pairwise(edges):
        np.add.accumulate(
            late[:, low:high][:, ::-1], axis=1, out=total[:, low:high][:, ::-1]
        )
        mine = (block.first >= low) & (block.first < high)
        at = block.late_first[mine]
        inside = total[:, np.minimum(at, high - 1)]
        found[:, mine] = np.where(at < high, inside, 0.0)
    return found


def block_hazards(sets: RiskSets, block: Block, sums: Sums, *, efron: bool) -> Hazards:
    """Return what the event times of a block contribute."""
    weight = sets.death_weight[block.times]
    step = weight / sums.s0
    logs = np.log(sums.s0)
    square = step / sums.s0
    none = np.zeros(len(block.tied))
    if not (efron and len(block.tied)):
        return Hazards(
            logs=dot(weight, logs),
            step=step,
            step_dead=none,
            ss=square,
            sd=none,
            dd=none,
        )
    tied, start, rank = block.tied, block.dead_start, block.dead_rank
    mean = (weight[tied] / sets.deaths[block.times][tied])[block.dead_time]
    left = sums.s0[tied][block.dead_time] - rank * sums.d0[block.dead_time]
    part = mean / left
    squared = part / left
    step[tied] = np.add.reduceat(part, start)
    square[tied] = np.add.reduceat(squared, start)
    ranked = rank * squared
    logs[tied] = 0.0
    return Hazards(
        logs=dot(weight, logs) + dot(mean, np.log(left)),
        step=step,
        step_dead=np.add.reduceat(rank * part, start),
        ss=square,
        sd=np.add.reduceat(ranked, start),
        dd=np.add.reduceat(rank * ranked, start),
    )


def cumulative(block: Block, steps: Vector) -> Vector:
    """Return the sum of steps (t,) up to each patient's time, within strata (n,)."""
    total = np.concatenate([[0.0], np.cumsum(steps)])
    values = np.zeros(len(block.lengths))
    values[block.places] = total[1:] - total[block.base]
    found = np.repeat(values, block.lengths)
    if block.late_places is not None:
        found -= values[block.late_places]
    return found


def expected_events(block: Block, sums: Sums, hazards: Hazards) -> Vector:
    """Return the events that a block's patients were to expect (n,), weighted."""
    hazard = cumulative(block, hazards.step)
    if len(block.tied):
        hazard[block.dead] -= hazards.step_dead[block.dead_time]
    hazard *= sums.risk
    return hazard


def block_evaluation(
    sets: RiskSets,
    design: Design,
    block: Block,
    sums: Sums,
    hazards: Hazards,
    time_weights: Vector | None,
) -> Evaluation:
    """Return what one block contributes to the likelihood and its derivatives."""
    events = sets.event[block.rows].astype(np.float64)
    if sets.weights is not None:
        events *= sets.weights[block.rows]
    loglik = dot(events, sums.eta) - hazards.logs
    if time_weights is not None:
        events[sets.event[block.rows]] *= np.repeat(
            time_weights, sets.deaths[block.times]
        )
        hazards = _weighted(hazards, time_weights, block)
    expected = expected_events(block, sums, hazards)
    x = design.x[:, block.rows]
    information = cross(x * expected, x) - cross(sums.s1 * hazards.ss, sums.s1)
    if len(block.tied):
        mixed = cross(sums.s1[:, block.tied] * hazards.sd, sums.d1)
        information += mixed + mixed.T - cross(sums.d1 * hazards.dd, sums.d1)
    return Evaluation(
        loglik=loglik, score=weigh(x, events - expected), information=information
    )


def _weighted(hazards: Hazards, weights: Vector, block: Block) -> Hazards:
    """Return the contributions of event times multiplied by weights (t,)."""
    tied = weights[block.tied]
    return Hazards(
        logs=hazards.logs,
        step=hazards.step * weights,
        step_dead=hazards.step_dead * tied,
        ss=hazards.ss * weights,
        sd=hazards.sd * tied,
        dd=hazards.dd * tied,
    )
