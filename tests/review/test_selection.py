"""Which results enter an analysis, and where every cell of its table comes from."""

import numpy as np
import pytest
from scipy import stats
from tests.review.conftest import protocol

from synthesist.effects import MEASURES, effect_table
from synthesist.errors import InvalidInput
from synthesist.review import (
    Arm,
    Outcome,
    PlannedAnalysis,
    Regimen,
    Result,
    Study,
    select_results,
)

STUDIES = (
    Study(study="R1", label="First 2001", design="randomised", extra={"site": "x"}),
    Study(study="R2", design="randomised", extra={"site": ""}),
    Study(study="N1", design="non-randomised"),
    Study(study="S1", design="single-arm"),
)
ARMS = (
    *(
        Arm(study=study, arm=arm, role=role, regimen=regimen)
        for study in ("R1", "R2", "N1")
        for arm, role, regimen in (("drug", "treated", "low"), ("none", "control", ""))
    ),
    Arm(study="S1", arm="all", role="single"),
    Arm(study="R2", arm="more", role="treated"),
)


def result(row, study, arm, timepoint="12 w", population="", outcome="o", **given):
    return Result(
        study=study,
        arm=arm,
        outcome=outcome,
        timepoint=timepoint,
        population=population,
        source="s",
        row=row,
        **given,
    )


def plan(measure="RR", **given):
    return PlannedAnalysis(
        **({"id": "p", "title": "P", "measure": measure, "outcome": "o"} | given)
    )


@pytest.fixture
def select(review):
    """Return a function that selects results for a plan."""

    def run(results, analysis):
        made = review(
            protocol=protocol(
                outcomes=(Outcome(id="o", label="O"),),
                regimens=(Regimen(id="low", label="A low dose"),),
                analyses=(analysis,),
            ),
            studies=STUDIES,
            arms=ARMS,
            results=tuple(results),
        )
        return select_results(made, analysis, MEASURES[analysis.measure])

    return run


@pytest.fixture
def refuse(select):
    """Return a function that gives the one problem of a selection."""

    def run(results, analysis):
        with pytest.raises(InvalidInput) as caught:
            select(results, analysis)
        (problem,) = caught.value.problems
        assert problem.remedy
        return problem

    return run


def arms_of(study, row, treated, control, **given):
    """Return a row for each arm of a study with events and people."""
    return [
        result(row, study, "drug", events=treated[0], n=treated[1], **given),
        result(row + 1, study, "none", events=control[0], n=control[1], **given),
    ]


R1 = arms_of("R1", 2, (5, 20), (3, 21))
R2 = arms_of("R2", 4, (6, 30), (7, 31))


def test_two_groups_are_one_row_a_study_with_its_sources(select):
    selection = select([*R1, *R2], plan(subgroup="site"))
    assert selection.columns() == {
        "study": ["First 2001", "R2"],
        "events_t": [5, 6],
        "n_t": [20, 30],
        "events_c": [3, 7],
        "n_c": [21, 31],
        "group": ["x", None],
    }
    first = selection.rows[0]
    assert first.sources["events_t"] == (R1[0], "events")
    assert first.sources["n_c"] == (R1[1], "n")
    assert first.results == tuple(R1)
    assert (first.arm.arm, first.control.arm) == ("drug", "none")


def test_the_columns_become_effects(select):
    effects = effect_table(select([*R1, *R2], plan()).columns(), "RR")
    expected = np.log([(5 / 20) / (3 / 21), (6 / 30) / (7 / 31)])
    np.testing.assert_allclose(effects.y, expected, rtol=1e-12)


def test_rows_follow_the_order_of_the_studies(select):
    selection = select([*R2, *R1[::-1]], plan())
    assert [row.study.study for row in selection.rows] == ["R1", "R2"]


def test_a_study_with_empty_cells_keeps_its_place(select):
    empty = [result(4, "R2", "drug", n=30), result(5, "R2", "none")]
    selection = select([*R1, *empty], plan())
    assert selection.columns()["n_t"] == [20, None]
    assert [row.reported for row in selection.rows] == [True, False]
    effects = effect_table(selection.columns(), "RR")
    assert effects.included.tolist() == [True, False]


def test_two_groups_never_take_studies_without_control(select):
    single = result(8, "S1", "all", events=9, n=10)
    assert len(select([*R1, single], plan()).rows) == 1


def test_only_studies_without_control_are_not_two_groups(refuse):
    problem = refuse([result(8, "S1", "all", events=9, n=10)], plan())
    assert problem.field == "measure"
    assert "needs studies with a control group" in problem.message


def test_one_group_takes_treated_and_single_arms_and_says_what_they_are(select):
    single = result(8, "S1", "all", events=9, n=10)
    selection = select([*R1, single], plan("PLO"))
    assert selection.columns()["study"] == ["First 2001", "S1"]
    assert selection.columns()["events"] == [5, 9]
    assert selection.notes == (
        "Uncontrolled evidence: nothing is compared with a control group; 1 of 2 arms are from randomised trials.",
    )


def test_arms_of_one_study_are_told_apart(select):
    more = result(9, "R2", "more", events=8, n=33)
    selection = select([*R2, more], plan("PR"))
    assert selection.columns()["study"] == ["R2, drug", "R2, more"]


def test_arms_may_be_asked_for_by_role_or_name(select):
    more = result(9, "R2", "more", events=8, n=33)
    rows = [*R1, *R2, more]
    assert select(rows, plan("PR", arms=("control",))).columns()["events"] == [3, 7]
    assert select(rows, plan("PR", arms=("more",))).columns()["events"] == [8]


def test_a_control_group_is_never_counted_twice(select, refuse):
    rows = [*R1, *R2, result(9, "R2", "more", events=8, n=33)]
    problem = refuse(rows, plan())
    assert problem.field == "arms"
    assert "R2 has results for several treated arms: 'drug', 'more'" in problem.message
    assert select(rows, plan(arms=("drug",))).columns()["events_t"] == [5, 6]
    assert select(rows, plan(arms=("more",), studies=("R2",))).columns()["n_t"] == [33]


def test_a_missing_control_arm_is_told(refuse):
    problem = refuse([*R1, R2[0]], plan())
    assert "R2 has no result of outcome 'o' for its control arm" in problem.message
    assert problem.remedy.endswith('exclude = ["R2"]')


def test_a_study_may_be_left_out(select):
    assert len(select([*R1, R2[0]], plan(exclude=("R2",))).rows) == 1


def test_randomised_and_other_studies_are_mixed_only_when_asked_to(select, refuse):
    rows = [*R1, *arms_of("N1", 6, (1, 10), (2, 10))]
    assert refuse(rows, plan()).field == "designs"
    assert len(select(rows, plan(designs=("randomised",))).rows) == 1
    both = plan(designs=("randomised", "non-randomised"))
    assert len(select(rows, both).rows) == 2


def test_several_time_points_must_be_chosen_from(select, refuse):
    rows = [*R1, *arms_of("R1", 6, (8, 20), (4, 21), timepoint="24 w")]
    problem = refuse(rows, plan())
    assert problem.field == "timepoint"
    assert "'12 w', '24 w'" in problem.message
    assert select(rows, plan(timepoint=("24 w",))).columns()["events_t"] == [8]


def test_of_several_times_the_first_that_a_study_reports_is_taken(select):
    rows = [
        *arms_of("R1", 2, (8, 20), (4, 21), timepoint="24 w"),
        *R1,
        *R2,
        result(8, "R2", "drug", timepoint="24 w"),
        result(9, "R2", "none", timepoint="24 w"),
    ]
    selection = select(rows, plan(timepoint=("24 w", "12 w")))
    assert selection.columns()["events_t"] == [8, 6]
    assert selection.notes == (
        "Studies differ in their time points: 24 w (1), 12 w (1).",
    )


def test_populations_are_chosen_likewise(select, refuse):
    rows = [*R1, *arms_of("R1", 6, (5, 18), (3, 18), population="PP")]
    assert refuse(rows, plan()).field == "population"
    selection = select(rows, plan(population=("PP",)))
    assert selection.columns()["n_t"] == [18]


def test_contrasts_give_hazard_ratios_with_a_usual_level(select):
    rows = [
        result(2, "R1", "drug", comparator="none", hr=0.8, ci_low=0.6, ci_high=1.1, p="<0.2"),
        result(3, "R2", "drug", comparator="none", hr=0.9, ci_low=0.7, ci_high=1.2, ci_level=0.97),
    ]  # fmt: skip
    columns = select(rows, plan("HR")).columns()
    assert columns["ci_level"] == [0.95, 0.97]
    # The P value is not needed, and <0.2 could not be computed with.
    assert "p" not in columns
    effects = effect_table(columns, "HR")
    np.testing.assert_allclose(effects.y, np.log([0.8, 0.9]), rtol=1e-12)


def test_a_p_value_is_passed_on_where_nothing_else_was_printed(select):
    rows = [result(2, "R1", "drug", comparator="none", hr=0.8, p="0.04")]
    assert select(rows, plan("HR")).columns()["p"] == ["0.04"]


def test_a_difference_of_means_that_was_printed_as_such(select):
    rows = [
        result(2, "R1", "drug", comparator="none", mean=4.0, ci_low=-8.0, ci_high=16.0)
    ]
    columns = select(rows, plan("MD")).columns()
    assert (columns["md"], columns["ci_level"]) == ([4.0], [0.95])
    assert effect_table(columns, "MD").y[0] == 4


def test_observed_minus_expected(select):
    rows = [result(2, "R1", "drug", comparator="none", o_minus_e=-3.1, v=9.4)]
    selection = select(rows, plan("HR"))
    assert selection.columns()["o_minus_e"] == [-3.1]
    assert effect_table(selection.columns(), "HR").y[0] == pytest.approx(-3.1 / 9.4)


def test_survival_of_both_arms(select):
    rows = [
        result(2, "R1", "drug", n=50, surv_percent=40.0),
        result(3, "R1", "none", n=50, surv_percent=30.0),
    ]
    columns = select(rows, plan("HR")).columns()
    assert (columns["surv_t"], columns["surv_c"]) == ([40.0], [30.0])
    hr = np.log(np.log(0.4) / np.log(0.3))
    assert effect_table(columns, "HR").y[0] == pytest.approx(hr)


def test_a_comparison_cannot_stand_for_the_arms(refuse):
    rows = [result(2, "R1", "drug", comparator="none", hr=0.8, p="0.04")]
    problem = refuse(rows, plan("RD"))
    assert "First 2001" in problem.message


def test_means_at_the_end_or_changes(select):
    rows = [
        result(2, "R1", "drug", n=9, mean=5.0, sd=2.0, mean_change=-3.0, sd_change=1.5),
        result(3, "R1", "none", n=9, mean=7.0, sd=2.5, mean_change=-1.0, sd_change=1.0),
    ]
    final = select(rows, plan("MD")).columns()
    assert (final["mean_t"], final["sd_c"]) == ([5.0], [2.5])
    change = select(rows, plan("MD", values="change"))
    assert change.columns()["mean_t"] == [-3.0]
    assert change.columns()["sd_c"] == [1.0]
    assert change.rows[0].sources["mean_t"] == (rows[0], "mean_change")


BEFORE = [
    result(2, "S1", "all", timepoint="0 w", n=12, mean=10.0, sd=3.0),
    result(3, "S1", "all", n=12, mean=7.0, sd=4.0),
]


def test_changes_from_two_means_with_an_assumed_correlation(select):
    selection = select(BEFORE, plan("MC", baseline="0 w", r=0.5))
    columns = selection.columns()
    assert {role: columns[role] for role in ("mean_pre", "sd_pre", "mean_post", "sd_post", "n", "r")} == {
        "mean_pre": [10.0],
        "sd_pre": [3.0],
        "mean_post": [7.0],
        "sd_post": [4.0],
        "n": [12],
        "r": [0.5],
    }  # fmt: skip
    assert selection.rows[0].sources["mean_pre"] == (BEFORE[0], "mean")
    assert any("A correlation of 0.5" in note for note in selection.notes)
    effects = effect_table(columns, "MC")
    assert effects.y[0] == -3
    assert effects.v[0] == pytest.approx((9 + 16 - 2 * 0.5 * 3 * 4) / 12)


def test_a_correlation_that_was_printed_is_not_assumed(select):
    after = result(3, "S1", "all", n=12, mean=7.0, sd=4.0, r=0.7)
    selection = select([BEFORE[0], after], plan("MC", baseline="0 w", r=0.5))
    assert selection.columns()["r"] == [0.7]
    assert not any("correlation" in note for note in selection.notes)


def test_changes_that_were_printed_need_no_baseline(select):
    rows = [result(3, "S1", "all", n=12, mean_change=-3.0, sd_change=2.0)]
    columns = select(rows, plan("MC")).columns()
    assert columns["mean_change"] == [-3.0]
    assert effect_table(columns, "MC").v[0] == pytest.approx(4 / 12)


def test_ready_made_effects(select):
    rows = [result(2, "R1", "drug", comparator="none", mean=0.4, se=0.1)]
    columns = select(rows, plan("GEN")).columns()
    assert (columns["yi"], columns["sei"]) == ([0.4], [0.1])
    assert effect_table(columns, "GEN").v[0] == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("column", "groups"),
    [
        ("regimen", ["A low dose"]),
        ("design", ["randomised"]),
        ("site", ["x"]),
        ("timepoint", ["12 w"]),
        ("population", [None]),
        ("year", [None]),
        ("arm", ["drug"]),
        ("study", ["R1"]),
    ],
)
def test_subgroups_by_any_column(select, column, groups):
    assert select(R1, plan(subgroup=column)).columns()["group"] == groups


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"outcome": "x"}, "outcome", "results.csv holds no result of outcome 'x'"),
        ({"studies": ("N1",)}, "studies", 'left by studies = "N1"'),
        ({"exclude": ("R1",)}, "exclude", 'left by exclude = "R1"'),
        ({"designs": ("non-randomised",)}, "designs", "designs"),
        ({"timepoint": ("1 w", "2 w")}, "timepoint", 'timepoint = ["1 w", "2 w"]'),
        ({"population": ("ITT",)}, "population", 'population = "ITT"'),
        ({"measure": "PR", "arms": ("more",)}, "arms", 'left by arms = "more"'),
    ],
)
def test_the_filter_that_left_nothing_is_named(refuse, given, field, words):
    problem = refuse(R1, plan(**given))
    assert problem.field == field
    assert words in problem.message


def test_a_measure_of_what_results_csv_cannot_hold(refuse):
    problem = refuse(R1, plan("AUC"))
    assert (
        "AUC needs auc, n_t, n_c, for which results.csv has no columns"
        in problem.message
    )


def controlled(**cells):
    """Return results of the two arms of R1, the cells of each by a pair."""
    return [
        result(i + 1, "R1", arm, **{name: pair[i] for name, pair in cells.items()})
        for i, arm in enumerate(("drug", "none"))
    ]


def effects_of(selection, **rules):
    """Return the effects of a selection of mean differences."""
    return effect_table(selection.columns(), "MD", **rules)


@pytest.mark.parametrize("level", [None, 0.9])
def test_standard_deviations_follow_from_errors_and_intervals(select, level):
    # Handbook 6.5.2.2: SD = SE sqrt(n), and SE = width / (2 t) for small samples.
    rows = controlled(
        n=(25, 30), mean=(5.0, 3.0), se=(0.4, None), ci_low=(None, 2.0),
        ci_high=(None, 4.0), ci_level=(None, level),
    )  # fmt: skip
    found = effects_of(select(rows, plan("MD")))
    error = 1 / stats.t.ppf((1 + (level or 0.95)) / 2, 29)
    assert found.y == pytest.approx([2.0])
    assert found.v == pytest.approx([0.4**2 + error**2], rel=1e-12)
    assert "interval" in found.row_notes[0]


def test_an_interval_about_a_median_is_not_taken_for_the_mean(select):
    rows = controlled(
        n=(25, 30), median=(5.0, 3.0), q1=(3.0, 2.0), q3=(7.0, 5.0),
        ci_low=(4.0, 2.5), ci_high=(6.0, 3.5),
    )  # fmt: skip
    selection = select(rows, plan("MD"))
    assert "ci_low_t" not in selection.roles
    found = effects_of(selection, medians="luo-wan-shi")
    assert "median" in found.row_notes[0]
    with pytest.raises(InvalidInput, match="filled by half"):
        effects_of(selection)


def test_an_error_belongs_to_the_change_where_no_other_mean_is_given(select):
    rows = controlled(n=(25, 30), mean_change=(-2.0, -1.0), se=(0.4, 0.5))
    found = effects_of(select(rows, plan("MD", values="change")))
    assert found.v == pytest.approx([0.4**2 + 0.5**2])
    both = controlled(
        n=(25, 30), mean=(4.0, 5.0), mean_change=(-2.0, -1.0), se=(0.4, 0.5)
    )
    assert "se_t" not in select(both, plan("MD", values="change")).roles


def test_intervals_of_different_levels_are_not_mixed(select):
    rows = controlled(
        n=(25, 30), mean=(5.0, 3.0), ci_low=(4.0, 2.0), ci_high=(6.0, 4.0),
        ci_level=(0.9, 0.95),
    )  # fmt: skip
    with pytest.raises(InvalidInput, match="different levels"):
        select(rows, plan("MD"))


def test_ready_made_comparisons_are_controlled_and_never_mixed_with_single_arms(select):
    contrast = result(1, "R1", "drug", comparator="none", mean=0.5, se=0.1)
    alone = result(2, "S1", "all", mean=0.4, se=0.2)
    (row,) = select([contrast], plan("GEN")).rows
    assert row.control is not None
    assert not any(
        "Uncontrolled" in note for note in select([contrast], plan("GEN")).notes
    )
    assert any("Uncontrolled" in note for note in select([alone], plan("GEN")).notes)
    with pytest.raises(InvalidInput, match=r"single arms .* pooled together"):
        select([contrast, alone], plan("GEN"))
