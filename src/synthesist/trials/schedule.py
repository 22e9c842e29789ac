"""A dose and schedule as data: parts, cycles, and when treatment ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synthesist.errors import InvalidInput
from synthesist.trials.units import DoseUnit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.trials.body import Body
    from synthesist.trials.quantities import DoseRange, RegimenQuantities

#: Mean days of a month: 365.25 / 12.
MONTH = 365.25 / 12

#: Days in each unit in which cycles and courses are counted.
LENGTHS = {"day": 1.0, "week": 7.0, "month": MONTH}


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number, or a printed range of which any may be meant."""

    low: int
    high: int

    def __post_init__(self) -> None:
        """Refuse a range that runs backward or begins below one."""
        if not 1 <= self.low <= self.high:
            raise InvalidInput(
                f"{self.low} to {self.high} is no range that counts upward from 1.",
                remedy="write the smaller number first",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often within a part: doses a treatment day, and which days are such.

    Attributes
    ----------
    times : int
        Doses on a day of treatment.
    every : int
        A day of treatment every so many days, from the first day of the part.
    of_week : int, optional
        So many days of each week, which ones not being said.
    """

    times: int = 1
    every: int = 1
    of_week: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One dose given in one rhythm over some days of the cycle.

    Attributes
    ----------
    low, high : float
        One dose in `unit`; they differ where a range is printed.
    route : str
        As in `ROUTES`, empty where it is not said.
    start : int
        The first day, counted from 1; 0 where the part follows the one before.
    days : Count, optional
        Length in days, None where it ends with the cycle or with treatment.
    listed : tuple of int
        Days of treatment one by one, instead of `start` and `days`.
    doses : Count, optional
        It ends after so many doses.
    most : bool
        `doses` is the most that was planned.
    repeats : int
        So many such blocks, at intervals that are not stated.
    """

    low: float
    high: float
    unit: DoseUnit
    route: str = ""
    rhythm: Rhythm = Rhythm()
    start: int = 1
    days: Count | None = None
    listed: tuple[int, ...] = ()
    doses: Count | None = None
    most: bool = False
    repeats: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """How often the parts are given anew; `length` is None where it is not stated."""

    length: int | None
    unit: str = "week"
    count: Count | None = None

    @property
    def days(self) -> float | None:
        """Length in days."""
        return None if self.length is None else self.length * LENGTHS[self.unit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimen:
    """A planned dose and schedule.

    Attributes
    ----------
    parts : tuple of Part
        In the order in which they are written.
    cycle : Cycle, optional
        None where the parts are given once.
    until : str
        What ends treatment, such as ``progression``.
    over : (int, str), optional
        The length of the whole course as printed, such as ``(3, "month")``.
    notes : tuple of str
        What a reader must know.
    """

    parts: tuple[Part, ...]
    cycle: Cycle | None = None
    until: str = ""
    over: tuple[int, str] | None = None
    notes: tuple[str, ...] = ()

    def line(self) -> str:
        """Write the regimen as one line, which `regimen` reads back to the same."""
        from synthesist.trials.regimen_words import line_of

        return line_of(self)

    def dose(
        self,
        first: int,
        last: int,
        *,
        unit: str | None = None,
        body: Body | None = None,
        product: str = "native",
        conversion: str = "",
    ) -> DoseRange:
        """Return the dose planned from day `first` to day `last`, both included.

        Raises
        ------
        InvalidInput
            If the days run backward.
        NotEstimable
            If the schedule does not say, or the units cannot be converted.
        """
        from synthesist.trials.quantities import dose_between

        return dose_between(
            self, first, last, unit=unit, body=body, product=product, conversion=conversion
        )  # fmt: skip

    def quantities(
        self,
        *,
        unit: str | None = None,
        body: Body | None = None,
        product: str = "native",
        conversion: str = "",
    ) -> RegimenQuantities:
        """Return dose and time on one scale: a day, week, cycle, month, the course.

        Parameters
        ----------
        unit : str, optional
            The unit of the answer, such as ``MIU/m2``; that of the line if None.
        body : Body, optional
            Weight or surface, where a dose per m2 or kg meets one that is not.
        product : {"native", "pegylated", "fusion", "cells"}
            What kind of molecule; the mass of a changed one is no activity.
        conversion : str
            What the product's unit is, such as ``1 mg = 16.4 MIU``.
        """
        from synthesist.trials.quantities import quantities_of

        return quantities_of(
            self, unit=unit, body=body, product=product, conversion=conversion
        )

    def plot(self, **options: Any) -> Figure:
        """Draw the calendar strip and the dose over time."""
        from synthesist.trials.drawing import draw_regimens

        return draw_regimens({self.line(): self}, **options)
