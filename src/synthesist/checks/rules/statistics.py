"""The P value of a printed test statistic: z, t, F, chi-squared, a correlation."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from synthesist.checks import fields as f
from synthesist.checks import reading
from synthesist.checks.kind import Field, Given, Impossible, Kind, Lacking, Outcome
from synthesist.checks.ranges import Span, corners, critical, p_span
from synthesist.numerics.tails import chi2_upper, f_tail

GROUP = "P value of a printed statistic"


def _one_sided(p: Span) -> dict[str, dict[str, Span]]:
    """Return the hint that a test was one-sided."""
    return {"a one-sided test": {"p": Span(p.low / 2, p.high / 2)}}


def from_z(g: Given) -> Outcome:
    """Return the two-sided P value of z."""
    p = p_span(g.span("z"))
    return Outcome(implied={"p": p}, hints=_one_sided(p))


def from_t(g: Given) -> Outcome:
    """Return the two-sided P value of t."""
    df = g.span("df")
    if df.low <= 0:
        raise Impossible("A t test has degrees of freedom above zero.")
    p = p_span(g.span("t"), df)
    return Outcome(implied={"p": p}, hints=_one_sided(p))


def from_chi2(g: Given) -> Outcome:
    """Return the P value of chi-squared."""
    df = g.whole("df", 1)
    if df < 1:
        raise Impossible("Chi-squared has one degree of freedom or more.")
    x = g.span("chi2").clipped(0)
    return Outcome(implied={"p": Span(chi2_upper(x.high, df), chi2_upper(x.low, df))})


def from_f(g: Given) -> Outcome:
    """Return the P value of F."""
    low, high = g.whole("df_1"), g.value("df_2", 0.0)
    if low < 1 or high <= 0:
        raise Impossible("F has degrees of freedom above zero.")
    x = g.span("f").clipped(0)
    return Outcome(implied={"p": Span(f_tail(x.high, low, high), f_tail(x.low, low, high))})  # fmt: skip


def from_r(g: Given) -> Outcome:
    """Return P value and interval of a correlation."""
    n = g.whole("n")
    if n < 3:
        raise Lacking("A correlation of fewer than three pairs has no test.")
    r = g.span("r")
    if r.low > 1 or r.high < -1:
        raise Impossible("A correlation lies between -1 and 1.")
    r = r.clipped(-1, 1)
    implied = {"p": p_span(corners(lambda x: _t_of(x, n), r), n - 2)}
    if n > 3:
        half = critical(g.value("level", 0.95)) / math.sqrt(n - 3)
        implied["ci_low"] = corners(lambda x: math.tanh(_fisher(x) - half), r)
        implied["ci_high"] = corners(lambda x: math.tanh(_fisher(x) + half), r)
    return Outcome(implied=implied)


def _t_of(r: float, n: int) -> float:
    if abs(r) >= 1:
        return math.copysign(math.inf, r)
    return r * math.sqrt((n - 2) / (1 - r * r))


def _fisher(r: float) -> float:
    return math.atanh(r) if abs(r) < 1 else math.copysign(math.inf, r)


STATCHECK = "Nuijten MB et al. The prevalence of statistical reporting errors in psychology. Behav Res Methods 2016;48:1205. doi:10.3758/s13428-015-0664-2"
FISHER = "Bonett DG, Wright TA. Sample size requirements for estimating Pearson, Kendall and Spearman correlations. Psychometrika 2000;65:23. doi:10.1007/BF02294183"
ASK = "Which of statistic, degrees of freedom and P value is misprinted, and was the test two-sided?"


def _statistic(name: str, meaning: str, *synonyms: str) -> Field:
    return Field(name, meaning, reading.number, ("statistic", "stat", *synonyms))


def _kind(
    code: str,
    label: str,
    rule: str,
    fields: tuple[Field, ...],
    answer: Callable[[Given], Outcome],
    *,
    needs: tuple[str, ...],
    **more: Any,
) -> Kind:
    settings: dict[str, Any] = {"gives": ("p",), "source": STATCHECK, **more}
    return Kind(
        code=code,
        label=label,
        group=GROUP,
        rule=rule,
        fields=fields,
        needs=(needs,),
        answer=answer,
        ask=ASK,
        **settings,
    )


KINDS = (
    _kind("p_from_z", "P value of z", "two tails of the normal distribution", (_statistic("z", "z statistic"),), from_z,
          needs=("z",), synonyms=("z_test", "z_to_p", "p_value")),
    _kind("p_from_t", "P value of t", "two tails of t", (_statistic("t", "t statistic"), f.DF), from_t, needs=("t", "df"), synonyms=("t_to_p", "t_test", "ttest", "t_statistic", "p_value")),
    _kind("p_from_chi2", "P value of chi-squared", "upper tail of chi-squared; also of Kruskal-Wallis, log-rank, Cochran's Q",
          (_statistic("chi2", "chi-squared, H or Q", "chi_square", "chisq", "x2", "h", "q", "chi_squared"),
           Field("df", "degrees of freedom, 1 unless given", reading.count, ("dof",))), from_chi2, needs=("chi2",),
          synonyms=("kruskal_wallis", "log_rank_p", "cochran_q", "chi2_to_p", "log_rank", "log_rank_test", "logrank", "kruskal_wallis_test", "chi2", "chi_square", "chi_squared", "chi2_test", "chi_square_test", "chi_squared_test", "p_value")),
    _kind("p_from_f", "P value of F", "upper tail of F",
          (_statistic("f", "F statistic"), Field("df_1", "between", reading.count, ("df1", "dfn", "df_between")),
           Field("df_2", "within", reading.amount, ("df2", "dfd", "df_within"))), from_f, needs=("f", "df_1", "df_2"), synonyms=("anova_p", "anova", "f_test", "f_to_p", "p_value")),
    _kind("p_from_r", "P value and interval of a correlation", "t = r sqrt((n-2)/(1-r²)) on n - 2; tanh(atanh r ± z/sqrt(n-3))",
          (Field("r", "correlation", reading.number, ("correlation", "cor", "estimate")), f.N, f.LEVEL), from_r, needs=("r", "n"),
          gives=("p", "ci_low", "ci_high"), source=FISHER, synonyms=("correlation", "ci_from_r", "correlation_test")),
)  # fmt: skip
