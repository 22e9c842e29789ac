"""Percentages and counts, the denominators that they allow, and totals."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from synthesist.checks import fields as f
from synthesist.checks import reading
from synthesist.checks.kind import (
    CONSISTENT,
    INCONSISTENT,
    Field,
    Given,
    Impossible,
    Kind,
    Lacking,
    Outcome,
)
from synthesist.checks.printed import PrintedNumber
from synthesist.checks.ranges import Span, exact, plus, times

GROUP = "Counts, percentages and totals"

#: Denominators are looked for up to here unless a limit is given.
MOST = 200

FARTHEST = 10_000

#: So many denominators are named one by one.
NAMED = 40


def _unit(g: Given) -> int:
    """Return what a whole is printed as: 100, or 1 for fractions."""
    return 1 if g.measure in ("proportion", "fraction") else 100


def _counts(percentage: PrintedNumber, n: int, unit: int = 100) -> range:
    """Return the counts among `n` that round to a percentage."""
    low, high = reading.fractions_of(percentage)
    first, last = ceil(low * n / unit), floor(high * n / unit)
    return range(max(first, 0), min(last, n) + 1)


def percentage_from_count(g: Given) -> Outcome:
    """Return the percentage of a count."""
    events, n = g.whole("events"), g.whole("n")
    if n == 0:
        raise Impossible("There is nobody to take a percentage of.")
    if events > n:
        raise Impossible("More events than participants.")
    return Outcome(implied={"percentage": exact(_unit(g) * events / n)})


def count_from_percentage(g: Given) -> Outcome:
    """Return the counts that round to a percentage."""
    found = _counts(g.number("percentage"), g.whole("n"), _unit(g))
    if not found:
        raise Impossible(
            f"No whole number of {g.whole('n')} gives {g.number('percentage').text}."
        )
    span = Span(found[0], found[-1])
    return Outcome(implied={"events": span}, alone=CONSISTENT)


def denominators(g: Given) -> Outcome:
    """Return every number of participants that all percentages allow."""
    given: tuple[PrintedNumber, ...] = g.values["percentages"]
    most = g.whole("n_max", MOST)
    if most > FARTHEST:
        raise Lacking(f"Denominators are looked for up to {FARTHEST}: a smaller n_max is missing.")  # fmt: skip
    counts = [int(value.value) for value in g.values.get("events", ())]
    bounds = [reading.fractions_of(value) for value in given]
    unit = _unit(g)
    if "n" in g:
        here = _allowed(bounds, counts, g.whole("n"), unit)
        n = g.number("n").text
        return Outcome(
            implied={"n": exact(g.whole("n"))} if here else {},
            verdict=CONSISTENT if here else INCONSISTENT,
            reason=f"{'All' if here else 'Not all'} percentages are counts out of {n}.",
        )
    found = [
        n
        for n in range(max(g.whole("n_min"), 1), most + 1)
        if _allowed(bounds, counts, n, unit)
    ]
    if not found:
        reason = f"No denominator up to {most} gives every percentage."
        return Outcome(implied={}, verdict=INCONSISTENT if "n_max" in g else "undecidable", reason=reason)  # fmt: skip
    implied = {"n": Span(found[0], found[-1])}
    implied |= {f"n_{i}": exact(n) for i, n in enumerate(found[:NAMED], 1)}
    return Outcome(
        implied=implied,
        verdict=CONSISTENT,
        reason=f"{len(found)} denominators up to {most} are possible.",
        caution="A pooled or weighted percentage need not have one.",
    )


def _allowed(
    bounds: list[tuple[Fraction, Fraction]], counts: list[int], n: int, unit: int
) -> bool:
    """Whether each percentage is a count out of `n`, the printed one where given."""
    for i, (low, high) in enumerate(bounds):
        if i < len(counts):
            if not low * n <= unit * counts[i] <= high * n or counts[i] > n:
                return False
        # Whole numbers between low n and high n, by integer arithmetic.
        elif (high.numerator * n) // (high.denominator * unit) < -(
            (-low.numerator * n) // (low.denominator * unit)
        ):
            return False
    return True


def total(g: Given) -> Outcome:
    """Return the sum of printed parts."""
    parts: tuple[tuple[int, PrintedNumber], ...] = g.values["parts"]
    return Outcome(
        implied={"total": plus(*(times(reading.span(v), s) for s, v in parts))}
    )


def categories(g: Given) -> Outcome:
    """Return what the percentages of categories that exclude each other sum to."""
    parts = g.spans("percentages")
    whole = plus(*parts)
    if "total" not in g:
        fits = whole.meets(exact(100.0))
        return Outcome(
            implied={"sum": whole},
            verdict=CONSISTENT if fits else INCONSISTENT,
            reason="" if fits else "The categories do not make up 100%.",
        )
    return Outcome(
        implied={"sum": whole},
        verdict=CONSISTENT if whole.meets(g.span("total")) else INCONSISTENT,
    )


def _parts(text: object) -> tuple[tuple[int, PrintedNumber], ...]:
    return tuple((sign, reading.amount(part)) for sign, part in reading.terms(text))


PERCENTAGE = Field(
    "percentage", "percentage as printed", reading.number,
    ("percent", "pct", "proportion", "per_cent", "rate"),
)  # fmt: skip
PERCENTAGES = f.several(Field(
    "percentages", "percentages as printed, one or several", f.numbers,
    ("percentage", "percent", "pct", "per_cent", "proportions", "categories", "p", "values"),
))  # fmt: skip
BROWN = "Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci 2017;8:363. doi:10.1177/1948550616673876"
COUNTING = "Arithmetic of whole numbers: a percentage of n is one of n + 1 values (as in the GRIM test, doi:10.1177/1948550616673876)"
ASK = "How many participants is each percentage of, and what are the counts?"

KINDS = (
    Kind(code="percentage_from_count", label="Percentage of a count", group=GROUP, rule="100 events / n",
         fields=(f.EVENTS, f.N, f.MEASURE), needs=(("events", "n"),), gives=("percentage",), answer=percentage_from_count,
         source=COUNTING, ask=ASK, synonyms=("percent_from_count", "count_to_percentage", "percent", "percentage", "percentages", "percentage_count", "count_percentage", "percentage_of_count")),
    Kind(code="count_from_percentage", label="Count behind a percentage", group=GROUP,
         rule="the whole numbers of n that round to the percentage",
         fields=(PERCENTAGE, f.N, f.MEASURE), needs=(("percentage", "n"),), gives=("events",), answer=count_from_percentage,
         source=COUNTING, ask=ASK,
         synonyms=("percentage_to_count", "percent_to_count", "events_from_percentage", "counts_from_percentages", "percentages_to_counts", "percent", "percentage", "percentages", "percentage_count", "count_percentage")),
    Kind(code="denominators_for_percentages", label="Denominators that percentages allow", group=GROUP,
         rule="every n at which each percentage is a whole number of participants",
         fields=(PERCENTAGES, Field("n", "the printed denominator", reading.count, ("denominator",)),
                 Field("events", "counts, where printed", f.counts, ("counts",)),
                 Field("n_max", "look no further; 200 unless given", reading.count, ("max_n", "max", "n_limit", "upto", "n_at_most")),
                 Field("n_min", "begin here", reading.count, ("min_n",)), f.MEASURE),
         needs=(("percentages",),), gives=("n", "denominator"), prints="n", answer=denominators, source=BROWN, ask=ASK,
         synonyms=("denominators", "possible_denominators", "denominator_for_percentage", "common_denominator", "denominator", "percent", "percentage", "percentages", "common_denominators")),
    Kind(code="sum", label="Total of parts", group=GROUP, rule="the parts add up to the total, over arms or categories",
         fields=(f.several(Field("parts", "the parts, as 78+161+163 or a list; 248-24 takes away", _parts,
                                 ("part", "terms", "term", "expression", "arms", "arm", "input", "n", "numbers", "values", "counts", "categories"))),),
         needs=(("parts",),), gives=("total",), answer=total, source="Addition: the categories of a partition make up the whole",
         ask="Which participants are missing from a part, or counted in two?",
         synonyms=("total", "totals", "arm_totals", "totals_across_arms", "category_totals", "totals_across_categories", "total_across_arms", "total_across_categories", "arm_total", "category_total")),
    Kind(code="percentages_total", label="Percentages of categories", group=GROUP,
         rule="percentages of categories that exclude each other make up 100, rounding allowed",
         fields=(PERCENTAGES, Field("total", "what they should sum to", reading.number, ("sum",))), needs=(("percentages",),),
         gives=("sum",), prints="total", answer=categories, source="Addition: the categories of a partition make up the whole",
         ask="Which category is missing or printed twice, and may participants be in several?",
         synonyms=("percentages_sum", "sum_of_percentages")),
)  # fmt: skip
