"""The distribution of a sum of independent uniform variables (Irwin and Hall)."""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial, floor, sqrt

from synthesist.numerics.distributions import normal_quantile

#: For more variables the normal distribution is right to four digits and more.
MOST = 60


def sum_probability(x: float, k: int) -> float:
    """Return the probability that k uniform variables add up to at most x.

    Sums of alternating terms are made in fractions, so that nothing cancels.

    References
    ----------
    Hall P. Biometrika 1927;19:240. doi:10.2307/2331961
    """
    if x <= 0:
        return 0.0
    if x >= k:
        return 1.0
    if k > MOST:
        from scipy.special import ndtr

        return float(ndtr((x - k / 2) / sqrt(k / 12)))
    if x > k / 2:
        return 1.0 - sum_probability(k - x, k)
    at = Fraction(x)
    terms = ((-1) ** j * comb(k, j) * (at - j) ** k for j in range(floor(x) + 1))
    return float(sum(terms, Fraction(0)) / factorial(k))


def sum_quantile(probability: float, k: int) -> float:
    """Return the value that the sum of k uniform variables stays below so often."""
    if k > MOST:
        return k / 2 + normal_quantile(probability) * sqrt(k / 12)
    low, high = 0.0, float(k)
    for _ in range(52):
        middle = (low + high) / 2
        if sum_probability(middle, k) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2
