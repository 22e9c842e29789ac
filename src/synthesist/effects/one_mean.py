"""A measurement in one group: its mean and its spread."""

from __future__ import annotations

import numpy as np

from synthesist.effects.arms import Effects, Means
from synthesist.effects.small_samples import SMALL_SAMPLE


def mean(group: Means) -> Effects:
    """Return means (k,) and their variances."""
    return Effects(group.mean, group.variance_of_mean)


def log_mean(group: Means) -> Effects:
    """Return log means (k,) and their variances by the delta method."""
    return Effects(np.log(group.mean), group.variance_of_mean / np.square(group.mean))


def standardised_mean(group: Means, *, small_sample: str = "exact") -> Effects:
    """Return means over their standard deviation (k,), corrected for small samples."""
    y = SMALL_SAMPLE[small_sample](group.n - 1) * group.mean / group.sd
    return Effects(y, 1 / group.n + np.square(y) / (2 * group.n))


def log_standard_deviation(group: Means) -> Effects:
    """Return log standard deviations (k,), corrected for small samples.

    References
    ----------
    Raudenbush SW, Bryk AS. J Educ Stat 1987;12:241. doi:10.3102/10769986012003241
    """
    v = 1 / (2 * (group.n - 1))
    return Effects(np.log(group.sd) + v, v)


def log_variation(group: Means) -> Effects:
    """Return log coefficients of variation (k,), corrected for small samples.

    References
    ----------
    Nakagawa S et al. Methods Ecol Evol 2015;6:143. doi:10.1111/2041-210X.12309
    """
    y, v = log_standard_deviation(group)
    return Effects(
        y - np.log(group.mean), v + group.variance_of_mean / np.square(group.mean)
    )
