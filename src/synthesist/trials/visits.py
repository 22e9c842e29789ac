"""A marker over several visits: a mixed model with an intercept for each person."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.numerics.results import Interval
from synthesist.numerics.tails import t_point, t_two_tails
from synthesist.trials.proportions import checked_level


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitsFit:
    """A marker at each visit against the first, people being compared with themselves.

    Attributes
    ----------
    visits : tuple of str
        In their order; the first is the reference.
    estimate, se : (v,) arrays
        Mean at the first visit, then differences from it, on the analysis scale
        (logarithms where `fold`).
    intervals : tuple of Interval
        Of the differences as they are read (ratios where `fold`), one a later visit.
    p : tuple of float
        Two-sided, by Student's t.
    df : int
        Values less people less later visits: what is left within people.
    between, within : float
        Standard deviations between and within people, on the analysis scale.
    log_likelihood : float
        Restricted.
    """

    visits: tuple[str, ...]
    estimate: Vector
    se: Vector
    covariance: Matrix
    changes: tuple[float, ...]
    intervals: tuple[Interval, ...]
    p: tuple[float, ...]
    df: int
    between: float
    within: float
    people: int
    values: int
    fold: bool
    log_likelihood: float
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return one line a visit."""
        what = "fold change" if self.fold else "difference"
        lines = [
            f"{self.people} people, {self.values} values; {what} from {self.visits[0]}"
        ]
        for visit, change, interval, p in zip(
            self.visits[1:], self.changes, self.intervals, self.p, strict=True
        ):
            lines.append(
                f"  {visit}: {change:.4g} ({100 * interval.level:g}% CI {interval.lower:.4g} to {interval.upper:.4g}), P = {p:.3g}"
            )
        lines.append(
            f"  SD between people {self.between:.4g}, within {self.within:.4g}"
        )
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "visits": list(self.visits),
            "estimate": self.estimate.tolist(),
            "se": self.se.tolist(),
            "changes": list(self.changes),
            "low": [i.lower for i in self.intervals],
            "high": [i.upper for i in self.intervals],
            "p": list(self.p),
            "df": self.df,
            "between": self.between,
            "within": self.within,
            "people": self.people,
            "values": self.values,
            "fold": self.fold,
            "notes": list(self.notes),
        }


def marker_visits(
    person: Sequence[Any],
    visit: Sequence[Any],
    value: ArrayLike,
    *,
    order: Sequence[str] | None = None,
    fold: bool = True,
    level: float = 0.95,
) -> VisitsFit:
    """Fit a mixed model to a marker measured at several visits.

    ``value ~ visit`` with a normal intercept for each person, by REML; people may
    lack visits. Tests and intervals use Student's t with the degrees of freedom
    that are left within people; with two visits and no gap they are the paired t.

    Parameters
    ----------
    person, visit : (n,) sequences
        Who, and when; the visits in the order in which they first appear, unless
        `order` gives another.
    value : (n,) array
        Missing ones are left out.
    fold : bool
        Whether changes are ratios, the model being fitted to logarithms.

    Raises
    ------
    InvalidInput
        If the lengths differ, a person has two values at a visit, or a value for a
        ratio is not above zero.
    NotEstimable
        If fewer than two people or visits remain, or nobody has two values.

    References
    ----------
    Laird NM, Ware JH. Biometrics 1982;38:963. doi:10.2307/2529876
    """
    y, who, when, names, lost = _read(person, visit, value, order, fold)
    X = np.zeros((len(y), len(names)))
    X[:, 0] = 1.0
    later = when > 0
    X[np.flatnonzero(later), when[later]] = 1.0
    groups = [np.flatnonzero(who == g) for g in range(int(who.max()) + 1)]
    if max(len(g) for g in groups) < 2 or np.linalg.matrix_rank(X) < X.shape[1]:
        raise NotEstimable(
            "Nobody was measured twice, or a visit has no value.",
            remedy="compare groups instead, or leave the visit out",
        )
    ratio = _best_ratio(y, X, groups)
    beta, covariance, sigma2, score = _at(ratio, y, X, groups)
    df = len(y) - len(groups) - (X.shape[1] - 1)
    if df < 1:
        raise NotEstimable(
            "Too few people have more than one visit to tell their spread.",
            remedy="show the values themselves",
        )
    z = t_point(1 - (1 - checked_level(level)) / 2, df)
    se = np.sqrt(np.diagonal(covariance))
    read = math.exp if fold else float
    intervals = tuple(
        Interval(lower=read(b - z * s), upper=read(b + z * s), level=level)
        for b, s in zip(beta[1:].tolist(), se[1:].tolist(), strict=True)
    )
    notes = [f"{lost} rows without a value left out."] if lost else []
    if ratio == 0:
        notes.append("The values of one person are no more alike than those of two.")
    notes.append("Missing visits are taken to be missing at random given the others.")
    return VisitsFit(
        visits=names,
        estimate=beta,
        se=se,
        covariance=covariance,
        changes=tuple(read(b) for b in beta[1:].tolist()),
        intervals=intervals,
        p=tuple(t_two_tails(b / s, df) for b, s in zip(beta[1:].tolist(), se[1:].tolist(), strict=True)),
        df=df,
        between=math.sqrt(ratio * sigma2),
        within=math.sqrt(sigma2),
        people=len(groups),
        values=len(y),
        fold=fold,
        log_likelihood=score,
        notes=tuple(notes),
    )  # fmt: skip


def _read(
    person: Sequence[Any],
    visit: Sequence[Any],
    value: ArrayLike,
    order: Sequence[str] | None,
    fold: bool,
) -> tuple[Vector, Indices, Indices, tuple[str, ...], int]:
    """Return values, people and visits by number, the visits' names, and rows lost."""
    y = np.asarray(value, dtype=np.float64).reshape(-1)
    people, visits = [str(p) for p in person], [str(v) for v in visit]
    if not len(y) == len(people) == len(visits):
        raise InvalidInput(
            "People, visits and values differ in number.", remedy="give one row a value"
        )
    names = tuple(order) if order is not None else tuple(dict.fromkeys(visits))
    unknown = [v for v in visits if v not in names]
    if unknown:
        raise InvalidInput(
            f"The visit '{unknown[0]}' is not in the order.", remedy="name every visit"
        )
    kept = np.flatnonzero(np.isfinite(y))
    pairs = [(people[i], visits[i]) for i in kept.tolist()]
    if len(set(pairs)) < len(pairs):
        raise InvalidInput(
            "A person has two values at one visit.",
            remedy="take their mean, and say so",
        )
    if len(names) < 2 or len({p for p, _ in pairs}) < 2:
        raise NotEstimable(
            "A comparison of visits needs two visits and two people.",
            remedy="show the values themselves",
        )
    if fold and np.any(y[kept] <= 0):
        raise InvalidInput(
            "A fold change needs values above zero.",
            remedy="give the limit of detection for values below it and say so, or ask for differences",
        )
    ids = {name: i for i, name in enumerate(dict.fromkeys(p for p, _ in pairs))}
    who = np.array([ids[p] for p, _ in pairs], dtype=np.intp)
    when = np.array([names.index(v) for _, v in pairs], dtype=np.intp)
    found = np.log(y[kept]) if fold else y[kept]
    return found, who, when, names, len(y) - len(kept)


def _at(
    ratio: float, y: Vector, X: Matrix, groups: Sequence[Indices]
) -> tuple[Vector, Matrix, float, float]:
    """Return coefficients, covariance, variance within and REML log-likelihood.

    `ratio` is the variance between people by that within. The inverse of a person's
    covariance is ``I - c 11'`` with ``c = ratio / (1 + m ratio)``.
    """
    p = X.shape[1]
    xx, xy, yy, log_det = np.zeros((p, p)), np.zeros(p), 0.0, 0.0
    for rows in groups:
        x, v, m = X[rows], y[rows], len(rows)
        c = ratio / (1 + m * ratio)
        sx, sv = x.sum(axis=0), float(v.sum())
        xx += x.T @ x - c * np.outer(sx, sx)
        xy += x.T @ v - c * sx * sv
        yy += float(v @ v) - c * sv * sv
        log_det += math.log1p(m * ratio)
    beta = np.asarray(np.linalg.solve(xx, xy), dtype=np.float64)
    residual = np.concatenate([y[g] - X[g] @ beta for g in groups])
    start, quadratic = 0, 0.0
    for rows in groups:
        part = residual[start : start + len(rows)]
        c = ratio / (1 + len(rows) * ratio)
        quadratic += float(part @ part) - c * float(part.sum()) ** 2
        start += len(rows)
    df = len(y) - p
    sigma2 = quadratic / df
    _, log_xx = np.linalg.slogdet(xx)
    score = -0.5 * (df * (math.log(2 * math.pi * sigma2) + 1) + log_det + float(log_xx))
    covariance = np.asarray(np.linalg.inv(xx) * sigma2, dtype=np.float64)
    return beta, covariance, float(sigma2), float(score)


def _best_ratio(y: Vector, X: Matrix, groups: Sequence[Indices]) -> float:
    """Return the ratio of variances with the highest REML likelihood, over all of them."""
    from scipy.optimize import brentq, minimize_scalar

    def score(t: float) -> float:
        return -_at(math.exp(t), y, X, groups)[3]

    grid = np.linspace(-14, 14, 57)
    values = [score(float(t)) for t in grid]
    best = int(np.argmin(values))
    if -_at(0.0, y, X, groups)[3] <= values[best]:
        return 0.0
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)])
    if best in (0, len(grid) - 1):
        return math.exp(float(grid[best]))

    def slope(t: float) -> float:
        h = 1e-4
        return (score(t - 2 * h) - 8 * score(t - h) + 8 * score(t + h) - score(t + 2 * h)) / (12 * h)  # fmt: skip

    if slope(low) * slope(high) < 0:
        return math.exp(float(brentq(slope, low, high, xtol=1e-12)))
    found = minimize_scalar(score, bounds=(low, high), method="bounded", options={"xatol": 1e-10})  # fmt: skip
    return math.exp(float(found.x))
