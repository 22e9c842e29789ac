"""What the reader of a pooled number must know."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from synthesist.effects import EffectTable
from synthesist.effects.notes import table_notes
from synthesist.effects.zero_cells import ALL_EVENTS, NO_EVENTS
from synthesist.numerics.distributions import normal_quantile
from synthesist.pooling.engine import Method
from synthesist.pooling.predictions import FEWEST

#: Up to so many studies the answer of a common effect stands beside the pooled one.
FEW = 4

ONE_STUDY = (
    "One study: its own result is given, with a normal interval; nothing can be said "
    "about heterogeneity."
)
FEW_STUDIES = (
    "{k} studies say little about the variance between studies, and the pooled answer "
    "rests on it; the answer of a common effect is given beside."
)
ZERO_TAU2 = (
    "The estimate of tau² is zero: the effects scatter no more than their variances "
    "explain. This is not proof that they do not differ."
)
NO_TAU2_INTERVAL = "There is no confidence interval for tau²."
NO_Q_PROFILE = (
    "There is no confidence interval for tau²: the effects scatter less than any tau² "
    "would make likely (Q = {q:.3g} lies below both limits)."
)
NO_TEST = (
    "The standard error is zero because all effects are equal, so there is no test of "
    "the pooled effect."
)
NO_PREDICTION = f"A prediction interval needs at least {FEWEST} studies."
NARROW = (
    "The Hartung-Knapp interval is narrower than the normal one, because the effects "
    "agree better than their variances promise; HK-guarded and HK-hybrid are not."
)

BEYOND = (
    "The interval reaches beyond what is possible ({low:g} to {high:g}): the normal "
    "approximation does not hold so far out."
)

#: Ends of the measures that are analysed as they are read and have any.
POSSIBLE = {"PR": (0.0, 1.0), "RD": (-1.0, 1.0), "COR": (-1.0, 1.0), "PHI": (-1.0, 1.0)}


def beyond_possible(measure: str, lower: float, upper: float) -> tuple[str, ...]:
    """Say when an interval leaves the range of its measure."""
    low, high = POSSIBLE.get(measure, (-np.inf, np.inf))
    if low <= lower and upper <= high:
        return ()
    return (BEYOND.format(low=low, high=high),)


def notes_of(found: Mapping[str, float], method: Method) -> tuple[str, ...]:
    """Return the notes of one pooled answer, given the engine's numbers by name."""
    k = int(found["k"])
    if k == 1:
        return (ONE_STUDY,)
    zero = (NO_TEST,) if np.isnan(found["statistic"]) else ()
    if method.common:
        return zero
    return (
        *_few_studies(k),
        *_about_tau2(found, method),
        *zero,
        *_about_width(found, method),
        *_about_prediction(k, method),
    )


def _few_studies(k: int) -> tuple[str, ...]:
    if k > FEW:
        return ()
    return (FEW_STUDIES.format(k=k),)


def _about_tau2(found: Mapping[str, float], method: Method) -> tuple[str, ...]:
    notes: list[str] = []
    if found["tau2"] == 0:
        notes.append(ZERO_TAU2)
    if np.isnan(found["tau2_upper"]) and method.tau2_interval != "none":
        why = NO_Q_PROFILE.format(q=found["q"])
        notes.append(why if method.tau2_interval == "Q-profile" else NO_TAU2_INTERVAL)
    return tuple(notes)


def _about_width(found: Mapping[str, float], method: Method) -> tuple[str, ...]:
    """Say when a Hartung-Knapp interval is narrower than the normal one."""
    if method.interval == "normal" or not np.isfinite(found["df"]):
        return ()
    half = (found["upper"] - found["lower"]) / 2
    normal = normal_quantile(0.5 + method.level / 2) * found["se_known"]
    if half >= normal:
        return ()
    return (NARROW,)


def _about_prediction(k: int, method: Method) -> tuple[str, ...]:
    if k >= FEWEST or method.prediction == "none":
        return ()
    return (NO_PREDICTION,)


def from_counts(effects: EffectTable) -> tuple[str, ...]:
    """Return the notes of the effects, without the advice to use counts instead."""
    advice = {
        remark: rows
        for remark, rows in effects.remarks.items()
        if remark in (NO_EVENTS, ALL_EVENTS)
    }
    needless = set(table_notes(advice, effects.study))
    return tuple(note for note in effects.notes if note not in needless)
