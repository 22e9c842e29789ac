"""What the reader of a meta-regression must know."""

from __future__ import annotations

from collections.abc import Sequence

from synthesist.pooling.regression.core import Core

#: Fewer studies for each moderator make an association that is there by chance likely.
ENOUGH = 10

NOT_CAUSAL = (
    "Differences between studies were not randomised: a moderator that goes with the "
    "effect need not cause it."
)
FEW_STUDIES = (
    "{k} studies for {m} {what}: with fewer than ten for each, chance findings are "
    "likely."
)
ZERO_TAU2 = (
    "The estimate of tau² is zero: the effects scatter no more around the regression "
    "than their variances explain. This is not proof that nothing is left."
)
MODES = (
    "The likelihood has {modes} maxima in tau²; the highest is used, and an interval "
    "for tau² is worth a look."
)
NO_Q_PROFILE = (
    "There is no confidence interval for tau²: the effects scatter less around the "
    "regression than any tau² would make likely (Q = {q:.3g} lies below both limits)."
)
NARROW = (
    "The Knapp-Hartung standard errors are smaller than the normal ones, because the "
    "effects agree better than their variances promise; HK-guarded never is."
)
NO_TEST = (
    "The standard errors are zero because the regression fits all effects exactly, so "
    "there is no test."
)
MISSING = "Left out, because {columns} is not known: {studies}."


def notes_of(core: Core, slopes: int, *, empty: bool) -> tuple[str, ...]:
    """Return the notes of one regression; `empty` tells of the interval of tau²."""
    notes: list[str] = []
    if slopes:
        notes.append(NOT_CAUSAL)
    if slopes and core.k < ENOUGH * slopes:
        what = "coefficient" if slopes == 1 else "coefficients of moderators"
        notes.append(FEW_STUDIES.format(k=core.k, m=slopes, what=what))
    if core.modes > 1:
        notes.append(MODES.format(modes=core.modes))
    if slopes and core.test(range(core.X.shape[1])) is None:
        notes.append(NO_TEST)
    if not core.method.common:
        if core.tau2 == 0:
            notes.append(ZERO_TAU2)
        if empty:
            notes.append(NO_Q_PROFILE.format(q=float(core.contrasts.common.q[0])))
        if core.method.test == "HK" and scatter_of(core) < 1:
            notes.append(NARROW)
    return tuple(notes)


def scatter_of(core: Core) -> float:
    """Return ``Q(tau2) / (k - p)``."""
    return float(core.solved.q[0]) / core.df


def missing_note(columns: Sequence[str], studies: Sequence[str]) -> tuple[str, ...]:
    """Say which studies have no value of a moderator."""
    if not studies:
        return ()
    shown = ", ".join(studies[:10])
    if len(studies) > 10:
        shown += f" and {len(studies) - 10} more"
    return (MISSING.format(columns=" or ".join(columns), studies=shown),)
