"""Reports of simulated data, rounded as journals print them, one maker a check.

Each maker returns what is given and what is printed. Statistics come from
scipy.stats or from the data themselves, not from the program.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

MAKERS = {}


def maker(*kinds):
    """Register a maker for one check or several."""

    def register(function):
        for kind in kinds:
            MAKERS[kind] = function
        return function

    return register


def txt(value, digits):
    """Print a number with fixed decimals, as a journal does."""
    return f"{value:.{digits}f}"


def p_txt(p, rng):
    """Print a P value in one of the usual ways."""
    style = rng.integers(3)
    if p < 0.001:
        return "<0.001" if style else f"{p:.2e}"
    return txt(p, 3) if style else txt(p, 4)


def digits(rng, low=1, high=3):
    return int(rng.integers(low, high + 1))


def two_groups(rng):
    n1, n2 = (int(x) for x in rng.integers(5, 80, 2))
    shift, scale = rng.normal(0, 1), rng.uniform(0.5, 20)
    a = rng.normal(10 + shift, 1, n1) * scale
    b = rng.normal(10, rng.uniform(0.6, 1.6), n2) * scale
    return a, b


def summary(a, b, d):
    return {
        "mean_1": txt(a.mean(), d), "sd_1": txt(a.std(ddof=1), d), "n_1": str(len(a)),
        "mean_2": txt(b.mean(), d), "sd_2": txt(b.std(ddof=1), d), "n_2": str(len(b)),
    }  # fmt: skip


def counts(rng, low=6, high=120):
    n1, n2 = (int(x) for x in rng.integers(low, high, 2))
    p, q = rng.uniform(0.05, 0.95, 2)
    return int(rng.binomial(n1, p)), n1, int(rng.binomial(n2, q)), n2


def cells(t):
    a, n1, c, n2 = t
    return {"events_1": str(a), "n_1": str(n1), "events_2": str(c), "n_2": str(n2)}


def table(t):
    a, n1, c, n2 = t
    return np.array([[a, n1 - a], [c, n2 - c]])


def some_counts(rng):
    """Return counts with events and others in both."""
    while True:
        t = counts(rng)
        if 0 < t[0] + t[2] < t[1] + t[3]:
            return t


def estimate(rng, d=2):
    """Return a ratio's or a difference's estimate, standard error and names."""
    se = rng.uniform(0.05, 0.5)
    y = rng.normal(0, 0.6)
    log = bool(rng.integers(2))
    return y, se, log


def interval(y, se, log, z, d):
    back = np.exp if log else float
    return {
        "estimate": txt(back(y), d), "ci_low": txt(back(y - z * se), d),
        "ci_high": txt(back(y + z * se), d), "measure": "HR" if log else "MD",
    }  # fmt: skip


@maker("se_from_ci", "se_from_ci_97")
def se_from_ci(rng, kind):
    y, se, log = estimate(rng)
    level = 0.97 if kind.endswith("97") else float(rng.choice([0.9, 0.95, 0.99]))
    given = interval(y, se, log, stats.norm.isf((1 - level) / 2), digits(rng, 2, 3))
    if kind == "se_from_ci":
        given["level"] = f"{100 * level:g}"
    return given, txt(se, 3)


@maker("p_from_ci")
def p_from_ci(rng, kind):
    y, se, log = estimate(rng)
    given = interval(y, se, log, stats.norm.isf(0.025), digits(rng, 2, 3))
    if rng.integers(2):
        df = int(rng.integers(5, 60))
        given = interval(y, se, log, stats.t.isf(0.025, df), digits(rng, 2, 3))
        return {**given, "df": str(df)}, p_txt(2 * stats.t.sf(abs(y) / se, df), rng)
    return given, p_txt(2 * stats.norm.sf(abs(y) / se), rng)


@maker("p_from_se")
def p_from_se(rng, kind):
    y, se, log = estimate(rng)
    p = 2 * stats.norm.sf(abs(y) / se)
    given = {"estimate": txt(np.exp(y) if log else y, 3), "se": txt(se, 3)}
    return {**given, "measure": "OR" if log else "MD"}, p_txt(p, rng)


@maker("ci_from_se")
def ci_from_se(rng, kind):
    y, se, log = estimate(rng)
    given = interval(y, se, log, stats.norm.isf(0.025), 2)
    printed = f"{given.pop('ci_low')} to {given.pop('ci_high')}"
    return {**given, "se": txt(se, 3)}, printed


@maker("ci_from_p", "ci_high_from_p", "se_from_p", "se_log_hr_from_p")
def ci_from_p(rng, kind):
    y, se, _ = estimate(rng)
    z = stats.norm.isf(0.025)
    given = {"hr": txt(np.exp(y), 2), "p": txt(2 * stats.norm.sf(abs(y) / se), 3)}
    if kind.startswith("se"):
        return given, txt(se, 3)
    low, high = np.exp(y - z * se), np.exp(y + z * se)
    printed = txt(high, 2) if kind == "ci_high_from_p" else f"{low:.2f}-{high:.2f}"
    return given, printed


@maker("level_from_ci")
def level_from_ci(rng, kind):
    y, se, log = estimate(rng)
    level = float(rng.choice([0.9, 0.95, 0.97, 0.99]))
    given = interval(y, se, log, stats.norm.isf((1 - level) / 2), 3)
    return {**given, "se": txt(se, 3)}, f"{100 * level:g}"


@maker("ci_symmetry")
def ci_symmetry(rng, kind):
    if rng.integers(2):
        n = int(rng.integers(10, 200))
        k = int(rng.integers(1, n))
        ci = stats.binomtest(k, n).proportion_ci(method=str(rng.choice(["exact", "wilson"])))  # fmt: skip
        given = {"ci_low": txt(100 * ci.low, 0), "ci_high": txt(100 * ci.high, 0)}
        return {**given, "measure": "percent"}, txt(100 * k / n, 0)
    y, se, log = estimate(rng)
    given = interval(y, se, log, 1.96, 2)
    return given, given.pop("estimate")


@maker("percentage_from_count")
def percentage_from_count(rng, kind):
    n = int(rng.integers(5, 300))
    k = int(rng.integers(0, n + 1))
    return {"events": str(k), "n": str(n)}, txt(100 * k / n, digits(rng, 0, 2)) + "%"


@maker("count_from_percentage")
def count_from_percentage(rng, kind):
    n = int(rng.integers(5, 90))
    k = int(rng.integers(0, n + 1))
    return {"percentage": txt(100 * k / n, digits(rng)), "n": str(n)}, str(k)


@maker("denominators_for_percentages")
def denominators(rng, kind):
    n = int(rng.integers(20, 90))
    several = [txt(100 * k / n, 1) for k in rng.integers(0, n + 1, 4)]
    return {"percentages": "; ".join(several)}, str(n)


@maker("sum")
def total(rng, kind):
    parts = rng.integers(1, 300, rng.integers(2, 7))
    return {"parts": "+".join(map(str, parts))}, str(parts.sum())


@maker("percentages_total")
def percentages_total(rng, kind):
    n = int(rng.integers(20, 300))
    parts = rng.multinomial(n, rng.dirichlet(np.ones(4)))
    return {"percentages": ", ".join(txt(100 * k / n, 1) for k in parts)}, "100"


def of_table(rng, p_of):
    t = some_counts(rng)
    return cells(t), p_txt(p_of(table(t)), rng)


@maker("fisher_two_sided")
def fisher(rng, kind):
    return of_table(rng, lambda t: stats.fisher_exact(t)[1])


@maker("fisher_doubled")
def fisher_doubled(rng, kind):
    def p(t):
        tails = (stats.fisher_exact(t, side)[1] for side in ("less", "greater"))
        return min(1.0, 2 * min(tails))

    return of_table(rng, p)


@maker("fisher_mid_p")
def fisher_mid_p(rng, kind):
    def p(t):
        law = stats.hypergeom(t.sum(), t[:, 0].sum(), t[0].sum())
        low, high = law.support()
        weights = law.pmf(np.arange(low, high + 1))
        here = law.pmf(t[0, 0])
        same = np.isclose(weights, here, rtol=1e-7, atol=0)
        return weights[(weights < here) & ~same].sum() + weights[same].sum() / 2

    return of_table(rng, p)


@maker("chi2_no_correction", "chi2_yates")
def chi2(rng, kind):
    return of_table(rng, lambda t: stats.chi2_contingency(t, kind == "chi2_yates")[1])


@maker("two_by_two")
def two_by_two(rng, kind):
    return (fisher, chi2)[rng.integers(2)](rng, "chi2_no_correction")


def discordant(rng):
    b, c = (int(x) for x in rng.integers(0, 30, 2))
    return b, c + (b + c == 0)


@maker("mcnemar", "mcnemar_exact", "mcnemar_chi2", "mcnemar_corrected", "mcnemar_mid_p")
def mcnemar(rng, kind):
    b, c = discordant(rng)
    n, k = b + c, min(b, c)
    found = {
        "mcnemar_exact": stats.binomtest(b, n).pvalue,
        "mcnemar_chi2": stats.chi2.sf((b - c) ** 2 / n, 1),
        "mcnemar_corrected": stats.chi2.sf(max(0, abs(b - c) - 1) ** 2 / n, 1),
        "mcnemar_mid_p": min(1.0, 2 * stats.binom.cdf(k, n, 0.5) - stats.binom.pmf(k, n, 0.5)),
    }  # fmt: skip
    p = found.get(kind) or found[str(rng.choice(list(found)))]
    return {"b": str(b), "c": str(c)}, p_txt(p, rng)


@maker("chi2_table")
def chi2_table(rng, kind):
    t = rng.integers(1, 40, (3, 4))
    rows = "; ".join(", ".join(map(str, row)) for row in t)
    return {"rows": rows}, p_txt(stats.chi2_contingency(t, False)[1], rng)


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


@maker("n_from_smd_se")
def n_from_smd_se(rng, kind):
    n, d = int(rng.integers(10, 300)), rng.normal(0, 1.5)
    se = math.sqrt(2 / n + d * d / (4 * n))
    return {"d": txt(d, 2), "ci_low": txt(d - 1.959964 * se, 2), "ci_high": txt(d + 1.959964 * se, 2)}, str(n)  # fmt: skip


@maker("n_from_se", "se_from_sd", "sd_from_se")
def n_from_se(rng, kind):
    a, _ = two_groups(rng)
    sd, n = a.std(ddof=1), len(a)
    given = {"sd": txt(sd, 2), "se": txt(sd / math.sqrt(n), 2), "n": str(n)}
    wanted = {"n_from_se": "n", "se_from_sd": "se", "sd_from_se": "sd"}[kind]
    return given, given.pop(wanted)


@maker("sd_within_range", "quartiles_as_range")
def sd_within_range(rng, kind):
    a, _ = two_groups(rng)
    a = a if rng.integers(2) else rng.lognormal(1, 0.8, len(a))
    given = {"min": txt(a.min(), 2), "max": txt(a.max(), 2), "n": str(len(a)), "mean": txt(a.mean(), 2)}  # fmt: skip
    return given, txt(a.std(ddof=1), 2)


@maker("bounded_scale")
def bounded_scale(rng, kind):
    a = 10 * rng.beta(*rng.uniform(0.2, 3, 2), int(rng.integers(3, 60)))
    return {"scale_min": "0", "scale_max": "10", "n": str(len(a)), "mean": txt(a.mean(), 2)}, txt(a.std(ddof=1), 2)  # fmt: skip


@maker("mean_and_median")
def mean_and_median(rng, kind):
    a = rng.lognormal(1, rng.uniform(0.2, 1.5), int(rng.integers(5, 60)))
    return {"median": txt(np.median(a), 2), "sd": txt(a.std(ddof=1), 2), "n": str(len(a))}, txt(a.mean(), 2)  # fmt: skip


@maker("combined_groups")
def combined_groups(rng, kind):
    a, b = two_groups(rng)
    both = np.concatenate([a, b])
    return summary(a, b, 2), {"mean": txt(both.mean(), 2), "sd": txt(both.std(ddof=1), 2)}  # fmt: skip


@maker("grim", "grimmer")
def grim(rng, kind):
    n = int(rng.integers(4, 40 if kind == "grim" else 12))
    a = rng.integers(0, 12, n)
    if kind == "grim":
        return {"n": str(n)}, txt(a.mean(), 2)
    return {"n": str(n), "mean": txt(a.mean(), 2)}, txt(a.std(ddof=1), 2)


@maker("debit")
def debit(rng, kind):
    n = int(rng.integers(4, 90))
    a = np.arange(n) < rng.integers(0, n + 1)
    return {"n": str(n), "mean": txt(a.mean(), 2)}, txt(a.std(ddof=1), 2)


@maker("wan_sd", "luo_mean")
def wan_sd(rng, kind):
    n = int(rng.integers(10, 200))
    low, high = sorted(rng.normal(10, 4, 2))
    middle = rng.uniform(low, high)
    if kind == "wan_sd":
        sd = (high - low) / (2 * stats.norm.ppf((n - 0.375) / (n + 0.25)))
        return {"min": txt(low, 2), "max": txt(high, 2), "n": str(n)}, txt(sd, 2)
    w = 4 / (4 + n**0.75)
    return {"min": txt(low, 2), "max": txt(high, 2), "median": txt(middle, 2), "n": str(n)}, txt(w * (low + high) / 2 + (1 - w) * middle, 2)  # fmt: skip


@maker("skewness_of_median")
def skewness(rng, kind):
    a = rng.normal(50, 10, int(rng.integers(20, 300)))
    q1, m, q3 = np.quantile(a, [0.25, 0.5, 0.75])
    return {"median": txt(m, 1), "q1": txt(q1, 1), "q3": txt(q3, 1), "n": str(len(a))}, None  # fmt: skip


@maker("smd")
def smd(rng, kind):
    a, b = two_groups(rng)
    df = len(a) + len(b) - 2
    sp = math.sqrt(((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / df)
    g = (a.mean() - b.mean()) / sp * (1 - 3 / (4 * df - 1))
    return summary(a, b, 2), txt(g, 2)


@maker("revman_smd_independent", "revman_smd_se")
def revman(rng, kind):
    a, b = two_groups(rng)
    n1, n2 = len(a), len(b)
    sp = math.sqrt(((n1 - 1) * a.var(ddof=1) + (n2 - 1) * b.var(ddof=1)) / (n1 + n2 - 2))  # fmt: skip
    g = (a.mean() - b.mean()) / sp * (1 - 3 / (4 * (n1 + n2) - 9))
    se = math.sqrt((n1 + n2) / (n1 * n2) + g * g / (2 * (n1 + n2 - 3.94)))
    if kind == "revman_smd_se":
        return summary(a, b, 2), txt(se, 3)
    return summary(a, b, 2), f"{g:.2f} [{g - 1.96 * se:.2f}, {g + 1.96 * se:.2f}]"


@maker("risk_ratio", "odds_ratio", "risk_difference")
def ratio(rng, kind):
    t = some_counts(rng)
    while 0 in table(t):
        t = some_counts(rng)
    (a, b), (c, d) = table(t)
    n1, n2 = t[1], t[3]
    y, se = {
        "risk_ratio": (math.log(a / n1 / (c / n2)), math.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2)),
        "odds_ratio": (math.log(a * d / (b * c)), math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)),
        "risk_difference": (a / n1 - c / n2, math.sqrt(a * b / n1**3 + c * d / n2**3)),
    }[kind]  # fmt: skip
    back = float if kind == "risk_difference" else math.exp
    return cells(t), f"{back(y):.2f} ({back(y - 1.96 * se):.2f} to {back(y + 1.96 * se):.2f})"  # fmt: skip


@maker("clopper_pearson", "clopper_pearson_high", "wilson", "proportion_ci")
def exact_interval(rng, kind):
    n = int(rng.integers(5, 120))
    k = int(rng.integers(0, n + 1))
    method = {"wilson": "wilson", "proportion_ci": str(rng.choice(["exact", "wilson"]))}.get(kind, "exact")  # fmt: skip
    ci = stats.binomtest(k, n).proportion_ci(method=method)
    given = {"events": str(k), "n": str(n)}
    if kind == "clopper_pearson_high":
        return given, txt(ci.high, 3)
    if rng.integers(2):
        return given, f"{100 * ci.low:.1f} to {100 * ci.high:.1f}%"
    return given, f"{ci.low:.3f} to {ci.high:.3f}"


@maker("two_estimates")
def two_estimates(rng, kind):
    given, ys, ses = {"measure": "HR"}, rng.normal(0, 0.5, 2), rng.uniform(0.1, 0.4, 2)
    for i, (y, se) in enumerate(zip(ys, ses, strict=True), 1):
        given |= {f"hr_{i}": txt(math.exp(y), 2), f"ci_low_{i}": txt(math.exp(y - 1.96 * se), 2), f"ci_high_{i}": txt(math.exp(y + 1.96 * se), 2)}  # fmt: skip
    z = (ys[0] - ys[1]) / math.hypot(*ses)
    return given, p_txt(2 * stats.norm.sf(abs(z)), rng)


def studies(rng):
    k = int(rng.integers(2, 8))
    return rng.normal(0.2, 0.4, k), rng.uniform(0.1, 0.5, k)


@maker("fixed_effect_pool", "subgroups_overall")
def pool(rng, kind):
    y, se = studies(rng)
    w = se**-2
    m, s = (w * y).sum() / w.sum(), w.sum() ** -0.5
    back = np.exp
    given = {"measure": "HR", "estimates": "; ".join(txt(v, 2) for v in back(y)),
             "ci_lows": "; ".join(txt(v, 2) for v in back(y - 1.96 * se)), "ci_highs": "; ".join(txt(v, 2) for v in back(y + 1.96 * se))}  # fmt: skip
    return given, f"{back(m):.2f} ({back(m - 1.96 * s):.2f}-{back(m + 1.96 * s):.2f})"


@maker("log_rank")
def log_rank(rng, kind):
    v = rng.uniform(3, 60)
    score = rng.normal(0, 1.5) * math.sqrt(v)
    given = {"o_minus_e": txt(score, 1), "v": txt(v, 1)}
    ends = [math.exp(score / v + z / math.sqrt(v)) for z in (-1.96, 1.96)]
    return given, f"{math.exp(score / v):.2f} ({ends[0]:.2f} to {ends[1]:.2f})"


@maker("i2_from_q")
def i2_from_q(rng, kind):
    df = int(rng.integers(2, 20))
    q = rng.chisquare(df) * 2
    return {"q": txt(q, 2), "df": str(df)}, txt(max(0, 100 * (q - df) / q), 0) + "%"


@maker("change_of_means", "sd_of_change", "correlation_from_deviations")
def changes(rng, kind):
    n = int(rng.integers(5, 60))
    pre = rng.normal(10, 2, n)
    post = pre * rng.uniform(0.2, 1) + rng.normal(1, 1.5, n)
    if kind == "change_of_means":
        return {"mean_pre": txt(pre.mean(), 1), "mean_post": txt(post.mean(), 1)}, txt((post - pre).mean(), 1)  # fmt: skip
    given = {"sd_pre": txt(pre.std(ddof=1), 2), "sd_post": txt(post.std(ddof=1), 2), "r": txt(np.corrcoef(pre, post)[0, 1], 2),
             "sd_change": txt((post - pre).std(ddof=1), 2)}  # fmt: skip
    return given, given.pop("sd_change" if kind == "sd_of_change" else "r")


@maker("fixed_effect_or", "fixed_effect_rd")
def pooled_counts(rng, kind):
    rows = [some_counts(rng) for _ in range(3)]
    while any(0 in table(row) for row in rows):
        rows = [some_counts(rng) for _ in range(3)]
    found = []
    for row in rows:
        (a, b), (c, d) = table(row)
        if kind == "fixed_effect_or":
            found.append((math.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d))
        else:
            found.append((a / (a + b) - c / (c + d), a * b / (a + b) ** 3 + c * d / (c + d) ** 3))  # fmt: skip
    y, v = np.array(found).T
    m = (y / v).sum() / (1 / v).sum()
    given = {"tables": "; ".join(f"{a}/{n} v {c}/{k}" for a, n, c, k in rows)}
    return given, txt(math.exp(m) if kind == "fixed_effect_or" else m, 2)


@maker("fixed_effect_rr")
def pooled_rr(rng, kind):
    rows = [some_counts(rng) for _ in range(3)]
    while any(r[0] in (0, r[1]) or r[2] in (0, r[3]) for r in rows):
        rows = [some_counts(rng) for _ in range(3)]
    y = np.array([math.log(a / n1 / (c / n2)) for a, n1, c, n2 in rows])
    w = np.array([1 / (1 / a - 1 / n1 + 1 / c - 1 / n2) for a, n1, c, n2 in rows])
    m = (w * y).sum() / w.sum()
    return {"tables": "; ".join(f"{a}/{n} v {c}/{m}" for a, n, c, m in rows)}, txt(math.exp(m), 2)  # fmt: skip


@maker("subtraction")
def subtraction(rng, kind):
    y, se = rng.normal(0, 0.3, 2), rng.uniform(0.08, 0.3, 2)
    w = se**-2
    m, s = (w * y).sum() / w.sum(), w.sum() ** -0.5
    given = {"measure": "HR"}
    for name, a, b in (("whole", m, s), ("part", y[0], se[0])):
        given |= {f"{name}_estimate": txt(math.exp(a), 3), f"{name}_ci_low": txt(math.exp(a - 1.96 * b), 3), f"{name}_ci_high": txt(math.exp(a + 1.96 * b), 3)}  # fmt: skip
    return given, txt(math.exp(y[1]), 2)


@maker("subgroup_counts")
def subgroup_counts(rng, kind):
    n = rng.integers(5, 90, 3)
    k = rng.binomial(n, 0.4)
    return {"events": ", ".join(map(str, k)), "n": ", ".join(map(str, n))}, txt(100 * k.sum() / n.sum(), 1)  # fmt: skip


@maker("landmark_log_ratio")
def landmark(rng, kind):
    s2, hr = rng.uniform(0.15, 0.9), math.exp(rng.normal(0, 0.4))
    s1 = s2**hr
    return {"survival_1": txt(100 * s1, 1), "survival_2": txt(100 * s2, 1)}, txt(math.log(s1) / math.log(s2), 2)  # fmt: skip


def trial(rng):
    """Return hazard ratio, standard error and P of a Cox model, events and landmarks."""
    n, hr = int(rng.integers(60, 250)), math.exp(rng.normal(0, 0.35))
    t = np.concatenate([rng.exponential(1 / hr, n), rng.exponential(1.0, n)])
    treated = np.repeat([1.0, 0.0], n)
    end = rng.uniform(0.6, 2.0)
    seen, time = t <= end, np.minimum(t, end)
    order = np.argsort(time)
    x, d = treated[order], seen[order]
    beta = 0.0
    for _ in range(25):
        risk = np.cumsum((np.exp(beta * x))[::-1])[::-1]
        share = np.cumsum((x * np.exp(beta * x))[::-1])[::-1] / risk
        score, info = (d * (x - share)).sum(), (d * share * (1 - share)).sum()
        beta += score / info
    alive = [1 - seen[treated == g].mean() for g in (1, 0)]
    return beta, info**-0.5, int(seen.sum()), alive, n


@maker("landmark_test", "hr_p_events")
def cox(rng, kind):
    beta, se, events, alive, n = trial(rng)
    if kind == "landmark_test":
        return {"survival_1": txt(100 * alive[0], 0), "survival_2": txt(100 * alive[1], 0), "n_1": str(n), "n_2": str(n)}, {"hr": txt(math.exp(beta), 2)}  # fmt: skip
    return {"hr": txt(math.exp(beta), 2), "events": str(events)}, p_txt(2 * stats.norm.sf(abs(beta) / se), rng)  # fmt: skip


@maker("se_from_events")
def se_from_events(rng, kind):
    a, b = (int(x) for x in rng.integers(5, 200, 2))
    if rng.integers(2):
        return {"events": str(a + b)}, txt(2 / math.sqrt(a + b), 3)
    return {"events_1": str(a), "events_2": str(b)}, txt(math.sqrt(1 / a + 1 / b), 3)


@maker("events_from_se")
def events_from_se(rng, kind):
    d = int(rng.integers(10, 400))
    return {"se": txt(2 / math.sqrt(d), 3)}, str(d)


@maker("events_from_survival")
def events_from_survival(rng, kind):
    n, k = (rng.integers(20, 200, 2), None)
    k = rng.binomial(n, 0.5)
    given = {f"n_{i + 1}": str(n[i]) for i in (0, 1)} | {f"survival_{i + 1}": txt(100 - 100 * k[i] / n[i], 1) for i in (0, 1)}  # fmt: skip
    return given, str(k.sum())


@maker("rate_from_person_time")
def rate(rng, kind):
    k, t = int(rng.integers(1, 90)), rng.uniform(50, 900)
    return {"events": str(k), "time": txt(t, 1), "per": "100"}, txt(100 * k / t, 2)


@maker("baseline_p_values")
def baseline(rng, kind):
    ps = [stats.ttest_ind(rng.normal(0, 1, 30), rng.normal(0, 1, 30)).pvalue for _ in range(int(rng.integers(4, 20)))]  # fmt: skip
    return {"p_values": ", ".join(txt(p, 3) for p in ps)}, None


@maker("same_participants")
def same_participants(rng, kind):
    start = rng.integers(2000, 2015, 2)
    given = {f"start_{i}": f"{start[i - 1]}-03" for i in (1, 2)} | {f"end_{i}": f"{start[i - 1] + 2}-05" for i in (1, 2)}  # fmt: skip
    given |= {f"n_{i}": str(rng.integers(20, 90)) for i in (1, 2)}
    ids = rng.choice(90000000, 2, replace=False) + 10000000
    given |= {f"registry_{i}": f"NCT{ids[i - 1]}" for i in (1, 2)}
    return given, None


@maker("dose")
def dose(rng, kind):
    d = rng.integers(1, 30, 2) / 10
    days = rng.integers(1, 12, 2)
    return {"schedule": f"{d[0]}x{days[0]}+{d[1]}x{days[1]}"}, txt((d * days).sum(), 1)


@maker("dose_convert")
def dose_convert(rng, kind):
    weight = rng.uniform(40, 90)
    return {"dose": "1.5 MIU", "weight": txt(weight, 1), "to": "IU/kg"}, txt(1.5e6 / weight, 0)  # fmt: skip


CORRUPTED = {}


def corrupter(*kinds):
    """Register an error that is no other printed number, for one check or several."""

    def register(function):
        for kind in kinds:
            CORRUPTED[kind] = function
        return function

    return register


def corrupted(rng, kind, given, printed, finding):
    """Put an error into a report, larger than what rounding leaves open.

    The printed result is moved out of the implied range by one to three times its
    width and two to six units of the last digit; a P value by a factor of two to ten
    beyond. Checks that compare nothing printed have errors of their own.
    """
    if kind in CORRUPTED:
        return CORRUPTED[kind](rng, given, printed)
    if isinstance(printed, dict):
        name = next(iter(printed))
        return given, {name: moved(rng, name, printed[name], finding.implied[name])}
    name = next(iter(finding.printed))
    return given, {name: moved(rng, name, finding.printed[name], finding.implied[name])}


def moved(rng, name, text, span):
    """Return a printed number that lies outside a range."""
    if name == "p" or name.startswith("p_"):
        return wrong_p(rng, span)
    number = text.strip("%<>")
    places = len(number.partition(".")[2])
    off = (span.high - span.low) * rng.uniform(1, 3) + 10.0**-places * rng.uniform(2, 6)
    up = bool(rng.integers(2)) or span.low - off < 0
    value = (span.high + off) if up else (span.low - off)
    return txt(value, places)


def wrong_p(rng, span):
    """Return a P value that lies outside a range by a factor."""
    factor = rng.uniform(2, 10)
    high = span.high * factor + 0.002
    if high < 0.99 and (rng.integers(2) or span.low < 0.004):
        return txt(high, 3)
    return txt(span.low / factor - 0.0005, 3) if span.low / factor > 0.001 else "<0.0001"  # fmt: skip


@corrupter("ci_symmetry")
def off_centre(rng, given, printed):
    low, high = float(given["ci_low"]), float(given["ci_high"])
    places = len(printed.partition(".")[2])
    unit = 10.0**-places
    if given["measure"] == "percent":
        # Exact intervals lean to the middle; further off than that is an error.
        return given, txt(low + 0.02 * (high - low) if rng.integers(2) else high - 0.02 * (high - low), places)  # fmt: skip
    off = (0.1 * (high - low) + 3 * unit) * (1 if rng.integers(2) else -1)
    return given, txt(float(printed) + off, places)


@corrupter("denominators_for_percentages")
def wrong_denominator(rng, given, printed):
    return given, str(int(printed) + 1)


@corrupter("percentages_total")
def missing_category(rng, given, printed):
    parts = [float(part) for part in given["percentages"].split(", ")]
    parts[int(rng.integers(len(parts)))] += rng.uniform(1, 9)
    return {"percentages": ", ".join(txt(part, 1) for part in parts)}, printed


@corrupter("rank_test_least_p")
def too_small_a_p(rng, given, printed):
    return given, "<0.001"


@corrupter("paired_counts")
def wrong_paired_p(rng, given, printed):
    before, after = int(given["before"]), int(given["after"])
    if abs(before - after) < 3:
        return given, "<0.001"
    # With so many that changed, P cannot be this large.
    return given, "0.97"


@corrupter("paired_means")
def unpaired_p(rng, given, printed):
    n, diff = int(given["n"]), float(given["mean_post"]) - float(given["mean_pre"])
    t = diff * math.sqrt(n) / math.hypot(float(given["sd_pre"]), float(given["sd_post"]))  # fmt: skip
    p = 2 * stats.t.sf(abs(t), 2 * n - 2)
    return given, txt(max(p, 0.004) * 1.5, 3) if p < 0.001 else txt(p, 3)


@corrupter("pairs_as_groups")
def se_of_groups(rng, given, printed):
    n, d = int(given["n"]), float(given["smd"])
    return given, txt(math.sqrt(2 / n + d * d / (4 * n)), 3)


@corrupter("sd_or_se")
def other_label(rng, given, printed):
    # Where both readings give P < 0.001 the label cannot be seen in it.
    seen = "0.35" if printed.startswith("<") or "e" in printed else printed
    return {**given, "label": "sd" if given.get("label") == "se" else "se"}, seen


@corrupter("se_from_sd")
def sd_as_se(rng, given, printed):
    return given, given["sd"]


@corrupter("sd_from_se")
def se_as_sd(rng, given, printed):
    return given, given["se"]


@corrupter("sd_within_range", "bounded_scale", "mean_and_median")
def too_wide(rng, given, printed):
    ends = [float(given[name]) for name in ("max", "min", "scale_max", "scale_min") if name in given]  # fmt: skip
    if not ends:
        return given, txt(float(given["median"]) + float(given["sd"]) * rng.uniform(1.1, 3) + 0.05, 2)  # fmt: skip
    return given, txt((ends[0] - ends[1]) * rng.uniform(0.8, 1.5), 2)


@corrupter("quartiles_as_range")
def quartiles(rng, given, printed):
    a = rng.normal(50, 12, 40)
    q1, q3 = np.quantile(a, [0.25, 0.75])
    return {"min": txt(q1, 2), "max": txt(q3, 2), "n": "40", "mean": txt(a.mean(), 2)}, txt(a.std(ddof=1), 2)  # fmt: skip


@corrupter("grim")
def impossible_mean(rng, given, printed):
    n, value = int(given["n"]), round(float(printed) * 100)
    possible = {math.floor(100 * k / n + 0.5) for k in range(13 * n)} | {math.ceil(100 * k / n - 0.5) for k in range(13 * n)}  # fmt: skip
    wrong = [v for v in range(max(0, value - 30), value + 30) if v not in possible]
    return given, txt(int(rng.choice(wrong)) / 100 if wrong else -0.37, 2)


@corrupter("grimmer")
def impossible_sd(rng, given, printed):
    n, total = int(given["n"]), round(float(given["mean"]) * int(given["n"]))
    sums = [s for s in range(max(0, total - 1), total + 2) if txt(s / n, 2) == given["mean"]]  # fmt: skip
    possible = {round(100 * math.sqrt(max(0, q - s * s / n) / (n - 1))) for s in sums for q in range(s % 2, 145 * n, 2)}  # fmt: skip
    value = round(float(printed) * 100)
    near = {v + shift for v in possible for shift in (-1, 0, 1)}
    wrong = [v for v in range(max(0, value - 60), value + 60) if v not in near]
    return given, txt(int(rng.choice(wrong)) / 100 if wrong else 99.0, 2)


@corrupter("skewness_of_median")
def misplaced_median(rng, given, printed):
    return {**given, "median": txt(float(given["q3"]) + rng.uniform(0.5, 9), 1)}, printed  # fmt: skip


@corrupter("landmark_test")
def other_hazard_ratio(rng, given, printed):
    return given, {"hr": txt(float(printed["hr"]) * (8 if rng.integers(2) else 1 / 8), 3)}  # fmt: skip


@corrupter("hr_p_events")
def other_events(rng, given, printed):
    events = int(given["events"])
    if printed.startswith("<") or float(printed) > 0.5 or 0.85 < float(given["hr"]) < 1.18:  # fmt: skip
        return {**given, "hr": "0.60", "events": "20"}, "<0.001"
    return {**given, "events": str(events * 4 if rng.integers(2) else max(1, events // 4))}, printed  # fmt: skip


@corrupter("baseline_p_values")
def too_much_alike(rng, given, printed):
    k = len(given["p_values"].split(", "))
    return {"p_values": ", ".join(txt(p, 3) for p in rng.uniform(0.985, 0.999, max(k, 10)))}, None  # fmt: skip


@corrupter("same_participants")
def one_trial_twice(rng, given, printed):
    return {**given, "registry_2": given["registry_1"].lower()}, None
