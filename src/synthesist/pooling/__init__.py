"""Study effects become one answer: heterogeneity, intervals, models, batches."""

from synthesist.effects.profiles import PROFILES, Profile
from synthesist.pooling.comparison import (
    ProfileAnswer,
    ProfileComparison,
    RuleDifference,
    compare_profiles,
)
from synthesist.pooling.fit import HypothesisTest, Interval, PooledFit
from synthesist.pooling.heterogeneity import TAU2_ESTIMATORS, Tau2Estimator
from synthesist.pooling.intervals import INTERVALS, IntervalMethod
from synthesist.pooling.mantel_haenszel import MANTEL_HAENSZEL, mantel_haenszel
from synthesist.pooling.many import pool_many
from synthesist.pooling.new_study import (
    BootstrapPrediction,
    NewStudyProbability,
    bootstrap_prediction,
    probability_beyond,
)
from synthesist.pooling.permutation import MeanPermutation, permutation_test
from synthesist.pooling.peto import peto
from synthesist.pooling.plots import PLOTS, Plot
from synthesist.pooling.pool import MODELS, Model, pool
from synthesist.pooling.predictions import PREDICTIONS, Prediction
from synthesist.pooling.rare_events import (
    COUNT_METHODS,
    GLMM_MODELS,
    LikelihoodFit,
    RareEventComparison,
    beta_binomial,
    compare_rare_events,
    exact_risk_difference,
    glmm,
)
from synthesist.pooling.subgroups import SubgroupFit, subgroups
from synthesist.pooling.tau2_intervals import TAU2_INTERVALS, Tau2Interval

__all__ = [
    "COUNT_METHODS",
    "GLMM_MODELS",
    "INTERVALS",
    "MANTEL_HAENSZEL",
    "MODELS",
    "PLOTS",
    "PREDICTIONS",
    "PROFILES",
    "TAU2_ESTIMATORS",
    "TAU2_INTERVALS",
    "BootstrapPrediction",
    "HypothesisTest",
    "Interval",
    "IntervalMethod",
    "LikelihoodFit",
    "MeanPermutation",
    "Model",
    "NewStudyProbability",
    "Plot",
    "PooledFit",
    "Prediction",
    "Profile",
    "ProfileAnswer",
    "ProfileComparison",
    "RareEventComparison",
    "RuleDifference",
    "SubgroupFit",
    "Tau2Estimator",
    "Tau2Interval",
    "beta_binomial",
    "bootstrap_prediction",
    "compare_profiles",
    "compare_rare_events",
    "exact_risk_difference",
    "glmm",
    "mantel_haenszel",
    "permutation_test",
    "peto",
    "pool",
    "pool_many",
    "probability_beyond",
    "subgroups",
]
