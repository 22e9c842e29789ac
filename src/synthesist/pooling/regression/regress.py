"""Regress study effects on moderators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Mask, Vector
from synthesist.numerics.results import Interval
from synthesist.numerics.tails import chi2_upper
from synthesist.pooling.pool import as_effects, check_level, usable
from synthesist.pooling.predictions import PREDICTIONS
from synthesist.pooling.registry import choose
from synthesist.pooling.regression.columns import (
    Values,
    missing_in,
    moderators_of,
    take,
)
from synthesist.pooling.regression.core import (
    Core,
    RegressionMethod,
    criteria,
    fit_core,
    inflation,
)
from synthesist.pooling.regression.design import Design, read_formula
from synthesist.pooling.regression.fit import RegressionFit
from synthesist.pooling.regression.heterogeneity import REGRESSION_TAU2, q_profile
from synthesist.pooling.regression.inference import REGRESSION_TESTS
from synthesist.pooling.regression.notes import missing_note, notes_of

#: What may be done about a moderator that is not known for a study.
MISSING = ("drop", "impute")


def regress(
    effects: Any,
    formula: str | Sequence[str],
    *,
    tau2: str = "REML",
    test: str = "HK-guarded",
    prediction: str = "k-1",
    level: float = 0.95,
    missing: str = "drop",
    imputations: int = 20,
    seed: int = 0,
) -> RegressionFit:
    """Regress study effects on moderators.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        As for `pool`; every column of the input may be a moderator, and so may
        ``vi`` and ``sei``.
    formula : str or sequence of str
        Such as ``~ dose + design``, ``~ dose * design``, ``~ bs(year, df=3)`` or
        ``~ C(design, contr.sum)``; or the names of columns to be added up. Words
        are coded against their first level in the alphabet.
    tau2 : str
        Code of `REGRESSION_TAU2`.
    test : str
        Code of `REGRESSION_TESTS`: the normal distribution, t, Knapp-Hartung with
        and without a guard, or Kenward-Roger, which needs REML. With a common
        effect (``CE``) it is always normal.
    prediction : str
        Code of `PREDICTIONS`; ``k-1`` means the residual degrees of freedom.
    level : float
        Confidence level of all intervals.
    missing : {"drop", "impute"}
        Whether studies without a moderator are left out, or their moderators are
        imputed several times and the answers combined.
    imputations, seed : int
        How often, and the start of the random numbers.

    Returns
    -------
    RegressionFit

    Raises
    ------
    InvalidInput
        If the formula cannot be read, a code is not known, or a variance is not
        above zero.
    NotFound
        If there is no such column.
    NotEstimable
        If there are no more studies than coefficients, or the moderators cannot be
        told apart.

    References
    ----------
    Thompson SG, Higgins JPT. Stat Med 2002;21:1559. doi:10.1002/sim.1187
    """
    table = as_effects(effects)
    method = regression_method(tau2, test, prediction, level)
    asked = read_formula(formula)
    values = moderators_of(table, asked.columns)
    if missing not in MISSING:
        raise InvalidInput(
            f"'{missing}' is nothing that is done about missing moderators.",
            remedy=f"choose one of {', '.join(MISSING)}",
        )
    if missing == "impute":
        from synthesist.pooling.regression.imputation import regress_imputed

        return regress_imputed(
            table, asked, values, method, imputations=imputations, seed=seed
        )
    used = table.included & complete(values, len(table))
    y, v = chosen(table, used)
    index = np.flatnonzero(used).tolist()
    design = asked.build({n: take(c, index) for n, c in values.items()}, len(index))
    return describe(
        table,
        used,
        design,
        fit_core(y, v, design.X, design.names, method),
        notes=missing_note(
            asked.columns,
            [table.study[i] for i in np.flatnonzero(table.included & ~used).tolist()],
        ),
    )


def regression_method(
    tau2: str, test: str, prediction: str, level: float
) -> RegressionMethod:
    """Return the choices of a regression by their codes.

    Raises
    ------
    InvalidInput
        If one is not known, or they do not go together.
    """
    check_level(level)
    method = RegressionMethod(
        tau2=choose(tau2, REGRESSION_TAU2, "estimator of tau² with moderators").code,
        test=choose(test, REGRESSION_TESTS, "test of coefficients").code,
        prediction=choose(prediction, PREDICTIONS, "prediction interval").code,
        level=level,
    )
    if method.test == "KR" and method.tau2 != "REML":
        raise InvalidInput(
            f"The Kenward-Roger test belongs to REML, and tau² is asked for by {tau2}.",
            remedy="choose REML, or the test HK-guarded",
        )
    return method


def complete(values: Mapping[str, Values], size: int) -> Mask:
    """Return which studies have every moderator (n,)."""
    known = np.ones(size, dtype=np.bool_)
    for column in values.values():
        known &= ~missing_in(column)
    return known


def chosen(table: EffectTable, used: Mask) -> tuple[Vector, Vector]:
    """Return effects and variances of the studies that are used.

    Raises
    ------
    NotEstimable
        If there are none.
    InvalidInput
        If a variance is not above zero.
    """
    y, v = table.y[used], table.v[used]
    if not used.any():
        usable(table)
        raise NotEstimable(
            "No study has an effect and all moderators.",
            remedy="use fewer moderators, or missing='impute'",
        )
    if not (v > 0).all():
        usable(table)
    return y, v


def describe(
    table: EffectTable, used: Mask, design: Design, core: Core, notes: tuple[str, ...]
) -> RegressionFit:
    """Wrap a fitted regression."""
    method, inference = core.method, core.inference
    common = core.contrasts.common
    q, q_df = float(common.q[0]), core.df
    typical = q_df / float(common.trace[0])
    interval = None if method.common else _interval(core)
    if method.common:
        h2 = q / q_df
        i2 = 100 * max(0.0, 1 - 1 / h2) if h2 > 0 else 0.0
    else:
        h2, i2 = 1 + core.tau2 / typical, _share(core.tau2, typical)
    tau2_null, r2 = _explained(core, design)
    slopes = design.slopes
    terms = {
        name: core.test(columns)
        for name, columns in design.terms.items()
        if columns and columns != (design.intercept,)
    }
    shares = np.zeros(len(table))
    shares[used] = 100 * core.w / core.w.sum()
    return RegressionFit(
        effects=table,
        used=used,
        k=core.k,
        formula=design.formula,
        coefficients=inference.coefficients(design.names, core.estimate, method.level),
        covariance=inference.covariance,
        test=core.test(slopes) if slopes else None,
        terms=terms,
        inflation=inflation(core, design),
        tau2=core.tau2,
        tau2_interval=interval,
        tau2_method=method.tau2,
        tau2_null=tau2_null,
        r2=r2,
        h2=h2,
        i2=i2,
        i2_interval=interval
        and Interval(
            lower=_share(interval.lower, typical),
            upper=_share(interval.upper, typical),
            level=interval.level,
        ),
        q=q,
        q_df=q_df,
        q_p=chi2_upper(q, q_df),
        criteria=criteria(core, restricted=False),
        restricted_criteria=criteria(core, restricted=True),
        weights=shares,
        level=method.level,
        rules=_rules(table, method),
        notes=(
            *table.notes,
            *notes,
            *notes_of(core, len(slopes), empty=interval is None and not method.common),
        ),
        inference=inference,
        core=core,
        design=design,
    )


def _interval(core: Core) -> Interval | None:
    """Return the Q-profile interval of tau²."""
    level = core.method.level
    lower, upper = q_profile(core.contrasts, np.array([core.tau2]), level)
    if np.isnan(upper[0]):
        return None
    return Interval(lower=float(lower[0]), upper=float(upper[0]), level=level)


def _share(tau2: float, typical: float) -> float:
    """Return per cent of the total variance."""
    return 100 * tau2 / (tau2 + typical)


def _explained(core: Core, design: Design) -> tuple[float | None, float | None]:
    """Return tau² without moderators, and per cent of it that they explain.

    With a common effect it is the share of Q, adjusted for degrees of freedom.

    References
    ----------
    Raudenbush SW. In: Cooper H, Hedges LV (eds). The Handbook of Research Synthesis.
    Russell Sage, 1994:301.
    """
    if design.intercept is None or not design.slopes:
        return None, None
    ones = np.ones((core.k, 1))
    null = fit_core(core.y, core.v, ones, (design.names[0],), core.method)
    if core.method.common:
        left = float(core.contrasts.common.q[0]) / core.df
        whole = float(null.contrasts.common.q[0]) / null.df
        return 0.0, 100 * max(0.0, 1 - left / whole) if whole > 0 else None
    if null.tau2 == 0:
        return 0.0, None
    return null.tau2, 100 * max(0.0, 1 - core.tau2 / null.tau2)


def _rules(table: EffectTable, method: RegressionMethod) -> dict[str, str]:
    """Return the choices by which the numbers were in fact computed."""
    rules = {**table.rules, "tau2": method.tau2, "level": f"{method.level:g}"}
    if method.common:
        return rules | {"test": "normal"}
    return rules | {
        "test": method.test,
        "tau2_interval": "Q-profile",
        "prediction": method.prediction,
    }
