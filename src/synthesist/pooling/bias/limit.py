"""Limit meta-analysis: what studies of unlimited precision would show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.printing import p_value, percent, plain
from synthesist.numerics.results import HypothesisTest, Interval, number, versions
from synthesist.numerics.tails import chi2_upper, t_two_tails
from synthesist.pooling import wording
from synthesist.pooling.bias.line import weighted_line
from synthesist.pooling.bias.sample import cautions, needs_spread, refuse_dependent
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.influence.studied import studied
from synthesist.pooling.registry import choose
from synthesist.pooling.regression.wording import signed
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ZERO_TAU2 = (
    "tau² is zero: in the limit all studies show the same effect, and the adjusted "
    "answer is the end of the regression line."
)
NO_HETEROGENEITY = (
    "The interval of the adjusted answer rests on the precision of the studies alone "
    "and leaves out heterogeneity, as in the source: it is too narrow where tau² is "
    "large."
)


class Radial(NamedTuple):
    """The line through a radial plot: y / s on 1 / s."""

    intercept: float
    slope: float
    se_slope: float
    residual: float
    r2: float


@dataclass(frozen=True, slots=True)
class LimitMethod:
    """A way to read the answer off the studies in the limit."""

    code: str
    label: str
    adjust: Callable[[Vector, Vector, float, Radial], tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LimitMetaAnalysis:
    """An answer adjusted for small-study effects by its limit.

    Numbers are on the analysis scale.

    Attributes
    ----------
    fit : PooledFit
        The answer without adjustment.
    method : str
        Code of `LIMIT_METHODS`.
    estimate, se : float
        The adjusted answer; the test is normal.
    interval : Interval
    statistic, p : float
    bias, slope : float
        Intercept and slope of the radial plot with tau² in the standard errors: how
        far a study of no precision is shifted, in its own standard errors, and the
        effect without that.
    g2 : float
        Per cent of the scatter in the limit that the line does not explain:
        heterogeneity that is left when small-study effects are taken off.
    small_study, rest : HypothesisTest
        Q split: what the small-study effect explains, and what is left.
    limit : (k,) array
        The effect that each study would show with unlimited precision.
    """

    fit: PooledFit
    method: str
    estimate: float
    se: float
    interval: Interval
    statistic: float
    p: float
    bias: float
    slope: float
    g2: float | None
    small_study: HypothesisTest
    rest: HypothesisTest
    limit: Vector = field(repr=False)
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return both answers, the tests and the notes as text."""
        show = self.fit.effects.measure.scale.show
        ends = self.interval
        lines = [
            f"Limit meta-analysis, {wording.studies(self.fit.k)}",
            f"  As observed: {wording.headline(self.fit)}",
            (
                f"  Adjusted:    {show(self.estimate)} ({percent(ends.level)} CI "
                f"{show(ends.lower)} to {show(ends.upper)}), {p_value(self.p)} "
                f"({LIMIT_METHODS[self.method].label})"
            ),
            f"  Bias = {signed(self.bias)}",
            (
                f"  Small-study effects: Q = {plain(self.small_study.statistic)} on 1 df, "
                f"{p_value(self.small_study.p)}"
            ),
            (
                f"  Left over: Q = {plain(self.rest.statistic)} on {self.rest.df:g} df, "
                f"{p_value(self.rest.p)}"
            ),
        ]
        if self.g2 is not None:
            lines.append(f"  G² = {self.g2:.0f}%")
        lines.append("  Rules: " + ", ".join(f"{k} {v}" for k, v in self.rules.items()))
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        effects = self.fit.effects
        rows: list[int] = np.flatnonzero(effects.included).tolist()
        back = effects.to_reading(
            [self.estimate, self.interval.lower, self.interval.upper]
        )
        names = ("estimate", "ci_low", "ci_high")
        return {
            "method": self.method,
            "estimate": number(self.estimate),
            "se": number(self.se),
            "ci_low": number(self.interval.lower),
            "ci_high": number(self.interval.upper),
            "level": self.interval.level,
            "statistic": number(self.statistic),
            "p": number(self.p),
            "bias": number(self.bias),
            "slope": number(self.slope),
            "g2": number(self.g2),
            "q_small": number(self.small_study.statistic),
            "q_small_p": number(self.small_study.p),
            "q_rest": number(self.rest.statistic),
            "q_rest_df": number(self.rest.df),
            "q_rest_p": number(self.rest.p),
            "observed": self.fit.to_dict(),
            "studies": [
                {"study": effects.study[row], "limit": number(self.limit[i])}
                for i, row in enumerate(rows)
            ],
            "display": dict(zip(names, map(number, back), strict=True)),
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return both answers, one row each, on the reading scale."""
        shown = self.fit.display()
        adjusted = self.to_dict()["display"]
        columns: dict[str, Any] = {"answer": ["observed", "adjusted"]}
        for name in ("estimate", "ci_low", "ci_high"):
            columns[name] = [shown[name], adjusted[name]]
        return give_back(columns, self.fit.effects.native, backend)

    def plot(self, **options: Any) -> Figure:
        """Draw the funnel with the curve on which effects are expected.

        `options` are passed on to `synthesist.figures.funnel`.
        """
        from synthesist.pooling.bias.drawing import draw_limit

        return draw_limit(self, options)


def limit_meta_analysis(
    effects: Any, method: str = "expectation", **options: Any
) -> LimitMetaAnalysis:
    """Adjust an answer for small-study effects by letting every study grow.

    The model is ``y = b + sqrt(v + tau²) (e + a)``: a shifts small studies. Each
    study's effect is taken to where its variance vanishes, with its own heterogeneity
    left.

    Parameters
    ----------
    effects : PooledFit, EffectTable, path, frame or mapping of columns
        A fit by inverse variance, or what `pool` takes.
    method : str
        Code of `LIMIT_METHODS`: ``expectation``, the effect b + tau a that studies
        have in the limit; ``intercept``, the line through the limits, and ``mean``,
        their average.
    **options
        The choices of `pool`, unless a fit is given.

    Returns
    -------
    LimitMetaAnalysis

    Raises
    ------
    InvalidInput
        As `pool`, or if the fit was not made by inverse variance.
    NotEstimable
        If there are fewer than three studies, or all are of one size.

    References
    ----------
    Rücker G, Schwarzer G, Carpenter JR, Binder H, Schumacher M. Biostatistics
    2011;12:122. doi:10.1093/biostatistics/kxq046
    """
    chosen = choose(method, LIMIT_METHODS, "limit meta-analysis")
    refuse_dependent(effects)
    known = studied(effects, options, fewest=3)
    fit, y, v = known.fit, known.y, known.v
    needs_spread(np.sqrt(v), "standard error")
    tau2 = fit.tau2 or 0.0
    plain_line, line = radial(y, v), radial(y, v + tau2)
    limit = line.slope + np.sqrt(tau2 / (v + tau2)) * (y - line.slope)
    estimate, se = chosen.adjust(limit, v, tau2, line)
    level = fit.interval.level
    half = normal_quantile(0.5 + level / 2) * se
    w = 1 / v
    q = float(w @ np.square(y - (w @ y) / w.sum()))
    explained = max(0.0, q - plain_line.residual)
    # Without heterogeneity all limits are equal, and there is nothing to explain.
    g2 = 100 * (1 - radial(limit, v).r2) if tau2 > 0 else None
    return LimitMetaAnalysis(
        fit=fit,
        method=chosen.code,
        estimate=estimate,
        se=se,
        interval=Interval(lower=estimate - half, upper=estimate + half, level=level),
        statistic=estimate / se,
        p=t_two_tails(estimate / se, np.inf),
        bias=line.intercept,
        slope=line.slope,
        g2=g2,
        small_study=_chi2(explained, 1),
        rest=_chi2(plain_line.residual, fit.k - 2),
        limit=limit,
        rules={**fit.rules, "limit": chosen.code, "interval": "normal"},
        notes=(
            *fit.effects.notes,
            *cautions(y, v),
            *((ZERO_TAU2,) if tau2 == 0 else ()),
            NO_HETEROGENEITY,
        ),
    )


def radial(y: Vector, v: Vector) -> Radial:
    """Return the line through the radial plot of effects with variances (k,).

    It is the line through the funnel, its roles exchanged: intercept for slope.
    """
    s = np.sqrt(v)
    line = weighted_line(1 / s, y / s, np.ones(len(y)))
    precision = 1 / s
    spread = float(np.square(precision - precision.mean()).sum())
    up = y / s
    whole = float(np.square(up - up.mean()).sum())
    residual = line.dispersion * line.df
    return Radial(
        intercept=line.intercept,
        slope=line.slope,
        se_slope=spread**-0.5,
        residual=residual,
        r2=1 - residual / whole if whole > 0 else 1.0,
    )


def _chi2(statistic: float, df: int) -> HypothesisTest:
    return HypothesisTest(
        statistic=statistic,
        df=float(df),
        p=chi2_upper(statistic, df),
        reference="chi-squared",
    )


def expectation(
    limit: Vector, v: Vector, tau2: float, line: Radial
) -> tuple[float, float]:
    """Return the effect that studies have in the limit, and its standard error."""
    return line.slope + np.sqrt(tau2) * line.intercept, radial(limit, v).se_slope


def intercept(
    limit: Vector, v: Vector, tau2: float, line: Radial
) -> tuple[float, float]:
    """Return the slope of the radial plot of the limits, with its standard error."""
    del tau2, line
    found = radial(limit, v)
    return found.slope, found.se_slope


def mean(limit: Vector, v: Vector, tau2: float, line: Radial) -> tuple[float, float]:
    """Return the average of the limits by inverse variance, with its standard error."""
    del tau2, line
    w = 1 / v
    return float(w @ limit) / float(w.sum()), float(w.sum()) ** -0.5


LIMIT_METHODS: dict[str, LimitMethod] = {
    entry.code: entry
    for entry in (
        LimitMethod("expectation", "expectation in the limit", expectation),
        LimitMethod("intercept", "line through the limits", intercept),
        LimitMethod("mean", "average of the limits", mean),
    )
}
