"""Calendar strips and doses over time, as a reader sees them."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle

import synthesist.figures as figures
from synthesist.errors import InvalidInput
from synthesist.trials import Body, draw_regimens, regimen

from .conftest import assert_legible

LINES = {
    "loading, then maintenance on five days of each week": "9 MIU/m2 SC twice daily days 1-2; 0.9 MIU/m2 SC twice daily 5 days a week, days 3-56; every 12 weeks until progression",
    "low dose in cycles 低剂量": "1 MIU SC every other day for 2 weeks; every 4 weeks for 3 cycles",
    "blocks at unstated intervals": "12 MIU/m2 daily for 5 days; then 12 MIU/m2 daily for 2 days, 4 times; over 2 months",
    "mass of a product": "0.006 mg/kg IV every 3 weeks until progression",
}


@pytest.mark.parametrize("width", [180, 92])
def test_regimens_are_legible(width):
    found = draw_regimens(
        {name: regimen(line) for name, line in LINES.items()},
        unit="MIU/m2",
        body=Body(surface=1.7),
        title="Regimens on one axis",
        footer=["Flat doses are divided by an assumed body surface of 1.7 m²."],
        width_mm=width,
    )
    assert_legible(found)


def test_every_day_of_treatment_has_one_bar_as_high_as_the_logarithm_of_its_dose():
    low = np.array([1.0, 0, 10, 0, 0, 100, 0])
    strip = figures.RegimenStrip(
        label="A",
        low=low,
        high=low,
        total_low=np.cumsum(low),
        total_high=np.cumsum(low),
    )
    found = figures.regimens([strip], unit="MIU")
    (calendar,) = (axes for axes in found.axes if axes.get_label() == "calendar")
    bars = [p for p in calendar.patches if isinstance(p, Rectangle)]
    heights = [abs(bar.get_height()) for bar in bars]
    assert len(bars) == 3
    assert np.isclose(heights[1] - heights[0], heights[2] - heights[1])
    assert [round(7 * bar.get_x()) for bar in bars] == [0, 2, 5]


def test_regimens_that_share_no_axis_are_refused():
    strip = figures.RegimenStrip(label="A", low=[1, 1], high=[1, 1])
    with pytest.raises(InvalidInput, match="no regimen"):
        figures.regimens([strip], unit="MIU")
    with pytest.raises(InvalidInput, match="no regimen"):
        figures.regimens([], unit="MIU")
    long = figures.RegimenStrip(label="B", low=[1] * 3, high=[1] * 3)
    with pytest.raises(InvalidInput, match="3 values where 2"):
        figures.regimens([strip, long], unit="MIU")
