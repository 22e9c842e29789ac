"""Single-arm proportions by the binomial-normal model: no correction, no logits."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from synthesist.effects import EffectTable, effect_table
from synthesist.errors import InvalidInput, NotConverged, NotEstimable
from synthesist.numerics.arrays import Mask, Vector
from synthesist.numerics.results import Interval, number
from synthesist.numerics.roots import falling_root_near
from synthesist.pooling.binomial_normal import BinomialNormal, Value
from synthesist.pooling.engine import Method
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.intervals import symmetric
from synthesist.pooling.notes import FEW, NO_PREDICTION, ONE_STUDY, ZERO_TAU2
from synthesist.pooling.predictions import FEWEST, PREDICTIONS, around

#: Numbers of nodes, tried until two in a row agree.
NODES = (25, 41, 67, 109, 177, 287, 465, 753)

#: Nodes of the scan: a logistic curve of slope tau needs more the steeper it is.
SCAN_NODES, NODES_PER_TAU = 41, 20

#: Agreement of two numbers of nodes, relative to the standard error and to tau.
AGREEMENT = 1e-8

#: The scan over tau goes up by this factor, so that tau² about doubles.
STEP = 1.4

#: With such a standard deviation of logits most proportions cannot be told from
#: 0 or 1 by any study.
LARGEST_TAU = 20.0

#: The last step of an iteration, relative to tau or to the standard error; its
#: error is of the size of the square.
LAST_STEP = 1e-7

#: A slope of the likelihood in tau that is not above this share of the information
#: is zero but for rounding.
ROUNDING = 1e-12


class _Optimum(NamedTuple):
    """A maximum of the likelihood, `tau` zero where that is on the boundary."""

    mu: float
    tau: float
    value: Value
    nodes: int


def glmm(data: Any, measure: str = "PLO", *, level: float = 0.95) -> PooledFit:
    """Pool proportions of single groups by the binomial-normal model.

    Maximum likelihood of binomial counts whose logits vary normally between
    studies, integrated with as many nodes as are needed; the number stands in the
    rules. The maximum is searched over the whole range of tau².

    Parameters
    ----------
    data : EffectTable, path, frame or mapping of columns
        With ``events`` and ``n``.
    measure : {"PLO"}
        The scale of the estimate, log odds. Not used when `data` is an
        `EffectTable`, which has its own.
    level : float
        Confidence level.

    Returns
    -------
    PooledFit
        The estimate is the logit of the proportion in the median study.

    Raises
    ------
    InvalidInput
        If the measure is another, or the counts are missing.
    NotEstimable
        If no study, or every study, has events only or no events at all.
    """
    table = data if isinstance(data, EffectTable) else effect_table(data, measure)
    return pool_glmm(table, Method(level=level))


def pool_glmm(effects: EffectTable, method: Method) -> PooledFit:
    """Pool an effect table of logits by the binomial-normal model."""
    events, n, used = _counts(effects)
    best = _maximise(events, n)
    k = len(events)
    variance = _variance_of_mu(best)
    infinite = np.array([np.inf])
    inference = symmetric(
        np.array([best.mu]), np.array([np.sqrt(variance)]), infinite, method.level
    )
    tau2 = np.array([best.tau**2])
    typical = _typical_variance(effects, used)
    df = PREDICTIONS[method.prediction].df(np.array([float(k)]), infinite)
    low, high = around(np.array([float(k)]), tau2, inference, df, method.level)
    weights = np.zeros(len(effects))
    weights[used] = 100 * best.value.share / best.value.share.sum()
    prediction = Interval(lower=float(low[0]), upper=float(high[0]), level=method.level)
    return PooledFit(
        effects=effects,
        k=k,
        model="glmm",
        estimate=best.mu,
        se=float(inference.se[0]),
        interval=Interval(
            lower=float(inference.lower[0]),
            upper=float(inference.upper[0]),
            level=method.level,
        ),
        statistic=number(inference.statistic[0]),
        df=None,
        p=number(inference.p[0]),
        tau2=float(tau2[0]) if k > 1 else None,
        tau2_interval=None,
        tau2_method="ML",
        h2=None if typical is None else 1 + float(tau2[0]) / typical,
        i2=None
        if typical is None
        else 100 * float(tau2[0]) / (float(tau2[0]) + typical),
        i2_interval=None,
        i2_q=None,
        i2_q_interval=None,
        q=None,
        q_df=k - 1,
        q_p=None,
        prediction=prediction if k >= FEWEST else None,
        weights=weights,
        rules={
            "model": "glmm",
            "likelihood": "binomial-normal",
            "tau2": "ML",
            "quadrature": f"adaptive trapezoidal, {best.nodes} nodes",
            "interval": "normal",
            "prediction": method.prediction,
            "weights": "share of the information about the estimate",
            "level": f"{method.level:g}",
        },
        notes=_notes(effects, best, k),
    )


def _counts(effects: EffectTable) -> tuple[Vector, Vector, Mask]:
    """Return events, sizes, and which rows have both."""
    if effects.measure.code != "PLO" or not {"events", "n"} <= effects.cells.keys():
        raise InvalidInput(
            "The binomial-normal model is for events among n in single groups.",
            remedy="choose the measure PLO, with the columns events and n",
        )
    events, n = effects.cells["events"], effects.cells["n"]
    used = np.isfinite(events) & np.isfinite(n)
    if not used.any():
        raise NotEstimable(
            "No study has counts to pool.",
            remedy="look at the notes of the studies for what is missing",
        )
    events, n = events[used], n[used]
    if events.sum() in (0, n.sum()):
        word = "No one" if events.sum() == 0 else "Everyone"
        raise NotEstimable(
            f"{word} in any study had the event, so the log odds are infinite.",
            remedy="report the counts with an exact interval of their total",
        )
    return events, n, used


def _maximise(events: Vector, n: Vector) -> _Optimum:
    """Return the highest maximum over all tau, with as many nodes as it needs."""
    total = events.sum() / n.sum()
    mu = float(np.log(total / (1 - total)))
    at_zero = BinomialNormal(events, n, 0).common(mu)
    boundary = _Optimum(mu, 0.0, at_zero, 0)
    # Studies of one person each say nothing of tau: the likelihood is flat in it.
    if len(events) == 1 or n.max() == 1:
        return boundary
    flat = ROUNDING * float(at_zero.share.sum())
    rising = bool(at_zero.gradient[1] > flat)
    candidates = [] if rising else [boundary]
    # A spread of logits far below the best standard error cannot be told from zero.
    low, tau = 0.0, float(0.1 / np.sqrt((n * total * (1 - total)).max() + 1))
    while tau < LARGEST_TAU:
        nodes = next(n for n in NODES if n >= max(SCAN_NODES, NODES_PER_TAU * tau))
        mu, value = _profile(BinomialNormal(events, n, nodes), tau, mu)
        if rising and value.gradient[1] <= flat:
            candidates.append(_with_enough_nodes(events, n, mu, low, tau))
        low, rising = tau, bool(value.gradient[1] > flat)
        tau *= STEP
    if rising:
        raise NotEstimable(
            "The likelihood rises as tau² grows without end: nearly every study has "
            "only events or none.",
            remedy="report the counts, or pool them with a common effect",
        )
    return max(candidates, key=lambda found: found.value.loglik)


def _with_enough_nodes(
    events: Vector, n: Vector, mu: float, low: float, high: float
) -> _Optimum:
    """Return the maximum between two tau with the fewest nodes that suffice."""
    before = None
    for nodes in NODES:
        if nodes < NODES_PER_TAU * low:
            continue
        found = _refine(BinomialNormal(events, n, nodes), mu, low, high)
        if before is not None and _agree(before, found):
            return found
        before, mu = found, found.mu
    raise NotConverged(  # pragma: no cover
        "More nodes keep changing the integral.",
        remedy="report the data: this should not happen",
    )


def _agree(one: _Optimum, two: _Optimum) -> bool:
    """Say whether two numbers of nodes give the same answer."""
    se, other = (np.sqrt(_variance_of_mu(found)) for found in (one, two))
    return bool(
        max(abs(one.mu - two.mu), abs(se - other)) <= AGREEMENT * se
        and abs(one.tau - two.tau) <= AGREEMENT * two.tau
    )


def _refine(model: BinomialNormal, mu: float, low: float, high: float) -> _Optimum:
    """Return the maximum of the profile likelihood of tau between two points."""

    def slope(tau: float) -> tuple[float, float]:
        _, value = _profile(model, tau, mu)
        (by_mu, cross), (_, by_tau) = value.hessian
        return float(value.gradient[1]), float(by_tau - cross * cross / by_mu)

    tau = falling_root_near(
        slope,
        0.5 * (low + high),
        tolerance=lambda tau, _: LAST_STEP * tau,
        low=low,
        high=high,
    )
    mu, value = _profile(model, tau, mu)
    return _Optimum(mu, tau, value, model.nodes)


def _profile(model: BinomialNormal, tau: float, mu: float) -> tuple[float, Value]:
    """Return the best mu at a given tau, and the likelihood there.

    The log-likelihood is concave in mu; far from its maximum it is nearly straight,
    and Newton's step too long.
    """

    def slope(mu: float) -> tuple[float, float]:
        value = model.at(mu, tau)
        return float(value.gradient[0]), float(value.hessian[0, 0])

    best = falling_root_near(
        slope,
        mu,
        tolerance=lambda _, curvature: LAST_STEP / np.sqrt(max(-curvature, 1e-300)),
        longest=2 + tau,
    )
    return best, model.at(best, tau)


def _variance_of_mu(found: _Optimum) -> float:
    """Return the variance of mu from the observed information."""
    information = -found.value.hessian
    if found.tau == 0:
        return float(1 / information[0, 0])
    return float(np.linalg.inv(information)[0, 0])


def _typical_variance(effects: EffectTable, used: Mask) -> float | None:
    """Return the variance of a typical study's logit, by the definition of I².

    It is that of the corrected logits: the model itself has none.
    """
    v = effects.v[used & effects.included]
    if len(v) < 2:
        return None
    w = 1 / v
    return float((len(v) - 1) * w.sum() / (w.sum() ** 2 - (w * w).sum()))


def _notes(effects: EffectTable, best: _Optimum, k: int) -> tuple[str, ...]:
    notes = [*effects.notes]
    if any("zero" in name for name in effects.rules):
        notes.append(
            "The pooled proportion is computed from the counts as they are; any "
            "correction concerns only the studies' own intervals."
        )
    if k == 1:
        notes.append(ONE_STUDY)
    elif k <= FEW:
        notes.append(
            f"{k} studies say little about the variance between studies, and the "
            "pooled answer rests on it."
        )
    if k > 1 and best.tau == 0:
        notes.append(ZERO_TAU2)
    if 1 < k < FEWEST:
        notes.append(NO_PREDICTION)
    return tuple(notes)
