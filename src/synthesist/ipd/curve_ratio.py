"""A log hazard ratio from two printed curves, interval by interval.

References
----------
Parmar MKB, Torri V, Stewart L. Stat Med 1998;17:2815.
doi:10.1002/(SICI)1097-0258(19981230)17:24<2815::AID-SIM110>3.0.CO;2-8
Williamson PR et al. Stat Med 2002;21:3337. doi:10.1002/sim.1303
Tierney JF et al. Trials 2007;8:16. doi:10.1186/1745-6215-8-16
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.ipd.reports import RouteResult
from synthesist.numerics.arrays import Vector


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PrintedCurve:
    """One arm's curve, read at the ends of intervals.

    Attributes
    ----------
    time : (m,) array
        From 0 on, rising.
    survival : (m,) array
        Between 0 and 1, never rising.
    at_risk : (m,) array or None
        As printed under the curve.
    n : int or None
        Patients of the arm, when `at_risk` is not printed.
    """

    time: Vector
    survival: Vector
    at_risk: Vector | None = None
    n: int | None = None


def hazard_ratio_from_curves(
    treated: PrintedCurve,
    control: PrintedCurve,
    *,
    follow_up: tuple[float, float] | None = None,
    half_digit: float = 0.005,
) -> RouteResult:
    """Return the log hazard ratio of two curves.

    Within each interval the events and those at risk follow from the fall of the
    curve, with the printed numbers at risk or, without them, with censoring that
    is uniform between the shortest and the longest follow-up. The intervals' log
    hazard ratios are pooled by their inverse variances.

    Parameters
    ----------
    follow_up : (float, float), optional
        Shortest and longest follow-up, needed without numbers at risk.
    half_digit : float
        How far a survival may be from what is read: half a printed digit.

    Raises
    ------
    InvalidInput
        If the curves are read at different times, rise, or lack the numbers.
    NotEstimable
        If in no interval both arms have events.
    """
    _check(treated, control, follow_up)
    counts = [_counts(curve, follow_up) for curve in (treated, control)]
    log_hr, se = _pooled(*counts)
    logs, errors = [log_hr], [se]
    for side in (-half_digit, half_digit):
        for k in range(1, len(treated.time)):
            for arm, curve in enumerate((treated, control)):
                moved = _moved(curve, k, side)
                changed = list(counts)
                changed[arm] = _counts(moved, follow_up)
                try:
                    at, error = _pooled(*changed)
                except NotEstimable:
                    continue
                logs.append(at)
                errors.append(error)
    # Readings err independently: their squares add up.
    spread = float(np.sqrt(np.sum((np.array(logs) - log_hr) ** 2) / 2))
    wide = float(np.sqrt(np.sum((np.array(errors) - se) ** 2) / 2))
    way = "numbers at risk" if treated.at_risk is not None else "follow-up"
    return RouteResult(
        route=f"curve-{way.replace(' ', '-')}",
        label=f"curves and {way}",
        log_hr=log_hr,
        se=se,
        log_hr_range=(log_hr - spread, log_hr + spread),
        se_range=(max(se - wide, 0.0), se + wide),
        caution="The hazard ratio is read off printed curves, interval by interval.",
    )


def _check(
    treated: PrintedCurve,
    control: PrintedCurve,
    follow_up: tuple[float, float] | None,
) -> None:
    """Refuse curves that cannot be compared."""
    if not np.array_equal(treated.time, control.time) or len(treated.time) < 2:
        raise InvalidInput(
            "The curves are not read at the same times.",
            remedy="read both at 0 and at the ends of the same intervals",
        )
    for curve in (treated, control):
        if treated.time[0] != 0 or (np.diff(curve.time) <= 0).any():
            raise InvalidInput("The times do not rise from 0.")
        bad = (np.diff(curve.survival) > 0).any() or curve.survival[0] != 1
        if bad or (curve.survival < 0).any():
            raise InvalidInput(
                "A curve rises, or does not begin at 1.", remedy="read it again"
            )
        if curve.at_risk is None and (curve.n is None or follow_up is None):
            raise InvalidInput(
                "There are no numbers at risk.",
                remedy="give them, or the number of patients with the shortest and longest follow-up",
            )
    if follow_up is not None and not 0 <= follow_up[0] < follow_up[1]:
        raise InvalidInput("The shortest follow-up is not below the longest.")


def _moved(curve: PrintedCurve, k: int, by: float) -> PrintedCurve:
    """Return the curve with one reading moved, as far as it may be."""
    survival = curve.survival.copy()
    low = survival[k + 1] if k + 1 < len(survival) else 0.0
    survival[k] = min(max(survival[k] + by, low), survival[k - 1])
    return PrintedCurve(
        time=curve.time, survival=survival, at_risk=curve.at_risk, n=curve.n
    )


def _counts(
    curve: PrintedCurve, follow_up: tuple[float, float] | None
) -> tuple[Vector, Vector]:
    """Return events and those effectively at risk in each interval."""
    s, t = curve.survival, curve.time
    fall = np.where(s[:-1] > 0, 1 - s[1:] / np.where(s[:-1] > 0, s[:-1], 1), 0.0)
    if curve.at_risk is not None:
        # Those censored count half: D = (R + R') (S - S') / (S + S').
        total = s[:-1] + s[1:]
        share = np.where(total > 0, (s[:-1] - s[1:]) / np.where(total > 0, total, 1), 0)
        events = (curve.at_risk[:-1] + curve.at_risk[1:]) * share
        at_risk = np.where(fall > 0, events / np.where(fall > 0, fall, 1), 0.0)
        return events, at_risk
    assert follow_up is not None  # noqa: S101
    shortest, longest = follow_up
    events, at_risk = np.empty(len(fall)), np.empty(len(fall))
    left = float(curve.n or 0)
    for i in range(len(fall)):
        begin, end = max(t[i], shortest), min(t[i + 1], longest)
        lost = max(end - begin, 0.0) / (longest - begin) if longest > begin else 1.0
        at_risk[i] = left * (1 - lost / 2)
        events[i] = at_risk[i] * fall[i]
        left *= (1 - fall[i]) * (1 - lost)
    return events, at_risk


def _pooled(
    treated: tuple[Vector, Vector], control: tuple[Vector, Vector]
) -> tuple[float, float]:
    """Return the log hazard ratio of all intervals and its standard error."""
    (dt, rt), (dc, rc) = treated, control
    use = (dt > 0) & (dc > 0) & (rt > 0) & (rc > 0)
    if not use.any():
        raise NotEstimable(
            "In no interval do both curves fall.", remedy="take wider intervals"
        )
    dt, rt, dc, rc = dt[use], rt[use], dc[use], rc[use]
    y = np.log((dt / rt) / (dc / rc))
    v = 1 / dt - 1 / rt + 1 / dc - 1 / rc
    # An interval in which everybody has the event would have no variance.
    v = np.maximum(v, 0.5 / dt + 0.5 / dc)
    w = 1 / v
    return float((w * y).sum() / w.sum()), float(w.sum() ** -0.5)


def printed_curve(
    time: Sequence[float],
    per_cent: Sequence[float],
    *,
    at_risk: Sequence[float] | None = None,
    n: int | None = None,
) -> PrintedCurve:
    """Return a curve printed in per cent."""
    return PrintedCurve(
        time=np.asarray(time, dtype=np.float64),
        survival=np.asarray(per_cent, dtype=np.float64) / 100,
        at_risk=None if at_risk is None else np.asarray(at_risk, dtype=np.float64),
        n=n,
    )
