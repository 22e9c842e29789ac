"""The scale on which an effect is analysed, and the one on which it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from synthesist.tables import Vector

Transform = Callable[[Vector], Vector]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How an analysed number becomes one that a reader understands, and back.

    `no_effect` is on the reading scale and None where a measure has none (a
    single proportion). `log` asks for a logarithmic axis, `percent` says that
    the readings are fractions which people know as per cent. `lower` and
    `upper` are the ends of what can be read.
    """

    name: str
    forward: Transform
    back: Transform
    no_effect: float | None
    log: bool = False
    percent: bool = False
    lower: float = -np.inf
    upper: float = np.inf

    def to_analysis(self, values: ArrayLike) -> Vector:
        """Return readings on the analysis scale."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.forward(np.asarray(values, dtype=np.float64))

    def to_reading(self, values: ArrayLike, n: ArrayLike | None = None) -> Vector:
        """Return analysed values as they are read.

        Parameters
        ----------
        values : array
            On the analysis scale; NaN stays NaN.
        n : float or array, optional
            Group sizes, which only the Freeman-Tukey scales need.
        """
        del n
        with np.errstate(over="ignore", invalid="ignore"):
            return self.back(np.asarray(values, dtype=np.float64))

    def show(self, value: float, *, n: float | None = None, digits: int = 2) -> str:
        """Return one analysed value as text on the reading scale."""
        return self.show_reading(float(self.to_reading(value, n)), digits=digits)

    def show_reading(self, reading: float, *, digits: int = 2) -> str:
        """Return one reading as text, fractions as per cent with one digit less."""
        if np.isnan(reading):
            return ""
        if self.percent:
            return f"{_fixed(100 * reading, max(digits - 1, 0))}%"
        if self.log and 0 < reading < 0.5 * 10.0**-digits:
            return f"{reading:.1g}"
        return _fixed(reading, digits)


def _fixed(value: float, digits: int) -> str:
    """Format with fixed digits, a proper minus sign, and no negative zero."""
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("-", "\N{MINUS SIGN}")


def _same(values: Vector) -> Vector:
    return values


def _exp(values: Vector) -> Vector:
    return np.exp(values)


def _log(values: Vector) -> Vector:
    return np.log(values)


def _logit(values: Vector) -> Vector:
    return np.log(values / (1 - values))


def _expit(values: Vector) -> Vector:
    return 1 / (1 + np.exp(-values))


IDENTITY = Scale(name="identity", forward=_same, back=_same, no_effect=0.0)
LOG_RATIO = Scale(
    name="log ratio", forward=_log, back=_exp, no_effect=1.0, log=True, lower=0.0
)
