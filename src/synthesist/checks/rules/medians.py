"""Medians: what mean and deviation they stand for, and whether the data can be symmetric."""

from __future__ import annotations

import itertools
import math

import numpy as np

from synthesist.checks import fields as f
from synthesist.checks.kind import (
    CONSISTENT,
    INCONSISTENT,
    UNDECIDABLE,
    Field,
    Given,
    Impossible,
    Kind,
    Lacking,
    Outcome,
)
from synthesist.checks.ranges import Span, exact
from synthesist.effects.medians import Quantiles, luo_mean, wan_shi_sd
from synthesist.numerics.printing import significant

GROUP = "Medians"

#: So many times the 5 per cent limit is out of reach of symmetric data.
FAR = 2.8

NAMES = {"q1": "q1", "q3": "q3", "min": "minimum", "max": "maximum"}


def _ordered(g: Given) -> None:
    """Refuse quantiles that are out of order."""
    names = [n for n in ("min", "q1", "median", "q3", "max") if n in g]
    for first, second in itertools.pairwise(names):
        if g.span(second).high < g.span(first).low:
            raise Impossible(f"The {second} lies below the {first}.")


def _sets(g: Given) -> tuple[tuple[str, str], ...]:
    found = tuple(pair for pair in (("min", "max"), ("q1", "q3")) if pair[0] in g and pair[1] in g)  # fmt: skip
    if not found:
        raise Lacking("min and max, or q1 and q3, missing.")
    return found


def _size(g: Given, least: int = 3) -> float:
    n = g.whole("n")
    if n < least:
        raise Lacking(f"Fewer than {least} participants have no such quantiles.")
    return float(n)


def wan_sd(g: Given) -> Outcome:
    """Return the deviation of normal data with this range or these quartiles."""
    _ordered(g)
    n = _size(g)
    values: dict[str, np.ndarray] = {}
    for low, high in _sets(g):
        # The narrowest and the widest that round to what is printed.
        a, b = g.span(low), g.span(high)
        values[NAMES[low]] = np.array([min(a.high, b.low), a.low])
        values[NAMES[high]] = np.array([b.low, b.high])
    sd = wan_shi_sd(Quantiles(n=np.full(2, n), **values))
    return Outcome(
        implied={"sd": Span(max(0.0, float(sd[0])), float(sd[1]))},
        caution="Of normal data; skewed data have another deviation.",
    )


def luo(g: Given) -> Outcome:
    """Return mean and deviation of normal data with this median."""
    _ordered(g)
    n = _size(g)
    values = {NAMES[name]: np.array(g.span(name)) for pair in _sets(g) for name in pair}
    mean = luo_mean(Quantiles(n=np.full(2, n), median=np.array(g.span("median")), **values))  # fmt: skip
    implied = {"mean": Span(float(mean[0]), float(mean[1])), **wan_sd(g).implied}
    return Outcome(
        implied=implied,
        caution="Of normal data; skewed data have another mean.",
    )


def skewness(g: Given) -> Outcome:
    """Return how lopsided a median lies, beside the limit at five per cent."""
    _ordered(g)
    n = _size(g, 5)
    found: dict[str, Span] = {}
    worst = 0.0
    for low, high in _sets(g):
        name = "range" if low == "min" else "quartiles"
        size = _lopsided(g, low, high).size()
        limit = _limit(name, n)
        found[f"skewness_{name}"] = size
        found[f"limit_{name}"] = exact(limit)
        worst = max(worst, size.low / limit)
    if worst <= 1:
        return Outcome(implied=found, verdict=CONSISTENT, reason="The data may be symmetric.")  # fmt: skip
    claimed = g.text("shape") in ("", "normal", "symmetric", "gaussian")
    verdict = INCONSISTENT if worst > FAR and claimed else UNDECIDABLE
    if not claimed:
        return Outcome(implied=found, verdict=CONSISTENT, reason="The data are skewed, as said.")  # fmt: skip
    return Outcome(
        implied=found,
        verdict=verdict,
        reason=f"The data are skewed ({significant(worst, 2)} times the limit at 5%): a mean and a deviation made from this median by rules for normal data would mislead.",
    )


def _lopsided(g: Given, low: str, high: str) -> Span:
    """Return (low + high - 2 median) / (high - low), which rises with both ends."""

    def value(a: float, b: float, m: float) -> float:
        return max(-1.0, min(1.0, (a + b - 2 * m) / (b - a))) if b > a else 0.0

    a, b, m = g.span(low), g.span(high), g.span("median")
    return Span(value(a.low, b.low, m.high), value(a.high, b.high, m.low))


def _limit(name: str, n: float) -> float:
    if name == "quartiles":
        return 2.66 / math.sqrt(n) - 5.92 / n**2
    return 1.01 / math.log(n + 9) + 2.43 / (n + 1)


WAN = "Wan X, Wang W, Liu J, Tong T. BMC Med Res Methodol 2014;14:135. doi:10.1186/1471-2288-14-135"
LUO = "Luo D, Wan X, Liu J, Tong T. Stat Methods Med Res 2018;27:1785. doi:10.1177/0962280216669183"
SHI = "Shi J et al. Detecting the skewness of data from the five-number summary. Stat Methods Med Res 2023;32:1338. doi:10.1177/09622802231172043"
ASK = "What are mean and standard deviation, or the data, of this skewed outcome?"
FIELDS = (f.MEDIAN, f.Q1, f.Q3, f.MIN, f.MAX, f.N)

KINDS = (
    Kind(code="wan_sd", label="Deviation from range or quartiles", group=GROUP,
         rule="range or quartiles over their expected width in normal data", fields=FIELDS,
         needs=(("min", "max", "n"), ("q1", "q3", "n")), gives=("sd",), answer=wan_sd, source=WAN, ask=ASK,
         synonyms=("sd_from_range", "sd_from_iqr", "sd_from_quartiles", "wan", "wan_2014")),
    Kind(code="luo_mean", label="Mean and deviation from a median", group=GROUP, rule="optimal weights of median and ends in normal data",
         fields=FIELDS, needs=(("median", "min", "max", "n"), ("median", "q1", "q3", "n")), gives=("mean", "sd"), answer=luo, source=LUO, ask=ASK,
         synonyms=("mean_from_median", "median_to_mean", "median_conversion", "luo", "luo_2018")),
    Kind(code="skewness_of_median", label="Skewness behind a median", group=GROUP, rule="|low + high - 2 median| / (high - low) against its limit at 5%",
         fields=(*FIELDS, Field("shape", "what the report says: normal or skewed", f.word, ("distribution",))),
         needs=(("median", "min", "max", "n"), ("median", "q1", "q3", "n")), gives=("skewness_range", "skewness_quartiles"), answer=skewness,
         source=SHI, ask=ASK, synonyms=("skewness", "skewness_of_medians", "median_skewness", "skewed_median", "skew", "skewness_median", "median_skew")),
)  # fmt: skip
