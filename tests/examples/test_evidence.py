"""Every number of the examples against the evidence files, where these are at hand."""

import csv
from collections import Counter
from pathlib import Path

import pytest

EVIDENCE = Path(__file__).parents[3] / "shared" / "evidence"

pytestmark = pytest.mark.skipif(
    not EVIDENCE.is_dir(), reason="the evidence files are not beside the repository"
)

#: Columns of results.csv that hold what was printed, not where and of whom.
NUMBERS = (
    "n", "events", "mean", "median", "min", "max", "ci_low", "ci_high", "p", "surv_percent",
)  # fmt: skip


def evidence(name):
    with (EVIDENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cells(**given):
    """Return filled cells in an order of their own, so that they can be counted."""
    return tuple(sorted((name, text) for name, text in given.items() if text))


def typed(review, *studies):
    """Count the rows of results.csv that hold a number, by study and cells."""
    rows = Counter()
    for row in review.results:
        held = cells(**{name: row.printed.get(name, "") for name in NUMBERS})
        if held and row.study in studies:
            rows[row.study, held] += 1
    return rows


def test_lupus_results(sle):
    study = {
        "He 2020": "He 2020",
        "Humrich 2022 (LUPIL-2)": "Humrich 2022",
        "He 2015 (NCT02084238 abstract)": "He 2016",
    }
    expected = Counter()
    for row in evidence("il2_sle_response"):
        name = study[row["trial"]]
        expected[name, cells(n=row["n"], events=row["events"])] += 1
        if row["arm"] == "placebo":
            expected[name, cells(p=row["p_reported"])] += 1
    for row in evidence("il2_sle_safety"):
        expected[study[row["trial"]], cells(n=row["n"], events=row["events"])] += 1
    for row in evidence("il2_sle_he2020_table2"):
        held = cells(
            n=row["n"],
            events=row["count"],
            median=row["median"],
            min=row["low"],
            max=row["high"],
            p=row["p_vs_week0"],
        )
        expected["He 2020", held] += 1
    for row in evidence("il2_sle_he2020_more_table2_counts"):
        weeks = ("week0", ""), ("week12", row["p_0_12"]), ("week24", row["p_0_24"])
        for week, p in weeks:
            expected["He 2020", cells(n=row["n"], events=row[week], p=p)] += 1
    assert typed(sle, *study.values()) == expected


def test_the_single_case(sle):
    # il2_sle_trials: "SLEDAI 14 to 4; prednisolone 30 to 10 mg/d".
    (case,) = (r for r in evidence("il2_sle_trials") if r["design"] == "case report")
    assert case["notes"] == "SLEDAI 14 to 4; prednisolone 30 to 10 mg/d"
    values = [cells(n="1", median=value) for value in ("14", "4", "30", "10")]
    assert typed(sle, "Humrich 2014") == Counter(("Humrich 2014", v) for v in values)


def test_no_number_comes_from_elsewhere(sle, aml):
    held = {study for study, _ in typed(sle, *(s.study for s in sle.studies))}
    assert held == {"He 2020", "Humrich 2022", "He 2016", "Humrich 2014"}
    held = {study for study, _ in typed(aml, *(s.study for s in aml.studies))}
    assert held == {s.study for s in aml.studies}


def test_people_in_the_arms_of_the_lupus_studies(sle):
    expected = {}
    for row in evidence("il2_sle_trials"):
        treated, control = row["n_il2"], row["n_control"]
        expected[row["trial"]] = [int(n) for n in (treated, control) if n]
    printed = {
        "He 2016": "He 2016",
        "He 2020": "He 2020",
        "Humrich 2022": "Humrich 2022 (LUPIL-2)",
        "Zhao 2019": "Zhao 2019",
        "Infection cohort 2019": "SLE infection cohort (Lupus Sci Med 6 Suppl 1:A35)",
        "Humrich 2014": "Humrich case (2014 abstract)",
    }
    assert printed.keys() == {study.study for study in sle.studies}
    for study, trial in printed.items():
        assert [arm.n for arm in sle.arms_of(study)] == expected[trial]


def test_leukaemia_results(aml):
    name = {"EORTC-GIMEMA 6991": "EORTC-GIMEMA 06991"}
    n = {
        (row["trial"], row["arm"]): row["n"]
        for row in evidence("aml_il2_baseline_table2")
    }
    # "263 IL-2, 265 observation" in the source of the trial's own abstract.
    (own,) = (
        r
        for r in evidence("aml_il2_extra_trials")
        if r["quantity"] == "eligible in analysis"
    )
    assert "263 IL-2, 265 observation" in own["source"]
    n |= {("EORTC-GIMEMA 6991", "IL-2"): "263", ("EORTC-GIMEMA 6991", "control"): "265"}
    expected = Counter()
    for row in evidence("aml_il2_trials_table1"):
        trial = row["trial"]
        study = name.get(trial, trial)
        for outcome in ("lfs", "os"):
            for arm, column in (("IL-2", "il2"), ("control", "control")):
                if per_cent := row[f"{outcome}_{column}_pct"]:
                    held = cells(n=n[trial, arm], surv_percent=per_cent)
                    expected[study, held] += 1
            expected[study, cells(p=row[f"{outcome}_p"])] += 1
    for row in evidence("aml_il2_extra_trials"):
        if row["arm"] == "both":
            continue
        held = {"n": row["n"], "events": row["events"]}
        if row["unit"] == "percent" and not row["events"]:
            held |= {"surv_percent": row["value"]}
        if row["unit"] == "pg/mL":
            held |= {"mean": row["value"], "p": row["p_reported"]}
        if row["low95"]:
            held |= {"ci_low": row["low95"], "ci_high": row["high95"]}
        if row["quantity"].startswith("grade"):
            continue
        expected[row["trial"], cells(**held)] += 1
        if row["arm"] == "control" and row["p_reported"]:
            expected[row["trial"], cells(p=row["p_reported"])] += 1
    assert typed(aml, *(s.study for s in aml.studies)) == expected


def test_toxicity_without_a_denominator_is_in_the_notes_alone(aml):
    grades = [
        r for r in evidence("aml_il2_extra_trials") if r["quantity"].startswith("grade")
    ]
    notes = [r.note for r in aml.results if "unstated number" in r.note]
    assert len(notes) == len(grades)
    for row, note in zip(grades, notes, strict=True):
        assert f"{row['value']}%" in note


def test_what_the_leukaemia_table_prints_of_its_trials(aml):
    for row in evidence("aml_il2_trials_table1"):
        study = aml.study(row["trial"].replace(" 6991", " 06991"))
        assert study.registrations == tuple(filter(None, [row["registration"]]))
        assert study.extra["n_printed"] == row["n"]
        assert study.extra["ages"] == row["age_years"]
        assert study.extra["median_follow_up_months"] == row["median_follow_up_months"]
        low, high = (
            row[f"planned_monthly_dose_{end}_miu_m2"] for end in ("low", "high")
        )
        dose = low if low == high else f"{low} to {high}"
        assert aml.arm(study.study, "IL-2").extra["planned_monthly_dose_miu_m2"] == dose


def test_pooled_results_of_the_lupus_reviews(sle):
    expected = Counter()
    for row in evidence("il2_sle_reviews_pooled"):
        if row["measure"] in ("count", "range"):
            continue
        p = row["p"] if row["p"] != "not significant" else ""
        held = {
            "value": row["estimate"],
            "low": row["low95"],
            "high": row["high95"],
            "p": p,
        }
        held |= {"studies": row["n_studies"], "participants": row["n_patients"]}
        expected[cells(**held)] += 1
    names = ("value", "low", "high", "p", "studies", "participants")
    found = Counter(
        cells(**{name: row.printed.get(name, "") for name in names})
        for row in sle.reported
        if row.analysis != "flow" and "of the studies" not in row.quantity
    )
    assert found == expected
    (akkur,) = (
        r for r in evidence("il2_sle_reviews_pooled") if r["measure"] == "range"
    )
    ends = [r.printed["value"] for r in sle.reported if "of the studies" in r.quantity]
    assert ends == [akkur["low95"], akkur["high95"]]


def test_flow_counts_of_the_lupus_reviews(sle):
    printed = {
        (r.source, r.quantity): r.printed["value"] for r in sle.reported_for("flow")
    }
    rows = evidence("il2_sle_reviews_pooled")
    (bader,) = (r for r in rows if r["review"].startswith("Bader"))
    assert (
        bader["source"] == "1018 retrieved; 4 open-label + 2 RCT; 150 IL-2, 80 placebo"
    )
    source = "Bader 2022 (medRxiv 2022.12.02.22283038) abstract"
    counts = {q: value for (s, q), value in printed.items() if s == source}
    assert counts == {
        "records retrieved": "1018",
        "included trials": bader["n_studies"],
        "included open-label trials": "4",
        "included randomised trials": "2",
        "patients": bader["n_patients"],
        "patients with interleukin-2": "150",
        "patients with placebo": "80",
    }
    (su,) = (r for r in evidence("review_flow") if r["study_set"] == "A")
    assert printed["Su 2024 abstract", su["stage"]] == su["n"]


def test_pooled_results_and_flow_of_the_leukaemia_review(aml):
    names = ("value", "low", "high", "p", "studies", "participants")
    expected = Counter(
        cells(value=r["hr"], low=r["hr_low95"], high=r["hr_high95"], p=r["p"], studies=r["n_trials"], participants=r["n"])
        for r in evidence("aml_pooled_reported")
    )  # fmt: skip
    found = Counter(
        cells(**{name: row.printed.get(name, "") for name in names})
        for row in aml.reported
        if row.analysis != "flow"
    )
    assert found == expected
    flow = [r["n"] for r in evidence("review_flow") if r["study_set"] == "E"]
    assert [r.printed["value"] for r in aml.reported_for("flow")] == flow
