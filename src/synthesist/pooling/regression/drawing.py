"""A meta-regression becomes a bubble plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.pooling.regression.columns import Values, moderators_of, take
from synthesist.pooling.regression.predictions import predict_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.pooling.regression.fit import RegressionFit

#: Enough that a curve at print size shows no corners.
STEPS = 101


def draw_bubble(
    fit: RegressionFit, moderator: str | None = None, **options: Any
) -> Figure:
    """Draw effects against a numeric moderator, the others at their average.

    Raises
    ------
    InvalidInput
        If the formula has no such moderator, or it is words.
    """
    from synthesist.figures import bubble

    values = _studies(fit)
    name = _chosen(fit, values, moderator)
    x = np.asarray(values[name], dtype=np.float64)
    at = np.linspace(float(x.min()), float(x.max()), STEPS)
    X = average_rows(fit, values, name, at)
    found = predict_rows(fit, X, {name: at.tolist()}, level=fit.level)
    scale = fit.effects.measure.scale
    y = fit.effects.y[fit.used]
    # Ratios are drawn on their logarithms; what is bent on any other scale is drawn
    # as it is read.
    read = _as_is if scale.log else fit.effects.to_reading
    no_effect = scale.no_effect
    if no_effect is not None and scale.log:
        no_effect = float(np.log(no_effect))
    wide = not np.isnan(found.pi_lower).any() and fit.tau2_method != "CE"
    return bubble(
        x,
        read(y),
        weights=fit.weights[fit.used],
        line=(at, read(found.estimate)),
        band=(read(found.lower), read(found.upper)),
        prediction=(read(found.pi_lower), read(found.pi_upper)) if wide else None,
        effect_label=fit.effects.measure.label,
        moderator_label=options.pop("moderator_label", name),
        no_effect=no_effect,
        level=fit.level,
        log=scale.log,
        percent=scale.percent,
        **options,
    )


def average_rows(
    fit: RegressionFit, values: dict[str, Values], name: str, at: Vector
) -> Matrix:
    """Return design rows (m, p) at values of one moderator, averaged over the studies.

    For a model without interactions that is each other moderator at its mean.
    """
    rows = [
        fit.design.rows({**values, name: np.full(fit.k, value)}, fit.k).mean(axis=0)
        for value in at.tolist()
    ]
    return np.array(rows)


def _studies(fit: RegressionFit) -> dict[str, Values]:
    """Return the moderators of the studies that were used."""
    index = np.flatnonzero(fit.used).tolist()
    values = moderators_of(fit.effects, fit.design.columns)
    return {name: take(column, index) for name, column in values.items()}


def _chosen(
    fit: RegressionFit, values: dict[str, Values], moderator: str | None
) -> str:
    """Return the moderator to draw, the first with numbers unless one is named."""
    numeric = [n for n, column in values.items() if isinstance(column, np.ndarray)]
    if moderator is None and numeric and not fit.imputed:
        return numeric[0]
    if moderator in numeric and not fit.imputed:
        return moderator
    if fit.imputed:
        raise InvalidInput(
            "A bubble plot needs moderators as they are, and some were imputed.",
            remedy="regress with missing='drop'",
        )
    raise InvalidInput(
        f"{moderator or fit.formula} is no numeric moderator of this regression.",
        remedy=f"choose from {', '.join(numeric)}"
        if numeric
        else "draw the forest plot of subgroups instead",
    )


def _as_is(values: Vector) -> Vector:
    return values
