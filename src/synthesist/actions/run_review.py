"""Compute a review folder and write its report, figures and numbers."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from synthesist import __version__
from synthesist.actions.analyse import analyse
from synthesist.actions.drawing.individual import draw_individual
from synthesist.actions.drawing.review import draw
from synthesist.actions.drawing.trials import draw_trials
from synthesist.actions.individual import analyse_individual
from synthesist.checks import check_numbers_of
from synthesist.documents.content import AnalysisResult, ReportContent
from synthesist.documents.individual_content import IndividualContent, PatientResult
from synthesist.documents.regimen_section import regimens_to_dict
from synthesist.documents.report import render
from synthesist.documents.trial_section import trials_to_dict
from synthesist.review import Review
from synthesist.review.flow import flow_of
from synthesist.store import read_folder
from synthesist.store.output import MANIFEST, digest, replacing

OUT = "out"
REPORT = "report.html"
RESULTS = "results.json"

#: The libraries that can change a number or a picture.
LIBRARIES = ("numpy", "scipy", "matplotlib", "Jinja2")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a run wrote, and what its reader must know."""

    out: Path
    report: Path
    files: tuple[str, ...]
    analyses: tuple[AnalysisResult, ...]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return what was written as JSON values."""
        return {
            "out": str(self.out),
            "report": str(self.report),
            "files": list(self.files),
            "analyses": [
                {
                    "id": result.plan.id,
                    "status": "not estimable" if result.problem else "done",
                    "problem": result.problem or None,
                }
                for result in self.analyses
            ],
            "notes": list(self.notes),
        }


def run_review(folder: Path, *, progress: Progress | None = None) -> RunResult:
    """Read a review folder, compute what was planned, and write ``out/``.

    Parameters
    ----------
    folder : Path
        A review folder; see docs/review-folder.md.
    progress : callable, optional
        Called with the step in words, the steps done and the steps in all.

    Raises
    ------
    InvalidInput
        With every problem of the folder; ``out/`` is then as it was.
    """
    step = progress or _silent
    step("Reading the folder", 0, 1)
    review = read_folder(folder, to_draw=True)
    plans = review.protocol.analyses
    total = 2 * len(plans) + 4
    analyses: list[AnalysisResult] = []
    for done, plan in enumerate(plans, 1):
        step(f"Analysing {plan.id}", done, total)
        analyses.append(analyse(review, plan))
    step("Analysing individual data", len(plans), total)
    individual = analyse_individual(review, folder)
    flow = flow_of(review)
    inputs = _inputs(folder)
    with replacing(folder / OUT) as fresh:
        drawings = draw(
            review,
            analyses,
            flow,
            fresh,
            lambda name, n: step(f"Drawing {name}", len(plans) + n, total),
        )
        drawings |= draw_individual(
            review,
            individual,
            fresh,
            lambda name: step(f"Drawing {name}", 2 * len(plans), total),
        )
        drawings |= draw_trials(
            review, fresh, lambda name: step(f"Drawing {name}", 2 * len(plans), total)
        )
        step("Writing the report", total - 2, total)
        content = ReportContent(
            review=review,
            analyses=tuple(analyses),
            flow=flow,
            drawings=drawings,
            inputs=inputs,
            folder=folder,
        )
        (fresh / REPORT).write_text(render(content, individual), "utf-8", newline="\n")
        _write_json(fresh / RESULTS, _results(review, content, individual))
        outputs = {
            path.relative_to(fresh).as_posix(): digest(path)
            for path in sorted(fresh.rglob("*"))
            if path.is_file()
        }
        _write_json(fresh / MANIFEST, _manifest(inputs, outputs))
        step("Putting it in place", total - 1, total)
    step("Done", total, total)
    return RunResult(
        out=folder / OUT,
        report=folder / OUT / REPORT,
        files=(*outputs, MANIFEST),
        analyses=tuple(analyses),
        notes=_run_notes([*analyses, *(individual.results if individual else ())]),
    )


def _silent(_step: str, _done: int, _total: int) -> None:
    """Show nothing."""


def _run_notes(
    analyses: Sequence[AnalysisResult | PatientResult],
) -> tuple[str, ...]:
    return tuple(
        f"{result.plan.id} is not estimable: {result.problem}"
        for result in analyses
        if result.problem
    )


def _results(
    review: Review, content: ReportContent, individual: IndividualContent | None
) -> dict[str, Any]:
    """Return every fit in full precision with the rules used."""
    return {
        "format": 1,
        "synthesist": __version__,
        "title": review.protocol.title,
        "synthetic": list(review.protocol.synthetic),
        "flow": asdict(content.flow) if content.flow else None,
        "analyses": [result.to_dict() for result in content.analyses],
        "individual": individual.to_dict() if individual else None,
        "regimens": regimens_to_dict(review),
        "trials": trials_to_dict(review),
        "numbers": check_numbers_of(review).to_dict(),
    }


def _manifest(inputs: dict[str, str], outputs: dict[str, str]) -> dict[str, Any]:
    """Say by what and from what the results were made; no time, so that bytes repeat."""
    return {
        "format": 1,
        "versions": {
            "synthesist": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in LIBRARIES},
        },
        "inputs": inputs,
        "outputs": outputs,
    }


def _inputs(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of the review, results and hidden files aside."""
    return {
        path.relative_to(folder).as_posix(): digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and _is_input(path.relative_to(folder))
    }


def _is_input(path: Path) -> bool:
    return path.parts[0] != OUT and not any(part.startswith(".") for part in path.parts)


def _write_json(path: Path, value: dict[str, Any]) -> None:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1)
    path.write_text(text + "\n", "utf-8", newline="\n")
