"""A selection function becomes a picture: weights, their band and the P values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.pooling.selection.fit import ANCHOR

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.pooling.selection.fit import SelectionFit

#: Points of a drawn curve.
STEPS = 401


def weights_at(
    fit: SelectionFit, p: Vector, level: float
) -> tuple[Vector, Vector, Vector]:
    """Return weights and limits (n,); see `SelectionFit.weights_at`."""
    log_weight, slopes = _log_weights(fit, p)
    variance = np.einsum("nd,de,ne->n", slopes, _spread(fit), slopes)
    half = normal_quantile(0.5 + level / 2) * np.sqrt(np.maximum(variance, 0.0))
    known = np.isfinite(log_weight)
    half = np.where(known, half, 0.0)
    return np.exp(log_weight), np.exp(log_weight - half), np.exp(log_weight + half)


def _spread(fit: SelectionFit) -> Matrix:
    """Return the covariance of the parameters as they are read, NaN as zero."""
    p = fit.found.likelihood.p
    found = fit.found.covariance[p + 1 :, p + 1 :]
    return np.where(np.isnan(found), 0.0, found)


def _log_weights(fit: SelectionFit, p: Vector) -> tuple[Vector, Matrix]:
    """Return log weights (n,) and their slopes in the estimated parameters (n, d)."""
    delta = np.array([q.estimate for q in fit.parameters])
    free = np.array([not q.fixed for q in fit.parameters])
    function = fit.setting.function
    if function.in_pieces:
        cuts = np.array(fit.steps)[None]
        if not function.by_size:
            place = (cuts < p[:, None]).sum(axis=1)
        elif fit.setting.sign > 0:
            place = (cuts > p[:, None]).sum(axis=1)
        else:
            place = (cuts < p[:, None]).sum(axis=1)
        with np.errstate(divide="ignore"):
            logs = np.log(delta)[place]
        unit = np.eye(len(delta))[place] / np.where(delta > 0, delta, 1.0)
        return logs, unit[:, free]
    assert function.curve is not None  # noqa: S101 - pieces were dealt with above
    alpha = fit.steps[0] if fit.steps else 0.0
    anchor = ANCHOR if function.code == "beta" else 0.0
    at = np.append(p, anchor)
    least = function.censored
    shown = np.clip(at, least, 1 - least)
    found = function.curve(shown, 1 - shown, delta, np.ones(1), alpha)
    above = at > alpha
    logs = np.where(above, found.value, 0.0) if alpha else found.value
    slopes = np.where(above, found.slopes, 0.0) if alpha else found.slopes
    return logs[:-1] - logs[-1], (slopes[:, :-1] - slopes[:, -1:]).T[:, free]


def draw_selection(fit: SelectionFit, **options: Any) -> Figure:
    """Draw the weight against the P value, or the effect for a truncation."""
    from synthesist.figures import selection_function

    function = fit.setting.function
    scale = fit.effects.measure.scale
    given: dict[str, Any] = {"level": fit.level}
    if function.by_size:
        own = fit.effects.y[fit.used]
        reach = 0.1 * float(np.ptp(own)) or 1.0
        ends = np.array([*own.tolist(), *fit.steps])
        marks = [float(ends.min()) - reach, *fit.steps, float(ends.max()) + reach]
        given |= {"x_label": fit.effects.measure.label, "log": scale.log}
    else:
        own = fit.setting.p
        marks = [0.0, *fit.steps, 1.0]
        sides = "two-sided" if fit.alternative == "two-sided" else "one-sided"
        given |= {"x_label": f"P value, {sides}", "bounded": True}
    if function.in_pieces:
        edges = np.array(marks)
        middle = (edges[:-1] + edges[1:]) / 2
        weight, low, high = fit.weights_at(middle)
        given |= {"steps": True}
        x = edges
    else:
        # Small P values are where the curve bends.
        x = np.linspace(0.0, 1.0, STEPS) ** 2
        x = np.unique(np.concatenate([x, np.array(fit.steps), np.array([ANCHOR])]))
        weight, low, high = fit.weights_at(x)
    band = (low, high) if any(q.se is not None for q in fit.parameters) else None
    if function.code == "beta":
        given |= {"relative": f"P = {ANCHOR:g}"}
    return selection_function(x, weight, own=own, band=band, **{**given, **options})
