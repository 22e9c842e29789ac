"""Simulated reports of tests between groups and within pairs."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from checks.simulated.making import digits, maker, p_txt, summary, two_groups, txt


@maker("t_test_summary", "sd_or_se")
def t_test(rng, kind):
    a, b = two_groups(rng)
    p = stats.ttest_ind(a, b, equal_var=bool(rng.integers(2))).pvalue
    given = summary(a, b, digits(rng, 2, 3))
    if kind == "sd_or_se" and rng.integers(2):
        given = {**given, "sd_1": txt(a.std(ddof=1) / math.sqrt(len(a)), 3),
                 "sd_2": txt(b.std(ddof=1) / math.sqrt(len(b)), 3), "label": "se"}  # fmt: skip
    return given, p_txt(p, rng)


@maker("mean_difference")
def mean_difference(rng, kind):
    a, b = two_groups(rng)
    ci = stats.ttest_ind(a, b, equal_var=bool(rng.integers(2))).confidence_interval()
    return summary(a, b, 2), f"{a.mean() - b.mean():.2f} ({ci.low:.2f}, {ci.high:.2f})"


@maker("paired_t_test")
def paired_t(rng, kind):
    n = int(rng.integers(5, 60))
    pre = rng.normal(10, 2, n)
    post = pre * rng.uniform(0.2, 1) + rng.normal(1, 1.5, n)
    p, d = stats.ttest_rel(post, pre).pvalue, digits(rng, 2, 3)
    if rng.integers(2):
        return {"mean_change": txt((post - pre).mean(), d), "n": str(n), "sd_change": txt((post - pre).std(ddof=1), d)}, p_txt(p, rng)  # fmt: skip
    given = {"mean_pre": txt(pre.mean(), d), "sd_pre": txt(pre.std(ddof=1), d), "mean_post": txt(post.mean(), d),
             "sd_post": txt(post.std(ddof=1), d), "r": txt(np.corrcoef(pre, post)[0, 1], d), "n": str(n)}  # fmt: skip
    return given, p_txt(p, rng)


@maker("ci_of_mean", "sd_from_ci")
def ci_of_mean(rng, kind):
    a, _ = two_groups(rng)
    sd, n, d = a.std(ddof=1), len(a), 2
    half = sd / math.sqrt(n) * (stats.t.isf(0.025, n - 1) if rng.integers(2) else stats.norm.isf(0.025))  # fmt: skip
    ends = txt(a.mean() - half, d), txt(a.mean() + half, d)
    if kind == "sd_from_ci":
        return {"ci_low": ends[0], "ci_high": ends[1], "n": str(n)}, txt(sd, d)
    return {"mean": txt(a.mean(), d), "sd": txt(sd, d), "n": str(n)}, " to ".join(ends)


@maker("p_from_z")
def p_from_z(rng, kind):
    z = rng.normal(0, 2)
    return {"z": txt(z, 2)}, p_txt(2 * stats.norm.sf(abs(z)), rng)


@maker("p_from_t")
def p_from_t(rng, kind):
    t, df = rng.normal(0, 2), int(rng.integers(4, 90))
    return {"t": txt(t, 2), "df": str(df)}, p_txt(2 * stats.t.sf(abs(t), df), rng)


@maker("p_from_chi2")
def p_from_chi2(rng, kind):
    df = int(rng.integers(1, 6))
    x = rng.chisquare(df) * 1.5
    return {"chi2": txt(x, 2), "df": str(df)}, p_txt(stats.chi2.sf(x, df), rng)


@maker("p_from_f")
def p_from_f(rng, kind):
    a, b = int(rng.integers(1, 5)), int(rng.integers(5, 90))
    x = rng.f(a, b) * 1.5
    return {"f": txt(x, 2), "df_1": str(a), "df_2": str(b)}, p_txt(stats.f.sf(x, a, b), rng)  # fmt: skip


@maker("p_from_r")
def p_from_r(rng, kind):
    n = int(rng.integers(5, 90))
    found = stats.pearsonr(*rng.multivariate_normal([0, 0], [[1, 0.3], [0.3, 1]], n).T)
    ci = found.confidence_interval()
    return {"r": txt(found.statistic, 3), "n": str(n)}, {"p": p_txt(found.pvalue, rng), "ci_low": txt(ci.low, 2)}  # fmt: skip


@maker("mann_whitney")
def mann_whitney(rng, kind):
    a, b = two_groups(rng)
    method = str(rng.choice(["exact", "asymptotic"]))
    if rng.integers(2):
        a, b, method = np.round(a), np.round(b), "asymptotic"
    found = stats.mannwhitneyu(a, b, method=method, use_continuity=bool(rng.integers(2)))  # fmt: skip
    ties = {} if len(np.unique([*a, *b])) > 8 else {"ties": "yes"}
    if max(len(a), len(b)) >= 50 and method == "exact":
        return mann_whitney(rng, kind)
    return {"u": f"{found.statistic:g}", "n_1": str(len(a)), "n_2": str(len(b)), **ties}, p_txt(found.pvalue, rng)  # fmt: skip


@maker("signed_rank")
def signed_rank(rng, kind):
    d = rng.normal(0.4, 1, int(rng.integers(6, 50)))
    method = str(rng.choice(["exact", "asymptotic"]))
    found = stats.wilcoxon(d, method=method, correction=bool(rng.integers(2)))
    return {"v": f"{found.statistic:g}", "n": str(len(d))}, p_txt(found.pvalue, rng)


@maker("rank_test_least_p")
def rank_test_least_p(rng, kind):
    n1, n2 = (int(x) for x in rng.integers(2, 6, 2))
    p = stats.mannwhitneyu(rng.normal(0, 1, n1), rng.normal(3, 1, n2), method="exact").pvalue  # fmt: skip
    return {"n_1": str(n1), "n_2": str(n2)}, p_txt(p, rng)


@maker("paired_counts")
def paired_counts(rng, kind):
    n = int(rng.integers(8, 60))
    before = rng.random(n) < rng.uniform(0.1, 0.9)
    after = np.where(rng.random(n) < 0.7, before, rng.random(n) < 0.4)
    b, c = int((before & ~after).sum()), int((after & ~before).sum())
    p = stats.binomtest(b, b + c).pvalue if b + c else 1.0
    return {"before": str(before.sum()), "after": str(after.sum()), "n": str(n)}, p_txt(p, rng)  # fmt: skip


@maker("paired_means")
def paired_means(rng, kind):
    n = int(rng.integers(6, 60))
    pre = rng.normal(10, 2, n)
    post = 0.7 * pre + rng.normal(2.5, 1.2, n)
    p = p_txt(stats.ttest_rel(post, pre).pvalue, rng)
    d = 2
    return {"mean_pre": txt(pre.mean(), d), "sd_pre": txt(pre.std(ddof=1), d), "mean_post": txt(post.mean(), d),
            "sd_post": txt(post.std(ddof=1), d), "n": str(n), "sd_change": txt((post - pre).std(ddof=1), d)}, p  # fmt: skip


@maker("pairs_as_groups")
def pairs_as_groups(rng, kind):
    n, d, r = int(rng.integers(10, 200)), rng.normal(0, 1), rng.uniform(0.3, 0.9)
    se = math.sqrt(2 * (1 - r) / n + d * d / (2 * n))
    return {"smd": txt(d, 2), "n": str(n), "r": txt(r, 2)}, txt(se, 3)
