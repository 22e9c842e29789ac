"""Waterfall, spider, swimmer, markers and response bars, as a reader sees them."""

import numpy as np
import pytest

import synthesist.figures as figures
from synthesist.errors import InvalidInput

from .conftest import assert_legible

RANDOM = np.random.default_rng(17)
CHANGE = np.round(RANDOM.normal(-10, 40, 17), 1)
GROUP = ["partial response" if c <= -30 else "progression" if c >= 20 else "stable disease" for c in CHANGE]  # fmt: skip
WEEKS = np.array([0, 6, 12, 18, 24])
LINES = {f"P{i}": (WEEKS[: 2 + i % 4], np.cumsum(RANDOM.normal(0, 15, 2 + i % 4))) for i in range(12)}  # fmt: skip
DAYS = np.array([0, 14, 28, 56])
MARKER = {f"P{i}": (DAYS, 120 * np.exp(RANDOM.normal([0, 0.9, 0.6, 0.3], 0.4))) for i in range(17)}  # fmt: skip
LANES = [
    figures.SwimmerLane(
        label=f"Patient {i + 1}",
        time=time,
        ongoing=time > 900,
        events=((time / 3, "response begins"), (time, "progression")) if i % 3 == 0 else ((min(time, 28), "fever"),),
    )
    for i, time in enumerate([1086, 760, 512, 401, 300, 241, 180, 96, 45, 8])
]  # fmt: skip
BARS = [
    figures.ResponseBar(label="Tumour response: reduction or long stable disease", events=6, n=17, low=0.142, high=0.617),
    figures.ResponseBar(label="Objective reduction 客观缓解", events=2, n=17, low=0.015, high=0.364),
    figures.ResponseBar(label="Serious side effects", events=0, n=18, low=0, high=0.185),
    figures.ResponseBar(label="All", events=18, n=18, low=0.815, high=1),
]  # fmt: skip

DRAWINGS = {
    "waterfall": lambda **o: figures.waterfall(CHANGE, group=GROUP, **o),
    "spider": lambda **o: figures.spider(LINES, ongoing=["P3", "P7"], **o),
    "markers": lambda **o: figures.marker_trajectories(
        MARKER, measure="Eosinophils, per µl",
        summary=(DAYS, [120, 290, 220, 160], [95, 230, 180, 120], [150, 370, 270, 210]), **o,
    ),
    "swimmer": lambda **o: figures.swimmer(LANES, **o),
    "bars": lambda **o: figures.response_bars(BARS, **o),
}  # fmt: skip


@pytest.mark.parametrize("width", [180, 92])
@pytest.mark.parametrize("name", DRAWINGS)
def test_every_text_is_legible(name, width):
    found = DRAWINGS[name](
        width_mm=width, title="One trial on its own: a title that needs two lines", footer=["A note."]
    )  # fmt: skip
    assert_legible(found)


def axes_of(figure, name):
    (found,) = (axes for axes in figure.axes if axes.get_label() == name)
    return found


def test_bars_of_a_waterfall_fall():
    bars = axes_of(DRAWINGS["waterfall"](), "waterfall").patches
    heights = [bar.get_height() for bar in bars]
    assert heights == sorted(CHANGE, reverse=True)


def test_the_axis_of_markers_is_logarithmic():
    axes = axes_of(DRAWINGS["markers"](), "markers")
    ticks = np.exp(axes.get_yticks())
    labels = [float(label.get_text()) for label in axes.get_yticklabels()]
    assert np.allclose(ticks, labels)


def test_lanes_are_as_long_as_their_times():
    bars = axes_of(DRAWINGS["swimmer"](), "lanes").patches
    assert [bar.get_width() for bar in bars if hasattr(bar, "get_width")][: len(LANES)] == [lane.time for lane in LANES]  # fmt: skip


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.waterfall([]),
        lambda: figures.waterfall([1, 2], group=["a"]),
        lambda: figures.spider({}),
        lambda: figures.spider({"a": ([1, 1], [2, 3])}),
        lambda: figures.marker_trajectories({"a": ([0, 1], [0, 3])}, measure="x"),
        lambda: figures.swimmer([]),
        lambda: figures.swimmer([figures.SwimmerLane(label="a", time=5, events=((6, "x"),))]),
        lambda: figures.response_bars([figures.ResponseBar(label="a", events=3, n=5, low=0.7, high=0.9)]),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(draw):
    with pytest.raises(InvalidInput):
        draw()
