"""Quantiles and tails for single tests, at any degrees of freedom above zero.

`distributions` serves many groups at once with whole degrees of freedom; corrected
tests have fractions of them.
"""

from __future__ import annotations

import math

from synthesist.numerics.distributions import normal_quantile


def t_point(p: float, df: float) -> float:
    """Return a quantile of t; an infinite `df` is the normal distribution."""
    if math.isinf(df):
        return normal_quantile(p)
    from scipy.special import stdtrit

    return float(stdtrit(df, p))


def t_two_tails(statistic: float, df: float) -> float:
    """Return the two-sided P value; an infinite `df` is the normal distribution."""
    from scipy.special import ndtr, stdtr

    below = -abs(statistic)
    return float(2 * (ndtr(below) if math.isinf(df) else stdtr(df, below)))


def f_tail(statistic: float, df1: float, df2: float) -> float:
    """Return the upper tail of F; an infinite `df2` is chi-squared over `df1`."""
    if math.isinf(df2):
        return chi2_upper(statistic * df1, df1)
    from scipy.special import fdtrc

    return float(fdtrc(df1, df2, max(0.0, statistic)))


def chi2_upper(statistic: float, df: float) -> float:
    """Return the upper tail of chi-squared."""
    from scipy.special import gammaincc

    return float(gammaincc(df / 2, max(0.0, statistic) / 2))
