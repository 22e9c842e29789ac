"""The regimens of a review, each in the review's unit of dose."""

from __future__ import annotations

from dataclasses import dataclass

from synthesist.errors import NotEstimable
from synthesist.review.protocol import Protocol
from synthesist.review.protocol import Regimen as Described
from synthesist.trials.body import Body
from synthesist.trials.printed_dose import (
    PrintedDose,
    check_printed_dose,
    received_share,
)
from synthesist.trials.quantities import DoseRange, RegimenQuantities, quantities_of
from synthesist.trials.regimen_line import regimen
from synthesist.trials.schedule import Regimen


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedRegimen:
    """A regimen of a review with what follows from its line.

    Attributes
    ----------
    described : Regimen
        The entry of review.toml.
    regimen : Regimen, optional
        The line as data, None where none is given.
    own : RegimenQuantities, optional
        Its quantities in the unit of its own line.
    common : RegimenQuantities, optional
        Its quantities in the review's unit, None where it has none there.
    why_not : str
        Why it has no place on the common axis.
    printed : PrintedDose, optional
        The printed dose beside that of the schedule.
    received : DoseRange, optional
        Per cent of the planned dose that was received.
    """

    described: Described
    regimen: Regimen | None = None
    own: RegimenQuantities | None = None
    common: RegimenQuantities | None = None
    why_not: str = ""
    printed: PrintedDose | None = None
    received: DoseRange | None = None


def reviewed_regimens(protocol: Protocol) -> tuple[ReviewedRegimen, ...]:
    """Return the regimens of a protocol, those without a line with the reason why.

    Raises
    ------
    InvalidInput
        If a line, unit or body cannot be read.
    """
    unit = common_unit(protocol)
    return tuple(reviewed_regimen(r, protocol, unit) for r in protocol.regimens)


def common_unit(protocol: Protocol) -> str:
    """Return the unit in which the regimens stand beside each other, empty for none."""
    if protocol.dose_unit:
        return protocol.dose_unit
    lines = [entry.line for entry in protocol.regimens if entry.line]
    return str(regimen(lines[0]).parts[0].unit) if lines else ""


def body_of(described: Described, protocol: Protocol) -> Body:
    """Return the reported body of a regimen's patients, else the assumed one."""
    own = (described.weight, described.height, described.surface)
    if any(value is not None for value in own):
        return Body(
            weight=described.weight,
            height=described.height,
            surface=described.surface,
            formula=protocol.body.formula,
            source=described.body_source or "as reported",
        )
    assumed = protocol.body
    return Body(
        weight=assumed.weight,
        height=assumed.height,
        surface=assumed.surface,
        formula=assumed.formula,
        source=assumed.source,
    )


def reviewed_regimen(
    described: Described, protocol: Protocol, unit: str
) -> ReviewedRegimen:
    """Return one regimen with what follows from its line."""
    if not described.line:
        return ReviewedRegimen(described=described, why_not="dose or schedule not read")
    found = regimen(described.line)
    body = body_of(described, protocol)
    own = quantities_of(found)
    common, why_not = None, ""
    try:
        common = quantities_of(
            found,
            unit=unit,
            body=body,
            product=described.product,
            conversion=described.conversion,
        )
    except NotEstimable as error:
        why_not = error.problems[0].message
    printed = None
    if described.printed_dose:
        printed = check_printed_dose(
            found,
            described.printed_dose,
            body=body,
            product=described.product,
            conversion=described.conversion,
        )
    received = None
    if described.received_dose:
        try:
            received = received_share(
                found,
                described.received_dose,
                body=body,
                product=described.product,
                conversion=described.conversion,
            )
        except NotEstimable as error:
            received = DoseRange(
                low=None, high=None, unit="", why=error.problems[0].message
            )
    return ReviewedRegimen(
        described=described,
        regimen=found,
        own=own,
        common=common,
        why_not=why_not,
        printed=printed,
        received=received,
    )
