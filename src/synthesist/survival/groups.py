"""Patients apart by arm, by trial or by a category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.survival.cells import Codes, smallest_codes
from synthesist.survival.data import SurvivalData
from synthesist.survival.terms import ARM

#: A number with more values than this is no category.
MOST_VALUES = 12


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Groups:
    """Codes (n,) of groups and their labels.

    Who belongs to none, because a category was not recorded, has the code after
    the last.
    """

    codes: Codes
    labels: tuple[str, ...]


def groups_of(data: SurvivalData, by: str | Sequence[str] | None) -> Groups:
    """Return the groups by arm (``treated``), ``trial``, a category, or several.

    Raises
    ------
    InvalidInput
        If a name is not known, or a number has too many values for groups.
    """
    names = () if by is None else (by,) if isinstance(by, str) else tuple(by)
    if names == (ARM,) and ARM not in data.covariates:
        treated = data.arm()
        if treated.any() and not treated.all():
            return Groups(treated.view(np.uint8), data.arms)
    codes = np.zeros(len(data), dtype=np.intp)
    labels: tuple[str, ...] = ("",)
    nowhere = np.zeros(len(data), dtype=np.bool_)
    for name in names:
        one, own = _one(data, name)
        nowhere |= one == len(own)
        codes = codes * len(own) + np.minimum(one, len(own) - 1)
        labels = tuple(
            f"{left}, {right}" if left else right for left in labels for right in own
        )
    codes[nowhere] = len(labels)
    present = [
        i for i, found in enumerate(np.bincount(codes, minlength=len(labels))) if found
    ]
    kept = [i for i in present if i < len(labels)]
    place = np.full(len(labels) + 1, len(kept), dtype=np.intp)
    place[kept] = np.arange(len(kept))
    return Groups(
        smallest_codes(place[codes], len(kept) + 1),
        tuple(labels[i] or "all" for i in kept),
    )


def _one(data: SurvivalData, name: str) -> tuple[Codes, tuple[str, ...]]:
    """Return codes and labels of one grouping; the code after the last is nowhere."""
    if name == "trial":
        return data.trial, data.trials
    if name == ARM and name not in data.covariates:
        return data.arm().astype(np.uint8), data.arms
    covariate = data.covariate(name)
    missing = covariate.missing
    if covariate.levels:
        levels = covariate.levels
        codes = np.where(missing, len(levels), np.nan_to_num(covariate.values))
    else:
        values = np.unique(covariate.values[~missing])
        if len(values) > MOST_VALUES:
            raise InvalidInput(
                f"{name} has {len(values)} values: too many for groups.",
                remedy="cut it into categories first",
            )
        levels = tuple(f"{name} {value:g}" for value in values.tolist())
        codes = np.searchsorted(values, covariate.values)
        codes = np.where(missing, len(levels), codes)
    return smallest_codes(codes.astype(np.intp), len(levels) + 1), levels
