"""Arm results become study effects: measures, their rules, and the effect table."""

from synthesist.effects.arms import Change, Effects, Events, Means, PersonTime
from synthesist.effects.assumed_correlation import (
    IndependentGroups,
    Sweep,
    compare_independent_groups,
    sweep_r,
)
from synthesist.effects.baseline import AbsoluteEffect, absolute_effect
from synthesist.effects.build import effect_table, find_measure
from synthesist.effects.derivations import MISSING_SD
from synthesist.effects.measure import Design, Measure
from synthesist.effects.measures import MEASURES
from synthesist.effects.profiles import PROFILES, Profile, find_profile
from synthesist.effects.routes import Route
from synthesist.effects.scales import Scale
from synthesist.effects.skewed_medians import MEDIAN_METHODS
from synthesist.effects.small_samples import SMALL_SAMPLE
from synthesist.effects.table import EffectTable
from synthesist.effects.unit_of_analysis import (
    design_effect,
    effective_size,
    for_clusters,
)
from synthesist.effects.vcov import Covariance, vcov
from synthesist.effects.zero_cells import ZERO_CELLS

__all__ = [
    "MEASURES",
    "MEDIAN_METHODS",
    "MISSING_SD",
    "PROFILES",
    "SMALL_SAMPLE",
    "ZERO_CELLS",
    "AbsoluteEffect",
    "Change",
    "Covariance",
    "Design",
    "EffectTable",
    "Effects",
    "Events",
    "IndependentGroups",
    "Means",
    "Measure",
    "PersonTime",
    "Profile",
    "Route",
    "Scale",
    "Sweep",
    "absolute_effect",
    "compare_independent_groups",
    "design_effect",
    "effect_table",
    "effective_size",
    "find_measure",
    "find_profile",
    "for_clusters",
    "sweep_r",
    "vcov",
]
