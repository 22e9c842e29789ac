"""Individual data as a reader meets them: what came, what was used, what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from synthesist.documents.analysis_section import ROLES, printed_table
from synthesist.documents.anchors import Anchors, analysis_anchor
from synthesist.documents.content import ReportContent
from synthesist.documents.grid import (
    Grid,
    GridRow,
    Header,
    Part,
    grid,
    row,
    without_empty_columns,
)
from synthesist.documents.individual_content import (
    CoveredTrial,
    IndividualContent,
    PatientResult,
)
from synthesist.documents.individual_tables import (
    drift_table,
    interaction_table,
    median_table,
    restricted_table,
    stage_table,
    trial_table,
)
from synthesist.numerics.printing import (
    count,
    decimal,
    listed,
    p_value,
    percent,
    plural,
    significant,
)
from synthesist.review import Review
from synthesist.survival.wording import ratio_text

#: The name of the flow of individual data among the drawings.
FLOW = "ipd-flow"

#: What each figure of an analysis is called after the analysis's id, in order.
FIGURES = ("trials", "curves", "interactions", "log-log", "schoenfeld")

ANCHOR = "individual"
TITLE = "Individual patients' data"
SYNTHETIC = "Synthetic individual data"

#: The columns of the results at a glance.
HEADERS = (
    Header("Analysis", long=True),
    "Evidence",
    "Result",
    Header("Studies", number=True),
)

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents."""

    anchor: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientView:
    """One analysis of individual data as the page shows it; empty parts are left out."""

    anchor: str
    title: str
    role: str
    problem: str
    headline: str
    words: tuple[str, ...]
    note: str
    figures: Mapping[str, Any]
    stages: Grid | None = None
    why: tuple[str, ...] = ()
    heterogeneity: Facts = ()
    trials: Grid | None = None
    medians: Grid | None = None
    interactions: Grid | None = None
    restricted: Grid | None = None
    drift: Grid | None = None
    printed: Grid | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndividualView:
    """The section of the report on individual data."""

    anchor: str
    title: str
    synthetic: str
    note: str
    flow: Any
    covered: Grid
    checks: Grid | None
    open: tuple[str, ...]
    analyses: tuple[PatientView, ...]


def individual_view(
    review: Review,
    content: IndividualContent | None,
    drawings: Mapping[str, Any],
    anchors: Anchors,
) -> IndividualView | None:
    """Return the section, None where nothing is planned of individual data."""
    if content is None or review.protocol.ipd is None:
        return None
    label = SYNTHETIC if review.is_synthetic("ipd") else ""
    return IndividualView(
        anchor=ANCHOR,
        title=TITLE,
        synthetic=label,
        note=review.protocol.ipd.note,
        flow=drawings.get(FLOW),
        covered=_captioned(
            _covered_table(content, anchors),
            label,
            "Patients published, received, checked and used",
        ),
        checks=_captioned(
            _check_table(content, anchors), label, "Every check of every file"
        ),
        open=tuple(_open(content)),
        analyses=tuple(
            _view(result, drawings, label, content.covered)
            for result in content.results
        ),
    )


def add_individual(
    values: dict[str, Any],
    content: ReportContent,
    individual: IndividualContent | None,
    drawings: Mapping[str, Any],
) -> None:
    """Add the section to what the page shows, its contents and its results at a glance."""
    anchors = Anchors(content.review)
    view = individual_view(content.review, individual, drawings, anchors)
    values["individual"] = view
    if view is None:
        return
    findings = tuple(individual_findings(individual, view.synthetic))
    known: Grid | None = values["findings"]
    if known is None:
        values["findings"] = grid(HEADERS, findings)
    else:
        # What was invented does not stand before what was found.
        both = (known.rows, findings) if view.synthetic else (findings, known.rows)
        values["findings"] = replace(known, rows=(*both[0], *both[1]))
    sections = list(values["contents"])
    place = next(i for i, s in enumerate(sections) if s.anchor == "studies") + 1
    sections.insert(place, view)
    if known is None:
        sections.insert(0, Entry("results", "Results at a glance"))
    values["contents"] = tuple(sections)
    ours = (
        {result.plan.id for result in individual.results} if individual else set[str]()
    )
    values["printed_elsewhere"] = without_analyses(values["printed_elsewhere"], ours)


def without_analyses(printed: Grid | None, ours: set[str]) -> Grid | None:
    """Take from the results printed elsewhere those that stand beside an analysis."""
    if printed is None:
        return None
    rows = tuple(r for r in printed.rows if r.cells[0].parts[0].text not in ours)
    return replace(printed, rows=rows) if rows else None


def individual_findings(
    content: IndividualContent | None, synthetic: str
) -> Iterator[GridRow]:
    """Give one line an analysis for the results at a glance."""
    for result in content.results if content else ():
        yield row(
            Part(result.plan.title, analysis_anchor(result.plan.id)),
            synthetic or "Individual patients' data",
            _headline(result) or "not estimable",
            "" if result.two is None else str(result.two.pooled.k),
            aside=bool(result.problem),
        )


def _captioned(table: Grid | None, label: str, caption: str) -> Any:
    """Name a table, and say of every one whose data were invented that they were."""
    if table is None:
        return None
    return replace(table, caption=f"{label}. {caption}" if label else caption)


def _covered_table(content: IndividualContent, anchors: Anchors) -> Grid:
    """Return one row a study: asked, received, checked, used."""
    plans = [result.plan for result in content.results]
    rows = [
        row(
            Part(trial.study.name, anchors.study(trial.study.study)),
            {True: "yes", False: "no", None: "not recorded"}[trial.sought],
            _received(trial),
            ""
            if trial.request is None or trial.request.n is None
            else count(trial.request.n),
            "" if trial.patients is None else count(trial.patients),
            _checked(trial),
            ", ".join(trial.not_recorded),
            *(_used(trial, plan.id) for plan in plans),
            "" if trial.request is None else trial.request.reason,
            "" if trial.request is None else trial.request.note,
            aside=trial.patients is None and not trial.aggregate_in,
        )
        for trial in content.covered
    ]
    headers = (
        "Study", "Sought", "Received",
        Header("Published", number=True), Header("In the file", number=True),
        Header("Checks", long=True), Header("Not recorded", long=True),
        *(f"Used: {result.outcome.label}" for result in content.results),
        Header("Reason", long=True), Header("Note", long=True),
    )  # fmt: skip
    return without_empty_columns(grid(headers, rows))


def _received(trial: CoveredTrial) -> str:
    """Say whether data came, and when."""
    if trial.patients is not None:
        when = trial.request.date if trial.request is not None else None
        return f"yes, {when.isoformat()}" if when else "yes"
    return "no"


def _checked(trial: CoveredTrial) -> str:
    """Count the checks, and what they point out."""
    if not trial.findings:
        return ""
    return f"{len(trial.findings)}, {len(trial.open)} to look at"


def _used(trial: CoveredTrial, plan: str) -> str:
    """Say how many patients entered an analysis, or that a summary did."""
    if plan in trial.used:
        return count(trial.used[plan])
    return "summary" if plan in trial.aggregate_in else ""


def _open(content: IndividualContent) -> Iterator[str]:
    """Say what the checks point out."""
    for trial in content.covered:
        for finding in trial.open:
            yield f"{trial.study.name}, {finding.check}: {finding.found}."


def _check_table(content: IndividualContent, anchors: Anchors) -> Grid | None:
    """Return every finding."""
    rows = [
        row(
            Part(trial.study.name, anchors.study(trial.study.study)),
            finding.check,
            finding.found,
            finding.verdict,
        )
        for trial in content.covered
        for finding in trial.findings
    ]
    headers = (
        "Study",
        Header("Check", long=True),
        Header("Found", long=True),
        "Verdict",
    )
    return grid(headers, rows) if rows else None


def _view(
    result: PatientResult,
    drawings: Mapping[str, Any],
    label: str,
    covered: tuple[CoveredTrial, ...],
) -> PatientView:
    """Return what the page shows of one analysis."""
    plan = result.plan
    shown = PatientView(
        anchor=analysis_anchor(plan.id),
        title=plan.title,
        role=ROLES.get(plan.role, ""),
        problem=result.problem,
        headline=_headline(result),
        words=tuple(_words(result)),
        note=plan.note,
        figures={
            name.replace("-", "_"): drawings.get(f"{plan.id}-{name}")
            for name in FIGURES
        },
        printed=printed_table(result.printed),
        notes=result.notes,
    )
    if result.one is None or result.two is None:
        return shown
    return replace(
        shown,
        stages=_captioned(
            stage_table(result), label, "One stage and two stages beside each other"
        ),
        why=result.why,
        heterogeneity=tuple(_heterogeneity(result)),
        trials=_captioned(trial_table(result, covered), label, "Each trial"),
        medians=_captioned(
            median_table(result),
            label,
            f"Median times and median follow-up, in {result.unit}",
        ),
        interactions=_captioned(
            interaction_table(result),
            label,
            "Does the effect differ between patients? Within trials",
        ),
        restricted=_captioned(
            restricted_table(result), label, "Restricted mean survival, trials pooled"
        ),
        drift=_captioned(drift_table(result), label, "Are the hazards proportional?"),
    )


def _headline(result: PatientResult) -> str:
    """Give the answer of one stage in one line."""
    if result.one is None:
        return ""
    i = result.one.interval
    return (
        f"HR {ratio_text(result.one.log_hr)} ({percent(i.level)} CI "
        f"{ratio_text(i.lower)} to {ratio_text(i.upper)}), one stage"
    )


def _words(result: PatientResult) -> Iterator[str]:
    """Say in sentences what was found."""
    one = result.one
    if one is None:
        return
    hr = float(np.exp(one.log_hr))
    i = one.interval
    data = one.data
    who = f"{count(len(data))} patients of {plural(len(data.trials), 'trial')}"
    if one.summaries:
        n = (
            ""
            if result.aggregate_n is None
            else f" ({count(result.aggregate_n)} patients)"
        )
        who += f", and {listed(one.summaries)} by its summary{n}"
    treated, control = result.treated, result.control
    yield (
        f"{result.outcome.label}: at any time, events come {decimal(hr)} times as often with {treated} as with "
        f"{control} ({percent(i.level)} CI {ratio_text(i.lower)} to {ratio_text(i.upper)}), in {who}."
    )
    if i.lower <= 0 <= i.upper:
        yield "The interval includes no difference, so these data alone do not show which way the effect goes."
    else:
        side = "more" if i.lower > 0 else "fewer"
        yield f"The whole interval lies on the side of {side} events with {treated}."
    if one.without is not None:
        yield f"Without {listed(one.summaries)} it is {one.without.text()}; with it {one.text()}."


def _heterogeneity(result: PatientResult) -> Iterator[tuple[str, str]]:
    """Say how far trials differ, by every measure there is."""
    one, two = result.one, result.two
    if one is None or two is None:
        return
    if (test := one.heterogeneity) is not None:
        yield (
            "Trial by treatment, likelihood ratio",
            f"{decimal(test.statistic)}, df = {test.df:g}, {p_value(test.p)}",
        )
    pooled = two.pooled
    if pooled.q is not None:
        yield "Q", f"{decimal(pooled.q)}, df = {pooled.q_df}, {p_value(pooled.q_p)}"
    if pooled.tau2 is not None and pooled.tau2_method != "CE":
        yield f"tau² ({pooled.tau2_method}), two stages", significant(pooled.tau2)
    if (mixed := result.random) is not None and mixed.tau2 is not None:
        between = mixed.tau2_interval
        limits = (
            ""
            if between is None
            else f" ({percent(between.level)} CI {significant(between.lower) or '0'} to {significant(between.upper) or 'without bound'})"
        )
        yield "tau² (ML), one stage", f"{significant(mixed.tau2)}{limits}"
    if pooled.i2_q is not None:
        yield "I² from Q", f"{decimal(pooled.i2_q, 0)}%"
