"""Draw the figures of individual data: no patient's exact time is in their files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthesist import figures
from synthesist.actions.drawing.saving import (
    FOLDER,
    PAGE,
    TELEPHONE,
    narrow,
    picture,
    save_drawing,
)
from synthesist.documents.content import Drawing
from synthesist.documents.individual_content import (
    CoveredTrial,
    IndividualContent,
    PatientResult,
)
from synthesist.documents.individual_section import FLOW
from synthesist.figures.individual_model import IndividualAnalysed, IndividualCounts
from synthesist.review import Review

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.figures import ForestPlot
    from synthesist.ipd import OneStageFit
    from synthesist.survival import SurvivalCurves

#: Said in every figure whose patients are invented.
LABEL = "synthetic individual data"

#: Millimetres: curves are as wide as a journal's page and a half column allows.
CURVE_WIDTH = 150.0

TRIALS = (
    "Forest plot of the trials: events and patients (O/N), observed minus expected events "
    "(O \N{MINUS SIGN} E) of the treated arm, and its variance (V)."
)
CURVES = (
    "Kaplan-Meier curves of all patients with individual data, with 95% bands and the "
    "numbers at risk. The curves put the trials together; the hazard ratio keeps them apart."
)
INTERACTIONS = (
    "Prespecified interactions, estimated within trials and pooled; the subgroups' hazard "
    "ratios float on them. The test of each interaction stands in its first row."
)
LOG_LOG = "Logarithm of minus the logarithm of survival: parallel curves speak for proportional hazards."
SCHOENFELD = (
    "Smooth of the scaled Schoenfeld residuals of the treatment: a level line speaks for "
    "proportional hazards. The residuals themselves are patients and are not drawn."
)

#: The steps of a time axis that read well, by unit.
STEPS = {"days": (30, 90, 182.5, 365), "weeks": (4, 13, 26, 52, 104), "months": (3, 6, 12, 24, 36, 60, 120), "years": (0.5, 1, 2, 5, 10)}  # fmt: skip

#: At most so many numbers stand under a time axis.
MOST_TICKS = 9


def draw_individual(
    review: Review,
    content: IndividualContent | None,
    out: Path,
    progress: Callable[[str], None],
) -> dict[str, Drawing]:
    """Write every figure of the individual data, and return them by name."""
    if content is None:
        return {}
    from synthesist.figures.flow_drawing import draw_individual_flow

    folder = out / FOLDER
    label = LABEL if review.is_synthetic("ipd") else ""
    drawn: dict[str, Drawing] = {}
    progress("the flow of individual data")
    counts = replace(flow_counts(content), label=label)
    drawn[FLOW] = _both(
        lambda width: draw_individual_flow(counts, width),
        folder / FLOW,
        kind="flow",
        alt="Flow of individual data: sought, provided and analysed",
        caption="Flow of individual participants' data, after PRISMA-IPD.",
    )
    for result in content.results:
        progress(result.plan.id)
        for drawing in _analysis(result, folder, label):
            drawn[drawing.name] = drawing
    if label:
        return {
            name: replace(d, caption=f"Synthetic individual data. {d.caption}")
            for name, d in drawn.items()
        }
    return drawn


def flow_counts(content: IndividualContent) -> IndividualCounts:
    """Count studies and participants from what came in and what was used."""
    covered = content.covered
    with_data = [t for t in covered if t.patients is not None]
    in_files = sum(t.patients or 0 for t in with_data)
    published = [t.request.n if t.request else None for t in with_data]
    lacking = None
    if None not in published:
        lacking = sum(
            max((t.request.n or 0) - (t.patients or 0), 0)
            for t in with_data
            if t.request
        )
    without = [t for t in covered if t.patients is None]
    return IndividualCounts(
        studies=len(covered),
        sought=None
        if any(t.sought is None for t in covered)
        else sum(bool(t.sought) for t in covered),
        not_sought=_by_reason([t for t in without if t.sought is False]),
        provided=len(with_data),
        participants=in_files,
        lacking=lacking,
        not_provided=_by_reason([t for t in without if t.sought]),
        analysed=tuple(_analysed(result, with_data) for result in content.results),
    )


def _by_reason(trials: list[CoveredTrial]) -> tuple[figures.FlowCount, ...]:
    """Count studies by the reason given, in order of appearance."""
    found: dict[str, int] = {}
    for trial in trials:
        reason = trial.request.reason if trial.request else ""
        reason = f"{reason[:1].upper()}{reason[1:]}"
        found[reason] = found.get(reason, 0) + 1
    return tuple(figures.FlowCount(label=reason, n=n) for reason, n in found.items())


def _analysed(
    result: PatientResult, with_data: list[CoveredTrial]
) -> IndividualAnalysed:
    """Count what entered one analysis."""
    used = {
        t.study.study: t.used[result.plan.id]
        for t in with_data
        if result.plan.id in t.used
    }
    whole = sum(t.patients or 0 for t in with_data)
    return IndividualAnalysed(
        label=result.outcome.label,
        studies=len(used),
        participants=sum(used.values()),
        left_out=whole - sum(used.values()),
        summary_studies=len(result.plan.aggregate),
        summary_participants=result.aggregate_n,
    )


def _analysis(result: PatientResult, folder: Path, label: str) -> Iterator[Drawing]:
    """Draw what one analysis shows."""
    if result.one is None or result.two is None:
        return
    plan = result.plan
    plot = replace(result.two.forest(), favours=plan.favours, label=label, footer=())
    yield _forest(
        plot,
        folder / f"{plan.id}-trials",
        f"Each trial: {plan.title}",
        TRIALS,
    )
    # The curves and subgroups are those of patients, so a summary does not count.
    own = result.one.without or result.one
    if result.curves is not None:
        yield _curves(result, result.curves, own, folder, label)
    if result.interactions:
        from synthesist.ipd import interaction_forest

        plot = interaction_forest(result.interactions, own)
        yield _forest(
            replace(plot, favours=plan.favours, label=label, footer=()),
            folder / f"{plan.id}-interactions",
            f"Interactions: {plan.title}",
            INTERACTIONS,
        )
    yield from _proportional(result, folder, label)


def _curves(
    result: PatientResult,
    curves: SurvivalCurves,
    own: OneStageFit,
    folder: Path,
    label: str,
) -> Drawing:
    """Draw the survival of all patients by arm."""
    ticks = time_ticks(max(c.last for c in curves.curves), result.unit)
    texts = (f"Hazard ratio, stratified by trial, {own.text()}",)
    return _both(
        lambda width: curves.plot(
            times=ticks,
            time_name=f"Time in {result.unit}",
            survival_name=result.outcome.label,
            texts=texts if width > TELEPHONE else (),
            label=label,
            width_mm=width,
        ),
        folder / f"{result.plan.id}-curves",
        kind="curves",
        alt=f"Survival curves by arm: {result.plan.title}",
        caption=CURVES,
    )


def _proportional(result: PatientResult, folder: Path, label: str) -> Iterator[Drawing]:
    """Draw what tells whether hazards are proportional."""
    if result.curves is None or result.model is None:
        return
    options: dict[str, Any] = {
        "time_name": f"Time in {result.unit}",
        "label": label,
        "width_mm": CURVE_WIDTH,
    }
    for name, figure, caption in (
        ("log-log", result.curves.plot_log_log(**options), LOG_LOG),
        ("schoenfeld", result.model.plot_schoenfeld(title="", **options), SCHOENFELD),
    ):
        yield save_drawing(
            figure,
            folder / f"{result.plan.id}-{name}",
            kind="curves",
            alt=f"Are the hazards proportional? {result.plan.title}",
            caption=caption,
        )


def time_ticks(last: float, unit: str) -> list[float]:
    """Return the numbers of a time axis."""
    steps = STEPS[unit]
    step = next((s for s in steps if last / s < MOST_TICKS), None)
    if step is None:
        from synthesist.survival.curves import round_times

        return [float(t) for t in round_times(last)]
    return [step * i for i in range(int(last / step) + 1)]


def _forest(plot: ForestPlot, stem: Path, alt: str, caption: str) -> Drawing:
    """Draw a forest plot for the page and for a telephone."""
    drawing = save_drawing(
        figures.forest(plot, width_mm=PAGE),
        stem,
        kind="forest",
        alt=alt,
        caption=caption,
    )
    return replace(drawing, narrow=narrow(figures.forest, plot, stem.name, alt))


def _both(draw: Callable[[float], Figure], stem: Path, **words: Any) -> Drawing:
    """Draw a figure for the page and for a telephone."""
    flow = words["kind"] == "flow"
    drawing = save_drawing(draw(PAGE if flow else CURVE_WIDTH), stem, **words)
    narrow = picture(draw(TELEPHONE), f"{stem.name}-narrow", words["alt"])
    return replace(drawing, narrow=narrow)
