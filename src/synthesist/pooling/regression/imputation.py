"""Moderators that are not known, imputed several times from what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics import dense, linear
from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.numerics.results import number
from synthesist.pooling.regression.columns import Values, missing_in, take
from synthesist.pooling.regression.core import RegressionMethod, fit_core
from synthesist.pooling.regression.design import Design, Formula, levels_of
from synthesist.pooling.regression.fit import RegressionFit
from synthesist.pooling.regression.inference import Inference
from synthesist.pooling.regression.kenward_roger import Adjusted
from synthesist.pooling.regression.regress import chosen, describe

#: Rounds of imputing every moderator from the others.
ROUNDS = 10

#: The studies nearest in what is predicted for them, of which one gives its value.
DONORS = 5

#: A ridge as small as this keeps the regressions that find donors from failing when
#: there are hardly more studies than moderators.
RIDGE = 1e-3

IMPUTED = (
    "{cells} values of {columns} were imputed {m} times, assuming that what is missing "
    "depends only on what is known of a study; tau², its interval, I², R² and Q are "
    "averages."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imputed:
    """How much rests on imputation.

    `missing_information` is, for each coefficient, the share of its information that
    the missing values took, from 0 to 1.
    """

    imputations: int
    cells: int
    missing_information: Mapping[str, float]
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        return {
            "imputations": self.imputations,
            "cells": self.cells,
            "missing_information": {
                name: number(x) for name, x in self.missing_information.items()
            },
            "seed": self.seed,
        }


def regress_imputed(
    table: EffectTable,
    asked: Formula,
    values: Mapping[str, Values],
    method: RegressionMethod,
    *,
    imputations: int,
    seed: int,
) -> RegressionFit:
    """Impute, regress, and combine the answers by Rubin's rules.

    Missing values are drawn by chained equations with predictive mean matching: each
    is that of another study for which the effect, its precision and the other
    moderators predict about the same.

    Raises
    ------
    InvalidInput
        If there are fewer than two imputations.
    NotEstimable
        If a moderator is known for no study.

    References
    ----------
    Rubin DB. Multiple Imputation for Nonresponse in Surveys. Wiley, 1987.
    doi:10.1002/9780470316696
    van Buuren S. Stat Methods Med Res 2007;16:219. doi:10.1177/0962280206074463
    """
    if imputations < 2:
        raise InvalidInput(
            f"{imputations} imputations say nothing of their spread.",
            remedy="take 20 or more",
        )
    used = table.included
    y, v = chosen(table, used)
    index = np.flatnonzero(used).tolist()
    known = {name: take(column, index) for name, column in values.items()}
    cells = sum(int(missing_in(column).sum()) for column in known.values())
    for name, column in known.items():
        if missing_in(column).all():
            raise NotEstimable(
                f"{name} is known for no study.", remedy=f"leave out {name}"
            )
    if not cells:
        design = asked.build(known, len(y))
        core = fit_core(y, v, design.X, design.names, method)
        return describe(table, used, design, core, notes=())
    random = np.random.default_rng(seed)
    fits: list[RegressionFit] = []
    for _ in range(imputations):
        filled = impute(known, y, v, random)
        design = asked.build(filled, len(y))
        core = fit_core(y, v, design.X, design.names, method)
        fits.append(describe(table, used, design, core, notes=()))
    if len({fit.names for fit in fits}) > 1:
        raise NotEstimable(
            "A level of a moderator appears in some imputations only.",
            remedy="join rare levels",
        )
    columns = [name for name, column in known.items() if missing_in(column).any()]
    note = IMPUTED.format(cells=cells, columns=" and ".join(columns), m=imputations)
    return _combined(fits, cells, seed, note)


def impute(
    known: Mapping[str, Values], y: Vector, v: Vector, random: np.random.Generator
) -> dict[str, Values]:
    """Return the moderators with every missing value drawn once."""
    gaps = {name: np.flatnonzero(missing_in(column)) for name, column in known.items()}
    filled = {name: _begin(known[name], gaps[name], random) for name in known}
    always = np.column_stack([y, np.log(v)])
    for _ in range(ROUNDS):
        for name, gap in gaps.items():
            if not gap.size:
                continue
            others = [_numbers(filled[other]) for other in known if other != name]
            predictors = _scaled(np.column_stack([always, *others]))
            have = np.flatnonzero(~missing_in(known[name]))
            donors = _donors(_numbers(known[name], have), predictors, have, gap, random)
            filled[name] = _with(known[name], gap, donors)
    return filled


def _begin(values: Values, gap: Indices, random: np.random.Generator) -> Values:
    """Fill gaps with what other studies have."""
    have = np.flatnonzero(~missing_in(values))
    return _with(values, gap, random.choice(have, gap.size)) if gap.size else values


def _with(values: Values, gap: Indices, donors: Indices) -> Values:
    """Return a moderator with its gaps filled from other studies."""
    if isinstance(values, np.ndarray):
        filled = values.copy()
        filled[gap] = values[donors]
        return filled
    words = list(values)
    for place, donor in zip(gap.tolist(), donors.tolist(), strict=True):
        words[place] = values[donor]
    return words


def _donors(
    target: Matrix,
    predictors: Matrix,
    have: Indices,
    gap: Indices,
    random: np.random.Generator,
) -> Indices:
    """Return for each gap a study with about the same prediction."""
    k, q = len(have), int(predictors.shape[1]) + 1
    X = np.column_stack([np.ones(len(predictors)), predictors])
    part = X[have]
    inner = part.T @ part + RIDGE * k * np.diag([0.0] + [1.0] * (q - 1))
    root = linear.cholesky(linear.inverse(inner))
    estimate = linear.solve(inner, part.T @ target)
    residual = target - part @ estimate
    squares = np.einsum("kq,kq->q", residual, residual)
    noise = random.standard_normal(max(k - q, 1))
    spread = np.sqrt(squares / dense.dot(noise, noise))
    drawn = estimate + root @ random.standard_normal(estimate.shape) * spread
    # What gaps need is compared with what donors have: type 1 matching.
    wanted, offered = X[gap] @ drawn, part @ estimate
    apart = wanted[:, None, :] - offered[None, :, :]
    distance = np.einsum("gdq,gdq->gd", apart, apart)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, : min(DONORS, k)]
    picked = random.integers(0, nearest.shape[1], len(gap))
    return have[nearest[np.arange(len(gap)), picked]]


def _numbers(values: Values, index: Indices | None = None) -> Matrix:
    """Return a moderator as columns: itself, or one for each word but the first."""
    levels = levels_of(values)
    if levels is None:
        column = np.asarray(values, dtype=np.float64)[:, None]
    else:
        words = list(values)
        column = np.array(
            [[float(word == level) for level in levels[1:]] for word in words]
        ).reshape(len(words), -1)
    return column if index is None else column[index]


def _scaled(columns: Matrix) -> Matrix:
    """Return columns with mean 0 and standard deviation 1."""
    spread = columns.std(axis=0)
    return (columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def _combined(
    fits: Sequence[RegressionFit], cells: int, seed: int, note: str
) -> RegressionFit:
    """Combine the answers of all imputations.

    References
    ----------
    Barnard J, Rubin DB. Biometrika 1999;86:948. doi:10.1093/biomet/86.4.948
    Li KH, Raghunathan TE, Rubin DB. J Am Stat Assoc 1991;86:1065.
    doi:10.1080/01621459.1991.10475152
    """
    first, m = fits[0], len(fits)
    estimates = np.array([fit.estimate for fit in fits])
    mean = estimates.mean(axis=0)
    within = np.mean([fit.covariance for fit in fits], axis=0)
    between = np.atleast_2d(np.cov(estimates.T, ddof=1))
    total = within + (1 + 1 / m) * between

    def complete_df(rows: Matrix) -> float:
        return float(np.mean([fit.inference.read(rows).df for fit in fits]))

    def share(rows: Matrix) -> float:
        """Return the relative increase of variance through missing values."""
        inner = rows @ between @ rows.T
        relative = linear.solve(rows @ within @ rows.T, inner)
        return (1 + 1 / m) * float(np.trace(relative)) / len(rows)

    def read(rows: Matrix) -> Adjusted:
        if len(rows) == 1:
            return Adjusted(1.0, _barnard_rubin(m, share(rows), complete_df(rows)))
        return Adjusted(1.0, _reiter(m, len(rows), share(rows), complete_df(rows)))

    def joint(rows: Matrix) -> Matrix:
        return (1 + share(rows)) * (rows @ within @ rows.T)

    inference = Inference(covariance=total, read=read, joint=joint)
    design: Design = replace(
        first.design, X=np.mean([fit.design.X for fit in fits], axis=0)
    )
    lost = (1 + 1 / m) * np.diagonal(between) / np.diagonal(total)
    eye = np.eye(len(mean))
    return replace(
        first,
        coefficients=inference.coefficients(first.names, mean, first.level),
        covariance=total,
        test=inference.test(mean, eye[list(design.slopes)]) if design.slopes else None,
        terms={
            name: inference.test(mean, eye[list(design.terms[name])])
            for name in first.terms
        },
        inflation={
            name: float(np.mean([fit.inflation[name] for fit in fits]))
            for name in first.inflation
        },
        tau2=float(np.mean([fit.tau2 for fit in fits])),
        tau2_interval=_mean_interval([fit.tau2_interval for fit in fits]),
        r2=_mean([fit.r2 for fit in fits]),
        h2=float(np.mean([fit.h2 for fit in fits])),
        i2=float(np.mean([fit.i2 for fit in fits])),
        i2_interval=_mean_interval([fit.i2_interval for fit in fits]),
        q=float(np.mean([fit.q for fit in fits])),
        q_p=float(np.mean([fit.q_p for fit in fits])),
        weights=np.mean([fit.weights for fit in fits], axis=0),
        notes=(*first.notes, note),
        imputed=Imputed(
            imputations=m,
            cells=cells,
            missing_information=dict(zip(first.names, lost.tolist(), strict=True)),
            seed=seed,
        ),
        rules={**first.rules, "missing": "impute", "imputations": str(m)},
        inference=inference,
        design=design,
    )


def _barnard_rubin(m: int, increase: float, complete: float) -> float:
    """Return the degrees of freedom of one coefficient."""
    lost = increase / (1 + increase)
    if lost <= 0:
        return complete
    old = (m - 1) / lost**2
    if np.isinf(complete):
        return old
    observed = (complete + 1) / (complete + 3) * complete * (1 - lost)
    return old * observed / (old + observed)


def _reiter(m: int, size: int, increase: float, complete: float) -> float:
    """Return the denominator's degrees of freedom of a test of several coefficients.

    References
    ----------
    Reiter JP. Biometrika 2007;94:502. doi:10.1093/biomet/asm028
    """
    t = size * (m - 1)
    if increase <= 0:
        return complete
    if t > 4:
        large = 4 + (t - 4) * (1 + (1 - 2 / t) / increase) ** 2
    else:
        large = t * (1 + 1 / size) * (1 + 1 / increase) ** 2 / 2
    a = increase * t / (t - 2) if t > 2 else increase
    left = complete * (complete + 1) / (complete + 3) if np.isfinite(complete) else 0.0
    c0, c1, c2 = 1 / max(t - 4, 1), left - 2 * (1 + a), left - 4 * (1 + a)
    if t <= 4 or c2 <= 0:
        return min(large, complete)
    z = (
        1 / c2
        + c0 * a**2 * c1 / ((1 + a) ** 2 * c2)
        + c0 * (8 * a**2 * c1 / ((1 + a) * c2**2) + 4 * a**2 / ((1 + a) * c2))
        + c0 * (4 * a**2 / (c2 * c1) + 16 * a**2 * c1 / c2**3)
        + c0 * 8 * a**2 / c2**2
    )
    return 4 + 1 / z


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _mean_interval(found: Sequence[Any]) -> Any:
    """Return the average limits, None where an imputation has none."""
    if any(interval is None for interval in found):
        return None
    return replace(
        found[0],
        lower=float(np.mean([interval.lower for interval in found])),
        upper=float(np.mean([interval.upper for interval in found])),
    )
