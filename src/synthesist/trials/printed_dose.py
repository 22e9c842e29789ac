"""A printed dose beside the one that follows from its schedule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.printed import read_printed
from synthesist.trials.body import Body
from synthesist.trials.quantities import DoseRange, quantities_of
from synthesist.trials.schedule import Regimen
from synthesist.trials.units import read_unit

#: The periods of printed doses, and the quantity that each is.
PERIODS = {
    "day": "dose_day",
    "first week": "dose_first_week",
    "week": "dose_week",
    "month": "dose_month",
    "cycle": "dose_cycle",
    "course": "dose_course",
}

FORM = re.compile(
    r"(\d+(?:\.\d+)?)(?:\s*(?:-|–|to)\s*(\d+(?:\.\d+)?))?\s*([^\d\s.].*?)\s+(?:per|a)\s+"
    rf"({'|'.join(PERIODS)})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedDose:
    """What a report prints of a dose, and what follows from the schedule it prints.

    Attributes
    ----------
    printed : str
        As printed: ``12 to 24 MIU/m2 per month``.
    implied : DoseRange
        What the schedule gives.
    verdict : {"follows", "does not follow", "cannot be computed"}
    """

    printed: str
    implied: DoseRange
    verdict: str

    def sentence(self) -> str:
        """Say in one sentence what was found."""
        if self.verdict == "cannot be computed":
            return f"Printed as {self.printed}; it cannot be computed from the schedule, which does not say {self.implied.why}."
        return f"Printed as {self.printed}, which {self.verdict} from the schedule: that gives {self.implied}."

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "printed": self.printed,
            "low": self.implied.low,
            "high": self.implied.high,
            "unit": self.implied.unit,
            "verdict": self.verdict,
        }


def check_printed_dose(
    found: Regimen,
    printed: str,
    *,
    body: Body | None = None,
    product: str = "native",
    conversion: str = "",
) -> PrintedDose:
    """Compare a printed dose with its schedule, half of its last digit allowed for.

    A range is compared end by end; one number must lie within the implied range.

    Parameters
    ----------
    printed : str
        Such as ``24 MIU/m2 per month``; the period is a key of `PERIODS`.

    Raises
    ------
    InvalidInput
        If the text is no such dose.
    """
    read = FORM.fullmatch(" ".join(printed.split()))
    if read is None:
        raise InvalidInput(
            f"'{printed}' is no dose over a period.",
            remedy=f"write it as 24 MIU/m2 per month; periods are {', '.join(PERIODS)}",
        )
    unit = str(read_unit(read[3]))
    ends = [read_printed(end) for end in (read[1], read[2] or read[1])]
    code = PERIODS[read[4].casefold()]
    try:
        implied = quantities_of(
            found, unit=unit, body=body, product=product, conversion=conversion
        )[code]
    except NotEstimable as error:
        implied = DoseRange(low=None, high=None, unit=unit, why=error.problems[0].message)  # fmt: skip
    if implied.low is None or implied.high is None:
        verdict = "cannot be computed"
    else:
        slack = 1e-9 * max(1.0, abs(implied.high))
        if read[2]:
            pairs = [(ends[0], implied.low, implied.low), (ends[1], implied.high, implied.high)]  # fmt: skip
        else:
            pairs = [(ends[0], implied.low, implied.high)]
        fits = all(
            end.low - slack <= high and low <= end.high + slack
            for end, low, high in pairs
        )
        verdict = "follows" if fits else "does not follow"
    return PrintedDose(printed=printed, implied=implied, verdict=verdict)


def received_share(
    found: Regimen,
    received: str,
    *,
    body: Body | None = None,
    product: str = "native",
    conversion: str = "",
) -> DoseRange:
    """Return how much of the planned dose was received, in per cent.

    That is the relative dose intensity where both are over the same period.

    Parameters
    ----------
    received : str
        Such as ``84 MIU/m2 per course``; the period is a key of `PERIODS`.

    Raises
    ------
    InvalidInput
        If the text is no such dose.
    NotEstimable
        If the planned dose cannot be told.

    References
    ----------
    Hryniuk W, Bush H. J Clin Oncol 1984;2:1281.
    """
    planned = check_printed_dose(
        found, received, body=body, product=product, conversion=conversion
    ).implied
    if planned.low is None or planned.high is None:
        raise NotEstimable(
            f"The planned dose cannot be told: {planned.why}",
            remedy="give the dose over another period",
        )
    read = FORM.fullmatch(" ".join(received.split()))
    ends = [read_printed(end) for end in (read[1], read[2] or read[1])] if read else []
    return DoseRange(
        low=100 * ends[0].low / planned.high,
        high=100 * ends[-1].high / planned.low,
        unit="per cent of the planned dose",
    )
