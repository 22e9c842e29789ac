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
    from synthesist.pooling import (
        PROFILES,
        PooledFit,
        ProfileComparison,
        SubgroupFit,
        compare_profiles,
        glmm,
        mantel_haenszel,
        peto,
        pool,
        subgroups,
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
}

__all__ = [
    "MEASURES",
    "PROFILES",
    "Conflict",
    "CoxFit",
    "EffectTable",
    "InvalidInput",
    "LogRank",
    "Measure",
    "NotConverged",
    "NotEstimable",
    "NotFound",
    "PooledFit",
    "Problem",
    "ProfileComparison",
    "SubgroupFit",
    "SurvivalCurves",
    "SurvivalData",
    "SynthesistError",
    "__version__",
    "compare_profiles",
    "cox",
    "effect_table",
    "glmm",
    "kaplan_meier",
    "log_rank",
    "mantel_haenszel",
    "peto",
    "pool",
    "rmst",
    "subgroups",
    "survival_data",
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
