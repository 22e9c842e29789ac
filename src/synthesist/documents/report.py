"""The report: one self-contained page, readable on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from synthesist import __version__
from synthesist.checks import check_numbers_of
from synthesist.documents.analysis_section import (
    AnalysisView,
    kind_of_evidence,
    printed_table,
    result_text,
    view,
)
from synthesist.documents.anchors import Anchors, analysis_anchor
from synthesist.documents.appraisal_section import appraisal_views
from synthesist.documents.checks_section import ChecksView, view_of_checks
from synthesist.documents.content import AnalysisResult, PrintedResult, ReportContent
from synthesist.documents.flow_drawing import flow_notes, synthetic_label
from synthesist.documents.grid import (
    Grid,
    Header,
    Part,
    grid,
    row,
    without_empty_columns,
)
from synthesist.documents.individual_content import IndividualContent
from synthesist.documents.individual_section import add_individual
from synthesist.documents.search_section import record_table, search_table
from synthesist.documents.study_section import (
    accounts,
    study_tables,
)
from synthesist.documents.trial_pages import add_trials
from synthesist.documents.wording import headline
from synthesist.numerics.printing import listed
from synthesist.review import Review

#: The name of the flow diagram among the drawings.
FLOW = "flow"

PART_WORDS = {
    "records": "the records",
    "duplicates": "the answers on duplicates",
    "screening": "the screening decisions",
    "studies": "the studies",
    "results": "the results",
    "reported": "the printed results",
    "appraisal": "the appraisal",
    "claims": "the statements",
    "ipd": "the individual data",
}


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the contents."""

    anchor: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """A part of the report that holds analyses of one kind of evidence."""

    anchor: str
    title: str
    intro: str
    analyses: tuple[AnalysisView, ...]


def render(content: ReportContent, individual: IndividualContent | None = None) -> str:
    """Return the report as one HTML page that needs no other file."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    from synthesist.figures import embedded_font_css

    environment = Environment(
        loader=PackageLoader("synthesist.documents"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=False,
    )
    drawings = {
        name: {
            "name": d.name,
            "kind": d.kind,
            "caption": d.caption,
            "files": d.files,
            "svg": Markup(d.svg),  # noqa: S704 - drawn by our own figures
            "narrow": Markup(d.narrow),  # noqa: S704
        }
        for name, d in content.drawings.items()
    }
    values = _values(content, drawings)
    add_trials(values, content, drawings)
    add_individual(values, content, individual, drawings)
    css = (
        files("synthesist.documents")
        .joinpath("templates/report.css")
        .read_text("utf-8")
    )
    template = environment.get_template("report.html.j2")
    page = template.render(**values, css=Markup(css), fonts="")  # noqa: S704
    # The glyphs are chosen from the finished page, so the page is made twice.
    fonts = embedded_font_css(page)
    return template.render(**values, css=Markup(css), fonts=Markup(fonts))  # noqa: S704


def _values(content: ReportContent, drawings: dict[str, Any]) -> dict[str, Any]:
    """Gather what the template shows."""
    review, protocol = content.review, content.review.protocol
    anchors = Anchors(review)
    checked = check_numbers_of(review)
    checks = view_of_checks(checked, review, anchors)
    parts = tuple(_divisions(content, drawings, anchors))
    elsewhere = _printed_elsewhere(review)
    claims = _claims(review, anchors)
    records = record_table(review, anchors)
    invented = [PART_WORDS[part] for part in protocol.synthetic]
    question = protocol.question
    return {
        "version": __version__,
        "title": protocol.title,
        "authors": ", ".join(protocol.authors),
        "registration": protocol.registration,
        "date": protocol.date.isoformat() if protocol.date else "",
        "note": protocol.note,
        "synthetic": f"Invented for this example, not from any source: {listed(invented)}." if invented else "",
        "contents": _contents(parts, elsewhere=elsewhere, claims=claims, records=records, findings=content.analyses, checks=checks),
        "findings": _findings(content.analyses),
        "question_text": question.text,
        "question": (
            ("Population", question.population),
            ("Intervention", question.intervention),
            ("Comparator", question.comparator),
            ("Outcome", question.outcome),
        ),
        "include": protocol.eligibility.include,
        "exclude": protocol.eligibility.exclude,
        "deviations": _deviations(review),
        "search": search_table(review, anchors),
        "flow_figure": drawings.get(FLOW),
        "flow_label": synthetic_label(review).capitalize(),
        "flow_notes": flow_notes(content.flow) if content.flow else (),
        "flow_printed": printed_table(tuple(PrintedResult(reported=r) for r in review.reported_for("flow"))),
        "studies": study_tables(review, anchors),
        "appraisal": appraisal_views(review, anchors),
        "parts": parts,
        "printed_elsewhere": elsewhere,
        "claims": claims,
        "checks": checks,
        "provenance": accounts(review, anchors, checked),
        "records": records,
        "inputs": tuple(content.inputs.items()),
    }  # fmt: skip


def _contents(
    parts: tuple[Division, ...],
    *,
    elsewhere: Grid | None,
    claims: Grid | None,
    records: Grid | None,
    findings: tuple[AnalysisResult, ...],
    checks: ChecksView | None,
) -> tuple[Section, ...]:
    fixed = [
        Section("results", "Results at a glance") if findings else None,
        Section("question", "Question and eligibility"),
        Section("search", "Search"),
        Section("flow", "From records to studies"),
        Section("studies", "Studies"),
        *(Section(part.anchor, part.title) for part in parts),
        Section("printed", "Further results printed by others") if elsewhere else None,
        Section("claims", "Statements and what they rest on") if claims else None,
        Section("checks", "Printed numbers checked") if checks else None,
        Section("sources", "Where every number came from"),
        Section("records", "Records and decisions") if records else None,
    ]
    return tuple(section for section in fixed if section)


def _divisions(
    content: ReportContent, drawings: dict[str, Any], anchors: Anchors
) -> Iterator[Division]:
    """Give the analyses apart by kind of evidence, the controlled ones first."""
    kinds = (
        ("controlled", "Controlled comparisons", "", _is_benefit_controlled),
        ("uncontrolled", "Uncontrolled evidence", UNCONTROLLED, _is_benefit_uncontrolled),
        ("harms-controlled", "Harms in controlled comparisons", "", _is_harm_controlled),
        ("harms-uncontrolled", "Harms without a comparison", UNCONTROLLED, _is_harm_uncontrolled),
        ("derived", "Computed from printed pools", DERIVED, _is_derived),
    )  # fmt: skip
    for anchor, title, intro, belongs in kinds:
        chosen = tuple(
            view(content.review, result, drawings.get(result.plan.id), anchors)
            for result in content.analyses
            if belongs(result)
        )
        if chosen:
            yield Division(anchor=anchor, title=title, intro=intro, analyses=chosen)


UNCONTROLLED = (
    "These results come from groups without a comparison, also where the group is one arm of a trial. "
    "They are kept apart from the controlled comparisons and say nothing about what the treatment caused."
)
DERIVED = "These numbers follow from pooled results that others printed; no study's data were read for them."


def _is_derived(result: AnalysisResult) -> bool:
    return result.plan.kind == "subtraction"


def _is_harm(result: AnalysisResult) -> bool:
    return result.plan.role == "harm"


def _is_benefit_controlled(result: AnalysisResult) -> bool:
    return result.controlled and not _is_harm(result)


def _is_benefit_uncontrolled(result: AnalysisResult) -> bool:
    return not (_is_derived(result) or result.controlled or _is_harm(result))


def _is_harm_controlled(result: AnalysisResult) -> bool:
    return result.controlled and _is_harm(result)


def _is_harm_uncontrolled(result: AnalysisResult) -> bool:
    return _is_harm(result) and not result.controlled and not _is_derived(result)


def _findings(analyses: tuple[AnalysisResult, ...]) -> Grid | None:
    """Return one line an analysis, the controlled ones first."""
    if not analyses:
        return None
    order = sorted(analyses, key=lambda result: not result.controlled)
    rows = [
        row(
            Part(result.plan.title, analysis_anchor(result.plan.id)),
            kind_of_evidence(result).partition(":")[0],
            _answers(result),
            "" if result.fit is None else str(result.fit.k),
            aside=bool(result.problem),
        )
        for result in order
    ]
    headers = (
        Header("Analysis", long=True),
        "Evidence",
        "Result",
        Header("Studies", number=True),
    )
    return grid(headers, rows)


def _answers(result: AnalysisResult) -> str:
    """Give the answer, and beside it that of a common effect where studies are few."""
    text = result_text(result)
    if not text:
        return "not estimable"
    if result.fit is None or result.setting is None:
        return text
    further = [
        headline(fit, result.setting, "common effect") for fit in result.fit.beside
    ]
    return "; ".join([text, *further])


def _printed_elsewhere(review: Review) -> Grid | None:
    """Return the printed results that belong to no analysis of ours."""
    ours = {plan.id for plan in review.protocol.analyses} | {"flow"}
    used = {
        name for plan in review.protocol.analyses for name in (plan.whole, plan.part)
    }
    rows = [
        PrintedResult(reported=r)
        for r in review.reported
        if r.analysis not in ours | used
    ]
    table = printed_table(tuple(rows))
    if table is None:
        return None
    named = [
        row(
            entry.reported.analysis,
            *(cell.parts for cell in line.cells),
            aside=line.aside,
        )
        for entry, line in zip(rows, table.rows, strict=True)
    ]
    return grid((Header("About", long=True), *table.headers), named)


def _deviations(review: Review) -> Grid | None:
    if not review.protocol.deviations:
        return None
    rows = [
        row(d.date.isoformat(), d.change, d.reason) for d in review.protocol.deviations
    ]
    return grid(
        ("Date", Header("Change", long=True), Header("Reason", long=True)), rows
    )


def _claims(review: Review, anchors: Anchors) -> Grid | None:
    if not review.claims:
        return None
    rows = [
        row(
            c.claim,
            tuple(
                Part(f"{review.study(s).name} ", anchors.study(s)) for s in c.studies
            ),
            c.direction,
            c.size,
            c.certainty,
            c.note,
        )
        for c in review.claims
    ]
    headers = (
        Header("Statement", long=True),
        "Studies",
        "Direction",
        "Size",
        "Certainty",
        "Note",
    )
    return without_empty_columns(grid(headers, rows))
