"""The effect at which conditional P values are uniform: p-uniform and p-uniform*."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import NotConverged, NotEstimable
from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.printing import p_value, percent, plain
from synthesist.numerics.results import HypothesisTest, Interval, number, versions
from synthesist.pooling.pool import as_effects, check_level, usable
from synthesist.pooling.registry import choose
from synthesist.pooling.regression.fit import test_dict
from synthesist.pooling.regression.wording import between
from synthesist.pooling.selection.describe import likelihood_ratio
from synthesist.pooling.selection.likelihood import Likelihood
from synthesist.pooling.selection.scatter import notes_on_scatter
from synthesist.pooling.selection.search import (
    Found,
    Profile,
    profile_interval,
    search,
)
from synthesist.pooling.selection.uniform_sums import sum_probability, sum_quantile
from synthesist.pooling.selection.weighting import Pieces
from synthesist.pooling.wording import studies
from synthesist.tables import give_back

#: The directions in which studies may be favoured.
SIGNS = {"greater": 1.0, "less": -1.0}

#: An effect is looked for up to so many standard errors of the least precise study.
FARTHEST = 60.0

#: tau² is looked for up to this many times the squared range of the effects.
MOST = 100.0

FEW = "{k} {what}: with so few the answer is hardly more than a guess."
NO_LIMIT = (
    "The {what} is without limit: the significant P values lie so near to the level of "
    "significance that any effect further away would do."
)
ONLY_SIGNIFICANT = "Only the {k} significant studies are used, of {n}."
NONE_BELOW = (
    "No study lacks significance, so the likelihood is that of significant studies "
    "alone and tells little of tau²."
)
ZERO_TAU2 = (
    "The estimate of tau² is zero. This is not proof that effects do not differ."
)
NO_TAU2_TEST = (
    "There is no test of tau²: effects differ so much that the likelihood without it "
    "cannot be told from zero."
)
MODES = "The likelihood has {count} maxima. The highest is taken; the next is lower by {gap}."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PUniform:
    """An effect corrected for the publication of significant results.

    Attributes
    ----------
    method : {"star", "original"}
    alternative : {"greater", "less"}
    k, significant : int
        Effects, and those significant in the favoured direction.
    estimate : float
        On the analysis scale, infinite where nothing bounds it.
    interval : Interval
        Its ends may be infinite.
    test : HypothesisTest
        Against no effect: the likelihood ratio, or the sum of conditional P values.
    tau2, tau2_interval, tau2_test
        None for the original method, which takes effects not to differ.
    """

    effects: EffectTable
    method: str
    alternative: str
    k: int
    significant: int
    estimate: float
    interval: Interval
    test: HypothesisTest
    tau2: float | None
    tau2_interval: Interval | None
    tau2_test: HypothesisTest | None
    log_likelihood: float | None
    level: float
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def display(self) -> dict[str, float | None]:
        """Return the answer as it is read."""
        ends = self.interval
        values = self.effects.to_reading([self.estimate, ends.lower, ends.upper])
        names = ("estimate", "ci_low", "ci_high")
        return dict(zip(names, map(number, values), strict=True))

    def summary(self) -> str:
        """Return the result as text."""
        show, ends = self.effects.measure.scale.show, self.interval
        name = METHODS[self.method].label
        head = (
            f"{self.effects.measure.label}, {name} of {studies(self.k)}, "
            f"{self.significant} significant"
        )
        lines = [head]
        lines.append(
            f"  {show(self.estimate)} ({percent(self.level)} CI {show(ends.lower)} to "
            f"{show(ends.upper)}), {p_value(self.test.p)}"
        )
        if self.tau2 is not None:
            test = f", {p_value(self.tau2_test.p)}" if self.tau2_test else ""
            lines.append(
                f"  tau² = {plain(self.tau2)}{between(self.tau2_interval)}{test}"
            )
        lines.append("  Rules: " + ", ".join(f"{k} {v}" for k, v in self.rules.items()))
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def plot(self, **options: Any) -> Any:
        """Draw effects against standard errors with this answer in the funnel."""
        from synthesist.figures import funnel

        scale = self.effects.measure.scale
        nothing = scale.no_effect
        included = self.effects.included
        given: dict[str, Any] = {
            "estimate": self.estimate,
            "effect_label": self.effects.measure.label,
            "tau2": self.tau2 or 0.0,
            "no_effect": 0.0
            if nothing is None
            else float(np.log(nothing) if scale.log else nothing),
            "log": scale.log,
        }
        y, se = self.effects.y[included], np.sqrt(self.effects.v[included])
        return funnel(y, se, **{**given, **options})

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        spread = self.tau2_interval
        return {
            "method": self.method,
            "alternative": self.alternative,
            "k": self.k,
            "significant": self.significant,
            "estimate": number(self.estimate),
            "ci_low": number(self.interval.lower),
            "ci_high": number(self.interval.upper),
            "level": self.level,
            "test": test_dict(self.test),
            "tau2": number(self.tau2),
            "tau2_low": number(spread and spread.lower),
            "tau2_high": number(spread and spread.upper),
            "tau2_test": test_dict(self.tau2_test),
            "log_likelihood": number(self.log_likelihood),
            "display": self.display(),
            "measure": self.effects.measure.code,
            "model": "p-uniform",
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return the answer as one row, on the reading scale."""
        shown = self.display()
        columns = {
            "method": [self.method],
            "k": [self.k],
            "significant": [self.significant],
            **{name: [value] for name, value in shown.items()},
            "p": [self.test.p],
            "tau2": [self.tau2],
        }
        return give_back(columns, self.effects.native, backend)


@dataclass(frozen=True, slots=True)
class Method:
    """A way to find the effect."""

    code: str
    label: str
    solve: Callable[[_Studies, float], _Answer]


@dataclass(frozen=True)
class _Studies:
    """Effects with the favoured direction upward, and where they are significant."""

    y: Vector
    se: Vector
    cut: Vector

    @property
    def significant(self) -> Any:
        return self.y >= self.cut


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """What a method finds, the favoured direction upward."""

    estimate: float
    low: float
    high: float
    test: HypothesisTest
    tau2: float | None = None
    tau2_ends: tuple[float, float] | None = None
    tau2_test: HypothesisTest | None = None
    log_likelihood: float | None = None
    notes: tuple[str, ...] = ()


def p_uniform(
    effects: Any,
    *,
    method: str = "star",
    alternative: str = "greater",
    alpha: float = 0.05,
    level: float = 0.95,
) -> PUniform:
    """Estimate the effect from how far beyond significance results lie.

    p-uniform* maximises the likelihood of every effect given that it is significant,
    or that it is not, with tau²; p-uniform takes significant effects only and one
    effect for all.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        As for `pool`.
    method : {"star", "original"}
    alternative : {"greater", "less"}
        The direction in which results were favoured.
    alpha : float
        The two-sided level of significance that studies used.
    level : float

    Raises
    ------
    InvalidInput
        If a code is not known.
    NotEstimable
        If no effect is significant in that direction, or p-uniform* has one study.

    References
    ----------
    van Assen MALM, van Aert RCM, Wicherts JM. Psychol Methods 2015;20:293.
    doi:10.1037/met0000025
    van Aert RCM, van Assen MALM. MetaArXiv 2021. doi:10.31222/osf.io/zqjr9
    """
    table = as_effects(effects)
    check_level(level)
    check_level(1 - alpha)
    way = choose(method, METHODS, "method")
    sign = choose(alternative, SIGNS, "direction of selection")
    y, v = usable(table)
    se = np.sqrt(v)
    found = _Studies(sign * y, se, se * normal_quantile(1 - alpha / 2))
    count = int(found.significant.sum())
    if not count:
        raise NotEstimable(
            "No effect is significant in the favoured direction.",
            remedy="choose the other alternative, or a selection model",
        )
    answer = way.solve(found, level)
    ends = sorted((sign * answer.low, sign * answer.high))
    notes = list(answer.notes)
    if not np.isfinite(answer.estimate):
        notes.append(NO_LIMIT.format(what="estimate"))
    elif not np.isfinite(ends).all():
        notes.append(NO_LIMIT.format(what="interval"))
    return PUniform(
        effects=table,
        method=way.code,
        alternative=alternative,
        k=len(y),
        significant=count,
        estimate=sign * answer.estimate,
        interval=Interval(lower=ends[0], upper=ends[1], level=level),
        test=answer.test,
        tau2=answer.tau2,
        tau2_interval=None
        if answer.tau2_ends is None
        else Interval(
            lower=answer.tau2_ends[0], upper=answer.tau2_ends[1], level=level
        ),
        tau2_test=answer.tau2_test,
        log_likelihood=answer.log_likelihood,
        level=level,
        rules={
            **table.rules,
            "model": way.label,
            "alternative": alternative,
            "alpha": f"{alpha:g}",
            "interval": "profile" if way.code == "star" else "Irwin-Hall",
            "level": f"{level:g}",
        },
        notes=(*table.notes, *notes, *notes_on_scatter(table)),
    )


def _original(found: _Studies, level: float) -> _Answer:
    """Equate the sum of conditional P values with its expectation."""
    inside = found.significant
    y, se, cut = found.y[inside], found.se[inside], found.cut[inside]
    k = len(y)
    tail = 0.5 - level / 2

    def total(effect: float) -> float:
        from scipy.special import log_ndtr

        return float(
            np.exp(log_ndtr((effect - y) / se) - log_ndtr((effect - cut) / se)).sum()
        )

    def solve(target: float) -> float:
        low, high = float(y.min() - FARTHEST * se.max()), float(y.max() + 9 * se.max())
        if total(low) >= target:
            return -np.inf
        for _ in range(120):
            middle = (low + high) / 2
            low, high = (middle, high) if total(middle) < target else (low, middle)
        return (low + high) / 2

    at_zero = total(0.0)
    notes = [ONLY_SIGNIFICANT.format(k=k, n=len(found.y))]
    if k < 5:
        what = "significant study" if k == 1 else "significant studies"
        notes.append(FEW.format(k=k, what=what))
    return _Answer(
        estimate=solve(k / 2),
        low=solve(sum_quantile(tail, k)),
        high=solve(sum_quantile(1 - tail, k)),
        test=HypothesisTest(
            statistic=at_zero,
            df=float(k),
            p=sum_probability(at_zero, k),
            reference="sum of uniforms, one-sided",
        ),
        notes=tuple(notes),
    )


def _star(found: _Studies, level: float) -> _Answer:
    """Maximise the likelihood given significance or its lack, with tau²."""
    k = len(found.y)
    if k < 2:
        raise NotEstimable(
            "One study tells nothing of tau².", remedy="use the original method"
        )
    unit = float(np.median(found.se))
    inside = found.significant
    z = found.cut / found.se
    edges = np.column_stack([np.where(inside, z, -np.inf), np.where(inside, np.inf, z)])
    none = np.zeros(k, dtype=np.intp)
    likelihood = Likelihood(
        y=found.y / unit,
        v=(found.se / unit) ** 2,
        X=np.ones((k, 1)),
        weighting=Pieces(edges, none[:1], none, 1),
        fixed=np.ones(1),
        least=1.0,
        common=False,
        log=True,
        most=MOST * (1 + float(np.ptp(found.y) / unit) ** 2),
    )
    w = 1 / likelihood.v
    start = np.array([float((w * likelihood.y).sum() / w.sum())])
    whole = search(likelihood, start, float(np.var(likelihood.y)), ())
    best = whole.best
    ends = _ends(whole, 0, level)
    spread = _ends(whole, 1, level)
    nothing = Profile(whole, 0).at(0.0).value
    notes: list[str] = []
    if k < 10:
        notes.append(FEW.format(k=k, what="studies"))
    if inside.all():
        notes.append(NONE_BELOW)
    if best.at[1] == 0:
        notes.append(ZERO_TAU2)
    try:
        alone = search(replace(likelihood, common=True), start, 0.0, ())
        tau2_test = likelihood_ratio(best.value - alone.best.value, 1)
    except NotConverged:
        tau2_test = None
        notes.append(NO_TAU2_TEST)
    estimate = float(best.at[0]) * unit
    if whole.edge:
        estimate = float(np.copysign(np.inf, estimate))
    if len(whole.maxima) > 1:
        gap = plain(best.value - whole.maxima[1].value)
        notes.append(MODES.format(count=len(whole.maxima), gap=gap))
    return _Answer(
        estimate=estimate,
        low=ends[0] * unit,
        high=ends[1] * unit,
        test=likelihood_ratio(best.value - nothing, 1),
        tau2=float(best.at[1]) * unit**2,
        tau2_ends=(spread[0] * unit**2, spread[1] * unit**2),
        tau2_test=tau2_test,
        log_likelihood=best.value - k * float(np.log(unit)),
        notes=tuple(notes),
    )


def _ends(found: Found, place: int, level: float) -> tuple[float, float]:
    variance = found.covariance[place, place]
    return profile_interval(
        found, place, float(np.sqrt(variance)) if variance > 0 else 1.0, level
    )


METHODS: dict[str, Method] = {
    method.code: method
    for method in (
        Method("star", "p-uniform*", _star),
        Method("original", "p-uniform", _original),
    )
}
