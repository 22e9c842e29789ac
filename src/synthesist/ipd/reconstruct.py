"""From a printed curve back to patients who would draw it.

Between two printed numbers at risk, so many are censored, evenly in time, that the
next number comes out; at every fall of the curve so many have the event that the
curve comes nearest to what was read.

References
----------
Guyot P, Ades AE, Ouwens MJNM, Welton NJ. BMC Med Res Methodol 2012;12:9.
doi:10.1186/1471-2288-12-9
Liu N, Zhou Y, Lee JJ. BMC Med Res Methodol 2021;21:111.
doi:10.1186/s12874-021-01308-8
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Vector
from synthesist.survival import SurvivalData, survival_data

#: Limits within which a reconstruction is used without further ado (Liu 2021).
MOST_RMSE = 0.05
MOST_GAP = 0.05

#: The largest difference to a printed number at risk, as a share of all patients.
MOST_MISMATCH = 0.05

#: Falls smaller than this are the unsteady hand of whoever read the curve.
NO_FALL = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Reconstruction:
    """Patients who would draw a printed curve, and how well they do.

    Attributes
    ----------
    time, event : (n,) arrays
    rmse : float
        Root mean squared difference of their curve to the points that were read.
    largest_gap : float
        The largest such difference.
    mismatch : tuple of int
        Numbers at risk of theirs minus the printed ones.
    """

    time: Vector
    event: Vector
    rmse: float
    largest_gap: float
    mismatch: tuple[int, ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.time)

    def __repr__(self) -> str:
        return f"<Reconstruction: {len(self)} patients, {int(self.event.sum())} events>"

    @property
    def good(self) -> bool:
        """Say whether it may be used: close to the curve and the numbers at risk."""
        worst = max((abs(m) for m in self.mismatch), default=0)
        return (
            self.rmse <= MOST_RMSE
            and self.largest_gap <= MOST_GAP
            and worst <= MOST_MISMATCH * len(self)
        )

    def quality(self) -> str:
        """Return the quality figures as text."""
        worst = max((abs(m) for m in self.mismatch), default=0)
        return f"RMSE {self.rmse:.4f}, largest gap {self.largest_gap:.4f}, numbers at risk off by at most {worst}"

    def to_dict(self) -> dict[str, Any]:
        """Return the quality figures as JSON values."""
        return {
            "n": len(self),
            "events": int(self.event.sum()),
            "rmse": self.rmse,
            "largest_gap": self.largest_gap,
            "mismatch": list(self.mismatch),
            "good": self.good,
            "notes": list(self.notes),
        }


def reconstruct(
    time: Sequence[float] | Vector,
    survival: Sequence[float] | Vector,
    *,
    n: int | None = None,
    at_risk: tuple[Sequence[float], Sequence[float]] | None = None,
    events: int | None = None,
    percent: bool = False,
) -> Reconstruction:
    """Rebuild patients from the points of a curve.

    Parameters
    ----------
    time, survival : (m,) arrays
        Points read off the curve, in any order; rises are smoothed away.
    n : int, optional
        Patients of the arm, when no number at risk is printed for time 0.
    at_risk : (times, numbers), optional
        As printed under the curve.
    events : int, optional
        All events of the arm, when printed.
    percent : bool
        Whether `survival` is in per cent.

    Returns
    -------
    Reconstruction

    Raises
    ------
    InvalidInput
        If the points are no curve, or nobody says how many patients there are.
    """
    t, s = _clean(time, survival, percent=percent)
    times, numbers = _printed(at_risk, n)
    state = _State(len_n=int(numbers[0]))
    last = max(float(t[-1]) if len(t) else 0.0, float(times[-1]))
    for i in range(len(times) - 1):
        begin, end = float(times[i]), float(times[i + 1])
        _interval(state, t, s, begin, end, int(numbers[i + 1]))
    begin = float(times[-1])
    _last_interval(state, t, s, begin, last, events)
    found_time = np.concatenate([*state.times, np.full(max(state.n, 0), last)])
    found_event = np.concatenate([*state.events, np.zeros(max(state.n, 0))])
    order = np.argsort(found_time, kind="stable")
    return _judge(found_time[order], found_event[order], t, s, times, numbers, events)


def _clean(
    time: Sequence[float] | Vector, survival: Sequence[float] | Vector, *, percent: bool
) -> tuple[Vector, Vector]:
    """Return the falls of a curve: times above zero, survival that only falls."""
    t, s = np.asarray(time, dtype=np.float64), np.asarray(survival, dtype=np.float64)
    if t.shape != s.shape or t.ndim != 1 or not len(t):
        raise InvalidInput("The points are not pairs of time and survival.")
    if percent:
        s = s / 100
    if not (np.isfinite(t).all() and np.isfinite(s).all()):
        raise InvalidInput("A point is not a number.")
    if s.max() > 1.05 or s.min() < -0.05:
        raise InvalidInput(
            "A survival is not between 0 and 1.",
            remedy="say percent=True if the points are in per cent",
        )
    order = np.lexsort((-s, t))
    t, s = np.maximum(t[order], 0.0), np.clip(s[order], 0.0, 1.0)
    s = np.minimum.accumulate(s)
    before = np.concatenate([[1.0], s[:-1]])
    falls = (before - s > NO_FALL) & (t > 0)
    t, s = t[falls], s[falls]
    # Of several points at one time the lowest is where the curve goes on.
    keep = np.append(t[1:] != t[:-1], True) if len(t) else np.empty(0, dtype=np.bool_)
    return t[keep], s[keep]


def _printed(
    at_risk: tuple[Sequence[float], Sequence[float]] | None, n: int | None
) -> tuple[Vector, Vector]:
    """Return the printed numbers at risk, the first at time 0."""
    times = np.asarray(at_risk[0] if at_risk else [], dtype=np.float64)
    numbers = np.asarray(at_risk[1] if at_risk else [], dtype=np.float64)
    if len(times) != len(numbers) or (np.diff(times) <= 0).any():
        raise InvalidInput("The numbers at risk do not go with rising times.")
    if len(times) == 0 or times[0] > 0:
        if n is None:
            raise InvalidInput(
                "Nobody says how many patients there are.", remedy="give n"
            )
        times = np.concatenate([[0.0], times])
        numbers = np.concatenate([[float(n)], numbers])
    if (np.diff(numbers) > 0).any() or numbers.min() < 0:
        raise InvalidInput("The numbers at risk rise.", remedy="read them again")
    return times, numbers


class _State:
    """Who is left at a time, and where their own curve stands."""

    def __init__(self, len_n: int) -> None:
        self.n = len_n
        self.survival = 1.0
        self.times: list[Vector] = []
        self.events: list[Vector] = []
        self.total = 0

    def copy(self) -> _State:
        """Return a state that can be tried."""
        other = _State(self.n)
        other.survival, other.total = self.survival, self.total
        other.times, other.events = list(self.times), list(self.events)
        return other


def _walk(
    state: _State,
    t: Vector,
    s: Vector,
    begin: float,
    end: float,
    censored: int,
    *,
    last: bool = False,
) -> _State:
    """Go through an interval with so many censored evenly in time.

    Who has the event at its end is still at risk then, and belongs to the next
    interval unless this is the last.
    """
    new = state.copy()
    inside = (t >= begin) & ((t < end) | last)
    even = [(i + 0.5) / censored for i in range(censored)]
    lost = begin + np.array(even) * (end - begin)
    if censored:
        new.times.append(lost)
        new.events.append(np.zeros(censored))
    at = 0
    falls: list[tuple[float, float]] = [*zip(t[inside], s[inside], strict=True)]
    for time, goal in falls:
        gone = int(np.searchsorted(lost, time, side="left"))
        new.n -= gone - at
        at = gone
        if new.n <= 0 or new.survival <= 0:
            continue
        died = round(new.n * (1 - min(goal / new.survival, 1.0)))
        if died > 0:
            new.survival *= 1 - died / new.n
            new.n -= died
            new.total += died
            new.times.append(np.full(died, time))
            new.events.append(np.ones(died))
    new.n -= censored - at
    return new


def _interval(
    state: _State, t: Vector, s: Vector, begin: float, end: float, goal: int
) -> None:
    """Censor so many that the printed number is at risk at the end."""
    # The number at the end falls as more are censored: halve the range.
    low, high = 0, state.n
    while low < high:
        middle = (low + high) // 2
        if _walk(state, t, s, begin, end, middle).n > goal:
            low = middle + 1
        else:
            high = middle

    def misses(censored: int) -> tuple[bool, int]:
        left = _walk(state, t, s, begin, end, censored).n
        return left < 0, abs(left - goal)

    near = {0, max(low - 1, 0), low, min(low + 1, state.n)}
    best = min(sorted(near), key=misses)
    _become(state, _walk(state, t, s, begin, end, best))


def _become(state: _State, other: _State) -> None:
    state.n, state.survival, state.total = other.n, other.survival, other.total
    state.times, state.events = other.times, other.events


def _last_interval(
    state: _State,
    t: Vector,
    s: Vector,
    begin: float,
    end: float,
    events: int | None,
) -> None:
    """Go on after the last printed number.

    So many are censored that the printed events come out; without them nobody is
    before the end of the curve.
    """

    def tried(censored: int) -> _State:
        return _walk(state, t, s, begin, end, censored, last=True)

    if events is None:
        _become(state, tried(0))
        return
    low, high = 0, state.n
    while low < high:
        middle = (low + high) // 2
        if tried(middle).total > events:
            low = middle + 1
        else:
            high = middle

    def misses(censored: int) -> tuple[bool, int, int]:
        then = tried(censored)
        return then.n < 0, abs(then.total - events), censored

    _become(state, tried(min({0, max(low - 1, 0), low}, key=misses)))


def _judge(
    time: Vector,
    event: Vector,
    t: Vector,
    s: Vector,
    times: Vector,
    numbers: Vector,
    events: int | None,
) -> Reconstruction:
    """Compare the patients with what was printed."""
    died, counts = np.unique(time[event == 1], return_counts=True)
    n_at = len(time) - np.searchsorted(time, died, side="left")
    curve = np.concatenate([[1.0], np.cumprod(1 - counts / n_at)])
    own = curve[np.searchsorted(died, t, side="right")]
    gap = np.abs(own - s) if len(s) else np.zeros(1)
    at = len(time) - np.searchsorted(time, times, side="left")
    at[0] = len(time)
    notes: list[str] = []
    total = int(event.sum())
    if events is not None and total != events:
        notes.append(f"The curve holds {total} events, {events} are printed.")
    return Reconstruction(
        time=time,
        event=event,
        rmse=float(np.sqrt(np.mean(gap**2))),
        largest_gap=float(gap.max()),
        mismatch=tuple(int(m) for m in at - numbers),
        notes=tuple(notes),
    )


def reconstructed_trial(
    trial: str,
    treated: Reconstruction,
    control: Reconstruction,
    *,
    accept: bool = False,
) -> SurvivalData:
    """Return a trial of rebuilt patients, to be combined with others.

    Parameters
    ----------
    accept : bool
        Whether a poor reconstruction is used all the same.

    Raises
    ------
    NotEstimable
        If a reconstruction is poor and not accepted.
    """
    for name, arm in (("treated", treated), ("control", control)):
        if not arm.good and not accept:
            raise NotEstimable(
                f"The {name} arm's curve is rebuilt poorly: {arm.quality()}.",
                where=trial,
                remedy="read the curve again, or accept it (accept=True)",
            )
    times = np.concatenate([treated.time, control.time])
    found = survival_data(
        {
            # Patients censored at once would have a time of zero.
            "time": np.maximum(times, 1e-6 * times.max()),
            "event": np.concatenate([treated.event, control.event]),
            "treated": np.repeat([1.0, 0.0], [len(treated), len(control)]),
            "trial": np.full(len(times), trial, dtype=object),
        },
        time="time",
        event="event",
        treated="treated",
        trial="trial",
    )
    from dataclasses import replace

    note = f"{trial} is rebuilt from its printed curves (treated: {treated.quality()}; control: {control.quality()})."
    return replace(found, notes=(*found.notes, note))
