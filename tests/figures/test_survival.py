"""Kaplan-Meier curves, log-log curves, Schoenfeld residuals."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D

import synthesist.figures as figures
from synthesist.errors import InvalidInput
from synthesist.figures import SurvivalLine
from synthesist.figures.kaplan_meier_drawing import GRID, STROKES

RANDOM = np.random.default_rng(11)
TICKS = [0, 12, 24, 36, 48, 60]


def line(label, n=300, scale=30.0):
    time = np.sort(RANDOM.exponential(scale, n)).clip(0.01, 60)
    time = np.unique(time)
    survival = 1 - np.arange(1, len(time) + 1) / (n + 40)
    return SurvivalLine(
        label=label,
        time=time,
        survival=survival,
        last=61.3,
        low=survival * 0.9,
        high=np.minimum(survival * 1.1, 1),
        at_risk=tuple(int(n * np.exp(-t / scale)) for t in TICKS),
        censored=RANDOM.uniform(0, 60, 30),
    )


NAMES = ["control", "白细胞介素-2", "a very long name of a regimen"]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("width", [85, 130, 180])
def test_curves_are_legible(legible, count, width):
    figure = figures.kaplan_meier(
        [line(name) for name in NAMES[:count]],
        ticks=TICKS,
        time_name="Months since randomisation",
        texts=["Hazard ratio 0.86 (95% CI 0.78 to 0.94)"] if width > 100 else [],
        title="Leukaemia-free survival",
        label="synthetic data",
        footer=["Log-rank test stratified by trial."],
        marks=True,
        width_mm=width,
    )
    legible(figure)


def test_numbers_at_risk_stand_under_their_ticks():
    drawn = line("control")
    figure = figures.kaplan_meier([drawn], ticks=TICKS)
    texts = {t.get_text(): t.get_position()[0] for t in figure.texts}
    axes = figure.axes[0]
    for tick, n in zip(TICKS, drawn.at_risk, strict=True):
        x = axes.transData.transform((tick, 0))[0] / figure.bbox.width
        assert texts[str(n)] == pytest.approx(x, abs=0.005)


def test_without_numbers_at_risk_there_is_a_legend(legible):
    lines = [
        SurvivalLine(
            label=name, time=np.array([1.0, 2]), survival=np.array([0.8, 0.5]), last=3
        )
        for name in ("a", "b")
    ]
    figure = figures.kaplan_meier(lines, ticks=[0, 1, 2, 3])
    legible(figure)
    assert {"a", "b"} <= {t.get_text() for t in figure.texts}


def test_curves_differ_without_colour():
    dashes = [stroke.dashes for stroke in STROKES]
    assert len(set(dashes)) == len(dashes)
    grey = [np.dot(to_rgb(s.color), (0.299, 0.587, 0.114)) for s in STROKES[:2]]
    assert abs(grey[0] - grey[1]) > 0.15


def test_no_exact_time_of_a_patient_is_drawn():
    drawn = line("control")
    figure = figures.kaplan_meier([drawn], ticks=TICKS)
    (curve,) = [
        artist
        for artist in figure.axes[0].findobj(Line2D)
        if len(artist.get_xdata()) > 50
    ]
    x = np.unique(curve.get_xdata())
    step = 61.3 / GRID
    inner = x[(x > 0) & (x < 61.3)]
    assert np.allclose(inner / step, np.round(inner / step))
    assert len(x) <= GRID + 2
    # Nothing is moved by more than what the eye can see.
    for time, value in zip(drawn.time[::20], drawn.survival[::20], strict=True):
        at = np.searchsorted(curve.get_xdata(), time + step, side="right") - 1
        assert curve.get_ydata()[at] <= value + 1e-12


@pytest.mark.parametrize(
    ("lines", "ticks", "message"),
    [
        ([], TICKS, "0 curves"),
        ([line("x")] * 7, TICKS, "7 curves"),
        ([line("x")], [0, 10], "one for each tick"),
        ([line("\u0e01")], TICKS, "cannot show"),
    ],
)
def test_what_cannot_be_drawn(lines, ticks, message):
    with pytest.raises(InvalidInput, match=message):
        figures.kaplan_meier(lines, ticks=ticks)


def test_log_log(legible):
    figure = figures.log_log([line("control"), line("treated")], time_name="Months")
    legible(figure)
    flat = SurvivalLine(
        label="x", time=np.array([1.0]), survival=np.array([0.0]), last=2
    )
    with pytest.raises(InvalidInput, match="no curve falls twice"):
        figures.log_log([flat])


def test_schoenfeld(legible):
    x = np.sort(RANDOM.uniform(0, 1, 200))
    y = RANDOM.normal(size=200)
    at = np.linspace(0, 1, 20)
    figure = figures.schoenfeld(
        x,
        y,
        ticks=([0.2, 0.8], ["10", "40"]),
        smooth=(at, 0 * at, 0 * at - 0.3, 0 * at + 0.3),
        estimate=-0.2,
        time_name="Months",
        title="treated",
    )
    legible(figure)
    without = figures.schoenfeld(
        x,
        y,
        ticks=([0.2], ["10"]),
        smooth=(at, 0 * at, 0 * at - 0.3, 0 * at + 0.3),
        points=False,
    )
    longest = max(len(a.get_xdata()) for a in without.axes[0].findobj(Line2D))
    assert longest == 20
    legible(figures.schoenfeld(x, y, ticks=([0.5], ["20"])))
