"""Effects that stand ready in the report: with an error, an interval or a P value."""

from __future__ import annotations

import numpy as np

from synthesist.effects import checks
from synthesist.effects.arms import Cells, Effects
from synthesist.effects.checks import Check
from synthesist.effects.conversions import level_fraction, se_from_interval, se_from_p
from synthesist.effects.routes import Route
from synthesist.effects.work import Remark, Rules, Work
from synthesist.tables import Vector

BY_INTERVAL = Remark("standard error from the interval")
BY_P = Remark(
    "standard error from the P value",
    "The standard error of {studies} was computed from a P value, so its rounding is that of the P value.",
)

#: Effects and variances on the analysis scale; every cell of theirs is taken as is.
READY = (
    Route(
        roles=("yi", "vi"),
        compute=lambda cells, work: Effects(cells["yi"], cells["vi"]),
        checks=(checks.positive("vi", "The variance"),),
    ),
    Route(
        roles=("yi", "sei"),
        compute=lambda cells, work: Effects(cells["yi"], np.square(cells["sei"])),
        checks=(checks.positive("sei", "The standard error"),),
    ),
)


def reported(name: str, what: str, *, log: bool) -> tuple[Route, Route]:
    """Return the ways from an effect with its interval, and with its P value.

    Parameters
    ----------
    name : str
        The role of the effect, as it is read.
    what : str
        The effect in words, for messages.
    log : bool
        Whether it is analysed as a logarithm.
    """

    def analysed(values: Vector) -> Vector:
        return np.log(values) if log else values

    def by_interval(cells: Cells, work: Work) -> Effects:
        low, high = analysed(cells["ci_low"]), analysed(cells["ci_high"])
        se = se_from_interval(low, high, interval_level(cells, work.rules))
        return Effects(analysed(cells[name]), np.square(se))

    def by_p(cells: Cells, work: Work) -> Effects:
        y = analysed(cells[name])
        return Effects(y, np.square(se_from_p(y, cells["p"])))

    above_zero = (checks.positive(name, what),) if log else ()
    return (
        Route(
            roles=(name, "ci_low", "ci_high"),
            compute=by_interval,
            checks=(
                *above_zero,
                *(_limit_above_zero(end) for end in ("ci_low", "ci_high") if log),
                checks.ordered("ci_low", "ci_high", "the interval"),
                _inside(name, what),
                LEVEL,
            ),
            rules=("level",),
            optional=("ci_level",),
            remark=BY_INTERVAL,
        ),
        Route(
            roles=(name, "p"),
            compute=by_p,
            checks=(*above_zero, *by_p_checks(name, what, 1.0 if log else 0.0)),
            remark=BY_P,
        ),
    )


def interval_level(cells: Cells, rules: Rules) -> Vector | float:
    """Return the level of each interval as a fraction, the rule's where none is given."""
    if "ci_level" not in cells:
        return rules.level
    given = cells["ci_level"]
    return np.where(np.isnan(given), rules.level, level_fraction(given))


def by_p_checks(
    name: str, what: str, no_effect: float, p: str = "p"
) -> tuple[Check, ...]:
    """Check that a standard error can be computed from an effect and its P value."""
    return (
        checks.within(
            p,
            "The P value",
            0,
            1,
            "give the exact P value; neither 0 nor 1 tells a standard error",
        ),
        Check(
            name,
            lambda cells: cells[name] == no_effect,
            f"{what} is exactly {{{name}}}, so its P value tells no standard error",
            "give the interval or the standard error",
        ),
    )


def _inside(name: str, what: str) -> Check:
    """Check that an effect lies in its interval."""
    return Check(
        name,
        lambda cells: (
            (cells[name] < cells["ci_low"]) | (cells[name] > cells["ci_high"])
        ),
        f"{what}, {{{name}}}, lies outside its interval, {{ci_low}} to {{ci_high}}",
        f"correct {name}, ci_low or ci_high",
        ("ci_low", "ci_high"),
    )


def _limit_above_zero(end: str) -> Check:
    """Check that the limit of a ratio is above 0."""
    return Check(
        end,
        lambda cells: cells[end] <= 0,
        f"A limit of the interval is {{{end}}}; that of a ratio must be above 0",
        "give the limit with more digits, or empty it and give the P value",
    )


LEVEL = Check(
    "ci_level",
    lambda cells: (
        np.zeros(1, dtype=np.bool_)
        if "ci_level" not in cells
        else (cells["ci_level"] <= 0)
        | (cells["ci_level"] >= 100)
        | (cells["ci_level"] == 1)
    ),
    "The level of the interval is {ci_level}",
    "give a fraction such as 0.95 or per cent such as 95",
)
