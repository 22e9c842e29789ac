"""Individual times become curves and hazards: data, curves, log-rank, Cox, restricted means."""

from synthesist.survival.cox import TIES, Ties, cox
from synthesist.survival.cox_fit import CoxFit
from synthesist.survival.curves import (
    CURVE_INTERVALS,
    SurvivalCurve,
    SurvivalCurves,
    kaplan_meier,
)
from synthesist.survival.data import Covariate, SurvivalData, survival_data
from synthesist.survival.log_rank import LogRank, log_rank
from synthesist.survival.proportionality import TRANSFORMS, ProportionalityTest
from synthesist.survival.residuals import RESIDUALS
from synthesist.survival.rmst import RestrictedMeans, rmst

__all__ = [
    "CURVE_INTERVALS",
    "RESIDUALS",
    "TIES",
    "TRANSFORMS",
    "Covariate",
    "CoxFit",
    "LogRank",
    "ProportionalityTest",
    "RestrictedMeans",
    "SurvivalCurve",
    "SurvivalCurves",
    "SurvivalData",
    "Ties",
    "cox",
    "kaplan_meier",
    "log_rank",
    "rmst",
    "survival_data",
]
