"""Many small groups of numbers side by side, so that one sum serves them all.

A panel holds groups of studies as the columns of (k, g) arrays. Sums over studies
then run down the columns, which numpy does for all groups at once over contiguous
memory: three times as fast as `numpy.add.reduceat` over concatenated groups. Short
groups are filled up with studies of infinite variance, whose weight is zero.

The most precise study of every group lies in the first row, and effects are
measured from it. One study may outweigh the others by any number of orders of
magnitude: formulas such as ``sum(w) - sum(w**2) / sum(w)`` can then be computed
from the first row and the rest, where nothing cancels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.numerics.sums import column_dot, column_sum

#: Elements in one panel: small enough for a processor's second-level cache, and for
#: the C library to reuse their memory instead of asking for new pages.
PANEL_SIZE = 16_000

#: A panel takes groups, the longest first, while they are this full or fuller.
FULLNESS = 0.75


class Weighed(NamedTuple):
    """A panel's groups, weighted at given tau².

    ``w`` (k, g) are the weights, zero for filling; ``total`` (g,) their sums;
    ``mean`` (g,) the weighted means measured from the panel's centre;
    ``residual`` (k, g) the effects minus their mean; ``score`` is
    ``w * residual`` (k, g).
    """

    w: Matrix
    total: Vector
    mean: Vector
    residual: Matrix
    score: Matrix

    @property
    def q(self) -> Vector:
        """Return generalised Q, ``sum(w (y - mean)**2)`` (g,)."""
        return column_dot(self.score, self.residual)


@dataclass(frozen=True)
class Panel:
    """Groups of studies as columns.

    Parameters
    ----------
    y : (k, g) array
        Effects measured from `centre`; the first row is zero, filling is zero.
    v : (k, g) array
        Sampling variances, the smallest in the first row; infinite for filling.
    k : (g,) array
        Number of studies of each group, as floats; at least 1.
    centre : (g,) array
        Effect of the most precise study.
    filled : bool
        Whether any group is shorter than the panel.
    given : (k, g) array, optional
        Weights that the caller chose, zero for filling.
    """

    y: Matrix
    v: Matrix
    k: Vector
    centre: Vector
    filled: bool
    given: Matrix | None = None

    @property
    def groups(self) -> int:
        """Return the number of groups."""
        return self.k.shape[0]

    @cached_property
    def common(self) -> Weighed:
        """The groups weighted without tau², which nearly every method needs."""
        return weigh(self, 0.0)

    @cached_property
    def finite_v(self) -> Matrix:
        """The variances with zero for filling, for plain sums."""
        return np.where(np.isinf(self.v), 0.0, self.v) if self.filled else self.v

    def take(self, index: Indices) -> Panel:
        """Return the panel of some of the groups."""
        return Panel(
            self.y.take(index, axis=1),
            self.v.take(index, axis=1),
            self.k[index],
            self.centre[index],
            self.filled,
            None if self.given is None else self.given.take(index, axis=1),
        )

    def repeat(self, times: int) -> Panel:
        """Return the panel of all groups, repeated as a whole."""
        if times == 1:
            return self
        return Panel(
            np.tile(self.y, times),
            np.tile(self.v, times),
            np.tile(self.k, times),
            np.tile(self.centre, times),
            self.filled,
            None if self.given is None else np.tile(self.given, times),
        )

    def present(self) -> Matrix:
        """Return 1 for a study and 0 for filling, (k, g)."""
        return np.isfinite(self.v).astype(np.float64)


def weigh(panel: Panel, tau2: Vector | float) -> Weighed:
    """Weight every study by ``1 / (v + tau2)``.

    A panel of one group may be weighted at several tau² (n,) at once.
    """
    w = panel.v + tau2
    return weigh_by(panel, np.divide(1.0, w, out=w))


def weigh_by(panel: Panel, w: Matrix) -> Weighed:
    """Weight every study by `w`, which must be zero for filling."""
    total = column_sum(w)
    mean = column_dot(w, panel.y) / total
    residual = panel.y - mean
    return Weighed(w, total, mean, residual, w * residual)


def single_panel(y: Vector, v: Vector, given: Vector | None = None) -> Panel:
    """Return the panel of one group, given effects and variances (k,), k >= 1."""
    return panel_of(
        y[:, None],
        v[:, None],
        np.array([float(len(y))]),
        None if given is None else given[:, None],
    )


def panel_of(y: Matrix, v: Matrix, k: Vector, given: Matrix | None = None) -> Panel:
    """Return a panel of columns, with the most precise study moved to the front.

    Parameters
    ----------
    y, v : (n, g) arrays
        Effects and variances; rows that a group does not use have an infinite
        variance and any finite effect.
    k : (g,) array
        Number of studies in each group.
    given : (n, g) array, optional
        Weights of the caller, zero in rows that a group does not use.
    """
    columns = np.arange(y.shape[1], dtype=np.intp)
    first = v.argmin(axis=0)
    centre = y[first, columns]
    y = y - centre
    y[first, columns] = y[0]
    y[0] = 0.0
    filled = bool((k < y.shape[0]).any())
    v = _first_row(v, first, columns)
    if filled:
        y[np.isinf(v)] = 0.0
    if given is not None:
        given = _first_row(given, first, columns)
    return Panel(y, v, k, centre, filled, given)


def _first_row(values: Matrix, first: Indices, columns: Indices) -> Matrix:
    """Return a copy with one row of each column exchanged for the first."""
    values = values.copy()
    leading = values[first, columns]
    values[first, columns] = values[0]
    values[0] = leading
    return values


def ragged_panels(
    y: Vector, v: Vector, starts: Indices, counts: Indices
) -> Iterator[tuple[Indices, Panel]]:
    """Pack concatenated groups of any length into panels of similar length.

    Parameters
    ----------
    y, v : (n,) arrays
        Effects and variances of all groups, one after the other.
    starts, counts : (g,) arrays
        Where each group begins, and its length, at least 1.

    Yields
    ------
    index, panel
        Positions of the panel's groups among `starts`, and the panel.
    """
    order = np.argsort(-counts, kind="stable")
    lengths = counts[order]
    begin = 0
    while begin < len(order):
        longest = int(lengths[begin])
        room = begin + max(1, PANEL_SIZE // longest)
        # `lengths` falls, so its negative rises and can be searched.
        short = int(np.searchsorted(-lengths, -FULLNESS * longest, side="right"))
        end = min(room, max(short, begin + 1), len(order))
        index = order[begin:end]
        rows = np.arange(longest)[:, None]
        used = rows < counts[index]
        place = np.where(used, starts[index] + rows, starts[index])
        yield (
            index,
            panel_of(
                y[place],
                np.where(used, v[place], np.inf),
                counts[index].astype(np.float64),
            ),
        )
        begin = end
