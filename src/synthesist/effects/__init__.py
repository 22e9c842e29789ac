"""Arm results become study effects: measures, their rules, and the effect table."""

from synthesist.effects.arms import Effects, Events
from synthesist.effects.build import effect_table, find_measure
from synthesist.effects.measures import MEASURES, Measure, Route
from synthesist.effects.scales import Scale
from synthesist.effects.table import EffectTable
from synthesist.effects.zero_cells import ZERO_CELLS

__all__ = [
    "MEASURES",
    "ZERO_CELLS",
    "EffectTable",
    "Effects",
    "Events",
    "Measure",
    "Route",
    "Scale",
    "effect_table",
    "find_measure",
]
