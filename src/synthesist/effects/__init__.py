"""Arm results become study effects: measures, their rules, and the effect table."""

from synthesist.effects.arms import Change, Effects, Events, Means, PersonTime
from synthesist.effects.build import effect_table, find_measure
from synthesist.effects.measure import Design, Measure
from synthesist.effects.measures import MEASURES
from synthesist.effects.routes import Route
from synthesist.effects.scales import Scale
from synthesist.effects.small_samples import SMALL_SAMPLE
from synthesist.effects.table import EffectTable
from synthesist.effects.zero_cells import ZERO_CELLS

__all__ = [
    "MEASURES",
    "SMALL_SAMPLE",
    "ZERO_CELLS",
    "Change",
    "Design",
    "EffectTable",
    "Effects",
    "Events",
    "Means",
    "Measure",
    "PersonTime",
    "Route",
    "Scale",
    "effect_table",
    "find_measure",
]
