"""Kaplan-Meier and Nelson-Aalen curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Mask, Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.results import Interval, number, versions
from synthesist.survival.data import SurvivalData
from synthesist.survival.groups import groups_of
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: A survival this close to a quantile is at it: products of fractions such as
#: 5/6 * 3/5 miss 1/2 by a few 1e-16.
AT_QUANTILE = 1.5e-8

#: The smallest time after zero.
TINY = 5e-324


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveInterval:
    """How the interval of a survival probability is made."""

    code: str
    label: str
    limits: Callable[[Vector, Vector], tuple[Vector, Vector]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SurvivalCurve:
    """A Kaplan-Meier curve; its steps are at the event times.

    Attributes
    ----------
    time, at_risk, events : (t,) arrays
        Event times, who is at risk just before each, and its events; weighted
        when the data are.
    survival, spread : (t,) arrays
        Survival after each event time, and the standard error of its logarithm
        by Greenwood's formula.
    died, censored : (e,), (c,) arrays
        Times of those with and of those without event, sorted.
    entries : (n,) array or None
        Times at which follow-up begins, sorted; None when always at zero.
    """

    label: str
    time: Vector
    at_risk: Vector
    events: Vector
    survival: Vector
    spread: Vector
    died: Vector
    censored: Vector
    entries: Vector | None
    interval: str
    level: float

    def __repr__(self) -> str:
        return f"<SurvivalCurve {self.label}: {self.n} patients>"

    @property
    def n(self) -> int:
        """Return the number of patients."""
        return len(self.died) + len(self.censored)

    @property
    def last(self) -> float:
        """Return the longest time of follow-up."""
        return float(
            max(times[-1] for times in (self.died, self.censored) if len(times))
        )

    @property
    def hazard(self) -> Vector:
        """Return the cumulative hazard (t,) by Nelson and Aalen.

        References
        ----------
        Aalen O. Ann Stat 1978;6:701. doi:10.1214/aos/1176344247
        """
        return np.cumsum(self.events / self.at_risk)

    @property
    def hazard_se(self) -> Vector:
        """Return the standard error (t,) of the cumulative hazard."""
        return np.sqrt(np.cumsum(self.events / self.at_risk**2))

    def band(self) -> tuple[Vector, Vector]:
        """Return lower and upper limits (t,) after each event time."""
        z = normal_quantile((1 + self.level) / 2)
        return CURVE_INTERVALS[self.interval].limits(self.survival, z * self.spread)

    def at(self, times: Sequence[float] | Vector) -> dict[str, Vector]:
        """Return the curve at given times.

        Returns
        -------
        dict of (m,) arrays
            ``time``, ``survival``, ``se``, ``lower``, ``upper``; ``at_risk`` just
            before each time; ``events`` and ``censored`` up to it. Beyond the
            last time of follow-up the survival is NaN, unless it has reached 0.
        """
        t = np.asarray(times, dtype=np.float64)
        place = np.searchsorted(self.time, t, side="right")
        low, high = self.band()
        survival = np.concatenate([[1.0], self.survival])[place]
        spread = np.concatenate([[0.0], self.spread])[place]
        beyond = (t > self.last) & (survival > 0)
        with np.errstate(invalid="ignore"):
            se = np.where(survival > 0, survival * spread, 0.0)
        found = {
            "survival": survival,
            "se": se,
            "lower": np.concatenate([[1.0], low])[place],
            "upper": np.concatenate([[1.0], high])[place],
        }
        found = {name: np.where(beyond, np.nan, v) for name, v in found.items()}
        events = np.concatenate([[0.0], np.cumsum(self.events)])[place]
        censored = np.searchsorted(self.censored, t, side="right")
        return {
            "time": t,
            **found,
            "at_risk": self.count_at_risk(t),
            "events": events,
            "censored": censored.astype(np.float64),
        }

    def count_at_risk(self, times: Vector) -> Vector:
        """Return how many patients are under observation just before given times."""
        found = self.n - np.searchsorted(self.died, times, side="left")
        found = found - np.searchsorted(self.censored, times, side="left")
        if self.entries is not None:
            # At time zero those are at risk who enter then.
            late = np.searchsorted(self.entries, np.maximum(times, TINY), side="left")
            found = found - (len(self.entries) - late)
        return found.astype(np.float64)

    def quantile(self, share: float = 0.5) -> tuple[float | None, Interval | None]:
        """Return the time by which a share has had the event, and its interval.

        The interval has the times at which the curve's own limits pass the
        quantile. What is not reached is None, and an upper limit not reached
        infinite.

        References
        ----------
        Brookmeyer R, Crowley J. Biometrics 1982;38:29. doi:10.2307/2530286
        """
        low, high = self.band()
        goal = 1 - share
        found = _passes(self.time, self.survival, goal)
        lower, upper = _passes(self.time, low, goal), _passes(self.time, high, goal)
        if lower is None:
            return found, None
        return found, Interval(
            lower=lower,
            upper=np.inf if upper is None else upper,
            level=self.level,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SurvivalCurves:
    """Kaplan-Meier curves of groups.

    What it prints and gives back is the curve at a grid of times: the steps
    themselves are patients' times.
    """

    curves: tuple[SurvivalCurve, ...]
    interval: str
    level: float
    reverse: bool
    native: Any = None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<SurvivalCurves: {', '.join(c.label for c in self.curves)}>"

    def __getitem__(self, label: str) -> SurvivalCurve:
        for curve in self.curves:
            if curve.label == label:
                return curve
        raise KeyError(label)

    def grid(self) -> Vector:
        """Return round times, zero included, that cover the follow-up."""
        return round_times(max(curve.last for curve in self.curves))

    def at(self, times: Sequence[float] | Vector | None = None) -> list[dict[str, Any]]:
        """Return every curve at given times, one row a curve and time."""
        chosen = self.grid() if times is None else np.asarray(times, dtype=np.float64)
        rows: list[dict[str, Any]] = []
        for curve in self.curves:
            found = curve.at(chosen)
            rows.extend(
                {"group": curve.label}
                | {name: number(values[i]) for name, values in found.items()}
                for i in range(len(chosen))
            )
        return rows

    def medians(self) -> list[dict[str, Any]]:
        """Return the median of each curve with its interval, None if not reached."""
        rows: list[dict[str, Any]] = []
        for curve in self.curves:
            median, interval = curve.quantile()
            rows.append(
                {
                    "group": curve.label,
                    "n": curve.n,
                    "events": float(curve.events.sum()),
                    "median": number(median),
                    "ci_low": None if interval is None else number(interval.lower),
                    "ci_high": None if interval is None else number(interval.upper),
                }
            )
        return rows

    def to_frame(
        self,
        times: Sequence[float] | Vector | None = None,
        backend: str | None = None,
    ) -> Any:
        """Return every curve at given times as a frame."""
        rows = self.at(times)
        return give_back(
            {name: [row[name] for row in rows] for name in rows[0]},
            self.native,
            backend,
        )

    def to_dict(self, times: Sequence[float] | Vector | None = None) -> dict[str, Any]:
        """Return medians and curves at given times as JSON values."""
        return {
            "medians": self.medians(),
            "curves": self.at(times),
            "interval": self.interval,
            "level": self.level,
            "reverse": self.reverse,
            "notes": list(self.notes),
            "versions": versions(),
        }

    def plot(self, **options: Any) -> Figure:
        """Draw the curves; see `synthesist.survival.drawing.draw_curves`."""
        from synthesist.survival.drawing import draw_curves

        return draw_curves(self, **options)

    def plot_log_log(self, **options: Any) -> Figure:
        """Draw log(-log S), parallel when hazards are proportional."""
        from synthesist.survival.drawing import draw_log_log

        return draw_log_log(self, **options)

    def summary(self) -> str:
        """Return patients, events and medians as text."""
        what = "Follow-up" if self.reverse else "Survival"
        lines = [f"{what} by Kaplan-Meier"]
        for row in self.medians():
            median = "not reached" if row["median"] is None else f"{row['median']:g}"
            low = "not reached" if row["ci_low"] is None else f"{row['ci_low']:g}"
            high = "not reached" if row["ci_high"] is None else f"{row['ci_high']:g}"
            lines.append(
                f"  {row['group']}: {row['n']} patients, {row['events']:g} events, median {median} ({100 * self.level:g}% CI {low} to {high})"
            )
        return "\n".join((*lines, *(f"  Note: {note}" for note in self.notes)))


def kaplan_meier(
    data: SurvivalData,
    by: str | Sequence[str] | None = "treated",
    *,
    interval: str = "log",
    level: float = 0.95,
    reverse: bool = False,
) -> SurvivalCurves:
    """Estimate survival curves.

    Parameters
    ----------
    data : SurvivalData
    by : str or sequence of str, optional
        What sets the curves apart: ``treated``, ``trial``, categories; None for
        one curve.
    interval : {"log", "log-log", "plain"}
        Code of `CURVE_INTERVALS`.
    reverse : bool
        Whether censoring is the event: the curve of follow-up time.

    Returns
    -------
    SurvivalCurves

    References
    ----------
    Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457. doi:10.1080/01621459.1958.10501452
    Schemper M, Smith TL. Control Clin Trials 1996;17:343. doi:10.1016/0197-2456(96)00075-X
    """
    if interval not in CURVE_INTERVALS:
        raise InvalidInput(
            f"There is no interval {interval} of a curve.",
            remedy=f"choose {', '.join(CURVE_INTERVALS)}",
        )
    if not 0 < level < 1:
        raise InvalidInput(
            f"The level of the intervals is {level}.",
            remedy="give a fraction such as 0.95",
        )
    if by == "treated" and data.treated is None:
        by = None
    groups = groups_of(data, by)
    event = ~data.event if reverse else data.event
    curves: list[SurvivalCurve] = []
    for code, label in enumerate(groups.labels):
        rows = None if len(groups.labels) == 1 and by is None else groups.codes == code
        curves.append(_curve(data, event, rows, label, interval, level))
    notes = list(data.notes)
    outside = int((groups.codes == len(groups.labels)).sum())
    if outside:
        notes.append(f"{outside} patients whose group was not recorded are left out.")
    if data.weights is not None:
        notes.append("The variances take case weights as numbers of patients.")
    return SurvivalCurves(
        curves=tuple(curves),
        interval=interval,
        level=level,
        reverse=reverse,
        native=data.native,
        notes=tuple(notes),
    )


def _curve(
    data: SurvivalData,
    event: Mask,
    rows: Mask | None,
    label: str,
    interval: str,
    level: float,
) -> SurvivalCurve:
    """Estimate one curve."""
    # Two sorts of times take a quarter of one sort of places.
    died = np.sort(data.exit[event if rows is None else event & rows])
    censored = np.sort(data.exit[~event if rows is None else ~event & rows])
    new = np.ones(len(died), dtype=np.bool_)
    new[1:] = died[1:] != died[:-1]
    at = np.flatnonzero(new)
    time = died[at]
    if data.weights is None:
        events = np.diff(at, append=len(died)).astype(np.float64)
        below = np.searchsorted(censored, time, side="left")
        at_risk = (len(died) - at + len(censored) - below).astype(np.float64)
    else:
        at_risk = _weight_from(data, time, rows, data.exit)
        events = _weight_at(data, event, time, rows)
    entries = None
    if data.entry is not None:
        entries = np.sort(_some(data.entry, rows))
        at_risk -= _weight_from(data, time, rows, data.entry)
    survival = np.multiply.accumulate(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
    return SurvivalCurve(
        label=label,
        time=time,
        at_risk=at_risk,
        events=events,
        survival=survival,
        spread=spread,
        died=died,
        censored=censored,
        entries=entries,
        interval=interval,
        level=level,
    )


def _some(values: Any, rows: Mask | None) -> Any:
    return values if rows is None else values[rows]


def _weight_from(
    data: SurvivalData, times: Vector, rows: Mask | None, of: Vector
) -> Vector:
    """Return how many patients, or their weights, have `of` (n,) at each time or later."""
    values = _some(of, rows)
    order = np.argsort(values)
    place = np.searchsorted(values[order], times, side="left")
    if data.weights is None:
        return (len(values) - place).astype(np.float64)
    left = np.cumsum(_some(data.weights, rows)[order][::-1])[::-1]
    return np.append(left, 0.0)[place]


def _weight_at(
    data: SurvivalData, event: Mask, times: Vector, rows: Mask | None
) -> Vector:
    """Return the weight of the events at each event time."""
    chosen = event if rows is None else event & rows
    found = np.zeros(len(times))
    if data.weights is not None:
        np.add.at(
            found, np.searchsorted(times, data.exit[chosen]), data.weights[chosen]
        )
    return found


def _passes(time: Vector, curve: Vector, goal: float) -> float | None:
    """Return when a falling curve passes a value, in the middle of a flat part at it."""
    below = np.flatnonzero(curve <= goal + AT_QUANTILE)
    if not len(below):
        return None
    first = int(below[0])
    if abs(curve[first] - goal) < AT_QUANTILE:
        lower = np.flatnonzero(curve[first:] < curve[first])
        if len(lower):
            return float(time[first] + time[first + int(lower[0])]) / 2
    return float(time[first])


def round_times(last: float, wanted: int = 6) -> Vector:
    """Return round times from 0 to the last."""
    raw = last / wanted
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= raw * 0.999)
    return np.arange(0.0, last + 1e-9 * last, step)


def _plain(survival: Vector, reach: Vector) -> tuple[Vector, Vector]:
    """Return S ± z se(S)."""
    with np.errstate(invalid="ignore"):
        half = survival * reach
    return np.clip(survival - half, 0, 1), np.clip(survival + half, 0, 1)


def _log(survival: Vector, reach: Vector) -> tuple[Vector, Vector]:
    """Return S exp(± z se(log S))."""
    with np.errstate(invalid="ignore", over="ignore"):
        low = survival * np.exp(-reach)
        high = np.minimum(survival * np.exp(reach), 1.0)
    none = survival <= 0
    return np.where(none, np.nan, low), np.where(none, np.nan, high)


def _log_log(survival: Vector, reach: Vector) -> tuple[Vector, Vector]:
    """Return the limits of log(-log S), transformed back.

    References
    ----------
    Kalbfleisch JD, Prentice RL. The statistical analysis of failure time data.
    2nd ed. Wiley 2002. doi:10.1002/9781118032985
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        log_s = np.log(survival)
        factor = reach / np.abs(log_s)
        low, high = np.exp(log_s * np.exp(factor)), np.exp(log_s * np.exp(-factor))
    none = (survival <= 0) | (survival >= 1)
    return (
        np.where(none, np.where(survival >= 1, 1.0, np.nan), low),
        np.where(none, np.where(survival >= 1, 1.0, np.nan), high),
    )


CURVE_INTERVALS = {
    entry.code: entry
    for entry in (
        CurveInterval(code="log", label="log", limits=_log),
        CurveInterval(code="log-log", label="log(-log)", limits=_log_log),
        CurveInterval(code="plain", label="plain", limits=_plain),
    )
}
