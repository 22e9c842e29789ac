"""Five studies on one axis of dose: described, never pooled."""

import pytest
from numpy.testing import assert_allclose

from synthesist.documents.regimen_section import DESCRIBED, regimen_view
from synthesist.store import read_folder
from synthesist.trials.reviewed import reviewed_regimens

from .conftest import EXAMPLES


@pytest.fixture(scope="module")
def five():
    return read_folder(EXAMPLES / "il2-regimens")


def test_all_five_studies_have_a_regimen_and_nothing_is_pooled(five):
    assert {study.extra["yardstick"] for study in five.studies} == set("ABCDE")
    assert {arm.regimen for arm in five.arms} == {r.id for r in five.protocol.regimens}
    assert five.protocol.analyses == ()
    assert five.results == ()
    assert "never" in five.protocol.note or "nothing here is pooled" in five.protocol.note  # fmt: skip


def test_who_has_a_place_on_the_axis_and_who_has_none(five):
    found = {r.described.id: r for r in reviewed_regimens(five.protocol)}
    without = {name: r.why_not for name, r in found.items() if r.common is None}
    assert without.keys() == {"B-cells", "D-pegylated", "D-high"}
    assert "counts cells" in without["B-cells"]
    assert "pegylated" in without["D-pegylated"]
    week = {name: r.common["dose_week"].middle for name, r in found.items() if r.common}
    # 7 injections of 1 MIU in 4 weeks, by 1.61 m2.
    assert_allclose(week["A-cycles"], 7 / 4 / 1.61)
    assert_allclose(week["C-course"], (8.7 + 9) / 2)
    assert week["A-cycles"] < week["E-alfa"] < week["C-course"] < week["E-ccg"]


def test_what_is_assumed_stands_beside_each_dose(five):
    view = regimen_view(five, {})
    assert view.intro == DESCRIBED
    rows = {
        r.cells[0].parts[0].text: " ".join(p.text for c in r.cells for p in c.parts)
        for r in view.doses.rows
    }
    low = next(text for name, text in rows.items() if "1.5 MIU a day" in name)
    assert "1.7 m2 (assumed, an adult; not reported)" in low
    other = next(text for name, text in rows.items() if "1 MIU every other day" in name)
    assert "1.61 m2 (median of the 40 patients" in other
