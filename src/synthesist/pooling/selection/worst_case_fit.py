"""A pooled effect under assumed ratios of publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.numerics.arrays import Mask
from synthesist.numerics.printing import p_value, percent
from synthesist.numerics.results import Interval, number, versions
from synthesist.pooling.wording import studies
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstCasePoint:
    """The answer when affirmative results are published `ratio` times as often.

    `ratio` is infinite in the worst case, where only the other results are pooled.
    `df` is None for the normal distribution.
    """

    ratio: float
    estimate: float
    se: float
    df: float | None
    interval: Interval
    p: float

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "ratio": number(self.ratio),
            "estimate": number(self.estimate),
            "se": number(self.se),
            "df": number(self.df),
            "ci_low": number(self.interval.lower),
            "ci_high": number(self.interval.upper),
            "p": number(self.p),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorstCase:
    """A pooled effect corrected for assumed ratios of publication.

    Attributes
    ----------
    model : {"robust", "common"}
    k, affirmative, clusters : int
    points : tuple of WorstCasePoint
        At each ratio that was asked for.
    worst : WorstCasePoint
        With results that are not affirmative alone.
    explained : float or None
        The smallest ratio that moves the estimate to `q`; None where none does.
    explained_limit : float or None
        The same for the nearer limit of its interval; 1 where it is there already.
    q : float
        On the analysis scale.
    is_affirmative : (n,) array of bool
    """

    effects: EffectTable
    model: str
    alternative: str
    k: int
    affirmative: int
    clusters: int
    points: tuple[WorstCasePoint, ...]
    worst: WorstCasePoint
    explained: float | None
    explained_limit: float | None
    q: float
    tau2: float
    is_affirmative: Mask
    level: float
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return the result as text."""
        head = (
            f"{self.effects.measure.label}, {studies(self.k)}, {self.affirmative} "
            f"affirmative, {self.k - self.affirmative} not"
        )
        lines = [head]
        lines += [f"  Ratio {p.ratio:g}: {self._words(p)}" for p in self.points]
        lines.append(f"  Worst case: {self._words(self.worst)}")
        shown = self.effects.measure.scale.show(self.q)
        for name, ratio in (
            ("estimate", self.explained),
            ("limit", self.explained_limit),
        ):
            value = "none" if ratio is None else f"{ratio:.3g}"
            lines.append(f"  Ratio that moves the {name} to {shown}: {value}")
        lines.append("  Rules: " + ", ".join(f"{k} {v}" for k, v in self.rules.items()))
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def _words(self, point: WorstCasePoint) -> str:
        show, ends = self.effects.measure.scale.show, point.interval
        return (
            f"{show(point.estimate)} ({percent(self.level)} CI {show(ends.lower)} to "
            f"{show(ends.upper)}), {p_value(point.p)}"
        )

    def plot(self, **options: Any) -> Figure:
        """Draw the significance funnel: affirmative results and others, both pooled."""
        from synthesist.figures import significance_funnel

        scale = self.effects.measure.scale
        included = self.effects.included
        first = next((p for p in self.points if p.ratio == 1), None)
        given: dict[str, Any] = {
            "affirmative": self.is_affirmative[included],
            "estimate": first.estimate if first else None,
            "worst": self.worst.estimate,
            "effect_label": self.effects.measure.label,
            "favours_high": self.alternative == "greater",
            "log": scale.log,
        }
        y, se = self.effects.y[included], np.sqrt(self.effects.v[included])
        return significance_funnel(y, se, **{**given, **options})

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "method": self.model,
            "alternative": self.alternative,
            "k": self.k,
            "affirmative": self.affirmative,
            "clusters": self.clusters,
            "points": [point.to_dict() for point in self.points],
            "worst": self.worst.to_dict(),
            "explained": number(self.explained),
            "explained_limit": number(self.explained_limit),
            "q": number(self.q),
            "tau2": number(self.tau2),
            "is_affirmative": [bool(x) for x in self.is_affirmative],
            "level": self.level,
            "measure": self.effects.measure.code,
            "model": "worst-case",
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a ratio and one for the worst case, on the reading scale.

        The frame is of the caller's kind; data from a file give a dictionary of
        columns, unless `backend` names pandas, polars or pyarrow.
        """
        every = (*self.points, self.worst)
        values = np.array(
            [[p.estimate, p.interval.lower, p.interval.upper] for p in every]
        )
        read = self.effects.to_reading(values.ravel()).reshape(values.shape)
        columns = {
            "ratio": [p.ratio for p in every],
            "estimate": read[:, 0].tolist(),
            "ci_low": read[:, 1].tolist(),
            "ci_high": read[:, 2].tolist(),
            "p": [p.p for p in every],
        }
        return give_back(columns, self.effects.native, backend)
