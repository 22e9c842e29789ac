"""A pooled effect, with everything needed to read, report and check it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.numerics.arrays import Vector
from synthesist.numerics.results import HypothesisTest, Interval, number, versions
from synthesist.tables import give_back

__all__ = ["HypothesisTest", "Interval", "PooledFit", "number"]

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.figures import ForestPlot


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PooledFit:
    """A pooled effect with its uncertainty.

    Estimate, standard error and intervals are on the analysis scale; tau² is in
    squared units of the estimate; I² is in per cent, `i2` from tau² and `i2_q`
    from Q. Whatever does not exist is None, and a note says why. Notes are
    printed wherever the number is.

    Attributes
    ----------
    effects : EffectTable
        What was pooled, with the studies that were left out.
    k : int
        Number of studies that were pooled.
    model : str
        Code of `MODELS`.
    df : float or None
        Degrees of freedom of the test; None for the normal distribution.
    weights : (k,) array
        Per cent, 0 for a study that is not included.
    rules : mapping of str
        Every choice by which the numbers were computed.
    beside : tuple of PooledFit
        Answers that belong beside this one, such as that of a common effect
        when there are few studies.
    """

    effects: EffectTable
    k: int
    model: str
    estimate: float
    se: float
    interval: Interval
    statistic: float | None
    df: float | None
    p: float | None
    tau2: float | None
    tau2_interval: Interval | None
    tau2_method: str
    h2: float | None
    i2: float | None
    i2_interval: Interval | None
    i2_q: float | None
    i2_q_interval: Interval | None
    q: float | None
    q_df: int | None
    q_p: float | None
    prediction: Interval | None
    weights: Vector
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()
    beside: tuple[PooledFit, ...] = ()

    def summary(self) -> str:
        """Return the result as text."""
        from synthesist.pooling.wording import summary

        return summary(self)

    def forest(self) -> ForestPlot:
        """Return the forest plot as data, to be drawn or changed."""
        from synthesist.pooling.drawing import forest_plot

        return forest_plot(self)

    def plot(self, kind: str = "forest", **options: Any) -> Figure:
        """Draw a picture of the result.

        Parameters
        ----------
        kind : str
            Code of `PLOTS`: forest, funnel, sunset, drapery, galbraith, labbe,
            likelihood_profile, baujat, influence, leave_one_out, cumulative, gosh.
        **options
            Passed on to the function of that name in `synthesist.figures`, such as
            ``title`` and ``width_mm``; for a forest plot the fields of
            `ForestPlot`, such as ``favours``.

        Raises
        ------
        InvalidInput
            If there is no such picture, or not of these effects.
        """
        from synthesist.pooling.plots import plot

        return plot(self, kind, options)

    def display(self) -> dict[str, Any]:
        """Return the numbers as they are read, None where there is none."""
        effects = self.effects
        estimate, low, high = effects.readings(self.interval.level)
        prediction = _limits(self.prediction)
        back = effects.to_reading(
            [self.estimate, self.interval.lower, self.interval.upper, *prediction]
        )
        names = ("estimate", "ci_low", "ci_high", "pi_low", "pi_high")
        studies = [
            {
                "study": effects.study[i],
                "estimate": number(estimate[i]),
                "ci_low": number(low[i]),
                "ci_high": number(high[i]),
            }
            for i in range(len(effects))
        ]
        readings: dict[str, Any] = dict(zip(names, map(number, back), strict=True))
        return readings | {"studies": studies}

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it.

        Every key is always there; what does not exist is None.
        """
        effects = self.effects
        tau2_low, tau2_high = map(number, _limits(self.tau2_interval))
        i2_low, i2_high = map(number, _limits(self.i2_interval))
        i2_q_low, i2_q_high = map(number, _limits(self.i2_q_interval))
        pi_low, pi_high = map(number, _limits(self.prediction))
        return {
            "estimate": number(self.estimate),
            "se": number(self.se),
            "ci_low": number(self.interval.lower),
            "ci_high": number(self.interval.upper),
            "level": self.interval.level,
            "statistic": number(self.statistic),
            "df": number(self.df),
            "p": number(self.p),
            "k": self.k,
            "tau2": number(self.tau2),
            "tau2_low": tau2_low,
            "tau2_high": tau2_high,
            "tau2_method": self.tau2_method,
            "h2": number(self.h2),
            "i2": number(self.i2),
            "i2_low": i2_low,
            "i2_high": i2_high,
            "i2_q": number(self.i2_q),
            "i2_q_low": i2_q_low,
            "i2_q_high": i2_q_high,
            "q": number(self.q),
            "q_df": self.q_df,
            "q_p": number(self.q_p),
            "pi_low": pi_low,
            "pi_high": pi_high,
            "measure": effects.measure.code,
            "model": self.model,
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "studies": [
                {
                    "study": effects.study[i],
                    "y": number(effects.y[i]),
                    "v": number(effects.v[i]),
                    "weight": number(self.weights[i]),
                    "included": bool(effects.included[i]),
                }
                for i in range(len(effects))
            ],
            "display": self.display(),
            "beside": [fit.to_dict() for fit in self.beside],
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a study and one for the answer, on the reading scale.

        The frame is of the caller's kind; data from a file give a dictionary of
        columns, unless `backend` names pandas, polars or pyarrow.
        """
        shown = self.display()
        studies = shown["studies"]
        columns: dict[str, list[Any]] = {
            "study": [row["study"] for row in studies] + ["Pooled"],
        }
        for name in ("estimate", "ci_low", "ci_high"):
            columns[name] = [row[name] for row in studies] + [shown[name]]
        for name in ("pi_low", "pi_high"):
            columns[name] = [None] * len(studies) + [shown[name]]
        columns["weight"] = [*map(float, self.weights), 100.0]
        columns["included"] = [*map(bool, self.effects.included), True]
        return give_back(columns, self.effects.native, backend)


def _limits(found: Interval | None) -> tuple[float, float]:
    return (np.nan, np.nan) if found is None else (found.lower, found.upper)
