"""A paired question: the test it needs, the correlation behind it, and who counted pairs as groups."""

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
    error_behind,
    exact,
    hull,
    join,
    minus,
    reach,
    statistic_of,
    times,
)
from synthesist.checks.rules.exact_tables import (
    Table,
    chi2,
    fisher,
    mcnemar,
    upper_chi2,
)
from synthesist.checks.rules.mean_tests import (
    Means,
    Test,
    deviation,
    p_of,
    sd_of_change,
    student,
    welch,
)
from synthesist.numerics.printing import decimal

GROUP = "Before and after, and other pairs"

#: More ways to split the pairs are not gone through one by one.
SPLITS = 400

UNPAIRED_TESTS = ("unpaired", "independent", "two-sample", "two sample", "mann", "rank sum", "rank-sum", "fisher", "chi", "χ", "student")  # fmt: skip
BOTH_FIT = "The printed P is that of an unpaired test of the same numbers; a paired test would give it too, with pairs that do not resemble each other."
NO_PAIRED = "No paired test of these numbers gives the printed P."
UNPAIRED_ONLY = "The printed P is that of an unpaired test; no paired test of these numbers gives it."


def _named_unpaired(g: Given) -> bool:
    """Whether the named test is one for independent groups."""
    test = g.text("test").replace("unpaired", "two sample")
    paired = any(word in test for word in ("paired", "signed", "mcnemar", "matched"))
    return not paired and any(word in test for word in UNPAIRED_TESTS)


def paired_counts(g: Given) -> Outcome:
    """Compare P with McNemar's test over every split, and with tests of two groups."""
    n, a, c = g.whole("n"), g.whole("events_1"), g.whole("events_2")
    if n == 0 or max(a, c) > n:
        raise Impossible("More events than participants.")
    both = range(max(0, a + c - n), min(a, c) + 1)
    if "both" in g:
        if g.whole("both") not in both:
            raise Impossible("So many cannot have had the event both times.")
        both = range(g.whole("both"), g.whole("both") + 1)
    if len(both) > SPLITS:
        raise Lacking("The pairs can be split in too many ways: the numbers that changed, each way, are missing.")  # fmt: skip
    paired = sorted({p for k in both for p in mcnemar(a - k, c - k).values()})
    t = Table(a, n, c, n)
    apart = [fisher(t)["two_sided"]]
    if not math.isnan(x := chi2(t)):
        apart += [upper_chi2(x), upper_chi2(chi2(t, corrected=True))]
    implied = {"p_paired": hull(paired), "p_unpaired": hull(apart)}
    return _decide(g, implied, [exact(p) for p in paired], [exact(p) for p in apart])


def _decide(
    g: Given, implied: dict[str, Span], paired: list[Span], apart: list[Span]
) -> Outcome:
    """Say which of the two questions the printed P answers."""
    if _named_unpaired(g):
        return Outcome(implied=implied, verdict=INCONSISTENT, reason="The named test is one for independent groups, and these are pairs.")  # fmt: skip
    if "p" not in g:
        return Outcome(implied=implied, verdict=UNDECIDABLE, reason="The P value is missing.")  # fmt: skip
    p = g.span("p")
    fits_paired = any(p.meets(span) for span in paired)
    fits_apart = any(p.meets(span) for span in apart)
    if not fits_paired:
        reason = UNPAIRED_ONLY if fits_apart else NO_PAIRED
        near = _nearest(p, paired) if len(paired) > 1 else ""
        return Outcome(implied=implied, verdict=INCONSISTENT, reason=reason + near)
    if fits_apart:
        return Outcome(implied=implied, verdict=UNDECIDABLE, reason=BOTH_FIT)
    return Outcome(implied=implied, verdict=CONSISTENT)


def _nearest(p: Span, paired: list[Span]) -> str:
    """Name the paired P values on either side of the printed one."""
    below = [span.high for span in paired if span.high < p.low]
    above = [span.low for span in paired if span.low > p.high]
    near = [decimal(x, 4) for x in (max(below, default=None), min(above, default=None)) if x is not None]  # fmt: skip
    return f" The nearest of a paired test: {' and '.join(near)}."


def paired_means(g: Given) -> Outcome:
    """Compare P with the paired test, over every correlation, and with the unpaired one."""
    n = g.whole("n")
    if n < 2:
        raise Lacking("Fewer than two pairs have no test.")
    change = minus(g.span("mean_post"), g.span("mean_pre"))
    before, after = deviation(g, "sd_pre"), deviation(g, "sd_post")
    size, root = change.size(), math.sqrt(n)
    df = Span(n - 1.0, n - 1.0)
    known = "sd_change" in g or "r" in g
    if "sd_change" in g:
        spread = deviation(g, "sd_change")
    else:
        r = g.span("r").clipped(-1, 1) if "r" in g else Span(-1.0, 1.0)
        spread = sd_of_change(before, after, r)
    paired = p_of(size, Test(times(spread, 1 / root), df))
    two = Means(change, before, after, n, n)
    apart = [p_of(size, student(two)), p_of(size, welch(two))]
    implied = {"p_paired": paired, "p_unpaired": join(apart)}
    if "p" in g:
        implied["r"] = _correlation(g.span("p"), size, before, after, n)
    found = _decide(g, implied, [paired], apart)
    if known and found.verdict == UNDECIDABLE and "p" in g and not _wide(g):
        return Outcome(implied=implied, verdict=CONSISTENT)
    return found


def _wide(g: Given) -> bool:
    """Whether P is printed as a bound, which many tests fit."""
    return g.number("p").text.startswith(("<", ">", "not"))


def _correlation(p: Span, size: Span, a: Span, b: Span, n: int) -> Span:
    """Return the correlations that a paired test with this P has, cut to -1 and 1."""
    t = statistic_of(p, n - 1.0)
    if t.high == 0 or a.low <= 0 or b.low <= 0:
        return Span(-1.0, 1.0)
    narrow = 0.0 if math.isinf(t.high) else size.low * math.sqrt(n) / t.high
    wide = size.high * math.sqrt(n) / t.low if t.low > 0 else math.inf
    ends = [
        (x * x + y * y - s * s) / (2 * x * y)
        for x in set(a)
        for y in set(b)
        for s in (narrow, min(wide, 10 * (x + y)))
    ]
    # The quotient bends in x and y: where x² = y² - s² it is flat.
    ends += [
        math.sqrt(1 - (s / y) ** 2) for y in (*a, *b) for s in (narrow, wide) if s < y
    ]
    return hull(ends).clipped(-1.0, 1.0)


def pairs_as_groups(g: Given) -> Outcome:
    """Return the standard error of a standardised change, as pairs and as two groups."""
    n, d = g.whole("n"), g.span("smd").size()
    if n < 2:
        raise Lacking("Fewer than two pairs have no standard error.")
    se = _standard_error(g)
    groups = Span(*(math.sqrt(2 / n + x * x / (4 * n)) for x in d))
    implied = {"se_groups": groups}
    if "r" in g:
        r = g.span("r").clipped(-1, 1)
        implied["se_pairs"] = Span(
            math.sqrt(2 * (1 - r.high) / n + d.low**2 / (2 * n)),
            math.sqrt(2 * (1 - r.low) / n + d.high**2 / (2 * n)),
        )
    implied["r"] = Span(
        1 - n / 2 * (se.high**2 - d.low**2 / (2 * n)),
        1 - n / 2 * (se.low**2 - d.high**2 / (2 * n)),
    )
    as_groups = se.meets(groups)
    if "r" in g:
        fits = se.meets(implied["se_pairs"])
        reason = (
            ""
            if fits
            else "The standard error is that of two independent groups, not of pairs."
            if as_groups
            else "The standard error fits neither pairs nor two groups."
        )
        return Outcome(implied=implied, verdict=CONSISTENT if fits else INCONSISTENT, reason=reason)  # fmt: skip
    if not implied["r"].meets(Span(-1.0, 1.0)):
        return Outcome(implied=implied, verdict=INCONSISTENT, reason="No correlation of before and after gives this standard error.")  # fmt: skip
    if as_groups:
        return Outcome(implied=implied, verdict=UNDECIDABLE, reason="The standard error is that of two independent groups; as pairs it would need the correlation shown.")  # fmt: skip
    return Outcome(implied=implied, verdict=CONSISTENT)


def _standard_error(g: Given) -> Span:
    """Return the standard error, printed or from the interval."""
    if "se" in g:
        return g.span("se").clipped(0)
    by = reach(g.value("level", 0.95))
    if "half_width_low" in g:
        # One half is both where only one is given.
        other = "half_width_high" if "half_width_high" in g else "half_width_low"
        low, high = g.span("half_width_low"), g.span(other)
        total = Span(low.low + high.low, low.high + high.high)
    else:
        total = minus(g.span("ci_high"), g.span("ci_low"))
    if total.high < 0:
        raise Impossible("The upper limit lies below the lower one.")
    return error_behind(Span(0.0, 0.0), total, by)


def n_from_smd(g: Given) -> Outcome:
    """Return the size of each group behind the interval of a standardised difference."""
    se, d = _standard_error(g), g.span("smd").size()
    if se.high == 0:
        raise Impossible("The interval has no width.")
    low = (2 + d.low**2 / 4) / se.high**2
    high = (2 + d.high**2 / 4) / se.low**2 if se.low > 0 else math.inf
    return Outcome(
        implied={"n": Span(low, high)},
        caution="Participants of each group, or pairs counted as two groups.",
    )


def n_from_se(g: Given) -> Outcome:
    """Return how many participants stand behind a standard error."""
    se = _standard_error(g)
    if "sd_1" in g and "sd_2" in g:
        a, b = deviation(g, "sd_1"), deviation(g, "sd_2")
        square = Span(a.low**2 + b.low**2, a.high**2 + b.high**2)
    else:
        sd = deviation(g, "sd")
        square = Span(sd.low**2, sd.high**2)
    low = square.low / se.high**2 if se.high > 0 else math.inf
    return Outcome(implied={"n": Span(low, square.high / se.low**2 if se.low > 0 else math.inf)})  # fmt: skip


SMD = Field("smd", "standardised difference", reading.number, ("d", "g", "estimate", "est", "effect", "hedges_g"))  # fmt: skip
HALF_LOW = Field("half_width_low", "estimate less lower limit", reading.number, ("half_width", "half_width_1", "lower_half_width", "half_low", "half_width_lower", "hw_low", "hw_1"))  # fmt: skip
HALF_HIGH = Field("half_width_high", "upper limit less estimate", reading.number, ("half_width_2", "upper_half_width", "half_high", "half_width_upper", "hw_high", "hw_2"))  # fmt: skip
WIDTH = (f.SE, f.CI_LOW, f.CI_HIGH, f.LEVEL, HALF_LOW, HALF_HIGH)
PRE = Field("mean_pre", "mean before", reading.number, ("mean_before", "mean_1", "pre", "mean_baseline"))  # fmt: skip
POST = Field("mean_post", "mean after", reading.number, ("mean_after", "mean_2", "post"))  # fmt: skip
SD_PRE = Field("sd_pre", "standard deviation before", reading.number, ("sd_before", "sd_1", "sd_baseline"))  # fmt: skip
SD_POST = Field("sd_post", "standard deviation after", reading.number, ("sd_after", "sd_2"))  # fmt: skip
SD_CHANGE = Field("sd_change", "standard deviation of the changes", reading.number, ("sd_diff",))  # fmt: skip
PAIRS_N = Field("n", "number of pairs", reading.count, ("n_pairs", "pairs", "n_1", "size"))  # fmt: skip
TEST = Field("test", "the test that is named", f.word, ("test_name", "method"))
BEFORE = Field("events_1", "events before", reading.count, ("events_pre", "events_before", "a", "before", "count_1", "pre"))  # fmt: skip
AFTER = Field("events_2", "events after", reading.count, ("events_post", "events_after", "after", "count_2", "post"))  # fmt: skip
BECKER = "Becker BJ. Synthesizing standardized mean-change measures. Br J Math Stat Psychol 1988;41:257. doi:10.1111/j.2044-8317.1988.tb00901.x"
PAIRED = "Fagerland MW, Lydersen S, Laake P. The McNemar test for binary matched-pairs data. BMC Med Res Methodol 2013;13:91. doi:10.1186/1471-2288-13-91"
HANDBOOK = "Cochrane Handbook, chapter 6: Higgins JPT, Li T, Deeks JJ. Choosing effect measures and computing estimates of effect. 2019. doi:10.1002/9781119536604.ch6"
ASK = "Was before compared with after within the same participants, by a paired test, and how many changed each way, or what is the deviation of the changes?"
ASK_N = "How many participants stand behind this interval, and were pairs counted as independent groups?"

KINDS = (
    Kind(code="paired_counts", label="Test of paired counts", group=GROUP,
         rule="P of McNemar's test over every split of the pairs, against tests of two independent groups",
         fields=(BEFORE, AFTER, PAIRS_N, f.P, TEST, Field("both", "with the event both times", reading.count)),
         needs=(("events_1", "events_2", "n"),), gives=("p_paired", "p_unpaired"), prints="p", answer=paired_counts, source=PAIRED, ask=ASK,
         synonyms=("paired_as_unpaired_counts", "mcnemar_from_margins", "unpaired_test_of_pairs", "paired_as_unpaired", "unpaired_test", "paired_unpaired", "paired_or_unpaired", "unpaired_for_paired", "paired_vs_unpaired", "mcnemar")),
    Kind(code="paired_means", label="Test of paired means", group=GROUP,
         rule="P of the paired t test over every correlation, against the t test of two independent groups",
         fields=(PRE, SD_PRE, POST, SD_POST, PAIRS_N, f.P, f.R, SD_CHANGE, TEST),
         needs=(("mean_pre", "sd_pre", "mean_post", "sd_post", "n"),), gives=("p_paired", "p_unpaired"), prints="p", answer=paired_means,
         source=HANDBOOK, ask=ASK, synonyms=("paired_as_unpaired", "unpaired_test", "paired_unpaired", "paired_or_unpaired", "unpaired_for_paired", "paired_vs_unpaired")),
    Kind(code="pairs_as_groups", label="Pairs counted as two groups", group=GROUP,
         rule="se² = 2(1-r)/n + d²/(2n) of pairs, 2/n + d²/(4n) of two groups", fields=(SMD, *WIDTH, f.R, PAIRS_N),
         needs=(("smd", "n", "se"), ("smd", "n", "ci_low", "ci_high")), gives=("se_groups", "se_pairs"), prints="se", answer=pairs_as_groups,
         source=BECKER, ask=ASK_N, synonyms=("pairs_as_independent", "pairs_as_independent_groups")),
    Kind(code="n_from_smd_se", label="Participants behind a standardised difference", group=GROUP, rule="n = (2 + d²/4) / se² in each group",
         fields=(SMD, *WIDTH), needs=(("smd", "se"), ("smd", "ci_low", "ci_high"), ("smd", "half_width_low")),
         gives=("n",), answer=n_from_smd, source=BECKER, ask=ASK_N, synonyms=("effective_n", "effective_n_smd", "n_from_smd", "effective_participants", "effective_sample_size", "n_behind_se", "effective_number")),
    Kind(code="n_from_se", label="Participants behind a standard error", group=GROUP, rule="n = sd² / se²; (sd1² + sd2²) / se² in each of two groups",
         fields=(f.SD, f.SD_1, f.SD_2, *WIDTH), needs=(("sd", "se"), ("sd_1", "sd_2", "se"), ("sd", "ci_low", "ci_high"), ("sd_1", "sd_2", "ci_low", "ci_high")),
         gives=("n",), answer=n_from_se, source=HANDBOOK, ask=ASK_N, synonyms=("n_from_sd_se", "effective_n", "effective_participants", "effective_sample_size", "n_behind_se", "effective_number")),
)  # fmt: skip
