"""Quantities of regimens are moderators by name."""

import pytest
from numpy.testing import assert_allclose

import synthesist as sy
from synthesist.errors import InvalidInput
from synthesist.trials import Body, regimen_columns

LINES = (
    "1 MIU/m2 SC daily for 5 days; every 4 weeks for 3 cycles",
    "2 MIU/m2 SC daily for 5 days; every 4 weeks for 3 cycles",
    "4.8 MIU SC daily for 5 days; every 4 weeks for 3 cycles",
    "4 MIU/m2 SC daily for 5 days; every 4 weeks for 3 cycles",
)


def test_effects_are_regressed_on_the_dose_of_their_regimens():
    body = Body(surface=1.6)
    columns = regimen_columns(LINES, unit="MIU/m2", body=body, names=["dose_week"])
    assert_allclose(columns["dose_week"], [1.25, 2.5, 3.75, 5])
    # Effects that lie on a line with slope 0.2 for each MIU/m2 a week.
    y = [0.1 + 0.2 * dose for dose in columns["dose_week"]]
    effects = sy.effect_table(
        {"study": [*"ABCD"], "yi": y, "vi": [0.01] * 4, **columns}, "GEN"
    )
    fit = sy.regress(effects, "~ dose_week")
    assert_allclose(fit.estimate, [0.1, 0.2], atol=1e-10)


def test_what_cannot_be_told_stays_empty():
    lines = ["", "0.006 mg/kg IV every 3 weeks", "1 MIU SC daily for 2 days"]
    found = regimen_columns(lines, unit="MIU", names=["dose_course"])
    assert found == {"dose_course": [None, None, 2]}
    with pytest.raises(InvalidInput, match="no quantity"):
        regimen_columns(lines, unit="MIU", names=["dose_year"])
