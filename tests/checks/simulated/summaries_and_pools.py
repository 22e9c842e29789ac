"""Simulated reports of summaries, effects, pools, survival, trials and doses."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from checks.simulated.making import (
    cells,
    maker,
    p_txt,
    some_counts,
    summary,
    table,
    two_groups,
    txt,
)


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
