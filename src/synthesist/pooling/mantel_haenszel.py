"""The Mantel-Haenszel method: totals over tables, so that zeros need no correction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.effects import EffectTable, effect_table
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Mask, Vector
from synthesist.pooling.common import CommonEffect, describe
from synthesist.pooling.engine import Method
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.tables_of_events import Groups, counts_of, rates_of

#: An estimate, its standard error, and the weight of each table (k,).
Total = tuple[float, float, Vector]


@dataclass(frozen=True, slots=True)
class MantelHaenszel:
    """The totals of one measure by whose formula the variance is, the usual first."""

    measure: str
    totals: Mapping[str, Callable[[Groups], Total]]
    groups: Callable[[EffectTable, str], Groups] = counts_of

    def variance(self, asked: str) -> str:
        """Return the formula that was asked for, or the only one there is."""
        return asked if asked in self.totals else next(iter(self.totals))


def mantel_haenszel(
    effects: Any,
    measure: str = "OR",
    *,
    level: float = 0.95,
    mh_correction: str | None = None,
    mh_variance: str | None = None,
    profile: str | None = None,
) -> PooledFit:
    """Pool tables of two groups by the Mantel-Haenszel method.

    The pooled estimate uses the counts as they are, unless `mh_correction` says
    otherwise. The studies' own effects, shown beside it and entering Q, follow the
    rule for zero cells; tables without events, or with nothing but events, do not
    enter Q unless they were corrected.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        With ``events_t n_t events_c n_c``, or times at risk for rates.
    measure : {"OR", "RR", "RD", "IRR", "IRD"}
        Not used when `effects` is an `EffectTable`, which has its own.
    level : float
        Confidence level.
    mh_correction : {"none", "zero-cell-trials"}
        Whether trials with a zero cell enter with 1/2 added to every cell.
    mh_variance : {"Sato-Greenland-Robins", "Greenland-Robins"}
        The variance of risk differences; the other measures have one only.
    profile : str, optional
        A name of `PROFILES`; a rule given beside it takes its place.

    Raises
    ------
    InvalidInput
        If the measure has no Mantel-Haenszel form or the counts are missing.
    NotEstimable
        If one group has no events at all, for ratios.
    """
    from synthesist.pooling.pool import pool

    table = (
        effects
        if isinstance(effects, EffectTable)
        else effect_table(effects, measure, profile=profile)
    )
    return pool(
        table,
        model="mh",
        level=level,
        mh_correction=mh_correction,
        mh_variance=mh_variance,
        profile=profile,
    )


def pool_mantel_haenszel(effects: EffectTable, method: Method) -> PooledFit:
    """Pool an effect table by the form that its measure has."""
    code = effects.measure.code
    if code not in MANTEL_HAENSZEL:
        raise InvalidInput(
            f"{effects.measure.label} has no Mantel-Haenszel form.",
            remedy=f"choose a measure among {', '.join(MANTEL_HAENSZEL)}, or the model iv",
        )
    form = MANTEL_HAENSZEL[code]
    groups, estimate, se, weights = _total(effects, method)
    if not se > 0:
        raise NotEstimable(
            "The Mantel-Haenszel variance is zero, because all groups have events only or none.",
            remedy="give the counts with an exact interval instead",
        )
    silent = groups.events == 0
    if form.groups is counts_of:
        silent |= groups.events == groups.total
    telling = effects.included[groups.used]
    if method.mh_correction == "none":
        telling &= ~silent
    q, number = _q_around(estimate, effects, groups.used, telling)
    found = CommonEffect(
        estimate=estimate,
        se=se,
        used=groups.used,
        weights=weights,
        q=q,
        q_df=max(number - 1, 0),
    )
    quiet = int((silent & (weights == 0)).sum())
    return describe(
        effects,
        found,
        model="mh",
        level=method.level,
        rules={
            "mh_correction": method.mh_correction,
            # The name of a choice only where there is one.
            ("mh_variance" if len(form.totals) > 1 else "variance of totals"): (
                form.variance(method.mh_variance)
            ),
        },
        notes=(SILENT.format(silent=quiet),) if quiet else (),
        corrected=method.mh_correction != "none",
    )


def q_around_total(effects: EffectTable, method: Method) -> float | None:
    """Return Q of the included studies around the Mantel-Haenszel estimate.

    None for effects that have no such estimate, or were not computed from counts.

    References
    ----------
    Deeks JJ, Higgins JPT. Statistical algorithms in Review Manager 5. 2010.
    """
    form = MANTEL_HAENSZEL.get(effects.measure.code)
    needed = {"events_t", "events_c"} & effects.cells.keys()
    if form is None or len(needed) < 2:
        return None
    counted = np.logical_and.reduce(
        [np.isfinite(cells) for cells in effects.cells.values()]
    )
    if not counted[effects.included].all():
        return None
    groups, estimate, _, _ = _total(effects, method)
    telling = effects.included[groups.used]
    return _q_around(estimate, effects, groups.used, telling)[0]


def _total(effects: EffectTable, method: Method) -> tuple[Groups, float, float, Vector]:
    """Return the groups that enter, the estimate, its standard error and weights."""
    form = MANTEL_HAENSZEL[effects.measure.code]
    groups = form.groups(effects, "The Mantel-Haenszel method")
    if effects.choices.zero_cells == "drop-double-zero":
        groups = groups.only(effects.included)
    total = form.totals[form.variance(method.mh_variance)]
    if method.mh_correction == "none":
        return groups, *total(groups)
    entered = groups.corrected(effects.choices.add, people=form.groups is counts_of)
    estimate, se, weights = total(entered)
    if effects.choices.corrected == "variance":
        # The differences as they are, averaged by the weights of corrected tables.
        differences = groups.a / groups.n1 - groups.c / groups.n2
        estimate = float(np.sum(weights * differences) / weights.sum())
    return groups, estimate, se, weights


def _q_around(
    centre: float, effects: EffectTable, used: Mask, telling: Mask
) -> tuple[float, int]:
    """Return Q of some of the studies around a centre, and their number."""
    y, v = effects.y[used][telling], effects.v[used][telling]
    known = v > 0
    return float(np.sum((y[known] - centre) ** 2 / v[known])), int(known.sum())


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


def risk_difference_by_greenland(groups: Groups) -> Total:
    """Return the risk difference with its variance by Greenland and Robins.

    It adds up the variances within the trials, which must not be zero, and does
    not hold for many trials of few people as the other one does.

    References
    ----------
    Greenland S, Robins JM. Biometrics 1985;41:55. doi:10.2307/2530643
    """
    a, c, n1, n2, total = groups.a, groups.c, groups.n1, groups.n2, groups.total
    weight = n1 * n2 / total
    estimate = np.sum((a * n2 - c * n1) / total) / weight.sum()
    within = a * (n1 - a) * n2**3 + c * (n2 - c) * n1**3
    variance = np.sum(within / (n1 * n2 * total**2)) / weight.sum() ** 2
    return float(estimate), float(np.sqrt(variance)), weight


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
        MantelHaenszel("OR", {"Robins-Breslow-Greenland": odds_ratio}),
        MantelHaenszel("RR", {"Greenland-Robins": risk_ratio}),
        MantelHaenszel(
            "RD",
            {
                "Sato-Greenland-Robins": risk_difference,
                "Greenland-Robins": risk_difference_by_greenland,
            },
        ),
        MantelHaenszel("IRR", {"Greenland-Robins": rate_ratio}, rates_of),
        MantelHaenszel("IRD", {"Greenland-Robins": rate_difference}, rates_of),
    )
}

MH_CORRECTIONS = {
    "none": "the counts as they are",
    "zero-cell-trials": "1/2 added to every cell of a trial with a zero",
}

MH_VARIANCES = {
    "Sato-Greenland-Robins": "of risk differences; also for many small trials",
    "Greenland-Robins": "of risk differences; the sum of those within trials",
}
