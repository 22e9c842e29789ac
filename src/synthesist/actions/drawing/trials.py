"""Draw the regimens of a review and the responses of its single trials."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from synthesist.actions.drawing.saving import (
    FOLDER,
    PAGE,
    TELEPHONE,
    picture,
    save_drawing,
)
from synthesist.documents.content import Drawing
from synthesist.documents.regimen_section import REGIMENS
from synthesist.documents.trial_section import RESPONSES, single_results
from synthesist.errors import InvalidInput
from synthesist.review import Review

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.trials.reviewed import ReviewedRegimen

#: Weeks that the calendar of regimens holds, at least and at most.
SHORTEST, LONGEST = 4, 12


def draw_trials(
    review: Review, out: Path, progress: Callable[[str], None]
) -> dict[str, Drawing]:
    """Write the figures of regimens and responses, and return them by name."""
    drawn: dict[str, Drawing] = {}
    for name, draw, alt, caption in (
        (REGIMENS, _regimens, "Calendar strips of the regimens and the dose over time", "Regimens: the dose that adds up over time, and the days of treatment. Described, never pooled."),
        (RESPONSES, _responses, "Responses of single trials with exact intervals", "Responses of single trials with exact 95% intervals."),
    ):  # fmt: skip
        figure = draw(review, PAGE)
        if figure is None:
            continue
        progress(f"the {name}")
        saved = save_drawing(
            figure, out / FOLDER / name, kind=name, alt=alt, caption=caption
        )
        narrow = _narrow(review, name, alt, draw)
        drawn[name] = Drawing(
            name=saved.name,
            kind=saved.kind,
            alt=alt,
            caption=caption,
            svg=saved.svg,
            files=saved.files,
            narrow=narrow,
        )
    return drawn


def _narrow(
    review: Review,
    name: str,
    alt: str,
    draw: Callable[[Review, float], Figure | None],
) -> str:
    """Draw for a telephone, empty where it does not fit on one."""
    try:
        figure = draw(review, TELEPHONE)
    except InvalidInput:
        return ""
    return "" if figure is None else picture(figure, f"{name}-narrow", alt)


def _regimens(review: Review, width: float) -> Figure | None:
    """Draw the regimens with a line, None where no two units can meet."""
    from synthesist.figures import regimens
    from synthesist.trials.drawing import strip_of
    from synthesist.trials.reviewed import body_of, common_unit, reviewed_regimens

    found = [r for r in reviewed_regimens(review.protocol) if r.regimen is not None]
    if not any(r.common for r in found):
        return None
    unit, weeks = common_unit(review.protocol), _weeks(found)
    strips = [
        strip_of(r, unit, body_of(r.described, review.protocol), weeks) for r in found
    ]
    label = "synthetic results" if review.is_synthetic("results") else ""
    return regimens(strips, unit=unit, label=label, width_mm=width)


def _weeks(found: list[ReviewedRegimen]) -> int:
    """Return the length of the calendar: the longest course, within bounds."""
    lengths = [r.common["course_weeks"].high if r.common else None for r in found]
    known = [LONGEST if length is None else math.ceil(length) for length in lengths]
    return (
        min(max(known, default=LONGEST), LONGEST) if max(known) > SHORTEST else SHORTEST
    )


def _responses(review: Review, width: float) -> Figure | None:
    """Draw bars of the responses, None where there are none."""
    from synthesist.figures import ResponseBar, response_bars

    found = single_results(review, "response")
    if not found:
        return None
    several = len({(s.result.study, s.result.arm) for s in found}) > 1
    bars = [
        ResponseBar(
            label=f"{review.study(s.result.study).name}: {s.response.label}"
            if several
            else s.response.label,
            events=s.response.events,
            n=s.response.n,
            low=s.response.interval.lower,
            high=s.response.interval.upper,
        )
        for s in found
    ]
    label = "synthetic results" if review.is_synthetic("results") else ""
    return response_bars(bars, label=label, width_mm=width)
