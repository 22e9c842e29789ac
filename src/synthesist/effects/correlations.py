"""How two measurements go together, one correlation a study."""

from __future__ import annotations

import numpy as np

from synthesist.effects.arms import Effects
from synthesist.tables import Vector


def correlation(r: Vector, n: Vector) -> Effects:
    """Return correlations (k,) and their variances ``(1 - r²)² / (n - 1)``."""
    return Effects(r, np.square(1 - np.square(r)) / (n - 1))


def unbiased_correlation(r: Vector, n: Vector, *, variance: str = "LS") -> Effects:
    """Return correlations (k,) freed of their bias towards 0; n above 4.

    `variance` "UB" is unbiased for the variance too.

    References
    ----------
    Olkin I, Pratt JW. Ann Math Stat 1958;29:201. doi:10.1214/aoms/1177706717
    Hedges LV. J Educ Stat 1989;14:245. doi:10.3102/10769986014003245
    """
    rest = 1 - np.square(r)
    y = r * _hypergeometric(0.5, (n - 2) / 2, rest)
    if variance == "UB":
        share = (n - 3) / (n - 2) * _hypergeometric(1.0, n / 2, rest)
        return Effects(y, np.square(y) - 1 + share * rest)
    return Effects(y, np.square(1 - np.square(y)) / (n - 1))


def fisher_z(r: Vector, n: Vector) -> Effects:
    """Return Fisher's z of correlations (k,) and ``1/(n - 3)``; n above 3.

    References
    ----------
    Fisher RA. Metron 1921;1:3.
    """
    return Effects(np.arctanh(r), 1 / (n - 3))


def partial_from_t(t: Vector, n: Vector, m: Vector) -> Vector:
    """Return partial correlations (k,) from the t of one of `m` predictors."""
    df = n - m - 1
    return t / np.sqrt(np.square(t) + df)


def partial_correlation(r: Vector, n: Vector, m: Vector) -> Effects:
    """Return partial correlations (k,) in regressions with `m` predictors.

    References
    ----------
    Aloe AM, Thompson CG. J Soc Social Work Res 2013;4:390. doi:10.5243/jsswr.2013.24
    """
    return Effects(r, np.square(1 - np.square(r)) / (n - m - 1))


def fisher_z_partial(r: Vector, n: Vector, m: Vector) -> Effects:
    """Return Fisher's z of partial correlations (k,) and ``1/(n - m - 2)``.

    With `m` - 1 variables held constant a partial correlation is distributed like
    a correlation of as many patients fewer.

    References
    ----------
    Fisher RA. Metron 1924;3:329.
    """
    return Effects(np.arctanh(r), 1 / (n - m - 2))


def semipartial_correlation(t: Vector, n: Vector, m: Vector, r2: Vector) -> Effects:
    """Return semi-partial correlations (k,) from t and R² of a regression.

    References
    ----------
    Aloe AM, Becker BJ. J Educ Behav Stat 2012;37:278. doi:10.3102/1076998610396901
    """
    y = t * np.sqrt((1 - r2) / (n - m - 1))
    without = r2 - np.square(y)
    v = (np.square(1 - r2) + without - np.square(without)) / n
    return Effects(y, v)


def coefficient_of_determination(
    r2: Vector, n: Vector, m: Vector, *, variance: str = "LS"
) -> Effects:
    """Return R² (k,) of regressions on `m` predictors, and ``4 R² (1 - R²)² / n``.

    `variance` "LS2" is the longer large-sample form, which counts the predictors.

    References
    ----------
    Olkin I, Finn JD. Psychol Bull 1995;118:155. doi:10.1037/0033-2909.118.1.155
    Kendall M, Stuart A. The advanced theory of statistics. 4th ed. 1979, 27.87-88.
    """
    v = 4 * r2 * np.square(1 - r2)
    if variance == "LS2":
        share = np.square(n - m - 1) / ((np.square(n) - 1) * (n + 3))
        return Effects(r2, v * share)
    return Effects(r2, v / n)


def fisher_z_of_root(r2: Vector, n: Vector, m: Vector) -> Effects:
    """Return Fisher's z of the multiple correlation (k,) and ``1/n``.

    References
    ----------
    Olkin I, Finn JD. Psychol Bull 1995;118:155. doi:10.1037/0033-2909.118.1.155
    """
    del m
    return Effects(np.arctanh(np.sqrt(r2)), 1 / n)


def _hypergeometric(a: float, c: Vector, z: Vector) -> Vector:
    """Return 2F1(a, a; c; z) (k,) for 0 <= z <= 1 and c > 2 a.

    The series falls off fast for large c, where scipy gives up and says NaN.
    """
    from scipy.special import hyp2f1

    term = np.ones_like(z)
    total = np.ones_like(z)
    for j in range(60):
        term = term * (a + j) ** 2 / ((c + j) * (1 + j)) * z
        total += term
    return np.where(c >= 20, total, hyp2f1(a, a, np.minimum(c, 20), z))
