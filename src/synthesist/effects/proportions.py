"""How often something happened in one group, on the usual scales."""

from __future__ import annotations

import numpy as np

from synthesist.effects.arms import Effects, Events


def proportion(group: Events) -> Effects:
    """Return proportions (k,) and their binomial variances."""
    p = group.events / group.n
    return Effects(p, p * (1 - p) / group.n)


def log_proportion(group: Events) -> Effects:
    """Return log proportions (k,) and ``1/x - 1/n``."""
    return Effects(np.log(group.events / group.n), 1 / group.events - 1 / group.n)


def logit_proportion(group: Events) -> Effects:
    """Return log odds (k,) and ``1/x + 1/(n - x)``."""
    return Effects(np.log(group.events / group.rest), 1 / group.events + 1 / group.rest)


def arcsine_proportion(group: Events) -> Effects:
    """Return arcsine roots of the proportions (k,) and ``1/(4 n)``."""
    return Effects(np.arcsin(np.sqrt(group.events / group.n)), 1 / (4 * group.n))


def freeman_tukey_proportion(group: Events) -> Effects:
    """Return means of two arcsine roots (k,) and ``1/(4 n + 2)``.

    References
    ----------
    Freeman MF, Tukey JW. Ann Math Stat 1950;21:607. doi:10.1214/aoms/1177729756
    """
    n = group.n + 1
    y = (
        np.arcsin(np.sqrt(group.events / n))
        + np.arcsin(np.sqrt((group.events + 1) / n))
    ) / 2
    return Effects(y, 1 / (4 * group.n + 2))
