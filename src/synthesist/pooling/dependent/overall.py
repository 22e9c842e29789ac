"""One correlation of true effects and sampling errors together.

Where the correlation of the sampling errors within studies is not known, the model of
Riley and colleagues takes effects as correlated by one number for each pair of
outcomes, over and above both kinds of variance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.pooling.dependent.blocks import Blocks, Stack, Stacked, stack_blocks
from synthesist.pooling.dependent.sampling import SamplingCovariance
from synthesist.pooling.dependent.terms import Term


@dataclass(frozen=True)
class Overall:
    """The layout of such a model.

    Parameters
    ----------
    base : Blocks
        The studies, as for any multivariate model.
    v : (n,) array
        Sampling variances.
    """

    terms: tuple[Term, ...]
    order: Indices
    base: Blocks
    v: Vector

    def at(self, theta: Sequence[Vector]) -> OverallStacked:
        """Return the marginal covariance at the parameters of the term."""
        return OverallStacked(self, tuple(theta))


def overall_layout(term: Term, V: SamplingCovariance) -> Overall:
    """Return the layout of one term with an unstructured shape."""
    base = stack_blocks((term,), V, term.outer)
    return Overall((term,), base.order, base, V.v)


class OverallStacked(Stacked):
    """Studies at given parameters.

    References
    ----------
    Riley RD, Thompson JR, Abrams KR. Biostatistics 2008;9:172.
    doi:10.1093/biostatistics/kxm023
    """

    def __init__(self, layout: Overall, theta: tuple[Vector, ...]) -> None:
        (self.term,) = layout.terms
        m = self.term.shape.size
        self.sd = theta[0][:m]
        unit = theta[0].copy()
        unit[:m] = 1.0
        self.unit = self.term.shape.matrix(unit)
        inner = np.append(self.term.inner, 0)
        total = np.append(layout.v, 1.0)
        real = np.append(np.ones(len(layout.v)), 0.0)
        self.root = np.sqrt(total + real * self.sd[inner] ** 2)
        self.inner = inner
        self.real = real
        super().__init__(layout.base, theta)

    def _marginal(self, stack: Stack) -> NDArray[np.float64]:
        """Return M (b, s, s) of a stack."""
        found = self._products(stack) * _within(self.unit.matrix, stack)
        size = stack.rows.shape[1]
        found[:, np.arange(size), np.arange(size)] = self.root[stack.rows] ** 2
        return found

    def _products(self, stack: Stack) -> NDArray[np.float64]:
        """Return the products of total standard deviations of two rows."""
        root = self.root[stack.rows]
        return root[:, :, None] * root[:, None, :]

    @cached_property
    def slopes(self) -> list[list[NDArray[np.float64]]]:
        """The derivatives of M by each parameter, one list of stacks each."""
        m = self.term.shape.size
        found = [
            [self._by_deviation(stack, level) for stack in self.layout.stacks]
            for level in range(m)
        ]
        found += [
            [self._products(s) * _within(slope, s) for s in self.layout.stacks]
            for slope in self.unit.derivatives[m:]
        ]
        return found

    def _by_deviation(self, stack: Stack, level: int) -> NDArray[np.float64]:
        """Return the derivative of M by the standard deviation of a level."""
        rows = stack.rows
        root = self.root[rows]
        own = (self.inner[rows] == level) * self.real[rows]
        change = own * self.sd[level] / root
        both = change[:, :, None] * root[:, None, :]
        found = (both + np.swapaxes(both, 1, 2)) * _within(self.unit.matrix, stack)
        size = rows.shape[1]
        found[:, np.arange(size), np.arange(size)] = 2 * own * self.sd[level]
        return found


def _within(matrix: Matrix, stack: Stack) -> NDArray[np.float64]:
    """Return the entries of T for two rows of a study, zero for others."""
    return np.append(matrix.reshape(-1), 0.0)[stack.places[0]]
