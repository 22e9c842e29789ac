"""The bubble plot of a regression, and its profile of tau²."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from synthesist.pooling.regression.drawing import average_rows
from synthesist.pooling.regression.profile import limits

R = golden.load("r/expected/regression.json")


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


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_the_profile_of_tau2_ends_where_r_says(trials, method):
    fit = sy.regress(trials, "latitude", tau2=method)
    found = limits(fit)
    assert_allclose([found.lower, found.upper], R["profile"][method], rtol=1e-8)
    at, heights = fit.profile()
    criteria = fit.criteria if method == "ML" else fit.restricted_criteria
    assert_allclose(heights.max(), criteria.log_likelihood, atol=1e-12)
    assert_allclose(at[heights.argmax()], fit.tau2)
    ends = fit.profile([found.lower, found.upper])[1]
    assert_allclose(ends[1], heights.max() - 0.5 * 3.841458820694124, atol=1e-9)


def test_the_profile_is_drawn_with_its_interval(trials):
    (axes,) = sy.regress(trials, "latitude").plot_profile().axes
    upright = [s[0, 0] for c in axes.collections for s in c.get_segments()]
    for value in (*R["profile"]["REML"], sy.regress(trials, "latitude").tau2):
        assert np.abs(np.array(upright) - value).min() < 1e-6
    with pytest.raises(sy.InvalidInput, match="not below zero"):
        sy.regress(trials, "latitude").profile([-0.1])
