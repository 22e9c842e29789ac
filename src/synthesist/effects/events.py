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


def arcsine_difference(treated: Events, control: Events) -> Effects:
    """Return differences of the arcsine roots of the risks (k,); zeros need no care.

    References
    ----------
    Rucker G et al. Stat Med 2009;28:721. doi:10.1002/sim.3511
    """
    p, q = treated.events / treated.n, control.events / control.n
    y = np.arcsin(np.sqrt(p)) - np.arcsin(np.sqrt(q))
    return Effects(y, 1 / (4 * treated.n) + 1 / (4 * control.n))


def peto_log_odds_ratio(treated: Events, control: Events) -> Effects:
    """Return log odds ratios by Peto, ``(O - E) / V`` (k,), and ``1 / V``.

    V is hypergeometric; it is 0, and the effect not defined, where nobody or
    everybody had the event.

    References
    ----------
    Yusuf S et al. Prog Cardiovasc Dis 1985;27:335. doi:10.1016/S0033-0620(85)80003-7
    """
    n, m = treated.n, control.n
    total = n + m
    events = treated.events + control.events
    v = n * m * events * (total - events) / (total * total * (total - 1))
    return Effects((treated.events - events * n / total) / v, 1 / v)


def phi(treated: Events, control: Events) -> Effects:
    """Return phi coefficients (k,), correlations of group and event.

    The variance is that of one sample sorted both ways (multinomial).

    References
    ----------
    Bishop YMM, Fienberg SE, Holland PW. Discrete multivariate analysis. 1975, 381.
    """
    a, b = treated.events, treated.rest
    c, d = control.events, control.rest
    total = treated.n + control.n
    rows = treated.n * control.n
    columns = (a + c) * (b + d)
    y = (a * d - b * c) / np.sqrt(rows * columns)
    by_row = (treated.n - control.n) / total
    by_column = (a + c - b - d) / total
    row, column = rows / np.square(total), columns / np.square(total)
    v = (
        1
        - np.square(y)
        + y * (1 + np.square(y) / 2) * by_row * by_column / np.sqrt(row * column)
        - 0.75
        * np.square(y)
        * (np.square(by_row) / row + np.square(by_column) / column)
    ) / total
    return Effects(y, v)


def yule_q(treated: Events, control: Events) -> Effects:
    """Return Yule's Q (k,), ``(OR - 1) / (OR + 1)``, and its variance.

    References
    ----------
    Yule GU. J R Stat Soc 1912;75:579. doi:10.2307/2340126
    """
    log_or, v = log_odds_ratio(treated, control)
    y = np.tanh(log_or / 2)
    return Effects(y, np.square(1 - np.square(y)) * v / 4)


def yule_y(treated: Events, control: Events) -> Effects:
    """Return Yule's Y (k,), Q with the root of the odds ratio, and its variance.

    References
    ----------
    Yule GU. J R Stat Soc 1912;75:579. doi:10.2307/2340126
    """
    log_or, v = log_odds_ratio(treated, control)
    y = np.tanh(log_or / 4)
    return Effects(y, np.square(1 - np.square(y)) * v / 16)


#: Log odds a standard deviation apart: logistic (exact), and normal by Cox.
LOGISTIC = np.pi / np.sqrt(3)
COX = 1.65


def smd_from_odds(
    treated: Events, control: Events, *, ratio: float = float(LOGISTIC)
) -> Effects:
    """Return log odds ratios as standardised mean differences (k,).

    `ratio` is the log odds ratio of one standard deviation.

    References
    ----------
    Chinn S. Stat Med 2000;19:3127. doi:10.1002/1097-0258(20001130)19:22<3127::AID-SIM784>3.0.CO;2-M
    """
    y, v = log_odds_ratio(treated, control)
    return Effects(y / ratio, v / np.square(ratio))


def probit_difference(treated: Events, control: Events) -> Effects:
    """Return differences of the probits of the risks (k,) as standardised differences.

    References
    ----------
    Sanchez-Meca J, Marin-Martinez F, Chacon-Moscoso S. Psychol Methods 2003;8:448.
    doi:10.1037/1082-989X.8.4.448
    """
    from scipy.special import ndtri

    p, q = treated.events / treated.n, control.events / control.n
    z, w = ndtri(p), ndtri(q)
    v = (
        2
        * np.pi
        * (
            p * (1 - p) * np.exp(np.square(z)) / treated.n
            + q * (1 - q) * np.exp(np.square(w)) / control.n
        )
    )
    return Effects(z - w, v)
