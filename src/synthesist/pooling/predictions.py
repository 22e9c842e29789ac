"""Prediction intervals for the effect in a new study, by their codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import t_quantile
from synthesist.pooling.intervals import Inference

#: With fewer studies the spread of effects cannot be told from their errors.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Prediction:
    """A way to predict the effect of a new study.

    `df` takes the numbers of studies and the degrees of freedom of the confidence
    interval, and returns those of the t distribution (g,), infinite for the normal.
    `needs` is the only interval with which it goes together, empty for any.
    """

    code: str
    label: str
    df: Callable[[Vector, Vector], Vector]
    needs: str = ""


def around(
    k: Vector, tau2: Vector, inference: Inference, df: Vector, level: float
) -> tuple[Vector, Vector]:
    """Return ``estimate ± t sqrt(tau2 + se**2)``, NaN below `FEWEST` studies."""
    enough = np.where(k >= FEWEST, df, np.nan)
    spread = np.sqrt(tau2 + inference.se * inference.se)
    half = t_quantile(0.5 + level / 2, enough) * spread
    return inference.estimate - half, inference.estimate + half


def normal(k: Vector, _: Vector) -> Vector:
    """Take tau² as known.

    References
    ----------
    Skipka G. Stat Med 2006;25:4320.
    """
    return np.full(k.shape, np.inf)


def one_less(k: Vector, _: Vector) -> Vector:
    """Use t on ``k - 1`` degrees of freedom.

    References
    ----------
    Veroniki AA, Jackson D, Bender R, et al. Res Synth Methods 2019;10:23.
    doi:10.1002/jrsm.1319
    """
    return k - 1


def two_less(k: Vector, _: Vector) -> Vector:
    """Use t on ``k - 2`` degrees of freedom.

    References
    ----------
    Higgins JPT, Thompson SG, Spiegelhalter DJ. J R Stat Soc A 2009;172:137.
    doi:10.1111/j.1467-985X.2008.00552.x
    """
    return k - 2


def as_interval(_: Vector, df: Vector) -> Vector:
    """Use the degrees of freedom of the confidence interval.

    References
    ----------
    Partlett C, Riley RD. Stat Med 2017;36:301. doi:10.1002/sim.7140
    """
    return df


def one_less_than_interval(_: Vector, df: Vector) -> Vector:
    """Use one degree of freedom less than the confidence interval; none below 1.

    References
    ----------
    Partlett C, Riley RD. Stat Med 2017;36:301. doi:10.1002/sim.7140
    """
    return df - 1


def nothing(k: Vector, _: Vector) -> Vector:
    """Predict nothing."""
    return np.full(k.shape, np.nan)


PREDICTIONS: dict[str, Prediction] = {
    prediction.code: prediction
    for prediction in (
        Prediction("z", "normal", normal),
        Prediction("k-1", "t on k - 1 degrees of freedom", one_less),
        Prediction("k-2", "t on k - 2 degrees of freedom", two_less),
        Prediction("KR", "t on Kenward and Roger's df", as_interval, "KR"),
        Prediction(
            "KR-1",
            "t on one less than Kenward and Roger's df",
            one_less_than_interval,
            "KR",
        ),
        Prediction("none", "none", nothing),
    )
}
