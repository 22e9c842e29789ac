"""Survival in one group: at a time point, or its median."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synthesist.effects import checks
from synthesist.effects.arms import Cells, Effects
from synthesist.effects.checks import Check
from synthesist.effects.contrasts import LEVEL, interval_level
from synthesist.effects.conversions import se_from_interval
from synthesist.effects.routes import Route, columns
from synthesist.effects.work import Remark, Work
from synthesist.tables import Vector

NOBODY_CENSORED = Remark(
    "error as if nobody was censored",
    "The standard error of {studies} is that of a proportion, as if nobody had been censored; with censoring the true one is larger.",
)
EXPONENTIAL = Remark(
    "error from the number of events",
    "The standard error of {studies} is computed from the number of events, as for a constant hazard.",
)

#: A survival curve's point on the analysis scale: y, and dy over dS.
Transform = Callable[[Vector], tuple[Vector, Vector]]


def logit(s: Vector) -> tuple[Vector, Vector]:
    """Return log odds of being event-free (k,) and their slopes."""
    return np.log(s / (1 - s)), 1 / (s * (1 - s))


def minus_log_minus_log(s: Vector) -> tuple[Vector, Vector]:
    """Return minus the log cumulative hazards, ``-log(-log S)`` (k,), and their slopes.

    References
    ----------
    Kalbfleisch JD, Prentice RL. The statistical analysis of failure time data.
    2nd ed. 2002, 18.
    """
    return -np.log(-np.log(s)), -1 / (s * np.log(s))


def at_time(transform: Transform) -> tuple[Route, ...]:
    """Return the ways from per cent event-free at one time point."""

    def by_error(surv: Vector, se: Vector) -> Effects:
        y, slope = transform(surv / 100)
        return Effects(y, np.square(slope * se / 100))

    def by_size(surv: Vector, n: Vector) -> Effects:
        return by_error(surv, np.sqrt(surv * (100 - surv) / n))

    def by_interval(cells: Cells, work: Work) -> Effects:
        low, high = (transform(cells[end] / 100)[0] for end in ("ci_low", "ci_high"))
        se = se_from_interval(low, high, interval_level(cells, work.rules))
        return Effects(transform(cells["surv"] / 100)[0], np.square(se))

    return (
        columns(
            by_error,
            ("surv", "se_surv"),
            conditions=(
                checks.per_cent("surv"),
                checks.not_fractions("surv"),
                checks.positive("se_surv", "The standard error"),
            ),
        ),
        Route(
            roles=("surv", "ci_low", "ci_high"),
            compute=by_interval,
            checks=(
                *(checks.per_cent(role) for role in ("surv", "ci_low", "ci_high")),
                checks.not_fractions("surv"),
                checks.ordered("ci_low", "ci_high", "the interval"),
                LEVEL,
            ),
            rules=("level",),
            optional=("ci_level",),
        ),
        columns(
            by_size,
            ("surv", "n"),
            conditions=(
                checks.per_cent("surv"),
                checks.not_fractions("surv"),
                *checks.size("n"),
            ),
            sizes=("n",),
            remark=NOBODY_CENSORED,
        ),
    )


def log_median(cells: Cells, work: Work) -> Effects:
    """Return log median times (k,), their limits taken as symmetric on that scale."""
    low, high = np.log(cells["ci_low"]), np.log(cells["ci_high"])
    se = se_from_interval(low, high, interval_level(cells, work.rules))
    return Effects(np.log(cells["median"]), np.square(se))


def log_median_from_events(median: Vector, number: Vector) -> Effects:
    """Return log median times (k,) and ``1 / events``, as for a constant hazard.

    References
    ----------
    Collett D. Modelling survival data in medical research. 3rd ed. 2015, 5.4.
    """
    return Effects(np.log(median), 1 / number)


def _above_zero(role: str) -> Check:
    return checks.positive(role, "A time")


MEDIAN_ROUTES: tuple[Route, ...] = (
    Route(
        roles=("median", "ci_low", "ci_high"),
        compute=log_median,
        checks=(
            *(_above_zero(role) for role in ("median", "ci_low", "ci_high")),
            checks.ordered("ci_low", "ci_high", "the interval"),
            LEVEL,
        ),
        rules=("level",),
        optional=("ci_level",),
    ),
    columns(
        log_median_from_events,
        ("median", "events"),
        conditions=(
            _above_zero("median"),
            checks.positive("events", "The number of events"),
            checks.whole("events", "The number of events"),
        ),
        remark=EXPONENTIAL,
    ),
)
