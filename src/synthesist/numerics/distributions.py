"""Quantiles and tails of the normal, t and chi-squared distributions.

They are ufuncs of scipy.special, imported on first use: scipy.stats gives the
same numbers and costs a second more to load. The quantile of a number of degrees
of freedom that many groups share is computed once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from synthesist.numerics.arrays import Vector


@lru_cache(maxsize=64)
def normal_quantile(p: float) -> float:
    """Return the quantile of the standard normal distribution."""
    from scipy.special import ndtri

    return float(ndtri(p))


def t_quantile(p: float, df: Vector) -> Vector:
    """Return t quantiles (n,); an infinite `df` is the normal, one below 1 gives NaN."""
    return _once_each(_t_quantile, p, df)


def t_two_sided(statistic: Vector, df: Vector) -> Vector:
    """Return two-sided P values (n,); an infinite `df` is the normal distribution."""
    from scipy.special import ndtr, stdtr

    below = -np.abs(statistic)
    normal = np.isinf(df)
    if normal.all():
        return 2 * ndtr(below)
    if not normal.any():
        return 2 * stdtr(df, below)
    return 2 * np.where(normal, ndtr(below), stdtr(np.where(normal, 1.0, df), below))


def chi2_quantile(lower: float, df: Vector) -> Vector:
    """Return the points (n,) below which a share `lower` of chi-squared lies."""
    return _once_each(_chi2_quantile, lower, df)


def chi2_upper_quantile(upper: float, df: Vector) -> Vector:
    """Return the points (n,) above which a share `upper` of chi-squared lies."""
    return _once_each(_chi2_upper_quantile, upper, df)


def chi2_tail(statistic: Vector, df: Vector) -> Vector:
    """Return the upper tail probabilities (n,) of chi-squared."""
    from scipy.special import gammaincc

    return gammaincc(df / 2, statistic / 2)


@lru_cache(maxsize=4096)
def _t_quantile(p: float, df: float) -> float:
    if np.isinf(df):
        return normal_quantile(p)
    if not df >= 1:
        return np.nan
    from scipy.special import stdtrit

    return float(stdtrit(df, p))


@lru_cache(maxsize=4096)
def _chi2_quantile(lower: float, df: float) -> float:
    from scipy.special import gammaincinv

    return float(2 * gammaincinv(df / 2, lower))


@lru_cache(maxsize=4096)
def _chi2_upper_quantile(upper: float, df: float) -> float:
    from scipy.special import gammainccinv

    return float(2 * gammainccinv(df / 2, upper))


def _once_each(
    function: Callable[[float, float], float], p: float, df: Vector
) -> Vector:
    """Apply `function` to the distinct degrees of freedom only."""
    if df.size == 1:
        return np.array([function(p, df.item())])
    distinct, place = np.unique(df, return_inverse=True)
    return np.array([function(p, value) for value in distinct.tolist()])[place]
