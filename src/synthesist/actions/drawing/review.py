"""Draw the figures of a report into its folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from synthesist import figures
from synthesist.actions.drawing.saving import FOLDER, PAGE, narrow, save_drawing
from synthesist.documents.anchors import Anchors
from synthesist.documents.content import AnalysisResult, Drawing
from synthesist.documents.flow_drawing import flow_counts, synthetic_label
from synthesist.documents.report import FLOW
from synthesist.review import Review
from synthesist.review.flow import Flow

if TYPE_CHECKING:
    from synthesist.figures import ForestGroup, ForestPlot, ForestRow


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
        counts = flow_counts(flow, label=synthetic_label(review))
        alt = "Flow diagram: records found, screened, assessed and included"
        drawing = save_drawing(
            figures.flow(counts),
            folder / FLOW,
            kind="flow",
            alt=alt,
            caption="PRISMA 2020 flow diagram, counted from the records and decisions.",
        )
        drawn[FLOW] = replace(drawing, narrow=narrow(figures.flow, counts, FLOW, alt))
    for number, result in enumerate(analyses, 1):
        plot = forest_of(review, result)
        if plot is None:
            continue
        progress(result.plan.id, number)
        alt = f"Forest plot: {result.plan.title}"
        drawing = save_drawing(
            figures.forest(plot, width_mm=PAGE),
            folder / result.plan.id,
            kind="forest",
            alt=alt,
            caption=f"Forest plot. {result.plan.title}.",
        )
        drawn[result.plan.id] = replace(
            drawing, narrow=narrow(figures.forest, plot, result.plan.id, alt)
        )
    return drawn


def forest_of(review: Review, result: AnalysisResult) -> ForestPlot | None:
    """Return the forest plot of an analysis, in the review's words and with its links."""
    found = result.subgroups or result.fit
    if found is None:
        return None
    plot = found.forest()
    anchors = Anchors(review)
    rows = result.selection.rows if result.selection else ()
    links = {
        row.label: f"#{anchors.result(row.results[0])}" for row in rows if row.results
    }
    return replace(
        plot,
        groups=tuple(_linked(group, links) for group in plot.groups),
        headers=tuple(_named(header, result) for header in plot.headers),
        favours=result.plan.favours,
        label="synthetic results" if review.is_synthetic("results") else "",
    )


def _linked(group: ForestGroup, links: dict[str, str]) -> ForestGroup:
    """Let the name of each study lead to what was typed from its report."""

    def linked(row: ForestRow) -> ForestRow:
        return replace(row, link=links.get(row.label, ""))

    return replace(group, rows=tuple(linked(row) for row in group.rows))


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
