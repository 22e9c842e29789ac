"""How much an answer hangs on a correlation that nobody reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.effects.build import effect_table, find_measure
from synthesist.effects.table import EffectTable
from synthesist.errors import InvalidInput
from synthesist.tables import Vector, give_back

#: What is tried when the caller does not say.
USUAL = (0.1, 0.3, 0.5, 0.7, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """The same studies at several correlations; pool each to see what depends on it."""

    tables: Mapping[float, EffectTable]

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a correlation and study, in the caller's kind of frame."""
        first = next(iter(self.tables.values()))
        rows = [(r, table) for r, table in self.tables.items()]
        return give_back(
            {
                "r": [r for r, table in rows for _ in range(len(table))],
                "study": [label for _, table in rows for label in table.study],
                "yi": np.concatenate([table.y for _, table in rows]),
                "vi": np.concatenate([table.v for _, table in rows]),
            },
            first.native,
            backend,
        )


def sweep_r(
    data: Any, measure: str, *, r: Sequence[float] = USUAL, **options: Any
) -> Sweep:
    """Compute effects of groups before and after at several correlations.

    Parameters
    ----------
    data, measure, **options
        As in `effect_table`.
    r : sequence of float
        Correlations that stand in where a study gives none.

    Raises
    ------
    InvalidInput
        If the measure has no correlation, or none is given.
    """
    if not r:
        raise InvalidInput(
            "There is no correlation to try.", remedy="give some, r=(0.3, 0.7)"
        )
    if "r" not in _choices(measure):
        raise InvalidInput(
            f"{measure} does not depend on a correlation of before and after.",
            remedy="choose a measure of change such as MC, SMCR or DMC",
        )
    tables = {float(x): effect_table(data, measure, r=x, **options) for x in r}
    return Sweep(tables=tables)


def _choices(measure: str) -> set[str]:
    """Return the choices on which derived cells of a measure depend."""
    return {
        derivation.rule
        for route in find_measure(measure).routes
        for derivation in route.derivations
        if derivation.rule and derivation.role in route.roles
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class IndependentGroups:
    """Before and after taken as independent groups, and the same as what it is.

    `variance_ratio` (k,) says how many times the variance is larger for it.
    """

    independent: EffectTable
    paired: EffectTable
    variance_ratio: Vector
    notes: tuple[str, ...]


def compare_independent_groups(
    data: Any, *, r: float | None = None, **options: Any
) -> IndependentGroups:
    """Show what it does to take before and after as independent groups.

    Parameters
    ----------
    data, **options
        As in `effect_table`, with columns of groups before and after.
    r : float, optional
        The correlation where the data do not give it.
    """
    independent = effect_table(data, "SMCI", **options)
    paired = effect_table(data, "SMCRP", r=r, **options)
    ratio = independent.v / paired.v
    known = ratio[np.isfinite(ratio)]
    notes = (
        (
            f"Taken as independent groups, the variances are {known.min():.2f} to {known.max():.2f} times those of the same patients before and after.",
        )
        if known.size
        else ()
    )
    return IndependentGroups(
        independent=independent, paired=paired, variance_ratio=ratio, notes=notes
    )
