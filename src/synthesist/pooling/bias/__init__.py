"""Bias in an answer: small-study effects, missing studies, confounding, missing outcomes."""

from synthesist.pooling.bias.asymmetry import SmallStudyTest
from synthesist.pooling.bias.e_values import E_VALUES, EValue, e_value
from synthesist.pooling.bias.excess import (
    EXCESS_TESTS,
    ExcessSignificance,
    excess_significance,
)
from synthesist.pooling.bias.fail_safe import FAIL_SAFE, FailSafeN, fail_safe_n
from synthesist.pooling.bias.filled import TrimAndFill
from synthesist.pooling.bias.limit import (
    LIMIT_METHODS,
    LimitMetaAnalysis,
    limit_meta_analysis,
)
from synthesist.pooling.bias.missing_compared import (
    MissingOutcomesComparison,
    compare_missing_outcomes,
)
from synthesist.pooling.bias.missing_outcomes import (
    MISSING_STRATEGIES,
    missing_outcomes,
)
from synthesist.pooling.bias.precision_effect import EffectLine, PetPeese, pet_peese
from synthesist.pooling.bias.small_study import SMALL_STUDY_TESTS, small_study_test
from synthesist.pooling.bias.trim_and_fill import MISSING_STUDIES, trim_and_fill
from synthesist.pooling.bias.waap import AdequatelyPowered, waap

__all__ = [
    "EXCESS_TESTS",
    "E_VALUES",
    "FAIL_SAFE",
    "LIMIT_METHODS",
    "MISSING_STRATEGIES",
    "MISSING_STUDIES",
    "SMALL_STUDY_TESTS",
    "AdequatelyPowered",
    "EValue",
    "EffectLine",
    "ExcessSignificance",
    "FailSafeN",
    "LimitMetaAnalysis",
    "MissingOutcomesComparison",
    "PetPeese",
    "SmallStudyTest",
    "TrimAndFill",
    "compare_missing_outcomes",
    "e_value",
    "excess_significance",
    "fail_safe_n",
    "limit_meta_analysis",
    "missing_outcomes",
    "pet_peese",
    "small_study_test",
    "trim_and_fill",
    "waap",
]
