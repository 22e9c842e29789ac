"""Hazard ratios from what reports print, and curves back to patients."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from strategies import patients
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.ipd import (
    ROUTES,
    hazard_ratio_from_curves,
    hazard_ratio_from_report,
    printed_curve,
    reconstruct,
    reconstructed_trial,
    two_stage,
)
from synthesist.survival import cox, kaplan_meier, survival_data
from synthesist.survival.combine import combine

#: Printed in the abstract of Buyse et al., Blood 2011;117:7007: the answer of five
#: trials. Their standard errors and limits as worked in evidence/checks_sample.csv.
BUYSE = [
    ({"hr": "0.97", "p": "0.74"}, {"low": 0.810297}),
    ({"hr": "1.08", "p": "0.39"}, {"se": 0.0895294, "se_range": (0.0832, 0.0959)}),
    ({"hr": "0.96", "p": "0.52"}, {"high": 1.08713}),
    ({"hr": "1.06", "p": "0.46"}, {"low": 0.908189}),
]


@pytest.mark.parametrize(("printed", "expected"), BUYSE)
def test_ratio_and_p(printed, expected):
    found = hazard_ratio_from_report(printed).best
    limits = {
        "low": math.exp(found.log_hr - 1.959964 * found.se),
        "high": math.exp(found.log_hr + 1.959964 * found.se),
        "se": found.se,
    }
    for name, value in expected.items():
        if name == "se_range":
            assert_allclose(found.se_range, value, atol=1e-4)
        else:
            assert_allclose(limits[name], value, rtol=1e-5)


def test_landmark_survival():
    # Seven-year leukaemia-free survival 30 and 36 per cent: ln(.3)/ln(.36).
    printed = {"surv_t": "30", "n_t": 40, "surv_c": "36", "n_c": 38}
    found = hazard_ratio_from_report(printed)
    assert_allclose(math.exp(found.best.log_hr), 1.17846, rtol=1e-5)
    assert "proportional" in found.notes[-1]
    # Survival 38 and 47 per cent: D = 44.9 events, 2 / sqrt(D).
    printed = {"surv_t": "38", "n_t": 40, "surv_c": "47", "n_c": 38}
    assert_allclose(hazard_ratio_from_report(printed).best.se, 0.298341, rtol=1e-3)


#: One made-up trial of equal arms in which all routes must give nearly the same.
WHOLE = {
    "hr": "0.80",
    "ci_low": "0.66",
    "ci_high": "0.97",
    "p": "0.0256",
    "events": 400,
    "events_t": 190,
    "events_c": 210,
    "n_t": 500,
    "n_c": 500,
    "o_minus_e": "-22.3",
    "v": "100.0",
    "expected_t": "212.3",
    "expected_c": "187.7",
}


def test_every_route_has_a_value():
    found = hazard_ratio_from_report({**WHOLE, "surv_t": "60", "surv_c": "53"})
    assert {r.route for r in found.routes} == ROUTES.keys()
    for route in found.routes:
        assert_allclose(route.log_hr, math.log(0.8), atol=0.025)
        assert_allclose(route.se, 0.1, atol=0.005)
        assert route.log_hr_range[0] <= route.log_hr <= route.log_hr_range[1]
        assert route.se_range[0] <= route.se <= route.se_range[1]
    assert found.best.route == "o-e-v"
    assert "by rounding" in found.summary()
    assert len(found.to_dict()["routes"]) == len(ROUTES)


@pytest.mark.parametrize("code", ROUTES)
def test_a_route_alone_computes_its_formula(code):
    route = ROUTES[code]
    printed = {
        name: {**WHOLE, "surv_t": "60", "surv_c": "53"}[name] for name in route.needs
    }
    found = hazard_ratio_from_report(printed, favours="treated").routes
    assert code in {r.route for r in found}
    v = {
        "o-e-v": 100.0,
        "hr-ci": (2 * 1.959964 / math.log(0.97 / 0.66)) ** 2,
        "ci": (2 * 1.959964 / math.log(0.97 / 0.66)) ** 2,
        "o-e": 1 / (1 / 212.3 + 1 / 187.7),
        "hr-p": (2.2321 / math.log(0.8)) ** 2,
        "hr-events-arm": 190 * 210 / 400,
        "hr-events-n": 100,
        "hr-events": 100,
        "p-events-arm": 190 * 210 / 400,
        "p-events-n": 100,
        "p-events": 100,
        "landmark": (500 * 0.4 + 500 * 0.47) / 4,
    }[code]
    own = next(r for r in found if r.route == code)
    assert_allclose(own.se**-2, v, rtol=1e-3)


def test_p_alone_does_not_say_which_arm_does_better():
    printed = {"p": "0.02", "events": 100}
    with pytest.raises(NotEstimable, match="No hazard ratio follows"):
        hazard_ratio_from_report(printed)
    for favours, sign in (("treated", -1), ("control", 1)):
        found = hazard_ratio_from_report(printed, favours=favours).best
        assert math.copysign(1, found.log_hr) == sign
    one_sided = hazard_ratio_from_report(
        {"p": "0.01", "events": 100}, favours="treated", one_sided=True
    )
    two_sided = hazard_ratio_from_report(printed, favours="treated")
    assert_allclose(one_sided.best.log_hr, two_sided.best.log_hr)


def test_levels_of_intervals():
    # Nivolumab with bempegaldesleukin: HR 1.09, 97% interval 0.88 to 1.35.
    printed = {"hr": "1.09", "ci_low": "0.88", "ci_high": "1.35", "ci_level": 97}
    assert_allclose(hazard_ratio_from_report(printed).best.se, 0.0985991, rtol=1e-5)


def test_what_does_not_agree_is_said():
    found = hazard_ratio_from_report(
        {"hr": "0.80", "ci_low": "0.66", "ci_high": "0.97", "p": "0.40"}
    )
    assert any("standard error" in note for note in found.notes)
    found = hazard_ratio_from_report(
        {"hr": "0.90", "ci_low": "0.66", "ci_high": "0.97"}
    )
    assert any("centred on 0.8" in note for note in found.notes)
    found = hazard_ratio_from_report(
        {"o_minus_e": "10", "v": "50", "hr": "0.80", "ci_low": "0.6", "ci_high": "1.1"}
    )
    assert any("more than rounding explains" in note for note in found.notes)


@pytest.mark.parametrize(
    ("printed", "message"),
    [
        ({"hr": "0.8", "p": "<0.001"}, "not a plain printed number"),
        ({"hr": "-0.8", "p": "0.1"}, "hr is not above zero"),
        ({"hr": "0.8", "p": "1.2"}, "p is not between"),
        ({"ci_low": "1.2", "ci_high": "0.9"}, "upside down"),
        ({"surv_t": "130"}, "not between 0 and 100"),
        ({"hrr": "1"}, "A report has no hrr"),
        ({"hr": "0.8", "events": -3}, "events is below zero"),
    ],
)
def test_numbers_that_are_wrong(printed, message):
    with pytest.raises(InvalidInput, match=message):
        hazard_ratio_from_report(printed)
    with pytest.raises(InvalidInput, match="favours placebo"):
        hazard_ratio_from_report({"p": "0.1", "events": 9}, favours="placebo")


def test_a_ratio_printed_as_one_has_no_error_from_p():
    with pytest.raises(NotEstimable):
        hazard_ratio_from_report({"hr": "1.00", "p": "0.95"})
    found = hazard_ratio_from_report({"hr": "1.01", "p": "0.95"}).best
    assert found.se_range[0] < found.se < found.se_range[1]


#: Survival read off the curves of the FLOT4 trial (Al-Batran 2019) with the numbers
#: at risk printed under them, as listed by K Taylor (CEBM, data extraction tip 15).
MONTHS = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 21, 24, 27, 30, 33, 36, 39, 42, 45, 48,
          54, 60, 66, 72]  # fmt: skip
FLOT = [100, 99, 98, 93, 91, 87, 84, 80, 78, 76, 72, 69, 65, 61, 60, 57, 55, 54, 53,
        50, 49, 45, 43, 43]  # fmt: skip
ECF = [100, 99, 97, 91, 90, 83, 80, 75, 73, 69, 63, 58, 55, 54, 51, 49, 47, 46, 45,
       44, 40, 36, 35, 32]  # fmt: skip
YEARS = [0, 12, 24, 36, 48, 60, 72]
FLOT_RISK = [356, 297, 231, 140, 87, 39, 5]
ECF_RISK = [360, 287, 202, 126, 83, 33, 9]

#: The report prints a hazard ratio of 0.77 (0.63 to 0.94).
PRINTED = (math.log(0.77), math.log(0.94 / 0.63) / (2 * 1.959964))


def yearly(values):
    return [values[MONTHS.index(m)] for m in YEARS]


def test_curves_with_numbers_at_risk():
    found = hazard_ratio_from_curves(
        printed_curve(YEARS, yearly(FLOT), at_risk=FLOT_RISK),
        printed_curve(YEARS, yearly(ECF), at_risk=ECF_RISK),
    )
    assert abs(found.log_hr - PRINTED[0]) < 0.3 * PRINTED[1]
    assert_allclose(found.se, PRINTED[1], rtol=0.1)
    assert found.log_hr_range[0] < found.log_hr < found.log_hr_range[1]


def test_curves_with_follow_up():
    found = hazard_ratio_from_curves(
        printed_curve(MONTHS, FLOT, n=356),
        printed_curve(MONTHS, ECF, n=360),
        follow_up=(18, 80),
    )
    assert abs(found.log_hr - PRINTED[0]) < 0.3 * PRINTED[1]
    assert_allclose(found.se, PRINTED[1], rtol=0.1)


def test_without_censoring_the_events_of_an_interval_are_those_who_leave():
    time, survival = [0, 1, 2], [100, 60, 30]
    other = [100, 80, 50]
    by_risk = hazard_ratio_from_curves(
        printed_curve(time, survival, at_risk=[100, 60, 30]),
        printed_curve(time, other, at_risk=[100, 80, 50]),
    )
    by_follow_up = hazard_ratio_from_curves(
        printed_curve(time, survival, n=100),
        printed_curve(time, other, n=100),
        follow_up=(5, 9),
    )
    assert_allclose(by_risk.log_hr, by_follow_up.log_hr)
    y = np.log([0.4 / 0.2, 0.5 / 0.375])
    v = [1 / 40 - 1 / 100 + 1 / 20 - 1 / 100, 1 / 30 - 1 / 60 + 1 / 30 - 1 / 80]
    assert_allclose(by_risk.log_hr, np.average(y, weights=1 / np.array(v)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"time": [0, 1]}, "not read at the same times"),
        ({"per_cent": [100, 60, 70]}, "A curve rises"),
        ({"per_cent": [90, 60, 30]}, "does not begin at 1"),
        ({"at_risk": None}, "no numbers at risk"),
    ],
)
def test_curves_that_are_wrong(changes, message):
    good = {"time": [0, 1, 2], "per_cent": [100, 60, 30], "at_risk": [100, 60, 30]}
    wrong = {**good, **changes}
    if len(wrong["time"]) == 2:
        wrong = {name: values[:2] for name, values in wrong.items()}
    with pytest.raises(InvalidInput, match=message):
        hazard_ratio_from_curves(printed_curve(**wrong), printed_curve(**good))


def test_flat_curves_compare_nothing():
    flat = printed_curve([0, 1], [100, 100], at_risk=[10, 10])
    with pytest.raises(NotEstimable, match="In no interval"):
        hazard_ratio_from_curves(flat, flat)


def test_a_printed_trial_is_rebuilt():
    arms = [
        reconstruct(MONTHS, curve, percent=True, at_risk=(YEARS, risk))
        for curve, risk in ((FLOT, FLOT_RISK), (ECF, ECF_RISK))
    ]
    for arm in arms:
        assert arm.good
        assert max(abs(m) for m in arm.mismatch) <= 1
        assert arm.rmse < 0.01
    data = reconstructed_trial("FLOT4", *arms)
    fit = cox(data)
    assert abs(fit.estimate[0] - PRINTED[0]) < 0.1 * PRINTED[1]
    # The curves were read to a whole per cent.
    assert_allclose(fit.se[0], PRINTED[1], rtol=0.1)
    assert "rebuilt from its printed curves" in data.notes[-1]


def test_a_rebuilt_trial_is_pooled_with_patients(made_up):
    rebuilt = [
        reconstruct(
            c.time,
            c.survival,
            at_risk=([0, 20, 40], c.count_at_risk(np.array([0.0, 20, 40]))),
        )
        for c in kaplan_meier(made_up.only(["T3"])).curves
    ]
    rest = made_up.only([t for t in made_up.trials if t != "T3"])
    data = combine([rest, reconstructed_trial("T3 (curves)", *rebuilt[::-1])])
    fit, whole = two_stage(data), two_stage(made_up)
    assert fit.pooled.k == 8
    assert abs(fit.pooled.estimate - whole.pooled.estimate) < 0.1 * whole.pooled.se


def test_a_poor_reconstruction_is_not_used_without_consent():
    poor = reconstruct([1, 2, 3], [0.9, 0.5, 0.2], at_risk=([0, 2, 3], [10, 10, 9]))
    assert not poor.good
    good = reconstruct([1, 2], [0.9, 0.8], n=10)
    with pytest.raises(NotEstimable, match="rebuilt poorly"):
        reconstructed_trial("X", poor, good)
    assert len(reconstructed_trial("X", poor, good, accept=True)) == 20


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"time": [1, 2], "survival": [90, 80], "n": 10}, "not between 0 and 1"),
        ({"time": [1, 2], "survival": [0.9], "n": 10}, "not pairs"),
        ({"time": [1, math.nan], "survival": [0.9, 0.8], "n": 10}, "not a number"),
        ({"time": [1, 2], "survival": [0.9, 0.8]}, "how many patients"),
        (
            {"time": [1], "survival": [0.9], "at_risk": ([0, 1], [10, 12])},
            "numbers at risk rise",
        ),
        (
            {"time": [1], "survival": [0.9], "at_risk": ([0, 0], [10, 9])},
            "do not go with rising times",
        ),
    ],
)
def test_points_that_are_no_curve(arguments, message):
    with pytest.raises(InvalidInput, match=message):
        reconstruct(**arguments)


def test_printed_events_decide_how_many_are_censored_at_the_end():
    time, survival = [10, 20, 30, 40], [0.9, 0.8, 0.6, 0.5]
    free = reconstruct(time, survival, n=100)
    assert free.event.sum() == 50
    fewer = reconstruct(time, survival, n=100, events=40)
    assert fewer.event.sum() == pytest.approx(40, abs=1)
    assert fewer.rmse < 0.02
    more = reconstruct(time, survival, n=100, events=70)
    assert any("70 are printed" in note for note in more.notes)


def test_an_unsteady_hand_is_smoothed():
    steady = reconstruct([1, 2, 3], [0.9, 0.8, 0.7], n=50)
    shaky = reconstruct([3, 1, 2, 2, 2.5], [0.7, 0.9, 0.801, 0.8, 0.803], n=50)
    assert_allclose(shaky.time, steady.time)
    assert_allclose(shaky.event, steady.event)


@settings(max_examples=30)
@given(patients(max_trials=1, min_patients=10, max_patients=60), st.integers(2, 5))
def test_rebuilt_patients_draw_the_curve_and_the_table_they_come_from(columns, parts):
    data = survival_data(
        {"time": columns["time"], "event": columns["event"]}, time="time", event="event"
    )
    curve = kaplan_meier(data, None).curves[0]
    assume(len(curve.time) > 1)
    times = np.linspace(0, 44, parts)
    found = reconstruct(
        curve.time, curve.survival, at_risk=(times, curve.count_at_risk(times))
    )
    assert len(found) == len(data)
    again = survival_data(
        {"t": np.maximum(found.time, 1e-9), "e": found.event}, time="t", event="e"
    )
    rebuilt = kaplan_meier(again, None).curves[0]
    # A whole number of patients cannot always meet the curve: one of those left
    # at risk is the most it may miss.
    left = np.maximum(curve.at_risk, 1)
    gap = np.abs(rebuilt.at(curve.time)["survival"] - curve.survival)
    assert (gap <= 1.0 / left + 1e-9).all() or found.largest_gap < 0.1
    assert max(abs(m) for m in found.mismatch) <= max(2, 0.1 * len(data))
