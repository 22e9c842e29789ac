"""Pool counts by a mixed model: no correction of zeros, no normal approximation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from synthesist.effects import EffectTable, effect_table
from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Mask, Vector
from synthesist.numerics.distributions import chi2_tail
from synthesist.numerics.results import Interval, number
from synthesist.pooling.engine import Method
from synthesist.pooling.intervals import Inference, symmetric
from synthesist.pooling.mantel_haenszel import SILENT
from synthesist.pooling.notes import (
    FEW,
    FEW_STUDIES,
    NO_PREDICTION,
    ONE_STUDY,
    ZERO_TAU2,
    from_counts,
)
from synthesist.pooling.predictions import FEWEST, PREDICTIONS, around
from synthesist.pooling.rare_events.fit import LikelihoodFit, Mode
from synthesist.pooling.rare_events.models import GLMM_MODELS, MixedModel, Problem
from synthesist.pooling.rare_events.notes import uncorrected
from synthesist.pooling.rare_events.profile import Profile, interval
from synthesist.pooling.rare_events.random_studies import ALPHA, SIGMA
from synthesist.pooling.rare_events.search import Found, search
from synthesist.pooling.rare_events.values import MU, TAU
from synthesist.pooling.registry import choose
from synthesist.tables import read_table

#: Columns by which counts are recognised, and the measure they have by default.
RECOGNISED = (
    (("events_t", "n_t"), "OR"),
    (("events_t", "time_t"), "IRR"),
    (("events", "time"), "IRLN"),
    (("events", "n"), "PLO"),
)

#: Those that can be asked for by name; single groups have one each.
TWO_GROUP_MODELS = tuple(
    model for model in GLMM_MODELS.values() if len(model.measures) > 1
)

#: How the interval of the effect is made.
INTERVALS = {"normal": "estimate and standard error", "profile": "likelihood ratio"}

SEVERAL_MODES = (
    "The likelihood has {count} maxima; the highest, {gain:.2g} above the next in "
    "log-likelihood, is given. The other is at tau² = {tau2:.3g} with the estimate "
    "{estimate}."
)
NOTHING_OF_TAU2 = (
    "No study has more than one event that could be in either group, so nothing is said "
    "of tau²; it is taken to be zero."
)
ENDLESS = "The profile interval of {what} has no end on {side}."


def glmm(
    data: Any,
    measure: str | None = None,
    *,
    model: str | None = None,
    interval: str = "normal",
    tau2: str = "ML",
    coding: float = 0.5,
    prediction: str = "k-1",
    level: float = 0.95,
) -> LikelihoodFit:
    """Pool counts by a mixed model, at the exact maximum of its likelihood.

    The effects of studies are normal, the counts given them binomial, Poisson or
    hypergeometric; integrals take as many nodes as are needed, and the rules say how
    many. The maximum is searched over the whole range of tau². Studies without
    events, or with nothing but events, need no correction: the likelihood says what
    they tell, which in the conditional models is nothing.

    Parameters
    ----------
    data : EffectTable, path, frame or mapping of columns
        Counts of one or two groups.
    measure : {"OR", "IRR", "PLO", "IRLN"}, optional
        By default what the columns are enough for. Not used when `data` is an
        `EffectTable`, which has its own.
    model : str, optional
        Code of `GLMM_MODELS`: for two groups ``CM.EL`` (the default), ``CM.AL``,
        ``UM.FS`` or ``UM.RS``; single groups have one model each.
    interval : {"normal", "profile"}
        How the interval and test of the effect are made; that of tau² is always by
        profile likelihood.
    tau2 : {"ML", "CE"}
        CE takes all studies to share one effect.
    coding : float
        The treated group's share of the random effect in the unconditional models,
        0 to 1; the control group has the rest with the opposite sign.
    prediction : str
        Code of `PREDICTIONS`.
    level : float
        Confidence level.

    Returns
    -------
    LikelihoodFit
        The estimate is the effect in the median study.

    Raises
    ------
    InvalidInput
        If the measure has no such model, or the counts are missing.
    NotEstimable
        If all events are on one side, or the likelihood has no maximum.

    References
    ----------
    Stijnen T, Hamza TH, Özdemir P. Stat Med 2010;29:3046. doi:10.1002/sim.4040
    Jackson D, Law M, Stijnen T, Viechtbauer W, White IR. Stat Med 2018;37:1059.
    doi:10.1002/sim.7588
    """
    if isinstance(data, EffectTable):
        table = data
    else:
        table = effect_table(data, measure or _recognise(data))
    choose(interval, INTERVALS, "interval of a mixed model")
    choose(tau2, {"ML": "", "CE": ""}, "estimator of tau² in a mixed model")
    choose(prediction, PREDICTIONS, "prediction interval")
    if not 0 <= coding <= 1:
        raise InvalidInput(
            f"The coding {coding} is not between 0 and 1.",
            remedy="write 0.5 to treat both groups alike",
        )
    method = Method(tau2=tau2, prediction=prediction, level=level)
    return _with_common(table, method, _choose_model(table, model), interval, coding)


def pool_glmm(
    effects: EffectTable, method: Method, code: str | None = None
) -> LikelihoodFit:
    """Pool an effect table by a mixed model, by default the first of its measure."""
    usual = Method(prediction=method.prediction, level=method.level)
    return _with_common(effects, usual, _choose_model(effects, code), "normal", 0.5)


def _recognise(data: Any) -> str:
    """Return the measure that the columns are enough for."""
    table = read_table(data)
    for columns, measure in RECOGNISED:
        if all(column in table for column in columns):
            return measure
    raise InvalidInput(
        "The columns are no counts that are known.",
        remedy="give events_t n_t events_c n_c, events_t time_t events_c time_c, "
        "events n, or events time",
    )


def _choose_model(effects: EffectTable, code: str | None) -> MixedModel:
    """Return the model of a code, or the first that the measure has."""
    measure = effects.measure.code
    fitting = [m for m in GLMM_MODELS.values() if measure in m.measures]
    known = sorted({m for model in GLMM_MODELS.values() for m in model.measures})
    if not fitting:
        raise InvalidInput(
            f"{effects.measure.label} has no mixed model.",
            remedy=f"choose a measure among {', '.join(known)}",
        )
    if code is None:
        return fitting[0]
    model = choose(code, GLMM_MODELS, "mixed model")
    if model not in fitting:
        raise InvalidInput(
            f"The model {model.code} is not for {effects.measure.label.lower()}s.",
            remedy=f"choose one of {', '.join(m.code for m in fitting)}",
        )
    return model


def _with_common(
    effects: EffectTable, method: Method, model: MixedModel, way: str, coding: float
) -> LikelihoodFit:
    """Pool, with the answer of a common effect beside that of few studies."""
    fit = _pool(effects, method, model, way, coding)
    if method.common or not 2 <= fit.k <= FEW:
        return fit
    common = _pool(effects, replace(method, tau2="CE"), model, way, coding)
    return replace(fit, beside=(common,))


def _pool(
    effects: EffectTable, method: Method, model: MixedModel, way: str, coding: float
) -> LikelihoodFit:
    """Fit a model and describe the answer."""
    problem = model.build(effects, coding)
    telling = int(problem.telling.sum())
    common = method.common or telling == 1 or not problem.about_tau
    found = search(problem.likelihood, common=common)
    best = found.best
    inference = _infer(problem, found, way, method.level)
    infinite = np.array([np.inf])
    tau2 = np.array([best.tau**2])
    k = np.array([float(telling)])
    df = PREDICTIONS[method.prediction].df(k, infinite)
    low, high = around(k, tau2, inference, df, method.level)
    random = telling > 1 and not method.common
    typical = _typical_variance(effects, problem.telling)
    limits = (
        interval(problem.likelihood, best, TAU, method.level)
        if random and problem.about_tau
        else None
    )
    return LikelihoodFit(
        effects=effects,
        k=int(problem.used.sum()),
        model=model.code if model in TWO_GROUP_MODELS else "glmm",
        estimate=best.mu,
        se=best.se,
        interval=Interval(
            lower=float(inference.lower[0]),
            upper=float(inference.upper[0]),
            level=method.level,
        ),
        statistic=number(inference.statistic[0]),
        df=None,
        p=number(inference.p[0]),
        tau2=best.tau**2 if telling > 1 else None,
        tau2_interval=None
        if limits is None
        else Interval(lower=limits[0] ** 2, upper=limits[1] ** 2, level=method.level),
        tau2_method=method.tau2 if method.common else "ML",
        h2=None if typical is None else 1 + best.tau**2 / typical,
        i2=None if typical is None else 100 * best.tau**2 / (best.tau**2 + typical),
        i2_interval=None
        if typical is None or limits is None
        else Interval(
            lower=_share(limits[0], typical),
            upper=_share(limits[1], typical),
            level=method.level,
        ),
        i2_q=None,
        i2_q_interval=None,
        q=None,
        q_df=telling - 1,
        q_p=None,
        prediction=Interval(
            lower=float(low[0]), upper=float(high[0]), level=method.level
        )
        if random and telling >= FEWEST
        else None,
        weights=_weights(effects, problem, found),
        rules=_rules(problem, method, model, way, coding, best.nodes),
        notes=(
            *from_counts(effects),
            *_notes(effects, problem, found, model, method, limits),
        ),
        loglik=best.loglik,
        parameters=_parameters(found),
        lower_modes=tuple(
            Mode(other.mu, other.tau**2, other.loglik) for other in found.others
        ),
        likelihood=(problem.likelihood, best),
    )


def _infer(problem: Problem, found: Found, way: str, level: float) -> Inference:
    """Return the interval and the test of the effect."""
    best = found.best
    estimate, se = np.array([best.mu]), np.array([best.se])
    normal = symmetric(estimate, se, np.array([np.inf]), level)
    if way == "normal":
        return normal
    low, high = interval(problem.likelihood, best, MU, level)
    at_zero, _ = Profile(problem.likelihood, best, MU).at(np.zeros(1))
    deviance = np.maximum(2 * (best.loglik - at_zero), 0.0)
    return normal._replace(
        lower=np.array([low]),
        upper=np.array([high]),
        statistic=np.sign(estimate) * np.sqrt(deviance),
        p=chi2_tail(deviance, np.ones(1)),
    )


def _weights(effects: EffectTable, problem: Problem, found: Found) -> Vector:
    """Return each study's share of the information about the effect, in per cent."""
    share = found.best.values.share[0]
    weights = np.zeros(len(effects))
    weights[problem.telling] = 100 * share / share.sum()
    return weights


def _parameters(found: Found) -> dict[str, float]:
    """Return what was estimated beside the effect and tau²."""
    beta = found.best.state.beta[0]
    if len(beta) <= SIGMA:
        return {}
    return {"level": float(beta[ALPHA]), "level_variance": float(beta[SIGMA] ** 2)}


def _typical_variance(effects: EffectTable, telling: Mask) -> float | None:
    """Return the variance of a typical study's effect, by the definition of I².

    It is that of the corrected effects: the model itself has none.
    """
    v = effects.v[telling & effects.included]
    if len(v) < 2:
        return None
    w = 1 / v
    return float((len(v) - 1) * w.sum() / (w.sum() ** 2 - (w * w).sum()))


def _share(tau: float, typical: float) -> float:
    """Return I² in per cent."""
    return 100.0 if np.isinf(tau) else 100 * tau**2 / (tau**2 + typical)


def _rules(
    problem: Problem,
    method: Method,
    model: MixedModel,
    way: str,
    coding: float,
    nodes: int,
) -> dict[str, str]:
    """Return the choices by which the numbers were in fact computed."""
    rules = {
        "model": model.code if model in TWO_GROUP_MODELS else "glmm",
        "likelihood": model.label,
        "tau2": method.tau2 if method.common else "ML",
        "quadrature": problem.likelihood.rule.format(nodes=nodes),
        "interval": way,
        "tau2_interval": "profile",
        "prediction": method.prediction,
        "weights": "share of the information about the estimate",
        "level": f"{method.level:g}",
    }
    if model.coded:
        rules["coding"] = f"{coding:g}"
    return rules


def _notes(
    effects: EffectTable,
    problem: Problem,
    found: Found,
    model: MixedModel,
    method: Method,
    limits: tuple[float, float] | None,
) -> tuple[str, ...]:
    """Say what the reader must know of the answer."""
    notes = [model.caution] if model.caution else []
    what = {"PLO": "proportion", "IRLN": "rate"}.get(effects.measure.code, "ratio")
    notes += uncorrected(effects, what)
    k = int(problem.telling.sum())
    silent = int(problem.used.sum()) - k
    if silent:
        notes.append(SILENT.format(silent=silent))
    if k == 1:
        notes.append(ONE_STUDY)
    elif k <= FEW and not method.common:
        notes.append(FEW_STUDIES.format(k=k))
    if k > 1 and not method.common:
        if not problem.about_tau:
            notes.append(NOTHING_OF_TAU2)
        elif found.best.tau == 0:
            notes.append(ZERO_TAU2)
    if found.others:
        notes.append(_several_modes(effects, found))
    if limits is not None and np.isinf(limits[1]):
        notes.append(ENDLESS.format(what="tau²", side="the right"))
    if 1 < k < FEWEST and not method.common:
        notes.append(NO_PREDICTION)
    return tuple(notes)


def _several_modes(effects: EffectTable, found: Found) -> str:
    """Describe the second highest maximum."""
    other = found.others[0]
    return SEVERAL_MODES.format(
        count=1 + len(found.others),
        gain=found.best.loglik - other.loglik,
        tau2=other.tau**2,
        estimate=effects.measure.scale.show(other.mu),
    )
