"""A selection function set against given studies: weights of pieces and of studies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.pooling.selection.atoms import (
    FARTHEST,
    Atoms,
    Grid,
    cells,
    grid,
    points,
)
from synthesist.pooling.selection.functions import Curve, LogWeight


@dataclass(frozen=True)
class Pieces:
    """Weights that are constant between edges.

    Parameters
    ----------
    edges : (k or 1, c + 1) array
        On the scale of z, ascending, the ends infinite.
    label : (c,) array of int
        Which weight each interval has.
    own : (k,) array of int
        Which weight each study has.
    count : int
        Number of weights.
    """

    edges: Matrix
    label: Indices
    own: Indices
    count: int

    def atoms(self, m: Vector, s: Vector) -> Atoms:
        """Return the intervals as pieces."""
        return cells(self.edges, m, s)

    def weigh(self, logs: Vector) -> tuple[LogWeight, LogWeight]:
        """Return weights of pieces (1, c) and of studies (k,), given log weights.

        Derivatives are in the log weights.
        """
        unit = np.eye(self.count)
        pieces = LogWeight(logs[self.label][None], unit[:, self.label][:, None])
        return pieces, LogWeight(logs[self.own], unit[:, self.own])


@dataclass(frozen=True)
class Smooth:
    """Weights that are a curve of the P value.

    Parameters
    ----------
    curve : callable
    z : (k,) array
        Of the studies, above zero in the favoured direction.
    precision : (k,) array or None
        What the parameter is multiplied with.
    alpha : float
        The P value up to which every weight is 1.
    two_sided : bool
    censored : float
        P values are not nearer to 0 or 1.
    halvings : int
        Of the panels of the quadrature.
    """

    curve: Curve
    z: Vector
    precision: Vector | None
    alpha: float
    two_sided: bool
    censored: float
    halvings: int = 0

    @cached_property
    def grid(self) -> Grid:
        """The points at which the weight is evaluated."""
        from scipy.special import ndtri

        tail = 0.5 if self.two_sided else 1.0
        farthest = FARTHEST
        breaks = [0.0]
        if self.censored:
            farthest = float(-ndtri(tail * self.censored))
            if self.two_sided:
                inner = float(-ndtri(tail * (1 - self.censored)))
                breaks += [-inner, inner]
        if self.alpha:
            cut = float(-ndtri(tail * self.alpha))
            breaks += [cut, -cut] if self.two_sided else [cut]
        return grid(np.array(breaks), farthest=farthest, halvings=self.halvings)

    @cached_property
    def _probabilities(self) -> tuple[Vector, Vector, Vector, Vector]:
        """P values and what is left to 1, at the grid with its tails and for studies."""
        found = self.grid
        ends = [[found.low], found.z, [found.high]]
        at = self._p(np.concatenate(ends))
        return (*at, *self._p(self.z))

    def _p(self, z: Vector) -> tuple[Vector, Vector]:
        """Return P values, censored, and what is left to 1."""
        from scipy.special import ndtr

        if self.two_sided:
            p = 2 * ndtr(-np.abs(z))
            rest = ndtr(np.abs(z)) - ndtr(-np.abs(z))
        else:
            p, rest = ndtr(-z), ndtr(z)
        if self.censored:
            low, high = self.censored, 1 - self.censored
            p, rest = np.clip(p, low, high), np.clip(rest, low, high)
        return p, rest

    def atoms(self, m: Vector, s: Vector) -> Atoms:
        """Return points and tails as pieces."""
        return points(self.grid, m, s)

    def weigh(self, delta: Vector) -> tuple[LogWeight, LogWeight]:
        """Return weights of pieces (k or 1, n) and of studies (k,)."""
        p, rest, own_p, own_rest = self._probabilities
        precision = np.ones(1) if self.precision is None else self.precision
        pieces = self._above(
            p[None],
            self.curve(p[None], rest[None], delta, precision[:, None], self.alpha),
        )
        own = self.curve(own_p, own_rest, delta, precision, self.alpha)
        return pieces, self._above(own_p, own)

    def _above(self, p: Vector, found: LogWeight) -> LogWeight:
        """Return weights that are 1 up to the threshold."""
        if not self.alpha:
            return found
        flat = p <= self.alpha
        bend = found.bend
        return LogWeight(
            np.where(flat, 0.0, found.value),
            np.where(flat, 0.0, found.slopes),
            None if bend is None else np.where(flat, 0.0, bend),
        )


def step_edges(steps: Vector, *, two_sided: bool) -> tuple[Matrix, Indices]:
    """Return edges (1, c + 1) of z and the label of each interval, for steps of p.

    The first label is that of the smallest P values.
    """
    from scipy.special import ndtri

    tail = 0.5 if two_sided else 1.0
    cuts = -ndtri(tail * steps)
    if two_sided:
        inner = np.concatenate([-cuts, cuts[::-1]])
        down = np.arange(len(steps) + 1)
        label = np.concatenate([down, down[-2::-1]])
    else:
        inner = cuts[::-1]
        label = np.arange(len(steps), -1, -1)
    edges = np.concatenate([[-np.inf], inner, [np.inf]])[None]
    return edges, np.asarray(label, dtype=np.intp)


def size_edges(cuts: Vector, se: Vector) -> tuple[Matrix, Indices]:
    """Return edges (k, c + 1) of z and labels, for cuts (c - 1,) of the effect itself."""
    inner = np.sort(cuts)[None] / se[:, None]
    ends = np.full((len(se), 1), np.inf)
    edges = np.concatenate([-ends, inner, ends], axis=1)
    return edges, np.arange(len(cuts), -1, -1, dtype=np.intp)
