"""Notes on heterogeneity for methods that look at significant results only."""

from __future__ import annotations

import numpy as np

from synthesist.effects import EffectTable
from synthesist.pooling.pool import usable

#: From so much I² on, in per cent, effects differ too much for one effect to be meant
#: (van Aert, Wicherts and van Assen 2016, who call half of it large).
LARGE_I2 = 50.0

LARGE_SCATTER = (
    "Effects differ much (I² from Q = {i2:.0f}%): what is found holds for the significant "
    "studies and overstates the mean of all."
)
DEPENDENT = (
    "Some studies have several effects: take one for each study, as P values must be "
    "independent."
)


def notes_on_scatter(table: EffectTable) -> tuple[str, ...]:
    """Say when effects differ too much, or are not independent."""
    y, v = usable(table)
    notes: list[str] = []
    w = 1 / v
    q = float((w * (y - (w * y).sum() / w.sum()) ** 2).sum())
    i2 = 100 * max(0.0, 1 - (len(y) - 1) / q) if q > 0 else 0.0
    if i2 > LARGE_I2:
        notes.append(LARGE_SCATTER.format(i2=i2))
    included = np.flatnonzero(table.included).tolist()
    if len({table.study[i] for i in included}) < len(included):
        notes.append(DEPENDENT)
    return tuple(notes)
