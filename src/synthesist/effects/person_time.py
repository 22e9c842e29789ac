"""Effects on how often something happens, from events and time at risk."""

from __future__ import annotations

import numpy as np

from synthesist.effects.arms import Effects, PersonTime
from synthesist.tables import Vector


def log_rate_ratio(treated: PersonTime, control: PersonTime) -> Effects:
    """Return log incidence rate ratios (k,) and ``1/x + 1/z``.

    References
    ----------
    Rothman KJ, Greenland S, Lash TL. Modern epidemiology. 3rd ed. 2008, 243.
    """
    y = np.log(treated.events * control.time / (control.events * treated.time))
    return Effects(y, 1 / treated.events + 1 / control.events)


def rate_difference(treated: PersonTime, control: PersonTime) -> Effects:
    """Return incidence rate differences (k,) and their Poisson variances."""
    rate, other = treated.events / treated.time, control.events / control.time
    return Effects(rate - other, rate / treated.time + other / control.time)


def root_rate_difference(treated: PersonTime, control: PersonTime) -> Effects:
    """Return differences of root incidence rates (k,); zeros need no care.

    References
    ----------
    Bagos PG, Nikolopoulos GK. Int J Biostat 2009;5:33. doi:10.2202/1557-4679.1168
    """
    y = np.sqrt(treated.events / treated.time) - np.sqrt(control.events / control.time)
    return Effects(y, 1 / (4 * treated.time) + 1 / (4 * control.time))


def rate(group: PersonTime) -> Effects:
    """Return incidence rates (k,) and their Poisson variances."""
    y = group.events / group.time
    return Effects(y, y / group.time)


def log_rate(group: PersonTime) -> Effects:
    """Return log incidence rates (k,) and ``1/x``."""
    return Effects(np.log(group.events / group.time), 1 / group.events)


def root_rate(group: PersonTime) -> Effects:
    """Return root incidence rates (k,) and ``1/(4 t)``."""
    return Effects(np.sqrt(group.events / group.time), _root_variance(group))


def freeman_tukey_rate(group: PersonTime) -> Effects:
    """Return means of two root rates (k,), and ``1/(4 t)``.

    References
    ----------
    Freeman MF, Tukey JW. Ann Math Stat 1950;21:607. doi:10.1214/aoms/1177729756
    """
    y = (
        np.sqrt(group.events / group.time) + np.sqrt((group.events + 1) / group.time)
    ) / 2
    return Effects(y, _root_variance(group))


def _root_variance(group: PersonTime) -> Vector:
    return 1 / (4 * group.time)
