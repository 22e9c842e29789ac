"""Checks and quantities by the names that a stranger gives them."""

import pytest

from synthesist.checks import KINDS, check_report
from synthesist.checks.registry import SYNONYMS, find_kinds
from synthesist.errors import InvalidInput

GROUPS = {"mean1": "10.0", "sd1": "2.0", "n1": "20", "mean2": "8.0", "sd2": "2.0", "n2": "20"}  # fmt: skip


def answer(kind, given, printed=None):
    item = {"id": "x", "kind": kind, "given": given, "printed": printed}
    (found,) = check_report(item).findings
    return found


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("t_test", GROUPS, "t_test_summary"),
        ("t_test", {"t": "2.20", "df": "38"}, "p_from_t"),
        ("t_test", {"mean_diff": "1.5", "sd_diff": "3.0", "n": "25"}, "paired_t_test"),
        ("chi2", {"table": "14/29 v 4/29"}, "chi2_no_correction"),
        ("chi2", {"rows": "14 15 3; 4 25 6"}, "chi2_table"),
        ("chi2", {"chi2": "5.2", "df": "1"}, "p_from_chi2"),
        ("log_rank", {"chi2": "5.2"}, "p_from_chi2"),
        ("log_rank", {"o_minus_e": "-5.2", "v": "20.1"}, "log_rank"),
        ("percentages", {"percentages": "33.3, 66.7"}, "denominators_for_percentages"),
        ("percentage", {"percentage": "33.4", "n": "30"}, "count_from_percentage"),
        ("percentage", {"events": "10", "n": "30"}, "percentage_from_count"),
        ("rank_test", {"u": "23", "n1": "10", "n2": "10"}, "mann_whitney"),
        ("rank_test", {"v": "10", "n": "12"}, "signed_rank"),
        ("mcnemar", {"b": "15", "c": "5"}, "mcnemar"),
        ("mcnemar", {"before": "20", "after": "10", "n": "30"}, "paired_counts"),
        ("ci", {"estimate": "5.0", "se": "1.0"}, "ci_from_se"),
        ("ci", {"hr": "0.80", "p": "0.03"}, "ci_from_p"),
        ("ci", {"mean": "5.0", "sd": "1.0", "n": "30"}, "ci_of_mean"),
        ("ci", {"events": "6", "total": "17"}, "proportion_ci"),
        ("effective_n", {"sd": "10", "se": "1.0"}, "n_from_se"),
        ("bounded_scale", {"min": "0", "max": "9", "n": "8"}, "sd_within_range"),
        ("Fisher's exact test", {"table": "14/29 v 4/29"}, "fisher_two_sided"),
        ("estimate/ci/p", {"hr": "0.80", "ci": "0.73-0.87"}, "p_from_ci"),
        ("t_test", {}, "t_test_summary"),
    ],
)
def test_what_is_given_decides_what_a_general_name_means(name, given, code):
    assert answer(name, given).kind == code


def test_other_names_lead_to_the_check_that_has_them():
    for kind in KINDS.values():
        assert find_kinds(kind.code)[0] is kind
        assert all(kind.code in SYNONYMS[other] for other in kind.synonyms)
        assert len(set(kind.synonyms)) == len(kind.synonyms)


def test_a_name_that_is_none_is_refused_with_the_nearest():
    with pytest.raises(InvalidInput, match="no check grimm") as refused:
        find_kinds("grimm")
    assert "grim" in refused.value.problems[0].remedy


@pytest.mark.parametrize(
    ("sd", "verdict"),
    # k = 10 of 20: sqrt(10 x 10 / (20 x 19)) = 0.5130.
    [("0.51", "consistent"), ("0.50", "inconsistent"), ("0.18", "inconsistent")],
)
def test_a_deviation_given_to_debit_is_the_one_that_is_checked(sd, verdict):
    for given, printed in (
        ({"mean": "0.50", "sd": sd, "n": "20"}, None),
        ({"mean": "0.50", "n": "20"}, sd),
    ):
        found = answer("debit", given, printed)
        assert found.verdict == verdict
        assert found.implied["sd"].low == pytest.approx((100 / 380) ** 0.5, rel=1e-15)


def test_an_estimate_may_have_its_interval_in_brackets():
    whole = answer("p_from_ci", {"hr": "0.80 (0.73-0.87)"}, "<0.001")
    apart = answer("p_from_ci", {"hr": "0.80", "ci_low": "0.73", "ci_high": "0.87"}, "<0.001")  # fmt: skip
    assert whole.verdict == "consistent"
    assert whole.implied == apart.implied


def test_a_list_of_two_rows_holds_the_cells():
    cells = answer("fisher", {"table": [[19, 10], [11, 19]]}, "0.038")
    assert cells.verdict == "consistent"
    assert cells.implied == answer("fisher", {"table": "19/29 v 11/30"}).implied
    assert answer("fisher", {"table": [[19, -1], [11, 19]]}).error


@pytest.mark.parametrize("kind", ["p_from_ci", "se_from_ci"])
@pytest.mark.parametrize("estimate", ["0.60", "0.95", "-0.80"])
def test_an_estimate_outside_its_own_interval_is_named(kind, estimate):
    given = {"hr": estimate, "ci_low": "0.73", "ci_high": "0.87"}
    found = answer(kind, given, "<0.001" if kind == "p_from_ci" else "0.045")
    assert found.verdict == "inconsistent"
    assert "outside its own interval" in found.reason


@pytest.mark.parametrize(
    ("estimate", "outside"), [("0.71", True), ("0.72", False), ("0.7", False)]
)
def test_an_estimate_at_a_limit_to_rounding_is_not(estimate, outside):
    found = answer("se_from_ci", {"hr": estimate, "ci_low": "0.73", "ci_high": "0.87"})
    assert ("outside" in found.reason) is outside


@pytest.mark.parametrize(
    ("printed", "verdict"),
    # 0.56 - 0.40 ± 1.96 sqrt(0.56 x 0.44 / 100 + 0.40 x 0.60 / 100) = 0.0233 to 0.2967.
    [
        ("16% (2% to 30%)", "consistent"),
        ("0.16 (0.02 to 0.30)", "consistent"),
        ("16% (5% to 27%)", "inconsistent"),
        ("16% (0.02 to 0.30)", "inconsistent"),
    ],
)
def test_a_risk_difference_may_be_printed_in_per_cent(printed, verdict):
    given = {"events_1": "56", "n_1": "100", "events_2": "40", "n_2": "100"}
    assert answer("risk_difference", given, printed).verdict == verdict
