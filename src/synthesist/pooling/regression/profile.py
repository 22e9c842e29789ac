"""The likelihood of the variance that moderators leave, and its drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Indices, Vector
from synthesist.numerics.distributions import chi2_quantile
from synthesist.numerics.results import Interval
from synthesist.numerics.roots import falling_root
from synthesist.pooling.regression.likelihood import log_likelihood, maximise, sides

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.pooling.regression.core import Core
    from synthesist.pooling.regression.fit import RegressionFit

#: Points of a profile, and how far beyond its limits it goes.
POINTS, MARGIN = 201, 0.15


def profile(fit: RegressionFit, points: Vector | None) -> tuple[Vector, Vector]:
    """Return values of tau² and the log-likelihood, the coefficients at their best.

    Raises
    ------
    InvalidInput
        If a value is below zero, or moderators were imputed.
    """
    core = _core(fit)
    at = _around(fit, core) if points is None else points
    if not (at >= 0).all():
        raise InvalidInput("tau² is not below zero.", remedy="choose other points")
    return at, _heights(core, at, restricted=_restricted(fit))


def limits(fit: RegressionFit) -> Interval:
    """Return where the likelihood of tau² has fallen to the limit of the level.

    References
    ----------
    Hardy RJ, Thompson SG. Stat Med 1996;15:619.
    doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A
    """
    core, restricted = _core(fit), _restricted(fit)
    best = _best(core, restricted=restricted)
    (top,) = _heights(core, np.array([best]), restricted=restricted)
    cut = float(top) - _depth(fit)

    def fall(tau2: Vector) -> tuple[Vector, Vector]:
        solved = core.contrasts.take(_same(len(tau2))).at(tau2)
        push, pull = sides(solved, restricted=restricted)
        height = log_likelihood(solved, restricted=restricted)
        return height - cut, 0.5 * (push - pull)

    far = best + float(np.mean(core.v))
    while float(fall(np.array([far]))[0][0]) > 0:
        far *= 2
    upper = falling_root(fall, np.array([best]), np.array([far]))
    lower = 0.0
    if best > 0 and float(fall(np.zeros(1))[0][0]) < 0:

        def rise(down: Vector) -> tuple[Vector, Vector]:
            value, slope = fall(best - down)
            return value, -slope

        lower = best - float(falling_root(rise, np.zeros(1), np.array([best]))[0])
    return Interval(lower=lower, upper=float(upper[0]), level=fit.level)


def draw_profile(fit: RegressionFit, **options: Any) -> Figure:
    """Draw the likelihood of tau² with the interval it gives."""
    from synthesist.figures import likelihood_profile

    core, restricted = _core(fit), _restricted(fit)
    best, found = _best(core, restricted=restricted), limits(fit)
    at, heights = profile(fit, None)
    (top,) = _heights(core, np.array([best]), restricted=restricted)
    given: dict[str, Any] = {
        "estimate": best,
        "name": "Variance between studies that is left, tau²",
        "cutoff": float(top) - _depth(fit),
        "interval": (found.lower if found.lower > 0 else None, found.upper),
        "level": fit.level,
        "footer": (f"The {'restricted' if restricted else 'full'} likelihood.",),
    }
    return likelihood_profile(at, heights, **{**given, **options})


def _core(fit: RegressionFit) -> Core:
    if fit.imputed:
        raise InvalidInput(
            "Imputed moderators have a likelihood each.",
            remedy="regress with missing='drop'",
        )
    return fit.core


def _restricted(fit: RegressionFit) -> bool:
    """Say which likelihood is meant: the full one if that gave tau²."""
    return fit.tau2_method != "ML"


def _depth(fit: RegressionFit) -> float:
    return 0.5 * float(chi2_quantile(fit.level, np.ones(1))[0])


def _best(core: Core, *, restricted: bool) -> float:
    return float(maximise(core.contrasts, restricted=restricted).tau2[0])


def _heights(core: Core, tau2: Vector, *, restricted: bool) -> Vector:
    solved = core.contrasts.take(_same(len(tau2))).at(tau2)
    return log_likelihood(solved, restricted=restricted)


def _same(count: int) -> Indices:
    """Return the only set so many times."""
    return np.zeros(count, dtype=np.intp)


def _around(fit: RegressionFit, core: Core) -> Vector:
    """Return points around the interval, its ends and the maximum among them."""
    found = limits(fit)
    reach = MARGIN * (found.upper - found.lower)
    start, end = max(0.0, found.lower - reach), found.upper + reach
    named = [_best(core, restricted=_restricted(fit)), found.lower, found.upper]
    return np.unique(np.concatenate([np.linspace(start, end, POINTS), named]))
