"""Small-study effects where effects depend on each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.pooling.bias.predictors import PREDICTORS, Regressed
from synthesist.pooling.bias.sample import AVERAGED, Sample, cautions, needs_spread
from synthesist.pooling.dependent.estimate import estimate
from synthesist.pooling.dependent.fit import DependentFit
from synthesist.pooling.dependent.multilevel import METHODS, describe
from synthesist.pooling.dependent.robust import RobustFit
from synthesist.pooling.regression.columns import Values
from synthesist.pooling.regression.inference import Coefficient, Inference, fixed_df

if TYPE_CHECKING:
    from synthesist.pooling.bias.asymmetry import SmallStudyTest
    from synthesist.pooling.bias.small_study import SmallStudyMethod

NOT_FOR_DEPENDENT = (
    "The test {code} is not defined for effects that depend on each other."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A model with one more moderator: its fit, and the robust test of that."""

    fit: DependentFit
    robust: RobustFit
    limit: Coefficient
    slope: Coefficient


def sample_in(fit: DependentFit) -> Sample:
    """Return the rows that a model with dependent effects used."""
    return Sample(
        table=fit.effects,
        y=fit.effects.y[fit.used],
        v=fit.effects.v[fit.used],
        rows=np.flatnonzero(fit.used),
    )


def with_moderator(
    fit: DependentFit, x: Vector, name: str, cluster: str | None, level: float
) -> Added:
    """Return the model with one more moderator (k,), tested by CR2.

    The limit is the effect where it is zero, other moderators being at their average.

    Raises
    ------
    NotEstimable
        If the moderator follows from those of the model.
    """
    model = fit.estimated.model
    design = model.design
    X = np.column_stack([model.X, x])
    place = len(design.names)

    def rows(values: Mapping[str, Values], size: int) -> Matrix:
        more = values[name]
        column = more if isinstance(more, np.ndarray) else np.full(size, np.nan)
        return np.column_stack([design.rows(values, size), column])

    wider = replace(
        design,
        X=X,
        names=(*design.names, name),
        terms={**design.terms, name: (place,)},
        formula=f"{design.formula} + {name}",
        columns=(*design.columns, name),
        rows=rows,
    )
    found = describe(
        larger := replace(model, X=X, design=wider),
        estimate(larger, restricted=METHODS[fit.method]),
        method=fit.method,
        test=fit.rules["test"],
        level=level,
        name=fit.model,
    )
    robust = found.robust(cluster)
    return Added(
        fit=found,
        robust=robust,
        limit=_inference(robust).single(
            "limit", robust.estimate, limit_row(model.X), level
        ),
        slope=robust.coefficients[place],
    )


def limit_row(X: Matrix) -> Matrix:
    """Return the design row (1, p + 1) of average moderators and nothing added."""
    return np.append(X.mean(axis=0), 0.0)[None, :]


def _inference(robust: RobustFit) -> Inference:
    """Return what is concluded of any combination of robust coefficients."""
    if robust.pieces is None:
        df = max(1.0, float(robust.clusters - len(robust.names)))
        return Inference(covariance=robust.covariance, read=fixed_df(df))
    return Inference(covariance=robust.covariance, read=robust.pieces.read)


def dependent_test(
    fit: DependentFit,
    method: SmallStudyMethod,
    *,
    size: str | None,
    cluster: str | None,
    level: float,
) -> SmallStudyTest:
    """Test a predictor of size as one more moderator, robustly.

    The effects keep the model's weights, so that only the predictor of a test is
    taken over.

    References
    ----------
    Rodgers MA, Pustejovsky JE. Psychol Methods 2021;26:141. doi:10.1037/met0000300
    """
    from synthesist.pooling.bias.small_study import NOT_BIAS, wrap

    if not method.predictor or method.predictor == "score":
        raise InvalidInput(
            NOT_FOR_DEPENDENT.format(code=method.code),
            remedy="choose egger, peters or pustejovsky-rodgers",
        )
    sample = sample_in(fit)
    predictor = PREDICTORS[method.predictor]
    x = predictor.regress(sample, size).x
    needs_spread(x, predictor.label)
    found = with_moderator(fit, x, predictor.label, cluster, level)
    robust = found.robust
    regressed = Regressed(
        x=x, y=sample.y, w=1 / sample.v, known=np.ones(sample.k, dtype=np.bool_)
    )
    rows: Indices = sample.rows
    wrapped = wrap(
        fit.effects,
        method,
        regressed,
        slope=found.slope,
        limit=found.limit,
        rows=rows,
        tau2=None,
        dispersion=None,
        rules={**robust.rules, "small_study_test": method.code},
        clusters=robust.clusters,
    )
    return replace(
        wrapped,
        notes=(
            *fit.effects.notes,
            *cautions(sample.y, sample.v, clusters=robust.clusters),
            *method.scope(fit.effects, method),
            *((AVERAGED,) if fit.estimated.model.design.columns else ()),
            *robust.notes,
            NOT_BIAS,
        ),
    )
