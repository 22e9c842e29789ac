"""Pool or regress effects while studies were selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from synthesist.errors import NotEstimable
from synthesist.numerics.arrays import Vector
from synthesist.numerics.results import HypothesisTest
from synthesist.pooling.pool import as_effects
from synthesist.pooling.registry import choose
from synthesist.pooling.regression.columns import moderators_of, take
from synthesist.pooling.regression.core import fit_core
from synthesist.pooling.regression.design import Design, read_formula
from synthesist.pooling.regression.notes import missing_note
from synthesist.pooling.regression.regress import (
    chosen,
    complete,
    regression_method,
)
from synthesist.pooling.selection.describe import describe, likelihood_ratio
from synthesist.pooling.selection.fit import (
    SelectionFit,
)
from synthesist.pooling.selection.functions import SELECTION_FUNCTIONS
from synthesist.pooling.selection.likelihood import Likelihood
from synthesist.pooling.selection.notes import notes_of
from synthesist.pooling.selection.search import search
from synthesist.pooling.selection.setting import Given, Setting, read_setting

#: How intervals of all parameters may be made.
SELECTION_INTERVALS = ("Wald", "profile")

#: tau² is looked for up to this many times the squared range of the effects.
MOST = 100.0


def selection_model(
    effects: Any,
    function: str = "step",
    *,
    steps: Sequence[float] | float | None = None,
    weights: Given = None,
    alternative: str = "greater",
    moderators: str | Sequence[str] = "~ 1",
    tau2: str = "ML",
    precision: str | None = None,
    interval: str = "Wald",
    level: float = 0.95,
) -> SelectionFit:
    """Pool effects that were seen because of their P values, or their size.

    The likelihood of each effect is its normal density weighted by the probability of
    selection, over all effects that might have been seen. Mean, tau² and the selection
    function are estimated together, from several starts.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        As for `pool`.
    function : str
        Code of `SELECTION_FUNCTIONS`: step, beta, halfnorm, negexp, logistic, power
        or truncation.
    steps : float or sequence of float, optional
        P values at which a step function changes, by default 0.025; the P value up to
        which every weight is 1 for halfnorm, negexp, logistic and power; effects on
        the analysis scale at which a truncation changes, by default 0.
    weights : sequence of float or None, optional
        Parameters that are known: for a step function or truncation the weight of
        every interval, the first being 1. None stands for those to be estimated.
    alternative : {"greater", "less", "two-sided"}
        Which effects were favoured. P values are one-sided but for the last.
    moderators : str or sequence of str
        A formula as for `regress`.
    tau2 : {"ML", "CE"}
        Whether effects differ between studies.
    precision : str, optional
        ``sei``, ``vi`` or a column that is larger for less precise studies: the
        parameter of halfnorm, negexp, logistic or power is multiplied with it, divided
        by its largest value, so that precise studies are selected less severely.
    interval : {"Wald", "profile"}
        How the intervals of all parameters are made.
    level : float

    Returns
    -------
    SelectionFit

    Raises
    ------
    InvalidInput
        If a code is not known, or choices do not fit the function.
    NotEstimable
        If there are no more studies than parameters.

    References
    ----------
    Hedges LV. Stat Sci 1992;7:246. doi:10.1214/ss/1177011364
    Vevea JL, Hedges LV. Psychometrika 1995;60:419. doi:10.1007/BF02294384
    Vevea JL, Woods CM. Psychol Methods 2005;10:428. doi:10.1037/1082-989X.10.4.428
    """
    table = as_effects(effects)
    family = choose(function, SELECTION_FUNCTIONS, "selection function")
    choose(
        interval, dict.fromkeys(SELECTION_INTERVALS), "interval of a selection model"
    )
    choose(tau2, {"ML": None, "CE": None}, "estimator of tau² with selection")
    method = regression_method(tau2, "normal", "z", level)
    asked = read_formula(moderators)
    values = moderators_of(table, asked.columns)
    used = table.included & complete(values, len(table))
    y, v = chosen(table, used)
    index = np.flatnonzero(used).tolist()
    design = asked.build({n: take(c, index) for n, c in values.items()}, len(index))
    setting = read_setting(
        table,
        used,
        family,
        steps=steps,
        weights=weights,
        alternative=alternative,
        precision=precision,
    )
    needed = design.X.shape[1] + int(np.isnan(setting.weights).sum())
    if len(y) <= needed + (tau2 == "ML"):
        raise NotEstimable(
            f"{len(y)} studies cannot carry {needed + (tau2 == 'ML')} parameters.",
            remedy="use fewer steps or moderators, or give weights",
        )
    core = fit_core(y, v, design.X, design.names, method)
    likelihood, unit = pose(y, v, design, setting, common=tau2 == "CE")
    found = search(likelihood, core.estimate / unit, core.tau2 / unit**2, family.starts)
    missing = missing_note(
        asked.columns,
        [table.study[i] for i in np.flatnonzero(table.included & ~used).tolist()],
    )
    fit = describe(table, used, design, setting, core, found, unit, interval)
    return replace(fit, notes=(*table.notes, *missing, *notes_of(fit)))


def pose(
    y: Vector, v: Vector, design: Design, setting: Setting, *, common: bool
) -> tuple[Likelihood, float]:
    """Return the likelihood in units of a typical standard error, and that unit.

    The favoured direction is turned upward.
    """
    unit = float(np.median(np.sqrt(v)))
    upward = setting.sign * y / unit
    likelihood = Likelihood(
        y=upward,
        v=v / unit**2,
        X=setting.sign * design.X,
        weighting=setting.weighting,
        fixed=setting.weights,
        least=setting.function.least,
        common=common,
        log=setting.function.least > 0,
        most=MOST * (1.0 + float(np.ptp(y) / unit) ** 2),
    )
    return likelihood, unit


def heterogeneity_test(fit: SelectionFit) -> HypothesisTest | None:
    """Test tau² by fitting without it; see `SelectionFit`."""
    likelihood = fit.found.likelihood
    if likelihood.common:
        return None
    alone = search(
        replace(likelihood, common=True),
        fit.found.best.at[: likelihood.p],
        0.0,
        SELECTION_FUNCTIONS[fit.function].starts,
    )
    return likelihood_ratio(fit.found.best.value - alone.best.value, 1)
