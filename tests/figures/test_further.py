"""Funnel, sunset, drapery, Galbraith, L'Abbé, Baujat, GOSH, profile, specifications."""

import math
import re
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import synthesist.figures as figures
from synthesist.errors import InvalidInput
from synthesist.figures import save

from .conftest import assert_legible, text_boxes

K = 13
RANDOM = np.random.default_rng(5)
SE = RANDOM.uniform(0.05, 0.7, K)
Y = RANDOM.normal(-0.6, 0.5, K)
NAMES = [f"Автор-{i} 赵 {1990 + i}" for i in range(K)]
ABOUT = {"effect_label": "Risk ratio", "log": True}
M = 60
CHOICES = {
    "Model": ["common", "random"] * (M // 2),
    "Studies": ["all", "low risk of bias only, as far as it was assessed", "RCT"]
    * (M // 3),
}

DRAWINGS = {
    "funnel": lambda **o: figures.funnel(
        Y, SE, estimate=-0.6, tau2=0.2, imputed=([0.2], [0.5]), **ABOUT, **o
    ),
    "sunset": lambda **o: figures.sunset(Y, SE, estimate=-0.6, **ABOUT, **o),
    "drapery": lambda **o: figures.drapery(
        Y, SE, estimate=-0.6, estimate_se=0.15, df=12, prediction=(-1.5, 0.3),
        **ABOUT, **o,
    ),
    "galbraith": lambda **o: figures.galbraith(
        Y, SE, estimate=-0.6, labels=NAMES, **ABOUT, **o
    ),
    "labbe": lambda **o: figures.labbe(
        RANDOM.uniform(0, 1, K), RANDOM.uniform(0, 1, K), weights=1 / SE,
        labels=NAMES, curves={"risk ratio 0.55": ([0, 1], [0, 0.55])}, **o,
    ),
    "baujat": lambda **o: figures.baujat(SE**2, np.abs(Y), labels=NAMES, **o),
    "gosh": lambda **o: figures.gosh(
        RANDOM.normal(size=500), RANDOM.uniform(0, 100, 500),
        marked=np.arange(500) % 2 == 0, **ABOUT, **o,
    ),
    "influence": lambda **o: figures.influence(
        {"Residual": Y, "Cook's distance": SE, "Variance ratio": 1 + SE},
        labels=NAMES, marked=SE > 0.5, bounds={"Residual": 0.9, "Cook's distance": 2},
        origins={"Variance ratio": 1.0}, **o,
    ),
    "likelihood_profile": lambda **o: figures.likelihood_profile(
        np.linspace(0, 2, 50), -((np.linspace(0, 2, 50) - 0.6) ** 2), estimate=0.6,
        cutoff=-0.3, interval=(0.05, None), name="Between-study variance τ²", **o,
    ),
    "specification_curve": lambda **o: figures.specification_curve(
        np.linspace(-1, 0.5, M), np.linspace(-1.5, 0, M), np.linspace(-0.5, 1, M),
        CHOICES, planned=7, **ABOUT, **o,
    ),
}  # fmt: skip


def shown(figure):
    """Give the texts of a figure."""
    return [text for text, _ in text_boxes(figure)]


@pytest.mark.parametrize("width", [180, 120, 85])
@pytest.mark.parametrize("name", DRAWINGS)
def test_every_figure_is_legible_at_every_width(name, width):
    figure = DRAWINGS[name](
        width_mm=width,
        title="A title that says at some length what is shown here",
        label="synthetic data",
        footer=["A line of text under the figure, longer than one column. " * 2],
    )
    assert_legible(figure)
    assert "synthetic data" in shown(figure)


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_figure_is_written_the_same_twice(name, tmp_path):
    figure = DRAWINGS[name]()
    first = save(figure, tmp_path / "a", ("svg", "pdf"))
    second = save(figure, tmp_path / "b", ("svg", "pdf"))
    for suffix, path in first.items():
        assert path.read_bytes() == second[suffix].read_bytes()


#: Drawings that have files of their own: test_bubble.py and test_survival.py.
def test_every_further_figure_is_tested_here_or_in_a_file_of_its_own():
    here = Path(__file__)
    others = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted(here.parent.glob("test_*.py"))
        if path != here
    )
    elsewhere = {name for name in figures.DRAWN_IN if re.search(rf"\b{name}\(", others)}
    assert set(figures.DRAWN_IN) == set(DRAWINGS) | elsewhere
    assert set(figures.DRAWN_IN) <= set(figures.__all__)


def test_an_unknown_name_is_an_ordinary_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'pie_chart'"):
        figures.pie_chart  # noqa: B018


@settings(max_examples=12)
@given(
    st.lists(st.tuples(st.floats(-3, 3), st.floats(-6, 2)), min_size=1, max_size=40),
    st.booleans(),
    st.sampled_from([120, 85]),
)
def test_any_studies_can_be_drawn(studies, log, width):
    y = np.array([effect for effect, _ in studies])
    se = np.exp([error for _, error in studies])
    about = {"effect_label": "Effect", "log": log, "width_mm": width}
    estimate = float(np.average(y, weights=1 / se**2))
    names = [f"Study {i}" for i in range(len(y))]
    assert_legible(figures.funnel(y, se, estimate=estimate, **about))
    assert_legible(figures.sunset(y, se, estimate=estimate or 0.1, **about))
    assert_legible(figures.galbraith(y, se, estimate=estimate, labels=names, **about))


def test_a_funnel_shades_what_is_significant():
    figure = figures.funnel([0.0, 1.0], [0.5, 1.0], estimate=0.5, effect_label="MD")
    axes = figure.axes[0]
    white = next(p for p in axes.patches if p.get_facecolor()[:3] == (1, 1, 1))
    corners = white.get_xy()
    bottom = corners[:, 1].max()
    assert corners[:, 0].max() == pytest.approx(NormalDist().inv_cdf(0.95) * bottom)
    assert axes.get_ylim()[1] == 0
    assert {"P > 0.1", "P 0.1 to 0.05", "P < 0.01"} <= set(shown(figure))


def test_ratios_are_printed_on_their_own_scale():
    figure = figures.funnel([-1.2, 0.8], [0.3, 0.4], estimate=-0.1, **ABOUT)
    axes = figure.axes[0]
    for position, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True):
        assert math.exp(position) == pytest.approx(float(label.get_text()))


def test_power_bands_end_where_power_is_what_they_say():
    figure = figures.sunset([0.5], [0.4], estimate=0.5, effect_label="MD")
    right = figure.axes[0].child_axes[0]
    normal = NormalDist()
    z = normal.inv_cdf(0.975)
    for error, label in zip(right.get_yticks(), right.get_yticklabels(), strict=True):
        power = normal.cdf(0.5 / error - z) + normal.cdf(-0.5 / error - z)
        assert 100 * power == pytest.approx(float(label.get_text().rstrip("%")))
    assert any("Median power" in text for text in shown(figure))


def test_a_drapery_cut_at_five_per_cent_gives_the_interval():
    figure = figures.drapery(
        [0.3], [0.1], estimate=0.3, estimate_se=0.1, effect_label="MD"
    )
    curve = figure.axes[0].lines[-1]
    xs, root = curve.get_data()
    above = xs[root**2 >= 0.05]
    assert above.min() == pytest.approx(0.3 - 0.196, abs=0.01)
    assert above.max() == pytest.approx(0.3 + 0.196, abs=0.01)
    assert root.max() == pytest.approx(1)


def test_a_galbraith_point_has_its_effect_as_slope():
    figure = figures.galbraith([0.8], [0.25], estimate=0.5, effect_label="MD")
    points = figure.axes[0].collections[0].get_offsets()
    assert points[0, 1] / points[0, 0] == pytest.approx(0.8)
    assert points[0, 0] == pytest.approx(4)


def test_conspicuous_studies_are_named_first():
    values = np.array([0.1, 0.1, 3.0, 0.1])
    figure = figures.baujat(values, values, labels=["a", "b", "odd one", "d"])
    assert "odd one" in shown(figure)


def test_all_subsets_are_counted_however_many():
    many = np.random.default_rng(1).normal(size=200_000)
    figure = figures.gosh(many, np.abs(many), effect_label="MD")
    counts = np.expm1(figure.axes[0].collections[0].get_array().filled(0))
    assert counts.sum() == pytest.approx(200_000)


def test_specifications_are_sorted_and_their_choices_follow():
    choices = {"Model": ["a", "b", "a"]}
    figure = figures.specification_curve(
        [0.3, 0.1, 0.2], [0.2, -0.1, 0.1], [0.4, 0.3, 0.3], choices,
        effect_label="MD", planned=0,
    )  # fmt: skip
    results, matrix = figure.axes
    heights = results.collections[1].get_offsets()[:, 1]
    assert list(heights) == pytest.approx([0.1, 0.2, 0.3])
    marks = [[s[0, 0] for s in c.get_segments()] for c in matrix.collections]
    assert marks == [[2, 3], [1]]
    assert results.lines[-1].get_xdata()[0] == 3


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: figures.funnel([1, math.nan], [1, 1], estimate=0, **ABOUT), "missing"),
        (lambda: figures.funnel([1, 2], [1, 0], estimate=0, **ABOUT), "not above zero"),
        (lambda: figures.funnel([1, 2], [1], estimate=0, **ABOUT), "se has 1 values"),
        (lambda: figures.labbe([1.2], [0.1]), "not between 0 and 1"),
        (lambda: figures.baujat([1], [1], labels=["a", "b"]), "2 labels .* 1 studies"),
        (lambda: figures.gosh([1, 2], [1, 2], marked=[True], **ABOUT), "length"),
        (
            lambda: figures.specification_curve(
                [1], [0], [2], {"x": ["a", "b"]}, effect_label="MD"
            ),
            "x has 2 options for 1",
        ),
        (lambda: figures.baujat([1], [1], title="ก"), r"U\+0E01"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, message):
    with pytest.raises(InvalidInput, match=message):
        draw()
