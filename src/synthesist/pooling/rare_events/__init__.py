"""Rare events: likelihoods of the counts themselves, so that zeros need no correction."""

from synthesist.pooling.rare_events.beta_binomial import beta_binomial
from synthesist.pooling.rare_events.exact_difference import exact_risk_difference
from synthesist.pooling.rare_events.fit import LikelihoodFit
from synthesist.pooling.rare_events.glmm import glmm
from synthesist.pooling.rare_events.models import GLMM_MODELS, MixedModel
from synthesist.pooling.rare_events.side_by_side import (
    COUNT_METHODS,
    RareEventComparison,
    compare_rare_events,
)

__all__ = [
    "COUNT_METHODS",
    "GLMM_MODELS",
    "LikelihoodFit",
    "MixedModel",
    "RareEventComparison",
    "beta_binomial",
    "compare_rare_events",
    "exact_risk_difference",
    "glmm",
]
