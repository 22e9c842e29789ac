"""Estimate, standard error, interval and P value: each from the others."""

from __future__ import annotations

import math

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
from synthesist.checks.ranges import (
    Span,
    around,
    corners,
    error_behind,
    exact,
    exp,
    join,
    minus,
    p_span,
    ratio,
    reach,
    statistic_of,
)
from synthesist.checks.rules.scales import centre, is_log, ordered, scale_names

GROUP = "Estimate, interval and P value"

NULL = Field("null", "value of no effect, 0 or 1 unless given", reading.nominal)


def _freedom(g: Given) -> float:
    return g.value("df", math.inf)


def _reach(g: Given) -> Span:
    return reach(g.value("level", 0.95), _freedom(g))


def effect(g: Given, log: bool) -> Span:
    """Return the estimate on the analysis scale, less the value of no effect."""
    span = g.span("estimate")
    null = g.value("null", 1.0 if log else 0.0)
    if not log:
        return Span(span.low - null, span.high - null)
    if span.high <= 0 or null <= 0:
        raise Impossible("A ratio cannot be zero or below.")
    return minus(span.log(), exact(null).log())


def error_of(low: Span, high: Span, log: bool, z: Span) -> Span:
    """Return the standard error behind an interval."""
    if log:
        low, high = low.log(), high.log()
    return error_behind(low, high, z)


def _scales(g: Given) -> tuple[bool, ...]:
    """Return whether the interval is that of a ratio: one answer, or both."""
    names = scale_names(g)
    if len(names) == 1 or names[0] != "linear" or "estimate" not in g:
        return (names[0] == "log",)
    low, high = ordered(g)
    at = g.span("estimate")
    fits = [name for name in names if centre(name, low, high).meets(at)]
    return tuple(name == "log" for name in fits) or (False,)


def se_from_ci(g: Given) -> Outcome:
    """Return the standard error behind an interval."""
    low, high = ordered(g)
    found = [error_of(low, high, log, _reach(g)) for log in _scales(g)]
    return Outcome(
        implied={"se": join(found)}, routes=tuple({"se": se} for se in found)
    )


def p_from_ci(g: Given) -> Outcome:
    """Return the P value of the test that belongs to an interval."""
    low, high = ordered(g)
    found: list[dict[str, Span]] = []
    for log in _scales(g):
        se = error_of(low, high, log, _reach(g))
        size = effect(g, log).size()
        found.append({"p": p_span(ratio(size, se), _freedom(g)), "se": se})
    return Outcome(implied=found[0], routes=tuple(found))


def p_from_se(g: Given) -> Outcome:
    """Return the P value of an estimate and its standard error."""
    log = is_log(g, default=False)
    statistic = ratio(effect(g, log).size(), g.span("se").clipped(0))
    return Outcome(implied={"p": p_span(statistic, _freedom(g)), "z": statistic})


def ci_from_se(g: Given) -> Outcome:
    """Return the interval of an estimate and its standard error."""
    log, y = is_log(g, default=False), g.span("estimate")
    ends = around(y.log() if log else y, g.span("se").clipped(0), _reach(g))
    low, high = (end.exp() for end in ends) if log else ends
    return Outcome(implied={"ci_low": low, "ci_high": high})


def _default_log(g: Given) -> bool:
    """Take a number above zero as a ratio where no measure is named."""
    return is_log(g, default=g.number("estimate").value > 0)


def ci_from_p(g: Given) -> Outcome:
    """Return the interval that an estimate and its P value imply."""
    log = _default_log(g)
    y, df = effect(g, log), _freedom(g)
    z = statistic_of(g.span("p"), df)
    by = _reach(g)
    factor = Span(0.0 if math.isinf(z.high) else by.low / z.high,
                  math.inf if z.low == 0 else by.high / z.low)  # fmt: skip
    null = g.value("null", 1.0 if log else 0.0)
    shift = math.log(null) if log else null

    def limit(sign: int) -> Span:
        points = [exact(y.low), exact(y.high)]
        if y.low < 0 < y.high:
            points.append(exact(0.0))
        found = join(corners(lambda v, k: _end(v, k, sign), point, factor) for point in points)  # fmt: skip
        moved = Span(found.low + shift, found.high + shift)
        return Span(exp(moved.low), exp(moved.high)) if log else moved

    return Outcome(implied={"ci_low": limit(-1), "ci_high": limit(1)})


def _end(value: float, factor: float, sign: int) -> float:
    """Return a limit; an effect of exactly none has an open interval."""
    if math.isinf(factor):
        return sign * math.inf
    return value + sign * factor * abs(value)


def se_from_p(g: Given) -> Outcome:
    """Return the standard error that an estimate and its P value imply."""
    size = effect(g, _default_log(g)).size()
    z = statistic_of(g.span("p"), _freedom(g))
    low = 0.0 if math.isinf(z.high) else size.low / z.high if z.high else math.inf
    return Outcome(implied={"se": Span(low, size.high / z.low if z.low else math.inf)})


def level_from_ci(g: Given) -> Outcome:
    """Return the level at which the interval fits the P value or standard error."""
    low, high = ordered(g)
    found: list[dict[str, Span]] = []
    for log in _scales(g):
        if "se" in g:
            se = g.span("se")
        elif "p" in g and "estimate" in g:
            z = statistic_of(g.span("p"), _freedom(g))
            size = effect(g, log).size()
            se = Span(
                0.0 if math.isinf(z.high) else size.low / z.high if z.high else 0.0,
                size.high / z.low if z.low else math.inf,
            )
        else:
            raise Lacking("se, or estimate and p, missing.")
        size = ratio(error_of(low, high, log, exact(1.0)), se)
        covered = p_span(size, _freedom(g))
        found.append({"level": Span(100 * (1 - covered.high), 100 * (1 - covered.low))})
    return Outcome(implied=found[0], routes=tuple(found))


def ci_symmetry(g: Given) -> Outcome:
    """Return where the interval is centred on each scale, beside its estimate."""
    low, high = ordered(g)
    at = g.span("estimate")
    if at.high < low.low or at.low > high.high:
        raise Impossible("The estimate lies outside its own interval.")
    factor = _unit(g, high)
    proportion = factor > 0 and g.measure not in (*f.RATIOS, *f.DIFFERENCES, *f.CORRELATIONS)  # fmt: skip
    if proportion:
        names = ("linear", "log", "logit", "log_log", "complement")
        found = {n: centre(n, low, high, factor) for n in names}
        # Exact and score intervals of a proportion are centred between these.
        routes: list[Span] = [join(found.values())]
        named = ("linear", "log", "logit")
    else:
        names = named = scale_names(g)
        found = {name: centre(name, low, high) for name in names}
        routes = list(found.values())
    implied = {f"centre_{name}": found[name] for name in named}
    fitting = [name for name in named if found[name].meets(at)]
    if any(span.meets(at) for span in routes):
        words = (
            ", ".join(fitting) or "none of these scales exactly, as exact intervals are"
        )
        return Outcome(implied=implied, verdict=CONSISTENT, reason=f"Symmetric on: {words}.")  # fmt: skip
    return Outcome(
        implied=implied,
        verdict=INCONSISTENT,
        reason="The estimate is not the centre of its interval on any scale.",
    )


def _unit(g: Given, high: Span) -> float:
    """Return what turns the numbers into fractions, 0 where they are no proportions."""
    text = "".join(g.printed.values())
    per_cent = "%" in text or g.measure in ("percent", "percentage", "%")
    if per_cent or (g.measure in f.PROPORTIONS and high.high > 1.5):
        return 0.01
    if g.measure in f.PROPORTIONS or (not g.measure and g.span("ci_low").low >= 0 and high.high <= 1):  # fmt: skip
        return 1.0
    return 0.0


ALTMAN_P = "Altman DG, Bland JM. How to obtain the P value from a confidence interval. BMJ 2011;343:d2304. doi:10.1136/bmj.d2304"
ALTMAN_CI = "Altman DG, Bland JM. How to obtain the confidence interval from a P value. BMJ 2011;343:d2090. doi:10.1136/bmj.d2090"
HANDBOOK = "Cochrane Handbook, chapter 6: Higgins JPT, Li T, Deeks JJ. Choosing effect measures and computing estimates of effect. 2019. doi:10.1002/9781119536604.ch6"

ASK_CI = "Which estimate, interval (level, scale, distribution) and standard error were computed, with more digits?"
ASK_P = "Which test gave the P value, on which scale, and what is it with more digits?"

INTERVAL = (f.ESTIMATE, f.CI_LOW, f.CI_HIGH, f.LEVEL, f.MEASURE, f.DF)
LIMITS = (("ci_low", "ci_high"),)
WITH_ESTIMATE = (("estimate", "ci_low", "ci_high"),)
FROM_P = (f.ESTIMATE, f.P, f.LEVEL, f.MEASURE, f.DF, NULL)

KINDS = (
    Kind(code="se_from_ci", label="Standard error behind an interval", group=GROUP,
         rule="se = (upper - lower) / (2 z), of logarithms for a ratio",
         fields=INTERVAL, needs=LIMITS, gives=("se",), answer=se_from_ci, source=HANDBOOK, ask=ASK_CI,
         synonyms=("se_from_interval", "ci_to_se", "standard_error")),
    Kind(code="se_from_ci_97", label="Standard error behind a 97% interval", group=GROUP,
         rule="as se_from_ci with z of 97%; read as 95% it would be too large by a tenth",
         fields=INTERVAL, needs=LIMITS, gives=("se",), answer=se_from_ci, source=HANDBOOK, ask=ASK_CI,
         preset={"level": "97"}),
    Kind(code="p_from_ci", label="P value that belongs to an interval", group=GROUP,
         rule="z = estimate / se, se from the interval; t where df is given",
         fields=(*INTERVAL, NULL), needs=WITH_ESTIMATE, gives=("p", "se"), answer=p_from_ci, source=ALTMAN_P, ask=ASK_P,
         synonyms=("p_from_interval", "ci_to_p", "p_value_from_ci", "ci_p", "estimate_ci_p", "effect_ci_p", "ci_and_p", "ci_vs_p", "p_value")),
    Kind(code="p_from_se", label="P value of an estimate and its standard error", group=GROUP,
         rule="z = estimate / se, of the logarithm for a ratio",
         fields=(f.ESTIMATE, f.SE, f.MEASURE, f.DF, NULL), needs=(("estimate", "se"),), gives=("p", "z"),
         answer=p_from_se, source=ALTMAN_P, ask=ASK_P, synonyms=("p_value",)),
    Kind(code="ci_from_se", label="Interval of an estimate and its standard error", group=GROUP,
         rule="estimate ± z se, of the logarithm for a ratio",
         fields=(f.ESTIMATE, f.SE, f.LEVEL, f.MEASURE, f.DF), needs=(("estimate", "se"),), gives=("ci_low", "ci_high"),
         answer=ci_from_se, source=HANDBOOK, ask=ASK_CI,
         synonyms=("ci", "interval", "confidence_interval", "interval_from_se", "se_to_ci")),
    Kind(code="ci_from_p", label="Interval that an estimate and its P value imply", group=GROUP,
         rule="se = |estimate| / z(P); a number above 0 is a ratio unless the measure says otherwise",
         fields=FROM_P, needs=(("estimate", "p"),), gives=("ci_low", "ci_high"), answer=ci_from_p, source=ALTMAN_CI, ask=ASK_CI,
         synonyms=("p_to_ci", "ci_low_from_p", "ci", "interval", "confidence_interval", "interval_from_p")),
    Kind(code="ci_high_from_p", label="Upper limit that an estimate and its P value imply", group=GROUP,
         rule="as ci_from_p; a bare printed number is the upper limit",
         fields=FROM_P, needs=(("estimate", "p"),), gives=("ci_high", "ci_low"), answer=ci_from_p, source=ALTMAN_CI, ask=ASK_CI),
    Kind(code="se_from_p", label="Standard error that an estimate and its P value imply", group=GROUP,
         rule="se = |estimate| / z(P); a number above 0 is a ratio unless the measure says otherwise",
         fields=FROM_P, needs=(("estimate", "p"),), gives=("se",), answer=se_from_p, source=ALTMAN_CI, ask=ASK_CI,
         synonyms=("se_interval_rounding", "standard_error", "p_to_se")),
    Kind(code="se_log_hr_from_p", label="Standard error of a log hazard ratio from its P value", group=GROUP,
         rule="se = |log HR| / z(P)", fields=FROM_P, needs=(("estimate", "p"),), gives=("se",),
         answer=se_from_p, source=ALTMAN_CI, ask=ASK_CI, preset={"measure": "HR"}, synonyms=("se_log_hr",)),
    Kind(code="level_from_ci", label="Level of an interval", group=GROUP,
         rule="the level at which the interval fits the P value or the standard error",
         fields=(*INTERVAL, f.SE, f.P, NULL), needs=(("ci_low", "ci_high", "se"), ("estimate", "ci_low", "ci_high", "p")),
         gives=("level",), answer=level_from_ci, source=ALTMAN_P, ask="At which level was the interval computed?",
         synonyms=("ci_level", "level_from_p")),
    Kind(code="ci_symmetry", label="Scale on which an interval is symmetric", group=GROUP,
         rule="the estimate is the centre of its interval on the scale of the analysis",
         fields=INTERVAL, needs=WITH_ESTIMATE, gives=("centre_linear", "centre_log", "centre_logit", "centre_fisher_z", "centre_log_log"),
         prints="estimate", answer=ci_symmetry, source=HANDBOOK,
         ask="Which of estimate, lower and upper limit is misprinted, or by which method was the interval computed?",
         synonyms=("symmetry", "interval_symmetry", "ci_scale", "scale_of_interval", "interval_scale", "which_scale", "log_symmetry", "ci_asymmetry")),
)  # fmt: skip
