"""Patients of several files become one data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Vector
from synthesist.survival.cells import smallest_codes
from synthesist.survival.data import Covariate, SurvivalData


def combine(parts: Sequence[SurvivalData]) -> SurvivalData:
    """Put the trials of several data sets one after the other.

    A covariate that a trial has not recorded is missing for its patients; the
    categories of all trials are put together. Rows are numbered through.

    Raises
    ------
    InvalidInput
        If a trial is in two of them, a covariate is a number in one and a
        category in another, or some have arms, entry times or weights and others
        do not.
    """
    if len(parts) == 1:
        return parts[0]
    names = [name for part in parts for name in part.trials]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(
            f"{', '.join(twice)} is in two files.",
            remedy="give each trial its own name",
        )
    if len({part.arms for part in parts}) > 1:
        arms = parts[0].arms
        parts = [replace(part, arms=arms) for part in parts]
    offsets = np.cumsum([0, *(len(part) for part in parts)])
    covariates = dict.fromkeys(name for part in parts for name in part.covariates)
    return SurvivalData(
        exit=np.concatenate([part.exit for part in parts]),
        event=np.concatenate([part.event for part in parts]),
        entry=_entries(parts),
        treated=_all_or_none(parts, "treated", "an arm"),
        trials=tuple(names),
        starts=np.concatenate(
            [
                [0],
                *(o + p.starts[1:] for o, p in zip(offsets[:-1], parts, strict=True)),
            ]
        ).astype(np.intp),
        covariates={name: _covariate(parts, name) for name in covariates},
        weights=_all_or_none(parts, "weights", "case weights"),
        cluster=_clusters(parts),
        row=np.concatenate(
            [o + p.row for o, p in zip(offsets[:-1], parts, strict=True)]
        ).astype(np.int32),
        arms=parts[0].arms,
        columns=parts[0].columns,
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        native=None,
    )


def _all_or_none(parts: Sequence[SurvivalData], name: str, what: str) -> Any:
    """Return what every part has, None if none has it."""
    values = [getattr(part, name) for part in parts]
    if all(value is None for value in values):
        return None
    lacking = [p.trials[0] for p, v in zip(parts, values, strict=True) if v is None]
    if lacking:
        raise InvalidInput(
            f"{', '.join(lacking)} has not {what}, other trials have.",
            remedy="name the same roles for every file",
        )
    return np.concatenate(values)


def _entries(parts: Sequence[SurvivalData]) -> Vector | None:
    """Return entry times; a file without them has patients observed from zero."""
    if all(part.entry is None for part in parts):
        return None
    return np.concatenate(
        [np.zeros(len(p)) if p.entry is None else p.entry for p in parts]
    )


def _clusters(parts: Sequence[SurvivalData]) -> Any:
    """Return clusters, those of different files never the same."""
    found = _all_or_none(parts, "cluster", "clusters")
    if found is None:
        return None
    codes = np.empty(len(found), dtype=np.intp)
    at = high = 0
    for part in parts:
        own = np.asarray(part.cluster, dtype=np.intp)
        codes[at : at + len(own)] = own + high
        at, high = at + len(own), high + int(own.max()) + 1
    return smallest_codes(codes, high)


def _covariate(parts: Sequence[SurvivalData], name: str) -> Covariate:
    """Return one covariate of all trials."""
    held = [part.covariates.get(name) for part in parts]
    recorded = [c for c in held if c is not None and not c.missing.all()]
    kinds = {bool(c.levels) for c in recorded}
    if len(kinds) > 1:
        raise InvalidInput(
            f"{name} is a number in some trials and a category in others.",
            remedy="code it alike, or name it in categories",
        )
    levels = sorted({level for c in recorded for level in c.levels})
    pieces: list[Vector] = []
    for part, covariate in zip(parts, held, strict=True):
        if covariate is None or covariate.missing.all():
            pieces.append(np.full(len(part), np.nan))
        elif not levels:
            pieces.append(covariate.values)
        else:
            place = np.array([levels.index(x) for x in covariate.levels], dtype=float)
            known = ~covariate.missing
            values = np.full(len(part), np.nan)
            values[known] = place[covariate.values[known].astype(np.intp)]
            pieces.append(values)
    return Covariate(values=np.concatenate(pieces), levels=tuple(levels))
