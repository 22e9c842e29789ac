"""GRIM, GRIMMER and DEBIT: means and deviations of whole numbers take few values."""

from __future__ import annotations

import math
from fractions import Fraction
from math import ceil, floor

from synthesist.checks import fields as f
from synthesist.checks import reading
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
from synthesist.checks.ranges import Span, join

GROUP = "Means and deviations of whole numbers"

#: More sums of squares than this are not gone through: so many always hold one.
MANY = 2_000


def _units(g: Given) -> int:
    """Return how many whole numbers a mean is made of.

    Raises
    ------
    Impossible
        If nobody took part.
    """
    found = g.whole("n") * max(1, g.whole("items", 1))
    if found < 1:
        raise Impossible("There is nobody to take a mean of.")
    return found


def _sums(low: Fraction, high: Fraction, units: int) -> range:
    """Return the whole sums whose mean lies between two numbers."""
    return range(ceil(low * units), floor(high * units) + 1)


def grim(g: Given) -> Outcome:
    """Say whether a mean of whole numbers can round to what is printed."""
    units = _units(g)
    mean = g.number("mean")
    low, high = reading.fractions_of(mean)
    near = {
        "mean": Span(
            floor(Fraction(mean.text) * units) / units,
            ceil(Fraction(mean.text) * units) / units,
        )
    }
    if (high - low) * units >= 1:
        return Outcome(
            implied=near,
            verdict=UNDECIDABLE,
            reason=f"With {units} whole numbers every mean of so few decimals is possible.",
        )
    if _sums(low, high, units):
        return Outcome(implied=near, verdict=CONSISTENT)
    return Outcome(
        implied=near,
        verdict=INCONSISTENT,
        reason=f"No sum of {units} whole numbers has the mean {mean.text}; the nearest are shown.",
    )


def grimmer(g: Given) -> Outcome:
    """Say whether mean and deviation of whole numbers can round to what is printed.

    A sum of squares of whole numbers is whole, and even where the sum is even.
    """
    units, items = g.whole("n"), max(1, g.whole("items", 1))
    if units < 2:
        raise Lacking("A deviation needs two participants.")
    low, high = reading.fractions_of(g.number("mean"))
    sd_low, sd_high = reading.fractions_of(g.number("sd"))
    if sd_high < 0:
        raise Impossible("The standard deviation lies below zero.")
    sd_low = max(sd_low, Fraction(0))
    sums = _sums(low * items, high * items, units)
    if not sums:
        return Outcome(implied={}, verdict=INCONSISTENT, reason=f"The mean alone fails: no sum of {units} whole numbers gives it (GRIM).")  # fmt: skip
    squares = (units - 1) * items * items
    if squares * (sd_high**2 - sd_low**2) >= 2:
        return Outcome(
            implied={"sd": Span(float(sd_low), float(sd_high))},
            verdict=UNDECIDABLE,
            reason="With so many participants every deviation of so few decimals is possible.",
        )
    for total in sums[:MANY]:
        # Squares can only be summed to what their spread and their parity allow.
        base = Fraction(total * total, units)
        least = ceil(max(squares * sd_low**2 + base, _least(total, units)))
        most = floor(squares * sd_high**2 + base)
        first = least + (least - total) % 2
        if first <= most:
            return Outcome(implied=_nearest(g, sums, units, items), verdict=CONSISTENT)
    return Outcome(
        implied=_nearest(g, sums, units, items),
        verdict=INCONSISTENT,
        reason="No whole numbers have this mean and this deviation; the nearest deviations are shown.",
    )


def _least(total: int, n: int) -> int:
    """Return the smallest sum of squares of `n` whole numbers with this total."""
    each, over = divmod(total, n)
    return n * each * each + over * (2 * each + 1)


def _nearest(g: Given, sums: range, units: int, items: int) -> dict[str, Span]:
    """Return the possible deviations on either side of the printed one."""
    sd = g.number("sd").value
    spans: list[Span] = []
    for total in sums[:3]:
        base = total * total / units
        at = sd * sd * (units - 1) * items * items + base
        lower = floor(at) - (floor(at) - total) % 2
        ends = (max(lower, _least(total, units)), max(lower, _least(total, units)) + 2)
        spans.append(
            Span(*(math.sqrt(max(0.0, (e - base) / (units - 1))) / items for e in ends))
        )
    return {"sd": join(spans)}


def debit(g: Given) -> Outcome:
    """Return the deviations of zeros and ones with the printed mean."""
    n = g.whole("n")
    if n < 2:
        raise Lacking("A deviation needs two participants.")
    found = _sums(*reading.fractions_of(g.number("mean")), n)
    counts = range(max(found.start, 0), min(found.stop, n + 1))
    if not counts:
        raise Impossible(f"No count of {n} zeros and ones has this mean.")
    # The deviation rises up to half the counts and falls from there.
    ends = {counts[0], counts[-1], min(max(n // 2, counts[0]), counts[-1]), min(max((n + 1) // 2, counts[0]), counts[-1])}  # fmt: skip
    values = [math.sqrt(k * (n - k) / (n * (n - 1))) for k in ends]
    routes = [math.sqrt(k * (n - k) / (n * (n - 1))) for k in counts[:1000]]
    return Outcome(
        implied={"sd": Span(min(values), max(values))},
        routes=tuple({"sd": Span(v, v)} for v in routes) if len(counts) <= 1000 else (),
    )


MEAN = Field("mean", "mean as printed", reading.number, ("m", "average", "value"))
SD = Field(
    "sd", "standard deviation as printed", reading.number, ("s", "standard_deviation")
)
ITEMS = Field(
    "items", "whole-numbered items that are averaged, 1 unless given", reading.count,
    ("n_items", "k", "number_of_items"),
)  # fmt: skip
ASK = "How many participants entered this mean, could they score other than whole numbers, and what are the data?"

KINDS = (
    Kind(code="grim", label="GRIM", group=GROUP, rule="mean x n x items is a whole number", fields=(MEAN, f.N, ITEMS),
         needs=(("mean", "n"),), gives=("mean",), prints="mean", answer=grim, ask=ASK, synonyms=("grim_test",),
         source="Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci 2017;8:363. doi:10.1177/1948550616673876"),
    Kind(code="grimmer", label="GRIMMER", group=GROUP, rule="the sum of squares is whole, and even with an even sum",
         fields=(MEAN, SD, f.N, ITEMS), needs=(("mean", "sd", "n"),), gives=("sd",), prints="sd", answer=grimmer, ask=ASK,
         synonyms=("grimmer_test",),
         source="Anaya J. The GRIMMER test: a method for testing the validity of reported measures of variability. PeerJ Preprints 2016;4:e2400v1. doi:10.7287/peerj.preprints.2400v1"),
    Kind(code="debit", label="DEBIT", group=GROUP, rule="zeros and ones: sd² = k (n - k) / (n (n - 1))",
         fields=(MEAN, SD, f.N), needs=(("mean", "n"),), gives=("sd",), answer=debit, ask=ASK, synonyms=("debit_test",),
         source="Heathers JAJ, Brown NJL. DEBIT: a simple consistency test for binary data. OSF 2019. osf.io/5vb3u"),
)  # fmt: skip
