"""The counts of two groups, as the methods take them that need no study effects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Mask, Vector


@dataclass(frozen=True, slots=True)
class Groups:
    """Events and sizes, or times at risk, of two groups; (k,) each.

    `used` says which rows of the effect table they are.
    """

    used: Mask
    a: Vector
    n1: Vector
    c: Vector
    n2: Vector

    @property
    def total(self) -> Vector:
        """Return both sizes, or times, together."""
        return self.n1 + self.n2

    @property
    def events(self) -> Vector:
        """Return the events of both groups together."""
        return self.a + self.c

    def only(self, wanted: Mask) -> Groups:
        """Return the groups of the studies where `wanted` is true."""
        kept = wanted[self.used]
        columns = (self.a, self.n1, self.c, self.n2)
        return Groups(self.used & wanted, *(column[kept] for column in columns))

    def corrected(self, add: float, *, people: bool) -> Groups:
        """Return the groups with `add` in every cell of a table with a zero.

        `people` says that the sizes are numbers of people, of whom those without
        an event are cells too; times at risk stay as they are.
        """
        cells = [self.a, self.c]
        if people:
            cells += [self.n1 - self.a, self.n2 - self.c]
        by = np.where(np.min(cells, axis=0) == 0, add, 0.0)
        grown = 2 * by if people else 0.0 * by
        return Groups(
            self.used, self.a + by, self.n1 + grown, self.c + by, self.n2 + grown
        )


def counts_of(effects: EffectTable, model: str) -> Groups:
    """Return events and sizes of two groups; see `_columns`."""
    return _columns(effects, ("events_t", "n_t", "events_c", "n_c"), model)


def rates_of(effects: EffectTable, model: str) -> Groups:
    """Return events and times at risk of two groups; see `_columns`."""
    return _columns(effects, ("events_t", "time_t", "events_c", "time_c"), model)


def _columns(effects: EffectTable, roles: tuple[str, ...], model: str) -> Groups:
    """Return the uncorrected counts of every row that has them all.

    Raises
    ------
    InvalidInput
        If the effects were not computed from such counts.
    NotEstimable
        If no row has them.
    """
    missing = [role for role in roles if role not in effects.cells]
    if missing:
        raise InvalidInput(
            f"{model} needs the columns {', '.join(roles)}; there is no {missing[0]}.",
            remedy="give the counts of both groups, or pool with the model iv",
        )
    found = [effects.cells[role] for role in roles]
    used = np.logical_and.reduce([np.isfinite(column) for column in found])
    if not used.any():
        raise NotEstimable(
            "No study has counts to pool.",
            remedy="look at the notes of the studies for what is missing",
        )
    return Groups(used, *(column[used] for column in found))
