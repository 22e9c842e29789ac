"""The bubble plot."""

import numpy as np
import pytest

from synthesist.errors import InvalidInput
from synthesist.figures import bubble, svg

X = [13.0, 19.0, 27.0, 33.0, 44.0, 55.0]
Y = np.log([1.0, 0.2, 0.63, 1.56, 0.46, 0.2])
AT = np.linspace(13, 55, 11)
LINE = 0.25 - 0.029 * AT


def draw(**changes):
    options = {
        "weights": [9, 3, 7, 1, 9, 4],
        "line": (AT, LINE),
        "band": (LINE - 0.4, LINE + 0.4),
        "prediction": (LINE - 0.9, LINE + 0.9),
        "effect_label": "Risk ratio",
        "moderator_label": "Latitude",
        "no_effect": 0.0,
        "log": True,
    }
    return bubble(X, Y, **(options | changes))


def test_areas_are_as_the_weights():
    (axes,) = draw().axes
    (circles,) = [c for c in axes.collections if len(c.get_offsets()) == 6]
    areas = np.asarray(circles.get_sizes())
    # The largest are drawn first, so that none hides a smaller one.
    assert (np.diff(areas) <= 0).all()
    assert areas[0] / areas[2] == pytest.approx(9 / 7)


def test_a_ratio_is_printed_on_its_own_scale():
    (axes,) = draw().axes
    labels = [label.get_text() for label in axes.get_yticklabels()]
    positions = axes.get_yticks()
    for position, label in zip(positions, labels, strict=True):
        assert np.exp(position) == pytest.approx(float(label), rel=1e-9)
    assert "Risk ratio" in svg(draw())


def test_studies_are_all_inside_though_a_band_is_wide():
    (axes,) = draw(prediction=(LINE - 90, LINE + 90)).axes
    low, high = axes.get_ylim()
    assert low < Y.min()
    assert Y.max() < high
    assert high - low < 6


def test_names_are_printed_where_there_is_room():
    names = [f"Trial {i}" for i in range(6)]
    figure = draw(labels=names)
    shown = {text.get_text() for text in figure.axes[0].texts}
    assert {"Trial 3", "Trial 0"} <= shown <= set(names)


def test_the_legend_says_what_is_drawn():
    words = [text.get_text() for text in draw().texts]
    assert {"95% confidence", "95% prediction", "mean effect"} <= set(words)
    words = [text.get_text() for text in draw(prediction=None, level=0.9).texts]
    assert "90% confidence" in words
    assert not any("prediction" in word for word in words)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weights": [1, 2]}, "2 values where 6"),
        ({"weights": [-1, 1, 1, 1, 1, 1]}, "not above zero"),
        ({"labels": ["one"]}, "1 labels are given for 6"),
        ({"band": (LINE[1:], LINE)}, "a band has 10"),
        ({"line": (AT, LINE * np.nan)}, "missing or infinite"),
    ],
)
def test_what_cannot_be_drawn_is_said(changes, words):
    with pytest.raises(InvalidInput, match=words):
        draw(**changes)
