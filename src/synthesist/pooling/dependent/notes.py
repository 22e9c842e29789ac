"""What the reader of a model with dependent effects must know."""

from __future__ import annotations

import numpy as np

from synthesist.numerics.maximise import Maximum
from synthesist.pooling.dependent.components import Component, components_of
from synthesist.pooling.dependent.estimate import Estimated

#: With fewer groups a variance between them is hardly known.
FEW_GROUPS = 5

#: The log-likelihood of another maximum, below which it needs no mention.
FAR = 10.0

ZERO = (
    "The {name} is estimated as zero: groups differ no more than chance explains. This "
    "is not proof that they do not differ."
)
EDGE = "The {name} is estimated at its limit, {value:.3g}: the data hardly tell it."
SECOND = (
    "The likelihood has another maximum, {gap:.2g} below the one that is used, with "
    "{values}."
)
FLAT = (
    "The likelihood hardly depends on some combination of the components, so they "
    "cannot all be told from these data."
)
GROUPS = (
    "There are {groups} groups of {term}, too few to say how much such groups differ."
)
NO_ROW = (
    "Effects within the innermost groups are taken to differ by their sampling errors "
    "only; add the level 'row' to let them differ."
)
NO_COVARIANCE = (
    "Sampling errors are taken as independent. Effects from the same patients are not: "
    "give their covariance, or see whether the answer changes with one that is assumed."
)

OVERALL = (
    "The sampling covariances are not known; the correlation is of true effects and "
    "sampling errors together, and says nothing of either alone."
)


def notes_of(
    estimated: Estimated, components: tuple[Component, ...]
) -> tuple[str, ...]:
    """Return the notes of one fit."""
    best, notes = estimated.best, list[str]()
    for component in components:
        if component.at_bound:
            text = ZERO if component.kind == "variance" else EDGE
            notes.append(text.format(name=component.name, value=component.value))
    for name, groups in {c.term: c.groups for c in components}.items():
        if groups < FEW_GROUPS:
            notes.append(GROUPS.format(groups=groups, term=name))
    if best.flat:
        notes.append(FLAT)
    notes += _other_maxima(estimated)
    notes += _structure(estimated)
    return tuple(notes)


def _other_maxima(estimated: Estimated) -> list[str]:
    """Tell of the second highest maximum, if it is not far below."""
    if len(estimated.maxima) < 2:
        return []
    best, second = estimated.maxima[:2]
    gap = best.value - second.value
    if gap > FAR or _same_place(estimated, best, second):
        return []
    there = Estimated(estimated.model, estimated.problem, [second])
    values = ", ".join(f"{c.name} {c.value:.3g}" for c in components_of(there))
    return [SECOND.format(gap=max(gap, 0.0), values=values)]


def _same_place(estimated: Estimated, a: Maximum, b: Maximum) -> bool:
    """Say whether two maxima are one model, though reached with other parameters."""
    parts = [
        [
            term.shape.matrix(theta).matrix
            for term, theta in zip(
                estimated.model.terms, estimated.problem.split(m.at), strict=True
            )
        ]
        for m in (a, b)
    ]
    return all(
        np.allclose(x, y, rtol=1e-4, atol=1e-6)
        for x, y in zip(parts[0], parts[1], strict=True)
    )


def _structure(estimated: Estimated) -> list[str]:
    """Say what the model leaves out."""
    model = estimated.model
    notes: list[str] = []
    rows = len(model.y)
    finest = any(
        len(np.unique(t.outer * t.shape.size + t.inner)) == rows for t in model.terms
    )
    if not finest:
        notes.append(NO_ROW)
    if model.overall:
        notes.append(OVERALL)
    elif model.structures and model.V.diagonal:
        notes.append(NO_COVARIANCE)
    return notes
