"""Cumulative baseline hazards of a Cox model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Indices, Vector
from synthesist.survival.likelihood import block_hazards, block_sums

if TYPE_CHECKING:
    from synthesist.survival.cox_fit import CoxFit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaselineHazard:
    """Cumulative hazards (t,) at the event times of each stratum.

    `stratum` (t,) counts from 0 in the order of the strata's codes.
    """

    stratum: Indices
    time: Vector
    hazard: Vector

    @property
    def survival(self) -> Vector:
        """Return the survival (t,) that goes with the hazard."""
        return np.exp(-self.hazard)


def baseline_hazard(fit: CoxFit, at: Mapping[str, float]) -> BaselineHazard:
    """Return cumulative hazards where the coefficients' covariates have given values.

    References
    ----------
    Breslow N. Biometrics 1974;30:89. doi:10.2307/2529620
    """
    model = fit.model
    unknown = [name for name in at if name not in fit.names]
    if unknown:
        raise InvalidInput(
            f"The model has no coefficient {unknown[0]}.",
            remedy=f"its coefficients are {', '.join(fit.names)}",
        )
    values = np.array([at.get(name, 0.0) for name in fit.names])
    ratio = float(np.exp(fit.estimate @ (values - model.means)))
    sets = model.sets
    hazard = np.empty(len(sets.first))
    for block in sets.blocks:
        sums = block_sums(sets, model.design, block, fit.estimate)
        step = block_hazards(sets, block, sums, efron=model.efron).step
        total = np.concatenate([[0.0], np.cumsum(step)])
        hazard[block.times] = total[1:] - total[block.base]
    return BaselineHazard(stratum=sets.stratum, time=sets.times, hazard=hazard * ratio)
