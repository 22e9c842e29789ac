"""What a forest plot shows, row by row."""

import math
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import PathCollection

from synthesist.errors import InvalidInput
from synthesist.figures import (
    ForestGroup,
    ForestPlot,
    ForestRow,
    ForestSummary,
    forest,
)

from .conftest import text_boxes
from .samples import FOREST


def shown(figure):
    """Give the texts of a figure."""
    return [text for text, _ in text_boxes(figure)]


def plot_of(*rows, **options):
    """Give a plain ratio plot of these rows."""
    settings = {"log": True, "no_effect": 1, "effect_label": "Risk ratio"} | options
    return ForestPlot(groups=(ForestGroup(rows=rows),), **settings)


def squares(figure):
    """Give the areas of the squares in order."""
    found = [c for c in figure.axes[0].collections if isinstance(c, PathCollection)]
    return found[0].get_sizes()


def test_every_part_is_there():
    texts = shown(forest(FOREST))
    for expected in (
        "Response at 12 weeks", "synthetic data", "Low dose", "Müller 2019", "12/50",
        "40.0%", "0.62 [0.34, 1.14]", "not reported", "Subtotal", "[0.10, 4.40]",
        "95% prediction interval", "τ² = 0.02; I² = 12%", "Risk ratio", "REML.",
        "← favours control", "favours treatment →",
    ):  # fmt: skip
        assert expected in texts, expected


def test_areas_of_squares_are_as_the_weights():
    rows = [
        ForestRow(label=str(w), estimate=1, low=0.5, high=2, weight=w)
        for w in (10, 20, 40)
    ]
    areas = squares(forest(plot_of(*rows)))
    assert areas / areas[0] == pytest.approx([1, 2, 4])


def test_squares_without_weights_are_equal():
    rows = [ForestRow(label=str(i), estimate=1, low=0.5, high=2) for i in range(3)]
    figure = forest(plot_of(*rows))
    assert np.ptp(squares(figure)) == 0
    assert "Weight" not in shown(figure)


def test_a_study_that_did_not_report_keeps_its_place_in_grey():
    rows = (
        ForestRow(label="A", estimate=1, low=0.5, high=2),
        ForestRow(label="B", note="no events in either arm"),
        ForestRow(label="C", estimate=1, low=0.5, high=2),
    )
    figure = forest(plot_of(*rows))
    heights = {text: box.y0 for text, box in text_boxes(figure)}
    assert heights["A"] > heights["B"] > heights["C"]
    assert heights["B"] == pytest.approx(heights["no events in either arm"], abs=2)
    colors = {text.get_text(): text.get_color() for text in figure.texts}
    assert colors["B"] == colors["no events in either arm"] != colors["A"]


def test_intervals_beyond_the_axis_end_in_arrows():
    rows = (
        ForestRow(label="in", estimate=1, low=0.6, high=1.8),
        ForestRow(label="out", estimate=1, low=0.01, high=math.inf),
    )
    figure = forest(plot_of(*rows, limits=(0.5, 2)))
    axes = figure.axes[0]
    assert axes.get_xlim() == pytest.approx((0.5, 2))
    markers = [c for c in axes.collections if isinstance(c, PathCollection)]
    tips = [tuple(c.get_offsets()[0]) for c in markers[1:]]
    assert [x for x, _ in tips] == pytest.approx([0.5, 2])
    assert "1.00 [0.01, " in "".join(shown(figure))


def test_an_estimate_beyond_fixed_limits_is_an_arrow_without_a_square():
    rows = (
        ForestRow(label="in", estimate=1, low=0.6, high=1.8),
        ForestRow(label="far", estimate=20, low=10, high=40),
    )
    figure = forest(plot_of(*rows, limits=(0.5, 2)))
    assert len(squares(figure)) == 1


def test_the_diamond_spans_its_interval_and_is_cut_at_the_axis():
    rows = (ForestRow(label="A", estimate=1, low=0.6, high=1.8),)
    whole = ForestSummary(label="All", estimate=1, low=0.7, high=1.4)
    figure = forest(plot_of(*rows, summary=whole))
    xs = figure.axes[0].patches[0].get_xy()[:, 0]
    assert (xs.min(), xs.max()) == pytest.approx((0.7, 1.4))
    wide = ForestSummary(label="All", estimate=1, low=0.1, high=5)
    figure = forest(plot_of(*rows, summary=wide, limits=(0.5, 2)))
    corners = figure.axes[0].patches[0].get_xy()
    assert (corners[:, 0].min(), corners[:, 0].max()) == pytest.approx((0.5, 2))
    assert len({tuple(c) for c in corners.round(9).tolist()}) == 6


def test_proportions_are_printed_in_per_cent():
    row = ForestRow(label="A", estimate=0.525, low=0.371, high=0.68)
    plot = ForestPlot(
        groups=(ForestGroup(rows=(row,)),),
        effect_label="Responders",
        percent=True,
        digits=1,
    )
    texts = shown(forest(plot))
    assert "52.5 [37.1, 68.0]" in texts
    assert {"0%", "50%", "100%"} & set(texts)
    assert any("%" in text and "95%" not in text for text in texts)


def test_differences_use_a_true_minus_sign_everywhere():
    row = ForestRow(label="A", estimate=-4, low=-8.47, high=0.5)
    texts = shown(forest(plot_of(row, log=False, no_effect=0)))
    assert "−4.00 [−8.47, 0.50]" in texts
    assert not any("-" in text for text in texts)


def test_dollars_and_underscores_are_no_mathematics():
    row = ForestRow(label=r"$A_1$ & <B> \alpha", estimate=1, low=0.5, high=2)
    assert r"$A_1$ & <B> \alpha" in shown(forest(plot_of(row)))


def test_rows_draw_together_on_a_long_figure():
    def height(k):
        rows = [ForestRow(label=str(i), estimate=1, low=0.5, high=2) for i in range(k)]
        return forest(plot_of(*rows)).get_size_inches()[1] * 25.4

    assert height(10) - height(9) == pytest.approx(8 * 1.6 * 25.4 / 72, rel=0.01)
    assert height(60) < 260


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cells": ("1",)}, "study 'A': 1 cells stand under 2 headers"),
        ({"low": None}, "study 'A': the interval has one end only"),
        ({"low": 1.5}, "study 'A': the estimate is not inside its interval"),
        ({"estimate": math.nan}, "study 'A': a number is not finite"),
        ({"low": -1}, "study 'A': a logarithmic axis has no place for zero"),
    ],
)
def test_a_row_that_cannot_be_drawn_is_named(change, message):
    row = ForestRow(label="A", cells=("1", "2"), estimate=1, low=0.5, high=2)
    with pytest.raises(InvalidInput) as raised:
        forest(plot_of(replace(row, **change), headers=("x", "y")))
    assert message in str(raised.value)


def test_all_faults_are_reported_at_once():
    rows = [ForestRow(label=str(i), estimate=1, low=2, high=3) for i in range(4)]
    with pytest.raises(InvalidInput) as raised:
        forest(plot_of(*rows))
    assert len(raised.value.problems) == 4


def test_a_page_without_room_is_refused_with_the_remedy():
    row = ForestRow(label="A", estimate=1, low=0.5, high=2)
    with pytest.raises(InvalidInput, match="make it wider"):
        forest(plot_of(row), width_mm=30)


def test_cells_move_under_the_labels_where_the_page_is_narrow():
    wide = dict(text_boxes(forest(FOREST, width_mm=180)))
    assert wide["12/50"].y0 == pytest.approx(wide["Müller 2019"].y0, abs=2)
    narrow = dict(text_boxes(forest(FOREST, width_mm=85)))
    under = narrow["12/50; 20/52"]
    assert under.y1 <= narrow["Müller 2019"].y0 + 2
    assert under.x0 == pytest.approx(narrow["Müller 2019"].x0, abs=2)
