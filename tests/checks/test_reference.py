"""Tests and limits against R's stats package, and against printed outputs of exact2x2."""

import json
import math
from pathlib import Path

import pytest
from numpy.testing import assert_allclose

from synthesist.checks import check_report
from synthesist.checks.ranges import Span, critical, p_span, statistic_of, two_tails
from synthesist.checks.rules.exact_tables import (
    Table,
    chi2,
    clopper_pearson,
    fisher,
    likelihood_ratio,
    mcnemar,
    upper_chi2,
    wilson,
)
from synthesist.checks.rules.mean_tests import Means, p_of, student, welch
from synthesist.checks.rules.rank_tests import (
    _exact_p,
    mann_whitney_tail,
    signed_rank_tail,
)
from synthesist.checks.rules.statistics import _t_of
from synthesist.numerics.tails import chi2_upper, f_tail

GOLDEN = Path(__file__).parents[1] / "golden" / "r" / "expected"
R = json.loads((GOLDEN / "checks.json").read_text("utf-8"))
CLOSE = {"rtol": 1e-10, "atol": 1e-14}


def exactly(*values):
    return [Span(float(v), float(v)) for v in values]


@pytest.mark.parametrize("case", R["two_by_two"], ids=lambda c: str(c["table"]))
def test_two_by_two_tables(case):
    t = Table(*case["table"])
    found = fisher(t)
    # R sums tables up to a tolerance in the density, so mid-P and P follow its own.
    assert_allclose(found["two_sided"], case["fisher"], **CLOSE)
    assert_allclose(found["less"], case["less"], **CLOSE)
    assert_allclose(found["greater"], case["greater"], **CLOSE)
    assert_allclose(found["doubled"], case["doubled"], **CLOSE)
    assert_allclose(found["mid_p"], case["mid_p"], **CLOSE)
    assert_allclose(chi2(t), case["chi2_statistic"], **CLOSE)
    assert_allclose(upper_chi2(chi2(t)), case["chi2"], **CLOSE)
    assert_allclose(upper_chi2(chi2(t, corrected=True)), case["yates"], **CLOSE)


@pytest.mark.parametrize("case", R["pairs"], ids=lambda c: str(c["pair"]))
def test_pairs(case):
    found = mcnemar(*case["pair"])
    for name in ("exact", "chi2", "corrected", "mid_p"):
        assert_allclose(found[name], case[name], **CLOSE)


def test_the_published_outputs_of_exact2x2():
    # Vignettes of exact2x2: tables 6 of 18 against 12 of 17, and 9 against 2 pairs.
    found = fisher(Table(6, 18, 12, 17))
    assert round(found["two_sided"], 5) == 0.04371
    assert round(found["doubled"], 5) == 0.06059
    pairs = mcnemar(9, 2)
    assert (round(pairs["exact"], 5), round(pairs["corrected"], 5), round(pairs["chi2"], 5)) == (0.06543, 0.07044, 0.03481)  # fmt: skip


@pytest.mark.parametrize("case", R["means"], ids=lambda c: str(c["groups"]))
def test_tests_of_means(case):
    m1, s1, n1, m2, s2, n2 = case["groups"]
    m = Means(*exactly(m1 - m2, s1, s2), n1, n2)
    assert_allclose(p_of(m.difference.size(), student(m)), [case["student"]] * 2, **CLOSE)  # fmt: skip
    assert_allclose(welch(m).df, [case["welch_df"]] * 2, **CLOSE)
    assert_allclose(p_of(m.difference.size(), welch(m)), [case["welch"]] * 2, **CLOSE)


def test_tests_of_data():
    data = R["data"]
    x, y = data["x"], data["y"]
    n = len(x)

    def moments(values):
        mean = math.fsum(values) / n
        return mean, math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1))

    (a, s), (b, r) = moments(x), moments(y)
    m = Means(*exactly(a - b, s, r), n, n)
    assert_allclose(p_of(m.difference.size(), student(m)).low, data["student"], **CLOSE)
    assert_allclose(p_of(m.difference.size(), welch(m)).low, data["welch"], **CLOSE)
    change, sd = moments([p - q for p, q in zip(x, y, strict=True)])
    assert_allclose(two_tails(change / sd * math.sqrt(n), n - 1), data["paired"], **CLOSE)  # fmt: skip
    t = _t_of(data["correlation"], n)
    assert_allclose(two_tails(t, n - 2), data["correlation_p"], **CLOSE)
    half = critical(0.95) / math.sqrt(n - 3)
    z = math.atanh(data["correlation"])
    assert_allclose([math.tanh(z - half), math.tanh(z + half)], data["correlation_ci"], **CLOSE)  # fmt: skip


@pytest.mark.parametrize("case", R["mann_whitney"], ids=lambda c: str(c["u"]))
def test_mann_whitney(case):
    u, n1, n2 = case["u"]
    assert_allclose(_exact_p(mann_whitney_tail(n1, n2), u), case["exact"], **CLOSE)


@pytest.mark.parametrize("case", R["signed_rank"], ids=lambda c: str(c["v"]))
def test_signed_rank(case):
    v, n = case["v"]
    assert_allclose(_exact_p(signed_rank_tail(n), v), case["exact"], **CLOSE)


@pytest.mark.parametrize("case", R["proportions"], ids=lambda c: f"{c['events']} of {c['n']}")  # fmt: skip
def test_intervals_of_a_proportion(case):
    found = clopper_pearson(case["events"], case["n"], case["level"])
    assert_allclose(found, case["exact"], **CLOSE)
    score = wilson(case["events"], case["n"], critical(case["level"]))
    assert_allclose(score, case["wilson"], rtol=1e-10, atol=1e-12)


def test_tails_and_points():
    tails = R["tails"]
    assert_allclose(two_tails(2.345), tails["z"], **CLOSE)
    assert_allclose(two_tails(2.345, 17.5), tails["t"], **CLOSE)
    assert_allclose(two_tails(9.5), tails["small"], rtol=1e-10, atol=0)
    assert_allclose(f_tail(3.21, 3, 44), tails["f"], **CLOSE)
    assert_allclose(chi2_upper(7.89, 4), tails["chi2"], **CLOSE)
    assert_allclose(statistic_of(Span(1e-12, 1e-12)).low, tails["z_of_p"], **CLOSE)
    assert_allclose(statistic_of(Span(1e-6, 1e-6), 9).low, tails["t_of_p"], **CLOSE)
    assert p_span(Span(-1.0, 2.0)).high == 1


def test_the_likelihood_ratio_is_a_sum_over_the_cells():
    # By hand: 2 sum of o log(o / e) over 10, 20, 30, 40 with e 12, 18, 28, 42.
    by_hand = 2 * (10 * math.log(10 / 12) + 20 * math.log(20 / 18) + 30 * math.log(30 / 28) + 40 * math.log(40 / 42))  # fmt: skip
    assert_allclose(likelihood_ratio(Table(10, 30, 30, 70)), by_hand, rtol=1e-12)


@pytest.mark.parametrize(
    ("kind", "given", "name", "value"),
    [
        # Anaya 2016 and Allard 2018, printed examples.
        ("grim", {"mean": "5.19", "n": "28"}, "verdict", "inconsistent"),
        ("grim", {"mean": "5.18", "n": "28"}, "verdict", "consistent"),
        ("grim", {"mean": "3.45", "n": "10"}, "verdict", "inconsistent"),
        # Zeros and ones: 35 of 100 have the deviation 0.479.
        ("debit", {"mean": "0.35", "n": "100", "printed": "0.479"}, "verdict", "consistent"),
        ("debit", {"mean": "0.35", "n": "100", "printed": "0.50"}, "verdict", "inconsistent"),
    ],
)  # fmt: skip
def test_printed_examples(kind, given, name, value):
    printed = given.pop("printed", None)
    item = {"id": "x", "kind": kind, "given": given, "printed": printed}
    (finding,) = check_report(item).findings
    assert getattr(finding, name) == value
