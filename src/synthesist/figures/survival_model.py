"""What figures of survival show, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurvivalLine:
    """One curve: a step function that begins at 1 at time 0.

    Parameters
    ----------
    time, survival : (t,) arrays
        The times at which it falls, above zero and rising, and where to.
    last : float
        The end of follow-up, to which the line is drawn.
    low, high : (t,) arrays, optional
        The band; NaN where there is none.
    at_risk : tuple of int
        Patients at risk at the ticks of the time axis.
    censored : (c,) array
        Times of those censored, for marks on the line.
    """

    label: str
    time: Vector
    survival: Vector
    last: float
    low: Vector | None = None
    high: Vector | None = None
    at_risk: tuple[int, ...] = ()
    censored: Vector = field(default_factory=lambda: np.empty(0))
