"""What the reader of an answer adjusted for selection must know, and when not to use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthesist.numerics.printing import plain as short
from synthesist.pooling.regression.notes import NOT_CAUSAL
from synthesist.pooling.selection.functions import LARGEST

if TYPE_CHECKING:
    from synthesist.pooling.selection.fit import SelectionFit

#: Fewer studies than this cannot tell selection from chance.
ENOUGH = 10

#: Fewer studies than this in an interval hardly tell its weight.
FEW_INSIDE = 3

SENSITIVITY = (
    "The answer rests on the form of the selection function and on effects being "
    "normally distributed before selection: read it beside other functions, not as the "
    "truth."
)
FEW_STUDIES = (
    "{k} studies: with fewer than ten a selection model can hardly tell selection from "
    "chance, and should not be relied on."
)
GIVEN = "The weights were given, not estimated: this is the answer if selection were just so."
EMPTY_FIRST = (
    "No study lies in the interval of weight 1, so that the other weights have no upper "
    "limit; they stand at {limit:g}."
)
EMPTY = (
    "No study lies in {where}: its weight is estimated as zero, as if none like that "
    "were ever seen, and what is unseen follows from the normal distribution alone."
)
SPARSE = "Only {n} in {where}: the weight there is hardly known."
ONE_SIDE = (
    "All P values are {side} 0.025 (one-sided): the selection function beyond is not "
    "seen but follows from its form."
)
NO_SELECTION = (
    "The parameter of the selection function is estimated at its bound, no selection: "
    "the answer is the one without."
)
AT_LARGEST = (
    "{names} at its bound ({limit:g}): the likelihood still rises there, and there is no "
    "standard error."
)
ZERO_TAU2 = (
    "The estimate of tau² is zero: before selection the effects scatter no more than "
    "their variances explain. This is not proof that they do not differ."
)
NO_MAXIMUM = (
    "The likelihood still rises where the mean or tau² are beyond all reason: these "
    "studies cannot tell selection from the effect, and the estimates are no answer."
)
MODES = (
    "The likelihood has {count} maxima. The highest is taken; the next is lower by "
    "{gap}, with a {what} of {estimate} and tau² = {tau2}."
)
REVERSED = (
    "Weights grow as P values grow: the model describes something else than selection "
    "of significant results, and its answer should not be used as an adjustment for it."
)
DIRECTION = (
    "Selection is taken to favour effects {favoured} than zero, and without adjustment "
    "the mean effect lies on the other side."
)
DEPENDENT = (
    "Some studies have several effects, and the model takes all effects to be "
    "independent: standard errors are too small."
)
CONSERVATIVE = (
    "No selection is the bound of the parameter, so the P value of the test is too "
    "large, up to twice what it should be."
)
FLAT = (
    "The likelihood hardly depends on a combination of parameters, so there are no "
    "standard errors."
)


def notes_of(fit: SelectionFit) -> tuple[str, ...]:
    """Return the notes of a selection model."""
    estimated = [p for p in fit.parameters if not p.fixed]
    notes: list[str] = []
    if fit.k < ENOUGH:
        notes.append(FEW_STUDIES.format(k=fit.k))
    if len(fit.coefficients) > 1 or fit.formula != "~ 1":
        notes.append(NOT_CAUSAL)
    notes.append(SENSITIVITY if fit.test is not None else GIVEN)
    notes += _about_pieces(fit) if fit.setting.counts else _about_curve(fit)
    found, best = fit.found, fit.found.best
    at_top = [p.name for p in estimated if p.estimate >= LARGEST * (1 - 1e-9)]
    if at_top:
        notes.append(AT_LARGEST.format(names=", ".join(at_top), limit=LARGEST))
    if best.flat:
        notes.append(FLAT)
    if not found.likelihood.common and fit.tau2 == 0:
        notes.append(ZERO_TAU2)
    if found.edge:
        notes.append(NO_MAXIMUM)
    if fit.lower_modes:
        notes.append(_modes(fit))
    notes += _about_direction(fit)
    if len(set(fit.effects.study)) < len(fit.effects.study):
        notes.append(DEPENDENT)
    return tuple(notes)


def _about_pieces(fit: SelectionFit) -> list[str]:
    notes: list[str] = []
    for i, p in enumerate(fit.parameters):
        given = p.fixed and p.estimate > 0
        where = range_words(fit, i)
        if p.studies == 0 and i == 0 and any(not q.fixed for q in fit.parameters):
            notes.append(EMPTY_FIRST.format(limit=LARGEST))
        elif p.studies == 0 and not given:
            notes.append(EMPTY.format(where=where))
        elif p.studies and p.studies < FEW_INSIDE and not given:
            n = "1 study lies" if p.studies == 1 else f"{p.studies} studies lie"
            notes.append(SPARSE.format(n=n, where=where))
    last = fit.parameters[-1]
    if not last.fixed and fit.parameters[0].studies and last.estimate > 1:
        notes.append(REVERSED)
    return notes


def _about_curve(fit: SelectionFit) -> list[str]:
    notes: list[str] = []
    p = fit.setting.p
    if fit.alternative == "two-sided":
        p = p / 2
    if (p <= 0.025).all() or (p > 0.025).all():
        side = "at most" if (p <= 0.025).all() else "above"
        notes.append(ONE_SIDE.format(side=side))
    estimated = [q for q in fit.parameters if not q.fixed]
    if fit.function != "beta" and estimated:
        bound = estimated[0].estimate == 0
        notes.append(NO_SELECTION if bound else CONSERVATIVE)
    if fit.function == "beta" and estimated:
        weight, _, _ = fit.weights_at(np.array([0.025, 0.5]))
        if weight[1] > weight[0]:
            notes.append(REVERSED)
    return notes


def _modes(fit: SelectionFit) -> str:
    second = fit.lower_modes[0]
    plain = fit.formula == "~ 1"
    show = fit.effects.measure.scale.show if plain else short
    return MODES.format(
        count=len(fit.lower_modes) + 1,
        gap=short(fit.log_likelihood - second.log_likelihood),
        what="mean" if plain else f"coefficient {fit.coefficients[0].name}",
        estimate=show(second.coefficients[0]),
        tau2=short(second.tau2),
    )


def _about_direction(fit: SelectionFit) -> list[str]:
    if fit.alternative == "two-sided" or fit.formula != "~ 1":
        return []
    plain = fit.unadjusted.coefficients[0].estimate
    if plain * fit.setting.sign >= 0:
        return []
    favoured = "smaller" if fit.alternative == "less" else "larger"
    return [DIRECTION.format(favoured=favoured)]


def range_words(fit: SelectionFit, i: int) -> str:
    """Name an interval of P values or effects."""
    p = fit.parameters[i]
    if not fit.setting.function.by_size:
        low, high = f"{p.low:g}", f"{p.high:g}"
        return f"P up to {high}" if p.low == 0 else f"P {low} to {high}"
    assert p.low is not None  # noqa: S101 - pieces have ends
    assert p.high is not None  # noqa: S101
    show = fit.effects.measure.scale.show
    if np.isneginf(p.low):
        return f"effects below {show(p.high)}"
    if np.isinf(p.high):
        return f"effects from {show(p.low)}"
    return f"effects from {show(p.low)} to {show(p.high)}"
