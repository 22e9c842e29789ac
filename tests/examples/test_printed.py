"""Numbers of the examples against what the sources print, typed a second time here."""

import pytest


def found(review, study, arm, outcome, *, timepoint="", population="", against=""):
    """Return the filled cells of one row of results.csv, as typed there."""
    rows = [
        row.printed
        for row in review.results
        if (row.study, row.arm, row.outcome) == (study, arm, outcome)
        and (row.timepoint, row.population) == (timepoint, population)
        and row.comparator == against
    ]
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        # He 2020, Ann Rheum Dis 79:141, abstract: 55.17%, 30.00%, P = .052;
        # 65.52%, 36.67%, P = .027; 7 of 13 and 2 of 12, P = .036.
        (("He 2020", "IL-2", "sri", "12 weeks", "analysed"), {"events": "16", "n": "29"}),
        (("He 2020", "placebo", "sri", "12 weeks", "analysed"), {"events": "9", "n": "30"}),
        (("He 2020", "IL-2", "sri", "24 weeks", "analysed"), {"events": "19", "n": "29"}),
        (("He 2020", "placebo", "sri", "24 weeks", "analysed"), {"events": "11", "n": "30"}),
        (("He 2020", "IL-2", "renal-remission", "", "lupus nephritis subset"), {"events": "7", "n": "13"}),
        (("He 2020", "placebo", "renal-remission", "", "lupus nephritis subset"), {"events": "2", "n": "12"}),
        # The same, Table 2 and Table 3.
        (("He 2020", "IL-2", "sledai", "24 weeks", "analysed"), {"median": "4", "min": "0", "max": "18", "p": "<0.001"}),
        (("He 2020", "placebo", "sae", "", ""), {"events": "3", "n": "30"}),
        (("He 2020", "IL-2", "sae", "", ""), {"events": "0", "n": "29"}),
        (("He 2020", "IL-2", "injection-site-reaction", "", ""), {"events": "9", "n": "29"}),
        (("He 2020", "placebo", "fever", "", ""), {"events": "0", "n": "30"}),
        # Humrich 2022, abstract, doi:10.1136/ard-2022-222501: 68%, 58%; 83.3%, 51.7%.
        (("Humrich 2022", "ILT-101", "sri", "12 weeks", "ITT"), {"events": "34", "n": "50"}),
        (("Humrich 2022", "placebo", "sri", "12 weeks", "ITT"), {"events": "29", "n": "50"}),
        (("Humrich 2022", "ILT-101", "sri", "12 weeks", "per protocol without two sites"), {"events": "20", "n": "24"}),
        (("Humrich 2022", "placebo", "sri", "12 weeks", "per protocol without two sites"), {"events": "15", "n": "29"}),
        # Ann Rheum Dis 74(Suppl 2):1075.3, abstract AB0525: 36/40, 90%; 5/40, 12.5%.
        (("He 2016", "IL-2", "sri", "6 weeks", "enrolled"), {"events": "36", "n": "40"}),
        (("He 2016", "IL-2", "injection-site-reaction", "", ""), {"events": "5", "n": "40"}),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_lupus(sle, row, cells):
    study, arm, outcome, timepoint, population = row
    printed = found(
        sle, study, arm, outcome, timepoint=timepoint, population=population
    )
    assert {name: printed[name] for name in cells} == cells


def test_counts_that_were_calculated_back_give_the_printed_percentages(sle):
    calculated = [
        r for r in sle.results if "ack-calculated" in r.note and not r.comparator
    ]
    assert len(calculated) == 8
    for row in calculated:
        percentage = next(w for w in row.note.split() if w.endswith("%")).rstrip("%")
        digits = len(percentage.partition(".")[2])
        near = [
            events
            for events in range(row.n + 1)
            if abs(100 * events / row.n - float(percentage)) <= 0.5 * 10.0**-digits
        ]
        assert near == [row.events]


def test_p_values_between_arms_stand_in_rows_of_their_own(sle):
    p = {
        (r.study, r.outcome, r.timepoint, r.population): r.p
        for r in sle.results
        if r.comparator
    }
    assert p == {
        ("He 2020", "sri", "12 weeks", "analysed"): "0.052",
        ("He 2020", "sri", "24 weeks", "analysed"): "0.027",
        ("He 2020", "renal-remission", "", "lupus nephritis subset"): "0.036",
        ("Humrich 2022", "sri", "12 weeks", "ITT"): "0.3439",
        ("Humrich 2022", "sri", "12 weeks", "per protocol without two sites"): "0.0168",
    }


@pytest.mark.parametrize(
    "outcome",
    ["sae", "infection", "injection-site-reaction", "fever", "flu-like-symptoms"],
)
def test_harms_not_reported_are_empty_and_no_zeros(sle, outcome):
    for arm in ("ILT-101", "placebo"):
        row = found(sle, "Humrich 2022", arm, outcome)
        assert not {"events", "n"} & set(row)
        assert "not zero" in row["note"]


def test_the_regimen_without_a_printed_response_stays_without(sle):
    (row,) = sle.results_of("Infection cohort 2019", "sri")
    assert (row.events, row.n) == (None, None)
    assert sle.arm("Infection cohort 2019", "IL-2").regimen == "il2-0.5miu-5-days"


def test_a_pooled_value_printed_without_a_number_stays_without(sle):
    row = next(r for r in sle.reported if "1 MIU every other day" in r.quantity)
    assert (row.value, row.low, row.high, row.p) == (None, None, None, "")
    assert "not significant" in row.note


# Buyse 2011 (Blood 117:7007), Table 1: per cent without relapse and alive at the
# landmark, interleukin-2 then control; Table 2 and the abstract of the sixth
# trial: patients in each arm.
LANDMARKS = {
    "Blaise 2000": ("7 years", ("30", "36"), ("38", "47"), ("40", "38")),
    "ALFA 9801": ("4 years", ("28", "32"), ("41", "47"), ("77", "84")),
    "CALGB 19808": ("3 years", ("56", "45"), ("68", "61"), ("107", "107")),
    "CCG-2961": ("5 years", ("51", "58"), ("70", "73"), ("144", "145")),
    "EORTC-GIMEMA 06991": ("3 years", ("44", "42"), ("54", "56"), ("263", "265")),
}


@pytest.mark.parametrize("study", LANDMARKS)
def test_landmarks_of_the_leukaemia_trials(aml, study):
    timepoint, lfs, os, n = LANDMARKS[study]
    for place, arm in enumerate(("IL-2", "control")):
        assert aml.arm(study, arm).n == int(n[place])
        for outcome, per_cent in (("lfs", lfs), ("os", os)):
            row = found(aml, study, arm, outcome, timepoint=timepoint, population="AML")
            assert (row["surv_percent"], row["n"]) == (per_cent[place], n[place])


def test_a_trial_without_landmark_has_rows_with_empty_cells(aml):
    for outcome, p in (("lfs", "0.47"), ("os", "0.61")):
        where = {"timepoint": "not reported", "population": "AML"}
        for arm in ("IL-2", "control"):
            row = found(aml, "CALGB 9720", arm, outcome, **where)
            assert not {"n", "surv_percent"} & set(row)
        contrast = found(aml, "CALGB 9720", "IL-2", outcome, against="control", **where)
        assert contrast["p"] == p


def test_patients_with_individual_data_are_905(aml):
    # Buyse 2011 abstract: 905; its control arms in Table 2: 456.
    five = [a for a in aml.arms if a.n and a.study != "EORTC-GIMEMA 06991"]
    assert sum(a.n for a in five) == 905
    assert sum(a.n for a in five if a.role == "control") == 456


def test_printed_hazard_ratios_of_the_leukaemia_review(aml):
    # Buyse 2011 abstract.
    printed = {
        r.analysis: (r.printed["value"], r.p, r.studies, r.participants)
        for r in aml.reported
        if r.quantity == "HR"
    }
    assert printed == {
        "lfs-5-trials": ("0.97", "0.74", 5, 905),
        "os-5-trials": ("1.08", "0.39", 5, 905),
        "lfs-hr": ("0.96", "0.52", 6, 1455),
        "os-hr": ("1.06", "0.46", 6, 1455),
    }
