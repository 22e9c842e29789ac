"""Read the lines of the regimens, and keep what follows from them as moderators."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from synthesist.errors import InvalidInput
from synthesist.review import Review
from synthesist.review.protocol import Protocol, Regimen
from synthesist.store.faults import Faults


def check_regimens(review: Review, faults: Faults) -> Review:
    """Report what cannot be read of regimens, and add their quantities to the rest."""
    protocol = review.protocol
    regimens = protocol.regimens
    if not any(
        r.line or r.conversion or r.printed_dose or r.received_dose for r in regimens
    ):
        return review if _reads_unit(protocol, faults) else _plain(review)
    if not _reads_unit(protocol, faults):
        return _plain(review)
    read = tuple(
        _with_quantities(entry, protocol, index, faults)
        for index, entry in enumerate(regimens)
    )
    return replace(review, protocol=replace(protocol, regimens=read))


def _plain(review: Review) -> Review:
    """Return the review without what could not be read."""
    return replace(review, protocol=replace(review.protocol, dose_unit=""))


def _reads_unit(protocol: Protocol, faults: Faults) -> bool:
    """Tell whether unit and assumed body can be read, and report where they cannot."""
    from synthesist.trials.body import Body
    from synthesist.trials.units import read_unit

    try:
        if protocol.dose_unit:
            read_unit(protocol.dose_unit)
    except InvalidInput as error:
        _tell(error, faults, "", 0, "dose_unit")
        return False
    body = protocol.body
    try:
        Body(weight=body.weight, height=body.height, surface=body.surface)
    except InvalidInput as error:
        _tell(error, faults, "body", 0, "")
        return False
    return True


def _with_quantities(
    entry: Regimen, protocol: Protocol, index: int, faults: Faults
) -> Regimen:
    """Return a regimen with what follows from its line; report what cannot be read."""
    from synthesist.trials.reviewed import common_unit, reviewed_regimen

    for key, check in (
        ("line", _read_line),
        ("conversion", _read_conversion),
        ("printed_dose", partial(_read_printed, key="printed_dose")),
        ("received_dose", partial(_read_printed, key="received_dose")),
        ("surface", _read_body),
    ):
        try:
            check(entry)
        except InvalidInput as error:
            _tell(error, faults, "regimens", index, key)
            return replace(
                entry, line="", conversion="", printed_dose="", received_dose=""
            )
    try:
        unit = common_unit(protocol)
    except InvalidInput:
        # The first line, which gives the unit, is reported at its own place.
        return entry
    found = reviewed_regimen(entry, protocol, unit)
    if found.common is None:
        return entry
    middles = {name: value.middle for name, value in found.common.values.items()}
    kept = {name: value for name, value in middles.items() if value is not None}
    return replace(entry, quantities=kept)


def _read_line(entry: Regimen) -> None:
    from synthesist.trials.regimen_line import regimen

    if entry.line:
        regimen(entry.line)


def _read_conversion(entry: Regimen) -> None:
    from synthesist.trials.units import read_conversion

    if entry.conversion:
        read_conversion(entry.conversion)


def _read_printed(entry: Regimen, *, key: str) -> None:
    from synthesist.trials.printed_dose import check_printed_dose
    from synthesist.trials.regimen_line import regimen

    text: str = getattr(entry, key)
    if not text:
        return
    if not entry.line:
        raise InvalidInput(
            "A dose needs a line to be compared with",
            remedy="write the schedule as a line, or the dose into the note",
        )
    check_printed_dose(regimen(entry.line), text)


def _read_body(entry: Regimen) -> None:
    from synthesist.trials.body import Body

    Body(weight=entry.weight, height=entry.height, surface=entry.surface)


def _tell(
    error: InvalidInput, faults: Faults, section: str, index: int, key: str
) -> None:
    """Report an error of the regimens at its place in review.toml."""
    for problem in error.problems:
        place = f" ({problem.place})" if problem.place.startswith("regimen, in") else ""
        faults.key(
            section, index, key, problem.message.rstrip(".") + place, problem.remedy
        )
