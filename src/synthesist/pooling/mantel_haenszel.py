"""The Mantel-Haenszel method: totals over tables, so that zeros need no correction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.effects import EffectTable, effect_table
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Vector
from synthesist.pooling.common import CommonEffect, describe
from synthesist.pooling.engine import Method
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.tables_of_events import Groups, counts_of, rates_of

#: An estimate, its standard error, and the weight of each table (k,).
Total = tuple[float, float, Vector]


@dataclass(frozen=True, slots=True)
class MantelHaenszel:
    """The totals of one measure, and whose formula its variance is."""

    measure: str
    variance: str
    total: Callable[[Groups], Total]
    groups: Callable[[EffectTable, str], Groups] = counts_of


def mantel_haenszel(
    effects: Any, measure: str = "OR", *, level: float = 0.95
) -> PooledFit:
    """Pool tables of two groups by the Mantel-Haenszel method.

    The pooled estimate uses the counts as they are. Only the studies' own effects,
    shown beside it and entering Q, follow the rule for zero cells; tables without
    events, or with nothing but events, do not enter Q.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        With ``events_t n_t events_c n_c``, or times at risk for rates.
    measure : {"OR", "RR", "RD", "IRR", "IRD"}
        Not used when `effects` is an `EffectTable`, which has its own.
    level : float
        Confidence level.

    Raises
    ------
    InvalidInput
        If the measure has no Mantel-Haenszel form or the counts are missing.
    NotEstimable
        If one group has no events at all, for ratios.
    """
    table = (
        effects if isinstance(effects, EffectTable) else effect_table(effects, measure)
    )
    return pool_mantel_haenszel(table, Method(level=level))


def pool_mantel_haenszel(effects: EffectTable, method: Method) -> PooledFit:
    """Pool an effect table by the form that its measure has."""
    code = effects.measure.code
    if code not in MANTEL_HAENSZEL:
        raise InvalidInput(
            f"{effects.measure.label} has no Mantel-Haenszel form.",
            remedy=f"choose a measure among {', '.join(MANTEL_HAENSZEL)}, or the model iv",
        )
    form = MANTEL_HAENSZEL[code]
    groups = form.groups(effects, "The Mantel-Haenszel method")
    estimate, se, weights = form.total(groups)
    telling = groups.events > 0
    if form.groups is counts_of:
        telling &= groups.events < groups.total
    y, v = effects.y[groups.used][telling], effects.v[groups.used][telling]
    known = v > 0
    q = float(np.sum((y[known] - estimate) ** 2 / v[known]))
    found = CommonEffect(
        estimate=estimate,
        se=se,
        used=groups.used,
        weights=weights,
        q=q,
        q_df=max(int(known.sum()) - 1, 0),
    )
    silent = int((~telling & (weights == 0)).sum())
    notes = (SILENT.format(silent=silent),) if silent else ()
    return describe(
        effects,
        found,
        model="mh",
        level=method.level,
        rules={"correction": "none", "variance": form.variance},
        notes=notes,
    )


SILENT = (
    "{silent} of the studies say nothing of the ratio, because none or all of their "
    "people had the event."
)


def odds_ratio(groups: Groups) -> Total:
    """Return the log odds ratio with its variance by Robins, Breslow and Greenland.

    References
    ----------
    Robins J, Breslow N, Greenland S. Biometrics 1986;42:311. doi:10.2307/2531052
    """
    a, c, total = groups.a, groups.c, groups.total
    b, d = groups.n1 - a, groups.n2 - c
    r, s = a * d / total, b * c / total
    p, q = (a + d) / total, (b + c) / total
    big_r, big_s = _both_above_zero(r, s)
    variance = 0.5 * (
        np.sum(p * r) / big_r**2
        + np.sum(p * s + q * r) / (big_r * big_s)
        + np.sum(q * s) / big_s**2
    )
    return float(np.log(big_r / big_s)), float(np.sqrt(variance)), s


def risk_ratio(groups: Groups) -> Total:
    """Return the log risk ratio with its variance by Greenland and Robins.

    References
    ----------
    Greenland S, Robins JM. Biometrics 1985;41:55. doi:10.2307/2530643
    """
    a, c, n1, n2, total = groups.a, groups.c, groups.n1, groups.n2, groups.total
    r, s = a * n2 / total, c * n1 / total
    big_r, big_s = _both_above_zero(r, s)
    spread = np.sum((n1 * n2 * (a + c) - a * c * total) / total**2)
    variance = spread / (big_r * big_s)
    return float(np.log(big_r / big_s)), float(np.sqrt(variance)), s


def risk_difference(groups: Groups) -> Total:
    """Return the risk difference with its variance by Sato, Greenland and Robins.

    References
    ----------
    Sato T, Greenland S, Robins JM. Biometrics 1989;45:1323. doi:10.2307/2531784
    """
    a, c, n1, n2, total = groups.a, groups.c, groups.n1, groups.n2, groups.total
    weight = n1 * n2 / total
    estimate = np.sum((a * n2 - c * n1) / total) / weight.sum()
    p = (n1**2 * c - n2**2 * a + n1 * n2 * (n2 - n1) / 2) / total**2
    q = (a * (n2 - c) + c * (n1 - a)) / (2 * total)
    variance = (estimate * p.sum() + q.sum()) / weight.sum() ** 2
    return float(estimate), float(np.sqrt(max(variance, 0.0))), weight


def rate_ratio(groups: Groups) -> Total:
    """Return the log rate ratio with its variance by Greenland and Robins.

    References
    ----------
    Greenland S, Robins JM. Biometrics 1985;41:55. doi:10.2307/2530643
    """
    a, c, t1, t2, total = groups.a, groups.c, groups.n1, groups.n2, groups.total
    r, s = a * t2 / total, c * t1 / total
    big_r, big_s = _both_above_zero(r, s)
    variance = np.sum(t1 * t2 * (a + c) / total**2) / (big_r * big_s)
    return float(np.log(big_r / big_s)), float(np.sqrt(variance)), s


def rate_difference(groups: Groups) -> Total:
    """Return the rate difference with its variance by Greenland and Robins.

    References
    ----------
    Greenland S, Robins JM. Biometrics 1985;41:55. doi:10.2307/2530643
    """
    a, c, t1, t2, total = groups.a, groups.c, groups.n1, groups.n2, groups.total
    weight = t1 * t2 / total
    estimate = np.sum((a * t2 - c * t1) / total) / weight.sum()
    variance = np.sum((a * t2**2 + c * t1**2) / total**2) / weight.sum() ** 2
    return float(estimate), float(np.sqrt(variance)), weight


def _both_above_zero(r: Vector, s: Vector) -> tuple[float, float]:
    """Return both totals, of which a ratio needs neither to be zero."""
    big_r, big_s = float(r.sum()), float(s.sum())
    if big_r > 0 and big_s > 0:
        return big_r, big_s
    raise NotEstimable(
        "One group has no events in any study, so the ratio is zero or infinite.",
        remedy="pool the difference (RD or IRD), or report the counts",
    )


MANTEL_HAENSZEL: dict[str, MantelHaenszel] = {
    form.measure: form
    for form in (
        MantelHaenszel("OR", "Robins-Breslow-Greenland", odds_ratio),
        MantelHaenszel("RR", "Greenland-Robins", risk_ratio),
        MantelHaenszel("RD", "Sato-Greenland-Robins", risk_difference),
        MantelHaenszel("IRR", "Greenland-Robins", rate_ratio, rates_of),
        MantelHaenszel("IRD", "Greenland-Robins", rate_difference, rates_of),
    )
}
