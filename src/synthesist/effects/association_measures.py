"""Measures of association, reliability and explained variance, and ready-made effects."""

from __future__ import annotations

from functools import partial

from synthesist.effects import checks, correlations, reliability, scales
from synthesist.effects.contrasts import READY, reported
from synthesist.effects.derivations import PARTIAL
from synthesist.effects.measure import Measure, measure
from synthesist.effects.routes import columns

related = partial(measure, "correlation")
one = partial(measure, "one group")
generic = partial(measure, "generic")

R_AND_N = (checks.correlation("r"), *checks.size("n", least=3))
R_AND_FOUR = (checks.correlation("r"), *checks.size("n", least=4))
R_AND_FIVE = (checks.correlation("r"), *checks.size("n", least=5))
PARTIAL_R = (
    checks.correlation("r", "The partial correlation"),
    *checks.size("n", least=4),
    checks.positive("m", "The number of predictors"),
    checks.enough("n", "m", 3),
)
ALPHA = (
    checks.Check(
        "alpha",
        lambda cells: cells["alpha"] >= 1,
        "Cronbach's alpha is {alpha}; it must be below 1",
        "correct it",
    ),
    *checks.size("n", least=3),
    checks.Check(
        "m",
        lambda cells: cells["m"] < 2,
        "The number of items is {m}",
        "give at least 2",
    ),
)
R_SQUARED = (
    checks.fraction("r2", "R²"),
    *checks.size("n", least=4),
    checks.positive("m", "The number of predictors"),
    checks.enough("n", "m", 2),
)


CORRELATION_MEASURES: tuple[Measure, ...] = (
    related(
        "COR",
        "Correlation",
        scales.IDENTITY,
        columns(correlations.correlation, ("r", "n"), conditions=R_AND_N),
    ),
    related(
        "UCOR",
        "Correlation (unbiased)",
        scales.IDENTITY,
        columns(
            correlations.unbiased_correlation,
            ("r", "n"),
            conditions=R_AND_FIVE,
            rules=("variance",),
            variances=("LS", "UB"),
        ),
    ),
    related(
        "ZCOR",
        "Correlation (Fisher's z)",
        scales.FISHER_Z,
        columns(
            correlations.fisher_z,
            ("r", "n"),
            conditions=(checks.correlation("r"), *checks.size("n", least=4)),
        ),
    ),
    related(
        "PCOR",
        "Partial correlation",
        scales.IDENTITY,
        columns(
            correlations.partial_correlation,
            ("r", "n", "m"),
            conditions=PARTIAL_R,
            derivations=PARTIAL,
        ),
    ),
    related(
        "ZPCOR",
        "Partial correlation (Fisher's z)",
        scales.FISHER_Z,
        columns(
            correlations.fisher_z_partial,
            ("r", "n", "m"),
            conditions=PARTIAL_R,
            derivations=PARTIAL,
        ),
    ),
    related(
        "SPCOR",
        "Semi-partial correlation",
        scales.IDENTITY,
        columns(
            correlations.semipartial_correlation,
            ("t", "n", "m", "r2"),
            conditions=R_SQUARED,
        ),
    ),
    related(
        "R2",
        "R²",
        scales.LEVEL,
        columns(
            correlations.coefficient_of_determination,
            ("r2", "n", "m"),
            conditions=R_SQUARED,
            rules=("variance",),
            variances=("LS", "LS2"),
        ),
    ),
    related(
        "ZR2",
        "R² (Fisher's z of the root)",
        scales.ROOT_FISHER_Z,
        columns(correlations.fisher_z_of_root, ("r2", "n", "m"), conditions=R_SQUARED),
    ),
    one(
        "ARAW",
        "Cronbach's alpha",
        scales.LEVEL,
        columns(reliability.alpha, ("alpha", "m", "n"), conditions=ALPHA),
    ),
    one(
        "AHW",
        "Cronbach's alpha (cube root)",
        scales.CUBE_ROOT_ALPHA,
        columns(reliability.cube_root_alpha, ("alpha", "m", "n"), conditions=ALPHA),
    ),
    one(
        "ABT",
        "Cronbach's alpha (log)",
        scales.LOG_ALPHA,
        columns(reliability.log_alpha, ("alpha", "m", "n"), conditions=ALPHA),
    ),
)

READY_MEASURES: tuple[Measure, ...] = (
    generic(
        "GEN",
        "Effect",
        scales.IDENTITY,
        *READY,
        *reported("yi", "The effect", log=False),
    ),
)
