"""What results about small-study effects draw."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import synthesist as sy
from pooling.bias.cases import made_up, table
from synthesist.pooling.bias import (
    compare_missing_outcomes,
    limit_meta_analysis,
    pet_peese,
    small_study_test,
    trim_and_fill,
)


def texts(figure):
    from matplotlib.text import Text

    return [t.get_text() for t in figure.findobj(Text)]


def axes(figure, name):
    (found,) = (a for a in figure.axes if a.get_label() == name)
    return found


def curves(figure):
    """Return the lines of the regression colour, in the order of drawing."""
    from synthesist.figures.funnel_drawing import CURVE

    drawn = axes(figure, "funnel").lines
    return [line.get_data() for line in drawn if line.get_color() == CURVE]


def test_filled_studies_are_open_and_both_answers_are_drawn():
    found = trim_and_fill(table("catheters RR"))
    figure = found.plot()
    points = axes(figure, "funnel").collections
    assert_allclose(
        points[-1].get_offsets(), np.column_stack([found.y, np.sqrt(found.v)])
    )
    ((x, _),) = curves(figure)
    assert_allclose(x, found.filled.estimate)
    assert "with 7 studies filled in" in texts(figure)
    assert "imputed study" in texts(figure)


def test_without_missing_studies_it_is_a_plain_funnel():
    figure = trim_and_fill(table("bcg RR"), "R0").plot()
    assert curves(figure) == []
    assert "imputed study" not in texts(figure)


def test_eggers_line_begins_at_its_limit():
    found = small_study_test(table("asthma MD"))
    ((x, se),) = curves(found.plot())
    assert_allclose(x[0], found.limit.estimate)
    assert se[0] == 0
    assert_allclose((x[1] - x[0]) / se[1], found.slope.estimate)


def test_a_rank_test_draws_the_funnel_alone():
    assert curves(small_study_test(table("bcg RR"), "begg").plot()) == []


def test_scores_have_their_own_funnel():
    found = small_study_test(table("bcg OR"), "harbord")
    figure = found.plot()
    assert "Score over its variance" in texts(figure)
    points = axes(figure, "funnel").collections[-1].get_offsets()
    assert_allclose(points, np.column_stack([found.y, found.x]))


@pytest.mark.parametrize("code", ["peters", "macaskill", "deeks"])
def test_other_predictors_are_drawn_across(code):
    found = small_study_test(table("bcg OR"), code)
    figure = found.plot(width_mm=85)
    line = axes(figure, "bubble").lines[0].get_data()
    assert_allclose(found.line(np.asarray(line[0])), line[1])


def test_pet_peese_draws_both_and_the_chosen_one_first():
    found = pet_peese(table("asthma MD"))
    figure = found.plot()
    first, second = curves(figure)
    assert f"{found.chosen} (chosen)" in texts(figure)
    assert_allclose(first[0][0], found.adjusted.estimate)
    assert_allclose(second[0][0], found.pet.limit.estimate)


def test_a_limit_meta_analysis_ends_at_the_adjusted_answer():
    found = limit_meta_analysis(table("bcg RR"))
    curve, adjusted = curves(found.plot(title="Limit"))
    assert_allclose(curve[0][0], found.estimate)
    assert_allclose(adjusted[0], found.estimate)


def test_strategies_are_a_forest():
    found = compare_missing_outcomes(made_up("RR"))
    shown = texts(found.plot(width_mm=85))
    assert "Gamble-Hollis" in shown


def test_a_funnel_refuses_more_lines_than_can_be_told_apart():
    from synthesist import figures
    from synthesist.errors import InvalidInput

    line = ([0.0, 1.0], [0.0, 1.0])
    with pytest.raises(InvalidInput, match="told apart"):
        figures.funnel(
            [0.1, 0.2],
            [0.1, 0.2],
            estimate=0.1,
            effect_label="Effect",
            curves={str(i): line for i in range(4)},
        )


def test_a_proportion_has_a_funnel_without_contours():
    effects = {"events": [5, 9, 30, 12, 3], "n": [20, 50, 90, 60, 11]}
    figure = small_study_test(sy.effect_table(effects, "PLO"), "peters").plot()
    assert axes(figure, "bubble") is not None
