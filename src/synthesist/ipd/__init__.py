"""Individual data from several trials: one stage, two stages, interactions, summaries."""

from synthesist.ipd.adam import adtte
from synthesist.ipd.curve_ratio import (
    PrintedCurve,
    hazard_ratio_from_curves,
    printed_curve,
)
from synthesist.ipd.files import patients
from synthesist.ipd.horizons import HorizonFit, rmst_over_horizons
from synthesist.ipd.integrity import Finding, IntegrityReport, check_patients
from synthesist.ipd.interaction import InteractionFit, SubgroupEffect, interaction
from synthesist.ipd.interaction_drawing import interaction_forest
from synthesist.ipd.mixed import MixedEffect
from synthesist.ipd.one_stage import EFFECTS, OneStageFit, one_stage
from synthesist.ipd.one_stage_interaction import WithinAcross
from synthesist.ipd.proportional import TrialsProportionality, proportional_hazards
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
from synthesist.survival.combine import combine

__all__ = [
    "EFFECTS",
    "METHODS",
    "ROUTES",
    "Finding",
    "HorizonFit",
    "IntegrityReport",
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
    "TrialsProportionality",
    "TwoStageFit",
    "WithinAcross",
    "adtte",
    "check_patients",
    "combine",
    "hazard_ratio_from_curves",
    "hazard_ratio_from_report",
    "interaction",
    "interaction_forest",
    "one_stage",
    "patients",
    "printed_curve",
    "proportional_hazards",
    "reconstruct",
    "reconstructed_trial",
    "rmst_over_horizons",
    "trial_effects",
    "two_stage",
]
