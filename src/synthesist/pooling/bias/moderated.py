"""Small-study effects beyond what moderators explain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.pooling.bias.dependent import limit_row
from synthesist.pooling.bias.predictors import PREDICTORS, Regressed
from synthesist.pooling.bias.sample import AVERAGED, Sample, cautions, needs_spread
from synthesist.pooling.regression.core import fit_core
from synthesist.pooling.regression.fit import RegressionFit

if TYPE_CHECKING:
    from synthesist.pooling.bias.asymmetry import SmallStudyTest
    from synthesist.pooling.bias.small_study import SmallStudyMethod


def moderated_test(
    fit: RegressionFit, method: SmallStudyMethod, *, size: str | None, level: float
) -> SmallStudyTest:
    """Test a predictor of size as one more moderator of a regression.

    The effects keep the regression's weights and its test, so that only the
    predictor is taken over. The line is that at the average of the moderators.

    Raises
    ------
    InvalidInput
        If the test has no predictor, or moderators were imputed.
    NotEstimable
        If the predictor follows from the moderators.
    """
    from synthesist.pooling.bias.small_study import NOT_BIAS, wrap

    if not method.predictor or method.predictor == "score":
        raise InvalidInput(
            f"The test {method.code} is not defined with other moderators.",
            remedy="choose egger, peters or pustejovsky-rodgers",
        )
    design = fit.design
    if fit.imputed:
        raise InvalidInput(
            "Some moderators of the regression were imputed.",
            remedy="regress with missing='drop'",
        )
    sample = Sample(
        table=fit.effects,
        y=fit.effects.y[fit.used],
        v=fit.effects.v[fit.used],
        rows=np.flatnonzero(fit.used),
    )
    predictor = PREDICTORS[method.predictor]
    x = predictor.regress(sample, size).x
    needs_spread(x, predictor.label)
    names = (*design.names, predictor.label)
    X = np.column_stack([fit.core.X, x])
    core = fit_core(sample.y, sample.v, X, names, replace(fit.core.method, level=level))
    limit = core.inference.single("limit", core.estimate, limit_row(fit.core.X), level)
    wrapped = wrap(
        fit.effects,
        method,
        Regressed(x=x, y=sample.y, w=core.w, known=np.ones(sample.k, dtype=np.bool_)),
        slope=core.inference.coefficients(names, core.estimate, level)[-1],
        limit=limit,
        rows=sample.rows,
        tau2=core.tau2,
        dispersion=None,
        rules={
            **fit.rules,
            "level": f"{level:g}",
            "small_study_test": method.code,
            "beside": design.formula,
        },
    )
    rest = fit.residuals[fit.used]
    return replace(
        wrapped,
        notes=(
            *fit.effects.notes,
            *cautions(rest, sample.v),
            *method.scope(fit.effects, method),
            *((AVERAGED,) if design.columns else ()),
            *wrapped.notes,
            NOT_BIAS,
        ),
    )
