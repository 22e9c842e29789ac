"""Deviations: standard errors taken for them, and what range and scale allow."""

from __future__ import annotations

import math

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
from synthesist.checks.ranges import (
    Span,
    corners,
    critical,
    join,
    minus,
    ratio,
    times,
)
from synthesist.checks.rules.mean_tests import (
    Means,
    deviation,
    means_of,
    p_of,
    student,
    welch,
)

GROUP = "Deviations, ranges and scales"


def _root(g: Given) -> float:
    n = g.whole("n")
    if n < 1:
        raise Impossible("There is nobody to have a deviation.")
    return math.sqrt(n)


def se_from_sd(g: Given) -> Outcome:
    """Return the standard error of a mean."""
    sd = deviation(g, "sd")
    return Outcome(
        implied={"se": times(sd, 1 / _root(g))},
        hints={"a standard deviation, not a standard error": {"se": sd}},
    )


def sd_from_se(g: Given) -> Outcome:
    """Return the standard deviation behind a standard error."""
    se = g.span("se").clipped(0)
    return Outcome(
        implied={"sd": times(se, _root(g))},
        hints={"a standard error, not a standard deviation": {"sd": se}},
    )


def sd_from_ci(g: Given) -> Outcome:
    """Return the standard deviation behind the interval of a mean, by t and by z."""
    n, level = g.whole("n"), g.value("level", 0.95)
    if n < 2:
        raise Lacking("A deviation needs two participants.")
    half = times(minus(g.span("ci_high"), g.span("ci_low")), 0.5)
    if half.high < 0:
        raise Impossible("The upper limit lies below the lower one.")
    found = [
        {"sd": times(half.clipped(0), math.sqrt(n) / critical(level, df))}
        for df in (n - 1.0, math.inf)
    ]
    return Outcome(
        implied={"sd": join(one["sd"] for one in found)},
        routes=tuple(found),
        hints={
            "a standard error, not a standard deviation": {
                "sd": times(half.clipped(0), 1 / critical(level, n - 1.0))
            }
        },
    )


def sd_or_se(g: Given) -> Outcome:
    """Compare a printed P value with deviations as labelled and as the other thing."""
    if "mean_1" not in g:
        return _one_group(g)
    m = means_of(g)
    root_1, root_2 = math.sqrt(m.n_1), math.sqrt(m.n_2)
    as_errors = m._replace(sd_1=times(m.sd_1, root_1), sd_2=times(m.sd_2, root_2))
    labelled_se = g.text("label") in ("se", "sem", "standard error")
    right, other = (as_errors, m) if labelled_se else (m, as_errors)
    words = ("standard errors", "standard deviations")
    if labelled_se:
        words = words[::-1]
    spans, others = _both(right), _both(other)
    return Outcome(
        implied={"p": join(spans), f"p_if_{'sd' if labelled_se else 'se'}": join(others)},
        routes=tuple({"p": span} for span in spans),
        hints={f"the numbers after ± taken as {words[0]}": {"p": join(others)}},
    )  # fmt: skip


def _one_group(g: Given) -> Outcome:
    """Compare what follows the ± of one group with the interval of its mean."""
    labelled_se = g.text("label") in ("se", "sem", "standard error")
    found = sd_from_ci(g)
    root = _root(g)
    routes = [route["sd"] for route in found.routes]
    as_errors = [times(span, 1 / root) for span in routes]
    right, other = (as_errors, routes) if labelled_se else (routes, as_errors)
    given = g.span("sd")
    fits = any(given.meets(span) for span in right)
    swapped = any(given.meets(span) for span in other)
    thing = "standard deviation" if labelled_se else "standard error"
    reason = (
        ""
        if fits
        else f"The number after ± is the {thing} of this interval."
        if swapped
        else "The number after ± fits the interval neither as deviation nor as standard error."
    )
    return Outcome(
        implied={"sd": join(routes), "se": join(as_errors)},
        verdict=CONSISTENT if fits else INCONSISTENT,
        reason=reason,
    )


def _both(m: Means) -> tuple[Span, Span]:
    """Return the P values with equal variances and without."""
    size = m.difference.size()
    return p_of(size, student(m)), p_of(size, welch(m))


def range_bounds(width: Span, n: int) -> Span:
    """Return the deviations that `n` values of this range can have.

    Smallest with all others in the middle, largest with all at the ends.
    """
    if n < 2:
        raise Lacking("A deviation needs two participants.")
    half = n // 2
    return Span(
        width.low / math.sqrt(2 * (n - 1)),
        width.high * math.sqrt(half * (n - half) / (n * (n - 1))),
    )


def sd_within_range(g: Given) -> Outcome:
    """Return the deviations that smallest and largest value allow."""
    low, high = g.span("min"), g.span("max")
    if high.high < low.low:
        raise Impossible("The largest value lies below the smallest.")
    bounds = range_bounds(minus(high, low).clipped(0), g.whole("n"))
    if "mean" in g:
        mean = g.span("mean")
        if mean.high < low.low or mean.low > high.high:
            raise Impossible("The mean lies outside the range.")
        bounds = Span(bounds.low, min(bounds.high, _most(mean, low, high, g.whole("n"))))  # fmt: skip
    return Outcome(implied={"sd": bounds})


def _most(mean: Span, low: Span, high: Span, n: int) -> float:
    """Return the largest deviation with this mean between two ends.

    ``(mean - low)(high - mean)`` grows as the ends move apart and as the mean
    nears their middle.
    """
    middle = (low.low + high.high) / 2
    at = min(max(middle, mean.low), mean.high)
    spread = max(0.0, at - low.low) * max(0.0, high.high - at)
    return math.sqrt(spread * n / (n - 1))


def bounded_scale(g: Given) -> Outcome:
    """Return what a scale from one end to the other allows."""
    ends = g.span("scale_min"), g.span("scale_max")
    for name in ("mean", "median", "min", "max", "q1", "q3"):
        if name in g and not g.span(name).meets(Span(ends[0].low, ends[1].high)):
            raise Impossible(f"The {name} {g.number(name).text} lies outside the scale.")  # fmt: skip
    if "mean" not in g:
        return Outcome(implied={"mean": Span(ends[0].low, ends[1].high)}, alone=CONSISTENT)  # fmt: skip
    n = g.whole("n", 0)
    if n == 1:
        raise Lacking("A deviation needs two participants.")
    # Without n, that of two participants is the largest.
    most = _most(g.span("mean"), *ends, n or 2)
    return Outcome(implied={"sd": Span(0.0, most)}, alone=CONSISTENT)


def quartiles_as_range(g: Given) -> Outcome:
    """Say whether what is labelled a range can be one."""
    low, high = g.span("min"), g.span("max")
    if high.high < low.low:
        raise Impossible("The upper end lies below the lower one.")
    for name in ("median", "mean"):
        if name in g and (g.span(name).high < low.low or g.span(name).low > high.high):
            raise Impossible(f"The {name} lies outside.")
    implied: dict[str, Span] = {}
    width = minus(high, low).clipped(0)
    n = g.whole("n")
    if n > 1:
        implied["sd"] = range_bounds(width, n)
    if reason := _no_value(g):
        return Outcome(implied=implied, verdict=INCONSISTENT, reason=reason)
    for name, sign, end in (("seen_min", 1, low), ("seen_max", -1, high)):
        if name in g and sign * (end.low if sign > 0 else end.high) > sign * (g.span(name).high if sign > 0 else g.span(name).low):  # fmt: skip
            return Outcome(implied=implied, verdict=INCONSISTENT, reason="Another value of the same participants lies outside.")  # fmt: skip
    if "sd" not in g or n < 2:
        reason = "Nothing tells range from quartiles: the deviation with n, or the step of the values, is missing."
        return Outcome(implied=implied, verdict=UNDECIDABLE, reason=reason)
    sd = deviation(g, "sd")
    if sd.meets(implied["sd"]) or sd.low < implied["sd"].high:
        return Outcome(implied=implied, verdict=CONSISTENT)
    quartiles = ratio(width, Span(1.349, 1.349))
    return Outcome(
        implied=implied,
        verdict=INCONSISTENT,
        reason=f"A range cannot be so narrow with this deviation; quartiles of normal data would give about {quartiles.high:.3g}.",
    )


def _no_value(g: Given) -> str:
    """Say why an end is no value that a participant can have."""
    if "step" not in g:
        return ""
    step = g.value("step", 1.0)
    for name in ("min", "max"):
        span = g.span(name)
        nearest = round(g.number(name).value / step) * step
        if not span.meets(Span(nearest, nearest)):
            return f"{g.number(name).text} is no value of a scale in steps of {step:g}, as a quartile can be and the end of a range cannot."
    return ""


def mean_and_median(g: Given) -> Outcome:
    """Return how far mean and median can lie apart: one deviation at most."""
    sd, median = deviation(g, "sd"), g.span("median")
    n = g.whole("n", 0)
    # The bound holds for the deviation with divisor n.
    far = sd.high * (math.sqrt((n - 1) / n) if n > 1 else 1.0)
    return Outcome(implied={"mean": Span(median.low - far, median.high + far)})


def sd_of_parts(g: Given) -> Outcome:
    """Return mean and deviation of two groups taken together."""
    m = means_of(g)
    n = m.n_1 + m.n_2
    mean = corners(
        lambda a, b: (m.n_1 * a + m.n_2 * b) / n, g.span("mean_1"), g.span("mean_2")
    )
    between = m.n_1 * m.n_2 / n
    sd = corners(
        lambda d, a, b: math.sqrt(((m.n_1 - 1) * a * a + (m.n_2 - 1) * b * b + between * d * d) / (n - 1)),
        m.difference.size(), m.sd_1, m.sd_2,
    )  # fmt: skip
    return Outcome(implied={"mean": mean, "sd": sd})


SCALE_MIN = Field("scale_min", "lower end of the scale", reading.nominal, ("scale_low", "lower_bound", "bound_low"))  # fmt: skip
SCALE_MAX = Field("scale_max", "upper end of the scale", reading.nominal, ("scale_high", "upper_bound", "bound_high"))  # fmt: skip
HANDBOOK = "Cochrane Handbook, chapter 6: Higgins JPT, Li T, Deeks JJ. Choosing effect measures and computing estimates of effect. 2019. doi:10.1002/9781119536604.ch6"
ERRORS = "Altman DG, Bland JM. Standard deviations and standard errors. BMJ 2005;331:903. doi:10.1136/bmj.331.7521.903"
BOUNDS = "Popoviciu's and Nagy's inequalities; Mestdagh M et al. Sidelining the mean. Psychol Methods 2018;23:690. doi:10.1037/met0000153"
HOTELLING = "Hotelling H, Solomons LM. The limits of a measure of skewness. Ann Math Stat 1932;3:141. doi:10.1214/aoms/1177732911"
ASK = "Is the number after ± a standard deviation or a standard error, and of how many participants?"
ASK_RANGE = "Are the two limits the range or the quartiles?"
GROUPS = (f.MEAN_1, f.SD_1, f.N_1, f.MEAN_2, f.SD_2, f.N_2)
GROUP_NEEDS = (("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2"),)
RANGE_MIN = Field("min", "lower end as labelled", reading.number, ("low", "minimum", "range_low", "lower"))  # fmt: skip
RANGE_MAX = Field("max", "upper end as labelled", reading.number, ("high", "maximum", "range_high", "upper"))  # fmt: skip

KINDS = (
    Kind(code="se_from_sd", label="Standard error of a mean", group=GROUP, rule="se = sd / sqrt(n)", fields=(f.SD, f.N),
         needs=(("sd", "n"),), gives=("se",), answer=se_from_sd, source=ERRORS, ask=ASK, synonyms=("sd_to_se", "standard_error")),
    Kind(code="sd_from_se", label="Standard deviation behind a standard error", group=GROUP, rule="sd = se sqrt(n)", fields=(f.SE, f.N),
         needs=(("se", "n"),), gives=("sd",), answer=sd_from_se, source=ERRORS, ask=ASK, synonyms=("se_to_sd",)),
    Kind(code="sd_from_ci", label="Standard deviation behind the interval of a mean", group=GROUP, rule="sd = sqrt(n) (upper - lower) / (2 t), or z for t",
         fields=(f.CI_LOW, f.CI_HIGH, f.LEVEL, f.N), needs=(("ci_low", "ci_high", "n"),), gives=("sd",), answer=sd_from_ci, source=HANDBOOK, ask=ASK),
    Kind(code="sd_or_se", label="Deviation or standard error", group=GROUP,
         rule="the printed P, or the interval of the mean, fits the numbers as labelled, or as the other thing",
         fields=(*GROUPS, f.SD, f.N, f.CI_LOW, f.CI_HIGH, f.LEVEL, Field("label", "what the numbers after ± are called: sd or se", f.word, ("labelled", "labeled", "spread"))),
         needs=(*GROUP_NEEDS, ("sd", "n", "ci_low", "ci_high")), gives=("p",), answer=sd_or_se, source=ERRORS, ask=ASK, synonyms=("sd_se_swap", "sd_for_se", "se_for_sd", "sd_as_se", "sd_se", "sd_vs_se", "se_vs_sd", "se_or_sd", "se_as_sd", "sd_labelled_se", "se_labelled_sd")),
    Kind(code="sd_within_range", label="Deviation and range", group=GROUP, rule="range / sqrt(2 (n-1)) <= sd <= range / 2 sqrt(n / (n-1))",
         fields=(f.MIN, f.MAX, f.MEAN, f.N), needs=(("min", "max", "n"),), gives=("sd",), answer=sd_within_range, source=BOUNDS, ask=ASK,
         synonyms=("sd_range", "range_sd", "sd_from_range_bounds", "bounded_scale", "impossible_range", "impossible_ranges")),
    Kind(code="bounded_scale", label="Mean and deviation on a bounded scale", group=GROUP,
         rule="every value lies on the scale; sd² <= n / (n-1) (mean - low)(high - mean)",
         fields=(SCALE_MIN, SCALE_MAX, f.MEAN, f.N, f.MEDIAN, f.MIN, f.MAX, f.Q1, f.Q3), needs=(("scale_min", "scale_max"),), gives=("sd",),
         answer=bounded_scale, source=BOUNDS, ask="Which scale was used, and which of mean and deviation is misprinted?",
         synonyms=("scale_bounds", "scale_range", "impossible_range", "bounded", "impossible_ranges", "bounded_scales", "scale_limits")),
    Kind(code="quartiles_as_range", label="Quartiles labelled as range", group=GROUP,
         rule="a range holds all values: sd <= range / 2 sqrt(n / (n-1)), and its ends are values of the scale",
         fields=(f.MEDIAN, RANGE_MIN, RANGE_MAX, f.N, f.MEAN, f.SD,
                 Field("step", "step of the values, 1 for whole numbers", reading.nominal, ("unit", "granularity")),
                 Field("seen_min", "a value of these participants printed elsewhere", reading.number, ("observed_min",)),
                 Field("seen_max", "a value of these participants printed elsewhere", reading.number, ("observed_max",))),
         needs=(("min", "max"),), gives=("sd",), prints="sd", answer=quartiles_as_range, source=BOUNDS, ask=ASK_RANGE,
         synonyms=("range_or_quartiles", "iqr_as_range", "quartiles_labelled_range", "quartiles_labelled_as_range", "quartiles_as_ranges", "iqr_labelled_range", "iqr_labelled_as_range", "quartiles_range")),
    Kind(code="mean_and_median", label="Mean and median", group=GROUP, rule="|mean - median| <= sd sqrt((n-1)/n)", fields=(f.MEDIAN, f.SD, f.N),
         needs=(("median", "sd"),), gives=("mean",), answer=mean_and_median, source=HOTELLING,
         ask="Which of mean, median and deviation is misprinted?", synonyms=("mean_median", "median_mean_sd")),
    Kind(code="combined_groups", label="Mean and deviation of two groups together", group=GROUP,
         rule="mean weighted by n; squares within and between groups add up", fields=GROUPS, needs=GROUP_NEEDS, gives=("mean", "sd"),
         answer=sd_of_parts, source=HANDBOOK, ask="Are all participants of both groups in the total?", synonyms=("combine_groups", "pooled_groups")),
)  # fmt: skip
