"""The doses of the examples: what follows from schedules, what was printed of them."""

from dataclasses import replace

import pytest
from numpy.testing import assert_allclose

import synthesist as sy
from synthesist import trials
from synthesist.actions.analyse import analyse
from synthesist.documents.analysis_section import view
from synthesist.documents.anchors import Anchors
from synthesist.documents.regimen_section import regimen_view, regimens_to_dict
from synthesist.trials.reviewed import reviewed_regimens


def of(review):
    return {r.described.id: r for r in reviewed_regimens(review.protocol)}


@pytest.mark.parametrize(
    ("regimen", "verdict", "low", "high"),
    [
        ("il2-12-cycles", "does not follow", 78, 78),
        ("il2-5-monthly", "follows", 25, 25),
        ("il2-0.9-pulses", "cannot be computed", None, None),
        ("il2-1-pulses", "cannot be computed", None, None),
        ("il2-9-then-1.6", "follows", 52, 52),
        ("il2-2.3-4.6-monthly", "does not follow", 11.5, 23),
    ],
)
def test_printed_doses_stand_beside_those_of_the_schedule(
    aml, regimen, verdict, low, high
):
    found = of(aml)[regimen].printed
    assert found.verdict == verdict
    if low is not None:
        assert_allclose((found.implied.low, found.implied.high), (low, high))


def test_doses_of_the_lupus_regimens(sle):
    found = of(sle)
    cycles, weekly = found["il2-1miu-alternate-days"], found["il2-1.5miu-weekly"]
    assert_allclose(cycles.common["dose_course"].low, 21)
    assert (weekly.common["dose_course"].low, weekly.common["dose_course"].high) == (24, 25.5)  # fmt: skip
    assert found["il2-rapamycin"].why_not == "dose or schedule not read"
    # 1 MIU at the median weight of 54 kg.
    by_weight = cycles.regimen.dose(1, 1, unit="IU/kg", body=trials.Body(weight=54))
    assert_allclose(by_weight.low, 18518.5, atol=0.05)


def test_effects_are_regressed_on_the_dose_of_the_regimens(aml):
    found = analyse(aml, aml.analysis("lfs-by-dose"))
    fit = found.regression
    dose = {"Blaise 2000": 78, "ALFA 9801": 25, "CCG-2961": 52, "EORTC-GIMEMA 06991": 17.25}  # fmt: skip
    effects = found.fit.effects
    rows = [i for i, study in enumerate(effects.study) if study in dose]
    table = {
        "study": [effects.study[i] for i in rows],
        "yi": effects.y[rows],
        "vi": effects.v[rows],
        "dose": [dose[effects.study[i]] for i in rows],
    }
    again = sy.regress(sy.effect_table(table, "GEN"), "~ dose")
    assert fit.k == 4
    assert_allclose(fit.estimate, again.estimate, rtol=1e-9)
    shown = view(aml, found, None, Anchors(aml))
    assert [row.cells[0].parts[0].text for row in shown.regression.rows] == ["constant", "dose_month"]  # fmt: skip
    assert any("CALGB 19808" in note for note in shown.regression_notes)


def test_effects_are_grouped_by_the_dose_of_the_regimens(aml):
    plan = replace(aml.analysis("lfs-by-dose"), moderators=(), subgroup="dose_month")
    found = analyse(aml, plan).subgroups
    assert {"78", "25", "52", "17.25"} <= set(found.fits)


def test_too_few_doses_are_said_and_nothing_else_is_lost(aml):
    plan = replace(aml.analysis("lfs-by-dose"), studies=("Blaise 2000", "ALFA 9801"))
    found = analyse(aml, plan)
    assert found.regression is None
    assert found.fit is not None
    assert "Not regressed on dose_month" in view(aml, found, None, Anchors(aml)).regression_notes[0]  # fmt: skip


def test_regimens_reach_page_and_json(aml):
    shown = regimen_view(aml, {})
    text = " ".join(p.text for r in shown.doses.rows for c in r.cells for p in c.parts)
    assert "which does not follow from the schedule: that gives 11.5 to 23" in text
    entries = {entry["id"]: entry for entry in regimens_to_dict(aml)}
    assert entries["il2-not-read"]["why_not"] == "dose or schedule not read"
    assert entries["il2-9-then-1.6"]["quantities"]["quantities"]["dose_course"]["low"] == pytest.approx(52)  # fmt: skip
