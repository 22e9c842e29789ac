"""Answers become an orchard plot, by group where there are groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Mask, Vector
from synthesist.numerics.printing import plural
from synthesist.numerics.results import Interval
from synthesist.numerics.tails import t_point
from synthesist.pooling.dependent.fit import DependentFit
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.plots import axis_of, no_effect_of
from synthesist.pooling.regression.columns import Values, moderators_of, take
from synthesist.pooling.regression.design import Design
from synthesist.pooling.regression.fit import RegressionFit
from synthesist.pooling.regression.predictions import predict_rows
from synthesist.pooling.subgroups import SubgroupFit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.figures.orchard_drawing import OrchardGroup

AVERAGED = "The other moderators are at their average over the studies."


def orchard(
    fit: PooledFit | SubgroupFit | RegressionFit | DependentFit,
    by: str | None = None,
    **options: Any,
) -> Figure:
    """Draw every effect with the mean of its group, its interval and its prediction.

    Parameters
    ----------
    fit : PooledFit, SubgroupFit, RegressionFit or DependentFit
        One answer is one group, subgroups are several; of a regression or a model
        with dependent effects the groups are the levels of a moderator in words.
    by : str, optional
        That moderator, by default the first in words; without any there is one group.
    **options
        Passed on to `synthesist.figures.orchard`, such as ``title`` and ``width_mm``.

    Raises
    ------
    InvalidInput
        If the model has no such moderator, or it is numbers.

    References
    ----------
    Nakagawa S et al. Res Synth Methods 2021;12:4. doi:10.1002/jrsm.1424
    """
    from synthesist.figures.orchard_drawing import orchard as draw

    if by is not None and isinstance(fit, PooledFit | SubgroupFit):
        raise InvalidInput(
            "Only models with moderators have groups to choose.",
            remedy="make them with subgroups or regress, or leave out by",
        )
    effects = fit.overall.effects if isinstance(fit, SubgroupFit) else fit.effects
    if isinstance(fit, PooledFit):
        level = fit.interval.level
        groups, footer = [_pooled("", fit)], ()
    elif isinstance(fit, SubgroupFit):
        level = fit.overall.interval.level
        groups = [_pooled(name, one) for name, one in fit.fits.items() if one]
        groups.append(_pooled("All studies", fit.overall))
        footer = ()
    else:
        level = fit.level
        groups, footer = _levels(fit, by)
    scale = effects.measure.scale
    given: dict[str, Any] = {
        **axis_of(effects),
        "percent": scale.percent and not scale.log,
        "no_effect": no_effect_of(effects)
        if _as_analysed(effects)
        else scale.no_effect,
        "level": level,
        "footer": footer,
    }
    if not _as_analysed(effects):
        given["effect_label"] = effects.measure.label.partition(" (")[0]
    return draw(groups, **{**given, **options})


def _as_analysed(effects: EffectTable) -> bool:
    """Say whether the axis has numbers as they are analysed: logarithms of ratios."""
    return effects.measure.scale.log


def _read(effects: EffectTable, values: Any) -> Vector:
    """Return numbers as the axis has them; what is bent is drawn as it is read."""
    found = np.asarray(values, dtype=np.float64)
    return found if _as_analysed(effects) else effects.to_reading(found)


def _pooled(title: str, fit: PooledFit) -> OrchardGroup:
    """Return one answer with its effects."""
    effects, included = fit.effects, fit.effects.included
    return _group(
        effects,
        included,
        title,
        plural(fit.k, "study", "studies"),
        fit.estimate,
        fit.interval,
        fit.prediction,
    )


def _group(
    effects: EffectTable,
    rows: Mask,
    title: str,
    count: str,
    estimate: float,
    interval: Interval | None,
    prediction: Interval | None,
) -> OrchardGroup:
    from synthesist.figures.orchard_drawing import OrchardGroup

    def ends(found: Interval | None) -> tuple[float, float] | None:
        if found is None:
            return None
        low, high = _read(effects, [found.lower, found.upper]).tolist()
        return low, high

    y = effects.y[rows]
    return OrchardGroup(
        title=title,
        count=count,
        y=_read(effects, y),
        weights=1 / np.sqrt(effects.v[rows]),
        estimate=float(_read(effects, [estimate])[0]),
        interval=ends(interval),
        prediction=ends(prediction),
    )


def _levels(
    fit: RegressionFit | DependentFit, by: str | None
) -> tuple[list[OrchardGroup], tuple[str, ...]]:
    """Return one group for each level of a moderator in words."""
    design = (
        fit.design if isinstance(fit, RegressionFit) else fit.estimated.model.design
    )
    index = np.flatnonzero(fit.used).tolist()
    columns = moderators_of(fit.effects, design.columns)
    values = {name: take(column, index) for name, column in columns.items()}
    worded = [n for n, column in values.items() if not isinstance(column, np.ndarray)]
    if by is None and not worded:
        return [_at(fit, design, values, "", None, fit.used)], (
            (AVERAGED,) if design.columns else ()
        )
    name = by or worded[0]
    if name not in worded:
        raise InvalidInput(
            f"{name} is no moderator in words of this model.",
            remedy=f"choose from {', '.join(worded)}"
            if worded
            else "draw the bubble plot",
        )
    words = [None if word is None else str(word) for word in values[name]]
    groups: list[OrchardGroup] = []
    for level in dict.fromkeys(words):
        rows = np.zeros(len(fit.effects), dtype=np.bool_)
        rows[[index[i] for i, word in enumerate(words) if word == level]] = True
        groups.append(_at(fit, design, values, str(level), (name, level), rows))
    return groups, ((AVERAGED,) if len(design.columns) > 1 else ())


def _at(
    fit: RegressionFit | DependentFit,
    design: Design,
    values: dict[str, Values],
    title: str,
    level: tuple[str, str | None] | None,
    rows: Mask,
) -> OrchardGroup:
    """Return one group with the mean at a level, the other moderators averaged."""
    chosen = dict(values)
    if level is not None:
        chosen[level[0]] = [level[1]] * fit.k
    row = design.rows(chosen, fit.k).mean(axis=0)[None, :]
    many = int(rows.sum())
    if isinstance(fit, RegressionFit):
        found = predict_rows(fit, row, {}, level=fit.level)
        estimate, lower, upper, pi_lower, pi_upper = (
            float(part[0])
            for part in (
                found.estimate,
                found.lower,
                found.upper,
                found.pi_lower,
                found.pi_upper,
            )
        )
        count = plural(many, "study", "studies")
        known = fit.tau2_method != "CE" and np.isfinite([pi_lower, pi_upper]).all()
    else:
        estimate = float(row[0] @ fit.estimate)
        square = float(row[0] @ fit.covariance @ row[0])
        factor = t_point(0.5 + fit.level / 2, fit.inference.read(row).df)
        half = factor * square**0.5
        wide = factor * (square + _new_effect(fit, rows[fit.used])) ** 0.5
        lower, upper = estimate - half, estimate + half
        pi_lower, pi_upper = estimate - wide, estimate + wide
        count, known = plural(many, "effect"), True
    return _group(
        fit.effects,
        rows,
        title,
        count,
        estimate,
        Interval(lower=lower, upper=upper, level=fit.level),
        Interval(lower=pi_lower, upper=pi_upper, level=fit.level) if known else None,
    )


def _new_effect(fit: DependentFit, rows: Mask) -> float:
    """Return the variance of a new effect, averaged over some of the rows used."""
    parts = zip(fit.estimated.model.terms, fit.estimated.matrices, strict=True)
    return float(sum(np.diagonal(T)[term.inner][rows].mean() for term, T in parts))
