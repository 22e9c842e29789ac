"""Pool risk differences with an interval that rests on no approximation.

In each study the risk difference is tested exactly, without assuming anything of the
risks; the studies' P values are added up with weights, and a sum of P values at the
true difference is never smaller than one of uniform numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.effects import EffectTable, effect_table
from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.results import Interval
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.notes import from_counts
from synthesist.pooling.rare_events.notes import uncorrected
from synthesist.pooling.rare_events.uniform_sums import UniformSum
from synthesist.pooling.tables_of_events import Groups, counts_of

#: The control risk is looked for inside its exact interval of this error, which is
#: added to the P value (Berger and Boos 1994).
ERROR = 1e-3

#: Points of the control risk at which a P value is looked for.
RISKS = 64

#: Limits are found to this share of a standard error, on the safe side.
CLOSE = 1e-4

COMMON = (
    "The exact interval holds for one risk difference that all studies share; with "
    "differences that vary it is too narrow."
)

APART = (
    "No risk difference fits all studies: they differ more than chance explains, and "
    "the interval, which takes them to share one, ends at the estimate."
)


@dataclass(frozen=True, slots=True)
class _Study:
    """Events and sizes of two groups, and the exact limits of the second one's risk."""

    a: int
    n1: int
    c: int
    n2: int
    low: float
    high: float


def exact_risk_difference(data: Any, *, level: float = 0.95) -> PooledFit:
    """Pool risk differences exactly: every study counts, and no zero is corrected.

    The estimate is that of Mantel and Haenszel; its interval and P value hold for any
    number of events, none in a whole group included.

    Parameters
    ----------
    data : EffectTable, path, frame or mapping of columns
        With ``events_t n_t events_c n_c``.
    level : float
        Confidence level, which the interval has at least.

    Raises
    ------
    InvalidInput
        If the measure of a table is another, or the counts are missing.

    Notes
    -----
    Each study's P value against a difference is the largest over the control risks
    that its data leave possible, for tables ordered by the standardised difference.
    The studies have the weights of Mantel and Haenszel.

    References
    ----------
    Tian L, Cai T, Pfeffer MA, Piankov N, Cremieux PY, Wei LJ. Biostatistics
    2009;10:275.
    Berger RL, Boos DD. J Am Stat Assoc 1994;89:1012.
    """
    table = data if isinstance(data, EffectTable) else effect_table(data, "RD")
    if table.measure.code != "RD":
        raise InvalidInput(
            f"{table.measure.label} is no risk difference.",
            remedy="make the effect table with the measure RD",
        )
    groups = counts_of(table, "The exact risk difference")
    shares = groups.n1 * groups.n2 / groups.total
    shares = shares / shares.sum()
    difference = float(shares @ (groups.a / groups.n1 - groups.c / groups.n2))
    treated, control = _studies(groups, swap=False), _studies(groups, swap=True)
    sums = UniformSum(shares)
    cut = sums.quantile((1 - level) / 2)
    se = _standard_error(groups, shares)
    low = _limit(treated, shares, cut, difference, se)
    high = -_limit(control, shares, cut, -difference, se)
    tail = min(
        sums.below(_sum(treated, shares, 0.0)), sums.below(_sum(control, shares, 0.0))
    )
    weights = np.zeros(len(table))
    weights[groups.used] = 100 * shares
    k = int(groups.used.sum())
    return PooledFit(
        effects=table,
        k=k,
        model="exact-rd",
        estimate=difference,
        se=se,
        interval=Interval(lower=low, upper=high, level=level),
        statistic=None,
        df=None,
        p=min(1.0, 2 * tail),
        tau2=None,
        tau2_interval=None,
        tau2_method="CE",
        h2=None,
        i2=None,
        i2_interval=None,
        i2_q=None,
        i2_q_interval=None,
        q=None,
        q_df=k - 1,
        q_p=None,
        prediction=None,
        weights=weights,
        rules={
            "model": "exact-rd",
            "interval": "exact, from weighted sums of P values",
            "se": "unpooled risks, not used by the interval",
            "level": f"{level:g}",
        },
        notes=(
            *from_counts(table),
            *uncorrected(table, "risk difference"),
            *((COMMON,) if k > 1 else ()),
            *((APART,) if difference in {low, high} else ()),
        ),
    )


def _standard_error(groups: Groups, shares: Vector) -> float:
    """Return the standard error from each group's own risk, of half an event at least."""
    p = np.clip(groups.a, 0.5, groups.n1 - 0.5) / groups.n1
    q = np.clip(groups.c, 0.5, groups.n2 - 0.5) / groups.n2
    v = p * (1 - p) / groups.n1 + q * (1 - q) / groups.n2
    return float(np.sqrt(shares @ (shares * v)))


def _studies(groups: Groups, *, swap: bool) -> list[_Study]:
    """Return the studies with the limits of the second group's risk."""
    from scipy.special import betaincinv

    first, second = (groups.a, groups.n1), (groups.c, groups.n2)
    (a, n1), (c, n2) = (second, first) if swap else (first, second)
    low = np.where(c > 0, betaincinv(np.maximum(c, 1), n2 - c + 1, ERROR / 2), 0.0)
    high = np.where(
        c < n2, betaincinv(c + 1, np.maximum(n2 - c, 1), 1 - ERROR / 2), 1.0
    )
    columns = (a, n1, c, n2, low, high)
    return [
        _Study(int(x), int(n), int(y), int(m), float(lo), float(hi))
        for x, n, y, m, lo, hi in zip(*columns, strict=True)
    ]


def _limit(
    studies: list[_Study], shares: Vector, cut: float, start: float, step: float
) -> float:
    """Return the smallest difference that is not rejected for a larger one.

    It is looked for below `start`, and is `start` where that is rejected already.
    """
    high = start
    if _sum(studies, shares, start) < cut:
        return start
    low, width = high, step
    while low > -1 and _sum(studies, shares, low) >= cut:
        high, low, width = low, max(-1.0, low - width), 2 * width
    while high - low > CLOSE * step:
        middle = 0.5 * (low + high)
        if _sum(studies, shares, middle) < cut:
            low = middle
        else:
            high = middle
    return low


def _sum(studies: list[_Study], shares: Vector, difference: float) -> float:
    """Return the weighted sum of P values against no larger a difference."""
    found = np.array([p_value(study, difference) for study in studies])
    return float(shares @ found)


def p_value(study: _Study, difference: float) -> float:
    """Return the exact P value against differences not larger than this."""
    from scipy.special import bdtrc

    low, high = max(study.low, -difference, 0.0), min(study.high, 1.0 - difference, 1.0)
    if low > high:
        return ERROR
    # Evenly on the scale of angles, on which binomial distributions are alike.
    first, last = float(np.arcsin(np.sqrt(low))), float(np.arcsin(np.sqrt(high)))
    share = np.arange(RISKS, dtype=np.float64) / (RISKS - 1)
    risk = np.sin(first + (last - first) * share) ** 2
    treated = np.clip(risk + difference, 0.0, 1.0)
    y = _window(study.n2, risk)
    x = _window(study.n1, treated)
    least = _standardised(study.a, study.c, study, difference)
    inside = _standardised(x[None], y[:, None], study, difference) >= least - 1e-12
    # The smallest count of the first group that is as extreme; all beyond it count.
    least_count = np.where(inside.any(axis=1), x[inside.argmax(axis=1)], x[-1] + 1)
    above = bdtrc(np.maximum(least_count - 1, 0)[None], study.n1, treated[:, None])
    above = np.where(least_count[None] > 0, above, 1.0)
    above = np.where(least_count[None] > study.n1, 0.0, above)
    tails = (_probability(y, study.n2, risk) * above).sum(axis=1)
    return float(min(1.0, tails.max() + ERROR))


def _probability(counts: Vector, n: int, risk: Vector) -> Matrix:
    """Return the binomial probabilities of counts at several risks (risks, counts)."""
    from scipy.special import gammaln, xlog1py, xlogy

    ways = gammaln(n + 1) - gammaln(counts + 1) - gammaln(n - counts + 1)
    p = risk[:, None]
    return np.exp(ways + xlogy(counts, p) + xlog1py(n - counts, -p))


def _window(n: int, risk: Vector) -> Vector:
    """Return the counts that have any probability to speak of at some risk.

    Bernstein's inequality leaves less than 1e-12 on either side.
    """
    low, high = float(risk.min()), float(risk.max())
    reach = [7.5 * np.sqrt(n * p * (1 - p)) + 30 for p in (low, high)]
    first = max(0, int(np.floor(n * low - reach[0])))
    last = min(n, int(np.ceil(n * high + reach[1])))
    return np.arange(first, last + 1, dtype=np.float64)


def _standardised(x: Any, y: Any, study: _Study, difference: float) -> Any:
    """Return differences in standard errors, of half an event more in each group."""
    p, q = (x + 0.5) / (study.n1 + 1), (y + 0.5) / (study.n2 + 1)
    spread = p * (1 - p) / study.n1 + q * (1 - q) / study.n2
    return (x / study.n1 - y / study.n2 - difference) / np.sqrt(spread)
