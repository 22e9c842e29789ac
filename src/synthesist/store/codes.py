"""The codes that a planned analysis may name, from the registries that own them."""

from __future__ import annotations

from collections.abc import Mapping


def known_codes() -> Mapping[str, tuple[str, ...]]:
    """Return the codes for each key of a planned analysis that holds one."""
    from synthesist.effects import (
        MEASURES,
        MEDIAN_METHODS,
        MISSING_SD,
        PROFILES,
        ZERO_CELLS,
    )
    from synthesist.pooling import INTERVALS, MODELS, PREDICTIONS, TAU2_ESTIMATORS

    return {
        "measure": tuple(MEASURES),
        "zero_cells": tuple(ZERO_CELLS),
        "medians": ("no", *MEDIAN_METHODS),
        "missing_sd": ("no", *MISSING_SD),
        "model": tuple(MODELS),
        "tau2": tuple(TAU2_ESTIMATORS),
        "interval": tuple(INTERVALS),
        "prediction": tuple(PREDICTIONS),
        "profile": tuple(PROFILES),
    }
