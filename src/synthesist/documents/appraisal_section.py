"""What appraisers answered: a grid of studies and items, and the support of each answer."""

from __future__ import annotations

from dataclasses import dataclass

from synthesist.documents.anchors import Anchors
from synthesist.documents.grid import (
    Grid,
    Header,
    Part,
    grid,
    row,
    without_empty_columns,
)
from synthesist.review import Judgement, Review


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisalView:
    """One tool: what was answered at a glance, and why."""

    title: str
    answers: Grid
    support: Grid


def appraisal_views(review: Review, anchors: Anchors) -> tuple[AppraisalView, ...]:
    """Return every tool with its answers, in the order of appraisal.csv."""
    tools = dict.fromkeys(_tool(judgement) for judgement in review.judgements)
    return tuple(
        _view(tool, [j for j in review.judgements if _tool(j) == tool], review, anchors)
        for tool in tools
    )


def _tool(judgement: Judgement) -> str:
    return f"{judgement.tool} {judgement.version}".strip()


def _view(
    tool: str, judgements: list[Judgement], review: Review, anchors: Anchors
) -> AppraisalView:
    """Return the answers of one tool; assessors who differ stand side by side."""
    items = list(dict.fromkeys(j.item for j in judgements))
    judged = dict.fromkeys((j.study, j.outcome) for j in judgements)
    rows = [
        row(
            Part(review.study(study).name, anchors.study(study)),
            review.outcome(outcome).label if outcome else "",
            *(
                " / ".join(
                    dict.fromkeys(
                        j.answer
                        for j in judgements
                        if (j.study, j.outcome, j.item) == (study, outcome, item)
                    )
                )
                for item in items
            ),
        )
        for study, outcome in judged
    ]
    support = [
        row(
            Part(review.study(j.study).name, anchors.study(j.study)),
            review.outcome(j.outcome).label if j.outcome else "",
            j.item,
            j.answer,
            j.support,
            j.assessor,
        )
        for j in judgements
    ]
    headers = ("Study", "Outcome", "Item", "Answer", Header("Support", long=True), "Assessor")  # fmt: skip
    return AppraisalView(
        title=tool,
        answers=without_empty_columns(grid(("Study", "Outcome", *items), rows)),
        support=without_empty_columns(grid(headers, support)),
    )
