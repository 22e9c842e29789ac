"""A weighted line, its errors stretched by the scatter around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.numerics.results import Interval
from synthesist.numerics.tails import t_point, t_two_tails
from synthesist.pooling.regression.inference import Coefficient


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Intercept and slope of a weighted regression.

    `dispersion` is the weighted residual sum of squares over `df`, by which both
    standard errors are stretched.
    """

    intercept: float
    slope: float
    se_intercept: float
    se_slope: float
    dispersion: float
    df: int

    def coefficients(
        self, names: tuple[str, str], level: float
    ) -> tuple[Coefficient, Coefficient]:
        """Return intercept and slope with their t tests and intervals."""
        return (
            coefficient(names[0], self.intercept, self.se_intercept, self.df, level),
            coefficient(names[1], self.slope, self.se_slope, self.df, level),
        )


def weighted_line(x: Vector, y: Vector, w: Vector) -> Line:
    """Return the line through points (n,) with weights (n,) above zero.

    Sums are taken around the weighted means, where nothing cancels.
    """
    total = float(w.sum())
    middle_x, middle_y = float(w @ x) / total, float(w @ y) / total
    across, up = x - middle_x, y - middle_y
    sxx = float(w @ np.square(across))
    slope = float(w @ (across * up)) / sxx
    rest = up - slope * across
    df = len(x) - 2
    dispersion = float(w @ np.square(rest)) / df
    return Line(
        intercept=middle_y - slope * middle_x,
        slope=slope,
        se_intercept=float(np.sqrt(dispersion * (1 / total + middle_x**2 / sxx))),
        se_slope=float(np.sqrt(dispersion / sxx)),
        dispersion=dispersion,
        df=df,
    )


def coefficient(
    name: str, estimate: float, se: float, df: float, level: float
) -> Coefficient:
    """Return a coefficient with its t test and interval; infinite `df` is normal."""
    half = t_point(0.5 + level / 2, df) * se
    statistic = estimate / se if se > 0 else None
    return Coefficient(
        name=name,
        estimate=estimate,
        se=se,
        statistic=statistic,
        df=None if np.isinf(df) else float(df),
        p=None if statistic is None else t_two_tails(statistic, df),
        interval=Interval(lower=estimate - half, upper=estimate + half, level=level),
    )
