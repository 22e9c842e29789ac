"""Every estimator of tau² by its code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.pooling.likelihood import (
    maximum_likelihood,
    restricted_maximum_likelihood,
)
from synthesist.pooling.moments import dersimonian_laird, paule_mandel
from synthesist.pooling.panel import Panel


@dataclass(frozen=True, slots=True)
class Tau2Estimator:
    """A way to estimate the variance between studies.

    `estimate` takes a panel of groups with two or more studies each and returns
    one tau² a group, in squared units of the effects.
    """

    code: str
    label: str
    estimate: Callable[[Panel], Vector]


def common_effect(panel: Panel) -> Vector:
    """Return zero (g,): all studies are taken to share one effect."""
    return np.zeros(panel.groups)


TAU2_ESTIMATORS: dict[str, Tau2Estimator] = {
    estimator.code: estimator
    for estimator in (
        Tau2Estimator("CE", "common effect", common_effect),
        Tau2Estimator("DL", "DerSimonian-Laird", dersimonian_laird),
        Tau2Estimator("ML", "maximum likelihood", maximum_likelihood),
        Tau2Estimator("PM", "Paule-Mandel", paule_mandel),
        Tau2Estimator(
            "REML", "restricted maximum likelihood", restricted_maximum_likelihood
        ),
    )
}
