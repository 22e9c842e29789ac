"""What is done about tables in which a cell is zero."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from synthesist.effects.arms import Events, PersonTime
from synthesist.effects.work import Remark, Work
from synthesist.tables import Vector

NO_EVENTS = Remark(
    "no events in either group",
    "No events in either group in {studies}, so what enters is the correction: compare Mantel-Haenszel, Peto or a binomial model (GLMM).",
)
ALL_EVENTS = Remark(
    "every patient had the event",
    "Every patient of both groups had the event in {studies}, so what enters is the correction: compare Mantel-Haenszel, Peto or a binomial model (GLMM).",
)
NO_EVENTS_DROPPED = Remark(
    "no events in either group, left out",
    "No events in either group in {studies}, left out (zero_cells = drop-double-zero).",
)
ALL_EVENTS_DROPPED = Remark(
    "every patient had the event, left out",
    "Every patient of both groups had the event in {studies}, left out (zero_cells = drop-double-zero).",
)
BY_SIZE = Remark(
    "corrected in proportion to group size",
    "In {studies} a cell was zero; each group's cells were corrected in proportion to its size, by {add} on average (treatment-arm rule).",
    correction=True,
)
BY_OTHERS = Remark(
    "corrected towards the other studies' odds ratio",
    "In {studies} a cell was zero; the cells were corrected by {add} on average towards the odds ratio of the studies without a zero (empirical rule).",
    correction=True,
)

#: How much is added to each cell of the treated and of the control group, given
#: both group sizes and the odds ratio of the studies without a zero.
Split = Callable[[Vector, Vector, float], tuple[Vector, Vector]]


def correct(treated: Events, control: Events, work: Work) -> tuple[Events, Events]:
    """Return both groups, corrected as the zero-cell rule says.

    A correction is added to the events and to the non-events of a group, or to the
    events alone. Groups that need none are returned as they are, without a copy.

    References
    ----------
    Sweeting MJ, Sutton AJ, Lambert PC. Stat Med 2004;23:1351. doi:10.1002/sim.1761
    """
    rule, add = work.rules.zero_cells, work.rules.add
    if rule == "none":
        return treated, control
    events_alone = work.rules.corrected == "events"
    grown, remark = (1, added_to_events(add)) if events_alone else (2, added(add))
    if rule == "all":
        work.remark(remark, np.ones(len(treated.n), dtype=np.bool_))
        return (
            Events(treated.events + add, treated.n + grown * add),
            Events(control.events + add, control.n + grown * add),
        )
    cells = (treated.events, treated.rest, control.events, control.rest)
    if min(cell.min(initial=1) for cell in cells) > 0:
        return treated, control
    where = np.flatnonzero(np.min(cells, axis=0) == 0)
    none = where[(treated.events[where] == 0) & (control.events[where] == 0)]
    every = where[(treated.rest[where] == 0) & (control.rest[where] == 0)]
    if rule == "drop-double-zero":
        work.leave_out(NO_EVENTS_DROPPED, none)
        work.leave_out(ALL_EVENTS_DROPPED, every)
        where = np.setdiff1d(where, np.union1d(none, every))
    else:
        work.remark(NO_EVENTS, none)
        work.remark(ALL_EVENTS, every)
    share_t = share_c = np.ones(1)
    if rule in SPLITS:
        remark, split = SPLITS[rule]
        remark = replace(remark, table=remark.table.replace("{add}", amount(add)))
        ratio = work.shared.get("ratio", 1.0)
        share_t, share_c = split(treated.n[where], control.n[where], ratio)
    work.remark(remark, where)
    return (
        _raised(treated, where, add * share_t, grown),
        _raised(control, where, add * share_c, grown),
    )


def correct_one(group: Events, work: Work) -> Events:
    """Return one group, corrected where nobody or everybody had the event."""
    rule, add = work.rules.zero_cells, work.rules.add
    if rule == "none":
        return group
    if rule == "all":
        work.remark(added(add), np.ones(len(group.n), dtype=np.bool_))
        return Events(group.events + add, group.n + 2 * add)
    where = np.flatnonzero((group.events == 0) | (group.rest == 0))
    if not where.size:
        return group
    work.remark(added_to_one(add), where)
    return _raised(group, where, np.full(1, add), 2)


def correct_rates(
    treated: PersonTime, control: PersonTime, work: Work
) -> tuple[PersonTime, PersonTime]:
    """Return both groups, their events corrected as the zero-cell rule says.

    The rules for two-by-two tables hold with time at risk in place of size.
    """
    rule, add = work.rules.zero_cells, work.rules.add
    if rule == "none":
        return treated, control
    if rule == "all":
        work.remark(added(add), np.ones(len(treated.time), dtype=np.bool_))
        return (
            PersonTime(treated.events + add, treated.time),
            PersonTime(control.events + add, control.time),
        )
    where = np.flatnonzero((treated.events == 0) | (control.events == 0))
    if not where.size:
        return treated, control
    none = where[(treated.events[where] == 0) & (control.events[where] == 0)]
    if rule == "drop-double-zero":
        work.leave_out(NO_EVENTS_DROPPED, none)
        where = np.setdiff1d(where, none)
    else:
        work.remark(NO_EVENTS, none)
    share_t = share_c = np.ones(1)
    remark = added(add)
    if rule in SPLITS:
        remark, split = SPLITS[rule]
        remark = replace(remark, table=remark.table.replace("{add}", amount(add)))
        ratio = work.shared.get("ratio", 1.0)
        share_t, share_c = split(treated.time[where], control.time[where], ratio)
    work.remark(remark, where)
    return (
        _raised_events(treated, where, add * share_t),
        _raised_events(control, where, add * share_c),
    )


def correct_one_rate(group: PersonTime, work: Work) -> PersonTime:
    """Return one group, its events corrected where there are none."""
    rule, add = work.rules.zero_cells, work.rules.add
    if rule == "none":
        return group
    every = np.ones(len(group.time), dtype=np.bool_)
    where = np.flatnonzero(every if rule == "all" else group.events == 0)
    if not where.size:
        return group
    work.remark(added_to_one(add), where)
    return _raised_events(group, where, np.full(1, add))


def added_to_one(add: float) -> Remark:
    """Return the remark that a single group was corrected."""
    return Remark(
        f"{amount(add)} added",
        f"{amount(add)} added to the counts of {{studies}}, where one was zero.",
        correction=True,
    )


def added(add: float) -> Remark:
    """Return the remark that the same amount went into each cell."""
    return Remark(
        f"{amount(add)} added to each cell",
        f"{amount(add)} added to every cell of {{studies}}, where a cell was zero.",
        correction=True,
    )


def added_to_events(add: float) -> Remark:
    """Return the remark that the cells of events alone were corrected."""
    return Remark(
        f"{amount(add)} added to the events of each group",
        f"{amount(add)} added to the events of both groups of {{studies}}, where a cell was zero.",
        correction=True,
    )


def amount(add: float) -> str:
    """Write the usual correction as it is spoken of."""
    return "1/2" if add == 0.5 else f"{add:g}"


def odds_ratio_without_zeros(treated: Events, control: Events) -> float:
    """Return the Mantel-Haenszel odds ratio of the tables without a zero cell, 1 if none."""
    whole = treated.events * treated.rest * control.events * control.rest > 0
    total = treated.n + control.n
    above = (treated.events * control.rest / total)[whole].sum()
    below = (control.events * treated.rest / total)[whole].sum()
    return float(above / below) if whole.any() else 1.0


def rate_ratio_without_zeros(treated: PersonTime, control: PersonTime) -> float:
    """Return the Mantel-Haenszel rate ratio of the studies without a zero, 1 if none."""
    whole = treated.events * control.events > 0
    total = treated.time + control.time
    above = (treated.events * control.time / total)[whole].sum()
    below = (control.events * treated.time / total)[whole].sum()
    return float(above / below) if whole.any() else 1.0


def _raised(arm: Events, where: np.ndarray, by: Vector, grown: int) -> Events:
    """Return the group with `by` added to the events and `grown` times as many people."""
    events, n = arm.events.copy(), arm.n.copy()
    events[where] += by
    n[where] += grown * by
    return Events(events, n)


def _raised_events(arm: PersonTime, where: np.ndarray, by: Vector) -> PersonTime:
    """Return the group with `by` added to the events of some studies."""
    events = arm.events.copy()
    events[where] += by
    return PersonTime(events, arm.time)


def _by_size(n_t: Vector, n_c: Vector, ratio: float) -> tuple[Vector, Vector]:
    """Split in proportion to group size, so that two empty groups show no effect."""
    del ratio
    return 2 * n_t / (n_t + n_c), 2 * n_c / (n_t + n_c)


def _by_others(n_t: Vector, n_c: Vector, ratio: float) -> tuple[Vector, Vector]:
    """Split so that two empty groups show the other studies' odds ratio."""
    total = ratio * n_t + n_c
    return 2 * ratio * n_t / total, 2 * n_c / total


SPLITS: dict[str, tuple[Remark, Split]] = {
    "treatment-arm": (BY_SIZE, _by_size),
    "empirical": (BY_OTHERS, _by_others),
}

#: What a correction enters.
CORRECTED = ("both", "variance", "events")

ZERO_CELLS = (
    "only-zero",
    "none",
    "all",
    "treatment-arm",
    "empirical",
    "drop-double-zero",
)
