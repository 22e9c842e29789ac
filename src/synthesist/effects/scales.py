"""The scale on which an effect is analysed, and the one on which it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from synthesist.tables import Vector

Size = float | Vector | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How an analysed number becomes one that a reader understands, and back.

    `no_effect` is on the reading scale and None where a measure has none (a
    single proportion). `log` asks for a logarithmic axis, `percent` says that
    the readings are fractions which people know as per cent. `sized` scales can
    be read back only for a group size, so a pooled value needs a representative
    one.
    """

    name: str
    forward: Callable[[Vector], Vector]
    back: Callable[[Vector, Size], Vector]
    no_effect: float | None
    log: bool = False
    percent: bool = False
    sized: bool = False

    def to_analysis(self, values: ArrayLike) -> Vector:
        """Return readings on the analysis scale.

        The Freeman-Tukey scales give the limit for large groups.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.forward(np.asarray(values, dtype=np.float64))

    def to_reading(self, values: ArrayLike, n: Size = None) -> Vector:
        """Return analysed values as they are read.

        Parameters
        ----------
        values : array
            On the analysis scale; NaN stays NaN.
        n : float or array, optional
            Group sizes or times at risk, which only `sized` scales need; without
            them the limit for large groups is taken.
        """
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return self.back(np.asarray(values, dtype=np.float64), n)

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


def _as_is(values: Vector, n: Size = None) -> Vector:
    del n
    return values


def _exp(values: Vector, n: Size = None) -> Vector:
    del n
    return np.exp(values)


def _logit(values: Vector) -> Vector:
    return np.log(values / (1 - values))


def _expit(values: Vector, n: Size = None) -> Vector:
    del n
    return 1 / (1 + np.exp(-values))


def _arcsine(values: Vector) -> Vector:
    return np.arcsin(np.sqrt(values))


def _sine_squared(values: Vector, n: Size = None) -> Vector:
    """Turn arcsines back, ending at 0 and 1 where the sine would fold over."""
    del n
    return np.square(np.sin(np.clip(values, 0, np.pi / 2)))


def _tanh(values: Vector, n: Size = None) -> Vector:
    del n
    return np.tanh(values)


def _square(values: Vector, n: Size = None) -> Vector:
    del n
    return np.square(np.maximum(values, 0))


def from_double_arcsine(values: Vector, n: Size = None) -> Vector:
    """Turn Freeman-Tukey double arcsines back into proportions.

    Values outside what a group of size `n` can give end at 0 and 1.

    References
    ----------
    Miller JJ. Am Stat 1978;32:138. doi:10.1080/00031305.1978.10479283
    """
    if n is None:
        return _sine_squared(values)
    size = np.asarray(n, dtype=np.float64)
    least = np.arcsin(np.sqrt(1 / (size + 1))) / 2
    most = np.pi / 2 - least
    sine = np.sin(2 * values)
    inner = np.square(sine + (sine - 1 / sine) / size)
    side = np.sign(np.cos(2 * values)) * np.sqrt(np.maximum(1 - inner, 0))
    inside = np.where(values >= most, 1.0, (1 - side) / 2)
    return np.where(np.isnan(values), np.nan, np.where(values <= least, 0.0, inside))


def from_double_root(values: Vector, n: Size = None) -> Vector:
    """Turn Freeman-Tukey roots back into rates; `n` is the time at risk."""
    if n is None:
        return _square(values)
    least = 1 / np.asarray(n, dtype=np.float64)
    total = 2 * values
    root = (np.square(total) - least) / (2 * total)
    return np.where(total > np.sqrt(least), np.square(root), 0.0) + 0 * values


def _cube_back(values: Vector, n: Size = None) -> Vector:
    del n
    return 1 - (1 - values) ** 3


def _log_back(values: Vector, n: Size = None) -> Vector:
    del n
    return -np.expm1(-values)


def _root_back(values: Vector, n: Size = None) -> Vector:
    del n
    return np.square(np.tanh(np.maximum(values, 0)))


def _double_exponential(values: Vector, n: Size = None) -> Vector:
    del n
    return np.exp(-np.exp(-values))


#: Differences: what is analysed is what is read.
IDENTITY = Scale(name="identity", forward=_as_is, back=_as_is, no_effect=0.0)
LOG_RATIO = Scale(name="log ratio", forward=np.log, back=_exp, no_effect=1.0, log=True)

#: Single groups: there is no value at which nothing happens.
LEVEL = Scale(name="identity", forward=_as_is, back=_as_is, no_effect=None)
LOG_LEVEL = Scale(name="log", forward=np.log, back=_exp, no_effect=None, log=True)
PROPORTION = Scale(
    name="identity", forward=_as_is, back=_as_is, no_effect=None, percent=True
)
LOG_PROPORTION = Scale(
    name="log", forward=np.log, back=_exp, no_effect=None, percent=True
)
LOGIT = Scale(name="logit", forward=_logit, back=_expit, no_effect=None, percent=True)
ARCSINE = Scale(
    name="arcsine", forward=_arcsine, back=_sine_squared, no_effect=None, percent=True
)
DOUBLE_ARCSINE = Scale(
    name="Freeman-Tukey double arcsine",
    forward=_arcsine,
    back=from_double_arcsine,
    no_effect=None,
    percent=True,
    sized=True,
)
MINUS_LOG_MINUS_LOG = Scale(
    name="-log(-log)",
    forward=lambda values: -np.log(-np.log(values)),
    back=_double_exponential,
    no_effect=None,
    percent=True,
)
ROOT = Scale(name="square root", forward=np.sqrt, back=_square, no_effect=None)
DOUBLE_ROOT = Scale(
    name="Freeman-Tukey root",
    forward=np.sqrt,
    back=from_double_root,
    no_effect=None,
    sized=True,
)

#: Associations and others.
FISHER_Z = Scale(name="Fisher z", forward=np.arctanh, back=_tanh, no_effect=0.0)
PROBABILITY = Scale(name="identity", forward=_as_is, back=_as_is, no_effect=0.5)
CUBE_ROOT_ALPHA = Scale(
    name="1 - cube root(1 - alpha)",
    forward=lambda values: 1 - np.cbrt(1 - values),
    back=_cube_back,
    no_effect=None,
)
LOG_ALPHA = Scale(
    name="-log(1 - alpha)",
    forward=lambda values: -np.log1p(-values),
    back=_log_back,
    no_effect=None,
)
ROOT_FISHER_Z = Scale(
    name="Fisher z of the root",
    forward=lambda values: np.arctanh(np.sqrt(values)),
    back=_root_back,
    no_effect=None,
)
