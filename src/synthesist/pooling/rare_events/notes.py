"""What the reader of an answer made from counts must know."""

from __future__ import annotations

from synthesist.effects import EffectTable

CORRECTION = "any correction concerns only the studies' own intervals"
UNCORRECTED = (
    "The pooled {what} is computed from the counts as they are; " + CORRECTION + "."
)


def uncorrected(effects: EffectTable, what: str) -> tuple[str, ...]:
    """Say that no correction entered the answer."""
    if not any("zero" in name for name in effects.rules):
        return ()
    return (UNCORRECTED.format(what=what),)
