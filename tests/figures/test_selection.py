"""Pictures of selection."""

import numpy as np
import pytest

from synthesist.errors import InvalidInput
from synthesist.figures import (
    p_curve,
    selection_function,
    sensitivity,
    significance_funnel,
    svg,
)

EDGES = [0.0, 0.025, 0.5, 1.0]
WEIGHTS = [1.0, 0.4, 0.1]
BAND = ([1.0, 0.2, 0.0], [1.0, 0.9, np.inf])
OWN = [0.001, 0.02, 0.2, 0.7]
Y, SE = [0.9, 0.1, -0.2, 0.6], [0.2, 0.3, 0.1, 0.4]


def steps(**changes):
    options = {"own": OWN, "band": BAND, "steps": True, "bounded": True}
    return selection_function(EDGES, WEIGHTS, **(options | changes))


def curve(**changes):
    x = np.linspace(0, 1, 101)
    w = np.exp(-2 * x)
    return selection_function(x, w, band=(0.7 * w, 1.3 * w), bounded=True, **changes)


def funnel(**changes):
    options = {
        "affirmative": [True, False, False, False],
        "worst": 0.05,
        "estimate": 0.2,
        "effect_label": "Risk ratio",
        "log": True,
    }
    return significance_funnel(Y, SE, **(options | changes))


def along(**changes):
    options = {
        "band": ([0.1, 0.0, -0.2], [0.5, 0.4, 0.3]),
        "effect_label": "Risk ratio",
        "x_label": "Published, %",
        "log": True,
    }
    return sensitivity([10, 50, 90], [0.3, 0.2, 0.1], **(options | changes))


def bars(**changes):
    return p_curve([0.5, 0.2, 0.1, 0.1, 0.1], [0.44, 0.2, 0.14, 0.12, 0.1], **changes)


@pytest.mark.parametrize("width", [85, 120, 180])
@pytest.mark.parametrize("draw", [steps, curve, funnel, along, bars])
def test_texts_neither_overlap_nor_leave_the_page(draw, width, legible):
    legible(draw(width_mm=width, title="Passive smoking", footer=("A note.",)))


def test_steps_are_drawn_as_steps():
    (axes,) = steps().axes
    (stairs,) = [patch for patch in axes.patches if hasattr(patch, "get_data")]
    values, edges, _ = stairs.get_data()
    np.testing.assert_allclose(values, WEIGHTS)
    np.testing.assert_allclose(edges, EDGES)
    (marks,) = [c for c in axes.collections if len(c.get_paths()) == len(OWN)]
    assert sorted(path.vertices[0, 0] for path in marks.get_paths()) == OWN


def test_a_weight_without_bounds_is_cut_off():
    x = np.linspace(0, 1, 201)
    weight = np.where(x > 0, 0.001 / np.maximum(x, 1e-9), 1e6)
    (axes,) = selection_function(x, weight, bounded=True, relative="P = 0.025").axes
    assert axes.get_ylim()[1] < 5
    assert "P = 0.025: 1" in svg(selection_function(x, weight, relative="P = 0.025"))


def test_affirmative_results_are_told_from_the_others():
    (axes,) = funnel().axes
    sizes = [len(c.get_offsets()) for c in axes.collections]
    assert sorted(sizes) == [1, 3]
    (left,) = funnel(favours_high=False).axes
    assert any(line.get_xdata()[-1] < -0.5 for line in left.lines)
    (right,) = funnel().axes
    assert not any(line.get_xdata()[-1] < -0.5 for line in right.lines)


def test_the_shares_are_drawn_in_per_cent():
    (axes,) = bars().axes
    found = axes.lines[-1]
    np.testing.assert_allclose(found.get_ydata(), [50, 20, 10, 10, 10])


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: selection_function([0, 1], [1, 1, 1]), "3 values where 2"),
        (lambda: steps(own=[np.nan]), "missing or infinite"),
        (lambda: funnel(affirmative=[True]), "1 values where 4"),
        (lambda: along(band=([0.1], [0.2])), "1 values where 3"),
        (lambda: bars(ends=(0.05, 0.04, 0.03, 0.02, 0.01)), "do not ascend"),
    ],
)
def test_what_cannot_be_drawn_is_said(draw, words):
    with pytest.raises(InvalidInput, match=words):
        draw()
