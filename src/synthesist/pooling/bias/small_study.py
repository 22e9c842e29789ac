"""Tests whether small studies show other effects than large ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Indices
from synthesist.pooling.bias.asymmetry import SmallStudyTest
from synthesist.pooling.bias.kendall import kendall
from synthesist.pooling.bias.line import weighted_line
from synthesist.pooling.bias.predictors import PREDICTORS, Regressed
from synthesist.pooling.bias.sample import Sample, needs_spread, sample_of
from synthesist.pooling.dependent.fit import DependentFit
from synthesist.pooling.pool import check_level
from synthesist.pooling.registry import choose
from synthesist.pooling.regression.core import fit_core
from synthesist.pooling.regression.fit import RegressionFit
from synthesist.pooling.regression.inference import Coefficient
from synthesist.pooling.regression.regress import regression_method

#: Measures whose standard error depends on the effect itself.
BINARY = frozenset({"OR", "RR", "RD", "PETO"})
STANDARDISED = frozenset({"SMD", "SMDH"})

NOT_BIAS = (
    "Asymmetry has other causes than selective publication: small studies may differ in "
    "patients, dose or quality."
)
BINARY_EGGER = (
    "{label}: effect and standard error go together by themselves when there is an "
    "effect, which this test takes for asymmetry; harbord or peters does not."
)
SMD_EGGER = (
    "Standardised mean differences are part of their own standard error, which this "
    "test takes for asymmetry; pustejovsky-rodgers does not."
)
ONE_GROUP = (
    "The effect of one group and its standard error go together by themselves; "
    "a funnel of {label} is hard to read. Use peters or macaskill, which need sizes."
)
ODDS_ONLY = (
    "The test of {name} is made for {made}; these effects are measured as {label}, and the test is "
    "used outside its scope."
)
WITHOUT = "Left out, because nobody or everybody had the event: {studies}."
PERFECT = "The line fits all effects exactly, so there is no test."
NOT_EXACT = (
    "The P value is that of the normal distribution, because of ties or many studies."
)


def _any(table: EffectTable, method: SmallStudyMethod) -> tuple[str, ...]:
    """Warn of effects that are part of their own standard error."""
    del method
    measure = table.measure
    if measure.code in BINARY:
        return (BINARY_EGGER.format(label=measure.label),)
    if measure.code in STANDARDISED:
        return (SMD_EGGER,)
    if measure.design == "one group":
        return (ONE_GROUP.format(label=measure.label.lower()),)
    return ()


def _made_for(
    *codes: str,
) -> Callable[[EffectTable, SmallStudyMethod], tuple[str, ...]]:
    """Return what warns of other measures than these; GEN is given the benefit."""

    def warn(table: EffectTable, method: SmallStudyMethod) -> tuple[str, ...]:
        measure = table.measure
        if measure.code in {*codes, "GEN"}:
            return ()
        return (
            ODDS_ONLY.format(
                name=method.label, made=" and ".join(codes), label=measure.label
            ),
        )

    return warn


@dataclass(frozen=True, slots=True)
class SmallStudyMethod:
    """A test of small-study effects.

    `predictor` names an entry of `PREDICTORS`, empty for rank correlation; `tau2` is
    the estimator of tau² where heterogeneity is added to the variances, empty where
    all variances are stretched by the scatter around the line; `scope` tells what
    speaks against the test with given effects.
    """

    code: str
    label: str
    predictor: str
    scope: Callable[[EffectTable, SmallStudyMethod], tuple[str, ...]]
    tau2: str = ""


def small_study_test(
    effects: Any,
    method: str = "egger",
    *,
    tau2: str | None = None,
    test: str | None = None,
    size: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
) -> SmallStudyTest:
    """Test whether small studies show other effects than large ones.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns, or a fit
        As for `pool`. Of a `PooledFit` only the effects are taken. To a
        `RegressionFit` the predictor is added as one more moderator, with its weights
        and its test; likewise to a `DependentFit`, tested by the cluster-robust CR2.
    method : str
        Code of `SMALL_STUDY_TESTS`: ``egger``, ``egger-mixed``, ``thompson-sharp``,
        ``begg``; for two groups with events ``harbord``, ``peters``, ``macaskill``,
        ``macaskill-pooled``, ``deeks``; for standardised mean differences
        ``pustejovsky-rodgers``.
    tau2, test : str, optional
        Codes of `REGRESSION_TAU2` and `REGRESSION_TESTS`, for ``egger-mixed`` only;
        by default ``REML`` and ``t``.
    size : str, optional
        The column with the number of patients, where the effects were not computed
        from it.
    cluster : str, optional
        The clusters of the robust test, for a model with dependent effects only; by
        default its outermost groups.
    level : float
        Confidence level of all intervals.

    Returns
    -------
    SmallStudyTest

    Raises
    ------
    InvalidInput
        If there is no such test, or the effects have not what it needs.
    NotEstimable
        If there are fewer than three studies, or all are of one size.

    References
    ----------
    Egger M, Davey Smith G, Schneider M, Minder C. BMJ 1997;315:629.
    doi:10.1136/bmj.315.7109.629
    Sterne JAC et al. BMJ 2011;343:d4002. doi:10.1136/bmj.d4002
    """
    chosen = choose(method, SMALL_STUDY_TESTS, "test of small-study effects")
    check_level(level)
    if chosen.code != "egger-mixed" and (tau2 or test):
        raise InvalidInput(
            f"The test {chosen.code} has no choice of tau2 or test.",
            remedy="choose egger-mixed",
        )
    if isinstance(effects, DependentFit):
        from synthesist.pooling.bias.dependent import dependent_test

        return dependent_test(effects, chosen, size=size, cluster=cluster, level=level)
    if isinstance(effects, RegressionFit):
        from synthesist.pooling.bias.moderated import moderated_test

        if tau2 or test or cluster:
            raise InvalidInput(
                "A regression has its own choices.",
                remedy="leave out tau2, test and cluster",
            )
        return moderated_test(effects, chosen, size=size, level=level)
    if cluster is not None:
        raise InvalidInput(
            "Clusters belong to a model with dependent effects.",
            remedy="fit it with multilevel, and give the fit",
        )
    sample = sample_of(effects)
    if not chosen.predictor:
        return _rank(sample, chosen, level)
    regressed, sample, notes = informative(sample, chosen, size)
    found = _regression(
        sample,
        chosen,
        regressed,
        tau2=tau2 or chosen.tau2,
        test=test or "t",
        level=level,
    )
    return replace(found, notes=(*sample.table.notes, *notes, *found.notes))


def informative(
    sample: Sample, method: SmallStudyMethod, size: str | None
) -> tuple[Regressed, Sample, tuple[str, ...]]:
    """Return what is regressed, of the studies that say something, with the notes.

    Raises
    ------
    NotEstimable
        If fewer than three studies do, or all are of one size.
    """
    predictor = PREDICTORS[method.predictor]
    found = predictor.regress(sample, size)
    notes = (*method.scope(sample.table, method), NOT_BIAS)
    if not found.known.all():
        silent = [
            n for n, known in zip(sample.studies, found.known, strict=True) if not known
        ]
        notes = (WITHOUT.format(studies=", ".join(silent)), *notes)
        keep = found.known
        sample = replace(
            sample, y=sample.y[keep], v=sample.v[keep], rows=sample.rows[keep]
        )
        found = Regressed(
            x=found.x[keep], y=found.y[keep], w=found.w[keep], known=keep[keep]
        )
    if sample.k < 3:
        raise NotEstimable(
            f"At least 3 informative studies are needed; there are {sample.k}.",
            remedy="look at the studies as they are",
        )
    needs_spread(found.x, predictor.label)
    return found, sample, (*sample.cautions(), *notes)


def _regression(
    sample: Sample,
    method: SmallStudyMethod,
    regressed: Regressed,
    *,
    tau2: str,
    test: str,
    level: float,
) -> SmallStudyTest:
    """Test the slope of a line."""
    names = ("limit", PREDICTORS[method.predictor].label)
    rules = {
        **sample.table.rules,
        "small_study_test": method.code,
        "level": f"{level:g}",
    }
    if method.tau2:
        choices = regression_method(tau2, test, "none", level)
        X = np.column_stack([np.ones(sample.k), regressed.x])
        core = fit_core(regressed.y, sample.v, X, names, choices)
        limit, slope = core.inference.coefficients(names, core.estimate, level)
        rules |= {"tau2": tau2, "test": test}
        between, dispersion = core.tau2, None
    else:
        line = weighted_line(regressed.x, regressed.y, regressed.w)
        limit, slope = line.coefficients(names, level)
        between, dispersion = None, line.dispersion
    return wrap(
        sample.table,
        method,
        regressed,
        slope=slope,
        limit=limit,
        rows=sample.rows,
        tau2=between,
        dispersion=dispersion,
        rules=rules,
    )


def wrap(
    table: EffectTable,
    method: SmallStudyMethod,
    regressed: Regressed,
    *,
    slope: Coefficient,
    limit: Coefficient,
    rows: Indices,
    tau2: float | None,
    dispersion: float | None,
    rules: dict[str, str],
    clusters: int | None = None,
) -> SmallStudyTest:
    """Wrap the slope of a line as a test."""
    predictor = PREDICTORS[method.predictor]
    return SmallStudyTest(
        effects=table,
        method=method.code,
        label=method.label,
        k=len(regressed.y),
        statistic=slope.statistic,
        df=slope.df,
        p=slope.p,
        slope=slope,
        limit=limit if predictor.limit else None,
        start=limit.estimate,
        tau=None,
        exact=None,
        tau2=tau2,
        dispersion=dispersion,
        clusters=clusters,
        predictor=predictor.label,
        x=regressed.x,
        y=regressed.y,
        rows=rows,
        rules=rules,
        notes=(PERFECT,) if slope.statistic is None else (),
    )


def _rank(sample: Sample, method: SmallStudyMethod, level: float) -> SmallStudyTest:
    """Test the rank correlation of standardised effects and variances.

    References
    ----------
    Begg CB, Mazumdar M. Biometrics 1994;50:1088. doi:10.2307/2533446
    """
    w = 1 / sample.v
    total = float(w.sum())
    # An effect less the mean scatters by its variance less that of the mean.
    spread = np.sqrt(sample.v - 1 / total)
    standardised = (sample.y - float(w @ sample.y) / total) / spread
    if np.unique(sample.v).size == 1 or np.unique(standardised).size == 1:
        needs_spread(np.ones(2), "variance" if np.ptp(sample.v) == 0 else "effect")
    tau, p, exact = kendall(standardised, sample.v)
    return SmallStudyTest(
        effects=sample.table,
        method=method.code,
        label=method.label,
        k=sample.k,
        statistic=None,
        df=None,
        p=p,
        slope=None,
        limit=None,
        start=None,
        tau=tau,
        exact=exact,
        tau2=None,
        dispersion=None,
        clusters=None,
        predictor="variance",
        x=sample.se,
        y=sample.y,
        rows=sample.rows,
        rules={
            **sample.table.rules,
            "small_study_test": method.code,
            "level": f"{level:g}",
        },
        notes=(
            *sample.table.notes,
            *sample.cautions(),
            *method.scope(sample.table, method),
            *(() if exact else (NOT_EXACT,)),
            NOT_BIAS,
        ),
    )


SMALL_STUDY_TESTS: dict[str, SmallStudyMethod] = {
    entry.code: entry
    for entry in (
        SmallStudyMethod("egger", "Egger", "standard error", _any),
        SmallStudyMethod(
            "egger-mixed", "Egger, mixed-effects", "standard error", _any, "REML"
        ),
        SmallStudyMethod(
            "thompson-sharp", "Thompson and Sharp", "standard error", _any, "DL"
        ),
        SmallStudyMethod("begg", "Begg and Mazumdar", "", _any),
        SmallStudyMethod("harbord", "Harbord", "score", _made_for("OR", "RR", "PETO")),
        SmallStudyMethod(
            "peters", "Peters", "1/patients", _made_for("OR", "RR", "PLO", "PETO")
        ),
        SmallStudyMethod(
            "macaskill", "Macaskill", "patients", _made_for("OR", "RR", "PETO")
        ),
        SmallStudyMethod(
            "macaskill-pooled",
            "Macaskill, weights by events",
            "patients, by events",
            _made_for("OR", "RR", "PETO"),
        ),
        SmallStudyMethod("deeks", "Deeks", "effective size", _made_for("OR")),
        SmallStudyMethod(
            "pustejovsky-rodgers",
            "Pustejovsky and Rodgers",
            "null error",
            _made_for("SMD", "SMDH"),
        ),
    )
}
