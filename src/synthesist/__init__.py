"""Evidence synthesis, from the search export to the published answer.

The names below are loaded when they are first used, so that importing the
package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthesist.effects import MEASURES, EffectTable, Measure, effect_table
    from synthesist.errors import (
        Conflict,
        InvalidInput,
        NotConverged,
        NotEstimable,
        NotFound,
        Problem,
        SynthesistError,
    )
    from synthesist.ipd import (
        InteractionFit,
        OneStageFit,
        TwoStageFit,
        interaction,
        one_stage,
        two_stage,
    )
    from synthesist.pooling import (
        PROFILES,
        BootstrapPrediction,
        MeanPermutation,
        NewStudyProbability,
        PooledFit,
        ProfileComparison,
        SubgroupFit,
        bootstrap_prediction,
        compare_profiles,
        glmm,
        mantel_haenszel,
        permutation_test,
        peto,
        pool,
        pool_many,
        probability_beyond,
        subgroups,
    )
    from synthesist.pooling.influence import (
        Baujat,
        Gosh,
        Influence,
        Refits,
        baujat,
        cumulative,
        gosh,
        influence,
        leave_one_out,
    )
    from synthesist.pooling.multiverse import Multiverse, multiverse
    from synthesist.pooling.regression import (
        AveragedFit,
        LocationScaleFit,
        Predictions,
        RegressionFit,
        average_models,
        location_scale,
        regress,
    )
    from synthesist.survival import (
        CoxFit,
        LogRank,
        SurvivalCurves,
        SurvivalData,
        cox,
        kaplan_meier,
        log_rank,
        rmst,
        survival_data,
    )

__version__ = "0.1.0"

#: The module that holds each public name.
_HOMES = {
    "multiverse": "synthesist.pooling.multiverse",
    "Multiverse": "synthesist.pooling.multiverse",
    "permutation_test": "synthesist.pooling",
    "MeanPermutation": "synthesist.pooling",
    "probability_beyond": "synthesist.pooling",
    "bootstrap_prediction": "synthesist.pooling",
    "NewStudyProbability": "synthesist.pooling",
    "BootstrapPrediction": "synthesist.pooling",
    "leave_one_out": "synthesist.pooling.influence",
    "influence": "synthesist.pooling.influence",
    "gosh": "synthesist.pooling.influence",
    "cumulative": "synthesist.pooling.influence",
    "baujat": "synthesist.pooling.influence",
    "Refits": "synthesist.pooling.influence",
    "Influence": "synthesist.pooling.influence",
    "Gosh": "synthesist.pooling.influence",
    "Baujat": "synthesist.pooling.influence",
    "InteractionFit": "synthesist.ipd",
    "OneStageFit": "synthesist.ipd",
    "TwoStageFit": "synthesist.ipd",
    "interaction": "synthesist.ipd",
    "one_stage": "synthesist.ipd",
    "two_stage": "synthesist.ipd",
    "compare_profiles": "synthesist.pooling",
    "ProfileComparison": "synthesist.pooling",
    "PROFILES": "synthesist.pooling",
    "EffectTable": "synthesist.effects",
    "MEASURES": "synthesist.effects",
    "Measure": "synthesist.effects",
    "effect_table": "synthesist.effects",
    "Conflict": "synthesist.errors",
    "InvalidInput": "synthesist.errors",
    "NotConverged": "synthesist.errors",
    "NotEstimable": "synthesist.errors",
    "NotFound": "synthesist.errors",
    "Problem": "synthesist.errors",
    "SynthesistError": "synthesist.errors",
    "PooledFit": "synthesist.pooling",
    "SubgroupFit": "synthesist.pooling",
    "glmm": "synthesist.pooling",
    "mantel_haenszel": "synthesist.pooling",
    "peto": "synthesist.pooling",
    "pool": "synthesist.pooling",
    "pool_many": "synthesist.pooling",
    "subgroups": "synthesist.pooling",
    "CoxFit": "synthesist.survival",
    "LogRank": "synthesist.survival",
    "SurvivalCurves": "synthesist.survival",
    "SurvivalData": "synthesist.survival",
    "cox": "synthesist.survival",
    "kaplan_meier": "synthesist.survival",
    "log_rank": "synthesist.survival",
    "rmst": "synthesist.survival",
    "survival_data": "synthesist.survival",
    "regress": "synthesist.pooling.regression",
    "RegressionFit": "synthesist.pooling.regression",
    "average_models": "synthesist.pooling.regression",
    "AveragedFit": "synthesist.pooling.regression",
    "location_scale": "synthesist.pooling.regression",
    "LocationScaleFit": "synthesist.pooling.regression",
    "Predictions": "synthesist.pooling.regression",
}

__all__ = [
    "MEASURES",
    "PROFILES",
    "AveragedFit",
    "Baujat",
    "BootstrapPrediction",
    "Conflict",
    "CoxFit",
    "EffectTable",
    "Gosh",
    "Influence",
    "InteractionFit",
    "InvalidInput",
    "LocationScaleFit",
    "LogRank",
    "MeanPermutation",
    "Measure",
    "Multiverse",
    "NewStudyProbability",
    "NotConverged",
    "NotEstimable",
    "NotFound",
    "OneStageFit",
    "PooledFit",
    "Predictions",
    "Problem",
    "ProfileComparison",
    "Refits",
    "RegressionFit",
    "SubgroupFit",
    "SurvivalCurves",
    "SurvivalData",
    "SynthesistError",
    "TwoStageFit",
    "__version__",
    "average_models",
    "baujat",
    "bootstrap_prediction",
    "compare_profiles",
    "cox",
    "cumulative",
    "effect_table",
    "glmm",
    "gosh",
    "influence",
    "interaction",
    "kaplan_meier",
    "leave_one_out",
    "location_scale",
    "log_rank",
    "mantel_haenszel",
    "multiverse",
    "one_stage",
    "permutation_test",
    "peto",
    "pool",
    "pool_many",
    "probability_beyond",
    "regress",
    "rmst",
    "subgroups",
    "survival_data",
    "two_stage",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'synthesist' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
