"""What a printed number implies: standard errors and deviations from intervals and P.

References
----------
Higgins JPT, Li T, Deeks JJ. Cochrane Handbook, chapter 6. 2023.
"""

from __future__ import annotations

import numpy as np

from synthesist.tables import Vector


def level_fraction(level: Vector | float) -> Vector:
    """Return levels as fractions, whether written 0.95 or 95."""
    given = np.asarray(level, dtype=np.float64)
    return np.where(given > 1, given / 100, given)


def normal_quantile(level: Vector | float) -> Vector:
    """Return the half-width of a two-sided normal interval in standard errors."""
    from scipy.special import ndtri

    return ndtri(0.5 + level_fraction(level) / 2)


def t_quantile(level: Vector | float, df: Vector) -> Vector:
    """Return the half-width of a two-sided t interval in standard errors."""
    from scipy.special import stdtrit

    return stdtrit(df, 0.5 + level_fraction(level) / 2)


def se_from_interval(low: Vector, high: Vector, level: Vector | float) -> Vector:
    """Return the standard errors (k,) of normal intervals of any level."""
    return (high - low) / (2 * normal_quantile(level))


def se_from_t_interval(
    low: Vector, high: Vector, level: Vector | float, df: Vector
) -> Vector:
    """Return the standard errors (k,) of t intervals of any level."""
    return (high - low) / (2 * t_quantile(level, df))


def se_from_p(estimate: Vector, p: Vector) -> Vector:
    """Return the standard errors (k,) at which normal tests give two-sided `p`."""
    from scipy.special import ndtri

    return np.abs(estimate) / -ndtri(p / 2)


def se_from_t_test_p(estimate: Vector, p: Vector, df: Vector) -> Vector:
    """Return the standard errors (k,) at which t tests give two-sided `p`."""
    from scipy.special import stdtrit

    return np.abs(estimate) / -stdtrit(df, p / 2)


def sd_from_se(se: Vector, n: Vector) -> Vector:
    """Return the standard deviations (k,) behind standard errors of means."""
    return se * np.sqrt(n)


def sd_from_interval(
    low: Vector, high: Vector, n: Vector, level: Vector | float = 0.95
) -> Vector:
    """Return the standard deviations (k,) behind t intervals of means."""
    return sd_from_se(se_from_t_interval(low, high, level, n - 1), n)


def sd_from_change_p(change: Vector, p: Vector, n: Vector) -> Vector:
    """Return the standard deviations of changes (k,) at which a paired t test gives `p`."""
    return sd_from_se(se_from_t_test_p(change, p, n - 1), n)


def sd_from_difference_p(
    difference: Vector, p: Vector, n_t: Vector, n_c: Vector
) -> Vector:
    """Return the one standard deviation of both groups (k,) at which a t test gives `p`."""
    return sd_from_difference_se(
        se_from_t_test_p(difference, p, n_t + n_c - 2), n_t, n_c
    )


def sd_from_difference_se(se: Vector, n_t: Vector, n_c: Vector) -> Vector:
    """Return the one standard deviation of both groups (k,) behind a difference's."""
    return se / np.sqrt(1 / n_t + 1 / n_c)


def sd_of_change(sd_pre: Vector, sd_post: Vector, r: Vector | float) -> Vector:
    """Return the standard deviations of changes (k,) at a correlation `r`."""
    return np.sqrt(
        np.square(sd_pre) + np.square(sd_post) - 2 * np.asarray(r) * sd_pre * sd_post
    )


def correlation_from_sds(sd_pre: Vector, sd_post: Vector, sd_change: Vector) -> Vector:
    """Return the correlations (k,) of before and after behind three deviations."""
    return (np.square(sd_pre) + np.square(sd_post) - np.square(sd_change)) / (
        2 * sd_pre * sd_post
    )


def combine_groups(
    n: tuple[Vector, Vector], mean: tuple[Vector, Vector], sd: tuple[Vector, Vector]
) -> tuple[Vector, Vector, Vector]:
    """Return n, mean and sd (k,) of two groups taken as one (Handbook table 6.5.a)."""
    total = n[0] + n[1]
    together = (n[0] * mean[0] + n[1] * mean[1]) / total
    within = (n[0] - 1) * np.square(sd[0]) + (n[1] - 1) * np.square(sd[1])
    between = n[0] * n[1] / total * np.square(mean[0] - mean[1])
    return total, together, np.sqrt((within + between) / (total - 1))
