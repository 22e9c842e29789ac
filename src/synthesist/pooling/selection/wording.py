"""An answer adjusted for selection as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthesist.numerics.printing import p_value, percent, plain
from synthesist.pooling.regression.wording import (
    between,
    coefficient_lines,
    test_words,
)
from synthesist.pooling.selection.functions import SELECTION_FUNCTIONS
from synthesist.pooling.selection.notes import range_words
from synthesist.pooling.wording import studies

if TYPE_CHECKING:
    from synthesist.pooling.regression.inference import Coefficient
    from synthesist.pooling.selection.fit import SelectionFit, SelectionParameter

DIRECTIONS = {
    "greater": "larger effects favoured",
    "less": "smaller effects favoured",
    "two-sided": "effects in both directions favoured",
}


def summary(fit: SelectionFit) -> str:
    """Return the answer, the selection, the rules and the notes."""
    label = SELECTION_FUNCTIONS[fit.function].label.lower()
    about = "" if fit.formula == "~ 1" else f" on {fit.formula}"
    head = (
        f"{fit.effects.measure.label}{about}, {studies(fit.k)}, selection by "
        f"{label}, {DIRECTIONS[fit.alternative]}"
    )
    lines = [head]
    if fit.formula == "~ 1":
        lines.append(f"  Adjusted: {_headline(fit, fit.coefficients[0])}")
        lines.append(
            f"  Without selection: {_headline(fit, fit.unadjusted.coefficients[0])}"
        )
    else:
        lines += [f"  {line}" for line in coefficient_lines(fit.coefficients)]
        lines.append("  Without selection:")
        lines += [
            f"  {line}" for line in coefficient_lines(fit.unadjusted.coefficients)
        ]
    if not fit.found.likelihood.common:
        lines.append(
            f"  tau² = {plain(fit.tau2)}{between(fit.tau2_interval)} before selection, "
            f"{plain(fit.unadjusted.tau2)} without"
        )
    lines += [f"  {_parameter(fit, i, p)}" for i, p in enumerate(fit.parameters)]
    if fit.test is not None:
        lines.append(f"  Test of selection: {test_words(fit.test)}")
    lines.append("  Rules: " + ", ".join(f"{k} {v}" for k, v in fit.rules.items()))
    lines += [f"  Note: {note}" for note in fit.notes]
    return "\n".join(lines)


def _headline(fit: SelectionFit, c: Coefficient) -> str:
    scale = fit.effects.measure.scale
    ends = ""
    if c.interval is not None:
        low, high = scale.show(c.interval.lower), scale.show(c.interval.upper)
        ends = f" ({percent(c.interval.level)} CI {low} to {high})"
    tested = c.p is not None and scale.no_effect is not None
    return f"{scale.show(c.estimate)}{ends}{f', {p_value(c.p)}' if tested else ''}"


def _parameter(fit: SelectionFit, i: int, p: SelectionParameter) -> str:
    se = "" if p.se is None else f", SE {plain(p.se)}"
    given = " (given)" if p.fixed and i and p.studies != 0 else ""
    value = f"{plain(p.estimate)}{given}{between(p.interval)}{se}"
    if p.studies is None:
        return f"{p.name} = {value}"
    return f"Weight for {range_words(fit, i)}, {studies(p.studies)}: {value}"
