"""The profile-likelihood interval of one coefficient."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from synthesist.errors import NotConverged
from synthesist.numerics.results import Interval
from synthesist.survival.likelihood import Design, Evaluation
from synthesist.survival.maximise import maximise

if TYPE_CHECKING:
    from synthesist.survival.cox_fit import CoxFit


def profile_interval(fit: CoxFit, j: int, level: float) -> Interval:
    """Return where twice the log-likelihood falls by a quantile of chi-squared.

    A limit beyond which the likelihood falls no further is infinite.
    """
    from scipy.special import chdtri

    fall = float(chdtri(1, 1 - level)) / 2
    below = _profile(fit, j)
    at, se = float(fit.estimate[j]), float(np.sqrt(fit.model_covariance[j, j]))
    goal = fit.loglik[1] - fall
    lower, upper = (
        crossing(lambda value: below(value) - goal, at, side * se)
        for side in (-1.0, 1.0)
    )
    return Interval(lower=lower, upper=upper, level=level)


def _profile(fit: CoxFit, j: int) -> Callable[[float], float]:
    """Return the log-likelihood with coefficient `j` held, the others at their best."""
    from synthesist.survival.cox import TIES
    from synthesist.survival.firth import maximise_penalised

    model, method = fit.model, TIES[fit.ties]
    rest = np.delete(np.arange(len(fit.names)), j)
    names = tuple(fit.names[i] for i in rest.tolist())
    start = fit.estimate[rest]

    def at(value: float) -> float:
        nonlocal start
        design = Design(
            x=model.x[rest], parameters=len(rest), offset=value * model.x[j]
        )
        if fit.firth:
            held = maximise_penalised(
                model.sets,
                model.design,
                lambda beta: method.evaluate(model.sets, model.design, beta),
                efron=model.efron,
                held=(j, value),
            )
            return held.at.loglik

        def likelihood(beta: np.ndarray) -> Evaluation:
            return method.evaluate(model.sets, design, beta)

        if not len(rest):
            return likelihood(np.empty(0)).loglik
        found = maximise(likelihood, start, names=names)
        start = found.beta
        return found.at.loglik

    return at


def crossing(excess: Callable[[float], float], start: float, stride: float) -> float:
    """Return where a function that is positive at `start` falls to zero.

    Parameters
    ----------
    excess : callable
        Falls away from `start` in the direction of `stride`.
    stride : float
        The first guess of the distance, signed.

    Returns
    -------
    float
        Infinite when the function stays above zero for 1,000 strides.
    """
    from scipy.optimize import brentq

    near, far = start, start + 2 * stride
    while excess(far) > 0:
        if abs(far - start) > 1000 * abs(stride):
            return float(np.copysign(np.inf, stride))
        near, far = far, start + 2 * (far - start)
    try:
        # The limit is wanted to 1e-8 of a standard error.
        return float(brentq(excess, near, far, xtol=1e-9 * abs(stride), rtol=1e-14))
    except RuntimeError as error:
        raise NotConverged(f"The profile interval was not found: {error}") from None
