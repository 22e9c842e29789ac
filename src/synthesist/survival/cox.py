"""Cox regression, stratified by trial."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Indices, Mask, Matrix, Vector
from synthesist.numerics.dense import part, solve
from synthesist.numerics.results import HypothesisTest
from synthesist.survival.cells import Codes, smallest_codes
from synthesist.survival.cox_fit import CoxFit, CoxModel
from synthesist.survival.data import SurvivalData
from synthesist.survival.discrete_ties import discrete
from synthesist.survival.firth import maximise_penalised
from synthesist.survival.likelihood import Design, Evaluation, evaluate
from synthesist.survival.marginal_ties import marginal
from synthesist.survival.maximise import (
    Maximum,
    estimable,
    inverse,
    maximise,
)
from synthesist.survival.residuals import cluster_covariance
from synthesist.survival.risksets import RiskSets, risk_sets
from synthesist.survival.terms import Columns, complete, model_columns

Evaluate = Callable[[RiskSets, Design, Vector], Evaluation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """A way to handle events at the same time.

    `whole_strata` says that it walks through strata one by one and knows no
    case weights.
    """

    code: str
    label: str
    evaluate: Evaluate
    whole_strata: bool = False


def _breslow(sets: RiskSets, design: Design, beta: Vector) -> Evaluation:
    return evaluate(sets, design, beta, efron=False)


def cox(
    data: SurvivalData,
    terms: str | Sequence[str] = "treated",
    *,
    strata: str | Sequence[str] = "trial",
    ties: str = "efron",
    robust: bool | None = None,
    firth: bool = False,
    level: float = 0.95,
) -> CoxFit:
    """Fit a Cox model.

    Parameters
    ----------
    data : SurvivalData
    terms : str or sequence of str
        ``"treated + age"``; see `synthesist.survival.terms.model_columns`.
    strata : str or sequence of str
        Names of what separates baseline hazards: ``trial`` and covariates. An
        empty sequence gives one baseline for all.
    ties : str
        Code of `TIES`.
    robust : bool, optional
        Whether the variance allows for dependence within clusters; by default
        when the data have a cluster, or weights that are no whole numbers.
        Without a cluster every patient is one.
    firth : bool
        Whether the likelihood is penalised so that every coefficient is finite.
    level : float
        Of the confidence intervals.

    Returns
    -------
    CoxFit

    Raises
    ------
    InvalidInput
        If a name or code is not known, or weights go with a method that has none.
    NotEstimable
        If there is no event, no covariate varies within a stratum, or the
        likelihood rises for ever.

    References
    ----------
    Cox DR. J R Stat Soc B 1972;34:187. doi:10.1111/j.2517-6161.1972.tb00899.x
    Lin DY, Wei LJ. J Am Stat Assoc 1989;84:1074. doi:10.1080/01621459.1989.10478874
    """
    method = _method(ties, data, firth=firth)
    if not 0 < level < 1:
        raise InvalidInput(
            f"The level of the intervals is {level}.",
            remedy="give a fraction such as 0.95",
        )
    columns = model_columns(data, terms)
    names = (strata,) if isinstance(strata, str) else tuple(strata)
    codes, lacking = _strata(data, names)
    columns = replace(columns, missing=_either(columns.missing, lacking))
    kept, columns = complete(data, columns)
    if kept is not data:
        codes, _ = _strata(kept, names)
    sets = risk_sets(kept, codes, apart=method.whole_strata)
    model = prepare(kept, columns, sets, method.code)
    return fit_model(
        model,
        method,
        robust=_needs_robust(kept) if robust is None else robust,
        firth=firth,
        level=level,
    )


def prepare(
    data: SurvivalData, columns: Columns, sets: RiskSets, ties: str
) -> CoxModel:
    """Centre the covariates and leave out what the strata cannot tell."""
    x = np.empty((len(columns.columns), len(data)))
    means = np.empty(len(x))
    for j, column in enumerate(columns.columns):
        means[j] = column.values.mean()
        values = column.values if sets.order is None else column.values[sets.order]
        np.subtract(values, means[j], out=x[j])
    return CoxModel(
        data=data, sets=sets, names=columns.names, x=x, means=means, ties=ties
    )


def fit_model(
    model: CoxModel, method: Ties, *, robust: bool, firth: bool, level: float
) -> CoxFit:
    """Maximise the likelihood of a model that has been prepared."""
    sets = model.sets
    if not len(sets.first):
        raise NotEstimable("There is no event.", remedy="check how the event is coded")
    design = Design(x=model.x, parameters=len(model.names))
    start = method.evaluate(sets, design, np.zeros(len(model.names)))
    kept = _kept(model, start)
    notes = list(model.data.notes)
    if len(kept) < len(model.names):
        notes.append(_left_out(model, kept))
        model = model.take(kept)
        design = Design(x=model.x, parameters=len(kept))
        start = _part(start, kept)

    def likelihood(beta: Vector) -> Evaluation:
        return method.evaluate(sets, design, beta)

    if firth:
        found = maximise_penalised(
            sets, design, likelihood, efron=method.code == "efron"
        )
        notes.append(
            "Firth's penalty is applied: the estimate is finite and shrunk towards no effect."
        )
    else:
        found = maximise(
            likelihood, np.zeros(len(kept)), names=model.names, first=start
        )
    covariance = inverse(found.at.information)
    spread = None
    if robust:
        spread, clusters = cluster_covariance(model, found.beta, covariance)
        notes.append(f"The variance is robust, by {clusters} clusters.")
    return CoxFit(
        names=model.names,
        estimate=found.beta,
        covariance=covariance if spread is None else spread,
        model_covariance=covariance,
        loglik=(start.loglik if not firth else found.start.loglik, found.at.loglik),
        tests=_tests(found, start, covariance if spread is None else spread, firth),
        n=len(sets),
        events=int(sets.deaths.sum()),
        strata=sets.strata,
        informative=len(np.unique(sets.stratum)),
        ties=method.code,
        firth=firth,
        robust=robust,
        steps=found.steps,
        level=level,
        model=model,
        notes=tuple(notes),
    )


def _needs_robust(data: SurvivalData) -> bool:
    """Say whether the inverse information is no variance: clusters, or true weights."""
    if data.cluster is not None or data.weights is None:
        return data.cluster is not None
    return bool((data.weights != np.floor(data.weights)).any())


def _method(code: str, data: SurvivalData, *, firth: bool) -> Ties:
    """Return the way of handling ties, when it goes with the data."""
    if code not in TIES:
        raise InvalidInput(
            f"There is no way {code} of handling ties.",
            remedy=f"choose {', '.join(TIES)}",
        )
    method = TIES[code]
    if method.whole_strata and (data.weights is not None or firth):
        what = "case weights" if data.weights is not None else "Firth's penalty"
        raise InvalidInput(
            f"The ties {code} have no version with {what}.",
            remedy="choose efron or breslow",
        )
    return method


def _strata(
    data: SurvivalData, names: Sequence[str]
) -> tuple[Codes | None, Mask | None]:
    """Return the stratum of each patient, None when it is the trial; and who has none."""
    if names == ("trial",) or (not names and len(data.trials) == 1):
        return None, None
    codes = np.zeros(len(data), dtype=np.intp)
    missing = np.zeros(len(data), dtype=np.bool_)
    for name in names:
        if name == "trial":
            values = data.trial.astype(np.intp)
        else:
            covariate = data.covariate(name)
            missing |= covariate.missing
            values = np.unique(covariate.values, return_inverse=True)[1]
        codes = codes * (int(values.max()) + 1) + values
    codes = np.unique(codes, return_inverse=True)[1]
    return smallest_codes(
        codes, int(codes.max()) + 1
    ), missing if missing.any() else None


def _either(a: Mask | None, b: Mask | None) -> Mask | None:
    if a is None or b is None:
        return b if a is None else a
    return a | b


def _kept(model: CoxModel, start: Evaluation) -> Indices:
    """Return which columns the strata tell apart."""
    events = float(model.sets.death_weight.sum())
    spread = events * np.einsum("qn,qn->q", model.x, model.x) / len(model.sets)
    kept = estimable(start.information, spread)
    if not len(kept):
        raise NotEstimable(
            f"Nothing is compared: {', '.join(model.names)} does not vary among those at risk in any stratum.",
            remedy="check the strata, and that both arms are in one trial",
        )
    return kept


def _left_out(model: CoxModel, kept: Indices) -> str:
    out = [name for j, name in enumerate(model.names) if j not in kept]
    return f"{', '.join(out)} left out: constant within every stratum, or given by the covariates before."


def _part(found: Evaluation, kept: Indices) -> Evaluation:
    return Evaluation(
        loglik=found.loglik,
        score=found.score[kept],
        information=part(found.information, kept),
    )


def _tests(
    found: Maximum, start: Evaluation, covariance: Matrix, firth: bool
) -> dict[str, HypothesisTest]:
    """Return the tests of no effect of any covariate."""
    df = len(found.beta)
    beta = found.beta
    lr = 2 * (found.at.loglik - found.start.loglik)
    statistics = {
        "likelihood ratio": max(lr, 0.0),
        "Wald": float(beta @ solve(covariance, beta)),
    }
    if not firth:
        statistics["score"] = float(start.score @ solve(start.information, start.score))
    return {name: chi2_test(value, df) for name, value in statistics.items()}


def chi2_test(statistic: float, df: int) -> HypothesisTest:
    """Return a statistic with its P value by the chi-squared distribution."""
    from scipy.special import chdtrc

    return HypothesisTest(
        statistic=statistic, df=df, p=float(chdtrc(df, statistic)), reference="chi2"
    )


TIES = {
    entry.code: entry
    for entry in (
        Ties(code="efron", label="Efron", evaluate=evaluate),
        Ties(code="breslow", label="Breslow", evaluate=_breslow),
        Ties(
            code="discrete", label="discrete time", evaluate=discrete, whole_strata=True
        ),
        Ties(
            code="exact", label="exact marginal", evaluate=marginal, whole_strata=True
        ),
    )
}
