"""What the reader of an answer made from counts must know."""

from __future__ import annotations

from synthesist.effects import EffectTable
from synthesist.effects.notes import table_notes
from synthesist.effects.zero_cells import ALL_EVENTS, NO_EVENTS

UNCORRECTED = (
    "The pooled {what} is computed from the counts as they are; any correction "
    "concerns only the studies' own intervals."
)


def from_counts(effects: EffectTable) -> tuple[str, ...]:
    """Return the notes of the effects, without the advice to use counts instead."""
    advice = {
        remark: rows
        for remark, rows in effects.remarks.items()
        if remark in (NO_EVENTS, ALL_EVENTS)
    }
    needless = set(table_notes(advice, effects.study))
    return tuple(note for note in effects.notes if note not in needless)


def uncorrected(effects: EffectTable, what: str) -> tuple[str, ...]:
    """Say that no correction entered the answer."""
    if not any("zero" in name for name in effects.rules):
        return ()
    return (UNCORRECTED.format(what=what),)
