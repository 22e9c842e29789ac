"""Results about small-study effects become funnels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.numerics.arrays import Vector
from synthesist.numerics.printing import plural
from synthesist.pooling.drawing import forest_plot
from synthesist.pooling.plots import around_no_effect

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.pooling.bias.asymmetry import SmallStudyTest
    from synthesist.pooling.bias.filled import TrimAndFill
    from synthesist.pooling.bias.limit import LimitMetaAnalysis
    from synthesist.pooling.bias.missing_compared import MissingOutcomesComparison
    from synthesist.pooling.bias.precision_effect import PetPeese

#: Enough that a curve at print size shows no corners.
STEPS = 101


def draw_filled(found: TrimAndFill, options: Mapping[str, Any]) -> Figure:
    """Draw a funnel with filled studies open and both answers."""
    from synthesist import figures

    effects = found.fit.effects
    y, se = _included(effects)
    given = _funnel(effects, found.fit.estimate)
    if found.missing:
        height = float(np.sqrt(np.concatenate([se**2, found.v]).max()))
        given |= {
            "imputed": (found.y, np.sqrt(found.v)),
            "curves": {
                f"with {plural(found.missing, 'study', 'studies')} filled in": (
                    np.full(2, found.filled.estimate),
                    np.array([0.0, height]),
                )
            },
        }
    return figures.funnel(y, se, **{**given, **options})


def draw_test(found: SmallStudyTest, options: Mapping[str, Any]) -> Figure:
    """Draw effects over what they were regressed on, with the line."""
    from synthesist import figures

    effects = found.effects
    given: dict[str, Any]
    if "error" in found.predictor or found.slope is None:
        y, se = found.y, found.x
        given = _funnel(effects, _common(y, se))
        if found.slope is not None:
            at = np.array([0.0, float(se.max())])
            given["curves"] = {f"{found.label}'s line": (found.line(at), at)}
        return figures.funnel(y, se, **{**given, **options})
    if found.predictor.endswith("score variance"):
        given = _funnel(effects, _common(found.y, found.x))
        at = np.array([0.0, float(found.x.max())])
        given["curves"] = {f"{found.label}'s line": (found.line(at), at)}
        given["effect_label"] = "Score over its variance"
        given["log"] = False
        return figures.funnel(found.y, found.x, **{**given, **options})
    low = 0.0 if found.limit is not None else float(found.x.min())
    at = np.linspace(low, float(found.x.max()), STEPS)
    around = around_no_effect(effects, 0.0)
    v = effects.v[found.rows]
    given = {
        "weights": 1 / v,
        "line": (at, found.line(at)),
        "effect_label": around["effect_label"],
        "log": around["log"],
        "moderator_label": found.predictor[:1].upper() + found.predictor[1:],
        "no_effect": around["no_effect"] if "contours" not in around else None,
    }
    return figures.bubble(found.x, found.y, **{**given, **options})


def draw_pet_peese(found: PetPeese, options: Mapping[str, Any]) -> Figure:
    """Draw a funnel with the line of PET and the curve of PEESE."""
    from synthesist import figures

    effects = found.effects
    y, se = effects.y[found.rows], np.sqrt(effects.v[found.rows])
    at = np.linspace(0.0, float(se.max()), STEPS)
    given = _funnel(effects, _common(y, se))
    lines = {
        "PET": found.pet.limit.estimate + found.pet.slope.estimate * at,
        "PEESE": found.peese.limit.estimate + found.peese.slope.estimate * at**2,
    }
    order = sorted(lines, key=lambda code: code != found.chosen)
    given["curves"] = {
        f"{code} (chosen)" if code == found.chosen else code: (lines[code], at)
        for code in order
    }
    return figures.funnel(y, se, **{**given, **options})


def draw_limit(found: LimitMetaAnalysis, options: Mapping[str, Any]) -> Figure:
    """Draw a funnel with the curve on which effects are expected, and the limit."""
    from synthesist import figures

    effects = found.fit.effects
    y, se = _included(effects)
    at = np.linspace(0.0, float(se.max()), STEPS)
    tau2 = found.fit.tau2 or 0.0
    given = _funnel(effects, found.fit.estimate)
    given["curves"] = {
        "expected effect": (found.slope + found.bias * np.sqrt(at**2 + tau2), at),
        "adjusted": (np.full(2, found.estimate), at[[0, -1]]),
    }
    return figures.funnel(y, se, **{**given, **options})


def draw_missing(
    found: MissingOutcomesComparison, options: Mapping[str, Any]
) -> Figure:
    """Draw the answers of several strategies as a forest plot."""
    from synthesist import figures
    from synthesist.figures import ForestGroup, ForestRow

    first = next(iter(found.fits.values()))
    base = forest_plot(first)
    rows: list[ForestRow] = []
    for name, fit in found.fits.items():
        shown = fit.display()
        rows.append(
            ForestRow(
                label=name,
                estimate=shown["estimate"],
                low=shown["ci_low"],
                high=shown["ci_high"],
            )
        )
    chosen = dict(options)
    width = chosen.pop("width_mm", 180)
    given: dict[str, Any] = {
        "groups": (ForestGroup(rows=tuple(rows)),),
        "headers": (),
        "summary": None,
        "study_header": "Missing outcomes",
        "footer": found.notes,
    }
    plot = replace(base, **{**given, **chosen})
    return figures.forest(plot, width_mm=width)


def _funnel(effects: EffectTable, estimate: float) -> dict[str, Any]:
    """Return what every funnel here begins with."""
    return {"estimate": estimate, **around_no_effect(effects, estimate)}


def _included(effects: EffectTable) -> tuple[Vector, Vector]:
    included = effects.included
    return effects.y[included], np.sqrt(effects.v[included])


def _common(y: Vector, se: Vector) -> float:
    """Return the common effect."""
    w = 1 / np.square(se)
    return float(w @ y) / float(w.sum())
