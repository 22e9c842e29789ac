"""Location-scale models: moderators of the mean effect and of its scatter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import NotEstimable
from synthesist.numerics.arrays import Mask, Matrix, Vector
from synthesist.numerics.maximise import Height, Maximum, maximise, sharpened
from synthesist.numerics.printing import percent, plain
from synthesist.numerics.results import HypothesisTest, number, versions
from synthesist.numerics.tails import chi2_upper
from synthesist.pooling.pool import as_effects
from synthesist.pooling.registry import choose
from synthesist.pooling.regression.columns import moderators_of, take
from synthesist.pooling.regression.contrasts import (
    Contrasts,
    Pivots,
    Solved,
    choose_pivots,
)
from synthesist.pooling.regression.core import fit_core
from synthesist.pooling.regression.design import Design, read_formula
from synthesist.pooling.regression.fit import test_dict
from synthesist.pooling.regression.inference import (
    REGRESSION_TESTS,
    Coefficient,
    Inference,
    fixed_df,
)
from synthesist.pooling.regression.likelihood import log_likelihood
from synthesist.pooling.regression.notes import NOT_CAUSAL, missing_note
from synthesist.pooling.regression.regress import (
    chosen,
    complete,
    regression_method,
)
from synthesist.pooling.regression.wording import coefficient_lines, test_words
from synthesist.pooling.wording import studies
from synthesist.tables import give_back

#: The search ends where tau² is this factor (a logarithm) below the smallest variance
#: or above the spread of the effects: there the likelihood no longer changes.
BEYOND = 14.0

#: Slopes are searched up to here: log tau² by a standard deviation of the moderator.
STEEPEST = 20.0

#: The slopes that the search starts from.
STARTS = (0.0, 1.0, -1.0)

BOUNDARY = (
    "The likelihood rises without end as the coefficients of log tau² grow in size: "
    "for some studies the scatter cannot be told from none. They are given as where "
    "the search ended, without standard errors."
)
SECOND = (
    "The likelihood has another maximum, {gap:.2g} below the one that is used, with "
    "{names} = {values}."
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LocationScaleFit:
    """A regression of the mean effect and of the logarithm of tau².

    Attributes
    ----------
    location : tuple of Coefficient
        Coefficients of the mean effect.
    scale : tuple of Coefficient
        Coefficients of the logarithm of tau².
    tau2 : (n,) array
        The scatter at each study, NaN where it was not used.
    test, scale_test : HypothesisTest or None
        Of all moderators of the mean, and of the scatter (Wald).
    likelihood_ratio : HypothesisTest or None
        Of all moderators of the scatter; it does not depend on how they are coded.
    log_likelihood : float
        Restricted where `tau2_method` is.
    """

    effects: EffectTable
    used: Mask
    k: int
    formula: str
    scale_formula: str
    location: tuple[Coefficient, ...]
    scale: tuple[Coefficient, ...]
    covariance: Matrix
    scale_covariance: Matrix
    test: HypothesisTest | None
    scale_test: HypothesisTest | None
    likelihood_ratio: HypothesisTest | None
    tau2: Vector
    tau2_method: str
    log_likelihood: float
    level: float
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()
    native: Any = field(default=None, repr=False)

    def summary(self) -> str:
        """Return the result as text."""
        title = f"{self.effects.measure.label} on {self.formula}"
        lines = [
            f"{title}, log tau² on {self.scale_formula}, {studies(self.k)}",
            "  Mean effect",
            *(f"    {line}" for line in coefficient_lines(self.location)),
            "  Logarithm of tau²",
            *(f"    {line}" for line in coefficient_lines(self.scale)),
        ]
        if self.test:
            lines.append(f"  Moderators of the mean: {test_words(self.test)}")
        if self.likelihood_ratio:
            lines.append(
                f"  Moderators of tau², likelihood ratio: {test_words(self.likelihood_ratio)}"
            )
        low, high = np.nanmin(self.tau2), np.nanmax(self.tau2)
        lines.append(
            f"  tau² between {plain(low)} and {plain(high)} ({self.tau2_method}), "
            f"intervals {percent(self.level)}"
        )
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "formula": self.formula,
            "scale_formula": self.scale_formula,
            "k": self.k,
            "location": [c.to_dict() for c in self.location],
            "scale": [c.to_dict() for c in self.scale],
            "test": test_dict(self.test),
            "scale_test": test_dict(self.scale_test),
            "likelihood_ratio": test_dict(self.likelihood_ratio),
            "tau2": [number(x) for x in self.tau2],
            "tau2_method": self.tau2_method,
            "log_likelihood": number(self.log_likelihood),
            "level": self.level,
            "measure": self.effects.measure.code,
            "model": "location-scale",
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a coefficient, those of the mean first."""
        parts = (("mean", self.location), ("log tau2", self.scale))
        rows = [{"part": part, **c.to_dict()} for part, cs in parts for c in cs]
        columns: dict[str, Any] = {key: [row[key] for row in rows] for key in rows[0]}
        return give_back(columns, self.native, backend)


def location_scale(
    effects: Any,
    formula: str | Sequence[str],
    scale: str | Sequence[str],
    *,
    tau2: str = "REML",
    test: str = "normal",
    level: float = 0.95,
) -> LocationScaleFit:
    """Regress the mean effect on moderators, and the logarithm of tau² on others.

    Parameters
    ----------
    effects, formula
        As for `regress`.
    scale : str or sequence of str
        A formula for the logarithm of tau².
    tau2 : {"REML", "ML"}
    test : {"normal", "t"}
        Of the coefficients.

    Raises
    ------
    InvalidInput
        If a formula cannot be read or a code is not known.
    NotEstimable
        If there are too few studies for the coefficients.

    References
    ----------
    Viechtbauer W, López-López JA. Res Synth Methods 2022;13:697.
    doi:10.1002/jrsm.1562
    """
    table = as_effects(effects)
    likelihoods = {"REML": True, "ML": False}
    restricted = choose(tau2, likelihoods, "likelihood")
    tests = {code: REGRESSION_TESTS[code] for code in ("normal", "t")}
    choose(test, tests, "test of a location-scale model")
    method = regression_method(tau2, test, "z", level)
    asked, spread = read_formula(formula), read_formula(scale)
    values = moderators_of(table, [*asked.columns, *spread.columns])
    used = table.included & complete(values, len(table))
    y, v = chosen(table, used)
    index = np.flatnonzero(used).tolist()
    part = {name: take(column, index) for name, column in values.items()}
    mean, width = asked.build(part, len(y)), spread.build(part, len(y))
    _check_size(len(y), mean, width)
    problem = _Problem(y, v, mean, width, restricted=restricted)
    start = fit_core(y, v, mean.X, mean.names, method).tau2
    maxima = problem.maxima(start)
    best = maxima[0]
    solved = problem.solved(problem.tau2(best.at))
    estimate = problem.pivots.coefficients(solved, y[None])[0]
    covariance = problem.pivots.covariance(solved)[0]
    df = float(len(y) - len(mean.names)) if test == "t" else np.inf
    inference = Inference(covariance=covariance, read=fixed_df(df))
    alpha, spread_covariance = problem.coefficients(best)
    scale_df = float(len(y) - len(width.names)) if test == "t" else np.inf
    scale_inference = Inference(covariance=spread_covariance, read=fixed_df(scale_df))
    known = bool(np.isfinite(spread_covariance).all())
    tau2_at = np.full(len(table), np.nan)
    tau2_at[used] = problem.tau2(best.at)
    left_out = np.flatnonzero(table.included & ~used).tolist()
    return LocationScaleFit(
        effects=table,
        used=used,
        k=len(y),
        formula=mean.formula,
        scale_formula=width.formula,
        location=inference.coefficients(mean.names, estimate, level),
        scale=scale_inference.coefficients(width.names, alpha, level),
        covariance=covariance,
        scale_covariance=spread_covariance,
        test=_test(inference, estimate, mean),
        scale_test=_test(scale_inference, alpha, width) if known else None,
        likelihood_ratio=problem.ratio(best, start),
        tau2=tau2_at,
        tau2_method=tau2,
        log_likelihood=best.value,
        level=level,
        rules={**table.rules, "tau2": tau2, "test": test, "level": f"{level:g}"},
        notes=(
            *table.notes,
            *missing_note(
                [*asked.columns, *spread.columns], [table.study[i] for i in left_out]
            ),
            NOT_CAUSAL,
            *problem.notes(maxima),
        ),
        native=table.native,
    )


class _Problem:
    """The likelihood in the coefficients of log tau², its moderators standardised."""

    def __init__(
        self, y: Vector, v: Vector, mean: Design, width: Design, *, restricted: bool
    ) -> None:
        self.y, self.v, self.restricted, self.width = y, v, restricted, width
        self.pivots: Pivots = choose_pivots(mean.X, v, mean.names)
        self.contrasts: Contrasts = self.pivots.contrasts(y[None], v[None])
        choose_pivots(width.X, np.ones(len(y)), width.names)
        self.Z, self.back = _standard(width)

    def tau2(self, alpha: Vector) -> Vector:
        """Return tau² (k,)."""
        return np.exp(self.Z @ alpha)

    def solved(self, tau2: Vector) -> Solved:
        """Return the fit with its own tau² for each study."""
        w = 1 / (self.v + tau2)[None]
        first, rest = self.pivots.first, self.pivots.rest
        return Solved(self.contrasts, w[:, first], w[:, rest])

    def height(self, alpha: Vector) -> Height:
        """Return the log-likelihood with its gradient and a curvature."""
        tau2 = self.tau2(alpha)
        solved, pivots = self.solved(tau2), self.pivots
        score = pivots.in_order(solved.score1, solved.score2)[0]
        if self.restricted:
            pull = pivots.in_order(solved.diagonal1, solved.diagonal2)[0]
        else:
            pull = 1 / (self.v + tau2)
        share = tau2 * pull
        return Height(
            value=float(log_likelihood(solved, restricted=self.restricted)[0]),
            gradient=0.5 * self.Z.T @ (tau2 * score * score - share),
            curvature=0.5 * (self.Z.T * (share * share)) @ self.Z,
        )

    def maxima(self, tau2: float) -> list[Maximum]:
        """Return the maxima that are reached from several starts."""
        size, place = self.Z.shape[1], self.width.intercept
        typical = float(np.median(self.v))
        spread = max(float(self.y.var()), typical)
        low, high = np.full(size, -STEEPEST), np.full(size, STEEPEST)
        if place is None:
            level = np.linalg.lstsq(self.Z, np.ones(len(self.y)), rcond=None)[0]
            low, high = low - 40, high + 40
        else:
            level = np.eye(size)[place]
            low[place] = np.log(self.v.min()) - BEYOND
            high[place] = np.log(spread) + BEYOND
        starts = [
            np.log(base) * level + (np.eye(size)[i] * slope if i != place else 0.0)
            for base in (max(tau2, 0.1 * typical), spread, 0.01 * typical)
            for i in range(size)
            for slope in STARTS
        ]
        unique = {tuple(start.tolist()): start for start in starts}
        best, *others = maximise(self.height, list(unique.values()), low, high)
        return [sharpened(self.height, best, low, high), *others]

    def coefficients(self, found: Maximum) -> tuple[Vector, Matrix]:
        """Return the coefficients and their covariance, NaN at a bound."""
        spread = found.covariance()
        return self.back @ found.at, self.back @ spread @ self.back.T

    def ratio(self, found: Maximum, tau2: float) -> HypothesisTest | None:
        """Compare with a scatter that is the same for all studies."""
        if self.width.intercept is None or not self.width.slopes:
            return None
        same = self.solved(np.full(len(self.y), tau2))
        alone = float(log_likelihood(same, restricted=self.restricted)[0])
        twice, df = max(0.0, 2 * (found.value - alone)), len(self.width.slopes)
        return HypothesisTest(
            statistic=twice,
            df=float(df),
            p=chi2_upper(twice, df),
            reference="chi-squared",
        )

    def notes(self, maxima: Sequence[Maximum]) -> tuple[str, ...]:
        """Say what a reader must know of the maximum."""
        best, notes = maxima[0], list[str]()
        if best.flat or not best.free.all():
            notes.append(BOUNDARY)
        if len(maxima) > 1:
            second = maxima[1]
            values = ", ".join(f"{x:.3g}" for x in self.back @ second.at)
            notes.append(
                SECOND.format(
                    gap=best.value - second.value,
                    names=", ".join(self.width.names),
                    values=values,
                )
            )
        return tuple(notes)


def _standard(width: Design) -> tuple[Matrix, Matrix]:
    """Return standardised columns, and the way back to coefficients of the others."""
    Z = width.X.copy()
    place, size = width.intercept, Z.shape[1]
    back = np.eye(size)
    for i in range(size):
        if i == place:
            continue
        mean = 0.0 if place is None else float(Z[:, i].mean())
        scale = float(np.sqrt(np.mean((Z[:, i] - mean) ** 2)))
        Z[:, i] = (Z[:, i] - mean) / scale
        back[i, i] = 1 / scale
        if place is not None:
            back[place, i] = -mean / scale
    return Z, back


def _test(
    inference: Inference, estimate: Vector, design: Design
) -> HypothesisTest | None:
    """Test all moderators together."""
    if not design.slopes:
        return None
    return inference.test(estimate, np.eye(len(estimate))[list(design.slopes)])


def _check_size(k: int, mean: Design, width: Design) -> None:
    """Raise `NotEstimable` when there are too few studies."""
    needed = len(mean.names) + len(width.names)
    if k <= needed:
        raise NotEstimable(
            f"{k} studies cannot tell {needed} coefficients of mean and scatter.",
            remedy=f"use fewer moderators: {needed + 1} studies or more are needed",
        )
