"""Individual data from several trials: one stage, two stages, interactions, summaries."""

from synthesist.ipd.curve_ratio import (
    PrintedCurve,
    hazard_ratio_from_curves,
    printed_curve,
)
from synthesist.ipd.interaction import InteractionFit, SubgroupEffect, interaction
from synthesist.ipd.interaction_drawing import interaction_forest
from synthesist.ipd.mixed import MixedEffect
from synthesist.ipd.one_stage import EFFECTS, OneStageFit, one_stage
from synthesist.ipd.one_stage_interaction import WithinAcross
from synthesist.ipd.reconstruct import (
    Reconstruction,
    reconstruct,
    reconstructed_trial,
)
from synthesist.ipd.reports import (
    ROUTES,
    ReportedHazardRatio,
    RouteResult,
    hazard_ratio_from_report,
)
from synthesist.ipd.trials import TrialEffect, trial_effects
from synthesist.ipd.two_stage import METHODS, TwoStageFit, two_stage
from synthesist.ipd.vectors import PooledVector, TrialVector

__all__ = [
    "EFFECTS",
    "METHODS",
    "ROUTES",
    "InteractionFit",
    "MixedEffect",
    "OneStageFit",
    "PooledVector",
    "PrintedCurve",
    "Reconstruction",
    "ReportedHazardRatio",
    "RouteResult",
    "SubgroupEffect",
    "TrialEffect",
    "TrialVector",
    "TwoStageFit",
    "WithinAcross",
    "hazard_ratio_from_curves",
    "hazard_ratio_from_report",
    "interaction",
    "interaction_forest",
    "one_stage",
    "printed_curve",
    "reconstruct",
    "reconstructed_trial",
    "trial_effects",
    "two_stage",
]
