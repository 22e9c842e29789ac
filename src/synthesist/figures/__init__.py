"""Drawings from plain arrays: forest plots, flow diagrams and their fonts.

Nothing here knows effects or pooling. Importing this package does not import
matplotlib; calling one of its functions does, and so does asking for one of those
over plain arrays (`funnel` and its like), so ask inside the function that draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthesist.figures.flow_model import (
    FlowCount,
    FlowCounts,
    FlowOther,
    FlowPrevious,
)
from synthesist.figures.forest_model import (
    ForestGroup,
    ForestPlot,
    ForestRow,
    ForestSummary,
)
from synthesist.figures.survival_model import SurvivalLine

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.figures.bubble_drawing import bubble
    from synthesist.figures.curves_drawing import drapery, likelihood_profile
    from synthesist.figures.funnel_drawing import funnel, sunset
    from synthesist.figures.influence_drawing import influence
    from synthesist.figures.kaplan_meier_drawing import kaplan_meier
    from synthesist.figures.orchard_drawing import OrchardGroup, orchard
    from synthesist.figures.patient_changes import (
        marker_trajectories,
        spider,
        waterfall,
    )
    from synthesist.figures.patient_rows import (
        ResponseBar,
        SwimmerLane,
        response_bars,
        swimmer,
    )
    from synthesist.figures.proportionality_drawing import log_log, schoenfeld
    from synthesist.figures.regimen_drawing import RegimenStrip, regimens
    from synthesist.figures.scatter_drawing import baujat, galbraith, gosh, labbe
    from synthesist.figures.selection_drawing import (
        p_curve,
        selection_function,
        sensitivity,
        significance_funnel,
    )
    from synthesist.figures.specification_drawing import specification_curve

__all__ = [
    "FlowCount",
    "FlowCounts",
    "FlowOther",
    "FlowPrevious",
    "ForestGroup",
    "ForestPlot",
    "ForestRow",
    "ForestSummary",
    "OrchardGroup",
    "RegimenStrip",
    "ResponseBar",
    "SurvivalLine",
    "SwimmerLane",
    "baujat",
    "bubble",
    "drapery",
    "embedded_font_css",
    "flow",
    "forest",
    "funnel",
    "galbraith",
    "gosh",
    "influence",
    "kaplan_meier",
    "labbe",
    "likelihood_profile",
    "log_log",
    "marker_trajectories",
    "orchard",
    "p_curve",
    "regimens",
    "response_bars",
    "save",
    "schoenfeld",
    "selection_function",
    "sensitivity",
    "significance_funnel",
    "specification_curve",
    "spider",
    "sunset",
    "svg",
    "swimmer",
    "waterfall",
]

#: Functions over plain arrays, found where they are drawn.
DRAWN_IN = {
    "ResponseBar": "patient_rows",
    "SwimmerLane": "patient_rows",
    "response_bars": "patient_rows",
    "swimmer": "patient_rows",
    "waterfall": "patient_changes",
    "spider": "patient_changes",
    "marker_trajectories": "patient_changes",
    "RegimenStrip": "regimen_drawing",
    "baujat": "scatter_drawing",
    "bubble": "bubble_drawing",
    "drapery": "curves_drawing",
    "funnel": "funnel_drawing",
    "galbraith": "scatter_drawing",
    "gosh": "scatter_drawing",
    "influence": "influence_drawing",
    "kaplan_meier": "kaplan_meier_drawing",
    "labbe": "scatter_drawing",
    "likelihood_profile": "curves_drawing",
    "log_log": "proportionality_drawing",
    "orchard": "orchard_drawing",
    "OrchardGroup": "orchard_drawing",
    "regimens": "regimen_drawing",
    "p_curve": "selection_drawing",
    "schoenfeld": "proportionality_drawing",
    "selection_function": "selection_drawing",
    "sensitivity": "selection_drawing",
    "significance_funnel": "selection_drawing",
    "specification_curve": "specification_drawing",
    "sunset": "funnel_drawing",
}


def __getattr__(name: str) -> Any:
    """Import a drawing when it is asked for, and matplotlib with it."""
    if name not in DRAWN_IN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{DRAWN_IN[name]}"), name)


def forest(plot: ForestPlot, *, width_mm: float = 180) -> Figure:
    """Draw a forest plot as wide as asked and as high as its rows need.

    Raises
    ------
    InvalidInput
        If a row has the wrong number of cells, a number cannot stand on the
        axis, a character has no glyph, or the columns do not fit the width.
    """
    from synthesist.figures.forest_drawing import draw_forest

    return draw_forest(plot, width_mm)


def flow(counts: FlowCounts, *, width_mm: float = 180) -> Figure:
    """Draw the flow diagram of PRISMA 2020.

    Raises
    ------
    InvalidInput
        If a count is negative, a character has no glyph, or the page is too narrow
        for the columns: two need 70 mm or so, all five 150 mm.

    References
    ----------
    Page MJ et al. BMJ 2021;372:n71. doi:10.1136/bmj.n71
    """
    from synthesist.figures.flow_drawing import draw_flow

    return draw_flow(counts, width_mm)


def save(
    figure: Figure, stem: str | Path, formats: Sequence[str] = ("svg", "pdf", "png")
) -> dict[str, Path]:
    """Write a figure under `stem` with each suffix; the same figure, the same bytes.

    `stem` is the path without its suffix. SVG keeps text as text and carries the
    glyphs it uses, PDF embeds its fonts, PNG has 300 dots per inch.

    Raises
    ------
    InvalidInput
        If a format is none of svg, pdf and png.
    """
    from synthesist.figures.output import save_figure

    return save_figure(figure, stem, formats)


def svg(figure: Figure, *, title: str = "", fonts: bool = False) -> str:
    """Give a figure as an SVG element that stands in an HTML page.

    The page carries the fonts (`embedded_font_css`) unless `fonts` is true. Links
    of the labels into the page work here, and only here. Styles are attributes, so
    that a strict content policy leaves the figure as it is. `title` says what the
    figure shows, for those who hear the page.
    """
    from synthesist.figures.output import svg_text

    return svg_text(figure, fonts=fonts, page=True, title=title)


def embedded_font_css(text: str) -> str:
    """Give the ``@font-face`` rules that carry the glyphs of `text`.

    For an HTML page that must look the same everywhere; the families are named
    ``Synthesist Sans`` and, where `text` has characters only the Chinese font
    shows, ``Synthesist Sans SC``. Characters without a glyph are passed over.
    """
    from synthesist.figures.typeface import font_faces

    return font_faces(text)
