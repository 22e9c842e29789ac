"""Hand regimens to the figures, day by day in one unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.trials.body import Body
from synthesist.trials.quantities import DoseRange, dose_between
from synthesist.trials.schedule import Regimen

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.figures.regimen_drawing import RegimenStrip
    from synthesist.trials.reviewed import ReviewedRegimen


def draw_regimens(
    named: Mapping[str, Regimen],
    *,
    unit: str | None = None,
    body: Body | None = None,
    weeks: int = 12,
    title: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 180,
) -> Figure:
    """Draw regimens by their names on one axis; see `figures.regimens`.

    Parameters
    ----------
    unit : str, optional
        The common unit; that of the first regimen if None. A regimen that cannot be
        converted keeps its calendar and has no curve.
    weeks : int
        Length of the calendar.

    Raises
    ------
    InvalidInput
        If there is no regimen, or the calendar has no week.
    """
    from synthesist.figures import regimens

    if not named or not 1 <= weeks <= 520:
        raise InvalidInput(
            "A picture of regimens needs a regimen and at least one week.",
            remedy="give names with regimens, and weeks from 1 to 520",
        )
    common = unit or str(next(iter(named.values())).parts[0].unit)
    strips = [_strip(name, found, common, body, weeks) for name, found in named.items()]
    return regimens(strips, unit=common, title=title, footer=footer, width_mm=width_mm)


def strip_of(found: ReviewedRegimen, unit: str, body: Body, weeks: int) -> RegimenStrip:
    """Return the strip of a regimen of a review."""
    regimen = found.regimen
    if regimen is None:
        raise InvalidInput("A regimen without a line has no calendar.")
    described = found.described
    detail = found.why_not
    if found.common is not None:
        week = found.common["dose_week"]
        detail = str(week) if week.low is not None else f"dose a week {week}"
    return _strip(
        described.label,
        regimen,
        unit,
        body,
        weeks,
        product=described.product,
        conversion=described.conversion,
        detail=detail,
    )


def _strip(
    name: str,
    found: Regimen,
    unit: str,
    body: Body | None,
    weeks: int,
    *,
    product: str = "native",
    conversion: str = "",
    detail: str = "",
) -> RegimenStrip:
    """Return the doses of all days and their sums, in the unit if they can be."""
    from synthesist.figures import RegimenStrip

    days = 7 * weeks
    try:
        given = [
            dose_between(found, d, d, unit=unit, body=body, product=product, conversion=conversion)
            for d in range(1, days + 1)
        ]  # fmt: skip
        total = [
            dose_between(found, 1, d, unit=unit, body=body, product=product, conversion=conversion)
            for d in range(1, days + 1)
        ]  # fmt: skip
    except NotEstimable as error:
        own = [dose_between(found, d, d) for d in range(1, days + 1)]
        return RegimenStrip(
            label=name,
            detail=detail or error.problems[0].message,
            low=_ends(own)[0],
            high=_ends(own)[1],
        )
    low, high = _ends(given)
    known = next((i for i, dose in enumerate(total) if dose.low is None), None)
    total_low, total_high = _ends(total)
    return RegimenStrip(
        label=name,
        detail=detail,
        low=low,
        high=high,
        total_low=total_low,
        total_high=total_high,
        known=known,
    )


def _ends(doses: Sequence[DoseRange]) -> tuple[list[float], list[float]]:
    """Return both ends day by day; after a cycle of unstated length, nothing more."""
    low: list[float] = []
    high: list[float] = []
    for dose in doses:
        low.append(dose.low if dose.low is not None else 0.0)
        high.append(dose.high if dose.high is not None else 0.0)
    return low, high
