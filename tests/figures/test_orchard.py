"""The orchard plot: its spread, its groups, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from synthesist import figures
from synthesist.errors import InvalidInput
from synthesist.figures.orchard_drawing import OrchardGroup, spread


def group(title="Random", **changes):
    given = {
        "title": title,
        "count": "3 studies",
        "y": [0.1, 0.4, 0.2],
        "weights": [1.0, 2.0, 4.0],
        "estimate": 0.25,
        "interval": (0.1, 0.4),
        "prediction": (-0.2, 0.7),
    }
    return OrchardGroup(**{**given, **changes})


def axes(figure):
    (found,) = (a for a in figure.axes if a.get_label() == "orchard")
    return found


def texts(figure):
    from matplotlib.text import Text

    return [t.get_text() for t in figure.findobj(Text)]


@given(st.lists(st.floats(-5, 5), max_size=40))
def test_the_spread_stays_in_its_room_and_is_always_the_same(values):
    y = np.array(values)
    offsets = spread(y)
    assert offsets.shape == y.shape
    assert (np.abs(offsets) <= 1).all()
    assert_allclose(offsets, spread(y))


def test_effects_in_one_place_are_parted():
    offsets = np.sort(spread(np.zeros(7)))
    assert np.diff(offsets).min() > 0.1


def test_every_group_shows_effects_interval_and_prediction():
    figure = figures.orchard(
        [group(), group("Alternate", prediction=None), group("Other", interval=None)],
        effect_label="Effect",
        no_effect=0.0,
    )
    drawn = axes(figure)
    assert sum(line.get_linewidth() > 2 for line in drawn.lines) == 2
    ends = [line.get_xdata() for line in drawn.lines if line.get_linewidth() == 0.8]
    assert_allclose(ends, [(-0.2, 0.7)] * 2)
    assert {"Random", "Alternate", "Other", "3 studies"} <= set(texts(figure))
    assert any("prediction" in text for text in texts(figure))


def test_ratios_stand_on_a_logarithmic_axis():
    figure = figures.orchard([group()], effect_label="Risk ratio", log=True)
    ticks = axes(figure).get_xticks()
    labels = [float(label.get_text()) for label in axes(figure).get_xticklabels()]
    assert_allclose(np.exp(ticks), labels)
    assert 1.0 in labels


@pytest.mark.parametrize("width", [85, 180])
def test_long_headings_are_broken_and_make_the_figure_higher(width):
    long = "A regimen with a name far longer than a journal is wide, " * 4
    short = figures.orchard([group()], effect_label="Effect", width_mm=width)
    high = figures.orchard([group(long)], effect_label="Effect", width_mm=width)
    assert high.get_size_inches()[1] > short.get_size_inches()[1]
    assert_allclose(high.get_size_inches()[0], width / 25.4)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"y": [0.1, np.nan, 0.2]}, "missing or infinite"),
        ({"weights": [0.0, 0.0, 0.0]}, "not above zero"),
        ({"prediction": (np.nan, 1.0)}, "limit"),
        ({"weights": [1.0]}, "3 are expected"),
    ],
)
def test_what_cannot_be_drawn_is_refused(changes, said):
    with pytest.raises(InvalidInput, match=said):
        figures.orchard([group(**changes)], effect_label="Effect")


def test_no_group_is_refused():
    with pytest.raises(InvalidInput, match="no group"):
        figures.orchard([], effect_label="Effect")
