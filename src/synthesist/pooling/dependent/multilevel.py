"""Pool effects of which several come from one study, district or laboratory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from synthesist.errors import NotEstimable
from synthesist.numerics.results import HypothesisTest
from synthesist.numerics.tails import chi2_upper
from synthesist.pooling.dependent.components import components_of
from synthesist.pooling.dependent.estimate import Estimated, estimate
from synthesist.pooling.dependent.fit import DependentFit
from synthesist.pooling.dependent.heterogeneity import shares
from synthesist.pooling.dependent.inference import DEPENDENT_TESTS
from synthesist.pooling.dependent.model import Known, Model, Within, assemble
from synthesist.pooling.dependent.notes import notes_of
from synthesist.pooling.pool import as_effects, check_level
from synthesist.pooling.registry import choose
from synthesist.pooling.regression.columns import column_of
from synthesist.pooling.regression.core import Criteria
from synthesist.pooling.regression.design import read_formula
from synthesist.pooling.regression.inference import Inference
from synthesist.tables.table import as_number

METHODS = {"REML": True, "ML": False}


def multilevel(
    effects: Any,
    levels: str | Sequence[str],
    formula: str | Sequence[str] = "~ 1",
    *,
    within: Sequence[Within] = (),
    covariance: Any = None,
    cluster: str | None = None,
    correlations: Mapping[str, Known] | None = None,
    method: str = "REML",
    test: str = "containment",
    level: float = 0.95,
) -> DependentFit:
    """Pool effects that lie in groups, which lie in groups or cross each other.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        As for `pool`.
    levels : str or sequence of str
        Columns of the groups: ``"district/school"`` is schools within districts,
        ``["study", "laboratory"]`` are crossed. The word ``row`` stands for every
        row by itself: ``"study/row"``.
    formula : str or sequence of str
        Moderators, as for `regress`.
    within : sequence of (str, str, str)
        Further terms with a structure of covariance: inner factor, outer factor and
        a code of `STRUCTURES`, as for `multivariate`.
    covariance : SamplingCovariance, (n, n) array or float, optional
        How sampling errors go together: from `sampling_covariance`, as a matrix, or
        as one correlation assumed within `cluster`. By default they are independent.
    cluster : str, optional
        The column for a single correlation; by default the outermost level.
    correlations : mapping, optional
        Known correlation matrices of levels, such as those of related species: the
        level, and a pair of names and matrix.
    method : {"REML", "ML"}
    test : str
        Code of `DEPENDENT_TESTS`.
    level : float
        Confidence level of all intervals.

    Returns
    -------
    DependentFit

    Raises
    ------
    InvalidInput
        If a code is not known, or a covariance does not fit.
    NotFound
        If there is no such column.
    NotEstimable
        If there are too few rows or groups.

    References
    ----------
    Konstantopoulos S. Res Synth Methods 2011;2:61. doi:10.1002/jrsm.35
    """
    paths = [levels] if isinstance(levels, str) else [*levels]
    first = paths[0].split("/")[0].strip() if paths else None
    return fit_model(
        effects,
        formula,
        levels=levels,
        within=within,
        covariance=covariance,
        cluster=cluster or first,
        correlations=correlations or {},
        method=method,
        test=test,
        level=level,
        name="multilevel",
    )


def multivariate(
    effects: Any,
    inner: str,
    outer: str,
    structure: str = "UN",
    formula: str | Sequence[str] | None = None,
    *,
    levels: str | Sequence[str] = (),
    covariance: Any = None,
    method: str = "REML",
    test: str = "containment",
    level: float = 0.95,
) -> DependentFit:
    """Pool several outcomes, times or treatments of each study together.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        As for `pool`, one row for each outcome of each study.
    inner : str
        The column that tells the effects of a study apart: outcomes, or times.
    outer : str
        The column of the studies.
    structure : str
        Code of `STRUCTURES`: how the true effects of a study go together.
    formula : str or sequence of str, optional
        By default one mean for each outcome, or one for all where `inner` is numbers.
    levels : str or sequence of str
        Further groups that share an effect, as for `multilevel`.
    covariance : SamplingCovariance, (n, n) array, float or "unknown", optional
        How sampling errors within a study go together: from `sampling_covariance`,
        as a matrix, or as one correlation assumed. By default they are independent,
        which effects of the same patients are not. ``"unknown"`` estimates one
        correlation of true effects and sampling errors together (Riley 2008).
    method, test, level
        As for `multilevel`.

    Returns
    -------
    DependentFit

    Raises
    ------
    InvalidInput
        If a code is not known, or a covariance does not fit.
    NotFound
        If there is no such column.
    NotEstimable
        If there are too few studies, or none has two of the outcomes together.

    References
    ----------
    van Houwelingen HC, Arends LR, Stijnen T. Stat Med 2002;21:589.
    doi:10.1002/sim.1040
    Jackson D, Riley R, White IR. Stat Med 2011;30:2481. doi:10.1002/sim.4172
    Riley RD, Thompson JR, Abrams KR. Biostatistics 2008;9:172.
    doi:10.1093/biostatistics/kxm023
    """
    table = as_effects(effects)
    if formula is None:
        formula = "~ 1" if _numeric(table, inner) else f"~ 0 + `{inner}`"
    return fit_model(
        table,
        formula,
        levels=levels,
        within=((inner, outer, structure),),
        covariance=covariance,
        cluster=outer,
        correlations={},
        method=method,
        test=test,
        level=level,
        name="multivariate",
    )


def fit_model(
    effects: Any,
    formula: str | Sequence[str],
    *,
    levels: str | Sequence[str],
    within: Sequence[Within],
    covariance: Any,
    cluster: str | None,
    correlations: Mapping[str, Known],
    method: str,
    test: str,
    level: float,
    name: str,
) -> DependentFit:
    """Fit a model with dependent effects."""
    table = as_effects(effects)
    check_level(level)
    restricted = choose(method, METHODS, "likelihood")
    choose(test, DEPENDENT_TESTS, "test of coefficients")
    model = assemble(
        table,
        read_formula(formula),
        levels=levels,
        within=within,
        covariance=covariance,
        cluster=cluster,
        correlations=correlations,
    )
    return describe(
        model,
        estimate(model, restricted=restricted),
        method=method,
        test=test,
        level=level,
        name=name,
    )


def describe(
    model: Model,
    estimated: Estimated,
    *,
    method: str,
    test: str,
    level: float,
    name: str,
) -> DependentFit:
    """Wrap a fitted model."""
    table, design = model.table, model.design
    inference = DEPENDENT_TESTS[test].infer(estimated)
    components = components_of(estimated)
    beta, eye = estimated.estimate, np.eye(len(design.names))
    slopes = list(design.slopes)
    terms = {
        term: tested(inference, beta, eye[list(columns)])
        for term, columns in design.terms.items()
        if columns and columns != (design.intercept,)
    }
    weights = np.zeros(len(table))
    pull = estimated.solve(np.ones((1, len(model.y))))[0]
    weights[model.used] = 100 * pull / pull.sum()
    return DependentFit(
        effects=table,
        used=model.used,
        k=len(model.y),
        model=name,
        formula=design.formula,
        coefficients=inference.coefficients(design.names, beta, level),
        covariance=inference.covariance,
        components=components,
        test=tested(inference, beta, eye[slopes]) if slopes else None,
        terms=terms,
        i2=shares(estimated),
        q=estimated.q,
        q_df=estimated.df,
        q_p=chi2_upper(estimated.q, estimated.df),
        criteria=criteria(estimated, restricted=False),
        restricted_criteria=criteria(estimated, restricted=True),
        weights=weights,
        method=method,
        level=level,
        rules={
            **table.rules,
            **model.structures,
            "method": method,
            "test": test,
            "level": f"{level:g}",
        },
        notes=(*table.notes, *model.notes, *notes_of(estimated, components)),
        inference=inference,
        estimated=estimated,
    )


def tested(inference: Inference, beta: Any, rows: Any) -> HypothesisTest | None:
    """Test coefficients, None where they do not scatter."""
    try:
        return inference.test(beta, rows)
    except NotEstimable:
        return None


def criteria(estimated: Estimated, *, restricted: bool) -> Criteria:
    """Return information criteria."""
    parameters = estimated.model.X.shape[1] + len(estimated.problem.parameters)
    size = estimated.df if restricted else len(estimated.model.y)
    height = estimated.log_likelihood(restricted=restricted)
    enough = max(size, parameters + 2)
    return Criteria(
        log_likelihood=height,
        aic=-2 * height + 2 * parameters,
        bic=-2 * height + parameters * float(np.log(size)),
        aicc=-2 * height + 2 * parameters * enough / (enough - parameters - 1),
    )


def _numeric(table: Any, name: str) -> bool:
    """Say whether a column holds numbers only."""
    try:
        for cell in column_of(table, name):
            as_number(cell)
    except (TypeError, ValueError):
        return False
    return True
