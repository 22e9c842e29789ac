"""Tests and intervals of means, between groups, before and after, and in one group."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from synthesist.checks import fields as f
from synthesist.checks import reading
from synthesist.checks.kind import (
    CONSISTENT,
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
    join,
    minus,
    p_span,
    ratio,
    reach,
)

GROUP = "Means"


class Means(NamedTuple):
    """Means, deviations and sizes of two groups, with what rounding leaves open."""

    difference: Span
    sd_1: Span
    sd_2: Span
    n_1: int
    n_2: int


class Test(NamedTuple):
    """A standard error and the degrees of freedom that belong to it."""

    se: Span
    df: Span


def means_of(g: Given) -> Means:
    """Return two groups of a result.

    Raises
    ------
    Impossible
        If a deviation lies below zero.
    Lacking
        If a group is of one participant or nobody, who has no deviation.
    """
    n_1, n_2 = g.whole("n_1"), g.whole("n_2")
    if min(n_1, n_2) < 2:
        raise Lacking("A group of fewer than two has no deviation.")
    sds = deviation(g, "sd_1"), deviation(g, "sd_2")
    return Means(minus(g.span("mean_1"), g.span("mean_2")), *sds, n_1, n_2)


def deviation(g: Given, name: str) -> Span:
    """Return a standard deviation.

    Raises
    ------
    Impossible
        If it lies below zero.
    """
    sd = g.span(name)
    if sd.high < 0:
        raise Impossible(f"The {name.replace('_', ' ')} lies below zero.")
    return sd.clipped(0)


def pooled(m: Means) -> Span:
    """Return the common standard deviation of two groups."""
    df = m.n_1 + m.n_2 - 2
    return corners(
        lambda a, b: math.sqrt(((m.n_1 - 1) * a * a + (m.n_2 - 1) * b * b) / df),
        m.sd_1,
        m.sd_2,
    )


def student(m: Means) -> Test:
    """Return the test with a common deviation."""
    factor = math.sqrt(1 / m.n_1 + 1 / m.n_2)
    sd, df = pooled(m), float(m.n_1 + m.n_2 - 2)
    return Test(Span(sd.low * factor, sd.high * factor), Span(df, df))


def unpooled(m: Means) -> Span:
    """Return the standard error without a common deviation."""
    return corners(
        lambda a, b: math.sqrt(a * a / m.n_1 + b * b / m.n_2), m.sd_1, m.sd_2
    )


def welch(m: Means) -> Test:
    """Return the test without a common deviation, Satterthwaite's degrees of freedom.

    They depend on the ratio of the two variances alone, rise with it up to a
    peak and fall from there.
    """
    a, b = m.n_1 - 1, m.n_2 - 1
    share = ratio(Span(m.sd_1.low**2 / m.n_1, m.sd_1.high**2 / m.n_1),
                  Span(m.sd_2.low**2 / m.n_2, m.sd_2.high**2 / m.n_2))  # fmt: skip

    def df(x: float) -> float:
        return float(a) if math.isinf(x) else (x + 1) ** 2 / (x * x / a + 1 / b)

    found = [df(share.low), df(share.high)]
    if share.low <= a / b <= share.high:
        found.append(float(a + b))
    return Test(unpooled(m), Span(min(found), max(found)))


def p_of(size: Span, test: Test) -> Span:
    """Return P values; no spread at all gives no test."""
    if test.se.high == 0:
        raise Lacking("Without spread there is no test.")
    return p_span(ratio(size, test.se), test.df)


def limits(middle: Span, se: Span, by: Span) -> dict[str, Span]:
    """Return both limits of an interval."""
    low, high = around(middle, se, by)
    return {"ci_low": low, "ci_high": high}


def reach_of(level: float, df: Span) -> Span:
    """Return how many standard errors an interval reaches; fewer with more `df`."""
    return Span(reach(level, df.high).low, reach(level, df.low).high)


def t_test(g: Given) -> Outcome:
    """Return the P value of the t test, with and without a common deviation.

    A printed P may also be that of the normal distribution.
    """
    m = means_of(g)
    size = m.difference.size()
    common, apart = student(m), welch(m)
    implied = {
        "p": p_of(size, common),
        "p_welch": p_of(size, apart),
        "t": ratio(size, common.se),
    }
    wide = p_of(size, Test(unpooled(m), Span(math.inf, math.inf)))
    return Outcome(
        implied=implied,
        routes=(implied, {**implied, "p": implied["p_welch"], "t": ratio(size, apart.se)}, {**implied, "p": wide}),
        hints={
            "a one-sided t test": {"p": Span(implied["p"].low / 2, implied["p"].high / 2)},
            "a t test with the deviations taken as standard errors": {"p": _as_errors(m)},
        },
    )  # fmt: skip


def _as_errors(m: Means) -> Span:
    """Return the P value if what is called a deviation is a standard error."""
    a, b = math.sqrt(m.n_1), math.sqrt(m.n_2)
    scaled = m._replace(
        sd_1=Span(m.sd_1.low * a, m.sd_1.high * a),
        sd_2=Span(m.sd_2.low * b, m.sd_2.high * b),
    )
    return p_of(m.difference.size(), student(scaled))


def mean_difference(g: Given) -> Outcome:
    """Return the difference of two means with its interval."""
    m = means_of(g)
    level = g.value("level", 0.95)
    normal = Test(unpooled(m), Span(math.inf, math.inf))
    found = [
        {"estimate": m.difference, "se": test.se, "p": p_of(m.difference.size(), test),
         **limits(m.difference, test.se, reach_of(level, test.df))}
        for test in (normal, student(m), welch(m))
    ]  # fmt: skip
    return Outcome(implied=found[0], routes=tuple(found))


def _change(g: Given) -> tuple[Span, Span, int]:
    """Return mean change, its standard error and the number of pairs."""
    n = g.whole("n")
    if n < 2:
        raise Lacking("A change of fewer than two pairs has no deviation.")
    change = (
        g.span("mean_change")
        if "mean_change" in g
        else minus(g.span("mean_post"), g.span("mean_pre"))
    )
    if "se_change" in g:
        return change, g.span("se_change").clipped(0), n
    sd = deviation(g, "sd_change") if "sd_change" in g else _sd_of_change(g)
    return change, Span(sd.low / math.sqrt(n), sd.high / math.sqrt(n)), n


def _sd_of_change(g: Given) -> Span:
    """Return the deviation of a change from both deviations and their correlation."""
    r = g.span("r")
    if r.low > 1 or r.high < -1:
        raise Impossible("A correlation lies between -1 and 1.")
    return sd_of_change(deviation(g, "sd_pre"), deviation(g, "sd_post"), r.clipped(-1, 1))  # fmt: skip


def sd_of_change(a: Span, b: Span, r: Span) -> Span:
    """Return sqrt(a² + b² - 2 r a b) over ranges; it falls with r.

    For a given b it is smallest at a = r b, so that the corners are not enough.
    """

    def value(x: float, y: float, c: float) -> float:
        return math.sqrt(max(0.0, x * x + y * y - 2 * c * x * y))

    found = [corners(value, a, b, r)]
    for c in set(r):
        flat_a = [Span(c * y, c * y) for y in b if a.low < c * y < a.high]
        flat_b = [Span(c * x, c * x) for x in a if b.low < c * x < b.high]
        found.extend(corners(value, x, b, r) for x in flat_a)
        found.extend(corners(value, a, y, r) for y in flat_b)
    return join(found)


def paired_t(g: Given) -> Outcome:
    """Return the P value of the paired t test, or of one group against a value."""
    change, se, n = _change(g)
    test = Test(se, Span(n - 1.0, n - 1.0))
    size = change.size()
    by = reach_of(g.value("level", 0.95), test.df)
    implied = {
        "p": p_of(size, test),
        "t": ratio(size, se),
        "estimate": change,
        **limits(change, se, by),
    }
    return Outcome(implied=implied)


def change_of_means(g: Given) -> Outcome:
    """Return the mean change of participants who were all seen at both times."""
    return Outcome(implied={"mean_change": minus(g.span("mean_post"), g.span("mean_pre"))})  # fmt: skip


def change_spread(g: Given) -> Outcome:
    """Return the deviation of changes over the correlation of before and after."""
    return Outcome(implied={"sd_change": _sd_of_change(g)})


def change_correlation(g: Given) -> Outcome:
    """Return the correlation that three deviations imply."""
    a, b, c = (deviation(g, name) for name in ("sd_pre", "sd_post", "sd_change"))
    if a.low <= 0 or b.low <= 0:
        raise Lacking("A deviation is printed so coarsely that it may be zero.")

    def value(x: float, y: float, z: float) -> float:
        return (x * x + y * y - z * z) / (2 * x * y)

    found = [corners(value, a, b, c)]
    # It is smallest in one deviation where the other two leave a right angle.
    for z in c:
        turn_a = [math.sqrt(y * y - z * z) for y in b if y > z]
        turn_b = [math.sqrt(x * x - z * z) for x in a if x > z]
        found.extend(corners(value, Span(x, x), b, c) for x in turn_a if a.low < x < a.high)  # fmt: skip
        found.extend(corners(value, a, Span(y, y), c) for y in turn_b if b.low < y < b.high)  # fmt: skip
    r = join(found)
    if r.low > 1 + 1e-9 or r.high < -1 - 1e-9:
        raise Impossible("No correlation of before and after gives these three deviations.")  # fmt: skip
    return Outcome(implied={"r": r.clipped(-1, 1)}, alone=CONSISTENT)


def one_mean(g: Given) -> Outcome:
    """Return the interval of one mean, by t and by the normal distribution."""
    n, sd = g.whole("n"), deviation(g, "sd")
    if n < 2:
        raise Lacking("A group of fewer than two has no deviation.")
    se = Span(sd.low / math.sqrt(n), sd.high / math.sqrt(n))
    level = g.value("level", 0.95)
    found = [
        {"se": se, **limits(g.span("mean"), se, reach_of(level, Span(df, df)))}
        for df in (n - 1.0, math.inf)
    ]
    return Outcome(implied=found[0], routes=tuple(found))


GROUPS = (f.MEAN_1, f.SD_1, f.N_1, f.MEAN_2, f.SD_2, f.N_2)
NEEDS = (("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2"),)
CHANGE = Field("mean_change", "mean of the changes", reading.number, ("change", "mean_diff", "mean", "mean_difference", "estimate", "md"))  # fmt: skip
SD_CHANGE = Field("sd_change", "standard deviation of the changes", reading.number, ("sd", "sd_diff", "sd_difference"))  # fmt: skip
SE_CHANGE = Field("se_change", "standard error of the mean change", reading.number, ("se", "se_diff"))  # fmt: skip
PRE = Field("mean_pre", "mean before", reading.number, ("mean_before", "mean_baseline", "pre", "mean_1"))  # fmt: skip
POST = Field("mean_post", "mean after", reading.number, ("mean_after", "post", "mean_2"))  # fmt: skip
SD_PRE = Field("sd_pre", "standard deviation before", reading.number, ("sd_before", "sd_baseline", "sd_1"))  # fmt: skip
SD_POST = Field("sd_post", "standard deviation after", reading.number, ("sd_after", "sd_2"))  # fmt: skip
PAIRS_N = Field("n", "number of pairs", reading.count, ("n_pairs", "pairs", "size", "sample_size"))  # fmt: skip
HANDBOOK = "Cochrane Handbook, chapter 6: Higgins JPT, Li T, Deeks JJ. Choosing effect measures and computing estimates of effect. 2019. doi:10.1002/9781119536604.ch6"
WELCH = "Welch BL. The generalization of 'Student's' problem when several different population variances are involved. Biometrika 1947;34:28. doi:10.1093/biomet/34.1-2.28"
ASK = "Which test was used (equal variances or not, paired or not), and are the numbers after ± standard deviations or standard errors?"


def _kind(
    code: str,
    label: str,
    rule: str,
    answer: Callable[[Given], Outcome],
    source: str,
    **more: Any,
) -> Kind:
    return Kind(code=code, label=label, group=GROUP, rule=rule, answer=answer, source=source, ask=ASK, **more)  # fmt: skip


KINDS = (
    _kind("t_test_summary", "t test from means and deviations", "t = difference / se, equal variances (p) or not (p_welch); the normal distribution for t is accepted as well",
          t_test, WELCH, fields=GROUPS, needs=NEEDS, gives=("p", "p_welch", "t"),
          synonyms=("t_test", "student_t", "unpaired_t_test", "t_test_from_summary", "welch", "welch_t_test", "t_from_means", "t_from_summary", "ttest", "students_t", "students_t_test", "two_sample_t_test", "independent_t_test", "t_test_independent", "welch_t", "welchs_t_test", "t_test_means")),
    _kind("mean_difference", "Difference of two means", "difference ± z se; t with equal variances or not is accepted as well",
          mean_difference, HANDBOOK, fields=(*GROUPS, f.LEVEL), needs=NEEDS, gives=("estimate", "ci_low", "ci_high", "se", "p"), synonyms=("md", "difference_of_means", "difference_in_means", "md_from_means")),
    _kind("paired_t_test", "Paired t test", "t = mean change sqrt(n) / sd of changes, sd² = sd1² + sd2² - 2 r sd1 sd2",
          paired_t, HANDBOOK, fields=(CHANGE, SD_CHANGE, SE_CHANGE, PRE, SD_PRE, POST, SD_POST, f.R, PAIRS_N, f.LEVEL),
          needs=(("mean_change", "sd_change", "n"), ("mean_change", "se_change", "n"), ("mean_pre", "mean_post", "sd_change", "n"),
                 ("mean_pre", "sd_pre", "mean_post", "sd_post", "r", "n")),
          gives=("p", "t", "estimate", "ci_low", "ci_high"), synonyms=("paired_t", "t_test_paired", "one_sample_t", "paired_t_summary", "one_sample_t_test", "t_test", "ttest", "paired_ttest", "paired_t_test_summary")),
    _kind("change_of_means", "Mean change", "mean after less mean before, all seen at both times", change_of_means, HANDBOOK,
          fields=(PRE, POST), needs=(("mean_pre", "mean_post"),), gives=("mean_change",), synonyms=("mean_change", "change_from_means")),
    _kind("sd_of_change", "Deviation of changes", "sd² = sd1² + sd2² - 2 r sd1 sd2", change_spread, HANDBOOK,
          fields=(SD_PRE, SD_POST, f.R), needs=(("sd_pre", "sd_post", "r"),), gives=("sd_change",), synonyms=("sd_change",)),
    _kind("correlation_from_deviations", "Correlation behind deviations", "r = (sd1² + sd2² - sd²) / (2 sd1 sd2), between -1 and 1", change_correlation, HANDBOOK,
          fields=(SD_PRE, SD_POST, Field("sd_change", "standard deviation of the changes", reading.number, ("sd_diff",))),
          needs=(("sd_pre", "sd_post", "sd_change"),), gives=("r",), synonyms=("r_from_sds", "correlation_from_sds")),
    _kind("ci_of_mean", "Interval of a mean", "mean ± t sd / sqrt(n), or z for t", one_mean, HANDBOOK,
          fields=(f.MEAN, f.SD, f.N, f.LEVEL), needs=(("mean", "sd", "n"),), gives=("ci_low", "ci_high", "se"), synonyms=("mean_ci", "ci", "interval", "confidence_interval", "ci_from_sd")),
)  # fmt: skip
