"""Permutation test of the pooled effect, with the interval that belongs to it.

Were there no effect, every study's could as well have had the other sign. The test
compares the observed statistic with those of all choices of signs. Choices that
differ in every sign have the same absolute statistic, so half of them suffice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.printing import p_value, percent
from synthesist.numerics.results import Interval, number, versions
from synthesist.pooling.engine import Method, answer
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.panel import PANEL_SIZE, panel_of
from synthesist.pooling.pool import as_effects, choose_method, usable

#: Statistics that differ by less are ties; their rounding must not decide.
TIE = 1e-8

#: Doublings until a limit is given up, and halvings of its bracket.
REACH, HALVINGS = 40, 30

TOO_FEW = (
    "{k} studies have {sets} choices of signs, so no P value is below {least:.2g} and "
    "there is no {level} interval."
)
ONE_SIDED = "The interval has no end: however far off, no mean is rejected."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeanPermutation:
    """P value and interval of the pooled effect by permutation.

    Attributes
    ----------
    effects : EffectTable
        What was pooled.
    estimate : float
        The pooled effect, on the analysis scale as the interval.
    p : float
        The share of choices of signs whose statistic is as far from zero.
    interval : Interval or None
        The means that the test does not reject; None where no mean can be rejected.
    permutations : int
        Choices of signs, the observed one among them.
    exact : bool
        Whether these are all.
    seed : int or None
        Of the random choices.
    """

    effects: EffectTable
    estimate: float
    p: float
    interval: Interval | None
    permutations: int
    exact: bool
    seed: int | None
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return estimate, interval and P value as they are read."""
        show = self.effects.measure.scale.show
        kind = "all" if self.exact else "random"
        line = show(self.estimate)
        if self.interval is not None:
            low, high = show(self.interval.lower), show(self.interval.upper)
            line += f" ({percent(self.interval.level)} CI {low} to {high})"
        lines = [
            f"Permutation test, {self.permutations} {kind} choices of signs",
            f"  {line}, {p_value(self.p)}",
        ]
        lines += [f"  Note: {note}" for note in self.notes]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        found = self.interval
        low, high = (np.nan, np.nan) if found is None else (found.lower, found.upper)
        shown = self.effects.to_reading([self.estimate, low, high])
        names = ("estimate", "ci_low", "ci_high")
        return {
            "estimate": self.estimate,
            "p": self.p,
            "ci_low": number(low),
            "ci_high": number(high),
            "permutations": self.permutations,
            "exact": self.exact,
            "seed": self.seed,
            "measure": self.effects.measure.code,
            "notes": list(self.notes),
            "display": dict(zip(names, map(number, shown), strict=True)),
            "versions": versions(),
        }


def permutation_test(
    effects: Any,
    *,
    tau2: str = "REML",
    level: float = 0.95,
    interval: bool = True,
    most: int = 10_000,
    draws: int = 1_000,
    seed: int = 1,
) -> MeanPermutation:
    """Test the pooled effect by permutation, with its interval.

    Parameters
    ----------
    effects : EffectTable, PooledFit, path, frame or mapping of columns
        As for `pool`; of a fit, its effects.
    tau2 : str
        Code of `TAU2_ESTIMATORS`, estimated anew for every choice of signs.
    level : float
        Of the interval.
    interval : bool
        Whether to look for the interval, which takes some fifty times as long.
    most : int
        All choices of signs are taken if there are no more.
    draws, seed : int
        Otherwise so many random ones.

    Returns
    -------
    MeanPermutation

    Raises
    ------
    NotEstimable
        If there are fewer than two studies.
    InvalidInput
        If a choice is not known, or a variance is not above zero.

    References
    ----------
    Follmann DA, Proschan MA. Biometrics 1999;55:732.
    doi:10.1111/j.0006-341X.1999.00732.x
    """
    table = effects.effects if isinstance(effects, PooledFit) else as_effects(effects)
    method = choose_method(
        tau2=tau2,
        interval="normal",
        prediction="none",
        tau2_interval="none",
        level=level,
    )
    if method.tau2 == "GENQ":
        raise InvalidInput(
            "There is no permutation test with weights of one's own for tau².",
            remedy="choose another estimator of tau²",
        )
    if draws < 1:
        raise InvalidInput("There must be a draw.", remedy="take 1,000 or more")
    y, v = usable(table)
    k = len(y)
    if k < 2:
        raise NotEstimable(
            "One study has no other signs.", remedy="report the study itself"
        )
    exact = k < 60 and 2**k <= most
    signs = _all_signs(k) if exact else _random_signs(k, draws, seed)
    test = _Test(y, v, signs, method, exact)
    observed = answer(panel_of(y[:, None], v[:, None], np.array([float(k)])), method)
    estimate, se = float(observed.estimate[0]), float(observed.se[0])
    found, notes = None, table.notes
    if interval:
        limits = [test.limit(estimate, side * se, 1 - level) for side in (-1, 1)]
        if all(np.isfinite(limits)):
            found = Interval(lower=limits[0], upper=limits[1], level=level)
        else:
            notes = (*notes, test.why_none(level))
    return MeanPermutation(
        effects=table,
        estimate=estimate,
        p=test.p(0.0),
        interval=found,
        permutations=2**k if exact else draws + 1,
        exact=exact,
        seed=None if exact else seed,
        notes=notes,
    )


@dataclass(frozen=True, slots=True)
class _Test:
    """The test of any mean by the same choices of signs (k, n), the observed first."""

    y: Vector
    v: Vector
    signs: Matrix
    method: Method
    exact: bool

    @property
    def least(self) -> float:
        """Return the smallest P value there can be."""
        return 1 / self.signs.shape[1]

    def p(self, mean: float) -> float:
        """Return the P value of a mean."""
        distance = (self.y - mean)[:, None]
        parts = [self._distances(distance * signs) for signs in self._blocks()]
        found = np.concatenate(parts)
        extreme = int(np.count_nonzero(found >= found[0] * (1 - TIE) - TIE * TIE))
        return extreme / found.size

    def limit(self, start: float, step: float, alpha: float) -> float:
        """Return where the P value falls to `alpha` on one side, infinite if nowhere."""
        if self.least > alpha:
            return np.inf
        inside, outside = start, start + 2 * step
        for _ in range(REACH):
            if self.p(outside) <= alpha:
                break
            inside, outside = outside, outside + 2 * (outside - start)
        else:
            return np.inf
        for _ in range(HALVINGS):
            middle = 0.5 * (inside + outside)
            if self.p(middle) > alpha:
                inside = middle
            else:
                outside = middle
            if abs(outside - inside) < 1e-6 * abs(step):
                break
        return 0.5 * (inside + outside)

    def why_none(self, level: float) -> str:
        """Return the reason why there is no interval."""
        if self.least <= 1 - level:
            return ONE_SIDED
        sets = 2 ** len(self.y) if self.exact else self.signs.shape[1]
        return TOO_FEW.format(
            k=len(self.y), sets=sets, least=self.least, level=percent(level)
        )

    def _distances(self, y: Matrix) -> Vector:
        """Return the absolute statistics of many sets of effects."""
        sets = y.shape[1]
        v = np.repeat(self.v[:, None], sets, axis=1)
        studies: Vector = np.repeat(np.array([float(len(self.y))]), sets)
        panel = panel_of(y, v, studies)
        return np.abs(answer(panel, self.method).statistic)

    def _blocks(self) -> Iterator[Matrix]:
        k, n = self.signs.shape
        size = max(1, PANEL_SIZE // k)
        for begin in range(0, n, size):
            yield self.signs[:, begin : begin + size]


def _all_signs(k: int) -> Matrix:
    """Return every choice of signs in which the last study keeps its own, (k, n)."""
    numbers = np.arange(2 ** (k - 1), dtype=np.int64)
    places = np.arange(k, dtype=np.int64)[:, None]
    return np.where((numbers >> places) & 1, -1.0, 1.0)


def _random_signs(k: int, draws: int, seed: int) -> Matrix:
    """Return the observed choice of signs and random ones, (k, draws + 1)."""
    random = np.random.default_rng(seed)
    drawn = np.where(random.integers(0, 2, (k, draws)), -1.0, 1.0)
    return np.concatenate([np.ones((k, 1)), drawn], axis=1)
