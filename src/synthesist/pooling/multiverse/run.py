"""Carry out every reasonable analysis of the same studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from synthesist.effects import EffectTable, find_measure
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Indices, Mask, Vector
from synthesist.pooling.batch import answer_groups
from synthesist.pooling.engine import Method
from synthesist.pooling.heterogeneity import TAU2_ESTIMATORS
from synthesist.pooling.intervals import INTERVALS
from synthesist.pooling.multiverse.result import (
    DECISIONS,
    DONE,
    EMPTY,
    NUMBERS,
    Multiverse,
)
from synthesist.pooling.multiverse.variants import (
    Choices,
    Variant,
    exclusions,
    variants_of,
)
from synthesist.pooling.pool import MODELS, as_effects, check_level, pool
from synthesist.pooling.registry import known

#: Estimators and intervals that a reviewer may defend; the first are the usual ones.
ESTIMATORS = ("REML", "DL", "PM", "CE")
USUAL_INTERVALS = ("HK-guarded", "HK", "normal")

#: One analysis: what was chosen, its numbers, and whether it has an answer.
Analysis = tuple[Choices, dict[str, float], str]


def multiverse(
    effects: Any,
    *,
    measures: Sequence[str] | None = None,
    zero_cells: Sequence[str] | None = None,
    exclude: Mapping[str, Sequence[str] | Mask] | None = None,
    models: Sequence[str] = ("iv",),
    tau2: Sequence[str] = ESTIMATORS,
    interval: Sequence[str] = USUAL_INTERVALS,
    level: float = 0.95,
) -> Multiverse:
    """Carry out every reasonable analysis of the same studies.

    Every option of a decision meets every option of the others; the first of each
    make the planned analysis. Choices that cannot matter are not counted twice: a
    common effect has a normal interval only, and the zero-cell rules are tried only
    where there is a zero.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        As for `pool`.
    measures : sequence of str, optional
        Codes of `MEASURES` with the scale of the effects' own, which is the default;
        the effects are computed anew.
    zero_cells : sequence of str, optional
        Rules of `ZERO_CELLS`, by default that of the effects and other usual ones.
    exclude : mapping, optional
        By a name, the studies to leave out: their names, or one truth a row. Each
        is tried alone, after the analysis that leaves out nothing.
    models : sequence of str
        Codes of `MODELS`. All but ``iv`` have no choice of tau² and interval, and are
        fitted one after the other.
    tau2, interval : sequence of str
        Codes of `TAU2_ESTIMATORS` and of `INTERVALS`.
    level : float
        Confidence level of all intervals.

    Returns
    -------
    Multiverse
        One row an analysis.

    Raises
    ------
    InvalidInput
        If a code is not known, measures have different scales, or a decision has
        no option.
    NotFound
        If no study has the name of one to be left out.

    References
    ----------
    Voracek M, Kossmeier M, Tran US. Z Psychol 2019;227:64.
    doi:10.1027/2151-2604/a000357
    """
    table = as_effects(effects)
    check_level(level)
    estimators = _known(tau2, TAU2_ESTIMATORS, "estimator of tau²")
    intervals = _known(interval, INTERVALS, "interval")
    ways = _known(models, MODELS, "model")
    variants = list(
        variants_of(
            table,
            [find_measure(code).code for code in measures or (table.measure.code,)],
            zero_cells,
            exclusions(table, exclude or {}),
        )
    )
    rows: list[Analysis] = []
    for way in ways:
        if way == "iv":
            rows += _by_inverse_variance(variants, estimators, intervals, level)
        else:
            rows += _by_model(variants, way, level)
    rows = _in_order(rows)
    return Multiverse(
        effects=variants[0].table,
        level=level,
        choices={name: [took[name] for took, _, _ in rows] for name in DECISIONS},
        numbers={
            name: np.array([found[name] for _, found, _ in rows], dtype=np.float64)
            for name in NUMBERS
        },
        status=[status for _, _, status in rows],
    )


def _known(
    codes: Sequence[str], registry: Mapping[str, object], kind: str
) -> list[str]:
    """Return codes after making sure that there are any and that all exist."""
    if isinstance(codes, str) or not codes:
        raise InvalidInput(
            f"A multiverse needs a list of codes for each decision, not {codes!r}.",
            remedy=f"give at least one {kind}, such as [{next(iter(registry))!r}]",
        )
    if "GENQ" in codes:
        raise InvalidInput(
            "GENQ needs weights of its own and cannot be one of many choices.",
            remedy="pool with it alone",
        )
    return [known(code, registry, kind) for code in dict.fromkeys(codes)]


def _by_inverse_variance(
    variants: Sequence[Variant],
    estimators: Sequence[str],
    intervals: Sequence[str],
    level: float,
) -> list[Analysis]:
    """Pool all variants at once by each estimator and interval."""
    parts = [_usable(variant.table) for variant in variants]
    counts: Indices = np.array([len(y) for y, _ in parts], dtype=np.intp)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.intp)
    y, v = (np.concatenate(values) for values in zip(*parts, strict=True))
    rows: list[Analysis] = []
    for estimator, interval in product(estimators, intervals):
        common = estimator == "CE"
        if common and interval != intervals[0]:
            continue
        method = Method(
            tau2=estimator,
            interval="normal" if common else interval,
            prediction="none",
            tau2_interval="none",
            level=level,
        )
        found = answer_groups(y, v, starts, counts, method)
        took = {"model": "iv", "tau2_method": estimator, "interval": method.interval}
        for i, variant in enumerate(variants):
            numbers = {
                name: float(getattr(found, field)[i]) for name, field in NUMBERS.items()
            }
            status = DONE if counts[i] else EMPTY
            rows.append(({**variant.choices, **took}, numbers, status))
    return rows


def _usable(table: EffectTable) -> tuple[Vector, Vector]:
    """Return the included effects and their variances."""
    return table.y[table.included], table.v[table.included]


def _by_model(variants: Sequence[Variant], model: str, level: float) -> list[Analysis]:
    """Pool every variant by a model that has no choice of tau²."""
    rows: list[Analysis] = []
    seen: set[tuple[Any, ...]] = set()
    for variant in variants:
        took = {"model": model, "tau2_method": "CE", "interval": "normal"}
        try:
            fit = pool(variant.table, model=model, level=level)
        except (NotEstimable, InvalidInput) as error:
            numbers = dict.fromkeys(NUMBERS, np.nan) | {"k": 0.0}
            rows.append(({**variant.choices, **took}, numbers, str(error)))
            continue
        answer = fit.to_dict()
        numbers = {
            name: np.nan if answer[name] is None else float(answer[name])
            for name in NUMBERS
        }
        # Totals of counts do not hang on the rule for zero cells.
        shown = (f"{fit.estimate:.10g}", f"{fit.se:.10g}")
        which = (variant.choices["measure"], variant.choices["excluded"], *shown)
        if which not in seen:
            seen.add(which)
            took["tau2_method"] = fit.tau2_method
            took["interval"] = fit.rules.get("interval", "normal")
            rows.append(({**variant.choices, **took}, numbers, DONE))
    return rows


def _in_order(
    rows: list[Analysis],
) -> list[Analysis]:
    """Sort analyses by their choices, in the order in which options came."""
    ranks = {
        name: {
            o: i for i, o in enumerate(dict.fromkeys(took[name] for took, _, _ in rows))
        }
        for name in DECISIONS
    }
    return sorted(rows, key=lambda row: [ranks[n][row[0][n]] for n in DECISIONS])
