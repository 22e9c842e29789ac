"""Answers of the Copas model, one an assumption about publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import NotEstimable
from synthesist.numerics.printing import p_value, percent, plain
from synthesist.numerics.results import Interval, number, versions
from synthesist.pooling.wording import studies
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class CopasPoint:
    """The answer under one assumption about publication.

    Attributes
    ----------
    gamma0, gamma1 : float
    published : float
        Probability that the least precise study is published.
    published_most : float
        The same of the most precise one.
    estimate, se, interval
        On the analysis scale; `se` is None where the likelihood does not tell.
    tau2, rho : float
        Variance between studies; correlation of effect and publication.
    unpublished : float
        Expected number of studies like these that are unpublished.
    residual_p : float
        Whether effects still depend on their standard errors.
    """

    gamma0: float
    gamma1: float
    published: float
    published_most: float
    estimate: float
    se: float | None
    interval: Interval | None
    p: float | None
    tau2: float
    rho: float
    log_likelihood: float
    unpublished: float
    residual_p: float

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "gamma0": number(self.gamma0),
            "gamma1": number(self.gamma1),
            "published": number(self.published),
            "published_most": number(self.published_most),
            "estimate": number(self.estimate),
            "se": number(self.se),
            "ci_low": number(self.interval and self.interval.lower),
            "ci_high": number(self.interval and self.interval.upper),
            "p": number(self.p),
            "tau2": number(self.tau2),
            "rho": number(self.rho),
            "log_likelihood": number(self.log_likelihood),
            "unpublished": number(self.unpublished),
            "residual_p": number(self.residual_p),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CopasFit:
    """The Copas model under several assumptions, the mildest first.

    Attributes
    ----------
    points : tuple of CopasPoint
    unadjusted : CopasPoint
        Without selection, by maximum likelihood.
    adjusted : CopasPoint or None
        By the rule that the notes state; the unadjusted one where it asks for nothing.
    alpha : float
        Of the rule.
    """

    effects: EffectTable
    k: int
    points: tuple[CopasPoint, ...]
    unadjusted: CopasPoint
    adjusted: CopasPoint | None
    alpha: float
    level: float
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return the result as text."""
        lines = [f"{self.effects.measure.label}, {studies(self.k)}, Copas model"]
        lines.append(f"  Without selection: {self._words(self.unadjusted)}")
        if self.adjusted is not None and self.adjusted is not self.unadjusted:
            lines.append(f"  Adjusted: {self._words(self.adjusted)}")
        lines.append("  With the least precise study published at a probability of")
        lines += [
            f"  {100 * point.published:3.0f}%: {self._words(point, tested=False)}, "
            f"{point.unpublished:.0f} unpublished, residual {p_value(point.residual_p)}"
            for point in self.points
        ]
        lines.append("  Rules: " + ", ".join(f"{k} {v}" for k, v in self.rules.items()))
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def _words(self, point: CopasPoint, *, tested: bool = True) -> str:
        show = self.effects.measure.scale.show
        ends = ""
        if point.interval is not None:
            low, high = show(point.interval.lower), show(point.interval.upper)
            ends = f" ({percent(self.level)} CI {low} to {high})"
        test = f", {p_value(point.p)}" if tested and point.p is not None else ""
        spread = f", tau² = {plain(point.tau2)}" if tested else ""
        return f"{show(point.estimate)}{ends}{test}{spread}"

    def plot(self, **options: Any) -> Figure:
        """Draw the effect with its interval against the share that is published.

        Raises
        ------
        NotEstimable
            If fewer than two points have an interval.
        """
        from synthesist.figures import sensitivity

        scale = self.effects.measure.scale
        points = [p for p in self.points if p.interval is not None]
        points.sort(key=lambda p: p.published)
        if len(points) < 2:
            raise NotEstimable(
                "There are not two points with an interval to draw.",
                remedy="ask for more probabilities of publication",
            )
        nothing = scale.no_effect
        if nothing is not None and scale.log:
            nothing = float(np.log(nothing))
        rows = [
            (p.estimate, p.interval.lower, p.interval.upper)
            for p in points
            if p.interval is not None
        ]
        read = np.asarray if scale.log else self.effects.to_reading
        y, low, high = (read(column) for column in np.array(rows).T)
        given: dict[str, Any] = {
            "band": (low, high),
            "effect_label": self.effects.measure.label,
            "x_label": "Probability that the least precise study is published, %",
            "no_effect": nothing,
            "level": self.level,
            "log": scale.log,
            "percent": scale.percent,
        }
        at = [100 * p.published for p in points]
        return sensitivity(at, y, **{**given, **options})

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "k": self.k,
            "points": [point.to_dict() for point in self.points],
            "unadjusted": self.unadjusted.to_dict(),
            "adjusted": self.adjusted.to_dict() if self.adjusted else None,
            "alpha": self.alpha,
            "level": self.level,
            "measure": self.effects.measure.code,
            "model": "copas",
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row an assumption, effects on the reading scale.

        The frame is of the caller's kind; data from a file give a dictionary of
        columns, unless `backend` names pandas, polars or pyarrow.
        """
        rows = [point.to_dict() for point in self.points]
        columns: dict[str, Any] = {key: [row[key] for row in rows] for key in rows[0]}
        for key in ("estimate", "ci_low", "ci_high"):
            values = [np.nan if x is None else x for x in columns[key]]
            columns[key] = [number(x) for x in self.effects.to_reading(values)]
        return give_back(columns, self.effects.native, backend)
