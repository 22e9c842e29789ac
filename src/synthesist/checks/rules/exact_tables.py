"""P values of two-by-two tables, of pairs that differ, and exact limits of a proportion."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from synthesist.checks.kind import Lacking

#: Tables as probable as the printed one up to this are counted, as R does.
TIE = 1 + 1e-7

#: Sums of whole numbers are exact and quick up to here.
WHOLE_BELOW = 1000

#: So many tables with the same margins are gone through.
MOST_TABLES = 100_000


class Table(NamedTuple):
    """Events and participants of two groups."""

    a: int
    n1: int
    c: int
    n2: int

    @property
    def b(self) -> int:
        """Group 1 without the event."""
        return self.n1 - self.a

    @property
    def d(self) -> int:
        """Group 2 without the event."""
        return self.n2 - self.c


def chi2(t: Table, *, corrected: bool = False) -> float:
    """Return Pearson's chi-squared, NaN where a margin is empty; Yates' when corrected.

    References
    ----------
    Yates F. J R Stat Soc Suppl 1934;1:217. doi:10.2307/2983604
    """
    n, events = t.n1 + t.n2, t.a + t.c
    margins = t.n1 * t.n2 * events * (n - events)
    if margins == 0:
        return math.nan
    apart = abs(t.a * t.d - t.b * t.c)
    return n * max(0.0, apart - n / 2 if corrected else apart) ** 2 / margins


def likelihood_ratio(t: Table) -> float:
    """Return the likelihood-ratio chi-squared, NaN where a margin is empty."""
    n, events = t.n1 + t.n2, t.a + t.c
    if t.n1 * t.n2 * events * (n - events) == 0:
        return math.nan
    cells = (
        (t.a, t.n1 * events),
        (t.c, t.n2 * events),
        (t.b, t.n1 * (n - events)),
        (t.d, t.n2 * (n - events)),
    )
    return 2 * math.fsum(o * math.log(o * n / e) for o, e in cells if o)


def upper_chi2(x: float) -> float:
    """Return the P value of chi-squared on one degree of freedom."""
    return math.erfc(math.sqrt(x / 2))


@lru_cache(maxsize=1024)
def fisher(t: Table) -> dict[str, float]:
    """Return P values of Fisher's exact test by its versions.

    ``two_sided`` counts tables at most as probable as this one; ``doubled`` is
    twice the smaller tail (central); ``mid_p`` counts half of the tables that are
    as probable; ``less`` and ``greater`` are one-sided.

    References
    ----------
    Fay MP. R J 2010;2(1):53. doi:10.32614/RJ-2010-008
    """
    low = max(0, t.a + t.c - t.n2)
    if min(t.n1, t.a + t.c) - low > MOST_TABLES:
        raise Lacking("So many participants have no exact test here: take chi-squared.")
    weights, at = _hypergeometric(t, low)
    total = math.fsum(weights)
    here = weights[at]
    less = math.fsum(weights[: at + 1]) / total
    greater = math.fsum(weights[at:]) / total
    tied = math.fsum(w for w in weights if here / TIE <= w <= here * TIE)
    two = math.fsum(w for w in weights if w <= here * TIE)
    return {
        "two_sided": min(1.0, two / total),
        "doubled": min(1.0, 2 * min(less, greater)),
        "mid_p": min(1.0, (two - tied / 2) / total),
        "less": less,
        "greater": greater,
    }


def _hypergeometric(t: Table, low: int) -> tuple[list[float], int]:
    """Return weights of all tables with these margins, and which one is printed."""
    events = t.a + t.c
    high = min(t.n1, events)
    mode = min(
        max((t.n1 + 1) * (events + 1) // (t.n1 + t.n2 + 2), low),
        high,
    )
    up, weight = [1.0], 1.0
    for k in range(mode, high):
        weight *= (t.n1 - k) * (events - k) / ((k + 1) * (t.n2 - events + k + 1))
        up.append(weight)
    down: list[float] = []
    weight = 1.0
    for k in range(mode, low, -1):
        weight *= k * (t.n2 - events + k) / ((t.n1 - k + 1) * (events - k + 1))
        down.append(weight)
    return down[::-1] + up, t.a - low


@lru_cache(maxsize=1024)
def mcnemar(b: int, c: int) -> dict[str, float]:
    """Return P values of McNemar's test from the pairs that differ, by its versions.

    References
    ----------
    McNemar Q. Psychometrika 1947;12:153. doi:10.1007/BF02295996
    Fagerland MW, Lydersen S, Laake P. BMC Med Res Methodol 2013;13:91.
    doi:10.1186/1471-2288-13-91
    """
    n = b + c
    if n == 0:
        return dict.fromkeys(("exact", "chi2", "corrected", "mid_p"), 1.0)
    tail, at = _binomial_tail(min(b, c), n)
    return {
        "exact": min(1.0, 2 * tail),
        "chi2": upper_chi2((b - c) ** 2 / n),
        "corrected": upper_chi2(max(0, abs(b - c) - 1) ** 2 / n),
        "mid_p": min(1.0, 2 * tail - at),
    }


def _binomial_tail(k: int, n: int) -> tuple[float, float]:
    """Return P(X <= k) and P(X = k) of n fair coins."""
    if n > WHOLE_BELOW:
        from scipy.special import bdtr

        tail = float(bdtr(k, n, 0.5))
        return tail, tail - (float(bdtr(k - 1, n, 0.5)) if k else 0.0)
    whole = 2**n
    term, total = 1, 1
    for i in range(k):
        term = term * (n - i) // (i + 1)
        total += term
    return total / whole, term / whole


@lru_cache(maxsize=4096)
def clopper_pearson(events: int, n: int, level: float) -> tuple[float, float]:
    """Return the exact limits of a proportion.

    References
    ----------
    Clopper CJ, Pearson ES. Biometrika 1934;26:404. doi:10.1093/biomet/26.4.404
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(betaincinv(events, n - events + 1, tail))
    high = 1.0 if events == n else float(betaincinv(events + 1, n - events, 1 - tail))
    return low, high


def wilson(events: int, n: int, z: float) -> tuple[float, float]:
    """Return the score limits of a proportion.

    References
    ----------
    Wilson EB. J Am Stat Assoc 1927;22:209. doi:10.1080/01621459.1927.10502953
    """
    p, w = events / n, z * z / n
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + w)
    middle = (p + w / 2) / (1 + w)
    return max(0.0, middle - half), min(1.0, middle + half)
