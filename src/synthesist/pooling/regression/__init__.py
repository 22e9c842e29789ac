"""What makes study effects differ: meta-regression and its relatives."""

from synthesist.pooling.regression.averaging import AveragedFit, average_models
from synthesist.pooling.regression.fit import RegressionFit
from synthesist.pooling.regression.heterogeneity import REGRESSION_TAU2
from synthesist.pooling.regression.inference import REGRESSION_TESTS, Coefficient
from synthesist.pooling.regression.influence import Influence
from synthesist.pooling.regression.location_scale import (
    LocationScaleFit,
    location_scale,
)
from synthesist.pooling.regression.permutation import PermutationTest
from synthesist.pooling.regression.predictions import Predictions
from synthesist.pooling.regression.regress import regress

__all__ = [
    "REGRESSION_TAU2",
    "REGRESSION_TESTS",
    "AveragedFit",
    "Coefficient",
    "Influence",
    "LocationScaleFit",
    "PermutationTest",
    "Predictions",
    "RegressionFit",
    "average_models",
    "location_scale",
    "regress",
]
