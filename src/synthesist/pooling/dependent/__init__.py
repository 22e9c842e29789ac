"""Effects that depend on each other: multilevel, multivariate, and robust answers."""

from synthesist.pooling.dependent.components import Component
from synthesist.pooling.dependent.fit import DependentFit
from synthesist.pooling.dependent.inference import DEPENDENT_TESTS
from synthesist.pooling.dependent.multilevel import multilevel, multivariate
from synthesist.pooling.dependent.sampling import (
    SamplingCovariance,
    sampling_covariance,
)
from synthesist.pooling.dependent.structures import STRUCTURES

__all__ = [
    "DEPENDENT_TESTS",
    "STRUCTURES",
    "Component",
    "DependentFit",
    "SamplingCovariance",
    "multilevel",
    "multivariate",
    "sampling_covariance",
]
