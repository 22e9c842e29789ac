"""Study effects become one answer: heterogeneity, intervals, models, batches."""

from synthesist.pooling.fit import HypothesisTest, Interval, PooledFit
from synthesist.pooling.glmm import glmm
from synthesist.pooling.heterogeneity import TAU2_ESTIMATORS, Tau2Estimator
from synthesist.pooling.intervals import INTERVALS, IntervalMethod
from synthesist.pooling.mantel_haenszel import MANTEL_HAENSZEL, mantel_haenszel
from synthesist.pooling.many import pool_many
from synthesist.pooling.peto import peto
from synthesist.pooling.pool import MODELS, Model, pool
from synthesist.pooling.predictions import PREDICTIONS, Prediction
from synthesist.pooling.subgroups import SubgroupFit, subgroups
from synthesist.pooling.tau2_intervals import TAU2_INTERVALS, Tau2Interval

__all__ = [
    "INTERVALS",
    "MANTEL_HAENSZEL",
    "MODELS",
    "PREDICTIONS",
    "TAU2_ESTIMATORS",
    "TAU2_INTERVALS",
    "HypothesisTest",
    "Interval",
    "IntervalMethod",
    "Model",
    "PooledFit",
    "Prediction",
    "SubgroupFit",
    "Tau2Estimator",
    "Tau2Interval",
    "glmm",
    "mantel_haenszel",
    "peto",
    "pool",
    "pool_many",
    "subgroups",
]
