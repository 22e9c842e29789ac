"""The studies: their designs, arms and regimens, and every number read from them."""

from __future__ import annotations

from dataclasses import dataclass

from synthesist.checks import CheckedReview
from synthesist.documents.anchors import Anchors
from synthesist.documents.checks_section import beside
from synthesist.documents.grid import (
    Grid,
    GridRow,
    Header,
    Part,
    grid,
    row,
    without_empty_columns,
)
from synthesist.documents.search_section import report_table
from synthesist.numerics.printing import SPACE, count
from synthesist.review import Arm, Result, Review, Study

DESIGN_WORDS = {
    "randomised": "randomised trial",
    "non-randomised": "controlled, not randomised",
    "single-arm": "one group, no control",
    "case-report": "case report",
}

#: Designs that compare groups of the same study.
CONTROLLED = ("randomised", "non-randomised")

#: Columns of results.csv that hold numbers, in the order a reader expects.
NUMBERS = (
    "n", "events", "mean", "sd", "se", "median", "q1", "q3", "min", "max",
    "mean_change", "sd_change", "r", "hr", "ci_low", "ci_high", "ci_level",
    "p", "o_minus_e", "v", "person_time", "surv_percent", "direction", "fold",
    "censored",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyAccount:
    """Everything the report knows of one study, under one anchor."""

    anchor: str
    title: str
    facts: tuple[tuple[str, str], ...]
    results: Grid | None
    reports: Grid | None


def study_tables(review: Review, anchors: Anchors) -> tuple[Grid, ...]:
    """Return the studies with design, arms and regimens as text.

    Studies with a control group stand apart from those without.
    """
    studies = _randomised_first(review.studies)
    kinds = {
        "Studies with a control group": [s for s in studies if s.design in CONTROLLED],
        "Studies without a control group": [
            s for s in studies if s.design not in CONTROLLED
        ],
    }
    return tuple(
        _study_table(caption, chosen, review, anchors)
        for caption, chosen in kinds.items()
        if chosen
    )


def _study_table(
    caption: str, studies: list[Study], review: Review, anchors: Anchors
) -> Grid:
    rows = [
        row(
            Part(study.name, anchors.study(study.study)),
            DESIGN_WORDS[study.design],
            "" if study.year is None else str(study.year),
            study.country,
            "; ".join(arm_text(review, arm) for arm in review.arms_of(study.study)),
            study.note,
        )
        for study in studies
    ]
    headers = ("Study", "Design", "Year", "Country", Header("Arms and regimens", long=True), Header("Note", long=True))  # fmt: skip
    return without_empty_columns(grid(headers, rows, caption))


def arm_text(review: Review, arm: Arm) -> str:
    """Describe an arm: its name, size and regimen."""
    size = "n not reported" if arm.n is None else f"n = {count(arm.n)}"
    regimen = review.regimen(arm.regimen).label if arm.regimen else ""
    return f"{arm.name} ({size}){': ' if regimen else ''}{regimen}"


def accounts(
    review: Review, anchors: Anchors, checked: CheckedReview
) -> tuple[StudyAccount, ...]:
    """Return, study by study, where every number came from and what it implies."""
    return tuple(_account(review, study, anchors, checked) for study in review.studies)


def _account(
    review: Review, study: Study, anchors: Anchors, checked: CheckedReview
) -> StudyAccount:
    arms = "; ".join(arm_text(review, arm) for arm in review.arms_of(study.study))
    return StudyAccount(
        anchor=anchors.study(study.study),
        title=study.name,
        facts=(
            ("Design", DESIGN_WORDS[study.design]),
            ("Registration", ", ".join(study.registrations)),
            ("Arms", arms),
            *(
                (name.replace("_", " ").capitalize(), text)
                for name, text in study.extra.items()
            ),
            ("Note", study.note),
        ),
        results=_result_table(review, study, anchors, checked),
        reports=report_table(review, study.reports, anchors),
    )


def _result_table(
    review: Review, study: Study, anchors: Anchors, checked: CheckedReview
) -> Grid | None:
    results = review.results_of(study.study)
    if not results:
        return None
    headers = (
        "Row", Header("Arm", long=True), Header("Outcome", long=True), Header("As printed", long=True),
        Header("Source and place", long=True), "Extracted", "Verified", Header("Note", long=True),
    )  # fmt: skip
    rows = [_result_row(review, result, anchors, checked) for result in results]
    return without_empty_columns(grid(headers, rows))


def _result_row(
    review: Review, result: Result, anchors: Anchors, checked: CheckedReview
) -> GridRow:
    arms = [
        review.arm(result.study, name).name
        for name in (result.arm, result.comparator)
        if name
    ]
    outcome = review.outcome(result.outcome).label
    printed = printed_numbers(result)
    return row(
        str(result.row),
        " against ".join(arms),
        ", ".join(
            part for part in (outcome, result.timepoint, result.population) if part
        ),
        (Part(printed or "not reported"), *beside(checked, "results.csv", result.row)),
        ", ".join(part for part in (result.source, result.place) if part),
        result.extracted_by,
        result.verified_by,
        result.note,
        anchor=anchors.result(result),
        aside=not printed,
    )


def printed_numbers(result: Result) -> str:
    """Return the filled cells of a result with their names, digits as typed."""
    filled = [(name, result.printed.get(name, "")) for name in NUMBERS]
    return ", ".join(
        f"{name.replace('_', ' ')}{SPACE}{text}" for name, text in filled if text
    )


def _randomised_first(studies: tuple[Study, ...]) -> list[Study]:
    """Keep the order of the file within each design."""
    order = list(DESIGN_WORDS)
    return sorted(studies, key=lambda study: order.index(study.design))
