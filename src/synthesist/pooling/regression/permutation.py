"""Permutation tests of moderators: exact where all permutations can be taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial, prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synthesist.errors import InvalidInput
from synthesist.numerics import linear
from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.numerics.printing import p_value
from synthesist.numerics.results import number, versions
from synthesist.pooling.regression.contrasts import Pivots, choose_pivots
from synthesist.pooling.regression.core import RegressionMethod
from synthesist.pooling.regression.heterogeneity import REGRESSION_TAU2

if TYPE_CHECKING:
    from synthesist.pooling.regression.fit import RegressionFit

#: Statistics that differ by less are ties; their rounding must not decide.
TIE = 1e-8

#: Numbers in one block of permuted effects.
BLOCK = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PermutationTest:
    """P values from permuting the moderators among the studies.

    Attributes
    ----------
    p : mapping of str to float
        Of each coefficient: the share of permutations whose statistic is as far from
        zero. That of the constant tests it only where nothing else is in the model.
    p_all : float or None
        Of all moderators together.
    permutations : int
        How many were taken, the observed one among them.
    exact : bool
        Whether these are all.
    """

    p: dict[str, float]
    p_all: float | None
    permutations: int
    exact: bool
    seed: int | None

    def summary(self) -> str:
        """Return one line a coefficient."""
        kind = "all" if self.exact else "random"
        lines = [f"Permutation test, {self.permutations} {kind} permutations"]
        lines += [f"  {name}: {p_value(p)}" for name, p in self.p.items()]
        if self.p_all is not None:
            lines.append(f"  All moderators: {p_value(self.p_all)}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "p": {name: number(p) for name, p in self.p.items()},
            "p_all": number(self.p_all),
            "permutations": self.permutations,
            "exact": self.exact,
            "seed": self.seed,
            "versions": versions(),
        }


def permutation_test(
    fit: RegressionFit, *, most: int, draws: int, seed: int
) -> PermutationTest:
    """Permute the rows of the design, or the signs where there is only a constant.

    Raises
    ------
    InvalidInput
        If moderators were imputed.
    """
    if fit.imputed:
        raise InvalidInput(
            "There is no permutation test with imputed moderators.",
            remedy="regress with missing='drop'",
        )
    core, slopes = fit.core, fit.design.slopes
    if slopes:
        order, kinds, count = _kinds(core.X)
        plan = _Plan(core.X[order], fit.names, core.method, slopes)
        observed = plan.statistics(core.y[order][None], core.v[order][None])
        exact = count <= most
        arranged = (
            _all_orders(kinds) if exact else _random_orders(len(order), draws, seed)
        )
        sets = ((core.y[a], core.v[a]) for a in arranged)
    else:
        plan = _Plan(core.X, fit.names, core.method, (0,))
        observed = plan.statistics(core.y[None], core.v[None])
        count = 2**core.k
        exact = count <= most
        signs = _all_signs(core.k) if exact else _random_signs(core.k, draws, seed)
        sets = ((core.y * sign, core.v) for sign in signs)
    extreme, taken = np.zeros(len(fit.names) + 1), 0
    for y, v in _blocks(sets, core.k):
        found = plan.statistics(y, v)
        extreme += (found >= observed * (1 - TIE) - TIE**2).sum(axis=0)
        taken += len(found)
    if not exact:
        # The observed arrangement is one of those that might have been drawn.
        extreme, taken = extreme + 1, taken + 1
    p = (extreme / taken).tolist()
    return PermutationTest(
        p=dict(zip(fit.names, p[:-1], strict=True)),
        p_all=p[-1] if slopes else None,
        permutations=taken,
        exact=exact,
        seed=None if exact else seed,
    )


class _Plan:
    """Computes the statistics of many arrangements of effects at one design."""

    def __init__(
        self,
        X: Matrix,
        names: tuple[str, ...],
        method: RegressionMethod,
        tested: tuple[int, ...],
    ) -> None:
        # Every arrangement has other variances, so none of them chooses the pivots.
        self.pivots: Pivots = choose_pivots(X, np.ones(len(X)), names)
        self.method = method
        self.tested = list(tested)

    def statistics(self, y: Matrix, v: Matrix) -> Matrix:
        """Return absolute z or t of each coefficient, and Wald's of all (b, p + 1)."""
        contrasts = self.pivots.contrasts(y, v)
        tau2 = REGRESSION_TAU2[self.method.tau2].estimate(contrasts).tau2
        solved = contrasts.at(tau2)
        estimate = self.pivots.coefficients(solved, y)
        covariance = self.pivots.covariance(solved)
        if not self.method.common and self.method.test in {"HK", "HK-guarded"}:
            factor = solved.q / contrasts.n
            if self.method.test == "HK-guarded":
                factor = np.maximum(1.0, factor)
            covariance = covariance * factor[:, None, None]
        single = np.abs(estimate) / np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
        part = estimate[:, self.tested]
        inner = covariance[:, self.tested][:, :, self.tested]
        wald = np.einsum("bi,bi->b", part, linear.solve(inner, part[..., None])[..., 0])
        return np.column_stack([single, wald])


def _kinds(X: Matrix) -> tuple[Indices, Indices, int]:
    """Return an order with equal rows together, the size of each kind, and the count.

    The count is that of different arrangements.
    """
    _, kind = np.unique(X, axis=0, return_inverse=True)
    kind = kind.reshape(-1)
    order = np.argsort(kind, kind="stable")
    sizes = np.bincount(kind)
    count = factorial(len(X)) // prod(factorial(size) for size in sizes.tolist())
    return order, sizes, count


def _all_orders(sizes: Indices) -> Iterator[Indices]:
    """Yield every way to deal studies out to kinds, as an order of the studies."""
    total = int(sizes.sum())
    kinds = np.repeat(np.arange(len(sizes)), sizes).tolist()
    while True:
        yield np.argsort(np.array(kinds), kind="stable")
        # The next arrangement in the order of a dictionary.
        i = total - 2
        while i >= 0 and kinds[i] >= kinds[i + 1]:
            i -= 1
        if i < 0:
            return
        j = total - 1
        while kinds[j] <= kinds[i]:
            j -= 1
        kinds[i], kinds[j] = kinds[j], kinds[i]
        kinds[i + 1 :] = kinds[:i:-1]


def _random_orders(k: int, draws: int, seed: int) -> Iterator[Indices]:
    """Yield random orders of k studies."""
    random = np.random.default_rng(seed)
    for _ in range(draws):
        yield random.permutation(k)


def _all_signs(k: int) -> Iterator[Vector]:
    """Yield every combination of signs."""
    for i in range(2**k):
        yield np.where((i >> np.arange(k)) & 1, -1.0, 1.0)


def _random_signs(k: int, draws: int, seed: int) -> Iterator[Vector]:
    """Yield random combinations of signs."""
    random = np.random.default_rng(seed)
    for _ in range(draws):
        yield np.where(random.integers(0, 2, k), -1.0, 1.0)


def _blocks(
    sets: Iterator[tuple[Vector, Vector]], k: int
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Gather arrangements into arrays of moderate size."""
    size = max(1, BLOCK // (k * 8))
    y: list[Vector] = []
    v: list[Vector] = []
    for one, variance in sets:
        y.append(one)
        v.append(variance)
        if len(y) == size:
            yield np.array(y), np.array(v)
            y, v = [], []
    if y:
        yield np.array(y), np.array(v)
