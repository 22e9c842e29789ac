"""Tests of counts: chi-squared with and without Yates, Fisher, McNemar, larger tables."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from synthesist.checks import fields as f
from synthesist.checks import reading
from synthesist.checks.kind import Field, Given, Impossible, Kind, Lacking, Outcome
from synthesist.checks.ranges import Span, exact
from synthesist.checks.rules.exact_tables import (
    Table,
    chi2,
    fisher,
    likelihood_ratio,
    mcnemar,
    upper_chi2,
)
from synthesist.errors import InvalidInput
from synthesist.numerics.tails import chi2_upper

GROUP = "Tests of counts"


def table_of(g: Given) -> Table:
    """Return the two groups of a result.

    Raises
    ------
    Impossible
        If a group has more events than participants, or nobody.
    """
    if "table" in g:
        given = g.values["table"]
        if len(given) > 1:
            raise Lacking("One table is compared here, and several are given.")
        found = Table(*given[0])
    elif "cell_a" in g:
        a, b, c, d = (g.whole(f"cell_{letter}") for letter in "abcd")
        found = Table(a, a + b, c, c + d)
    else:
        found = Table(
            g.whole("events_1"), g.whole("n_1"), g.whole("events_2"), g.whole("n_2")
        )
    for events, n in ((found.a, found.n1), (found.c, found.n2)):
        if n == 0:
            raise Impossible("A group has no participants.")
        if events > n:
            raise Impossible(f"More events than participants: {events} of {n}.")
    return found


def _tests(t: Table) -> dict[str, float]:
    """Return the P value of every test of a table, by its name in words."""
    exact_ones = fisher(t)
    plain, corrected = chi2(t), chi2(t, corrected=True)
    found = {
        "Fisher's exact test": exact_ones["two_sided"],
        "Fisher's exact test, doubled tail": exact_ones["doubled"],
        "Fisher's exact test, mid-P": exact_ones["mid_p"],
        "a one-sided Fisher's exact test": min(
            exact_ones["less"], exact_ones["greater"]
        ),
    }
    if not math.isnan(plain):
        found |= {
            "the chi-squared test without correction": upper_chi2(plain),
            "the chi-squared test with Yates' correction": upper_chi2(corrected),
            "the likelihood-ratio test": upper_chi2(likelihood_ratio(t)),
            "the chi-squared test without correction, halved": upper_chi2(plain) / 2,
        }
    return found


def _hints(t: Table) -> dict[str, dict[str, Span]]:
    return {words: {"p": exact(p)} for words, p in _tests(t).items()}


def fisher_two_sided(g: Given) -> Outcome:
    """Return the P value of Fisher's exact test."""
    t = table_of(g)
    return Outcome(implied={"p": exact(fisher(t)["two_sided"])}, hints=_hints(t))


def fisher_mid_p(g: Given) -> Outcome:
    """Return the mid-P value of Fisher's exact test."""
    t = table_of(g)
    return Outcome(implied={"p": exact(fisher(t)["mid_p"])}, hints=_hints(t))


def fisher_doubled(g: Given) -> Outcome:
    """Return twice the smaller tail of Fisher's exact test."""
    t = table_of(g)
    return Outcome(implied={"p": exact(fisher(t)["doubled"])}, hints=_hints(t))


def _pearson(corrected: bool) -> Callable[[Given], Outcome]:
    def answer(g: Given) -> Outcome:
        """Return chi-squared and its P value."""
        t = table_of(g)
        x = chi2(t, corrected=corrected)
        if math.isnan(x):
            raise Lacking("Everybody or nobody had the event: chi-squared has no value.")  # fmt: skip
        implied = {"p": exact(upper_chi2(x)), "chi2": exact(x)}
        return Outcome(implied=implied, hints=_hints(t))

    return answer


def any_test(g: Given) -> Outcome:
    """Return the P values of the usual tests of a two-by-two table."""
    t = table_of(g)
    two = fisher(t)["two_sided"]
    implied = {"p_fisher": exact(two)}
    found = [two, fisher(t)["mid_p"], fisher(t)["doubled"]]
    if not math.isnan(x := chi2(t)):
        implied["p_chi2"] = exact(upper_chi2(x))
        implied["p_yates"] = exact(upper_chi2(chi2(t, corrected=True)))
        found += [span.low for span in implied.values()]
        found.append(upper_chi2(likelihood_ratio(t)))
    implied = {"p": Span(min(found), max(found)), **implied}
    return Outcome(
        implied=implied,
        routes=tuple({**implied, "p": exact(p)} for p in found),
        hints=_hints(t),
    )


MCNEMAR_WORDS = {
    "exact": "the exact test",
    "chi2": "the test without correction",
    "corrected": "the test with continuity correction",
    "mid_p": "the mid-P test",
}


def _pairs(g: Given) -> tuple[int, int]:
    return g.whole("b"), g.whole("c")


def any_mcnemar(g: Given) -> Outcome:
    """Return the P values of McNemar's test by its versions."""
    found = mcnemar(*_pairs(g))
    named = {f"p_{name}": exact(p) for name, p in found.items()}
    whole = Span(min(found.values()), max(found.values()))
    implied: dict[str, Span] = {"p": whole, **named}
    if sum(_pairs(g)):
        b, c = _pairs(g)
        implied["chi2"] = exact((b - c) ** 2 / (b + c))
    return Outcome(
        implied=implied,
        routes=tuple({**named, "p": exact(p)} for p in found.values()),
    )


def _one_mcnemar(version: str) -> Callable[[Given], Outcome]:
    def answer(g: Given) -> Outcome:
        """Return the P value of one version of McNemar's test."""
        found = mcnemar(*_pairs(g))
        return Outcome(
            implied={"p": exact(found[version])},
            hints={MCNEMAR_WORDS[name]: {"p": exact(p)} for name, p in found.items()},
        )

    return answer


def larger_table(g: Given) -> Outcome:
    """Return Pearson's chi-squared of a table of any size."""
    rows: tuple[tuple[int, ...], ...] = g.values["rows"]
    n = sum(map(sum, rows))
    across = [sum(row) for row in rows]
    down = [sum(column) for column in zip(*rows, strict=True)]
    if not (all(across) and all(down)):
        raise Lacking("A row or column is empty: chi-squared has no value.")
    x = math.fsum(
        (o - across[i] * down[j] / n) ** 2 / (across[i] * down[j] / n)
        for i, row in enumerate(rows)
        for j, o in enumerate(row)
    )
    df = (len(rows) - 1) * (len(down) - 1)
    implied = {"p": exact(chi2_upper(x, df)), "chi2": exact(x), "df": exact(df)}
    return Outcome(implied=implied)


def _rows(given: Any) -> tuple[tuple[int, ...], ...]:
    """Read a table of counts, rows apart by semicolons or as lists."""
    parts = reading.items_of(given) or re.split(r"[;\n]", str(given))
    rows = tuple(
        tuple(int(reading.count(text).value) for text in reading.texts(part))
        for part in parts
    )
    if len(rows) < 2 or len({len(row) for row in rows}) > 1 or len(rows[0]) < 2:
        raise InvalidInput(
            "A table needs two rows or more, all of the same length.",
            remedy="write it as 12, 5, 3; 8, 9, 4",
        )
    return rows


GROUPS = (f.EVENTS_1, f.N_1, f.EVENTS_2, f.N_2, f.TABLE, *f.CELLS)
NEEDS = (
    ("events_1", "n_1", "events_2", "n_2"),
    ("table",),
    tuple(cell.name for cell in f.CELLS),
)
B = Field("b", "pairs that changed one way", reading.count,
          ("n10", "gained", "discordant_1", "b_1", "plus_minus", "n_10"))  # fmt: skip
C = Field("c", "pairs that changed the other way", reading.count,
          ("n01", "lost", "discordant_2", "minus_plus", "n_01"))  # fmt: skip
FISHER = "Fay MP. Two-sided exact tests and matching confidence intervals for discrete data. R J 2010;2(1):53. doi:10.32614/RJ-2010-008"
PEARSON = "Campbell I. Chi-squared and Fisher-Irwin tests of two-by-two tables with small sample recommendations. Stat Med 2007;26:3661. doi:10.1002/sim.2832"
PAIRED = "Fagerland MW, Lydersen S, Laake P. The McNemar test for binary matched-pairs data. BMC Med Res Methodol 2013;13:91. doi:10.1186/1471-2288-13-91"
ASK = "Which test gave the P value, one-sided or two-sided, and on which counts?"


def _kind(
    code: str,
    label: str,
    rule: str,
    answer: Callable[[Given], Outcome],
    source: str,
    **more: Any,
) -> Kind:
    settings: Mapping[str, Any] = {
        "fields": GROUPS,
        "needs": NEEDS,
        "gives": ("p",),
        **more,
    }
    return Kind(
        code=code,
        label=label,
        group=GROUP,
        rule=rule,
        answer=answer,
        source=source,
        ask=ASK,
        **settings,
    )


KINDS = (
    _kind("fisher_two_sided", "Fisher's exact test", "all tables at most as probable as this one",
          fisher_two_sided, FISHER, synonyms=("fisher", "fisher_exact", "fisher_two_tailed", "fisher_test", "fishers_exact", "fisher_exact_test", "fishers_exact_test", "fishers_test")),
    _kind("fisher_mid_p", "Fisher's exact test, mid-P", "as Fisher's test, tables as probable as this one counted half",
          fisher_mid_p, FISHER, synonyms=("fisher_midp",)),
    _kind("fisher_doubled", "Fisher's exact test, doubled tail", "twice the smaller tail (central)",
          fisher_doubled, FISHER, synonyms=("fisher_central",)),
    _kind("chi2_no_correction", "Chi-squared test without correction", "n (ad - bc)² / product of the margins, 1 df",
          _pearson(corrected=False), PEARSON, gives=("p", "chi2"),
          synonyms=("chi2", "chi_square", "chi_squared", "pearson_chi2", "chi2_uncorrected", "chi_square_no_correction", "chi2_pearson", "chi2_test", "chi_square_test", "chi_squared_test", "chisq", "chisq_test", "x2", "pearson_chi_square", "pearson_chi_squared")),
    _kind("chi2_yates", "Chi-squared test with Yates' correction", "n (|ad - bc| - n/2)² / product of the margins, 1 df",
          _pearson(corrected=True), PEARSON, gives=("p", "chi2"),
          synonyms=("chi2_corrected", "yates", "chi_square_yates", "chi2_with_correction", "chi2_correction", "chi2_continuity", "yates_chi2", "chi2_yates_correction")),
    _kind("two_by_two", "Tests of a two-by-two table", "P of chi-squared with and without correction, likelihood ratio, Fisher",
          any_test, PEARSON, gives=("p", "p_fisher", "p_chi2", "p_yates"), synonyms=("p_from_counts", "table_p", "two_by_two_p", "which_test")),
    _kind("mcnemar", "McNemar's test", "P of the exact, mid-P, plain and corrected test of the pairs that changed",
          any_mcnemar, PAIRED, fields=(B, C), needs=(("b", "c"),), gives=("p", "p_exact", "p_chi2", "p_corrected", "p_mid_p", "chi2"),
          synonyms=("mcnemar_test", "mcnemars_test", "mcnemars")),
    _kind("mcnemar_exact", "McNemar's test, exact", "binomial test of the pairs that changed",
          _one_mcnemar("exact"), PAIRED, fields=(B, C), needs=(("b", "c"),)),
    _kind("mcnemar_chi2", "McNemar's test without correction", "(b - c)² / (b + c), 1 df",
          _one_mcnemar("chi2"), PAIRED, fields=(B, C), needs=(("b", "c"),), synonyms=("mcnemar_no_correction", "mcnemar_uncorrected")),
    _kind("mcnemar_corrected", "McNemar's test with continuity correction", "(|b - c| - 1)² / (b + c), 1 df",
          _one_mcnemar("corrected"), PAIRED, fields=(B, C), needs=(("b", "c"),), synonyms=("mcnemar_yates", "mcnemar_continuity", "mcnemar_correction")),
    _kind("mcnemar_mid_p", "McNemar's test, mid-P", "exact test, the printed split counted half",
          _one_mcnemar("mid_p"), PAIRED, fields=(B, C), needs=(("b", "c"),), synonyms=("mcnemar_midp",)),
    _kind("chi2_table", "Chi-squared test of a larger table", "sum of (observed - expected)² / expected",
          larger_table, PEARSON, fields=(Field("rows", "counts, rows apart by semicolons", _rows, ("table", "counts", "observed")),),
          needs=(("rows",),), gives=("p", "chi2", "df"), synonyms=("chi2_rxc", "chi_square_table", "chi2", "chi_square", "chi_squared", "chi2_test", "chi_square_test", "chi_squared_test", "chisq_test")),
)  # fmt: skip
