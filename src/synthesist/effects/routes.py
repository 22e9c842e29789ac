"""The ways from columns to an effect, one for each shape of data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.effects import checks, zero_cells
from synthesist.effects.arms import Cells, Effects, Events, Means, PersonTime
from synthesist.effects.checks import Check
from synthesist.effects.work import Mask, Remark, Rules, Work
from synthesist.tables import Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """A cell that follows from others where it is empty.

    `needs` says by the rules whether it may be filled at all, `flags` what is to
    be said of some of the rows, `advice` which option would allow it, `rule` on which choice it
    depends. A `whole` derivation sees every row and returns a
    value for each.
    """

    role: str
    sources: tuple[str, ...]
    compute: Callable[[Cells, Rules], Vector]
    remark: Remark
    checks: tuple[Check, ...] = ()
    optional: tuple[str, ...] = ()
    needs: Callable[[Rules], bool] = lambda rules: True
    flags: tuple[tuple[Remark, Callable[[Cells], Mask]], ...] = ()
    whole: bool = False
    advice: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One set of columns that is enough for a measure, and the way from it.

    `checks` hold before `compute` is called; `rules` are the choices that it
    depends on, `variances` the forms of the variance it knows. `sizes` are
    columns that say nothing of a result, so that a row in which only they are
    filled is 'not reported'. `remark` stands beside every study that took this
    route. `derivations` fill empty cells first. `prepare` sees all rows before
    the first is computed. `sound` answers for all rows at once whether every
    cell is filled and passes every check; it is there for speed.
    """

    roles: tuple[str, ...]
    compute: Callable[[Cells, Work], Effects]
    checks: tuple[Check, ...] = ()
    rules: tuple[str, ...] = ()
    variances: tuple[str, ...] = ("LS",)
    optional: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    remark: Remark | None = None
    prepare: Callable[[Cells, Work], None] | None = None
    sound: Callable[[Cells], bool] | None = None

    def is_sound(self, cells: Cells) -> bool:
        """Return whether every row can be computed as it is."""
        if self.sound is not None:
            return self.sound(cells)
        whole = all(not np.isnan(cells[role]).any() for role in self.roles)
        return whole and not checks.failing(self.checks, cells)


Formula = Callable[..., Effects]


def chosen(rules: Rules, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the rules of these names, as a formula takes them."""
    return {name: getattr(rules, name) for name in names}


def two_by_two(formula: Formula, *, corrected: bool = True) -> Route:
    """Return the way from events in two groups, by way of the zero-cell rule."""

    def groups(cells: Cells) -> tuple[Events, Events]:
        return (
            Events(cells["events_t"], cells["n_t"]),
            Events(cells["events_c"], cells["n_c"]),
        )

    def compute(cells: Cells, work: Work) -> Effects:
        treated, control = groups(cells)
        if not corrected:
            return formula(treated, control)
        effects = formula(*zero_cells.correct(treated, control, work))
        if work.rules.corrected == "variance":
            return Effects(formula(treated, control).y, effects.v)
        return effects

    def prepare(cells: Cells, work: Work) -> None:
        if work.rules.zero_cells == "empirical":
            work.shared["ratio"] = zero_cells.odds_ratio_without_zeros(*groups(cells))

    return Route(
        roles=("events_t", "n_t", "events_c", "n_c"),
        compute=compute,
        checks=(
            *checks.events_among("events_t", "n_t"),
            *checks.events_among("events_c", "n_c"),
        ),
        rules=("zero_cells", "add", "corrected") if corrected else (),
        prepare=prepare if corrected else None,
        sound=lambda cells: checks.counts_are_sound(
            (cells["events_t"], cells["n_t"]), (cells["events_c"], cells["n_c"])
        ),
    )


def one_proportion(formula: Formula, *, corrected: bool = True) -> Route:
    """Return the way from events in one group, by way of the zero-cell rule."""

    def compute(cells: Cells, work: Work) -> Effects:
        group = Events(cells["events"], cells["n"])
        return formula(zero_cells.correct_one(group, work) if corrected else group)

    return Route(
        roles=("events", "n"),
        compute=compute,
        checks=checks.events_among("events", "n"),
        rules=("zero_cells", "add") if corrected else (),
        sound=lambda cells: checks.counts_are_sound((cells["events"], cells["n"])),
    )


def two_rates(formula: Formula, *, corrected: bool = True) -> Route:
    """Return the way from events and time in two groups."""

    def groups(cells: Cells) -> tuple[PersonTime, PersonTime]:
        return (
            PersonTime(cells["events_t"], cells["time_t"]),
            PersonTime(cells["events_c"], cells["time_c"]),
        )

    def compute(cells: Cells, work: Work) -> Effects:
        treated, control = groups(cells)
        if corrected:
            treated, control = zero_cells.correct_rates(treated, control, work)
        return formula(treated, control)

    def prepare(cells: Cells, work: Work) -> None:
        if work.rules.zero_cells == "empirical":
            work.shared["ratio"] = zero_cells.rate_ratio_without_zeros(*groups(cells))

    return Route(
        roles=("events_t", "time_t", "events_c", "time_c"),
        compute=compute,
        checks=(
            *checks.events_in("events_t", "time_t"),
            *checks.events_in("events_c", "time_c"),
        ),
        rules=("zero_cells", "add") if corrected else (),
        prepare=prepare if corrected else None,
    )


def one_rate(formula: Formula, *, corrected: bool = True) -> Route:
    """Return the way from events and time in one group."""

    def compute(cells: Cells, work: Work) -> Effects:
        group = PersonTime(cells["events"], cells["time"])
        if corrected:
            group = zero_cells.correct_one_rate(group, work)
        return formula(group)

    return Route(
        roles=("events", "time"),
        compute=compute,
        checks=checks.events_in("events", "time"),
        rules=("zero_cells", "add") if corrected else (),
    )


def two_means(
    formula: Formula,
    *,
    rules: tuple[str, ...] = (),
    variances: tuple[str, ...] = ("LS",),
    above_zero: bool = False,
    with_means: bool = True,
    derivations: tuple[Derivation, ...] = (),
) -> Route:
    """Return the way from means and standard deviations of two groups.

    `above_zero` says that the formula takes logarithms of the means, `with_means`
    that it uses them at all.
    """

    def groups(cells: Cells) -> tuple[Means, Means]:
        return (
            Means(cells["mean_t"], cells["sd_t"], cells["n_t"]),
            Means(cells["mean_c"], cells["sd_c"], cells["n_c"]),
        )

    def spreads(cells: Cells) -> tuple[Means, Means]:
        none = np.ones_like(cells["sd_t"])
        return (
            Means(none, cells["sd_t"], cells["n_t"]),
            Means(none, cells["sd_c"], cells["n_c"]),
        )

    def compute(cells: Cells, work: Work) -> Effects:
        options = chosen(work.rules, rules)
        if "average" in work.shared:
            options["average"] = work.shared["average"]
        return formula(*(groups if with_means else spreads)(cells), **options)

    def prepare(cells: Cells, work: Work) -> None:
        if work.rules.variance == "AV" and "AV" in variances:
            treated, control = groups(cells)
            y = formula(treated, control, **chosen(work.rules, rules)).y
            weight = treated.n + control.n
            work.shared["average"] = float((weight * y).sum() / weight.sum())

    means = ("mean_t", "mean_c") if with_means else ()
    return Route(
        roles=("mean_t", "sd_t", "n_t", "mean_c", "sd_c", "n_c")
        if with_means
        else ("sd_t", "n_t", "sd_c", "n_c"),
        compute=compute,
        checks=(
            *checks.spread("sd_t", "n_t"),
            *checks.spread("sd_c", "n_c"),
            *(checks.for_logarithm(mean) for mean in means if above_zero),
        ),
        rules=rules,
        variances=variances,
        derivations=derivations,
        prepare=prepare if "AV" in variances else None,
    )


def one_group(
    formula: Formula,
    *,
    rules: tuple[str, ...] = (),
    above_zero: bool = False,
    with_mean: bool = True,
    derivations: tuple[Derivation, ...] = (),
) -> Route:
    """Return the way from mean and standard deviation of one group."""

    def compute(cells: Cells, work: Work) -> Effects:
        mean = cells["mean"] if with_mean else np.ones_like(cells["sd"])
        group = Means(mean, cells["sd"], cells["n"])
        return formula(group, **chosen(work.rules, rules))

    return Route(
        roles=("mean", "sd", "n") if with_mean else ("sd", "n"),
        compute=compute,
        checks=(
            *checks.spread("sd", "n"),
            *((checks.for_logarithm("mean"),) if above_zero else ()),
        ),
        rules=rules,
        derivations=derivations,
    )


def columns(
    formula: Formula,
    roles: tuple[str, ...],
    *,
    conditions: tuple[Check, ...] = (),
    rules: tuple[str, ...] = (),
    variances: tuple[str, ...] = ("LS",),
    sizes: tuple[str, ...] = (),
    remark: Remark | None = None,
    derivations: tuple[Derivation, ...] = (),
) -> Route:
    """Return the way for a formula that takes the columns one by one."""

    def compute(cells: Cells, work: Work) -> Effects:
        return formula(*(cells[role] for role in roles), **chosen(work.rules, rules))

    return Route(
        roles=roles,
        compute=compute,
        checks=conditions,
        rules=rules,
        variances=variances,
        sizes=sizes,
        remark=remark,
        derivations=derivations,
    )
