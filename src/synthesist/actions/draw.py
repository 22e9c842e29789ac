"""Draw the figures of a report into its folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from synthesist import figures
from synthesist.documents.content import AnalysisResult, Drawing
from synthesist.documents.flow_drawing import flow_counts
from synthesist.documents.report import FLOW
from synthesist.review import Review
from synthesist.review.flow import Flow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.figures import ForestPlot

FOLDER = "figures"

#: Each picture carries its fonts for use elsewhere; the page carries one set for all.
OWN_FONTS = re.compile(r"<style[^>]*>[^<]*@font-face.*?</style>", re.DOTALL)
PROLOGUE = re.compile(r"^.*?(?=<svg)", re.DOTALL)

#: Names within a picture: where they are given, and where they are used.
NAMES = re.compile(r"""(\bid="|url\(#|href="#)""")


def draw(
    review: Review,
    analyses: Iterable[AnalysisResult],
    flow: Flow | None,
    out: Path,
    progress: Callable[[str, int], None],
) -> dict[str, Drawing]:
    """Write every figure as SVG, PDF and PNG, and return them by name."""
    folder = out / FOLDER
    folder.mkdir()
    drawn: dict[str, Drawing] = {}
    if flow is not None:
        progress("the flow diagram", 0)
        synthetic = review.is_synthetic("records")
        drawn[FLOW] = _save(
            figures.flow(flow_counts(flow, synthetic=synthetic)),
            folder / FLOW,
            kind="flow",
            alt="Flow diagram: records found, screened, assessed and included",
            caption="PRISMA 2020 flow diagram, counted from the records and decisions.",
        )
    for number, result in enumerate(analyses, 1):
        plot = forest_of(review, result)
        if plot is None:
            continue
        progress(result.plan.id, number)
        drawn[result.plan.id] = _save(
            figures.forest(plot),
            folder / result.plan.id,
            kind="forest",
            alt=f"Forest plot: {result.plan.title}",
            caption=f"Forest plot. {result.plan.title}.",
        )
    return drawn


def forest_of(review: Review, result: AnalysisResult) -> ForestPlot | None:
    """Return the forest plot of an analysis, in the review's own words."""
    found = result.subgroups or result.fit
    if found is None:
        return None
    plot = found.forest()
    return replace(
        plot,
        headers=tuple(_named(header, result) for header in plot.headers),
        favours=result.plan.favours,
        label="synthetic results" if review.is_synthetic("results") else "",
    )


def _named(header: str, result: AnalysisResult) -> str:
    """Put the review's own names of the arms into a header."""
    if result.setting is None:
        return header
    for plain, name in (
        ("Treatment", result.setting.treated),
        ("Control", result.setting.control),
    ):
        if header.startswith(plain):
            return name[:1].upper() + name[1:] + header.removeprefix(plain)
    return header


def _save(figure: Figure, stem: Path, *, kind: str, alt: str, caption: str) -> Drawing:
    """Write a figure in all formats and keep its picture for the page."""
    files = figures.save(figure, stem)
    return Drawing(
        name=stem.name,
        kind=kind,
        alt=alt,
        caption=caption,
        svg=_inline(files["svg"].read_text("utf-8"), stem.name),
        files=tuple(f"{FOLDER}/{path.name}" for path in files.values()),
    )


def _inline(svg: str, name: str) -> str:
    """Make a picture part of a page: no prologue, no fonts, names of its own."""
    bare = PROLOGUE.sub("", OWN_FONTS.sub("", svg), count=1)
    return NAMES.sub(rf"\g<1>{name}-", bare)
