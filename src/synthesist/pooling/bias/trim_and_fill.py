"""How many studies are missing from one side of a funnel, and the answer with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Vector
from synthesist.pooling.bias.filled import TrimAndFill
from synthesist.pooling.bias.line import weighted_line
from synthesist.pooling.bias.sample import cautions, needs_spread, refuse_dependent
from synthesist.pooling.engine import Method, answer
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.heterogeneity import TAU2_ESTIMATORS
from synthesist.pooling.influence.studied import Studied, studied
from synthesist.pooling.panel import single_panel
from synthesist.pooling.pool import pool
from synthesist.pooling.registry import choose
from synthesist.pooling.regression.core import RegressionMethod, fit_core
from synthesist.pooling.regression.heterogeneity import REGRESSION_TAU2

SIDES = ("left", "right")

#: A round trip of the number of missing studies is found long before.
MAX_STEPS = 200

SENSITIVITY = (
    "Trim and fill is a look at how much asymmetry could matter, not an estimate of the "
    "effect: it takes asymmetry for missing studies, and is misled by heterogeneity."
)
CYCLE = (
    "The number of missing studies goes back and forth between {numbers}; the largest is "
    "taken."
)
SIDE_BY = (
    "The side was chosen by the data: on the {side} effects of small studies are missing, "
    "if any."
)


class Missing(NamedTuple):
    """An estimate of the number of missing studies with its standard error.

    The standard error is None where its formula, right for many studies, gives none.
    """

    number: float
    se: float | None


@dataclass(frozen=True, slots=True)
class MissingEstimator:
    """A way to estimate the number of missing studies from signed ranks.

    `estimate` takes the signed ranks (k,) of effects around the centre, missing
    studies being below it.
    """

    code: str
    label: str
    estimate: Callable[[Vector], Missing]


def trim_and_fill(
    effects: Any,
    estimator: str = "L0",
    *,
    side: str | None = None,
    trim: str | None = None,
    **options: Any,
) -> TrimAndFill:
    """Estimate how many studies are missing on one side, and pool with them filled in.

    The most extreme studies of the other side are left out until what is left is
    symmetric; then their mirror images are added.

    Parameters
    ----------
    effects : PooledFit, EffectTable, path, frame or mapping of columns
        A fit by inverse variance, or what `pool` takes.
    estimator : {"L0", "R0", "Q0"}
        How the number of missing studies is estimated. R0 rests on the longest run
        of studies on one side, L0 and Q0 on the sum of their ranks.
    side : {"left", "right"}, optional
        Where studies are missing: below or above the answer. By default the side
        that effects of small studies turn away from.
    trim : str, optional
        The estimator of tau² while studies are left out, such as ``CE`` for a common
        effect; by default that of the fit.
    **options
        The choices of `pool`, unless a fit is given.

    Returns
    -------
    TrimAndFill

    Raises
    ------
    InvalidInput
        As `pool`, or if the fit was not made by inverse variance.
    NotEstimable
        If there are fewer than three studies, they have all one size and no side is
        given, or Q0 has no solution.

    References
    ----------
    Duval S, Tweedie R. J Am Stat Assoc 2000;95:89.
    doi:10.1080/01621459.2000.10473905
    Duval S, Tweedie R. Biometrics 2000;56:455. doi:10.1111/j.0006-341X.2000.00455.x
    """
    chosen = choose(estimator, MISSING_STUDIES, "estimator of missing studies")
    if side is not None and side not in SIDES:
        raise InvalidInput(f"'{side}' is no side.", remedy="choose left or right")
    refuse_dependent(effects)
    known = studied(effects, options, fewest=3)
    inside = known.method.tau2 if trim is None else trim
    inside = choose(inside, TAU2_ESTIMATORS, "estimator of tau²").code
    where = side or missing_side(known.y, known.v, known.method.tau2)
    # Studies are missing on the left once the right is turned over.
    turn = -1.0 if where == "right" else 1.0
    found, centre, cycle = _trim(turn * known.y, known.v, chosen, inside)
    number = int(found.number)
    order = np.argsort(turn * known.y, kind="stable")
    extreme = order[len(order) - number :]
    mirrored = 2 * turn * centre - known.y[extreme]
    filled = _with_filled(known, mirrored, known.v[extreme]) if number else known.fit
    return TrimAndFill(
        estimator=chosen.code,
        side=where,
        missing=number,
        se=found.se,
        p=0.5 ** (number + 1) if chosen.code == "R0" else None,
        fit=known.fit,
        filled=filled,
        centre=turn * centre,
        y=mirrored,
        v=known.v[extreme],
        rules={
            **known.fit.rules,
            "estimator": chosen.code,
            "side": where,
            "trim": inside,
        },
        notes=(
            *known.fit.effects.notes,
            *cautions(known.y, known.v),
            *((SIDE_BY.format(side=where),) if side is None else ()),
            *((CYCLE.format(numbers=" and ".join(map(str, cycle))),) if cycle else ()),
            SENSITIVITY,
        ),
    )


def missing_side(y: Vector, v: Vector, tau2: str) -> str:
    """Return where studies are missing, by the slope of effects on standard errors.

    Raises
    ------
    NotEstimable
        If all standard errors are the same.
    """
    se = np.sqrt(v)
    try:
        needs_spread(se, "standard error")
    except NotEstimable:
        raise NotEstimable(
            "All studies have the same standard error, so the data do not tell on "
            "which side studies are missing.",
            remedy="give the side",
        ) from None
    if tau2 == "CE" or tau2 not in REGRESSION_TAU2:
        slope = weighted_line(se, y, 1 / v).slope
    else:
        X = np.column_stack([np.ones(len(y)), se])
        core = fit_core(y, v, X, ("limit", "se"), RegressionMethod(tau2=tau2))
        slope = float(core.estimate[1])
    return "right" if slope < 0 else "left"


def _trim(
    y: Vector, v: Vector, estimator: MissingEstimator, tau2: str
) -> tuple[Missing, float, tuple[int, ...]]:
    """Return what is missing on the left, the centre, and numbers gone round in."""
    order = np.argsort(y, kind="stable")
    y, v = y[order], v[order]
    k = len(y)
    seen: dict[int, tuple[Missing, float]] = {}
    path: list[int] = []
    number = 0
    for _ in range(MAX_STEPS):
        centre = _centre(y[: k - number], v[: k - number], tau2)
        found = estimator.estimate(_signed_ranks(y - centre))
        new = int(min(max(0, round(found.number)), k - 1))
        seen[number] = (Missing(new, found.se), centre)
        if new == number:
            return Missing(number, found.se), centre, ()
        path.append(number)
        if new in path:
            cycle = path[path.index(new) :]
            largest = max(cycle)
            found, centre = seen[largest]
            return Missing(largest, found.se), centre, tuple(sorted(set(cycle)))
        number = new
    raise AssertionError("numbers of missing studies are finite and come round")


def _centre(y: Vector, v: Vector, tau2: str) -> float:
    """Return the pooled effect of what is left."""
    method = Method(
        tau2=tau2, interval="normal", prediction="none", tau2_interval="none"
    )
    return float(answer(single_panel(y, v), method).estimate[0])


def _signed_ranks(residuals: Vector) -> Vector:
    """Return ranks by distance with the sign of the side; ties in the given order."""
    ranks = np.empty(len(residuals))
    order = np.argsort(np.abs(residuals), kind="stable")
    ranks[order] = np.arange(1, len(residuals) + 1)
    return np.sign(residuals) * ranks


def _run(ranks: Vector) -> Missing:
    """Estimate R0 from the ranks of the far side beyond all of the near one."""
    k = len(ranks)
    nearest = float(np.max(-ranks, initial=0.0))
    number = k - nearest - 1
    return Missing(number, float(np.sqrt(2 * max(0.0, number) + 2)))


def _linear(ranks: Vector) -> Missing:
    """Estimate L0 from the sum of the ranks of the far side."""
    k, total = len(ranks), float(ranks[ranks > 0].sum())
    number = (4 * total - k * (k + 1)) / (2 * k - 1)
    sd = _rank_sum_sd(k, number)
    return Missing(number, None if sd is None else 4 * sd / (2 * k - 1))


def _quadratic(ranks: Vector) -> Missing:
    """Estimate Q0, the root of a quadratic equation for the same sum."""
    k, total = len(ranks), float(ranks[ranks > 0].sum())
    inner = 2 * k * k - 4 * total + 0.25
    if inner < 0:
        raise NotEstimable(
            "Too many effects lie on one side of the answer: Q0 has no solution.",
            remedy="choose the estimator L0 or R0",
        )
    number = k - 0.5 - np.sqrt(inner)
    below = (k - 0.5) ** 2 - number * (2 * k - number - 1)
    sd = _rank_sum_sd(k, float(number))
    se = None if sd is None or below <= 0 else 2 * sd / float(np.sqrt(below))
    return Missing(float(number), se)


def _rank_sum_sd(k: int, number: float) -> float | None:
    """Return the standard deviation of the sum of ranks with so many missing."""
    n = number
    variance = (
        k * (k + 1) * (2 * k + 1)
        + 10 * n**3
        + 27 * n**2
        + 17 * n
        - 18 * k * n**2
        - 18 * k * n
        + 6 * k**2 * n
    ) / 24
    return float(np.sqrt(variance)) if variance >= 0 else None


def _with_filled(known: Studied, y: Vector, v: Vector) -> PooledFit:
    """Pool the studies with the mirror images."""
    rules = known.fit.rules
    return pool(
        filled_table(known.fit.effects, y, v),
        tau2=known.method.tau2,
        interval=None if known.method.common else rules["interval"],
        prediction=rules.get("prediction"),
        tau2_interval=rules.get("tau2_interval"),
        level=known.fit.interval.level,
    )


def filled_table(table: EffectTable, y: Vector, v: Vector) -> EffectTable:
    """Return the effects with studies added that have nothing but effect and variance."""
    more = len(y)
    empty = np.full(more, np.nan)
    return replace(
        table,
        study=(*table.study, *(f"Filled {i + 1}" for i in range(more))),
        y=np.concatenate([table.y, y]),
        v=np.concatenate([table.v, v]),
        included=np.concatenate([table.included, np.ones(more, dtype=np.bool_)]),
        cells={role: np.concatenate([c, empty]) for role, c in table.cells.items()},
        columns={
            name: np.concatenate([column, empty])
            if isinstance(column, np.ndarray)
            else (*column, *([None] * more))
            for name, column in table.columns.items()
        },
        row_notes=(*table.row_notes, *(["filled in, not observed"] * more)),
        profile=None,
        source=None,
    )


MISSING_STUDIES: dict[str, MissingEstimator] = {
    entry.code: entry
    for entry in (
        MissingEstimator("L0", "linear in the rank sum", _linear),
        MissingEstimator("R0", "run of extreme ranks", _run),
        MissingEstimator("Q0", "quadratic in the rank sum", _quadratic),
    )
}
