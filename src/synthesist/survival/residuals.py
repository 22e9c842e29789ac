"""Residuals of a Cox model, and the robust variance that is made of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.survival.likelihood import (
    Hazards,
    Sums,
    block_hazards,
    block_sums,
    cumulative,
    expected_events,
)
from synthesist.survival.risksets import Block

if TYPE_CHECKING:
    from synthesist.survival.cox_fit import CoxFit, CoxModel


def martingale(model: CoxModel, beta: Vector) -> Vector:
    """Return observed minus expected events of each patient (n,), in sorted order."""
    sets = model.sets
    found = sets.event.astype(np.float64)
    for block, sums, hazards in _walk(model, beta):
        expected = expected_events(block, sums, hazards)
        if sets.weights is not None:
            expected /= sets.weights[block.rows]
        found[block.rows] -= expected
    return found


def score(model: CoxModel, beta: Vector) -> Matrix:
    """Return what each patient adds to the slope of the likelihood (p, n), unweighted.

    In sorted order.

    References
    ----------
    Therneau TM, Grambsch PM, Fleming TR. Biometrika 1990;77:147.
    doi:10.1093/biomet/77.1.147
    """
    sets = model.sets
    found = model.x * martingale(model, beta)
    for block, sums, hazards in _walk(model, beta):
        risk = sums.risk
        if sets.weights is not None:
            risk = risk / sets.weights[block.rows]
        dead = np.flatnonzero(sets.event[block.rows])
        deaths = sets.deaths[block.times]
        means = mean_covariates(model, block, sums, hazards)
        here = found[:, block.rows]
        here[:, dead] -= np.repeat(means, deaths, axis=1)
        steps = sums.s1 * hazards.ss
        steps[:, block.tied] -= sums.d1 * hazards.sd
        back = sums.s1[:, block.tied] * hazards.sd - sums.d1 * hazards.dd
        for j in range(len(here)):
            drift = cumulative(block, steps[j])
            if len(block.tied):
                drift[block.dead] -= back[j][block.dead_time]
            here[j] += risk * drift
    return found


def mean_covariates(
    model: CoxModel, block: Block, sums: Sums, hazards: Hazards
) -> Matrix:
    """Return the mean covariates of each risk set (p, t), as the ties take them."""
    means = sums.s1 * hazards.step
    means[:, block.tied] -= sums.d1 * hazards.step_dead
    return means / model.sets.death_weight[block.times]


def schoenfeld(model: CoxModel, beta: Vector) -> Matrix:
    """Return covariates minus their risk set's mean of each event (p, e), sorted.

    References
    ----------
    Schoenfeld D. Biometrika 1982;69:239. doi:10.1093/biomet/69.1.239
    """
    found = model.x[:, model.sets.event]
    at = 0
    for block, sums, hazards in _walk(model, beta):
        deaths = model.sets.deaths[block.times]
        means = mean_covariates(model, block, sums, hazards)
        count = int(deaths.sum())
        found[:, at : at + count] -= np.repeat(means, deaths, axis=1)
        at += count
    return found


def cluster_covariance(
    model: CoxModel, beta: Vector, covariance: Matrix
) -> tuple[Matrix, int]:
    """Return the robust covariance (p, p), and the number of clusters.

    References
    ----------
    Lin DY, Wei LJ. J Am Stat Assoc 1989;84:1074. doi:10.1080/01621459.1989.10478874
    """
    each = score(model, beta)
    if model.sets.weights is not None:
        each *= model.sets.weights
    cluster = model.data.cluster
    if cluster is not None:
        if model.sets.order is not None:
            cluster = cluster[model.sets.order]
        codes = np.unique(cluster, return_inverse=True)[1]
        each = np.stack([np.bincount(codes, weights=row) for row in each])
    change = covariance @ each
    return change @ change.T, each.shape[1]


def residuals(fit: CoxFit, kind: str) -> Vector:
    """Return residuals of a kind, in the order in which the patients were given.

    Raises
    ------
    InvalidInput
        If there is no such kind.
    """
    if kind not in RESIDUALS:
        raise InvalidInput(
            f"There are no {kind} residuals.",
            remedy=f"choose {', '.join(RESIDUALS)}",
        )
    found = RESIDUALS[kind](fit)
    model = fit.model
    if kind.endswith("schoenfeld"):
        return found
    return _as_given(model, found)


def _as_given(model: CoxModel, found: Vector) -> Vector:
    """Undo both sortings: by stratum and time, and of the data."""
    found = model.sets.to_data(found)
    return found[np.argsort(model.data.row)]


def _walk(model: CoxModel, beta: Vector) -> list[tuple[Block, Sums, Hazards]]:
    """Compute the sums of every block."""
    sets, design, efron = model.sets, model.design, model.efron
    found: list[tuple[Block, Sums, Hazards]] = []
    for block in sets.blocks:
        sums = block_sums(sets, design, block, beta)
        found.append((block, sums, block_hazards(sets, block, sums, efron=efron)))
    return found


def _martingale(fit: CoxFit) -> Vector:
    return martingale(fit.model, fit.estimate)


def _deviance(fit: CoxFit) -> Vector:
    """Return martingale residuals made nearly symmetric."""
    m = _martingale(fit)
    event = fit.model.sets.event
    rest = np.where(event, 1 - m, 1.0)
    square = m + np.where(event, np.log(rest), 0.0)
    return np.sign(m) * np.sqrt(np.maximum(-2 * square, 0.0))


def _score(fit: CoxFit) -> Matrix:
    return score(fit.model, fit.estimate).T


def _dfbeta(fit: CoxFit) -> Matrix:
    """Return the change of each coefficient when a patient is left out, nearly."""
    each = score(fit.model, fit.estimate)
    if fit.model.sets.weights is not None:
        each *= fit.model.sets.weights
    return (fit.model_covariance @ each).T


def _dfbetas(fit: CoxFit) -> Matrix:
    return _dfbeta(fit) / np.sqrt(np.diag(fit.model_covariance))


def _schoenfeld(fit: CoxFit) -> Matrix:
    return schoenfeld(fit.model, fit.estimate).T


def _scaled_schoenfeld(fit: CoxFit) -> Matrix:
    """Return the coefficient that each event speaks for, nearly.

    References
    ----------
    Grambsch PM, Therneau TM. Biometrika 1994;81:515. doi:10.1093/biomet/81.3.515
    """
    each = schoenfeld(fit.model, fit.estimate)
    return (fit.events * fit.model_covariance @ each).T + fit.estimate


RESIDUALS: dict[str, Callable[[CoxFit], Vector]] = {
    "martingale": _martingale,
    "deviance": _deviance,
    "score": _score,
    "dfbeta": _dfbeta,
    "dfbetas": _dfbetas,
    "schoenfeld": _schoenfeld,
    "scaled-schoenfeld": _scaled_schoenfeld,
}
