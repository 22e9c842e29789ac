"""Rare events: likelihoods of the counts themselves, so that zeros need no correction."""

from synthesist.pooling.rare_events.beta_binomial import beta_binomial
from synthesist.pooling.rare_events.fit import LikelihoodFit
from synthesist.pooling.rare_events.glmm import glmm
from synthesist.pooling.rare_events.models import GLMM_MODELS, MixedModel

__all__ = ["GLMM_MODELS", "LikelihoodFit", "MixedModel", "beta_binomial", "glmm"]
