"""Trials that randomised groups: what their size and variance are worth.

References
----------
Higgins JPT, Eldridge S, Li T. Cochrane Handbook, chapter 23. 2023.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from synthesist.effects.notes import row_notes, table_notes
from synthesist.effects.table import EffectTable
from synthesist.effects.work import Indices, Remark
from synthesist.errors import InvalidInput, Problem
from synthesist.tables import Vector

CLUSTERS = Remark(
    "variance raised for clusters",
    "The variance of {studies} was raised by the design effect, because groups and not patients were randomised.",
)


def design_effect(size: ArrayLike, icc: ArrayLike, cv: ArrayLike = 0.0) -> Vector:
    """Return by how much clusters raise a variance (k,).

    Parameters
    ----------
    size : array
        Patients in a cluster, on average.
    icc : array
        Correlation within clusters, 0 to 1.
    cv : array, optional
        Coefficient of variation of the clusters' sizes.

    References
    ----------
    Eldridge SM, Ashby D, Kerry S. Int J Epidemiol 2006;35:1292. doi:10.1093/ije/dyl129
    """
    m, rho, spread = (np.asarray(x, dtype=np.float64) for x in (size, icc, cv))
    return 1 + ((1 + np.square(spread)) * m - 1) * rho


def effective_size(n: ArrayLike, effect: ArrayLike) -> Vector:
    """Return counts (k,) divided by the design effect, not rounded.

    Events and patients are divided by the same; a table of such counts is read
    with the variance of as many patients randomised one by one.
    """
    return np.asarray(n, dtype=np.float64) / np.asarray(effect, dtype=np.float64)


def for_clusters(
    effects: EffectTable, *, size: ArrayLike, icc: ArrayLike, cv: ArrayLike = 0.0
) -> EffectTable:
    """Return effects whose variances are raised by the design effect.

    Parameters
    ----------
    effects : EffectTable
        Computed as if patients had been randomised.
    size : (k,) array or float
        Patients in a cluster; 1 or NaN for trials that randomised patients.
    icc, cv : (k,) array or float
        See `design_effect`.

    Raises
    ------
    InvalidInput
        If a size is below 1, a correlation outside 0 to 1, or a `cv` below 0.
    """
    k = len(effects)
    sizes, rho, spread = (
        np.broadcast_to(np.asarray(x, dtype=np.float64), (k,)) for x in (size, icc, cv)
    )
    sizes = np.where(np.isnan(sizes), 1.0, sizes)
    wrong = (sizes < 1) | ~((rho >= 0) & (rho <= 1)) | ~(spread >= 0)
    clustered = sizes > 1
    problems = [
        Problem(
            message=f"Clusters of {sizes[i]:g} with a correlation of {rho[i]:g} cannot be",
            place=f"study {effects.study[i]}",
            remedy="give a size of at least 1 and a correlation from 0 to 1",
        )
        for i in np.flatnonzero(wrong & (clustered | (sizes < 1))).tolist()
    ]
    if problems:
        raise InvalidInput(problems=problems)
    raised = np.where(clustered, design_effect(sizes, rho, spread), 1.0)
    return noted(
        replace(effects, v=effects.v * raised),
        CLUSTERS,
        np.flatnonzero(clustered & effects.included),
    )


def noted(effects: EffectTable, remark: Remark, rows: Indices) -> EffectTable:
    """Return the table with one more remark on some of its rows."""
    if not rows.size:
        return effects
    remarks = {**effects.remarks, remark: rows}
    caution = effects.measure.caution
    return replace(
        effects,
        remarks=remarks,
        row_notes=row_notes(remarks, len(effects)),
        notes=tuple(filter(None, (*table_notes(remarks, effects.study), caution))),
        source=None,
    )
