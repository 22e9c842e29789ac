"""What a pooled result hands to the figures."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from synthesist.pooling import glmm, mantel_haenszel, peto, pool


def test_a_forest_plot_is_on_the_reading_scale():
    fit = pool(sy.effect_table(str(golden.data("bcg")), "RR"))
    plot = fit.forest()
    (group,) = plot.groups
    assert len(group.rows) == 13
    assert_allclose(plot.summary.estimate, np.exp(fit.estimate))
    assert_allclose(plot.summary.prediction[1], np.exp(fit.prediction.upper))
    assert (plot.no_effect, plot.log) == (1.0, True)
    assert plot.headers == ("Treatment n/N", "Control n/N")
    assert group.rows[0].cells == ("4/123", "11/139")


def test_studies_without_result_say_so_in_their_place():
    plot = mantel_haenszel(str(golden.data("beta_blockers"))).forest()
    missing = [row for row in plot.groups[0].rows if row.estimate is None]
    assert [row.note for row in missing] == ["not reported"]


@pytest.mark.parametrize(
    ("fit", "title"),
    [
        (lambda t: pool(t, tau2="CE"), "Common effect"),
        (lambda t: pool(t, tau2="PM"), "Random effects (PM)"),
        (mantel_haenszel, "Common effect (Mantel-Haenszel)"),
        (peto, "Common effect (Peto)"),
    ],
)
def test_the_diamond_names_its_model(fit, title):
    table = sy.effect_table(str(golden.data("bcg")), "OR")
    assert fit(table).forest().summary.label == title


def test_proportions_are_shown_in_per_cent():
    plot = glmm(str(golden.data("vasospasm"))).forest()
    assert plot.percent
    assert plot.no_effect is None
    assert plot.headers == ("n/N",)
    assert 0.7 < plot.summary.estimate < 0.9


def test_a_plot_is_drawn():
    figure = pool({"yi": [0.1, 0.4, 0.3], "vi": [0.1, 0.2, 0.1]}).plot()
    assert figure.axes


def test_means_stand_beside_the_studies():
    plot = pool(sy.effect_table(str(golden.data("stroke_stay")), "MD")).forest()
    assert plot.headers == ("Treatment mean (SD), n", "Control mean (SD), n")
    assert plot.groups[0].rows[0].cells == ("55 (47), 155", "75 (64), 156")


def test_an_interval_beyond_the_possible_says_so():
    arms = {"study": ["a", "b"], "events": [36, 16], "n": [40, 29]}
    assert any("beyond" in note for note in pool(sy.effect_table(arms, "PR")).notes)
    assert not any("beyond" in n for n in pool(sy.effect_table(arms, "PLO")).notes)
