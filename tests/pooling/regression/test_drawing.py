"""The bubble plot of a regression."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from synthesist.pooling.regression.drawing import average_rows


@pytest.fixture(scope="module")
def trials():
    return sy.effect_table(str(golden.data("bcg")), "RR")


def test_the_line_is_what_is_predicted(trials):
    fit = sy.regress(trials, "latitude")
    (axes,) = fit.plot().axes
    line = max(axes.lines, key=lambda drawn: drawn.get_linewidth())
    x, y = line.get_xdata(), line.get_ydata()
    assert_allclose(y, fit.predict({"latitude": x}).estimate)
    assert (x[0], x[-1]) == (13, 55)


def test_other_moderators_stand_at_their_average(trials):
    fit = sy.regress(trials, "~ latitude + allocation")
    values = {"latitude": np.asarray(trials.column("latitude"), float),
              "allocation": list(trials.column("allocation"))}  # fmt: skip
    rows = average_rows(fit, values, "latitude", np.array([10.0, 20.0]))
    mean = fit.design.X.mean(axis=0)
    assert_allclose(rows[1], [1, 20, *mean[2:]])


def test_what_is_bent_is_drawn_as_it_is_read():
    data = {"events": [5, 3, 9, 20], "n": [10, 12, 30, 90], "year": [1, 2, 4, 8]}
    (axes,) = sy.regress(sy.effect_table(data, "PLO"), "year").plot().axes
    low, high = axes.get_ylim()
    assert -0.2 < low < high < 1.2
    assert "%" in axes.get_yticklabels()[0].get_text()


def test_words_cannot_be_drawn_along_an_axis(trials):
    with pytest.raises(sy.InvalidInput, match="no numeric moderator"):
        sy.regress(trials, "allocation").plot()
    with pytest.raises(sy.InvalidInput, match="choose from latitude"):
        sy.regress(trials, "~ latitude + allocation").plot("allocation")
