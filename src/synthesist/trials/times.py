"""Time on treatment or in response, where ``1086+`` is still running."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Mask, Vector

if TYPE_CHECKING:
    from synthesist.survival import SurvivalCurve

TIME_FORM = re.compile(r"(\d+(?:\.\d+)?)\s*(\+?)", re.ASCII)


def read_times(texts: Sequence[str]) -> tuple[Vector, Mask]:
    """Read times as printed; a plus behind one says that it was still running.

    Returns
    -------
    time : (n,) array
    ended : (n,) array of bool
        False where the time is censored.

    Raises
    ------
    InvalidInput
        Naming the first text that is no time.
    """
    times: list[float] = []
    ended: list[bool] = []
    for index, text in enumerate(texts, 1):
        found = TIME_FORM.fullmatch(text.strip())
        if found is None:
            raise InvalidInput(
                f"'{text}' is no time.",
                where=f"row {index}",
                remedy="write 241, or 1086+ where it was still running",
            )
        times.append(float(found[1]))
        ended.append(not found[2])
    return np.array(times), np.array(ended, dtype=np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """How long treatment or response lasted.

    Attributes
    ----------
    curve : SurvivalCurve
        Kaplan-Meier, with the median and its interval.
    mean : float
        The plain mean of all times as they stand.
    mean_is_bound : bool
        Whether some were still running, so that the mean is a lower bound.
    shortest, longest : str
        As they would be printed, with a plus where still running.
    """

    unit: str
    n: int
    ended: int
    curve: SurvivalCurve
    mean: float
    mean_is_bound: bool
    shortest: str
    longest: str
    notes: tuple[str, ...] = ()

    def mean_text(self) -> str:
        """Write the mean, as a bound where times are censored."""
        sign = "at least " if self.mean_is_bound else ""
        return f"{sign}{self.mean:.4g} {self.unit}"

    def summary(self) -> str:
        """Return the times as lines of text."""
        median, interval = self.curve.quantile(0.5)
        shown = "not reached" if median is None else f"{median:.4g}"
        ends = ""
        if interval is not None:
            top = "not reached" if np.isinf(interval.upper) else f"{interval.upper:.4g}"
            ends = f" ({100 * interval.level:g}% CI {interval.lower:.4g} to {top})"
        lines = [
            f"{self.n} times, {self.ended} ended, {self.shortest} to {self.longest} {self.unit}",
            f"  median {shown}{ends}",
            f"  mean {self.mean_text()}",
        ]
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])


def durations(times: ArrayLike | Sequence[str], *, unit: str = "days") -> Durations:
    """Summarise times on treatment or in response, those still running as censored.

    Parameters
    ----------
    times : sequence of str or numbers
        ``1086+`` is a time that was still running.
    unit : str
        Their unit, for the words.

    Raises
    ------
    InvalidInput
        If there is none, or one cannot be read.
    """
    from synthesist.survival import kaplan_meier, survival_data

    texts = [str(time) for time in np.asarray(times, dtype=object).reshape(-1).tolist()]
    if not texts:
        raise InvalidInput("There is no time.", remedy="give at least one")
    time, ended = read_times(texts)
    if not np.all(time > 0):
        raise InvalidInput(
            "A time of 0 is none.", remedy="leave out who was never treated, and say so"
        )
    data = survival_data({"time": time, "ended": ended.astype(int)}, time="time", event="ended")  # fmt: skip
    (curve,) = kaplan_meier(data, by=None).curves
    running = int(np.sum(~ended))
    notes = (
        (
            f"{running} of {len(time)} {'was' if running == 1 else 'were'} still running, so the mean of the times as they stand is a lower bound of the mean.",
        )
        if running
        else ()
    )
    order = np.lexsort((~ended, time))
    return Durations(
        unit=unit,
        n=len(time),
        ended=int(ended.sum()),
        curve=curve,
        mean=float(np.mean(time)),
        mean_is_bound=running > 0,
        shortest=_shown(time, ended, int(order[0])),
        longest=_shown(time, ended, int(order[-1])),
        notes=notes,
    )


def _shown(time: Vector, ended: Mask, index: int) -> str:
    return f"{time[index]:g}{'' if ended[index] else '+'}"
