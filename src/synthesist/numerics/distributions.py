"""Quantiles and tails of the normal, t and chi-squared distributions.

They are ufuncs of scipy.special, imported on first use: scipy.stats gives the
same numbers and costs a second more to load. The quantile of a number of degrees
of freedom that many groups share is computed once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synthesist.numerics.arrays import Vector


def normal_quantile(p: float) -> float:
    """Return the quantile of the standard normal distribution."""
    from scipy.special import ndtri

    return float(ndtri(p))


def t_quantile(p: float, df: Vector) -> Vector:
    """Return t quantiles (n,); an infinite `df` is the normal, one below 1 gives NaN."""
    from scipy.special import ndtri, stdtrit

    def quantile(values: Vector) -> Vector:
        finite = np.where((values >= 1) & np.isfinite(values), values, 1.0)
        found = np.where(np.isinf(values), ndtri(p), stdtrit(finite, p))
        return np.where(values >= 1, found, np.nan)

    return _once_each(quantile, df)


def t_two_sided(statistic: Vector, df: Vector) -> Vector:
    """Return two-sided P values (n,); an infinite `df` is the normal distribution."""
    from scipy.special import ndtr, stdtr

    below = -np.abs(statistic)
    if np.isinf(df).all():
        return 2 * ndtr(below)
    finite = np.where(np.isfinite(df), df, 1.0)
    return 2 * np.where(np.isinf(df), ndtr(below), stdtr(finite, below))


def chi2_quantile(lower: float, df: Vector) -> Vector:
    """Return the points (n,) below which a share `lower` of chi-squared lies."""
    from scipy.special import gammaincinv

    def quantile(values: Vector) -> Vector:
        return np.asarray(2 * gammaincinv(values / 2, lower), dtype=np.float64)

    return _once_each(quantile, df)


def chi2_upper_quantile(upper: float, df: Vector) -> Vector:
    """Return the points (n,) above which a share `upper` of chi-squared lies."""
    from scipy.special import gammainccinv

    def quantile(values: Vector) -> Vector:
        return np.asarray(2 * gammainccinv(values / 2, upper), dtype=np.float64)

    return _once_each(quantile, df)


def chi2_tail(statistic: Vector, df: Vector) -> Vector:
    """Return the upper tail probabilities (n,) of chi-squared."""
    from scipy.special import gammaincc

    return gammaincc(df / 2, statistic / 2)


def _once_each(function: Callable[[Vector], Vector], values: Vector) -> Vector:
    """Apply `function` to the distinct values only."""
    if len(values) == 1:
        return function(values)
    distinct, place = np.unique(values, return_inverse=True)
    return function(distinct)[place]
