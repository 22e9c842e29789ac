"""Every measure by its code: how groups become an effect, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from synthesist.effects import checks, events, zero_cells
from synthesist.effects.arms import Cells, Effects, Events
from synthesist.effects.checks import Check
from synthesist.effects.scales import IDENTITY, LOG_RATIO, Scale
from synthesist.effects.work import Remark, Work

Design = Literal["two groups", "one group", "before-after", "correlation", "generic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One set of columns that is enough for a measure, and the way from it.

    `checks` hold before `compute` is called; `rules` are the choices that it
    depends on. `sizes` are columns that say nothing of a result, so that a row
    in which only they are filled is 'not reported'. `remark` stands beside
    every study that took this route. `prepare` sees all rows before the first
    is computed. `sound` answers for all rows at once
    whether every cell is filled and passes every check; it is there for speed.
    """

    roles: tuple[str, ...]
    compute: Callable[[Cells, Work], Effects]
    checks: tuple[Check, ...] = ()
    rules: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    remark: Remark | None = None
    prepare: Callable[[Cells, Work], None] | None = None
    sound: Callable[[Cells], bool] | None = None

    def is_sound(self, cells: Cells) -> bool:
        """Return whether every row can be computed as it is."""
        if self.sound is not None:
            return self.sound(cells)
        whole = all(not np.isnan(cells[role]).any() for role in self.roles)
        return whole and not checks.failing(self.checks, cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How groups become an effect, and how it is read.

    A study takes the first of `routes` for which it has every cell.
    """

    code: str
    label: str
    scale: Scale
    design: Design
    routes: tuple[Route, ...]

    @property
    def roles(self) -> tuple[tuple[str, ...], ...]:
        """The sets of columns that are enough, the preferred one first."""
        return tuple(route.roles for route in self.routes)


def two_by_two(
    formula: Callable[[Events, Events], Effects], *, corrected: bool = True
) -> tuple[Route, ...]:
    """Return the way from events in two groups, by way of the zero-cell rule."""

    def compute(cells: Cells, work: Work) -> Effects:
        treated, control = _two_groups(cells)
        if corrected:
            treated, control = zero_cells.correct(treated, control, work)
        return formula(treated, control)

    def prepare(cells: Cells, work: Work) -> None:
        if work.rules.zero_cells == "empirical":
            ratio = zero_cells.odds_ratio_without_zeros(*_two_groups(cells))
            work.shared["odds_ratio"] = ratio

    return (
        Route(
            roles=("events_t", "n_t", "events_c", "n_c"),
            compute=compute,
            checks=(
                *checks.events_among("events_t", "n_t"),
                *checks.events_among("events_c", "n_c"),
            ),
            rules=("zero_cells", "add") if corrected else (),
            prepare=prepare if corrected else None,
            sound=lambda cells: checks.counts_are_sound(
                (cells["events_t"], cells["n_t"]), (cells["events_c"], cells["n_c"])
            ),
        ),
    )


def _two_groups(cells: Cells) -> tuple[Events, Events]:
    return (
        Events(cells["events_t"], cells["n_t"]),
        Events(cells["events_c"], cells["n_c"]),
    )


GIVEN = (
    Route(
        roles=("yi", "vi"),
        compute=lambda cells, _: Effects(cells["yi"], cells["vi"]),
        checks=(checks.positive("vi", "The variance"),),
    ),
    Route(
        roles=("yi", "sei"),
        compute=lambda cells, _: Effects(cells["yi"], np.square(cells["sei"])),
        checks=(checks.positive("sei", "The standard error"),),
    ),
)

MEASURES: dict[str, Measure] = {
    measure.code: measure
    for measure in (
        Measure(
            code="RR",
            label="Risk ratio",
            scale=LOG_RATIO,
            design="two groups",
            routes=two_by_two(events.log_risk_ratio),
        ),
        Measure(
            code="OR",
            label="Odds ratio",
            scale=LOG_RATIO,
            design="two groups",
            routes=two_by_two(events.log_odds_ratio),
        ),
        Measure(
            code="RD",
            label="Risk difference",
            scale=IDENTITY,
            design="two groups",
            routes=two_by_two(events.risk_difference),
        ),
        Measure(
            code="GEN",
            label="Effect",
            scale=IDENTITY,
            design="generic",
            routes=GIVEN,
        ),
    )
}
