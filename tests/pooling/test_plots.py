"""Every picture of a pooled result, from the fit itself."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from synthesist.effects import effect_table
from synthesist.pooling import pool
from synthesist.pooling.plots import PLOTS


@pytest.fixture(scope="module")
def fit():
    return pool(effect_table(golden.data("bcg"), "RR"))


def texts(figure):
    from matplotlib.text import Text

    return [t.get_text() for t in figure.findobj(Text)]


def axes(figure, name):
    (found,) = (a for a in figure.axes if a.get_label() == name)
    return found


@pytest.mark.parametrize("kind", PLOTS)
def test_every_picture_can_be_drawn(fit, kind):
    figure = fit.plot(kind)
    assert figure.get_size_inches()[0] > 3
    assert any(texts(figure))


def test_without_a_name_it_is_the_forest_plot(fit):
    assert texts(fit.plot()) == texts(fit.plot("forest"))
    wide = fit.plot(favours=("favours vaccine", "favours none"), width_mm=200)
    assert any("favours vaccine" in text.lower() for text in texts(wide))
    assert_allclose(wide.get_size_inches()[0], 200 / 25.4)


@pytest.mark.parametrize("kind", ["funnel", "galbraith", "gosh", "likelihood_profile"])
def test_what_the_drawing_takes_is_passed_on(fit, kind):
    figure = fit.plot(kind, title="As planned", width_mm=100)
    assert "As planned" in texts(figure)
    assert_allclose(figure.get_size_inches()[0], 100 / 25.4)


def test_the_points_of_a_funnel_are_the_studies(fit):
    drawn = axes(fit.plot("funnel"), "funnel").collections[-1].get_offsets()
    effects = fit.effects
    assert_allclose(drawn, np.column_stack([effects.y, np.sqrt(effects.v)]))


def test_an_odds_ratio_bends_the_curve_of_a_labbe_plot():
    fit = pool(effect_table(golden.data("bcg"), "OR"))
    curve = axes(fit.plot("labbe"), "labbe").lines[1]
    risk, treated = curve.get_data()
    odds = risk / (1 - risk) * np.exp(fit.estimate)
    assert_allclose(treated, odds / (1 + odds), rtol=1e-12)


@pytest.mark.parametrize("code", ["RR", "RD", "AS"])
def test_risks_of_other_measures_are_drawn_too(code):
    fit = pool(effect_table(golden.data("catheters"), code))
    lines = axes(fit.plot("labbe"), "labbe").lines
    assert len(lines) == (1 if code == "AS" else 2)


def test_the_profile_is_highest_at_the_estimate(fit):
    for tau2 in ("REML", "ML"):
        own = pool(fit.effects, tau2=tau2, tau2_interval="PL")
        drawn = axes(own.plot("likelihood_profile"), "profile")
        at, height = drawn.lines[1].get_data()
        assert_allclose(at[np.argmax(height)], own.tau2, rtol=1e-6)
        cutoff = drawn.lines[0].get_ydata()[0]
        limits = [own.tau2_interval.lower, own.tau2_interval.upper]
        assert_allclose(np.interp(limits, at, height), cutoff, rtol=1e-8)


def test_a_proportion_has_no_contours_and_no_power():
    counts = {"events": [3, 5, 9], "n": [20, 24, 31]}
    fit = pool(effect_table(counts, "PLO"))
    assert "Proportion, logit scale" in texts(fit.plot("funnel"))
    assert not any(text.startswith("P ") for text in texts(fit.plot("funnel")))
    with pytest.raises(sy.InvalidInput, match="no value of no effect"):
        fit.plot("sunset")


def test_what_cannot_be_drawn_is_refused():
    means = pool({"yi": [0.1, 0.2, 0.4], "vi": [0.1, 0.1, 0.2]})
    with pytest.raises(sy.InvalidInput, match="events of two groups"):
        means.plot("labbe")
    with pytest.raises(sy.InvalidInput, match="did you mean funnel"):
        means.plot("funel")
    with pytest.raises(sy.NotEstimable, match="no likelihood of tau²"):
        pool({"yi": [0.1], "vi": [0.1]}).plot("likelihood_profile")
    totals = pool(effect_table(golden.data("bcg"), "OR"), model="mh")
    with pytest.raises(sy.NotEstimable, match="no likelihood of tau²"):
        totals.plot("likelihood_profile")


def test_the_order_of_a_growing_row_and_the_marked_study_are_passed_on(fit):
    ordered = fit.plot("cumulative", by="latitude")
    assert any(text.startswith("Up to TPT Madras") for text in texts(ordered))
    assert "with TPT Madras 1980" in texts(fit.plot("gosh", marked="TPT Madras 1980"))
