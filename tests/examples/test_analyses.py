"""Every planned analysis of the examples is answered, with what belongs beside it."""

from pathlib import Path

import pytest
from numpy.testing import assert_allclose

from synthesist.actions.analyse import analyse
from synthesist.store import read_folder

EXAMPLES = Path(__file__).parents[2] / "examples"
PLANS = [
    (name, plan.id)
    for name in ("il2-sle", "il2-aml", "msc-sle")
    for plan in read_folder(EXAMPLES / name).protocol.analyses
]


@pytest.mark.parametrize(("name", "analysis"), PLANS)
def test_every_planned_analysis_is_answered(name, analysis):
    review = read_folder(EXAMPLES / name)
    found = analyse(review, review.analysis(analysis))
    assert not found.problem
    assert (found.fit is None) == (found.plan.kind == "subtraction")


def test_single_arm_responses_take_the_binomial_normal_model(sle):
    found = analyse(sle, sle.analysis("response-single-arm"))
    assert found.fit.model == "glmm"
    assert_allclose(found.fit.display()["estimate"], 0.734, rtol=0, atol=5e-4)
    beside = {label: fit.display()["estimate"] for label, fit in found.beside}
    # Three studies: one chance for all is the proportion of all patients.
    reported = found.fit.effects.included
    events, n = (found.fit.effects.cells[role][reported] for role in ("events", "n"))
    assert_allclose(beside["Common effect"], events.sum() / n.sum())
    approximate = [beside[name] for name in beside if "inverse variance" in name]
    # Raw proportions and logits, with random effects.
    assert_allclose(approximate, [0.722, 0.730], rtol=0, atol=5e-4)
    assert any("Uncontrolled" in note for note in found.notes)


def test_printed_proportions_stand_beside_the_single_arm_responses(sle):
    found = analyse(sle, sle.analysis("response-single-arm"))
    printed = [row.reported.printed["value"] for row in found.printed]
    assert printed == ["0.819", "0.43", "0.655"]


def test_regimens_are_compared_only_where_a_response_is_printed(sle):
    found = analyse(sle, sle.analysis("response-by-regimen")).subgroups
    regimens = {r.id: r.label for r in sle.protocol.regimens}
    without = regimens["il2-0.5miu-5-days"]
    answered = {label for label, fit in found.fits.items() if fit is not None}
    assert answered == {
        regimens["il2-1miu-alternate-days"],
        regimens["il2-1.5miu-weekly"],
    }
    # A group without a number keeps its place, or is left out with a note.
    assert set(found.fits) <= answered | {without}
    assert any(without in note for note in found.notes)


@pytest.mark.parametrize(
    ("analysis", "low", "high"),
    [("lfs-hr", 0.85, 1.087), ("os-hr", 0.908, 1.24), ("lfs-5-trials", 0.810, 1.16)],
)
def test_printed_hazard_ratios_carry_the_interval_that_p_implies(
    aml, analysis, low, high
):
    (row,) = analyse(aml, aml.analysis(analysis)).printed
    assert row.reported.low is None
    assert_allclose(row.implied.interval(), (low, high), rtol=0, atol=5e-3)


@pytest.mark.parametrize("outcome", ["lfs", "os"])
def test_the_sixth_trial_is_what_is_left(aml, outcome):
    found = analyse(aml, aml.analysis(f"{outcome}-sixth")).subtraction
    assert found.whole.reported.studies == 6
    assert found.part.reported.studies == 5
    # Rounding of two printed digits leaves little: the range says so.
    assert found.left.se_range[1] > 1.3 * found.left.se
