"""Orchard plots of every kind of answer."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from synthesist.errors import InvalidInput
from synthesist.pooling.orchard import orchard


@pytest.fixture(scope="module")
def effects():
    return sy.effect_table(golden.data("bcg"), "RR")


def drawn(figure):
    """Return the effects, intervals and means of each group, top down."""
    (axes,) = (a for a in figure.axes if a.get_label() == "orchard")
    bubbles = [c.get_offsets()[:, 0] for c in axes.collections]
    wide = [line.get_xdata() for line in axes.lines if line.get_linewidth() > 2]
    return bubbles[::2], wide, [float(m[0]) for m in bubbles[1::2]]


def test_one_answer_is_one_group(effects):
    fit = sy.pool(effects)
    for figure in (orchard(fit), fit.plot("orchard")):
        ((y,), (wide,), (mean,)) = drawn(figure)
        assert_allclose(sorted(y), sorted(effects.y))
        assert_allclose(wide, [fit.interval.lower, fit.interval.upper])
        assert mean == fit.estimate


def test_subgroups_are_groups_and_all_studies_come_last(effects):
    found = sy.subgroups(effects, by="allocation")
    y, wide, means = drawn(orchard(found, width_mm=85))
    assert [len(part) for part in y] == [7, 2, 4, 13]
    assert_allclose(means[-1], found.overall.estimate)
    assert_allclose(wide[0][0], found.fits["random"].interval.lower)


def test_levels_of_a_moderator_are_predicted(effects):
    fit = sy.regress(effects, "~ allocation")
    _, wide, means = drawn(orchard(fit))
    levels = {"allocation": ["random", "alternate", "systematic"]}
    expected = fit.predict(levels)
    assert_allclose(means, expected.estimate)
    assert_allclose(wide[1], [expected.lower[1], expected.upper[1]])


def test_other_moderators_are_at_their_average(effects):
    fit = sy.regress(effects, "~ allocation + latitude")
    latitude = float(np.mean(np.asarray(effects.columns["latitude"], dtype=float)))
    expected = fit.predict({"allocation": ["random"], "latitude": [latitude]})
    assert_allclose(drawn(orchard(fit))[2][0], expected.estimate[0])


def test_a_model_without_words_is_one_group(effects):
    fit = sy.regress(effects, "~ latitude")
    y, _, (mean,) = drawn(orchard(fit))
    assert len(y) == 1
    assert_allclose(mean, fit.fitted.mean())


def test_a_multilevel_model_predicts_a_new_effect():
    table = sy.effect_table(golden.data("made_up_levels"), "GEN")
    fit = sy.multilevel(table, "lab/row", "~ kind")
    figure = orchard(fit, by="kind")
    y, wide, means = drawn(figure)
    expected = fit.predict({"kind": ["b", "c", "a"]})
    assert sum(map(len, y)) == fit.k
    assert_allclose(means, expected.estimate)
    assert_allclose([w[0] for w in wide], expected.lower)
    (axes,) = (a for a in figure.axes if a.get_label() == "orchard")
    thin = [line.get_xdata() for line in axes.lines if line.get_linewidth() == 0.8]
    assert_allclose([x[1] for x in thin], expected.pi_upper)


def test_proportions_are_drawn_as_they_are_read():
    table = sy.effect_table(golden.data("vasospasm"), "PLO")
    fit = sy.pool(table)
    ((y,), _, (mean,)) = drawn(orchard(fit))
    assert ((y > 0) & (y < 1)).all()
    assert_allclose(mean, fit.display()["estimate"])


def test_a_group_that_does_not_exist_is_refused(effects):
    with pytest.raises(InvalidInput, match="leave out by"):
        orchard(sy.pool(effects), by="allocation")
    with pytest.raises(InvalidInput, match="no moderator in words"):
        orchard(sy.regress(effects, "~ allocation + latitude"), by="latitude")
