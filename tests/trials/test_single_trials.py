"""Proportions, designs, monitoring, markers, harms and escalation against R and print."""

import csv
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import golden
from synthesist import trials
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.trials.body import SURFACE_FORMULAS
from synthesist.trials.designs import _probabilities

R = golden.load("trials")
PRINTED = golden.load("published/two_stage_designs.toml")
TIGHT = {"rtol": 1e-10, "atol": 1e-12}


def pair(interval):
    return interval.lower, interval.upper


@pytest.mark.parametrize("case", R["proportions"], ids=lambda c: f"{c['events']}/{c['n']} {c['level']}")  # fmt: skip
@pytest.mark.parametrize("method", trials.PROPORTION_INTERVALS)
def test_intervals_of_proportions_are_those_of_r(case, method):
    found = trials.proportion_interval(
        case["events"], case["n"], method=method, level=case["level"]
    )
    assert_allclose(pair(found), case[method], **TIGHT)


def test_exact_intervals_of_a_small_trial_to_the_printed_digits():
    assert_allclose(pair(trials.proportion_interval(6, 17)), (0.142, 0.617), atol=5e-4)
    assert_allclose(trials.proportion_interval(2, 17).upper, 0.364, atol=5e-4)
    assert_allclose(trials.proportion_interval(0, 18).upper, 0.185, atol=5e-4)
    assert_allclose(trials.proportion_interval(13, 38).lower, 0.1963, atol=5e-5)


def test_the_one_sided_bound_without_events_is_that_of_r():
    for case in R["proportions"]:
        found = trials.upper_bound_without_events(case["n"], level=case["level"])
        assert_allclose(found, case["above"], **TIGHT)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 400), st.data())
def test_intervals_mirror_when_events_and_others_change_places(n, data):
    events = data.draw(st.integers(0, n))
    for method in trials.PROPORTION_INTERVALS:
        low, high = pair(trials.proportion_interval(events, n, method=method))
        other = pair(trials.proportion_interval(n - events, n, method=method))
        assert 0 <= low <= events / n <= high <= 1
        assert_allclose((1 - high, 1 - low), other, rtol=1e-9, atol=1e-9)


def test_exact_limits_leave_their_tail_to_the_binomial():
    low, high = pair(trials.proportion_interval(5, 23, level=0.9))
    assert_allclose(_probabilities(23, low)[5:].sum(), 0.05, rtol=1e-10)
    assert_allclose(_probabilities(23, high)[:6].sum(), 0.05, rtol=1e-10)


def test_who_was_enrolled_and_not_evaluable_counts_as_without_response():
    found = trials.response(6, 17, enrolled=18)
    assert found.text() == "6/17, 35.3% (95% CI 14.2 to 61.7%)"
    assert found.enrolled_text() == "6/18, 33.3% (95% CI 13.3 to 59.0%)"
    assert "1 of 18 enrolled was not evaluable" in found.notes[0]
    assert "at most 15.3%" in trials.response(0, 18).notes[0]
    with pytest.raises(InvalidInput):
        trials.response(6, 17, enrolled=16)


def test_the_hierarchy_adds_up():
    found = trials.response_hierarchy({"CR": 0, "PR": 2, "SD": 4, "PD": 11}, 17, enrolled=18)  # fmt: skip
    assert (found.objective.events, found.control.events) == (2, 6)
    assert found.objective.estimate <= found.control.estimate
    with pytest.raises(InvalidInput, match="18 people, of 17"):
        trials.response_hierarchy({"CR": 1, "PR": 2, "SD": 4, "PD": 11}, 17)
    with pytest.raises(InvalidInput, match="no disease control"):
        trials.response_hierarchy({"CR": 1, "PR": 2, "SD": 4}, 17, control=("CR", "SD"))


@pytest.mark.parametrize("case", PRINTED["simon"], ids=lambda c: f"{c['p0']} {c['p1']} {c['alpha']} {c['power']}")  # fmt: skip
@pytest.mark.parametrize("kind", ["optimal", "minimax"])
def test_two_stage_designs_are_those_of_the_published_tables(case, kind):
    found = trials.simon(
        case["p0"], case["p1"], alpha=case["alpha"], power=case["power"], kind=kind
    )
    (r1, r), (n1, n) = found.futility, found.n
    assert [r1, n1, r, n] == case[kind]["design"]
    # The published table rounds a half down or up; a little more than half a digit.
    assert_allclose(found.expected_n, case[kind]["expected"], atol=0.056)
    assert_allclose(found.early_stop, case[kind]["stop"], atol=0.0056)
    assert found.alpha <= case["alpha"]
    assert found.power >= case["power"]


def test_the_example_that_another_program_prints():
    optimal = trials.simon(0.2, 0.4, alpha=0.1, power=0.9)
    minimax = trials.simon(0.2, 0.4, alpha=0.1, power=0.9, kind="minimax")
    assert_allclose((optimal.expected_n, minimax.expected_n), (26.02, 28.26), atol=5e-3)
    assert_allclose((optimal.early_stop, minimax.early_stop), (0.5489, 0.4551), atol=5e-5)  # fmt: skip


@pytest.mark.parametrize("case", R["designs"], ids=lambda c: str(c["n"]))
def test_errors_of_a_design_are_those_of_enumeration_in_r(case):
    found = trials.staged_design(
        case["p0"], case["p1"], tuple(case["n"]), tuple(case["futility"])
    )
    for name in ("alpha", "power", "early_stop", "expected_n"):
        assert_allclose(getattr(found, name), case[name], **TIGHT)


def test_no_smaller_expected_number_is_found_by_brute_force():
    best = min(
        (d.expected_n, d.n, d.futility)
        for n in range(2, 19)
        for n1 in range(1, n)
        for r1 in range(3)
        for r in range(r1, 8)
        if r1 < n1
        and r < n
        and (d := trials.staged_design(0.05, 0.35, (n1, n), (r1, r))).alpha <= 0.1
        and d.power >= 0.8
    )
    found = trials.simon(0.05, 0.35, alpha=0.1, power=0.8)
    assert best[1:] == (found.n, found.futility)


def test_boundaries_of_fleming():
    (case,) = PRINTED["fleming"]
    found = trials.fleming(case["p0"], case["p1"], tuple(case["n"]), alpha=case["alpha"])  # fmt: skip
    assert list(found.futility) == case["futility"]
    assert list(found.efficacy) == case["efficacy"]


@pytest.mark.parametrize(("p0", "p1"), [(0.05, 0.2), (0.1, 0.3), (0.2, 0.4)])
def test_a_single_stage_is_the_smallest_that_keeps_both_errors(p0, p1):
    found = trials.ahern(p0, p1)
    (n,), (r,) = found.n, found.futility
    assert found.alpha <= 0.05
    assert found.power >= 0.8
    for smaller in range(1, n):
        worth = [
            _probabilities(smaller, p1)[c + 1 :].sum()
            for c in range(smaller)
            if _probabilities(smaller, p0)[c + 1 :].sum() <= 0.05
        ]
        assert max(worth, default=0) < 0.8
    assert _probabilities(n, p0)[r:].sum() > 0.05


@pytest.mark.parametrize(
    "given",
    [
        {"n": (10, 8), "futility": (0, 2)},
        {"n": (10,), "futility": (10,)},
        {"n": (10, 20), "futility": (3,)},
        {"n": (10, 20), "futility": (3, 5), "efficacy": (2, 6)},
        {"n": (), "futility": ()},
    ],
)
def test_stages_that_contradict_each_other_are_refused(given):
    with pytest.raises(InvalidInput, match="contradict"):
        trials.staged_design(0.1, 0.3, **given)


def test_a_design_that_is_out_of_reach_says_so():
    with pytest.raises(NotEstimable, match="at most 500"):
        trials.ahern(0.1, 0.11)
    with pytest.raises(InvalidInput, match="upward"):
        trials.simon(0.4, 0.2)


@pytest.mark.parametrize("case", R["predictive"], ids=lambda c: str(c["n"]))
def test_posterior_and_predictive_probability_are_those_of_r(case):
    found = trials.monitor(
        case["events"], case["n"], prior=tuple(case["prior"]), target=case["target"],
        n_max=case["n_max"], success=case["success"],
    )  # fmt: skip
    assert_allclose(found.predictive, case["predictive"], **TIGHT)
    assert_allclose(found.above, case["above"], **TIGHT)
    assert_allclose(pair(found.interval), (case["low"], case["high"]), **TIGHT)
    assert "Prior Beta(" in found.summary()


def test_the_predictive_probability_printed_by_its_authors():
    # Lee and Liu 2008: 16 of 23, at most 40, prior Beta(0.6, 0.4): 0.5656.
    found = trials.monitor(16, 23, prior=(0.6, 0.4), target=0.6, n_max=40, success=0.9)
    assert_allclose(found.predictive, 0.5656, atol=5e-5)


def test_stopping_boundaries_follow_from_the_posterior():
    rule = trials.stopping_rule((10, 20), prior=(0.5, 0.5), target=0.2, low=0.05, high=0.95)  # fmt: skip
    for n, few, many in zip(rule.n, rule.futility, rule.efficacy, strict=True):
        for events in range(n + 1):
            above = trials.monitor(events, n, prior=(0.5, 0.5), target=0.2).above
            assert (above < 0.05) == (few is not None and events <= few)
            assert (above > 0.95) == (many is not None and events >= many)


def test_times_with_a_plus_are_censored_and_their_mean_a_bound():
    found = trials.durations(["8", "120", "241", "1086+"])
    assert (found.shortest, found.longest, found.ended) == ("8", "1086+", 3)
    assert found.mean_is_bound
    assert found.mean_text() == "at least 363.8 days"
    assert_allclose(found.curve.quantile(0.5)[0], 180.5)
    assert not trials.durations(["8", "120"]).mean_is_bound
    with pytest.raises(InvalidInput, match="no time"):
        trials.durations(["8", "a while"])


def markers():
    with golden.data("markers_made_up").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    value = [float(row["value"]) if row["value"] else math.nan for row in rows]
    return [r["person"] for r in rows], [r["visit"] for r in rows], value


def at(visit):
    people, visits, values = markers()
    found = {p: v for p, w, v in zip(people, visits, values, strict=True) if w == visit}
    return [found[p] for p in sorted(set(people), key=int)]


def test_paired_changes_are_those_of_r():
    case = R["change"]
    fold = trials.marker_change(at("before"), at("day 14"))
    assert fold.n == case["n"]
    assert_allclose(fold.estimate, case["fold"], **TIGHT)
    assert_allclose(pair(fold.interval), case["fold_interval"], **TIGHT)
    assert_allclose(fold.test.p, case["fold_p"], **TIGHT)
    assert_allclose(fold.signed_rank.p, case["rank_fold"]["p"], **TIGHT)
    plain = trials.marker_change(at("before"), at("day 14"), fold=False)
    assert_allclose(plain.estimate, case["difference"], **TIGHT)
    assert_allclose(pair(plain.interval), case["difference_interval"], **TIGHT)
    assert_allclose(plain.test.p, case["difference_p"], **TIGHT)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ([1, 1, -2, 3, 3, 3, 5, -1, 4, 0], "rank_ties"),
        (np.linspace(-20, 60, 61) + 0.123, "rank_many"),
    ],
)
def test_signed_ranks_with_ties_and_many_are_those_of_r(changes, name):
    found = trials.signed_rank(np.asarray(changes, dtype=float))
    assert_allclose(found.statistic, R["change"][name]["statistic"], **TIGHT)
    assert_allclose(found.p, R["change"][name]["p"], **TIGHT)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.1, 1e4), min_size=3, max_size=12), st.floats(0.01, 100))
def test_a_fold_change_does_not_depend_on_the_unit(before, unit):
    during = [value * (1.5 + 0.1 * i) for i, value in enumerate(before)]
    one = trials.marker_change(before, during)
    other = trials.marker_change(np.asarray(before) * unit, np.asarray(during) * unit)
    assert_allclose(one.estimate, other.estimate, rtol=1e-9)
    turned = trials.marker_change(during, before)
    assert_allclose(turned.estimate, 1 / one.estimate, rtol=1e-9)


def test_a_ratio_of_markers_is_the_quotient_of_their_fold_changes():
    cd4, cd8 = ([400, 600, 350], [500, 640, 490]), ([900, 800, 700], [850, 790, 600])
    ratio = trials.marker_ratio(cd4, cd8, label="CD4/CD8")
    one, other = trials.marker_change(*cd4), trials.marker_change(*cd8)
    assert_allclose(ratio.estimate, one.estimate / other.estimate, rtol=1e-12)


def test_a_marker_over_visits_is_that_of_a_mixed_model_in_r():
    people, visits, values = markers()
    found, case = trials.marker_visits(people, visits, values), R["visits"]
    # nlme stops where its own criterion says; it is the looser of the two.
    assert_allclose(found.estimate, case["estimate"], rtol=1e-6)
    assert_allclose(found.se, case["se"], rtol=1e-5)
    assert_allclose(found.between, case["between"], rtol=1e-5)
    assert_allclose(found.within, case["within"], rtol=1e-6)
    assert_allclose(found.log_likelihood, case["loglik"], rtol=1e-9)
    assert found.df == case["df"]
    assert_allclose(found.p, case["p"], rtol=1e-4)


def test_complete_visits_have_closed_forms():
    # Two visits without gaps: the difference and its error are those of the paired t.
    before, during = [3.0, 5.0, 4.0, 8.0, 6.5], [4.0, 7.5, 4.5, 9.0, 9.0]
    found = trials.marker_visits(
        [*"abcde"] * 2, ["before"] * 5 + ["during"] * 5, before + during, fold=False
    )
    change = np.subtract(during, before)
    assert_allclose(found.changes[0], change.mean(), rtol=1e-10)
    assert_allclose(found.se[1], change.std(ddof=1) / 5**0.5, rtol=1e-8)
    paired = trials.marker_change(before, during, fold=False)
    assert_allclose(found.p[0], paired.test.p, rtol=1e-6)
    assert_allclose(pair(found.intervals[0]), pair(paired.interval), rtol=1e-6)


def test_directions_are_counted_and_multiplicity_is_said():
    rows = [
        trials.MarkerDirection(marker="eosinophils", direction="increase", fold=15),
        trials.MarkerDirection(marker="CD4/CD8", direction="normalised"),
    ]
    found = trials.direction_table(rows)
    assert found.counts == {"increase": 1, "normalised": 1}
    assert "probability 0.10" in found.notes[0]
    with pytest.raises(InvalidInput, match="no decrease"):
        trials.MarkerDirection(marker="a", direction="decrease", fold=2)
    with pytest.raises(InvalidInput, match="no direction"):
        trials.MarkerDirection(marker="a", direction="up")


@pytest.mark.parametrize("case", R["rates"], ids=lambda c: str(c["events"]))
def test_exact_rates_are_those_of_r(case):
    found = trials.event_rate(case["events"], case["time"], per=1)
    assert_allclose(pair(found.interval), case["interval"], **TIGHT)


def test_harms_count_people_at_their_worst_grade():
    grades = trials.worst_grades(
        [1, 1, 2, 3, 3], ["fever", "fever", "fever", "fever", "rash"], [1, 3, 2, 1, 4]
    )
    assert grades == {"fever": {3: 1, 2: 1, 1: 1}, "rash": {4: 1}}
    table = trials.harm_table(grades, 10, serious={"fever": 2})
    assert [row.text() for row in table.serious] == [
        "2/10, 20.0% (95% CI 2.5 to 55.6%)"
    ]
    assert [row.events for row in table.any_grade] == [3, 1]
    assert [row.events for row in table.severe] == [1, 1]
    with pytest.raises(InvalidInput, match="episodes"):
        trials.harm_table({"fever": {1: 11}}, 10)


@pytest.mark.parametrize("case", R["crm"], ids=lambda c: str(c["target"]))
def test_continual_reassessment_is_that_integrated_by_r(case):
    found = trials.reassess(
        case["skeleton"], case["target"], case["level"], case["toxic"], prior_sd=case["prior_sd"]
    )  # fmt: skip
    for name in ("parameter", "spread", "at_mean", "mean", "above"):
        assert_allclose(getattr(found, name), case[name], **TIGHT)
    nearest = np.argmin(np.abs(np.array(case["at_mean"]) - case["target"]))
    assert found.recommended == nearest + 1
    assert np.all(np.diff(found.at_mean) > 0)
    assert np.all((found.low < found.mean) & (found.mean < found.high))


def test_more_toxicity_never_recommends_a_higher_dose():
    skeleton, level = [0.05, 0.1, 0.2, 0.35, 0.5], [2, 2, 2, 3, 3, 3]
    before = 6
    for events in range(7):
        toxic = [1] * events + [0] * (6 - events)
        found = trials.reassess(skeleton, 0.25, level, toxic).recommended
        assert found <= before
        before = found


@pytest.mark.parametrize("case", R["isotonic"], ids=lambda c: str(c["n"]))
def test_isotonic_rates_are_those_of_pooled_neighbours(case):
    assert_allclose(trials.isotonic(case["events"], case["n"]), case["rates"], **TIGHT)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=8)
)
def test_isotonic_rates_never_fall_and_keep_the_total(levels):
    events = [min(pair) for pair in levels]
    n = [max(pair) for pair in levels]
    found = trials.isotonic(events, n)
    known = found[~np.isnan(found)]
    assert np.all(np.diff(known) >= -1e-12)
    assert_allclose(np.nansum(found * n), sum(events), atol=1e-9)


def test_three_plus_three():
    assert trials.three_plus_three(0, 3) == "escalate"
    assert trials.three_plus_three(1, 3) == "expand"
    assert trials.three_plus_three(1, 6) == "escalate"
    assert trials.three_plus_three(2, 6) == "stop"
    found = trials.escalation_3_3([0, 1, 2, 0], [3, 6, 3, 0])
    assert (found.mtd, found.decision) == (2, "established")
    assert (
        trials.escalation_3_3([0, 2], [3, 3]).decision == "treat three more at level 1"
    )
    assert trials.escalation_3_3([2], [3]).decision == "no dose is tolerated"
    with pytest.raises(InvalidInput, match="too toxic"):
        trials.escalation_3_3([2, 0], [3, 3])
    with pytest.raises(InvalidInput, match="3 or 6"):
        trials.three_plus_three(1, 4)


def test_body_surface_is_that_of_the_formulas():
    for case in R["surface"]:
        for code, formula in SURFACE_FORMULAS.items():
            found = formula.compute(case["weight"], case["height"])
            assert_allclose(found, case[code], **TIGHT)
