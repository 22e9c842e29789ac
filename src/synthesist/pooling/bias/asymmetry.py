"""What a test of small-study effects found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.numerics.arrays import Indices, Vector
from synthesist.numerics.printing import p_value, percent, plain
from synthesist.numerics.results import number, versions
from synthesist.pooling.bias.sample import counted
from synthesist.pooling.regression.inference import Coefficient
from synthesist.pooling.regression.wording import signed
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmallStudyTest:
    """A test whether small studies show other effects than large ones.

    Whatever a test has not is None. Coefficients are on the analysis scale.

    Attributes
    ----------
    method, label : str
        Code and name of the test.
    k : int
        The number of studies in it.
    statistic, df, p : float or None
        Of the slope; `df` is None for the normal distribution. Rank correlation has
        a P value only.
    slope : Coefficient or None
        The change of the effect with the predictor: Egger's "bias".
    limit : Coefficient or None
        The effect where the predictor is zero: of a study without bounds. With other
        moderators it is that at their average.
    tau : float or None
        Kendall's rank correlation; `exact` tells how it was tested.
    tau2 : float or None
        The variance between studies that is left around the line.
    dispersion : float or None
        The factor by which all variances were stretched instead.
    clusters : int or None
        The number of clusters of a robust test.
    predictor : str
        What goes with the size of a study.
    x, y : (k,) arrays
        Predictor and effects as they were regressed; for the score test the effects
        are scores over their variances.
    rows : (k,) array of int
        The rows of the studies among the effects.
    """

    effects: EffectTable
    method: str
    label: str
    k: int
    statistic: float | None
    df: float | None
    p: float | None
    slope: Coefficient | None
    limit: Coefficient | None
    tau: float | None
    exact: bool | None
    tau2: float | None
    dispersion: float | None
    clusters: int | None
    predictor: str
    x: Vector = field(repr=False)
    y: Vector = field(repr=False)
    rows: Indices = field(repr=False)
    start: float | None = field(repr=False)
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return the test, the line and the notes as text."""
        lines = [
            f"Small-study effects by {self.label}, {counted(self.k, self.clusters)}"
        ]
        if self.tau is not None:
            kind = "exact" if self.exact else "normal"
            lines.append(
                f"  Kendall's tau = {signed(self.tau)}, {p_value(self.p)} ({kind})"
            )
        if self.slope is not None:
            lines.append(f"  Slope on {self.predictor}: {self._slope()}")
        if self.limit is not None and self.limit.interval is not None:
            show = self.effects.measure.scale.show
            ends = self.limit.interval
            lines.append(
                f"  Effect without bounds to size: {show(self.limit.estimate)} "
                f"({percent(ends.level)} CI {show(ends.lower)} to {show(ends.upper)})"
            )
        if self.tau2 is not None:
            lines.append(f"  Around the line: tau² = {plain(self.tau2)}")
        if self.dispersion is not None:
            lines.append(f"  Around the line: dispersion {plain(self.dispersion)}")
        lines.append("  Rules: " + ", ".join(f"{k} {v}" for k, v in self.rules.items()))
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def _slope(self) -> str:
        slope = self.slope
        if slope is None or slope.interval is None:
            return ""
        ends = slope.interval
        text = (
            f"{signed(slope.estimate)} ({percent(ends.level)} CI {signed(ends.lower)} "
            f"to {signed(ends.upper)})"
        )
        if slope.statistic is None:
            return text
        name = "z" if slope.df is None else f"t on {slope.df:.4g} df"
        return f"{text}, {name} = {signed(slope.statistic)}, {p_value(slope.p)}"

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        rows: list[int] = self.rows.tolist()
        return {
            "method": self.method,
            "k": self.k,
            "statistic": number(self.statistic),
            "df": number(self.df),
            "p": number(self.p),
            "slope": self.slope.to_dict() if self.slope else None,
            "limit": self.limit.to_dict() if self.limit else None,
            "tau": number(self.tau),
            "exact": self.exact,
            "tau2": number(self.tau2),
            "dispersion": number(self.dispersion),
            "clusters": self.clusters,
            "predictor": self.predictor,
            "measure": self.effects.measure.code,
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "studies": [
                {
                    "study": self.effects.study[row],
                    "x": number(self.x[i]),
                    "y": number(self.y[i]),
                }
                for i, row in enumerate(rows)
            ],
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a coefficient, on the analysis scale; one row for a rank test."""
        found = [c.to_dict() for c in (self.limit, self.slope) if c is not None]
        if not found:
            found = [{"name": "Kendall's tau", "estimate": self.tau, "p": self.p}]
        columns: dict[str, Any] = {key: [row[key] for row in found] for key in found[0]}
        return give_back(columns, self.effects.native, backend)

    def plot(self, **options: Any) -> Figure:
        """Draw the funnel with the line of the regression.

        A test that regresses on something else than a standard error is drawn as
        effects over that. `options` are passed on to `synthesist.figures.funnel` or
        `synthesist.figures.bubble`.
        """
        from synthesist.pooling.bias.drawing import draw_test

        return draw_test(self, options)

    def line(self, at: Vector) -> Vector:
        """Return the effects (m,) that the line has at predictors (m,)."""
        if self.slope is None or self.start is None:
            return np.full(len(at), np.nan)
        return self.start + self.slope.estimate * at
