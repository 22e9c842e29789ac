"""Pool study effects into one answer."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from synthesist.effects import EffectTable, effect_table
from synthesist.effects.notes import NAMED, Labels
from synthesist.errors import InvalidInput, NotEstimable, Problem
from synthesist.numerics.arrays import Vector
from synthesist.pooling.engine import Method, answer
from synthesist.pooling.fit import Interval, PooledFit, number
from synthesist.pooling.fixed_weights import (
    FIXED_WEIGHTS,
    FixedWeights,
    with_fixed_weights,
)
from synthesist.pooling.heterogeneity import TAU2_ESTIMATORS
from synthesist.pooling.intervals import INTERVALS
from synthesist.pooling.mantel_haenszel import (
    MH_CORRECTIONS,
    MH_VARIANCES,
    pool_mantel_haenszel,
    q_around_total,
)
from synthesist.pooling.notes import FEW, beyond_possible, notes_of
from synthesist.pooling.panel import Panel, single_panel
from synthesist.pooling.peto import pool_peto
from synthesist.pooling.predictions import PREDICTIONS
from synthesist.pooling.profiles import printed, rules_of
from synthesist.pooling.rare_events.beta_binomial import pool_beta_binomial
from synthesist.pooling.rare_events.glmm import TWO_GROUP_MODELS, pool_glmm
from synthesist.pooling.registry import choose, known
from synthesist.pooling.tau2_intervals import TAU2_INTERVALS

REPEATED = (
    "Several rows are named {names}, and are pooled as if they were independent; where "
    "they share patients use a multilevel model or robust variances."
)
UNUSED = "The model {model} has no use for these choices: {choices}."


def pool(
    effects: Any,
    *,
    tau2: str | None = None,
    interval: str | None = None,
    prediction: str | None = None,
    tau2_interval: str | None = None,
    tau2_weights: str | ArrayLike | None = None,
    model: str = "iv",
    level: float = 0.95,
    q: str | None = None,
    mh_correction: str | None = None,
    mh_variance: str | None = None,
    profile: str | None = None,
) -> PooledFit:
    """Pool study effects into one answer.

    A choice that is not given is the profile's, else the one named here first.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        Study effects; anything but an `EffectTable` needs the columns ``yi`` and
        ``vi`` or ``sei``.
    tau2 : str
        Code of `TAU2_ESTIMATORS`, by default ``REML``; ``ML`` with the interval
        ``PL``, which is of the same likelihood.
    interval : str
        Code of `INTERVALS`, by default ``HK-guarded``. With a common effect
        (``CE``) the interval is always normal.
    prediction : str
        Code of `PREDICTIONS`, by default ``k-1``.
    tau2_interval : str
        Code of `TAU2_INTERVALS`, by default ``Q-profile``.
    tau2_weights : str or (k,) array
        The weights of generalised Q, one a study, or the column that holds them;
        only for the estimator ``GENQ``, which needs them.
    model : str
        Code of `MODELS`, by default inverse variance. The choices above belong
        to it; a note names those that another one does not use.
    level : float
        Confidence level of all intervals.
    q : {"inverse-variance", "Mantel-Haenszel"}
        The estimate that Cochran's Q is measured from where tau² is DerSimonian
        and Laird's and the effects have counts behind them.
    mh_correction, mh_variance : str
        As for `mantel_haenszel`.
    profile : str, optional
        A name of `PROFILES`: the rules by which another program computes, those of
        study effects too. By default that of the effects.

    Returns
    -------
    PooledFit

    Raises
    ------
    InvalidInput
        If a code is not known, or a variance is not above zero.
    NotEstimable
        If no study is included.
    """
    table = as_effects(effects)
    if profile is not None:
        table = table.under(profile)
    chosen = choose(model, MODELS, "model")
    asked = {
        "tau2": tau2,
        "interval": interval,
        "prediction": prediction,
        "tau2_interval": tau2_interval,
        "q": q,
        "mh_correction": mh_correction,
        "mh_variance": mh_variance,
    }
    method = choose_method(**rules_of(table.profile, asked), level=level)
    if (method.tau2 == "GENQ") != (tau2_weights is not None):
        raise InvalidInput(
            "The estimator GENQ and tau2_weights go together.",
            remedy="give both, or neither",
        )
    fit = (
        chosen.fit(table, method)
        if tau2_weights is None
        else pool_inverse_variance(table, method, _weights(table, tau2_weights))
    )
    said = (*_repeated(fit.effects), *_unused(chosen, asked, fit))
    fit = replace(fit, notes=(*fit.notes, *said)) if said else fit
    return fit if table.profile is None else printed(fit, table.profile, asked)


def _repeated(effects: EffectTable) -> tuple[str, ...]:
    """Say which study stands in several rows, which are pooled as if independent."""
    if isinstance(effects.study, Labels):
        return ()
    labels = effects.study
    if len(set(labels)) == len(labels):
        return ()
    pooled = itertools.compress(labels, effects.included.tolist())
    twice = [name for name, rows in Counter(pooled).items() if rows > 1 and name]
    if not twice:
        return ()
    names = f"{', '.join(twice[:NAMED])}{' and others' if len(twice) > NAMED else ''}"
    return (REPEATED.format(names=names),)


def _unused(
    model: Model, asked: Mapping[str, str | None], fit: PooledFit
) -> tuple[str, ...]:
    """Say which choices the model has no use for, unless they are what it does."""
    done = {"tau2": fit.tau2_method, **fit.rules}
    idle = [
        f"{name} {value}"
        for name, value in asked.items()
        if value is not None and name not in model.uses and done.get(name) != value
    ]
    return (UNUSED.format(model=model.label, choices=", ".join(idle)),) if idle else ()


def choose_method(
    *,
    tau2: str | None = None,
    interval: str | None = None,
    prediction: str | None = None,
    tau2_interval: str | None = None,
    q: str | None = None,
    mh_correction: str | None = None,
    mh_variance: str | None = None,
    level: float = 0.95,
) -> Method:
    """Return the method of some choices, the defaults for the others.

    Raises
    ------
    InvalidInput
        If a choice is not known, or two exclude each other.
    """
    check_level(level)
    defaults = Method()
    way = choose(interval or defaults.interval, INTERVALS, "interval")
    tau2 = tau2 or way.needs or defaults.tau2
    method = Method(
        tau2=choose(tau2, TAU2_ESTIMATORS, "estimator of tau²").code,
        interval=way.code,
        prediction=choose(
            prediction or defaults.prediction, PREDICTIONS, "prediction interval"
        ).code,
        tau2_interval=choose(
            tau2_interval or defaults.tau2_interval, TAU2_INTERVALS, "interval of tau²"
        ).code,
        level=level,
        q=known(q or defaults.q, Q_CENTRES, "centre of Q"),
        mh_correction=known(
            mh_correction or defaults.mh_correction,
            MH_CORRECTIONS,
            "correction of Mantel-Haenszel totals",
        ),
        mh_variance=known(
            mh_variance or defaults.mh_variance,
            MH_VARIANCES,
            "variance of Mantel-Haenszel totals",
        ),
    )
    if way.needs and method.tau2 not in {way.needs, "CE"}:
        raise InvalidInput(
            f"The interval {way.code} goes with the estimator {way.needs} of tau².",
            remedy=f"choose tau2 {way.needs}, or another interval",
        )
    needs = PREDICTIONS[method.prediction].needs
    if needs and method.interval != needs:
        raise InvalidInput(
            f"The prediction interval {method.prediction} goes with the interval {needs}.",
            remedy=f"choose interval {needs}, or another prediction interval",
        )
    return method


def _weights(table: EffectTable, weights: str | ArrayLike) -> Vector:
    """Return the weights of the included studies.

    Raises
    ------
    InvalidInput
        If they are not one finite number above zero for each study.
    """
    given = table.column(weights) if isinstance(weights, str) else weights
    try:
        found = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        found = np.full(0, np.nan)
    included = found[table.included] if found.shape == (len(table),) else np.zeros(1)
    if not (np.isfinite(included) & (included > 0)).all():
        raise InvalidInput(
            "The weights for tau² are not one number above zero for each study.",
            remedy="give one weight a study, such as 1 / sei",
        )
    return included


def as_effects(effects: Any) -> EffectTable:
    """Return an effect table, reading ready-made effects where it is not one yet."""
    if isinstance(effects, EffectTable):
        return effects
    return effect_table(effects, "GEN")


def check_level(level: float) -> None:
    """Raise `InvalidInput` unless a confidence level lies between 0 and 1."""
    if not 0 < level < 1:
        raise InvalidInput(
            f"The confidence level {level} is not between 0 and 1.",
            remedy="write 0.95 for 95 per cent",
        )


def pool_inverse_variance(
    effects: EffectTable, method: Method, given: Vector | None = None
) -> PooledFit:
    """Weight studies by the inverse of their variance."""
    y, v = usable(effects)
    from_totals = method.tau2 == "DL" and method.q == "Mantel-Haenszel"
    q = q_around_total(effects, method) if from_totals else None
    fit = _describe(effects, single_panel(y, v, given), method, q)
    if method.common or not 2 <= len(y) <= FEW:
        return fit
    common = _describe(effects, single_panel(y, v), replace(method, tau2="CE"))
    return replace(fit, beside=(common,))


def pool_fixed_weights(
    effects: EffectTable, method: Method, *, model: FixedWeights
) -> PooledFit:
    """Weight studies by precision alone, with an interval that allows for scatter."""
    method = replace(method, tau2=model.tau2, interval="normal", prediction="none")
    return with_fixed_weights(pool_inverse_variance(effects, method), model)


def usable(effects: EffectTable) -> tuple[Vector, Vector]:
    """Return the included effects and their variances.

    Raises
    ------
    NotEstimable
        If there are none.
    InvalidInput
        If a variance is not above zero.
    """
    included = effects.included
    if not included.any():
        raise NotEstimable(
            "No study has an effect to pool.",
            remedy="look at the notes of the studies for what is missing",
        )
    y, v = effects.y[included], effects.v[included]
    if not (v > 0).all():
        raise InvalidInput(
            problems=[
                Problem(
                    message=f"The variance of {effects.study[i]} is not above zero",
                    remedy="correct the row, or choose a zero-cell rule that adds to it",
                    row=i + 1,
                )
                for i in np.flatnonzero(included & ~(effects.v > 0)).tolist()
            ]
        )
    return y, v


def _describe(
    effects: EffectTable, panel: Panel, method: Method, q: float | None = None
) -> PooledFit:
    """Wrap the engine's answer for one group."""
    found = answer(panel, method, None if q is None else np.array([q]))
    numbers = {name: float(value[0]) for name, value in found._asdict().items()}
    k = int(numbers["k"])
    w = 1 / (effects.v[effects.included] + (0.0 if k == 1 else numbers["tau2"]))
    numbers["se_known"] = float(w.sum()) ** -0.5

    def between(lower: str, upper: str) -> Interval | None:
        low, high = numbers[lower], numbers[upper]
        if np.isnan(low) or np.isnan(high):
            return None
        return Interval(lower=low, upper=high, level=method.level)

    return PooledFit(
        effects=effects,
        k=k,
        model="iv",
        estimate=numbers["estimate"],
        se=numbers["se"],
        interval=Interval(
            lower=numbers["lower"], upper=numbers["upper"], level=method.level
        ),
        statistic=number(numbers["statistic"]),
        df=number(numbers["df"]),
        p=number(numbers["p"]),
        tau2=number(numbers["tau2"]),
        tau2_interval=between("tau2_lower", "tau2_upper"),
        tau2_method=method.tau2,
        h2=number(numbers["h2"]),
        i2=number(numbers["i2"]),
        i2_interval=between("i2_lower", "i2_upper"),
        i2_q=number(numbers["i2_q"]),
        i2_q_interval=between("i2_q_lower", "i2_q_upper"),
        q=0.0 if k == 1 else numbers["q"],
        q_df=k - 1,
        q_p=number(numbers["q_p"]),
        prediction=between("pi_lower", "pi_upper"),
        weights=spread(effects, 100 * w / w.sum()),
        rules={
            **effects.rules,
            **_rules(method, k),
            **({} if q is None else _rules_of_q(method)),
        },
        notes=(
            *effects.notes,
            *notes_of(numbers, method),
            *beyond_possible(effects.measure.code, numbers["lower"], numbers["upper"]),
        ),
    )


def spread(effects: EffectTable, values: Vector) -> Vector:
    """Return the values of the included studies in place, 0 for all others."""
    everywhere = np.zeros(len(effects))
    everywhere[effects.included] = values
    return everywhere


def _rules_of_q(method: Method) -> dict[str, str]:
    """Return the choices behind a Q that is measured from totals of counts."""
    return {"q": method.q, "mh_correction": method.mh_correction}


def _rules(method: Method, k: int) -> dict[str, str]:
    """Return the choices by which the numbers were in fact computed."""
    rules = {"model": "iv", "tau2": method.tau2, "level": f"{method.level:g}"}
    if method.common or k == 1:
        return rules | {"interval": "normal"}
    return rules | {
        "interval": method.interval,
        "tau2_interval": method.tau2_interval,
        "prediction": method.prediction,
    }


@dataclass(frozen=True, slots=True)
class Model:
    """A way from study effects to one answer; `uses` names the choices it depends on."""

    code: str
    label: str
    fit: Callable[[EffectTable, Method], PooledFit]
    uses: tuple[str, ...] = ()


#: The choices that `pool` takes beside the model.
CHOICES = (
    "tau2",
    "interval",
    "prediction",
    "tau2_interval",
    "q",
    "mh_correction",
    "mh_variance",
)

#: What DerSimonian and Laird's Q may be measured from.
Q_CENTRES = {
    "inverse-variance": "the estimate weighted by the inverse of the variances",
    "Mantel-Haenszel": "the Mantel-Haenszel estimate",
}

MODELS: dict[str, Model] = {
    model.code: model
    for model in (
        Model("iv", "inverse variance", pool_inverse_variance, CHOICES),
        *(
            Model(
                way.code,
                way.label,
                partial(pool_fixed_weights, model=way),
                ("tau2_interval",),
            )
            for way in FIXED_WEIGHTS
        ),
        Model(
            "mh",
            "Mantel-Haenszel",
            pool_mantel_haenszel,
            ("mh_correction", "mh_variance"),
        ),
        Model("peto", "Peto", pool_peto),
        Model("glmm", "mixed model of the counts", pool_glmm, ("prediction",)),
        *(
            Model(
                mixed.code,
                mixed.label,
                partial(pool_glmm, code=mixed.code),
                ("prediction",),
            )
            for mixed in TWO_GROUP_MODELS
        ),
        Model("beta-binomial", "beta-binomial", pool_beta_binomial),
    )
}
