"""The two words that every result is made of: an interval and a test."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Lower and upper limit at a confidence level."""

    lower: float
    upper: float
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HypothesisTest:
    """A statistic and its P value; `reference` names the distribution.

    `df_residual` is the second number of degrees of freedom of an F distribution.
    """

    statistic: float
    df: float | None
    p: float
    reference: str
    df_residual: float | None = None


def number(value: float | np.floating[Any] | None) -> float | None:
    """Return a float that JSON can hold, None for what is absent or not finite."""
    if value is None:
        return None
    plain = float(value)
    return plain if isfinite(plain) else None


def versions() -> dict[str, str]:
    """Return the versions of what computes, for every result that is printed."""
    from scipy import __version__ as scipy_version

    from synthesist import __version__

    return {
        "synthesist": __version__,
        "numpy": np.__version__,
        "scipy": scipy_version,
    }
