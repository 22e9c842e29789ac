"""Intervals for one proportion, exact and nearly so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from synthesist.errors import InvalidInput
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.results import Interval

Ends = tuple[float, float]


def clopper_pearson(events: int, n: int, alpha: float) -> Ends:
    """Return the limits at which each tail of the binomial has ``alpha / 2``.

    References
    ----------
    Clopper CJ, Pearson ES. Biometrika 1934;26:404. doi:10.1093/biomet/26.4.404
    """
    from scipy.special import betaincinv

    low = betaincinv(events, n - events + 1, alpha / 2) if events else 0.0
    high = betaincinv(events + 1, n - events, 1 - alpha / 2) if events < n else 1.0
    return float(low), float(high)


def mid_p(events: int, n: int, alpha: float) -> Ends:
    """Return the limits with half the probability of what was seen in either tail.

    References
    ----------
    Berry G, Armitage P. Statistician 1995;44:417.
    """
    low = _mid_root(events, n, 1 - alpha / 2) if events else 0.0
    high = _mid_root(events, n, alpha / 2) if events < n else 1.0
    return low, high


def wilson(events: int, n: int, alpha: float) -> Ends:
    """Return the limits of the score test.

    References
    ----------
    Wilson EB. J Am Stat Assoc 1927;22:209. doi:10.1080/01621459.1927.10502953
    """
    z2 = normal_quantile(1 - alpha / 2) ** 2
    p = events / n
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = (z2 * (p * (1 - p) / n + z2 / (4 * n * n))) ** 0.5 / (1 + z2 / n)
    return (
        0.0 if not events else middle - half,
        1.0 if events == n else middle + half,
    )


def jeffreys(events: int, n: int, alpha: float) -> Ends:
    """Return the quantiles of the posterior under a Beta(1/2, 1/2) prior.

    The lower limit is 0 without an event and the upper one 1 without a non-event.

    References
    ----------
    Brown LD, Cai TT, DasGupta A. Stat Sci 2001;16:101. doi:10.1214/ss/1009213286
    """
    from scipy.special import betaincinv

    a, b = events + 0.5, n - events + 0.5
    low = betaincinv(a, b, alpha / 2) if events else 0.0
    high = betaincinv(a, b, 1 - alpha / 2) if events < n else 1.0
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class ProportionInterval:
    """A way to an interval of one proportion; `compute` takes events, n and alpha."""

    code: str
    label: str
    compute: Callable[[int, int, float], Ends]


PROPORTION_INTERVALS = {
    i.code: i
    for i in (
        ProportionInterval("clopper-pearson", "exact (Clopper-Pearson)", clopper_pearson),
        ProportionInterval("mid-p", "mid-P", mid_p),
        ProportionInterval("wilson", "Wilson", wilson),
        ProportionInterval("jeffreys", "Jeffreys", jeffreys),
    )
}  # fmt: skip


def proportion_interval(
    events: int, n: int, *, method: str = "clopper-pearson", level: float = 0.95
) -> Interval:
    """Return an interval for a proportion.

    Parameters
    ----------
    events, n : int
        People with the event, and people in all.
    method : str
        Code of `PROPORTION_INTERVALS`.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    InvalidInput
        If the counts are impossible or the method is not known.
    """
    check_counts(events, n)
    if method not in PROPORTION_INTERVALS:
        raise InvalidInput(
            f"There is no interval '{method}'.",
            remedy=f"choose one of {', '.join(PROPORTION_INTERVALS)}",
        )
    alpha = 1 - checked_level(level)
    low, high = PROPORTION_INTERVALS[method].compute(events, n, alpha)
    return Interval(lower=low, upper=high, level=level)


def upper_bound_without_events(n: int, *, level: float = 0.95) -> float:
    """Return the proportion up to which no event in n people is still plausible.

    One-sided: ``1 - (1 - level)^(1/n)``, for 95% about 3/n. The two-sided exact
    interval has a higher upper limit.

    References
    ----------
    Hanley JA, Lippman-Hand A. JAMA 1983;249:1743.
    doi:10.1001/jama.1983.03330370053031
    """
    check_counts(0, n)
    import math

    return -math.expm1(math.log1p(-checked_level(level)) / n)


def check_counts(events: int, n: int) -> None:
    """Refuse counts that cannot be."""
    if n != int(n) or events != int(events) or not 0 <= events <= n or n < 1:
        raise InvalidInput(
            f"{events} of {n} is no share of people.",
            remedy="give whole numbers, events from 0 to n, n at least 1",
        )


def checked_level(level: float) -> float:
    """Return a confidence level between 0 and 1."""
    if not 0 < level < 1:
        raise InvalidInput(
            f"A confidence level of {level:g} is not between 0 and 1.",
            remedy="write 0.95 for 95%",
        )
    return level


def _mid_root(events: int, n: int, target: float) -> float:
    """Return where half of P(X = x) and all of P(X < x) make `target`."""
    from scipy.optimize import brentq
    from scipy.special import bdtr

    def excess(p: float) -> float:
        below = float(bdtr(events - 1, n, p)) if events else 0.0
        return (below + float(bdtr(events, n, p))) / 2 - target

    return float(brentq(excess, 0.0, 1.0, xtol=1e-15, rtol=1e-14, maxiter=500))
