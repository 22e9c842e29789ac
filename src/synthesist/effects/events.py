"""Effects of a treatment on whether an event happens, from two-by-two tables."""

from __future__ import annotations

import numpy as np

from synthesist.effects.arms import Effects, Events


def log_risk_ratio(treated: Events, control: Events) -> Effects:
    """Return log risk ratios (k,) and their variances ``1/a - 1/n + 1/c - 1/m``.

    References
    ----------
    Katz D, Baptista J, Azen SP, Pike MC. Biometrics 1978;34:469. doi:10.2307/2530610
    """
    a, n, c, m = treated.events, treated.n, control.events, control.n
    return Effects(np.log(a * m / (c * n)), 1 / a - 1 / n + 1 / c - 1 / m)


def log_odds_ratio(treated: Events, control: Events) -> Effects:
    """Return log odds ratios (k,) and their variances ``1/a + 1/b + 1/c + 1/d``.

    References
    ----------
    Woolf B. Ann Hum Genet 1955;19:251. doi:10.1111/j.1469-1809.1955.tb01348.x
    """
    a, b = treated.events, treated.rest
    c, d = control.events, control.rest
    return Effects(np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d)


def risk_difference(treated: Events, control: Events) -> Effects:
    """Return risk differences (k,) and their binomial variances (k,)."""
    p, q = treated.events / treated.n, control.events / control.n
    return Effects(p - q, p * (1 - p) / treated.n + q * (1 - q) / control.n)
