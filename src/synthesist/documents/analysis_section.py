"""One analysis as a reader meets it: answer, picture, studies, printed rivals, rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthesist.documents.anchors import Anchors, analysis_anchor
from synthesist.documents.content import (
    AnalysisResult,
    Drawing,
    PrintedResult,
    Subtraction,
)
from synthesist.documents.grid import (
    Grid,
    GridRow,
    Header,
    Part,
    grid,
    row,
    separated,
    without_empty_columns,
)
from synthesist.documents.moderator_section import regression_notes, regression_table
from synthesist.documents.study_section import printed_numbers
from synthesist.documents.wording import headline, in_words, level
from synthesist.numerics.printing import (
    SPACE,
    count,
    decimal,
    p_value,
    per_cent,
    significant,
)
from synthesist.review import Reported, Review

if TYPE_CHECKING:
    from synthesist.pooling import HypothesisTest, Interval, PooledFit
    from synthesist.review.selection import Row

ROLES = {
    "primary": "primary outcome",
    "secondary": "secondary outcome",
    "sensitivity": "sensitivity analysis",
    "harm": "harm",
}

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisView:
    """An analysis as the page shows it; empty parts are left out."""

    anchor: str
    title: str
    kind_of_evidence: str
    role: str
    synthetic: str
    problem: str
    headline: str
    words: tuple[str, ...]
    note: str
    figure: Drawing | None
    between: str
    regression: Grid | None
    regression_notes: tuple[str, ...]
    printed: Grid | None
    studies: Grid | None
    beside: Grid | None
    notes: tuple[str, ...]
    details: Facts
    rules: Facts


def view(
    review: Review,
    result: AnalysisResult,
    drawing: Drawing | None,
    anchors: Anchors,
) -> AnalysisView:
    """Return what the page shows of one analysis."""
    fit, setting = result.fit, result.setting
    return AnalysisView(
        anchor=analysis_anchor(result.plan.id),
        title=result.plan.title,
        kind_of_evidence=kind_of_evidence(result),
        role=ROLES.get(result.plan.role, ""),
        synthetic="Synthetic results" if review.is_synthetic("results") else "",
        problem=result.problem,
        headline=result_text(result),
        words=in_words(fit, setting)
        if fit and setting
        else subtraction_words(result.subtraction),
        note=result.plan.note,
        figure=drawing,
        between=between_text(result),
        regression=regression_table(result),
        regression_notes=regression_notes(result),
        printed=printed_table(result.printed),
        studies=_study_table(review, result, anchors),
        beside=_beside_table(result),
        notes=_all_notes(result),
        details=_details(fit) if fit else (),
        rules=tuple(fit.rules.items()) if fit else (),
    )


def kind_of_evidence(result: AnalysisResult) -> str:
    """Say what kind of evidence an analysis rests on."""
    if result.subtraction:
        return "Computed from pooled results that others printed"
    if result.selection is None:
        return ""
    if not result.controlled:
        return "Uncontrolled evidence: groups without a comparison"
    designs = {entry.study.design for entry in result.selection.rows}
    if designs <= {"randomised"}:
        return "Controlled evidence: randomised comparison"
    if "randomised" in designs:
        return "Controlled evidence: randomised and non-randomised comparisons"
    return "Controlled evidence: comparison without randomisation"


def result_text(result: AnalysisResult) -> str:
    """Give the answer in one line, empty where there is none."""
    if result.fit and result.setting:
        return headline(result.fit, result.setting)
    if result.subtraction:
        left = result.subtraction.left
        low, high = left.interval()
        return (
            f"{result.plan.measure} {decimal(left.reading(left.estimate))} "
            f"(95% CI {decimal(low)} to {decimal(high)}), by subtraction"
        )
    return ""


def subtraction_words(found: Subtraction | None) -> tuple[str, ...]:
    """Say what was subtracted, and how far the rounding of the digits reaches."""
    if found is None:
        return ()
    left = found.left
    ends = [decimal(left.reading(end)) for end in left.estimate_range if abs(end) < 50]
    reach = (
        f"between {ends[0]} and {ends[1]}"
        if len(ends) == 2
        else "anywhere: the digits are too few to bound it"
    )
    return (
        (
            f"What is left when the printed result of '{found.part.reported.analysis}' is taken out of "
            f"'{found.whole.reported.analysis}' by inverse-variance weights, the standard errors coming "
            "from the printed P values."
        ),
        f"The printed digits are rounded; with any numbers that round to them the result lies {reach}.",
    )


def between_text(result: AnalysisResult) -> str:
    """Give the test between subgroups, the only way in which subgroups are compared."""
    if result.subgroups is None:
        return ""
    return test_text(result.subgroups.test)


def test_text(test: HypothesisTest | None) -> str:
    """Write a test in full, or say that there is none."""
    if test is None:
        return "fewer than two subgroups have results, so nothing can be compared."
    df = "" if test.df is None else f", df = {test.df:g}"
    return f"Q = {decimal(test.statistic)}{df}, {p_value(test.p)}."


def printed_table(printed: tuple[PrintedResult, ...]) -> Grid | None:
    """Return what others printed, with the intervals that their P values imply."""
    if not printed:
        return None
    rows = [_printed_row(entry) for entry in printed]
    headers = (
        Header("Quantity", long=True), Header("Printed", long=True), "P",
        Header("Studies", number=True), Header("Participants", number=True),
        Header("Implied by P (computed here)", long=True), Header("Source", long=True), Header("Note", long=True),
    )  # fmt: skip
    return without_empty_columns(grid(headers, rows))


def _printed_row(entry: PrintedResult) -> GridRow:
    r = entry.reported
    return row(
        r.quantity,
        " ".join(filter(None, (r.printed.get("value"), printed_interval(r))))
        or "no number printed",
        r.p,
        "" if r.studies is None else count(r.studies),
        "" if r.participants is None else count(r.participants),
        _implied_text(entry),
        r.source,
        r.note,
        aside=r.value is None,
    )


def printed_interval(reported: Reported) -> str:
    """Write a printed interval with its level, digits as printed."""
    low, high = reported.printed.get("low", ""), reported.printed.get("high", "")
    if not low and not high:
        return ""
    at = "" if reported.level is None else f"{100 * reported.level:g}% CI "
    return f"({at}{low or '?'} to {high or '?'})"


def _implied_text(entry: PrintedResult) -> str:
    if entry.implied is None:
        return entry.why_not
    low, high = entry.implied.interval()
    errors = entry.implied.se_range
    return (
        f"95% CI {decimal(low)} to {decimal(high)}; standard error {significant(entry.implied.se, 2)}, "
        f"rounding allows {significant(errors[0], 2)} to {significant(errors[1], 2)}"
    )


def _study_table(
    review: Review, result: AnalysisResult, anchors: Anchors
) -> Grid | None:
    fit, selection = result.fit, result.selection
    if selection is None:
        return None
    shown = fit.display()["studies"] if fit else [None] * len(selection.rows)
    rows = [
        _study_row(review, result, entry, shown[i], i, anchors)
        for i, entry in enumerate(selection.rows)
    ]
    headers = (
        "Study", Header("Arms", long=True), "Result",
        Header("Weight", number=True), "Arm results", Header("Source", long=True), Header("Note", long=True),
    )  # fmt: skip
    return without_empty_columns(
        grid(
            headers,
            rows,
            "Studies in this analysis; the rows lead to what was typed from each source",
        )
    )


def _study_row(
    review: Review,
    result: AnalysisResult,
    entry: Row,
    shown: dict[str, float | None] | None,
    index: int,
    anchors: Anchors,
) -> GridRow:
    fit = result.fit
    included = bool(fit.effects.included[index]) if fit else False
    sources = dict.fromkeys(
        ", ".join(part for part in (r.source, r.place) if part) for r in entry.results
    )
    return row(
        Part(entry.label, anchors.study(entry.study.study)),
        arms_text(review, entry),
        _effect_text(fit, shown)
        if included and fit and shown
        else _without_effect(entry),
        per_cent(float(fit.weights[index]), 1) if included and fit else "",
        separated(anchors.links(entry.results)),
        "; ".join(sources),
        fit.effects.row_notes[index] if fit else "",
        aside=not included,
    )


def _without_effect(entry: Row) -> str:
    """Show what was reported where no effect follows from it; zero is no gap."""
    if not entry.reported:
        return "not reported"
    printed = filter(None, map(printed_numbers, entry.results))
    return f"no effect can be computed from {' against '.join(printed)}"


def arms_text(review: Review, entry: Row) -> str:
    """Name the arms behind an effect with what they received."""
    arms = [arm for arm in (entry.arm, entry.control) if arm is not None]
    return " against ".join(
        f"{arm.name} ({review.regimen(arm.regimen).label})"
        if arm.regimen and review.regimen(arm.regimen).label != arm.name
        else arm.name
        for arm in arms
    )


def _effect_text(fit: PooledFit, shown: dict[str, float | None]) -> str:
    values = [shown[key] for key in ("estimate", "ci_low", "ci_high")]
    text = [
        "" if value is None else fit.effects.measure.scale.show_reading(value)
        for value in values
    ]
    return f"{text[0]} ({text[1]} to {text[2]})".replace(" ", SPACE)


def _beside_table(result: AnalysisResult) -> Grid | None:
    fits = [*result.beside]
    if not fits or result.fit is None:
        return None
    rows = [_beside_row(label, fit) for label, fit in fits]
    headers = (
        "Method",
        "Result",
        Header("tau²", number=True),
        Header("Studies", number=True),
    )
    return grid(headers, rows)


def _beside_row(label: str, fit: PooledFit) -> GridRow:
    shown = fit.display()
    return row(
        label,
        f"{fit.effects.measure.code} {_effect_text(fit, shown)}",
        "" if fit.tau2 is None else significant(fit.tau2),
        count(fit.k),
    )


def _all_notes(result: AnalysisResult) -> tuple[str, ...]:
    """Return every note once, in order."""
    found = [*result.notes, *(result.fit.notes if result.fit else ())]
    if result.subgroups:
        found += result.subgroups.notes
    return tuple(dict.fromkeys(found))


def _details(fit: PooledFit) -> Facts:
    """Return everything that a statistician asks for, on the analysis scale."""
    reference = "normal" if fit.df is None else f"t with {fit.df:g} df"
    return (
        ("Analysis scale", fit.effects.measure.scale.name),
        ("Estimate", significant(fit.estimate, 6)),
        ("Standard error", significant(fit.se, 6)),
        (f"{level(fit)} interval", interval_text(fit.interval, 6)),
        ("Test of no effect", _test_of(fit, reference)),
        ("Studies", count(fit.k)),
        (
            "Q",
            ""
            if fit.q is None
            else f"{decimal(fit.q)}, df = {fit.q_df}, {p_value(fit.q_p)}",
        ),
        (
            f"tau² ({fit.tau2_method})",
            "" if fit.tau2 is None else significant(fit.tau2, 4),
        ),
        ("tau² interval", interval_text(fit.tau2_interval, 4)),
        ("I² from tau²", _with_interval(fit.i2, fit.i2_interval)),
        ("I² from Q", _with_interval(fit.i2_q, fit.i2_q_interval)),
        ("H²", significant(fit.h2, 4)),
        ("Prediction interval", interval_text(fit.prediction, 6)),
    )


def _test_of(fit: PooledFit, reference: str) -> str:
    if fit.statistic is None or fit.effects.measure.scale.no_effect is None:
        return ""
    return f"{decimal(fit.statistic, 3)} ({reference}), {p_value(fit.p)}"


def interval_text(found: Interval | None, digits: int) -> str:
    """Write both limits, empty where there is no interval."""
    if found is None:
        return ""
    return f"{significant(found.lower, digits)} to {significant(found.upper, digits)}"


def _with_interval(value: float | None, found: Interval | None) -> str:
    if value is None:
        return ""
    limits = (
        ""
        if found is None
        else f" ({decimal(found.lower, 1)} to {decimal(found.upper, 1)})"
    )
    return f"{decimal(value, 1)}%{limits}"
