"""Effects that depend on each other: multilevel, multivariate, and robust answers."""

from synthesist.pooling.dependent.baseline_risk import BaselineRiskFit, baseline_risk
from synthesist.pooling.dependent.blups import GroupEffects
from synthesist.pooling.dependent.components import Component
from synthesist.pooling.dependent.fit import DependentFit
from synthesist.pooling.dependent.inference import DEPENDENT_TESTS
from synthesist.pooling.dependent.influence import ClusterInfluence
from synthesist.pooling.dependent.multilevel import multilevel, multivariate
from synthesist.pooling.dependent.predictions import DependentPredictions
from synthesist.pooling.dependent.robust import ROBUST_KINDS, RobustFit, robust
from synthesist.pooling.dependent.sampling import (
    SamplingCovariance,
    sampling_covariance,
)
from synthesist.pooling.dependent.structures import STRUCTURES
from synthesist.pooling.dependent.wild_bootstrap import WildBootstrap, wild_bootstrap

__all__ = [
    "DEPENDENT_TESTS",
    "ROBUST_KINDS",
    "STRUCTURES",
    "BaselineRiskFit",
    "ClusterInfluence",
    "Component",
    "DependentFit",
    "DependentPredictions",
    "GroupEffects",
    "RobustFit",
    "SamplingCovariance",
    "WildBootstrap",
    "baseline_risk",
    "multilevel",
    "multivariate",
    "robust",
    "sampling_covariance",
    "wild_bootstrap",
]
