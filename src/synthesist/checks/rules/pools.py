"""Pools: inverse variance from printed estimates, what is left of one, and its subgroups."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from synthesist.checks import fields as f
from synthesist.checks import reading
from synthesist.checks.fields import several
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
from synthesist.checks.ranges import (
    Span,
    around,
    error_behind,
    exact,
    p_span,
    ratio,
    reach,
    statistic_of,
)
from synthesist.checks.rules.effects import (
    log_odds_ratio_of,
    log_ratio_of,
    risk_difference_of,
)
from synthesist.checks.rules.exact_tables import Table
from synthesist.numerics.tails import chi2_upper

GROUP = "Pools of several studies"

#: Steps of the search for the centre at which heterogeneity is least or most.
STEPS = 200


def _inputs(g: Given) -> tuple[list[Span], list[Span], bool]:
    """Return estimates and standard errors on the analysis scale."""
    log = g.measure in f.RATIOS
    ys = g.spans("estimates")
    if "ses" in g:
        ses = [s.clipped(0) for s in g.spans("ses")]
    else:
        by = reach(g.value("level", 0.95))
        lows, highs = g.spans("ci_lows"), g.spans("ci_highs")
        if len(lows) != len(highs):
            raise Lacking("There are not as many lower limits as upper ones.")
        if log:
            lows, highs = [s.log() for s in lows], [s.log() for s in highs]
        ses = [error_behind(w, h, by) for w, h in zip(lows, highs, strict=True)]  # fmt: skip
    if len(ys) != len(ses):
        raise Lacking("There are not as many standard errors or intervals as estimates.")  # fmt: skip
    if len(ys) < 2:
        raise Lacking("A pool needs two estimates.")
    if any(s.low <= 0 for s in ses):
        raise Lacking("A standard error is printed so coarsely that it may be zero.")
    return [y.log() if log else y for y in ys], ses, log


def pool_spans(ys: Sequence[Span], ses: Sequence[Span]) -> dict[str, Span]:
    """Return common-effect estimate, standard error and Q over all roundings.

    The estimate is highest with all estimates high and the weights high that stand
    above it, low that stand below; so one pass over the sorted estimates finds it.
    """
    light, heavy = [s.high**-2 for s in ses], [s.low**-2 for s in ses]
    high = _extreme([y.high for y in ys], light, heavy)
    low = -_extreme([-y.low for y in ys], light, heavy)
    se = Span(math.fsum(heavy) ** -0.5, math.fsum(light) ** -0.5)
    if light == heavy and all(y.low == y.high for y in ys):
        q = math.fsum(w * (y.low - high) ** 2 for w, y in zip(light, ys, strict=True))
        return {"estimate": exact(high), "se": se, "q": exact(q)}
    least = _least(lambda m: math.fsum(w * max(y.low - m, m - y.high, 0.0) ** 2 for w, y in zip(light, ys, strict=True)), ys)  # fmt: skip
    most = _least(lambda m: math.fsum(w * max(y.high - m, m - y.low) ** 2 for w, y in zip(heavy, ys, strict=True)), ys)  # fmt: skip
    return {"estimate": Span(low, high), "se": se, "q": Span(least, most)}


def _extreme(ys: list[float], light: list[float], heavy: list[float]) -> float:
    """Return the largest weighted mean; each weight is one of its two ends."""
    order = sorted(range(len(ys)), key=lambda i: -ys[i])
    best = -math.inf
    for cut in range(len(ys) + 1):
        weights = [heavy[i] if place < cut else light[i] for place, i in enumerate(order)]  # fmt: skip
        total = math.fsum(w * ys[i] for w, i in zip(weights, order, strict=True))
        best = max(best, total / math.fsum(weights))
    return best


def _least(value: Callable[[float], float], ys: Sequence[Span]) -> float:
    """Return the minimum of a convex function between the ends of all estimates."""
    a, b = min(y.low for y in ys), max(y.high for y in ys)
    golden = (math.sqrt(5) - 1) / 2
    c, d = b - golden * (b - a), a + golden * (b - a)
    at_c, at_d = value(c), value(d)
    for _ in range(STEPS):
        if b - a <= 1e-7 * max(abs(a), abs(b), 1e-300):
            break
        if at_c < at_d:
            b, d, at_d = d, c, at_c
            c = b - golden * (b - a)
            at_c = value(c)
        else:
            a, c, at_c = c, d, at_d
            d = a + golden * (b - a)
            at_d = value(d)
    return min(at_c, at_d)


def _described(found: dict[str, Span], k: int, log: bool, level: float) -> dict[str, Span]:  # fmt: skip
    """Return a pool on the reading scale with interval, P, Q and df."""
    y, se = found["estimate"], found["se"]
    low, high = around(y, se, reach(level))
    q = found["q"]
    share = Span(*(max(0.0, 100 * (1 - (k - 1) / x)) if x > 0 else 0.0 for x in q))
    return {
        "estimate": y.exp() if log else y,
        "ci_low": low.exp() if log else low,
        "ci_high": high.exp() if log else high,
        "q": q,
        "df": exact(k - 1.0),
        "i2": share,
        "p": p_span(ratio(y.size(), se)),
        "se": se,
    }


def fixed_effect_pool(g: Given) -> Outcome:
    """Return the common-effect pool of printed estimates."""
    ys, ses, log = _inputs(g)
    found = pool_spans(ys, ses)
    return Outcome(
        implied=_described(found, len(ys), log, g.value("level", 0.95)),
        caution="With a common effect; random effects give another answer.",
    )


def _pool_of_counts(
    effect: Callable[[Table], tuple[float, float]], log: bool
) -> Callable[[Given], Outcome]:
    def answer(g: Given) -> Outcome:
        """Return the common-effect pool of two-group counts by inverse variance."""
        tables = _tables(g)
        effects = [effect(t) for t in tables]
        if any(se == 0 for _, se in effects):
            raise Lacking("Everybody or nobody in a study had the event: it has no weight.")  # fmt: skip
        ys, ses = zip(*effects, strict=True)
        found = pool_spans([exact(y) for y in ys], [exact(se) for se in ses])
        level = g.value("level", 0.95)
        return Outcome(implied=_described(found, len(tables), log, level))

    return answer


def _tables(g: Given) -> list[Table]:
    """Return the studies' counts.

    Raises
    ------
    Impossible
        If a group has more events than participants.
    """
    if "tables" in g:
        tables = [Table(*row) for row in g.values["tables"]]
    else:
        lists = [[int(v.value) for v in g.values[name]] for name in ("events_t", "n_t", "events_c", "n_c")]  # fmt: skip
        if len({len(column) for column in lists}) > 1:
            raise Lacking("The four lists are not of the same length.")
        tables = [Table(*row) for row in zip(*lists, strict=True)]
    if any(t.a > t.n1 or t.c > t.n2 or not t.n1 or not t.n2 for t in tables):
        raise Impossible("More events than participants.")
    return tables


def i2_from_q(g: Given) -> Outcome:
    """Return I² and the P value of Q."""
    q = g.span("q").clipped(0)
    df = g.whole("df") if "df" in g else g.whole("k") - 1
    if df < 1:
        raise Lacking("Heterogeneity needs two studies.")
    share = Span(*(max(0.0, 100 * (1 - df / x)) if x > 0 else 0.0 for x in q))
    return Outcome(implied={"i2": share, "p": Span(chi2_upper(q.high, df), chi2_upper(q.low, df))})  # fmt: skip


def _part(g: Given, name: str, log: bool) -> tuple[Span, Span]:
    """Return estimate and standard error of the whole or of the part."""
    y = g.span(f"{name}_estimate")
    if log:
        y = y.log()
    if f"{name}_se" in g:
        return y, g.span(f"{name}_se").clipped(0)
    if f"{name}_ci_low" in g and f"{name}_ci_high" in g:
        low, high = g.span(f"{name}_ci_low"), g.span(f"{name}_ci_high")
        if log:
            low, high = low.log(), high.log()
        return y, error_behind(low, high, reach(g.value("level", 0.95)))
    if f"{name}_p" in g:
        stat, size = statistic_of(g.span(f"{name}_p")), y.size()
        low = 0.0 if math.isinf(stat.high) or not stat.high else size.low / stat.high
        return y, Span(low, size.high / stat.low if stat.low else math.inf)
    raise Lacking(f"{name}_se, {name}_ci_low with {name}_ci_high, or {name}_p missing.")


def subtraction(g: Given) -> Outcome:
    """Return the study that a pool has and a smaller one has not."""
    log = g.measure in f.RATIOS or (not g.measure and _all_positive(g))
    (y, se), (x, part) = _part(g, "whole", log), _part(g, "part", log)
    if part.high <= se.low:
        raise Impossible("The part is more precise than the whole.")
    if part.low <= se.high or se.low <= 0:
        raise Lacking("The rounding of the digits lets the part be as precise as the whole.")  # fmt: skip
    weight = Span(se.high**-2 - part.low**-2, se.low**-2 - part.high**-2)
    spans = [
        (a * s**-2 - b * p**-2) / (s**-2 - p**-2)
        for a in y for b in x for s in se for p in part
    ]  # fmt: skip
    left = Span(min(spans), max(spans))
    error = Span(weight.high**-0.5, weight.low**-0.5)
    low, high = around(left, error, reach(g.value("level", 0.95)))
    return Outcome(
        implied={
            "estimate": left.exp() if log else left,
            "ci_low": low.exp() if log else low,
            "ci_high": high.exp() if log else high,
            "se": error,
        },
        caution="Where both pools are common-effect analyses of the same quantity.",
    )


def _all_positive(g: Given) -> bool:
    return all(g.number(f"{n}_estimate").value > 0 for n in ("whole", "part"))


def subgroups(g: Given) -> Outcome:
    """Compare the overall estimate with its subgroups."""
    ys = g.spans("estimates")
    if len(ys) < 2:
        raise Lacking("Subgroups are two or more.")
    between = Span(min(y.low for y in ys), max(y.high for y in ys))
    if ("ses" not in g and "ci_lows" not in g) or g.text("of") in ("trial", "study", "participants", "random"):  # fmt: skip
        # Weights are not known: a mean of any weights lies between the parts.
        return Outcome(implied={"estimate": between})
    spans, ses, log = _inputs(g)
    implied = _described(pool_spans(spans, ses), len(ys), log, g.value("level", 0.95))
    return Outcome(
        implied=implied,
        caution="As a common-effect pool of the subgroups; say of = trial for subgroups of participants, or random.",
    )


def counts_of_subgroups(g: Given) -> Outcome:
    """Return the totals of subgroups: events and participants."""
    events = g.spans("events")
    n = g.spans("n")
    if len(events) != len(n):
        raise Lacking("There are not as many numbers of participants as of events.")
    if any(e.low > m.high for e, m in zip(events, n, strict=True)):
        raise Impossible("More events than participants.")
    total = math.fsum(e.low for e in events), math.fsum(m.low for m in n)
    implied = {"events": exact(total[0]), "n": exact(total[1])}
    if total[1]:
        implied["percentage"] = exact(100 * total[0] / total[1])
    found = [name for name in ("total_events", "total_n") if name in g]
    fits = all(
        g.span(name).meets(implied[name.removeprefix("total_")]) for name in found
    )
    verdict = (CONSISTENT if fits else INCONSISTENT) if found else ""
    return Outcome(implied=implied, verdict=verdict)


ESTIMATES = several(Field("estimates", "estimates, ratios not as logarithms", f.numbers, ("estimate", "est", "effects", "hr", "rr", "or", "md", "smd", "yi", "hrs", "y")))  # fmt: skip
SES = several(Field("ses", "standard errors, of ratios those of the logarithms", f.numbers, ("se", "sei", "standard_errors")))  # fmt: skip
LOWS = several(Field("ci_lows", "lower limits", f.numbers, ("ci_low", "low", "lower", "lows")))  # fmt: skip
HIGHS = several(Field("ci_highs", "upper limits", f.numbers, ("ci_high", "high", "upper", "highs")))  # fmt: skip
POOL = (ESTIMATES, SES, LOWS, HIGHS, f.MEASURE, f.LEVEL)
POOL_NEEDS = (("estimates", "ses"), ("estimates", "ci_lows", "ci_highs"))
POOL_GIVES = ("estimate", "ci_low", "ci_high", "q", "df", "i2", "p", "se")


COUNTS = (
    Field("tables", "16/29 v 9/30; 34/50 v 29/50", reading.tables, ("table", "counts", "input")),
    *(several(Field(n, m, f.counts, s)) for n, m, s in (
        ("events_t", "events, treated", ("events_1",)), ("n_t", "participants, treated", ("n_1",)),
        ("events_c", "events, control", ("events_2",)), ("n_c", "participants, control", ("n_2",)))), f.LEVEL,
)  # fmt: skip
COUNT_NEEDS = (("tables",), ("events_t", "n_t", "events_c", "n_c"))


def _of(name: str, meaning: str, *other: str) -> tuple[Field, ...]:
    """Return the fields of the whole or of the part."""
    parts = (("estimate", reading.number, ("hr", "est")), ("ci_low", reading.number, ("low",)), ("ci_high", reading.number, ("high",)),
             ("se", reading.number, ()), ("p", reading.p_value, ()))  # fmt: skip
    return tuple(
        Field(f"{name}_{part}", f"{part} of the {meaning}", read,
              tuple(s for o in (name, *other) for w in (part, *short) for s in (f"{o}_{w}", f"{w}_{o}")))
        for part, read, short in parts
    )  # fmt: skip


HANDBOOK = "Cochrane Handbook, chapter 10: Deeks JJ, Higgins JPT, Altman DG. Analysing data and undertaking meta-analyses. 2019. doi:10.1002/9781119536604.ch10"
ASK = "Which studies were pooled, by which model and weights, and what are their estimates with standard errors?"
CATEGORY = "Addition: subgroups that exclude each other make up the whole"

KINDS = (
    Kind(code="fixed_effect_pool", label="Common-effect pool of printed estimates", group=GROUP, rule="sum(w y) / sum(w), w = 1/se²; Q = sum(w (y - pool)²)",
         fields=POOL, needs=POOL_NEEDS, gives=POOL_GIVES, answer=fixed_effect_pool, source=HANDBOOK, ask=ASK,
         synonyms=("common_effect_pool", "inverse_variance_pool", "pool", "fixed_effect", "pooled", "common_effect", "fixed_effect_meta_analysis")),
    *(Kind(code=f"fixed_effect_{code}", label=f"Common-effect pool of {words}", group=GROUP,
           rule=f"{rule} by inverse variance", fields=COUNTS, needs=COUNT_NEEDS, gives=POOL_GIVES, answer=answer, source=HANDBOOK,
           ask=ASK, synonyms=(f"pooled_{code}", f"{code}_pool"))
      for code, words, rule, answer in (
          ("rr", "risk ratios", "log RR, 1/2 added where a cell is empty,", _pool_of_counts(log_ratio_of, log=True)),
          ("or", "odds ratios", "log OR, 1/2 added where a cell is empty,", _pool_of_counts(log_odds_ratio_of, log=True)),
          ("rd", "risk differences", "differences", _pool_of_counts(risk_difference_of, log=False)))),
    Kind(code="i2_from_q", label="I² from Q", group=GROUP, rule="I² = 100 (Q - df) / Q, 0 below",
         fields=(Field("q", "Cochran's Q", reading.number, ("chi2", "cochran_q")), Field("df", "degrees of freedom", reading.count, ("dof",)),
                 Field("k", "studies, one more than df", reading.count, ("studies", "n_studies"))),
         needs=(("q", "df"), ("q", "k")), gives=("i2", "p"), answer=i2_from_q,
         source="Higgins JPT, Thompson SG. Quantifying heterogeneity in a meta-analysis. Stat Med 2002;21:1539. doi:10.1002/sim.1186", ask=ASK,
         synonyms=("i2", "i_squared", "heterogeneity", "i_squared_from_q", "q_to_i2")),
    Kind(code="subtraction", label="A study by subtraction of two pools", group=GROUP, rule="w = w_whole - w_part, y = (w_whole y_whole - w_part y_part) / w",
         fields=(*_of("whole", "larger pool", "all", "overall", "total"), *_of("part", "smaller pool", "subset"), f.MEASURE, f.LEVEL),
         needs=(("whole_estimate", "part_estimate"),), gives=("estimate", "ci_low", "ci_high", "se"), answer=subtraction, source=HANDBOOK, ask=ASK,
         synonyms=("subtraction_of_pools", "study_by_subtraction", "remove_part", "pool_subtraction", "subtract", "subtraction_of_two_pools")),
    Kind(code="subgroups_overall", label="Subgroup estimates and the overall", group=GROUP,
         rule="the overall is the inverse-variance mean of its subgroups, or lies between them where weights are unknown",
         fields=(*POOL, Field("of", "pool, or trial for subgroups of participants", f.word, ("model",))), needs=(("estimates",),), gives=POOL_GIVES,
         answer=subgroups, source=HANDBOOK, ask="Do the subgroups hold every participant once, and were they analysed like the whole?",
         synonyms=("subgroup_vs_overall", "subgroups_vs_overall", "subgroup_overall", "subgroups")),
    Kind(code="subgroup_counts", label="Counts of subgroups and the whole", group=GROUP, rule="events and participants of subgroups add up to the whole",
         fields=(several(Field("events", "events of each subgroup", f.counts)), several(Field("n", "participants of each subgroup", f.counts)),
                 Field("total_events", "events of the whole", reading.count, ("overall_events", "events_total")),
                 Field("total_n", "participants of the whole", reading.count, ("overall_n", "n_total"))),
         needs=(("events", "n"),), gives=("percentage",), answer=counts_of_subgroups, source=CATEGORY,
         ask="Which participants are in no subgroup, or in two?", synonyms=("subgroup_totals",)),
)  # fmt: skip
