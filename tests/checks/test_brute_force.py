"""Implied ranges against all numbers that round to the printed digits, gone through.

Inputs are stepped from end to end; every answer must lie in the implied range, and
the range may be no wider than what the inputs reach, save for the small room that
is left where two ends cannot be reached together.
"""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from synthesist.checks import check_report

STEPS = 9


def grid(text):
    """Return numbers that round to a text, both ends among them."""
    half = 0.5 * 10.0 ** -len(text.partition(".")[2])
    return np.linspace(float(text) - half, float(text) + half, STEPS)


def implied(kind, given):
    (finding,) = check_report({"id": "x", "kind": kind, "given": given, "printed": None}).findings  # fmt: skip
    assert not finding.error
    return finding.implied


Z = stats.norm.isf(0.025)
SMD = {"mean_1": "3.2", "sd_1": "2.8", "mean_2": "4.1", "sd_2": "3.3"}


def pooled(m1, s1, m2, s2, n1=12, n2=9):
    return (m1 - m2) / np.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n1 + n2 - 2))


def t_p(m1, s1, m2, s2, n1=12, n2=9):
    t = pooled(m1, s1, m2, s2) / math.sqrt(1 / n1 + 1 / n2)
    return 2 * stats.t.sf(np.abs(t), n1 + n2 - 2)


def welch_p(m1, s1, m2, s2, n1=12, n2=9):
    return stats.ttest_ind_from_stats(m1, s1, n1, m2, s2, n2, equal_var=False).pvalue


#: Check, printed texts that are rounded, exact ones, result, formula, room.
CASES = [
    ("se_from_ci", {"ci_low": "0.88", "ci_high": "1.35"}, {"measure": "HR"}, "se", lambda a, b: np.log(b / a) / (2 * Z), 1e-4),
    ("se_from_ci", {"ci_low": "-3.3", "ci_high": "-0.9"}, {"measure": "MD"}, "se", lambda a, b: (b - a) / (2 * Z), 1e-4),
    ("p_from_ci", {"estimate": "0.61", "ci_low": "0.25", "ci_high": "0.98"}, {"measure": "MD"}, "p", lambda y, a, b: 2 * stats.norm.sf(np.abs(y) * 2 * Z / (b - a)), 1e-3),
    ("p_from_ci", {"estimate": "0.97", "ci_low": "0.85", "ci_high": "1.10"}, {"measure": "HR"}, "p", lambda y, a, b: 2 * stats.norm.sf(np.abs(np.log(y)) * 2 * Z / np.log(b / a)), 1e-3),
    ("ci_from_p", {"estimate": "1.08", "p": "0.39"}, {"measure": "HR"}, "ci_low", lambda y, p: np.exp(np.log(y) - Z * np.abs(np.log(y)) / stats.norm.isf(p / 2)), 1e-4),
    ("ci_from_p", {"estimate": "-0.3", "p": "0.04"}, {"measure": "MD"}, "ci_high", lambda y, p: y + Z * np.abs(y) / stats.norm.isf(p / 2), 1e-4),
    ("ci_from_p", {"estimate": "0.02", "p": "0.8"}, {"measure": "MD"}, "ci_high", lambda y, p: y + Z * np.abs(y) / stats.norm.isf(p / 2), 1e-4),
    ("se_from_p", {"estimate": "1.08", "p": "0.39"}, {"measure": "HR"}, "se", lambda y, p: np.abs(np.log(y)) / stats.norm.isf(p / 2), 1e-9),
    ("p_from_se", {"estimate": "0.05", "se": "0.04"}, {}, "p", lambda y, s: 2 * stats.norm.sf(np.abs(y) / s), 1e-9),
    ("ci_from_se", {"estimate": "1.2", "se": "0.11"}, {"measure": "OR"}, "ci_high", lambda y, s: np.exp(np.log(y) + Z * s), 1e-4),
    ("level_from_ci", {"ci_low": "0.2", "ci_high": "0.9", "se": "0.2"}, {"measure": "MD"}, "level", lambda a, b, s: 100 * (1 - 2 * stats.norm.sf((b - a) / (2 * s))), 1e-9),
    ("t_test_summary", SMD, {"n_1": "12", "n_2": "9"}, "p", t_p, 1e-9),
    ("t_test_summary", SMD, {"n_1": "12", "n_2": "9"}, "p_welch", welch_p, 2e-3),
    ("revman_smd_independent", SMD, {"n_1": "12", "n_2": "9"}, "estimate", lambda *x: pooled(*x) * (1 - 3 / (4 * 21 - 9)), 1e-9),
    ("revman_smd_se", SMD, {"n_1": "12", "n_2": "9"}, "se", lambda *x: np.sqrt(21 / 108 + (pooled(*x) * (1 - 3 / 75)) ** 2 / (2 * (21 - 3.94))), 1e-9),
    ("paired_t_test", {"mean_pre": "12.2", "sd_pre": "3.3", "mean_post": "9.9", "sd_post": "2.8", "r": "0.6"}, {"n": "12"}, "p",
     lambda a, s, b, r, c: 2 * stats.t.sf(np.abs(b - a) * math.sqrt(12) / np.sqrt(s**2 + r**2 - 2 * c * s * r), 11), 1e-9),
    ("paired_t_test", {"mean_change": "-1.1", "sd_change": "2.0"}, {"n": "15"}, "ci_high", lambda d, s: d + stats.t.isf(0.025, 14) * s / math.sqrt(15), 1e-9),
    ("log_rank", {"o_minus_e": "-4.1", "v": "12.3"}, {}, "ci_high", lambda s, v: np.exp(s / v + Z / np.sqrt(v)), 1e-4),
    ("log_rank", {"o_minus_e": "-7.1", "v": "55"}, {}, "ci_low", lambda s, v: np.exp(s / v - Z / np.sqrt(v)), 1e-4),
    ("log_rank", {"o_minus_e": "0.1", "v": "2.3"}, {}, "hr", lambda s, v: np.exp(s / v), 1e-9),
    ("i2_from_q", {"q": "12.4"}, {"df": "7"}, "i2", lambda q: 100 * (q - 7) / q, 1e-9),
    ("change_of_means", {"mean_pre": "12.2", "mean_post": "9.9"}, {}, "mean_change", lambda a, b: b - a, 1e-9),
    ("sd_of_change", {"sd_pre": "2", "sd_post": "1", "r": "0.5"}, {}, "sd_change", lambda s, r, c: np.sqrt(s**2 + r**2 - 2 * c * s * r), 2e-2),
    ("correlation_from_deviations", {"sd_pre": "2", "sd_post": "3", "sd_change": "2.3"}, {}, "r", lambda a, b, c: np.clip((a**2 + b**2 - c**2) / (2 * a * b), -1, 1), 2e-2),
    ("p_from_t", {"t": "2.1"}, {"df": "18"}, "p", lambda t: 2 * stats.t.sf(t, 18), 1e-9),
    ("p_from_f", {"f": "3.2"}, {"df_1": "3", "df_2": "44"}, "p", lambda x: stats.f.sf(x, 3, 44), 1e-9),
    ("p_from_r", {"r": "0.04"}, {"n": "30"}, "p", lambda r: 2 * stats.t.sf(np.abs(r) * np.sqrt(28 / (1 - r**2)), 28), 1e-9),
    ("n_from_smd_se", {"smd": "1.76", "half_width_low": "0.24", "half_width_high": "0.25"}, {}, "n", lambda d, a, b: (2 + d**2 / 4) / ((a + b) / (2 * Z)) ** 2, 1e-2),
    ("n_from_se", {"sd": "2.5", "se": "0.4"}, {}, "n", lambda s, e: (s / e) ** 2, 1e-9),
    ("landmark_log_ratio", {"survival_1": "30", "survival_2": "36"}, {}, "hr", lambda a, b: np.log(a / 100) / np.log(b / 100), 1e-9),
    ("se_from_events", {"events": "44.9"}, {}, "se", lambda d: 2 / np.sqrt(d), 1e-9),
    ("events_from_se", {"se": "0.14"}, {}, "events", lambda s: 4 / s**2, 1e-9),
    ("combined_groups", SMD, {"n_1": "12", "n_2": "9"}, "sd", lambda m, s, o, r: np.sqrt((11 * s**2 + 8 * r**2 + 108 / 21 * (m - o) ** 2) / 20), 1e-9),
    ("sd_from_ci", {"ci_low": "3.1", "ci_high": "5.2"}, {"n": "20"}, "sd", lambda a, b: math.sqrt(20) * (b - a) / (2 * stats.t.isf(0.025, 19)), 0.2),
    ("wan_sd", {"min": "8", "max": "27"}, {"n": "29"}, "sd", lambda a, b: (b - a) / (2 * stats.norm.ppf((29 - 0.375) / 29.25)), 1e-9),
    ("skewness_of_median", {"min": "8", "median": "12", "max": "27"}, {"n": "29"}, "skewness_range", lambda a, m, b: np.abs(a + b - 2 * m) / (b - a), 1e-9),
    ("dose_convert", {"weight": "54"}, {"dose": "1 MIU", "to": "IU/kg"}, "dose", lambda w: 1e6 / w, 1e-6),
    ("rate_from_person_time", {"time": "12.5"}, {"events": "7"}, "rate", lambda t: 7 / t, 1e-9),
    ("mean_and_median", {"median": "5.5", "sd": "2.1"}, {}, "mean", lambda m, s: m + s * np.array([-1.0, 1.0])[:, None], 1e-9),
    ("two_estimates", {"estimate_1": "0.7", "ci_low_1": "0.5", "ci_high_1": "0.9", "estimate_2": "1.1", "ci_low_2": "0.8", "ci_high_2": "1.6"}, {"measure": "HR"}, "p",
     lambda y, a, b, x, c, d: 2 * stats.norm.sf(np.abs(np.log(y / x)) * 2 * Z / np.hypot(np.log(b / a), np.log(d / c))), 1e-3),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[3]}")
def test_the_range_holds_all_that_round_and_hardly_more(case):
    kind, rounded, exact, name, formula, room = case
    span = implied(kind, {**rounded, **exact})[name]
    steps = [grid(text) for text in rounded.values()]
    if len(steps) > 5:
        steps = [ends[:: STEPS // 2] for ends in steps]
    points = np.array(list(itertools.product(*steps))).T
    values = np.asarray(formula(*points), dtype=float)
    size = max(1.0, abs(span.low), abs(span.high))
    assert values.min() >= span.low - 1e-9 * size
    assert values.max() <= span.high + 1e-9 * size
    assert values.min() - span.low <= room * size
    assert span.high - values.max() <= room * size


@pytest.mark.parametrize("n", [7, 13, 40])
@pytest.mark.parametrize("places", [0, 1, 2])
def test_every_percentage_finds_its_counts_and_denominators(n, places):
    for k in range(n + 1):
        text = f"{100 * k / n:.{places}f}"
        counts = implied("count_from_percentage", {"percentage": text, "n": str(n)})["events"]  # fmt: skip
        possible = [j for j in range(n + 1) if abs(100 * j / n - float(text)) <= 0.5 * 10.0**-places + 1e-12]  # fmt: skip
        assert counts == (possible[0], possible[-1])
        found = implied("denominators_for_percentages", {"percentages": text, "n_max": "60"})  # fmt: skip
        among = {span.low for name, span in found.items() if name.startswith("n_")}
        every = {m for m in range(1, 61) if any(abs(100 * j / m - float(text)) <= 0.5 * 10.0**-places + 1e-12 for j in range(m + 1))}  # fmt: skip
        assert among == set(sorted(every)[:40])


def test_grim_and_grimmer_pass_all_data_of_few_whole_numbers():
    possible = set()
    for data in itertools.combinations_with_replacement(range(6), 4):
        values = np.array(data)
        possible.add((f"{values.mean():.2f}", f"{values.std(ddof=1):.2f}"))
    means = {mean for mean, _ in possible}
    for hundredths in range(501):
        mean = f"{hundredths / 100:.2f}"
        (found,) = check_report({"id": "x", "kind": "grim", "given": {"n": "4"}, "printed": mean}).findings  # fmt: skip
        # A mean of quarters has no half-unit ties to round either way.
        assert (found.verdict == "consistent") == (mean in means)
    for mean, sd in possible:
        (found,) = check_report({"id": "x", "kind": "grimmer", "given": {"n": "4", "mean": mean}, "printed": sd}).findings  # fmt: skip
        assert found.verdict == "consistent"


def test_debit_knows_every_deviation_of_zeros_and_ones():
    for n, k in itertools.product((5, 23), range(6)):
        data = np.arange(n) < k
        (found,) = check_report({"id": "x", "kind": "debit", "given": {"n": str(n), "mean": f"{data.mean():.2f}"}, "printed": f"{data.std(ddof=1):.3f}"}).findings  # fmt: skip
        assert found.verdict == "consistent"


def test_paired_counts_go_through_every_split():
    found = implied("paired_counts", {"events_1": "13", "events_2": "2", "n": "29", "p": "0.5"})  # fmt: skip
    # 11 more lost than gained: (11, 0), (12, 1) or (13, 2) changed.
    ps = []
    for b, c in ((11, 0), (12, 1), (13, 2)):
        k, m = min(b, c), b + c
        ps += [stats.binomtest(k, m).pvalue, stats.chi2.sf((b - c) ** 2 / m, 1), stats.chi2.sf((abs(b - c) - 1) ** 2 / m, 1),
               2 * stats.binom.cdf(k, m, 0.5) - stats.binom.pmf(k, m, 0.5)]  # fmt: skip
    np.testing.assert_allclose(found["p_paired"], (min(ps), max(ps)), rtol=1e-10)


def test_a_pool_is_bounded_by_every_corner_of_its_inputs():
    given = {"estimates": "0.7; 1.1; 0.9", "ci_lows": "0.5; 0.8; 0.6", "ci_highs": "0.9; 1.6; 1.3", "measure": "HR"}  # fmt: skip
    found = implied("fixed_effect_pool", given)
    texts = [part for name in ("estimates", "ci_lows", "ci_highs") for part in given[name].split("; ")]  # fmt: skip
    answers = []
    for point in itertools.product(*(grid(text)[:: STEPS - 1] for text in texts)):
        y, low, high = (np.log(point[i : i + 3]) for i in (0, 3, 6))
        w = (2 * Z / (high - low)) ** 2
        m = (w * y).sum() / w.sum()
        answers.append((math.exp(m), w.sum() ** -0.5, (w * (y - m) ** 2).sum()))
    for name, values in zip(("estimate", "se", "q"), zip(*answers, strict=True), strict=True):  # fmt: skip
        assert found[name].low - 1e-6 <= min(values)
        assert found[name].high + 1e-6 >= max(values)
    # Estimate and error are reached; Q is bounded from outside.
    assert min(a[0] for a in answers) - found["estimate"].low < 1e-4
    assert found["estimate"].high - max(a[0] for a in answers) < 1e-4


def test_what_is_left_of_a_pool_is_bounded_by_its_corners():
    given = {"whole_estimate": "0.96", "whole_se": "0.06", "part_estimate": "0.97", "part_se": "0.09", "measure": "HR"}  # fmt: skip
    found = implied("subtraction", given)
    values = []
    for a, s, b, p in itertools.product(*(grid(given[name]) for name in ("whole_estimate", "whole_se", "part_estimate", "part_se"))):  # fmt: skip
        w, v = s**-2, p**-2
        values.append(math.exp((math.log(a) * w - math.log(b) * v) / (w - v)))
    np.testing.assert_allclose(found["estimate"], (min(values), max(values)), rtol=1e-9)
