"""Kenward and Roger's correction of covariance and degrees of freedom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synthesist.numerics import linear
from synthesist.numerics.arrays import Matrix


class Adjusted(NamedTuple):
    """How an F statistic is read: ``scale * F`` on (rows, `df`) degrees of freedom."""

    scale: float
    df: float


@dataclass(frozen=True)
class KenwardRoger:
    """What the correction is made from, for r variance components.

    Parameters
    ----------
    covariance : (p, p) array
        Covariance of the coefficients, the components being known.
    first : (r, p, p) array
        Derivatives of its inverse by the components.
    second : (r, r, p, p) array
        ``X' M^-1 M_i M^-1 M_j M^-1 X``, with M_i the derivative of the marginal
        covariance M, which must be linear in the components.
    spread : (r, r) array
        Covariance of the components, from the expected information.

    References
    ----------
    Kenward MG, Roger JH. Biometrics 1997;53:983. doi:10.2307/2533558
    """

    covariance: Matrix
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    spread: Matrix

    @cached_property
    def adjusted(self) -> Matrix:
        """The corrected covariance of the coefficients (p, p)."""
        phi = self.covariance
        mixed = np.einsum("iab,bc,jcd->ijad", self.first, phi, self.first)
        inner = np.einsum("ij,ijab->ab", self.spread, self.second - mixed)
        added = phi @ inner @ phi
        return phi + added + added.T

    def contrast(self, rows: Matrix) -> Adjusted:
        """Return how the test of some contrasts (l, p) of the coefficients is read."""
        phi, size = self.covariance, len(rows)
        theta = rows.T @ linear.solve(rows @ phi @ rows.T, rows)
        moved = np.einsum("ab,bc,icd,de->iae", theta, phi, self.first, phi)
        traces = np.einsum("iaa->i", moved)
        first = float(traces @ self.spread @ traces)
        products = np.einsum("iab,jba->ij", moved, moved)
        second = float((self.spread * products).sum())
        if not second > 0:
            return Adjusted(1.0, np.inf)
        if size == 1:
            return Adjusted(1.0, 2 / second)
        return _matched(size, first, second)


def _matched(size: int, first: float, second: float) -> Adjusted:
    """Match the first two moments of the statistic with those of an F distribution."""
    b = (first + 6 * second) / (2 * size)
    g = ((size + 1) * first - (size + 4) * second) / ((size + 2) * second)
    base = 3 * size + 2 * (1 - g)
    c1, c2, c3 = g / base, (size - g) / base, (size + 2 - g) / base
    # Mean and variance of an F are infinite at 2 and 4 degrees of freedom, so their
    # inverses are computed.
    mean = 1 - second / size
    variance = size / 2 * (1 - c2 * b) ** 2 * (1 - c3 * b) / (1 + c1 * b)
    if mean == 0:
        return Adjusted(1.0, 2.0)
    ratio = 2 * variance / mean**2
    left = size - ratio
    if abs(left) < 1e-12 * size:
        return Adjusted(1.0, np.inf)
    df = 4 + (size + 2) * ratio / left
    scale = mean * df / (df - 2) if abs(df - 2) > 1e-6 else 1.0
    return Adjusted(scale, df)
