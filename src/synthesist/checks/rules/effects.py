"""Effects and their intervals from the data of two groups or of one."""

from __future__ import annotations

import math
from collections.abc import Callable

from synthesist.checks import fields as f
from synthesist.checks.kind import Given, Impossible, Kind, Lacking, Outcome
from synthesist.checks.ranges import (
    Span,
    around,
    corners,
    critical,
    error_behind,
    exact,
    p_span,
    ratio,
    reach,
    times,
)
from synthesist.checks.rules.exact_tables import Table, clopper_pearson, wilson
from synthesist.checks.rules.mean_tests import Means, means_of, pooled
from synthesist.checks.rules.two_by_two import GROUPS as TABLES
from synthesist.checks.rules.two_by_two import NEEDS as TABLE_NEEDS
from synthesist.checks.rules.two_by_two import table_of

GROUP = "Effects from the data of groups"


def exact_factor(m: int) -> float:
    """Return Hedges' correction for `m` degrees of freedom.

    References
    ----------
    Hedges LV. J Educ Stat 1981;6:107. doi:10.3102/10769986006002107
    """
    if m < 2:
        raise Lacking("A standardised difference needs four participants.")
    return math.exp(math.lgamma(m / 2) - math.lgamma((m - 1) / 2)) / math.sqrt(m / 2)


def _cohen(m: Means) -> Span:
    sd = pooled(m)
    if sd.high == 0:
        raise Lacking("Without spread there is no standardised difference.")
    size = ratio(m.difference.size(), sd)
    if m.difference.low >= 0:
        return ratio(m.difference, sd)
    if m.difference.high <= 0:
        return Span(-size.high, -size.low)
    return Span(
        m.difference.low / sd.low if sd.low > 0 else -math.inf,
        m.difference.high / sd.low if sd.low > 0 else math.inf,
    )


def _scaled(span: Span, factor: float) -> Span:
    return Span(span.low * factor, span.high * factor)


def _se(g: Span, m: Means, offset: float, factor: float = 1.0) -> Span:
    """Return the standard error of a standardised difference."""
    n = m.n_1 + m.n_2
    size = g.size()
    return Span(*(factor * math.sqrt(n / (m.n_1 * m.n_2) + x * x / (2 * (n - offset))) for x in size))  # fmt: skip


def _with_limits(y: Span, se: Span, level: float) -> dict[str, Span]:
    low, high = around(y, se, reach(level))
    return {"estimate": y, "se": se, "ci_low": low, "ci_high": high}


def _revman(m: Means, level: float) -> dict[str, Span]:
    """Return Hedges' adjusted g as RevMan computes it."""
    n = m.n_1 + m.n_2
    if n < 4:
        raise Lacking("A standardised difference needs four participants.")
    g = _scaled(_cohen(m), 1 - 3 / (4 * n - 9))
    return _with_limits(g, _se(g, m, 3.94), level)


def revman_smd(g: Given) -> Outcome:
    """Return RevMan's standardised difference of two independent groups."""
    return Outcome(implied=_revman(means_of(g), g.value("level", 0.95)))


def smd(g: Given) -> Outcome:
    """Return the standardised difference by Cohen, by Hedges and by RevMan."""
    m, level = means_of(g), g.value("level", 0.95)
    n = m.n_1 + m.n_2
    factor = exact_factor(n - 2)
    d = _cohen(m)
    exactly = _scaled(d, factor)
    found = [
        _revman(m, level),
        _with_limits(exactly, _se(exactly, m, 0.0), level),
        _with_limits(d, _se(d, m, 0.0), level),
        _with_limits(d, _se(d, m, 2.0), level),
        _with_limits(exactly, _se(d, m, 0.0, factor), level),
        _with_limits(exactly, _se(d, m, 2.0, factor), level),
    ]
    return Outcome(implied=found[1], routes=tuple(found))


def log_ratio_of(t: Table) -> tuple[float, float]:
    """Return a log risk ratio and its standard error, 1/2 added to empty cells."""
    if t.a == t.c == 0:
        raise Lacking("Nobody had the event: there is no ratio.")
    a, n1, c, n2 = (float(x) for x in t)
    if t.a == 0 or t.c == 0:
        a, c, n1, n2 = a + 0.5, c + 0.5, n1 + 1, n2 + 1
    return math.log(a * n2 / (c * n1)), math.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2)


def log_odds_ratio_of(t: Table) -> tuple[float, float]:
    """Return a log odds ratio and its standard error, 1/2 added to empty cells."""
    if t.a + t.c in (0, t.n1 + t.n2):
        raise Lacking("Everybody or nobody had the event: there is no odds ratio.")
    cells = [float(x) for x in (t.a, t.b, t.c, t.d)]
    if 0.0 in cells:
        cells = [x + 0.5 for x in cells]
    a, b, c, d = cells
    return math.log(a * d / (b * c)), math.sqrt(math.fsum(1 / x for x in cells))


def risk_difference_of(t: Table) -> tuple[float, float]:
    """Return a risk difference and its standard error."""
    p, q = t.a / t.n1, t.c / t.n2
    return p - q, math.sqrt(p * (1 - p) / t.n1 + q * (1 - q) / t.n2)


def _from_counts(
    effect: Callable[[Table], tuple[float, float]], log: bool
) -> Callable[[Given], Outcome]:
    def answer(g: Given) -> Outcome:
        """Return an effect of two groups with its large-sample interval."""
        y, se = effect(table_of(g))
        ends = around(exact(y), exact(se), reach(g.value("level", 0.95)))
        low, high = (end.exp() for end in ends) if log else ends
        implied = {
            "estimate": exact(math.exp(y) if log else y),
            "ci_low": low,
            "ci_high": high,
            "se": exact(se),
        }
        per_cent = {name: times(span, 100.0) for name, span in implied.items()}
        return Outcome(
            implied=implied,
            routes=(implied, per_cent) if effect is risk_difference_of else (),
        )

    return answer


def _one_group(g: Given) -> tuple[int, int]:
    events, n = g.whole("events"), g.whole("n")
    if n == 0:
        raise Impossible("The group has no participants.")
    if events > n:
        raise Impossible(f"More events than participants: {events} of {n}.")
    return events, n


def _unit(g: Given) -> float:
    """Return what a whole is: 1, or 100 where per cent are meant."""
    return 100.0 if g.measure in ("percent", "percentage", "%") else 1.0


def _pair(low: float, high: float, unit: float) -> dict[str, Span]:
    return {"ci_low": exact(unit * low), "ci_high": exact(unit * high)}


def clopper(g: Given) -> Outcome:
    """Return the exact interval of a proportion, in per cent too."""
    events, n = _one_group(g)
    limits = clopper_pearson(events, n, g.value("level", 0.95))
    return _either_unit(g, [limits])


def _either_unit(g: Given, found: list[tuple[float, float]]) -> Outcome:
    """Accept limits as fractions and in per cent."""
    return Outcome(
        implied=_pair(*found[0], _unit(g)),
        routes=tuple(_pair(*limits, unit) for unit in (1.0, 100.0) for limits in found),
    )


def wilson_interval(g: Given) -> Outcome:
    """Return the score interval of a proportion."""
    by = reach(g.value("level", 0.95))
    return _either_unit(g, [wilson(*_one_group(g), z) for z in by])


def proportion_interval(g: Given) -> Outcome:
    """Return the interval of a proportion by its usual methods."""
    events, n = _one_group(g)
    level = g.value("level", 0.95)
    z, p = critical(level), events / n
    half = z * math.sqrt(p * (1 - p) / n)
    found = [
        clopper_pearson(events, n, level),
        wilson(events, n, z),
        (p - half, p + half),
        (max(0.0, p - half), min(1.0, p + half)),
    ]
    if 0 < events < n:
        logit, reach = math.log(p / (1 - p)), z / math.sqrt(n * p * (1 - p))
        found.append((1 / (1 + math.exp(reach - logit)), 1 / (1 + math.exp(-reach - logit))))  # fmt: skip
    # Agresti and Coull add z²/2 events and as many others.
    m = n + z * z
    q = (events + z * z / 2) / m
    around = z * math.sqrt(q * (1 - q) / m)
    found.append((max(0.0, q - around), min(1.0, q + around)))
    return _either_unit(g, found)


def difference_of(g: Given) -> Outcome:
    """Return the test of two estimates against each other."""
    log = g.measure in f.RATIOS
    by = reach(g.value("level", 0.95))
    parts: list[tuple[Span, Span]] = []
    for i in ("1", "2"):
        low, high, y = (g.span(f"{n}_{i}") for n in ("ci_low", "ci_high", "estimate"))
        if log:
            low, high, y = low.log(), high.log(), y.log()
        parts.append((y, error_behind(low, high, by)))
    (y1, se1), (y2, se2) = parts
    apart = Span(y1.low - y2.high, y1.high - y2.low)
    se = corners(lambda a, b: math.sqrt(a * a + b * b), se1, se2)
    implied = {"p": p_span(ratio(apart.size(), se)), "difference": apart}
    if log:
        implied["ratio"] = implied.pop("difference").exp()
    return Outcome(implied=implied)


MEANS = (f.MEAN_1, f.SD_1, f.N_1, f.MEAN_2, f.SD_2, f.N_2, f.LEVEL)
MEAN_NEEDS = (("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2"),)
HANDBOOK = "Cochrane Handbook, chapter 6: Higgins JPT, Li T, Deeks JJ. Choosing effect measures and computing estimates of effect. 2019. doi:10.1002/9781119536604.ch6"
HEDGES = "Hedges LV. Distribution theory for Glass's estimator of effect size and related estimators. J Educ Stat 1981;6:107. doi:10.3102/10769986006002107"
CLOPPER = "Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated in the case of the binomial. Biometrika 1934;26:404. doi:10.1093/biomet/26.4.404"
NEWCOMBE = "Newcombe RG. Two-sided confidence intervals for the single proportion: comparison of seven methods. Stat Med 1998;17:857. doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E"
INTERACTION = "Altman DG, Bland JM. Interaction revisited: the difference between two estimates. BMJ 2003;326:219. doi:10.1136/bmj.326.7382.219"
ASK = "By which formula were effect and interval computed, and from which numbers of each group?"
FULL = ("estimate", "ci_low", "ci_high", "se")
ONE = (f.EVENTS, f.N, f.LEVEL, f.MEASURE)
PARTS = tuple(
    f.group(field, i)
    for i in (1, 2)
    for field in (f.ESTIMATE, f.CI_LOW, f.CI_HIGH)
)  # fmt: skip


def _counts(code: str, label: str, rule: str, answer: Callable[[Given], Outcome], *synonyms: str) -> Kind:  # fmt: skip
    return Kind(code=code, label=label, group=GROUP, rule=rule, fields=(*TABLES, f.LEVEL), needs=TABLE_NEEDS, gives=FULL,
                answer=answer, source=HANDBOOK, ask=ASK, synonyms=synonyms)  # fmt: skip


def _proportion(code: str, label: str, rule: str, answer: Callable[[Given], Outcome], source: str, first: str, *synonyms: str) -> Kind:  # fmt: skip
    gives = ("ci_low", "ci_high") if first == "ci_low" else ("ci_high", "ci_low")
    return Kind(code=code, label=label, group=GROUP, rule=rule, fields=ONE, needs=(("events", "n"),), gives=gives,
                answer=answer, source=source, ask="By which method was the interval of the proportion computed, and of how many?", synonyms=synonyms)  # fmt: skip


KINDS = (
    Kind(code="smd", label="Standardised mean difference", group=GROUP, rule="difference / pooled sd, with or without Hedges' correction",
         fields=MEANS, needs=MEAN_NEEDS, gives=FULL, answer=smd, source=HEDGES, ask=ASK, synonyms=("hedges_g", "cohen_d", "cohens_d", "smd_independent", "standardised_mean_difference", "standardized_mean_difference", "smd_from_means")),
    Kind(code="revman_smd_independent", label="Standardised mean difference as in RevMan", group=GROUP,
         rule="g = d (1 - 3/(4N - 9)), se² = N/(n1 n2) + g²/(2(N - 3.94))", fields=MEANS, needs=MEAN_NEEDS, gives=FULL, answer=revman_smd,
         source=HANDBOOK, ask=ASK, synonyms=("revman_smd", "revman_g")),
    Kind(code="revman_smd_se", label="Standard error of RevMan's standardised difference", group=GROUP,
         rule="se² = N/(n1 n2) + g²/(2(N - 3.94))", fields=MEANS, needs=MEAN_NEEDS, gives=("se", "estimate", "ci_low", "ci_high"),
         answer=revman_smd, source=HANDBOOK, ask=ASK),
    _counts("risk_ratio", "Risk ratio from counts", "log RR ± z sqrt(1/a - 1/n1 + 1/c - 1/n2), 1/2 added where a cell is empty",
            _from_counts(log_ratio_of, log=True), "rr", "rr_from_counts", "relative_risk"),
    _counts("odds_ratio", "Odds ratio from counts", "log OR ± z sqrt(1/a + 1/b + 1/c + 1/d), 1/2 added where a cell is empty",
            _from_counts(log_odds_ratio_of, log=True), "or", "or_from_counts"),
    _counts("risk_difference", "Risk difference from counts", "difference ± z sqrt(p(1-p)/n1 + q(1-q)/n2), in per cent too",
            _from_counts(risk_difference_of, log=False), "rd", "rd_from_counts"),
    _proportion("clopper_pearson", "Exact interval of a proportion", "Clopper and Pearson: both binomial tails at (1 - level)/2",
                clopper, CLOPPER, "ci_low", "clopper_pearson_low", "clopper_pearson_lower", "clopper_pearson_ci",
                "exact_ci", "exact_interval", "binomial_ci", "exact_binomial"),
    _proportion("clopper_pearson_high", "Exact upper limit of a proportion", "as clopper_pearson; a bare printed number is the upper limit",
                clopper, CLOPPER, "ci_high", "clopper_pearson_upper"),
    _proportion("wilson", "Score interval of a proportion", "Wilson: where the score test is not significant", wilson_interval, NEWCOMBE, "ci_low", "wilson_ci", "wilson_interval"),
    _proportion("proportion_ci", "Interval of a proportion, any usual method", "exact, score, Wald, logit, Agresti-Coull",
                proportion_interval, NEWCOMBE, "ci_low", "ci_of_proportion", "proportion_interval", "ci", "interval", "confidence_interval"),
    Kind(code="two_estimates", label="Two estimates against each other", group=GROUP, rule="z = difference / sqrt(se1² + se2²), of logarithms for ratios",
         fields=(*PARTS, f.MEASURE, f.LEVEL), needs=(tuple(p.name for p in PARTS),), gives=("p",), answer=difference_of, source=INTERACTION,
         ask="Was the difference between the subgroups tested, and how?", synonyms=("interaction_p", "interaction", "subgroup_difference")),
)  # fmt: skip
