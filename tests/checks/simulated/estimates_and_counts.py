"""Simulated reports of estimates, intervals, percentages and tables of counts."""

from __future__ import annotations

import numpy as np
from scipy import stats

from checks.simulated.making import (
    cells,
    digits,
    estimate,
    interval,
    maker,
    p_txt,
    some_counts,
    table,
    txt,
)


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
