"""The average of the studies that had enough power."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.numerics.arrays import Mask, Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.printing import percent, plural
from synthesist.numerics.results import number, versions
from synthesist.pooling.bias.line import coefficient
from synthesist.pooling.bias.sample import check_share, sample_of
from synthesist.pooling.pool import check_level
from synthesist.pooling.regression.inference import Coefficient
from synthesist.pooling.wording import studies
from synthesist.tables import give_back

NONE = (
    "{many} enough power, and an average of them needs two: that of all studies is given "
    "in its place (WAAP-UWLS)."
)
CIRCLE = (
    "Power is judged by the average of all studies, biased or not: where that is too "
    "large, too many studies seem to have enough."
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AdequatelyPowered:
    """The weighted average of the adequately powered studies (WAAP).

    Attributes
    ----------
    all_studies : Coefficient
        The unrestricted weighted least squares average of all studies.
    adequate : (n,) array of bool
        The rows whose studies had enough power to find that average.
    average : Coefficient
        Of those, or of all where there are fewer than two.
    fallback : bool
        Whether it is of all.
    largest_se : float
        With a larger standard error a study had too little power.
    """

    effects: EffectTable
    k: int
    all_studies: Coefficient
    adequate: Mask = field(repr=False)
    average: Coefficient
    fallback: bool
    power: float
    largest_se: float
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return both averages and the notes as text."""
        many = int(self.adequate.sum())
        lines = [
            f"Weighted average of the adequately powered, {studies(self.k)}",
            f"  All studies: {self._shown(self.all_studies)}",
            f"  {plural(many, 'study', 'studies')} with power of {percent(self.power)} or more"
            + ("" if self.fallback else f": {self._shown(self.average)}"),
            "  Rules: " + ", ".join(f"{k} {v}" for k, v in self.rules.items()),
        ]
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def _shown(self, found: Coefficient) -> str:
        show = self.effects.measure.scale.show
        ends = found.interval
        if ends is None:
            return show(found.estimate)
        return (
            f"{show(found.estimate)} ({percent(ends.level)} CI {show(ends.lower)} to "
            f"{show(ends.upper)})"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "k": self.k,
            "all_studies": self.all_studies.to_dict(),
            "average": self.average.to_dict(),
            "adequate": int(self.adequate.sum()),
            "fallback": self.fallback,
            "power": self.power,
            "largest_se": number(self.largest_se),
            "measure": self.effects.measure.code,
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "studies": [
                {
                    "study": self.effects.study[i],
                    "included": bool(self.effects.included[i]),
                    "adequate": bool(self.adequate[i]),
                }
                for i in range(len(self.effects))
            ],
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return both averages, one row each, on the reading scale."""
        found = [self.all_studies, self.average]
        ends = [c.interval for c in found]
        back = self.effects.to_reading
        columns: dict[str, Any] = {
            "average": ["all studies", "adequately powered"],
            "k": [self.k, self.k if self.fallback else int(self.adequate.sum())],
            "estimate": back([c.estimate for c in found]),
            "ci_low": back([np.nan if e is None else e.lower for e in ends]),
            "ci_high": back([np.nan if e is None else e.upper for e in ends]),
            "p": [c.p for c in found],
        }
        return give_back(columns, self.effects.native, backend)


def waap(
    effects: Any, *, power: float = 0.8, alpha: float = 0.05, level: float = 0.95
) -> AdequatelyPowered:
    """Average the studies that had enough power to find the average of all.

    Both averages are weighted by inverse variance, and their standard errors
    stretched by the scatter (unrestricted weighted least squares). A study is
    adequately powered if its standard error is at most the average over the sum of
    two normal quantiles, 2.80 for 80 per cent power.

    Parameters
    ----------
    effects : PooledFit, EffectTable, path, frame or mapping of columns
        As for `pool`.
    power : float
        So much is enough.
    alpha : float
        The two-sided level of the studies' tests.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    AdequatelyPowered

    Raises
    ------
    NotEstimable
        If there are fewer than two studies.
    InvalidInput
        If a level is not between 0 and 1.

    References
    ----------
    Stanley TD, Doucouliagos H, Ioannidis JPA. Stat Med 2017;36:1580.
    doi:10.1002/sim.7228
    """
    check_level(level)
    check_share(alpha, "alpha")
    check_share(power, "power")
    sample = sample_of(effects, fewest=2)
    everyone = _average("all studies", sample.y, sample.v, level)
    needed = normal_quantile(1 - alpha / 2) + normal_quantile(power)
    largest = abs(everyone.estimate) / needed
    enough = sample.se <= largest
    few = int(enough.sum()) < 2
    adequate = np.zeros(len(sample.table), dtype=np.bool_)
    adequate[sample.rows] = enough
    average = (
        everyone
        if few
        else _average("adequately powered", sample.y[enough], sample.v[enough], level)
    )
    many = "No study had" if not enough.any() else "One study had"
    return AdequatelyPowered(
        effects=sample.table,
        k=sample.k,
        all_studies=everyone,
        adequate=adequate,
        average=average,
        fallback=few,
        power=power,
        largest_se=largest,
        rules={
            **sample.table.rules,
            "power": f"{power:g}",
            "alpha": f"{alpha:g}",
            "level": f"{level:g}",
        },
        notes=(
            *sample.table.notes,
            *sample.cautions(),
            *((NONE.format(many=many),) if few else ()),
            CIRCLE,
        ),
    )


def _average(name: str, y: Vector, v: Vector, level: float) -> Coefficient:
    """Return the unrestricted weighted least squares average.

    References
    ----------
    Stanley TD, Doucouliagos H. Stat Med 2015;34:2116. doi:10.1002/sim.6481
    """
    w = 1 / v
    total, df = float(w.sum()), len(y) - 1
    mean = float(w @ y) / total
    dispersion = float(w @ np.square(y - mean)) / df
    return coefficient(name, mean, (dispersion / total) ** 0.5, df, level)
