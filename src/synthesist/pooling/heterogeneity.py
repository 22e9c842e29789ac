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
from synthesist.pooling.moments import (
    dersimonian_laird,
    empirical_bayes,
    generalised_moments,
    hedges,
    hunter_schmidt,
    hunter_schmidt_corrected,
    paule_mandel,
    paule_mandel_median,
    sidik_jonkman,
    two_step_dersimonian_laird,
    two_step_hedges,
)
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
        Tau2Estimator("DL2", "two-step DerSimonian-Laird", two_step_dersimonian_laird),
        Tau2Estimator("HE", "Hedges", hedges),
        Tau2Estimator("HE2", "two-step Hedges", two_step_hedges),
        Tau2Estimator("HS", "Hunter-Schmidt", hunter_schmidt),
        Tau2Estimator("HSk", "Hunter-Schmidt, corrected", hunter_schmidt_corrected),
        Tau2Estimator("SJ", "Sidik-Jonkman", sidik_jonkman),
        Tau2Estimator("ML", "maximum likelihood", maximum_likelihood),
        Tau2Estimator(
            "REML", "restricted maximum likelihood", restricted_maximum_likelihood
        ),
        Tau2Estimator("EB", "empirical Bayes", empirical_bayes),
        Tau2Estimator("PM", "Paule-Mandel", paule_mandel),
        Tau2Estimator("PMM", "Paule-Mandel, median-unbiased", paule_mandel_median),
        Tau2Estimator("GENQ", "generalised Q, weights given", generalised_moments),
    )
}
