"""Whatever is put into a forest plot, a reader can read it."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesist.errors import InvalidInput
from synthesist.figures import (
    ForestGroup,
    ForestPlot,
    ForestRow,
    ForestSummary,
    forest,
)
from synthesist.figures.forest_layout import lay_out

from .conftest import assert_legible, text_boxes

LETTERS = "aeinrstWMlvÅŁéžЖщыΔτ0123456789-,.()/ 赵明国际多中心试验，（）"

words = st.text(LETTERS, min_size=1, max_size=14)
labels = st.one_of(
    st.sampled_from(["Humrich 2022", "Хохлова 2018", "赵明 2019", "Ríos-Garcés 2020"]),
    st.lists(words, min_size=1, max_size=8).map(" ".join),
    st.text(LETTERS.replace(" ", ""), min_size=30, max_size=60),
)
cells = st.sampled_from(["", "3/40", "112/1023", "81.7 (9.4)", "3 MIU", "1 MIU/day"])


@st.composite
def intervals(draw, log):
    """Give low, estimate, high, from very narrow to without end."""
    centre = draw(st.floats(-3, 3))
    below, above = draw(st.floats(0, 6)), draw(st.floats(0, 6))
    if draw(st.booleans()):
        above = draw(st.sampled_from([above, math.inf]))
    values = centre - below, centre, centre + above
    return tuple(map(math.exp, values)) if log else tuple(10 * v for v in values)


@st.composite
def forest_plots(draw, max_rows=12):
    """Give forest plots of every kind."""
    log = draw(st.booleans())
    columns = draw(st.integers(0, 2))
    weighted = draw(st.booleans())

    def row():
        given_cells = tuple(draw(cells) for _ in range(columns))
        if draw(st.integers(0, 5)) == 0:
            return ForestRow(label=draw(labels), cells=given_cells)
        low, estimate, high = draw(intervals(log))
        weight = draw(st.floats(0, 100)) if weighted else None
        return ForestRow(
            label=draw(labels),
            cells=given_cells,
            estimate=estimate,
            low=low,
            high=high,
            weight=weight,
        )

    def summary():
        low, estimate, high = draw(intervals(log))
        reach = draw(intervals(log))
        return ForestSummary(
            label=draw(labels),
            estimate=estimate,
            low=low,
            high=high,
            weight=draw(st.none() | st.floats(0, 100)),
            prediction=draw(st.none() | st.just((reach[0], reach[2]))),
            text=tuple(draw(st.lists(labels, max_size=2))),
        )

    groups = tuple(
        ForestGroup(
            title=draw(st.just("") | labels),
            rows=tuple(row() for _ in range(draw(st.integers(0, max_rows // 2)))),
            summary=summary() if draw(st.booleans()) else None,
        )
        for _ in range(draw(st.integers(1, 2)))
    )
    return ForestPlot(
        groups=groups,
        summary=summary() if draw(st.booleans()) else None,
        headers=tuple(draw(words) for _ in range(columns)),
        effect_label=draw(labels),
        effect_short=draw(st.sampled_from(["RR", "Mean difference", "风险比"])),
        no_effect=(1.0 if log else 0.0) if draw(st.booleans()) else None,
        log=log,
        favours=draw(st.none() | st.tuples(labels, labels)),
        footer=tuple(draw(st.lists(labels, max_size=2))),
        title=draw(st.just("") | labels),
        label=draw(st.sampled_from(["", "synthetic data"])),
    )


@settings(max_examples=20)
@given(forest_plots(), st.sampled_from([180, 120]))
def test_no_text_overlaps_another_or_leaves_the_page(plot, width):
    assert_legible(forest(plot, width_mm=width))


@settings(max_examples=20)
@given(forest_plots(max_rows=6))
def test_a_single_column_is_legible_or_refused(plot):
    try:
        figure = forest(plot, width_mm=85)
    except InvalidInput:
        with pytest.raises(InvalidInput, match="a page 85 mm wide has no room"):
            forest(plot, width_mm=85)
        return
    assert_legible(figure)


@settings(max_examples=20)
@given(forest_plots())
def test_only_lines_of_text_run_through_the_plot(plot):
    layout = lay_out(plot, 180)
    figure = forest(plot, width_mm=180)
    axes = figure.axes[0].get_window_extent()
    pixels = figure.dpi / 25.4
    through = [
        (figure.bbox.height - end * pixels, figure.bbox.height - start * pixels)
        for start, end in layout.interrupted
    ]
    ticks = {label.get_text() for label in figure.axes[0].get_xticklabels()}
    figure_texts = [(t, b) for t, b in text_boxes_at(figure) if t not in ticks]
    for text, box in figure_texts:
        beside = box.x1 <= axes.x0 + 1 or box.x0 >= axes.x1 - 1
        under = box.y1 <= axes.y0 + 1 or box.y0 >= axes.y1 - 1
        parted = any(low - 2 <= box.y0 and box.y1 <= high + 2 for low, high in through)
        assert beside or under or parted, text


def text_boxes_at(figure):
    """Give the boxes at the resolution the figure has."""
    renderer = figure.canvas.get_renderer()
    return [
        (text.get_text(), text.get_window_extent(renderer)) for text in figure.texts
    ]


@pytest.mark.parametrize("width", [180, 85])
@pytest.mark.parametrize("k", [3, 20, 60])
def test_few_and_many_studies(k, width):
    rows = tuple(
        ForestRow(
            label=f"Study {i} with a name {2000 + i}",
            cells=(f"{i}/100", f"{2 * i}/100"),
            estimate=0.5 + i / 50,
            low=0.2 + i / 60,
            high=1.5 + i / 30,
            weight=100 / k,
        )
        for i in range(k)
    )
    plot = ForestPlot(
        groups=(ForestGroup(rows=rows),),
        headers=("Treated n/N", "Control n/N"),
        effect_label="Risk ratio",
        no_effect=1,
        log=True,
    )
    figure = forest(plot, width_mm=width)
    assert_legible(figure)
    shown = [text for text, _ in text_boxes(figure)]
    assert sum("Study" in text for text in shown) >= k
    assert figure.get_size_inches()[0] * 25.4 == pytest.approx(width)
