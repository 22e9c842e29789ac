"""Restricted mean survival: the area under a survival curve up to a horizon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.printing import p_value, percent
from synthesist.numerics.results import Interval, number, versions
from synthesist.survival.curves import SurvivalCurve, kaplan_meier
from synthesist.survival.data import SurvivalData
from synthesist.tables import give_back


def restricted_mean(curve: SurvivalCurve, tau: float) -> tuple[float, float]:
    """Return the restricted mean up to `tau` and its variance.

    The variance is the sum over event times of ``A**2 d / (n (n - d))`` with A the
    area under the curve from the event time to `tau`.

    Raises
    ------
    NotEstimable
        If follow-up ends before `tau` while some survive.

    References
    ----------
    Royston P, Parmar MKB. BMC Med Res Methodol 2013;13:152.
    doi:10.1186/1471-2288-13-152
    """
    ended = len(curve.survival) > 0 and curve.survival[-1] <= 0
    if tau > curve.last and not ended:
        raise NotEstimable(
            f"Follow-up of {curve.label} ends before the horizon {tau:g}.",
            remedy="choose a horizon below the smaller of the last times of both arms",
        )
    inside = curve.time < tau
    time = curve.time[inside]
    survival = np.concatenate([[1.0], curve.survival[inside]])
    piece = survival * np.diff(np.concatenate([[0.0], time, [tau]]))
    # Areas from each event time on, added from the end.
    left = np.cumsum(piece[::-1])[::-1]
    n, d = curve.at_risk[inside], curve.events[inside]
    # After the last event of all the area is nil, and so is its share.
    share = np.where(n > d, d / (n * np.where(n > d, n - d, 1.0)), 0.0)
    return float(left[0]), float((left[1:] ** 2 * share).sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RestrictedMeans:
    """Restricted means of two arms up to a horizon, their difference and ratio.

    `estimates` and `ses` are of control and treated; `difference` and `log_ratio`
    have their standard errors beside them.
    """

    tau: float
    arms: tuple[str, str]
    estimates: tuple[float, float]
    ses: tuple[float, float]
    difference: float
    difference_se: float
    log_ratio: float
    log_ratio_se: float
    level: float
    native: Any = None
    notes: tuple[str, ...] = ()

    def interval(self, what: str = "difference") -> Interval:
        """Return the interval of the ``difference`` or of the ``ratio``."""
        z = normal_quantile((1 + self.level) / 2)
        if what == "difference":
            at, half = self.difference, z * self.difference_se
            return Interval(lower=at - half, upper=at + half, level=self.level)
        at, half = self.log_ratio, z * self.log_ratio_se
        low, high = np.exp([at - half, at + half])
        return Interval(lower=float(low), upper=float(high), level=self.level)

    @property
    def lost(self) -> tuple[float, float]:
        """Return the restricted mean time lost of control and treated."""
        return self.tau - self.estimates[0], self.tau - self.estimates[1]

    @property
    def p(self) -> float:
        """Return the two-sided P value of no difference."""
        from scipy.special import ndtr

        return float(2 * ndtr(-abs(self.difference / self.difference_se)))

    def to_dict(self) -> dict[str, Any]:
        """Return every number as JSON values."""
        difference, ratio = self.interval(), self.interval("ratio")
        return {
            "tau": self.tau,
            "arms": [
                {"arm": arm, "rmst": number(e), "se": number(s), "lost": self.tau - e}
                for arm, e, s in zip(self.arms, self.estimates, self.ses, strict=True)
            ],
            "difference": self.difference,
            "se": self.difference_se,
            "ci_low": difference.lower,
            "ci_high": difference.upper,
            "ratio": float(np.exp(self.log_ratio)),
            "ratio_ci_low": ratio.lower,
            "ratio_ci_high": ratio.upper,
            "p": number(self.p),
            "level": self.level,
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return the arms and their difference, one row each."""
        difference = self.interval()
        columns = {
            "what": [*self.arms, "difference"],
            "estimate": [*self.estimates, self.difference],
            "se": [*self.ses, self.difference_se],
            "ci_low": [None, None, difference.lower],
            "ci_high": [None, None, difference.upper],
        }
        return give_back(columns, self.native, backend)

    def summary(self) -> str:
        """Return the means, their difference and ratio as text."""
        difference, ratio = self.interval(), self.interval("ratio")
        level = percent(self.level)
        lines = [f"Restricted mean survival up to {self.tau:g}"]
        lines += [
            f"  {arm}: {e:.4g} (standard error {s:.3g})"
            for arm, e, s in zip(self.arms, self.estimates, self.ses, strict=True)
        ]
        lines.append(
            f"  difference {self.difference:.4g} ({level} CI {difference.lower:.4g} to {difference.upper:.4g}), {p_value(self.p)}"
        )
        lines.append(
            f"  ratio {np.exp(self.log_ratio):.3f} ({level} CI {ratio.lower:.3f} to {ratio.upper:.3f})"
        )
        return "\n".join((*lines, *(f"  Note: {note}" for note in self.notes)))


def rmst(
    data: SurvivalData, tau: float | None = None, *, level: float = 0.95
) -> RestrictedMeans:
    """Compare the arms by restricted mean survival.

    Parameters
    ----------
    data : SurvivalData
        With both arms; trials are not told apart (see `synthesist.ipd` for
        pooling them).
    tau : float, optional
        The horizon; by default the smaller of the last times of both arms.

    Returns
    -------
    RestrictedMeans

    Raises
    ------
    NotEstimable
        If an arm is empty, or its follow-up ends before the horizon.
    """
    curves = kaplan_meier(data, "treated", level=level).curves
    if len(curves) != 2 or data.treated is None:
        raise NotEstimable("There is one arm only.", remedy="name the arms")
    chosen = min(curve.last for curve in curves) if tau is None else tau
    if not chosen > 0:
        raise InvalidInput("The horizon is not above zero.")
    (control, v0), (treated, v1) = (restricted_mean(c, chosen) for c in curves)
    notes = list(data.notes)
    if tau is None:
        notes.append("The horizon is the smaller of the last times of both arms.")
    return RestrictedMeans(
        tau=float(chosen),
        arms=(curves[0].label, curves[1].label),
        estimates=(control, treated),
        ses=(v0**0.5, v1**0.5),
        difference=treated - control,
        difference_se=(v0 + v1) ** 0.5,
        log_ratio=float(np.log(treated / control)),
        log_ratio_se=(v0 / control**2 + v1 / treated**2) ** 0.5,
        level=level,
        native=data.native,
        notes=tuple(notes),
    )


def rmst_over(
    curves: Sequence[SurvivalCurve], horizons: Sequence[float]
) -> tuple[Vector, Vector]:
    """Return restricted means and variances (curves, horizons), NaN where none."""
    found = np.full((2, len(curves), len(horizons)), np.nan)
    for i, curve in enumerate(curves):
        for j, tau in enumerate(horizons):
            try:
                found[:, i, j] = restricted_mean(curve, tau)
            except NotEstimable:
                continue
    return found[0], found[1]
