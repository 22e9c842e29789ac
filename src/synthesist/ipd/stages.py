"""What one-stage and two-stage models take from their reader in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.effects import EffectTable, effect_table
from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Vector


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Summaries:
    """Trials of which only a log hazard ratio and its variance are known (k,)."""

    trials: tuple[str, ...]
    y: Vector
    v: Vector

    def __len__(self) -> int:
        return len(self.trials)


NONE = Summaries(trials=(), y=np.empty(0), v=np.empty(0))


def summaries(table: Any, taken: tuple[str, ...] = ()) -> Summaries:
    """Read the trials known by their summary only.

    Parameters
    ----------
    table : EffectTable, path, frame, mapping of columns, or None
        Hazard ratios in any form that `synthesist.effect_table` reads as ``HR``.
    taken : tuple of str
        Trials whose patients are in the analysis.

    Raises
    ------
    InvalidInput
        If a trial is both, so that it would count twice, or the table holds
        another measure than hazard ratios.
    """
    if table is None:
        return NONE
    effects = (
        table
        if isinstance(table, EffectTable)
        else effect_table(table, "HR", study=_label_column(table))
    )
    if effects.measure.code not in {"HR", "GEN"}:
        raise InvalidInput(
            f"The summaries are of the measure {effects.measure.code}.",
            remedy="give log hazard ratios (HR)",
        )
    kept = np.flatnonzero(effects.included)
    names = tuple(str(effects.study[i]) for i in kept.tolist())
    twice = [name for name in names if name in taken]
    if twice:
        raise InvalidInput(
            f"{', '.join(twice)} is there with its patients and as a summary: it would count twice.",
            remedy="take one of them out",
        )
    return Summaries(trials=names, y=effects.y[kept], v=effects.v[kept])


def _label_column(table: Any) -> str | None:
    """Accept ``trial`` beside ``study`` as the name of the column of labels."""
    columns: Any = getattr(table, "columns", table)
    if isinstance(columns, str) or not hasattr(columns, "__contains__"):
        return None
    return "trial" if "trial" in columns and "study" not in columns else None
