"""Rank tests from their sums: Mann-Whitney, Wilcoxon's signed ranks, and what few can show."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from synthesist.checks import fields as f
from synthesist.checks import reading
from synthesist.checks.kind import Field, Given, Impossible, Kind, Lacking, Outcome
from synthesist.checks.ranges import Span, exact, p_span
from synthesist.numerics.arrays import Vector

GROUP = "Rank tests"

#: Exact distributions are computed up to here, as R does.
EXACT_BELOW = 50

#: With so many participants the smallest P has no use any more.
EXACT_MOST = 1000

#: Ties take this much off the variance at most, by what is said of them.
TIES = {"no": 1.0, "none": 1.0, "yes": 0.5, "many": 0.5, "": 0.9}


@lru_cache(maxsize=128)
def mann_whitney_tail(n_1: int, n_2: int) -> Vector:
    """Return P(U <= u) for u = 0, 1, ... n_1 n_2, without ties.

    Groups are drawn rank by rank; every number is a sum of positive ones.

    References
    ----------
    Mann HB, Whitney DR. Ann Math Stat 1947;18:50. doi:10.1214/aoms/1177730491
    """
    few, many = sorted((n_1, n_2))
    most = few * many
    ways = np.zeros((few + 1, most + 1))
    ways[0, 0] = 1.0
    for item in range(few + many):
        # The j-th of the smaller group in place `item` is above item - j + 1 others.
        for j in range(min(few, item + 1), 0, -1):
            shift = item - j + 1
            if shift <= many:
                ways[j, shift:] += ways[j - 1, : most + 1 - shift]
    return np.cumsum(ways[few]) / ways[few].sum()


@lru_cache(maxsize=128)
def signed_rank_tail(n: int) -> Vector:
    """Return P(V <= v) for v = 0, 1, ... n (n + 1) / 2, without ties.

    References
    ----------
    Wilcoxon F. Biometrics Bull 1945;1:80. doi:10.2307/3001968
    """
    ways = np.ones(1)
    for rank in range(1, n + 1):
        longer = np.zeros(len(ways) + rank)
        longer[: len(ways)] += ways
        longer[rank:] += ways
        ways = longer / 2
    return np.cumsum(ways)


def _exact_p(tail: Vector, at: float) -> float:
    """Return twice the smaller tail of a symmetric distribution."""
    low = min(at, len(tail) - 1 - at)
    return min(1.0, 2 * float(tail[math.floor(low + 1e-9)]))


def _routes(g: Given, at: Span, mean: float, sd: float) -> list[Span]:
    """Return normal P values with and without correction, ties allowed for."""
    apart = Span(at.low - mean, at.high - mean).size()
    least = math.sqrt(TIES.get(g.text("ties"), 0.9))

    def p(correction: float) -> Span:
        near = Span(max(0.0, apart.low - correction), max(0.0, apart.high - correction))
        return p_span(Span(near.low / sd, near.high / (sd * least)))

    return [p(0.0), p(0.5)]


def _outcome(exact_p: Span | None, normal: list[Span]) -> Outcome:
    plain, corrected = normal
    implied = {"p_normal": plain, "p_corrected": corrected}
    routes = [plain, corrected]
    if exact_p is not None:
        implied["p_exact"] = exact_p
        routes.append(exact_p)
    low, high = min(r.low for r in routes), max(r.high for r in routes)
    return Outcome(
        implied={"p": Span(low, high), **implied},
        routes=tuple({**implied, "p": route} for route in routes),
        caution="Ties that were not printed are allowed for.",
    )


def mann_whitney(g: Given) -> Outcome:
    """Return the P values of the Mann-Whitney test from U or a rank sum."""
    n_1, n_2 = g.whole("n_1"), g.whole("n_2")
    if min(n_1, n_2) < 1:
        raise Lacking("A group has no participants.")
    most = n_1 * n_2
    u = g.span("u") if "u" in g else _from_sum(g, n_1)
    if u.low > most or u.high < 0:
        raise Impossible(f"U lies between 0 and {most}.")
    sd = math.sqrt(most * (n_1 + n_2 + 1) / 12)
    exact_p = None
    if max(n_1, n_2) < EXACT_BELOW and u.low == u.high:
        exact_p = exact(_exact_p(mann_whitney_tail(n_1, n_2), u.low))
    return _outcome(exact_p, _routes(g, u, most / 2, sd))


def _from_sum(g: Given, n: int) -> Span:
    w = g.span("w")
    return Span(w.low - n * (n + 1) / 2, w.high - n * (n + 1) / 2)


def signed_rank(g: Given) -> Outcome:
    """Return the P values of Wilcoxon's signed-rank test."""
    n = g.whole("n")
    if n < 1:
        raise Lacking("No pair changed.")
    most, v = n * (n + 1) / 2, g.span("v")
    if v.low > most or v.high < 0:
        raise Impossible(f"The sum of ranks lies between 0 and {most:g}.")
    sd = math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    exact_p = None
    if n < EXACT_BELOW and v.low == v.high:
        exact_p = exact(_exact_p(signed_rank_tail(n), v.low))
    return _outcome(exact_p, _routes(g, v, most / 2, sd))


def least_p(g: Given) -> Outcome:
    """Return the smallest P value that an exact rank test can give."""
    if "n" in g:
        least = 2.0 ** (1 - min(g.whole("n"), EXACT_MOST))
    else:
        n_1, n_2 = g.whole("n_1"), g.whole("n_2")
        few, n = min(n_1, n_2), n_1 + n_2
        # Beyond this the number of splits has no float.
        least = 2 / math.comb(n, few) if n < EXACT_MOST else 0.0
    if least >= 1:
        raise Lacking("So few participants cannot be tested.")
    return Outcome(
        implied={"p": Span(least, 1.0), "least_p": exact(least)},
        caution="Of the exact test; the normal approximation can go below.",
    )


def _rank_sum(text: object) -> object:
    """Read a rank sum: ties give halves, and nothing is rounded."""
    return reading.nominal(text)


MANN = "Mann HB, Whitney DR. On a test of whether one of two random variables is stochastically larger than the other. Ann Math Stat 1947;18:50. doi:10.1214/aoms/1177730491"
WILCOXON = "Wilcoxon F. Individual comparisons by ranking methods. Biometrics Bull 1945;1:80. doi:10.2307/3001968"
TIED = Field("ties", "no, yes; some are allowed for where nothing is said", f.word)
ASK = "Was the rank test exact or approximate, with continuity correction, and how many values were tied?"

KINDS = (
    Kind(code="mann_whitney", label="Mann-Whitney test", group=GROUP,
         rule="P of U = W - n(n+1)/2, exact without ties or normal with and without correction",
         fields=(Field("u", "U statistic of either group", _rank_sum, ("u_statistic", "statistic")),
                 Field("w", "rank sum of group 1", _rank_sum, ("rank_sum", "w_1", "rank_sum_1")), f.N_1, f.N_2, TIED),
         needs=(("u", "n_1", "n_2"), ("w", "n_1", "n_2")), gives=("p", "p_exact", "p_normal", "p_corrected"), answer=mann_whitney,
         source=MANN, ask=ASK, synonyms=("mann_whitney_u", "rank_sum", "wilcoxon_rank_sum", "u_test", "mannwhitney", "mann_whitney_test", "rank_test", "rank_sum_test", "wilcoxon", "wilcoxon_test", "wilcoxon_mann_whitney", "mann_whitney_wilcoxon")),
    Kind(code="signed_rank", label="Wilcoxon's signed-rank test", group=GROUP,
         rule="P of the sum of ranks of one sign, exact without ties or normal with and without correction",
         fields=(Field("v", "sum of the ranks of one sign", _rank_sum, ("w", "t", "rank_sum", "statistic")),
                 Field("n", "pairs that changed", reading.count, ("n_pairs", "pairs")), TIED),
         needs=(("v", "n"),), gives=("p", "p_exact", "p_normal", "p_corrected"), answer=signed_rank, source=WILCOXON, ask=ASK,
         synonyms=("wilcoxon_signed_rank", "wilcoxon", "signed_rank_test", "rank_test", "wilcoxon_test")),
    Kind(code="rank_test_least_p", label="Smallest P of an exact rank test", group=GROUP,
         rule="2 / C(n1 + n2, n1), or 2 / 2^n for pairs",
         fields=(f.N_1, f.N_2, Field("n", "number of pairs", reading.count, ("n_pairs", "pairs"))), needs=(("n_1", "n_2"), ("n",)),
         gives=("p", "least_p"), answer=least_p, source=MANN, ask="Which test gave so small a P value with so few participants?",
         synonyms=("minimum_p", "smallest_p", "rank_minimum_p", "rank_test_minimum_p")),
)  # fmt: skip
