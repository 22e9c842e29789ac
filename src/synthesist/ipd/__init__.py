"""Individual data from several trials: one stage, two stages, interactions, summaries."""

from synthesist.ipd.interaction import InteractionFit, SubgroupEffect, interaction
from synthesist.ipd.interaction_drawing import interaction_forest
from synthesist.ipd.mixed import MixedEffect
from synthesist.ipd.one_stage import EFFECTS, OneStageFit, one_stage
from synthesist.ipd.one_stage_interaction import WithinAcross
from synthesist.ipd.trials import TrialEffect, trial_effects
from synthesist.ipd.two_stage import METHODS, TwoStageFit, two_stage
from synthesist.ipd.vectors import PooledVector, TrialVector

__all__ = [
    "EFFECTS",
    "METHODS",
    "InteractionFit",
    "MixedEffect",
    "OneStageFit",
    "PooledVector",
    "SubgroupEffect",
    "TrialEffect",
    "TrialVector",
    "TwoStageFit",
    "WithinAcross",
    "interaction",
    "interaction_forest",
    "one_stage",
    "trial_effects",
    "two_stage",
]
