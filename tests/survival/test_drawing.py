"""Results become figures: what stands in them."""

import numpy as np
import pytest

from synthesist.survival import cox, kaplan_meier
from synthesist.survival.drawing import survival_lines


def texts(figure):
    return [text.get_text() for text in figure.texts]


def test_kaplan_meier_with_numbers_at_risk_and_hazard_ratio(made_up):
    data = made_up()
    curves = kaplan_meier(data)
    figure = curves.plot(fit=cox(data), time_name="Weeks", title="Survival")
    shown = texts(figure)
    assert "At risk" in shown
    assert {"83", "97", "control", "treated"} <= set(shown)
    assert any(text.startswith("Hazard ratio 0.") for text in shown)
    lines = survival_lines(curves, [0, 10, 20])
    assert lines[0].at_risk == tuple(
        int(n) for n in curves.curves[0].at([0, 10, 20])["at_risk"]
    )


def test_log_log_and_schoenfeld(colon):
    assert kaplan_meier(colon).plot_log_log().axes
    fit = cox(colon, "treated + nodes", strata="extent")
    figure = fit.plot_schoenfeld("nodes", transform="rank")
    assert any("P = " in text or "P < " in text for text in texts(figure))
    # Without points only the smooth and straight lines are drawn.
    longest = max(len(line.get_xdata()) for line in figure.axes[0].lines)
    assert longest == 60


def test_the_smooth_of_a_straight_line_is_straight():
    from synthesist.survival.drawing import _natural, _smooth

    x = np.linspace(0, 1, 50)
    at, fitted, low, high = _smooth(x, 2 * x - 1, 1.0)
    np.testing.assert_allclose(fitted, 2 * at - 1, atol=1e-8)
    assert (low < fitted).all()
    assert (fitted < high).all()
    knots = np.array([0.0, 0.3, 0.6, 1.0])
    ends = np.diff(_natural(np.array([1.0, 1.1, 1.2]), knots), n=2, axis=0)
    np.testing.assert_allclose(ends, 0, atol=1e-9)
    assert _smooth(np.array([0.0, 1.0]), np.array([1.0, 2.0]), 1.0) is None


@pytest.mark.parametrize("ties", ["efron", "discrete"])
def test_coefficients_as_a_forest(colon, ties):
    fit = cox(colon.select(colon.row < 80), "treated + age", ties=ties)
    plot = fit.forest()
    assert [row.label for row in plot.groups[0].rows] == ["treated", "age"]
    assert plot.effect_short == ("OR" if ties == "discrete" else "HR")
    assert fit.plot().axes
