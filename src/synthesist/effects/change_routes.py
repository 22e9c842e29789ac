"""The ways from columns to an effect where groups are measured before and after."""

from __future__ import annotations

from collections.abc import Callable

from synthesist.effects import changes, checks, derivations
from synthesist.effects.arms import Cells, Change, Effects
from synthesist.effects.checks import Check
from synthesist.effects.routes import Derivation, Formula, Route, chosen
from synthesist.effects.work import Work

PARTS = ("mean_pre", "sd_pre", "mean_post", "sd_post", "n", "r")


def group_of(cells: Cells, mark: str = "") -> Change:
    """Return the group whose columns end in `mark`."""
    return Change(*(cells[f"{part}{mark}"] for part in PARTS))


def conditions(mark: str = "", *, above_zero: bool = False) -> tuple[Check, ...]:
    """Check the columns of one group measured before and after."""
    means = (f"mean_pre{mark}", f"mean_post{mark}")
    return (
        *checks.spread(f"sd_pre{mark}", f"n{mark}"),
        *checks.spread(f"sd_post{mark}", f"n{mark}")[-1:],
        checks.correlation(f"r{mark}"),
        *(checks.for_logarithm(mean) for mean in means if above_zero),
    )


def filling(mark: str = "") -> tuple[Derivation, ...]:
    """Return how the empty cells of such a group follow."""
    return (
        *derivations.sd_of_group(f"_pre{mark}", f"n{mark}"),
        *derivations.sd_of_group(f"_post{mark}", f"n{mark}"),
        *derivations.sd_of_change(mark),
        *derivations.correlation(mark, f"r{mark}"),
    )


def before_after(
    formula: Formula,
    *,
    rules: tuple[str, ...] = (),
    variances: tuple[str, ...] = ("LS",),
    above_zero: bool = False,
) -> Route:
    """Return the way from one group with both means and deviations."""

    def compute(cells: Cells, work: Work) -> Effects:
        return formula(group_of(cells), **chosen(work.rules, rules))

    return Route(
        roles=PARTS,
        compute=compute,
        checks=conditions(above_zero=above_zero),
        rules=rules,
        variances=variances,
        derivations=filling(),
    )


def change_alone(
    formula: Callable[..., Effects],
    roles: tuple[str, ...],
    *,
    rules: tuple[str, ...] = (),
) -> Route:
    """Return the way from the mean change and a standard deviation by which it is read."""

    def compute(cells: Cells, work: Work) -> Effects:
        return formula(*(cells[role] for role in roles), **chosen(work.rules, rules))

    deviation = next(role for role in roles if role.startswith("sd_"))
    return Route(
        roles=roles,
        compute=compute,
        checks=(
            *checks.spread(deviation, "n"),
            *((checks.correlation("r"),) if "r" in roles else ()),
        ),
        rules=rules,
        derivations=(
            Derivation(
                role="mean_change",
                sources=("mean_pre", "mean_post"),
                compute=lambda cells, _: cells["mean_post"] - cells["mean_pre"],
                remark=derivations.NOTHING,
            ),
            *filling(),
        ),
    )


def differences(
    formula: Formula,
    *,
    rules: tuple[str, ...] = (),
    variances: tuple[str, ...] = ("LS",),
    above_zero: bool = False,
) -> Route:
    """Return the way from two groups before and after: treated less control."""

    def compute(cells: Cells, work: Work) -> Effects:
        options = chosen(work.rules, rules)
        treated = formula(group_of(cells, "_t"), **options)
        control = formula(group_of(cells, "_c"), **options)
        return Effects(treated.y - control.y, treated.v + control.v)

    return two_group_changes(
        compute, rules=rules, variances=variances, above_zero=above_zero
    )


def two_group_changes(
    compute: Callable[[Cells, Work], Effects],
    *,
    rules: tuple[str, ...] = (),
    variances: tuple[str, ...] = ("LS",),
    above_zero: bool = False,
) -> Route:
    """Return a way that sees both groups before and after at once."""
    return Route(
        roles=tuple(f"{part}{mark}" for mark in ("_t", "_c") for part in PARTS),
        compute=compute,
        checks=tuple(
            check
            for mark in ("_t", "_c")
            for check in conditions(mark, above_zero=above_zero)
        ),
        rules=rules,
        variances=variances,
        derivations=(*filling("_t"), *filling("_c")),
    )


def differences_by_sd_before(*, rules: tuple[str, ...] = ()) -> Route:
    """Return the way to differences of changes over the deviation before.

    The deviations after are not needed.
    """
    parts = ("mean_pre", "sd_pre", "mean_post", "n", "r")

    def one(cells: Cells, mark: str, work: Work) -> Effects:
        pre, sd, post, n, r = (cells[f"{part}{mark}"] for part in parts)
        options = chosen(work.rules, rules)
        return changes.change_over_sd_before(post - pre, sd, n, r, **options)

    def compute(cells: Cells, work: Work) -> Effects:
        treated, control = one(cells, "_t", work), one(cells, "_c", work)
        return Effects(treated.y - control.y, treated.v + control.v)

    return Route(
        roles=tuple(f"{part}{mark}" for mark in ("_t", "_c") for part in parts),
        compute=compute,
        checks=tuple(
            check
            for mark in ("_t", "_c")
            for check in (
                *checks.spread(f"sd_pre{mark}", f"n{mark}"),
                checks.correlation(f"r{mark}"),
            )
        ),
        rules=rules,
        derivations=(*filling("_t"), *filling("_c")),
    )


def differences_of_change(formula: Formula, *, rules: tuple[str, ...] = ()) -> Route:
    """Return the way from mean change and its deviation in both groups."""
    parts = ("mean_change", "sd_change", "n")

    def compute(cells: Cells, work: Work) -> Effects:
        options = chosen(work.rules, rules)
        treated, control = (
            formula(*(cells[f"{part}{mark}"] for part in parts), **options)
            for mark in ("_t", "_c")
        )
        return Effects(treated.y - control.y, treated.v + control.v)

    return Route(
        roles=tuple(f"{part}{mark}" for mark in ("_t", "_c") for part in parts),
        compute=compute,
        checks=(
            *checks.spread("sd_change_t", "n_t"),
            *checks.spread("sd_change_c", "n_c"),
        ),
        rules=rules,
        derivations=(
            *derivations.sd_of_change("_t"),
            *derivations.sd_of_change("_c"),
        ),
    )


def pooled_before(*, rules: tuple[str, ...] = ()) -> Route:
    """Return the way to differences of changes over the common deviation before."""

    def compute(cells: Cells, work: Work) -> Effects:
        return changes.change_over_pooled_sd_before(
            group_of(cells, "_t"), group_of(cells, "_c"), **chosen(work.rules, rules)
        )

    return two_group_changes(compute, rules=rules)


def crossover(formula: Formula, *, rules: tuple[str, ...] = ()) -> Route:
    """Return the way from patients who had both treatments; `r` is within patients."""

    def compute(cells: Cells, work: Work) -> Effects:
        group = Change(
            cells["mean_c"],
            cells["sd_c"],
            cells["mean_t"],
            cells["sd_t"],
            cells["n"],
            cells["r"],
        )
        return formula(group, **chosen(work.rules, rules))

    return Route(
        roles=("mean_t", "sd_t", "mean_c", "sd_c", "n", "r"),
        compute=compute,
        checks=(
            *checks.spread("sd_t", "n"),
            *checks.spread("sd_c", "n")[-1:],
            checks.correlation("r"),
        ),
        rules=rules,
        derivations=(
            *derivations.sd_of_group("_t", "n"),
            *derivations.sd_of_group("_c", "n"),
            derivations.assumed_correlation("n"),
        ),
    )
