"""What was asked of a selection model, read against the studies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Indices, Mask, Vector
from synthesist.pooling.regression.columns import as_values, column_of
from synthesist.pooling.selection.functions import SelectionFunction
from synthesist.pooling.selection.weighting import (
    Pieces,
    Smooth,
    size_edges,
    step_edges,
)

#: The directions in which studies may be favoured.
ALTERNATIVES = ("greater", "less", "two-sided")

Given = Sequence[float | None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A selection function with all choices made.

    Attributes
    ----------
    steps : tuple of float
        Cutpoints of P values or effects, ascending; the threshold of a curve.
    weights : (d,) array
        Parameters that are known, NaN for those to be estimated.
    p : (k,) array
        P values of the studies.
    own : (k,) array of int
        The interval of each study, the most favoured being 0; all 0 for a curve.
    counts : tuple of int
        Studies in each interval, empty for a curve.
    """

    function: SelectionFunction
    alternative: str
    steps: tuple[float, ...]
    weights: Vector
    weighting: Pieces | Smooth
    p: Vector
    own: Indices
    counts: tuple[int, ...]
    precision: str | None

    @property
    def sign(self) -> float:
        """The favoured direction."""
        return -1.0 if self.alternative == "less" else 1.0


def read_setting(
    table: EffectTable,
    used: Mask,
    function: SelectionFunction,
    *,
    steps: Sequence[float] | float | None,
    weights: Given,
    alternative: str,
    precision: str | None,
) -> Setting:
    """Check the choices and place the studies.

    Raises
    ------
    InvalidInput
        If a choice does not fit the function.
    """
    if alternative not in ALTERNATIVES:
        raise InvalidInput(
            f"'{alternative}' is no direction of selection.",
            remedy=f"choose one of {', '.join(ALTERNATIVES)}",
        )
    if function.one_sided and alternative == "two-sided":
        raise InvalidInput(
            f"{function.label} favours one direction.",
            remedy="choose the alternative greater or less",
        )
    if precision is not None and not function.thresholds:
        raise InvalidInput(
            f"{function.label} does not depend on precision.",
            remedy="choose halfnorm, negexp, logistic or power",
        )
    cuts = _cuts(function, steps)
    y, se = table.y[used], np.sqrt(table.v[used])
    sign = -1.0 if alternative == "less" else 1.0
    z = sign * y / se
    two_sided = alternative == "two-sided"
    p = _p_values(z, two_sided=two_sided)
    if function.in_pieces:
        own = (
            (cuts[None] > y[:, None] if sign > 0 else cuts[None] < y[:, None])
            if function.by_size
            else cuts[None] < p[:, None]
        ).sum(axis=1)
        edges, label = (
            size_edges(sign * cuts, se)
            if function.by_size
            else step_edges(cuts, two_sided=two_sided)
        )
        count = len(cuts) + 1
        weighting = Pieces(edges, label, own, count)
        counts = tuple(np.bincount(own, minlength=count).tolist())
        known = _pieces_given(weights, count, counts)
    else:
        own, counts = np.zeros(len(y), dtype=np.intp), ()
        assert function.curve is not None  # noqa: S101 - pieces were dealt with above
        weighting = Smooth(
            curve=function.curve,
            z=z,
            precision=_precision(table, used, precision),
            alpha=float(cuts[0]) if len(cuts) else 0.0,
            two_sided=two_sided,
            censored=function.censored,
        )
        known = _curve_given(function, weights)
    return Setting(
        function=function,
        alternative=alternative,
        steps=tuple(cuts.tolist()),
        weights=known,
        weighting=weighting,
        p=p,
        own=own,
        counts=counts,
        precision=precision,
    )


def _p_values(z: Vector, *, two_sided: bool) -> Vector:
    from scipy.special import ndtr

    return 2 * ndtr(-np.abs(z)) if two_sided else ndtr(-z)


def _cuts(function: SelectionFunction, steps: Sequence[float] | float | None) -> Vector:
    """Return the cutpoints in order."""
    if steps is None:
        default = {"step": [0.025], "truncation": [0.0]}
        return np.array(default.get(function.code, []))
    cuts = np.unique(np.atleast_1d(np.asarray(steps, dtype=np.float64)))
    if not np.isfinite(cuts).all():
        raise InvalidInput("A step is not a number.", remedy="give numbers")
    if function.by_size:
        return cuts
    cuts = cuts[cuts < 1]
    if not (cuts > 0).all():
        raise InvalidInput(
            "A step is not a P value between 0 and 1.", remedy="such as steps=(0.025,)"
        )
    if not len(cuts):
        raise InvalidInput(
            "There is no step between 0 and 1.", remedy="such as steps=(0.025,)"
        )
    if not function.in_pieces and (not function.thresholds or len(cuts) > 1):
        raise InvalidInput(
            f"{function.label} has {'one threshold' if function.thresholds else 'no steps'}.",
            remedy="give one P value below which every weight is 1"
            if function.thresholds
            else "leave steps out",
        )
    return cuts


def _pieces_given(weights: Given, count: int, counts: tuple[int, ...]) -> Vector:
    """Return the weights of intervals that are known, the first being 1."""
    known = np.full(count, np.nan)
    if weights is not None:
        given = _numbers(weights)
        if len(given) != count:
            raise InvalidInput(
                f"{len(given)} weights are given for {count} intervals.",
                remedy="give one for each interval, the first being 1, None where it "
                "is to be estimated",
            )
        if np.isnan(given[0]):
            given[0] = 1.0
        known = given
    else:
        known[0] = 1.0
    empty = np.array(counts) == 0
    if ((known <= 0) & ~empty).any() or (known < 0).any():
        raise InvalidInput(
            "A weight is not above zero where there are studies.",
            remedy="give weights above zero",
        )
    # Where there is no study the likelihood only falls as the weight grows.
    return np.where(empty & np.isnan(known), 0.0, known)


def _curve_given(function: SelectionFunction, weights: Given) -> Vector:
    if weights is None:
        return np.full(len(function.names), np.nan)
    given = _numbers(weights)
    if len(given) != len(function.names):
        raise InvalidInput(
            f"{function.label} has the parameters {', '.join(function.names)}.",
            remedy="give one number for each, None where it is to be estimated",
        )
    if (given < function.least).any():
        raise InvalidInput(
            f"A parameter is below {function.least:g}.", remedy="give a larger one"
        )
    return given


def _numbers(weights: Sequence[float | None]) -> Vector:
    return np.array([np.nan if w is None else float(w) for w in weights])


def _precision(table: EffectTable, used: Mask, name: str | None) -> Vector | None:
    """Return what the parameter is multiplied with, 1 for the least precise study."""
    if name is None:
        return None
    values: Any = as_values(column_of(table, name))
    if not isinstance(values, np.ndarray):
        raise InvalidInput(
            f"The column {name} is no measure of precision.",
            remedy="name sei, vi or a column of numbers that are larger for less "
            "precise studies",
        )
    found = np.asarray(values[used], dtype=np.float64)
    if not (np.isfinite(found) & (found > 0)).all():
        raise InvalidInput(
            f"The column {name} is not above zero for every study.",
            remedy="fill it in, or name sei",
        )
    return found / found.max()
