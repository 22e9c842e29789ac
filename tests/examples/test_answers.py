"""What follows from the examples' numbers, against values computed elsewhere.

Expected values without another source were computed by hand from the printed
numbers, apart from this program.
"""

import math

import pytest
from numpy.testing import assert_allclose

import synthesist as sy
from synthesist.checks import estimate_from_p, read_printed, remove_part
from synthesist.review import select_results


def effects(review, analysis):
    """Return the study effects of a planned analysis, as the report computes them."""
    plan = review.analysis(analysis)
    columns = select_results(review, plan, sy.MEASURES[plan.measure]).columns()
    return sy.effect_table(columns, plan.measure)


def common(table):
    return sy.pool(table, tau2="CE", interval="normal")


def by_study(table):
    return dict(zip(table.study, range(len(table)), strict=True))


def test_risk_ratio_of_the_two_randomised_trials(sle):
    table = effects(sle, "sri4-rr")
    assert table.study == ("He 2020", "Humrich 2022 (LUPIL-2)")
    fit = common(table)
    limits = (fit.estimate, fit.interval.lower, fit.interval.upper)
    # 16/29 v 9/30 and 34/50 v 29/50 with a common effect.
    assert_allclose(
        [math.exp(x) for x in limits], [1.2738, 0.9689, 1.6747], rtol=0, atol=1e-4
    )
    assert_allclose(fit.q, 1.56, atol=0.005)


def test_the_common_effect_stands_beside_the_answer_of_two_trials(sle):
    fit = sy.pool(effects(sle, "sri4-rr"))
    (beside,) = fit.beside
    assert_allclose(math.exp(beside.estimate), 1.2738, rtol=0, atol=1e-4)
    # With two trials Hartung-Knapp knows next to nothing: far wider than a normal interval.
    assert fit.interval.upper - fit.interval.lower > 1


def test_risk_difference_of_the_two_randomised_trials(sle):
    table = effects(sle, "sri4-rd")
    differences = [16 / 29 - 9 / 30, 34 / 50 - 29 / 50]
    variances = [
        16 * 13 / 29**3 + 9 * 21 / 30**3,
        34 * 16 / 50**3 + 29 * 21 / 50**3,
    ]
    assert_allclose(table.y, differences, rtol=1e-12)
    assert_allclose(table.v, variances, rtol=1e-12)


def test_sensitivity_to_the_population_of_one_trial(sle):
    table = effects(sle, "sri4-rr-per-protocol")
    ratios = [(16 / 29) / (9 / 30), (20 / 24) / (15 / 29)]
    assert_allclose([math.exp(y) for y in table.y], ratios, rtol=1e-12)


def test_the_later_time_point_is_that_of_one_trial(sle):
    table = effects(sle, "sri4-rr-24-weeks")
    assert table.study == ("He 2020",)
    assert_allclose(math.exp(table.y[0]), (19 / 29) / (11 / 30), rtol=1e-12)


@pytest.mark.parametrize(
    ("analysis", "with_common_effect", "with_random_effects"),
    [
        # 36/40, 16/29, 34/50.
        ("response-single-arm-raw", 0.785, 0.722),
        ("response-single-arm-logit", 0.693, 0.730),
    ],
)
def test_the_scale_moves_the_response_of_the_treated(
    sle, analysis, with_common_effect, with_random_effects
):
    table = effects(sle, analysis)
    assert int(table.included.sum()) == 3
    for fit, expected in (
        (common(table), with_common_effect),
        (sy.pool(table), with_random_effects),
    ):
        assert_allclose(fit.display()["estimate"], expected, rtol=0, atol=5e-4)


def test_response_of_the_treated_by_the_binomial_normal_model(sle):
    fit = sy.glmm(effects(sle, "response-single-arm"))
    assert_allclose(fit.display()["estimate"], 0.734, rtol=0, atol=5e-4)


def test_single_arm_analyses_leave_their_model_to_the_default(sle):
    assert sle.analysis("response-single-arm").model is None
    assert sle.analysis("response-single-arm").measure == "PLO"


def test_a_regimen_without_a_printed_response_keeps_its_place(sle):
    table = effects(sle, "response-by-regimen")
    place = by_study(table)["SLE infection cohort 2019"]
    assert not table.included[place]
    assert math.isnan(table.y[place])
    assert "not reported" in table.row_notes[place]
    plan = sle.analysis("response-by-regimen")
    selection = select_results(sle, plan, sy.MEASURES[plan.measure])
    groups = {row.label: row.group for row in selection.rows}
    assert len(set(groups.values())) == 3
    alone = groups["SLE infection cohort 2019"]
    assert [label for label, group in groups.items() if group == alone] == [
        "SLE infection cohort 2019"
    ]


def test_a_zero_is_computed_and_not_reported_is_left_out(sle):
    table = effects(sle, "sae-rr")
    place = by_study(table)
    here, there = place["He 2020"], place["Humrich 2022 (LUPIL-2)"]
    # 0/29 v 3/30 with 1/2 added to every cell.
    assert_allclose(math.exp(table.y[here]), (0.5 / 30) / (3.5 / 31), rtol=1e-12)
    assert "1/2" in table.row_notes[here]
    assert "not reported" in table.row_notes[there]
    assert list(table.included) == [i == here for i in range(len(table))]


@pytest.mark.parametrize(
    ("analysis", "ratio"),
    [
        ("infection-rr", (2 / 29) / (6 / 30)),
        ("isr-rr", (9 / 29) / (2 / 30)),
        ("fever-rr", (4.5 / 30) / (0.5 / 31)),
        ("flu-rr", (3.5 / 30) / (0.5 / 31)),
        ("renal-remission-rr", (7 / 13) / (2 / 12)),
    ],
)
def test_outcomes_of_one_trial(sle, analysis, ratio):
    table = effects(sle, analysis)
    (value,) = table.y[table.included]
    assert_allclose(math.exp(value), ratio, rtol=1e-12)


def test_injection_site_reactions_of_the_treated(sle):
    table = effects(sle, "isr-single-arm")
    included = [s for s, here in zip(table.study, table.included, strict=True) if here]
    assert sorted(included) == ["He 2016", "He 2020"]


@pytest.mark.parametrize(
    ("analysis", "study", "ratio", "se"),
    [
        # ln S / ln S; 2 / sqrt(events), events as N (1 - S) in both arms.
        ("lfs-hr", "Blaise 2000", 1.17846, None),
        ("lfs-hr", "CALGB 19808", None, 0.194321),
        ("lfs-hr", "CCG-2961", 1.23611, None),
        ("os-hr", "Blaise 2000", None, 0.298341),
        ("os-hr", "ALFA 9801", 1.18089, None),
        ("os-hr", "CCG-2961", None, 0.220393),
        ("os-hr", "EORTC-GIMEMA 06991", 1.06272, None),
    ],
)
def test_hazard_ratios_by_landmarks(aml, analysis, study, ratio, se):
    table = effects(aml, analysis)
    place = by_study(table)[study]
    if ratio is not None:
        assert_allclose(math.exp(table.y[place]), ratio, rtol=0, atol=1e-5)
    if se is not None:
        assert_allclose(math.sqrt(table.v[place]), se, rtol=0, atol=1e-6)


def test_a_trial_without_landmark_stays_in_the_table(aml):
    for analysis in ("lfs-hr", "os-hr"):
        table = effects(aml, analysis)
        place = by_study(table)["CALGB 9720"]
        assert len(table) == 6
        assert int(table.included.sum()) == 5
        assert not table.included[place]
        assert "not reported" in table.row_notes[place]


def test_overall_survival_of_five_trials(aml):
    plan = aml.analysis("os-hr")
    columns = select_results(aml, plan, sy.MEASURES["HR"]).columns()
    fit = common(sy.effect_table(columns, "HR"))
    readings = [fit.estimate, fit.interval.lower, fit.interval.upper]
    assert_allclose(
        [math.exp(x) for x in readings], [1.0622, 0.8960, 1.2592], rtol=0, atol=5e-5
    )
    # With 275 patients in each arm of the sixth trial in place of 263 and 265.
    for role in ("n_t", "n_c"):
        place = columns["study"].index("EORTC-GIMEMA 06991")
        columns[role][place] = 275
    fit = common(sy.effect_table(columns, "HR"))
    readings = [fit.estimate, fit.interval.lower, fit.interval.upper]
    assert_allclose(
        [math.exp(x) for x in readings], [1.062, 0.897, 1.257], rtol=0, atol=1e-3
    )
    assert_allclose(fit.q, 2.54, rtol=0, atol=5e-3)


def implied(review, analysis):
    """Return what a printed hazard ratio and its P value imply."""
    (row,) = (
        r for r in review.reported if r.analysis == analysis and r.quantity == "HR"
    )
    estimate, p = read_printed(row.printed["value"]), read_printed(row.p)
    return estimate_from_p(estimate, p, log=True)


@pytest.mark.parametrize(
    ("analysis", "end", "expected"),
    [
        ("lfs-5-trials", 0, 0.810297),
        ("lfs-5-trials", 1, 1.16),
        ("lfs-hr", 1, 1.08713),
        ("os-hr", 0, 0.908189),
    ],
)
def test_intervals_that_were_not_printed(aml, analysis, end, expected):
    digits = len(str(expected).partition(".")[2])
    limit = implied(aml, analysis).interval()[end]
    assert_allclose(limit, expected, rtol=0, atol=0.5 * 10.0**-digits)


def test_standard_error_that_was_not_printed_and_its_rounding(aml):
    found = implied(aml, "os-5-trials")
    assert_allclose(found.se, 0.0895294, rtol=0, atol=5e-8)
    assert_allclose(found.se_range, (0.0832, 0.0959), rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("outcome", "ratio", "low", "high"),
    [("lfs", 0.9509, 0.8006, 1.1295), ("os", 0.9936, 0.7168, 1.3772)],
)
def test_the_sixth_trial_by_subtraction(aml, outcome, ratio, low, high):
    plan = aml.analysis(f"{outcome}-sixth")
    assert plan.kind == "subtraction"
    left = remove_part(implied(aml, plan.whole), implied(aml, plan.part))
    found = (left.reading(left.estimate), *left.interval())
    assert_allclose(found, (ratio, low, high), rtol=0, atol=5e-5)
    # Its landmark, which comes from other numbers, lies within.
    (value,) = effects(aml, f"{outcome}-sixth-landmark").y
    assert low < math.exp(value) < high
