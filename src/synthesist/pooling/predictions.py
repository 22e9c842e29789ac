"""Prediction intervals for the effect in a new study, by their codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import t_quantile
from synthesist.pooling.intervals import Inference, Pooled

#: With fewer studies the spread of effects cannot be told from their errors.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Prediction:
    """A way to predict the effect of a new study.

    `limits` takes the pooled panel, the inference on its effect and the level,
    and returns lower and upper limits (g,), NaN below `FEWEST` studies.
    """

    code: str
    label: str
    limits: Callable[[Pooled, Inference, float], tuple[Vector, Vector]]


def normal(pooled: Pooled, inference: Inference, level: float) -> tuple[Vector, Vector]:
    """Take tau² as known.

    References
    ----------
    Skipka G. Stat Med 2006;25:4320.
    """
    return _around(pooled, inference, np.full(pooled.panel.groups, np.inf), level)


def t_less_one(
    pooled: Pooled, inference: Inference, level: float
) -> tuple[Vector, Vector]:
    """Use t on ``k - 1`` degrees of freedom.

    References
    ----------
    Veroniki AA, Jackson D, Bender R, et al. Res Synth Methods 2019;10:23.
    doi:10.1002/jrsm.1319
    """
    return _around(pooled, inference, pooled.panel.k - 1, level)


def t_less_two(
    pooled: Pooled, inference: Inference, level: float
) -> tuple[Vector, Vector]:
    """Use t on ``k - 2`` degrees of freedom.

    References
    ----------
    Higgins JPT, Thompson SG, Spiegelhalter DJ. J R Stat Soc A 2009;172:137.
    doi:10.1111/j.1467-985X.2008.00552.x
    """
    return _around(pooled, inference, pooled.panel.k - 2, level)


def _around(
    pooled: Pooled, inference: Inference, df: Vector, level: float
) -> tuple[Vector, Vector]:
    """Return ``estimate ± t sqrt(tau2 + se**2)``."""
    enough = np.where(pooled.panel.k >= FEWEST, df, np.nan)
    half = t_quantile(0.5 + level / 2, enough) * np.hypot(
        np.sqrt(pooled.tau2), inference.se
    )
    return inference.estimate - half, inference.estimate + half


PREDICTIONS: dict[str, Prediction] = {
    prediction.code: prediction
    for prediction in (
        Prediction("z", "normal", normal),
        Prediction("k-1", "t on k - 1 degrees of freedom", t_less_one),
        Prediction("k-2", "t on k - 2 degrees of freedom", t_less_two),
    )
}
