"""How much of the variance lies where, and how much of it moderators explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthesist.numerics.arrays import Indices, Matrix
from synthesist.pooling.dependent.components import components_of
from synthesist.pooling.dependent.estimate import Estimated, same_components
from synthesist.pooling.dependent.terms import Term
from synthesist.pooling.regression.columns import moderators_of, take
from synthesist.pooling.regression.design import read_formula

if TYPE_CHECKING:
    from synthesist.pooling.dependent.fit import DependentFit

#: The key under which all shares are added up.
TOTAL = "total"


def shares(estimated: Estimated) -> dict[str, float]:
    """Return I² for each factor, in per cent of the variance of a single effect.

    Where a factor has inner levels with variances of their own, it is of each level:
    the variances of the rows of that level, and their typical sampling variance.

    References
    ----------
    Cheung MW. Psychol Methods 2014;19:211. doi:10.1037/a0032968
    """
    terms = estimated.model.terms
    diagonals = [np.diagonal(T) for T in estimated.matrices]
    split = [t for t, term in enumerate(terms) if _differ(term)]
    found: dict[str, float] = {}
    parts: list[tuple[str, Indices | None]] = [("", None)]
    if split:
        term = terms[split[0]]
        parts = [
            (level, np.flatnonzero(term.inner == i))
            for i, level in enumerate(term.levels)
        ]
    for level, rows in parts:
        typical = estimated.typical(rows)
        if typical is None:
            continue
        own = [
            float(diagonal[term.inner if rows is None else term.inner[rows]].mean())
            for term, diagonal in zip(terms, diagonals, strict=True)
        ]
        whole = sum(own) + typical
        for term, value in zip(terms, own, strict=True):
            found[_key(term.name, level)] = 100 * value / whole
        found[_key(TOTAL, level)] = 100 * sum(own) / whole
    return found


def _differ(term: Term) -> bool:
    """Say whether a term has a variance for each inner level."""
    return any(p.kind in {"variance", "sd"} and p.levels for p in term.shape.parameters)


def _key(name: str, level: str) -> str:
    return f"{name}: {level}" if level else name


def explained(fit: DependentFit, null: str | None) -> dict[str, float | None]:
    """Compare the variances with those of a model without moderators.

    References
    ----------
    Raudenbush SW. In: Cooper H, Hedges LV (eds). The Handbook of Research Synthesis.
    Russell Sage, 1994:301.
    """
    before = components_of(same_components(fit.estimated, _null_design(fit, null)))
    found: dict[str, float | None] = {}
    for old, new in zip(before, fit.components, strict=True):
        if old.kind != "variance":
            continue
        found[": ".join((new.term, *new.levels))] = (
            100 * max(0.0, 1 - new.value / old.value) if old.value > 0 else None
        )
    return found


def _null_design(fit: DependentFit, null: str | None) -> Matrix:
    """Return the design without moderators."""
    inner = [term for term in fit.estimated.model.terms if _differ(term)]
    if null is None and inner:
        term = inner[0]
        found = np.zeros((fit.k, term.shape.size))
        found[np.arange(fit.k), term.inner] = 1.0
        return found[:, found.any(axis=0)]
    asked = read_formula(null or "~ 1")
    index = np.flatnonzero(fit.used).tolist()
    values = moderators_of(fit.effects, asked.columns)
    part = {name: take(column, index) for name, column in values.items()}
    return asked.build(part, len(index)).X
